//! Gain: constant, per channel, and changing over time.
//!
//! Integers are multiplied in `f64`, rounded (half to even unless told otherwise) and saturated, and every function returns how many
//! samples had to be saturated. Floats may exceed full scale, so they are never counted; measure
//! their peak before writing integers.
//!
//! Blocks may be owned arrays or views of any strides, frames × channels or one-dimensional mono. Zero frames are fine. NaN stays NaN.

mod powers;
mod ramp;

pub use crate::pcm::Rounding;
pub(crate) use ramp::by_frame;
pub use ramp::{Ramp, Shape, ramp};

use ndarray::{ArrayRef, ArrayRef2};

use crate::error::{Error, Result};
use crate::ops::frames::change_parts;
use crate::pcm::{FrameDimension, Sample, as_frames_mut, scale, scale_each, scale_with, subtract, subtract_each};

/// Multiplies every sample by `factor`; returns how many samples saturated.
///
/// A factor of 1.0 leaves every bit as it is, 0.0 makes silence. A product that rounds to the largest or smallest integer is not
/// counted, only one beyond it.
///
/// **Unit** `factor` is linear; −1.0 inverts polarity. **Memory** in place.
///
/// # Panics
/// Unless `factor` is finite. Check one from a command line with `is_finite` first.
///
/// # Examples
/// ```
/// use ndaudio::gain;
/// use ndaudio::ndarray::array;
///
/// let mut block = array![[1_i16, 3], [20_000, -32_768]];
/// let clipped = gain::apply(&mut block, 2.5);
/// assert_eq!(block, array![[2, 8], [32_767, -32_768]]); // 2.5 and 7.5: ties go to the even integer
/// assert_eq!(clipped, 2);
/// ```
#[track_caller]
pub fn apply<T: Sample, N: FrameDimension>(block: &mut ArrayRef<T, N>, factor: f64) -> u64 {
    assert!(factor.is_finite(), "factor ({factor}) must be finite");
    if factor == 1.0 {
        return 0;
    }
    match block.as_slice_memory_order_mut() {
        Some(samples) => scale(samples, factor),
        None if T::IS_FLOAT => {
            // A load, a multiplication and a store for each, which a copy to and from a tile would double.
            for mut channel in as_frames_mut(block).columns_mut() {
                channel.map_inplace(|sample| *sample = T::from_f64_scale(sample.to_f64_scale() * factor));
            }
            0
        }
        None => change_parts(&mut as_frames_mut(block), PART, |part, _| scale(part, factor)),
    }
}

/// Multiplies every sample by 10^(`decibels` / 20); returns how many samples saturated.
///
/// **Unit** dB; 0 leaves every bit as it is, −∞ makes silence. **Memory** in place.
///
/// # Panics
/// Unless 10^(`decibels` / 20) is finite: not for NaN, nor for more than about 6165 dB. A value from a command line is checked by
/// [`factor_from_db`] first.
///
/// # Examples
/// ```
/// use ndaudio::gain;
/// use ndaudio::ndarray::array;
///
/// let mut block = array![[0.5_f32], [-0.25]];
/// assert_eq!(gain::apply_db(&mut block, -20.0), 0);
/// assert_eq!(block, array![[0.05], [-0.025]]);
/// ```
#[track_caller]
pub fn apply_db<T: Sample, N: FrameDimension>(block: &mut ArrayRef<T, N>, decibels: f64) -> u64 {
    let factor = from_db(decibels);
    assert!(factor.is_finite(), "decibels ({decibels}) must be -inf to about 6165");
    apply(block, factor)
}

/// Multiplies every sample by `factor`, rounding as told; returns how many samples saturated.
///
/// [`apply`] is this with [`Rounding::HalfEven`], and faster.
///
/// # Panics
/// Unless `factor` is finite.
///
/// # Examples
/// ```
/// use ndaudio::gain::{self, Rounding};
/// use ndaudio::ndarray::array;
///
/// let mut block = array![[-3_i16], [1]];
/// gain::apply_rounded(&mut block, 0.5, Rounding::HalfUp); // as `sox -D in out vol 0.5`
/// assert_eq!(block, array![[-1], [1]]);
/// ```
#[track_caller]
pub fn apply_rounded<T: Sample, N: FrameDimension>(block: &mut ArrayRef<T, N>, factor: f64, rounding: Rounding) -> u64 {
    if T::IS_FLOAT {
        return apply(block, factor);
    }
    assert!(factor.is_finite(), "factor ({factor}) must be finite");
    if factor == 1.0 {
        return 0;
    }
    match block.as_slice_memory_order_mut() {
        Some(samples) => scale_with(samples, factor, rounding),
        None => change_parts(&mut as_frames_mut(block), PART, |part, _| scale_with(part, factor, rounding)),
    }
}

/// Multiplies every sample of channel `c` by `factors[c]`; returns how many samples saturated.
///
/// # Panics
/// Unless `factors.len()` is the number of channels and every factor is finite.
///
/// # Examples
/// ```
/// use ndaudio::gain;
/// use ndaudio::ndarray::array;
///
/// let mut block = array![[100_i16, 100], [-7, -7]];
/// gain::apply_per_channel(&mut block, &[1.0, 0.5]);
/// assert_eq!(block, array![[100, 50], [-7, -4]]);
/// ```
#[track_caller]
pub fn apply_per_channel<T: Sample, N: FrameDimension>(block: &mut ArrayRef<T, N>, factors: &[f64]) -> u64 {
    let mut block = as_frames_mut(block);
    let channels = block.ncols();
    assert!(factors.len() == channels, "factors.len() ({}) must be the number of channels ({channels})", factors.len());
    if let Some((channel, factor)) = factors.iter().enumerate().find(|(_, factor)| !factor.is_finite()) {
        panic!("factors[{channel}] ({factor}) must be finite");
    }
    if let [factor] = factors {
        return apply(&mut block, *factor);
    }
    by_channel(&mut block, factors, scale_each)
}

/// Subtracts `means[c]` from every sample of channel `c`; returns how many samples saturated.
///
/// With the means of the whole recording, measured in a first pass, this removes its DC offset. Integers are rounded half to even.
///
/// **Unit** full scale is 1.0 in `means`, whatever the type of the samples.
///
/// # Panics
/// Unless `means.len()` is the number of channels and every mean is finite.
///
/// # Examples
/// ```
/// use ndaudio::gain;
/// use ndaudio::ndarray::array;
///
/// let mut block = array![[103_i16, -2], [97, 2]];
/// gain::remove_mean(&mut block, &[100.0 / 32_768.0, 0.0]);
/// assert_eq!(block, array![[3, -2], [-3, 2]]);
/// ```
#[track_caller]
pub fn remove_mean<T: Sample, N: FrameDimension>(block: &mut ArrayRef<T, N>, means: &[f64]) -> u64 {
    let mut block = as_frames_mut(block);
    let channels = block.ncols();
    assert!(means.len() == channels, "means.len() ({}) must be the number of channels ({channels})", means.len());
    if let Some((channel, mean)) = means.iter().enumerate().find(|(_, mean)| !mean.is_finite()) {
        panic!("means[{channel}] ({mean}) must be finite");
    }
    if let [mean] = means {
        return change_parts(&mut block, PART, |part, _| subtract(part, *mean));
    }
    by_channel(&mut block, means, subtract_each)
}

/// The factor 10^(`decibels` / 20), for a value that comes from outside.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for NaN, and where the factor would be infinite. −∞ is fine: it is 0.
///
/// # Examples
/// ```
/// use ndaudio::gain;
///
/// assert_eq!(gain::factor_from_db(20.0)?, 10.0);
/// assert_eq!(gain::factor_from_db(f64::NEG_INFINITY)?, 0.0);
/// assert!(gain::factor_from_db(f64::NAN).is_err());
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn factor_from_db(decibels: f64) -> Result<f64> {
    let factor = from_db(decibels);
    if factor.is_finite() {
        return Ok(factor);
    }
    Err(Error::invalid("gain", format!("a gain of {decibels} dB is out of range: give -inf to 6165 dB")))
}

pub(crate) fn from_db(decibels: f64) -> f64 {
    10_f64.powf(decibels / 20.0)
}

/// Samples that are changed at a time where they do not lie together.
const PART: usize = 4_096;

/// Values for so many samples are laid out beside them, channel by channel, so that the loop over both has no inner one.
const LANES: usize = 512;

/// Changes interleaved frames with a value for each channel; adds up what `change` returns.
fn by_channel<T: Sample>(block: &mut ArrayRef2<T>, values: &[f64], change: fn(&mut [T], &[f64]) -> u64) -> u64 {
    let channels = values.len();
    if channels == 0 {
        return 0;
    }
    let mut lanes = [0.0; LANES];
    let frames = LANES / channels;
    lanes.chunks_exact_mut(channels).for_each(|frame| frame.copy_from_slice(values));
    change_parts(block, LANES, |part, _| match frames {
        // More channels than lanes: one frame at a time.
        0 => change(part, values),
        _ => change(part, &lanes[..part.len()]),
    })
}

#[cfg(test)]
mod tests;
