"""What goes wrong is told by whose it is: the file's, the system's, or an object's own."""

import errno
import io
import os
import pickle

import ndaudio
import numpy as np
import pytest


def test_a_missing_file_is_the_systems_error():
    with pytest.raises(FileNotFoundError) as error:
        ndaudio.open("no such file.wav")
    assert (error.value.errno, error.value.filename) == (errno.ENOENT, "no such file.wav")
    assert not isinstance(error.value, ndaudio.Error)


def test_a_directory_is_the_systems_error(tmp_path):
    with pytest.raises(OSError) as error:
        ndaudio.read(tmp_path)
    assert error.value.errno == errno.EISDIR


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has it")
def test_a_full_disk_tells_what_is_safe():
    with pytest.raises(OSError) as error:
        with ndaudio.create("/dev/full", 8_000, 1) as writer:
            writer.write(np.zeros(10**6, "int16"))
    assert error.value.errno == errno.ENOSPC


def test_a_broken_header_says_which_field_and_where(tmp_path, music):
    with open(music, "rb") as file:
        data = bytearray(file.read(1000))
    at = data.index(b"fmt ")
    data[at + 10 : at + 12] = b"\0\0"  # no channels
    path = tmp_path / "broken.wav"
    path.write_bytes(data)
    with pytest.raises(ndaudio.FormatError, match="nChannels") as error:
        ndaudio.open(path)
    assert error.value.path == os.fspath(path)
    assert error.value.offset == at + 10
    assert error.value.field == "nChannels"
    assert isinstance(error.value, ValueError)


def test_what_is_not_audio_is_a_format_error():
    for data in (b"", b"RIFF", b"not audio at all, but quite long enough to look at"):
        with pytest.raises(ndaudio.Error) as error:
            ndaudio.open(data)
        assert error.value.path is None


def test_an_unsupported_codec_says_what_to_do(tmp_path, music):
    with open(music, "rb") as file:
        data = bytearray(file.read(1000))
    at = data.index(b"fmt ")
    data[at + 8 : at + 10] = (0x55).to_bytes(2, "little")  # MP3 in WAVE
    with pytest.raises(ndaudio.Error, match="0x0055") as error:
        ndaudio.open(bytes(data))
    assert error.value.offset is not None


def test_every_truncation_is_an_error_or_fewer_frames(noise_wav, noise):
    with open(noise_wav, "rb") as file:
        data = file.read(300)
    for end in range(len(data)):
        try:
            samples, _ = ndaudio.read(data[:end], "int16")
        except ndaudio.Error:
            continue
        np.testing.assert_array_equal(samples, noise[: len(samples)])


def test_errors_survive_pickle(tmp_path):
    path = tmp_path / "broken.wav"
    path.write_bytes(b"RIFFxxxxWAVEfmt ")
    with pytest.raises(ndaudio.Error) as error:
        ndaudio.open(path)
    copy = pickle.loads(pickle.dumps(error.value))
    assert type(copy) is type(error.value)
    assert (copy.path, copy.offset, copy.field, str(copy)) == (
        error.value.path,
        error.value.offset,
        error.value.field,
        str(error.value),
    )


class Own(Exception):
    pass


class Broken(io.BytesIO):
    """Fails in a given method, after a number of calls."""

    def __init__(self, data, method, after, exception):
        super().__init__(data)
        self.method, self.left, self.exception = method, after, exception

    def fail(self, method):
        if method == self.method:
            self.left -= 1
            if self.left < 0:
                raise self.exception

    def read(self, *args):
        self.fail("read")
        return super().read(*args)

    def seek(self, *args):
        self.fail("seek")
        return super().seek(*args)

    def tell(self, *args):
        self.fail("tell")
        return super().tell(*args)

    def seekable(self):
        self.fail("seekable")
        return True

    def write(self, *args):
        self.fail("write")
        return super().write(*args)

    def flush(self):
        self.fail("flush")


@pytest.mark.parametrize("exception", [Own("own"), OSError(5, "the disk"), InterruptedError(4, "again"), EOFError("end"), KeyboardInterrupt()])
@pytest.mark.parametrize("method", ["read", "seek", "seekable"])
def test_a_broken_file_like_raises_its_own_exception(noise_wav, exception, method):
    with open(noise_wav, "rb") as file:
        data = file.read()
    failed = 0
    for after in (0, 1, 2, 3):
        try:
            reader = ndaudio.open(Broken(data, method, after, exception))
            reader.seek(20_000)
            reader.read()
        except type(exception) as error:
            assert error is exception
            failed += 1
    assert failed >= 1


@pytest.mark.parametrize("method", ["write", "seek"])
def test_a_broken_sink_raises_its_own_exception(noise, method):
    exception = Own("own")
    with pytest.raises(Own) as error:
        ndaudio.write(Broken(b"", method, 0, exception), noise, 8_000)
    assert error.value is exception


class Odd:
    def __init__(self, answer):
        self.answer = answer

    def read(self, size):
        return self.answer


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ("text", TypeError, "must return bytes, not <class 'str'>; open it in binary mode"),
        (None, BlockingIOError, "no bytes now"),
        (b"x" * (1 << 21), ValueError, "returned 2097152 bytes"),
        (7, TypeError, "must return bytes"),
    ],
)
def test_an_odd_file_like_is_told_what_is_odd(answer, error, message):
    with pytest.raises(error, match=message):
        ndaudio.open(Odd(answer))


def test_a_text_file_is_refused(music):
    with open(music, encoding="latin-1") as file, pytest.raises(TypeError, match="binary mode"):
        ndaudio.open(file)


@pytest.mark.parametrize("what", [3, None, 1.5, object(), []])
def test_what_is_no_file_is_a_type_error(what):
    with pytest.raises(TypeError, match="a path, bytes or a binary file-like object is needed"):
        ndaudio.open(what)


def test_nothing_panics_on_odd_numbers(music):
    """A Rust panic would be a `BaseException`."""
    odd = [0, -1, 1, 2**31, 2**62, 2**63 - 1, -(2**63), 2**64, -(2**200)]
    with ndaudio.open(music) as reader:
        for a in odd:
            calls = [
                lambda: reader.seek(a),
                lambda: reader.read(min(a, 10)),
                lambda: next(reader.blocks(a)),
                lambda: next(reader.windows(a, 1)),
                lambda: next(reader.windows(1, a, batch=3)),
                lambda: next(reader.windows(10, 10, batch=a)),
                lambda: ndaudio.Levels(min(a, 100)),
                lambda: ndaudio.read(music, start=a, frames=3),
            ]
            for call in calls:
                try:
                    reader.seek(0)
                    call()
                except (ValueError, OverflowError, MemoryError, StopIteration, ndaudio.Error):
                    pass
