//! Audio by the type that it was opened as, for what a `Source` alone cannot do: chunks of a WAVE file, files of a sequence.

use std::fs::File;
use std::io::{self, Cursor, Write};

use ndaudio::metadata::Metadata;
use ndaudio::{Anomaly, Chunk, DynSource, Result, Sample, Sequence, Source, Spec, WavReader, WavWriter};
use pyo3::pybacked::PyBackedBytes;

use crate::file_like::FileLike;
use crate::source::Interruptible;

/// An input that only goes forward, behind the bytes that were looked at.
pub(crate) type Forward<R> = io::Chain<Cursor<Vec<u8>>, R>;

pub(crate) enum Opened {
    File(WavReader<File>),
    Bytes(WavReader<Cursor<PyBackedBytes>>),
    Object(WavReader<FileLike>),
    ForwardObject(WavReader<Forward<FileLike>>),
    ForwardFile(WavReader<Forward<Interruptible>>),
    Sequence(Sequence),
    /// Another format, or a stage.
    Other(Box<dyn DynSource>),
}

/// Evaluates `$body` with `$reader` as the reader of a WAVE file, or `$otherwise` with `$source` as any other source.
macro_rules! if_wave {
    ($opened:expr, $reader:ident => $body:expr, $source:ident => $otherwise:expr) => {
        match $opened {
            Opened::File($reader) => $body,
            Opened::Bytes($reader) => $body,
            Opened::Object($reader) => $body,
            Opened::ForwardObject($reader) => $body,
            Opened::ForwardFile($reader) => $body,
            Opened::Sequence($source) => $otherwise,
            Opened::Other($source) => $otherwise,
        }
    };
}

/// Evaluates `$body` with `$source` as whichever source it is.
macro_rules! each {
    ($opened:expr, $source:ident => $body:expr) => {
        if_wave!($opened, $source => $body, $source => $body)
    };
}

impl Opened {
    /// The chunks of a WAVE file; none of any other.
    pub(crate) fn chunks(&self) -> &[Chunk] {
        if_wave!(self, reader => reader.chunks(), _source => &[])
    }

    /// The content of the first chunk with this id.
    pub(crate) fn chunk(&mut self, id: [u8; 4]) -> Result<Option<Vec<u8>>> {
        if_wave!(self, reader => reader.chunk(id), _source => Ok(None))
    }

    /// The sequence, if it is one.
    pub(crate) fn as_sequence(&self) -> Option<&Sequence> {
        match self {
            Opened::Sequence(sequence) => Some(sequence),
            _ => None,
        }
    }

    /// Copies the chunks of a WAVE file as they are, and of anything else what is known.
    pub(crate) fn copy_metadata_to<W: Write>(&mut self, writer: &mut WavWriter<W>) -> Result<()> {
        if_wave!(self, reader => writer.copy_metadata(reader), source => {
            let metadata = Source::metadata(source)?;
            writer.add_metadata(&metadata)
        })
    }
}

impl Source for Opened {
    fn spec(&self) -> &Spec {
        each!(self, source => Source::spec(source))
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        each!(self, source => Source::read_interleaved(source, out))
    }

    fn frames(&self) -> Option<u64> {
        each!(self, source => Source::frames(source))
    }

    fn position(&self) -> u64 {
        each!(self, source => Source::position(source))
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        each!(self, source => Source::seek(source, frame))
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        each!(self, source => Source::skip_frames(source, frames))
    }

    fn anomalies(&self) -> &[Anomaly] {
        each!(self, source => Source::anomalies(source))
    }

    fn metadata(&mut self) -> Result<Metadata> {
        each!(self, source => Source::metadata(source))
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        each!(self, source => Source::ready_to_lend::<T>(source, frames))
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        each!(self, source => Source::lend::<T>(source, frames))
    }
}
