//! What can go wrong, split by who must act.

mod anomaly;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use anomaly::Anomaly;
use anomaly::Description;

use crate::spec::Encoding;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why audio could not be read, viewed or written.
///
/// The variants are split by who must act: [`Io`](Error::Io) and [`Write`](Error::Write) by the world (disk, pipe, permissions),
/// [`Format`](Error::Format) by whoever made the file, [`Unsupported`](Error::Unsupported) by this crate, and the rest by the caller.
/// Where the path of the file is known it is part of the message.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system, or the reader or writer underneath, refused.
    Io {
        /// The file, where known.
        path: Option<PathBuf>,
        /// The refusal.
        source: io::Error,
    },
    /// Writing failed part of the way.
    Write {
        /// The file, where known.
        path: Option<PathBuf>,
        /// Frames that the header on disk already vouches for: those before the last successful checkpoint.
        frames_safe: u64,
        /// Whole frames that reached the writer underneath; `finalize` can still make these safe.
        frames_written: u64,
        /// The refusal.
        source: io::Error,
    },
    /// The bytes are not a WAVE file that can be read.
    Format {
        /// The file, where known.
        path: Option<PathBuf>,
        /// The byte that is wrong, counted from the start of the file.
        offset: u64,
        /// What is wrong there.
        kind: FormatError,
    },
    /// The file may be in order, but holds something that this crate does not read or write.
    Unsupported {
        /// The file, where known.
        path: Option<PathBuf>,
        /// The byte where it says so, counted from the start of the file.
        offset: u64,
        /// What it holds.
        what: Unsupported,
    },
    /// A view cannot exist: the bytes do not start at an address that the sample type may have.
    ///
    /// Copy them (`read_all` does), or map the file so that the audio is aligned.
    Misaligned {
        /// Bytes by which the address is past the last aligned one.
        past: usize,
        /// The alignment that the sample type needs, in bytes.
        align: usize,
    },
    /// A view cannot exist: the file stores other numbers than the ones asked for, or in the other byte order.
    WrongEncoding {
        /// What the file stores.
        stored: Encoding,
        /// Whether it stores it with the most significant byte first.
        big_endian: bool,
        /// The sample type that was asked for.
        requested: &'static str,
    },
    /// A view cannot exist: the bytes are not a whole number of frames.
    PartialFrame {
        /// Bytes in all.
        bytes: usize,
        /// Bytes of one frame.
        frame_bytes: usize,
    },
    /// The audio has another number of channels than the array, file or source it is to go with.
    ChannelMismatch {
        /// The file whose count it is, where known.
        path: Option<PathBuf>,
        /// Channels asked for.
        expected: usize,
        /// Channels there are.
        found: usize,
    },
    /// A file of a sequence is not like the first one.
    SpecMismatch {
        /// The file that differs.
        path: Option<PathBuf>,
        /// What differs: "sample rate", "channels" or "encoding".
        field: &'static str,
        /// The value in the first file.
        expected: String,
        /// The value in this one.
        found: String,
    },
    /// A position behind the end of the audio was asked for.
    SeekPastEnd {
        /// The frame asked for.
        frame: u64,
        /// Frames there are.
        frames: u64,
    },
    /// More bytes than the container can count, or than memory can hold.
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        bytes: u64,
        /// The largest that there may be.
        limit: u64,
    },
    /// An argument that came from outside (a command line, a configuration) is out of its range.
    InvalidArgument {
        /// Its name.
        name: &'static str,
        /// What was given.
        given: String,
        /// What it must be.
        expected: &'static str,
    },
}

/// What is wrong with a file, at the offset that [`Error::Format`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatError {
    /// It does not begin as any WAVE container does.
    NotWave {
        /// The first bytes, as many as there are up to 16.
        found: Vec<u8>,
    },
    /// It ends inside its header.
    Truncated {
        /// What was being read.
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
        /// What it must be.
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

/// What a file holds that this crate does not read or write.
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
        /// The GUID as it stands in the file.
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
    /// Something that the chosen container or writer cannot do.
    Operation {
        /// What it is.
        what: &'static str,
    },
}

impl Error {
    /// The same error, naming the file it is about unless it names one already.
    #[must_use]
    pub fn with_path(mut self, at: impl AsRef<Path>) -> Self {
        match &mut self {
            Error::Io { path, .. }
            | Error::Write { path, .. }
            | Error::Format { path, .. }
            | Error::Unsupported { path, .. }
            | Error::ChannelMismatch { path, .. }
            | Error::SpecMismatch { path, .. } => {
                path.get_or_insert_with(|| at.as_ref().to_path_buf());
            }
            Error::Misaligned { .. }
            | Error::WrongEncoding { .. }
            | Error::PartialFrame { .. }
            | Error::SeekPastEnd { .. }
            | Error::TooLarge { .. }
            | Error::InvalidArgument { .. } => {}
        }
        self
    }

    /// The file that the error is about, where known.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Error::Io { path, .. }
            | Error::Write { path, .. }
            | Error::Format { path, .. }
            | Error::Unsupported { path, .. }
            | Error::ChannelMismatch { path, .. }
            | Error::SpecMismatch { path, .. } => path.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn format(offset: u64, kind: FormatError) -> Self {
        Error::Format { path: None, offset, kind }
    }

    pub(crate) fn unsupported(offset: u64, what: Unsupported) -> Self {
        Error::Unsupported { path: None, offset, what }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Error::Io { path: None, source }
    }
}

/// hound's I/O error as it is; anything else becomes `InvalidData` with hound's error inside.
impl From<hound::Error> for Error {
    fn from(error: hound::Error) -> Self {
        match error {
            hound::Error::IoError(source) => Error::from(source),
            other => Error::from(io::Error::new(io::ErrorKind::InvalidData, other)),
        }
    }
}

/// The I/O error underneath where there is one; anything else becomes `InvalidData` with this error inside.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io { path: None, source } => source,
            Error::Io { ref source, .. } | Error::Write { ref source, .. } => io::Error::new(source.kind(), error),
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } | Error::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.path() {
            write!(f, "{}: ", path.display())?;
        }
        match self {
            // The kind only: the system's own words are in `source()`, and a chain would print them twice.
            Error::Io { source, .. } => write!(f, "input or output failed ({})", source.kind()),
            Error::Write { frames_safe, frames_written, .. } => write!(
                f,
                "writing failed after {frames_written} whole frames, of which the first {frames_safe} are safe in the file; finalize to keep the rest"
            ),
            Error::Format { offset, kind, .. } => write!(f, "at byte {offset}: {kind}"),
            // Not about a byte.
            Error::Unsupported { what: what @ Unsupported::Operation { .. }, .. } => write!(f, "{what}"),
            Error::Unsupported { offset, what, .. } => write!(f, "at byte {offset}: {what}"),
            Error::Misaligned { past, align } => write!(
                f,
                "the samples start {past} bytes past an address divisible by {align}, so they can be copied but not viewed"
            ),
            Error::WrongEncoding { stored, big_endian, requested } => write!(
                f,
                "{stored}{} cannot be viewed as {requested}, only converted (read_all does)",
                if *big_endian { " with the most significant byte first" } else { "" }
            ),
            Error::PartialFrame { bytes, frame_bytes } => {
                write!(f, "{bytes} bytes are not a whole number of frames of {frame_bytes} bytes")
            }
            Error::ChannelMismatch { expected, found, .. } => {
                write!(f, "{found} channels where {expected} are expected")
            }
            Error::SpecMismatch { field, expected, found, .. } => {
                write!(f, "{field} is {found}, but {expected} in the files before it")
            }
            Error::SeekPastEnd { frame, frames } => {
                write!(f, "frame {frame} is past the end, there are {frames} frames")
            }
            Error::TooLarge { what, bytes, limit } => {
                write!(f, "{what} of {bytes} bytes is over the limit of {limit}")
            }
            Error::InvalidArgument { name, given, expected } => {
                write!(f, "{name} is {given}, must be {expected}")
            }
        }
    }
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
                write!(f, "not a WAVE file: it is empty")
            }
            FormatError::NotWave { found } => {
                write!(f, "not a WAVE file: it begins with {}", Tag(found))
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
            FormatError::Repairable(anomaly) => write!(f, "{anomaly}; repair the file before appending to it"),
            FormatError::Anomaly(anomaly) => write!(f, "{}, refused in strict reading", Description(anomaly)),
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
            Unsupported::Operation { what } => write!(f, "{what}"),
        }
    }
}
