#!/usr/bin/env python3
"""Makes every fixture of this directory, with README.md and MANIFEST.tsv.

    python3 data/make.py            # write everything next to this script
    python3 data/make.py --check    # write into a temporary directory, compare with what is here

Needs numpy, scipy and soundfile, and the programs sox, ffmpeg, flac, arecord, sndfile-convert and
sndfile-metadata-set (tests/peers/README.md has the install lines). No sound card is needed.

All audio is computed here, from a seeded generator and with integer or IEEE add/multiply arithmetic
only, so that the samples are the same on every machine. The programs only wrap it. They get raw PCM,
and write the container in their own way, which is what the fixtures are for.

MANIFEST.tsv records, for every file, the SHA-256 of the samples *as given to the writer*, as
little-endian float64, interleaved, full scale = 1.0. It does not come from any decoder.
"""

import argparse
import hashlib
import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
import scipy
import scipy.io.wavfile
import soundfile

HERE = Path(__file__).resolve().parent
OUT = HERE  # replaced by --check
ROWS = []  # what README.md and MANIFEST.tsv are made of


# ---- signals -------------------------------------------------------------------------------------


def integers(bits, frames, channels, seed):
    """Frames × channels of `bits`-bit integers that reach both ends of the range.

    In every channel: the extremes and their neighbours, a run of clipped samples, a full-scale triangle,
    full-scale noise, quiet noise, digital silence, and a step; the channels differ.
    """
    rng = np.random.default_rng(seed)
    high = (1 << (bits - 1)) - 1
    low = -high - 1
    edges = [low, high, 0, 1, -1, low, low + 1, high - 1, high, low, low, low, low, high, high, high, high]
    out = np.zeros((frames, channels), dtype=np.int64)
    for channel in range(channels):
        n = frames // 4
        period = 64 + 7 * channel
        phase = np.arange(n) % period
        triangle = low + (np.abs(2 * phase - period) * (high - low)) // period
        noise = rng.integers(low, high, n, endpoint=True)
        quiet = rng.integers(-3, 3, n, endpoint=True)
        parts = np.concatenate([np.array(edges), triangle, noise, quiet, np.zeros(16, dtype=np.int64)])
        column = np.full(frames, high // (3 + channel), dtype=np.int64)
        column[: len(parts)] = parts[:frames]
        out[:, channel] = column
    return out


def as_float(samples, bits):
    """The definition: integer / 2^(bits-1). Exact in float64 for every width here."""
    return samples.astype(np.float64) / float(1 << (bits - 1))


def packed(samples, bits):
    """Little-endian PCM bytes, as a WAVE data chunk has them: 8-bit unsigned, all others signed."""
    if bits == 8:
        return (samples + 128).astype(np.uint8).tobytes()
    if bits == 24:
        wide = samples.astype("<i4").reshape(-1)
        return wide.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return samples.astype({16: "<i2", 32: "<i4"}[bits]).tobytes()


def alaw(code):
    """ITU-T G.711 A-law: an 8-bit code to 16-bit linear, from the definition."""
    code ^= 0x55
    mantissa, segment = code & 0x0F, (code >> 4) & 7
    step = (mantissa << 4) + 8
    magnitude = step if segment == 0 else (step + 0x100) << (segment - 1)
    return magnitude if code & 0x80 else -magnitude


def mulaw(code):
    """ITU-T G.711 µ-law: an 8-bit code to 16-bit linear, from the definition."""
    code = ~code & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def companded(law, codes):
    table = np.array([law(code) for code in range(256)], dtype=np.int64)
    return as_float(table[codes], 16)


def music():
    """Ten seconds of plucked chords (Karplus-Strong), with a near-silence in the middle; stereo, 44.1 kHz.

    Only additions and multiplications of float64, no sine and no power, so every machine gets the same bits.
    """
    rate, frames = 44_100, 441_000
    rng = np.random.default_rng(20)
    mix = np.zeros((frames, 2))
    # Period of each string in frames at 44.1 kHz: Am, F, C, G | Am, F, C.
    chords = [
        (0.00, (401, 267, 200, 168, 134)),
        (1.10, (505, 337, 252, 200, 126)),
        (2.20, (337, 267, 225, 168, 134)),
        (3.30, (450, 300, 225, 179, 150)),
        (5.80, (401, 200, 168, 134, 100)),
        (6.90, (505, 252, 200, 168, 126)),
        (8.00, (337, 225, 168, 134, 84)),
    ]
    for start, periods in chords:
        for string, period in enumerate(periods):
            first = int(start * rate) + 900 * string  # strummed
            length = min(int(1.9 * rate), frames - first)
            if start == 3.30:
                length = min(length, int(4.60 * rate) - first)
            line = rng.random(period + 1) * 2.0 - 1.0
            blocks = [line[:period]]
            for _ in range(length // period + 1):
                # y[n] = 0.4985 · (y[n-period] + y[n-period-1]), one period at a time.
                before = np.concatenate([line[-1:], blocks[-1][:-1]])
                line = blocks[-1]
                blocks.append(0.4985 * (line + before))
            pluck = np.concatenate(blocks)[:length]
            fade = min(4410, length)
            pluck[-fade:] *= np.linspace(1.0, 0.0, fade)
            right = 0.25 + 0.125 * string
            mix[first : first + length, 0] += pluck * (1.0 - right)
            late = min(first + 11, frames)  # the right microphone is 11 frames further away
            mix[late : first + length, 1] += pluck[: first + length - late] * right
    mix *= 23_198.0 / np.abs(mix).max()  # 23198 / 32768 = -3.00 dBFS
    room = rng.integers(-2, 2, (frames, 2), endpoint=True)
    samples = np.rint(mix).astype(np.int64)
    samples = np.where(np.abs(samples) < 20_000, samples + room, samples)
    return samples


# ---- writing -------------------------------------------------------------------------------------


def record(name, writer, encoding, rate, truth, special, command):
    truth = np.ascontiguousarray(truth, dtype="<f8")
    data = (OUT / name).read_bytes()
    ROWS.append(
        dict(
            name=name, writer=writer, encoding=encoding, rate=rate, special=special, command=command,
            container={b"RIFF": "RIFF", b"RIFX": "RIFX", b"RF64": "RF64", b"BW64": "BW64", b"riff": "Wave64"}[data[:4]],
            frames=truth.shape[0], channels=truth.shape[1], bytes=len(data),
            samples=hashlib.sha256(truth.tobytes()).hexdigest(), file=hashlib.sha256(data).hexdigest(),
        )
    )  # fmt: skip


def run(command, stdin=b"", env=None):
    """Runs `command` with OUT as its directory, feeds it `stdin`, returns its standard output."""
    done = subprocess.run(shlex.split(command), input=stdin, capture_output=True, cwd=OUT, env=env, check=False)
    if done.returncode != 0:
        sys.exit(f"{command}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def first_line(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()[0]


def library():
    """The version of the system's libsndfile, which its command-line programs use."""
    done = subprocess.run(["sndfile-info"], capture_output=True, check=False)
    words = (done.stdout + done.stderr).decode(errors="replace").split()
    return next(word for word in words if word.startswith("libsndfile-")).strip(".").replace("-", " ")


PIPED = ", its output taken from a pipe"
SOX = ""
FFMPEG = ""
FLAC = ""
ARECORD = ""
SNDFILE_PROGRAMS = ""
CPYTHON = "CPython wave " + sys.version.split()[0]
SCIPY = "scipy " + scipy.__version__
SOUNDFILE = f"libsndfile {soundfile.__libsndfile_version__} (soundfile {soundfile.__version__})"
STRUCT = "make.py, byte by byte"


def versions():
    global SOX, FFMPEG, FLAC, ARECORD, SNDFILE_PROGRAMS
    SOX = first_line("sox", "--version").replace("sox:", "").strip().replace("SoX v", "SoX ")
    FFMPEG = "ffmpeg " + first_line("ffmpeg", "-version").split()[2]
    FLAC = first_line("flac", "--version")
    ARECORD = first_line("arecord", "--version").split(" by ")[0].replace(": version", "")
    SNDFILE_PROGRAMS = library() + " programs"


# CPython's wave module

def by_wave(name, bits, rate, samples, special):
    with wave.open(str(OUT / name), "wb") as out:
        out.setparams((samples.shape[1], bits // 8, rate, 0, "NONE", ""))
        out.writeframes(packed(samples, bits))
    record(name, CPYTHON, "u8" if bits == 8 else f"i{bits}", rate, as_float(samples, bits), special,
           f"`wave.open(…).setparams(({samples.shape[1]}, {bits // 8}, {rate}, …)); writeframes(…)`")  # fmt: skip


# sox: -R repeatable, -D no dither, -V1 quiet

def by_sox(name, raw, out, rate, encoding, given, truth, special, pipe=False, channels=None):
    channels = channels or truth.shape[1]
    target = "-" if pipe else name
    command = f"sox -V1 -R -D -t raw -r {rate} -c {channels} {raw} -L - -t wav {out} {target}".replace("  ", " ")
    written = run(command, given)
    if pipe:
        (OUT / name).write_bytes(written)
    record(name, SOX, encoding, rate, truth, special, f"`{command}`" + (PIPED if pipe else ""))


# ffmpeg: -bitexact leaves its version and the date out

def by_ffmpeg(name, raw, options, rate, encoding, given, truth, special, muxer="wav", pipe=False):
    target = "pipe:1" if pipe else name
    command = (
        f"ffmpeg -v error -y -f {raw} -ar {rate} -ac {truth.shape[1]} -i pipe:0 "
        f"-fflags +bitexact -flags:a +bitexact {options} -f {muxer} {target}"
    )
    written = run(command, given)
    if pipe:
        (OUT / name).write_bytes(written)
    record(name, FFMPEG, encoding, rate, truth, special, f"`{command}`" + (PIPED if pipe else ""))


# libsndfile, through soundfile

def by_soundfile(name, subtype, rate, encoding, given, truth, special, container="WAV", endian="FILE"):
    with soundfile.SoundFile(OUT / name, "w", rate, given.shape[1], subtype, endian, container) as out:
        out.write(given)
    # For floats libsndfile adds a PEAK chunk, with the time of day in it: four bytes that would
    # change on every run. They are zeroed; nothing reads them.
    data = bytearray((OUT / name).read_bytes())
    at = data.find(b"PEAK", 0, 256)
    if at >= 0:
        order = ">" if data[:4] == b"RIFX" else "<"
        assert struct.unpack_from(order + "I", data, at + 8) == (1,), name
        struct.pack_into("<I", data, at + 12, 0)
        (OUT / name).write_bytes(data)
        special += "; `PEAK` chunk, its time stamp zeroed by make.py"
    call = f"`SoundFile(…, 'w', {rate}, {given.shape[1]}, '{subtype}', endian='{endian}', format='{container}').write(…)`"
    record(name, SOUNDFILE, encoding, rate, truth, special, call)


# scipy

def by_scipy(name, rate, encoding, given, truth, special):
    scipy.io.wavfile.write(OUT / name, rate, given)
    record(name, SCIPY, encoding, rate, truth, special, f"`scipy.io.wavfile.write(…, {rate}, <{given.dtype}>)`")


# arecord, recording from a file by way of the null device and ALSA's file plug-in

def by_arecord(name, sample_format, rate, channels, encoding, given, truth, special):
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "given.raw").write_bytes(given)
        (Path(home) / ".asoundrc").write_text(
            f'pcm.given {{ type file slave.pcm "null" file /dev/null infile {home}/given.raw format raw }}\n'
        )
        command = f"arecord -q -D given -t wav -f {sample_format} -c {channels} -r {rate} -s {truth.shape[0]} {name}"
        run(command, env={**os.environ, "HOME": home})
    record(name, ARECORD, encoding, rate, truth, special, f"`{command}`; the device `given` is ALSA's `file` plug-in over `null`")


# flac -d, which writes EXTENSIBLE headers for odd widths

def by_flac(name, source, encoding, rate, truth, special):
    with tempfile.TemporaryDirectory() as room:
        (Path(room) / "in.wav").write_bytes(source)
        run(f"flac -s --best --no-padding -o {room}/a.flac {room}/in.wav")
        run(f"flac -s -d -f -o {name} {room}/a.flac")
    record(name, FLAC, encoding, rate, truth, special, f"`flac -s --best -o a.flac in.wav && flac -s -d -o {name} a.flac`")


# bytes

def chunk(tag, body, pad=True, order="<"):
    return tag + struct.pack(order + "I", len(body)) + body + (b"\0" if pad and len(body) % 2 else b"")


def riff(*chunks):
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(tag, channels, rate, align, bits, extra=b""):
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align, align, bits) + extra)


def extensible(channels, rate, align, bits, valid, mask, subtype=1):
    guid = struct.pack("<H", subtype) + bytes.fromhex("000000001000800000aa00389b71")
    return fmt(0xFFFE, channels, rate, align, bits, struct.pack("<HHI", 22, valid, mask) + guid)


def by_hand(name, data, encoding, rate, truth, special, command):
    (OUT / name).write_bytes(data)
    record(name, STRUCT, encoding, rate, truth, special, command)


# ---- the fixtures --------------------------------------------------------------------------------


def make():
    versions()

    # The default file of the examples.
    s = music()
    by_wave("music.wav", 16, 44_100, s, "the examples' default: ten seconds of plucked chords, 4.6–5.8 s near-silent, peak −3 dBFS")

    # CPython wave
    s = np.concatenate([np.arange(-128, 128)[:, None], integers(8, 1000, 1, 1)])
    by_wave("wave_u8_all_values_mono_8000.wav", 8, 8_000, s, "all 256 codes")
    by_wave("wave_u8_mono_odd_without_pad.wav", 8, 8_000, integers(8, 1001, 1, 2), "1001 bytes of data and *no* pad byte: `wave` forgets it")
    every = np.arange(-32_768, 32_768)[:, None]
    every = np.random.default_rng(3).permutation(every)
    by_wave("wave_pcm16_all_values_mono_48000.wav", 16, 48_000, every, "all 65536 values once, shuffled")
    by_wave("wave_pcm24_stereo_96000.wav", 24, 96_000, integers(24, 4000, 2, 4), "tag 1, 16-byte `fmt `, 3 bytes per sample")
    by_wave("wave_pcm32_mono_22050.wav", 32, 22_050, integers(32, 4001, 1, 5), "tag 1, 16-byte `fmt `")
    by_wave("wave_pcm16_stereo_no_frames.wav", 16, 44_100, integers(16, 0, 2, 6), "an empty `data` chunk, which is valid")
    by_wave("wave_pcm16_stereo_one_frame.wav", 16, 44_100, np.array([[-32_768, 32_767]]), "one frame: MIN, MAX")
    by_wave("wave_pcm16_mono_square_full_scale.wav", 16, 44_100, np.where(np.arange(4410)[:, None] % 100 < 50, 32_767, -32_768), "a full-scale square: RMS −0.00013 dBFS, sox prints `-0.00`")
    by_wave("wave_pcm16_stereo_silence_left.wav", 16, 44_100, integers(16, 2000, 2, 7) * [0, 1], "channel 1 is digital silence: −∞ dBFS")
    levels = np.array([29_204, 3_277, 33, 1])  # peaks of −1, −20, −60 and −90 dBFS
    s = np.random.default_rng(8).integers(-levels, levels, (2000, 4), endpoint=True)
    s[7], s[8] = -levels, [levels[0] // 2, levels[1], 0, 0]
    by_wave("wave_pcm16_4ch_peaks_1_20_60_90_db.wav", 16, 32_000, s, "four channels, peaks of −1.00, −20.00, −59.94 and −90.31 dBFS")
    by_wave("wave_pcm16_mono_all_minimum.wav", 16, 44_100, np.full((1000, 1), -32_768), "every sample MIN: RMS and peak exactly 0 dBFS, squares overflow i16 and their sum i32")

    # sox
    s = integers(8, 1003, 1, 10)
    by_sox("sox_u8_mono_odd_padded_11025.wav", "-e unsigned -b 8", "-e unsigned -b 8", 11_025, "u8", packed(s, 8), as_float(s, 8), "1003 bytes of data and a pad byte")
    s = integers(16, 5000, 2, 11)
    by_sox("sox_pcm16_stereo_44100.wav", "-e signed -b 16", "-e signed -b 16", 44_100, "i16", packed(s, 16), as_float(s, 16), "the plainest file there is")
    s = integers(24, 4001, 1, 12)
    by_sox("sox_pcm24_mono_44100.wav", "-e signed -b 24", "-e signed -b 24", 44_100, "i24", packed(s, 24), as_float(s, 24), "EXTENSIBLE; 12003 bytes of data and a pad byte")
    s = integers(32, 3000, 2, 13)
    by_sox("sox_pcm32_stereo_48000.wav", "-e signed -b 32", "-e signed -b 32", 48_000, "i32", packed(s, 32), as_float(s, 32), "EXTENSIBLE")
    s = np.random.default_rng(9).integers(-2_000, 500, (2001, 2), endpoint=True)
    by_sox("sox_pcm24_stereo_quiet_offset.wav", "-e signed -b 24", "-e signed -b 24", 96_000, "i24", packed(s, 24), as_float(s, 24), "EXTENSIBLE; 24-bit at −72 dBFS with a DC offset: eight steps of 16 bits high; the peak is negative")
    t = as_float(integers(24, 3000, 2, 14), 24)
    by_sox("sox_f32_stereo_44100.wav", "-e float -b 32", "-e float -b 32", 44_100, "f32", t.astype("<f4").tobytes(), t, "tag 3, `fact`; the values are multiples of 2⁻²³")
    t = as_float(integers(32, 3000, 1, 15), 32)
    by_sox("sox_f64_mono_48000.wav", "-e float -b 64", "-e float -b 64", 48_000, "f64", t.tobytes(), t, "tag 3, `fact`; the values are multiples of 2⁻³¹, not all exact in f32")
    codes = np.concatenate([np.arange(256), np.random.default_rng(16).integers(0, 256, 1000)]).astype(np.uint8)[:, None]
    by_sox("sox_alaw_all_codes_mono_8000.wav", "-e a-law -b 8", "-e a-law -b 8", 8_000, "A-law", codes.tobytes(), companded(alaw, codes), "all 256 codes")
    codes = np.concatenate([np.arange(256), np.random.default_rng(17).integers(0, 256, 1744)]).astype(np.uint8)
    codes[codes == 0x7F] = 0xFF  # sox re-encodes: minus zero becomes plus zero
    codes = codes.reshape(-1, 2)
    by_sox("sox_mulaw_stereo_8000.wav", "-e mu-law -b 8", "-e mu-law -b 8", 8_000, "µ-law", codes.tobytes(), companded(mulaw, codes), "all codes but 0x7F (minus zero)")
    s = integers(16, 2000, 2, 18)
    by_sox("sox_pipe_unknown_sizes.wav", "-e signed -b 16", "-e signed -b 16", 16_000, "i16", packed(s, 16), as_float(s, 16), "written to a pipe: RIFF size 0x7FFFF024, data size 0x7FFFF000", pipe=True)
    s = integers(16, 2000, 2, 19)
    by_sox("sox_rifx_pcm16_stereo_44100.wav", "-e signed -b 16", "-B -e signed -b 16", 44_100, "i16, big-endian", packed(s, 16), as_float(s, 16), "RIFX: every number big-endian")

    # ffmpeg
    s = integers(16, 3000, 1, 30)
    by_ffmpeg("ffmpeg_pcm16_mono_list_before_data.wav", "s16le", "-c:a pcm_s16le -metadata title=odd", 48_000, "i16", packed(s, 16), as_float(s, 16), "`LIST INFO` between `fmt ` and `data`")
    s = integers(24, 2000, 6, 31)
    by_ffmpeg("ffmpeg_s24_extensible_6ch.wav", "s24le", "-c:a pcm_s24le", 48_000, "i24", packed(s, 24), as_float(s, 24), "EXTENSIBLE, 5.1, with a channel mask")
    t = as_float(integers(32, 1000, 8, 32), 32)
    by_ffmpeg("ffmpeg_f64_extensible_8ch.wav", "f64le", "-c:a pcm_f64le", 96_000, "f64", t.tobytes(), t, "EXTENSIBLE, 7.1, `fact`")
    t = as_float(integers(24, 3001, 2, 33), 24)
    by_ffmpeg("ffmpeg_f32_stereo_48000.wav", "f32le", "-c:a pcm_f32le", 48_000, "f32", t.astype("<f4").tobytes(), t, "EXTENSIBLE, `fact`")
    s = integers(16, 2001, 2, 34)
    by_ffmpeg("ffmpeg_pipe_unknown_sizes.wav", "s16le", "-c:a pcm_s16le", 44_100, "i16", packed(s, 16), as_float(s, 16), "written to a pipe: RIFF and data sizes 0xFFFFFFFF", pipe=True)
    codes = np.concatenate([np.arange(256), np.random.default_rng(35).integers(0, 256, 1001)]).astype(np.uint8)[:, None]
    by_ffmpeg("ffmpeg_mulaw_all_codes_mono_8000.wav", "mulaw", "-c:a copy", 8_000, "µ-law", codes.tobytes(), companded(mulaw, codes), "all 256 codes, minus zero too; odd length")
    codes = np.concatenate([np.arange(256), np.random.default_rng(36).integers(0, 256, 1744)]).astype(np.uint8).reshape(-1, 2)
    by_ffmpeg("ffmpeg_alaw_all_codes_stereo_16000.wav", "alaw", "-c:a copy", 16_000, "A-law", codes.tobytes(), companded(alaw, codes), "all 256 codes")
    s = integers(16, 2000, 2, 37)
    by_ffmpeg("ffmpeg_rf64_pcm16_stereo.wav", "s16le", "-c:a pcm_s16le -rf64 always", 48_000, "i16", packed(s, 16), as_float(s, 16), "RF64 though small: sizes in `ds64`")
    s = integers(16, 2000, 2, 38)
    by_ffmpeg("ffmpeg_junk_reserved_for_rf64_pcm16_stereo.wav", "s16le", "-c:a pcm_s16le -rf64 auto", 48_000, "i16", packed(s, 16), as_float(s, 16), "plain RIFF with a 28-byte `JUNK` before `fmt `")
    s = integers(24, 1500, 2, 39)
    by_ffmpeg("ffmpeg_w64_s24_stereo.w64", "s24le", "-c:a pcm_s24le", 48_000, "i24", packed(s, 24), as_float(s, 24), "Sony Wave64", muxer="w64")

    # libsndfile
    t = as_float(integers(24, 2000, 2, 50), 24)
    f = t.astype(np.float32)
    by_soundfile("libsndfile_f32_stereo_44100.wav", "FLOAT", 44_100, "f32", f, t, "tag 3, `fact`")
    by_soundfile("libsndfile_wavex_f32_stereo.wav", "FLOAT", 44_100, "f32", f, t, "EXTENSIBLE", container="WAVEX")
    by_soundfile("libsndfile_rf64_f32_stereo.wav", "FLOAT", 192_000, "f32", f, t, "RF64 though small", container="RF64")
    rng = np.random.default_rng(51)
    t = rng.integers(-(1 << 53), 1 << 53, (2000, 1), endpoint=True).astype(np.float64) / float(1 << 53)
    t[:4, 0] = [-1.0, 1.0, 5e-324, -2.5e-310]
    by_soundfile("libsndfile_f64_mono_full_precision.wav", "DOUBLE", 48_000, "f64", t, t, "53 significant bits, subnormals, +1.0 exactly", endian="LITTLE")
    t = np.array([1.5, -1.5, 1.0, -1.0, 1.0 + 2.0**-23, 1.0 - 2.0**-24, -1.0 - 2.0**-23, 0.5 / 32768, 1.5 / 32768, -0.5 / 32768, -1.5 / 32768,
                  2.5 / 32768, 32766.5 / 32768, 32767.5 / 32768, -32768.5 / 32768, 2.0**-149, -(2.0**-149), 2.0**-126, -0.0, 0.0, 12.0, -12.0])  # fmt: skip
    t = np.concatenate([t, (rng.integers(-(1 << 24), 1 << 24, 978) / float(1 << 23))])[:, None]
    by_soundfile("libsndfile_f32_over_full_scale_mono.wav", "FLOAT", 44_100, "f32", t.astype(np.float32), t, "up to ±12, values one ulp from full scale, ties of the 16-bit grid, subnormals, −0.0")
    s = integers(16, 2000, 2, 52)
    by_soundfile("libsndfile_w64_pcm16_stereo.w64", "PCM_16", 44_100, "i16", s.astype(np.int16), as_float(s, 16), "Sony Wave64", container="W64")
    s = integers(24, 2001, 1, 53)
    by_soundfile("libsndfile_rifx_pcm24_mono.wav", "PCM_24", 44_100, "i24, big-endian", (s << 8).astype(np.int32), as_float(s, 24), "RIFX; odd length", endian="BIG")
    s = integers(24, 1000, 8, 54)
    by_soundfile("libsndfile_wavex_pcm24_8ch.wav", "PCM_24", 48_000, "i24", (s << 8).astype(np.int32), as_float(s, 24), "EXTENSIBLE", container="WAVEX")
    s = integers(16, 1000, 40, 55)
    by_soundfile("libsndfile_pcm16_40ch.wav", "PCM_16", 8_000, "i16", s.astype(np.int16), as_float(s, 16), "40 channels, more than there are speaker positions")

    # libsndfile's programs: a broadcast wave
    name = "libsndfile_bext_pcm16_stereo.wav"
    s = integers(16, 2000, 2, 56)
    bare = OUT / "bare.wav"
    bare.write_bytes(riff(fmt(1, 2, 48_000, 4, 16), chunk(b"data", packed(s, 16))))
    (OUT / name).unlink(missing_ok=True)
    command = (
        "sndfile-metadata-set --bext-description ndaudio-fixture --bext-originator make.py --bext-orig-date 2026-01-02 "
        "--bext-orig-time 03:04:05 --bext-time-ref 96000 --str-title fixture bare.wav " + name
    )
    try:
        run(command)
    finally:
        bare.unlink()
    record(name, SNDFILE_PROGRAMS, "i16", 48_000, as_float(s, 16), "broadcast wave: `bext` and `LIST` chunks", f"`{command}`")
    name = "libsndfile_convert_ulaw_mono_8000.wav"
    s = companded(mulaw, np.random.default_rng(57).permutation(np.delete(np.arange(256), 0x7F))[:, None])
    raw = OUT / "bare.wav"
    raw.write_bytes(riff(fmt(1, 1, 8_000, 2, 16), chunk(b"data", packed((s * 32_768).astype(np.int64), 16))))
    command = f"sndfile-convert -ulaw bare.wav {name}"
    try:
        run(command)
    finally:
        raw.unlink()
    record(name, SNDFILE_PROGRAMS, "µ-law", 8_000, s, "odd length, padded; 255 codes encoded from the 16-bit values they stand for, so nothing is lost", f"`{command}`")

    # scipy
    t = as_float(integers(24, 2000, 1, 60), 24)
    by_scipy("scipy_f32_mono_16000.wav", 16_000, "f32", t.astype(np.float32)[:, 0], t, "tag 3, 18-byte `fmt `, `fact`")
    t = as_float(integers(32, 1000, 2, 61), 32)
    by_scipy("scipy_f64_stereo_44100.wav", 44_100, "f64", t, t, "tag 3, 18-byte `fmt `, `fact`")
    s = integers(32, 2000, 3, 62)
    by_scipy("scipy_pcm32_3ch_44100.wav", 44_100, "i32", s.astype(np.int32), as_float(s, 32), "tag 1, three channels without a mask")
    t = np.array([[0.25, -0.25], [np.nan, 0.5], [np.inf, -np.inf], [-1.0, 1.0]])
    by_scipy("scipy_f32_nan_infinity_stereo.wav", 44_100, "f32", t.astype(np.float32), t, "NaN in channel 1, ±∞ in both; four frames")

    # arecord
    s = integers(24, 2000, 2, 70)
    by_arecord("arecord_s24le_24in32lsb_stereo.wav", "S24_LE", 48_000, 2, "i24 in 32, LSB", packed(s, 32), as_float(s, 24), "tag 1, 24 bits, block align 8: low three bytes, the fourth is the sign")
    low = s & 0xFF_FFFF
    by_arecord("arecord_s24le_24in32lsb_zero_top_byte.wav", "S24_LE", 48_000, 2, "i24 in 32, LSB", low.astype("<u4").tobytes(), as_float(s, 24), "as above, but the fourth byte is 0, as some drivers leave it: not a sign extension")
    s = integers(24, 2001, 1, 71)
    by_arecord("arecord_s24_3le_mono.wav", "S24_3LE", 44_100, 1, "i24", packed(s, 24), as_float(s, 24), "tag 1, packed 24-bit; 6003 bytes of data and *no* pad byte")

    # flac -d
    s = integers(20, 2000, 2, 80)
    source = riff(extensible(2, 48_000, 6, 24, 20, 3), chunk(b"data", packed(s << 4, 24)))
    by_flac("flac_20in24_extensible_stereo.wav", source, "20 in 24", 48_000, as_float(s, 20), "EXTENSIBLE, 20 valid bits of 24, left-justified")
    s = integers(12, 2000, 1, 81)
    source = riff(extensible(1, 32_000, 2, 16, 12, 4), chunk(b"data", packed(s << 4, 16)))
    by_flac("flac_12in16_extensible_mono.wav", source, "12 in 16", 32_000, as_float(s, 12), "EXTENSIBLE, 12 valid bits of 16, left-justified")

    # Byte by byte
    s = integers(24, 2000, 2, 90)
    data = riff(extensible(2, 48_000, 8, 32, 24, 3), chunk(b"data", packed(s << 8, 32)))
    by_hand("bytes_extensible_24in32msb_stereo.wav", data, "i24 in 32, MSB", 48_000, as_float(s, 24), "EXTENSIBLE, 24 valid bits of 32: high three bytes, as Microsoft says", "`extensible(bits=32, valid=24)`")
    s = integers(12, 2000, 1, 91)
    data = riff(fmt(1, 1, 16_000, 2, 12), chunk(b"data", packed(s << 4, 16)))
    by_hand("bytes_12in16_mono.wav", data, "12 in 16", 16_000, as_float(s, 12), "tag 1, 12 bits, block align 2, left-justified", "`fmt(bits=12, align=2)`")
    s = integers(24, 1501, 1, 92)
    body = packed(s, 24)
    ds64 = struct.pack("<QQQI", 0, len(body), 0, 0)
    chna = struct.pack("<HH", 1, 1) + struct.pack("<H12s14s11sx", 1, b"ATU_00000001", b"AT_00010001_01", b"AP_00010001")
    chunks = chunk(b"ds64", ds64) + fmt(1, 1, 48_000, 3, 24) + b"data" + b"\xff" * 4 + body + b"\0" + chunk(b"chna", chna)
    ds64 = struct.pack("<QQQI", 4 + len(chunks), len(body), 0, 0)
    chunks = chunk(b"ds64", ds64) + chunks[8 + len(ds64) :]
    data = b"BW64" + b"\xff" * 4 + b"WAVE" + chunks
    by_hand("bytes_bw64_pcm24_chna_mono.wav", data, "i24", 48_000, as_float(s, 24), "BW64 (ITU-R BS.2088): sizes in `ds64`, odd data, `chna` after the data", "`ds64`, `fmt `, `data` of size 0xFFFFFFFF, `chna`")
    s = integers(16, 2000, 2, 93)
    info = b"INFO" + b"INAM" + struct.pack("<I", 5) + b"field"  # 17 bytes: odd
    data = riff(chunk(b"LIST", info), fmt(1, 2, 44_100, 4, 16), chunk(b"iXML", b"<a/>\n"), chunk(b"fact", struct.pack("<I", 2000)), chunk(b"data", packed(s, 16)), chunk(b"cue ", struct.pack("<I", 0)))
    by_hand("bytes_odd_list_and_ixml_padded_before_data.wav", data, "i16", 44_100, as_float(s, 16), "a 17-byte `LIST` before `fmt `, a 5-byte `iXML` before `data`, both padded; `cue ` after", "`LIST`, `fmt `, `iXML`, `fact`, `data`, `cue `")
    body = packed(integers(16, 1000, 2, 94), 16)
    data = bytearray(riff(fmt(1, 2, 44_100, 4, 16), chunk(b"data", body)))
    struct.pack_into("<I", data, 4, 0)
    struct.pack_into("<I", data, 40, 0)
    by_hand("bytes_crashed_zero_sizes.wav", bytes(data), "i16", 44_100, as_float(integers(16, 1000, 2, 94), 16), "the recorder died: RIFF size 0 and data size 0, 1000 frames follow", "sizes at 4 and 40 set to 0")
    s = integers(24, 1000, 2, 95)
    data = riff(fmt(1, 2, 44_100, 6, 24), chunk(b"data", packed(s, 24)))[:-8]
    by_hand("bytes_truncated_in_the_last_but_one_frame.wav", data, "i24", 44_100, as_float(s[:998], 24), "8 bytes are missing at the end: 998 whole frames and 4 bytes left over", "the last 8 bytes cut off")


# ---- the lists -----------------------------------------------------------------------------------


def write_lists():
    rows = sorted(ROWS, key=lambda row: row["name"])
    with open(OUT / "MANIFEST.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("# Written by make.py. `samples_f64_sha256`: SHA-256 of the samples as given to the writer, interleaved\n")
        out.write("# little-endian float64, full scale = 1.0 (integers / 2^(bits-1), G.711 from its definition). No decoder was asked.\n")
        out.write("# file\tcontainer\tencoding\tchannels\tsample_rate\tframes\tsamples_f64_sha256\tfile_sha256\n")
        for r in rows:
            out.write(f"{r['name']}\t{r['container']}\t{r['encoding']}\t{r['channels']}\t{r['rate']}\t{r['frames']}\t{r['samples']}\t{r['file']}\n")
    total = sum(r["bytes"] for r in rows)
    writers = sorted({r["writer"] for r in rows})
    with open(OUT / "README.md", "w", encoding="utf-8", newline="\n") as out:
        out.write(
            "# Fixtures\n\n"
            "<!-- Written by make.py: edit there. -->\n\n"
            f"{len(rows)} small files, {total / 1e6:.1f} MB, made by {len(writers)} writers. All of the audio is generated by `make.py`\n"
            "from a seed: no recording, nothing of anybody else's, the licence is that of the crate.\n\n"
            "```sh\n"
            "python3 data/make.py            # make them again, with this page and MANIFEST.tsv\n"
            "python3 data/make.py --check    # make them elsewhere and compare with these\n"
            "```\n\n"
            "Other versions of the writers may lay out their headers otherwise; the samples stay the same.\n"
            "`MANIFEST.tsv` has a hash of each file and of the samples each writer was given, which is what a reader must return:\n"
            "float64, interleaved, full scale = 1.0. What sox and libsndfile make of the files is in `tests/peers/`.\n\n"
            "In most files every channel has MIN, MAX and their neighbours, a run of clipped samples, a full-scale triangle,\n"
            "full-scale noise, noise of ±3 steps, digital silence and a step; the channels differ.\n\n"
            "Writers: " + "; ".join(writers) + ".\n\n"
            "| file | writer | container | encoding | channels | rate | frames | bytes | what is special | command |\n"
            "|---|---|---|---|---|---|---|---|---|---|\n"
        )
        for r in rows:
            writer = r["writer"].split(" (")[0]
            out.write(
                f"| `{r['name']}` | {writer} | {r['container']} | {r['encoding']} | {r['channels']} | {r['rate']} "
                f"| {r['frames']} | {r['bytes']} | {r['special']} | {r['command']} |\n"
            )


def main():
    global OUT
    parser = argparse.ArgumentParser(description="Makes the fixtures.")
    parser.add_argument("--check", action="store_true", help="make them elsewhere and compare")
    if not parser.parse_args().check:
        make()
        write_lists()
        print(f"{len(ROWS)} files, {sum(r['bytes'] for r in ROWS)} bytes")
        return
    OUT = Path(tempfile.mkdtemp())
    try:
        make()
        write_lists()
        made = {p.name for p in OUT.iterdir()}
        here = {p.name for p in HERE.iterdir() if p.is_file() and p.name != "make.py"}
        bad = sorted(made ^ here)
        bad += [name for name in sorted(made & here) if (OUT / name).read_bytes() != (HERE / name).read_bytes()]
    finally:
        shutil.rmtree(OUT)
    for name in bad:
        print("differs:", name)
    print(f"{len(ROWS)} files made, {len(bad)} differ")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
