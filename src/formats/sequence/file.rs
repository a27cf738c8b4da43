//! One recording of a sequence.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::formats::file_identity::FileIdentity;
#[cfg(feature = "time")]
use crate::metadata::RecordingTime;

/// A file of a [`Sequence`](crate::Sequence), and its position in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFile {
    pub(super) path: PathBuf,
    /// Of a file as it was before its header was read; a pipe or a device has none, and is not the same a second time anyhow.
    pub(super) identity: Option<FileIdentity>,
    pub(super) first_frame: Option<u64>,
    pub(super) frames: Option<u64>,
    #[cfg(feature = "time")]
    pub(super) start_time: Option<RecordingTime>,
}

impl SequenceFile {
    /// The path that it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The frame of the sequence that is its first; `None` after a file of unknown length.
    #[must_use]
    pub fn first_frame(&self) -> Option<u64> {
        self.first_frame
    }

    /// Its frames, where known.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.frames
    }

    /// When it began, where its metadata or its name says so. Feature `time`.
    #[cfg(feature = "time")]
    #[must_use]
    pub fn start_time(&self) -> Option<RecordingTime> {
        self.start_time
    }
}

/// The identity of a file; `None` for a pipe or a device.
///
/// # Errors
/// If there is no file of that name.
pub(super) fn identity(path: &Path) -> io::Result<Option<FileIdentity>> {
    let metadata = fs::metadata(path)?;
    Ok(metadata.is_file().then(|| FileIdentity::of(&metadata)))
}
