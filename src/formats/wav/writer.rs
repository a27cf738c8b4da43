//! Writes frames to a WAVE file so that nothing is lost.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use ndarray::{ArrayRef, ArrayViewMut1, Axis, Ix2};

use super::options::WriteOptions;
use super::riff::chunk::is_structure;
use super::riff::container::Container;
use super::riff::header::{Extent, Header, chunk_bytes};
use super::riff::output::Output;
use crate::error::{Error, ErrorKind, Result, Tag};
use crate::pcm::{Sample, encode, is_encoded_as_is, view_mut};
use crate::spec::Spec;
use crate::stream::Sink;

/// Encoded bytes that are collected before they are handed on. Large enough that a call costs nothing against it, small enough
/// for the cache.
const BUFFER_BYTES: usize = 128 << 10;

/// Writes frames to a WAVE file.
///
/// The header is valid from the first byte on, a [`checkpoint`](WavWriter::checkpoint) makes it valid for what has been written
/// so far, and [`finalize`](WavWriter::finalize) for all of it. Past 4 GiB a RIFF file becomes RF64 in place.
///
/// **Dropping** it finalizes as well, but nobody hears of the errors; call `finalize` to hear of them.
///
/// **After an error** nothing that was written before is harmed. [`frames_written`](WavWriter::frames_written) then says how many
/// whole frames arrived; the rest of the block, and what had been collected for a larger write, is forgotten, so that one may
/// make room and write again from that frame on. `finalize` (or dropping) makes the file whole with what is there.
///
/// **Memory** 128 KiB, and the chunks that are to stand behind the audio.
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
    /// Chunks to stand behind the audio, as the container has them.
    behind: Vec<u8>,
    buffer: Box<[u8]>,
    /// Bytes of audio in the buffer.
    filled: usize,
    /// Bytes of audio that arrived in the sink.
    arrived: u64,
    /// Bytes of audio that the header vouches for.
    safe: u64,
    /// Bytes of audio from one checkpoint to the next, and where the next one is due.
    checkpoint_bytes: Option<u64>,
    checkpoint_due: u64,
    sync: bool,
    header_sent: bool,
    /// Whether this is a file that was there before, and nothing has been changed in it.
    untouched: bool,
    /// Whether a stream ended inside a frame, which can never be mended.
    broken: bool,
}

impl WavWriter<File> {
    /// Creates the file, or empties it if it exists; [`Replace`](crate::Replace) keeps the old one until the new one is whole.
    ///
    /// A pipe or a device behind the path is written as by [`stream`](WavWriter::stream).
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the path, [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no file can hold.
    pub fn create(path: impl AsRef<Path>, spec: &Spec) -> Result<Self> {
        WriteOptions::new(spec).create(path)
    }
}

impl<W: Write> WavWriter<W> {
    /// Writes to anything that can seek, from where it stands. No `BufWriter` is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no file can hold.
    pub fn new(writer: W, spec: &Spec) -> Result<Self>
    where
        W: Seek,
    {
        WriteOptions::new(spec).writer(writer)
    }

    /// Writes to anything that only goes forward: a pipe, a socket.
    ///
    /// The header says that the size is unknown (0xFFFFFFFF, as ffmpeg does), is sent with the first block, and all chunks must
    /// be added before it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no file can hold.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Encoding, Spec, WavWriter};
    ///
    /// let mut writer = WavWriter::stream(Vec::new(), &Spec::new(8_000, 1, Encoding::MuLaw))?;
    /// writer.write_interleaved(&[0_i16, 0, 0])?;
    /// let bytes = writer.finalize()?;
    /// assert!(bytes.ends_with(b"data\xFF\xFF\xFF\xFF\xFF\xFF\xFF"));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn stream(writer: W, spec: &Spec) -> Result<Self> {
        WriteOptions::new(spec).stream(writer)
    }

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
        (writer.path, writer.header_sent, writer.untouched) = (path, false, false);
        if writer.can_seek() {
            writer.send_header().map_err(|error| writer.named(error.into()))?;
        }
        Ok(writer)
    }

    /// Goes on with a file that has so many bytes of audio, in front of which and behind which stands what is given.
    pub(super) fn resume(sink: Output<W>, options: &WriteOptions, header: Header, behind: Vec<u8>, audio: u64) -> Self {
        let frame_bytes = options.spec.frame_bytes() as u64;
        let checkpoint_bytes = options.checkpoint_frames.map(|frames| frames.saturating_mul(frame_bytes));
        WavWriter {
            sink: Some(sink),
            path: None,
            spec: options.spec.clone(),
            header,
            behind,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            filled: 0,
            arrived: audio,
            safe: audio,
            checkpoint_bytes,
            checkpoint_due: checkpoint_bytes.map_or(u64::MAX, |step| audio.saturating_add(step)),
            sync: options.sync,
            header_sent: true,
            untouched: true,
            broken: false,
        }
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.path = Some(path.to_path_buf());
    }

    /// What the audio is.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The kind of file that it is at the moment: `Rf64` once a checkpoint has found a RIFF file past 4 GiB.
    #[must_use]
    pub fn container(&self) -> Container {
        self.header.container()
    }

    /// Frames in the file, those that it had before and those collected for the next write to it included; after an error those
    /// that arrived.
    #[must_use]
    pub fn frames_written(&self) -> u64 {
        self.accepted() / self.frame_bytes()
    }

    /// Frames that the header on disk vouches for.
    #[must_use]
    pub fn frames_safe(&self) -> u64 {
        self.safe / self.frame_bytes()
    }

    /// Makes the file valid up to here, whatever happens next.
    ///
    /// First the audio is handed on, then the header is changed to vouch for it, with [`sync`](WriteOptions::sync) both to the
    /// disk itself. To a stream the audio is handed on, and that is all.
    ///
    /// # Errors
    /// [`ErrorKind::Write`](crate::ErrorKind::Write) saying how many frames are safe from before.
    pub fn checkpoint(&mut self) -> Result<()> {
        self.flush_buffer()?;
        self.check_broken()?;
        if self.untouched {
            return Ok(());
        }
        let result = if self.can_seek() {
            let padded = self.pad(0);
            let vouched = self.vouch(Extent { audio: self.arrived, behind: 0, finished: false });
            vouched.and(padded.map_err(|source| self.failed(source)))
        } else {
            self.flush_stream().map_err(|source| self.failed(source))
        };
        if let Some(step) = self.checkpoint_bytes {
            self.checkpoint_due = self.safe.saturating_add(step);
        }
        result
    }

    /// Finishes the file and gives the writer underneath back, standing behind it.
    ///
    /// # Errors
    /// [`ErrorKind::Write`](crate::ErrorKind::Write) saying how many frames are safe in the file: with all that arrived the header is made right even if the
    /// rest of the audio, or the chunks behind it, did not.
    #[expect(clippy::missing_panics_doc, reason = "the sink is there until now")]
    pub fn finalize(mut self) -> Result<W> {
        let result = self.finish();
        let sink = self.sink.take().expect("taken nowhere else");
        result.map(|()| sink.into_inner())
    }

    /// Adds a metadata chunk: in front of the audio while none has been written, behind it afterwards.
    ///
    /// libsndfile 1.2.2 refuses Wave64 files with chunks in front that Sony did not define (`LIST`, `bext`, `levl`, `junk`), and reads
    /// chunks behind the audio of Wave64 as audio. Where metadata and libsndfile are to meet, write RF64.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a chunk that the writer itself writes: `RIFF`, `ds64`, `fmt `, `fact`, `data`
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for 4 GiB and more
    /// - [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the audio of a stream has begun
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if the header cannot be written again
    pub fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        let movable = self.can_seek() || !self.header_sent;
        if self.accepted() > 0 || !movable {
            return self.add_chunk_behind(id, content);
        }
        let chunk = self.own_chunk(id, content)?;
        self.touch()?;
        self.header.add_chunk(&chunk);
        if self.can_seek() {
            let extent = Extent { audio: 0, behind: 0, finished: false };
            self.header.set(extent).map_err(|error| self.named(error))?;
            self.send_header().map_err(|error| self.named(error.into()))?;
        }
        Ok(())
    }

    /// Adds a metadata chunk behind the audio. It is kept in memory and written by [`finalize`](WavWriter::finalize).
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a chunk that the writer itself writes: `RIFF`, `ds64`, `fmt `, `fact`, `data`
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for 4 GiB and more
    /// - [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a stream: readers of unknown sizes would take the chunk for audio
    pub fn add_chunk_behind(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        let chunk = self.own_chunk(id, content)?;
        if !self.can_seek() {
            let what = "a stream cannot have chunks behind its audio; add them before the first block";
            return Err(self.named(Error::unsupported_operation(what)));
        }
        let whole = self.header.file_len(self.accepted(), (self.behind.len() + chunk.len()) as u64);
        self.check_file_len(whole)?;
        self.touch()?;
        self.behind.extend(chunk);
        Ok(())
    }

    fn own_chunk(&self, id: [u8; 4], content: &[u8]) -> Result<Vec<u8>> {
        if is_structure(id) {
            let given = Tag(&id).to_string();
            let expected = "a metadata chunk's, not one that the writer writes itself";
            return Err(Error::must_be("the chunk id", given, expected));
        }
        chunk_bytes(self.header.container(), id, content).map_err(|error| self.named(error))
    }

    // What the room of samples writes with.

    /// Samples that may be taken before the next checkpoint is due.
    pub(crate) fn samples_until_due(&self) -> usize {
        let bytes = self.checkpoint_due.saturating_sub(self.accepted());
        usize::try_from(bytes / self.spec.encoding().bytes() as u64).unwrap_or(usize::MAX)
    }

    /// Makes the checkpoint that is due, if one is.
    pub(crate) fn checkpoint_if_due(&mut self) -> Result<()> {
        if self.accepted() >= self.checkpoint_due { self.checkpoint() } else { Ok(()) }
    }

    /// Bytes of audio that are worth a write of their own.
    pub(crate) fn is_large(bytes: usize) -> bool {
        bytes >= BUFFER_BYTES
    }

    /// Hands bytes of audio on as they are.
    pub(crate) fn write_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.flush_buffer()?;
        self.deliver(bytes)
    }

    /// Room for encoded audio, of at least one sample.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// Takes in what was put into the [`room`](Self::room), and hands it on once the next sample would not fit.
    pub(crate) fn fill(&mut self, bytes: usize) -> Result<()> {
        self.filled += bytes;
        if BUFFER_BYTES - self.filled < self.spec.encoding().bytes() { self.flush_buffer() } else { Ok(()) }
    }

    /// Hands the collected bytes on.
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

    /// Makes the header of a file that was there before vouch for no more than its audio, before anything behind that is changed.
    fn touch(&mut self) -> Result<()> {
        if self.untouched {
            self.vouch(Extent { audio: self.arrived, behind: 0, finished: false })?;
            self.untouched = false;
        }
        Ok(())
    }

    /// Hands bytes of audio on, and counts those that arrive.
    fn deliver(&mut self, bytes: &[u8]) -> Result<()> {
        self.touch()?;
        if !self.header_sent {
            self.send_header().map_err(|source| self.failed(source))?;
        }
        let (start, arrived) = (self.header.len(), self.arrived);
        let sink = self.sink_mut();
        let result = sink.write_at(start + arrived, bytes);
        // Unless it could not even go there.
        let count = sink.position().saturating_sub(start + arrived).min(bytes.len() as u64);
        match result {
            Ok(()) => self.arrived += bytes.len() as u64,
            Err(source) => {
                self.arrived += count;
                return Err(self.failed(source));
            }
        }
        Ok(())
    }

    fn send_header(&mut self) -> io::Result<()> {
        let sink = self.sink.as_mut().expect("there until finalized");
        let result = sink.write_at(0, self.header.image());
        self.header_sent = result.is_ok();
        // Half a header in a stream cannot be taken back.
        self.broken |= result.is_err() && !sink.can_seek() && sink.position() > 0;
        result
    }

    fn flush_stream(&mut self) -> io::Result<()> {
        if !self.header_sent {
            self.send_header()?;
        }
        let sync = self.sync;
        self.sink_mut().flush(sync)?;
        self.safe = self.arrived;
        Ok(())
    }

    /// Writes the padding behind the audio. A full disk may have no room for it, and the header is then worth the more.
    fn pad(&mut self, behind: u64) -> io::Result<()> {
        let audio_end = self.header.len() + self.arrived;
        let padding = usize::try_from(self.header.padding(self.arrived, behind)).expect("less than 8 bytes");
        self.sink_mut().write_at(audio_end, &[0; 8][8 - padding..])
    }

    /// Makes the header say so much, after everything else has been handed on.
    fn vouch(&mut self, extent: Extent) -> Result<()> {
        self.header.set(extent).map_err(|error| self.named(error))?;
        let sync = self.sync;
        let sink = self.sink.as_mut().expect("there until finalized");
        let vouched = sink.flush(sync).and_then(|()| patch(sink, &self.header)).and_then(|()| sink.flush(sync));
        vouched.map(|()| self.safe = extent.audio).map_err(|source| self.failed(source))
    }

    /// Finishes the file with what there is, and returns the first thing that went wrong.
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

    fn finish_stream(&mut self, sound: bool) -> Result<()> {
        if !sound {
            return Ok(());
        }
        self.check_broken()?;
        self.checkpoint()
    }

    fn finish_file(&mut self) -> Result<()> {
        if self.untouched {
            return Ok(());
        }
        let audio = self.arrived;
        // The sizes first and then the mark, so that there is no moment at which wrong sizes stand there as final ones; then the
        // chunks behind, so that the audio does not depend on their finding room.
        let padded = self.pad(self.behind.len() as u64);
        self.vouch(Extent { audio, behind: 0, finished: false })?;
        self.vouch(Extent { audio, behind: 0, finished: true })?;
        padded.map_err(|source| self.failed(source))?;
        let behind = std::mem::take(&mut self.behind);
        let behind_at = self.header.file_len(audio, behind.len() as u64) - behind.len() as u64;
        let appended = self.sink_mut().write_at(behind_at, &behind);
        let behind = if appended.is_ok() { behind.len() as u64 } else { 0 };
        if behind > 0 {
            self.vouch(Extent { audio, behind, finished: true })?;
        }
        let file_len = self.header.file_len(audio, behind);
        let (sync, sink) = (self.sync, self.sink_mut());
        let cut = if sink.end() > file_len { sink.truncate(file_len) } else { Ok(()) };
        let settled = cut.and_then(|()| sink.go_to(file_len)).and_then(|()| sink.flush(sync));
        appended.and(settled).map_err(|source| self.failed(source))
    }

    /// What is left after an error: the whole frames that arrived.
    fn failed(&mut self, source: io::Error) -> Error {
        self.filled = 0;
        let partial = self.arrived % self.frame_bytes();
        if self.can_seek() {
            self.arrived -= partial;
        } else {
            self.broken |= partial > 0;
        }
        let (frames_safe, frames_written) = (self.frames_safe(), self.frames_written());
        self.named(Error::new(ErrorKind::Write { frames_safe, frames_written, source }))
    }

    pub(crate) fn check_broken(&mut self) -> Result<()> {
        if self.broken {
            let source =
                io::Error::new(io::ErrorKind::BrokenPipe, "an earlier error cut the stream off inside a frame");
            return Err(self.failed(source));
        }
        Ok(())
    }

    pub(crate) fn check_room(&self, samples: usize) -> Result<()> {
        let bytes = (samples as u64).saturating_mul(self.spec.encoding().bytes() as u64);
        self.check_file_len(self.header.file_len(self.accepted() + bytes, self.behind.len() as u64))
    }

    fn check_file_len(&self, bytes: u64) -> Result<()> {
        let limit = self.header.file_len_max();
        if bytes > limit {
            let what = "a file without room for 64-bit sizes";
            return Err(Error::new(ErrorKind::TooLarge { what, bytes, limit }));
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

    fn named(&self, error: Error) -> Error {
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

impl<W: Write> fmt::Debug for WavWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavWriter")
            .field("path", &self.path)
            .field("spec", &self.spec)
            .field("container", &self.header.container())
            .field("frames_written", &self.frames_written())
            .field("frames_safe", &self.frames_safe())
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}

/// Samples of strided blocks that are gathered at a time.
const SCRATCH_SAMPLES: usize = 2048;

impl<W: Write> WavWriter<W> {
    /// Writes a block of frames, of any sample type and with any strides.
    ///
    /// **Shape** any number of frames × [`channels`](Spec::channels).
    ///
    /// # Errors
    /// [`ErrorKind::Write`](crate::ErrorKind::Write) saying how many frames arrived, [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) before anything is written if an appended file cannot
    /// count so much.
    ///
    /// # Panics
    /// Unless `block.ncols() == spec().channels()`.
    pub fn write<T: Sample>(&mut self, block: &ArrayRef<T, Ix2>) -> Result<()> {
        let channels = self.spec().channels();
        assert!(block.ncols() == channels, "block.ncols() ({}) must be the channels ({channels})", block.ncols());
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
    pub fn write_interleaved<T: Sample>(&mut self, samples: &[T]) -> Result<()> {
        let (len, channels) = (samples.len(), self.spec().channels());
        assert!(len.is_multiple_of(channels), "samples.len() ({len}) must be a multiple of the channels ({channels})");
        self.check_room(len)?;
        self.accept(samples)
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
        if is_encoded_as_is::<T>(encoding) && Self::is_large(size_of_val(samples)) {
            return self.write_bytes(bytemuck::cast_slice(samples));
        }
        while !samples.is_empty() {
            let room = self.room();
            let (now, later) = samples.split_at((room.len() / encoding.bytes()).min(samples.len()));
            let bytes = now.len() * encoding.bytes();
            encode(encoding, now, &mut room[..bytes]);
            self.fill(bytes)?;
            samples = later;
        }
        Ok(())
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
