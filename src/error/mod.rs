//! Errors, which know the file that they are about.

mod action;
mod anomaly;
mod format;
mod kind;
mod severity;

use std::fmt;
use std::io;
use std::path::Path;

use action::Action;

pub use anomaly::Anomaly;
pub use format::{FormatError, Unsupported};
pub use kind::ErrorKind;
pub use severity::Severity;

pub(crate) use format::Tag;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why audio could not be read, viewed, changed or written, and which file it is about.
///
/// What happened is its [`kind`](Error::kind), split by who must act. The message names the file where it is known, so a context
/// around it need not. The system's or the decoder's own error is the [`source`](std::error::Error::source), and its words are not
/// repeated in the message: print the whole chain, by `{error:#}`, or as anyhow and eyre do.
///
/// # Examples
/// ```
/// use ndaudio::ErrorKind;
///
/// let error = ndaudio::read::<i16>("missing.wav").unwrap_err();
/// assert_eq!(error.to_string(), "missing.wav: cannot be opened");
/// assert_eq!(format!("{error:#}"), "missing.wav: cannot be opened: No such file or directory (os error 2)");
/// assert!(matches!(error.kind(), ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::NotFound));
/// ```
#[derive(Debug)]
pub struct Error {
    path: Option<Box<Path>>,
    /// Boxed, so that a `Result` is small where nothing went wrong.
    what: Box<What>,
}

/// The kind of the error, and the action that failed.
#[derive(Debug)]
struct What {
    kind: ErrorKind,
    action: Action,
}

impl Error {
    /// An error about no file in particular.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Error { path: None, what: Box::new(What { kind, action: Action::Unknown }) }
    }

    /// The refusal of the system to open a file or a stream.
    pub(crate) fn opening(source: io::Error) -> Self {
        Error::doing(Action::Open, source)
    }

    /// The refusal of the system to create a file, or to put it in its place.
    pub(crate) fn creating(source: io::Error) -> Self {
        Error::doing(Action::Create, source)
    }

    /// The refusal of the system to read.
    pub(crate) fn reading(source: io::Error) -> Self {
        Error::doing(Action::Read, source)
    }

    /// The same, about reading where nothing more is known.
    pub(crate) fn while_reading(mut self) -> Self {
        if self.what.action == Action::Unknown {
            self.what.action = Action::Read;
        }
        self
    }

    fn doing(action: Action, source: io::Error) -> Self {
        Error { path: None, what: Box::new(What { kind: ErrorKind::Io(source), action }) }
    }

    /// An error of another crate's decoder, for those who make one a [`Source`](crate::Source).
    ///
    /// # Examples
    /// ```
    /// let error = ndaudio::Error::decoder("opus", "packet 7 is damaged").with_path("song.opus");
    /// assert_eq!(error.to_string(), "song.opus: the opus decoder cannot read it");
    /// assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "packet 7 is damaged");
    /// ```
    #[must_use]
    pub fn decoder(decoder: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::new(ErrorKind::Decoder { decoder, source: source.into() })
    }

    /// An error of the caller's own, passed through [`process`](crate::process) or a [`Source`](crate::Source).
    ///
    /// # Examples
    /// ```
    /// let error = ndaudio::Error::other("the detector has no model");
    /// assert_eq!(error.to_string(), "the detector has no model");
    /// ```
    #[must_use]
    pub fn other(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::new(ErrorKind::Other(source.into()))
    }

    /// Returns the kind of the error: what happened, and who must act.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.what.kind
    }

    /// Returns the kind of the error, without the file.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.what.kind
    }

    /// The file that the error is about, where known.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The byte of the file at which something is wrong or not read here, where known.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavView;
    ///
    /// let error = WavView::parse(b"RIFF\x04\0\0\0AVI ").unwrap_err();
    /// assert_eq!(error.offset(), Some(0));
    /// assert_eq!(ndaudio::read::<i16>("missing.wav").unwrap_err().offset(), None);
    /// ```
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        match *self.kind() {
            ErrorKind::Format { offset, .. } => Some(offset),
            ErrorKind::Unsupported { offset, .. } => offset,
            _ => None,
        }
    }

    /// The same error, naming the file it is about unless it names one already.
    #[must_use]
    pub fn with_path(mut self, path: impl AsRef<Path>) -> Self {
        self.path.get_or_insert_with(|| path.as_ref().into());
        self
    }

    pub(crate) fn kind_mut(&mut self) -> &mut ErrorKind {
        &mut self.what.kind
    }

    pub(crate) fn format(offset: u64, what: FormatError) -> Self {
        Error::new(ErrorKind::Format { offset, what })
    }

    /// Something that the byte at `offset` of a file says it holds.
    pub(crate) fn unsupported(offset: u64, what: Unsupported) -> Self {
        Error::new(ErrorKind::Unsupported { offset: Some(offset), what })
    }

    /// Something that was asked for, and is not offered.
    pub(crate) fn unsupported_operation(what: &'static str) -> Self {
        Error::new(ErrorKind::Unsupported { offset: None, what: Unsupported::Operation { what } })
    }

    /// A refused argument, in a sentence of its own.
    pub(crate) fn invalid(name: &'static str, message: impl Into<String>) -> Self {
        Error::new(ErrorKind::InvalidArgument { name, message: message.into() })
    }

    /// A refused argument, as `{name} must be {expected}, not {given}`.
    pub(crate) fn must_be(name: &'static str, given: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Error::invalid(name, format!("{name} must be {expected}, not {given}"))
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error::new(kind)
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Error::new(ErrorKind::Io(source))
    }
}

/// The I/O error underneath where that is all; anything else keeps this error inside, under the kind of the I/O error or `InvalidData`.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Io(source) | ErrorKind::Write { source, .. } => source.kind(),
            _ => io::ErrorKind::InvalidData,
        };
        match (error.path, *error.what) {
            (None, What { kind: ErrorKind::Io(source), .. }) => source,
            (path, what) => io::Error::new(kind, Error { path, what: Box::new(what) }),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.what.kind.source()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.path, &self.what.kind) {
            (Some(path), ErrorKind::Io(_)) => write!(f, "{}: {}", path.display(), self.what.action.of_a_file())?,
            (None, ErrorKind::Io(_)) => f.write_str(self.what.action.of_nothing_named())?,
            (Some(path), kind) => write!(f, "{}: {kind}", path.display())?,
            (None, kind) => write!(f, "{kind}")?,
        }
        if f.alternate() {
            let mut source = self.what.kind.source();
            while let Some(cause) = source {
                write!(f, ": {cause}")?;
                source = cause.source();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_small_and_goes_anywhere() {
        fn goes_anywhere<E: std::error::Error + Send + Sync + 'static>() {}
        goes_anywhere::<Error>();
        assert!(size_of::<Error>() <= 3 * size_of::<usize>());
    }

    #[test]
    fn every_kind_takes_a_path_and_keeps_the_first() {
        let error = Error::invalid("gain", "the gain must be finite").with_path("a.wav").with_path("b.wav");
        assert_eq!(error.to_string(), "a.wav: the gain must be finite");
    }

    #[test]
    fn an_error_about_a_byte_has_its_offset() {
        let unsupported = |offset| {
            Error::new(ErrorKind::Unsupported { offset, what: Unsupported::Operation { what: "seeking in a pipe" } })
        };
        assert_eq!((unsupported(Some(20)).offset(), unsupported(None).offset()), (Some(20), None));
    }

    #[test]
    fn no_message_repeats_its_source() {
        let refused = || io::Error::from_raw_os_error(2);
        let write = ErrorKind::Write { frames_safe: 1, frames_written: 2, source: refused() };
        for error in [
            Error::from(refused()),
            Error::opening(refused()),
            Error::creating(refused()),
            Error::reading(refused()),
            Error::new(write),
            Error::decoder("opus", "packet 7 is damaged"),
            Error::other(Error::opening(refused())),
        ] {
            let error = error.with_path("take.wav");
            let source = std::error::Error::source(&error).expect("each of these has one").to_string();
            let (message, chain) = (error.to_string(), format!("{error:#}"));
            assert!(!message.to_lowercase().contains(&source.to_lowercase()), "{message}");
            assert_eq!(chain.matches(&source).count(), 1, "{chain}");
            assert!(chain.starts_with(&message), "{chain}");
        }
    }

    #[test]
    fn an_io_error_survives_the_way_there_and_back() {
        let error = Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).with_path("out.wav");
        let io = io::Error::from(error);
        assert_eq!(
            (io.kind(), io.to_string().as_str()),
            (io::ErrorKind::BrokenPipe, "out.wav: cannot be read or written")
        );
        let plain = io::Error::from(Error::from(io::Error::from_raw_os_error(2)));
        assert_eq!(plain.raw_os_error(), Some(2));
    }
}
