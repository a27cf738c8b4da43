//! Errors without the file they are about.

use std::fmt;
use std::io;

use super::format::{FormatError, Unsupported};
use crate::spec::Encoding;

/// Why audio could not be read, viewed, changed or written, in [`Error::kind`](super::Error::kind).
///
/// The variants are split by who must act: [`Io`](ErrorKind::Io) and [`Write`](ErrorKind::Write) by the world (a disk, a pipe, permissions),
/// [`Format`](ErrorKind::Format) and [`Decoder`](ErrorKind::Decoder) by whoever made the file, [`Unsupported`](ErrorKind::Unsupported) by this
/// crate, and the rest by the caller.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system, or the reader or writer underneath, refused.
    Io(io::Error),
    /// Writing failed part of the way.
    Write {
        /// Frames that the header on disk already covers: those before the last successful checkpoint.
        frames_safe: u64,
        /// Whole frames that reached the writer underneath; `finalize` can still make these safe.
        frames_written: u64,
        /// The refusal.
        source: io::Error,
    },
    /// The bytes are not a file that can be read.
    Format {
        /// The byte that is wrong, counted from the start of the file.
        offset: u64,
        /// The fault.
        what: FormatError,
    },
    /// The file may be intact, but it holds something that this crate does not read or write.
    Unsupported {
        /// The byte of the file that says so, where one does.
        offset: Option<u64>,
        /// The content that is not supported.
        what: Unsupported,
    },
    /// A decoder of another crate failed, or refused the file.
    Decoder {
        /// The decoder's name.
        decoder: &'static str,
        /// Its own error.
        source: Box<dyn std::error::Error + Send + Sync>,
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
        /// The encoding of the file.
        stored: Encoding,
        /// Whether the file stores the most significant byte first.
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
    /// The audio has another number of channels than the file or sink it is to go to: that of a reader or a stage. An array of the
    /// caller's with a wrong number of columns is a mistake in the program, and panics.
    ChannelMismatch {
        /// Channels that are expected.
        expected: usize,
        /// Channels that there are.
        found: usize,
    },
    /// A file is not like the one it is to be joined to.
    SpecMismatch {
        /// The property that differs: "sample rate", "number of channels" or "encoding".
        field: &'static str,
        /// The value in the first file.
        expected: String,
        /// The value in this one.
        found: String,
    },
    /// A position past the end of the audio was asked for.
    SeekPastEnd {
        /// The frame asked for.
        frame: u64,
        /// Frames that there are.
        frames: u64,
    },
    /// More bytes than the container can count, or than memory or a limit allows.
    TooLarge {
        /// The thing that is too large.
        what: &'static str,
        /// Its size in bytes.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// An argument that may come from outside (a command line, a configuration) is out of its range.
    InvalidArgument {
        /// The name of the argument.
        name: &'static str,
        /// A sentence that says what was given and what would do.
        message: String,
    },
    /// An error of the caller's own; its message is this one's.
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl ErrorKind {
    /// The error underneath, where there is one.
    pub(super) fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ErrorKind::Io(source) | ErrorKind::Write { source, .. } => Some(source),
            ErrorKind::Decoder { source, .. } => Some(source.as_ref()),
            // Its message stands in ours already.
            ErrorKind::Other(source) => source.source(),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The words of the system and of decoders are those of `source()`, and a chain would print them twice.
            ErrorKind::Io(_) => f.write_str("input or output failed"),
            ErrorKind::Write { frames_safe, frames_written, .. } => write!(
                f,
                "writing failed after {frames_written} whole frames; the first {frames_safe} are safe in the file, and `finalize` may still save the rest"
            ),
            ErrorKind::Format { offset, what } => write!(f, "at byte {offset}: {what}"),
            ErrorKind::Unsupported { offset: Some(offset), what } => write!(f, "at byte {offset}: {what}"),
            ErrorKind::Unsupported { offset: None, what } => write!(f, "{what}"),
            ErrorKind::Decoder { decoder, .. } => write!(f, "the {decoder} decoder cannot read it"),
            ErrorKind::Misaligned { past, align } => write!(
                f,
                "the samples start {past} bytes past an address divisible by {align}, so they can be copied but not viewed"
            ),
            ErrorKind::WrongEncoding { stored, big_endian, requested } => write!(
                f,
                "{stored}{} cannot be viewed as {requested}; read it instead, which converts",
                if *big_endian { " with the most significant byte first" } else { "" }
            ),
            ErrorKind::PartialFrame { bytes, frame_bytes } => {
                write!(f, "{bytes} bytes are not a whole number of frames of {frame_bytes} bytes")
            }
            ErrorKind::ChannelMismatch { expected, found } => {
                write!(
                    f,
                    "the audio has {}, but {} expected",
                    channels(*found),
                    if *expected == 1 { "1 is".to_owned() } else { format!("{expected} are") }
                )
            }
            ErrorKind::SpecMismatch { field, expected, found } => {
                write!(f, "its {field} ({found}) must be that of the first file ({expected})")
            }
            ErrorKind::SeekPastEnd { frame, frames } => {
                write!(f, "frame {frame} is past the end of the audio, which has {frames} frames")
            }
            // Not a limit anyone has set: the address space.
            ErrorKind::TooLarge { what, bytes, limit } if *limit >= i64::MAX as u64 => {
                write!(f, "{what} of {bytes} bytes does not fit in memory")
            }
            ErrorKind::TooLarge { what, bytes, limit } => {
                write!(f, "{what} of {bytes} bytes is larger than the limit of {limit} bytes")
            }
            ErrorKind::InvalidArgument { message, .. } => f.write_str(message),
            ErrorKind::Other(source) => write!(f, "{source}"),
        }
    }
}

fn channels(count: usize) -> String {
    if count == 1 { "1 channel".to_owned() } else { format!("{count} channels") }
}
