//! What a file is, without its audio.

use ndaudio::Source;
use pyo3::prelude::*;

use crate::dtype::Dtype;
use crate::encoding;
use crate::metadata;
use crate::reader::seconds;
use crate::source::Shared;

/// Describe a file without reading its audio.
///
/// Parameters
/// ----------
/// file : path, bytes or file-like object
///     Everything that `open` opens.
///
/// Returns
/// -------
/// Info
///     Sample rate, channels, frames, duration, encoding, format, anomalies, and when it began.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.info("data/music.wav").encoding
/// 'i16'
#[pyfunction]
pub(crate) fn info<'py>(py: Python<'py>, file: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let shared = Shared::open(file)?;
    let frames = shared.with(py, |source| Ok(source.frames()))?;
    let spec = shared.spec();
    metadata::class(py, "Info")?.call1((
        spec.sample_rate(),
        spec.channels(),
        frames,
        seconds(frames, spec.sample_rate()),
        encoding::name(spec.encoding()),
        Dtype::natural(spec.encoding()).name(),
        shared.format(),
        metadata::anomalies(py, &shared)?,
        metadata::start_time(py, &shared)?,
    ))
}
