//! Errors of the library as exceptions of `ndaudio/_errors.py`.

use std::error::Error as _;
use std::io;

use ndaudio::{Error, ErrorKind, FormatError};
use pyo3::exceptions::{PyMemoryError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// An exception inside an error of the library, to pass through its readers and come out again as itself.
pub(crate) fn carry(exception: PyErr) -> Error {
    Error::from(carry_io(exception))
}

/// As [`carry`], for what implements `Read`. Always of kind `Other`, so that no reader tries again.
pub(crate) fn carry_io(exception: PyErr) -> io::Error {
    io::Error::other(exception)
}

/// The exception for an error: the one that it carries, `OSError` for the operating system's, else one of `ndaudio.Error`'s tree.
pub(crate) fn exception(error: Error) -> PyErr {
    Python::attach(|py| carried(py, &error).unwrap_or_else(|| build(py, error).unwrap_or_else(|failure| failure)))
}

/// An argument that cannot be; `ValueError`, as everywhere in Python.
pub(crate) fn invalid(message: impl Into<String>) -> PyErr {
    PyValueError::new_err(message.into())
}

/// The exception somewhere below an error, wherever a decoder has put it.
fn carried(py: Python<'_>, error: &Error) -> Option<PyErr> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(error) = next {
        if let Some(exception) = error.downcast_ref::<PyErr>() {
            return Some(exception.clone_ref(py));
        }
        // `io::Error::source` skips the error it was made of.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}

fn build(py: Python<'_>, error: Error) -> PyResult<PyErr> {
    let path = error.path().map(|path| path.as_os_str().to_owned());
    let message = match error.source() {
        Some(source) if !matches!(error.kind(), ErrorKind::Io(_)) => {
            format!("{error}: {source}")
        }
        _ => error.to_string(),
    };
    let class = |name: &str| py.import("ndaudio._errors")?.getattr(name)?.cast_into::<PyType>().map_err(PyErr::from);
    let (mut offset, mut field) = (None, None);
    let name = match error.kind() {
        ErrorKind::Io(source) => return operating_system(py, source, path.as_deref(), &message),
        ErrorKind::Write { frames_safe, frames_written, source } => {
            let value = class("WriteError")?.call1((source.raw_os_error(), message))?;
            value.setattr("frames_safe", frames_safe)?;
            value.setattr("frames_written", frames_written)?;
            value.setattr("path", path)?;
            return Ok(PyErr::from_value(value));
        }
        ErrorKind::Format { offset: at, what } => {
            offset = Some(*at);
            field = match what {
                FormatError::Field { field, .. } => Some(*field),
                _ => None,
            };
            "FormatError"
        }
        ErrorKind::Unsupported { offset: at, .. } => {
            offset = *at;
            "UnsupportedError"
        }
        ErrorKind::Decoder { .. } => "DecoderError",
        ErrorKind::Misaligned { .. } | ErrorKind::WrongEncoding { .. } | ErrorKind::PartialFrame { .. } => "ViewError",
        ErrorKind::ChannelMismatch { .. } => "ChannelMismatchError",
        ErrorKind::SpecMismatch { field: which, .. } => {
            field = Some(*which);
            "SpecMismatchError"
        }
        ErrorKind::SeekPastEnd { .. } => "SeekError",
        ErrorKind::TooLarge { limit, .. } if *limit >= i64::MAX.unsigned_abs() => {
            return Ok(PyMemoryError::new_err(message));
        }
        ErrorKind::TooLarge { .. } => "TooLargeError",
        ErrorKind::InvalidArgument { name, .. } => {
            field = Some(*name);
            "ArgumentError"
        }
        _ => "Error",
    };
    let value = class(name)?.call1((message,))?;
    value.setattr("path", path)?;
    value.setattr("offset", offset)?;
    value.setattr("field", field)?;
    Ok(PyErr::from_value(value))
}

/// `OSError` as Python raises it itself: `FileNotFoundError` and its sisters, with `errno` and `filename`.
fn operating_system(
    py: Python<'_>,
    source: &io::Error,
    path: Option<&std::ffi::OsStr>,
    message: &str,
) -> PyResult<PyErr> {
    let Some(errno) = source.raw_os_error() else {
        // What the error was made of says more than its kind does.
        let message = source.get_ref().map_or_else(|| message.to_owned(), |cause| format!("{message}: {cause}"));
        return Ok(PyOSError::new_err(message));
    };
    let strerror = py.import("os")?.call_method1("strerror", (errno,))?;
    let value = py.get_type::<PyOSError>().call1((errno, strerror, path))?;
    Ok(PyErr::from_value(value))
}
