//! Sinks of a type known at run time only.

use ndarray::{ArrayRef, Ix2};

use super::sink::{Sink, assert_channels};
use super::source::whole_frames;
use crate::error::Result;
use crate::pcm::{Sample, Samples, view};
use crate::spec::Spec;

/// The form of [`Sink`] that can be boxed: `Box<dyn DynSink>` holds any sink, and is a [`Sink`] again.
///
/// Every `Sink` that is `Send` is a `DynSink`; there is nothing to implement. The methods here are for the box to call; call those of
/// `Sink` on it instead. The indirection costs one call a block; blocks that are not in standard layout are copied into it first.
///
/// # Examples
/// ```
/// use ndaudio::{DynSink, Encoding, Sink, Spec, WavWriter, ndarray::array};
///
/// let spec = Spec::new(48_000, 1, Encoding::I16);
/// let mut sink: Box<dyn DynSink> = Box::new(WavWriter::new(std::io::Cursor::new(Vec::new()), &spec)?);
/// sink.write_block(&array![[0.5_f32], [-0.5]])?;
/// assert_eq!(sink.spec().channels(), 1);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub trait DynSink: Send {
    /// As [`Sink::spec`].
    fn dyn_spec(&self) -> &Spec;

    /// As [`Sink::write_block`], of interleaved frames.
    ///
    /// # Errors
    /// As [`Sink::write_block`].
    ///
    /// # Panics
    /// Unless the number of samples is a multiple of the channels.
    #[track_caller]
    fn dyn_write(&mut self, samples: Samples<'_>) -> Result<()>;
}

impl<S: Sink + Send> DynSink for S {
    fn dyn_spec(&self) -> &Spec {
        self.spec()
    }

    fn dyn_write(&mut self, samples: Samples<'_>) -> Result<()> {
        fn write<S: Sink, T: Sample>(sink: &mut S, samples: &[T]) -> Result<()> {
            let channels = sink.spec().channels();
            sink.write_block(&view(samples, whole_frames(samples.len(), channels), channels))
        }
        match samples {
            Samples::I16(samples) => write(self, samples),
            Samples::I32(samples) => write(self, samples),
            Samples::F32(samples) => write(self, samples),
            Samples::F64(samples) => write(self, samples),
        }
    }
}

impl Sink for Box<dyn DynSink + '_> {
    fn spec(&self) -> &Spec {
        (**self).dyn_spec()
    }

    fn write_block<T: Sample>(&mut self, block: &ArrayRef<T, Ix2>) -> Result<()> {
        assert_channels(block.ncols(), self.spec().channels());
        match block.as_slice() {
            Some(samples) => (**self).dyn_write(samples.into()),
            // Strided: gathered first.
            None => {
                let samples: Vec<T> = block.iter().copied().collect();
                (**self).dyn_write(samples.as_slice().into())
            }
        }
    }
}

impl std::fmt::Debug for dyn DynSink + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynSink").field("spec", self.dyn_spec()).finish_non_exhaustive()
    }
}
