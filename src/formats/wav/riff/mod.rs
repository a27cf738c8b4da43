//! Containers, chunks and headers as bytes.
//!
//! Nothing here does arithmetic on samples.

pub(super) mod audio_size;
pub(super) mod boundary;
pub(super) mod chunk;
pub(super) mod container;
pub(in crate::formats::wav) mod dependent;
pub(super) mod fmt_chunk;
mod guid;
pub(super) mod header;
pub(super) mod input;
pub(super) mod layout;
pub(super) mod limits;
pub(super) mod look;
pub(super) mod output;
pub(super) mod stage;
pub(super) mod walk;

pub use chunk::Chunk;
pub use container::Container;
pub use limits::Limits;
