//! The WAV family: RIFF, RIFX, RF64, BW64 and Wave64.
//!
//! `riff` knows bytes only; the files here put samples into them and take samples out.

mod append;
mod attributes;
mod copy_metadata;
mod create;
mod options;
mod reader;
mod refuse_same;
mod replace;
mod riff;
mod view;
mod writer;

pub use create::write;
pub use options::WriteOptions;
pub use reader::WavReader;
pub use refuse_same::refuse_same;
pub use replace::Replace;
pub use riff::{Chunk, Container};
pub use view::WavView;
pub use writer::WavWriter;
