//! Short-time curves: one value per window and channel.
//!
//! From an array, [`rms`], [`peak`], [`crest_factor`] and [`zero_crossing_rate`] slide a window of `len` frames by `hop`; an incomplete
//! one at the end is dropped, as by `windows(len, hop)`. From a stream, [`Curve`] takes one window at a time, centred ones too.
//! [`times`] says when each window is. [`ExpRms`] is a level meter that needs no windows.

mod curve;
mod exponential;
mod zero_crossings;

pub use curve::{Curve, Measure};
pub use exponential::ExpRms;

use ndarray::{Array1, Array2, ArrayRef2, Axis, Slice};

use crate::pcm::Sample;

/// Measures the root mean square of each window and channel.
///
/// As [`levels::rms`](crate::levels::rms) of each window. As `librosa.feature.rms(center=False)`, which computes in `f32` unless told
/// otherwise; for its default, `center=True`, feed a [`Curve`] with `windows(len, hop).centered()`.
///
/// **Shape** windows × channels. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Panics
/// Unless `len > 0` and `hop > 0`.
///
/// # Examples
/// ```
/// use ndaudio::curves;
/// use ndaudio::ndarray::array;
///
/// let samples = array![[0.5_f32], [-0.5], [0.25], [0.25], [0.0]];
/// assert_eq!(curves::rms(&samples, 2, 2), array![[0.5], [0.25]]);
/// ```
#[must_use]
pub fn rms<T: Sample>(samples: &ArrayRef2<T>, len: usize, hop: usize) -> Array2<f64> {
    slide(samples, len, hop, Measure::Rms)
}

/// Measures the largest magnitude of each window and channel.
///
/// As [`levels::peak`](crate::levels::peak) of each window.
///
/// **Shape** windows × channels. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Panics
/// Unless `len > 0` and `hop > 0`.
///
/// # Examples
/// ```
/// use ndaudio::curves;
/// use ndaudio::ndarray::array;
///
/// let samples = array![[i16::MIN, 0], [0, 16_384], [8_192, 0]];
/// assert_eq!(curves::peak(&samples, 2, 1), array![[1.0, 0.5], [0.25, 0.5]]);
/// ```
#[must_use]
pub fn peak<T: Sample>(samples: &ArrayRef2<T>, len: usize, hop: usize) -> Array2<f64> {
    slide(samples, len, hop, Measure::Peak)
}

/// Measures peak ÷ RMS of each window and channel; NaN where a channel is silent.
///
/// As [`levels::crest_factor`](crate::levels::crest_factor) of each window.
///
/// **Shape** windows × channels. **Unit** a ratio: 1 of a square wave, √2 of a sine. **Memory** the result.
///
/// # Panics
/// Unless `len > 0` and `hop > 0`.
///
/// # Examples
/// ```
/// use ndaudio::curves;
/// use ndaudio::ndarray::array;
///
/// let samples = array![[0.5_f64], [0.0], [0.0], [0.0], [0.5], [-0.5], [0.5], [0.5]];
/// assert_eq!(curves::crest_factor(&samples, 4, 4), array![[2.0], [1.0]]);
/// ```
#[must_use]
pub fn crest_factor<T: Sample>(samples: &ArrayRef2<T>, len: usize, hop: usize) -> Array2<f64> {
    slide(samples, len, hop, Measure::CrestFactor)
}

/// Measures the share of neighbouring samples of each window and channel between which the sign changes.
///
/// Zero counts as positive, and so does −0.0. There are `len − 1` pairs of neighbours in a window, by which the crossings are divided;
/// of a window of one frame the rate is NaN, and so it is where a sample is NaN.
///
/// `librosa.feature.zero_crossing_rate(center=False)` divides by `len` instead, and takes magnitudes up to 10^−10 for 0.
///
/// **Shape** windows × channels. **Unit** crossings per pair of samples: 2·f / sample rate of a sine of frequency f. **Memory** the result.
///
/// # Panics
/// Unless `len > 0` and `hop > 0`.
///
/// # Examples
/// ```
/// use ndaudio::curves;
/// use ndaudio::ndarray::array;
///
/// let samples = array![[3_i16], [0], [-1], [-2], [5]];
/// assert_eq!(curves::zero_crossing_rate(&samples, 5, 1), array![[0.5]]); // between 0 and −1, and between −2 and 5
/// ```
#[must_use]
pub fn zero_crossing_rate<T: Sample>(samples: &ArrayRef2<T>, len: usize, hop: usize) -> Array2<f64> {
    slide(samples, len, hop, Measure::ZeroCrossingRate)
}

/// The times of `windows` windows, in seconds: where each begins, or, of centred ones, where its middle is.
///
/// As `librosa.frames_to_time`.
///
/// # Panics
/// Unless `sample_rate > 0`.
///
/// # Examples
/// ```
/// use ndaudio::curves;
/// use ndaudio::ndarray::array;
///
/// assert_eq!(curves::times(3, 512, 1_024), array![0.0, 0.5, 1.0]);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames")]
pub fn times(windows: usize, hop: usize, sample_rate: u32) -> Array1<f64> {
    assert!(sample_rate > 0, "sample_rate must be above 0");
    (0..windows).map(|index| index as f64 * hop as f64 / f64::from(sample_rate)).collect()
}

fn slide<T: Sample>(samples: &ArrayRef2<T>, len: usize, hop: usize, measure: Measure) -> Array2<f64> {
    assert!(len > 0 && hop > 0, "len ({len}) and hop ({hop}) must be above 0");
    let windows = samples.nrows().checked_sub(len).map_or(0, |past_first| past_first / hop + 1);
    let mut curve = Array2::zeros((windows, samples.ncols()));
    for (index, mut row) in curve.rows_mut().into_iter().enumerate() {
        let window = samples.slice_axis(Axis(0), Slice::from(index * hop..index * hop + len));
        measure.measure_into(&window, &mut row);
    }
    curve
}

#[cfg(test)]
#[rustfmt::skip]
mod recorded;
#[cfg(test)]
mod tests;
