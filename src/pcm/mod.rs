//! Bytes ⇄ numbers: sample types, full scale, and the kernels between a file's bytes and slices of samples.
//!
//! Nothing here knows of files. One rule holds everywhere: *full scale maps to full scale*.

mod convert;
mod decode;
mod encode;
mod frame_dimension;
mod frombuffer;
pub(crate) mod g711;
mod rounding;
mod sample;
mod samples;
mod scale;
#[cfg(test)]
mod tests;

pub use convert::{convert, convert_into};
pub use frame_dimension::FrameDimension;
pub(crate) use frame_dimension::{as_frames, as_frames_mut};
pub use frombuffer::{frombuffer, frombuffer_mut};
pub(crate) use frombuffer::{view, view_mut};
pub use rounding::Rounding;
pub(crate) use rounding::to_sample;
pub use sample::Sample;
pub use samples::{Samples, SamplesMut};
pub(crate) use scale::{scale, scale_each, scale_with, subtract, subtract_each};

pub(crate) use decode::decode;
pub(crate) use encode::{encode, is_encoded_as_is};

use crate::spec::{ByteOrder, Encoding};

/// Whether samples of type `T` have the very bits that the file stores, so that moving them is a copy.
pub(crate) fn is_stored_type<T: Sample>(encoding: Encoding, order: ByteOrder) -> bool {
    order == ByteOrder::NATIVE && encoding.is_stored_as(T::TYPE)
}
