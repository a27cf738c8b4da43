//! One file of an archive.

use serde::{Deserialize, Serialize};

/// A file as the listing of its directory or bucket has it: nothing of it has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordingFile {
    /// The path or URL that opens it.
    pub(crate) path: String,
    /// Bytes.
    pub(crate) size: u64,
    /// What changes when the file does: the time of its last change in nanoseconds, or the object's ETag.
    pub(crate) version: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) deployment: Option<String>,
}
