"""As dask_rms.py, on Ray.

    python bench/ray_rms.py FOLDER WORKERS
"""

import glob
import sys
import time

import ray

from dask_rms import minutes

if __name__ == "__main__":
    folder, workers = sys.argv[1], int(sys.argv[2])
    paths = sorted(glob.glob(f"{folder}/**/*.wav", recursive=True))
    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    task = ray.remote(minutes)
    begun = time.perf_counter()
    results = ray.get([task.remote(path) for path in paths])
    seconds = time.perf_counter() - begun
    checksum = sum(int(squares.sum()) for rows in results for squares, _, _ in rows)
    print(f"ray,{workers},{seconds:.3f},{sum(len(rows) for rows in results)},{checksum}")
