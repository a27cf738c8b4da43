"""FLAC → RMS of windows of 2048 frames: ndaudio beside soundfile (libFLAC) + NumPy, in one run.

    cargo build --release --manifest-path benches/peers/Cargo.toml --bin media
    python3 benches/peers/media.py [ROUNDS]

Makes ten copies of data/music.wav in a row with `flac -5`, 100 s of 16-bit stereo. Programs run in turn, and the smallest time of each
counts. One core: the processor time of a process that uses one thread. Two cores: the time on the clock, so that the machine must be idle.
The sums of all RMS must agree to 6 digits.
"""
import os, pathlib, subprocess, sys, tempfile, time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
HERE = pathlib.Path(__file__).parent
PROGRAM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release" / "media"

NUMPY = """
import sys, time, numpy as np, soundfile as sf
clock = time.process_time
started = clock()
if sys.argv[2] == "blocks":
    s = 0.0
    for b in sf.blocks(sys.argv[1], blocksize=2048, dtype="float32"):
        if len(b) == 2048:
            s += float(np.sqrt(np.mean(np.square(b), axis=0, dtype=np.float64))[0])
else:
    x, _ = sf.read(sys.argv[1], dtype="float32")
    n = len(x) // 2048
    s = float(np.sqrt(np.mean(np.square(x[: n * 2048].reshape(n, 2048, -1)), axis=1, dtype=np.float64))[:, 0].sum())
print(f"{clock() - started:.6f} {s:.6f}")
"""


def run(command):
    started, before = time.perf_counter(), os.times()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    after = os.times()
    user = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, user, float(output[0]), float(output[1])


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        wav, flac = f"{folder}/long.wav", f"{folder}/long.flac"
        subprocess.run(["sox", *[str(HERE / "../../data/music.wav")] * 10, wav], check=True)
        subprocess.run(["flac", "-s", "-5", "-o", flac, wav], check=True)
        rows = {
            "soundfile whole + NumPy": [sys.executable, "-c", NUMPY, flac, "whole"],
            "soundfile.blocks + NumPy": [sys.executable, "-c", NUMPY, flac, "blocks"],
            "ndaudio windows": [PROGRAM, "windows", flac],
            "ndaudio windows, without MD5": [PROGRAM, "windows-without-md5", flac],
            "ndaudio levels, all cores": [PROGRAM, "levels", flac],
        }
        best, sums = {}, {}
        for _ in range(rounds):
            for name, command in rows.items():
                _, user, inside, sums[name] = run(command)
                # Python's start is not its work; a Rust program has next to none.
                cost = inside if "soundfile" in name or "cores" in name else user
                best[name] = min(best.get(name, cost), cost)
        windows = [value for name, value in sums.items() if "cores" not in name]
        assert max(windows) - min(windows) < 1e-5 * max(windows), sums
        reference = best["soundfile whole + NumPy"]
        for name, seconds in best.items():
            print(f"| {name} | {seconds:.3f} s | {17.64 / seconds:.0f} MB/s | {reference / seconds:.2f} × |")


main()
