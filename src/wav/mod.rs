//! File ⇄ bytes: containers, chunks and headers.
//!
//! Nothing here does arithmetic on samples.

mod anomaly;
mod append;
mod carry;
mod chunk;
mod container;
mod fmt;
mod header;
mod input;
pub mod metadata;
mod options;
mod reader;
mod replace;
mod sink;
mod view;
mod walk;
mod write_fmt;
mod writer;

pub use anomaly::Anomaly;
pub(crate) use anomaly::Description;
pub use chunk::Chunk;
pub use container::Container;
pub use options::WriteOptions;
pub use reader::WavReader;
pub use replace::{Replace, refuse_same};
pub use view::WavView;
pub use writer::WavWriter;
