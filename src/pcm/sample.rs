//! The number types that audio can be asked for in.

use std::fmt;

use bytemuck::Pod;
use num_traits::{NumAssign, ToPrimitive};

use crate::spec::SampleType;

mod sealed {
    pub trait Sealed {}
    impl Sealed for i16 {}
    impl Sealed for i32 {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A number type for samples: `i16`, `i32`, `f32` or `f64`. Sealed.
///
/// Conversions keep full scale: 2^(bits−1) of an integer type and 1.0 of a float type are the same level. So integers become
/// wider by a left shift, narrower by an arithmetic right shift, floats by division by 2^(bits−1); floats become integers by
/// multiplication with 2^(bits−1), rounding half to even, and saturating, with NaN as 0.
///
/// # Examples
/// ```
/// use ndaudio::Sample;
///
/// assert_eq!((-32_768_i16).convert::<f32>(), -1.0);
/// assert_eq!(1.0_f32.convert::<i16>(), 32_767); // full scale itself is one step out of reach
/// assert_eq!((i16::MAX).convert::<i32>(), 32_767 << 16);
/// assert_eq!(f64::NAN.convert::<i16>(), 0);
/// ```
pub trait Sample:
    sealed::Sealed
    + Copy
    + Default
    + fmt::Debug
    + fmt::Display
    + PartialOrd
    + NumAssign
    + num_traits::NumCast
    + ToPrimitive
    + Pod
    + Send
    + Sync
    + 'static
{
    /// The level of full scale in this type: 2^(bits−1) for integers, 1.0 for floats.
    const FULL_SCALE: f64;
    /// Whether the type is a float, which can hold values beyond full scale, NaN and infinities.
    const IS_FLOAT: bool;
    /// The type as a value, to choose by at run time.
    const TYPE: SampleType;

    /// The same level in another type.
    #[must_use]
    fn convert<U: Sample>(self) -> U;

    /// From an integer whose full scale is 2^31, which every integer encoding reaches by a left shift.
    #[doc(hidden)]
    fn from_i32_scale(value: i32) -> Self;
    /// From a float whose full scale is 1.0.
    #[doc(hidden)]
    fn from_f32_scale(value: f32) -> Self;
    /// From a float whose full scale is 1.0.
    #[doc(hidden)]
    fn from_f64_scale(value: f64) -> Self;
    /// To an integer of `bits` significant bits at the top of 32, so that full scale is 2^31.
    #[doc(hidden)]
    fn to_i32_scale(self, bits: u32) -> i32;
    /// To a float whose full scale is 1.0.
    #[doc(hidden)]
    fn to_f32_scale(self) -> f32;
    /// To a float whose full scale is 1.0.
    #[doc(hidden)]
    fn to_f64_scale(self) -> f64;
}

/// 2^31, the full scale of `i32`.
const SCALE_32: f64 = 2_147_483_648.0;

/// Rounds a value of full scale 2^(bits−1) half to even, saturates it, and takes NaN as 0.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "the low bits are the integer")]
fn to_integer(value: f64, bits: u32) -> i32 {
    let full_scale = (1_u64 << (bits - 1)) as f64;
    // Adding 1.5 × 2^52 leaves no bits below one in an f64, so the addition itself rounds half to even; that holds for
    // magnitudes to 2^51, and the clamp before it keeps them to 2^31. The integer then stands in the lowest bits. Unlike
    // `round_ties_even() as i32` this vectorizes on every CPU (benches/notes.md).
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    let clamped = value.clamp(-full_scale, full_scale - 1.0);
    let number = if clamped.is_nan() { 0.0 } else { clamped };
    (number + MAGIC).to_bits() as u32 as i32
}

impl Sample for i16 {
    const FULL_SCALE: f64 = 32_768.0;
    const IS_FLOAT: bool = false;
    const TYPE: SampleType = SampleType::I16;

    #[inline(always)]
    fn convert<U: Sample>(self) -> U {
        U::from_i32_scale(i32::from(self) << 16)
    }
    #[inline(always)]
    fn from_i32_scale(value: i32) -> Self {
        (value >> 16) as i16
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "the low bits are the integer")]
    fn from_f32_scale(value: f32) -> Self {
        // As `to_integer`, in the width of the input: the product is exact, and 1.5 × 2^23 rounds magnitudes to 2^22.
        const MAGIC: f32 = 12_582_912.0;
        let clamped = (value * 32_768.0).clamp(-32_768.0, 32_767.0);
        let number = if clamped.is_nan() { 0.0 } else { clamped };
        (number + MAGIC).to_bits() as u16 as i16
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "saturated to 16 bits before")]
    fn from_f64_scale(value: f64) -> Self {
        to_integer(value * 32_768.0, 16) as i16
    }
    #[inline(always)]
    fn to_i32_scale(self, bits: u32) -> i32 {
        i32::from(self) << 16 >> (32 - bits) << (32 - bits)
    }
    #[inline(always)]
    fn to_f32_scale(self) -> f32 {
        f32::from(self) / 32_768.0
    }
    #[inline(always)]
    fn to_f64_scale(self) -> f64 {
        f64::from(self) / 32_768.0
    }
}

impl Sample for i32 {
    const FULL_SCALE: f64 = SCALE_32;
    const IS_FLOAT: bool = false;
    const TYPE: SampleType = SampleType::I32;

    #[inline(always)]
    fn convert<U: Sample>(self) -> U {
        U::from_i32_scale(self)
    }
    #[inline(always)]
    fn from_i32_scale(value: i32) -> Self {
        value
    }
    #[inline(always)]
    fn from_f32_scale(value: f32) -> Self {
        to_integer(f64::from(value) * SCALE_32, 32)
    }
    #[inline(always)]
    fn from_f64_scale(value: f64) -> Self {
        to_integer(value * SCALE_32, 32)
    }
    #[inline(always)]
    fn to_i32_scale(self, bits: u32) -> i32 {
        self >> (32 - bits) << (32 - bits)
    }
    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "rounds to the nearest f32, as documented")]
    fn to_f32_scale(self) -> f32 {
        self as f32 * (1.0 / 2_147_483_648.0)
    }
    #[inline(always)]
    fn to_f64_scale(self) -> f64 {
        f64::from(self) * (1.0 / SCALE_32)
    }
}

impl Sample for f32 {
    const FULL_SCALE: f64 = 1.0;
    const IS_FLOAT: bool = true;
    const TYPE: SampleType = SampleType::F32;

    #[inline(always)]
    fn convert<U: Sample>(self) -> U {
        U::from_f32_scale(self)
    }
    #[inline(always)]
    fn from_i32_scale(value: i32) -> Self {
        value.to_f32_scale()
    }
    #[inline(always)]
    fn from_f32_scale(value: f32) -> Self {
        value
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest f32")]
    fn from_f64_scale(value: f64) -> Self {
        value as f32
    }
    #[inline(always)]
    fn to_i32_scale(self, bits: u32) -> i32 {
        f64::from(self).to_i32_scale(bits)
    }
    #[inline(always)]
    fn to_f32_scale(self) -> f32 {
        self
    }
    #[inline(always)]
    fn to_f64_scale(self) -> f64 {
        f64::from(self)
    }
}

impl Sample for f64 {
    const FULL_SCALE: f64 = 1.0;
    const IS_FLOAT: bool = true;
    const TYPE: SampleType = SampleType::F64;

    #[inline(always)]
    fn convert<U: Sample>(self) -> U {
        U::from_f64_scale(self)
    }
    #[inline(always)]
    fn from_i32_scale(value: i32) -> Self {
        value.to_f64_scale()
    }
    #[inline(always)]
    fn from_f32_scale(value: f32) -> Self {
        f64::from(value)
    }
    #[inline(always)]
    fn from_f64_scale(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn to_i32_scale(self, bits: u32) -> i32 {
        let full_scale = (1_u64 << (bits - 1)) as f64;
        to_integer(self * full_scale, bits) << (32 - bits)
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest f32")]
    fn to_f32_scale(self) -> f32 {
        self as f32
    }
    #[inline(always)]
    fn to_f64_scale(self) -> f64 {
        self
    }
}
