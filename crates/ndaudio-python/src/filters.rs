//! Filters as second-order sections, in scipy's form.

use ndaudio::filter::{self, Band, BesselNorm, Family, Sos, SosState};
use numpy::{IntoPyArray, PyArray2, PyReadonlyArray2};
use pyo3::prelude::*;

use crate::change::shaped_like;
use crate::error::{exception, invalid};
use crate::reader::positive;
use crate::samples::{Samples, with_samples};

type Sections<'py> = Bound<'py, PyArray2<f64>>;

pub(crate) fn sos_of(sections: &Bound<'_, PyAny>) -> PyResult<Sos> {
    let array = sections.py().import("numpy")?.call_method1("asarray", (sections, "float64"))?;
    let array: PyReadonlyArray2<'_, f64> =
        array.extract().map_err(|_| invalid("sos must be sections × 6, as scipy.signal has it"))?;
    Sos::from_array(&array.as_array()).map_err(exception)
}

fn band(kind: &str, frequency: &Bound<'_, PyAny>) -> PyResult<Band> {
    let pair = || {
        frequency
            .extract::<(f64, f64)>()
            .map_err(|_| invalid(format!("a {kind} filter needs two frequencies, (lower, upper)")))
    };
    let one = || frequency.extract::<f64>().map_err(|_| invalid(format!("a {kind} filter needs one frequency, in Hz")));
    Ok(match kind {
        "lowpass" => Band::Lowpass(one()?),
        "highpass" => Band::Highpass(one()?),
        "bandpass" => pair().map(|(low, high)| Band::Bandpass(low, high))?,
        "bandstop" => pair().map(|(low, high)| Band::Bandstop(low, high))?,
        other => {
            return Err(invalid(format!(
                "kind must be \"lowpass\", \"highpass\", \"bandpass\" or \"bandstop\", not {other:?}"
            )));
        }
    })
}

fn design<'py>(
    family: Family,
    order: i64,
    frequency: &Bound<'py, PyAny>,
    sample_rate: f64,
    kind: &str,
) -> PyResult<Sections<'py>> {
    let sos = family.design(positive("order", order)?, band(kind, frequency)?, sample_rate).map_err(exception)?;
    Ok(sos.to_array().into_pyarray(frequency.py()))
}

/// Design a Butterworth filter: flat, −3 dB at its frequency.
///
/// Parameters
/// ----------
/// order : int
///     That of the low-pass prototype, as in scipy.
/// frequency : float or (float, float)
///     In Hz; two of a band.
/// sample_rate : float
///     In Hz.
/// kind : {"lowpass", "highpass", "bandpass", "bandstop"}
///     What is kept.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6, as `scipy.signal.butter(order, frequency, kind, fs=sample_rate, output="sos")`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.butterworth(4, 100.0, 48_000, "highpass").shape
/// (2, 6)
#[pyfunction]
#[pyo3(signature = (order, frequency, sample_rate, kind="lowpass"))]
pub(crate) fn butterworth<'py>(
    order: i64,
    frequency: &Bound<'py, PyAny>,
    sample_rate: f64,
    kind: &str,
) -> PyResult<Sections<'py>> {
    design(Family::Butterworth, order, frequency, sample_rate, kind)
}

/// Design a Chebyshev filter of type 1: steeper, with ripple in the pass band.
///
/// Parameters
/// ----------
/// order : int
///     That of the low-pass prototype, as in scipy.
/// ripple : float
///     Of the pass band, in dB.
/// frequency : float or (float, float)
///     Where the ripple ends, in Hz; two of a band.
/// sample_rate : float
///     In Hz.
/// kind : {"lowpass", "highpass", "bandpass", "bandstop"}
///     What is kept.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6, as `scipy.signal.cheby1(…, output="sos")`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.chebyshev1(5, 0.5, (300.0, 3_400.0), 16_000, "bandpass").shape
/// (5, 6)
#[pyfunction]
#[pyo3(signature = (order, ripple, frequency, sample_rate, kind="lowpass"))]
pub(crate) fn chebyshev1<'py>(
    order: i64,
    ripple: f64,
    frequency: &Bound<'py, PyAny>,
    sample_rate: f64,
    kind: &str,
) -> PyResult<Sections<'py>> {
    design(Family::Chebyshev1 { ripple }, order, frequency, sample_rate, kind)
}

/// Design a Chebyshev filter of type 2: steeper, with ripple in the stop band.
///
/// Parameters
/// ----------
/// order : int
///     That of the low-pass prototype, as in scipy.
/// attenuation : float
///     Of the stop band, in dB.
/// frequency : float or (float, float)
///     Where the stop band begins, in Hz; two of a band.
/// sample_rate : float
///     In Hz.
/// kind : {"lowpass", "highpass", "bandpass", "bandstop"}
///     What is kept.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6, as `scipy.signal.cheby2(…, output="sos")`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.chebyshev2(6, 60.0, 8_000.0, 48_000).shape
/// (3, 6)
#[pyfunction]
#[pyo3(signature = (order, attenuation, frequency, sample_rate, kind="lowpass"))]
pub(crate) fn chebyshev2<'py>(
    order: i64,
    attenuation: f64,
    frequency: &Bound<'py, PyAny>,
    sample_rate: f64,
    kind: &str,
) -> PyResult<Sections<'py>> {
    design(Family::Chebyshev2 { attenuation }, order, frequency, sample_rate, kind)
}

/// Design an elliptic filter: the steepest, with ripple in both bands.
///
/// Parameters
/// ----------
/// order : int
///     That of the low-pass prototype, as in scipy.
/// ripple : float
///     Of the pass band, in dB.
/// attenuation : float
///     Of the stop band, in dB.
/// frequency : float or (float, float)
///     Where the ripple of the pass band ends, in Hz; two of a band.
/// sample_rate : float
///     In Hz.
/// kind : {"lowpass", "highpass", "bandpass", "bandstop"}
///     What is kept.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6, as `scipy.signal.ellip(…, output="sos")`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.elliptic(8, 0.5, 60.0, 3_400.0, 8_000).shape
/// (4, 6)
#[pyfunction]
#[pyo3(signature = (order, ripple, attenuation, frequency, sample_rate, kind="lowpass"))]
pub(crate) fn elliptic<'py>(
    order: i64,
    ripple: f64,
    attenuation: f64,
    frequency: &Bound<'py, PyAny>,
    sample_rate: f64,
    kind: &str,
) -> PyResult<Sections<'py>> {
    design(Family::Elliptic { ripple, attenuation }, order, frequency, sample_rate, kind)
}

/// Design a Bessel filter: the delay of all frequencies it keeps is the same.
///
/// Parameters
/// ----------
/// order : int
///     That of the low-pass prototype, as in scipy.
/// frequency : float or (float, float)
///     In Hz; two of a band.
/// sample_rate : float
///     In Hz.
/// kind : {"lowpass", "highpass", "bandpass", "bandstop"}
///     What is kept.
/// norm : {"phase", "delay", "magnitude"}
///     What the frequency is, as in scipy: where the phase is in its middle, of a delay of 1, or of −3 dB.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6, as `scipy.signal.bessel(…, output="sos")`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.bessel(3, 1_000.0, 48_000).shape
/// (2, 6)
#[pyfunction]
#[pyo3(signature = (order, frequency, sample_rate, kind="lowpass", *, norm="phase"))]
pub(crate) fn bessel<'py>(
    order: i64,
    frequency: &Bound<'py, PyAny>,
    sample_rate: f64,
    kind: &str,
    norm: &str,
) -> PyResult<Sections<'py>> {
    let norm = match norm {
        "phase" => BesselNorm::Phase,
        "delay" => BesselNorm::Delay,
        "magnitude" | "mag" => BesselNorm::Magnitude,
        other => return Err(invalid(format!("norm must be \"phase\", \"delay\" or \"magnitude\", not {other:?}"))),
    };
    design(Family::Bessel { norm }, order, frequency, sample_rate, kind)
}

/// Design the A-weighting of sound level meters.
///
/// Parameters
/// ----------
/// sample_rate : float
///     In Hz.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6; 0 dB at 1 kHz.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> weighted = ndaudio.filter(ndaudio.read("data/music.wav")[0], ndaudio.a_weighting(44_100))
/// >>> weighted.shape
/// (441000, 2)
#[pyfunction]
pub(crate) fn a_weighting(py: Python<'_>, sample_rate: f64) -> PyResult<Sections<'_>> {
    Ok(filter::try_a_weighting(sample_rate).map_err(exception)?.to_array().into_pyarray(py))
}

/// Design the C-weighting of sound level meters.
///
/// Parameters
/// ----------
/// sample_rate : float
///     In Hz.
///
/// Returns
/// -------
/// numpy.ndarray
///     Sections × 6; 0 dB at 1 kHz.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.c_weighting(48_000).shape[1]
/// 6
#[pyfunction]
pub(crate) fn c_weighting(py: Python<'_>, sample_rate: f64) -> PyResult<Sections<'_>> {
    Ok(filter::try_c_weighting(sample_rate).map_err(exception)?.to_array().into_pyarray(py))
}

/// Filter a whole array from rest.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, or one axis for mono.
/// sos : array_like
///     Second-order sections × 6, from here or from `scipy.signal`.
/// channels_first : bool
///     Whether `samples`, and the result, is channels × frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     Of the same shape and dtype, as `scipy.signal.sosfilt(sos, samples, axis=0)`; computed in float64.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> mean_of_two = [[0.5, 0.5, 0.0, 1.0, 0.0, 0.0]]
/// >>> ndaudio.filter(np.array([[1.0], [0.0], [0.0]]), mean_of_two)
/// array([[0.5],
///        [0.5],
///        [0. ]])
#[pyfunction(name = "filter")]
#[pyo3(signature = (samples, sos, *, channels_first=false))]
pub(crate) fn filter_all<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    sos: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let sos = sos_of(sos)?;
    let lent = Samples::from_python(samples, channels_first)?;
    with_samples!(lent, view => {
        let filtered = py.detach(|| filter::sosfilt(&sos, &view));
        shaped_like(filtered, samples, channels_first)
    })
}

/// Filter a whole array forth and back, so that nothing is delayed.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, or one axis for mono.
/// sos : array_like
///     Second-order sections × 6, from here or from `scipy.signal`.
/// channels_first : bool
///     Whether `samples`, and the result, is channels × frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     Of the same shape and dtype, as `scipy.signal.sosfiltfilt(sos, samples, axis=0)`.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> sos = ndaudio.butterworth(2, 1_000, 8_000)
/// >>> float(ndaudio.filtfilt(np.ones((100, 1)), sos).round(6).min())
/// 1.0
#[pyfunction]
#[pyo3(signature = (samples, sos, *, channels_first=false))]
pub(crate) fn filtfilt<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    sos: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let sos = sos_of(sos)?;
    let lent = Samples::from_python(samples, channels_first)?;
    with_samples!(lent, view => {
        let filtered = py.detach(|| filter::filtfilt(&sos, &view)).map_err(exception)?;
        shaped_like(filtered, samples, channels_first)
    })
}

/// A filter that goes on from block to block.
///
/// Parameters
/// ----------
/// sos : array_like
///     Second-order sections × 6, from here or from `scipy.signal`.
/// channels : int
///     Samples per frame.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> reader = ndaudio.open("data/music.wav")
/// >>> highpass = ndaudio.Filter(ndaudio.butterworth(4, 100, reader.sample_rate, "highpass"), reader.channels)
/// >>> levels = ndaudio.Levels(reader.channels)
/// >>> for block in reader.blocks(4096):
/// ...     levels.add(highpass.filter(block))
/// >>> levels.frames
/// 441000
#[pyclass(module = "ndaudio")]
pub(crate) struct Filter(SosState);

#[pymethods]
impl Filter {
    #[new]
    fn new(sos: &Bound<'_, PyAny>, channels: i64) -> PyResult<Self> {
        Ok(Filter(sos_of(sos)?.state(positive("channels", channels)?)))
    }

    /// Filter the frames that follow.
    ///
    /// Parameters
    /// ----------
    /// block : array_like
    ///     Frames × channels, or one axis for mono.
    /// channels_first : bool
    ///     Whether `block`, and the result, is channels × frames.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Of the same shape and dtype. Any division into blocks gives the same samples.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> delay = ndaudio.Filter([[0, 1, 0, 1, 0, 0]], channels=1)
    /// >>> delay.filter([0.25, 0.5]).ravel(), delay.filter([0.75]).ravel()
    /// (array([0.  , 0.25]), array([0.5]))
    #[pyo3(signature = (block, *, channels_first=false))]
    fn filter<'py>(
        &mut self,
        py: Python<'py>,
        block: &Bound<'py, PyAny>,
        channels_first: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let lent = Samples::from_python(block, channels_first)?;
        lent.expect_channels(self.0.channels())?;
        let state = &mut self.0;
        with_samples!(lent, view => {
            let filtered = py.detach(|| {
                let mut filtered = view.as_standard_layout().into_owned();
                state.filter(&mut filtered);
                filtered
            });
            shaped_like(filtered, block, channels_first)
        })
    }

    /// Forget everything: back to rest.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> delay = ndaudio.Filter([[0, 1, 0, 1, 0, 0]], channels=1)
    /// >>> _ = delay.filter([0.5])
    /// >>> delay.reset()
    /// >>> delay.filter([0.25]).ravel()
    /// array([0.])
    fn reset(&mut self) {
        self.0.reset();
    }

    /// int : Samples per frame.
    #[getter]
    fn channels(&self) -> usize {
        self.0.channels()
    }
}
