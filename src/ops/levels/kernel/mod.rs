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

/// The most samples that a kernel takes at once: so many leave room in every accumulator.
pub(super) const MAX_SAMPLES: usize = 1 << 15;
