//! Another sample rate.

use ndaudio::resample::{Quality, resample_with};
use pyo3::prelude::*;

use crate::change::shaped_like;
use crate::error::{exception, invalid};
use crate::samples::{Samples, with_samples};

pub(crate) fn quality(name: &str) -> PyResult<Quality> {
    match name {
        "high" => Ok(Quality::High),
        "very_high" => Ok(Quality::VeryHigh),
        other => Err(invalid(format!("quality must be \"high\" or \"very_high\", not {other:?}"))),
    }
}

/// Bring a whole array to another sample rate. `Reader.resample` does it to a file, in constant memory.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, or one axis for mono.
/// from_rate, to_rate : int
///     In Hz.
/// quality : {"very_high", "high"}
///     Flat to 0.98 of half the lower rate, in float64; or to 0.91, in float32. Both keep what is above out.
/// channels_first : bool
///     Whether `samples`, and the result, is channels × frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     Of the same dtype; ⌈frames × to_rate / from_rate⌉ frames, without a delay.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> samples, sample_rate = ndaudio.read("data/music.wav")
/// >>> ndaudio.resample(samples, sample_rate, 16_000).shape
/// (160000, 2)
#[pyfunction]
#[pyo3(signature = (samples, from_rate, to_rate, *, quality="very_high", channels_first=false))]
pub(crate) fn resample<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    from_rate: u32,
    to_rate: u32,
    quality: &str,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let quality = self::quality(quality)?;
    let lent = Samples::from_python(samples, channels_first)?;
    with_samples!(lent, view => {
        let resampled = py.detach(|| resample_with(&view, from_rate, to_rate, quality)).map_err(exception)?;
        shaped_like(resampled, samples, channels_first)
    })
}
