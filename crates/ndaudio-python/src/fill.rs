//! Frames from a source straight into an array of NumPy's.

use ndarray::{Axis, Slice};
use numpy::{PyArray2, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::dtype::Number;
use crate::error::{exception, invalid};
use crate::source::Shared;

/// Bytes decoded at a time on the way into an array that is not in C order.
const BLOCK_BYTES: usize = 256 << 10;

/// Fills an array, frames × channels, with the next frames: where they begin, and how many there were.
pub(crate) fn fill<T: Number>(shared: &Shared, array: &Bound<'_, PyArray2<T>>) -> PyResult<(u64, usize)> {
    let py = array.py();
    let in_order = array.is_c_contiguous();
    let mut lent = array.try_readwrite()?;
    if in_order {
        let out = lent.as_slice_mut()?;
        return py.detach(|| shared.read(out)).map_err(exception);
    }
    let mut out = lent.as_array_mut();
    py.detach(|| {
        let channels = out.ncols();
        let len = (BLOCK_BYTES / size_of::<T>() / channels).max(1).min(out.nrows());
        let mut block = ndarray::Array2::<T>::zeros((len, channels));
        let (mut first, mut filled) = (None, 0);
        while filled < out.nrows() {
            let wanted = len.min(out.nrows() - filled);
            let mut part = block.slice_axis_mut(Axis(0), Slice::from(..wanted));
            let (position, frames) = match part.as_slice_mut() {
                Some(samples) => shared.read(samples)?,
                None => break,
            };
            first.get_or_insert(position);
            out.slice_axis_mut(Axis(0), Slice::from(filled..filled + frames))
                .assign(&part.slice_axis(Axis(0), Slice::from(..frames)));
            filled += frames;
            if frames < wanted {
                break;
            }
        }
        Ok((first.unwrap_or(0), filled))
    })
    .map_err(exception)
}

/// The caller's array as frames × channels of `T`; `None` unless it is one.
pub(crate) fn target<'py, T: Number>(
    out: &Bound<'py, PyAny>,
    channels: usize,
    channels_first: bool,
) -> PyResult<Bound<'py, PyArray2<T>>> {
    let array = if channels_first { out.getattr("T")? } else { out.clone() };
    let array = array.cast_into::<PyArray2<T>>()?;
    if array.shape()[1] != channels {
        let order = if channels_first { "channels × frames" } else { "frames × channels" };
        return Err(invalid(format!(
            "out is {order}, so it must have {channels} channels; it has {}",
            array.shape()[1]
        )));
    }
    if !array.is_aligned() {
        return Err(invalid("out must be an aligned array"));
    }
    if !array.getattr("flags")?.getattr("writeable")?.is_truthy()? {
        return Err(invalid("out is read-only, so nothing can be read into it"));
    }
    Ok(array)
}

/// The first `frames` rows of an array; the array itself if those are all.
pub(crate) fn rows<'py, T: Number>(array: Bound<'py, PyArray2<T>>, frames: usize) -> PyResult<Bound<'py, PyAny>> {
    if frames == array.shape()[0] {
        return Ok(array.into_any());
    }
    let py = array.py();
    let end = isize::try_from(frames)?;
    array.get_item(pyo3::types::PySlice::new(py, 0, end, 1))
}
