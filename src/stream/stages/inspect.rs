//! The same audio, shown to a closure on the way.

use std::fmt;

use ndarray::ArrayView2;

use super::scratch::Scratch;
use crate::error::Result;
use crate::pcm::{Sample, view};
use crate::spec::Spec;
use crate::stream::Source;

/// Audio that a closure sees as it is read; from [`Source::inspect`].
pub struct Inspect<S, F> {
    source: S,
    closure: F,
    scratch: Vec<f64>,
}

impl<S: Source, F: FnMut(ArrayView2<'_, f64>)> Inspect<S, F> {
    pub(crate) fn new(source: S, closure: F) -> Self {
        let scratch = vec![0.0; Scratch::samples(source.spec().channels())];
        Inspect { source, closure, scratch }
    }

    /// Returns the source and the closure.
    #[must_use]
    pub fn into_inner(self) -> (S, F) {
        (self.source, self.closure)
    }
}

impl<S: Source, F: FnMut(ArrayView2<'_, f64>)> Source for Inspect<S, F> {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.source.spec().channels();
        let read = self.source.read_interleaved(out)?;
        for piece in out[..read * channels].chunks(self.scratch.len()) {
            let values = &mut self.scratch[..piece.len()];
            values.iter_mut().zip(piece).for_each(|(value, sample)| *value = sample.to_f64_scale());
            (self.closure)(view(values, piece.len() / channels, channels));
        }
        Ok(read)
    }

    frame_for_frame!();
}

impl<S: fmt::Debug, F> fmt::Debug for Inspect<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspect").field("source", &self.source).finish_non_exhaustive()
    }
}
