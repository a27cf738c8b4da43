//! Whatever audio can be read from.

use ndarray::Array2;

use super::blocks::Blocks;
use super::buffer::{read_growing, to_array};
use super::windows::Windows;
use crate::error::{Anomaly, Error, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;

/// Gives audio in order: a file, an array, another decoder, or a change of one of these.
///
/// Two methods make a source; blocks, windows and the rest come with them. A source of a type known at run time is a
/// `Box<dyn DynSource>`: see [`DynSource`](crate::DynSource).
///
/// # Examples
/// ```
/// use ndaudio::{Encoding, Sample, Source, Spec};
///
/// /// A square wave of full scale, without end.
/// struct Square(Spec, bool);
///
/// impl Source for Square {
///     fn spec(&self) -> &Spec {
///         &self.0
///     }
///     fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
///         for sample in &mut *out {
///             *sample = if self.1 { 1.0_f32 } else { -1.0 }.convert();
///             self.1 = !self.1;
///         }
///         Ok(out.len())
///     }
/// }
///
/// let mut square = Square(Spec::new(48_000, 1, Encoding::F32), true);
/// let mut windows = square.windows::<i16>(3, 1);
/// assert_eq!(windows.next()?.unwrap().column(0).to_vec(), [32_767, -32_768, 32_767]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub trait Source {
    /// What the audio is.
    fn spec(&self) -> &Spec;

    /// Fills `out` with the next frames, one after the other, and returns how many **frames** it read: fewer than fit only at the
    /// end, and 0 after it. The rest of `out` is then unspecified. Returning more frames than fit is a bug, for which blocks and
    /// windows panic.
    ///
    /// # Errors
    /// Whatever reading can meet; which frames were read is then unknown.
    ///
    /// # Panics
    /// Unless `out.len()` is a multiple of `self.spec().channels()`.
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize>;

    /// Frames in all; `None` where nobody knows. Never a guess.
    fn frames(&self) -> Option<u64> {
        None
    }

    /// The frame that is read next, counted from 0. A source that does not count stays at 0; positions are then counted from
    /// where iteration began.
    fn position(&self) -> u64 {
        0
    }

    /// Goes to a frame, which is read next.
    ///
    /// # Errors
    /// [`ErrorKind::SeekPastEnd`](crate::ErrorKind::SeekPastEnd) if there are fewer frames,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a source that cannot seek, which is what a source that does not
    /// implement this is, and whatever seeking can meet.
    fn seek(&mut self, frame: u64) -> Result<()> {
        let _ = frame;
        Err(Error::unsupported_operation("this source can only be read on, it cannot seek"))
    }

    /// What the file underneath got wrong, and how it was read; empty for sources that are not files.
    fn anomalies(&self) -> &[Anomaly] {
        &[]
    }

    /// What the file underneath says about its audio; empty for sources that are not files.
    ///
    /// # Errors
    /// Whatever reading can meet.
    fn metadata(&mut self) -> Result<Metadata> {
        Ok(Metadata::default())
    }

    /// Returns whether the next frames are already buffered as `T`, so that [`lend`](Self::lend) can lend them in place:
    /// how many of the `frames` asked for, 0 at the end.
    #[doc(hidden)]
    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        let _ = frames;
        Ok(None)
    }

    /// Returns the frames counted by [`ready_to_lend`](Self::ready_to_lend), and advances past them.
    #[doc(hidden)]
    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        let _ = frames;
        &mut []
    }

    /// Advances past frames without returning them, and returns how many there were: fewer than asked for only at the end.
    ///
    /// # Errors
    /// Whatever reading can meet.
    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        /// Samples read at a time only to be dropped.
        const STEP: usize = 16 << 10;
        let channels = self.spec().channels();
        let step = (STEP / channels).max(1);
        let mut dropped = vec![0_i16; step * channels];
        let mut skipped = 0;
        while skipped < frames {
            let wanted = usize::try_from(frames - skipped).unwrap_or(usize::MAX).min(step);
            let count = self.read_interleaved(&mut dropped[..wanted * channels])?;
            check_count(count, wanted);
            skipped += count as u64;
            if count < wanted {
                break;
            }
        }
        Ok(skipped)
    }

    /// Reads everything that is left.
    ///
    /// **Shape** frames left × channels. **Memory** that, as it is read: no header's number allocates it.
    ///
    /// # Errors
    /// Whatever reading can meet, and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if memory does not suffice.
    fn read_all<T: Sample>(&mut self) -> Result<Array2<T>>
    where
        Self: Sized,
    {
        let channels = self.spec().channels();
        let mut samples = Vec::new();
        let frames = read_growing(self, &mut samples, 0, usize::MAX / channels)?;
        Ok(to_array(samples, frames, channels))
    }

    /// Lends block after block of `len` frames from one buffer; see [`Blocks`].
    ///
    /// # Panics
    /// Unless `len >= 1`.
    fn blocks<T: Sample>(&mut self, len: usize) -> Blocks<&mut Self, T>
    where
        Self: Sized,
    {
        Blocks::new(self, len)
    }

    /// Lends window after window of `len` frames, each `hop` frames further, from one buffer; see [`Windows`].
    ///
    /// # Panics
    /// Unless `len >= 1` and `hop >= 1`.
    fn windows<T: Sample>(&mut self, len: usize, hop: usize) -> Windows<&mut Self, T>
    where
        Self: Sized,
    {
        Windows::new(self, len, hop)
    }
}

impl<S: Source> Source for &mut S {
    fn spec(&self) -> &Spec {
        (**self).spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        (**self).read_interleaved(out)
    }

    fn frames(&self) -> Option<u64> {
        (**self).frames()
    }

    fn position(&self) -> u64 {
        (**self).position()
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        (**self).seek(frame)
    }

    fn anomalies(&self) -> &[Anomaly] {
        (**self).anomalies()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        (**self).metadata()
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        (**self).ready_to_lend::<T>(frames)
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        (**self).lend(frames)
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        (**self).skip_frames(frames)
    }
}

/// Checks the number of frames that a source claims to have read.
///
/// # Panics
/// If that is more than fit: most likely the source counted samples where it must count frames.
pub(crate) fn check_count(count: usize, wanted: usize) {
    assert!(
        count <= wanted,
        "the source counts {count} frames in room for {wanted}; it must count frames, not samples"
    );
}

/// Frames in a slice of interleaved samples.
///
/// # Panics
/// Unless they are whole.
pub(crate) fn whole_frames(samples: usize, channels: usize) -> usize {
    assert!(
        samples.is_multiple_of(channels),
        "the number of samples ({samples}) must be a multiple of the channels ({channels})"
    );
    samples / channels
}
