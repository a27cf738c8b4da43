"""RMS per minute of every channel with soundfile and NumPy on Dask: what archives are measured with today.

    python bench/dask_rms.py FOLDER WORKERS      # prints seconds, minutes measured and a checksum

Each task reads one file minute by minute as int16 and adds the squares in int64, so the checksum is that of audio()'s sum_squares.
"""

import glob
import sys
import time

import dask
import dask.distributed
import numpy
import soundfile

MINUTE = 60


def minutes(path):
    """All minutes of a file: (sum of squares, frames) per channel."""
    rows = []
    with soundfile.SoundFile(path) as file:
        frames = MINUTE * file.samplerate
        for block in file.blocks(frames, dtype="int16", always_2d=True):
            wide = block.astype(numpy.int64)
            squares = numpy.einsum("fc,fc->c", wide, wide)
            rows.append((squares, len(block), numpy.sqrt(squares / len(block)) / 32768))
    return rows


if __name__ == "__main__":
    folder, workers = sys.argv[1], int(sys.argv[2])
    paths = sorted(glob.glob(f"{folder}/**/*.wav", recursive=True))
    with dask.distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        with dask.distributed.Client(cluster) as client:
            begun = time.perf_counter()
            results = dask.compute(*[dask.delayed(minutes)(path) for path in paths])
            seconds = time.perf_counter() - begun
    checksum = sum(int(squares.sum()) for rows in results for squares, _, _ in rows)
    print(f"dask,{workers},{seconds:.3f},{sum(len(rows) for rows in results)},{checksum}")
