//! Containers, chunks and headers as bytes.
//!
//! Nothing here does arithmetic on samples.

pub(super) mod chunk;
pub(super) mod container;
pub(super) mod fmt_chunk;
pub(super) mod header;
pub(super) mod input;
pub(super) mod output;
pub(super) mod walk;
pub(super) mod write_fmt;

pub use chunk::Chunk;
pub use container::Container;
