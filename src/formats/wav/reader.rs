//! A WAVE file that is open for reading.

use std::fmt;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ndarray::{Array2, ArrayRef, Ix2};

use super::read_options::ReadOptions;
use super::riff::chunk::Chunk;
use super::riff::container::Container;
use super::riff::input::Input;
use super::riff::layout::Layout;
use super::riff::limits::Limits;
use super::riff::look;
use super::riff::stage::Stage;
use super::riff::walk::walk;
use crate::error::{Anomaly, Error, ErrorKind, FormatError, Result, Severity};
use crate::metadata::Metadata;
use crate::pcm::{Sample, decode, is_stored_type};
use crate::spec::{ByteOrder, Spec};
use crate::stream::buffer::{read_growing, to_array, zeroed};
use crate::stream::sink::assert_channels;
use crate::stream::source::whole_frames;
use crate::stream::{Blocks, Source, Windows};

/// Bytes read at a time, however small the blocks and windows. More would not make a read cheaper, and these bytes are still in
/// the second-level cache when they are decoded.
const READ_BYTES: usize = 128 << 10;

/// Reads a WAVE file: whole, into the caller's arrays, by blocks or by windows.
///
/// Any `Read` will do, without a `BufReader`: reads are large already. Open files with [`open`](WavReader::open), and other readers that can
/// seek with [`ReadOptions::seekable`], because the end of a file settles what a header leaves in doubt.
///
/// **Memory** 128 KiB and the metadata until something is read, then what the caller asks for, bounded by what the file has.
///
/// # Examples
/// ```
/// use ndaudio::WavReader;
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// assert_eq!((reader.spec().channels(), reader.frames()), (2, Some(441_000)));
/// let mut blocks = reader.blocks::<i16>(4096);
/// while let Some(mut block) = blocks.next()? {
///     block /= 2; // edited in place, in the reader's only buffer
/// }
/// assert_eq!(reader.position(), 441_000);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct WavReader<R> {
    input: Input<R>,
    layout: Layout,
    path: Option<PathBuf>,
    strict: bool,
    limits: Limits,
    /// The defect that strict reading met after the file was opened.
    refused: Option<Anomaly>,
    /// Whether bits that the encoding does not use are still looked for.
    looks: bool,
    /// Bytes of audio used.
    used: u64,
    /// Whether a read failed, which leaves the input at an unknown position.
    lost: bool,
}

impl<R: Read> WavReader<R> {
    /// Reads the header.
    pub(super) fn begin(mut input: Input<R>, options: &ReadOptions) -> Result<Self> {
        let ReadOptions { strict, limits } = options.clone();
        let layout = walk(&mut input, &limits).map_err(Error::while_reading)?;
        if let (true, Some(defect)) = (strict, layout.first_defect()) {
            return Err(refusal(defect.clone()));
        }
        let known = layout.anomalies.iter().any(|anomaly| matches!(anomaly, Anomaly::UnusedBits { .. }));
        let looks = look::has_unused_bits(layout.spec.encoding()) && !known;
        Ok(WavReader { input, layout, path: None, strict, limits, refused: None, looks, used: 0, lost: false })
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.path = Some(path.to_path_buf());
    }

    /// The sample rate, channels and encoding of the audio.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.layout.spec
    }

    /// The kind of file that the audio is in.
    #[must_use]
    pub fn container(&self) -> Container {
        self.layout.container
    }

    /// Whole frames of audio in all; `None` while nobody knows, as on a pipe whose header does not say. Never a guess.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.layout.data_len.map(|len| len / self.layout.frame_bytes())
    }

    /// The length of the audio in time; `None` if [`frames`](Self::frames) is, or if the sample rate is 0 Hz.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let rate = u64::from(self.layout.spec.sample_rate());
        let frames = self.frames()?;
        let seconds = frames.checked_div(rate)?;
        // Less than 10^9, since the remainder is less than the rate.
        let nanoseconds = u32::try_from(frames % rate * 1_000_000_000 / rate).unwrap_or(0);
        Some(Duration::new(seconds, nanoseconds))
    }

    /// The frame that is read next, counted from 0.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.used / self.layout.frame_bytes()
    }

    /// The anomalies of the file: its deviations from the standard, and how each was read.
    ///
    /// Some show only while the audio is read: that a pipe breaks off, or that bits are set that the encoding does not use. They are added then.
    #[must_use]
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.layout.anomalies
    }

    /// All chunks seen, in the order of the file: those before the audio, the audio, and if the input can seek those after it.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.layout.chunks
    }

    /// The content of the first chunk with this id, `None` if there is none.
    ///
    /// # Errors
    /// As [`chunk_bytes`](Self::chunk_bytes).
    pub fn chunk(&mut self, id: [u8; 4]) -> Result<Option<Vec<u8>>> {
        let Some(chunk) = self.layout.chunks.iter().copied().find(|chunk| chunk.id == id) else {
            return Ok(None);
        };
        self.chunk_bytes(&chunk).map(Some)
    }

    /// The content of one of [`chunks`](Self::chunks), as far as the file has it.
    ///
    /// **Memory** the content, at most [`Limits::chunk_bytes`](crate::Limits). From an input that cannot seek, only the metadata kept while the header
    /// was read is within reach ([`Limits::kept_bytes`](crate::Limits)).
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for a longer chunk, or one out of reach; [`ErrorKind::Io`] if reading fails.
    pub fn chunk_bytes(&mut self, chunk: &Chunk) -> Result<Vec<u8>> {
        if let Some(content) = self.layout.kept(chunk) {
            return Ok(content.to_vec());
        }
        let limit = if self.input.can_seek() { self.limits.chunk_bytes } else { 0 };
        if chunk.len > limit {
            return Err(self.named(ErrorKind::TooLarge { what: "a chunk", bytes: chunk.len, limit }.into()));
        }
        if chunk.len == 0 {
            return Ok(Vec::new());
        }
        let mut read = || -> io::Result<Vec<u8>> {
            self.input.seek_to(chunk.content_offset)?;
            let content = self.input.read_bytes(chunk.len)?;
            self.input.seek_to(self.layout.data_offset + self.used)?;
            Ok(content)
        };
        read().map_err(|error| self.failed(error))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns the reader underneath. Bytes read ahead are lost unless the audio was read to its end.
    pub fn into_inner(self) -> R {
        self.input.into_inner()
    }

    /// The reader underneath. Its position is not this reader's.
    pub fn get_ref(&self) -> &R {
        self.input.get_ref()
    }

    /// Goes to a frame, which is read next.
    ///
    /// # Errors
    /// [`ErrorKind::SeekPastEnd`] if there are fewer frames, [`ErrorKind::Io`] if seeking fails.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    /// use ndaudio::ndarray::s;
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let all = reader.read_all::<i16>()?;
    /// reader.seek(44_100)?;
    /// assert_eq!(reader.read_all::<i16>()?, all.slice(s![44_100.., ..]));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn seek(&mut self, frame: u64) -> Result<()>
    where
        R: Seek,
    {
        let mut frames = self.frames().unwrap_or(u64::MAX);
        if !self.input.can_seek() {
            // Opened as a pipe, its header was believed; but past the end of the input there is nothing to go to.
            let end = self.input.find_end(R::seek).map_err(|error| self.failed(error))?;
            frames = frames.min(end.saturating_sub(self.layout.data_offset) / self.layout.frame_bytes());
        }
        self.seek_among(frames, frame, |input, position| input.seek_with(position, R::seek))
    }

    /// Goes to one of `frames` frames by `go`, which takes the input to a byte.
    fn seek_among(
        &mut self,
        frames: u64,
        frame: u64,
        go: impl FnOnce(&mut Input<R>, u64) -> io::Result<()>,
    ) -> Result<()> {
        let past_end = || Error::new(ErrorKind::SeekPastEnd { frame, frames });
        let used = frame.checked_mul(self.layout.frame_bytes()).filter(|_| frame <= frames);
        let Some(used) = used else { return Err(self.named(past_end())) };
        let Some(position) = self.layout.data_offset.checked_add(used) else { return Err(self.named(past_end())) };
        go(&mut self.input, position).map_err(|error| self.named(error.into()))?;
        self.used = used;
        self.lost = false;
        Ok(())
    }

    pub(crate) fn byte_order(&self) -> ByteOrder {
        self.layout.order()
    }

    pub(crate) fn can_seek(&self) -> bool {
        self.input.can_seek()
    }

    /// Bytes of audio still to come in whole frames, where known.
    pub(crate) fn bytes_left(&self) -> Option<u64> {
        let frame_bytes = self.layout.frame_bytes();
        self.layout.data_len.map(|len| (len / frame_bytes * frame_bytes).saturating_sub(self.used))
    }

    /// Bytes of audio that can be decoded now, at least `width` of them unless the audio ends.
    pub(crate) fn audio_bytes(&mut self, width: usize) -> Result<&[u8]> {
        self.check_refused()?;
        // At once, not only after the bytes that came with the header are used.
        self.input.make_room(READ_BYTES);
        while self.input.buffered().len() < width && self.bytes_left() != Some(0) {
            self.check_found()?;
            if self.fill()? == 0 {
                self.end_of_input()?;
                break;
            }
        }
        let left = self.bytes_left().map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let buffered = self.input.buffered();
        Ok(&buffered[..buffered.len().min(left)])
    }

    /// The next `count` bytes of audio in the buffer, fewer only at the end; `None` for more than should pass through the buffer.
    pub(crate) fn buffered_audio(&mut self, count: usize) -> Result<Option<&[u8]>> {
        if count > READ_BYTES / 2 {
            return Ok(None);
        }
        let wanted = self.bytes_left().map_or(count, |left| usize::try_from(left).unwrap_or(usize::MAX).min(count));
        self.audio_bytes(wanted)?;
        let buffered = self.input.buffered();
        let left = self.bytes_left().map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        Ok(Some(&buffered[..buffered.len().min(count).min(left)]))
    }

    /// Returns bytes that [`buffered_audio`](Self::buffered_audio) has shown, which may be changed, and uses them.
    pub(crate) fn take_audio(&mut self, count: usize) -> &mut [u8] {
        self.used += count as u64;
        self.input.take(count)
    }

    pub(crate) fn consume_audio(&mut self, count: usize) {
        self.input.consume(count);
        self.used += count as u64;
    }

    /// Fills `out` with audio directly, if the buffer is empty and `out` large enough to be worth it; fewer bytes only at the end.
    /// `None` otherwise.
    pub(crate) fn read_audio_into(&mut self, out: &mut [u8]) -> Result<Option<usize>> {
        if out.len() < READ_BYTES / 2 || !self.input.buffered().is_empty() {
            return Ok(None);
        }
        self.check_found()?;
        let left = self.bytes_left().map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let wanted = out.len().min(left);
        let mut filled = 0;
        while filled < wanted {
            match self.input.read_direct(&mut out[filled..wanted]) {
                Ok(0) => {
                    self.end_of_input()?;
                    break;
                }
                Ok(count) => {
                    filled += count;
                    self.used += count as u64;
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(Some(filled))
    }

    /// Skips frames, fewer than asked for only at the end.
    pub(crate) fn skip_audio(&mut self, frames: u64) -> Result<u64> {
        self.check_found()?;
        let frame_bytes = self.layout.frame_bytes();
        let left = self.bytes_left().unwrap_or(u64::MAX);
        let wanted = frames.saturating_mul(frame_bytes).min(left);
        let skipped = self.input.skip(wanted).map_err(|error| self.failed(error))?;
        self.used += skipped;
        if skipped < wanted {
            self.end_of_input()?;
        }
        Ok(skipped / frame_bytes)
    }

    fn fill(&mut self) -> Result<usize> {
        let ahead = self.input.buffered().len() as u64;
        // Not past the audio, so that whoever gets the input back finds the next chunk.
        let left = self.bytes_left().map_or(u64::MAX, |left| left.saturating_sub(ahead));
        let most = usize::try_from(ahead.saturating_add(left)).unwrap_or(usize::MAX).min(READ_BYTES);
        self.input.fill(most).map_err(|error| self.failed(error))
    }

    /// A file that was refused once stays refused.
    fn check_refused(&self) -> Result<()> {
        match &self.refused {
            Some(defect) => Err(self.named(refusal(defect.clone()))),
            None => Ok(()),
        }
    }

    /// After a failed read the position of the input is unknown.
    fn check_found(&self) -> Result<()> {
        self.check_refused()?;
        if self.lost {
            let lost = io::Error::other("an earlier read failed; seek to a frame to go on");
            return Err(self.named(Error::reading(lost)));
        }
        Ok(())
    }

    fn failed(&mut self, error: io::Error) -> Error {
        self.lost = true;
        self.named(Error::reading(error))
    }

    /// Takes in what the end of the input says about the header.
    fn end_of_input(&mut self) -> Result<()> {
        let found = self.used + self.input.buffered().len() as u64;
        let Layout { data_declared: declared, data_size_at: offset, data_len, stage, .. } = self.layout;
        let frame_bytes = self.layout.frame_bytes();
        let cut = Anomaly::DataPastEnd { offset, declared, found };
        let size = match data_len {
            Some(len) if found < len => Some(cut),
            None if stage == Stage::Growing && found > declared => Some(Anomaly::Unfinished { offset, declared }),
            None if stage == Stage::Growing && found < declared => Some(cut),
            _ => None,
        };
        // Where the size of the whole contradicted that of the audio, it was the latter that was wrong.
        let whole_was_right = size.is_some() && (data_len.is_some() || found > declared);
        let partial_was_guessed = data_len != Some(found);
        let mut has_partial = false;
        self.layout.anomalies.retain(|anomaly| match anomaly {
            Anomaly::RiffSize { .. } => !whole_was_right,
            Anomaly::PartialFrame { .. } => {
                has_partial |= !partial_was_guessed;
                !partial_was_guessed
            }
            _ => true,
        });
        let bytes = found % frame_bytes;
        let offset = self.layout.data_offset + found - bytes;
        let partial = (bytes > 0 && !has_partial).then_some(Anomaly::PartialFrame { offset, bytes, frame_bytes });
        self.layout.data_len = Some(found);
        let data_offset = self.layout.data_offset;
        if let Some(chunk) = self.layout.chunks.iter_mut().rev().find(|chunk| chunk.content_offset == data_offset) {
            chunk.len = found;
        }
        self.report(size.into_iter().chain(partial))
    }

    /// Adds anomalies that showed while reading.
    fn report(&mut self, anomalies: impl IntoIterator<Item = Anomaly>) -> Result<()> {
        for anomaly in anomalies {
            if self.strict && self.refused.is_none() && anomaly.severity() == Severity::Defect {
                self.refused = Some(anomaly.clone());
            }
            self.layout.anomalies.push(anomaly);
        }
        self.check_refused()
    }

    /// The first sample of audio with bits that its encoding does not use, if such are still looked for.
    fn unused_bits(&self, bytes: &[u8]) -> Option<usize> {
        if self.looks { look::first_used(self.spec().encoding(), self.byte_order(), bytes) } else { None }
    }

    /// Reports such a sample, by its index in audio that began at byte `start` of it. Once is enough.
    fn report_unused_bits(&mut self, start: u64, index: Option<usize>) -> Result<()> {
        let Some(index) = index else { return Ok(()) };
        self.looks = false;
        let at = start + (index * self.spec().encoding().bytes()) as u64;
        self.report([Anomaly::UnusedBits { offset: self.layout.data_offset + at }])
    }

    /// Reads audio as the file stores it: whole frames, fewer than fit only at the end. Returns their bytes.
    pub(super) fn read_stored(&mut self, out: &mut [u8]) -> Result<usize> {
        let start = self.used;
        let mut filled = 0;
        while filled < out.len() {
            if let Some(bytes) = self.read_audio_into(&mut out[filled..])? {
                filled += bytes;
                break;
            }
            let bytes = self.audio_bytes(1)?;
            let count = bytes.len().min(out.len() - filled);
            if count == 0 {
                break;
            }
            out[filled..filled + count].copy_from_slice(&bytes[..count]);
            self.consume_audio(count);
            filled += count;
        }
        let whole = filled - filled % self.spec().frame_bytes();
        self.report_unused_bits(start, self.unused_bits(&out[..whole]))?;
        Ok(whole)
    }

    pub(crate) fn named(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

fn refusal(anomaly: Anomaly) -> Error {
    Error::format(anomaly.offset(), FormatError::Anomaly(anomaly))
}

impl<R: Read> WavReader<R> {
    /// Reads all frames from here to the end.
    ///
    /// **Shape** frames left × channels. **Memory** the array. On an input that cannot seek it grows as audio arrives, so that no
    /// number in a header allocates it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if reading fails, [`ErrorKind::TooLarge`] if memory does not suffice.
    pub fn read_all<T: Sample>(&mut self) -> Result<Array2<T>> {
        let channels = self.spec().channels();
        let Some(left) = self.bytes_left().filter(|_| self.can_seek()) else {
            let mut samples = Vec::new();
            let frames = read_growing(self, &mut samples, 0, usize::MAX / channels)?;
            return Ok(to_array(samples, frames, channels));
        };
        // The end of the file has been seen, so these frames exist.
        let frames = usize::try_from(left / self.spec().frame_bytes() as u64).unwrap_or(usize::MAX);
        let mut samples = zeroed(frames.saturating_mul(channels))?;
        let frames = self.read_interleaved(&mut samples)?;
        Ok(to_array(samples, frames, channels))
    }

    /// Reads frames into the caller's array, from its first row on, and returns how many: fewer than it has rows only at the end.
    ///
    /// Any strides will do; standard layout is fastest. Rows after the last frame read are unspecified.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if reading fails.
    ///
    /// # Panics
    /// Unless the array has a column for each channel.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    /// use ndaudio::ndarray::{Array2, s};
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let mut array = Array2::<f32>::zeros((1000, 2));
    /// assert_eq!(reader.read_into(&mut array)?, 1000);
    /// assert_eq!(reader.read_into(&mut array.slice_mut(s![..;2, ..]))?, 500);
    /// assert_eq!(reader.position(), 1500);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[track_caller]
    pub fn read_into<T: Sample>(&mut self, out: &mut ArrayRef<T, Ix2>) -> Result<usize> {
        let (rows, columns) = out.dim();
        let found = self.spec().channels();
        assert_channels(columns, found);
        if let Some(samples) = out.as_slice_mut() {
            return self.read_interleaved(samples);
        }
        let mut scratch = vec![T::zero(); found * SCRATCH_ROWS.min(rows)];
        let mut read = 0;
        while read < rows {
            let wanted = SCRATCH_ROWS.min(rows - read);
            let count = self.read_interleaved(&mut scratch[..wanted * found])?;
            for (row, frame) in scratch.chunks_exact(found).take(count).enumerate() {
                out.row_mut(read + row).iter_mut().zip(frame).for_each(|(out, &sample)| *out = sample);
            }
            read += count;
            if count < wanted {
                break;
            }
        }
        Ok(read)
    }

    /// Lends block after block of `len` frames from one buffer; see [`Blocks`].
    ///
    /// # Panics
    /// Unless `len >= 1`.
    #[track_caller]
    pub fn blocks<T: Sample>(&mut self, len: usize) -> Blocks<&mut Self, T> {
        Blocks::new(self, len)
    }

    /// Lends window after window of `len` frames, each `hop` frames further, from one buffer; see [`Windows`].
    ///
    /// # Panics
    /// Unless `len >= 1` and `hop >= 1`.
    #[track_caller]
    pub fn windows<T: Sample>(&mut self, len: usize, hop: usize) -> Windows<&mut Self, T> {
        Windows::new(self, len, hop)
    }
}

/// Frames at a time on their way to an array that is not laid out as the file is.
const SCRATCH_ROWS: usize = 64;

impl<R: Read> Source for WavReader<R> {
    fn spec(&self) -> &Spec {
        self.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let (encoding, order) = (self.spec().encoding(), self.byte_order());
        let (channels, width) = (self.spec().channels(), encoding.bytes());
        whole_frames(out.len(), channels);
        let stored = is_stored_type::<T>(encoding, order);
        let mut filled = 0;
        while filled < out.len() {
            if stored {
                // Nothing to convert: straight from the file to where it is wanted.
                let start = self.used;
                if let Some(bytes) = self.read_audio_into(bytemuck::cast_slice_mut(&mut out[filled..]))? {
                    let read = &bytemuck::cast_slice(&out[filled..])[..bytes / width * width];
                    self.report_unused_bits(start, self.unused_bits(read))?;
                    filled += bytes / width;
                    break;
                }
            }
            let (start, looks) = (self.used, self.looks);
            let bytes = self.audio_bytes(width)?;
            let count = (bytes.len() / width).min(out.len() - filled);
            if count == 0 {
                break;
            }
            let bytes = &bytes[..count * width];
            decode(encoding, order, bytes, &mut out[filled..filled + count]);
            let unused = if looks { look::first_used(encoding, order, bytes) } else { None };
            self.consume_audio(count * width);
            filled += count;
            self.report_unused_bits(start, unused)?;
        }
        Ok(filled / channels)
    }

    fn frames(&self) -> Option<u64> {
        self.frames()
    }

    fn position(&self) -> u64 {
        self.position()
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        if !self.can_seek() {
            return Err(self.named(Error::unsupported_operation("this input can only be read on, it cannot seek")));
        }
        self.seek_among(self.frames().unwrap_or(u64::MAX), frame, Input::seek_to)
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.anomalies()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        self.metadata()
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        if !is_stored_type::<T>(self.spec().encoding(), self.byte_order()) {
            return Ok(None);
        }
        let frame_bytes = self.spec().frame_bytes();
        let (encoding, order, looks, start) = (self.spec().encoding(), self.byte_order(), self.looks, self.used);
        let Some(bytes) = self.buffered_audio(frames.saturating_mul(frame_bytes))? else { return Ok(None) };
        let whole = bytes.len() / frame_bytes;
        let bytes = &bytes[..whole * frame_bytes];
        let aligned = bytemuck::try_cast_slice::<u8, T>(bytes).is_ok();
        let unused = if looks { look::first_used(encoding, order, bytes) } else { None };
        self.report_unused_bits(start, unused)?;
        Ok(aligned.then_some(whole))
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        let bytes = frames * self.spec().frame_bytes();
        bytemuck::cast_slice_mut(self.take_audio(bytes))
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        self.skip_audio(frames)
    }
}

impl<R> fmt::Debug for WavReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavReader")
            .field("path", &self.path)
            .field("layout", &self.layout)
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}
