//! Short-time curves: one value per window and channel.
//!
//! From an array, [`measure`] slides a window of `len` frames by `hop`; an incomplete one at the end is dropped, as by
//! `windows(len, hop)`. From a stream, [`Curve`] takes one window at a time, centred ones too. [`times`] says when each window is.
//! [`ExpRms`](crate::compat::ExpRms) is a level meter that needs no windows.

mod curve;

pub use curve::Curve;

use ndarray::{Array1, Array2, ArrayRef, Axis, Slice};

use crate::ops::levels::Measure;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Measures each window of an array, and each channel of it.
///
/// The windows are those of `samples.axis_windows_with_stride(Axis(0), len, hop)`. [`Measure::Rms`] is that of
/// `librosa.feature.rms(center=False)`, which computes in `f32` unless told otherwise; for its default, `center=True`, feed a [`Curve`]
/// with `windows(len, hop).centered()`.
///
/// **Shape** windows × channels. **Unit** that of the [`Measure`]. **Memory** the result.
///
/// # Panics
/// Unless `len > 0` and `hop > 0`.
///
/// # Examples
/// ```
/// use ndaudio::curves;
/// use ndaudio::levels::Measure;
/// use ndaudio::ndarray::array;
///
/// let samples = array![[0.5_f32], [-0.5], [0.25], [0.25], [0.0]];
/// assert_eq!(curves::measure(&samples, Measure::Rms, 2, 2), array![[0.5], [0.25]]);
/// ```
#[must_use]
#[track_caller]
pub fn measure<T: Sample, N: FrameDimension>(
    samples: &ArrayRef<T, N>,
    measure: Measure,
    len: usize,
    hop: usize,
) -> Array2<f64> {
    let samples = &as_frames(samples);
    assert!(len > 0 && hop > 0, "len ({len}) and hop ({hop}) must be above 0");
    let windows = samples.nrows().checked_sub(len).map_or(0, |past_first| past_first / hop + 1);
    let mut curve = Array2::zeros((windows, samples.ncols()));
    for (index, mut row) in curve.rows_mut().into_iter().enumerate() {
        let window = samples.slice_axis(Axis(0), Slice::from(index * hop..index * hop + len));
        measure.measure_into(&window, &mut row);
    }
    curve
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
#[track_caller]
pub fn times(windows: usize, hop: usize, sample_rate: u32) -> Array1<f64> {
    assert!(sample_rate > 0, "sample_rate must be above 0");
    (0..windows).map(|index| index as f64 * hop as f64 / f64::from(sample_rate)).collect()
}

#[cfg(test)]
#[rustfmt::skip]
pub(in crate::ops) mod recorded;
#[cfg(test)]
mod tests;
