//! Samples into a WAVE file.

use std::io::Write;
use std::path::Path;

use ndarray::{ArrayRef, ArrayViewMut1, Axis, Ix2};

use crate::error::Result;
use crate::pcm::{Sample, encode, is_encoded_as_is, view_mut};
use crate::spec::Spec;
use crate::wav::{Replace, WavWriter, WriteOptions};

/// Samples of strided blocks that are gathered at a time.
const SCRATCH_SAMPLES: usize = 2048;

/// Writes a whole file: all frames of `samples`, converted to the spec's encoding.
///
/// It is written beside the target and moved there when it is whole, so that a failed run leaves an old file as it was.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) or [`Error::Write`](crate::Error::Write) naming the path, [`Error::Unsupported`](crate::Error::Unsupported) for a spec that no file can hold.
///
/// # Panics
/// Unless `samples.ncols() == spec.channels()`.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::{Encoding, Spec};
/// # let path = std::env::temp_dir().join(format!("ndaudio-write-{}.wav", std::process::id()));
///
/// let spec = Spec::new(48_000, 2, Encoding::I16);
/// ndaudio::write(&path, &array![[1_i16, -1], [2, -2]], &spec)?;
/// assert!(std::fs::read(&path)?.ends_with(&[1, 0, 255, 255, 2, 0, 254, 255]));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn write<T: Sample>(path: impl AsRef<Path>, samples: &ArrayRef<T, Ix2>, spec: &Spec) -> Result<()> {
    let replace = Replace::create(path)?;
    let mut writer = replace.writer(&WriteOptions::new(spec))?;
    writer.write(samples)?;
    writer.finalize()?;
    replace.commit()
}

impl<W: Write> WavWriter<W> {
    /// Writes a block of frames, of any sample type and with any strides.
    ///
    /// **Shape** any number of frames × [`channels`](Spec::channels).
    ///
    /// # Errors
    /// [`Error::Write`](crate::Error::Write) saying how many frames arrived, [`Error::TooLarge`](crate::Error::TooLarge) before anything is written if an appended file cannot
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
