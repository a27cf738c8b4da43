"""Two workers of Dask and two of Ray give the same integers as one pass on one machine."""

import importlib
import pathlib
import sys

import ndaudio
import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE / "examples"))


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """13 parts of the examples' length, cut short for the test."""
    path = tmp_path_factory.mktemp("spread") / "recording.wav"
    noise = np.random.default_rng(4).integers(-(2**15), 2**15, (12_345 * 12 + 77, 2), dtype="int16")
    ndaudio.write(path, noise, 48_000)
    return str(path)


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("dask.distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            client.run(sys.path.insert, 0, str(HERE / "examples"))
            yield client


def test_dask_gives_the_same_integers(recording, cluster, monkeypatch):
    example = importlib.import_module("levels_dask")
    cluster.run(shorten, "levels_dask")
    monkeypatch.setattr(example, "FRAMES", 12_345)
    total = example.levels(recording).compute()
    expected = ndaudio.levels(recording)
    assert total == expected
    assert total.to_json() == expected.to_json()
    assert len(cluster.scheduler_info()["workers"]) == 2


def shorten(module):
    """In each worker, so that the parts there are as short as those here."""
    importlib.import_module(module).FRAMES = 12_345


def test_a_dask_bag_tells_bad_files_and_goes_on(recording, cluster, tmp_path):
    example = importlib.import_module("levels_dask_bag")
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF and no more")
    rows = example.measured([recording, str(bad), recording])
    assert [levels for _, levels, _ in rows] == [ndaudio.levels(recording), None, ndaudio.levels(recording)]
    assert str(bad) in rows[1][2]


def test_ray_gives_the_same_integers(recording, monkeypatch):
    ray = pytest.importorskip("ray")
    example = importlib.import_module("levels_ray")
    ray.init(num_cpus=2, include_dashboard=False, configure_logging=False, runtime_env={"env_vars": {"PYTHONPATH": str(HERE / "examples")}})
    try:
        # Functions of an imported module are sent by value as they are now.
        monkeypatch.setattr(example, "FRAMES", 12_345)
        total = example.levels(recording)
    finally:
        ray.shutdown()
    assert total == ndaudio.levels(recording)


def test_the_slurm_example_is_a_program():
    """There is no SLURM here: what can be checked is that it compiles, and which names it takes from dask-jobqueue."""
    text = (HERE / "examples" / "levels_slurm.py").read_text()
    compile(text, "levels_slurm.py", "exec")
    jobqueue = pytest.importorskip("dask_jobqueue")
    with jobqueue.SLURMCluster(
        cores=8,
        processes=8,
        memory="8GB",
        walltime="02:00:00",
        job_extra_directives=["--job-name=ndaudio"],
        scheduler_options={"dashboard_address": None},
    ) as cluster:
        script = cluster.job_script()
    assert "#SBATCH" in script
    assert "--job-name=ndaudio" in script
    assert "--nworkers 8" in script
