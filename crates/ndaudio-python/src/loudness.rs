//! Loudness after EBU R 128.

use ndaudio::{Encoding, Loudness as Meter, Source, Spec};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

use crate::error::{exception, invalid};
use crate::levels::is_array;
use crate::reader::Reader;
use crate::samples::{Samples, with_samples};
use crate::source::Shared;

/// Loudness and true peaks after EBU R 128, of audio that comes block by block.
///
/// Parameters
/// ----------
/// sample_rate : int
///     In Hz.
/// channels : int
///     1 to 64. Of five and six channels the surrounds count as the standard says.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> reader = ndaudio.open("data/music.wav")
/// >>> loudness = ndaudio.Loudness(reader.sample_rate, reader.channels)
/// >>> for block in reader.blocks(4096):
/// ...     loudness.add(block)
/// >>> loudness.integrated() == ndaudio.loudness("data/music.wav").integrated()
/// True
#[pyclass(module = "ndaudio")]
pub(crate) struct Loudness {
    /// `None` once it was merged into another.
    meter: Option<Meter>,
    sample_rate: u32,
    channels: usize,
}

/// Measure the loudness of a whole file, or of an array.
///
/// Parameters
/// ----------
/// audio : path, bytes, file-like object, Reader or array_like
///     What `open` opens, read in constant memory; a reader, from where it is; or frames × channels.
/// sample_rate : int, optional
///     In Hz; of a file it is known, of an array needed.
/// channels_first : bool
///     Whether an array is channels × frames.
///
/// Returns
/// -------
/// Loudness
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> round(ndaudio.loudness("data/music.wav").integrated(), 1)  # LUFS
/// -17.9
#[pyfunction]
#[pyo3(signature = (audio, sample_rate=None, *, channels_first=false))]
pub(crate) fn loudness(
    py: Python<'_>,
    audio: &Bound<'_, PyAny>,
    sample_rate: Option<u32>,
    channels_first: bool,
) -> PyResult<Loudness> {
    if !audio.is_instance_of::<Reader>() && is_array(audio)? {
        let sample_rate = sample_rate.ok_or_else(|| invalid("sample_rate is needed for an array"))?;
        let samples = Samples::from_python(audio, channels_first)?;
        let mut loudness = Loudness::new(sample_rate, i64::try_from(samples.channels())?)?;
        let meter = loudness.meter()?;
        with_samples!(samples, view => py.detach(|| meter.add(&view)));
        return Ok(loudness);
    }
    let (shared, ours) = match audio.cast::<Reader>() {
        Ok(reader) => (reader.get().shared().clone(), false),
        Err(_) => (Shared::open(audio)?, true),
    };
    let meter = shared.with(py, ndaudio::loudness::of_source);
    if ours {
        shared.close(py)?;
    }
    let spec = shared.spec();
    Ok(Loudness { meter: Some(meter?), sample_rate: spec.sample_rate(), channels: spec.channels() })
}

impl Loudness {
    fn meter(&mut self) -> PyResult<&mut Meter> {
        self.meter.as_mut().ok_or_else(|| invalid("this loudness was merged into another, which has it now"))
    }
}

#[pymethods]
impl Loudness {
    #[new]
    fn new(sample_rate: u32, channels: i64) -> PyResult<Self> {
        let count = usize::try_from(channels).ok().filter(|channels| (1..=64).contains(channels));
        let count = count.ok_or_else(|| invalid(format!("channels must be 1 to 64, not {channels}")))?;
        let meter = Meter::new(&Spec::new(sample_rate, count, Encoding::F32)).map_err(exception)?;
        Ok(Loudness { meter: Some(meter), sample_rate, channels: count })
    }

    /// Measure the frames that follow.
    ///
    /// Parameters
    /// ----------
    /// block : array_like
    ///     Frames × channels, or one axis for mono.
    /// channels_first : bool
    ///     Whether `block` is channels × frames.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> loudness = ndaudio.Loudness(48_000, 1)
    /// >>> loudness.add(np.zeros(48_000))
    /// >>> loudness.integrated()
    /// -inf
    #[pyo3(signature = (block, *, channels_first=false))]
    fn add(&mut self, py: Python<'_>, block: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<()> {
        let block = Samples::from_python(block, channels_first)?;
        block.expect_channels(self.channels)?;
        let meter = self.meter()?;
        with_samples!(block, view => py.detach(|| meter.add(&view)));
        Ok(())
    }

    /// Add another recording, to measure both together as an album. Moves the measurement: `other` has none afterwards.
    ///
    /// Parameters
    /// ----------
    /// other : Loudness
    ///     Of as many channels.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> album = ndaudio.loudness("data/music.wav")
    /// >>> one = album.integrated()
    /// >>> album.merge(ndaudio.loudness("data/music.wav"))
    /// >>> abs(album.integrated() - one) < 1e-9
    /// True
    fn merge(&mut self, other: &Bound<'_, Loudness>) -> PyResult<()> {
        let mut other = other.try_borrow_mut().map_err(|_| invalid("a loudness cannot be merged with itself"))?;
        let (expected, found) = (self.channels, other.channels);
        if expected != found {
            return Err(exception(ndaudio::ErrorKind::ChannelMismatch { expected, found }.into()));
        }
        self.meter()?;
        other.meter()?;
        if let Some(moved) = other.meter.take() {
            self.meter()?.merge(moved);
        }
        Ok(())
    }

    /// Return the loudness of everything measured, gated, in LUFS; -inf of silence.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.loudness("data/music.wav").integrated() < -10
    /// True
    fn integrated(&mut self) -> PyResult<f64> {
        Ok(self.meter()?.integrated())
    }

    /// Return the loudness of the last 400 ms, in LUFS.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.loudness("data/music.wav").momentary() < 0
    /// True
    fn momentary(&mut self) -> PyResult<f64> {
        Ok(self.meter()?.momentary())
    }

    /// Return the loudness of the last 3 s, in LUFS.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.loudness("data/music.wav").short_term() < 0
    /// True
    fn short_term(&mut self) -> PyResult<f64> {
        Ok(self.meter()?.short_term())
    }

    /// Return the loudness range, in LU.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.loudness("data/music.wav").range() >= 0
    /// True
    fn range(&mut self) -> PyResult<f64> {
        Ok(self.meter()?.range())
    }

    /// Return the largest magnitude of each channel's wave, between the samples too; full scale is 1.0.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> loudness = ndaudio.loudness("data/music.wav")
    /// >>> bool((loudness.true_peak() >= loudness.sample_peak() - 1e-6).all())
    /// True
    fn true_peak<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(self.meter()?.true_peak().into_pyarray(py))
    }

    /// Return the largest magnitude of each channel's samples; full scale is 1.0.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.loudness("data/music.wav").sample_peak().round(3)
    /// array([0.708, 0.705])
    fn sample_peak<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(self.meter()?.sample_peak().into_pyarray(py))
    }

    fn __repr__(&self) -> String {
        format!("<ndaudio.Loudness of {} channels at {} Hz>", self.channels, self.sample_rate)
    }

    /// int : Samples per frame.
    #[getter]
    fn channels(&self) -> usize {
        self.channels
    }

    /// int : In Hz.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }
}
