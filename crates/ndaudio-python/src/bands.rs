//! Bands of frequencies.

use ndarray::{Array3, ArrayView3, Axis};
use ndaudio::FilterBank as RustBank;
use ndaudio::spectrum::Real;
use ndaudio::spectrum::bands;
use numpy::{Element, IntoPyArray, PyArray1, PyArray2, PyArray3, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::error::invalid;
use crate::features::{as_spectra, is_float32};
use crate::plan::rate;
use crate::reader::positive;

/// Bands of frequencies, and how much of each bin belongs to which; made by the functions of `ndaudio.bands`.
///
/// Of densities (power per Hz) it gives the power in each band, or with `per_hertz` the mean density.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> frequencies, density = ndaudio.welch("data/music.wav", len=4096)
/// >>> bank = ndaudio.bands.third_octave(44_100, 4096, 100, 10_000)
/// >>> bank.apply(density).shape  # bands × channels
/// (21, 2)
/// >>> bank.centers().round()[8:13]
/// array([ 631.,  794., 1000., 1259., 1585.])
#[pyclass(module = "ndaudio", frozen)]
pub(crate) struct FilterBank {
    pub(crate) bank: RustBank,
    recipe: Recipe,
}

/// The arguments that a bank was made with, to store it and to compare it.
type Recipe = (String, f64, i64, Vec<f64>, bool);

/// Makes a bank; `numbers` are the ends of a range, or edges.
#[pyfunction]
pub(crate) fn filter_bank(
    kind: &str,
    sample_rate: f64,
    fft_len: i64,
    numbers: Vec<f64>,
    per_hertz: bool,
) -> PyResult<FilterBank> {
    let (hertz, len) = (rate(sample_rate)?, positive("fft_len", fft_len)?);
    let range = || match numbers[..] {
        [low, high] if low > 0.0 && low < high && high.is_finite() => Ok(low..high),
        _ => {
            Err(invalid(format!("low must be above 0 and below high, which must be finite; these are {numbers:?} Hz")))
        }
    };
    let bank = match kind {
        "octave" => bands::octave(hertz, len, range()?),
        "octave_base_2" => bands::octave_base_2(hertz, len, range()?),
        "third_octave" => bands::third_octave(hertz, len, range()?),
        "third_octave_base_2" => bands::third_octave_base_2(hertz, len, range()?),
        "decidecade" => bands::decidecade(hertz, len, range()?),
        "hybrid_millidecade" => bands::hybrid_millidecade(hertz, len),
        "from_edges" => {
            if numbers.len() < 2 || !numbers.iter().all(|edge| edge.is_finite()) || !numbers.is_sorted_by(|a, b| a < b)
            {
                return Err(invalid("edges must be at least two finite frequencies, each above the one before"));
            }
            bands::from_edges(hertz, len, &numbers)
        }
        other => return Err(invalid(format!("there are no bands of kind {other:?}"))),
    };
    let bank = if per_hertz { bank.per_hertz() } else { bank };
    Ok(FilterBank { bank, recipe: (kind.to_owned(), sample_rate, fft_len, numbers, per_hertz) })
}

#[pymethods]
impl FilterBank {
    /// Sum up spectra.
    ///
    /// Parameters
    /// ----------
    /// spectra : array_like
    ///     Bins × channels, one axis for mono, or k × bins × channels: densities or powers, not decibels.
    /// channels_first : bool
    ///     Whether the channels come before the bins, and before the bands.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Bands × channels, or k × bands × channels; float32 of float32, else float64.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> bank = ndaudio.bands.from_edges(8_000, 8, [750, 2_500])
    /// >>> bank.apply(np.ones((5, 1)))  # 1 per Hz, over 1,750 Hz
    /// array([[1750.]])
    #[pyo3(signature = (spectra, *, channels_first=false))]
    fn apply<'py>(
        &self,
        py: Python<'py>,
        spectra: &Bound<'py, PyAny>,
        channels_first: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (array, one) = as_spectra(spectra, channels_first)?;
        let (given, bins) = (array.shape()[1], self.bank.bins());
        if given != bins {
            return Err(invalid(format!("the spectra have {given} bins, but the bands are of {bins}")));
        }
        let sums = if is_float32(&array) {
            let lent = array.cast::<PyArray3<f32>>()?.try_readonly()?;
            self.apply_batch(py, lent.as_array())
        } else {
            let lent = array.cast::<PyArray3<f64>>()?.try_readonly()?;
            self.apply_batch(py, lent.as_array())
        };
        let sums = if channels_first { sums.call_method1("transpose", (0, 2, 1))? } else { sums };
        if one { sums.get_item(0) } else { Ok(sums) }
    }

    /// Return the weights as a matrix, whose product with a spectrum is what `apply` gives.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///     Bands × bins, in Hz: how much of each bin's width lies in the band.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.bands.from_edges(8_000, 8, [750, 2_500]).matrix()
    /// array([[   0.,  750., 1000.,    0.,    0.]])
    fn matrix<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.bank.matrix().into_pyarray(py)
    }

    /// List the centres of the bands in Hz.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.bands.octave(44_100, 4096, 900, 2_100).centers().round()
    /// array([1000., 1995.])
    fn centers<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.bank.centers().into_pyarray(py)
    }

    /// List the lower edges of the bands in Hz.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.bands.from_edges(8_000, 8, [750, 2_500]).lower_edges()
    /// array([750.])
    fn lower_edges<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.bank.lower_edges().into_pyarray(py)
    }

    /// List the upper edges of the bands in Hz.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio
    /// >>> ndaudio.bands.from_edges(8_000, 8, [750, 2_500]).upper_edges()
    /// array([2500.])
    fn upper_edges<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.bank.upper_edges().into_pyarray(py)
    }

    /// int : Bins of the spectra that the bands are of.
    #[getter]
    fn bins(&self) -> usize {
        self.bank.bins()
    }

    fn __len__(&self) -> usize {
        self.bank.bands()
    }

    fn __eq__(&self, other: &Bound<'_, FilterBank>) -> bool {
        self.recipe == other.get().recipe
    }

    fn __repr__(&self) -> String {
        format!("<ndaudio.FilterBank of {} bands, {}>", self.bank.bands(), self.settings())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Recipe)> {
        Ok((py.import("ndaudio._ndaudio")?.getattr("filter_bank")?, self.recipe.clone()))
    }
}

impl FilterBank {
    pub(crate) fn sample_rate(&self) -> f64 {
        self.recipe.1
    }

    /// What it was made with, in words.
    pub(crate) fn settings(&self) -> String {
        let (kind, sample_rate, fft_len, numbers, per_hertz) = &self.recipe;
        format!("{kind} {numbers:?} Hz, sample_rate={sample_rate}, fft_len={fft_len}, per_hertz={per_hertz}")
    }

    fn apply_batch<'py, T: Real + Element>(&self, py: Python<'py>, spectra: ArrayView3<'_, T>) -> Bound<'py, PyAny> {
        let shape = (spectra.len_of(Axis(0)), self.bank.bands(), spectra.len_of(Axis(2)));
        let sums = py.detach(|| {
            let mut sums = Array3::<T>::zeros(shape);
            for (spectrum, mut out) in spectra.outer_iter().zip(sums.outer_iter_mut()) {
                self.bank.apply_into(&spectrum, &mut out);
            }
            sums
        });
        sums.into_pyarray(py).into_any()
    }
}
