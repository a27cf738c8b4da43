//! Gain: constant, per channel, and changing over time.
//!
//! Integers are multiplied in `f64`, rounded (half to even unless told otherwise) and saturated, and every function returns how many
//! samples had to be saturated. Floats keep what they get, beyond full scale too, so nothing of theirs is ever counted; measure
//! their peak before writing integers.
//!
//! Blocks may be owned arrays or views of any strides. Zero frames are fine. NaN stays NaN.

mod ramp;

pub use crate::pcm::Rounding;
pub(crate) use ramp::by_frame;
pub use ramp::{Ramp, Shape, ramp};

use ndarray::ArrayRef2;

use crate::error::{Error, Result};
use crate::pcm::{Sample, scale, scale_one, to_sample};

/// Multiplies every sample by `factor`; returns how many samples saturated.
///
/// A factor of 1.0 leaves every bit as it is, 0.0 makes silence. A product that rounds to the largest or smallest integer is not
/// counted; only one beyond it is.
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
pub fn apply<T: Sample>(block: &mut ArrayRef2<T>, factor: f64) -> u64 {
    assert!(factor.is_finite(), "factor ({factor}) must be finite");
    if factor == 1.0 {
        return 0;
    }
    match block.as_slice_memory_order_mut() {
        Some(samples) => scale(samples, factor),
        None => each(block, factor, Rounding::HalfEven),
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
pub fn apply_db<T: Sample>(block: &mut ArrayRef2<T>, decibels: f64) -> u64 {
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
pub fn apply_rounded<T: Sample>(block: &mut ArrayRef2<T>, factor: f64, rounding: Rounding) -> u64 {
    if rounding == Rounding::HalfEven || T::IS_FLOAT {
        return apply(block, factor);
    }
    assert!(factor.is_finite(), "factor ({factor}) must be finite");
    if factor == 1.0 {
        return 0;
    }
    each(block, factor, rounding)
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
pub fn apply_per_channel<T: Sample>(block: &mut ArrayRef2<T>, factors: &[f64]) -> u64 {
    let channels = block.ncols();
    assert!(factors.len() == channels, "factors.len() ({}) must be the number of channels ({channels})", factors.len());
    if let Some((channel, factor)) = factors.iter().enumerate().find(|(_, factor)| !factor.is_finite()) {
        panic!("factors[{channel}] ({factor}) must be finite");
    }
    if let [factor] = factors {
        return apply(block, *factor);
    }
    let mut clipped = 0;
    for mut frame in block.rows_mut() {
        for (sample, &factor) in frame.iter_mut().zip(factors) {
            // A factor of 1.0 changes nothing but the payload of a NaN, which is to stay as well.
            if factor != 1.0 {
                clipped += u64::from(scale_one(sample, factor, Rounding::HalfEven));
            }
        }
    }
    clipped
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
pub fn remove_mean<T: Sample>(block: &mut ArrayRef2<T>, means: &[f64]) -> u64 {
    let channels = block.ncols();
    assert!(means.len() == channels, "means.len() ({}) must be the number of channels ({channels})", means.len());
    if let Some((channel, mean)) = means.iter().enumerate().find(|(_, mean)| !mean.is_finite()) {
        panic!("means[{channel}] ({mean}) must be finite");
    }
    let mut clipped = 0;
    for mut frame in block.rows_mut() {
        for (sample, &mean) in frame.iter_mut().zip(means) {
            let (value, saturated) = to_sample(sample.to_f64_scale() - mean, Rounding::HalfEven);
            *sample = value;
            clipped += u64::from(saturated);
        }
    }
    clipped
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

/// One sample after the other: any strides, any rounding.
fn each<T: Sample>(block: &mut ArrayRef2<T>, factor: f64, rounding: Rounding) -> u64 {
    block.iter_mut().map(|sample| u64::from(scale_one(sample, factor, rounding))).sum()
}

#[cfg(test)]
mod tests;
