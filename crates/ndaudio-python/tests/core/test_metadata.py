"""What files say about their audio, beside the audio."""

import datetime
import io
import os
import pickle
import struct

import ndaudio
import numpy as np
import pytest


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wave_file(*chunks, frames=100):
    """A WAVE file of silence, mono at 8 kHz, put together here."""
    fmt = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16))
    body = b"WAVE" + fmt + b"".join(chunks) + chunk(b"data", bytes(2 * frames))
    return b"RIFF" + struct.pack("<I", len(body)) + body


CUE = chunk(b"cue ", struct.pack("<I", 1) + struct.pack("<II4sIII", 7, 0, b"data", 0, 0, 40))
LABELS = chunk(
    b"LIST",
    b"adtl" + chunk(b"labl", struct.pack("<I", 7) + b"bat\0") + chunk(b"ltxt", struct.pack("<II4sHHHH", 7, 25, b"rgn ", 0, 0, 0, 0)),
)
INFO = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Night\0") + chunk(b"IART", b"Field\0"))
GUANO = chunk(
    b"guan",
    b"GUANO|Version: 1.0\nTimestamp: 2012-03-29T03:58:01+04:00\nLoc Position: 47.5 -122.25\nNote: bridge\n",
)


def test_cues_texts_and_guano():
    metadata = ndaudio.open(wave_file(CUE, LABELS, INFO, GUANO)).metadata
    assert metadata.cues == [ndaudio.Cue(7, 40, length=25, label="bat")]
    assert metadata.info == {"INAM": "Night", "IART": "Field"}
    assert metadata.guano["Note"] == "bridge"
    assert metadata.position == (47.5, -122.25)
    assert (metadata.bext, metadata.ixml, metadata.fact_frames) == (None, None, None)
    assert pickle.loads(pickle.dumps(metadata)) == metadata


def test_a_broadcast_extension():
    """The fixture is libsndfile's: data/MANIFEST.tsv has the fields that were given to it."""
    bext = ndaudio.open("data/libsndfile_bext_pcm16_stereo.wav").metadata.bext
    assert (bext.origination_date, bext.time_reference, bext.umid is not None or bext.version) != (None, None, None)
    assert bext.origination_date == "2026-01-02"
    assert bext.time_reference == 96_000


def test_the_offset_of_a_start_is_known_or_not(tmp_path):
    aware = ndaudio.open(wave_file(GUANO)).start_time
    assert aware.source == "GUANO"
    assert aware.offset_known
    assert aware.time == datetime.datetime(2012, 3, 28, 23, 58, 1, tzinfo=datetime.timezone.utc)
    assert aware.time.utcoffset() == datetime.timedelta(hours=4)
    path = tmp_path / "SITE07_20190101_050000.wav"
    path.write_bytes(wave_file())
    naive = ndaudio.info(path).start_time
    assert (naive.source, naive.offset_known) == ("file name", False)
    assert naive.time == datetime.datetime(2019, 1, 1, 5)
    assert str(naive) == "2019-01-01T05:00:00"
    assert ndaudio.open(wave_file()).start_time is None


def test_a_stage_began_when_its_file_did(tmp_path):
    """At another sample rate the time reference of a broadcast extension still counts frames of the file."""
    reference = 5 * 3600 * 8_000 + 4_000  # half a second past 05:00:00
    bext = bytes(256 + 32 + 32) + b"2026-05-01" + b"05:00:00" + struct.pack("<Q", reference) + bytes(256)
    content = wave_file(chunk(b"bext", bext))
    expected = datetime.datetime(2026, 5, 1, 5, 0, 0, 500_000)
    reader = ndaudio.open(content)
    assert reader.start_time.time == expected
    assert reader.mono().resample(16_000).start_time.time == expected


def test_chunks_and_their_content():
    content = wave_file(chunk(b"note", b"windy"))
    for file in (content, io.BytesIO(content)):
        reader = ndaudio.open(file)
        assert [chunk.id for chunk in reader.chunks] == ["fmt ", "note", "data"]
        note = reader.chunks[1]
        assert content[note.content_offset : note.content_offset + note.size] == b"windy" == reader.chunk("note")
        assert reader.chunk("none") is None
        reader.read(10)
        reader.chunk("note")
        assert reader.tell() == 10
    for wrong in ("bex", "bexts", "", "日本語x"):
        with pytest.raises(ValueError, match="4 characters"):
            reader.chunk(wrong)
    assert ndaudio.open("data/media/flac_pcm16_stereo.flac").chunks == []


def test_tags_of_flac_are_info():
    info = ndaudio.open("data/media/flac_pcm16_mono_tagged.flac").metadata.info
    assert info, "the fixture has tags"
    assert all(len(key) == 4 for key in info)


@pytest.mark.parametrize("container", ["riff", "rf64", "flac"])
def test_metadata_is_copied(container):
    file = io.BytesIO()
    with ndaudio.open(wave_file(CUE, LABELS, INFO, GUANO, chunk(b"wamd", b"unknown"))) as reader:
        with ndaudio.create(file, 8_000, 1, container=container) as writer:
            writer.copy_metadata(reader)
            for block in reader.blocks(30, "int16"):
                writer.write(block)
        expected = reader.metadata
    copy = ndaudio.open(file.getvalue())
    assert copy.metadata == expected
    assert copy.frames == 100
    if container != "flac":
        assert copy.chunk("wamd") == b"unknown"


def test_a_chunk_after_the_audio_and_one_that_cannot_be():
    file = io.BytesIO()
    with ndaudio.create(file, 8_000, 1) as writer:
        writer.write(np.zeros(10))
        writer.add_chunk("note", b"after")
        with pytest.raises(ndaudio.ArgumentError):
            writer.add_chunk("data", b"no")
    assert [chunk.id for chunk in ndaudio.open(file.getvalue()).chunks][-2:] == ["data", "note"]


def test_an_anomaly_has_its_numbers():
    [*_, anomaly] = ndaudio.info("data/bytes_crashed_zero_sizes.wav").anomalies
    assert (anomaly.kind, anomaly.severity, anomaly.offset, anomaly.path) == ("DataSizeZero", "defect", 40, None)
    assert str(anomaly) == anomaly.message
    assert "at byte 40" in anomaly.message


def test_what_is_known_of_a_file_can_be_pickled():
    info = ndaudio.info("data/bytes_crashed_zero_sizes.wav")
    assert pickle.loads(pickle.dumps(info)) == info


@pytest.fixture
def hour(tmp_path):
    """A second, the next one, and one that began a minute late."""
    paths = [tmp_path / f"20260501_{time}.wav" for time in ("120000", "120001", "120102")]
    rng = np.random.default_rng(3)
    samples = [rng.integers(-(2**15), 2**15, (8_000, 2), dtype="int16") for _ in paths]
    for path, part in zip(paths, samples, strict=True):
        ndaudio.write(path, part, 8_000)
    return paths, np.concatenate(samples)


def test_a_sequence_is_one_recording(hour):
    paths, samples = hour
    with ndaudio.sequence(paths) as reader:
        assert (reader.frames, reader.channels, reader.format) == (24_000, 2, "sequence")
        np.testing.assert_array_equal(np.concatenate(list(reader.blocks(999, "int16"))), samples)
        assert reader.seek(7_990) == 7_990
        np.testing.assert_array_equal(reader.read(20, "int16"), samples[7_990:8_010])
        reader.seek(0)
        windows = np.concatenate([np.array(batch) for batch in reader.windows(1_000, 300, "int16")])
        expected = np.lib.stride_tricks.sliding_window_view(samples, 1_000, axis=0)[::300].transpose(0, 2, 1)
        np.testing.assert_array_equal(windows, expected)
        reader.seek(0)
        assert ndaudio.levels(reader) == ndaudio.levels(samples)
        assert [(file.path, file.first_frame, file.frames) for file in reader.files] == [
            (os.fspath(path), 8_000 * i, 8_000) for i, path in enumerate(paths)
        ]
        assert reader.files[2].start_time.time == datetime.datetime(2026, 5, 1, 12, 1, 2)
        assert reader.start_time == reader.files[0].start_time
        assert reader.gaps() == [ndaudio.Gap(2, 16_000, datetime.timedelta(seconds=60))]
        assert reader.gaps(100.0) == []
        with pytest.raises(ValueError, match="tolerance"):
            reader.gaps(-1)
    assert ndaudio.open(paths[0]).files == []


def test_the_files_of_a_sequence_are_alike(hour, music, tmp_path):
    paths, _ = hour
    with pytest.raises(ndaudio.SpecMismatchError) as error:
        ndaudio.sequence([*paths, music])
    assert (error.value.path, error.value.field) == (music, "sample rate")
    with pytest.raises(ndaudio.ArgumentError):
        ndaudio.sequence([])
    with pytest.raises(FileNotFoundError):
        ndaudio.sequence([*paths, tmp_path / "none.wav"])


def test_anomalies_of_a_sequence_say_in_which_file(tmp_path):
    names = ["data/bytes_crashed_zero_sizes.wav"] * 2
    found = ndaudio.sequence(names).anomalies
    assert {anomaly.path for anomaly in found} == set(names)
