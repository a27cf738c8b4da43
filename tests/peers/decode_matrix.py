#!/usr/bin/env python3
"""Files as sox, ffmpeg and libsndfile write them, in every encoding × {1, 2, 6} channels that each writes in the WAV family.

    python3 tests/peers/decode_matrix.py [DIRECTORY]   # needs cargo, numpy, soundfile, ffmpeg, sox, sndfile-convert; about 100 MB
    python3 tests/peers/decode_matrix.py --fixtures    # make data/matrix/ and decode_matrix.tsv again

All of them get the same full-scale noise, in the encoding that they are to write, so that nothing is lost and the samples are known before
any reader sees the file; what G.711 codes stand for is CPython's `audioop` to say. libsndfile's own float64 read
(`soundfile.read(FILE, dtype="float64")`) must be these samples, bit by bit, or the file is on the list of those that it misreads
(`MISREAD`). Then `cargo test --test reading decode_matrix` must read the same from every file, from a path and from a pipe; codecs that the crate
does not know it must refuse by their tag. Ends with 1 if anything differs.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import soundfile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLE = HERE / "decode_matrix.tsv"
RATE = 48000
CHANNELS = (1, 2, 6)
FRAMES, FEW = 4093, 61  # odd, so that odd data must be padded
ENCODINGS = "u8 s16 s24 s32 f32 f64 alaw mulaw".split()
SOX = dict(u8="unsigned 8", s16="signed 16", s24="signed 24", s32="signed 32", f32="float 32", f64="float 64", alaw="a-law 8", mulaw="mu-law 8")
SNDFILE = dict(u8="PCM_U8", s16="PCM_16", s24="PCM_24", s32="PCM_32", f32="FLOAT", f64="DOUBLE", alaw="ALAW", mulaw="ULAW")
CONVERT = dict(u8="pcmu8", s16="pcm16", s24="pcm24", s32="pcm32", f32="float32", f64="float64", alaw="alaw", mulaw="ulaw")
FFMPEG = {name: "pcm_" + name + ("le" if name[-2:] in ("16", "24", "32", "64") else "") for name in ENCODINGS}
# Codecs in the same containers, with the tags that Microsoft's mmreg.h has for them; sndfile-convert writes the same as libsndfile.
REFUSED = {
    "sox": {"ms-adpcm": 0x0002, "ima-adpcm": 0x0011, "gsm-full-rate": 0x0031},
    "ffmpeg": {"adpcm_ms": 0x0002, "adpcm_ima_wav": 0x0011, "adpcm_yamaha": 0x0020, "g726": 0x0045, "libmp3lame": 0x0055, "mp2": 0x0050, "ac3": 0x2000},
    "libsndfile": {"MS_ADPCM": 0x0002, "IMA_ADPCM": 0x0011, "GSM610": 0x0031, "G721_32": 0x0040, "NMS_ADPCM_16": 0x0038},
}
# Ones that `data/` has nothing like.
FIXTURES = """
ffmpeg_rf64_alaw_1.wav ffmpeg_rf64_pipe_u8_2.wav ffmpeg_auto_f64_2.wav ffmpeg_w64_pipe_s24_2.w64 ffmpeg_pipe_f32_6.wav
libsndfile_big_f64_2.wav libsndfile_big_mulaw_1.wav libsndfile_big_u8_1.wav libsndfile_rf64_s24_6.rf64 libsndfile_w64_alaw_2.w64
convert_w64_f32_1.w64 convert_big_s32_2.wav sox_big_f32_2.wav sox_big_s24_1.wav sox_pipe_alaw_6.wav sox_amb_s24_6.wav sox_w64_mulaw_1.w64
""".split()


def misread(name):
    """Why libsndfile does not read what the file was made from, if it does not."""
    tool, *kind, encoding, channels = name.rsplit(".", 1)[0].split("_")
    kind = " ".join(kind)
    if tool == "ffmpeg" and kind == "rf64 pipe":
        return "ffmpeg leaves the sizes in ds64 at 0, since a pipe cannot go back; libsndfile believes them"
    if tool == "ffmpeg" and kind.startswith("w64") and (encoding in ("f32", "f64") or encoding.endswith("law") and channels == "6"):
        return "an extensible fmt in Wave64 it takes for integers"
    if tool == "sox" and kind == "big" and (encoding in ("s24", "s32") or channels == "6" and encoding in ("u8", "s16")):
        return "an extensible fmt in RIFX it refuses"
    return None


def noise(frames, channels):
    """32-bit integers that reach both ends. SplitMix64, numbered: Steele, Lea, Flood (2014)."""
    with np.errstate(over="ignore"):
        z = np.arange(1, frames * channels + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    values = ((z ^ z >> np.uint64(31)) >> np.uint64(32)).astype(np.uint32).view(np.int32).reshape(frames, channels).copy()
    edges = np.array([-(2**31), 2**31 - 1, 0, -1, 1, 2**31 - 1, -(2**31)], np.int32)
    values[: len(edges)] = edges[:, None]
    return values


def given(encoding, frames, channels):
    """What is written as raw little-endian bytes, the samples for libsndfile's `write`, and the samples as float64."""
    values = noise(frames, channels)
    if encoding in ("f32", "f64"):
        # sox works in 32-bit integers, so more digits would not survive it; f32 holds 24 of them.
        floats = ((values >> 8) / 2.0**23).astype("<f4") if encoding == "f32" else values / 2.0**31
        return floats.tobytes(), floats, floats.astype("<f8")
    if encoding in ("alaw", "mulaw"):
        codes = (values >> 24).astype(np.int8).tobytes()
        wide = np.frombuffer((audioop.alaw2lin if encoding == "alaw" else audioop.ulaw2lin)(codes, 2), "<i2").reshape(frames, channels)
        return codes, wide, wide / 2.0**15
    bits = int(encoding[1:])
    integers = values >> 32 - bits
    raw = integers.astype("<i4").view(np.uint8).reshape(-1, 4)[:, : bits // 8]
    raw = raw ^ 0x80 if encoding == "u8" else raw
    return raw.tobytes(), integers << 32 - bits, integers / 2.0 ** (bits - 1)


def counted(path, encoding, want):
    """With the padding as frames, where the header counts it as audio; libsndfile says so too. ffmpeg counts it in the data size of
    `ds64`, though not in the frames there, and in that of Wave64; sox to a pipe says 0x7FFFF000, and pads what comes."""
    align = {"ffmpeg_rf64": 2, "sox_pipe": 2, "ffmpeg_w64": 8}.get(path.stem.rsplit("_", 2)[0], 1)
    frames, channels = want.shape
    width = dict(u8=1, alaw=1, mulaw=1, s16=2, s24=3, s32=4, f32=4, f64=8)[encoding]
    zeros = -frames * channels * width % align // (channels * width)
    silent = {"u8": -1.0, "alaw": audioop.alaw2lin, "mulaw": audioop.ulaw2lin}.get(encoding, 0.0)
    if callable(silent):
        silent = np.frombuffer(silent(bytes(1), 2), "<i2")[0] / 2.0**15
    return np.concatenate([want, np.full((zeros, channels), silent)])


def run(command, path, raw, piped):
    """Runs a writer; `piped` takes its output from a pipe."""
    done = subprocess.run(command, input=raw, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    if piped:
        path.write_bytes(done.stdout)


def sox(directory, encoding, channels, raw, _):
    kind, bits = SOX[encoding].split()
    source = ["sox", "-V1", "-R", "-D", "-t", "raw", "-r", str(RATE), "-c", str(channels), "-e", kind, "-b", bits, "-L", "-"]
    for name, extension, options in (
        ("plain", "wav", "-t wav"),
        ("big", "wav", "-t wav -B"),
        ("amb", "wav", "-t amb"),
        ("w64", "w64", "-t w64"),
        ("pipe", "wav", "-t wav"),
    ):
        path = directory / f"sox_{name}_{encoding}_{channels}.{extension}"
        if name == "w64" and encoding in ("f32", "f64"):
            continue  # sox scales floats of Wave64, which it writes through libsndfile: what it writes is not what it was given
        piped = name == "pipe"
        run([*source, *options.split(), "-e", kind, "-b", bits, "-" if piped else str(path)], path, raw, piped)
        yield path


def ffmpeg(directory, encoding, channels, raw, _):
    codec = FFMPEG[encoding]
    source = ["ffmpeg", "-v", "error", "-y", "-f", codec[4:], "-ar", str(RATE), "-ac", str(channels), "-i", "pipe:0"]
    source += "-fflags +bitexact -flags:a +bitexact -c:a".split() + [codec]
    for name, extension, options in (
        ("plain", "wav", "-f wav"),
        ("rf64", "wav", "-rf64 always -f wav"),
        ("auto", "wav", "-rf64 auto -f wav"),
        ("w64", "w64", "-f w64"),
        ("pipe", "wav", "-f wav"),
        ("rf64_pipe", "wav", "-rf64 always -f wav"),
        ("w64_pipe", "w64", "-f w64"),
    ):
        path = directory / f"ffmpeg_{name}_{encoding}_{channels}.{extension}"
        piped = name.endswith("pipe")
        run([*source, *options.split(), "pipe:1" if piped else str(path)], path, raw, piped)
        yield path


def libsndfile(directory, encoding, channels, _, samples):
    for name, extension, container, endian in (
        ("plain", "wav", "WAV", "FILE"),
        ("big", "wav", "WAV", "BIG"),
        ("wavex", "wav", "WAVEX", "FILE"),
        ("rf64", "rf64", "RF64", "FILE"),
        ("w64", "w64", "W64", "FILE"),
    ):
        path = directory / f"libsndfile_{name}_{encoding}_{channels}.{extension}"
        soundfile.write(path, samples, RATE, SNDFILE[encoding], endian, container)
        yield path


def convert(directory, encoding, channels, _, samples):
    # From CAF, big-endian, which shares no header with WAV; it has no u8, but 16 bits whose lower 8 are 0.
    source = directory / "source.caf"
    soundfile.write(source, samples, RATE, SNDFILE[encoding.replace("u8", "s16")], "BIG", "CAF")
    for name, extension, options in (("plain", "wav", ""), ("big", "wav", "-endian=big"), ("wavex", "wavex", ""), ("rf64", "rf64", ""), ("w64", "w64", "")):
        path = directory / f"convert_{name}_{encoding}_{channels}.{extension}"
        run(["sndfile-convert", *options.split(), "-" + CONVERT[encoding], str(source), str(path)], path, b"", False)
        yield path
    source.unlink()


def libsndfile_reads(path, want):
    """Whether libsndfile reads the samples that were written; if not, what it says."""
    try:
        got, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except soundfile.LibsndfileError as error:
        return error.error_string
    if rate != RATE or got.shape != want.shape:
        return f"{got.shape[0]} × {got.shape[1]} at {rate} Hz"
    return None if got.astype("<f8").tobytes() == want.astype("<f8").tobytes() else "other samples"


def matrix(directory, frames):
    """Writes the files. Yields tool, path, samples."""
    for encoding in ENCODINGS:
        for channels in CHANNELS:
            raw, samples, want = given(encoding, frames, channels)
            for tool in (sox, ffmpeg, libsndfile, convert):
                for path in tool(directory, encoding, channels, raw, samples):
                    yield tool.__name__, path, counted(path, encoding, want)


def refused(directory):
    """Writes what no sample can be read from without a codec. Yields tool, path, tag."""
    raw, samples, _ = given("s16", 8192, 1)
    source = ["-t", "raw", "-r", "8000", "-c", "1", "-e", "signed", "-b", "16", "-L", "-"]
    for codec, tag in REFUSED["sox"].items():
        path = directory / f"refused_sox_{codec}.wav"
        run(["sox", "-V1", "-R", "-D", *source, "-t", "wav", "-e", codec, str(path)], path, raw, False)
        yield "sox", path, tag
    for codec, tag in REFUSED["ffmpeg"].items():
        path = directory / f"refused_ffmpeg_{codec}.wav"
        rate = ["-ar", "8000"] if codec == "g726" else ["-ar", "44100"]
        run(["ffmpeg", "-v", "error", "-y", "-f", "s16le", *rate, "-ac", "1", "-i", "pipe:0", "-c:a", codec, "-f", "wav", str(path)], path, raw, False)
        yield "ffmpeg", path, tag
    for codec, tag in REFUSED["libsndfile"].items():
        path = directory / f"refused_libsndfile_{codec}.wav"
        soundfile.write(path, (samples >> 16).astype(np.int16), 8000, codec, "FILE", "WAV")
        yield "libsndfile", path, tag
    # PCM, but wider than the crate reads: the message has the bits.
    path = directory / "refused_ffmpeg_s64.wav"
    run(["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "pipe:0", "-c:a", "pcm_s64le", "-f", "wav", str(path)], path, raw, False)
    yield "ffmpeg", path, "64"


def whole(directory):
    files, known, wrong, failures, codecs = {}, {}, {}, 0, {}
    for tool, path, want in matrix(directory, FRAMES):
        path.with_name(path.name + ".f64").write_bytes(want.astype("<f8").tobytes())
        files[tool] = files.get(tool, 0) + 1
        problem, reason = libsndfile_reads(path, want), misread(path.name)
        if problem is None:
            known[tool] = known.get(tool, 0) + 1
            if reason:
                print(f"note {path.name}: libsndfile reads it after all")
        elif reason:
            wrong[reason] = wrong.get(reason, 0) + 1
        else:
            failures += 1
            print(f"FAIL {path.name}: libsndfile {problem}")
    for tool, path, tag in refused(directory):
        path.with_name(path.name + ".refused").write_text(tag if isinstance(tag, str) else f"0x{tag:04X}")
        codecs[tool] = codecs.get(tool, 0) + 1
    print(f"{sum(files.values())} files: {files}")
    print(f"libsndfile {soundfile.__libsndfile_version__} reads {sum(known.values())} of them bit by bit: {known}")
    for reason, count in wrong.items():
        print(f"    {count}: {reason}")
    print(f"{sum(codecs.values())} files of other codecs: {codecs}", flush=True)
    environment = dict(os.environ, NDAUDIO_MATRIX_DIR=str(directory))
    command = "cargo test --quiet --test reading decode_matrix:: -- --nocapture".split()
    return failures + subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def fixtures(directory):
    target = ROOT / "data" / "matrix"
    target.mkdir(exist_ok=True)
    rows = []
    for tool, path, want in matrix(directory, FEW):
        if path.name not in FIXTURES:
            continue
        data = bytearray(path.read_bytes())
        for at in (data.find(b"PEAK"), data.find(b"KAEP")):
            if at >= 0:
                data[at + 12 : at + 16] = bytes(4)  # its time stamp
        (target / path.name).write_bytes(data)
        problem = libsndfile_reads(target / path.name, want)
        if problem is not None and misread(path.name) is None:
            sys.exit(f"{path.name}: libsndfile {problem}")
        digest = hashlib.sha256(want.astype("<f8").tobytes()).hexdigest()
        rows.append(f"{path.name}\t{want.shape[0]}\t{want.shape[1]}\t{RATE}\t{digest}\t{problem or 'the same'}")
    if sorted(row.split("\t")[0] for row in rows) != sorted(FIXTURES):
        sys.exit(f"{len(rows)} files for {len(FIXTURES)}")
    head = [
        "# Written by decode_matrix.py --fixtures. SHA-256 of the samples that each writer was given, as float64, interleaved, little-endian;",
        f"# and whether soundfile.read(FILE, dtype='float64') of libsndfile {soundfile.__libsndfile_version__} gives the same, or what it says.",
        "# file\tframes\tchannels\tsample_rate\tsamples_f64_sha256\tlibsndfile",
    ]
    TABLE.write_text("\n".join(head + sorted(rows)) + "\n", encoding="utf-8")
    print(f"{len(rows)} fixtures")
    return 0


def main():
    own = Path(tempfile.mkdtemp())
    try:
        if sys.argv[1:] == ["--fixtures"]:
            sys.exit(fixtures(own))
        directory = Path(sys.argv[1]) if len(sys.argv) > 1 else own
        directory.mkdir(exist_ok=True)
        sys.exit(whole(directory) > 0)
    finally:
        shutil.rmtree(own)


main()
