"""Compressed files and other containers, by path, bytes, object and pipe."""

import io
import pathlib

import ndaudio
import numpy as np
import pytest

MEDIA = pathlib.Path(__file__).resolve().parents[4] / "data" / "media"
FILES = sorted(p.name for p in MEDIA.glob("*.*") if p.suffix in {".flac", ".ogg", ".mp3", ".aiff", ".caf", ".m4a"})


@pytest.mark.parametrize("name", FILES)
def test_every_way_in_gives_the_same(name):
    path = MEDIA / name
    data = path.read_bytes()
    samples, rate = ndaudio.read(path, "float64")
    info = ndaudio.info(path)
    assert info.sample_rate == rate
    assert info.channels == samples.shape[1]
    assert info.frames in (None, len(samples))
    for other in (data, io.BytesIO(data)):
        np.testing.assert_array_equal(ndaudio.read(other, "float64")[0], samples)
    with ndaudio.open(path) as reader:
        blocks = np.concatenate(list(reader.blocks(777, "float64")))
    np.testing.assert_array_equal(blocks, samples)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".flac")])
def test_flac_comes_through_a_pipe_and_seeks_to_the_frame(name):
    data = (MEDIA / name).read_bytes()
    samples, _ = ndaudio.read(data, "int32")

    class Pipe:
        def __init__(self):
            self.file = io.BytesIO(data)

        def read(self, size):
            return self.file.read(min(size, 100))

    np.testing.assert_array_equal(ndaudio.open(Pipe()).read(dtype="int32"), samples)
    part, _ = ndaudio.read(data, "int32", 123, 45)
    np.testing.assert_array_equal(part, samples[123:168])


def test_the_content_decides_not_the_name(tmp_path):
    path = tmp_path / "really.wav"
    path.write_bytes((MEDIA / "flac_pcm16_stereo.flac").read_bytes())
    assert ndaudio.info(path).format == "flac"


class Own(Exception):
    pass


@pytest.mark.parametrize("name", ["flac_pcm16_stereo.flac", "sox_pcm16_mono.aiff", "oggenc_vorbis_stereo.ogg", "lame_stereo.mp3"])
def test_a_broken_file_like_raises_its_own_exception(name):
    data = (MEDIA / name).read_bytes()
    failed = 0
    for after in range(6):
        exception = Own("own")

        class Broken(io.BytesIO):
            calls = 0

            def read(self, size=-1):
                self.calls += 1
                if self.calls > after:
                    raise exception
                return super().read(min(size, 1_000))

        try:
            ndaudio.read(Broken(data))
        except Own as error:
            assert error is exception
            failed += 1
    assert failed == 6


def test_damage_is_told():
    data = bytearray((MEDIA / "flac_pcm16_stereo.flac").read_bytes())
    data[len(data) // 2] ^= 0xFF
    reader = ndaudio.open(bytes(data))
    reader.read()
    assert reader.anomalies
