//! Reductions over interleaved slices, a result per channel.
//!
//! One accumulator per lane, a whole number of frames wide: neighbouring samples stay in neighbouring lanes, so that the loops
//! vectorize for any number of channels. Each kernel is compiled for several instruction sets and the best one is chosen at run
//! time; the order of all additions is fixed by the lanes, so that the choice changes no bit of any result, of floats neither.

pub(super) mod float;
pub(super) mod i16;
pub(super) mod i32;
mod lanes;
#[cfg(test)]
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "random bits, small counts")]
mod tests;

pub(super) use lanes::{GROUP, lanes_of};

use std::any::TypeId;

use crate::pcm::Sample;

/// The most samples that a kernel takes at once: so many leave room in every accumulator.
pub(super) const MAX_SAMPLES: usize = 1 << 15;

/// Samples by their type, known when compiled.
pub(super) enum Samples<'a> {
    I16(&'a [i16]),
    I32(&'a [i32]),
    F32(&'a [f32]),
    F64(&'a [f64]),
}

impl<'a> Samples<'a> {
    #[inline(always)]
    pub(super) fn of<T: Sample>(samples: &'a [T]) -> Self {
        // A cast from a type to itself, which neither fails nor leaves anything for run time.
        let is = |id| TypeId::of::<T>() == id;
        if is(TypeId::of::<i16>()) {
            Samples::I16(bytemuck::cast_slice(samples))
        } else if is(TypeId::of::<i32>()) {
            Samples::I32(bytemuck::cast_slice(samples))
        } else if is(TypeId::of::<f32>()) {
            Samples::F32(bytemuck::cast_slice(samples))
        } else {
            Samples::F64(bytemuck::cast_slice(samples))
        }
    }
}
