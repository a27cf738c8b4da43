//! Overlapping windows of a reader, in batches.

use ndarray::{Axis, Slice};
use ndaudio::{Padding, Source, Windows as RustWindows};
use numpy::PyArrayMethods;
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::IntoPyDict;

use crate::dtype::{Dtype, Number, with_type};
use crate::error::{exception, invalid};
use crate::fill::rows;
use crate::pool::Pool;
use crate::source::Shared;

/// Samples of a batch, by default: with its overlaps it still is in the second-level cache when Python gets it.
const BATCH_SAMPLES: usize = 64 << 10;

/// Overlapping windows of a reader in batches, as an iterator; made by `Reader.windows`.
///
/// Each batch is an array, k × len × channels; the last one may have fewer windows. Windows that overlap share their frames in
/// memory, so such a batch cannot be written to. A batch that is kept stays as it is, and its memory is used again only when nobody
/// holds it.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> windows = ndaudio.open("data/music.wav").windows(2048, 512)
/// >>> rms = np.concatenate([ndaudio.rms(batch) for batch in windows])
/// >>> rms.shape  # windows × channels
/// (858, 2)
#[pyclass(module = "ndaudio")]
pub(crate) struct Windows {
    lender: Box<dyn Lend>,
    batch: usize,
    position: u64,
    channels_first: bool,
    ended: bool,
}

trait Lend: Send + Sync {
    /// The next windows, `batch` at the most: where the first begins, and the array, with whether there may be more.
    fn next<'py>(&mut self, py: Python<'py>, batch: usize) -> PyResult<Option<(u64, Bound<'py, PyAny>, bool)>>;
    fn allocated(&self) -> u64;
}

struct Lender<T> {
    windows: RustWindows<Shared, T>,
    len: usize,
    hop: usize,
    channels: usize,
    pool: Pool<T>,
}

impl<T: Number> Lender<T> {
    /// Frames of the buffer from one window to the next: they share what they overlap, and have no gap.
    fn step(&self) -> usize {
        self.hop.min(self.len)
    }

    /// Puts the next windows into the buffer; where the first begins, and how many there were.
    fn fill(&mut self, out: &mut ndarray::ArrayViewMut2<'_, T>, batch: usize) -> ndaudio::Result<(u64, usize)> {
        let (len, step) = (self.len, self.step());
        let (mut first, mut count) = (0, 0);
        while count < batch {
            let Some(window) = self.windows.next()? else { break };
            // Of all but the first only the new frames; the others are there already, from the windows before.
            let new = if count == 0 { 0 } else { len - step };
            let from = count * step;
            out.slice_axis_mut(Axis(0), Slice::from(from + new..from + len))
                .assign(&window.slice_axis(Axis(0), Slice::from(new..)));
            if count == 0 {
                first = self.windows.position();
            }
            count += 1;
        }
        Ok((first, count))
    }
}

impl<T: Number> Lend for Lender<T> {
    fn next<'py>(&mut self, py: Python<'py>, batch: usize) -> PyResult<Option<(u64, Bound<'py, PyAny>, bool)>> {
        let (len, step, channels) = (self.len, self.step(), self.channels);
        let array = self.pool.take(py, [(batch - 1) * step + len, channels])?;
        let (position, count) = {
            let mut lent = array.try_readwrite()?;
            let mut out = lent.as_array_mut();
            py.detach(|| self.fill(&mut out, batch)).map_err(exception)?
        };
        if count == 0 {
            return Ok(None);
        }
        let frames = (count - 1) * step + len;
        let batch_of = rows(array, frames)?;
        let shape = (count, len, channels);
        let array = if step == len {
            batch_of.call_method1("reshape", (shape,))?
        } else {
            overlapping(&batch_of, shape, step)?
        };
        Ok(Some((position, array, count < batch)))
    }

    fn allocated(&self) -> u64 {
        self.pool.allocated()
    }
}

/// Windows of frames × channels in C order, each `step` frames further, as a view.
fn overlapping<'py>(
    frames: &Bound<'py, PyAny>,
    shape: (usize, usize, usize),
    step: usize,
) -> PyResult<Bound<'py, PyAny>> {
    static NDARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = frames.py();
    let (frame, sample): (usize, usize) = frames.getattr("strides")?.extract()?;
    let strides = (step * frame, frame, sample);
    let view = NDARRAY.import(py, "numpy", "ndarray")?.call1((shape, frames.getattr("dtype")?, frames, 0, strides))?;
    let options = [("write", false)].into_py_dict(py)?;
    view.call_method("setflags", (), Some(&options))?;
    Ok(view)
}

/// What `Reader.windows` is asked for besides the length and the hop.
pub(crate) struct Options<'a, 'py> {
    pub(crate) dtype: Dtype,
    pub(crate) centered: bool,
    pub(crate) pad_mode: &'a str,
    pub(crate) pad: Option<&'a Bound<'py, PyAny>>,
    pub(crate) batch: Option<usize>,
    pub(crate) channels_first: bool,
}

impl Windows {
    pub(crate) fn new(
        py: Python<'_>,
        shared: &Shared,
        len: usize,
        hop: usize,
        options: Options<'_, '_>,
    ) -> PyResult<Self> {
        let channels = shared.spec().channels();
        let padding = match options.pad_mode {
            "constant" => Padding::Zero,
            "edge" => Padding::Edge,
            "reflect" => Padding::Reflect,
            other => {
                return Err(invalid(format!("pad_mode must be \"constant\", \"edge\" or \"reflect\", not {other:?}")));
            }
        };
        let step = hop.min(len);
        let per_batch = BATCH_SAMPLES / channels;
        let batch = options.batch.unwrap_or_else(|| per_batch.saturating_sub(len) / step + 1);
        // No more windows than begin within the audio and its padding.
        let batch = batch.min(shared.at_most_all(py, usize::MAX)?.div_ceil(hop).saturating_add(len.div_ceil(hop)));
        let bytes = (batch - 1).checked_mul(step).and_then(|frames| frames.checked_add(len)?.checked_mul(8 * channels));
        if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
            let message = format!("{batch} windows of {len} frames do not fit in memory; ask for fewer per batch");
            return Err(PyMemoryError::new_err(message));
        }
        let lender: Box<dyn Lend> = with_type!(options.dtype, T => {
            let pad = options.pad.map(|pad| pad.extract::<T>()).transpose()?;
            let windows = py.detach(|| RustWindows::<_, T>::new(shared.clone(), len, hop));
            let windows = if options.centered { windows.centered_with(padding) } else { windows };
            let windows = match pad { Some(pad) => windows.pad_end(pad), None => windows };
            Box::new(Lender { windows, len, hop, channels, pool: Pool::new() })
        });
        Ok(Windows { lender, batch, position: 0, channels_first: options.channels_first, ended: false })
    }
}

#[pymethods]
impl Windows {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        // Unless this goes well: after an error nobody knows which frames would come.
        if std::mem::replace(&mut self.ended, true) {
            return Ok(None);
        }
        let Some((position, batch, last)) = self.lender.next(py, self.batch)? else { return Ok(None) };
        (self.position, self.ended) = (position, last);
        if self.channels_first { batch.call_method1("transpose", (0, 2, 1)).map(Some) } else { Ok(Some(batch)) }
    }

    /// int : The first frame of the first window of the batch given last; of centred windows the frame in its middle. Window i of the
    /// batch is at `position + i * hop`.
    #[getter]
    fn position(&self) -> u64 {
        self.position
    }

    /// int : The most windows that a batch has.
    #[getter]
    fn batch(&self) -> usize {
        self.batch
    }

    /// int : Arrays that were allocated so far. Two in a loop that keeps none.
    #[getter]
    fn allocated(&self) -> u64 {
        self.lender.allocated()
    }
}
