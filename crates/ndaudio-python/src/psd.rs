//! Densities of long recordings, which merge.

use ndaudio::{Average, Psd as RustPsd, Source, Windows as RustWindows};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyType};

use crate::dtype::{Dtype, with_type};
use crate::error::{exception, invalid};
use crate::levels::is_array;
use crate::plan::{Plan, Settings, rate};
use crate::reader::{Reader, positive};
use crate::samples::{Samples, as_batch, dtype_of, with_samples};
use crate::source::Shared;
use crate::spectra::or_hann;

/// Power spectral density, averaged over windows, which adds and merges like `Levels`.
///
/// Merged in any order, the result has the same bits.
///
/// Parameters
/// ----------
/// len : int
///     Frames of a window.
/// sample_rate : float
///     In Hz.
/// taper : str or (str, float)
///     As of `Spectrum`.
/// fft_len : int, optional
///     Frames of the transform.
/// detrend : {None, "constant", "linear"}
///     What is taken off each window first; scipy's default is "constant".
/// average : {"mean", "median"}
///     How the powers of the windows become one. The median keeps them all.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> psd = ndaudio.Psd(2048, 44_100)
/// >>> for batch in ndaudio.open("data/music.wav").windows(2048, 1024):
/// ...     psd.add(batch)
/// >>> psd.windows, psd.density().shape  # bins × channels
/// (429, (1025, 2))
#[pyclass(module = "ndaudio")]
#[derive(Clone)]
pub(crate) struct Psd {
    psd: RustPsd<f64>,
    len: usize,
    sample_rate: f64,
    channels: Option<usize>,
    /// The arguments, to compare and to say them.
    settings: String,
}

impl Psd {
    fn plan(
        py: Python<'_>,
        len: i64,
        sample_rate: f64,
        taper: Option<&Bound<'_, PyAny>>,
        fft_len: Option<i64>,
        detrend: Option<&str>,
        average: &str,
    ) -> PyResult<Self> {
        let taper = match taper {
            Some(taper) => taper.clone(),
            None => or_hann(py, None)?,
        };
        let Plan::Float64(plan) = Plan::new(len, "float64", &Settings { taper: &taper, fft_len, detrend })? else {
            return Err(invalid("float64 was planned"));
        };
        let (len, sample_rate) = (plan.window_len(), rate(sample_rate)?);
        let psd = match average {
            "mean" => RustPsd::new(plan, sample_rate),
            "median" => RustPsd::new(plan, sample_rate).average(Average::Median),
            other => return Err(invalid(format!("average must be \"mean\" or \"median\", not {other:?}"))),
        };
        let settings = format!(
            "len={len}, sample_rate={sample_rate}, taper={}, fft_len={}, detrend={detrend:?}, average={average}",
            taper.repr()?,
            fft_len.unwrap_or(0),
        );
        Ok(Psd { psd, len, sample_rate, channels: None, settings })
    }

    fn expect_channels(&mut self, found: usize) -> PyResult<()> {
        match self.channels {
            Some(expected) if expected != found => {
                Err(exception(ndaudio::ErrorKind::ChannelMismatch { expected, found }.into()))
            }
            _ => {
                self.channels = Some(found);
                Ok(())
            }
        }
    }
}

#[pymethods]
impl Psd {
    #[new]
    #[pyo3(signature = (len, sample_rate, *, taper=None, fft_len=None, detrend=None, average="mean"),
        text_signature = "(len, sample_rate, *, taper='hann', fft_len=None, detrend=None, average='mean')")]
    fn new(
        py: Python<'_>,
        len: i64,
        sample_rate: f64,
        taper: Option<&Bound<'_, PyAny>>,
        fft_len: Option<i64>,
        detrend: Option<&str>,
        average: &str,
    ) -> PyResult<Self> {
        Self::plan(py, len, sample_rate, taper, fft_len, detrend, average)
    }

    /// Add a window, or a batch of windows.
    ///
    /// Parameters
    /// ----------
    /// windows : array_like
    ///     `len` × channels, one axis for mono, or k × len × channels.
    /// channels_first : bool
    ///     Whether the channels come before the frames.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> psd = ndaudio.Psd(4, 8_000)
    /// >>> psd.add(np.ones((4, 1)))
    /// >>> psd.windows
    /// 1
    #[pyo3(signature = (windows, *, channels_first=false))]
    fn add(&mut self, py: Python<'_>, windows: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<()> {
        let (array, _) = as_batch(windows, channels_first)?;
        let shape = array.shape();
        if shape[1] != self.len {
            return Err(invalid(format!("the windows have {} frames, but the plan is for {}", shape[1], self.len)));
        }
        self.expect_channels(shape[2])?;
        with_type!(dtype_of(&array)?, T => {
            let lent = array.cast::<PyArray3<T>>()?.try_readonly()?;
            let (batch, psd) = (lent.as_array(), &mut self.psd);
            py.detach(|| batch.outer_iter().for_each(|window| psd.add(&window)));
        });
        Ok(())
    }

    /// Add what was accumulated over other windows, whichever came first.
    ///
    /// Parameters
    /// ----------
    /// other : Psd
    ///     Of the same arguments and as many channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> psd = ndaudio.Psd(4, 8_000)
    /// >>> psd.merge(ndaudio.Psd(4, 8_000))
    fn merge(&mut self, other: &Bound<'_, Psd>) -> PyResult<()> {
        // Only one merged with itself is borrowed already.
        let other = other.try_borrow().map_or_else(|_| self.clone(), |other| other.clone());
        if self.settings != other.settings {
            return Err(invalid(format!(
                "densities of different settings do not merge: {} and {}",
                self.settings, other.settings
            )));
        }
        if let Some(channels) = other.channels {
            self.expect_channels(channels)?;
        }
        self.psd.merge(&other.psd);
        Ok(())
    }

    fn __add__(&self, other: &Bound<'_, Psd>) -> PyResult<Psd> {
        let mut sum = self.clone();
        sum.merge(other)?;
        Ok(sum)
    }

    /// For `sum(parts)`, which begins with 0.
    fn __radd__(&self, zero: &Bound<'_, PyInt>) -> PyResult<Psd> {
        if zero.extract::<i64>().is_ok_and(|zero| zero == 0) {
            Ok(self.clone())
        } else {
            Err(invalid("densities add to densities only"))
        }
    }

    /// Return the state as text, with all bits, to store it and merge it elsewhere.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Psd.from_json(ndaudio.Psd(4, 8_000).to_json()).windows
    /// 0
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&(self.len, self.sample_rate, self.channels, &self.settings, &self.psd))
            .map_err(|error| invalid(error.to_string()))
    }

    /// Make a density of a state that `to_json` gave.
    ///
    /// Parameters
    /// ----------
    /// state : str
    ///     The text.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Psd.from_json(ndaudio.Psd(4, 8_000).to_json()).sample_rate
    /// 8000.0
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, state: &str) -> PyResult<Self> {
        let (len, sample_rate, channels, settings, psd) =
            serde_json::from_str(state).map_err(|error| invalid(format!("not a state of Psd: {error}")))?;
        Ok(Psd { psd, len, sample_rate, channels, settings })
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let state = this.borrow().to_json()?;
        Ok((this.get_type().getattr("from_json")?, (state,)))
    }

    fn __repr__(&self) -> String {
        format!("<ndaudio.Psd of {} windows, {}>", self.psd.windows(), self.settings)
    }

    /// Return the density: power per Hz, one-sided.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Bins × channels, full scale squared per Hz, as `scipy.signal.welch(scaling="density")`; NaN of no windows.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> psd = ndaudio.Psd(4, 8_000)
    /// >>> psd.add(np.ones((4, 2)))
    /// >>> psd.density().shape
    /// (3, 2)
    fn density<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.psd.density().into_pyarray(py)
    }

    /// Return the power of sines in each bin: A² / 2 of a sine of amplitude A.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Bins × channels, full scale squared, as `scipy.signal.welch(scaling="spectrum")`; NaN of no windows.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> psd = ndaudio.Psd(4, 8_000, taper="boxcar")
    /// >>> psd.add(np.ones((4, 1)))
    /// >>> psd.spectrum().ravel()
    /// array([1., 0., 0.])
    fn spectrum<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.psd.spectrum().into_pyarray(py)
    }

    /// List the frequency of each bin in Hz.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Psd(4, 8_000).frequencies()
    /// array([   0., 2000., 4000.])
    fn frequencies<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.psd.frequencies().into_pyarray(py)
    }

    /// int : Windows that were added.
    #[getter]
    fn windows(&self) -> u64 {
        self.psd.windows()
    }

    /// float : In Hz.
    #[getter]
    fn sample_rate(&self) -> f64 {
        self.sample_rate
    }
}

/// Power spectral density of an array or of a whole file, by Welch's method.
///
/// Parameters
/// ----------
/// audio : path, bytes, file-like object, Reader or array_like
///     What `open` opens, read in constant memory; a reader, from where it is; or frames × channels.
/// sample_rate : float, optional
///     In Hz; of a file it is known, of an array needed.
/// len, hop : int
///     Frames of a window, and from one to the next; by default half of it.
/// taper, fft_len, detrend, average
///     As of `Psd`.
/// channels_first : bool
///     Whether an array is channels × frames, and the result channels × bins.
///
/// Returns
/// -------
/// frequencies : numpy.ndarray
///     In Hz.
/// density : numpy.ndarray
///     Bins × channels, full scale squared per Hz, one-sided; as `scipy.signal.welch(samples, sample_rate, nperseg=len,
///     detrend=False, axis=0)`.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> frequencies, density = ndaudio.welch("data/music.wav", len=1024)
/// >>> float(frequencies[density[:, 0].argmax()].round())
/// 1034.0
#[pyfunction]
#[pyo3(signature = (audio, sample_rate=None, len=256, hop=None, *, taper=None, fft_len=None, detrend=None, average="mean", channels_first=false),
    text_signature = "(audio, sample_rate=None, len=256, hop=None, *, taper='hann', fft_len=None, detrend=None, average='mean', channels_first=False)")]
#[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
pub(crate) fn welch<'py>(
    py: Python<'py>,
    audio: &Bound<'py, PyAny>,
    sample_rate: Option<f64>,
    len: i64,
    hop: Option<i64>,
    taper: Option<&Bound<'py, PyAny>>,
    fft_len: Option<i64>,
    detrend: Option<&str>,
    average: &str,
    channels_first: bool,
) -> PyResult<(Bound<'py, PyArray1<f64>>, Bound<'py, PyAny>)> {
    let hop = positive("hop", hop.unwrap_or_else(|| (len - len / 2).max(1)))?;
    let plan = |sample_rate| Psd::plan(py, len, sample_rate, taper, fft_len, detrend, average);
    let mut total = if !audio.is_instance_of::<Reader>() && is_array(audio)? {
        let sample_rate = sample_rate.ok_or_else(|| invalid("sample_rate is needed for an array"))?;
        let mut total = plan(sample_rate)?;
        let samples = Samples::from_python(audio, channels_first)?;
        let psd = &mut total.psd;
        with_samples!(samples, view => py.detach(|| {
            *psd = psd.clone().channels(view.ncols());
            for window in view.axis_windows_with_stride(ndarray::Axis(0), total.len, hop) {
                psd.add(&window);
            }
        }));
        total
    } else {
        let (shared, ours) = match audio.cast::<Reader>() {
            Ok(reader) => (reader.get().shared().clone(), false),
            Err(_) => (Shared::open(audio)?, true),
        };
        let mut total = plan(f64::from(shared.spec().sample_rate()))?;
        let (psd, len) = (&mut total.psd, total.len);
        let dtype = Dtype::natural(shared.spec().encoding());
        let result = shared
            .with(py, |source| with_type!(dtype, T => psd.add_windows(RustWindows::<_, T>::new(source, len, hop))));
        if ours {
            shared.close(py)?;
        }
        result?;
        total
    };
    total.channels = None;
    let density = total.psd.density().into_pyarray(py).into_any();
    let density = if channels_first { density.getattr("T")? } else { density };
    Ok((total.psd.frequencies().into_pyarray(py), density))
}
