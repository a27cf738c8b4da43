//! Long-term spectral averages.

use ndaudio::{Ltsa as RustLtsa, Source};
use numpy::{IntoPyArray, PyArray1, PyArray3};
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::bands::FilterBank;
use crate::error::{exception, invalid};
use crate::plan::{Plan, Settings, rate};
use crate::reader::{Reader, positive};
use crate::samples::{Samples, with_samples};
use crate::source::Shared;
use crate::spectra::or_hann;

/// Long-term spectral average: densities averaged over rows of a fixed duration, an image of days.
///
/// Rows are counted from the start of the recording, so that shards which begin at a row, by `start`, merge to the bits of one pass.
///
/// Parameters
/// ----------
/// len : int
///     Frames of a window.
/// sample_rate : float
///     In Hz.
/// row_frames : int
///     Frames of a row.
/// hop : int, optional
///     Frames from one window to the next; by default `len`.
/// start : int
///     The frame of the recording that the first block begins at.
/// taper : str or (str, float)
///     As of `Spectrum`.
/// fft_len : int, optional
///     Frames of the transform.
/// bands : FilterBank, optional
///     From `ndaudio.bands`: rows of these bands, instead of bins.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> ltsa = ndaudio.Ltsa(441, 44_100, row_frames=44_100)  # rows of 1 s, bins of 100 Hz
/// >>> ltsa.add_file("data/music.wav")
/// >>> ltsa.end()
/// >>> ltsa.values().shape  # rows × bins × channels
/// (10, 221, 2)
#[pyclass(module = "ndaudio")]
#[derive(Clone)]
pub(crate) struct Ltsa {
    ltsa: RustLtsa<f64>,
    channels: Option<usize>,
    settings: String,
}

impl Ltsa {
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
impl Ltsa {
    #[new]
    #[pyo3(signature = (len, sample_rate, row_frames, *, hop=None, start=0, taper=None, fft_len=None, bands=None),
        text_signature = "(len, sample_rate, row_frames, *, hop=None, start=0, taper='hann', fft_len=None, bands=None)")]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn new(
        py: Python<'_>,
        len: i64,
        sample_rate: f64,
        row_frames: i64,
        hop: Option<i64>,
        start: u64,
        taper: Option<&Bound<'_, PyAny>>,
        fft_len: Option<i64>,
        bands: Option<&Bound<'_, FilterBank>>,
    ) -> PyResult<Self> {
        let taper = or_hann(py, taper)?;
        let Plan::Float64(plan) = Plan::new(len, "float64", &Settings { taper: &taper, fft_len, detrend: None })?
        else {
            return Err(invalid("float64 was planned"));
        };
        let (hop, row_frames) = (positive("hop", hop.unwrap_or(len))?, positive("row_frames", row_frames)?);
        if row_frames < plan.window_len() {
            return Err(invalid(format!("row_frames must be at least len, {len}, not {row_frames}")));
        }
        let (bins, bands) = (plan.bins(), bands.map(|bands| bands.get()));
        if let Some(bands) = bands.filter(|bands| bands.bank.bins() != bins) {
            return Err(invalid(format!("the bands are of {} bins, but the spectra have {bins}", bands.bank.bins())));
        }
        if let Some(bands) = bands.filter(|bands| bands.sample_rate().to_bits() != sample_rate.to_bits()) {
            let (of, rate) = (bands.sample_rate(), sample_rate);
            return Err(invalid(format!("the bands are for a sample rate of {of} Hz, but the audio has {rate} Hz")));
        }
        let mut settings = format!(
            "len={len}, sample_rate={sample_rate}, row_frames={row_frames}, hop={hop}, taper={}, fft_len={}",
            taper.repr()?,
            fft_len.unwrap_or(0),
        );
        let ltsa = RustLtsa::new(plan, rate(sample_rate)?, row_frames as u64).hop(hop).starting_at(start);
        let ltsa = match bands {
            Some(bands) => {
                settings = format!("{settings}, bands={}", bands.settings());
                ltsa.bands(bands.bank.clone())
            }
            None => ltsa,
        };
        Ok(Ltsa { ltsa, channels: None, settings })
    }

    /// Add the frames that follow, of any number.
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
    /// >>> ltsa = ndaudio.Ltsa(4, 8_000, row_frames=8)
    /// >>> ltsa.add(np.zeros(20))
    /// >>> len(ltsa.values())
    /// 2
    #[pyo3(signature = (block, *, channels_first=false))]
    fn add(&mut self, py: Python<'_>, block: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<()> {
        let block = Samples::from_python(block, channels_first)?;
        self.expect_channels(block.channels())?;
        let ltsa = &mut self.ltsa;
        with_samples!(block, view => py.detach(|| ltsa.add(&view)));
        Ok(())
    }

    /// Add everything that is left of a file, in constant memory but for the rows.
    ///
    /// Parameters
    /// ----------
    /// file : path, bytes, file-like object or Reader
    ///     What `open` opens; or a reader, from where it is.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ltsa = ndaudio.Ltsa(4096, 44_100, row_frames=441_000)
    /// >>> ltsa.add_file(ndaudio.open("data/music.wav").mono())
    fn add_file(&mut self, py: Python<'_>, file: &Bound<'_, PyAny>) -> PyResult<()> {
        let (shared, ours) = match file.cast::<Reader>() {
            Ok(reader) => (reader.get().shared().clone(), false),
            Err(_) => (Shared::open(file)?, true),
        };
        self.expect_channels(shared.spec().channels())?;
        let ltsa = &mut self.ltsa;
        let result = shared.with(py, |source| ltsa.add_source(source));
        if ours {
            shared.close(py)?;
        }
        result
    }

    /// Pass over frames that were not recorded.
    ///
    /// Parameters
    /// ----------
    /// frames : int
    ///     How many.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> ltsa = ndaudio.Ltsa(4, 8_000, row_frames=8)
    /// >>> ltsa.add(np.zeros(8))
    /// >>> ltsa.gap(16)
    /// >>> ltsa.add(np.zeros(8))
    /// >>> ltsa.first_frames()
    /// array([ 0, 24], dtype=uint64)
    fn gap(&mut self, frames: u64) {
        self.ltsa.gap(frames);
    }

    /// End the audio: the last row counts with the windows that it has.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> ltsa = ndaudio.Ltsa(4, 8_000, row_frames=8)
    /// >>> ltsa.add(np.zeros(4))
    /// >>> ltsa.end()
    /// >>> ltsa.windows()
    /// array([1], dtype=uint64)
    fn end(&mut self) {
        self.ltsa.end();
    }

    /// Add the rows of another part of the recording, and end this one.
    ///
    /// Parameters
    /// ----------
    /// other : Ltsa
    ///     Of the same arguments but `start`.
    ///
    /// Raises
    /// ------
    /// ArgumentError
    ///     If both have the same row.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> first, next = (ndaudio.Ltsa(4, 8_000, row_frames=8, start=start) for start in (0, 8))
    /// >>> first.add(np.zeros(8)), next.add(np.ones(8))
    /// (None, None)
    /// >>> first.merge(next)
    /// >>> first.first_frames()
    /// array([0, 8], dtype=uint64)
    fn merge(&mut self, other: &Bound<'_, Ltsa>) -> PyResult<()> {
        let other = other.try_borrow().map_or_else(|_| self.clone(), |other| other.clone());
        if self.settings != other.settings {
            return Err(invalid(format!(
                "averages of different settings do not merge: {} and {}",
                self.settings, other.settings
            )));
        }
        if let Some(channels) = other.channels {
            self.expect_channels(channels)?;
        }
        self.ltsa.merge(&other.ltsa).map_err(exception)
    }

    /// Return the finished rows.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Rows × bins × channels, full scale squared per Hz, one-sided; or rows × bands × channels. Without rows that a gap left no window.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Ltsa(4, 8_000, row_frames=8).values().shape[0]
    /// 0
    fn values<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray3<f64>> {
        self.ltsa.values().to_owned().into_pyarray(py)
    }

    /// List the first frame of each finished row.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Ltsa(4, 8_000, row_frames=8).first_frames()
    /// array([], dtype=uint64)
    fn first_frames<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        PyArray1::from_iter(py, self.ltsa.rows().map(|row| row.first_frame()))
    }

    /// Count the windows that each finished row is the mean of.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Ltsa(4, 8_000, row_frames=8).windows()
    /// array([], dtype=uint64)
    fn windows<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        PyArray1::from_iter(py, self.ltsa.rows().map(|row| row.windows()))
    }

    /// List the frequency of each bin, or the centre of each band, in Hz.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Ltsa(4, 8_000, row_frames=8).frequencies()
    /// array([   0., 2000., 4000.])
    fn frequencies<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.ltsa.frequencies().into_pyarray(py)
    }

    /// Return the state as text, with all bits, to store it and merge it elsewhere. Ends the audio.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> isinstance(ndaudio.Ltsa(4, 8_000, row_frames=8).to_json(), str)
    /// True
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&(&self.settings, self.channels, &self.ltsa)).map_err(|error| invalid(error.to_string()))
    }

    /// Make an average of a state that `to_json` gave.
    ///
    /// Parameters
    /// ----------
    /// state : str
    ///     The text.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.Ltsa.from_json(ndaudio.Ltsa(4, 8_000, row_frames=8).to_json()).frequencies()
    /// array([   0., 2000., 4000.])
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, state: &str) -> PyResult<Self> {
        let (settings, channels, ltsa) =
            serde_json::from_str(state).map_err(|error| invalid(format!("not a state of Ltsa: {error}")))?;
        Ok(Ltsa { ltsa, channels, settings })
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let state = this.borrow().to_json()?;
        Ok((this.get_type().getattr("from_json")?, (state,)))
    }

    fn __repr__(&self) -> String {
        format!("<ndaudio.Ltsa of {} rows, {}>", self.ltsa.rows().count(), self.settings)
    }
}
