//! Sources of a type known at run time only.

use super::source::Source;
use crate::error::{Anomaly, Result};
use crate::metadata::Metadata;
use crate::pcm::{Sample, SamplesMut};
use crate::spec::{SampleType, Spec};

/// The form of [`Source`] that can be boxed: `Box<dyn DynSource>` holds any source, and is a [`Source`] again.
///
/// A `&mut dyn DynSource` is a `Source` as well. Every `Source` that is `Send` is a `DynSource`; there is nothing to implement. The methods here are for the box to call; call those of
/// `Source` on it instead. The indirection costs one call a block.
///
/// # Examples
/// ```
/// use ndaudio::{ArraySource, DynSource, Source, WavReader, ndarray::array};
///
/// fn source(path: Option<&str>) -> ndaudio::Result<Box<dyn DynSource>> {
///     Ok(match path {
///         Some(path) => Box::new(WavReader::open(path)?),
///         None => Box::new(ArraySource::new(array![[0.5_f32]], 48_000)),
///     })
/// }
///
/// let mut frames = 0;
/// for path in [None, Some("data/music.wav")] {
///     let mut source = source(path)?;
///     let mut blocks = source.blocks::<i16>(4096);
///     while let Some(block) = blocks.next()? {
///         frames += block.nrows();
///     }
/// }
/// assert_eq!(frames, 441_001);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub trait DynSource: Send {
    /// As [`Source::spec`].
    fn dyn_spec(&self) -> &Spec;

    /// As [`Source::read_interleaved`].
    ///
    /// # Errors
    /// As [`Source::read_interleaved`].
    fn dyn_read(&mut self, out: SamplesMut<'_>) -> Result<usize>;

    /// As [`Source::frames`].
    fn dyn_frames(&self) -> Option<u64>;

    /// As [`Source::position`].
    fn dyn_position(&self) -> u64;

    /// As [`Source::seek`].
    ///
    /// # Errors
    /// As [`Source::seek`].
    fn dyn_seek(&mut self, frame: u64) -> Result<()>;

    /// As [`Source::skip_frames`].
    ///
    /// # Errors
    /// As [`Source::skip_frames`].
    fn dyn_skip(&mut self, frames: u64) -> Result<u64>;

    /// As [`Source::anomalies`].
    fn dyn_anomalies(&self) -> &[Anomaly];

    /// As [`Source::metadata`].
    ///
    /// # Errors
    /// As [`Source::metadata`].
    fn dyn_metadata(&mut self) -> Result<Metadata>;

    #[doc(hidden)]
    fn dyn_fits_either_end(&self) -> bool;

    #[doc(hidden)]
    fn dyn_ready_to_lend(&mut self, sample_type: SampleType, frames: usize) -> Result<Option<usize>>;

    #[doc(hidden)]
    fn dyn_lend(&mut self, sample_type: SampleType, frames: usize) -> SamplesMut<'_>;
}

impl<S: Source + Send> DynSource for S {
    fn dyn_spec(&self) -> &Spec {
        self.spec()
    }

    fn dyn_read(&mut self, out: SamplesMut<'_>) -> Result<usize> {
        match out {
            SamplesMut::I16(out) => self.read_interleaved(out),
            SamplesMut::I32(out) => self.read_interleaved(out),
            SamplesMut::F32(out) => self.read_interleaved(out),
            SamplesMut::F64(out) => self.read_interleaved(out),
        }
    }

    fn dyn_frames(&self) -> Option<u64> {
        self.frames()
    }

    fn dyn_position(&self) -> u64 {
        self.position()
    }

    fn dyn_seek(&mut self, frame: u64) -> Result<()> {
        self.seek(frame)
    }

    fn dyn_skip(&mut self, frames: u64) -> Result<u64> {
        self.skip_frames(frames)
    }

    fn dyn_anomalies(&self) -> &[Anomaly] {
        self.anomalies()
    }

    fn dyn_metadata(&mut self) -> Result<Metadata> {
        self.metadata()
    }

    fn dyn_fits_either_end(&self) -> bool {
        self.fits_either_end()
    }

    fn dyn_ready_to_lend(&mut self, sample_type: SampleType, frames: usize) -> Result<Option<usize>> {
        match sample_type {
            SampleType::I16 => self.ready_to_lend::<i16>(frames),
            SampleType::I32 => self.ready_to_lend::<i32>(frames),
            SampleType::F32 => self.ready_to_lend::<f32>(frames),
            SampleType::F64 => self.ready_to_lend::<f64>(frames),
        }
    }

    fn dyn_lend(&mut self, sample_type: SampleType, frames: usize) -> SamplesMut<'_> {
        match sample_type {
            SampleType::I16 => SamplesMut::I16(self.lend(frames)),
            SampleType::I32 => SamplesMut::I32(self.lend(frames)),
            SampleType::F32 => SamplesMut::F32(self.lend(frames)),
            SampleType::F64 => SamplesMut::F64(self.lend(frames)),
        }
    }
}

/// A pointer to a `dyn DynSource` is a source: each method goes to its object-safe twin.
macro_rules! source_through {
    ($pointer:ty) => {
        impl Source for $pointer {
            fn spec(&self) -> &Spec {
                (**self).dyn_spec()
            }

            fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
                (**self).dyn_read(out.into())
            }

            fn frames(&self) -> Option<u64> {
                (**self).dyn_frames()
            }

            fn position(&self) -> u64 {
                (**self).dyn_position()
            }

            fn seek(&mut self, frame: u64) -> Result<()> {
                (**self).dyn_seek(frame)
            }

            fn skip_frames(&mut self, frames: u64) -> Result<u64> {
                (**self).dyn_skip(frames)
            }

            fn anomalies(&self) -> &[Anomaly] {
                (**self).dyn_anomalies()
            }

            fn metadata(&mut self) -> Result<Metadata> {
                (**self).dyn_metadata()
            }

            fn fits_either_end(&self) -> bool {
                (**self).dyn_fits_either_end()
            }

            fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
                (**self).dyn_ready_to_lend(T::TYPE, frames)
            }

            fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
                // The source lends the type it was asked for.
                (**self).dyn_lend(T::TYPE, frames).downcast().unwrap_or_default()
            }
        }
    };
}

source_through!(&mut (dyn DynSource + '_));
source_through!(Box<dyn DynSource + '_>);

impl std::fmt::Debug for dyn DynSource + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynSource")
            .field("spec", self.dyn_spec())
            .field("frames", &self.dyn_frames())
            .field("position", &self.dyn_position())
            .finish_non_exhaustive()
    }
}
