//! The WAV family: RIFF, RIFX, RF64, BW64 and Wave64.
//!
//! `riff` knows bytes only; the files here turn them into samples and back.

mod append;
mod attributes;
mod copy_frames;
mod copy_metadata;
mod create;
#[cfg(test)]
mod killed_anywhere;
mod open;
mod read_options;
mod reader;
mod replace;
mod riff;
mod stored_audio;
mod unfinished_file;
mod view;
mod write_options;
mod writer;

pub use create::write;
pub use read_options::ReadOptions;
pub use reader::WavReader;
#[cfg(all(test, feature = "rayon"))]
pub(crate) use reader::tests::long_silence;
pub use replace::Replace;
pub use riff::{Chunk, Container, Limits};
pub use view::WavView;
pub use write_options::WriteOptions;
pub use writer::WavWriter;
