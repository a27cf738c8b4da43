//! Finds bits in the audio that its encoding does not use.
//!
//! Encodings with fewer valid bits than they store leave the rest of the bits zero, or fill them with the sign. Files do not always
//! keep to that, and 24 bits in 4 bytes under a plain format tag may be at either end, which only the audio shows.

use crate::spec::{ByteOrder, Encoding};

/// Bytes at the start of the audio that are looked at when a file is opened.
pub(crate) const LOOK_BYTES: usize = 64 << 10;

/// Bytes of audio that are read when a file is opened, if nothing before shows at which end of their 4 bytes samples of 24 bits are.
///
/// Only digital silence and samples as quiet as those of 16 bits do not show it, and only this rare format asks. The end of the limit is an
/// hour and a half of one channel at 48 kHz; without one, a file with a hole of terabytes would take hours to open. Unit tests look at less.
pub(crate) const LOOK_ON_BYTES: u64 = if cfg!(test) { 1 << 20 } else { 1 << 30 };

/// Where the audio shows samples of 24 bits in 4 bytes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Justification {
    /// Anywhere: all of them are zero.
    Silent,
    /// At either end: loud ones at the bottom, without their lowest byte, or quiet ones at the top.
    Either,
    Bottom,
    Top,
}

/// Returns whether the encoding has bits that carry no audio.
pub(crate) fn has_unused_bits(encoding: Encoding) -> bool {
    unused_mask(encoding) != 0 || encoding == Encoding::I24In32Lsb
}

/// The bits of a sample below the valid ones, from the least significant.
fn unused_mask(encoding: Encoding) -> u8 {
    match encoding {
        Encoding::I12In16 | Encoding::I20In24 => 0x0F,
        Encoding::I24In32Msb => 0xFF,
        _ => 0,
    }
}

/// Finds the first sample with something in its unused bits, by its index. `bytes` are whole samples.
pub(crate) fn first_used(encoding: Encoding, order: ByteOrder, bytes: &[u8]) -> Option<usize> {
    let samples = bytes.chunks_exact(encoding.bytes());
    let mask = unused_mask(encoding);
    match (encoding, order) {
        (Encoding::I24In32Lsb, _) => samples.into_iter().position(|sample| !is_sign(top_and_next(sample, order))),
        (_, ByteOrder::Little) => samples.into_iter().position(|sample| sample[0] & mask != 0),
        (_, ByteOrder::Big) => samples.into_iter().position(|sample| sample[sample.len() - 1] & mask != 0),
    }
}

/// Finds at which end of 4 bytes samples of 24 bits are: at the top if some cannot be at the bottom, and all can be at the top.
pub(crate) fn justification(order: ByteOrder, bytes: &[u8]) -> Justification {
    let lowest = if order == ByteOrder::Little { 0 } else { 3 };
    if silence(bytes) == whole(bytes).len() {
        Justification::Silent
    } else if bytes.chunks_exact(4).any(|sample| sample[lowest] != 0) {
        Justification::Bottom
    } else if first_used(Encoding::I24In32Lsb, order, bytes).is_some() {
        Justification::Top
    } else {
        Justification::Either
    }
}

/// Bytes of samples of 4 bytes that are zero, before the first that is not.
pub(crate) fn silence(bytes: &[u8]) -> usize {
    // Large pieces first: without a way out in their middle they are compared many bytes at a time.
    const PIECE: usize = 256;
    let is_zero = |piece: &[u8]| piece.iter().fold(0, |any, byte| any | byte) == 0;
    let pieces = PIECE * bytes.chunks_exact(PIECE).take_while(|piece| is_zero(piece)).count();
    pieces + 4 * bytes[pieces..].chunks_exact(4).take_while(|sample| is_zero(sample)).count()
}

/// Moves samples of 24 bits from the top of their 4 bytes to the bottom.
pub(crate) fn move_to_the_bottom(order: ByteOrder, bytes: &mut [u8]) {
    let (samples, _) = bytes.as_chunks_mut::<4>();
    for sample in samples {
        *sample = match order {
            ByteOrder::Little => (i32::from_le_bytes(*sample) >> 8).to_le_bytes(),
            ByteOrder::Big => (i32::from_be_bytes(*sample) >> 8).to_be_bytes(),
        };
    }
}

/// Samples of 4 bytes, without an incomplete one at their end.
fn whole(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len() / 4 * 4]
}

/// The byte above the 24 bits, and the highest of the 24.
fn top_and_next(sample: &[u8], order: ByteOrder) -> (u8, u8) {
    match order {
        ByteOrder::Little => (sample[3], sample[2]),
        ByteOrder::Big => (sample[0], sample[1]),
    }
}

/// Returns whether the byte above is the sign of the 24 bits, or nothing.
fn is_sign((top, next): (u8, u8)) -> bool {
    top == 0 || top == 0xFF && next & 0x80 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_bits_are_found_where_they_are_used() {
        use ByteOrder::{Big, Little};
        let cases: [(Encoding, ByteOrder, &[u8], Option<usize>); 12] = [
            (Encoding::I12In16, Little, &[0xF0, 1, 0x10, 2], None),
            (Encoding::I12In16, Little, &[0xF0, 1, 0x18, 2], Some(1)),
            (Encoding::I12In16, Big, &[1, 0x01, 2, 0], Some(0)),
            (Encoding::I12In16, Big, &[0xFF, 0xF0], None),
            (Encoding::I20In24, Little, &[0, 0xFF, 0xFF, 1, 0, 0], Some(1)),
            (Encoding::I20In24, Big, &[0xFF, 0xFF, 0xF0], None),
            (Encoding::I24In32Msb, Little, &[0, 1, 1, 1, 0x80, 0, 0, 0], Some(1)),
            (Encoding::I24In32Msb, Big, &[1, 1, 1, 0], None),
            (Encoding::I24In32Lsb, Little, &[1, 2, 0x83, 0xFF, 1, 2, 0x83, 0, 1, 2, 3, 0], None),
            (Encoding::I24In32Lsb, Little, &[1, 2, 3, 0, 1, 2, 3, 0xFF], Some(1)),
            (Encoding::I24In32Lsb, Big, &[0x12, 1, 2, 3], Some(0)),
            (Encoding::I16, Little, &[0xFF, 0xFF], None),
        ];
        for (encoding, order, bytes, found) in cases {
            assert_eq!(first_used(encoding, order, bytes), found, "{encoding}, {order:?}, {bytes:?}");
        }
    }

    #[test]
    fn samples_are_at_the_top_if_they_can_be_nowhere_else() {
        let top: Vec<u8> =
            [0x0012_3400_u32, 0x7654_3200, 0x8000_0100].iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(justification(ByteOrder::Little, &top), Justification::Top);
        // Quiet samples can be at either end; so can the ones of a 16-bit source at the bottom.
        assert_eq!(justification(ByteOrder::Little, &top[..4]), Justification::Either);
        assert_eq!(justification(ByteOrder::Little, &[0, 0, 0x80, 0xFF]), Justification::Either);
        let bottom = [0x12, 0x34, 0x56, 0, 0, 0, 0x80, 0xFF];
        assert_eq!(justification(ByteOrder::Little, &bottom), Justification::Bottom);
        // All 32 bits in use: neither.
        assert_eq!(justification(ByteOrder::Little, &[1, 2, 3, 4]), Justification::Bottom);
        assert_eq!(justification(ByteOrder::Big, &[0x12, 0x34, 0x56, 0]), Justification::Top);
        // An incomplete sample says nothing.
        for silent in [&[][..], &[0; 4], &[0, 0, 0, 0, 1, 2, 3]] {
            assert_eq!(justification(ByteOrder::Little, silent), Justification::Silent);
        }
    }

    #[test]
    fn samples_are_moved_with_their_sign() {
        let mut little = [0, 0x12, 0x34, 0x56, 0, 1, 2, 0x83];
        move_to_the_bottom(ByteOrder::Little, &mut little);
        assert_eq!(little, [0x12, 0x34, 0x56, 0, 1, 2, 0x83, 0xFF]);
        let mut big = [0x83, 2, 1, 0, 9];
        move_to_the_bottom(ByteOrder::Big, &mut big);
        assert_eq!(big, [0xFF, 0x83, 2, 1, 9]);
    }

    #[test]
    fn silence_ends_at_the_first_sample_that_is_not_zero() {
        for len in [0, 3, 4, 255, 256, 260, 1_027] {
            assert_eq!(silence(&vec![0; len]), len / 4 * 4, "{len} zeros");
            for at in 0..len / 4 * 4 {
                let mut bytes = vec![0; len];
                bytes[at] = 1;
                assert_eq!(silence(&bytes), at / 4 * 4, "{at} of {len}");
            }
        }
    }
}
