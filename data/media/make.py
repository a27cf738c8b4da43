#!/usr/bin/env python3
"""Makes the compressed fixtures, each by the program its name begins with, and MANIFEST.tsv.

    python3 data/media/make.py            make them again
    python3 data/media/make.py --check    make them elsewhere and compare what decoders give

Needs flac, ffmpeg, sox, lame, oggenc and Python's soundfile (libsndfile). The audio is made here from a seed. For a lossless file the
manifest has the SHA-256 of the samples *given* to the encoder, as interleaved little-endian int32 of full scale 2^31 (or float64 for
floats); no decoder was asked. For a lossy one there is `<name>.i16`: what ffmpeg's own decoder gives, rounded to interleaved little-endian int16
"""
import hashlib, os, pathlib, subprocess, sys, tempfile, wave

import numpy as np
import soundfile

HERE = pathlib.Path(__file__).parent
OUT = pathlib.Path(tempfile.mkdtemp()) if "--check" in sys.argv else HERE
BITEXACT = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]


def audio(bits: int, channels: int, frames: int, seed: int) -> np.ndarray:
    """Music-like sums of sines, a stretch of full-scale noise, silence, and the ends of the range: frames × channels."""
    random = np.random.default_rng(seed)
    full = 2 ** (bits - 1)
    t = np.arange(frames)[:, None] / frames
    tone = sum(np.sin(2 * np.pi * f * (1 + c) * t) / (f ** 0.5) for f in (7, 23, 61) for c in [np.arange(channels)])
    x = np.round(tone * 0.3 * full).astype(np.int64)
    noisy = slice(frames // 4, frames // 3)
    x[noisy] = random.integers(-full, full, x[noisy].shape)
    x[frames // 2 : frames // 2 + frames // 10] = 0
    x[-4:] = np.array([-full, full - 1, -full, full - 1])[:, None]
    return np.clip(x, -full, full - 1)


def write_wav(path, x, bits, rate):
    with wave.open(str(path), "wb") as w:
        w.setnchannels(x.shape[1]); w.setsampwidth((bits + 7) // 8); w.setframerate(rate)
        width = (bits + 7) // 8
        y = x << (8 * width - bits)
        if width == 1:
            y = y + 128
        b = y.astype("<i4").tobytes()
        w.writeframes(b"".join(b[i : i + width] for i in range(0, len(b), 4)))


def top(x, bits):
    return (x << (32 - bits)).astype("<i4")


def digest(x):
    return hashlib.sha256(np.ascontiguousarray(x).tobytes()).hexdigest()


def run(*command, stdin=None, stdout=None):
    subprocess.run([str(part) for part in command], check=True, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)


ROWS = []


def row(name, kind, codec, encoding, channels, rate, frames, digest, command):
    data = (OUT / name).read_bytes()
    ROWS.append("\t".join([name, kind, codec, encoding, str(channels), str(rate), str(frames), digest,
                           hashlib.sha256(data).hexdigest(), command]))


def lossless(name, kind, codec, encoding, bits, channels, rate, frames, command, *, soundfile_write=None, seed=0, keep=None):
    x = audio(bits, channels, frames, seed or len(ROWS) + 1)
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "in.wav"
        if soundfile_write:
            soundfile_write(OUT / name, top(x, bits))
            shown = command
        else:
            write_wav(source, x, bits, rate)
            run(*[part.format(src=source, out=OUT / name) for part in command])
            shown = " ".join(part.format(src="in.wav", out=name) for part in command)
    row(name, kind, codec, encoding, channels, rate, frames, digest(top(x, bits)), shown)


def lossy(name, kind, codec, channels, rate, frames, command):
    x = audio(16, channels, frames, len(ROWS) + 1)
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "in.wav"
        write_wav(source, x, 16, rate)
        run(*[part.format(src=source, out=OUT / name) for part in command])
        shown = " ".join(part.format(src="in.wav", out=name) for part in command)
        decoded = subprocess.run(["ffmpeg", "-v", "error", "-i", str(OUT / name), "-f", "f32le", "-"], check=True,
                                 stdout=subprocess.PIPE).stdout
    # ffmpeg 5.1 does not cut the end of Vorbis; the granule position of the last page, and libsndfile, say `frames`.
    y = np.frombuffer(decoded, "<f4")[: frames * channels]
    (OUT / (name + ".i16")).write_bytes(np.clip(np.round(y * 32768), -32768, 32767).astype("<i2").tobytes())
    row(name, kind, codec, "f32", channels, rate, len(y) // channels, "-", shown)


def sf(fmt, subtype, rate, endian="FILE"):
    return lambda path, x: soundfile.write(path, x, rate, format=fmt, subtype=subtype, endian=endian)


# flac: every width it takes, stereo of each kind, many channels
for bits, encoding in [(8, "u8"), (16, "i16"), (24, "i24")]:
    lossless(f"flac_pcm{bits}_stereo.flac", "FLAC", "FLAC", encoding, bits, 2, 44100, 2000,
             ["flac", "-s", "-f", "-8", "-b", "512", "--no-padding", "-o", "{out}", "{src}"])
lossless("flac_pcm32_stereo.flac", "FLAC", "FLAC", "i32", 32, 2, 44100, 2000,
         ["flac", "-s", "-f", "-5", "-b", "512", "--no-padding", "-o", "{out}", "{src}"])
# 12 and 20 bits from the WAVE fixtures of those widths, whose audio begins where `data` does
for bits, encoding, source, channels, rate in [(12, "i12", "flac_12in16_extensible_mono.wav", 1, 32000),
                                               (20, "i20", "flac_20in24_extensible_stereo.wav", 2, 48000)]:
    name = f"flac_pcm{bits}.flac"
    run("flac", "-s", "-f", "--no-padding", "-o", OUT / name, HERE.parent / source)
    wav = (HERE.parent / source).read_bytes()
    raw = np.frombuffer(wav[wav.index(b"data") + 8 :], np.uint8).reshape(-1, (bits + 7) // 8)
    x = np.zeros((len(raw), 4), np.uint8)
    x[:, 4 - raw.shape[1] :] = raw
    row(name, "FLAC", "FLAC", encoding, channels, rate, len(raw) // channels, hashlib.sha256(x.tobytes()).hexdigest(),
        f"flac -s -f --no-padding -o {name} ../{source}")
lossless("flac_pcm16_mono_tagged.flac", "FLAC", "FLAC", "i16", 16, 1, 48000, 1000,
         ["flac", "-s", "-f", "-0", "-T", "TITLE=Dawn", "-T", "ARTIST=Recorder 7", "-T", "COMMENT=windy", "--no-padding", "-o", "{out}", "{src}"])
run("flac", "-s", "-f", "--keep-foreign-metadata", "--no-padding", "-o", OUT / "flac_foreign_bext.flac", HERE.parent / "libsndfile_bext_pcm16_stereo.wav")
wav = (HERE.parent / "libsndfile_bext_pcm16_stereo.wav").read_bytes()
at = wav.index(b"data") + 8
x = np.frombuffer(wav[at : at + 8000], "<i2").astype("<i4") << 16
row("flac_foreign_bext.flac", "FLAC", "FLAC", "i16", 2, 48000, 2000, digest(x),
    "flac -s -f --keep-foreign-metadata --no-padding -o flac_foreign_bext.flac ../libsndfile_bext_pcm16_stereo.wav")
# ffmpeg
lossless("ffmpeg_pcm16_stereo.flac", "FLAC", "FLAC", "i16", 16, 2, 48000, 3000,
         ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "flac", "-frame_size", "576", "{out}"])
lossless("ffmpeg_pcm16_6ch.flac", "FLAC", "FLAC", "i16", 16, 6, 48000, 1000,
         ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "flac", "{out}"])
lossless("ffmpeg_pcm24_stereo.aiff", "AIFF", "PCM", "i24", 24, 2, 48000, 1000,
         ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "pcm_s24be", "{out}"])
lossless("ffmpeg_alac16_stereo.caf", "CAF", "ALAC", "i16", 16, 2, 44100, 5000,
         ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "alac", "{out}"])
lossless("ffmpeg_alac16_stereo.m4a", "MP4", "ALAC", "i16", 16, 2, 44100, 5000,
         ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "alac", "{out}"])
lossless("ffmpeg_flac16_mono.ogg", "Ogg", "FLAC", "i16", 16, 1, 32000, 5000,
         ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "flac", "{out}"])
# sox
lossless("sox_pcm16_stereo.flac", "FLAC", "FLAC", "i16", 16, 2, 22050, 2000, ["sox", "-D", "{src}", "{out}"])
lossless("sox_pcm16_mono.aiff", "AIFF", "PCM", "i16", 16, 1, 8000, 1001, ["sox", "-D", "{src}", "{out}"])
lossless("sox_pcm8_stereo.aiff", "AIFF", "PCM", "u8", 8, 2, 8000, 1001, ["sox", "-D", "{src}", "{out}"])
# libsndfile
lossless("libsndfile_pcm24_stereo.flac", "FLAC", "FLAC", "i24", 24, 2, 96000, 2000,
         "soundfile.write(…, format='FLAC', subtype='PCM_24')", soundfile_write=sf("FLAC", "PCM_24", 96000))
lossless("libsndfile_pcm32_mono.aiff", "AIFF", "PCM", "i32", 32, 1, 48000, 500,
         "soundfile.write(…, format='AIFF', subtype='PCM_32')", soundfile_write=sf("AIFF", "PCM_32", 48000))
lossless("libsndfile_pcm24_stereo.caf", "CAF", "PCM", "i24", 24, 2, 48000, 500,
         "soundfile.write(…, format='CAF', subtype='PCM_24')", soundfile_write=sf("CAF", "PCM_24", 48000))
lossless("libsndfile_pcm16_mono.caf", "CAF", "PCM", "i16", 16, 1, 48000, 500,
         "soundfile.write(…, format='CAF', subtype='PCM_16', endian='LITTLE')", soundfile_write=sf("CAF", "PCM_16", 48000, "LITTLE"))
# lossy
lossy("oggenc_vorbis_stereo.ogg", "Ogg", "Vorbis", 2, 44100, 6000, ["oggenc", "-Q", "-q", "2", "-s", "1", "-t", "Dawn", "-a", "Recorder 7", "-o", "{out}", "{src}"])
lossy("ffmpeg_vorbis_mono.ogg", "Ogg", "Vorbis", 1, 32000, 6000,
      ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "libvorbis", "{out}"])
lossy("lame_stereo.mp3", "MP3", "MP3", 2, 44100, 6000, ["lame", "--quiet", "-b", "128", "--tt", "Dawn", "--ta", "Recorder 7", "{src}", "{out}"])
lossy("ffmpeg_mono.mp3", "MP3", "MP3", 1, 48000, 6000,
      ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "libmp3lame", "-b:a", "96k", "{out}"])
# Without the noise that each decoder makes for itself; the edit list leaves out the first 1024 frames.
lossy("ffmpeg_aac_stereo.m4a", "MP4", "AAC", 2, 44100, 6000,
      ["ffmpeg", "-v", "error", "-y", "-i", "{src}", *BITEXACT, "-c:a", "aac", "-aac_pns", "0", "-b:a", "96k", "{out}"])

head = "# Written by make.py, which says what the columns mean.\n# file\tformat\tcodec\tencoding\tchannels\tsample_rate\tframes\tsamples_i32_sha256\tfile_sha256\tcommand\n"
table = head + "\n".join(ROWS) + "\n"
if "--check" in sys.argv:
    there = {line.split("\t")[0]: line.split("\t")[7] for line in (HERE / "MANIFEST.tsv").read_text().splitlines() if line[0] != "#"}
    here = {line.split("\t")[0]: line.split("\t")[7] for line in ROWS}
    sys.exit(there != here)
(HERE / "MANIFEST.tsv").write_text(table)
