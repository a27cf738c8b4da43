//! All channels as one.

use std::fmt;

use super::scratch::Scratch;
use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;

/// The mean of all channels; from [`Source::mono`].
pub struct Mono<S> {
    source: S,
    spec: Spec,
    scratch: Scratch,
}

impl<S: Source> Mono<S> {
    pub(crate) fn new(source: S) -> Self {
        let spec = source.spec().with_channels(1);
        let scratch = Scratch::new(source.spec().channels());
        Mono { source, spec, scratch }
    }

    /// Returns the source.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }
}

impl<S: Source> Source for Mono<S> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.source.spec().channels();
        if channels == 1 {
            return self.source.read_interleaved(out);
        }
        self.scratch.fill(&mut self.source, out, 1, |frames: &mut [f64], out| match channels {
            2 => means::<T, 2>(frames, out),
            _ => {
                for (out, frame) in out.iter_mut().zip(frames.chunks_exact(channels)) {
                    *out = T::from_f64_scale(frame.iter().sum::<f64>() / channels as f64);
                }
            }
        })
    }

    frame_for_frame!();
}

/// The number of terms known, the loop unrolls and vectorizes.
fn means<T: Sample, const CHANNELS: usize>(samples: &[f64], out: &mut [T]) {
    let (frames, _) = samples.as_chunks::<CHANNELS>();
    for (out, frame) in out.iter_mut().zip(frames) {
        *out = T::from_f64_scale(frame.iter().sum::<f64>() / CHANNELS as f64);
    }
}

impl<S: fmt::Debug> fmt::Debug for Mono<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mono").field("source", &self.source).finish_non_exhaustive()
    }
}
