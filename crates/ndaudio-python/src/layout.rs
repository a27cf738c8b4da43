//! Where in a file its samples lie, for Python to map them.

use std::path::PathBuf;

use ndaudio::{Container, Encoding, ErrorKind, WavReader};
use pyo3::prelude::*;

use crate::dtype::Dtype;
use crate::error::exception;

/// The offset of the first sample, frames, channels, and the dtype with its byte order.
#[pyfunction]
pub(crate) fn layout(py: Python<'_>, path: PathBuf) -> PyResult<(u64, u64, usize, String)> {
    let reader = py.detach(|| WavReader::open(&path)).map_err(exception)?;
    let spec = reader.spec();
    let big_endian = reader.container() == Container::Rifx;
    let dtype = match spec.encoding() {
        encoding @ (Encoding::I16
        | Encoding::I12In16
        | Encoding::I32
        | Encoding::I24In32Msb
        | Encoding::F32
        | Encoding::F64) => {
            let name = match Dtype::natural(encoding) {
                Dtype::Int16 => "i2",
                Dtype::Int32 => "i4",
                Dtype::Float32 => "f4",
                Dtype::Float64 => "f8",
            };
            format!("{}{name}", if big_endian { '>' } else { '<' })
        }
        stored => {
            let kind = ErrorKind::WrongEncoding { stored, big_endian, requested: Dtype::natural(stored).name() };
            return Err(exception(ndaudio::Error::new(kind).with_path(&path)));
        }
    };
    // What cannot seek, a pipe, may not know how long it is, and cannot be mapped either.
    let frames = reader.frames().unwrap_or(0);
    let offset = reader.chunks().iter().find(|chunk| chunk.id == *b"data").map_or(0, |chunk| chunk.content_offset);
    Ok((offset, frames, spec.channels(), dtype))
}
