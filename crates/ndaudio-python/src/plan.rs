//! What spectra are made with: a taper, a transform, a scaling.

use ndarray::{Array3, ArrayView3, Axis};
use ndaudio::spectrum::{Complex, Real};
use ndaudio::{Detrend, Sample, Scaling, Spectrum, Taper};
use numpy::{Element, IntoPyArray, PyArray3, PyArrayMethods};
use pyo3::prelude::*;

use crate::dtype::with_type;
use crate::error::invalid;
use crate::reader::positive;
use crate::samples::{as_batch, dtype_of};

/// A plan in either precision.
#[derive(Clone)]
pub(crate) enum Plan {
    Float32(Spectrum<f32>),
    Float64(Spectrum<f64>),
}

/// Evaluates an expression with `$plan` as the plan of whichever precision.
macro_rules! with_plan {
    ($plan:expr, $inner:ident => $body:expr) => {
        match $plan {
            $crate::plan::Plan::Float32($inner) => $body,
            $crate::plan::Plan::Float64($inner) => $body,
        }
    };
}
pub(crate) use with_plan;

/// The keyword arguments that every plan takes.
pub(crate) struct Settings<'a, 'py> {
    pub(crate) taper: &'a Bound<'py, PyAny>,
    pub(crate) fft_len: Option<i64>,
    pub(crate) detrend: Option<&'a str>,
}

/// "hann", or a taper with its parameter: ("kaiser", 8.6), as in scipy.
pub(crate) fn taper(object: &Bound<'_, PyAny>) -> PyResult<Taper> {
    if let Ok(name) = object.extract::<String>() {
        return Ok(match name.as_str() {
            "boxcar" | "rectangular" => Taper::Boxcar,
            "hann" => Taper::Hann,
            "hamming" => Taper::Hamming,
            "blackman" => Taper::Blackman,
            "blackmanharris" => Taper::BlackmanHarris,
            "flattop" => Taper::FlatTop,
            other => {
                return Err(invalid(format!(
                    "taper {other:?} is not known; use \"hann\", \"hamming\", \"blackman\", \"blackmanharris\", \"flattop\", \
                     \"boxcar\", (\"kaiser\", beta) or (\"tukey\", share)"
                )));
            }
        });
    }
    match object.extract::<(String, f64)>() {
        Ok((name, beta)) if name == "kaiser" && beta.is_finite() && beta >= 0.0 => Ok(Taper::Kaiser(beta)),
        Ok((name, share)) if name == "tukey" && (0.0..=1.0).contains(&share) => Ok(Taper::Tukey(share)),
        _ => Err(invalid("taper must be a name, (\"kaiser\", beta of at least 0) or (\"tukey\", share from 0 to 1)")),
    }
}

pub(crate) fn detrend(name: Option<&str>) -> PyResult<Detrend> {
    match name {
        None => Ok(Detrend::None),
        Some("constant") => Ok(Detrend::Constant),
        Some("linear") => Ok(Detrend::Linear),
        Some(other) => Err(invalid(format!("detrend must be None, \"constant\" or \"linear\", not {other:?}"))),
    }
}

pub(crate) fn rate(sample_rate: f64) -> PyResult<f64> {
    if sample_rate > 0.0 && sample_rate.is_finite() {
        return Ok(sample_rate);
    }
    Err(invalid(format!("sample_rate must be above 0 and finite, not {sample_rate}")))
}

impl Plan {
    /// In double precision if `float64` is asked for, or where that is nobody's choice.
    pub(crate) fn new(len: i64, dtype: &str, settings: &Settings<'_, '_>) -> PyResult<Self> {
        let len = positive("len", len)?;
        let fft_len = match settings.fft_len.map(|fft_len| positive("fft_len", fft_len)).transpose()? {
            Some(fft_len) if fft_len < len => {
                return Err(invalid(format!("fft_len must be at least len, {len}, not {fft_len}")));
            }
            fft_len => fft_len.unwrap_or(len),
        };
        // A transform of more has no memory, and no purpose.
        if fft_len > 1 << 32 {
            return Err(invalid(format!("fft_len must be at most 2^32, not {fft_len}")));
        }
        let (taper, detrend) = (taper(settings.taper)?, detrend(settings.detrend)?);
        Ok(match dtype {
            "float32" => Plan::Float32(Spectrum::new(len).taper(taper).detrend(detrend).fft_len(fft_len)),
            "float64" => Plan::Float64(Spectrum::new(len).taper(taper).detrend(detrend).fft_len(fft_len)),
            other => return Err(invalid(format!("dtype must be \"float32\" or \"float64\", not {other:?}"))),
        })
    }

    pub(crate) fn scaled(self, scaling: Scaling) -> Self {
        match self {
            Plan::Float32(plan) => Plan::Float32(plan.scaling(scaling)),
            Plan::Float64(plan) => Plan::Float64(plan.scaling(scaling)),
        }
    }

    pub(crate) fn window_len(&self) -> usize {
        with_plan!(self, plan => plan.window_len())
    }

    pub(crate) fn bins(&self) -> usize {
        with_plan!(self, plan => plan.bins())
    }

    /// Transforms one window, or a batch of windows.
    pub(crate) fn transform<'py>(
        &mut self,
        object: &Bound<'py, PyAny>,
        channels_first: bool,
        kind: Kind,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (array, one) = as_batch(object, channels_first)?;
        let (given, len) = (numpy::PyUntypedArrayMethods::shape(&array)[1], self.window_len());
        if given != len {
            return Err(invalid(format!("the windows have {given} frames, but the plan is for {len}")));
        }
        let py = object.py();
        let spectra = with_type!(dtype_of(&array)?, T => {
            let lent = array.cast::<PyArray3<T>>()?.try_readonly()?;
            let batch = lent.as_array();
            match self {
                Plan::Float32(plan) => plan_batch::<T, f32>(py, plan, batch, kind),
                Plan::Float64(plan) => plan_batch::<T, f64>(py, plan, batch, kind),
            }
        });
        let spectra = if channels_first { spectra.call_method1("transpose", (0, 2, 1))? } else { spectra };
        if one { spectra.get_item(0) } else { Ok(spectra) }
    }
}

/// What is wanted of a spectrum.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Complex,
    Magnitude,
    Power,
}

fn plan_batch<'py, S, T>(
    py: Python<'py>,
    plan: &mut Spectrum<T>,
    batch: ArrayView3<'_, S>,
    kind: Kind,
) -> Bound<'py, PyAny>
where
    S: Sample,
    T: Real + Element,
    Complex<T>: Element,
{
    let shape = (batch.len_of(Axis(0)), plan.bins(), batch.len_of(Axis(2)));
    if matches!(kind, Kind::Complex) {
        let spectra = py.detach(|| {
            let mut spectra = Array3::<Complex<T>>::default(shape);
            for (window, mut out) in batch.outer_iter().zip(spectra.outer_iter_mut()) {
                plan.complex_into(&window, &mut out);
            }
            spectra
        });
        return spectra.into_pyarray(py).into_any();
    }
    let spectra = py.detach(|| {
        let mut spectra = Array3::<T>::zeros(shape);
        for (window, mut out) in batch.outer_iter().zip(spectra.outer_iter_mut()) {
            match kind {
                Kind::Magnitude => plan.magnitude_into(&window, &mut out),
                _ => plan.power_into(&window, &mut out),
            }
        }
        spectra
    });
    spectra.into_pyarray(py).into_any()
}
