//! Samples → bytes of a file.

use multiversion::multiversion;

use super::g711::{compress_a_law, compress_mu_law};
use super::{Sample, is_stored_type};
use crate::spec::{ByteOrder, Encoding};

/// Encodes all `samples` into the bytes of as many, least significant byte first.
///
/// # Panics
/// Unless `out.len() == samples.len() * encoding.bytes()`.
#[track_caller]
pub(crate) fn encode<T: Sample>(encoding: Encoding, samples: &[T], out: &mut [u8]) {
    assert_eq!(out.len(), samples.len() * encoding.bytes(), "bytes of as many samples as there are");
    if is_encoded_as_is::<T>(encoding) {
        out.copy_from_slice(bytemuck::cast_slice(samples));
        return;
    }
    convert_all(encoding, samples, out);
}

/// Whether the bytes of `T`s are the file's. 12 of 16 bits and 24 of 32 are cut down to their width, whatever the type holds.
pub(crate) fn is_encoded_as_is<T: Sample>(encoding: Encoding) -> bool {
    is_stored_type::<T>(encoding, ByteOrder::Little) && encoding.bits() as usize == 8 * size_of::<T>()
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_all<T: Sample>(encoding: Encoding, samples: &[T], out: &mut [u8]) {
    match encoding {
        Encoding::U8 => staged(samples, out, 8, |s| [top_bytes::<1>(s)[0].wrapping_add(128)]),
        Encoding::I12In16 => staged(samples, out, 12, top_bytes::<2>),
        Encoding::I16 => each(samples, out, |s| s.convert::<i16>().to_le_bytes()),
        Encoding::I20In24 => staged(samples, out, 20, top_bytes::<3>),
        Encoding::I24 => staged(samples, out, 24, top_bytes::<3>),
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

/// Samples that are converted together.
const STAGE: usize = 256;

/// `N` bytes from each sample by way of an integer of `bits` bits at the top of 32: two loops, since rounding vectorizes on
/// its own and not together with stores of three bytes.
#[inline(always)]
fn staged<const N: usize, T: Sample>(samples: &[T], out: &mut [u8], bits: u32, bytes: impl Fn(i32) -> [u8; N]) {
    let mut stage = [0_i32; STAGE];
    for (samples, out) in samples.chunks(STAGE).zip(out.chunks_mut(STAGE * N)) {
        for (integer, sample) in stage.iter_mut().zip(samples) {
            *integer = sample.to_i32_scale(bits);
        }
        let (out, _) = out.as_chunks_mut::<N>();
        for (out, &integer) in out.iter_mut().zip(&stage) {
            *out = bytes(integer);
        }
    }
}
