//! Samples → bytes of a file.

use super::g711::{compress_a_law, compress_mu_law};
use super::{Sample, is_stored_type};
use crate::spec::{ByteOrder, Encoding};

/// Encodes all `samples` into the bytes of as many, least significant byte first.
///
/// # Panics
/// Unless `out.len() == samples.len() * encoding.bytes()`.
pub(crate) fn encode<T: Sample>(encoding: Encoding, samples: &[T], out: &mut [u8]) {
    assert_eq!(out.len(), samples.len() * encoding.bytes(), "bytes of as many samples as there are");
    // 12 of 16 bits and 24 of 32 are cut down to their width below, whatever the type holds.
    if is_stored_type::<T>(encoding, ByteOrder::Little) && encoding.bits() as usize == 8 * size_of::<T>() {
        out.copy_from_slice(bytemuck::cast_slice(samples));
        return;
    }
    match encoding {
        Encoding::U8 => each(samples, out, |s| [top_bytes::<1>(s.to_i32_scale(8))[0].wrapping_add(128)]),
        Encoding::I12In16 => each(samples, out, |s| top_bytes::<2>(s.to_i32_scale(12))),
        Encoding::I16 => each(samples, out, |s| s.convert::<i16>().to_le_bytes()),
        Encoding::I20In24 => each(samples, out, |s| top_bytes::<3>(s.to_i32_scale(20))),
        Encoding::I24 => each(samples, out, |s| top_bytes::<3>(s.to_i32_scale(24))),
        Encoding::I24In32Lsb => each(samples, out, |s| (s.to_i32_scale(24) >> 8).to_le_bytes()),
        Encoding::I24In32Msb => each(samples, out, |s| s.to_i32_scale(24).to_le_bytes()),
        Encoding::I32 => each(samples, out, |s| s.to_i32_scale(32).to_le_bytes()),
        Encoding::F32 => each(samples, out, |s| s.to_f32_scale().to_le_bytes()),
        Encoding::F64 => each(samples, out, |s| s.to_f64_scale().to_le_bytes()),
        Encoding::ALaw => each(samples, out, |s| [compress_a_law(s.convert())]),
        Encoding::MuLaw => each(samples, out, |s| [compress_mu_law(s.convert())]),
    }
}

/// The `N` most significant bytes of an integer, least significant first.
#[inline(always)]
fn top_bytes<const N: usize>(value: i32) -> [u8; N] {
    let bytes = value.to_le_bytes();
    std::array::from_fn(|index| bytes[4 - N + index])
}

/// `N` bytes from each sample.
#[inline(always)]
fn each<const N: usize, T: Sample>(samples: &[T], out: &mut [u8], bytes: impl Fn(T) -> [u8; N]) {
    let (out, _) = out.as_chunks_mut::<N>();
    for (out, &sample) in out.iter_mut().zip(samples) {
        *out = bytes(sample);
    }
}
