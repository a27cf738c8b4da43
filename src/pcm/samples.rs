//! Slices of samples whose type is known at run time only.

use super::Sample;
use crate::spec::SampleType;

/// Samples to be read, of a type known at run time.
#[derive(Debug, Clone, Copy)]
pub enum Samples<'a> {
    /// Integers of 16 bits.
    I16(&'a [i16]),
    /// Integers of 32 bits.
    I32(&'a [i32]),
    /// Floats of 32 bits.
    F32(&'a [f32]),
    /// Floats of 64 bits.
    F64(&'a [f64]),
}

/// Samples to be filled or changed, of a type known at run time.
///
/// # Examples
/// ```
/// use ndaudio::SamplesMut;
///
/// let mut samples = [0_i16; 4];
/// match SamplesMut::from(&mut samples[..]) {
///     SamplesMut::I16(samples) => samples.fill(7),
///     other => panic!("i16 became {other:?}"),
/// }
/// assert_eq!(samples, [7; 4]);
/// ```
#[derive(Debug)]
pub enum SamplesMut<'a> {
    /// Integers of 16 bits.
    I16(&'a mut [i16]),
    /// Integers of 32 bits.
    I32(&'a mut [i32]),
    /// Floats of 32 bits.
    F32(&'a mut [f32]),
    /// Floats of 64 bits.
    F64(&'a mut [f64]),
}

// Each cast is from a type to itself, which cannot fail and leaves nothing to do at run time.

impl<'a, T: Sample> From<&'a [T]> for Samples<'a> {
    #[inline(always)]
    fn from(samples: &'a [T]) -> Self {
        match T::TYPE {
            SampleType::I16 => Samples::I16(bytemuck::cast_slice(samples)),
            SampleType::I32 => Samples::I32(bytemuck::cast_slice(samples)),
            SampleType::F32 => Samples::F32(bytemuck::cast_slice(samples)),
            SampleType::F64 => Samples::F64(bytemuck::cast_slice(samples)),
        }
    }
}

impl<'a, T: Sample> From<&'a mut [T]> for SamplesMut<'a> {
    #[inline(always)]
    fn from(samples: &'a mut [T]) -> Self {
        match T::TYPE {
            SampleType::I16 => SamplesMut::I16(bytemuck::cast_slice_mut(samples)),
            SampleType::I32 => SamplesMut::I32(bytemuck::cast_slice_mut(samples)),
            SampleType::F32 => SamplesMut::F32(bytemuck::cast_slice_mut(samples)),
            SampleType::F64 => SamplesMut::F64(bytemuck::cast_slice_mut(samples)),
        }
    }
}

impl<'a> SamplesMut<'a> {
    /// The samples, if they are of type `T`.
    pub(crate) fn downcast<T: Sample>(self) -> Option<&'a mut [T]> {
        match (self, T::TYPE) {
            (SamplesMut::I16(samples), SampleType::I16) => Some(bytemuck::cast_slice_mut(samples)),
            (SamplesMut::I32(samples), SampleType::I32) => Some(bytemuck::cast_slice_mut(samples)),
            (SamplesMut::F32(samples), SampleType::F32) => Some(bytemuck::cast_slice_mut(samples)),
            (SamplesMut::F64(samples), SampleType::F64) => Some(bytemuck::cast_slice_mut(samples)),
            _ => None,
        }
    }
}
