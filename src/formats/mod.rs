//! File formats: each a source of audio, or a sink for it.

mod hound;
mod open;
pub(crate) mod wav;

pub use hound::HoundSource;
pub use open::read;
pub use wav::{
    Chunk, Container, Limits, ReadOptions, Replace, Sequence, WavReader, WavView, WavWriter, WriteOptions, refuse_same,
    write,
};
