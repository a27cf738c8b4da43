//! Numbers that describe spectra.

use ndarray::{Array1, Array2};
use ndaudio::spectrum::{self, features, indices};
use numpy::{
    IntoPyArray, PyArray1, PyArray3, PyArrayDescrMethods, PyArrayMethods, PyReadonlyArray1, PyUntypedArray,
    PyUntypedArrayMethods, dtype,
};
use pyo3::prelude::*;

use crate::error::invalid;
use crate::reader::positive;

/// Spectra as k × bins × channels of float32 or float64, and whether it was one: bins × channels, or mono on one axis.
pub(crate) fn as_spectra<'py>(
    object: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<(Bound<'py, PyUntypedArray>, bool)> {
    let py = object.py();
    let array = py.import("numpy")?.call_method1("asarray", (object,))?.cast_into::<PyUntypedArray>()?;
    if array.dtype().kind() == b'c' {
        return Err(invalid(
            "magnitudes or powers are needed, not complex numbers; take numpy.abs of a spectrum first",
        ));
    }
    let to = if is_float32(&array) { "float32" } else { "float64" };
    // Native, aligned, and the array itself where it is that already.
    let array = py.import("numpy")?.call_method1("require", (array, to, "A"))?.cast_into::<PyUntypedArray>()?;
    let one = array.ndim() < 3;
    let array = match array.ndim() {
        1 => array.call_method1("reshape", ((1, array.len(), 1),))?,
        2 if channels_first => array.getattr("T")?.get_item((py.None(), py.Ellipsis()))?,
        2 => array.get_item((py.None(), py.Ellipsis()))?,
        3 if channels_first => array.call_method1("transpose", (0, 2, 1))?,
        3 => array.into_any(),
        axes => {
            return Err(invalid(format!(
                "spectra are bins × channels, or a batch of such; this array has {axes} axes"
            )));
        }
    };
    Ok((array.cast_into::<PyUntypedArray>()?, one))
}

pub(crate) fn is_float32(array: &Bound<'_, PyUntypedArray>) -> bool {
    array.dtype().is_equiv_to(&dtype::<f32>(array.py()))
}

/// The frequencies as float64, of which there must be as many as bins.
fn frequencies_of<'py>(object: &Bound<'py, PyAny>, bins: usize) -> PyResult<PyReadonlyArray1<'py, f64>> {
    let array = object.py().import("numpy")?.call_method1("asarray", (object, "float64"))?;
    let array = array.cast_into::<PyArray1<f64>>().map_err(|_| invalid("frequencies have one axis"))?;
    if array.len() != bins {
        return Err(invalid(format!("there are {} frequencies, but {bins} bins", array.len())));
    }
    Ok(array.try_readonly()?)
}

/// Evaluates `$measure` for each spectrum of a batch; channels of one, k × channels of a batch.
macro_rules! per_spectrum {
    ($py:expr, $array:expr, $one:expr, $spectrum:ident => $measure:expr) => {{
        let (k, channels) = ($array.shape()[0], $array.shape()[2]);
        let numbers: Vec<f64> = if is_float32(&$array) {
            let lent = $array.cast::<PyArray3<f32>>()?.try_readonly()?;
            let batch = lent.as_array();
            $py.detach(|| batch.outer_iter().flat_map(|$spectrum| $measure).collect())
        } else {
            let lent = $array.cast::<PyArray3<f64>>()?.try_readonly()?;
            let batch = lent.as_array();
            $py.detach(|| batch.outer_iter().flat_map(|$spectrum| $measure).collect())
        };
        if $one {
            Ok(Array1::from_vec(numbers).into_pyarray($py).into_any())
        } else {
            let table = Array2::from_shape_vec((k, channels), numbers).map_err(|error| invalid(error.to_string()))?;
            Ok(table.into_pyarray($py).into_any())
        }
    }};
}

/// Evaluates `$measure` for all spectra of a recording at once; one number per channel.
macro_rules! of_all {
    ($py:expr, $array:expr, $spectra:ident => $measure:expr) => {{
        let numbers: Array1<f64> = if is_float32(&$array) {
            let lent = $array.cast::<PyArray3<f32>>()?.try_readonly()?;
            let $spectra = lent.as_array();
            $py.detach(|| $measure)
        } else {
            let lent = $array.cast::<PyArray3<f64>>()?.try_readonly()?;
            let $spectra = lent.as_array();
            $py.detach(|| $measure)
        };
        Ok(numbers.into_pyarray($py))
    }};
}

/// Spectral centroid: the mean frequency, weighted by magnitude.
///
/// Parameters
/// ----------
/// magnitude : array_like
///     Bins × channels, one axis for mono, or k × bins × channels; from `Spectrum.magnitude`.
/// frequencies : array_like
///     Of the bins, in Hz; from `Spectrum.frequencies`.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     In Hz, per channel, or k × channels; NaN of silence. As `librosa.feature.spectral_centroid(S=magnitude)`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.centroid([[0.0], [1.0], [3.0]], [0, 100, 200])
/// array([175.])
#[pyfunction]
#[pyo3(signature = (magnitude, frequencies, *, channels_first=false))]
pub(crate) fn centroid<'py>(
    py: Python<'py>,
    magnitude: &Bound<'py, PyAny>,
    frequencies: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (array, one) = as_spectra(magnitude, channels_first)?;
    let lent = frequencies_of(frequencies, array.shape()[1])?;
    let frequencies = lent.as_array();
    per_spectrum!(py, array, one, spectrum => features::centroid(&spectrum, &frequencies))
}

/// Spectral bandwidth: the standard deviation of frequency around the centroid, weighted by magnitude.
///
/// Parameters
/// ----------
/// magnitude : array_like
///     Bins × channels, one axis for mono, or k × bins × channels; from `Spectrum.magnitude`.
/// frequencies : array_like
///     Of the bins, in Hz; from `Spectrum.frequencies`.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     In Hz, per channel, or k × channels; NaN of silence. As `librosa.feature.spectral_bandwidth(S=magnitude)`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.bandwidth([[1.0], [0.0], [1.0]], [0, 100, 200])
/// array([100.])
#[pyfunction]
#[pyo3(signature = (magnitude, frequencies, *, channels_first=false))]
pub(crate) fn bandwidth<'py>(
    py: Python<'py>,
    magnitude: &Bound<'py, PyAny>,
    frequencies: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (array, one) = as_spectra(magnitude, channels_first)?;
    let lent = frequencies_of(frequencies, array.shape()[1])?;
    let frequencies = lent.as_array();
    per_spectrum!(py, array, one, spectrum => features::bandwidth(&spectrum, &frequencies))
}

/// Spectral roll-off: the lowest frequency up to which lies a share of the sum of magnitudes.
///
/// Parameters
/// ----------
/// magnitude : array_like
///     Bins × channels, one axis for mono, or k × bins × channels; from `Spectrum.magnitude`.
/// frequencies : array_like
///     Of the bins, in Hz; from `Spectrum.frequencies`.
/// share : float
///     Between 0 and 1.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     In Hz, per channel, or k × channels. As `librosa.feature.spectral_rolloff(S=magnitude, roll_percent=share)`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.rolloff([[8.0], [1.0], [1.0]], [0, 100, 200])
/// array([100.])
#[pyfunction]
#[pyo3(signature = (magnitude, frequencies, share=0.85, *, channels_first=false))]
pub(crate) fn rolloff<'py>(
    py: Python<'py>,
    magnitude: &Bound<'py, PyAny>,
    frequencies: &Bound<'py, PyAny>,
    share: f64,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    if !(share > 0.0 && share < 1.0) {
        return Err(invalid(format!("share must be between 0 and 1, not {share}")));
    }
    let (array, one) = as_spectra(magnitude, channels_first)?;
    let lent = frequencies_of(frequencies, array.shape()[1])?;
    let frequencies = lent.as_array();
    per_spectrum!(py, array, one, spectrum => features::rolloff(&spectrum, &frequencies, share))
}

/// Spectral flatness: the geometric over the arithmetic mean of powers, 1 of white noise and near 0 of tones.
///
/// Parameters
/// ----------
/// power : array_like
///     Bins × channels, one axis for mono, or k × bins × channels; from `Spectrum.power`.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     Per channel, or k × channels. As `librosa.feature.spectral_flatness`, to which magnitudes are passed.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.flatness([[2.0], [2.0], [2.0]]).round(6)
/// array([1.])
#[pyfunction]
#[pyo3(signature = (power, *, channels_first=false))]
pub(crate) fn flatness<'py>(
    py: Python<'py>,
    power: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (array, one) = as_spectra(power, channels_first)?;
    per_spectrum!(py, array, one, spectrum => features::flatness(&spectrum))
}

/// Spectral entropy: of the shares that the bins have of the power, as a part of the largest that so many bins can have.
///
/// Parameters
/// ----------
/// power : array_like
///     Bins × channels, one axis for mono, or k × bins × channels; from `Spectrum.power`.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     Per channel, or k × channels, from 0 to 1; NaN of silence. As maad's `frequency_entropy`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.entropy([[2.0], [2.0], [2.0]]).round(6)
/// array([1.])
#[pyfunction]
#[pyo3(signature = (power, *, channels_first=false))]
pub(crate) fn entropy<'py>(
    py: Python<'py>,
    power: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (array, one) = as_spectra(power, channels_first)?;
    per_spectrum!(py, array, one, spectrum => features::entropy(&spectrum))
}

/// Acoustic complexity index (ACI): how much the magnitudes of each bin change from window to window.
///
/// Parameters
/// ----------
/// magnitude : array_like
///     Windows × bins × channels, of a recording or a part of it.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     Per channel. As the third result of maad's `acoustic_complexity_index`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.complexity([[[1.0], [2.0]], [[3.0], [2.0]]])  # 2 / 4 + 0 / 4
/// array([0.5])
#[pyfunction]
#[pyo3(signature = (magnitude, *, channels_first=false))]
pub(crate) fn complexity<'py>(
    py: Python<'py>,
    magnitude: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (array, _) = as_spectra(magnitude, channels_first)?;
    of_all!(py, array, spectra => indices::complexity(&spectra))
}

/// Normalized difference soundscape index (NDSI): (biophony − anthropophony) / (biophony + anthropophony).
///
/// Parameters
/// ----------
/// density : array_like
///     Bins × channels, or one axis for mono; from `welch` or `Psd.density`.
/// frequencies : array_like
///     Of the bins, in Hz.
/// anthropophony, biophony : (float, float)
///     From a frequency up to but without another, in Hz.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     Per channel, from -1 to 1.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ndaudio.features.soundscape([1.0, 3.0, 4.0], [1_000, 2_000, 3_000])
/// array([0.75])
#[pyfunction]
#[pyo3(signature = (density, frequencies, anthropophony=(1000.0, 2000.0), biophony=(2000.0, 8000.0), *, channels_first=false),
    text_signature = "(density, frequencies, anthropophony=(1000.0, 2000.0), biophony=(2000.0, 8000.0), *, channels_first=False)")]
pub(crate) fn soundscape<'py>(
    py: Python<'py>,
    density: &Bound<'py, PyAny>,
    frequencies: &Bound<'py, PyAny>,
    anthropophony: (f64, f64),
    biophony: (f64, f64),
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (array, one) = as_spectra(density, channels_first)?;
    let lent = frequencies_of(frequencies, array.shape()[1])?;
    let frequencies = lent.as_array();
    let ranges = (anthropophony.0..anthropophony.1, biophony.0..biophony.1);
    per_spectrum!(py, array, one, spectrum =>
        indices::soundscape(&spectrum, &frequencies, ranges.0.clone(), ranges.1.clone()))
}

/// Acoustic diversity index (ADI): the entropy of how much of each band is louder than a threshold.
///
/// Parameters
/// ----------
/// magnitude : array_like
///     Windows × bins × channels, of a recording or a part of it.
/// frequencies : array_like
///     Of the bins, in Hz.
/// highest, step : float
///     Bands of `step` Hz up to `highest` Hz.
/// threshold : float
///     In dB relative to the highest magnitude of the channel.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     Per channel, from 0 to the logarithm of the number of bands. The defaults are soundecology's.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.features.diversity(np.ones((3, 11, 1)), np.arange(11) * 1000.0).round(3)  # ln 10
/// array([2.303])
#[pyfunction]
#[pyo3(signature = (magnitude, frequencies, highest=10_000.0, step=1000.0, threshold=-50.0, *, channels_first=false),
    text_signature = "(magnitude, frequencies, highest=10000.0, step=1000.0, threshold=-50.0, *, channels_first=False)")]
pub(crate) fn diversity<'py>(
    py: Python<'py>,
    magnitude: &Bound<'py, PyAny>,
    frequencies: &Bound<'py, PyAny>,
    highest: f64,
    step: f64,
    threshold: f64,
    channels_first: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    // More bands than bins at any length of a transform, and endless work, are a wrong step.
    if !(step > 0.0 && step <= highest && highest / step <= f64::from(1 << 20)) {
        return Err(invalid(format!("step must be above 0 Hz and at most highest, {highest} Hz, not {step} Hz")));
    }
    let (array, _) = as_spectra(magnitude, channels_first)?;
    let lent = frequencies_of(frequencies, array.shape()[1])?;
    let frequencies = lent.as_array();
    of_all!(py, array, spectra => indices::diversity(&spectra, &frequencies, highest, step, threshold))
}

/// Bioacoustic index: the area between the mean spectrum in decibels and its lowest value, between two frequencies.
///
/// Parameters
/// ----------
/// magnitude : array_like
///     Windows × bins × channels, of a recording or a part of it.
/// frequencies : array_like
///     Of the bins, in Hz.
/// low, high : float
///     Both ends included, in Hz.
/// channels_first : bool
///     Whether the channels come before the bins.
///
/// Returns
/// -------
/// numpy.ndarray
///     Per channel, in soundecology's unit.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.features.bioacoustic(np.ones((3, 9, 1)), np.arange(9) * 1000.0)  # flat
/// array([0.])
#[pyfunction]
#[pyo3(signature = (magnitude, frequencies, low=2000.0, high=8000.0, *, channels_first=false))]
pub(crate) fn bioacoustic<'py>(
    py: Python<'py>,
    magnitude: &Bound<'py, PyAny>,
    frequencies: &Bound<'py, PyAny>,
    low: f64,
    high: f64,
    channels_first: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (array, _) = as_spectra(magnitude, channels_first)?;
    if array.shape()[1] < 2 {
        return Err(invalid("at least two bins are needed"));
    }
    let lent = frequencies_of(frequencies, array.shape()[1])?;
    let frequencies = lent.as_array();
    of_all!(py, array, spectra => indices::bioacoustic(&spectra, &frequencies, low..=high))
}

/// Mel-frequency cepstral coefficients (MFCC): the cosine transform of the levels of mel bands.
///
/// Parameters
/// ----------
/// mel : array_like
///     Bands × channels, one axis for mono, or windows × bands × channels: the powers of mel bands, not decibels.
/// coefficients : int
///     How many, at most as many as bands.
/// top_db : float, optional
///     Lifts all levels to that many decibels below the highest of the whole array, as librosa does. With None every window stands for
///     itself, as it has to when the audio comes batch by batch.
/// channels_first : bool
///     Whether the channels come before the bands, and before the coefficients.
///
/// Returns
/// -------
/// numpy.ndarray
///     Coefficients × channels, or windows × coefficients × channels. As `librosa.feature.mfcc(S=librosa.power_to_db(mel))`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> plan, mel = ndaudio.Spectrum(2048), ndaudio.mel(44_100, 2048)
/// >>> for batch in ndaudio.open("data/music.wav").windows(2048, 512):
/// ...     mfcc = ndaudio.features.mfcc(mel @ plan.power(batch), 13, top_db=None)
/// >>> mfcc.shape[1:]  # windows × coefficients × channels
/// (13, 2)
#[pyfunction]
#[pyo3(signature = (mel, coefficients=20, *, top_db=Some(80.0), channels_first=false),
    text_signature = "(mel, coefficients=20, *, top_db=80.0, channels_first=False)")]
pub(crate) fn mfcc<'py>(
    py: Python<'py>,
    mel: &Bound<'py, PyAny>,
    coefficients: i64,
    top_db: Option<f64>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (array, one) = as_spectra(mel, channels_first)?;
    let (count, bands) = (positive("coefficients", coefficients)?, array.shape()[1]);
    if count > bands {
        return Err(invalid(format!("there can be at most as many coefficients as bands, {bands}, not {count}")));
    }
    let given = if is_float32(&array) {
        let lent = array.cast::<PyArray3<f32>>()?.try_readonly()?;
        let view = lent.as_array();
        py.detach(|| spectrum::mfcc(&view, count, top_db)).into_pyarray(py).into_any()
    } else {
        let lent = array.cast::<PyArray3<f64>>()?.try_readonly()?;
        let view = lent.as_array();
        py.detach(|| spectrum::mfcc(&view, count, top_db)).into_pyarray(py).into_any()
    };
    let given = if channels_first { given.call_method1("transpose", (0, 2, 1))? } else { given };
    if one { given.get_item(0) } else { Ok(given) }
}
