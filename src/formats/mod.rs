//! File formats: each a source of audio, or a sink for it.

mod excerpt;
pub(crate) mod file_identity;
#[cfg(any(feature = "media", feature = "flac"))]
mod flac;
mod hound;
mod media;
mod open;
mod sequence;
pub(crate) mod wav;

pub use excerpt::{read_mono, read_seconds};
#[cfg(feature = "flac")]
pub use flac::FlacWriter;
pub use hound::HoundSource;
#[cfg(any(feature = "media", feature = "flac"))]
pub use media::MediaReader;
pub use open::{open, read};
#[cfg(feature = "time")]
pub use sequence::Gap;
pub use sequence::{Sequence, SequenceFile};
pub use wav::{Chunk, Container, Limits, ReadOptions, Replace, WavReader, WavView, WavWriter, WriteOptions, write};
