//! Levels: how strong the samples of each channel are.
//!
//! The functions here measure one window; [`Levels`] takes a whole recording block by block and gives everything at once. Full
//! scale counts as 1.0 whatever the sample type, so that the magnitude of an `i16` of −32768 is 1.0.
//!
//! Sums over integers are exact, so [`mean_square`] and [`mean`] are the correctly rounded values and [`rms`] the square root of
//! one, however the audio is cut into windows. Sums over floats are accumulated in `f64`, in blocks of 33 to 64 lanes that are
//! added up with compensation (Neumaier): their error is below 264 × 2^−53, 3 × 10^−14, of the sum of the magnitudes, for any
//! length. No result depends on the strides of the window or on the CPU.
//!
//! In these functions a NaN among the samples of a channel makes its result NaN, as in NumPy, and an infinity counts as what it
//! is; [`Levels`] counts both and leaves them out.
//!
//! A window is frames × channels, or a one-dimensional array of mono audio, which has one result.
//!
//! Most functions have a form ending in `_into` that writes into memory of the caller and allocates nothing.

mod blocks;
mod clipping;
mod compensated;
mod exact;
mod kernel;
mod level;
mod measure;
mod moments;
mod of_source;
mod parts;
#[cfg(feature = "serde")]
mod possible;
mod runs;
#[cfg(feature = "serde")]
mod state;
mod total;
mod window;
mod zero_crossings;

pub(crate) use clipping::pack;
pub use level::Level;
pub use measure::Measure;
#[cfg(feature = "rayon")]
pub(crate) use of_source::of_frames;
pub use of_source::of_source;
pub use total::Levels;

use ndarray::{Array1, ArrayRef, ArrayRef1, ArrayRef2, Axis};

use self::window::{Extrema, Squares, Sum, measure};
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Measures the mean square of each channel: its power.
///
/// Of zero frames NaN.
///
/// **Shape** `channels`. **Unit** full scale squared is 1.0. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[16_384_i16, 0], [-16_384, 0]]; // frames × channels
/// assert_eq!(ndaudio::levels::mean_square(&window), array![0.25, 0.0]);
/// ```
#[must_use]
pub fn mean_square<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, mean_square_into)
}

/// As [`mean_square`], into memory of the caller.
///
/// # Panics
/// Unless `out.len() == window.ncols()`.
#[track_caller]
pub fn mean_square_into<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>, out: &mut ArrayRef1<f64>) {
    measure(&as_frames(window), out, |out, squares: &Squares| *out = squares.mean::<T>(window.len_of(Axis(0))));
}

/// Measures the root mean square of each channel.
///
/// The square root of [`mean_square`]. Of zero frames NaN.
///
/// **Shape** `channels`. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[16_384_i16, 0], [-16_384, i16::MIN]]; // frames × channels
/// assert_eq!(ndaudio::levels::rms(&window), array![0.5, 0.5_f64.sqrt()]);
/// ```
#[must_use]
pub fn rms<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, rms_into)
}

/// As [`rms`], into memory of the caller.
///
/// # Panics
/// Unless `out.len() == window.ncols()`.
#[track_caller]
pub fn rms_into<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>, out: &mut ArrayRef1<f64>) {
    measure(&as_frames(window), out, |out, squares: &Squares| *out = squares.mean::<T>(window.len_of(Axis(0))).sqrt());
}

/// Measures the mean of each channel: its offset from zero (DC).
///
/// Of zero frames NaN.
///
/// **Shape** `channels`. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[16_384_i16, 0], [0, i16::MIN]]; // frames × channels
/// assert_eq!(ndaudio::levels::mean(&window), array![0.25, -0.5]);
/// ```
#[must_use]
pub fn mean<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, mean_into)
}

/// As [`mean`], into memory of the caller.
///
/// # Panics
/// Unless `out.len() == window.ncols()`.
#[track_caller]
pub fn mean_into<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>, out: &mut ArrayRef1<f64>) {
    measure(&as_frames(window), out, |out, sum: &Sum| *out = sum.mean::<T>(window.len_of(Axis(0))));
}

/// Finds the largest magnitude of each channel.
///
/// The larger of −[`min`] and [`max`], so that `i16::MIN` has 1.0. Of zero frames NaN.
///
/// **Shape** `channels`. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[16_384_i16, 0], [0, i16::MIN]]; // frames × channels
/// assert_eq!(ndaudio::levels::peak(&window), array![0.5, 1.0]);
/// ```
#[must_use]
pub fn peak<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, peak_into)
}

/// As [`peak`], into memory of the caller.
///
/// # Panics
/// Unless `out.len() == window.ncols()`.
#[track_caller]
pub fn peak_into<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>, out: &mut ArrayRef1<f64>) {
    measure(&as_frames(window), out, |out, extrema: &Extrema| *out = extrema.peak());
}

/// Finds the smallest sample of each channel.
///
/// Of zero frames NaN.
///
/// **Shape** `channels`. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[16_384_i16, 0], [0, i16::MIN]]; // frames × channels
/// assert_eq!(ndaudio::levels::min(&window), array![0.0, -1.0]);
/// ```
#[must_use]
pub fn min<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, |window, out| measure(window, out, |out, extrema: &Extrema| *out = extrema.min()))
}

/// Finds the largest sample of each channel.
///
/// Of zero frames NaN.
///
/// **Shape** `channels`. **Unit** full scale is 1.0. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[16_384_i16, 0], [0, i16::MIN]]; // frames × channels
/// assert_eq!(ndaudio::levels::max(&window), array![0.5, 0.0]);
/// ```
#[must_use]
pub fn max<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, |window, out| measure(window, out, |out, extrema: &Extrema| *out = extrema.max()))
}

/// Measures the crest factor of each channel: [`peak`] ÷ [`rms`].
///
/// Silence and zero frames have none: NaN, where sox and ffmpeg print 1.
///
/// **Shape** `channels`. **Unit** a ratio: 1 of a square wave, √2 of a sine. **Memory** the result.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let window = array![[8_192_i16, 0], [-8_192, i16::MIN], [8_192, 0], [8_192, 0]]; // frames × channels
/// assert_eq!(ndaudio::levels::crest_factor(&window), array![1.0, 2.0]);
/// ```
#[must_use]
pub fn crest_factor<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>) -> Array1<f64> {
    collect(window, crest_factor_into)
}

/// As [`crest_factor`], into memory of the caller.
///
/// # Panics
/// Unless `out.len() == window.ncols()`.
#[track_caller]
pub fn crest_factor_into<T: Sample, N: FrameDimension>(window: &ArrayRef<T, N>, out: &mut ArrayRef1<f64>) {
    rms_into(window, out);
    measure(&as_frames(window), out, |out, extrema: &Extrema| *out = extrema.peak() / *out);
}

fn collect<T: Sample, N: FrameDimension>(
    window: &ArrayRef<T, N>,
    measure_into: impl Fn(&ArrayRef2<T>, &mut ArrayRef1<f64>),
) -> Array1<f64> {
    let window = as_frames(window);
    let mut out = Array1::zeros(window.ncols());
    measure_into(&window, &mut out);
    out
}
