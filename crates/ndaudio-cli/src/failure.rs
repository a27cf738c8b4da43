//! How a program ends: with its work done, or with a message that says what went wrong, why, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use ndaudio::{Error, ErrorKind as What, FormatError, Unsupported};

use crate::format::counted;
use crate::terminal::{complain, escaped, shown};

/// What a program, or a part of it, comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Why a program gives up.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to tell the user.
    Told {
        /// What went wrong, with the file that it is about.
        what: String,
        /// Why, outermost first.
        causes: Vec<String>,
        /// What to do.
        advice: Option<String>,
        /// Whether the command line is to blame.
        usage: bool,
    },
    /// Everything has been said; only the exit status is left.
    Said,
    /// Whoever read our standard output wants no more of it: no failure, but the end.
    OutputClosed,
}

const STDOUT: &str = "standard output";

impl Failure {
    /// Something that the program found itself.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Failure::Told { what: what.into(), causes: Vec::new(), advice: None, usage: false }
    }

    /// A command line that cannot be meant.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        let advice = Some("see --help".to_owned());
        Failure::Told { what: what.into(), causes: Vec::new(), advice, usage: true }
    }

    /// Nothing was found where recordings were to be; `what` is what would be done with them.
    pub(crate) fn no_recording(what: &str) -> Self {
        Failure::new(format!("there is no recording to {what}"))
            .advise("name recordings, or directories with recordings in them")
    }

    /// The failures of some of many files: each is reported, and how many there were.
    pub(crate) fn of_many(failures: Vec<Failure>, files: usize) -> Outcome {
        if failures.is_empty() {
            return Ok(());
        }
        for failure in &failures {
            failure.report();
        }
        if files > 1 {
            complain(format!("{} of {} failed", failures.len(), counted(files as u64, "file")));
        }
        Err(Failure::Said)
    }

    /// Tells the user.
    pub(crate) fn report(&self) {
        if let Failure::Told { .. } = self {
            complain(self.to_string());
        }
    }

    /// A refusal of the operating system about a file.
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Error::from(error).with_path(path).into()
    }

    /// The same, saying what to do.
    pub(crate) fn advise(mut self, to_do: impl Into<String>) -> Self {
        if let Failure::Told { advice, .. } = &mut self {
            *advice = Some(to_do.into());
        }
        self
    }

    /// The same, with words in front unless they are there already.
    pub(crate) fn about(mut self, subject: &Path) -> Self {
        if let Failure::Told { what, .. } = &mut self {
            let name = shown(subject);
            // Not anywhere in it: a short name may be a part of any word.
            if !what.contains(&format!("{name}: ")) && !what.starts_with(STDOUT) {
                *what = format!("{name}: {what}");
            }
        }
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let what = match error.kind() {
            What::Write { frames_written, .. } => unwritten(error.path(), *frames_written),
            _ => escaped(&error.to_string()).into_owned(),
        };
        let mut causes = Vec::new();
        let mut cause = StdError::source(&error);
        while let Some(next) = cause {
            let text = next.to_string();
            // The number of an error of the operating system tells a user nothing.
            let text = escaped(text.split(" (os error ").next().unwrap_or(&text)).into_owned();
            if !is_said(&what, &text) {
                causes.push(text);
            }
            cause = next.source();
        }
        Failure::Told { what, causes, advice: advice(&error).map(str::to_owned), usage: false }
    }
}

/// Of an output that could not be written to its end. The library's own words are for those who hold the writer; here the file is gone, or as it
/// was.
fn unwritten(path: Option<&Path>, frames: u64) -> String {
    let name = path.map_or_else(|| STDOUT.to_owned(), shown);
    let reached = if frames == 0 { String::new() } else { format!(" past {}", counted(frames, "frame")) };
    format!("{name}: cannot be written{reached}")
}

/// Whether a message has the words of its cause already, apart from capitals.
fn is_said(what: &str, cause: &str) -> bool {
    what.to_lowercase().contains(&cause.to_lowercase())
}

/// Of standard output: errors about files come with their path, through [`Failure::io`].
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            return Failure::OutputClosed;
        }
        let what = format!("{STDOUT} cannot be written to");
        Failure::Told { what, causes: vec![error.to_string()], advice: None, usage: false }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure::Told { what, causes, advice, .. } = self else { return Ok(()) };
        write!(f, "{what}")?;
        for cause in causes {
            write!(f, "\n  because: {cause}")?;
        }
        if let Some(advice) = advice {
            write!(f, "\n  to do:   {advice}")?;
        }
        Ok(())
    }
}

/// What a user can do about an error of the library.
fn advice(error: &Error) -> Option<&'static str> {
    match error.kind() {
        What::Io(source) => by_kind(source.kind()),
        What::Write { source, .. } => by_kind(source.kind()),
        What::Format { what: FormatError::NotWave { found }, .. } if found.is_empty() => {
            Some("record or copy it again: there is nothing in it")
        }
        What::Format { what: FormatError::NotWave { .. }, .. } => {
            Some("convert it first, for instance with `ffmpeg -i FILE out.wav`")
        }
        What::Format { what: FormatError::NotMedia { .. }, .. } => {
            Some("check that it is audio; `ffmpeg -i FILE out.wav` decodes formats that ndaudio does not")
        }
        What::Format { what: FormatError::Truncated { .. } | FormatError::MissingChunk { .. }, .. } => {
            Some("copy it again from where it was recorded: it breaks off before its audio")
        }
        What::Format { .. } => Some("look at its header with a hex editor at that byte, or make it again"),
        What::Unsupported { what: Unsupported::Operation { .. }, .. } => {
            Some("choose another --container or --encoding")
        }
        What::Unsupported { .. } => Some("convert it first, for instance with `ffmpeg -i FILE -c:a pcm_s24le out.wav`"),
        What::TooLarge { what, .. } if what.starts_with("a file") => {
            Some("write it with `--container rf64`, which has room for it")
        }
        _ => None,
    }
}

fn by_kind(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::NotFound => Some("check the name, and that its directory exists"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Some("change its permissions or those of its directory, or name a place where you may write")
        }
        ErrorKind::IsADirectory => Some("name a file, not a directory"),
        ErrorKind::AlreadyExists => Some("name another place: a file of that name is in the way"),
        ErrorKind::NotADirectory => Some("check the path: a part of it is a file, not a directory"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("make room on the disk, or name a place on another one")
        }
        ErrorKind::FileTooLarge => {
            Some("raise the limit (see `ulimit -f`), or name a place on a file system that takes larger files")
        }
        ErrorKind::BrokenPipe => Some("see why the program that reads the output has stopped"),
        _ => None,
    }
}

/// The exit status: 0 if all went well, 1 if something went wrong, 2 if the command line is wrong.
pub(crate) fn exit(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) | Err(Failure::OutputClosed) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            let usage = matches!(failure, Failure::Told { usage: true, .. });
            if usage { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_cause_is_not_said_twice() {
        let missing = Failure::io(Path::new("a.wav"), io::Error::from_raw_os_error(2)).to_string();
        assert_eq!(missing.to_lowercase().matches("no such file or directory").count(), 1, "{missing}");
        assert!(is_said("a.wav: no such file or directory", "No such file or directory"));
        assert!(!is_said("a.wav: cannot be read", "Input/output error"));
    }
}
