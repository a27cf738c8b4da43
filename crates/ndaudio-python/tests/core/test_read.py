"""Reading: whole, in parts, into the caller's array, from paths, bytes and objects."""

import io
import pathlib
import wave

import ndaudio
import numpy as np
import pytest


def by_wave(path):
    """As the article reads a file: `wave` and `numpy.frombuffer`."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(-1), dtype="<i2").reshape(-1, file.getnchannels())


def test_a_file_is_read_as_the_article_reads_it(music):
    samples, sample_rate = ndaudio.read(music, dtype="int16")
    assert sample_rate == 44_100
    np.testing.assert_array_equal(samples, by_wave(music))


def test_a_noise_file_is_read_as_it_was_written(noise_wav, noise):
    np.testing.assert_array_equal(ndaudio.read(noise_wav, "int16")[0], noise)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("int16", lambda x: x),
        ("int32", lambda x: x.astype("int32") << 16),
        ("float32", lambda x: (x / 2**15).astype("float32")),
        ("float64", lambda x: x / 2**15),
        (np.float32, lambda x: (x / 2**15).astype("float32")),
        (np.dtype("<i2"), lambda x: x),
        (float, lambda x: x / 2**15),
        (None, lambda x: (x / 2**15).astype("float32")),
    ],
)
def test_full_scale_maps_to_full_scale(noise_wav, noise, dtype, expected):
    samples, _ = ndaudio.read(noise_wav, dtype=dtype)
    np.testing.assert_array_equal(samples, expected(noise))
    assert samples.dtype == expected(noise).dtype
    assert samples.flags.owndata
    assert samples.flags.c_contiguous


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "complex64", ">i2", "float16", "bool"])
def test_other_dtypes_are_refused_by_name(music, dtype):
    with pytest.raises(TypeError, match="int16, int32, float32 or float64"):
        ndaudio.read(music, dtype=dtype)


@pytest.mark.parametrize(
    ("start", "frames", "part"),
    [
        (0, -1, slice(None)),
        (5, -1, slice(5, None)),
        (0, 7, slice(7)),
        (1_000, 500, slice(1_000, 1_500)),
        (-10, -1, slice(-10, None)),
        (-10, 4, slice(-10, -6)),
        (31_999, 10, slice(31_999, None)),
        (32_000, -1, slice(32_000, None)),
        (0, 0, slice(0, 0)),
        (0, 10**12, slice(None)),
    ],
)
def test_a_part_is_a_slice(noise_wav, noise, start, frames, part):
    samples, _ = ndaudio.read(noise_wav, "int16", start, frames)
    np.testing.assert_array_equal(samples, noise[part])
    assert samples.shape[1] == 2


@pytest.mark.parametrize("start", [32_001, 10**15, -32_001])
def test_a_start_outside_the_audio_is_an_error(noise_wav, start):
    with pytest.raises(ndaudio.Error, match=r"frame -?\d+ is (past the end|before the start) of the audio"):
        ndaudio.read(noise_wav, start=start)


def test_channels_first_is_the_transpose(noise_wav, noise):
    samples, _ = ndaudio.read(noise_wav, "int16", channels_first=True)
    np.testing.assert_array_equal(samples, noise.T)


@pytest.mark.parametrize("order", ["C", "F", "strided", "reversed", "part of three axes"])
@pytest.mark.parametrize("channels_first", [False, True])
def test_out_may_have_any_order_and_stride(noise_wav, noise, order, channels_first):
    shape = (2, 1_000) if channels_first else (1_000, 2)
    base = {
        "C": np.zeros(shape, "int16"),
        "F": np.zeros(shape, "int16", order="F"),
        "strided": np.zeros((shape[0] * 2, shape[1] * 3), "int16")[::2, ::3],
        "reversed": np.zeros(shape, "int16")[::-1, ::-1],
        "part of three axes": np.zeros((*shape, 5), "int16")[:, :, 3],
    }[order]
    with ndaudio.open(noise_wav) as reader:
        reader.seek(100)
        given = reader.read(out=base, channels_first=channels_first)
    expected = noise[100:1_100].T if channels_first else noise[100:1_100]
    np.testing.assert_array_equal(base, expected)
    np.testing.assert_array_equal(given, expected)
    assert np.shares_memory(given, base)


def test_out_at_the_end_is_given_as_far_as_it_was_filled(noise_wav, noise):
    out = np.full((1_000, 2), 7, "int16")
    with ndaudio.open(noise_wav) as reader:
        reader.seek(-10)
        given = reader.read(out=out)
    np.testing.assert_array_equal(given, noise[-10:])
    assert given.base is out


def test_out_takes_no_more_than_frames(noise_wav, noise):
    out = np.full((1_000, 2), 7, "int16")
    with ndaudio.open(noise_wav) as reader:
        assert reader.read(3, out=out).shape == (3, 2)
        assert (out[3:] == 7).all()
        assert reader.tell() == 3


@pytest.mark.parametrize(
    ("out", "error"),
    [
        (np.zeros((10, 3), "int16"), ValueError),
        (np.zeros((10, 2), "int8"), ValueError),
        (np.zeros((10, 2), ">i2"), ValueError),
        (np.zeros(10, "int16"), TypeError),
        ([[0, 0]], ValueError),
    ],
)
def test_an_out_that_does_not_fit_is_refused(noise_wav, out, error):
    with ndaudio.open(noise_wav) as reader, pytest.raises(error):
        reader.read(out=out)


def test_a_read_only_out_is_refused(noise_wav):
    out = np.zeros((10, 2), "int16")
    out.setflags(write=False)
    with ndaudio.open(noise_wav) as reader, pytest.raises(ValueError, match="writeable|writable|read-?only|not"):
        reader.read(out=out)


def test_out_and_dtype_must_agree(noise_wav):
    with ndaudio.open(noise_wav) as reader, pytest.raises(ValueError, match="dtype is float32, but out"):
        reader.read(dtype="float32", out=np.zeros((10, 2), "int16"))


class OneByteAtATime(io.RawIOBase):
    """Finds most buffer bugs."""

    def __init__(self, data, seekable):
        self.file, self.can_seek = io.BytesIO(data), seekable

    def read(self, size=-1):
        return self.file.read(min(size, 1))

    def seekable(self):
        return self.can_seek

    def seek(self, offset, whence=0):
        return self.file.seek(offset, whence)

    def tell(self):
        return self.file.tell()


class OnlyRead:
    """The least that a file-like object can be."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, size):
        return self.file.read(size)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path,
        lambda path: pathlib.Path(path),
        lambda path: pathlib.Path(path).read_bytes(),
        lambda path: bytearray(pathlib.Path(path).read_bytes()),
        lambda path: memoryview(pathlib.Path(path).read_bytes()),
        lambda path: io.BytesIO(pathlib.Path(path).read_bytes()),
        lambda path: io.BufferedReader(io.BytesIO(pathlib.Path(path).read_bytes())),
        lambda path: OneByteAtATime(pathlib.Path(path).read_bytes()[:1_044], True),
        lambda path: OneByteAtATime(pathlib.Path(path).read_bytes()[:1_044], False),
        lambda path: OnlyRead(pathlib.Path(path).read_bytes()),
    ],
    ids=["str", "Path", "bytes", "bytearray", "memoryview", "BytesIO", "buffered", "1 byte", "1 byte pipe", "only read"],
)
def test_paths_bytes_and_objects_give_the_same(noise_wav, noise, make):
    with ndaudio.open(make(noise_wav)) as reader:
        samples = reader.read(250, dtype="int16")
    np.testing.assert_array_equal(samples, noise[:250])


def test_a_file_object_is_read_from_where_it_stands(noise_wav, noise):
    data = b"something before" + pathlib.Path(noise_wav).read_bytes()
    file = io.BytesIO(data)
    file.seek(16)
    np.testing.assert_array_equal(ndaudio.read(file, "int16")[0], noise)


def test_an_open_file_works_and_stays_open(noise_wav, noise):
    with open(noise_wav, "rb") as file:
        np.testing.assert_array_equal(ndaudio.read(file, "int16")[0], noise)
        assert not file.closed


def test_blocks_are_the_file_in_pieces(noise_wav, noise):
    for length in (1, 999, 1_000, 32_000, 50_000):
        with ndaudio.open(noise_wav) as reader:
            blocks = list(reader.blocks(length, dtype="int16")) if length > 1 else [next(reader.blocks(1, dtype="int16"))]
        expected = [noise[i : i + length] for i in range(0, len(noise), length)][: len(blocks)]
        assert [len(block) for block in blocks] == [len(block) for block in expected]
        for block, part in zip(blocks, expected, strict=True):
            np.testing.assert_array_equal(block, part)


def test_blocks_say_where_they_begin(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        reader.seek(100)
        blocks = reader.blocks(10_000)
        assert [blocks.position for _ in blocks] == [100, 10_100, 20_100, 30_100]


def test_blocks_into_the_callers_array(noise_wav, noise):
    out = np.zeros((1_000, 2), "int16")
    copies = []
    with ndaudio.open(noise_wav) as reader:
        for block in reader.blocks(out=out):
            assert np.shares_memory(block, out)
            copies.append(block.copy())
    np.testing.assert_array_equal(np.concatenate(copies), noise)


def test_blocks_of_channels_first(noise_wav, noise):
    out = np.zeros((2, 700), "int16")
    with ndaudio.open(noise_wav) as reader:
        np.testing.assert_array_equal(next(reader.blocks(500, "int16", channels_first=True)), noise[:500].T)
        np.testing.assert_array_equal(next(reader.blocks(600, out=out, channels_first=True)), noise[500:1_100].T)
    np.testing.assert_array_equal(out[:, :600], noise[500:1_100].T)


@pytest.mark.parametrize("call", [
    lambda r: r.blocks(0), lambda r: r.blocks(-1), lambda r: r.blocks(), lambda r: r.windows(0, 1), lambda r: r.windows(1, 0),
    lambda r: r.windows(1, 1, batch=0), lambda r: r.windows(1, 1, centered=True, pad_mode="mirror"),
    lambda r: r.blocks(11, out=np.zeros((10, 2), "int16")),
])  # fmt: skip
def test_what_cannot_be_is_a_value_error(music, call):
    with ndaudio.open(music) as reader, pytest.raises(ValueError, match="must be|is needed|must have"):
        call(reader)


def test_reading_goes_on_after_blocks(noise_wav, noise):
    with ndaudio.open(noise_wav) as reader:
        next(reader.blocks(100))
        np.testing.assert_array_equal(reader.read(10, "int16"), noise[100:110])
        assert reader.seek(3) == 3
        np.testing.assert_array_equal(next(reader.blocks(2, "int16")), noise[3:5])


def test_a_closed_reader_says_so(music):
    reader = ndaudio.open(music)
    blocks, windows = reader.blocks(10), reader.windows(10, 10)
    with reader:
        pass
    for call in (reader.read, reader.tell, lambda: next(blocks), lambda: next(windows), lambda: reader.blocks(1)):
        with pytest.raises(ValueError, match="the reader is closed"):
            call()
    assert reader.closed
    assert "closed" in repr(reader)


def test_info_tells_what_the_file_is(music):
    info = ndaudio.info(music)
    assert (info.sample_rate, info.channels, info.frames, info.duration) == (44_100, 2, 441_000, 10.0)
    assert (info.encoding, info.dtype, info.format, info.anomalies) == ("i16", "int16", "riff", [])
    assert repr(info) == (
        "Info(sample_rate=44100, channels=2, frames=441000, duration=10.0, encoding='i16', dtype='int16', format='riff', anomalies=[], start_time=None)"
    )


def test_anomalies_are_told(tmp_path):
    info = ndaudio.info("data/ffmpeg_pipe_unknown_sizes.wav")
    assert info.frames == 2001
    assert any("never filled in" in str(anomaly) for anomaly in info.anomalies)


def test_a_pipe_without_a_length_has_no_frames_until_its_end():
    with open("data/ffmpeg_pipe_unknown_sizes.wav", "rb") as file:
        reader = ndaudio.open(OnlyRead(file.read()))
    assert reader.frames is None
    assert reader.duration is None
    assert len(reader.read()) == 2001
    with pytest.raises(ndaudio.Error):
        reader.seek(0)


def test_no_frames_are_an_array_of_none():
    samples, _ = ndaudio.read("data/wave_pcm16_stereo_no_frames.wav")
    assert samples.shape == (0, 2)
    with ndaudio.open("data/wave_pcm16_stereo_no_frames.wav") as reader:
        assert list(reader.blocks(10)) == []
        assert list(reader.windows(10, 5)) == []


def test_a_header_that_promises_terabytes_allocates_little(tmp_path, music):
    """A size of 2^62 in a Wave64 header, and 1,000 frames behind it, on what cannot seek."""
    with open("data/libsndfile_w64_pcm16_stereo.w64", "rb") as file:
        data = bytearray(file.read())
    at = data.index(b"data\xf3\xac\xd3\x11")
    data[at + 16 : at + 24] = (2**62).to_bytes(8, "little")
    samples = ndaudio.open(OnlyRead(bytes(data))).read()
    assert len(samples) >= 2000
