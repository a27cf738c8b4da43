//! Filtered audio.

use std::fmt;

use super::computed;
use super::filter::{Filter, RunningFilter};
use super::scratch::Scratch;
use crate::error::{Anomaly, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;

/// A source through a filter; from [`Source::filter`].
pub struct Filtered<S, R> {
    source: S,
    spec: Spec,
    running: R,
    scratch: Scratch,
}

impl<S: Source, R: RunningFilter> Filtered<S, R> {
    pub(crate) fn new(source: S, filter: &impl Filter<Running = R>) -> Self {
        let channels = source.spec().channels();
        let spec = computed(source.spec());
        Filtered { source, spec, running: filter.start(channels), scratch: Scratch::new(channels) }
    }

    /// Returns the source and the filter at work.
    #[must_use]
    pub fn into_inner(self) -> (S, R) {
        (self.source, self.running)
    }
}

impl<S: Source, R: RunningFilter> Source for Filtered<S, R> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec.channels();
        let running = &mut self.running;
        self.scratch.fill(&mut self.source, out, channels, |samples: &mut [f64], out| {
            running.run(samples);
            out.iter_mut().zip(samples).for_each(|(out, &mut value)| *out = T::from_f64_scale(value));
        })
    }

    fn frames(&self) -> Option<u64> {
        self.source.frames()
    }

    fn position(&self) -> u64 {
        self.source.position()
    }

    /// Goes to a frame: the filter begins at rest so far before it that what it has not seen no longer matters, and reads up to it.
    fn seek(&mut self, frame: u64) -> Result<()> {
        if self.source.position() == frame {
            // Nothing was missed.
            return self.source.seek(frame);
        }
        let from = self.running.memory().map_or(0, |memory| frame.saturating_sub(memory));
        // To the frame itself first: whether it exists must be known before anything changes.
        self.source.seek(frame)?;
        self.source.seek(from)?;
        self.running.reset();
        let mut left = frame - from;
        let channels = self.spec.channels();
        let mut dropped = vec![0.0_f64; Scratch::samples(channels)];
        while left > 0 {
            let step = left.min((dropped.len() / channels) as u64);
            let wanted = usize::try_from(step).unwrap_or(1);
            let read = self.read_interleaved(&mut dropped[..wanted * channels])?;
            if read < wanted {
                break;
            }
            left -= step;
        }
        Ok(())
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.source.anomalies()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        self.source.metadata()
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Filtered<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filtered").field("source", &self.source).field("spec", &self.spec).finish_non_exhaustive()
    }
}
