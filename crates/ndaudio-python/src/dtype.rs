//! Which sample type is meant.

use ndaudio::{Encoding, Sample};
use numpy::{Element, PyArrayDescr, PyArrayDescrMethods, dtype};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// What arrays of audio are made of here and in NumPy.
pub(crate) trait Number: Sample + Element {}
impl<T: Sample + Element> Number for T {}

/// One of the four sample types, at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dtype {
    Int16,
    Int32,
    Float32,
    Float64,
}

/// Evaluates an expression with `$T` as the type that a [`Dtype`] stands for.
macro_rules! with_type {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::dtype::Dtype::Int16 => {
                type $T = i16;
                $body
            }
            $crate::dtype::Dtype::Int32 => {
                type $T = i32;
                $body
            }
            $crate::dtype::Dtype::Float32 => {
                type $T = f32;
                $body
            }
            $crate::dtype::Dtype::Float64 => {
                type $T = f64;
                $body
            }
        }
    };
}
pub(crate) use with_type;

impl Dtype {
    /// From whatever NumPy takes for a dtype: a name, a type, a `numpy.dtype`.
    pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        // The usual ones, without a way through NumPy.
        if let Ok(name) = object.cast::<PyString>() {
            match name.to_cow()?.as_ref() {
                "int16" => return Ok(Dtype::Int16),
                "int32" => return Ok(Dtype::Int32),
                "float32" => return Ok(Dtype::Float32),
                "float64" => return Ok(Dtype::Float64),
                _ => {}
            }
        }
        let descr = PyArrayDescr::new(object.py(), object)?;
        Self::from_descr(&descr)
            .ok_or_else(|| PyTypeError::new_err(format!("dtype must be int16, int32, float32 or float64, not {descr}")))
    }

    /// As [`from_python`](Self::from_python), with `float32` for nothing.
    pub(crate) fn or_float32(object: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        object.map_or(Ok(Dtype::Float32), Self::from_python)
    }

    pub(crate) fn from_descr(descr: &Bound<'_, PyArrayDescr>) -> Option<Self> {
        let py = descr.py();
        [
            (Dtype::Float32, dtype::<f32>(py)),
            (Dtype::Int16, dtype::<i16>(py)),
            (Dtype::Float64, dtype::<f64>(py)),
            (Dtype::Int32, dtype::<i32>(py)),
        ]
        .into_iter()
        .find_map(|(found, of)| descr.is_equiv_to(&of).then_some(found))
    }

    /// The type that holds an encoding's samples without loss, in as few bytes as possible.
    pub(crate) fn natural(encoding: Encoding) -> Self {
        match encoding {
            Encoding::U8 | Encoding::I12In16 | Encoding::I16 | Encoding::ALaw | Encoding::MuLaw => Dtype::Int16,
            Encoding::F32 => Dtype::Float32,
            Encoding::F64 => Dtype::Float64,
            _ => Dtype::Int32,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Dtype::Int16 => "int16",
            Dtype::Int32 => "int32",
            Dtype::Float32 => "float32",
            Dtype::Float64 => "float64",
        }
    }
}
