//! The `STREAMINFO` block.
//!
//! Source: RFC 9639, section 8.2.

use crate::error::{Error, FormatError, Result};
use crate::spec::{Encoding, Spec};

/// The properties of a FLAC stream, from its first metadata block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamInfo {
    /// Frames of the smallest block but the last; 0 in the files of some encoders.
    pub(crate) block_min: u16,
    /// Frames of the largest block.
    pub(crate) block_max: u16,
    /// Bytes of the largest frame, 0 where unknown.
    pub(crate) frame_bytes_max: u32,
    pub(crate) sample_rate: u32,
    /// 1 to 8.
    pub(crate) channels: u8,
    /// 4 to 32.
    pub(crate) bits: u8,
    /// In the words of this crate: one sample of each channel. `None` where unknown.
    pub(crate) frames: Option<u64>,
    /// Of the samples; `None` where unknown.
    pub(crate) md5: Option<[u8; 16]>,
}

impl StreamInfo {
    /// Bytes of the block.
    pub(crate) const BYTES: usize = 34;
    /// Where the count of frames stands in the block.
    pub(crate) const FRAMES_AT: u64 = 13;
    /// Where the MD5 stands in the block.
    pub(crate) const MD5_AT: u64 = 18;

    /// Reads the block, which stands at byte `offset` of the file.
    pub(crate) fn parse(block: &[u8; Self::BYTES], offset: u64) -> Result<Self> {
        let word = |at: usize| u16::from_be_bytes([block[at], block[at + 1]]);
        let packed = u64::from_be_bytes([
            block[10], block[11], block[12], block[13], block[14], block[15], block[16], block[17],
        ]);
        let field = |shift: u32, bits: u32| packed >> shift & ((1 << bits) - 1);
        let small = |shift: u32, bits: u32| u8::try_from(field(shift, bits) + 1).unwrap_or(u8::MAX);
        let (channels, bits) = (small(41, 3), small(36, 5));
        if bits < 4 {
            let (value, expected) = (u64::from(bits), "4 to 32");
            let what = FormatError::Field { chunk: *b"fLaC", field: "bits per sample", value, expected };
            return Err(Error::format(offset + 12, what));
        }
        let frames = field(0, 36);
        let mut md5 = [0; 16];
        md5.copy_from_slice(&block[18..]);
        Ok(StreamInfo {
            block_min: word(0),
            block_max: word(2),
            frame_bytes_max: u32::from_be_bytes([0, block[7], block[8], block[9]]),
            sample_rate: u32::try_from(field(44, 20)).unwrap_or_default(),
            channels,
            bits,
            frames: (frames != 0).then_some(frames),
            md5: (md5 != [0; 16]).then_some(md5),
        })
    }

    /// Frames of every block but the last, where the stream says that they are alike.
    pub(crate) fn fixed_block(&self) -> Option<u32> {
        (self.block_min == self.block_max && self.block_max > 0).then_some(u32::from(self.block_max))
    }

    /// Frames of the largest block that a header may announce.
    pub(crate) fn block_frames_max(&self) -> u64 {
        if self.block_max == 0 { 1 << 16 } else { u64::from(self.block_max.max(self.block_min)) }
    }

    /// Bytes that no block is smaller than: a header of 6, a CRC of 2, and in each channel 8 bits and either one number or, as the
    /// only way to less, 15 bits that say that the numbers take none.
    ///
    /// Source: RFC 9639, sections 9.1, 9.2.3, 9.2.7 and 9.3.
    pub(crate) fn block_bytes_min(&self) -> u64 {
        8 + (u64::from(self.channels) * (8 + u64::from(self.bits.min(15)))).div_ceil(8)
    }

    pub(crate) fn spec(&self) -> Spec {
        Spec::new(self.sample_rate, usize::from(self.channels), encoding(u32::from(self.bits)))
            .with_channel_mask(default_mask(self.channels))
    }
}

/// The encoding whose numbers hold those of so many bits, at the same full scale.
pub(crate) fn encoding(bits: u32) -> Encoding {
    match bits {
        0..=8 => Encoding::U8,
        9..=12 => Encoding::I12In16,
        13..=16 => Encoding::I16,
        17..=20 => Encoding::I20In24,
        21..=24 => Encoding::I24,
        _ => Encoding::I32,
    }
}

/// The loudspeakers of a stream that names none, as bits of `dwChannelMask`. One and two channels are left open.
///
/// Source: RFC 9639, section 9.1.3, table 5.
pub(crate) fn default_mask(channels: u8) -> Option<u32> {
    match channels {
        3 => Some(0x7),
        4 => Some(0x33),
        5 => Some(0x37),
        6 => Some(0x3F),
        7 => Some(0x70F),
        8 => Some(0x63F),
        _ => None,
    }
}
