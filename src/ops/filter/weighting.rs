//! Frequency weightings of sound level meters.

use std::f64::consts::PI;

use num_complex::Complex;

use super::band::check_rate;
use super::expect;
use super::response;
use super::sos::Sos;
use super::zpk::Zpk;
use crate::error::{Error, Result};

/// The pole frequencies f1, f2, f3 and f4 of the analog filters, in Hz. Source: IEC 61672-1:2013, annex E, equations E.2 to E.4, which
/// give them from f_L = 10^1.5 Hz, f_H = 10^3.9 Hz, f_A = 10^2.45 Hz and f_R = 1000 Hz, rounded here as printed in earlier editions.
const POLES: [f64; 4] = [20.598_997, 107.652_65, 737.862_23, 12_194.217];

/// Weights frequencies as the ear does at low levels: A-weighting, dB(A).
///
/// The analog filter of IEC 61672-1, through the bilinear transform, with 0 dB at 1 kHz. The transform takes the gain to 0 at half the
/// sample rate, so the highest octave falls too fast: at 48 kHz the filter is within class 1 of table 3 of the standard up to 20 kHz
/// (its tolerances are wide there: −2.4 dB at 10 kHz are −2.9 dB), at 44.1 kHz up to 16 kHz. Raise the sample rate for more.
///
/// # Panics
/// Unless `sample_rate > 2000`.
///
/// # Examples
/// ```
/// use ndaudio::filter;
///
/// let weighting = filter::a_weighting(48_000);
/// let decibels = filter::freqz(&weighting, [31.5, 100.0, 1_000.0], 48_000).map(|h| 20.0 * h.norm().log10());
/// // Table 3 of IEC 61672-1:
/// assert!((decibels[0] - -39.4).abs() < 0.15 && (decibels[1] - -19.1).abs() < 0.1 && decibels[2].abs() < 1e-9);
/// ```
#[must_use]
#[track_caller]
pub fn a_weighting(sample_rate: impl Into<f64>) -> Sos {
    expect(try_a_weighting(sample_rate))
}

/// As [`a_weighting`], for a sample rate that comes from outside.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where `a_weighting` panics.
pub fn try_a_weighting(sample_rate: impl Into<f64>) -> Result<Sos> {
    let [f1, f2, f3, f4] = POLES;
    weighting(4, &[f1, f1, f2, f3, f4, f4], sample_rate.into())
}

/// Weights frequencies as the ear does at high levels: C-weighting, dB(C).
///
/// As [`a_weighting`] in all else.
///
/// # Panics
/// Unless `sample_rate > 2000`.
///
/// # Examples
/// ```
/// use ndaudio::filter;
///
/// let decibels = filter::freqz(&filter::c_weighting(48_000), [31.5, 1_000.0], 48_000).map(|h| 20.0 * h.norm().log10());
/// assert!((decibels[0] - -3.0).abs() < 0.1 && decibels[1].abs() < 1e-9);
/// ```
#[must_use]
#[track_caller]
pub fn c_weighting(sample_rate: impl Into<f64>) -> Sos {
    expect(try_c_weighting(sample_rate))
}

/// As [`c_weighting`], for a sample rate that comes from outside.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where `c_weighting` panics.
pub fn try_c_weighting(sample_rate: impl Into<f64>) -> Result<Sos> {
    let [f1, _, _, f4] = POLES;
    weighting(2, &[f1, f1, f4, f4], sample_rate.into())
}

/// The analog filter with zeros at 0 and real poles, made digital.
fn weighting(zeros: usize, poles: &[f64], sample_rate: f64) -> Result<Sos> {
    /// Where the gain is 1 by definition.
    const REFERENCE: f64 = 1_000.0;
    let sample_rate = check_rate(sample_rate)?;
    if sample_rate <= 2.0 * REFERENCE {
        let message =
            format!("{sample_rate} Hz is too low for a weighting: it must be above 2000 Hz, since 1 kHz has 0 dB");
        return Err(Error::invalid("sample rate", message));
    }
    let poles = poles.iter().map(|&frequency| Complex::new(-2.0 * PI * frequency, 0.0)).collect();
    let analog = Zpk { zeros: vec![Complex::ZERO; zeros], poles, gain: 1.0 };
    let mut digital = analog.bilinear(sample_rate);
    digital.gain = 1.0;
    let sos = digital.to_sos();
    let gain = response::at(&sos, REFERENCE, sample_rate).norm();
    Ok(sos.scaled(1.0 / gain))
}
