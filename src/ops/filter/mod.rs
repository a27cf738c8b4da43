//! Filters: designed as scipy.signal designs them, run on streams and arrays.
//!
//! | to get | call | as |
//! |---|---|---|
//! | a low-pass, high-pass, band-pass or band-stop | [`butterworth`], [`chebyshev1`], [`chebyshev2`], [`elliptic`], [`bessel`] | `scipy.signal.butter(…, output="sos")` … |
//! | an equalizer's band, a shelf | [`Biquad`] | the "Audio EQ cookbook", sox |
//! | one frequency removed or kept | [`notch`], [`peak`] | `scipy.signal.iirnotch`, `iirpeak` |
//! | no offset; speech made brighter | [`dc_block`], [`pre_emphasis`], [`de_emphasis`] | `librosa.effects.preemphasis` |
//! | dB(A), dB(C) | [`a_weighting`], [`c_weighting`] | IEC 61672-1 |
//! | your own sections | [`Sos::from_array`] | scipy's `sos` |
//!
//! All of these are an [`Sos`]: second-order sections, in the order in which scipy has them. To run one, `source.filter(&sos)` makes a
//! stage of a stream; [`Sos::state`] filters block after block; [`sosfilt`] and [`filtfilt`] filter arrays; [`freqz`] shows what it does
//! to each frequency. A running filter computes in `f64` whatever the samples are.
//!
//! The functions panic where an order or a frequency cannot be had, since that is a bug in a program that has them written down. For
//! values from a command line or a file, [`Family::design`], [`Biquad::design`] and the functions that begin with `try_` return an error.
//!
//! # Examples
//! ```
//! use ndaudio::WavReader;
//! use ndaudio::filter::{self, Band};
//!
//! let (samples, spec) = ndaudio::read::<f32>("data/music.wav")?;
//! let sos = filter::butterworth(4, Band::Bandpass(300.0, 3_400.0), spec.sample_rate());
//! let telephone = filter::sosfilt(&sos, &samples);
//! assert_eq!(telephone.dim(), samples.dim());
//! # Ok::<(), ndaudio::Error>(())
//! ```

mod apply;
mod band;
mod bessel_poles;
mod biquad;
mod elliptic_functions;
mod family;
mod kernel;
mod pairing;
mod prototype;
mod response;
mod settling;
mod simple;
mod sos;
mod sos_state;
mod steady;
mod weighting;
mod zpk;

pub use apply::{filtfilt, sosfilt};
pub use band::Band;
pub use biquad::Biquad;
pub use family::{BesselNorm, Family, MAX_ORDER};
pub use response::freqz;
pub use simple::{dc_block, de_emphasis, notch, peak, pre_emphasis, try_notch, try_peak};
pub use sos::Sos;
pub use sos_state::SosState;
pub use steady::sosfilt_zi;
pub use weighting::{a_weighting, c_weighting, try_a_weighting, try_c_weighting};
pub use zpk::Zpk;

use crate::error::Result;

/// Designs a Butterworth filter: flat where it passes, −3 dB at the critical frequencies.
///
/// As `scipy.signal.butter(order, …, fs=sample_rate, output="sos")`. A band-pass or band-stop has twice the order.
///
/// # Panics
/// Unless `1 <= order <= 100` and `0 < f < sample_rate / 2` for every frequency of the band, the lower one first.
/// [`Family::design`] returns an error instead.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let sos = filter::butterworth(4, Band::Highpass(100.0), 48_000);
/// assert_eq!(sos.sections(), 2);
/// ```
#[must_use]
#[track_caller]
pub fn butterworth(order: usize, band: Band, sample_rate: impl Into<f64>) -> Sos {
    expect(Family::Butterworth.design(order, band, sample_rate))
}

/// Designs a Chebyshev filter of type 1: steeper, with up to `ripple` dB of loss where it passes.
///
/// As `scipy.signal.cheby1(order, ripple, …, fs=sample_rate, output="sos")`.
///
/// # Panics
/// As [`butterworth`], and unless `0 < ripple <= 1000`.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let sos = filter::chebyshev1(5, 0.5, Band::Lowpass(1_000.0), 8_000);
/// let edge = filter::freqz(&sos, [1_000.0], 8_000)[0].norm();
/// assert!((20.0 * edge.log10() + 0.5).abs() < 1e-9);
/// ```
#[must_use]
#[track_caller]
pub fn chebyshev1(order: usize, ripple: f64, band: Band, sample_rate: impl Into<f64>) -> Sos {
    expect(Family::Chebyshev1 { ripple }.design(order, band, sample_rate))
}

/// Designs a Chebyshev filter of type 2: flat where it passes, at least `attenuation` dB of loss from the critical frequencies on.
///
/// As `scipy.signal.cheby2(order, attenuation, …, fs=sample_rate, output="sos")`.
///
/// # Panics
/// As [`butterworth`], and unless `0 < attenuation <= 1000`.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let sos = filter::chebyshev2(6, 60.0, Band::Lowpass(1_000.0), 8_000);
/// let edge = filter::freqz(&sos, [1_000.0], 8_000)[0].norm();
/// assert!((20.0 * edge.log10() + 60.0).abs() < 1e-9);
/// ```
#[must_use]
#[track_caller]
pub fn chebyshev2(order: usize, attenuation: f64, band: Band, sample_rate: impl Into<f64>) -> Sos {
    expect(Family::Chebyshev2 { attenuation }.design(order, band, sample_rate))
}

/// Designs an elliptic filter: the steepest, with ripple on both sides.
///
/// As `scipy.signal.ellip(order, ripple, attenuation, …, fs=sample_rate, output="sos")`.
///
/// # Panics
/// As [`butterworth`], and unless `0 < ripple < attenuation <= 1000`.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let sos = filter::elliptic(8, 0.1, 80.0, Band::Highpass(1_000.0), 8_000);
/// let gain = filter::freqz(&sos, [500.0, 1_000.0], 8_000).map(|h| 20.0 * h.norm().log10());
/// assert!(gain[0] < -79.9 && (gain[1] + 0.1).abs() < 1e-9);
/// ```
#[must_use]
#[track_caller]
pub fn elliptic(order: usize, ripple: f64, attenuation: f64, band: Band, sample_rate: impl Into<f64>) -> Sos {
    expect(Family::Elliptic { ripple, attenuation }.design(order, band, sample_rate))
}

/// Designs a Bessel filter: the one that keeps the shape of a wave.
///
/// As `scipy.signal.bessel(order, …, fs=sample_rate, output="sos")`, with its `norm="phase"`; [`Family::Bessel`] has the others.
///
/// # Panics
/// As [`butterworth`], and unless `order <= 25`.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let sos = filter::bessel(4, Band::Lowpass(100.0), 8_000);
/// assert_eq!(sos.sections(), 2);
/// ```
#[must_use]
#[track_caller]
pub fn bessel(order: usize, band: Band, sample_rate: impl Into<f64>) -> Sos {
    expect(Family::Bessel { norm: BesselNorm::Phase }.design(order, band, sample_rate))
}

/// The filter, or a panic with what is wrong: for callers who have the numbers written down.
fn expect(sos: Result<Sos>) -> Sos {
    sos.unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests;
