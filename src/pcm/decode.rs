//! Bytes of a file → samples.

use super::g711::{A_LAW, MU_LAW};
use super::{Sample, is_stored_type};
use crate::spec::{ByteOrder, Encoding};

/// Decodes as many samples as `out` holds from the bytes of as many.
///
/// # Panics
/// Unless `bytes.len() == out.len() * encoding.bytes()`.
pub(crate) fn decode<T: Sample>(encoding: Encoding, order: ByteOrder, bytes: &[u8], out: &mut [T]) {
    assert_eq!(bytes.len(), out.len() * encoding.bytes(), "bytes of as many samples as there is room for");
    if is_stored_type::<T>(encoding, order) {
        bytemuck::cast_slice_mut(out).copy_from_slice(bytes);
        return;
    }
    let big = order == ByteOrder::Big;
    match encoding {
        Encoding::U8 => {
            each(bytes, out, |[byte]: [u8; 1]| T::from_i32_scale(i32::from(byte.wrapping_sub(128).cast_signed()) << 24))
        }
        Encoding::ALaw => each(bytes, out, |[byte]: [u8; 1]| A_LAW[usize::from(byte)].convert()),
        Encoding::MuLaw => each(bytes, out, |[byte]: [u8; 1]| MU_LAW[usize::from(byte)].convert()),
        Encoding::I16 | Encoding::I12In16 if big => each(bytes, out, |b| i16::from_be_bytes(b).convert()),
        Encoding::I16 | Encoding::I12In16 => each(bytes, out, |b| i16::from_le_bytes(b).convert()),
        Encoding::I24 | Encoding::I20In24 if big => {
            each(bytes, out, |[a, b, c]: [u8; 3]| T::from_i32_scale(i32::from_be_bytes([a, b, c, 0])));
        }
        Encoding::I24 | Encoding::I20In24 => decode_i24(bytes, out),
        Encoding::I24In32Lsb if big => each(bytes, out, |b| T::from_i32_scale(i32::from_be_bytes(b) << 8)),
        Encoding::I24In32Lsb => each(bytes, out, |b| T::from_i32_scale(i32::from_le_bytes(b) << 8)),
        Encoding::I32 | Encoding::I24In32Msb if big => each(bytes, out, |b| T::from_i32_scale(i32::from_be_bytes(b))),
        Encoding::I32 | Encoding::I24In32Msb => each(bytes, out, |b| T::from_i32_scale(i32::from_le_bytes(b))),
        Encoding::F32 if big => each(bytes, out, |b| T::from_f32_scale(f32::from_be_bytes(b))),
        Encoding::F32 => each(bytes, out, |b| T::from_f32_scale(f32::from_le_bytes(b))),
        Encoding::F64 if big => each(bytes, out, |b| T::from_f64_scale(f64::from_be_bytes(b))),
        Encoding::F64 => each(bytes, out, |b| T::from_f64_scale(f64::from_le_bytes(b))),
    }
}

/// One sample from each `N` bytes.
#[inline(always)]
fn each<const N: usize, T: Sample>(bytes: &[u8], out: &mut [T], sample: impl Fn([u8; N]) -> T) {
    let (bytes, _) = bytes.as_chunks::<N>();
    for (out, &bytes) in out.iter_mut().zip(bytes) {
        *out = sample(bytes);
    }
}

/// Three bytes each, least significant first.
fn decode_i24<T: Sample>(bytes: &[u8], out: &mut [T]) {
    each(bytes, out, |[a, b, c]: [u8; 3]| T::from_i32_scale(i32::from_le_bytes([0, a, b, c])));
}
