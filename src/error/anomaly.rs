//! Deviations from the standard that are read all the same.

use std::fmt;

use super::{Severity, Tag};

/// Something that a file got wrong, with the numbers: what it says, what was used instead, and at which byte.
///
/// `offset` is always the byte, counted from the start of the file, where the wrong thing is.
/// The audio is read as far as it can be; [strict reading](crate::ReadOptions::strict) refuses what is a [defect](Severity::Defect).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Anomaly {
    /// The audio ends before its chunk says: the file was cut, or its size is a placeholder that was never filled in.
    /// Read to the end of the file.
    DataPastEnd {
        /// Where the size of the data chunk is.
        offset: u64,
        /// Bytes of audio that the header claims.
        declared: u64,
        /// Bytes of audio that there are.
        found: u64,
    },
    /// The size of the audio is a placeholder for "unknown" (0xFFFFFFFF, 0x7FFFF000 and the like), as programs that write to a
    /// pipe leave it. Read to the end of the input.
    DataSizeUnknown {
        /// Where the size of the data chunk is.
        offset: u64,
        /// The placeholder.
        declared: u64,
    },
    /// The header says that there is no audio, but bytes follow, as after a crash of the recorder. Read to the end of the input.
    DataSizeZero {
        /// Where the size of the data chunk is.
        offset: u64,
    },
    /// The size of the audio lacks a multiple of 4 GiB, because its writer counted in 32 bits. Read to where a chunk, or the end
    /// of the file, shows that it ends.
    DataSizeWrapped {
        /// Where the size of the data chunk is.
        offset: u64,
        /// Bytes of audio that the header claims.
        declared: u64,
        /// Bytes of audio that there are.
        found: u64,
    },
    /// The file goes on after its last checkpoint, and its writer never finished it. Read to the end of the input.
    Unfinished {
        /// Where the size of the data chunk is.
        offset: u64,
        /// Bytes of audio that the last checkpoint counted.
        declared: u64,
    },
    /// The size of the whole file, at its start, is not the size that it has. Nothing here relies on it.
    RiffSize {
        /// Where the size is.
        offset: u64,
        /// Bytes that the header claims to follow.
        declared: u64,
        /// Bytes that follow, as far as they could be counted or calculated from the chunks.
        found: u64,
    },
    /// Bytes after the last chunk that belong to nothing.
    TrailingBytes {
        /// Where they begin.
        offset: u64,
        /// How many there are.
        count: u64,
    },
    /// Zeros between chunks, where the next chunk should begin. Skipped.
    StrayZeros {
        /// Where they begin.
        offset: u64,
        /// How many there are.
        count: u64,
    },
    /// The audio ends inside a frame; the bytes left over are not read.
    PartialFrame {
        /// Where the incomplete frame begins.
        offset: u64,
        /// Bytes of it that there are.
        bytes: u64,
        /// Bytes of a whole frame.
        frame_bytes: u64,
    },
    /// An odd chunk without the padding byte that the standard asks for after it. The next chunk was found all the same.
    MissingPad {
        /// The first byte after the chunk.
        offset: u64,
        /// The chunk's id.
        chunk: [u8; 4],
    },
    /// The file ends with an odd chunk, without the padding byte that the standard asks for after it.
    MissingFinalPad {
        /// The first byte after the chunk, which is the end of the file.
        offset: u64,
        /// The chunk's id.
        chunk: [u8; 4],
    },
    /// The `fmt ` chunk has a size that no standard gives it. Its known fields were read.
    FmtSize {
        /// Where the size is.
        offset: u64,
        /// The size.
        declared: u64,
    },
    /// The size of the extension of the `fmt ` chunk (`cbSize`) does not go with the format tag.
    ExtensionSize {
        /// Where it is.
        offset: u64,
        /// The size there.
        declared: u16,
        /// The size for the format tag and the size of the chunk.
        expected: u16,
    },
    /// The bytes per second (`nAvgBytesPerSec`) are not rate × bytes per frame. Nothing here relies on them.
    ByteRate {
        /// Where they are.
        offset: u64,
        /// The value there.
        declared: u32,
        /// Rate × bytes per frame.
        expected: u64,
    },
    /// The bytes per frame (`nBlockAlign`) are not channels × bytes per sample. The product was used.
    BlockAlign {
        /// Where they are.
        offset: u64,
        /// The value there.
        declared: u16,
        /// The bytes per frame that were used.
        used: u64,
    },
    /// The bits per sample do not go with the format tag, but the format leaves no doubt.
    Bits {
        /// Where they are.
        offset: u64,
        /// The value there.
        declared: u16,
        /// The bits that were used.
        used: u16,
    },
    /// The valid bits (`wValidBitsPerSample`) are zero or more than the container holds. The container's were used.
    ValidBits {
        /// Where they are.
        offset: u64,
        /// The value there.
        declared: u16,
        /// The bits that were used.
        used: u16,
    },
    /// Bits of samples are set that the encoding says carry no audio: below the valid bits, or above the sign of 24 bits in 4 bytes.
    /// Samples have the bits below them; those above are ignored. [`copy_frames`](crate::WavWriter::copy_frames) keeps all of them
    /// where it moves none (see [`Justification`](Self::Justification)).
    UnusedBits {
        /// The first sample found with such bits.
        offset: u64,
    },
    /// A plain format says 24 bits in 4 bytes, which are at the bottom by custom, but the audio shows that they are at the top. Read so.
    ///
    /// Where the audio begins too quietly to show it, a file is read on up to where it does, at most 1 GiB, when it is opened. After longer
    /// digital silence, and after that of what cannot seek unless its first 64 KiB show it, the first 64 KiB that follow decide, before they are
    /// handed out, skipped or sought past. The spec then stays as it was, with 24 bits at the bottom: samples are right, and
    /// [`copy_frames`](crate::WavWriter::copy_frames) moves the 24 bits there.
    Justification {
        /// Where the bits per sample are.
        offset: u64,
    },
    /// The sample rate is 0 Hz. It is kept, and durations are unknown.
    SampleRateZero {
        /// Where it is.
        offset: u64,
    },
    /// The `fact` chunk is not 4 bytes long. It is not used for anything.
    FactSize {
        /// Where the size is.
        offset: u64,
        /// The size.
        declared: u64,
    },
    /// The `fmt ` chunk comes after the audio.
    FmtAfterData {
        /// Where it begins.
        offset: u64,
    },
    /// Another chunk of a kind of which there can be only one. The first was used.
    SecondChunk {
        /// Where it begins.
        offset: u64,
        /// The chunk's id.
        chunk: [u8; 4],
    },
    /// A chunk other than the audio claims to go on past the end of the file. It has the bytes up to there.
    ChunkPastEnd {
        /// Where the chunk begins.
        offset: u64,
        /// The chunk's id.
        chunk: [u8; 4],
        /// Bytes that its header claims.
        declared: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// An RF64 or BW64 file does not begin with a usable `ds64` chunk, which holds its 64-bit sizes.
    MissingDs64 {
        /// Where it should begin.
        offset: u64,
    },
    /// A `ds64` chunk in a file that is neither RF64 nor BW64, and has its sizes elsewhere. Not used for anything.
    StrayDs64 {
        /// Where it begins.
        offset: u64,
    },
    /// A Wave64 chunk with a GUID that begins with the letters of a known chunk, but does not end as that chunk's does. The letters count.
    Guid {
        /// Where the chunk begins.
        offset: u64,
        /// The chunk's id.
        chunk: [u8; 4],
    },
    /// A tag of another format, such as ID3, before the file. Skipped.
    LeadingTag {
        /// Where it begins.
        offset: u64,
        /// Its length in bytes.
        count: u64,
    },
    /// Audio that could not be decoded: a damaged stretch of the file. It is replaced by silence, so that the audio after it keeps its time.
    LostFrames {
        /// Where the damage begins.
        offset: u64,
        /// The first frame lost.
        frame: u64,
        /// How many were lost.
        frames: u64,
    },
    /// The header of a compressed file claims more or fewer frames than the file has: it was cut, or never finished. Those that are
    /// there are read.
    FrameCount {
        /// The byte of the count, or the end of the file if the count is in no single place.
        offset: u64,
        /// Frames that the header claims.
        declared: u64,
        /// Frames that there are.
        found: u64,
    },
    /// Another stream of audio follows the first, as in an Ogg file that was joined from several. Only the first is read.
    AnotherStream {
        /// Bytes read when it showed: it begins at most as far into the file.
        offset: u64,
    },
    /// The first frames of a FLAC file say that they are later ones, as in a piece cut from a longer file. Counted from 0 all the same.
    FirstFrame {
        /// Where the first frame begins.
        offset: u64,
        /// The position that it claims.
        declared: u64,
    },
    /// The samples are not the ones that the file was made from: their MD5 is not the one in the header.
    Md5Mismatch {
        /// Where the MD5 is.
        offset: u64,
    },
    /// The smallest block size of a FLAC file is one that the standard does not allow. Not used for anything.
    BlockSize {
        /// Where the size is.
        offset: u64,
        /// The size.
        declared: u16,
    },
}

impl Anomaly {
    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Anomaly::MissingFinalPad { .. } | Anomaly::FmtSize { declared: 20, .. } => Severity::Note,
            // The size of the file, in which a last byte of padding may be missing.
            Anomaly::RiffSize { declared, found, .. } if matches!(declared.wrapping_sub(*found), 1 | 7 | 8) => {
                Severity::Note
            }
            _ => Severity::Defect,
        }
    }

    /// The byte, counted from the start of the file, where the wrong thing is.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match *self {
            Anomaly::DataPastEnd { offset, .. }
            | Anomaly::DataSizeUnknown { offset, .. }
            | Anomaly::DataSizeWrapped { offset, .. }
            | Anomaly::DataSizeZero { offset }
            | Anomaly::Unfinished { offset, .. }
            | Anomaly::RiffSize { offset, .. }
            | Anomaly::TrailingBytes { offset, .. }
            | Anomaly::StrayZeros { offset, .. }
            | Anomaly::PartialFrame { offset, .. }
            | Anomaly::MissingPad { offset, .. }
            | Anomaly::MissingFinalPad { offset, .. }
            | Anomaly::UnusedBits { offset }
            | Anomaly::Justification { offset }
            | Anomaly::Guid { offset, .. }
            | Anomaly::LeadingTag { offset, .. }
            | Anomaly::FmtSize { offset, .. }
            | Anomaly::ExtensionSize { offset, .. }
            | Anomaly::ByteRate { offset, .. }
            | Anomaly::BlockAlign { offset, .. }
            | Anomaly::Bits { offset, .. }
            | Anomaly::ValidBits { offset, .. }
            | Anomaly::SampleRateZero { offset }
            | Anomaly::FactSize { offset, .. }
            | Anomaly::FmtAfterData { offset }
            | Anomaly::SecondChunk { offset, .. }
            | Anomaly::ChunkPastEnd { offset, .. }
            | Anomaly::MissingDs64 { offset }
            | Anomaly::StrayDs64 { offset }
            | Anomaly::LostFrames { offset, .. }
            | Anomaly::FrameCount { offset, .. }
            | Anomaly::AnotherStream { offset }
            | Anomaly::FirstFrame { offset, .. }
            | Anomaly::Md5Mismatch { offset }
            | Anomaly::BlockSize { offset, .. } => offset,
        }
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} (at byte {})", Fault(self), Remedy(self), self.offset())
    }
}

/// The fault alone, for messages that say the byte themselves.
pub(super) struct Fault<'a>(pub(super) &'a Anomaly);

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Anomaly::DataPastEnd { declared, found, .. } => {
                write!(f, "the header claims {declared} bytes of audio, the file has {found}")
            }
            Anomaly::DataSizeUnknown { declared, .. } => {
                write!(f, "the size of the audio was never filled in (0x{declared:08X})")
            }
            Anomaly::DataSizeWrapped { declared, found, .. } => {
                write!(f, "the size of the audio wrapped at 4 GiB: {declared} bytes claimed, {found} there")
            }
            Anomaly::DataSizeZero { .. } => {
                write!(f, "the header claims no audio, but bytes follow")
            }
            Anomaly::Unfinished { declared, .. } => {
                write!(f, "never finished after the last checkpoint at {declared} bytes of audio")
            }
            Anomaly::RiffSize { declared, found, .. } => {
                write!(f, "the header claims {declared} bytes to follow, {found} do")
            }
            Anomaly::TrailingBytes { count, .. } => {
                write!(f, "{count} bytes after the last chunk belong to nothing")
            }
            Anomaly::StrayZeros { count, .. } => write!(f, "{count} zeros where a chunk should begin"),
            Anomaly::PartialFrame { bytes, frame_bytes, .. } => {
                write!(f, "the last frame has only {bytes} of its {frame_bytes} bytes")
            }
            Anomaly::MissingPad { chunk, .. } => {
                write!(f, "no padding byte after the odd chunk {}", Tag(chunk))
            }
            Anomaly::MissingFinalPad { chunk, .. } => {
                write!(f, "no padding byte after the odd chunk {} at the end of the file", Tag(chunk))
            }
            Anomaly::FmtSize { declared, .. } => {
                write!(f, "the \"fmt \" chunk has {declared} bytes, not 16, 18 or 40")
            }
            Anomaly::ExtensionSize { declared, expected, .. } => {
                write!(f, "cbSize is {declared}, should be {expected}")
            }
            Anomaly::ByteRate { declared, expected, .. } => {
                write!(f, "nAvgBytesPerSec is {declared}, should be {expected}")
            }
            Anomaly::BlockAlign { declared, used, .. } => {
                write!(f, "nBlockAlign is {declared}, should be {used}")
            }
            Anomaly::Bits { declared, used, .. } => {
                write!(f, "wBitsPerSample is {declared}, should be {used}")
            }
            Anomaly::ValidBits { declared, used, .. } => {
                write!(f, "wValidBitsPerSample is {declared}, should be {used}")
            }
            Anomaly::SampleRateZero { .. } => write!(f, "the sample rate is 0 Hz"),
            Anomaly::FactSize { declared, .. } => {
                write!(f, "the \"fact\" chunk has {declared} bytes, not 4")
            }
            Anomaly::FmtAfterData { .. } => {
                write!(f, "the \"fmt \" chunk comes after the audio")
            }
            Anomaly::SecondChunk { chunk, .. } => {
                write!(f, "there is a second chunk {}", Tag(chunk))
            }
            Anomaly::ChunkPastEnd { chunk, declared, found, .. } => {
                write!(f, "chunk {} claims {declared} bytes, the file has {found} of them", Tag(chunk))
            }
            Anomaly::LostFrames { frame, frames, .. } => {
                write!(f, "{frames} frames from frame {frame} on could not be decoded")
            }
            Anomaly::FrameCount { declared, found, .. } => {
                write!(f, "the header claims {declared} frames, the file has {found}")
            }
            Anomaly::AnotherStream { .. } => write!(f, "another stream of audio follows the first"),
            Anomaly::FirstFrame { declared, .. } => {
                write!(f, "the first frame says that it is number {declared}, counted from 0")
            }
            Anomaly::Md5Mismatch { .. } => {
                write!(f, "the samples are not the ones that the file was made from: their MD5 is another")
            }
            Anomaly::BlockSize { declared, .. } => {
                write!(f, "the smallest block size is {declared}, must be at least 16")
            }
            Anomaly::MissingDs64 { .. } => {
                write!(f, "no \"ds64\" chunk at the start, so the 64-bit sizes are missing")
            }
            Anomaly::StrayDs64 { .. } => {
                write!(f, "a \"ds64\" chunk with 64-bit sizes stands in a file that is neither RF64 nor BW64")
            }
            Anomaly::UnusedBits { .. } => {
                write!(f, "a sample has bits set that its encoding does not use")
            }
            Anomaly::Justification { .. } => {
                write!(f, "the 24 bits of each sample are at the top of its 4 bytes, not at the bottom")
            }
            Anomaly::Guid { chunk, .. } => {
                write!(f, "the GUID of chunk {} does not end as Wave64 has it", Tag(chunk))
            }
            Anomaly::LeadingTag { count, .. } => {
                write!(f, "a tag of {count} bytes stands before the file")
            }
        }
    }
}

/// How lenient reading goes on, where that is not plain from the fault: a value that "should be" another is read as that other.
struct Remedy<'a>(&'a Anomaly);

impl fmt::Display for Remedy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Anomaly::DataSizeUnknown { .. } | Anomaly::DataSizeZero { .. } | Anomaly::Unfinished { .. } => {
                f.write_str("; read to the end")
            }
            Anomaly::StrayZeros { .. } | Anomaly::LeadingTag { .. } => f.write_str("; skipped"),
            Anomaly::PartialFrame { .. } => f.write_str("; left out"),
            Anomaly::Justification { .. } => f.write_str("; read from there"),
            Anomaly::SecondChunk { .. } => f.write_str("; the first was used"),
            Anomaly::AnotherStream { .. } => f.write_str("; only the first is read"),
            Anomaly::LostFrames { .. } => f.write_str("; they are read as silence"),
            _ => Ok(()),
        }
    }
}
