//! Python file objects as readers and writers.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyBlockingIOError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt};

use crate::error::carry_io;

/// Bytes asked for at a time, at most.
const READ_MAX: usize = 1 << 20;

/// The first exception that an object raised. Decoders may take an error for the end of a damaged file, and go on; what the object raised
/// is raised all the same.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    pub(crate) fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps the exception, and gives it to the reader above.
    fn keep(&self, exception: PyErr) -> io::Error {
        let kept = Python::attach(|py| exception.clone_ref(py));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(kept);
        carry_io(exception)
    }
}

/// An object with `read`, or `write`, and perhaps `seek`. Its exceptions come out of the calls here as themselves.
pub(crate) struct FileLike(Py<PyAny>, Raised);

impl FileLike {
    pub(crate) fn new(object: &Bound<'_, PyAny>) -> Self {
        FileLike(object.clone().unbind(), Raised::default())
    }

    pub(crate) fn raised(&self) -> Raised {
        self.1.clone()
    }

    /// Whether the object says that it can seek; without `seekable`, whether it has `seek`.
    pub(crate) fn can_seek(object: &Bound<'_, PyAny>) -> PyResult<bool> {
        match object.getattr_opt("seekable")? {
            Some(seekable) => seekable.call0()?.is_truthy(),
            None => Ok(object.hasattr("seek")? && object.hasattr("tell")?),
        }
    }
}

impl Read for FileLike {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = out.len().min(READ_MAX);
        let read = |py: Python<'_>| {
            let given = self.0.bind(py).call_method1("read", (wanted,))?;
            if given.is_none() {
                return Err(PyBlockingIOError::new_err("the file-like object has no bytes now; open it as blocking"));
            }
            let bytes = given.cast::<PyBytes>().map_err(|_| {
                let kind = given.get_type();
                PyTypeError::new_err(format!(
                    "read() of the file-like object must return bytes, not {kind}; open it in binary mode"
                ))
            })?;
            let bytes = bytes.as_bytes();
            let Some(room) = out.get_mut(..bytes.len()) else {
                let message = format!("read({wanted}) of the file-like object returned {} bytes", bytes.len());
                return Err(PyValueError::new_err(message));
            };
            room.copy_from_slice(bytes);
            Ok(bytes.len())
        };
        Python::attach(read).map_err(|exception| self.1.keep(exception))
    }
}

impl Seek for FileLike {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let seek = |py: Python<'_>| {
            let object = self.0.bind(py);
            let given = match to {
                SeekFrom::Start(offset) => object.call_method1("seek", (offset, 0))?,
                SeekFrom::Current(offset) => object.call_method1("seek", (offset, 1))?,
                SeekFrom::End(offset) => object.call_method1("seek", (offset, 2))?,
            };
            // Objects before `io` return nothing.
            let given = if given.is_instance_of::<PyInt>() { given } else { object.call_method0("tell")? };
            given.extract::<u64>()
        };
        Python::attach(seek).map_err(|exception| self.1.keep(exception))
    }
}

impl Write for FileLike {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let write = |py: Python<'_>| {
            let given = self.0.bind(py).call_method1("write", (PyBytes::new(py, bytes),))?;
            // Without an answer all was taken, as by objects before `io`.
            let count = if given.is_none() { bytes.len() } else { given.extract::<usize>()? };
            if count > bytes.len() {
                let message = format!("write() of the file-like object took {count} of {} bytes", bytes.len());
                return Err(PyValueError::new_err(message));
            }
            Ok(count)
        };
        Python::attach(write).map_err(carry_io)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flush = |py: Python<'_>| {
            let object = self.0.bind(py);
            if object.hasattr("flush")? { object.call_method0("flush").map(drop) } else { Ok(()) }
        };
        Python::attach(flush).map_err(carry_io)
    }
}
