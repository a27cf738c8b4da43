//! Every sample times a factor.

use std::fmt;

use super::scratch::Scratch;
use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;

/// Audio multiplied by a factor; from [`Source::gain`].
pub struct Gain<S> {
    source: S,
    factor: f64,
    clipped: u64,
    scratch: Scratch,
}

impl<S: Source> Gain<S> {
    pub(crate) fn new(source: S, factor: f64) -> Self {
        assert!(factor.is_finite(), "factor ({factor}) must be finite");
        let scratch = Scratch::new(source.spec().channels());
        Gain { source, factor, clipped: 0, scratch }
    }

    /// Whether samples come as the source gives them. Only floats: integers keep their values anyhow, and what a source computes may have
    /// to be saturated here, which is counted.
    fn leaves_alone<T: Sample>(&self) -> bool {
        T::IS_FLOAT && self.factor == 1.0
    }

    /// Returns the number of samples read so far that had to be saturated; none when floats are read.
    #[must_use]
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// Returns the source.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }
}

impl<S: Source> Source for Gain<S> {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        if self.leaves_alone::<T>() {
            return self.source.read_interleaved(out);
        }
        let channels = self.source.spec().channels();
        let (factor, mut clipped) = (self.factor, 0);
        // The values that round to the ends of an integer type; every other one beyond is clipped.
        let (low, high) = (-T::FULL_SCALE - 0.5, T::FULL_SCALE - 0.5);
        let read = self.scratch.fill(&mut self.source, out, channels, |samples: &mut [f64], out| {
            for (out, &mut sample) in out.iter_mut().zip(samples) {
                let value = sample * factor;
                let steps = value * T::FULL_SCALE;
                clipped += u64::from(!T::IS_FLOAT && (steps < low || steps >= high));
                *out = T::from_f64_scale(value);
            }
        })?;
        self.clipped += clipped;
        Ok(read)
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        if self.leaves_alone::<T>() { self.source.ready_to_lend::<T>(frames) } else { Ok(None) }
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        self.source.lend(frames)
    }

    frame_for_frame!();
}

impl<S: fmt::Debug> fmt::Debug for Gain<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Gain { source, factor, clipped, .. } = self;
        f.debug_struct("Gain")
            .field("source", source)
            .field("factor", factor)
            .field("clipped", clipped)
            .finish_non_exhaustive()
    }
}
