//! Whether a path still leads to the file that it led to before.

use std::fs::Metadata;
use std::time::SystemTime;

/// Identifies a file and the state that its content is in: another file in its place has another number, one that was written to another
/// length or time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileIdentity {
    len: u64,
    modified: Option<SystemTime>,
    /// Device and number of the file, where the system has them.
    inode: Option<(u64, u64)>,
}

impl FileIdentity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt;
            Some((metadata.dev(), metadata.ino()))
        };
        #[cfg(not(unix))]
        let inode = None;
        FileIdentity { len: metadata.len(), modified: metadata.modified().ok(), inode }
    }
}
