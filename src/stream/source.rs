//! Whatever audio can be read from.

use ndarray::Array2;

use super::blocks::Blocks;
use super::buffer::{read_growing, to_array};
use super::windows::Windows;
use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;

/// Anything that gives audio in order: a file, an array, another decoder.
///
/// Two methods make a source; blocks, windows and the rest come with them.
///
/// # Examples
/// ```
/// use ndaudio::{Encoding, Sample, Source, Spec};
///
/// /// A square wave of full scale, for ever.
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

    /// Fills `out` with the next frames, one after the other, and says how many **frames** that were: fewer than there is room for
    /// only at the end, and 0 behind it. What lies behind the last frame in `out` is then unspecified. To count more frames than there
    /// is room for is a bug, for which blocks and windows panic.
    ///
    /// # Errors
    /// Whatever reading can meet; it is not known then which frames came.
    ///
    /// # Panics
    /// Unless `out.len()` is a multiple of `self.spec().channels()`.
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize>;

    /// Frames in all; `None` where nobody knows.
    fn frames(&self) -> Option<u64> {
        None
    }

    /// The frame that is read next, counted from 0. A source that does not count stays at 0; positions then are those since
    /// iteration began.
    fn position(&self) -> u64 {
        0
    }

    /// Whether the next frames lie in a buffer of the source's as `T`s already, so that [`lend`](Self::lend) can give them where
    /// they are: how many of the `frames` asked for, 0 at the end.
    #[doc(hidden)]
    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        let _ = frames;
        Ok(None)
    }

    /// Gives the frames that [`ready_to_lend`](Self::ready_to_lend) has counted, and passes over them.
    #[doc(hidden)]
    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        let _ = frames;
        &mut []
    }

    /// Passes over frames without giving them, and says how many there were: fewer than asked for only at the end.
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

/// What a source says that it has read.
///
/// # Panics
/// If that is more than it was given room for: its samples, most likely, where its frames are meant.
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
