//! Whatever audio can be written to.

use ndarray::{ArrayRef, Ix2};

use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;

/// Takes audio in order; the other end of a [`Source`](crate::Source).
///
/// A sink of a type known at run time is a `Box<dyn DynSink>`: see [`DynSink`](crate::DynSink).
pub trait Sink {
    /// The sample rate, channels and encoding that the sink writes.
    fn spec(&self) -> &Spec;

    /// Takes frames × channels, converted from any sample type. A one-dimensional array of mono audio becomes that by
    /// `mono.view().insert_axis(Axis(1))`.
    ///
    /// # Errors
    /// Whatever writing can meet.
    ///
    /// # Panics
    /// Unless `block.ncols() == self.spec().channels()`.
    #[track_caller]
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

/// Refuses a block that does not have the sink's channels as columns.
///
/// # Panics
/// Unless `columns == channels`.
#[track_caller]
pub(crate) fn assert_channels(columns: usize, channels: usize) {
    let hint = if columns == 1 { "mono needs a spec of one channel" } else { "frames × channels: is it transposed?" };
    assert!(
        columns == channels,
        "the block has {columns} column{}, but there must be one for each of the {channels} channel{} ({hint})",
        if columns == 1 { "" } else { "s" },
        if channels == 1 { "" } else { "s" }
    );
}
