//! File formats: each a source of audio, or a sink for it.

mod hound;
mod open;
mod sequence;
pub(crate) mod wav;

pub use hound::HoundSource;
pub use open::read;
#[cfg(feature = "time")]
pub use sequence::Gap;
pub use sequence::{Sequence, SequenceFile};
pub use wav::{Chunk, Container, Replace, WavReader, WavView, WavWriter, WriteOptions, refuse_same, write};
