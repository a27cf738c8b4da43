//! Whole files: read, open and described in one call.

use std::path::PathBuf;

use pyo3::prelude::*;

use crate::reader::{Reader, read as read_frames};
use crate::source::{Shared, seek_to};

/// Read a file, or part of it.
///
/// Parameters
/// ----------
/// file : path, bytes or file-like object
///     What to read: everything that `open` opens.
/// dtype : dtype
///     int16, int32, float32 (the default) or float64. Full scale is 2**15, 2**31 or 1.0; conversions keep it.
/// start : int
///     The first frame; a negative one counts from the end.
/// frames : int
///     How many frames; all that are left by default. Fewer come only at the end of the file.
/// channels_first : bool
///     Whether the array is channels × frames.
///
/// Returns
/// -------
/// samples : numpy.ndarray
///     Frames × channels, always: of mono the second axis has one channel.
/// sample_rate : int
///     Frames per second, in Hz.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> samples, sample_rate = ndaudio.read("data/music.wav", dtype="int16")
/// >>> samples.shape, sample_rate
/// ((441000, 2), 44100)
/// >>> second, _ = ndaudio.read("data/music.wav", start=44_100, frames=44_100)
/// >>> second.dtype, second.shape
/// (dtype('float32'), (44100, 2))
#[pyfunction]
#[pyo3(
    signature = (file, dtype=None, start=0, frames=-1, *, channels_first=false),
    text_signature = "(file, dtype=None, start=0, frames=-1, *, channels_first=False)"
)]
pub(crate) fn read<'py>(
    py: Python<'py>,
    file: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    start: i64,
    frames: i64,
    channels_first: bool,
) -> PyResult<(Bound<'py, PyAny>, u32)> {
    let shared = Shared::open(file)?;
    if start != 0 {
        seek_to(py, &shared, start)?;
    }
    let samples = read_frames(py, &shared, frames, dtype, None, channels_first);
    shared.close(py)?;
    Ok((samples?, ndaudio::Source::spec(&shared).sample_rate()))
}

/// Open audio for reading: whole, by blocks or by windows.
///
/// Parameters
/// ----------
/// file : path, bytes or file-like object
///     A path; the bytes of a file (bytes, bytearray, memoryview); or a binary object with `read`, which is read from where it stands.
///     An object that can `seek` is checked against where it ends. The format is told by the content.
///
/// Returns
/// -------
/// Reader
///     A context manager.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> with ndaudio.open("data/music.wav") as reader:
/// ...     reader.sample_rate, reader.channels, reader.frames, reader.encoding
/// (44100, 2, 441000, 'i16')
#[pyfunction]
pub(crate) fn open(file: &Bound<'_, PyAny>) -> PyResult<Reader> {
    Reader::open(file)
}

/// Open several files, one after the other, as one recording.
///
/// Blocks and windows run across from one file to the next. One file is open at a time, and all headers are read at once.
///
/// Parameters
/// ----------
/// paths : sequence of paths
///     In order; of the same sample rate, channels and encoding.
///
/// Returns
/// -------
/// Reader
///     Its `files` say where each begins, and `gaps` where time is missing between them.
///
/// Raises
/// ------
/// SpecMismatchError
///     If a file is not like the first one.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> with ndaudio.sequence(["data/music.wav", "data/music.wav"]) as reader:
/// ...     reader.frames, sum(len(batch) for batch in reader.windows(2048, 512))
/// (882000, 1719)
#[pyfunction]
pub(crate) fn sequence(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<Reader> {
    Reader::sequence(py, &paths)
}
