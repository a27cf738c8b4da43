//! Which files are meant: those that were named, that patterns match, and that directories hold.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::terminal::shown;

/// Names of recordings in directories.
const EXTENSIONS: [&str; 15] =
    ["wav", "wave", "w64", "rf64", "bw64", "flac", "ogg", "oga", "mp3", "m4a", "aif", "aiff", "aifc", "caf", "mka"];

/// The files that were named, those that patterns match, and the recordings in directories, in order; and what could not be looked into.
pub(crate) fn expand(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Failure>) {
    let (mut files, mut failures) = (Vec::new(), Vec::new());
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        failures.push(Failure::new("standard input can be read once only").advise("name - once"));
        return (files, failures);
    }
    for path in paths {
        if path.is_dir() {
            search(path, &mut files, &mut failures);
        } else if let Some(pattern) = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists()) {
            let before = files.len();
            let matched = glob::glob(pattern).map(|paths| paths.filter_map(Result::ok).collect::<Vec<_>>());
            for path in matched.unwrap_or_default() {
                if path.is_dir() {
                    search(&path, &mut files, &mut failures);
                } else if !may_wait(&path) {
                    files.push(path);
                }
            }
            if files.len() == before {
                failures.push(Failure::new(format!("no file matches {}", shown(path))).advise("check the pattern"));
            }
        } else {
            // What was named is read, whatever its name ends in.
            files.push(path.clone());
        }
    }
    (files, failures)
}

/// Whether opening a file could wait for ever: a pipe, a device. Those are read where they are named, but not where they are found. What cannot
/// be looked at is for whoever opens it to report.
fn may_wait(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
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
            } else if is_recording(&path) && !may_wait(&path) {
                files.push(path);
            }
        }
        left.extend(below.into_iter().rev());
    }
}

fn is_recording(path: &Path) -> bool {
    // macOS leaves `._take.wav` beside files on foreign disks: not audio.
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    !hidden && extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}
