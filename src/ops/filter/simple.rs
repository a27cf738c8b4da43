//! Filters of one section with a purpose of their own.

use std::f64::consts::PI;

use super::band::{Band, check_frequency, check_rate};
use super::biquad::check_q;
use super::expect;
use super::family::Family;
use super::sos::Sos;
use crate::error::{Error, Result};

/// Removes one frequency, such as the hum of the mains; the −3 dB bandwidth is `frequency / q`.
///
/// Equal to `scipy.signal.iirnotch(frequency, q, sample_rate)`. ([`Biquad::Notch`](super::Biquad::Notch) has the bandwidth of the analog
/// filter.)
///
/// # Panics
/// Unless `0 < frequency < sample_rate / 2`, and the band of `frequency / q` is narrower than that too; `q > 0`.
///
/// # Examples
/// ```
/// use ndaudio::filter;
///
/// let hum = filter::notch(50.0, 30.0, 48_000);
/// let gain = filter::freqz(&hum, [40.0, 50.0, 60.0], 48_000).map(|h| h.norm());
/// assert!(gain[0] > 0.99 && gain[1] < 1e-9 && gain[2] > 0.99);
/// ```
#[must_use]
#[track_caller]
pub fn notch(frequency: f64, q: f64, sample_rate: impl Into<f64>) -> Sos {
    expect(try_notch(frequency, q, sample_rate))
}

/// As [`notch`], for values that come from outside.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where `notch` panics.
pub fn try_notch(frequency: f64, q: f64, sample_rate: impl Into<f64>) -> Result<Sos> {
    let (cos, gain) = narrow(frequency, q, sample_rate.into())?;
    Ok(Sos::from_sections([[gain, -2.0 * gain * cos, gain, 1.0, -2.0 * gain * cos, 2.0 * gain - 1.0]]))
}

/// Keeps one frequency; the −3 dB bandwidth is `frequency / q`.
///
/// Equal to `scipy.signal.iirpeak(frequency, q, sample_rate)`.
///
/// # Panics
/// As [`notch`].
///
/// # Examples
/// ```
/// use ndaudio::filter;
///
/// let gain = filter::freqz(&filter::peak(1_000.0, 10.0, 48_000), [1_000.0, 2_000.0], 48_000).map(|h| h.norm());
/// assert!((gain[0] - 1.0).abs() < 1e-9 && gain[1] < 0.1);
/// ```
#[must_use]
#[track_caller]
pub fn peak(frequency: f64, q: f64, sample_rate: impl Into<f64>) -> Sos {
    expect(try_peak(frequency, q, sample_rate))
}

/// As [`peak`], for values that come from outside.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where `peak` panics.
pub fn try_peak(frequency: f64, q: f64, sample_rate: impl Into<f64>) -> Result<Sos> {
    let (cos, gain) = narrow(frequency, q, sample_rate.into())?;
    Ok(Sos::from_sections([[1.0 - gain, 0.0, gain - 1.0, 1.0, -2.0 * gain * cos, 2.0 * gain - 1.0]]))
}

/// The cosine of the frequency and 1 / (1 + tan(bandwidth / 2)).
fn narrow(frequency: f64, q: f64, sample_rate: f64) -> Result<(f64, f64)> {
    let sample_rate = check_rate(sample_rate)?;
    check_frequency(frequency, sample_rate)?;
    check_q(q)?;
    // Half the bandwidth turns the tangent's sign at a quarter of the sample rate.
    if frequency / q >= sample_rate / 2.0 {
        let message = format!(
            "a quality of {q} makes the band {} Hz wide: it must be narrower than half the sample rate, {} Hz",
            frequency / q,
            sample_rate / 2.0
        );
        return Err(Error::invalid("q", message));
    }
    let bandwidth = 2.0 * PI * (frequency / q) / sample_rate;
    Ok(((2.0 * PI * frequency / sample_rate).cos(), 1.0 / (1.0 + (bandwidth / 2.0).tan())))
}

/// Removes the constant offset: a high-pass of first order, −3 dB at `frequency`, 0 dB at half the sample rate.
///
/// y\[n] = g · (x\[n] − x\[n−1]) + R · y\[n−1], with R = (1 − t) / (1 + t), t = tan(π · frequency / sample rate) and g = (1 + R) / 2. The usual
/// R of 0.995 at 44.1 kHz is a `frequency` of 35 Hz. Equal to `scipy.signal.butter(1, frequency, "highpass", fs=sample_rate)`.
///
/// # Panics
/// Unless `0 < frequency < sample_rate / 2`.
///
/// # Examples
/// ```
/// use ndaudio::filter;
/// use ndaudio::ndarray::Array2;
///
/// let mut block = Array2::from_elem((48_000, 1), 0.25_f32);
/// filter::dc_block(20.0, 48_000).state(1).filter(&mut block);
/// assert!(block[[47_999, 0]].abs() < 1e-6);
/// ```
#[must_use]
#[track_caller]
pub fn dc_block(frequency: f64, sample_rate: impl Into<f64>) -> Sos {
    expect(Family::Butterworth.design(1, Band::Highpass(frequency), sample_rate))
}

/// Raises high frequencies as is usual before the analysis of speech: y\[n] = x\[n] − coefficient · x\[n−1].
///
/// `coefficient` is 0.97 most often. Equal to `librosa.effects.preemphasis(x, coef=coefficient, zi=[0])`, and for the first sample only
/// when `zi` is given: librosa by itself extrapolates what stood before.
///
/// # Panics
/// Unless `coefficient` is finite.
///
/// # Examples
/// ```
/// use ndaudio::filter;
/// use ndaudio::ndarray::array;
///
/// let filtered = filter::sosfilt(&filter::pre_emphasis(0.5), &array![[1.0_f64], [1.0], [0.0]]);
/// assert_eq!(filtered, array![[1.0], [0.5], [-0.5]]);
/// ```
#[must_use]
#[track_caller]
pub fn pre_emphasis(coefficient: f64) -> Sos {
    assert!(coefficient.is_finite(), "coefficient ({coefficient}) must be finite");
    Sos::from_sections([[1.0, -coefficient, 0.0, 1.0, 0.0, 0.0]])
}

/// Undoes [`pre_emphasis`]: y\[n] = x\[n] + coefficient · y\[n−1].
///
/// # Panics
/// Unless `-1 < coefficient < 1`, outside of which the filter is unstable.
///
/// # Examples
/// ```
/// use ndaudio::filter;
/// use ndaudio::ndarray::array;
///
/// let filtered = filter::sosfilt(&filter::de_emphasis(0.5), &array![[1.0_f64], [0.5], [-0.5]]);
/// assert_eq!(filtered, array![[1.0], [1.0], [0.0]]);
/// ```
#[must_use]
#[track_caller]
pub fn de_emphasis(coefficient: f64) -> Sos {
    assert!(coefficient.abs() < 1.0, "coefficient ({coefficient}) must be above -1 and below 1");
    Sos::from_sections([[1.0, 0.0, 0.0, 1.0, -coefficient, 0.0]])
}
