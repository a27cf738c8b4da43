//! Buffers that NumPy owns, used again when nobody else holds them.

use std::marker::PhantomData;

use numpy::{PyArray2, PyArrayMethods, PyUntypedArrayMethods, dtype};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::dtype::Number;

/// In `for block in blocks` the variable holds one block while the next is read, so two take turns.
const KEPT: usize = 2;

/// Arrays of one type, handed out again and again.
///
/// An array that Python still holds, itself or through any view of it, has more than the pool's own reference, and stays as it is.
pub(crate) struct Pool<T> {
    arrays: Vec<Py<PyAny>>,
    oldest: usize,
    allocated: u64,
    of: PhantomData<fn() -> T>,
}

impl<T: Number> Pool<T> {
    pub(crate) fn new() -> Self {
        Pool { arrays: Vec::with_capacity(KEPT), oldest: 0, allocated: 0, of: PhantomData }
    }

    /// Arrays that were allocated so far.
    pub(crate) fn allocated(&self) -> u64 {
        self.allocated
    }

    /// An array of this shape, in C order, that nobody else sees. What it holds is left over from before.
    pub(crate) fn take<'py>(&mut self, py: Python<'py>, shape: [usize; 2]) -> PyResult<Bound<'py, PyArray2<T>>> {
        if let Some(array) = self.arrays.iter().find_map(|array| reusable(py, array, shape)) {
            return Ok(array);
        }
        self.allocated += 1;
        let array = allocate::<T>(py, shape)?;
        let kept = array.clone().into_any().unbind();
        if self.arrays.len() < KEPT {
            self.arrays.push(kept);
        } else {
            self.arrays[self.oldest] = kept;
            self.oldest = (self.oldest + 1) % KEPT;
        }
        Ok(array)
    }
}

/// An array of zeros in C order, in memory that costs nothing until it is used; `MemoryError` where there is not enough.
pub(crate) fn allocate<T: Number>(py: Python<'_>, shape: [usize; 2]) -> PyResult<Bound<'_, PyArray2<T>>> {
    static ZEROS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let array = ZEROS.import(py, "numpy", "zeros")?.call1(((shape[0], shape[1]), dtype::<T>(py)))?;
    Ok(array.cast_into::<PyArray2<T>>()?)
}

/// The array, if only the pool holds it and it still is what the pool has made: users can change an array's shape, type and flags.
#[cfg(not(Py_GIL_DISABLED))]
#[expect(deprecated, reason = "its replacement is an unsafe function of the C interface; the count is what is needed")]
fn reusable<'py, T: Number>(py: Python<'py>, array: &Py<PyAny>, shape: [usize; 2]) -> Option<Bound<'py, PyArray2<T>>> {
    // Whoever could see the array holds a reference, and only the thread with the GIL can take another.
    if array.get_refcnt(py) != 1 {
        return None;
    }
    let array = array.bind(py).cast::<PyArray2<T>>().ok()?;
    let intact = array.shape() == shape && array.is_c_contiguous() && array.try_readwrite().is_ok();
    intact.then(|| array.clone())
}

/// Without a GIL a count is out of date as soon as it is read. The interpreter knows whether this thread alone has the array; where it
/// cannot be asked, every array is a new one.
#[cfg(Py_GIL_DISABLED)]
fn reusable<'py, T: Number>(py: Python<'py>, array: &Py<PyAny>, shape: [usize; 2]) -> Option<Bound<'py, PyArray2<T>>> {
    if !uniquely_referenced(py, array)? {
        return None;
    }
    let array = array.bind(py).cast::<PyArray2<T>>().ok()?;
    let intact = array.shape() == shape && array.is_c_contiguous() && array.try_readwrite().is_ok();
    intact.then(|| array.clone())
}

/// Asks `PyUnstable_Object_IsUniquelyReferenced`, which Python has from 3.14 on: through `ctypes`, since a call from here would need
/// `unsafe`. It gets an address, because a reference would be a second one. `None` where it cannot be asked.
#[cfg(Py_GIL_DISABLED)]
fn uniquely_referenced(py: Python<'_>, array: &Py<PyAny>) -> Option<bool> {
    static CHECK: PyOnceLock<Option<Py<PyAny>>> = PyOnceLock::new();
    let find = || {
        let ctypes = py.import("ctypes").ok()?;
        let check = ctypes.getattr("pythonapi").ok()?.getattr("PyUnstable_Object_IsUniquelyReferenced").ok()?;
        check.setattr("argtypes", (ctypes.getattr("c_void_p").ok()?,)).ok()?;
        check.setattr("restype", ctypes.getattr("c_int").ok()?).ok()?;
        Some(check.unbind())
    };
    let check = CHECK.get_or_init(py, find).as_ref()?;
    check.bind(py).call1((array.as_ptr().addr(),)).ok()?.extract::<i32>().ok().map(|unique| unique == 1)
}
