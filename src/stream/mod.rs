//! Numbers → blocks and windows: sources of audio, lending iteration over them, and adapters.
//!
//! Nothing here knows of file formats.

mod array_source;
mod block_source;
mod blocks;
pub(crate) mod buffer;
pub(crate) mod common_encoding;
mod dyn_sink;
mod dyn_source;
mod process;
pub(crate) mod sink;
pub(crate) mod source;
pub mod stages;
pub(crate) mod stored;
#[cfg(test)]
mod tests;
mod windows;

pub use array_source::ArraySource;
pub use block_source::BlockSource;
pub use blocks::{Blocks, OwnedBlocks};
pub use dyn_sink::DynSink;
pub use dyn_source::DynSource;
pub use process::{Progress, process, process_with_progress};
pub use sink::Sink;
pub use source::Source;
pub use windows::{OwnedWindows, Padding, Windows};
