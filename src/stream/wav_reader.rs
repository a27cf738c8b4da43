//! Samples of a WAVE file.

use std::io::Read;
use std::path::Path;

use ndarray::{Array2, ArrayRef, Ix2};

use super::blocks::Blocks;
use super::buffer::{read_growing, to_array, zeroed};
use super::source::{Source, whole_frames};
use super::windows::Windows;
use crate::error::{Error, Result};
use crate::pcm::{Sample, decode, is_stored_type};
use crate::spec::Spec;
use crate::wav::WavReader;

/// Reads a whole file: its samples and what they are.
///
/// **Shape** frames × channels. **Unit** full scale is 2^(bits−1) of an integer type and 1.0 of a float type; the type that the file
/// stores comes as it is. **Memory** the array.
///
/// # Errors
/// As [`WavReader::open`] and [`WavReader::read_all`]; they name the file.
///
/// # Examples
/// ```
/// let (samples, spec) = ndaudio::read::<f32>("data/music.wav")?;
/// assert_eq!(samples.dim(), (441_000, spec.channels()));
/// assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn read<T: Sample>(path: impl AsRef<Path>) -> Result<(Array2<T>, Spec)> {
    let mut reader = WavReader::open(path)?;
    let samples = reader.read_all()?;
    Ok((samples, reader.spec().clone()))
}

impl<R: Read> WavReader<R> {
    /// Reads all frames from here to the end.
    ///
    /// **Shape** frames left × channels. **Memory** the array; on an input that cannot seek it grows as audio arrives, so that no
    /// header's number allocates it.
    ///
    /// # Errors
    /// [`Error::Io`] if reading fails, [`Error::TooLarge`] if memory does not suffice.
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
    /// [`Error::ChannelMismatch`] unless the array has a column for each channel, [`Error::Io`] if reading fails.
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
            return Err(self.named(Error::ChannelMismatch { path: None, expected: columns, found }));
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
