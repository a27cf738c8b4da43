//! Spectra of windows and of whole arrays.

use ndaudio::{Scaling, spectrum};
use numpy::{
    Complex32, Complex64, IntoPyArray, PyArray1, PyArray3, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::prelude::*;

use crate::error::{exception, invalid};
use crate::plan::{Kind, Plan, Settings, rate, with_plan};
use crate::reader::positive;
use crate::samples::{Samples, with_samples};

/// A plan for spectra of windows of one length: taper, transform and scaling.
///
/// Parameters
/// ----------
/// len : int
///     Frames of a window.
/// taper : str or (str, float)
///     "hann", "hamming", "blackman", "blackmanharris", "flattop", "boxcar", ("kaiser", beta) or ("tukey", share); periodic.
/// fft_len : int, optional
///     Frames of the transform, of which those after the window are zeros.
/// detrend : {None, "constant", "linear"}
///     What is taken off each window first.
/// scaling : {None, "spectrum", "density"}
///     None as numpy.fft.rfft and librosa.stft; the others as in scipy.signal, "density" with `sample_rate`.
/// sample_rate : float, optional
///     In Hz, for "density".
/// dtype : {"float32", "float64"}
///     The precision. Complex numbers have twice as many bits.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> plan = ndaudio.Spectrum(2048)
/// >>> for batch in ndaudio.open("data/music.wav").windows(2048, 512):
/// ...     power = plan.power(batch)
/// >>> power.shape[1:]  # windows × bins × channels
/// (1025, 2)
#[pyclass(module = "ndaudio", name = "Spectrum")]
pub(crate) struct PySpectrum(Plan);

#[pymethods]
impl PySpectrum {
    #[new]
    #[pyo3(signature = (len, *, taper=None, fft_len=None, detrend=None, scaling=None, sample_rate=None, dtype="float32"),
        text_signature = "(len, *, taper='hann', fft_len=None, detrend=None, scaling=None, sample_rate=None, dtype='float32')")]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn new(
        py: Python<'_>,
        len: i64,
        taper: Option<&Bound<'_, PyAny>>,
        fft_len: Option<i64>,
        detrend: Option<&str>,
        scaling: Option<&str>,
        sample_rate: Option<f64>,
        dtype: &str,
    ) -> PyResult<Self> {
        let scaling = match (scaling, sample_rate) {
            (None, _) => Scaling::None,
            (Some("spectrum"), _) => Scaling::Spectrum,
            (Some("density"), Some(sample_rate)) => Scaling::Density(rate(sample_rate)?),
            (Some("density"), None) => return Err(invalid("scaling \"density\" needs the sample_rate")),
            (Some(other), _) => {
                return Err(invalid(format!("scaling must be None, \"spectrum\" or \"density\", not {other:?}")));
            }
        };
        let taper = or_hann(py, taper)?;
        Ok(PySpectrum(Plan::new(len, dtype, &Settings { taper: &taper, fft_len, detrend })?.scaled(scaling)))
    }

    /// Transform a window, or a batch of windows.
    ///
    /// Parameters
    /// ----------
    /// window : array_like
    ///     `len` × channels, one axis for mono, or k × len × channels.
    /// channels_first : bool
    ///     Whether the channels come before the frames, and before the bins.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     complex64 or complex128, bins × channels; of a batch k × bins × channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> ndaudio.Spectrum(4, taper="boxcar").complex(np.ones((4, 1))).real.ravel()
    /// array([4., 0., 0.], dtype=float32)
    #[pyo3(signature = (window, *, channels_first=false))]
    fn complex<'py>(&mut self, window: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
        self.0.transform(window, channels_first, Kind::Complex)
    }

    /// Return the magnitudes of the spectrum of a window, or of a batch of windows.
    ///
    /// Parameters
    /// ----------
    /// window : array_like
    ///     `len` × channels, one axis for mono, or k × len × channels.
    /// channels_first : bool
    ///     Whether the channels come before the frames, and before the bins.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Bins × channels; of a batch k × bins × channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> ndaudio.Spectrum(4, taper="boxcar").magnitude(np.ones((4, 1))).ravel()
    /// array([4., 0., 0.], dtype=float32)
    #[pyo3(signature = (window, *, channels_first=false))]
    fn magnitude<'py>(&mut self, window: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
        self.0.transform(window, channels_first, Kind::Magnitude)
    }

    /// Return the powers of the spectrum of a window, or of a batch of windows; one-sided where the plan has a scaling.
    ///
    /// Parameters
    /// ----------
    /// window : array_like
    ///     `len` × channels, one axis for mono, or k × len × channels.
    /// channels_first : bool
    ///     Whether the channels come before the frames, and before the bins.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Bins × channels; of a batch k × bins × channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> ndaudio.Spectrum(4, taper="boxcar").power(np.ones((4, 1))).ravel()
    /// array([16.,  0.,  0.], dtype=float32)
    #[pyo3(signature = (window, *, channels_first=false))]
    fn power<'py>(&mut self, window: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Bound<'py, PyAny>> {
        self.0.transform(window, channels_first, Kind::Power)
    }

    /// List the frequency of each bin in Hz.
    ///
    /// Parameters
    /// ----------
    /// sample_rate : float
    ///     In Hz.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Spectrum(4).frequencies(8_000)
    /// array([   0., 2000., 4000.])
    fn frequencies<'py>(&self, py: Python<'py>, sample_rate: f64) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let sample_rate = rate(sample_rate)?;
        Ok(with_plan!(&self.0, plan => plan.frequencies(sample_rate)).into_pyarray(py))
    }

    /// int : Frames of a window.
    #[getter]
    fn len(&self) -> usize {
        self.0.window_len()
    }

    /// int : Lines of the transform.
    #[getter]
    fn bins(&self) -> usize {
        self.0.bins()
    }
}

/// The taper that was given, or Hann's.
pub(crate) fn or_hann<'py>(py: Python<'py>, taper: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    match taper {
        Some(taper) => Ok(taper.clone()),
        None => Ok("hann".into_pyobject(py)?.into_any()),
    }
}

/// Short-time Fourier transform of a whole array: the spectra of its windows.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, or one axis for mono.
/// len, hop : int
///     Frames of a window, and from one to the next.
/// taper : str or (str, float)
///     As of `Spectrum`.
/// fft_len : int, optional
///     Frames of the transform.
/// dtype : {"float32", "float64"}
///     The precision.
/// channels_first : bool
///     Whether `samples` is channels × frames, and the result channels × bins × windows, which is librosa's order.
///
/// Returns
/// -------
/// numpy.ndarray
///     Complex, windows × bins × channels. As `librosa.stft(center=False)`; pad the samples first for `center=True`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> samples, _ = ndaudio.read("data/music.wav")
/// >>> ndaudio.stft(samples, 2048, 512).shape  # windows × bins × channels
/// (858, 1025, 2)
#[pyfunction]
#[pyo3(signature = (samples, len=2048, hop=512, *, taper=None, fft_len=None, dtype="float32", channels_first=false),
    text_signature = "(samples, len=2048, hop=512, *, taper='hann', fft_len=None, dtype='float32', channels_first=False)")]
#[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
pub(crate) fn stft<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    len: i64,
    hop: i64,
    taper: Option<&Bound<'py, PyAny>>,
    fft_len: Option<i64>,
    dtype: &str,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let hop = positive("hop", hop)?;
    let mut plan = Plan::new(len, dtype, &Settings { taper: &or_hann(py, taper)?, fft_len, detrend: None })?;
    let samples = Samples::from_python(samples, channels_first)?;
    let spectra = with_samples!(samples, view => match &mut plan {
        Plan::Float32(plan) => py.detach(|| spectrum::stft(&view, plan, hop)).into_pyarray(py).into_any(),
        Plan::Float64(plan) => py.detach(|| spectrum::stft(&view, plan, hop)).into_pyarray(py).into_any(),
    });
    if channels_first { spectra.getattr("T") } else { Ok(spectra) }
}

/// Samples of a short-time Fourier transform: the inverse of `stft`.
///
/// Parameters
/// ----------
/// spectra : array_like
///     complex64 or complex128, windows × bins × channels, as from `stft`.
/// len, hop : int
///     Frames of a window, and from one to the next.
/// taper : str or (str, float)
///     That of the spectra.
/// fft_len : int, optional
///     That of the spectra.
/// channels_first : bool
///     Whether `spectra` is channels × bins × windows, and the result channels × frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     Frames × channels, float32 or float64.
///
/// Raises
/// ------
/// ArgumentError
///     If `hop` leaves frames that have no weight in any window.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> samples, _ = ndaudio.read("data/music.wav", "float64", frames=2048 + 20 * 512)
/// >>> back = ndaudio.istft(ndaudio.stft(samples, dtype="float64"))
/// >>> bool(np.allclose(back[512:-512], samples[512:-512]))
/// True
#[pyfunction]
#[pyo3(signature = (spectra, len=2048, hop=512, *, taper=None, fft_len=None, channels_first=false),
    text_signature = "(spectra, len=2048, hop=512, *, taper='hann', fft_len=None, channels_first=False)")]
pub(crate) fn istft<'py>(
    py: Python<'py>,
    spectra: &Bound<'py, PyAny>,
    len: i64,
    hop: i64,
    taper: Option<&Bound<'py, PyAny>>,
    fft_len: Option<i64>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let hop = positive("hop", hop)?;
    let taper = or_hann(py, taper)?;
    let settings = Settings { taper: &taper, fft_len, detrend: None };
    let array = py.import("numpy")?.call_method1("asarray", (spectra,))?.cast_into::<PyUntypedArray>()?;
    if array.ndim() != 3 {
        return Err(invalid(format!("spectra are windows × bins × channels; this array has {} axes", array.ndim())));
    }
    let array = if channels_first { array.getattr("T")?.cast_into::<PyUntypedArray>()? } else { array };
    let expect_bins = |plan: &Plan| {
        let (bins, found) = (plan.bins(), array.shape()[1]);
        if bins == found {
            Ok(())
        } else {
            Err(invalid(format!("the spectra have {found} bins, but the plan has {bins}")))
        }
    };
    let samples = if let Ok(array) = array.as_any().cast::<PyArray3<Complex32>>() {
        let plan = Plan::new(len, "float32", &settings)?;
        expect_bins(&plan)?;
        let Plan::Float32(plan) = plan else { return Err(invalid("float32 was planned")) };
        let lent = array.try_readonly()?;
        let view = lent.as_array();
        py.detach(|| spectrum::istft(&view, &plan, hop)).map_err(exception)?.into_pyarray(py).into_any()
    } else {
        let array = array.call_method1("astype", ("complex128",))?.cast_into::<PyArray3<Complex64>>()?;
        let plan = Plan::new(len, "float64", &settings)?;
        expect_bins(&plan)?;
        let Plan::Float64(plan) = plan else { return Err(invalid("float64 was planned")) };
        let lent = array.try_readonly()?;
        let view = lent.as_array();
        py.detach(|| spectrum::istft(&view, &plan, hop)).map_err(exception)?.into_pyarray(py).into_any()
    };
    if channels_first { samples.getattr("T") } else { Ok(samples) }
}
