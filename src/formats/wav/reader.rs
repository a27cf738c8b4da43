//! A WAVE file, opened: what it holds, and its bytes in order.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Anomaly;
use ndarray::{Array2, ArrayRef, Ix2};

use super::riff::chunk::Chunk;
use super::riff::container::Container;
use super::riff::input::Input;
use super::riff::walk::{Layout, walk};
use crate::error::{Error, ErrorKind, FormatError, Result};
use crate::metadata::Metadata;
use crate::pcm::{Sample, decode, is_stored_type};
use crate::spec::{ByteOrder, Spec};
use crate::stream::buffer::{read_growing, to_array, zeroed};
use crate::stream::source::whole_frames;
use crate::stream::{Blocks, Source, Windows};

/// Bytes read at a time, however small the blocks and windows: the read is then as cheap as it gets, and the bytes are still in
/// the second-level cache when they are decoded.
const READ_BYTES: usize = 128 << 10;
/// Bytes of one metadata chunk that are read into memory.
const CHUNK_MAX: u64 = 64 << 20;

/// Reads a WAVE file: whole, into arrays of the caller's, by blocks or by windows.
///
/// Any `Read` will do, and should not be wrapped in a `BufReader`: reads are large already. What can seek should be opened by
/// [`open`](WavReader::open) or [`seekable`](WavReader::seekable), since a file's end settles what a header leaves in doubt.
///
/// **Memory** 128 KiB and the metadata, until something is read; then what the caller asks for, bounded by what there is.
///
/// # Examples
/// ```
/// use ndaudio::WavReader;
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// assert_eq!((reader.spec().channels(), reader.frames()), (2, Some(441_000)));
/// let mut blocks = reader.blocks::<i16>(4096);
/// while let Some(mut block) = blocks.next()? {
///     block /= 2; // edited in place, in the one buffer there is
/// }
/// assert_eq!(reader.position(), 441_000);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct WavReader<R> {
    input: Input<R>,
    layout: Layout,
    path: Option<PathBuf>,
    strict: bool,
    /// Bytes of audio used.
    used: u64,
    /// Whether a read failed, so that it is not known where the input stands.
    lost: bool,
}

impl WavReader<File> {
    /// Opens a file; errors name it.
    ///
    /// What is not a regular file (a pipe, a terminal) is read as by [`new`](WavReader::new).
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be opened or read, [`ErrorKind::Format`](crate::ErrorKind::Format) if it is not a WAVE file that can be read,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if its encoding is none of [`Encoding`](crate::Encoding)'s.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let file = File::open(path)?;
            if file.metadata()?.is_file() { WavReader::seekable(file) } else { WavReader::new(file) }
        };
        let mut reader = open().map_err(|error| error.with_path(path))?;
        reader.path = Some(path.to_path_buf());
        Ok(reader)
    }

    /// Opens a file and refuses it for any anomaly; see [`strict`](WavReader::strict).
    ///
    /// # Errors
    /// As [`open`](WavReader::open), and [`ErrorKind::Format`](crate::ErrorKind::Format) for the first anomaly.
    pub fn open_strict(path: impl AsRef<Path>) -> Result<Self> {
        Self::open(path)?.refuse_anomalies()
    }
}

impl<R: Read> WavReader<R> {
    /// Reads the header from anything that can be read: a pipe, a socket, a slice.
    ///
    /// The reader is left at the first byte of audio, and nothing behind the audio is seen. Pass `&mut reader` to keep it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails, [`ErrorKind::Format`](crate::ErrorKind::Format) if it is not a WAVE file that can be read,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if its encoding is none of [`Encoding`](crate::Encoding)'s.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    ///
    /// let error = WavReader::new(&b"OggS and so on"[..]).unwrap_err();
    /// assert_eq!(error.to_string(), r#"at byte 0: not a WAVE file: it begins with "OggS and so on""#);
    /// ```
    pub fn new(reader: R) -> Result<Self> {
        Self::from_input(Input::new(reader))
    }

    /// Reads the header from what can seek, checks it against where the input ends, and sees the chunks behind the audio.
    ///
    /// What stands before the present position of `reader` is not looked at.
    ///
    /// # Errors
    /// As [`new`](WavReader::new).
    pub fn seekable(reader: R) -> Result<Self>
    where
        R: Seek,
    {
        Self::from_input(Input::seekable(reader)?)
    }

    /// Reads the header as [`new`](WavReader::new) does, and refuses every [`Anomaly`], now and while reading on.
    ///
    /// What stands behind the audio is not seen; [`open_strict`](WavReader::open_strict), or [`seekable`](WavReader::seekable) and
    /// [`refuse_anomalies`](WavReader::refuse_anomalies), refuse for that as well.
    ///
    /// # Errors
    /// As [`new`](WavReader::new), and [`ErrorKind::Format`](crate::ErrorKind::Format) for the first anomaly.
    pub fn strict(reader: R) -> Result<Self> {
        Self::new(reader)?.refuse_anomalies()
    }

    /// From now on refuses every [`Anomaly`], and at once if there is one already.
    ///
    /// # Errors
    /// [`ErrorKind::Format`](crate::ErrorKind::Format) for the first anomaly.
    pub fn refuse_anomalies(mut self) -> Result<Self> {
        self.strict = true;
        match self.layout.anomalies.first() {
            Some(first) => Err(self.named(refusal(first.clone()))),
            None => Ok(self),
        }
    }

    fn from_input(mut input: Input<R>) -> Result<Self> {
        let layout = walk(&mut input)?;
        Ok(WavReader { input, layout, path: None, strict: false, used: 0, lost: false })
    }

    /// What the audio is.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.layout.spec
    }

    /// What kind of file it is in.
    #[must_use]
    pub fn container(&self) -> Container {
        self.layout.container
    }

    /// Whole frames of audio in all; `None` as long as nobody knows: on a pipe whose header does not say. Never a guess.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.layout.data_len.map(|len| len / self.layout.frame_bytes())
    }

    /// How long the audio is; `None` where [`frames`](Self::frames) is, or at a sample rate of 0 Hz.
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

    /// What the file got wrong, and how it was read.
    ///
    /// What only the end of the audio shows, as on a pipe that breaks off, is here after it has been read.
    #[must_use]
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.layout.anomalies
    }

    /// All chunks seen, in the order of the file: those before the audio, the audio, and where the input can seek those behind.
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
    /// **Memory** the content, 64 MiB at the most. From an input that cannot seek, metadata of 16 MiB in all is kept while the header is
    /// read, and the rest is out of reach.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than that or for the audio itself on such an input, [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails.
    pub fn chunk_bytes(&mut self, chunk: &Chunk) -> Result<Vec<u8>> {
        let kept = |&&(index, _): &&(usize, Vec<u8>)| self.layout.chunks.get(index) == Some(chunk);
        if let Some((_, content)) = self.layout.kept.iter().find(kept) {
            return Ok(content.clone());
        }
        let limit = if self.input.can_seek() { CHUNK_MAX } else { 0 };
        if chunk.len > limit {
            return Err(Error::new(ErrorKind::TooLarge { what: "a chunk", bytes: chunk.len, limit }));
        }
        if chunk.len == 0 {
            return Ok(Vec::new());
        }
        let read = || -> io::Result<Vec<u8>> {
            self.input.seek_to(chunk.content_offset)?;
            let content = self.input.read_bytes(chunk.len)?;
            self.input.seek_to(self.layout.data_offset + self.used)?;
            Ok(content)
        };
        let mut read = read;
        let result = read();
        result.map_err(|error| self.failed(error))
    }

    /// Gives back the reader underneath. Bytes read ahead are lost, unless the audio was read to its end.
    pub fn into_inner(self) -> R {
        self.input.into_inner()
    }

    /// The reader underneath. Where it stands is not where this reader stands.
    pub fn get_ref(&self) -> &R {
        self.input.get_ref()
    }

    /// Goes to a frame, which is read next.
    ///
    /// # Errors
    /// [`ErrorKind::SeekPastEnd`](crate::ErrorKind::SeekPastEnd) if there are fewer frames, [`ErrorKind::Io`](crate::ErrorKind::Io) if seeking fails.
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
            // Opened as a pipe, so its header was taken at its word; behind the end of the input there is nothing to go to.
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

    // What the rooms to the right read from.

    pub(crate) fn byte_order(&self) -> ByteOrder {
        self.layout.order
    }

    pub(crate) fn can_seek(&self) -> bool {
        self.input.can_seek()
    }

    /// Bytes of audio still to come in whole frames, where known.
    pub(crate) fn bytes_left(&self) -> Option<u64> {
        let frame_bytes = self.layout.frame_bytes();
        self.layout.data_len.map(|len| (len / frame_bytes * frame_bytes).saturating_sub(self.used))
    }

    /// Bytes of audio, of `width` bytes a sample, that can be decoded now; none only at the end.
    pub(crate) fn audio_bytes(&mut self, width: usize) -> Result<&[u8]> {
        self.check_refused()?;
        // At once, not when what the header's reads brought along is used up.
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

    /// The next `count` bytes of audio in the buffer, fewer only at the end; `None` for more than should go through it.
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

    /// Gives bytes that [`buffered_audio`](Self::buffered_audio) has shown, to be changed, and uses them.
    pub(crate) fn take_audio(&mut self, count: usize) -> &mut [u8] {
        self.used += count as u64;
        self.input.take(count)
    }

    pub(crate) fn consume_audio(&mut self, count: usize) {
        self.input.consume(count);
        self.used += count as u64;
    }

    /// Fills `out` with audio past the buffer, if that is empty and `out` large enough to be worth it; fewer bytes only at the end.
    /// `None` if not.
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

    /// Passes over frames; fewer than asked for only at the end.
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

    /// What was refused once stays so.
    fn check_refused(&self) -> Result<()> {
        match self.layout.anomalies.first() {
            Some(first) if self.strict => Err(self.named(refusal(first.clone()))),
            _ => Ok(()),
        }
    }

    /// After a failed read nobody knows where the input stands.
    fn check_found(&self) -> Result<()> {
        self.check_refused()?;
        if self.lost {
            let lost = io::Error::other("an earlier read failed; seek to a frame to go on");
            return Err(self.named(lost.into()));
        }
        Ok(())
    }

    fn failed(&mut self, error: io::Error) -> Error {
        self.lost = true;
        self.named(error.into())
    }

    /// The input has ended: what that says about the header.
    fn end_of_input(&mut self) -> Result<()> {
        let found = self.used + self.input.buffered().len() as u64;
        let Layout { data_declared: declared, data_size_at: offset, .. } = self.layout;
        let frame_bytes = self.layout.frame_bytes();
        let before = self.layout.anomalies.clone();
        match self.layout.data_len {
            Some(len) if found < len => {
                // Where the two contradicted each other, it was this size that was wrong.
                self.layout.anomalies.retain(|anomaly| !matches!(anomaly, Anomaly::RiffSize { .. }));
                self.layout.anomalies.push(Anomaly::DataPastEnd { offset, declared, found });
            }
            None if self.layout.unfinished && found > declared => {
                self.layout.anomalies.retain(|anomaly| !matches!(anomaly, Anomaly::RiffSize { .. }));
                self.layout.anomalies.push(Anomaly::Unfinished { offset, declared });
            }
            None if self.layout.unfinished && found < declared => {
                self.layout.anomalies.push(Anomaly::DataPastEnd { offset, declared, found });
            }
            _ => {}
        }
        let known = |anomaly: &Anomaly| matches!(anomaly, Anomaly::PartialFrame { .. });
        self.layout.anomalies.retain(|anomaly| !known(anomaly) || self.layout.data_len == Some(found));
        if !found.is_multiple_of(frame_bytes) && !self.layout.anomalies.iter().any(known) {
            let bytes = found % frame_bytes;
            let offset = self.layout.data_offset + found - bytes;
            self.layout.anomalies.push(Anomaly::PartialFrame { offset, bytes, frame_bytes });
        }
        self.layout.data_len = Some(found);
        if let Some(chunk) = self.layout.chunks.iter_mut().find(|chunk| chunk.content_offset == self.layout.data_offset)
        {
            chunk.len = found;
        }
        match self.layout.anomalies.iter().find(|anomaly| !before.contains(anomaly)) {
            Some(anomaly) if self.strict => Err(self.named(refusal(anomaly.clone()))),
            _ => Ok(()),
        }
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
    /// **Shape** frames left × channels. **Memory** the array; on an input that cannot seek it grows as audio arrives, so that no
    /// header's number allocates it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails, [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if memory does not suffice.
    pub fn read_all<T: Sample>(&mut self) -> Result<Array2<T>> {
        let channels = self.spec().channels();
        let Some(left) = self.bytes_left().filter(|_| self.can_seek()) else {
            let mut samples = Vec::new();
            let frames = read_growing(self, &mut samples, 0, usize::MAX / channels)?;
            return Ok(to_array(samples, frames, channels));
        };
        // The end of the file has been seen, so this many there are.
        let frames = usize::try_from(left / self.spec().frame_bytes() as u64).unwrap_or(usize::MAX);
        let mut samples = zeroed(frames.saturating_mul(channels))?;
        let frames = self.read_interleaved(&mut samples)?;
        Ok(to_array(samples, frames, channels))
    }

    /// Reads frames into the caller's array, from its first row on, and says how many: fewer than it has rows only at the end.
    ///
    /// Any strides will do; standard layout is fastest. Rows behind the last frame read are unspecified.
    ///
    /// # Errors
    /// [`ErrorKind::ChannelMismatch`](crate::ErrorKind::ChannelMismatch) unless the array has a column for each channel, [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails.
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
    pub fn read_into<T: Sample>(&mut self, out: &mut ArrayRef<T, Ix2>) -> Result<usize> {
        let (rows, columns) = out.dim();
        let found = self.spec().channels();
        if columns != found {
            return Err(self.named(Error::new(ErrorKind::ChannelMismatch { expected: columns, found })));
        }
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
    pub fn blocks<T: Sample>(&mut self, len: usize) -> Blocks<&mut Self, T> {
        Blocks::new(self, len)
    }

    /// Lends window after window of `len` frames, each `hop` frames further, from one buffer; see [`Windows`].
    ///
    /// # Panics
    /// Unless `len >= 1` and `hop >= 1`.
    pub fn windows<T: Sample>(&mut self, len: usize, hop: usize) -> Windows<&mut Self, T> {
        Windows::new(self, len, hop)
    }
}

/// Frames on their way to an array that is not laid out as the file is.
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
                if let Some(bytes) = self.read_audio_into(bytemuck::cast_slice_mut(&mut out[filled..]))? {
                    filled += bytes / width;
                    break;
                }
            }
            let bytes = self.audio_bytes(width)?;
            let count = (bytes.len() / width).min(out.len() - filled);
            if count == 0 {
                break;
            }
            decode(encoding, order, &bytes[..count * width], &mut out[filled..filled + count]);
            self.consume_audio(count * width);
            filled += count;
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
        let Some(bytes) = self.buffered_audio(frames.saturating_mul(frame_bytes))? else { return Ok(None) };
        let whole = bytes.len() / frame_bytes;
        let aligned = bytemuck::try_cast_slice::<u8, T>(&bytes[..whole * frame_bytes]).is_ok();
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
