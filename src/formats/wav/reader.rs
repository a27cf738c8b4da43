//! A WAVE file that is open for reading.

use std::fmt;
use std::io::{Read, Seek};
use std::path::Path;
use std::time::Duration;

use ndarray::{Array2, ArrayRef, Ix2};

use super::read_options::ReadOptions;
use super::riff::chunk::Chunk;
use super::riff::container::Container;
use super::riff::input::Input;
use super::riff::limits::Limits;
use super::riff::look;
use super::stored_audio::StoredAudio;
use crate::error::{Anomaly, Error, Result};
use crate::metadata::Metadata;
use crate::pcm::{Sample, decode, is_stored_type};
use crate::spec::{ByteOrder, Spec};
use crate::stream::buffer::{read_growing, to_array, zeroed};
use crate::stream::sink::assert_channels;
use crate::stream::source::whole_frames;
use crate::stream::{Blocks, Source, Windows};

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
    audio: StoredAudio<R>,
}

impl<R: Read> WavReader<R> {
    /// Reads the header.
    pub(super) fn begin(input: Input<R>, options: &ReadOptions) -> Result<Self> {
        Ok(WavReader { audio: StoredAudio::begin(input, options)? })
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.audio.set_path(path);
    }

    /// The sample rate, channels and encoding of the audio.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        self.audio.spec()
    }

    /// The kind of file that the audio is in.
    #[must_use]
    pub fn container(&self) -> Container {
        self.audio.layout().container
    }

    /// Whole frames of audio in all; `None` while the number is unknown, as on a pipe whose header does not say. Never a guess.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.audio.frames()
    }

    /// The length of the audio in time; `None` if [`frames`](Self::frames) is, or if the sample rate is 0 Hz.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        Source::duration(self)
    }

    /// The frame that is read next, counted from 0.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.audio.used() / self.audio.layout().frame_bytes()
    }

    /// The anomalies of the file: its deviations from the standard, and how each was read.
    ///
    /// Some show only while the audio is read: that a pipe breaks off, or that bits are set that the encoding does not use. They are added then.
    /// So is [`Anomaly::Justification`] of a pipe that begins with digital silence, before the first sample other than zero is read. The
    /// [`spec`](Self::spec) never changes.
    #[must_use]
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.audio.layout().anomalies
    }

    /// All chunks seen, in the order of the file: those before the audio, the audio, and if the input can seek those after it.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.audio.layout().chunks
    }

    /// The content of the first chunk with this id, `None` if there is none.
    ///
    /// # Errors
    /// As [`chunk_bytes`](Self::chunk_bytes).
    pub fn chunk(&mut self, id: [u8; 4]) -> Result<Option<Vec<u8>>> {
        let Some(chunk) = self.chunks().iter().copied().find(|chunk| chunk.id == id) else {
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
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for a longer chunk, or one out of reach; [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails.
    pub fn chunk_bytes(&mut self, chunk: &Chunk) -> Result<Vec<u8>> {
        self.audio.chunk_bytes(chunk)
    }

    pub(super) fn limits(&self) -> &Limits {
        self.audio.limits()
    }

    /// Returns the reader underneath. Bytes read ahead are lost unless the audio was read to its end.
    pub fn into_inner(self) -> R {
        self.audio.into_input().into_inner()
    }

    /// The reader underneath. Its position is not this reader's.
    pub fn get_ref(&self) -> &R {
        self.audio.input().get_ref()
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
        self.audio.seek(frame)
    }

    pub(crate) fn byte_order(&self) -> ByteOrder {
        self.audio.byte_order()
    }

    pub(crate) fn can_seek(&self) -> bool {
        self.audio.can_seek()
    }

    /// Reads audio as the file stores it, in its byte order: whole frames, fewer than fit only at the end. Returns their bytes.
    pub(super) fn read_as_is(&mut self, out: &mut [u8]) -> Result<usize> {
        self.audio.read_stored(out)
    }

    /// Bytes of audio that were read on when the file was opened, to find at which end of their 4 bytes samples are.
    #[cfg(feature = "rayon")]
    pub(crate) fn looked(&self) -> u64 {
        self.audio.layout().looked
    }

    pub(crate) fn named(&self, error: Error) -> Error {
        self.audio.named(error)
    }

    /// Reads all frames from here to the end.
    ///
    /// **Shape** frames left × channels. **Memory** the array. On an input that cannot seek it grows as audio arrives, so that no
    /// number in a header allocates it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails, [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if memory does not suffice.
    pub fn read_all<T: Sample>(&mut self) -> Result<Array2<T>> {
        let channels = self.spec().channels();
        let Some(left) = self.audio.bytes_left().filter(|_| self.can_seek()) else {
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
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails.
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
        let order = self.byte_order();
        let (channels, width) = (self.spec().channels(), self.spec().encoding().bytes());
        whole_frames(out.len(), channels);
        let stored = is_stored_type::<T>(self.spec().encoding(), order);
        let mut filled = 0;
        while filled < out.len() {
            if stored {
                // Nothing to convert: straight from the file to where it is wanted.
                let start = self.audio.used();
                if let Some(bytes) = self.audio.read_into(bytemuck::cast_slice_mut(&mut out[filled..]))? {
                    let read = &bytemuck::cast_slice(&out[filled..])[..bytes / width * width];
                    self.audio.report_unused_bits(start, self.audio.unused_bits(read))?;
                    filled += bytes / width;
                    break;
                }
            }
            let (start, looks) = (self.audio.used(), self.audio.looks());
            let count = (self.audio.next_bytes(width)?.len() / width).min(out.len() - filled);
            if count == 0 {
                break;
            }
            // Only now: these bytes may have shown at which end of them the samples are.
            let encoding = self.audio.encoding();
            let bytes = &self.audio.input().buffered()[..count * width];
            decode(encoding, order, bytes, &mut out[filled..filled + count]);
            let unused = if looks { look::first_used(encoding, order, bytes) } else { None };
            self.audio.consume(count * width);
            filled += count;
            self.audio.report_unused_bits(start, unused)?;
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
        self.audio.seek_as_opened(frame)
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.anomalies()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        self.metadata()
    }

    fn fits_either_end(&self) -> bool {
        self.audio.fits_either_end()
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        if !is_stored_type::<T>(self.spec().encoding(), self.byte_order()) {
            return Ok(None);
        }
        let frame_bytes = self.spec().frame_bytes();
        let (encoding, order) = (self.spec().encoding(), self.byte_order());
        let (looks, start) = (self.audio.looks(), self.audio.used());
        let Some(bytes) = self.audio.buffered(frames.saturating_mul(frame_bytes))? else { return Ok(None) };
        let whole = bytes.len() / frame_bytes;
        let bytes = &bytes[..whole * frame_bytes];
        let aligned = bytemuck::try_cast_slice::<u8, T>(bytes).is_ok();
        let unused = if looks { look::first_used(encoding, order, bytes) } else { None };
        self.audio.report_unused_bits(start, unused)?;
        Ok(aligned.then_some(whole))
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        let bytes = frames * self.spec().frame_bytes();
        bytemuck::cast_slice_mut(self.audio.take(bytes))
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        self.audio.skip(frames)
    }
}

impl<R> fmt::Debug for WavReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavReader").field("audio", &self.audio).finish()
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "limits of tests")]
pub(crate) mod tests {
    use std::cell::RefCell;
    use std::io::Cursor;
    use std::ops::Range;

    use super::*;
    use crate::formats::wav::riff::look::{LOOK_BYTES, LOOK_ON_BYTES};

    /// Mono of 16 bits at 8 kHz, 1,000,000 bytes of silence.
    const HEADER: [u8; 44] =
        *b"RIFF\x64\x42\x0F\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\x40\x42\x0F\0";

    /// Silence, and the memory that each read was to fill.
    struct Silence<'a>(&'a RefCell<Vec<Range<usize>>>);

    impl Read for Silence<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            out.fill(0);
            let addresses = out.as_ptr_range();
            self.0.borrow_mut().push(addresses.start.addr()..addresses.end.addr());
            Ok(out.len())
        }
    }

    fn reader(reads: &RefCell<Vec<Range<usize>>>) -> WavReader<impl Read> {
        WavReader::new(Cursor::new(HEADER).chain(Silence(reads))).unwrap()
    }

    // Elsewhere bytes are turned, into memory of their own.
    #[cfg(target_endian = "little")]
    #[test]
    fn small_blocks_are_lent_from_memory_that_large_reads_filled() {
        let reads = RefCell::default();
        let mut reader = reader(&reads);
        let mut blocks = reader.blocks::<i16>(1_000);
        let mut frames = 0;
        while let Some(block) = blocks.next().unwrap() {
            frames += block.nrows();
            let address = block.as_ptr().addr();
            assert!(reads.borrow().iter().any(|read| read.contains(&address)), "a block is a copy");
        }
        assert_eq!((frames, reads.borrow().len()), (500_000, 8));
    }

    #[test]
    fn few_samples_at_a_time_are_read_from_the_file_many_at_a_time() {
        let reads = RefCell::default();
        let mut reader = reader(&reads);
        while reader.read_interleaved(&mut [0_i16; 100]).unwrap() == 100 {}
        assert_eq!((reader.position(), reads.borrow().len()), (500_000, 8));
    }

    // Elsewhere bytes are turned, into memory of their own.
    #[cfg(target_endian = "little")]
    #[test]
    fn many_samples_are_read_where_they_are_wanted() {
        let mut room = vec![0_i16; 200_000];
        // Not where a copy is slow.
        let begin = room.as_ptr().align_offset(4096) + 2_048;
        for (frames, direct) in [(50_000, true), (100_000, true), (20_000, false)] {
            let reads = RefCell::default();
            let out = &mut room[begin..begin + frames];
            let wanted = out.as_ptr().addr()..out.as_ptr().addr() + 2 * frames;
            assert_eq!(reader(&reads).read_interleaved(out).unwrap(), frames);
            assert_eq!(reads.borrow()[..] == [wanted], direct, "{frames} frames");
        }
    }

    /// A file of 24 bits in 4 bytes whose silence goes on for longer than is looked at, and which then shows that they are at the top, once.
    pub(crate) fn long_silence(quiet: usize) -> Vec<u8> {
        let loud = vec![0x1234_5600_i32; LOOK_BYTES / 4];
        let words = [vec![0; (LOOK_ON_BYTES as usize + LOOK_BYTES) / 4], loud, vec![0x100; quiet]].concat();
        let audio: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let size = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
        let fmt = b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\0\x7D\0\0\x04\0\x18\0data";
        [b"RIFF", &size(36 + audio.len())[..], fmt, &size(audio.len()), &audio].concat()
    }

    #[test]
    fn after_long_silence_a_seek_finds_what_reading_finds() {
        let file = long_silence(100);
        let open = || ReadOptions::new().seekable(Cursor::new(&file)).unwrap();
        let mut whole = open();
        assert_eq!(whole.anomalies(), []);
        let expected = whole.read_all::<i32>().unwrap();
        assert_eq!(whole.anomalies(), [Anomaly::Justification { offset: 34 }]);
        let frames = expected.nrows();
        for frame in [0, frames / 2, frames - 200, frames - 100, frames - 1, frames] {
            let rest = expected.slice(ndarray::s![frame.., ..]);
            let ways: [fn(&mut WavReader<_>, u64); 3] = [
                |reader, frame| reader.seek(frame).unwrap(),
                |reader, frame| Source::seek(reader, frame).unwrap(),
                |reader, frame| assert_eq!(reader.skip_frames(frame).unwrap(), frame),
            ];
            for go in ways {
                let mut reader = open();
                go(&mut reader, frame as u64);
                assert!(reader.read_all::<i32>().unwrap() == rest, "from {frame}");
                // And back.
                reader.seek(frame as u64 / 2).unwrap();
                assert!(
                    reader.read_all::<i32>().unwrap() == expected.slice(ndarray::s![frame / 2.., ..]),
                    "from half of {frame}"
                );
            }
        }
    }
}
