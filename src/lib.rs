#![doc = include_str!("../README.md")]
// Which feature an item needs stands beside it on docs.rs, which builds with a nightly compiler.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
#[cfg(any(feature = "spectrum", feature = "resample"))]
mod fft;
mod formats;
pub mod metadata;
mod ops;
#[cfg(feature = "rayon")]
pub mod parallel;
mod pcm;
mod spec;
mod stream;

pub use error::{Anomaly, Error, ErrorKind, FormatError, Result, Severity, Unsupported};
#[cfg(feature = "flac")]
pub use formats::FlacWriter;
#[cfg(feature = "time")]
pub use formats::Gap;
#[cfg(any(feature = "media", feature = "flac"))]
pub use formats::MediaReader;
pub use formats::{
    Chunk, Container, HoundSource, Limits, ReadOptions, Replace, Sequence, SequenceFile, WavReader, WavView, WavWriter,
    WriteOptions, open, read, read_mono, read_seconds, write,
};
pub use ops::filter::{self, Sos};
pub use ops::levels::{self, Levels};
#[cfg(feature = "loudness")]
pub use ops::loudness::{self, Loudness};
#[cfg(feature = "resample")]
pub use ops::resample;
#[cfg(feature = "spectrum")]
pub use ops::spectrum::bands::FilterBank;
#[cfg(feature = "spectrum")]
pub use ops::spectrum::{self, Average, Csd, Detrend, Ltsa, LtsaRow, Psd, Scaling, Spectrum, Taper};
pub use ops::{channels, compat, curves, db, dither, fade, gain, histogram, normalize, segments};
pub use pcm::{FrameDimension, Sample, Samples, SamplesMut, convert, convert_into, frombuffer, frombuffer_mut};
pub use spec::{Encoding, MAX_CHANNELS, SampleType, Spec};
pub use stream::{
    ArraySource, BlockSource, Blocks, DynSink, DynSource, OwnedBlocks, OwnedWindows, Padding, Progress, Sink, Source,
    Windows, process, process_with_progress, stages,
};

#[cfg(feature = "time")]
pub use jiff;
pub use {hound, ndarray};

/// Recipes, each beside the Python that it replaces.
///
/// All features are on here; a recipe says which one it needs.
#[cfg(all(
    any(doc, doctest),
    feature = "flac",
    feature = "loudness",
    feature = "media",
    feature = "rayon",
    feature = "resample",
    feature = "serde",
    feature = "spectrum",
    feature = "time"
))]
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}
