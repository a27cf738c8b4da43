//! Mel bands.

use ndaudio::spectrum::bands::{self, Mel};
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;

use crate::error::invalid;
use crate::plan::rate;
use crate::reader::positive;

/// Design mel bands: the weights that sum up the bins of a power spectrum.
///
/// Parameters
/// ----------
/// sample_rate : float
///     In Hz.
/// fft_len : int
///     Frames of the transform.
/// bands : int
///     How many.
/// low, high : float
///     The range in Hz; by default up to half the sample rate.
/// scale : {"slaney", "htk"}
///     The scale of pitch; the second is librosa's `htk=True`.
/// norm : {"slaney", None}
///     Triangles of area 1, or of height 1.
///
/// Returns
/// -------
/// numpy.ndarray
///     Bands × bins, as `librosa.filters.mel`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> mel = ndaudio.mel(44_100, 2048, bands=64)
/// >>> plan = ndaudio.Spectrum(2048)
/// >>> for batch in ndaudio.open("data/music.wav").windows(2048, 512):
/// ...     power = mel @ plan.power(batch)
/// >>> power.shape[1:]  # windows × bands × channels
/// (64, 2)
#[pyfunction]
#[pyo3(signature = (sample_rate, fft_len, bands=128, *, low=0.0, high=None, scale="slaney", norm="slaney"))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
pub(crate) fn mel<'py>(
    py: Python<'py>,
    sample_rate: f64,
    fft_len: i64,
    bands: i64,
    low: f64,
    high: Option<f64>,
    scale: &str,
    norm: Option<&str>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (sample_rate, fft_len, count) = (rate(sample_rate)?, positive("fft_len", fft_len)?, positive("bands", bands)?);
    let high = high.unwrap_or(sample_rate / 2.0);
    if !(low >= 0.0 && low < high && high.is_finite()) {
        return Err(invalid(format!("low must be at least 0 and below high, not {low} and {high} Hz")));
    }
    let design = match scale {
        "slaney" => Mel::slaney(count),
        "htk" => Mel::htk(count),
        other => return Err(invalid(format!("scale must be \"slaney\" or \"htk\", not {other:?}"))),
    };
    let design = match norm {
        Some("slaney") => design.range(low..high),
        None => design.range(low..high).peak_one(),
        Some(other) => return Err(invalid(format!("norm must be \"slaney\" or None, not {other:?}"))),
    };
    Ok(bands::mel(sample_rate, fft_len, design).matrix().into_pyarray(py))
}
