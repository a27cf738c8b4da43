//! Arrays as sources.

use std::fmt;

use ndarray::{Array2, ArrayBase, Data, Ix2, OwnedRepr};

use super::source::{Source, whole_frames};
use crate::error::{Error, ErrorKind, Result};
use crate::pcm::{FrameDimension, Sample};
use crate::spec::Spec;

/// Reads frames from an array, owned or viewed, as if it were a file.
///
/// # Examples
/// ```
/// use ndaudio::{ArraySource, Source, ndarray::array};
///
/// let audio = array![[0.5_f32, -0.5], [1.0, -1.0]];
/// let mut source = ArraySource::new(audio.view(), 48_000);
/// assert_eq!(source.read_all::<i16>()?, array![[16_384, -16_384], [32_767, -32_768]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct ArraySource<D: Data> {
    array: ArrayBase<D, Ix2>,
    spec: Spec,
    position: usize,
}

impl<U: Sample, D: Data<Elem = U>> ArraySource<D> {
    /// Audio at `sample_rate` Hz, encoded as the array's type: the columns of a two-dimensional array are its channels, a
    /// one-dimensional array is mono.
    ///
    /// # Panics
    /// Unless the array has 1 to 65,535 columns.
    #[must_use]
    #[track_caller]
    pub fn new<N: FrameDimension>(array: ArrayBase<D, N>, sample_rate: u32) -> Self {
        let array = N::into_frames(array);
        let spec = Spec::new(sample_rate, array.ncols(), U::TYPE.encoding());
        ArraySource { array, spec, position: 0 }
    }
}

impl<U: Sample, D: Data<Elem = U>> Source for ArraySource<D> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec.channels();
        let frames = whole_frames(out.len(), channels).min(self.array.nrows() - self.position);
        let out = &mut out[..frames * channels];
        if let Some(samples) = self.array.as_slice() {
            // In one piece, which vectorizes; row by row took a fifth of the time of resampling an array.
            let samples = &samples[self.position * channels..][..out.len()];
            out.iter_mut().zip(samples).for_each(|(out, sample)| *out = sample.convert());
        } else {
            for (offset, out) in out.chunks_exact_mut(channels).enumerate() {
                let row = self.array.row(self.position + offset);
                out.iter_mut().zip(row).for_each(|(out, sample)| *out = sample.convert());
            }
        }
        self.position += frames;
        Ok(frames)
    }

    fn frames(&self) -> Option<u64> {
        Some(self.array.nrows() as u64)
    }

    fn position(&self) -> u64 {
        self.position as u64
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        let frames = self.array.nrows() as u64;
        match usize::try_from(frame) {
            Ok(position) if frame <= frames => {
                self.position = position;
                Ok(())
            }
            _ => Err(Error::new(ErrorKind::SeekPastEnd { frame, frames })),
        }
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        let left = self.array.nrows() - self.position;
        let skipped = usize::try_from(frames).unwrap_or(usize::MAX).min(left);
        self.position += skipped;
        Ok(skipped as u64)
    }
}

impl<U: Sample> From<(Array2<U>, Spec)> for ArraySource<OwnedRepr<U>> {
    /// Makes a source of what [`read`](crate::read) returns, at its sample rate.
    fn from((array, spec): (Array2<U>, Spec)) -> Self {
        ArraySource::new(array, spec.sample_rate())
    }
}

impl<D: Data> fmt::Debug for ArraySource<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ArraySource { array, spec, position } = self;
        f.debug_struct("ArraySource")
            .field("shape", &array.dim())
            .field("spec", spec)
            .field("position", position)
            .finish()
    }
}
