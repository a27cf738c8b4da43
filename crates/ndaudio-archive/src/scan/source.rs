//! A recording, opened wherever it lies.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

#[cfg(feature = "media")]
use ndaudio::MediaReader;
use ndaudio::metadata::Metadata;
use ndaudio::{Anomaly, Error, Result, Sample, Source, Spec, WavReader};

use crate::location::RecordingFile;
use crate::store::{ObjectReader, is_remote};

/// Anything that can be read at any place.
pub(crate) trait ReadSeek: Read + Seek + Send + Sync {}
impl<R: Read + Seek + Send + Sync> ReadSeek for R {}

/// An open recording: a source that can go to any frame. The content decides which reader it has, not the name.
pub(crate) enum Recording {
    /// The WAVE family.
    Wav(Box<WavReader<Box<dyn ReadSeek>>>),
    /// FLAC, Ogg, MP3, AIFF, CAF and so on.
    #[cfg(feature = "media")]
    Media(Box<MediaReader>),
}

impl Recording {
    /// Opens a file or an object and reads its header. Errors name it.
    pub(crate) fn open(file: &RecordingFile) -> Result<Self> {
        open(file).map_err(|error| named(error, file))
    }

    pub(crate) fn container(&self) -> String {
        match self {
            Recording::Wav(reader) => reader.container().to_string(),
            #[cfg(feature = "media")]
            Recording::Media(reader) => reader.format().to_owned(),
        }
    }

    /// Whether reading may begin at any frame at no cost, so that a long file can be read by several at a time.
    pub(crate) fn can_be_cut(&self) -> bool {
        match self {
            Recording::Wav(_) => true,
            #[cfg(feature = "media")]
            Recording::Media(_) => false,
        }
    }
}

fn open(file: &RecordingFile) -> Result<Recording> {
    let mut input: Box<dyn ReadSeek> = if is_remote(&file.path) {
        let object = ObjectReader::open(&file.path, file.size, file.version.clone());
        Box::new(object.map_err(std::io::Error::other)?)
    } else {
        Box::new(File::open(&file.path)?)
    };
    let mut head = [0; 4];
    let found = read_up_to(&mut input, &mut head)?;
    input.seek(SeekFrom::Start(0))?;
    Ok(match &head[..found] {
        // The last is the start of Wave64's identifier.
        #[cfg(feature = "media")]
        head if !matches!(head, b"RIFF" | b"RIFX" | b"RF64" | b"BW64" | b"riff") => {
            Recording::Media(Box::new(MediaReader::new(input)?))
        }
        _ => Recording::Wav(Box::new(ndaudio::ReadOptions::new().seekable(input)?)),
    })
}

fn read_up_to(input: &mut impl Read, bytes: &mut [u8]) -> Result<usize> {
    let mut found = 0;
    while found < bytes.len() {
        match input.read(&mut bytes[found..])? {
            0 => break,
            count => found += count,
        }
    }
    Ok(found)
}

/// An error that names the file it is about.
pub(crate) fn named(error: Error, file: &RecordingFile) -> Error {
    error.with_path(&file.path)
}

/// Calls the same method of either reader.
macro_rules! either {
    ($recording:expr, $reader:ident => $call:expr) => {
        match $recording {
            Recording::Wav($reader) => $call,
            #[cfg(feature = "media")]
            Recording::Media($reader) => $call,
        }
    };
}

impl Source for Recording {
    fn spec(&self) -> &Spec {
        either!(self, reader => reader.spec())
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        either!(self, reader => reader.read_interleaved(out))
    }

    fn frames(&self) -> Option<u64> {
        either!(self, reader => reader.frames())
    }

    fn position(&self) -> u64 {
        either!(self, reader => reader.position())
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        either!(self, reader => reader.seek(frame))
    }

    fn anomalies(&self) -> &[Anomaly] {
        either!(self, reader => reader.anomalies())
    }

    fn metadata(&mut self) -> Result<Metadata> {
        match self {
            Recording::Wav(reader) => reader.metadata(),
            #[cfg(feature = "media")]
            Recording::Media(reader) => Ok(reader.metadata()),
        }
    }
}
