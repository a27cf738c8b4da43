//! What a file is, without its audio.

use ndaudio::Source;
use pyo3::prelude::*;

use crate::dtype::Dtype;
use crate::encoding;
use crate::reader::seconds;
use crate::source::Shared;

/// What a file is; made by `ndaudio.info`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> info = ndaudio.info("data/music.wav")
/// >>> info.sample_rate, info.channels, info.frames, info.duration, info.anomalies
/// (44100, 2, 441000, 10.0, [])
#[pyclass(module = "ndaudio", frozen, get_all)]
pub(crate) struct Info {
    /// int : Frames per second, in Hz.
    sample_rate: u32,
    /// int : Samples per frame.
    channels: usize,
    /// int or None : Frames in all; None where nobody knows.
    frames: Option<u64>,
    /// float or None : How long the audio is, in seconds.
    duration: Option<f64>,
    /// str : How a sample is stored: "i16", "i24", "f32" …
    encoding: &'static str,
    /// str : The dtype that holds the stored samples without loss.
    dtype: &'static str,
    /// str : The kind of file: "riff", "rf64", "wave64" …
    format: String,
    /// list of str : What the file got wrong, and how it is read. Empty for an intact file.
    anomalies: Vec<String>,
}

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
///     Sample rate, channels, frames, duration, encoding, format and anomalies.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.info("data/music.wav").encoding
/// 'i16'
#[pyfunction]
pub(crate) fn info(py: Python<'_>, file: &Bound<'_, PyAny>) -> PyResult<Info> {
    let shared = Shared::open(file)?;
    let (frames, anomalies) = shared
        .with(py, |source| Ok((source.frames(), source.anomalies().iter().map(ToString::to_string).collect())))?;
    let spec = shared.spec();
    Ok(Info {
        sample_rate: spec.sample_rate(),
        channels: spec.channels(),
        frames,
        duration: seconds(frames, spec.sample_rate()),
        encoding: encoding::name(spec.encoding()),
        dtype: Dtype::natural(spec.encoding()).name(),
        format: shared.format().to_owned(),
        anomalies,
    })
}

#[pymethods]
impl Info {
    fn __repr__(&self) -> String {
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "None".to_owned());
        format!(
            "Info(sample_rate={}, channels={}, frames={}, duration={}, encoding='{}', dtype='{}', format='{}', anomalies={:?})",
            self.sample_rate,
            self.channels,
            or_none(self.frames.map(|frames| frames.to_string())),
            or_none(self.duration.map(|duration| format!("{duration:?}"))),
            self.encoding,
            self.dtype,
            self.format,
            self.anomalies,
        )
    }
}
