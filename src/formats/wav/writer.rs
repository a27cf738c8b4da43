//! Writes frames to a WAVE file so that nothing is lost.

use std::fmt;
use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::path::{Path, PathBuf};

use ndarray::{ArrayRef, ArrayViewMut1, Axis, Ix2};

use super::riff::chunk::is_structure;
use super::riff::container::Container;
use super::riff::header::{Extent, Header, push_chunk};
use super::riff::output::Output;
use super::riff::stage::Stage;
use super::write_options::WriteOptions;
use crate::error::{Error, ErrorKind, Result, Tag};
use crate::pcm::{FrameDimension, Sample, as_frames, encode, is_encoded_as_is, view_mut};
use crate::spec::Spec;
use crate::stream::Sink;
use crate::stream::sink::assert_channels;

/// Encoded bytes that are collected before they are written. Large enough that a call costs nothing against it, small enough
/// for the cache.
const BUFFER_BYTES: usize = 128 << 10;
/// Samples of strided blocks that are gathered at a time.
const SCRATCH_SAMPLES: usize = 2048;

/// Writes frames to a WAVE file.
///
/// The header is valid from the first byte on. A [`checkpoint`](WavWriter::checkpoint) makes it count what has been written
/// so far, and [`finalize`](WavWriter::finalize) everything. Past 4 GiB a RIFF file becomes RF64 in place.
///
/// **Dropping** the writer finalizes as well, but its errors are lost; call `finalize` to see them.
///
/// **After an error** everything that was written before is unharmed. [`frames_written`](WavWriter::frames_written) then says how many
/// whole frames arrived. The rest of the block is forgotten, and so is what had been collected for a larger write, so that you can
/// make room and write again from that frame on. `finalize` (or dropping) completes the file with what is there.
///
/// **Memory** 128 KiB, and the chunks that will follow the audio.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::{Encoding, Spec, WavWriter};
///
/// let spec = Spec::new(48_000, 2, Encoding::I16);
/// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), &spec)?; // or ::create("take.wav", &spec)
/// writer.write(&array![[1_i16, -1], [2, -2]])?;
/// writer.write(&array![[0.5_f32, -0.5]])?; // any sample type: full scale stays full scale
/// assert_eq!(writer.frames_written(), 3);
/// let bytes = writer.finalize()?.into_inner();
/// assert!(bytes.ends_with(&[1, 0, 255, 255, 2, 0, 254, 255, 0, 64, 0, 192]));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct WavWriter<W: Write> {
    /// Gone once finalized.
    sink: Option<Output<W>>,
    path: Option<PathBuf>,
    spec: Spec,
    header: Header,
    state: State,
    /// Chunks to follow the audio, as the container has them.
    trailing: Vec<u8>,
    buffer: Box<[u8]>,
    /// Bytes of audio in the buffer.
    filled: usize,
    /// Bytes of audio that arrived in the sink.
    arrived: u64,
    /// Bytes of audio that the header counts.
    safe: u64,
    /// Bytes of audio from one checkpoint to the next, and where the next one is due.
    checkpoint_bytes: Option<u64>,
    checkpoint_due: u64,
    sync: bool,
}

/// How much of the file has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No header, or only part of it: that of a stream goes out with the first block.
    Headless,
    /// An existing file, in which nothing has been changed.
    Untouched,
    /// The header counts the audio up to the last checkpoint, and says that there may be more. Nothing follows the audio.
    Growing,
    /// The chunks that follow the audio are in place, and the header counts everything.
    Settled,
    /// A stream was cut off inside its header or a frame, which cannot be taken back.
    Broken,
}

impl<W: Write> WavWriter<W> {
    /// Begins a new file.
    pub(super) fn start(sink: Output<W>, options: &WriteOptions, path: Option<PathBuf>) -> Result<Self> {
        let named = |error: Error| match &path {
            Some(path) => error.with_path(path),
            None => error,
        };
        let mut header = Header::new(options.container, &options.spec).map_err(named)?;
        if !sink.can_seek() {
            header.set_unknown();
        }
        let mut writer = WavWriter::resume(sink, options, header, Vec::new(), 0);
        (writer.path, writer.state) = (path, State::Headless);
        if writer.can_seek() {
            writer.send_header().map_err(|error| writer.named(error.into()))?;
        }
        Ok(writer)
    }

    /// Continues a file that has this many bytes of audio, with this header before and these chunks after it.
    pub(super) fn resume(
        sink: Output<W>,
        options: &WriteOptions,
        header: Header,
        trailing: Vec<u8>,
        audio: u64,
    ) -> Self {
        let frame_bytes = options.spec.frame_bytes() as u64;
        let checkpoint_bytes = options.checkpoint_frames.map(|frames| frames.saturating_mul(frame_bytes));
        WavWriter {
            sink: Some(sink),
            path: None,
            spec: options.spec.clone(),
            header,
            state: State::Untouched,
            trailing,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            filled: 0,
            arrived: audio,
            safe: audio,
            checkpoint_bytes,
            checkpoint_due: checkpoint_bytes.map_or(u64::MAX, |step| audio.saturating_add(step)),
            sync: options.sync,
        }
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.path = Some(path.to_path_buf());
    }

    /// The sample rate, channels and encoding of the audio.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The kind of file that it is at the moment: `Rf64` once a checkpoint has found a RIFF file past 4 GiB.
    #[must_use]
    pub fn container(&self) -> Container {
        self.header.container()
    }

    /// Frames in the file, including those that it had before and those collected for the next write to it; after an error those
    /// that arrived.
    #[must_use]
    pub fn frames_written(&self) -> u64 {
        self.accepted() / self.frame_bytes()
    }

    /// Frames that the header in the file counts.
    #[must_use]
    pub fn frames_safe(&self) -> u64 {
        self.safe / self.frame_bytes()
    }

    /// Makes the file valid up to here, whatever happens next.
    ///
    /// First the audio is written, then the header is changed to count it; with [`sync`](WriteOptions::sync) both are brought to the
    /// disk itself. Chunks that follow the audio are written too, and written again by later checkpoints. To a stream the
    /// audio is passed on, and that is all.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] saying how many frames are safe from before.
    pub fn checkpoint(&mut self) -> Result<()> {
        self.flush_buffer()?;
        self.check_broken()?;
        let result = if !self.can_seek() {
            self.flush_stream().map_err(|source| self.failed(source))
        } else if matches!(self.state, State::Untouched | State::Settled) {
            return Ok(());
        } else if self.trailing.is_empty() {
            self.update_header(0, Stage::Growing).and_then(|()| self.pad(0))
        } else {
            self.settle(Stage::Complete)
        };
        if let Some(step) = self.checkpoint_bytes {
            self.checkpoint_due = self.safe.saturating_add(step);
        }
        result
    }

    /// Completes the file and returns the writer underneath, positioned at its end.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] saying how many frames are safe in the file. The header counts everything that arrived, even if the
    /// rest of the audio, or the chunks that follow it, did not.
    #[expect(clippy::missing_panics_doc, reason = "the sink is there until now")]
    pub fn finalize(mut self) -> Result<W> {
        let result = self.finish();
        let sink = self.sink.take().expect("taken nowhere else");
        result.map(|()| sink.into_inner())
    }

    /// Adds a metadata chunk: before the audio if none has been written yet, otherwise after it.
    ///
    /// libsndfile 1.2.2 refuses Wave64 files with chunks before the audio that Sony did not define (`LIST`, `bext`, `levl`, `junk`), and reads
    /// chunks after the audio of Wave64 as audio. For metadata that libsndfile should read, write RF64.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidArgument`] for a chunk that the writer itself writes: `RIFF`, `ds64`, `fmt `, `fact`, `data`
    /// - [`ErrorKind::TooLarge`] for 4 GiB and more
    /// - [`ErrorKind::Unsupported`] if the audio of a stream has begun
    /// - [`ErrorKind::Io`] or [`ErrorKind::Write`] if the header cannot be written again
    pub fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        if self.accepted() > 0 || !self.can_seek() && self.state != State::Headless {
            return self.add_trailing_chunk(id, content);
        }
        self.check_chunk(id, content)?;
        self.touch()?;
        let at = self.header.add_chunk(id, content);
        if self.can_seek() {
            let extent = Extent { audio: 0, trailing: 0, stage: Stage::Growing };
            self.header.set(extent).map_err(|error| self.named(error))?;
            if let Err(error) = self.send_header_from(at) {
                // Some of it may stand there; the next write begins with the whole header again.
                self.state = State::Headless;
                return Err(self.named(error.into()));
            }
        }
        Ok(())
    }

    /// Adds a metadata chunk after the audio. It is kept in memory, and written by checkpoints and by [`finalize`](WavWriter::finalize).
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidArgument`] for a chunk that the writer itself writes: `RIFF`, `ds64`, `fmt `, `fact`, `data`
    /// - [`ErrorKind::TooLarge`] for 4 GiB and more
    /// - [`ErrorKind::Unsupported`] for a stream: readers of unknown sizes would take the chunk for audio
    pub fn add_trailing_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        self.check_chunk(id, content)?;
        if !self.can_seek() {
            let what = "a stream cannot have chunks after its audio; add them before the first block";
            return Err(self.named(Error::unsupported_operation(what)));
        }
        let container = self.header.container();
        let len = self.trailing.len() + container.chunk_header_len() + content.len();
        let len = len as u64 + container.padding(content.len() as u64);
        self.check_file_len(self.header.file_len(self.accepted(), len))?;
        self.touch()?;
        push_chunk(&mut self.trailing, container, id, content);
        Ok(())
    }

    fn check_chunk(&self, id: [u8; 4], content: &[u8]) -> Result<()> {
        if is_structure(id) {
            let message = format!("the writer writes {} itself; add metadata chunks only", Tag(&id));
            return Err(Error::invalid("the chunk id", message));
        }
        if self.header.container() != Container::Wave64 && u32::try_from(content.len()).is_err() {
            let (bytes, limit) = (content.len() as u64, u64::from(u32::MAX));
            return Err(self.named(ErrorKind::TooLarge { what: "a chunk", bytes, limit }.into()));
        }
        Ok(())
    }

    /// Writes a block of frames, of any sample type and with any strides.
    ///
    /// **Shape** any number of frames × [`channels`](Spec::channels), or one-dimensional for one channel.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] saying how many frames arrived, [`ErrorKind::TooLarge`] before anything is written if an appended
    /// file cannot count that many.
    ///
    /// # Panics
    /// Unless `block.ncols() == spec().channels()`.
    #[track_caller]
    pub fn write<T: Sample, N: FrameDimension>(&mut self, block: &ArrayRef<T, N>) -> Result<()> {
        let block = &as_frames(block);
        let channels = self.spec().channels();
        assert_channels(block.ncols(), channels);
        self.check_room(block.len())?;
        if let Some(samples) = block.as_slice() {
            return self.accept(samples);
        }
        let mut scratch = [T::default(); SCRATCH_SAMPLES];
        if channels <= SCRATCH_SAMPLES {
            for rows in block.axis_chunks_iter(Axis(0), SCRATCH_SAMPLES / channels) {
                let samples = &mut scratch[..rows.len()];
                view_mut(samples, rows.nrows(), channels).assign(&rows);
                self.accept(&scratch[..rows.len()])?;
            }
        } else {
            for row in block.rows() {
                for part in row.axis_chunks_iter(Axis(0), SCRATCH_SAMPLES) {
                    ArrayViewMut1::from(&mut scratch[..part.len()]).assign(&part);
                    self.accept(&scratch[..part.len()])?;
                }
            }
        }
        Ok(())
    }

    /// Writes frames given as interleaved samples.
    ///
    /// # Errors
    /// As [`write`](WavWriter::write).
    ///
    /// # Panics
    /// Unless `samples.len()` is a multiple of `spec().channels()`.
    #[track_caller]
    pub fn write_interleaved<T: Sample>(&mut self, samples: &[T]) -> Result<()> {
        let (len, channels) = (samples.len(), self.spec().channels());
        assert!(len.is_multiple_of(channels), "samples.len() ({len}) must be a multiple of the channels ({channels})");
        self.check_room(len)?;
        self.accept(samples)
    }

    /// Writes whole frames that are already encoded as the file stores them, little-endian.
    pub(super) fn write_stored(&mut self, mut bytes: &[u8]) -> Result<()> {
        let width = self.spec.encoding().bytes();
        self.check_room(bytes.len() / width)?;
        self.check_broken()?;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(self.samples_until_due().saturating_mul(width).min(bytes.len()));
            self.flush_buffer()?;
            self.deliver(now)?;
            self.checkpoint_if_due()?;
            bytes = later;
        }
        Ok(())
    }

    /// Takes samples in, with the checkpoints that fall among them.
    fn accept<T: Sample>(&mut self, mut samples: &[T]) -> Result<()> {
        self.check_broken()?;
        while !samples.is_empty() {
            let (now, later) = samples.split_at(self.samples_until_due().min(samples.len()));
            self.encode(now)?;
            self.checkpoint_if_due()?;
            samples = later;
        }
        Ok(())
    }

    fn encode<T: Sample>(&mut self, mut samples: &[T]) -> Result<()> {
        let encoding = self.spec().encoding();
        if is_encoded_as_is::<T>(encoding) && size_of_val(samples) >= BUFFER_BYTES {
            self.flush_buffer()?;
            return self.deliver(bytemuck::cast_slice(samples));
        }
        while !samples.is_empty() {
            let room = &mut self.buffer[self.filled..];
            let (now, later) = samples.split_at((room.len() / encoding.bytes()).min(samples.len()));
            let bytes = now.len() * encoding.bytes();
            encode(encoding, now, &mut room[..bytes]);
            self.filled += bytes;
            // As soon as the next sample would not fit.
            if BUFFER_BYTES - self.filled < encoding.bytes() {
                self.flush_buffer()?;
            }
            samples = later;
        }
        Ok(())
    }

    /// Samples that may be taken before the next checkpoint is due.
    fn samples_until_due(&self) -> usize {
        let bytes = self.checkpoint_due.saturating_sub(self.accepted());
        usize::try_from(bytes / self.spec.encoding().bytes() as u64).unwrap_or(usize::MAX)
    }

    fn checkpoint_if_due(&mut self) -> Result<()> {
        if self.accepted() >= self.checkpoint_due { self.checkpoint() } else { Ok(()) }
    }

    /// Writes the collected bytes.
    fn flush_buffer(&mut self) -> Result<()> {
        if self.filled == 0 {
            return Ok(());
        }
        let buffer = std::mem::take(&mut self.buffer);
        let filled = std::mem::take(&mut self.filled);
        let result = self.deliver(&buffer[..filled]);
        self.buffer = buffer;
        result
    }

    /// Makes the header count no more than the audio before anything after that is changed, and cuts off what follows.
    ///
    /// Without the cut, a process that is killed with the header in this state would leave the rest of old chunks to be read as audio.
    fn touch(&mut self) -> Result<()> {
        if !matches!(self.state, State::Untouched | State::Settled) {
            return Ok(());
        }
        let audio_end = self.header.len() + self.arrived;
        if self.sink_mut().end() > audio_end {
            self.update_header(0, Stage::Complete)?;
            self.sink_mut().truncate(audio_end).map_err(|source| self.failed(source))?;
        }
        self.update_header(0, Stage::Growing)?;
        self.state = State::Growing;
        Ok(())
    }

    /// Writes bytes of audio, and counts those that arrive.
    fn deliver(&mut self, bytes: &[u8]) -> Result<()> {
        self.touch()?;
        if self.state == State::Headless {
            self.send_header().map_err(|source| self.failed(source))?;
        }
        let start = self.header.len() + self.arrived;
        let sink = self.sink_mut();
        let written = sink.go_to(start).map(|()| {
            let result = sink.write(bytes);
            // Nothing arrives unless it went there.
            (sink.position() - start, result)
        });
        let (count, result) = written.map_err(|source| self.failed(source))?;
        self.arrived += count;
        result.map_err(|source| self.failed(source))
    }

    fn send_header(&mut self) -> io::Result<()> {
        let sink = self.sink.as_mut().expect("there until finalized");
        let result = sink.write_at(0, self.header.image());
        if result.is_ok() {
            self.state = State::Growing;
        } else if !sink.can_seek() && sink.position() > 0 {
            self.state = State::Broken;
        }
        result
    }

    /// Writes the end of the header, from a chunk that is new in it, and then the parts before it that changed.
    fn send_header_from(&mut self, at: usize) -> io::Result<()> {
        if self.state == State::Headless {
            return self.send_header();
        }
        let sink = self.sink.as_mut().expect("there until finalized");
        sink.write_at(at as u64, &self.header.image()[at..])?;
        patch(sink, &self.header)
    }

    fn flush_stream(&mut self) -> io::Result<()> {
        if self.state == State::Headless {
            self.send_header()?;
        }
        let sync = self.sync;
        self.sink_mut().flush(sync)?;
        self.safe = self.arrived;
        Ok(())
    }

    /// Writes the padding after the audio. A full disk may have no room for it, so the header goes first. A process that is killed before the
    /// header would leave the padding to be read as a frame.
    fn pad(&mut self, trailing: u64) -> Result<()> {
        let audio_end = self.header.len() + self.arrived;
        let padding = usize::try_from(self.header.padding(self.arrived, trailing)).expect("less than 8 bytes");
        if padding == 0 {
            return Ok(());
        }
        let sync = self.sync;
        let sink = self.sink_mut();
        let padded = sink.write_at(audio_end, &[0; 8][..padding]).and_then(|()| sink.flush(sync));
        padded.map_err(|source| self.failed(source))
    }

    /// Makes the header count what arrived, after everything else has been passed on.
    fn update_header(&mut self, trailing: u64, stage: Stage) -> Result<()> {
        let audio = self.arrived;
        self.header.set(Extent { audio, trailing, stage }).map_err(|error| self.named(error))?;
        let sync = self.sync;
        let headless = self.state == State::Headless;
        let sink = self.sink.as_mut().expect("there until finalized");
        let written = sink.flush(sync).and_then(|()| match headless {
            true => sink.write_at(0, self.header.image()),
            false => patch(sink, &self.header),
        });
        match written.and_then(|()| sink.flush(sync)) {
            Ok(()) => {
                self.safe = audio;
                if headless {
                    self.state = State::Growing;
                }
                Ok(())
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    /// Puts padding and chunks after the audio and makes the header count everything.
    ///
    /// First the sizes and then the mark, so that there is no moment at which wrong sizes stand there as right ones. Then what
    /// follows the audio, so that the audio does not depend on its finding room.
    fn settle(&mut self, stage: Stage) -> Result<()> {
        self.update_header(0, Stage::Growing)?;
        if self.trailing.is_empty() {
            self.update_header(0, stage)?;
            return self.pad(0);
        }
        self.update_header(0, Stage::Complete)?;
        let len = self.trailing.len() as u64;
        let padded = self.pad(len);
        let at = self.header.file_len(self.arrived, len) - len;
        let trailing = std::mem::take(&mut self.trailing);
        let written =
            padded.and_then(|()| self.sink_mut().write_at(at, &trailing).map_err(|source| self.failed(source)));
        self.trailing = trailing;
        if written.is_err() {
            // Without the chunks the audio is complete, or may go on.
            let stage = if stage == Stage::Complete { Stage::Growing } else { stage };
            return written.and(self.update_header(0, stage));
        }
        self.update_header(len, stage)?;
        self.state = State::Settled;
        Ok(())
    }

    /// Completes the file with what there is, and returns the first thing that went wrong.
    fn finish(&mut self) -> Result<()> {
        let mut result = self.flush_buffer();
        let rest = if self.can_seek() { self.finish_file() } else { self.finish_stream(result.is_ok()) };
        if let Err(error) = &mut result
            && let ErrorKind::Write { frames_safe, .. } = error.kind_mut()
        {
            *frames_safe = self.frames_safe();
        }
        result.and(rest)
    }

    fn finish_stream(&mut self, intact: bool) -> Result<()> {
        if !intact {
            return Ok(());
        }
        self.check_broken()?;
        self.checkpoint()
    }

    fn finish_file(&mut self) -> Result<()> {
        if self.state == State::Untouched {
            return Ok(());
        }
        let settled = match self.state {
            State::Settled => self.update_header(self.trailing.len() as u64, Stage::Finished),
            _ => self.settle(Stage::Finished),
        };
        let trailing = if self.state == State::Settled { self.trailing.len() as u64 } else { 0 };
        let file_len = self.header.file_len(self.arrived, trailing);
        let (sync, sink) = (self.sync, self.sink_mut());
        let cut = if sink.end() > file_len { sink.truncate(file_len) } else { Ok(()) };
        let ended = cut.and_then(|()| sink.go_to(file_len)).and_then(|()| sink.flush(sync));
        settled.and(ended.map_err(|source| self.failed(source)))
    }

    /// The error, after which only the whole frames that arrived count.
    fn failed(&mut self, source: io::Error) -> Error {
        self.filled = 0;
        let partial = self.arrived % self.frame_bytes();
        if self.can_seek() {
            self.arrived -= partial;
        } else if partial > 0 {
            self.state = State::Broken;
        }
        let (frames_safe, frames_written) = (self.frames_safe(), self.frames_written());
        self.named(ErrorKind::Write { frames_safe, frames_written, source }.into())
    }

    fn check_broken(&mut self) -> Result<()> {
        if self.state == State::Broken {
            let source = io::Error::new(IoErrorKind::BrokenPipe, "an earlier error cut the stream off inside a frame");
            return Err(self.failed(source));
        }
        Ok(())
    }

    fn check_room(&self, samples: usize) -> Result<()> {
        let bytes = (samples as u64).saturating_mul(self.spec.encoding().bytes() as u64);
        let audio = self.accepted().saturating_add(bytes);
        self.check_file_len(self.header.file_len(audio, self.trailing.len() as u64))
    }

    fn check_file_len(&self, bytes: u64) -> Result<()> {
        let limit = self.header.file_len_max();
        if bytes > limit {
            let what = "a file without room for 64-bit sizes";
            return Err(self.named(ErrorKind::TooLarge { what, bytes, limit }.into()));
        }
        Ok(())
    }

    /// Bytes of audio that were taken in.
    fn accepted(&self) -> u64 {
        self.arrived + self.filled as u64
    }

    fn frame_bytes(&self) -> u64 {
        self.spec.frame_bytes() as u64
    }

    pub(super) fn can_seek(&self) -> bool {
        self.sink.as_ref().is_some_and(Output::can_seek)
    }

    fn sink_mut(&mut self) -> &mut Output<W> {
        self.sink.as_mut().expect("there until finalized")
    }

    pub(super) fn named(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

/// Writes again what changes in the header.
fn patch<W: Write>(sink: &mut Output<W>, header: &Header) -> io::Result<()> {
    for range in header.changing() {
        sink.write_at(range.start as u64, &header.image()[range])?;
    }
    Ok(())
}

/// Finalizes; errors are lost.
impl<W: Write> Drop for WavWriter<W> {
    fn drop(&mut self) {
        if self.sink.is_some() {
            let _ = self.finish();
        }
    }
}

impl<W: Write> Sink for WavWriter<W> {
    fn spec(&self) -> &Spec {
        self.spec()
    }

    fn write_block<T: Sample>(&mut self, block: &ArrayRef<T, Ix2>) -> Result<()> {
        self.write(block)
    }
}

impl<W: Write> fmt::Debug for WavWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavWriter")
            .field("path", &self.path)
            .field("spec", &self.spec)
            .field("container", &self.header.container())
            .field("state", &self.state)
            .field("frames_written", &self.frames_written())
            .field("frames_safe", &self.frames_safe())
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}
