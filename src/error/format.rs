//! Faults in the bytes of a file, and contents that are not supported.

use std::fmt;

use super::anomaly::{Anomaly, Fault};

/// A fault in a file, at the offset of [`ErrorKind::Format`](super::ErrorKind::Format).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatError {
    /// It does not begin as any WAVE container does.
    NotWave {
        /// The first bytes, as many as there are up to 16.
        found: Vec<u8>,
    },
    /// It does not begin as any audio file does that is read here.
    NotMedia {
        /// The first bytes, as many as there are up to 64.
        found: Vec<u8>,
    },
    /// It ends inside its header.
    Truncated {
        /// The part that was being read.
        what: &'static str,
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// It has no chunk of this kind before its end, or, where the input cannot seek, before the audio.
    MissingChunk {
        /// The chunk's id.
        id: [u8; 4],
    },
    /// A field has a value that nothing can be read with.
    Field {
        /// The chunk's id.
        chunk: [u8; 4],
        /// The field's name in the standard.
        field: &'static str,
        /// Its value.
        value: u64,
        /// The values that it may have.
        expected: &'static str,
    },
    /// More chunks than a file may have.
    TooManyChunks {
        /// The most that there may be.
        limit: usize,
    },
    /// Something that is read leniently by default, and refused in strict reading.
    Anomaly(Anomaly),
    /// Something that is read leniently, but has to be repaired before the file can be appended to.
    Repairable(Anomaly),
}

/// Content that this crate does not read or write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// A codec, by its format tag.
    Codec {
        /// `wFormatTag` of the `fmt ` chunk, or the first two bytes of the sub-format.
        tag: u16,
        /// The codec's name, where it has one.
        name: &'static str,
    },
    /// A sub-format of `WAVE_FORMAT_EXTENSIBLE` outside the ones for plain tags and for ambisonics.
    SubFormat {
        /// The GUID, byte by byte as in the file.
        guid: [u8; 16],
    },
    /// A sample width.
    Bits {
        /// `wBitsPerSample`.
        bits: u16,
        /// Bytes of one sample as `nBlockAlign` has them, 0 where it is not a whole number.
        container_bytes: u16,
        /// "integer", "float", "A-law" or "µ-law".
        kind: &'static str,
    },
    /// A format that is read only when the crate was built with a feature.
    Feature {
        /// The format.
        format: &'static str,
        /// The feature.
        feature: &'static str,
    },
    /// Something that the chosen container or writer cannot do.
    Operation {
        /// The operation, in a sentence.
        what: &'static str,
    },
}

/// A chunk id as it is usually written: `"fmt "`, with other than printable bytes escaped.
pub(crate) struct Tag<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::NotWave { found } if found.is_empty() => {
                write!(f, "not a WAVE file: it has no bytes at all")
            }
            FormatError::NotMedia { found } if found.is_empty() => {
                write!(f, "not an audio file: it has no bytes at all")
            }
            FormatError::NotWave { found } => {
                write!(f, "not a WAVE file: it begins with {}", Tag(found))
            }
            FormatError::NotMedia { found } => {
                write!(
                    f,
                    "not an audio file in any format that can be read here: it begins with {}",
                    Tag(&found[..found.len().min(16)])
                )
            }
            FormatError::Truncated { what, needed, found } => {
                write!(f, "the file ends inside {what}: {found} of {needed} bytes are there")
            }
            FormatError::MissingChunk { id } => write!(f, "there is no {} chunk up to here", Tag(id)),
            FormatError::Field { chunk, field, value, expected } => {
                write!(f, "field {field} of chunk {} is {value}, must be {expected}", Tag(chunk))
            }
            FormatError::TooManyChunks { limit } => {
                write!(f, "more than {limit} chunks, which no recorder writes")
            }
            FormatError::Repairable(anomaly) => write!(f, "{}; repair the file before appending to it", Fault(anomaly)),
            FormatError::Anomaly(anomaly) => write!(f, "{}; strict reading refuses that", Fault(anomaly)),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsupported::Codec { tag, name } => write!(
                f,
                "format tag 0x{tag:04X} ({name}) is not PCM, float, A-law or µ-law; convert the file with sox or ffmpeg first"
            ),
            Unsupported::SubFormat { guid } => {
                write!(f, "sub-format GUID ")?;
                for byte in guid {
                    write!(f, "{byte:02x}")?;
                }
                write!(f, " is not one of PCM, float, A-law or µ-law")
            }
            Unsupported::Bits { bits, container_bytes, kind } => write!(
                f,
                "{bits}-bit {kind} samples in {container_bytes} bytes are not read here; convert the file with sox or ffmpeg first"
            ),
            Unsupported::Feature { format, feature } => write!(
                f,
                "the file is {format}, which is read only when ndaudio is built with the feature \"{feature}\""
            ),
            Unsupported::Operation { what } => write!(f, "{what}"),
        }
    }
}
