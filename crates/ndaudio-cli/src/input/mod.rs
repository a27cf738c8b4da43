//! Files in: what was named on the command line, and what it holds.

mod reader;
mod search;

pub(crate) use search::expand;

use std::io::Write;
use std::path::{Path, PathBuf};

use ndaudio::metadata::{Metadata, RecordingTime, start_time};
use ndaudio::ndarray::ArrayViewMut2;
use ndaudio::{Anomaly, Chunk, Container, Sample, Severity, Source, Spec, WavWriter};
use reader::{Reader, with_reader};

use crate::failure::{Failure, Outcome};
use crate::range::Range;
use crate::terminal::{escaped, note, shown};
use crate::writer::Writer;

/// Samples that are read, changed and written at a time, about.
const BLOCK_SAMPLES: usize = 256 << 10;

/// Frames of a block.
pub(crate) fn block_len(spec: &Spec) -> usize {
    (BLOCK_SAMPLES / spec.channels()).max(1)
}

/// A recording, opened.
pub(crate) struct Input {
    path: PathBuf,
    reader: Reader,
    /// Whether it can be read twice.
    seekable: bool,
    metadata: Option<Metadata>,
    start: Option<RecordingTime>,
    /// Frames before the part that is read.
    from: u64,
    /// Frames of the part that is read, if it ends before the recording does.
    len: Option<u64>,
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let (reader, seekable) = Reader::open(path)?;
        Ok(Input { path: path.to_path_buf(), reader, seekable, metadata: None, start: None, from: 0, len: None })
    }

    /// Opens a file and goes to the part of it that is asked for.
    pub(crate) fn open_range(path: &Path, range: &Range) -> Outcome<Self> {
        let mut input = Input::open(path)?;
        input.narrow(range).map_err(|failure| failure.about(path))?;
        Ok(input)
    }

    fn narrow(&mut self, range: &Range) -> Outcome {
        let Some((from, to)) = range.frames(self.spec().sample_rate())? else { return Ok(()) };
        if let Some(frames) = self.all_frames()
            && from >= frames.max(1)
        {
            let rate = self.spec().sample_rate();
            let length = crate::format::time_of(frames, rate);
            return Err(Failure::new(format!("--from is at or after the end: the recording lasts {length}")));
        }
        self.from = from;
        self.len = to.map(|to| to - from);
        self.rewind()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The name for messages and tables.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The frames of the whole recording.
    fn all_frames(&self) -> Option<u64> {
        with_reader!(&self.reader, reader => Source::frames(reader))
    }

    /// Whether it is silence that may be at either end of its 4 bytes.
    pub(crate) fn fits_either_end(&self) -> bool {
        with_reader!(&self.reader, reader => Source::fits_either_end(reader))
    }

    /// The kind of file, if it is of the WAVE family.
    pub(crate) fn container(&self) -> Option<Container> {
        self.reader.container()
    }

    /// The name of the kind of file.
    pub(crate) fn format(&self) -> String {
        match &self.reader {
            Reader::Wav(reader) => reader.container().to_string(),
            Reader::WavPipe(reader) => reader.container().to_string(),
            Reader::Media(reader) => reader.format().to_owned(),
        }
    }

    /// The chunks of a file of the WAVE family.
    pub(crate) fn chunks(&self) -> &[Chunk] {
        match &self.reader {
            Reader::Wav(reader) => reader.chunks(),
            Reader::WavPipe(reader) => reader.chunks(),
            Reader::Media(_) => &[],
        }
    }

    /// Copies the metadata to a file in the making; `edit` may change a chunk, or leave it out.
    pub(crate) fn copy_metadata(
        &mut self,
        writer: &mut Writer,
        mut edit: impl FnMut([u8; 4], Vec<u8>) -> ndaudio::Result<Option<Vec<u8>>>,
    ) -> Outcome {
        match writer {
            Writer::Wav(writer) => self.copy_metadata_to(writer, edit),
            Writer::Flac(..) => {
                for (id, content) in self.metadata().to_chunks()? {
                    if let Some(content) = edit(id, content)? {
                        writer.add_chunk(id, &content)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// As [`copy_metadata`](Self::copy_metadata), to a WAVE file.
    pub(crate) fn copy_metadata_to<W: Write>(
        &mut self,
        writer: &mut WavWriter<W>,
        mut edit: impl FnMut([u8; 4], Vec<u8>) -> ndaudio::Result<Option<Vec<u8>>>,
    ) -> Outcome {
        match &mut self.reader {
            Reader::Wav(reader) => writer.copy_metadata_with(reader, edit)?,
            Reader::WavPipe(reader) => writer.copy_metadata_with(reader, edit)?,
            Reader::Media(_) => {
                for (id, content) in self.metadata().to_chunks()? {
                    if let Some(content) = edit(id, content)? {
                        writer.add_chunk(id, &content)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Copies the next frames with every stored bit: up to `frames` of them, and to the end of the part that is read. Does nothing, and returns
    /// `None`, unless both files store samples alike. `show` is told how many were copied.
    pub(crate) fn copy_stored(
        &mut self,
        writer: &mut Writer,
        frames: u64,
        mut show: impl FnMut(u64),
    ) -> Outcome<Option<u64>> {
        let left = self.len.map_or(u64::MAX, |len| len.saturating_sub(self.position()));
        let (spec, Writer::Wav(writer)) = (self.spec(), writer) else { return Ok(None) };
        if (spec.encoding(), spec.channels()) != (writer.spec().encoding(), writer.spec().channels()) {
            return Ok(None);
        }
        let steps = Steps { frames: frames.min(left), step: block_len(spec) as u64 };
        match &mut self.reader {
            Reader::Wav(reader) => steps.copy(|frames| writer.copy_frames(reader, frames), &mut show).map(Some),
            Reader::WavPipe(reader) => steps.copy(|frames| writer.copy_frames(reader, frames), &mut show).map(Some),
            Reader::Media(_) => Ok(None),
        }
    }

    /// Copies channels of all frames with every stored bit, as [`copy_stored`](Self::copy_stored).
    pub(crate) fn copy_channels(
        &mut self,
        writer: &mut Writer,
        channels: &[usize],
        mut show: impl FnMut(u64),
    ) -> Outcome<Option<u64>> {
        let (spec, Writer::Wav(writer)) = (self.spec(), writer) else { return Ok(None) };
        if (spec.encoding(), channels.len()) != (writer.spec().encoding(), writer.spec().channels()) {
            return Ok(None);
        }
        let steps = Steps { frames: u64::MAX, step: block_len(spec) as u64 };
        let chosen = channels.iter().copied();
        match &mut self.reader {
            Reader::Wav(reader) => {
                let mut chosen = reader.select_channels(chosen);
                steps.copy(|frames| writer.copy_frames(&mut chosen, frames), &mut show).map(Some)
            }
            Reader::WavPipe(reader) => {
                let mut chosen = reader.select_channels(chosen);
                steps.copy(|frames| writer.copy_frames(&mut chosen, frames), &mut show).map(Some)
            }
            Reader::Media(_) => Ok(None),
        }
    }

    /// The frame of the recording at which the part that is read begins.
    pub(crate) fn first_frame(&self) -> u64 {
        self.from
    }

    /// Goes back to the start of the part that is read.
    pub(crate) fn rewind(&mut self) -> Outcome {
        self.seek_to(0)
    }

    /// Goes to a frame of the part that is read.
    pub(crate) fn seek_to(&mut self, frame: u64) -> Outcome {
        let target = self.from.saturating_add(frame);
        if self.seekable {
            return Ok(with_reader!(&mut self.reader, reader => Source::seek(reader, target))?);
        }
        let position = with_reader!(&self.reader, reader => Source::position(reader));
        let ahead = target.checked_sub(position);
        let Some(ahead) = ahead else {
            return Err(Failure::new("cannot go back in a pipe")
                .about(&self.path)
                .advise("save the input to a file first"));
        };
        let skipped = with_reader!(&mut self.reader, reader => reader.skip_frames(ahead))?;
        if skipped < ahead {
            // Of a file this is known before anything is read.
            let length = crate::format::time_of(position + skipped, self.spec().sample_rate());
            let failure = Failure::new(format!("--from is at or after the end: the recording lasts {length}"));
            return Err(failure.about(&self.path));
        }
        Ok(())
    }

    /// Whether the source may be going on while it is read: a pipe, a socket, a terminal.
    pub(crate) fn is_live(&self) -> bool {
        !self.seekable
    }

    /// Refuses an input that cannot be read twice.
    pub(crate) fn refuse_pipe(&self, what: &str) -> Outcome {
        if self.seekable {
            return Ok(());
        }
        Err(Failure::new(format!("is a pipe, and {what} reads its input twice"))
            .about(&self.path)
            .advise("save the input to a file first"))
    }

    /// What the file says about its audio; nothing where it is out of reach.
    pub(crate) fn metadata(&mut self) -> &Metadata {
        if self.metadata.is_none() {
            let metadata = with_reader!(&mut self.reader, reader => Source::metadata(reader)).unwrap_or_else(|error| {
                // It has the name of the file in it.
                let error = error.to_string();
                note(format!("{}: its metadata could not be read: {}", shown(&self.path), escaped(&error)));
                Metadata::default()
            });
            let path = (self.path != Path::new("-")).then_some(self.path.as_path());
            self.start = start_time(&metadata, self.spec().sample_rate(), path);
            self.metadata = Some(metadata);
        }
        self.metadata.get_or_insert_default()
    }

    /// What the file says about its audio, for whoever needs it last: it may be large.
    pub(crate) fn take_metadata(&mut self) -> Metadata {
        self.metadata();
        std::mem::take(self.metadata.get_or_insert_default())
    }

    /// When the recording began: its first frame, not that of the part that is read.
    pub(crate) fn start_time(&mut self) -> Option<RecordingTime> {
        self.metadata();
        self.start
    }

    /// What is wrong with the file and worth a line. What is harmless is not, nor that the header of a pipe leaves the size open.
    pub(crate) fn notable_anomalies(&self) -> Vec<String> {
        let expected = |anomaly: &Anomaly| !self.seekable && matches!(anomaly, Anomaly::DataSizeUnknown { .. });
        let notable = |anomaly: &&Anomaly| anomaly.severity() == Severity::Defect && !expected(anomaly);
        self.anomalies().iter().filter(notable).map(ToString::to_string).collect()
    }

    /// Says what was wrong with a file that was read all the same.
    pub(crate) fn note_anomalies(&self) {
        for anomaly in self.notable_anomalies() {
            note(format!("{}: {anomaly}", shown(&self.path)));
        }
    }

    /// Lends every block of the part that is read, with the position of its first frame in that part; returns the number of frames.
    pub(crate) fn each_block<T: Sample>(
        &mut self,
        mut work: impl FnMut(u64, &mut ArrayViewMut2<'_, T>) -> Outcome,
    ) -> Outcome<u64> {
        each_block_of(self, &mut work)
    }
}

/// Frames to copy, and how many of them at a time, so that a bar moves on.
struct Steps {
    frames: u64,
    step: u64,
}

impl Steps {
    /// Copies by `copy`, which says how many frames there were. Returns how many there were in all, and tells `show` on the way.
    fn copy(&self, mut copy: impl FnMut(u64) -> ndaudio::Result<u64>, mut show: impl FnMut(u64)) -> Outcome<u64> {
        let mut copied = 0;
        while copied < self.frames {
            let wanted = self.step.min(self.frames - copied);
            let count = copy(wanted)?;
            copied += count;
            show(copied);
            if count < wanted {
                break;
            }
        }
        Ok(copied)
    }
}

/// Lends every block of a source, with the position of its first frame counted from here; returns the number of frames.
pub(crate) fn each_block_of<T: Sample>(
    source: &mut impl Source,
    mut work: impl FnMut(u64, &mut ArrayViewMut2<'_, T>) -> Outcome,
) -> Outcome<u64> {
    let (channels, len) = (source.spec().channels(), block_len(source.spec()));
    let len = source.frames().map_or(len, |frames| len.min(usize::try_from(frames).unwrap_or(len))).max(1);
    let mut buffer = vec![T::zero(); len * channels];
    let mut position = 0;
    loop {
        let frames = source.read_interleaved(&mut buffer)?;
        if frames == 0 {
            return Ok(position);
        }
        let block = ArrayViewMut2::from_shape((frames, channels), &mut buffer[..frames * channels]);
        let mut block = block.map_err(|error| Failure::new(error.to_string()))?;
        work(position, &mut block)?;
        position += frames as u64;
    }
}

/// The part of the recording that was asked for.
impl Source for Input {
    fn spec(&self) -> &Spec {
        with_reader!(&self.reader, reader => Source::spec(reader))
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
        let channels = self.spec().channels();
        let frames = out.len() / channels;
        let left = self.len.map_or(u64::MAX, |len| len.saturating_sub(self.position()));
        let frames = frames.min(usize::try_from(left).unwrap_or(usize::MAX));
        with_reader!(&mut self.reader, reader => reader.read_interleaved(&mut out[..frames * channels]))
    }

    fn skip_frames(&mut self, frames: u64) -> ndaudio::Result<u64> {
        let left = self.len.map_or(u64::MAX, |len| len.saturating_sub(self.position()));
        with_reader!(&mut self.reader, reader => reader.skip_frames(frames.min(left)))
    }

    fn frames(&self) -> Option<u64> {
        let rest = self.all_frames().map(|frames| frames.saturating_sub(self.from));
        match (rest, self.len) {
            (Some(rest), Some(len)) => Some(rest.min(len)),
            (Some(rest), None) => Some(rest),
            // A pipe may end earlier.
            (None, _) => None,
        }
    }

    fn position(&self) -> u64 {
        with_reader!(&self.reader, reader => Source::position(reader)).saturating_sub(self.from)
    }

    /// Everything that is odd about the file.
    fn anomalies(&self) -> &[Anomaly] {
        with_reader!(&self.reader, reader => Source::anomalies(reader))
    }
}
