#![doc = include_str!("../README.md")]

mod error;
mod ops;
mod pcm;
mod spec;
mod stream;
mod wav;

pub use error::{Error, FormatError, Result, Unsupported};
pub use ops::levels::{self, Levels};
#[cfg(feature = "rayon")]
pub use ops::parallel;
pub use ops::{channels, curves, db, dither, fade, gain, histogram, normalize, segments};
pub use pcm::{Sample, frombuffer, frombuffer_mut};
pub use spec::{Encoding, MAX_CHANNELS, Spec};
pub use stream::{
    ArraySource, Blocks, HoundSource, OwnedBlocks, OwnedWindows, Padding, Progress, Sequence, Sink, Source, Windows,
    process, process_with_progress, read, write,
};
pub use wav::metadata;
pub use wav::{Anomaly, Chunk, Container, Replace, WavReader, WavView, WavWriter, WriteOptions, refuse_same};

pub use {hound, ndarray};

/// Compiles and runs the recipes; those of optional features do not say so, so it takes them all.
#[cfg(all(doctest, feature = "rayon", feature = "serde"))]
#[doc = include_str!("../docs/cookbook.md")]
struct Cookbook;
