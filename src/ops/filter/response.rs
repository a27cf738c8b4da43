//! Frequency responses.

use std::f64::consts::PI;

use ndarray::Array1;
use num_complex::Complex;

use super::sos::Sos;

/// Computes the frequency response at each of `frequencies`, in Hz.
///
/// The magnitude is the gain, the argument the phase. Equal to `scipy.signal.freqz_sos(sos, frequencies, fs=sample_rate)`.
///
/// # Panics
/// Unless the sample rate is above 0 and finite.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let sos = filter::butterworth(4, Band::Highpass(100.0), 48_000);
/// let response = filter::freqz(&sos, [10.0, 100.0, 1_000.0], 48_000);
/// let decibels = response.map(|h| 20.0 * h.norm().log10());
/// assert!((decibels[0] + 80.0).abs() < 0.01);
/// assert!((decibels[1] + 3.0103).abs() < 1e-4);
/// assert!(decibels[2].abs() < 1e-3);
/// ```
#[must_use]
#[track_caller]
pub fn freqz(
    sos: &Sos,
    frequencies: impl IntoIterator<Item = f64>,
    sample_rate: impl Into<f64>,
) -> Array1<Complex<f64>> {
    let sample_rate = sample_rate.into();
    assert!(sample_rate > 0.0 && sample_rate.is_finite(), "sample_rate ({sample_rate}) must be above 0 and finite");
    frequencies.into_iter().map(|frequency| at(sos, frequency, sample_rate)).collect()
}

/// The response at one frequency.
pub(super) fn at(sos: &Sos, frequency: f64, sample_rate: f64) -> Complex<f64> {
    let delay = Complex::from_polar(1.0, -2.0 * PI * frequency / sample_rate);
    let polynomial = |[c0, c1, c2]: [f64; 3]| (delay * c2 + c1) * delay + c0;
    sos.as_slice().iter().map(|&[b0, b1, b2, a0, a1, a2]| polynomial([b0, b1, b2]) / polynomial([a0, a1, a2])).product()
}
