//! Files of every kind that is written, as one.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use ndaudio::ndarray::ArrayRef2;
use ndaudio::{Container, FlacWriter, Sample, Spec, WavWriter, WriteOptions};

use crate::failure::{Failure, Outcome};
use crate::terminal::shown;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Wave(Container),
    Flac,
}

impl FileKind {
    /// What an output's name asks for, else the kind of the input; an error for a name of another format.
    pub(crate) fn of(output: &Path, input: Option<Container>) -> Outcome<Self> {
        let extension = output.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        Ok(FileKind::Wave(match extension.as_deref() {
            Some("flac") => return Ok(FileKind::Flac),
            Some("w64") => Container::Wave64,
            Some("rf64") => Container::Rf64,
            Some("bw64") => Container::Bw64,
            Some("wav" | "wave") | None => match input {
                // Big-endian files are read, but not written; Wave64 goes by the name `.w64`.
                Some(Container::Rifx | Container::Wave64) | None => Container::Riff,
                Some(container) => container,
            },
            Some(other) => {
                return Err(Failure::new(format!("{}: .{other} files are not written", shown(output)))
                    .advise("end the name in .wav, .flac, .w64, .rf64 or .bw64"));
            }
        }))
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileKind::Wave(container) => container.fmt(f),
            FileKind::Flac => f.write_str("FLAC"),
        }
    }
}

/// A writer of one of them. Its errors name the output.
pub(crate) enum Writer {
    Wav(Box<WavWriter<File>>),
    /// With its name, which a writer of FLAC does not know.
    Flac(Box<FlacWriter<File>>, PathBuf),
}

/// `with_writer!(&mut writer, writer => expression)`, whichever it is.
macro_rules! with_writer {
    ($writer:expr, $name:ident => $body:expr) => {
        match $writer {
            Writer::Wav($name) => $body,
            Writer::Flac($name, _) => $body,
        }
    };
}

impl Writer {
    /// Writes to a file that can seek, from where it stands, or only forward.
    pub(crate) fn new(file: File, seekable: bool, spec: &Spec, kind: FileKind, name: &Path) -> ndaudio::Result<Self> {
        Writer::begin(file, seekable, spec, kind, name).map_err(|error| error.with_path(name))
    }

    fn begin(file: File, seekable: bool, spec: &Spec, kind: FileKind, name: &Path) -> ndaudio::Result<Self> {
        let name = name.to_path_buf();
        Ok(match (kind, seekable) {
            (FileKind::Wave(container), true) => {
                Writer::Wav(Box::new(WriteOptions::new(spec).container(container).writer(file)?))
            }
            (FileKind::Wave(container), false) => {
                Writer::Wav(Box::new(WriteOptions::new(spec).container(container).stream(file)?))
            }
            (FileKind::Flac, true) => Writer::Flac(Box::new(FlacWriter::new(file, spec)?), name),
            (FileKind::Flac, false) => Writer::Flac(Box::new(FlacWriter::stream(file, spec)?), name),
        })
    }

    pub(crate) fn channels(&self) -> usize {
        with_writer!(self, writer => writer.spec().channels())
    }

    pub(crate) fn write<T: Sample>(&mut self, block: &ArrayRef2<T>) -> ndaudio::Result<()> {
        with_writer!(self, writer => writer.write(block)).map_err(self.named())
    }

    pub(crate) fn write_interleaved<T: Sample>(&mut self, samples: &[T]) -> ndaudio::Result<()> {
        with_writer!(self, writer => writer.write_interleaved(samples)).map_err(self.named())
    }

    pub(crate) fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> ndaudio::Result<()> {
        with_writer!(self, writer => writer.add_chunk(id, content)).map_err(self.named())
    }

    pub(crate) fn finalize(self) -> ndaudio::Result<File> {
        match self {
            Writer::Wav(writer) => writer.finalize(),
            Writer::Flac(writer, name) => writer.finalize().map_err(|error| error.with_path(name)),
        }
    }

    /// An error with the name of the output. One of a WAVE file has it, or is about standard output.
    fn named(&self) -> impl FnOnce(ndaudio::Error) -> ndaudio::Error {
        move |error| match self {
            Writer::Wav(_) => error,
            Writer::Flac(_, name) => error.with_path(name),
        }
    }
}
