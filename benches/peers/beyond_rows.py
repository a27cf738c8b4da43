"""Rows 11 to 14: FLAC, spectra, stages and loudness, each beside the libraries that people use for it."""

import os
import re

from measure import Failed, Program, ffmpeg_astats, json_of
from rows import Goal, against, bare, ndaudio

TORCH = "torch.stft"


def beyond(bench, program, work, file, *rest, label, truth, tolerance=1e-4):
    """A peer of beyond.py. NumPy's float32 and ours differ in the last bits, hence the tolerance."""
    command = [bench.python[0], os.path.join(bench.here, "beyond.py"), program, work, file["path"], *map(str, rest)]
    return Program(label, command, "python", truth, file["bytes"], tolerance=tolerance)


def answer_of(program):
    """What a program finds, which another must find as well."""
    return json_of(program.command)["answer"]


def ahead(results, row, work, ours, others, factor):
    """Records whether each of the others takes at least `factor` times as long as ours."""
    for other in others:
        failure = ours.failure or other.failure
        ratio = None if failure else other.median / ours.median
        found, met = failure or f"{ratio:.2f} × as fast", not failure and ratio >= factor
        results.goals.append(Goal(row, work, found, f"≥ {factor} ×", met, ours, other))


def flac(bench, results, _):
    file = bench.file("stereo-flac")
    ours = ndaudio(bench, "flac-rms", file)
    unchecked = ndaudio(bench, "flac-rms-without-md5", file)
    others = []
    if bench.peers:
        for work, label in (("rms", "soundfile + NumPy"), ("rms-batch", "soundfile + NumPy, in batches")):
            command = [*bench.python, "soundfile", work, file["path"]]
            others.append(Program(label, command, "python", file["truth"], file["bytes"]))
        astats = "astats=measure_perchannel=none:measure_overall=RMS_level+Number_of_samples"
        command = ["ffmpeg", "-nostdin", "-hide_banner", "-threads", "1", "-i", file["path"], "-af", astats, "-f", "null", "-"]
        others.append(
            Program("ffmpeg", command, "command", file["truth"], file["bytes"], parse=ffmpeg_astats, tolerance=4e-5)
        )
    bench.rounds([ours, unchecked, *others])
    # libsndfile compares no MD5; ffmpeg's decoder neither.
    ahead(results, "11", "RMS of blocks of 1024 frames, from FLAC", ours, others, 1.2)
    ahead(results, "11", "the same, the MD5 not compared", unchecked, others, 1.2)
    for work, what in (("flac-levels", "`levels_of_file` of FLAC"), ("flac-curve", "`curve_of_file` of FLAC, windows of 2048 by 512")):
        on_two(bench, results, "11", what, work, file)


def on_two(bench, results, row, what, work, file, factor=1.8):
    """Two threads beside one."""
    one, two = (ndaudio(bench, work, file, str(n), name="one thread" if n == 1 else "two threads") for n in (1, 2))
    one.truth = two.truth = answer_of(one)
    bench.rounds([one, two])
    ahead(results, row, f"{what} on two threads", two, [one], factor)


def spectra(bench, results, _):
    file = bench.file("stereo-short")
    for work, what, programs in (
        ("power", "power of windows of 2048 frames by 512", (("librosa", "librosa.stft", 6), ("scipy", "scipy.signal.spectrogram", 12))),
        ("welch", "mean density of the same windows", (("scipy", "scipy.signal.welch", 1),)),
    ):
        ours, truth = ndaudio(bench, work, file, *(["1"] if work == "welch" else [])), {}
        others = [(beyond(bench, name, work, file, label=label, truth=truth), factor) for name, label, factor in programs]
        if work == "power" and has(bench, "torch"):
            others.append((beyond(bench, "torch", work, file, label=TORCH, truth=truth), 1))
        truth |= answer_of(others[0][0])
        ours.truth, ours.tolerance = truth, 1e-4
        others = others if bench.peers else []
        bench.rounds([ours, *(other for other, _ in others)])
        for other, factor in others:
            ahead(results, "12", what, ours, [other], factor)
    ours, alone = ndaudio(bench, "power", file), bare(bench, "transforms", file, name="the transforms alone, by realfft")
    ours.truth = answer_of(ours)
    bench.rounds([ours, alone])
    against(results, "12", "power of windows of 2048 frames by 512", ours, alone, 1.3)
    on_two(bench, results, "12", "`psd_of_file`", "welch", file, 1.5)
    on_two(bench, results, "12", "`ltsa_of_file`, rows of a minute at 1 Hz", "ltsa", file, 1.5)


def has(bench, module):
    try:
        json_of([bench.python[0], "-c", f"import {module}; print(1)"])
    except Failed:
        return False
    return True


def stages(bench, results, _):
    file = bench.file("stereo-short")

    def one(work, what, label, factor, program, *rest, rust=(), tolerance=1e-4):
        truth = {}
        other = beyond(bench, program, work, file, *rest, label=label, truth=truth, tolerance=tolerance)
        truth |= answer_of(other)
        ours = ndaudio(bench, work, file, *rust)
        ours.truth, ours.tolerance = truth, tolerance
        bench.rounds([ours, other] if bench.peers else [ours])
        if bench.peers:
            ahead(results, "13", what, ours, [other], factor)

    for quality, of_ours, factor in (("HQ", "High", 0.5), ("VHQ", "VeryHigh", 0.8)):
        for rates in (("48000", "16000"), ("44100", "48000"), ("48000", "44100"), ("96000", "48000")):
            before, after = (f"{int(rate) / 1000:g}" for rate in rates)
            what = f"`resample_with(…, Quality::{of_ours})`, {before} → {after} kHz"
            one("resample", what, f"soxr {quality}", factor, "soxr", *rates, quality, rust=[*rates, quality])
    one("mono-16k", "`open(…)?.mono().resample(16_000)?.windows(400, 160)`", "librosa.load(sr=16000), soxr_hq", 3, "librosa")
    for channels, factor in ((1, 1), (2, 2), (8, 4)):
        what = f"8th-order Butterworth, {channels} channel{'s' * (channels > 1)} of f64"
        one("sosfilt", what, "scipy.signal.sosfilt", factor, "scipy", channels, rust=[str(channels)], tolerance=1e-9)


def loudness(bench, results, _):
    file = bench.file("stereo-short")
    ours = ndaudio(bench, "loudness", file)
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-threads", "1", "-i", file["path"], "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    # It prints one decimal of about −20.
    other = Program("ffmpeg", command, "command", bytes=file["bytes"], parse=ffmpeg_loudness, tolerance=5e-3)
    ours.truth = other.truth = answer_of(ours)
    bench.rounds([ours, other] if bench.peers else [ours])
    if bench.peers:
        ahead(results, "14", "integrated loudness and true peak", ours, [other], 1.5)


def ffmpeg_loudness(text):
    summary = text.rsplit("Integrated loudness:", 1)
    found = re.search(r"I:\s+(-?[\d.]+) LUFS", summary[-1])
    return {"loudness": float(found[1])} if found else {}


ROWS = {11: flac, 12: spectra, 13: stages, 14: loudness}
