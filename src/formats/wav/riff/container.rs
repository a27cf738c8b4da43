//! The kinds of file, and the geometry in which they differ.
//!
//! Sources: RIFF MCI (1991); EBU Tech 3306 v1.1 and ITU-R BS.2088-1 for RF64, BW64 and `ds64`; Sony, "Wave64 File Format" (2002).

use std::fmt;

use super::guid;
use crate::spec::ByteOrder;

/// The kind of file that the audio is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Container {
    /// RIFF/WAVE: little-endian, sizes of 32 bits. Written, it becomes [`Rf64`](Container::Rf64) in place past 4 GiB.
    #[default]
    Riff,
    /// RIFF with big-endian numbers.
    Rifx,
    /// RIFF with sizes of 64 bits, EBU Tech 3306.
    Rf64,
    /// RIFF with sizes of 64 bits, ITU-R BS.2088.
    Bw64,
    /// Sony Wave64: GUIDs for chunk ids, sizes of 64 bits.
    Wave64,
}

/// A chunk's header, as its bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkHeader {
    /// The id; in Wave64 the first four bytes of the GUID, as RIFF has them.
    pub(crate) id: [u8; 4],
    /// Bytes of content that the chunk claims.
    pub(crate) size: u64,
    /// Whether the GUID is the one that goes with the id. Only Wave64 has GUIDs.
    pub(crate) guid_intact: bool,
}

impl Container {
    /// The container that these first bytes of a file belong to: at least [`file_header_len`](Self::file_header_len) of them,
    /// unless the file ends before.
    pub(crate) fn recognize(head: &[u8]) -> Option<Container> {
        Some(match head.get(..4)? {
            b"RIFF" => Container::Riff,
            b"RIFX" => Container::Rifx,
            b"RF64" => Container::Rf64,
            b"BW64" => Container::Bw64,
            b"riff" if head.get(..16)? == guid::RIFF => Container::Wave64,
            _ => return None,
        })
    }

    /// Whether the file header says that the file holds audio. It must be complete.
    pub(crate) fn is_wave(self, file_header: &[u8]) -> bool {
        match self {
            Container::Wave64 => file_header[24..40] == guid::of_chunk(*b"wave"),
            _ => file_header[8..12] == *b"WAVE",
        }
    }

    /// The order of the bytes of numbers.
    pub(crate) fn byte_order(self) -> ByteOrder {
        if self == Container::Rifx { ByteOrder::Big } else { ByteOrder::Little }
    }

    /// Bytes before the first chunk.
    pub(crate) fn file_header_len(self) -> usize {
        if self == Container::Wave64 { 40 } else { 12 }
    }

    /// Bytes of a chunk's header.
    pub(crate) fn chunk_header_len(self) -> usize {
        if self == Container::Wave64 { 24 } else { 8 }
    }

    /// Where the size stands, in the header of a chunk and in that of the file.
    pub(crate) fn size_at(self) -> usize {
        if self == Container::Wave64 { 16 } else { 4 }
    }

    /// Bytes of a size.
    pub(crate) fn size_len(self) -> usize {
        if self == Container::Wave64 { 8 } else { 4 }
    }

    /// Chunks begin at multiples of this.
    pub(crate) fn alignment(self) -> u64 {
        if self == Container::Wave64 { 8 } else { 2 }
    }

    /// Zeros from the end of `len` bytes to where the next chunk begins.
    pub(crate) fn padding(self, len: u64) -> u64 {
        len.wrapping_neg() % self.alignment()
    }

    /// Bytes of its own header that the size of a chunk counts.
    fn size_counts(self) -> u64 {
        if self == Container::Wave64 { 24 } else { 0 }
    }

    /// Bytes at the start of the file that the size of the whole does not count.
    pub(crate) fn uncounted(self) -> u64 {
        if self == Container::Wave64 { 0 } else { 8 }
    }

    /// Whether the 64-bit sizes stand in a `ds64` chunk.
    pub(crate) fn has_ds64(self) -> bool {
        matches!(self, Container::Rf64 | Container::Bw64)
    }

    /// Bytes of a `fact` chunk.
    pub(crate) fn fact_len(self) -> usize {
        self.size_len()
    }

    /// A size or count of the container, at the start of `bytes`.
    pub(crate) fn number(self, bytes: &[u8]) -> u64 {
        number(&bytes[..self.size_len()], self.byte_order())
    }

    /// Bytes of the whole file by its own header, counted from its start.
    pub(crate) fn file_size(self, file_header: &[u8]) -> u64 {
        self.number(&file_header[self.size_at()..])
    }

    /// Reads the header of a chunk, which must be complete.
    pub(crate) fn parse_chunk_header(self, bytes: &[u8]) -> ChunkHeader {
        let mut id = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let size = self.number(&bytes[self.size_at()..]).saturating_sub(self.size_counts());
        if self != Container::Wave64 {
            return ChunkHeader { id, size, guid_intact: true };
        }
        let guid_intact = guid::is_intact(&bytes[..16]);
        if id == *b"list" {
            id = *b"LIST";
        }
        ChunkHeader { id, size, guid_intact }
    }

    /// Appends the header of a chunk. A size beyond 32 bits is written as the largest that RIFF has.
    pub(crate) fn push_chunk_header(self, bytes: &mut Vec<u8>, id: [u8; 4], size: u64) {
        if self == Container::Wave64 {
            bytes.extend(guid::of_chunk(id));
            bytes.extend((self.size_counts() + size).to_le_bytes());
        } else {
            bytes.extend(id);
            bytes.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        }
    }

    /// Whether the size of audio is what programs leave that do not know it: those that write to a pipe (ffmpeg, sox, arecord, and others
    /// near 2^31), anything near 2^63 and beyond, and this crate.
    pub(crate) fn is_placeholder(self, size: u64) -> bool {
        let short = self != Container::Wave64
            && matches!(
                size,
                0xFFFF_FFFF
                    | 0x7FFF_F000
                    | 0x7FFF_FF00
                    | 0x7FFF_FFFF
                    | 0x8000_0000
                    | 0x7FFF_FFFE
                    | 0xFFFF_FFFE
                    | 0xFFFF_FFDB..=0xFFFF_FFDF
            );
        // Wave64 counts its header, which is taken off already.
        short || matches!(size, UNKNOWN_64 | UNKNOWN_64_LESS_HEADER) || size >= (1 << 63) - 25
    }
}

/// The size that is written for audio of unknown length in containers of 64-bit sizes: nearly 8 TiB. ffmpeg, libsndfile 1.2.2 and sox 14.4.2
/// read such a file to its end. What ffmpeg writes itself no program reads, not even ffmpeg 5.1: it takes the 0 in `ds64` for no audio, and
/// cannot seek to 2^63 − 1.
pub(crate) const UNKNOWN_64: u64 = 0x07FF_FFFF_F000;
const UNKNOWN_64_LESS_HEADER: u64 = UNKNOWN_64 - 24;

/// A number of any length.
pub(crate) fn number(bytes: &[u8], order: ByteOrder) -> u64 {
    let join = |sum: u64, &byte: &u8| sum << 8 | u64::from(byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, join),
        ByteOrder::Big => bytes.iter().fold(0, join),
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Container::Riff => "RIFF/WAVE",
            Container::Rifx => "RIFX/WAVE (big-endian)",
            Container::Rf64 => "RF64/WAVE",
            Container::Bw64 => "BW64/WAVE",
            Container::Wave64 => "Sony Wave64",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Container; 5] = [Container::Riff, Container::Rifx, Container::Rf64, Container::Bw64, Container::Wave64];

    #[test]
    fn the_header_of_a_chunk_is_read_as_it_was_written() {
        for container in ALL.into_iter().filter(|&container| container != Container::Rifx) {
            for (id, size) in [(*b"LIST", 0), (*b"data", 7), (*b"bext", 0xFFFF_FFFE)] {
                let mut bytes = Vec::new();
                container.push_chunk_header(&mut bytes, id, size);
                assert_eq!(bytes.len(), container.chunk_header_len());
                assert_eq!(container.parse_chunk_header(&bytes), ChunkHeader { id, size, guid_intact: true });
            }
        }
        assert_eq!(Container::Rifx.parse_chunk_header(b"data\0\0\x01\x02").size, 258);
    }

    #[test]
    fn names_tell_containers_apart() {
        let names = ["RIFF/WAVE", "RIFX/WAVE (big-endian)", "RF64/WAVE", "BW64/WAVE", "Sony Wave64"];
        assert_eq!(ALL.map(|container| container.to_string()), names);
    }

    #[test]
    fn padding_goes_to_the_next_chunk() {
        for (len, riff, wave64) in [(0, 0, 0), (1, 1, 7), (2, 0, 6), (8, 0, 0), (13, 1, 3), (u64::MAX, 1, 1)] {
            assert_eq!((Container::Riff.padding(len), Container::Wave64.padding(len)), (riff, wave64), "{len}");
        }
    }

    #[test]
    fn placeholders_are_told_from_sizes() {
        for container in ALL {
            for size in [0, 1, 0x7FFF_EFFF, 0xFFFF_FFDA, 0xFFFF_FFE0, 1 << 40, UNKNOWN_64 + 1] {
                assert!(!container.is_placeholder(size), "{container}: {size:#X}");
            }
            for size in [UNKNOWN_64, UNKNOWN_64 - 24, (1 << 63) - 25, 1 << 63, u64::MAX] {
                assert!(container.is_placeholder(size), "{container}: {size:#X}");
            }
            for size in [0x7FFF_F000, 0x7FFF_FF00, 0x7FFF_FFFE, 0x8000_0000, 0xFFFF_FFDB, 0xFFFF_FFDF, 0xFFFF_FFFF] {
                assert_eq!(container.is_placeholder(size), container != Container::Wave64, "{container}: {size:#X}");
            }
        }
    }
}
