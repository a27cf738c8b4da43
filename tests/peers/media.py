"""Compares FLAC files with the samples they were made from, as three decoders read them. Usage: media.py FOLDER; see media.sh."""
import pathlib, subprocess, sys

import numpy as np
import soundfile

folder = pathlib.Path(sys.argv[1])
files = sorted(folder.glob("*.flac"))
assert files, "no files"
for path in files:
    given = np.fromfile(path.with_suffix(".i32"), "<i4")
    said = ["flac -t"]
    subprocess.run(["flac", "-t", "-s", path], check=True)
    bits = int(path.stem[3:].split("_")[0])
    raw = subprocess.run(["flac", "-d", "-s", "-c", "--force-raw-format", "--endian=little", "--sign=signed", path],
                         check=True, stdout=subprocess.PIPE).stdout
    width = bits // 8
    wide = np.zeros((len(raw) // width, 4), np.uint8)
    wide[:, 4 - width:] = np.frombuffer(raw, np.uint8).reshape(-1, width)
    assert (wide.view("<i4").ravel() == given).all(), f"{path.name}: flac -d differs"
    said.append("flac -d")
    if bits < 32:  # ffmpeg 5.1 has no 32-bit FLAC
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "s32le", "-"], check=True, stdout=subprocess.PIPE).stdout
        assert (np.frombuffer(raw, "<i4") == given).all(), f"{path.name}: ffmpeg differs"
        said.append("ffmpeg")
    if bits < 32:  # libsndfile 1.2 has no 32-bit FLAC
        samples, rate = soundfile.read(path, dtype="int32")
        assert rate == 48000 and (samples.ravel() == given).all(), f"{path.name}: libsndfile differs"
        said.append("libsndfile")
    print(path.name, "as given by", ", ".join(said))
