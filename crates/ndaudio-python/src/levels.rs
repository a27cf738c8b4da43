//! Levels that add and merge.

use ndaudio::levels::of_source;
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyTuple, PyType};

use crate::error::{exception, invalid};
use crate::level::Level;
use crate::reader::{Reader, positive};
use crate::samples::{Samples, with_samples};
use crate::source::{Shared, Watched};

/// Levels of any number of blocks, per channel and pooled, in one pass.
///
/// Parts of a recording can be measured apart, on other threads, processes or machines, and merged in their order. Of integer samples
/// every number is then the same to the bit however the audio was cut. NaN and infinite samples are counted and left out of
/// everything else.
///
/// Parameters
/// ----------
/// channels : int
///     Samples per frame.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> levels = ndaudio.Levels(2)
/// >>> with ndaudio.open("data/music.wav") as reader:
/// ...     for block in reader.blocks(4096, dtype="int16"):
/// ...         levels.add(block)
/// >>> levels.frames, levels.peak().round(3)
/// (441000, array([0.708, 0.705]))
#[pyclass(module = "ndaudio")]
#[derive(Clone)]
pub(crate) struct Levels(ndaudio::Levels);

/// Measure the levels of a whole file, or of an array.
///
/// Parameters
/// ----------
/// audio : path, bytes, file-like object, Reader or array_like
///     What `open` opens; a reader, from where it is; or frames × channels.
/// channels_first : bool
///     Whether an array is channels × frames.
///
/// Returns
/// -------
/// Levels
///     Of integer samples exact.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> levels = ndaudio.levels("data/music.wav")
/// >>> round(levels.overall().rms(), 4)
/// 0.0731
#[pyfunction]
#[pyo3(signature = (audio, *, channels_first=false))]
pub(crate) fn levels(py: Python<'_>, audio: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<Levels> {
    if let Ok(reader) = audio.cast::<Reader>() {
        return measure(py, reader.get().shared());
    }
    if is_array(audio)? {
        let samples = Samples::from_python(audio, channels_first)?;
        let mut levels = ndaudio::Levels::new(samples.channels());
        with_samples!(samples, view => py.detach(|| levels.add(&view)));
        return Ok(Levels(levels));
    }
    let shared = Shared::open(audio)?;
    let levels = measure(py, &shared);
    shared.close(py)?;
    levels
}

fn measure(py: Python<'_>, shared: &Shared) -> PyResult<Levels> {
    shared.with(py, |source: &mut Watched| of_source(source)).map(Levels)
}

/// Whether an argument is samples, where it could also be a file.
pub(crate) fn is_array(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__array__")? || object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>())
}

impl Levels {
    fn same_channels(&self, other: &Levels) -> PyResult<()> {
        let (expected, found) = (self.0.channels(), other.0.channels());
        if expected == found {
            return Ok(());
        }
        Err(exception(ndaudio::ErrorKind::ChannelMismatch { expected, found }.into()))
    }
}

#[pymethods]
impl Levels {
    #[new]
    fn new(channels: i64) -> PyResult<Self> {
        Ok(Levels(ndaudio::Levels::new(positive("channels", channels)?)))
    }

    /// Add the frames that follow.
    ///
    /// Parameters
    /// ----------
    /// block : array_like
    ///     Frames × channels, or one axis for mono, of any order and stride.
    /// channels_first : bool
    ///     Whether `block` is channels × frames.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.Levels(1)
    /// >>> levels.add(np.array([16384, -16384], dtype="int16"))
    /// >>> levels.rms()
    /// array([0.5])
    #[pyo3(signature = (block, *, channels_first=false))]
    fn add(&mut self, py: Python<'_>, block: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<()> {
        let block = Samples::from_python(block, channels_first)?;
        block.expect_channels(self.0.channels())?;
        let levels = &mut self.0;
        with_samples!(block, view => py.detach(|| levels.add(&view)));
        Ok(())
    }

    /// Add what was measured over the frames that follow.
    ///
    /// Parameters
    /// ----------
    /// next : Levels
    ///     Of as many channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> first, next = ndaudio.levels(np.array([[0.5]])), ndaudio.levels(np.array([[-1.0]]))
    /// >>> first.merge(next)
    /// >>> first.frames, first.peak()
    /// (2, array([1.]))
    fn merge(&mut self, next: &Bound<'_, Levels>) -> PyResult<()> {
        // Only levels merged with themselves are borrowed already.
        let next = next.try_borrow().map_or_else(|_| self.clone(), |next| next.clone());
        self.same_channels(&next)?;
        self.0.merge(&next.0);
        Ok(())
    }

    fn __add__(&self, next: &Levels) -> PyResult<Levels> {
        self.same_channels(next)?;
        let mut sum = self.clone();
        sum.0.merge(&next.0);
        Ok(sum)
    }

    /// For `sum(parts)`, which begins with 0.
    fn __radd__(&self, zero: &Bound<'_, PyInt>) -> PyResult<Levels> {
        if zero.extract::<i64>().is_ok_and(|zero| zero == 0) {
            Ok(self.clone())
        } else {
            Err(invalid("levels add to levels only"))
        }
    }

    fn __eq__(&self, other: &Levels) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> String {
        format!("<ndaudio.Levels of {} frames × {} channels>", self.0.frames(), self.0.channels())
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let state = this.borrow().to_json()?;
        Ok((this.get_type().getattr("from_json")?, (state,)))
    }

    fn __copy__(&self) -> Self {
        self.clone()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.clone()
    }

    /// Return the state as text, with all bits, to store it and merge it elsewhere.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> levels = ndaudio.levels("data/music.wav")
    /// >>> ndaudio.Levels.from_json(levels.to_json()) == levels
    /// True
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| invalid(error.to_string()))
    }

    /// Make levels of a state that `to_json` gave.
    ///
    /// Parameters
    /// ----------
    /// state : str
    ///     The text.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Levels.from_json(ndaudio.Levels(2).to_json()).channels
    /// 2
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, state: &str) -> PyResult<Self> {
        serde_json::from_str(state).map(Levels).map_err(|error| invalid(format!("not a state of Levels: {error}")))
    }

    /// Return everything about one channel.
    ///
    /// Parameters
    /// ----------
    /// channel : int
    ///     Counted from 0.
    ///
    /// Returns
    /// -------
    /// Level
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.levels("data/music.wav").channel(1).clipped()
    /// 0
    fn channel(&self, channel: i64) -> PyResult<Level> {
        let channels = self.0.channels();
        let index = usize::try_from(channel).ok().filter(|index| *index < channels).ok_or_else(|| {
            let message = format!("channel {channel} does not exist: the audio has {channels}, numbered from 0");
            PyIndexError::new_err(message)
        })?;
        Ok(Level(self.0.channel(index).clone()))
    }

    /// Return everything about all channels pooled, as if their samples were those of one.
    ///
    /// Returns
    /// -------
    /// Level
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.levels("data/music.wav").overall().samples()
    /// 882000
    fn overall(&self) -> Level {
        Level(self.0.overall())
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

    /// Samples that were measured: all but NaN and infinities. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.samples()
    /// array([3], dtype=uint64)
    fn samples<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        self.0.each(ndaudio::levels::Level::samples).into_pyarray(py)
    }

    /// Samples that are not a number, which are left out of everything else. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.nan()
    /// array([0], dtype=uint64)
    fn nan<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        self.0.each(ndaudio::levels::Level::nan).into_pyarray(py)
    }

    /// Samples that are infinite, which are left out of everything else. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.infinite()
    /// array([0], dtype=uint64)
    fn infinite<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        self.0.each(ndaudio::levels::Level::infinite).into_pyarray(py)
    }

    /// Mean square, the power: 1.0 is that of a full-scale square wave. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.mean_square()
    /// array([0.25])
    fn mean_square<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::mean_square).into_pyarray(py)
    }

    /// Root mean square; full scale is 1.0. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.rms()
    /// array([0.5])
    fn rms<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::rms).into_pyarray(py)
    }

    /// Mean, the offset from zero (DC). One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.mean()
    /// array([0.16666667])
    fn mean<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::mean).into_pyarray(py)
    }

    /// Variance over n, as NumPy's default. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.variance()
    /// array([0.22222222])
    fn variance<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::variance).into_pyarray(py)
    }

    /// Standard deviation: the RMS without the offset. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.standard_deviation()
    /// array([0.47140452])
    fn standard_deviation<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::standard_deviation).into_pyarray(py)
    }

    /// Smallest sample. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.min()
    /// array([-0.5])
    fn min<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::min).into_pyarray(py)
    }

    /// Largest sample. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.max()
    /// array([0.5])
    fn max<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::max).into_pyarray(py)
    }

    /// Largest magnitude; that of int16's -32768 is 1.0. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.peak()
    /// array([0.5])
    fn peak<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::peak).into_pyarray(py)
    }

    /// Peak ÷ RMS: 1 of a square wave, NaN of silence. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.crest_factor()
    /// array([1.])
    fn crest_factor<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::crest_factor).into_pyarray(py)
    }

    /// Clipped samples: integers at either end of their range, floats at or beyond full scale. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.clipped()
    /// array([0], dtype=uint64)
    fn clipped<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        self.0.each(ndaudio::levels::Level::clipped).into_pyarray(py)
    }

    /// Samples of the longest run of clipped ones. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.longest_clipped_run()
    /// array([0], dtype=uint64)
    fn longest_clipped_run<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        self.0.each(ndaudio::levels::Level::longest_clipped_run).into_pyarray(py)
    }

    /// Zero crossings: neighbours of which one is below zero and the other is not. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.zero_crossings()
    /// array([2], dtype=uint64)
    fn zero_crossings<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        self.0.each(ndaudio::levels::Level::zero_crossings).into_pyarray(py)
    }

    /// Zero crossings per pair of neighbours. One per channel.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.zero_crossing_rate()
    /// array([1.])
    fn zero_crossing_rate<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.each(ndaudio::levels::Level::zero_crossing_rate).into_pyarray(py)
    }
}
