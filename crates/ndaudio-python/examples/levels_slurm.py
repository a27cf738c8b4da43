"""The same on a SLURM cluster: dask-jobqueue submits the workers as jobs.

    pip install ndaudio dask-jobqueue
    python examples/levels_slurm.py /scratch/project/recordings

Run it on a login node, or in a job of its own. It asks SLURM for four jobs of eight workers each, which start as the queue lets them,
and adds or removes jobs with the work that is left. The files must be on a file system that all nodes see.

Where Python may not submit jobs, start a scheduler and workers in a batch script instead, and give levels_dask.py its address:

    #!/bin/bash
    #SBATCH --nodes=4 --ntasks-per-node=1 --cpus-per-task=8 --time=02:00:00
    srun --overlap --nodes=1 --ntasks=1 dask scheduler --scheduler-file scheduler.json &
    srun --overlap dask worker --scheduler-file scheduler.json --nworkers 8 --nthreads 1 &
    python examples/levels_dask.py recording.wav "$(python -c 'import json; print(json.load(open("scheduler.json"))["address"])')"
"""

import sys
from pathlib import Path

from dask.distributed import Client
from dask_jobqueue import SLURMCluster
from levels_dask_bag import measured


def main(directory: str) -> None:
    cluster = SLURMCluster(
        cores=8,
        processes=8,  # one thread each: a measurement already keeps a core busy, and processes need no GIL in common
        memory="8GB",
        walltime="02:00:00",
        # queue="...", account="...",
        job_extra_directives=["--job-name=ndaudio"],
    )
    cluster.adapt(minimum_jobs=1, maximum_jobs=4)
    with Client(cluster):
        for path, levels, error in measured(sorted(map(str, Path(directory).rglob("*.wav")))):
            print(path, error if levels is None else levels.overall())


if __name__ == "__main__":
    main(*sys.argv[1:])
