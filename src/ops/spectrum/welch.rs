//! Mean density of an array.

use ndarray::{Array2, ArrayRef2};

use super::plan::Spectrum;
use super::psd::Psd;
use super::stft::windows;
use crate::pcm::Sample;

/// Estimates the power spectral density of each channel: the mean of the densities of all windows, with a Hann taper (Welch's method).
///
/// As `scipy.signal.welch(samples, sample_rate, window="hann", nperseg=len, noverlap=len - hop, detrend=False, axis=0)`. [`Psd`] has the other choices, takes sources of any
/// length in constant memory, and merges. Of audio shorter than one window all bins are NaN (SciPy shortens the window).
///
/// **Shape** `len / 2 + 1` bins × channels. **Unit** full scale squared per Hz, one-sided: the sum over all bins times `sample_rate / len` is the mean square.
///
/// # Panics
/// Unless `len >= 1`, `hop >= 1` and `sample_rate` is above 0 and finite.
///
/// # Examples
/// ```
/// use approx::assert_relative_eq;
/// use ndaudio::{levels, spectrum};
///
/// let (samples, spec) = ndaudio::read::<i16>("data/music.wav")?;
/// let density = spectrum::welch(&samples, spec.sample_rate(), 2048, 1024);
/// let bin_width = f64::from(spec.sample_rate()) / 2048.0;
/// assert_relative_eq!(density.column(0).sum() * bin_width, levels::mean_square(&samples)[0], max_relative = 0.01);
/// # Ok::<(), ndaudio::Error>(())
/// ```
///
/// Source: P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio Electroacoustics 15 (1967).
#[must_use]
#[track_caller]
pub fn welch<S: Sample>(samples: &ArrayRef2<S>, sample_rate: impl Into<f64>, len: usize, hop: usize) -> Array2<f64> {
    let mut psd = Psd::new(Spectrum::<f64>::new(len), sample_rate).channels(samples.ncols());
    windows(samples, len, hop).for_each(|window| psd.add(&window));
    psd.density()
}
