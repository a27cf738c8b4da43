//! Numbers → blocks and windows: sources of audio, lending iteration over them, and adapters.

mod array_source;
mod blocks;
mod buffer;
mod hound_source;
mod process;
mod sequence;
mod source;
mod wav_reader;
mod wav_view;
mod wav_writer;
mod windows;

pub use array_source::ArraySource;
pub use blocks::{Blocks, OwnedBlocks};
pub use hound_source::HoundSource;
pub use process::{Progress, Sink, process, process_with_progress};
pub use sequence::Sequence;
pub use source::Source;
pub use wav_reader::read;
pub use wav_writer::write;
pub use windows::{OwnedWindows, Padding, Windows};
