//! Consecutive blocks of a reader.

use pyo3::prelude::*;

use crate::dtype::{Dtype, Number, with_type};
use crate::fill::{fill, rows, target};
use crate::pool::Pool;
use crate::source::Shared;
use ndaudio::Source;

/// Consecutive blocks of a reader, as an iterator; made by `Reader.blocks`.
///
/// Each block is an array, frames × channels; the last one may be short. A block that is kept stays as it is, and its memory is used
/// again only when nobody holds it.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> blocks = ndaudio.open("data/music.wav").blocks(4096, dtype="int16")
/// >>> sum(len(block) for block in blocks)
/// 441000
/// >>> blocks.allocated  # arrays for 108 blocks
/// 2
#[pyclass(module = "ndaudio")]
pub(crate) struct Blocks {
    shared: Shared,
    lender: Box<dyn Lend>,
    position: u64,
    channels_first: bool,
    ended: bool,
}

trait Lend: Send + Sync {
    /// The next block: where it begins, the array, and how many frames of it are there.
    fn next<'py>(&mut self, py: Python<'py>, shared: &Shared) -> PyResult<Option<(u64, Bound<'py, PyAny>, bool)>>;
    fn allocated(&self) -> u64;
}

struct Lender<T> {
    len: usize,
    out: Option<Py<numpy::PyArray2<T>>>,
    pool: Pool<T>,
}

impl<T: Number> Lend for Lender<T> {
    fn next<'py>(&mut self, py: Python<'py>, shared: &Shared) -> PyResult<Option<(u64, Bound<'py, PyAny>, bool)>> {
        let array = match &self.out {
            Some(out) => out.bind(py).clone(),
            None => self.pool.take(py, [self.len, shared.spec().channels()])?,
        };
        let (position, frames) = fill(shared, &array)?;
        let last = frames < self.len;
        Ok(if frames == 0 { None } else { Some((position, rows(array, frames)?, last)) })
    }

    fn allocated(&self) -> u64 {
        self.pool.allocated()
    }
}

impl Blocks {
    pub(crate) fn new(
        py: Python<'_>,
        shared: &Shared,
        len: usize,
        dtype: Dtype,
        out: Option<&Bound<'_, PyAny>>,
        channels_first: bool,
    ) -> PyResult<Self> {
        let channels = shared.spec().channels();
        let len = shared.at_most_all(py, len)?;
        let lender: Box<dyn Lend> = with_type!(dtype, T => {
            let out = out.map(|out| target::<T>(out, channels, channels_first)).transpose()?;
            Box::new(Lender::<T> { len, out: out.map(Bound::unbind), pool: Pool::new() })
        });
        Ok(Blocks { shared: shared.clone(), lender, position: 0, channels_first, ended: false })
    }
}

#[pymethods]
impl Blocks {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        // Unless this goes well: after an error nobody knows which frames would come.
        if std::mem::replace(&mut self.ended, true) {
            return Ok(None);
        }
        let Some((position, block, last)) = self.lender.next(py, &self.shared)? else { return Ok(None) };
        (self.position, self.ended) = (position, last);
        if self.channels_first { block.getattr("T").map(Some) } else { Ok(Some(block)) }
    }

    /// int : The first frame of the block given last, counted from the start of the audio.
    #[getter]
    fn position(&self) -> u64 {
        self.position
    }

    /// int : Arrays that were allocated so far. Two in a loop that keeps none.
    #[getter]
    fn allocated(&self) -> u64 {
        self.lender.allocated()
    }
}
