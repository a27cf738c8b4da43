//! Whatever audio can be written to.

use ndarray::{ArrayRef, Ix2};

use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;

/// Anything that takes audio in order; the other end of a [`Source`].
pub trait Sink {
    /// What the audio is to be.
    fn spec(&self) -> &Spec;

    /// Takes frames, converted from any sample type.
    ///
    /// # Errors
    /// Whatever writing can meet.
    ///
    /// # Panics
    /// Unless `block.ncols() == self.spec().channels()`.
    fn write_block<T: Sample>(&mut self, block: &ArrayRef<T, Ix2>) -> Result<()>;
}

impl<S: Sink> Sink for &mut S {
    fn spec(&self) -> &Spec {
        (**self).spec()
    }

    fn write_block<T: Sample>(&mut self, block: &ArrayRef<T, Ix2>) -> Result<()> {
        (**self).write_block(block)
    }
}
