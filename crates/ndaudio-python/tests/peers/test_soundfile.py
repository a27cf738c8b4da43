"""Property tests against soundfile (libsndfile): any part, any dtype, any overlap and fill, any way in."""

import io
import pathlib

import ndaudio
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

soundfile = pytest.importorskip("soundfile")
DATA = pathlib.Path(__file__).resolve().parents[4] / "data"

DTYPES = ["int16", "int32", "float32", "float64"]
SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW", "ULAW"]
relaxed = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def files(draw):
    """A file as soundfile writes it, its subtype, and what is in it."""
    frames, channels = draw(st.integers(0, 300)), draw(st.integers(1, 5))
    subtype, kind = draw(st.sampled_from(SUBTYPES)), draw(st.sampled_from(["WAV", "W64", "RF64", "WAVEX"]))
    samples = np.random.default_rng(draw(st.integers(0, 2**32))).uniform(-1, 1, (frames, channels))
    file = io.BytesIO()
    soundfile.write(file, samples, draw(st.sampled_from([8_000, 44_100, 192_000])), subtype=subtype, format=kind)
    return file.getvalue(), subtype


def same(ours, theirs, subtype):
    """Equal bits, but for what the two define differently: libsndfile's float → integer does not saturate as ours."""
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)


def comparable(subtype, dtype):
    """libsndfile takes float samples for integers without scaling, so floats are compared as floats."""
    return not (subtype in ("FLOAT", "DOUBLE") and dtype.startswith("int"))


@relaxed
@given(files(), st.sampled_from(DTYPES), st.data())
def test_a_part_of_a_file(file, dtype, data):
    content, subtype = file
    frames = soundfile.info(io.BytesIO(content)).frames
    start = data.draw(st.integers(0, frames))
    count = data.draw(st.integers(-1, frames + 5))
    if not comparable(subtype, dtype):
        dtype = "float32"
    ours, rate = ndaudio.read(content, dtype, start, count)
    theirs, their_rate = soundfile.read(io.BytesIO(content), count, start, dtype=dtype, always_2d=True)
    same(ours, theirs, subtype)
    assert rate == their_rate
    first, _ = ndaudio.read(content, dtype, start, count, channels_first=True)
    np.testing.assert_array_equal(first, theirs.T)


@relaxed
@given(files(), st.sampled_from(DTYPES), st.integers(1, 80), st.data())
def test_overlapping_blocks_with_and_without_fill(file, dtype, length, data):
    content, subtype = file
    if not comparable(subtype, dtype):
        dtype = "float64"
    overlap = data.draw(st.integers(0, length - 1))
    fill = data.draw(st.sampled_from([0, 1]))
    theirs = list(
        soundfile.blocks(io.BytesIO(content), length, overlap, dtype=dtype, always_2d=True, fill_value=fill)
    )
    with ndaudio.open(content) as reader:
        hop = length - overlap
        ours = [w.copy() for batch in reader.windows(length, hop, dtype, pad=fill, batch=data.draw(st.integers(1, 9))) for w in batch]
        reader.seek(0)
        whole = [w.copy() for batch in reader.windows(length, hop, dtype) for w in batch]
    # soundfile gives one more window where the last full one ends at the end of the file: it holds only frames that were given
    # already. Ours is only filled up if it has a frame that no window before it had.
    extra = len(theirs) - len(ours)
    assert extra in (0, 1)
    for our, their in zip(ours, theirs, strict=False):
        same(our, their, subtype)
    if extra:
        np.testing.assert_array_equal(theirs[-1][overlap:], np.full_like(theirs[-1][overlap:], fill))
    for our, their in zip(whole, theirs, strict=False):
        same(our, their, subtype)


@relaxed
@given(files(), st.sampled_from(DTYPES), st.integers(1, 120))
def test_blocks(file, dtype, length):
    content, subtype = file
    if not comparable(subtype, dtype):
        dtype = "float32"
    theirs = [b.copy() for b in soundfile.blocks(io.BytesIO(content), length, dtype=dtype, always_2d=True)]
    ours = list(ndaudio.open(content).blocks(length, dtype))
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        same(our, their, subtype)


@relaxed
@given(
    st.integers(0, 200),
    st.integers(1, 4),
    st.sampled_from(DTYPES),
    st.sampled_from(SUBTYPES),
    st.sampled_from(["riff", "rf64", "wave64"]),
    st.sampled_from(["C", "F", "reversed", "strided"]),
    st.integers(0, 2**32),
)
def test_soundfile_reads_what_we_write(frames, channels, dtype, subtype, container, order, seed):
    random = np.random.default_rng(seed)
    if dtype.startswith("int"):
        limits = np.iinfo(dtype)
        samples = random.integers(limits.min, limits.max, (frames, channels), dtype, endpoint=True)
    else:
        samples = random.uniform(-1, 1, (frames, channels)).astype(dtype)
    samples = {"C": samples, "F": np.asfortranarray(samples), "reversed": samples[::-1], "strided": np.repeat(samples, 3, 0)[::3]}[order]
    file = io.BytesIO()
    ndaudio.write(file, samples, 48_000, subtype, container=container)
    file.seek(0)
    theirs, rate = soundfile.read(file, dtype="float64", always_2d=True)
    ours, _ = ndaudio.read(file.getvalue(), "float64")
    np.testing.assert_array_equal(ours, theirs)
    assert rate == 48_000
    assert soundfile.info(io.BytesIO(file.getvalue())).subtype == subtype


@relaxed
@given(st.integers(1, 5_000), st.integers(1, 4), st.sampled_from(["PCM_16", "PCM_24"]), st.integers(0, 2**32))
def test_flac_is_soundfiles_both_ways(frames, channels, subtype, seed):
    bits = int(subtype[-2:])
    random = np.random.default_rng(seed)
    samples = (random.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (frames, channels)) << (32 - bits)).astype("int32")
    samples[random.integers(0, frames) :] = 0
    ours, theirs = io.BytesIO(), io.BytesIO()
    ndaudio.write(ours, samples, 44_100, subtype, container="flac")
    soundfile.write(theirs, samples, 44_100, subtype, format="FLAC")
    for content in (ours.getvalue(), theirs.getvalue()):
        np.testing.assert_array_equal(ndaudio.read(content, "int32")[0], samples)
        np.testing.assert_array_equal(soundfile.read(io.BytesIO(content), dtype="int32", always_2d=True)[0], samples)


# libsndfile misreads these, as data/README.md and the fixtures' manifest show; the manifest's hashes of what was given to the writer
# are checked by the library's own tests.
MISREAD = {
    "arecord_s24le_24in32lsb_stereo.wav": "takes 24 bits at the bottom of 32 for 32 bits",
    "arecord_s24le_24in32lsb_zero_top_byte.wav": "takes 24 bits at the bottom of 32 for 32 bits",
    "bytes_crashed_zero_sizes.wav": "believes the sizes of zero",
    "ffmpeg_rf64_pipe_u8_2.wav": "believes the sizes of zero in a ds64 that was never filled in",
}


def fixtures():
    for path in sorted([*DATA.glob("*.w*"), *DATA.glob("matrix/**/*.w*"), *DATA.glob("**/*.flac"), *DATA.glob("**/*.aif*")]):
        try:
            soundfile.info(str(path))
        except soundfile.LibsndfileError:
            continue
        yield path


@pytest.mark.parametrize("path", list(fixtures()), ids=lambda path: path.name)
def test_every_fixture_that_soundfile_reads(path):
    theirs, rate = soundfile.read(str(path), dtype="float64", always_2d=True)
    ours, our_rate = ndaudio.read(path, "float64")
    if path.name in MISREAD:
        assert not (ours.shape == theirs.shape and np.array_equal(ours, theirs)), f"{path.name} is read alike by now"
        return
    assert our_rate == rate
    np.testing.assert_array_equal(ours, theirs)
    info = ndaudio.info(path)
    assert (info.frames, info.channels) == theirs.shape
