//! File ⇄ bytes: containers, chunks and headers.
//!
//! Nothing here does arithmetic on samples.

mod anomaly;
mod chunk;
mod container;
mod fmt;
mod input;
mod reader;
mod view;
mod walk;

pub use anomaly::Anomaly;
pub use chunk::Chunk;
pub use container::Container;
pub use reader::WavReader;
pub use view::WavView;
