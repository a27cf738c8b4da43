//! Arrays of audio that come from Python: of any dtype, order and stride.

use numpy::{PyArray2, PyArrayDescrMethods, PyArrayMethods, PyReadonlyArray2, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::dtype::{Dtype, Number};
use crate::error::invalid;

/// Frames × channels of one of the sample types, lent by NumPy.
pub(crate) enum Samples<'py> {
    Int16(PyReadonlyArray2<'py, i16>),
    Int32(PyReadonlyArray2<'py, i32>),
    Float32(PyReadonlyArray2<'py, f32>),
    Float64(PyReadonlyArray2<'py, f64>),
}

/// Evaluates an expression with `$view` as the view of whichever type it is.
macro_rules! with_samples {
    ($samples:expr, $view:ident => $body:expr) => {
        match &$samples {
            $crate::samples::Samples::Int16(array) => {
                let $view = array.as_array();
                $body
            }
            $crate::samples::Samples::Int32(array) => {
                let $view = array.as_array();
                $body
            }
            $crate::samples::Samples::Float32(array) => {
                let $view = array.as_array();
                $body
            }
            $crate::samples::Samples::Float64(array) => {
                let $view = array.as_array();
                $body
            }
        }
    };
}
pub(crate) use with_samples;

impl<'py> Samples<'py> {
    /// Takes an array, or what NumPy makes one of; copies only if the type or the byte order is another than a sample's.
    ///
    /// One axis is mono. With `channels_first` the array is channels × frames.
    pub(crate) fn from_python(object: &Bound<'py, PyAny>, channels_first: bool) -> PyResult<Self> {
        let array = as_array(object)?;
        let array = match array.ndim() {
            1 => array.call_method1("reshape", (array.len(), 1))?.cast_into::<PyUntypedArray>()?,
            2 if channels_first => array.getattr("T")?.cast_into::<PyUntypedArray>()?,
            2 => array,
            axes => {
                let message = format!("audio is frames × channels, or one axis for mono; this array has {axes} axes");
                return Err(PyValueError::new_err(message));
            }
        };
        let channels = array.shape()[1];
        if channels == 0 || channels > ndaudio::MAX_CHANNELS {
            let message = format!("audio has 1 to {} channels; this array has {channels}", ndaudio::MAX_CHANNELS);
            return Err(PyValueError::new_err(message));
        }
        Ok(match dtype_of(&array)? {
            Dtype::Int16 => Samples::Int16(lend(&array)?),
            Dtype::Int32 => Samples::Int32(lend(&array)?),
            Dtype::Float32 => Samples::Float32(lend(&array)?),
            Dtype::Float64 => Samples::Float64(lend(&array)?),
        })
    }

    pub(crate) fn channels(&self) -> usize {
        with_samples!(self, view => view.ncols())
    }

    pub(crate) fn dtype(&self) -> Dtype {
        match self {
            Samples::Int16(_) => Dtype::Int16,
            Samples::Int32(_) => Dtype::Int32,
            Samples::Float32(_) => Dtype::Float32,
            Samples::Float64(_) => Dtype::Float64,
        }
    }

    /// Refuses audio of another number of channels.
    pub(crate) fn expect_channels(&self, expected: usize) -> PyResult<()> {
        let found = self.channels();
        if found == expected {
            return Ok(());
        }
        let kind = ndaudio::ErrorKind::ChannelMismatch { expected, found };
        Err(crate::error::exception(ndaudio::Error::new(kind)))
    }
}

/// The array of native numbers at addresses that they may have, in one of the sample types.
pub(crate) fn as_array<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let array = match object.cast::<PyUntypedArray>() {
        Ok(array) => array.clone(),
        Err(_) => ASARRAY.import(py, "numpy", "asarray")?.call1((object,))?.cast_into::<PyUntypedArray>()?,
    };
    let dtype = array.dtype();
    let convert = |array: &Bound<'py, PyUntypedArray>, to: Bound<'py, PyAny>| -> PyResult<Bound<'py, PyUntypedArray>> {
        Ok(array.call_method1("astype", (to,))?.cast_into::<PyUntypedArray>()?)
    };
    let array = match (dtype.kind(), dtype.itemsize()) {
        (b'i', 2 | 4) | (b'f', 4 | 8) if Dtype::from_descr(&dtype).is_some() => array,
        // Of the other byte order.
        (b'i', 2 | 4) | (b'f', 4 | 8) => convert(&array, dtype.call_method1("newbyteorder", ("=",))?)?,
        // Every number of 16 bits is one of 32.
        (b'f', 2) => convert(&array, Dtype::Float32.name().into_pyobject(py)?.into_any())?,
        _ => {
            let message = format!(
                "samples of {dtype} have no agreed full scale; convert to int16, int32, float32 or float64 first \
                 (astype keeps numbers, so scale them: full scale is 2^15, 2^31 or 1.0)"
            );
            return Err(PyTypeError::new_err(message));
        }
    };
    if array.is_aligned() { Ok(array) } else { Ok(array.call_method0("copy")?.cast_into::<PyUntypedArray>()?) }
}

pub(crate) fn dtype_of(array: &Bound<'_, PyUntypedArray>) -> PyResult<Dtype> {
    Dtype::from_descr(&array.dtype()).ok_or_else(|| invalid("a sample type is needed"))
}

fn lend<'py, T: Number>(array: &Bound<'py, PyUntypedArray>) -> PyResult<PyReadonlyArray2<'py, T>> {
    let array = array.as_any().cast::<PyArray2<T>>()?;
    Ok(array.try_readonly()?)
}

/// An array as k × frames × channels of one of the sample types, and whether it was one window: frames × channels, or mono on one axis.
pub(crate) fn as_batch<'py>(
    object: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<(Bound<'py, PyUntypedArray>, bool)> {
    let py = object.py();
    let array = as_array(object)?;
    let one = array.ndim() < 3;
    let array = match array.ndim() {
        1 => array.call_method1("reshape", ((1, array.len(), 1),))?,
        2 if channels_first => array.getattr("T")?.get_item((py.None(), py.Ellipsis()))?,
        2 => array.get_item((py.None(), py.Ellipsis()))?,
        3 if channels_first => array.call_method1("transpose", (0, 2, 1))?,
        3 => array.into_any(),
        axes => {
            let message = format!("audio is frames × channels, or a batch of such; this array has {axes} axes");
            return Err(invalid(message));
        }
    };
    let array = array.cast_into::<PyUntypedArray>()?;
    if array.shape()[2] == 0 {
        return Err(invalid("audio has at least one channel; this array has none"));
    }
    Ok((array, one))
}
