//! Files, and what WAVE files there are in directories.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shared::Failure;

/// The files given and those in the directories given, in order; and what could not be looked into.
pub(crate) fn files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Failure>) {
    let (mut files, mut failures) = (Vec::new(), Vec::new());
    for path in paths {
        // What was named is measured, whatever its name ends in.
        if path.is_dir() { search(path, &mut files, &mut failures) } else { files.push(path.clone()) }
    }
    (files, failures)
}

/// Goes through a tree. Links to directories are not followed, since they could lead round in circles.
fn search(directory: &Path, files: &mut Vec<PathBuf>, failures: &mut Vec<Failure>) {
    // Not by recursion: a tree may be deeper than the stack.
    let mut left = vec![directory.to_path_buf()];
    while let Some(directory) = left.pop() {
        let entries = fs::read_dir(&directory).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                failures.push(Failure::io(&directory, error));
                continue;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut below = Vec::new();
        for entry in entries {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                below.push(path);
            } else if is_wave(&path) && !path.is_dir() {
                files.push(path);
            }
        }
        left.extend(below.into_iter().rev());
    }
}

fn is_wave(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("wav" | "wave" | "w64" | "rf64" | "bw64"))
}
