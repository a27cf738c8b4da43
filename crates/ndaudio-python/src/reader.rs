//! Audio that is open for reading.

use ndarray::Array2;
use ndaudio::{DynSource, ErrorKind, Source, Spec};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::blocks::Blocks;
use crate::dtype::{Dtype, Number, with_type};
use crate::encoding;
use crate::error::{exception, invalid};
use crate::fill::{fill, rows, target};
use crate::metadata;
use crate::pool::allocate;
use crate::samples::{as_array, dtype_of};
use crate::source::{Shared, seek_to};
use crate::stages;
use crate::windows::{Options, Windows};
use numpy::{PyArray2, PyUntypedArrayMethods};

/// Bytes of an array that a header's number of frames may allocate. They stay untouched, and so cost nothing, until audio fills them.
const ALLOCATE_MAX: u64 = 1 << 30;

/// Samples by which such an array grows at a time.
const GROW_SAMPLES: usize = 4 << 20;

/// Audio that is open for reading; made by `ndaudio.open`.
///
/// A context manager. Threads may share one: each call then gets frames that no other gets.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> with ndaudio.open("data/music.wav") as reader:
/// ...     reader.seek(44_100)
/// ...     block = reader.read(1_000, dtype="int16")
/// ...     reader.tell()
/// 44100
/// 45100
/// >>> block.shape  # frames × channels
/// (1000, 2)
#[pyclass(module = "ndaudio", frozen)]
pub(crate) struct Reader {
    shared: Shared,
}

impl Reader {
    pub(crate) fn open(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Reader { shared: Shared::open(object)? })
    }

    pub(crate) fn sequence(py: Python<'_>, paths: &[std::path::PathBuf]) -> PyResult<Self> {
        Ok(Reader { shared: Shared::sequence(py, paths)? })
    }

    /// A reader of what a stage gives.
    pub(crate) fn over(source: &Shared, stage: Box<dyn DynSource>) -> Self {
        Reader { shared: Shared::over(source, stage) }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    fn spec(&self) -> &Spec {
        self.shared.spec()
    }
}

/// At least 1, for what Rust would panic about.
pub(crate) fn positive(name: &str, value: i64) -> PyResult<usize> {
    match usize::try_from(value) {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(invalid(format!("{name} must be at least 1, not {value}"))),
    }
}

/// Reads up to `frames` frames, all that are left if negative, into a new array or the caller's.
pub(crate) fn read<'py>(
    py: Python<'py>,
    shared: &Shared,
    frames: i64,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let limit = u64::try_from(frames).ok();
    let given = match out {
        Some(out) => read_into(shared, limit, dtype, out, channels_first)?,
        None => with_type!(Dtype::or_float32(dtype)?, T => read_new::<T>(py, shared, limit)?),
    };
    if channels_first { given.getattr("T") } else { Ok(given) }
}

fn read_new<'py, T: Number>(py: Python<'py>, shared: &Shared, limit: Option<u64>) -> PyResult<Bound<'py, PyAny>> {
    let channels = shared.spec().channels();
    let left = shared.with(py, |source| Ok(source.frames().map(|frames| frames.saturating_sub(source.position()))))?;
    let wanted = match (left, limit) {
        (Some(left), Some(limit)) => Some(left.min(limit)),
        (left, limit) => left.or(limit),
    };
    let frame_bytes = channels as u64 * size_of::<T>() as u64;
    if let Some(wanted) = wanted.filter(|wanted| wanted.saturating_mul(frame_bytes) <= ALLOCATE_MAX) {
        let wanted = usize::try_from(wanted)?;
        let array = allocate::<T>(py, [wanted, channels])?;
        let (_, frames) = fill(shared, &array)?;
        let short = frames < wanted / 2;
        let given = rows(array, frames)?;
        // A header that promised far more does not keep the memory.
        return if short { given.call_method0("copy") } else { Ok(given) };
    }
    // More than should be allocated for a number in a header: grown as it comes.
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let samples = py.detach(|| grow::<T>(shared, limit)).map_err(exception)?;
    Ok(PyArray2::from_owned_array(py, samples).into_any())
}

/// Up to `limit` frames, in memory that grows with them.
fn grow<T: Number>(shared: &Shared, limit: usize) -> ndaudio::Result<Array2<T>> {
    let channels = shared.spec().channels();
    let mut samples: Vec<T> = Vec::new();
    loop {
        let filled = samples.len();
        let frames = (GROW_SAMPLES / channels).max(1).min(limit - filled / channels);
        samples.try_reserve(frames * channels).map_err(|_| ErrorKind::TooLarge {
            what: "audio",
            bytes: (filled as u64).saturating_add(1).saturating_mul(size_of::<T>() as u64),
            limit: i64::MAX.unsigned_abs(),
        })?;
        samples.resize(filled + frames * channels, T::zero());
        let (_, read) = shared.read(&mut samples[filled..])?;
        samples.truncate(filled + read * channels);
        if read < frames || frames == 0 {
            let frames = samples.len() / channels;
            samples.shrink_to_fit();
            return Ok(Array2::from_shape_vec((frames, channels), samples).expect("whole frames were read"));
        }
    }
}

fn read_into<'py>(
    shared: &Shared,
    limit: Option<u64>,
    dtype: Option<&Bound<'py, PyAny>>,
    out: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let found = out_dtype(out, dtype)?;
    with_type!(found, T => {
        let array = target::<T>(out, shared.spec().channels(), channels_first)?;
        let room = array.shape()[0];
        let wanted = limit.map_or(room, |limit| usize::try_from(limit).unwrap_or(usize::MAX).min(room));
        let part = rows(array, wanted)?.cast_into::<PyArray2<T>>()?;
        let (_, frames) = fill(shared, &part)?;
        rows(part, frames)
    })
}

/// The dtype of the caller's array, which `dtype` must not contradict.
fn out_dtype(out: &Bound<'_, PyAny>, dtype: Option<&Bound<'_, PyAny>>) -> PyResult<Dtype> {
    let array = out.cast::<numpy::PyUntypedArray>().map_err(|_| invalid("out must be a NumPy array"))?;
    let found = Dtype::from_descr(&array.dtype())
        .ok_or_else(|| invalid("out must be an array of int16, int32, float32 or float64 in native byte order"))?;
    match dtype.map(Dtype::from_python).transpose()? {
        Some(asked) if asked != found => {
            Err(invalid(format!("dtype is {}, but out is an array of {}", asked.name(), found.name())))
        }
        _ => Ok(found),
    }
}

#[pymethods]
impl Reader {
    /// Read frames from where the reader is.
    ///
    /// Parameters
    /// ----------
    /// frames : int
    ///     How many; all that are left by default.
    /// dtype : dtype
    ///     int16, int32, float32 (the default) or float64. Full scale is 2**15, 2**31 or 1.0; conversions keep it.
    /// out : numpy.ndarray, optional
    ///     Frames × channels to read into, of any order and stride. It decides the dtype, and how many frames at the most.
    /// channels_first : bool
    ///     Whether the array, and `out`, is channels × frames.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Frames × channels; of `out` the part that was filled. Fewer frames than asked for only at the end.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> reader = ndaudio.open("data/music.wav")
    /// >>> reader.read(100, dtype="float64").shape
    /// (100, 2)
    /// >>> reader.read().shape  # the rest
    /// (440900, 2)
    #[pyo3(
        signature = (frames=-1, dtype=None, *, out=None, channels_first=false),
        text_signature = "($self, frames=-1, dtype=None, *, out=None, channels_first=False)"
    )]
    fn read<'py>(
        &self,
        py: Python<'py>,
        frames: i64,
        dtype: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
        channels_first: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        read(py, &self.shared, frames, dtype, out, channels_first)
    }

    /// Go to a frame, which is read next.
    ///
    /// Parameters
    /// ----------
    /// frame : int
    ///     Counted from 0; a negative one from the end.
    ///
    /// Returns
    /// -------
    /// int
    ///     The frame, counted from 0.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> reader = ndaudio.open("data/music.wav")
    /// >>> reader.seek(-1_000)
    /// 440000
    fn seek(&self, py: Python<'_>, frame: i64) -> PyResult<u64> {
        seek_to(py, &self.shared, frame)
    }

    /// Return the frame that is read next.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.open("data/music.wav").tell()
    /// 0
    fn tell(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared.with(py, |source| Ok(source.position()))
    }

    /// Iterate over consecutive blocks from where the reader is.
    ///
    /// Parameters
    /// ----------
    /// len : int
    ///     Frames per block; the last one may be shorter.
    /// dtype : dtype
    ///     int16, int32, float32 (the default) or float64; full scale is 2**15, 2**31 or 1.0.
    /// out : numpy.ndarray, optional
    ///     Frames × channels that every block is read into; `len` is then its length and may be left out.
    /// channels_first : bool
    ///     Whether blocks, and `out`, are channels × frames.
    ///
    /// Returns
    /// -------
    /// Blocks
    ///     An iterator of arrays, frames × channels. Without `out` a block that you keep stays as it is.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> with ndaudio.open("data/music.wav") as reader:
    /// ...     peak = max(abs(block).max() for block in reader.blocks(4096))
    /// >>> round(float(peak), 3)
    /// 0.708
    #[pyo3(signature = (len=None, dtype=None, *, out=None, channels_first=false))]
    fn blocks<'py>(
        &self,
        py: Python<'py>,
        len: Option<i64>,
        dtype: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
        channels_first: bool,
    ) -> PyResult<Blocks> {
        let len = len.map(|len| positive("len", len)).transpose()?;
        let (len, dtype, out) = match out {
            Some(out) => {
                let dtype = out_dtype(out, dtype)?;
                let (frames, out) = shortened(out, len, channels_first)?;
                (frames, dtype, Some(out))
            }
            None => (len.ok_or_else(|| invalid("len is needed, or out"))?, Dtype::or_float32(dtype)?, None),
        };
        Blocks::new(py, &self.shared, len, dtype, out.as_ref(), channels_first)
    }

    /// Iterate over windows of `len` frames, each `hop` frames further, in batches.
    ///
    /// The same windows as `librosa.util.frame` cuts from the whole file, in the memory of a batch.
    ///
    /// Parameters
    /// ----------
    /// len : int
    ///     Frames per window.
    /// hop : int
    ///     Frames from one window to the next.
    /// dtype : dtype
    ///     int16, int32, float32 (the default) or float64; full scale is 2**15, 2**31 or 1.0.
    /// centered : bool
    ///     Whether window i is centred on frame i × hop, with `len // 2` frames of padding at both ends, as librosa's `center=True`.
    /// pad_mode : {"constant", "edge", "reflect"}
    ///     What that padding is: zeros, the first and the last frame, or a mirror image.
    /// pad : number, optional
    ///     Fills up the last window; without it an incomplete window is left out.
    /// batch : int, optional
    ///     The most windows per batch; by default as many as the processor's cache holds.
    /// channels_first : bool
    ///     Whether batches are k × channels × len.
    ///
    /// Returns
    /// -------
    /// Windows
    ///     An iterator of arrays, k × len × channels, not to be written to where windows overlap. A batch that you keep stays as it is.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> reader = ndaudio.open("data/music.wav")
    /// >>> sum(len(batch) for batch in reader.windows(2048, 512))
    /// 858
    #[pyo3(signature = (len, hop, dtype=None, *, centered=false, pad_mode="constant", pad=None, batch=None, channels_first=false))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn windows<'py>(
        &self,
        py: Python<'py>,
        len: i64,
        hop: i64,
        dtype: Option<&Bound<'py, PyAny>>,
        centered: bool,
        pad_mode: &str,
        pad: Option<&Bound<'py, PyAny>>,
        batch: Option<i64>,
        channels_first: bool,
    ) -> PyResult<Windows> {
        let (len, hop) = (positive("len", len)?, positive("hop", hop)?);
        let batch = batch.map(|batch| positive("batch", batch)).transpose()?;
        let dtype = Dtype::or_float32(dtype)?;
        Windows::new(py, &self.shared, len, hop, Options { dtype, centered, pad_mode, pad, batch, channels_first })
    }

    /// Return a reader of the mean of all channels.
    ///
    /// It reads from this reader, which should not be read itself meanwhile; so do `resample`, `filter` and the others.
    ///
    /// Returns
    /// -------
    /// Reader
    ///     Of one channel, in constant memory like this one.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> reader = ndaudio.open("data/music.wav").mono().resample(16_000)
    /// >>> reader.channels, reader.sample_rate, reader.frames
    /// (1, 16000, 160000)
    fn mono(&self, py: Python<'_>) -> Reader {
        stages::mono(&self.shared, py)
    }

    /// Return a reader at another sample rate.
    ///
    /// Parameters
    /// ----------
    /// sample_rate : int
    ///     In Hz.
    /// quality : {"very_high", "high"}
    ///     As of `ndaudio.resample`.
    ///
    /// Returns
    /// -------
    /// Reader
    ///     ⌈frames × rates⌉ frames, without a delay.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> len(ndaudio.open("data/music.wav").resample(48_000).read())
    /// 480000
    #[pyo3(signature = (sample_rate, *, quality="very_high"))]
    fn resample(&self, py: Python<'_>, sample_rate: u32, quality: &str) -> PyResult<Reader> {
        stages::resample(&self.shared, py, sample_rate, quality)
    }

    /// Return a reader of filtered audio.
    ///
    /// Parameters
    /// ----------
    /// sos : array_like
    ///     Second-order sections × 6, from here or from `scipy.signal`.
    ///
    /// Returns
    /// -------
    /// Reader
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> reader = ndaudio.open("data/music.wav").filter(ndaudio.butterworth(4, 100, 44_100, "highpass"))
    /// >>> reader.frames
    /// 441000
    fn filter(&self, py: Python<'_>, sos: &Bound<'_, PyAny>) -> PyResult<Reader> {
        stages::filter(&self.shared, py, sos)
    }

    /// Return a reader of the frames from `start` up to and without `stop`.
    ///
    /// Parameters
    /// ----------
    /// start, stop : int
    ///     Counted from 0; without `stop` to the end.
    ///
    /// Returns
    /// -------
    /// Reader
    ///     Its own frames are counted from 0.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.open("data/music.wav").section(44_100, 88_200).frames
    /// 44100
    #[pyo3(signature = (start, stop=None))]
    fn section(&self, py: Python<'_>, start: u64, stop: Option<u64>) -> PyResult<Reader> {
        stages::section(&self.shared, py, start, stop)
    }

    /// Return a reader of some of the channels, in this order.
    ///
    /// Parameters
    /// ----------
    /// channels : sequence of int
    ///     Counted from 0; one may be listed more than once.
    ///
    /// Returns
    /// -------
    /// Reader
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.open("data/music.wav").select_channels([1, 0, 1]).channels
    /// 3
    fn select_channels(&self, py: Python<'_>, channels: Vec<usize>) -> PyResult<Reader> {
        stages::select_channels(&self.shared, py, channels)
    }

    /// Return a reader of louder or softer audio.
    ///
    /// Parameters
    /// ----------
    /// factor : float
    ///     What every sample is multiplied by. Integers are rounded half to even, and saturate.
    ///
    /// Returns
    /// -------
    /// Reader
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.levels(ndaudio.open("data/music.wav").gain(0.5)).peak().round(3)
    /// array([0.354, 0.352])
    fn gain(&self, py: Python<'_>, factor: f64) -> PyResult<Reader> {
        stages::gain(&self.shared, py, factor)
    }

    /// Close the file. Reading from it, or from its blocks and windows, then raises `ValueError`.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> reader = ndaudio.open("data/music.wav")
    /// >>> reader.close()
    /// >>> reader.closed
    /// True
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.shared.close(py)
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.shared.close(py)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let name = self.shared.path().map_or_else(String::new, |path| format!("{:?} ", path.display().to_string()));
        let closed = if self.shared.is_closed(py) { ", closed" } else { "" };
        format!("<ndaudio.Reader {name}({}{closed})>", self.spec())
    }

    /// bool : Whether the reader was closed.
    #[getter]
    fn closed(&self, py: Python<'_>) -> bool {
        self.shared.is_closed(py)
    }

    /// int : Frames per second, in Hz.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.spec().sample_rate()
    }

    /// int : Samples per frame.
    #[getter]
    fn channels(&self) -> usize {
        self.spec().channels()
    }

    /// int or None : Frames in all; None where nobody knows, as on a pipe.
    #[getter]
    fn frames(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.shared.with(py, |source| Ok(source.frames()))
    }

    /// float or None : How long the audio is, in seconds.
    #[getter]
    fn duration(&self, py: Python<'_>) -> PyResult<Option<f64>> {
        Ok(seconds(self.frames(py)?, self.sample_rate()))
    }

    /// str : How a sample is stored: "i16", "i24", "f32" …
    #[getter]
    fn encoding(&self) -> &'static str {
        encoding::name(self.spec().encoding())
    }

    /// str : The dtype that holds the stored samples without loss.
    #[getter]
    fn dtype(&self) -> &'static str {
        Dtype::natural(self.spec().encoding()).name()
    }

    /// str : The kind of file: "riff", "rf64", "wave64" …
    #[getter]
    fn format(&self) -> &str {
        self.shared.format()
    }

    /// list of Anomaly : What the file got wrong, and how it was read. Empty for an intact file. Some show only while the audio is read.
    #[getter]
    fn anomalies<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        metadata::anomalies(py, &self.shared)
    }

    /// Metadata : What the known chunks and tags of the file say; of a sequence those of its first file.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        metadata::metadata(py, &self.shared)
    }

    /// RecordingTime or None : When the first frame of the file was recorded, if its metadata or its name says so; of a section as well.
    #[getter]
    fn start_time<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        metadata::start_time(py, &self.shared)
    }

    /// list of Chunk : The chunks of a WAVE file, in its order; empty for other formats, and for what `mono`, `resample` and the others give.
    #[getter]
    fn chunks<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        metadata::chunks(py, &self.shared)
    }

    /// Read the content of the first chunk with an id.
    ///
    /// Parameters
    /// ----------
    /// id : str
    ///     Four characters.
    ///
    /// Returns
    /// -------
    /// bytes or None
    ///     None if there is no such chunk.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> len(ndaudio.open("data/music.wav").chunk("fmt "))
    /// 16
    fn chunk<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let id = metadata::id_bytes(id)?;
        let content = self.shared.with(py, |source| source.opened().chunk(id))?;
        Ok(content.map(|content| PyBytes::new(py, &content)))
    }

    /// list of SequenceFile : The files of a `sequence`, with where each begins; empty for anything else.
    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        metadata::files(py, &self.shared)
    }

    /// List where one file of a `sequence` does not begin when the file before it ends.
    ///
    /// Parameters
    /// ----------
    /// tolerance : float
    ///     In seconds: shorter gaps and overlaps are left out.
    ///
    /// Returns
    /// -------
    /// list of Gap
    ///     Empty for anything but a sequence, and where files do not say when they began.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.sequence(["data/music.wav", "data/music.wav"]).gaps()
    /// []
    #[pyo3(signature = (tolerance=2.0))]
    fn gaps<'py>(&self, py: Python<'py>, tolerance: f64) -> PyResult<Vec<Bound<'py, PyAny>>> {
        metadata::gaps(py, &self.shared, tolerance)
    }
}

/// The first `len` frames of the caller's array, and how many those are.
fn shortened<'py>(
    out: &Bound<'py, PyAny>,
    len: Option<usize>,
    channels_first: bool,
) -> PyResult<(usize, Bound<'py, PyAny>)> {
    let array = as_array(out)?;
    let dtype = dtype_of(&array)?;
    let axis = usize::from(channels_first);
    let room = array.shape().get(axis).copied().unwrap_or(0);
    let len = len.unwrap_or(room);
    if len > room || len == 0 {
        return Err(invalid(format!("out must have room for {} frames; it has room for {room}", len.max(1))));
    }
    let part = with_type!(dtype, T => {
        let in_frames = if channels_first { out.getattr("T")? } else { out.clone() };
        rows(in_frames.cast_into::<PyArray2<T>>()?, len)?
    });
    Ok((len, if channels_first { part.getattr("T")? } else { part }))
}

#[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames")]
pub(crate) fn seconds(frames: Option<u64>, sample_rate: u32) -> Option<f64> {
    (sample_rate > 0).then_some(())?;
    Some(frames? as f64 / f64::from(sample_rate))
}
