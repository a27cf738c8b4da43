//! Bytes of a file → samples.

use multiversion::multiversion;

use super::g711::{expand_a_law, expand_mu_law};
use super::{Sample, is_stored_type};
use crate::spec::{ByteOrder, Encoding};

/// Decodes as many samples as `out` holds from the bytes of as many.
///
/// # Panics
/// Unless `bytes.len() == out.len() * encoding.bytes()`.
#[track_caller]
pub(crate) fn decode<T: Sample>(encoding: Encoding, order: ByteOrder, bytes: &[u8], out: &mut [T]) {
    assert_eq!(bytes.len(), out.len() * encoding.bytes(), "bytes of as many samples as there is room for");
    if is_stored_type::<T>(encoding, order) {
        bytemuck::cast_slice_mut(out).copy_from_slice(bytes);
        return;
    }
    if matches!(encoding, Encoding::I24 | Encoding::I20In24) && order == ByteOrder::Little && !has_avx512() {
        return decode_i24_in_pairs(bytes, out);
    }
    convert_all(encoding, order == ByteOrder::Big, bytes, out);
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_all<T: Sample>(encoding: Encoding, big: bool, bytes: &[u8], out: &mut [T]) {
    match encoding {
        Encoding::U8 => {
            each(bytes, out, |[byte]: [u8; 1]| T::from_i32_scale(i32::from(byte.wrapping_sub(128).cast_signed()) << 24))
        }
        Encoding::ALaw => each(bytes, out, |[byte]: [u8; 1]| expand_a_law(byte).convert()),
        Encoding::MuLaw => each(bytes, out, |[byte]: [u8; 1]| expand_mu_law(byte).convert()),
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

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::is_x86_feature_detected!("avx512bw") && std::is_x86_feature_detected!("avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx512() -> bool {
    false
}

/// Samples whose bytes are spread before they are converted, in memory of the first-level cache.
const SPREAD: usize = 256;

/// Three bytes each, least significant first: two samples from each eight bytes, one pair after the other, and then conversions that
/// vectorize. Without AVX-512 this is several times as fast as [`decode_i24`].
#[multiversion(targets("x86_64+avx2"))]
fn decode_i24_in_pairs<T: Sample>(bytes: &[u8], out: &mut [T]) {
    let mut at_the_top = [0_u64; SPREAD / 2];
    let (mut bytes, mut out) = (bytes, out);
    // The last two bytes read are the next pair's, so that the last one or two samples are left.
    while bytes.len() >= 8 {
        let pairs = ((bytes.len() - 2) / 6).min(SPREAD / 2);
        let mut rest = bytes;
        for pair in &mut at_the_top[..pairs] {
            let Some(eight) = rest.first_chunk::<8>() else { break };
            let both = u64::from_le_bytes(*eight);
            *pair = (both << 8 & 0xFFFF_FF00) | (both << 16 & 0xFFFF_FF00_0000_0000);
            rest = &rest[6..];
        }
        let (to, left) = out.split_at_mut(2 * pairs);
        for (to, &pair) in to.as_chunks_mut::<2>().0.iter_mut().zip(&at_the_top) {
            *to = [(pair & 0xFFFF_FFFF) as u32, (pair >> 32) as u32]
                .map(|sample| T::from_i32_scale(sample.cast_signed()));
        }
        (bytes, out) = (rest, left);
    }
    each(bytes, out, |[a, b, c]: [u8; 3]| T::from_i32_scale(i32::from_le_bytes([0, a, b, c])));
}

/// Samples that are decoded together.
const GROUP: usize = 16;

/// Three bytes each, least significant first: four samples from three words, which vectorizes for AVX-512 where loads of three bytes do not.
#[inline(always)]
fn decode_i24<T: Sample>(bytes: &[u8], out: &mut [T]) {
    let (groups, rest) = bytes.as_chunks::<{ 3 * GROUP }>();
    let (out_groups, out_rest) = out.as_chunks_mut::<GROUP>();
    let mut at_the_top = [0_u32; GROUP];
    for (out, w) in out_groups.iter_mut().zip(groups) {
        for four in 0..GROUP / 4 {
            let at = 12 * four;
            let a = u32::from_le_bytes([w[at], w[at + 1], w[at + 2], w[at + 3]]);
            let b = u32::from_le_bytes([w[at + 4], w[at + 5], w[at + 6], w[at + 7]]);
            let c = u32::from_le_bytes([w[at + 8], w[at + 9], w[at + 10], w[at + 11]]);
            at_the_top[4 * four] = a << 8;
            at_the_top[4 * four + 1] = (a >> 24 << 8) | (b << 16);
            at_the_top[4 * four + 2] = (b >> 16 << 8) | (c << 24);
            at_the_top[4 * four + 3] = c & 0xFFFF_FF00;
        }
        for index in 0..GROUP {
            out[index] = T::from_i32_scale(at_the_top[index].cast_signed());
        }
    }
    each(rest, out_rest, |[a, b, c]: [u8; 3]| T::from_i32_scale(i32::from_le_bytes([0, a, b, c])));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of every length about the groups and runs of both, whichever is the one of this CPU.
    #[test]
    fn both_ways_to_decode_24_bits_are_the_definition() {
        fn check<T: Sample>(bytes: &[u8]) {
            let len = bytes.len() / 3;
            let mut expected = vec![T::one(); len];
            for (sample, bytes) in expected.iter_mut().zip(bytes.as_chunks::<3>().0) {
                let [a, b, c] = bytes.map(i32::from);
                *sample = T::from_i32_scale((c << 24) + (b << 16) + (a << 8));
            }
            let mut found = vec![T::one(); len];
            decode_i24_in_pairs(bytes, &mut found);
            assert_eq!(found, expected, "in pairs, {len} samples");
            found.fill(T::one());
            convert_all(Encoding::I24, false, bytes, &mut found);
            assert_eq!(found, expected, "{len} samples");
        }
        let mut state = 1_u32;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(3 * 3 * SPREAD)
        .collect();
        for len in (0..70).chain(SPREAD - 5..SPREAD + 40).chain(3 * SPREAD - 5..=3 * SPREAD) {
            check::<f32>(&bytes[..3 * len]);
            check::<i32>(&bytes[3 * (3 * SPREAD - len)..]);
            check::<i16>(&bytes[..3 * len]);
        }
    }
}
