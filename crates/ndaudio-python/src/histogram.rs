//! Exact percentiles of 16-bit samples.

use ndaudio::histogram::Histogram as RustHistogram;
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyType};

use crate::error::{exception, invalid};
use crate::reader::positive;
use crate::samples::Samples;

/// Counts of each of the 65,536 values of 16-bit samples, per channel: their exact percentiles, in constant memory.
///
/// Histograms of parts merge in any order to the same counts. 512 KiB per channel.
///
/// Parameters
/// ----------
/// channels : int
///     Samples per frame.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> histogram = ndaudio.Histogram(1)
/// >>> histogram.add(np.array([[-16384], [0], [16384]], dtype="int16"))
/// >>> histogram.percentile(75.0)
/// array([0.25])
#[pyclass(module = "ndaudio")]
#[derive(Clone)]
pub(crate) struct Histogram(RustHistogram);

impl Histogram {
    fn same_channels(&self, other: &Histogram) -> PyResult<()> {
        let (expected, found) = (self.0.channels(), other.0.channels());
        if expected == found {
            return Ok(());
        }
        Err(exception(ndaudio::ErrorKind::ChannelMismatch { expected, found }.into()))
    }
}

#[pymethods]
impl Histogram {
    #[new]
    fn new(channels: i64) -> PyResult<Self> {
        Ok(Histogram(RustHistogram::new(positive("channels", channels)?)))
    }

    /// Count the samples of a block.
    ///
    /// Parameters
    /// ----------
    /// block : array_like
    ///     int16, frames × channels, or one axis for mono.
    /// channels_first : bool
    ///     Whether `block` is channels × frames.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> histogram = ndaudio.Histogram(2)
    /// >>> for block in ndaudio.open("data/music.wav").blocks(4096, dtype="int16"):
    /// ...     histogram.add(block)
    /// >>> histogram.frames
    /// 441000
    #[pyo3(signature = (block, *, channels_first=false))]
    fn add(&mut self, py: Python<'_>, block: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<()> {
        let block = Samples::from_python(block, channels_first)?;
        block.expect_channels(self.0.channels())?;
        let Samples::Int16(block) = block else {
            return Err(invalid("a histogram counts int16 samples; read the audio as int16"));
        };
        let (block, histogram) = (block.as_array(), &mut self.0);
        py.detach(|| histogram.add(&block));
        Ok(())
    }

    /// Add what was counted elsewhere.
    ///
    /// Parameters
    /// ----------
    /// other : Histogram
    ///     Of as many channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> histogram = ndaudio.Histogram(2)
    /// >>> histogram.merge(ndaudio.Histogram(2))
    fn merge(&mut self, other: &Bound<'_, Histogram>) -> PyResult<()> {
        // Only a histogram merged with itself is borrowed already.
        let other = other.try_borrow().map_or_else(|_| self.clone(), |other| other.clone());
        self.same_channels(&other)?;
        self.0.merge(&other.0);
        Ok(())
    }

    fn __add__(&self, other: &Histogram) -> PyResult<Histogram> {
        self.same_channels(other)?;
        let mut sum = self.clone();
        sum.0.merge(&other.0);
        Ok(sum)
    }

    /// For `sum(parts)`, which begins with 0.
    fn __radd__(&self, zero: &Bound<'_, PyInt>) -> PyResult<Histogram> {
        if zero.extract::<i64>().is_ok_and(|zero| zero == 0) {
            Ok(self.clone())
        } else {
            Err(invalid("histograms add to histograms only"))
        }
    }

    fn __eq__(&self, other: &Histogram) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> String {
        format!("<ndaudio.Histogram of {} frames × {} channels>", self.0.frames(), self.0.channels())
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let state = this.borrow().to_json()?;
        Ok((this.get_type().getattr("from_json")?, (state,)))
    }

    /// Return the state as text, to store it and merge it elsewhere.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Histogram.from_json(ndaudio.Histogram(2).to_json()) == ndaudio.Histogram(2)
    /// True
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| invalid(error.to_string()))
    }

    /// Make a histogram of a state that `to_json` gave.
    ///
    /// Parameters
    /// ----------
    /// state : str
    ///     The text.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Histogram.from_json(ndaudio.Histogram(2).to_json()).channels
    /// 2
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, state: &str) -> PyResult<Self> {
        serde_json::from_str(state)
            .map(Histogram)
            .map_err(|error| invalid(format!("not a state of Histogram: {error}")))
    }

    /// Return the level that a share of the samples are at or below, per channel, as if all were kept and sorted.
    ///
    /// Parameters
    /// ----------
    /// percent : float
    ///     0 to 100.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     One number per channel, full scale being 1.0; NaN of no frames. As `numpy.percentile`.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> histogram = ndaudio.Histogram(1)
    /// >>> histogram.add(np.arange(-100, 101, dtype="int16"))
    /// >>> histogram.percentile(50)
    /// array([0.])
    fn percentile<'py>(&self, py: Python<'py>, percent: f64) -> PyResult<Bound<'py, PyArray1<f64>>> {
        if !(0.0..=100.0).contains(&percent) {
            return Err(invalid(format!("percent must be 0 to 100, not {percent}")));
        }
        let each: ndarray::Array1<f64> =
            (0..self.0.channels()).map(|channel| self.0.percentile(channel, percent)).collect();
        Ok(each.into_pyarray(py))
    }

    /// Return how often a channel had a value.
    ///
    /// Parameters
    /// ----------
    /// channel : int
    ///     Counted from 0.
    /// value : int
    ///     -32768 to 32767.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> histogram = ndaudio.Histogram(1)
    /// >>> histogram.add(np.array([7, 7, 8], dtype="int16"))
    /// >>> histogram.count(0, 7)
    /// 2
    fn count(&self, channel: i64, value: i16) -> PyResult<u64> {
        let channels = self.0.channels();
        let index = usize::try_from(channel).ok().filter(|index| *index < channels).ok_or_else(|| {
            let message = format!("channel {channel} does not exist: the audio has {channels}, numbered from 0");
            PyIndexError::new_err(message)
        })?;
        Ok(self.0.count(index, value))
    }

    /// int : Samples per frame.
    #[getter]
    fn channels(&self) -> usize {
        self.0.channels()
    }

    /// int : Frames that were added.
    #[getter]
    fn frames(&self) -> u64 {
        self.0.frames()
    }
}
