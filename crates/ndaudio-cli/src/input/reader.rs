//! What reads a recording: a file or a pipe, WAVE or anything else that the library decodes.

use std::fs::{self, File};
use std::io::{self, Chain, Cursor, Read, Seek};
use std::path::Path;

use ndaudio::{Container, ErrorKind, FormatError, MediaReader, ReadOptions, WavReader};

use crate::failure::{Failure, Outcome};

/// A pipe whose first bytes were looked at.
type Pipe = Chain<Cursor<Vec<u8>>, File>;

/// A decoder of one of the formats.
pub(super) enum Reader {
    Wav(WavReader<File>),
    WavPipe(WavReader<Pipe>),
    Media(MediaReader),
}

/// `with_reader!(&self.reader, reader => expression)`, whichever it is.
macro_rules! with_reader {
    ($reader:expr, $name:ident => $body:expr) => {
        match $reader {
            Reader::Wav($name) => $body,
            Reader::WavPipe($name) => $body,
            Reader::Media($name) => $body,
        }
    };
}
pub(super) use with_reader;

impl Reader {
    /// Opens a file, or standard input for `-`; says whether it can be read twice. A pipe is opened once, since it cannot be opened again.
    pub(super) fn open(path: &Path) -> Outcome<(Self, bool)> {
        let is_stdin = path == Path::new("-");
        // What is not there is refused by the library, in its words.
        if !is_stdin && fs::metadata(path).map_or(true, |found| found.is_file()) {
            return Ok((of_file(path)?, true));
        }
        let name = if is_stdin { Path::new("standard input") } else { path };
        let file = if is_stdin { standard_input() } else { File::open(path) };
        let file = file.map_err(|error| Failure::io(name, error))?;
        let redirected = file.metadata().is_ok_and(|found| found.is_file());
        let reader = if redirected { of_redirected(file).map(|reader| (reader, true)) } else { of_pipe(file) };
        Ok(reader.map_err(|error| error.with_path(name))?)
    }

    /// The kind of file, if it is of the WAVE family.
    pub(super) fn container(&self) -> Option<Container> {
        match self {
            Reader::Wav(reader) => Some(reader.container()),
            Reader::WavPipe(reader) => Some(reader.container()),
            Reader::Media(_) => None,
        }
    }
}

fn of_file(path: &Path) -> ndaudio::Result<Reader> {
    match WavReader::open(path) {
        Ok(reader) => Ok(Reader::Wav(reader)),
        Err(error) if is_another_format(&error) => Ok(Reader::Media(MediaReader::open(path)?)),
        Err(error) => Err(error),
    }
}

/// A file that a shell opened: `ndaudio rms - < take.wav`. It is read from where it stands.
fn of_redirected(mut file: File) -> ndaudio::Result<Reader> {
    let start = file.stream_position()?;
    match ReadOptions::new().seekable(file.try_clone()?) {
        Ok(reader) => Ok(Reader::Wav(reader)),
        Err(error) if is_another_format(&error) => {
            file.seek(io::SeekFrom::Start(start))?;
            Ok(Reader::Media(MediaReader::new(file)?))
        }
        Err(error) => Err(error),
    }
}

/// WAVE and FLAC are read as they come. Other formats say only at their end how much of the last packet counts, so they are read from a temporary
/// file without a name, and can then be read twice.
fn of_pipe(mut file: File) -> ndaudio::Result<(Reader, bool)> {
    let mut first = Vec::new();
    file.by_ref().take(4).read_to_end(&mut first)?;
    let head: [u8; 4] = first.as_slice().try_into().unwrap_or_default();
    let short = first.len() < head.len();
    let mut pipe = Cursor::new(first).chain(file);
    Ok(match &head {
        _ if short => (Reader::WavPipe(WavReader::new(pipe)?), false),
        b"RIFF" | b"RIFX" | b"RF64" | b"BW64" | b"riff" => (Reader::WavPipe(WavReader::new(pipe)?), false),
        b"fLaC" => (Reader::Media(MediaReader::stream(pipe)?), false),
        _ => {
            let mut spool = tempfile::tempfile()?;
            io::copy(&mut pipe, &mut spool)?;
            spool.rewind()?;
            // A tag of another format may stand before the WAVE file.
            (of_redirected(spool)?, true)
        }
    })
}

/// Whether the file is something else than WAVE, which another decoder may know.
fn is_another_format(error: &ndaudio::Error) -> bool {
    matches!(error.kind(), ErrorKind::Format { what: FormatError::NotWave { found }, .. } if !found.is_empty())
}

/// Standard input as a file of its own: the process's own stream, whatever it leads to.
#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}
