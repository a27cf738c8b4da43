//! Changes of whole arrays.

use ndarray::Array2;
use ndaudio::gain;
use numpy::IntoPyArray;
use pyo3::prelude::*;

use crate::dtype::Number;
use crate::error::{exception, invalid};
use crate::samples::{Samples, with_samples};

/// An array, frames × channels, in the shape that the caller's has: one axis, or channels first.
pub(crate) fn shaped_like<'py, T: Number>(
    changed: Array2<T>,
    given: &Bound<'py, PyAny>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let changed = changed.into_pyarray(given.py()).into_any();
    if given.getattr_opt("ndim")?.map(|ndim| ndim.extract::<usize>()).transpose()? == Some(1) {
        return changed.call_method1("reshape", (-1,));
    }
    if channels_first { changed.getattr("T") } else { Ok(changed) }
}

/// Make audio louder or softer.
///
/// Parameters
/// ----------
/// samples : array_like
///     Frames × channels, or one axis for mono, of any order and stride.
/// factor : float or sequence of float, optional
///     What every sample is multiplied by; a sequence has one for each channel.
/// db : float, optional
///     The same in dB: 20 · log10(factor).
/// channels_first : bool
///     Whether `samples`, and the result, is channels × frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     Of the same dtype. Integers are rounded half to even, and saturate instead of wrapping.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> ndaudio.gain(np.array([[100, 20_000]], dtype="int16"), 2.5)
/// array([[  250, 32767]], dtype=int16)
/// >>> ndaudio.gain(np.array([[0.5]]), db=-20)
/// array([[0.05]])
#[pyfunction(name = "gain")]
#[pyo3(signature = (samples, factor=None, *, db=None, channels_first=false))]
pub(crate) fn apply_gain<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    factor: Option<&Bound<'py, PyAny>>,
    db: Option<f64>,
    channels_first: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let lent = Samples::from_python(samples, channels_first)?;
    let channels = lent.channels();
    let factors = match (factor, db) {
        (Some(factor), None) => match factor.extract::<f64>() {
            Ok(factor) => vec![factor],
            Err(_) => factor.extract::<Vec<f64>>()?,
        },
        (None, Some(db)) => vec![gain::factor_from_db(db).map_err(exception)?],
        _ => return Err(invalid("either factor or db is needed")),
    };
    if let Some(factor) = factors.iter().find(|factor| !factor.is_finite()) {
        return Err(invalid(format!("a factor must be finite, not {factor}")));
    }
    if factors.len() != 1 && factors.len() != channels {
        let message = format!("{} factors do not fit {channels} channels", factors.len());
        return Err(invalid(message));
    }
    with_samples!(lent, view => {
        let changed = py.detach(|| {
            let mut changed = view.as_standard_layout().into_owned();
            match factors.as_slice() {
                [factor] => gain::apply(&mut changed, *factor),
                factors => gain::apply_per_channel(&mut changed, factors),
            };
            changed
        });
        shaped_like(changed, samples, channels_first)
    })
}
