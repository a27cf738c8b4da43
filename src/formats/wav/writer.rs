//! Writes frames to a WAVE file so that nothing is lost.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use ndarray::{ArrayRef, ArrayViewMut1, Axis, Ix2};

use super::riff::container::Container;
use super::riff::output::Output;
use super::unfinished_file::UnfinishedFile;
use super::write_options::WriteOptions;
use crate::error::{ErrorKind, Result};
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
    file: UnfinishedFile<W>,
    buffer: Box<[u8]>,
    /// Bytes of audio in the buffer.
    filled: usize,
    /// Bytes of audio from one checkpoint to the next, and where the next one is due.
    checkpoint_bytes: Option<u64>,
    checkpoint_due: u64,
}

impl<W: Write> WavWriter<W> {
    /// Begins a new file.
    pub(super) fn start(sink: Output<W>, options: &WriteOptions, path: Option<PathBuf>) -> Result<Self> {
        Ok(WavWriter::to_file(UnfinishedFile::start(sink, options, path)?, options))
    }

    /// Continues a file.
    pub(super) fn to_file(file: UnfinishedFile<W>, options: &WriteOptions) -> Self {
        let frame_bytes = options.spec.frame_bytes() as u64;
        let checkpoint_bytes = options.checkpoint_frames.map(|frames| frames.saturating_mul(frame_bytes));
        let checkpoint_due = checkpoint_bytes.map_or(u64::MAX, |step| file.arrived().saturating_add(step));
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        WavWriter { file, buffer, filled: 0, checkpoint_bytes, checkpoint_due }
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.file.set_path(path);
    }

    /// The sample rate, channels and encoding of the audio.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        self.file.spec()
    }

    /// The kind of file that it is at the moment: `Rf64` once a checkpoint has found a RIFF file past 4 GiB.
    #[must_use]
    pub fn container(&self) -> Container {
        self.file.container()
    }

    /// Frames in the file, including those that it had before and those collected for the next write to it; after an error those
    /// that arrived.
    #[must_use]
    pub fn frames_written(&self) -> u64 {
        self.accepted() / self.spec().frame_bytes() as u64
    }

    /// Frames that the header in the file counts.
    #[must_use]
    pub fn frames_safe(&self) -> u64 {
        self.file.frames_safe()
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
        let result = self.file.checkpoint();
        if let Some(step) = self.checkpoint_bytes {
            self.checkpoint_due = self.file.safe().saturating_add(step);
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
        let sink = self.file.take_sink().expect("taken nowhere else");
        result.map(|()| sink)
    }

    /// Adds a metadata chunk: before the audio if none has been written yet, otherwise after it.
    ///
    /// libsndfile 1.2.2 refuses Wave64 files with chunks before the audio that Sony did not define (`LIST`, `bext`, `levl`, `junk`), and reads
    /// chunks after the audio of Wave64 as audio. For metadata that libsndfile should read, write RF64.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidArgument`] for a chunk that the writer itself writes: `RIFF`, `ds64`, `fmt `, `fact`, `data`; and for an id other
    ///   than four printable ASCII characters, which readers would not find
    /// - [`ErrorKind::TooLarge`] for 4 GiB and more
    /// - [`ErrorKind::Unsupported`] if the audio of a stream has begun
    /// - [`ErrorKind::Io`] or [`ErrorKind::Write`] if the header cannot be written again
    pub fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        let added = self.file.add_chunk(id, content, self.filled as u64);
        self.forget_if_failed(added)
    }

    /// Adds a metadata chunk after the audio. It is kept in memory, and written by checkpoints and by [`finalize`](WavWriter::finalize).
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidArgument`] for a chunk that the writer itself writes: `RIFF`, `ds64`, `fmt `, `fact`, `data`; and for an id other
    ///   than four printable ASCII characters, which readers would not find
    /// - [`ErrorKind::TooLarge`] for 4 GiB and more
    /// - [`ErrorKind::Unsupported`] for a stream: readers of unknown sizes would take the chunk for audio
    pub fn add_trailing_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        let added = self.file.add_trailing_chunk(id, content, self.filled as u64);
        self.forget_if_failed(added)
    }

    /// After an error only the audio that arrived counts.
    fn forget_if_failed(&mut self, result: Result<()>) -> Result<()> {
        if result.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::Write { .. })) {
            self.filled = 0;
        }
        result
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
        let width = self.spec().encoding().bytes();
        self.check_room(bytes.len() / width)?;
        let shown = self.file.check_stored(self.accepted(), bytes)?;
        self.file.check_broken()?;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(self.samples_until_due().saturating_mul(width).min(bytes.len()));
            self.flush_buffer()?;
            self.file.deliver(now)?;
            self.checkpoint_if_due()?;
            bytes = later;
        }
        if shown {
            self.file.set_at_the_bottom();
        }
        Ok(())
    }

    /// Takes samples in, with the checkpoints that fall among them.
    fn accept<T: Sample>(&mut self, mut samples: &[T]) -> Result<()> {
        self.file.check_broken()?;
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
            return self.file.deliver(bytemuck::cast_slice(samples));
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
        usize::try_from(bytes / self.spec().encoding().bytes() as u64).unwrap_or(usize::MAX)
    }

    fn checkpoint_if_due(&mut self) -> Result<()> {
        if self.accepted() >= self.checkpoint_due { self.checkpoint() } else { Ok(()) }
    }

    /// Writes the collected bytes.
    fn flush_buffer(&mut self) -> Result<()> {
        if self.filled == 0 {
            return Ok(());
        }
        let filled = std::mem::take(&mut self.filled);
        self.file.deliver(&self.buffer[..filled])
    }

    /// Completes the file with what there is, and returns the first thing that went wrong.
    fn finish(&mut self) -> Result<()> {
        let mut result = self.flush_buffer();
        let rest = self.file.finish(result.is_ok());
        if let Err(error) = &mut result
            && let ErrorKind::Write { frames_safe, .. } = error.kind_mut()
        {
            *frames_safe = self.frames_safe();
        }
        result.and(rest)
    }

    fn check_room(&self, samples: usize) -> Result<()> {
        let bytes = (samples as u64).saturating_mul(self.spec().encoding().bytes() as u64);
        self.file.check_room((self.filled as u64).saturating_add(bytes))
    }

    /// Bytes of audio that were taken in.
    fn accepted(&self) -> u64 {
        self.file.arrived() + self.filled as u64
    }

    pub(super) fn can_seek(&self) -> bool {
        self.file.can_seek()
    }
}

/// Finalizes; errors are lost.
impl<W: Write> Drop for WavWriter<W> {
    fn drop(&mut self) {
        if !self.file.is_finalized() {
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
        f.debug_struct("WavWriter").field("file", &self.file).field("filled", &self.filled).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Encoding;

    /// The lengths of writes.
    struct Lengths<'a>(&'a mut Vec<usize>);

    impl Write for Lengths<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// As many samples as fit are collected, of one block or of many.
    #[test]
    fn small_blocks_are_written_128_kib_at_a_time() {
        for (encoding, full) in [(Encoding::I16, 128 << 10), (Encoding::I24, (128 << 10) - 2)] {
            let mut lengths = Vec::new();
            let options = WriteOptions::new(&Spec::new(8_000, 1, encoding));
            let mut writer = WavWriter::start(Output::stream(Lengths(&mut lengths)), &options, None).unwrap();
            for _ in 0..2 * full / encoding.bytes() + 1 {
                writer.write_interleaved(&[1_i16]).unwrap();
            }
            writer.finalize().unwrap();
            let after_header = lengths.split_off(1);
            assert_eq!(after_header, [full, full, encoding.bytes()], "{encoding}");
        }
    }
}
