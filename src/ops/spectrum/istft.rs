//! From spectra back to samples.

use ndarray::{Array2, ArrayRef3};
use num_complex::Complex;

use super::Detrend;
use super::plan::Spectrum;
use super::real::Real;
use crate::error::{Error, Result};
use crate::fft::Aligned;

/// The share of the largest sum of squared weights below which samples count as lost; SciPy's.
const LOST: f64 = 1e-10;

/// Turns complex spectra back into samples: the inverse of [`stft`](super::stft) with the same plan and hop.
///
/// Windows are transformed back, tapered once more, added where they overlap, and divided by the sum of the squared tapers there: of spectra
/// that were changed this gives the samples whose own spectra are nearest (Griffin and Lim, 1984). As `scipy.signal.istft` and `librosa.istft`.
///
/// Of unchanged spectra the samples return to 10^−6 of full scale in `f32` and 10^−13 in `f64`, but for the first and the last `len − hop` frames: fewer windows overlap there, and
/// what a taper has taken away cannot be had back with precision. Frames whose weights are all 0, as the first of a Hann taper, become 0. To have every frame back, pad
/// the windows as [`Windows::centered`](crate::Windows::centered) does, and drop the first `len / 2` frames of the result.
///
/// **Shape** (windows − 1) × `hop` + `len` frames × channels; no frames of no windows. **Memory** the result and 8 bytes a frame.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if `hop` leaves frames that have no weight in any window (the condition is called "nonzero overlap-add", NOLA), or if
/// the plan takes off a trend, which is lost.
///
/// # Panics
/// Unless `hop >= 1` and the spectra have the plan's bins.
///
/// # Examples
/// ```
/// use ndarray::s;
/// use ndaudio::{Spectrum, spectrum};
///
/// let (samples, _) = ndaudio::read::<f64>("data/music.wav")?;
/// let mut plan = Spectrum::<f64>::new(1024);
/// let stft = spectrum::stft(&samples, &mut plan, 256);
/// let back = spectrum::istft(&stft, &plan, 256)?;
/// let inner = s![1024..back.nrows() - 1024, ..];
/// assert!((&back.slice(inner) - &samples.slice(inner)).iter().all(|difference| difference.abs() < 1e-13));
///
/// assert!(spectrum::istft(&stft, &plan, 1024).is_err()); // nothing overlaps the zeros at the ends of a Hann taper
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn istft<T: Real>(stft: &ArrayRef3<Complex<T>>, plan: &Spectrum<T>, hop: usize) -> Result<Array2<T>> {
    assert!(hop >= 1, "hop (0) must be at least 1");
    let (windows, bins, channels) = stft.dim();
    assert_eq!(bins, plan.bins(), "the bins of the spectra ({bins}) must be those of the plan ({})", plan.bins());
    let settings = plan.settings();
    if settings.detrend != Detrend::None {
        let message = "a plan that takes off a trend cannot be inverted: the trend is gone".to_owned();
        return Err(Error::invalid("plan", message));
    }
    let weights = plan.weights_in_use();
    let squares: Vec<f64> = weights.iter().map(|weight| weight.to_f64_scale().powi(2)).collect();
    let limit = check_overlap(&squares, hop)?;
    if windows == 0 {
        return Ok(Array2::zeros((0, channels)));
    }
    let (len, fft_len) = (settings.len, settings.fft_len);
    let frames = (windows - 1) * hop + len;
    let mut sums = vec![0.0_f64; frames];
    for window in 0..windows {
        sums[window * hop..][..len].iter_mut().zip(&squares).for_each(|(sum, square)| *sum += square);
    }

    let fft = plan.fft();
    let zero = Complex::new(T::zero(), T::zero());
    let (mut line, mut scratch) = (Aligned::new(bins, zero), Aligned::new(fft.scratch_len(), zero));
    let mut output = Aligned::new(fft_len, T::zero());
    let mut samples = Array2::<T>::zeros((frames, channels));
    for (window, spectrum) in stft.outer_iter().enumerate() {
        for (channel, bins) in spectrum.columns().into_iter().enumerate() {
            line.iter_mut().zip(bins).for_each(|(to, &bin)| *to = bin);
            fft.inverse(&mut line, &mut output, &mut scratch);
            let at = window * hop;
            let target = samples.slice_mut(ndarray::s![at..at + len, channel]);
            for ((to, &from), &weight) in target.into_iter().zip(&*output).zip(weights) {
                *to += from * weight;
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
    let scale = fft_len as f64;
    for (mut frame, &sum) in samples.rows_mut().into_iter().zip(&sums) {
        let factor = if sum > limit { 1.0 / (scale * sum) } else { 0.0 };
        frame.iter_mut().for_each(|sample| *sample = T::from_f64_scale(sample.to_f64_scale() * factor));
    }
    Ok(samples)
}

/// Whether every frame has weight in some window, where all windows are that can be; returns the smallest sum of squares that counts as weight.
fn check_overlap(squares: &[f64], hop: usize) -> Result<f64> {
    let sum = |first: usize| squares.iter().skip(first).step_by(hop).sum::<f64>();
    let (min, max) =
        (0..hop).map(sum).fold((f64::INFINITY, 0.0), |(min, max): (f64, f64), sum| (min.min(sum), max.max(sum)));
    let limit = LOST * max;
    if min > limit {
        return Ok(limit);
    }
    let len = squares.len();
    let message = format!(
        "the windows cannot be undone: with a hop of {hop} and this taper of {len} frames some frames have no weight in any window; take a smaller hop"
    );
    Err(Error::invalid("hop", message))
}
