"""Threads, processes and Ctrl-C."""

import concurrent.futures
import io
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import time

import ndaudio
import numpy as np
import pytest


def test_eight_threads_share_a_reader(noise_wav, noise):
    """Each frame is given once, and every block is a run of frames."""
    reader, found, start = ndaudio.open(noise_wav), [], threading.Barrier(8)

    def work():
        start.wait()
        while len(block := reader.read(97, "int16")):
            found.append(block)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        [future.result() for future in [pool.submit(work) for _ in range(8)]]
    assert sum(map(len, found)) == len(noise)
    pieces = sorted(block.tobytes() for block in found)
    assert pieces == sorted(noise[i : i + 97].tobytes() for i in range(0, len(noise), 97))


def test_eight_threads_share_a_reader_of_a_python_object(noise_wav, noise):
    """The object is called with the GIL while others wait for the reader: no deadlock."""
    with open(noise_wav, "rb") as file:
        reader = ndaudio.open(io.BytesIO(file.read()))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        frames = sum(pool.map(drain, [reader] * 8))
    assert frames == len(noise)


def drain(reader):
    frames = 0
    while count := len(reader.read(97)):
        frames += count
    return frames


def test_eight_threads_measure_one_file_each(noise_wav):
    expected = ndaudio.levels(noise_wav)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(levels == expected for levels in pool.map(ndaudio.levels, [noise_wav] * 64))


def test_the_gil_is_free_while_measuring():
    """Another thread goes on counting during one long call."""
    samples = np.ones((20_000_000, 1), "float32")
    counted, done = 0, threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    begin = counted
    ndaudio.levels(samples)
    during = counted - begin
    done.set()
    thread.join()
    assert during >= 2


def measure(path):
    return ndaudio.levels(path)


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_processes_send_levels_back(noise_wav, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    expected = ndaudio.levels(noise_wav)  # before the fork, so that its state is inherited
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(measure, [noise_wav] * 4) == [expected] * 4


def endless(path):
    """A WAVE file of 256 GiB of zeros that takes no room: its header says to read to the end."""
    header = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48_000, 96_000, 2, 16) + b"data\xff\xff\xff\xff"
    with open(path, "wb") as file:
        file.write(header)
        file.truncate(256 << 30)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT there")
@pytest.mark.parametrize(
    "call",
    [
        "ndaudio.levels(path)",
        "ndaudio.open(path).read(out=np.zeros((2**31, 1), 'int16')[::1])",
        "next(ndaudio.open(path).blocks(2**31, 'int16'))",
        "next(ndaudio.open(path).windows(2**20, 2**19, 'int16', batch=2**11))",
        "ndaudio.open(path).mono().resample(44_100).read(2**31, 'int16')",
        "ndaudio.welch(path, len=4096)",
        "ndaudio.loudness(path)",
        "ndaudio.segments(path)",
        "ndaudio.Ltsa(4096, 48_000, 480_000).add_file(path)",
        "sum(len(block) for block in ndaudio.open(path).blocks(1024))",
    ],
)
def test_ctrl_c_stops_a_long_call(tmp_path, call):
    path = tmp_path / "endless.wav"
    try:
        endless(path)
    except OSError:
        pytest.skip("no sparse files here")
    code = f"import ndaudio, numpy as np, sys; path = sys.argv[1]; print('ready', flush=True); {call}"
    process = subprocess.Popen(
        [sys.executable, "-c", code, path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A runner in the background of a shell ignores the signal, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    assert process.poll() is None, process.stderr.read().decode()
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - sent < 10
    assert b"KeyboardInterrupt" in errors
    assert process.returncode == -signal.SIGINT


def test_a_pipe_between_processes(noise, tmp_path):
    """Written to a pipe by one process and read from it by another, as they come."""
    writer = (
        "import ndaudio, numpy as np, sys\n"
        "with ndaudio.create(sys.stdout.buffer, 8000, 2) as writer:\n"
        "    for i in range(10): writer.write(np.full((100, 2), i, 'int16'))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE)
    with process.stdout as pipe:
        samples, _ = ndaudio.read(pipe, "int16")
    assert process.wait() == 0
    np.testing.assert_array_equal(samples[:, 0], np.repeat(np.arange(10), 100))


def test_interpreters_exit_with_readers_open(music):
    code = f"import ndaudio; r = ndaudio.open({music!r}); b = r.blocks(10); next(b); w = r.windows(10, 5); next(w)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


if hasattr(os, "register_at_fork"):

    def test_a_fork_in_the_middle_of_a_loop(noise_wav, noise):
        with ndaudio.open(noise_wav) as reader:
            blocks = reader.blocks(100, dtype="int16")
            kept = [next(blocks) for _ in range(3)]
            child = os.fork()
            if child == 0:
                good = all((block == noise[i * 100 : (i + 1) * 100]).all() for i, block in enumerate(kept))
                os._exit(0 if good and ndaudio.levels(noise_wav).frames == len(noise) else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class CallsBack(io.BytesIO):
    """A file-like object that calls the reader that is calling it."""

    def __init__(self, data, call):
        super().__init__(data)
        self.call, self.reader = call, None

    def read(self, *args):
        if self.reader is not None:
            self.call(self.reader)
        return super().read(*args)


CALLS = {
    "read": lambda reader: reader.read(1),
    "seek": lambda reader: reader.seek(0),
    "tell": lambda reader: reader.tell(),
    "close": lambda reader: reader.close(),
    "frames": lambda reader: reader.frames,
    "levels": ndaudio.levels,
    "next": lambda reader: next(reader.blocks(10)),
    "stage": lambda reader: reader.mono().read(1),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("outer", ["read", "stage", "levels", "next"])
def test_an_object_that_calls_the_reader_back_is_refused(noise_wav, noise, outer, call):
    """It would wait for itself for ever, so it runs on a thread that can be left behind."""
    with open(noise_wav, "rb") as file:
        source = CallsBack(file.read(), CALLS[call])
    reader = ndaudio.open(source)
    found = []

    def work():
        source.reader = reader
        try:
            CALLS[outer](reader)
        except RuntimeError as error:
            found.append(str(error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "it hangs"
    assert len(found) == 1
    assert "file-like object, which must not call the reader" in found[0]
    # The reader is as good as before, and says what to do until it is.
    source.reader = None
    with pytest.raises(OSError, match="seek to a frame to go on"):
        reader.read()
    reader.seek(0)
    np.testing.assert_array_equal(reader.read(dtype="int16"), noise)


def test_an_object_may_look_at_the_reader(noise_wav, noise):
    with open(noise_wav, "rb") as file:
        source = CallsBack(file.read(), lambda reader: (repr(reader), reader.closed, reader.sample_rate))
    source.reader = ndaudio.open(source)
    np.testing.assert_array_equal(source.reader.read(dtype="int16"), noise)


def test_an_object_that_calls_the_writer_back_is_refused():
    class WritesBack(io.BytesIO):
        writer = None

        def write(self, data):
            if self.writer is not None:
                self.writer.write(np.zeros((1, 1)))
            return super().write(data)

    sink = WritesBack()
    writer = ndaudio.create(sink, 8_000, 1)
    sink.writer = writer
    with pytest.raises(RuntimeError):
        writer.write(np.zeros((100_000, 1)))
        writer.close()
    sink.writer = None
    writer.close()


def describe(path):
    reader = ndaudio.open(path)
    return ndaudio.info(path), reader.metadata, reader.chunks


def test_processes_send_descriptions_back(noise_wav):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(describe, [noise_wav] * 2) == [describe(noise_wav)] * 2
