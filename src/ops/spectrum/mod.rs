//! Spectra: at which frequencies windows have how much power. Feature `spectrum`.
//!
//! [`Spectrum`] is a plan for windows of one length, as `windows(len, hop)` lends them or an array has them. Everything else is made with one:
//!
//! | | one array | a source, in constant memory |
//! |---|---|---|
//! | complex spectra of all windows | [`stft`], back with [`istft`] | [`stft_of_windows`] |
//! | powers of all windows | [`spectrogram`] | [`spectrogram_of_windows`] |
//! | mean or median density | [`welch`] | [`Psd`] |
//! | cross-spectral density, coherence | [`csd()`], [`coherence`] | [`Csd`] |
//! | rows of mean densities over days | [`Ltsa`] | [`Ltsa`] |
//! | tapers of a multitaper estimate | [`dpss()`] | |
//! | powers in bands, mel | [`bands`] | [`bands`] |
//! | centroid, flatness … of each window | [`features`] | [`features`] |
//! | acoustic indices | [`indices`] | |
//!
//! Axes are time first and channels last: a spectrum is bins × channels, many are windows × bins × channels. Full scale counts as 1.0.

mod average;
pub mod bands;
mod cross;
mod detrend;
mod dpss;
pub mod features;
pub mod indices;
mod interval;
mod istft;
mod kernel;
mod ltsa;
mod mfcc;
mod plan;
mod psd;
mod real;
mod scaling;
mod settings;
#[cfg(feature = "serde")]
mod state;
mod stft;
mod sums;
mod taper;
mod weighting;
mod welch;

pub use average::Average;
pub use cross::{Csd, coherence, csd};
pub use detrend::Detrend;
pub use dpss::dpss;
pub use istft::istft;
pub use ltsa::{Ltsa, LtsaRow};
pub use mfcc::{dct, mfcc};
pub use num_complex::Complex;
pub use plan::Spectrum;
pub use psd::Psd;
pub use real::Real;
pub use scaling::Scaling;
pub use stft::{spectrogram, spectrogram_of_windows, stft, stft_of_windows};
pub use taper::Taper;
pub use weighting::Weighting;
pub use welch::welch;

use ndarray::Array1;

/// Lists the frequencies of the bins of a transform of `fft_len` frames in Hz, as `numpy.fft.rfftfreq`.
///
/// # Panics
/// Unless `sample_rate` is above 0 and finite and `fft_len >= 1`.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// assert_eq!(ndaudio::spectrum::frequencies(8, 48_000), array![0.0, 6_000.0, 12_000.0, 18_000.0, 24_000.0]);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
#[track_caller]
pub fn frequencies(fft_len: usize, sample_rate: impl Into<f64>) -> Array1<f64> {
    assert!(fft_len >= 1, "fft_len (0) must be at least 1");
    let sample_rate = check_rate(sample_rate.into());
    (0..=fft_len / 2).map(|bin| bin as f64 * sample_rate / fft_len as f64).collect()
}

/// # Panics
/// Unless the sample rate is one.
#[track_caller]
fn check_rate(sample_rate: f64) -> f64 {
    assert!(
        sample_rate > 0.0 && sample_rate.is_finite(),
        "the sample rate ({sample_rate} Hz) must be above 0 and finite"
    );
    sample_rate
}

/// # Panics
/// Unless plans and sample rates are equal.
#[track_caller]
fn check_equal<T: Real>(plan: &Spectrum<T>, sample_rate: f64, other: &Spectrum<T>, other_rate: f64) {
    assert!(plan.settings() == other.settings(), "the plans must be equal: {plan:?} and {other:?}");
    assert!(sample_rate == other_rate, "the sample rates must be equal: {sample_rate} Hz and {other_rate} Hz");
}
