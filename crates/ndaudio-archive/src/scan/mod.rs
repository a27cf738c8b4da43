//! Reading recordings, as a part of query plans.

mod header;
mod measure;
mod part;
mod pruning;
mod rows;
mod scan_exec;
mod scanner;
mod source;
mod spec;
mod welch;

pub use measure::block_frames;
pub(crate) use part::{Part, deal};
pub(crate) use pruning::Pruning;
pub(crate) use scan_exec::{ScanExec, as_scan};
pub(crate) use scanner::file_bounds;
pub(crate) use source::Recording;
pub(crate) use spec::ScanSpec;
