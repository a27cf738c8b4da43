//! The header of a frame.
//!
//! Source: RFC 9639, section 9.1. What that standard calls a frame is a block of frames in the words of this crate, compressed.

use super::crc::crc8;
use super::stream_info::StreamInfo;

/// The most bytes that a header can have.
pub(super) const HEADER_BYTES_MAX: usize = 16;

/// How the channels of a block are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stereo {
    /// Each as it is.
    Independent,
    /// Left, and left − right.
    LeftSide,
    /// Left − right, and right.
    SideRight,
    /// The mean, and left − right.
    MidSide,
}

/// The header of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Whether `number` counts frames rather than blocks.
    pub(super) counts_frames: bool,
    pub(super) number: u64,
    /// Frames in the block, 1 to 65536.
    pub(super) frames: u32,
    pub(super) stereo: Stereo,
    /// Bytes of the header.
    pub(super) bytes: usize,
}

/// Reads a header at the start of `bytes`; `None` where there is none, or one of another stream.
pub(super) fn parse(bytes: &[u8], info: &StreamInfo) -> Option<Header> {
    let &[0xFF, sync @ (0xF8 | 0xF9), sizes, layout, first, ..] = bytes else { return None };
    let (number, number_bytes) = coded_number(first, &bytes[5..])?;
    let mut at = 5 + number_bytes;
    let mut take = |count: usize| -> Option<u32> {
        let taken = bytes.get(at..at + count)?.iter().fold(0, |value, &byte| value << 8 | u32::from(byte));
        at += count;
        Some(taken)
    };
    let frames = match sizes >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 144 << code,
        6 => take(1)? + 1,
        7 => take(2)? + 1,
        code => 1 << code,
    };
    let sample_rate = match sizes & 15 {
        0 => info.sample_rate,
        code @ 1..=11 => [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000]
            [usize::from(code) - 1],
        12 => take(1)? * 1000,
        13 => take(2)?,
        14 => take(2)? * 10,
        _ => return None,
    };
    let (channels, stereo) = match layout >> 4 {
        code @ 0..=7 => (code + 1, Stereo::Independent),
        8 => (2, Stereo::LeftSide),
        9 => (2, Stereo::SideRight),
        10 => (2, Stereo::MidSide),
        _ => return None,
    };
    let bits = match layout >> 1 & 7 {
        0 => info.bits,
        1 => 8,
        2 => 12,
        4 => 16,
        5 => 20,
        6 => 24,
        7 => 32,
        _ => return None,
    };
    let of_this_stream = channels == info.channels
        && bits == info.bits
        && sample_rate == info.sample_rate
        && layout & 1 == 0
        && (info.block_max == 0 || frames <= u32::from(info.block_max).max(u32::from(info.block_min)));
    let crc = *bytes.get(at)?;
    (of_this_stream && crc == crc8(&bytes[..at])).then_some(Header {
        counts_frames: sync == 0xF9,
        number,
        frames,
        stereo,
        bytes: at + 1,
    })
}

/// A number of up to 36 bits in the way of UTF-8, and how many bytes follow the first.
fn coded_number(first: u8, rest: &[u8]) -> Option<(u64, usize)> {
    let ones = first.leading_ones() as usize;
    let more = match ones {
        0 => return Some((u64::from(first), 0)),
        2..=7 => ones - 1,
        _ => return None,
    };
    let start = if ones == 7 { 0 } else { u64::from(first & (0x7F >> ones)) };
    let number = rest
        .get(..more)?
        .iter()
        .try_fold(start, |number, &byte| (byte & 0xC0 == 0x80).then_some(number << 6 | u64::from(byte & 0x3F)))?;
    Some((number, more))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> StreamInfo {
        StreamInfo {
            block_min: 4096,
            block_max: 4096,
            frame_bytes_max: 0,
            sample_rate: 44_100,
            channels: 1,
            bits: 16,
            frames: None,
            md5: None,
        }
    }

    /// The header of the third example of RFC 9639, appendix D.3.4, is of another width; this one is made by hand from section 9.1:
    /// 4096 frames, 44100 Hz, one channel, 16 bits, block 300.
    #[test]
    fn the_fields_are_where_the_standard_puts_them() {
        let mut bytes = vec![0xFF, 0xF8, 0xC9, 0x08, 0xC4, 0xAC];
        bytes.push(crc8(&bytes));
        bytes.push(0);
        let expected =
            Header { counts_frames: false, number: 300, frames: 4096, stereo: Stereo::Independent, bytes: 7 };
        assert_eq!(parse(&bytes, &info()), Some(expected));
        for bit in 0..7 * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 0x80 >> (bit % 8);
            assert_eq!(parse(&damaged, &info()), None, "bit {bit}");
        }
        assert_eq!(parse(&bytes, &StreamInfo { channels: 2, ..info() }), None);
        assert_eq!(parse(&bytes, &StreamInfo { block_min: 16, block_max: 1024, ..info() }), None);
        assert_eq!(parse(&bytes[..6], &info()), None);
    }

    #[test]
    fn numbers_are_coded_in_one_to_seven_bytes() {
        for (bytes, number) in [
            (&[0x24][..], 0x24),
            (&[0xC2, 0xA2], 0xA2),
            (&[0xE2, 0x82, 0xAC], 0x20AC),
            (&[0xF0, 0x90, 0x8D, 0x88], 0x1_0348),
            (&[0xFE, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF], 0xF_FFFF_FFFF),
        ] {
            assert_eq!(coded_number(bytes[0], &bytes[1..]), Some((number, bytes.len() - 1)));
        }
        assert_eq!(coded_number(0x80, &[]), None);
        assert_eq!(coded_number(0xFF, &[0x80; 8]), None);
        assert_eq!(coded_number(0xC2, &[0x22]), None);
    }
}
