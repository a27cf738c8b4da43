//! Measures of arrays: of one window, or of a batch of windows.

use ndarray::{Array2, ArrayRef1, ArrayRef2, Axis};
use ndaudio::{Sample, levels};
use numpy::{IntoPyArray, PyArray3, PyArrayMethods};
use pyo3::prelude::*;

use crate::dtype::{Number, with_type};
use crate::samples::{as_batch, dtype_of};

#[derive(Clone, Copy)]
enum Measure {
    Rms,
    Peak,
    Mean,
    CrestFactor,
    ZeroCrossingRate,
}

impl Measure {
    fn measure_into<T: Sample>(self, window: &ArrayRef2<T>, out: &mut ArrayRef1<f64>) {
        match self {
            Measure::Rms => levels::rms_into(window, out),
            Measure::Peak => levels::peak_into(window, out),
            Measure::Mean => levels::mean_into(window, out),
            Measure::CrestFactor => levels::crest_factor_into(window, out),
            Measure::ZeroCrossingRate => levels::Measure::ZeroCrossingRate.measure_into(window, out),
        }
    }

    /// Of frames × channels one number per channel, of k × frames × channels k × channels.
    fn of<'py>(self, object: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
        let py = object.py();
        let (array, one) = as_batch(object, channels_first)?;
        let measured = with_type!(dtype_of(&array)?, T => self.batch(array.cast::<PyArray3<T>>()?)?);
        if one {
            Ok(measured.row(0).to_owned().into_pyarray(py).into_any())
        } else {
            Ok(measured.into_pyarray(py).into_any())
        }
    }

    fn batch<T: Number>(self, array: &Bound<'_, PyArray3<T>>) -> PyResult<Array2<f64>> {
        let lent = array.try_readonly()?;
        let batch = lent.as_array();
        let mut measured = Array2::zeros((batch.len_of(Axis(0)), batch.len_of(Axis(2))));
        array.py().detach(|| {
            for (window, mut out) in batch.outer_iter().zip(measured.rows_mut()) {
                self.measure_into(&window, &mut out);
            }
        });
        Ok(measured)
    }
}

/// Root mean square of each channel.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, one axis for mono, or a batch of windows, k × frames × channels.
/// channels_first : bool
///     Whether the channels come before the frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     float64, one number per channel; of a batch k × channels. Full scale is 1.0.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.rms(np.array([[16384], [-16384]], dtype="int16"))
/// array([0.5])
#[pyfunction]
#[pyo3(signature = (samples, *, channels_first=false))]
pub(crate) fn rms<'py>(samples: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
    Measure::Rms.of(samples, channels_first)
}

/// Largest magnitude of each channel; that of int16's -32768 is 1.0.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, one axis for mono, or a batch of windows, k × frames × channels.
/// channels_first : bool
///     Whether the channels come before the frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     float64, one number per channel; of a batch k × channels. Full scale is 1.0.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.peak(np.array([[-32768, 0], [100, 16384]], dtype="int16"))
/// array([1. , 0.5])
#[pyfunction]
#[pyo3(signature = (samples, *, channels_first=false))]
pub(crate) fn peak<'py>(samples: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
    Measure::Peak.of(samples, channels_first)
}

/// Mean of each channel, its offset from zero (DC).
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, one axis for mono, or a batch of windows, k × frames × channels.
/// channels_first : bool
///     Whether the channels come before the frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     float64, one number per channel; of a batch k × channels. Full scale is 1.0.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.mean(np.array([[0.5], [0.25]]))
/// array([0.375])
#[pyfunction]
#[pyo3(signature = (samples, *, channels_first=false))]
pub(crate) fn mean<'py>(samples: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
    Measure::Mean.of(samples, channels_first)
}

/// Peak ÷ RMS of each channel: 1 of a square wave, NaN of silence.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, one axis for mono, or a batch of windows, k × frames × channels.
/// channels_first : bool
///     Whether the channels come before the frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     float64, one number per channel; of a batch k × channels.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.crest_factor(np.array([[0.5], [-0.5]]))
/// array([1.])
#[pyfunction]
#[pyo3(signature = (samples, *, channels_first=false))]
pub(crate) fn crest_factor<'py>(samples: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
    Measure::CrestFactor.of(samples, channels_first)
}

/// Share of neighbouring samples of each channel between which the sign changes.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, one axis for mono, or a batch of windows, k × frames × channels.
/// channels_first : bool
///     Whether the channels come before the frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     float64, one number per channel; of a batch k × channels. Zero counts as positive; NaN of one frame.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.zero_crossing_rate(np.array([[0.5], [-0.5], [-0.25]]))
/// array([0.5])
#[pyfunction]
#[pyo3(signature = (samples, *, channels_first=false))]
pub(crate) fn zero_crossing_rate<'py>(
    samples: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    Measure::ZeroCrossingRate.of(samples, channels_first)
}
