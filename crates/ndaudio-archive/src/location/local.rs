//! Recordings in directories.

use std::path::Path;
use std::time::UNIX_EPOCH;

use datafusion::common::{DataFusionError, Result, plan_datafusion_err};

use super::is_audio;
use super::pattern::{Pattern, is_pattern};
use super::recording_file::RecordingFile;

/// Lists the recordings of a file, a directory or a pattern.
pub(super) fn list(location: &str) -> Result<Vec<RecordingFile>> {
    let pattern = Pattern::new(location)?;
    let mut files = Vec::new();
    // A file whose own name looks like a pattern is still that file.
    if !is_pattern(location) || Path::new(location).exists() {
        let path = Path::new(location);
        let found = std::fs::metadata(path).map_err(|error| failed(location, &error))?;
        if found.is_dir() {
            walk(path, &|name| is_audio(name), &Pattern::new("")?, &mut files)?;
        } else {
            files.push(entry(location, &found, &Pattern::new("")?));
        }
    } else {
        let base = Pattern::base(location);
        let start = Path::new(if base.is_empty() { "." } else { base });
        std::fs::metadata(start).map_err(|error| failed(&start.display().to_string(), &error))?;
        walk(start, &|path| pattern.matches(path.strip_prefix("./").unwrap_or(path)), &pattern, &mut files)?;
        if base.is_empty() {
            files.iter_mut().for_each(|file| {
                if let Some(path) = file.path.strip_prefix("./") {
                    file.path = path.to_owned();
                }
            });
        }
    }
    Ok(files)
}

/// Looks into a directory and those in it. Hidden files (the `._` files of macOS among them) are not recordings.
fn walk(
    directory: &Path,
    wanted: &dyn Fn(&str) -> bool,
    pattern: &Pattern,
    files: &mut Vec<RecordingFile>,
) -> Result<()> {
    let name = directory.display().to_string();
    for item in std::fs::read_dir(directory).map_err(|error| failed(&name, &error))? {
        let item = item.map_err(|error| failed(&name, &error))?;
        if item.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = item.path();
        let Some(text) = path.to_str() else {
            return Err(plan_datafusion_err!("{} is not a path in UTF-8, which a table can hold", path.display()));
        };
        // Follows links; one that leads nowhere is listed, so that it shows among the errors.
        let found = std::fs::metadata(&path).or_else(|_| item.metadata()).map_err(|error| failed(text, &error))?;
        if found.is_dir() {
            let link = item.file_type().is_ok_and(|kind| kind.is_symlink());
            if !(link && leads_upwards(&path, directory)) {
                walk(&path, wanted, pattern, files)?;
            }
        } else if wanted(text) && (found.is_file() || found.is_symlink()) {
            files.push(entry(text, &found, pattern));
        }
    }
    Ok(())
}

/// Whether a link leads to a directory that it lies in, so that following it would never end.
fn leads_upwards(link: &Path, directory: &Path) -> bool {
    match (link.canonicalize(), directory.canonicalize()) {
        (Ok(target), Ok(directory)) => directory.starts_with(target),
        _ => true,
    }
}

fn entry(path: &str, found: &std::fs::Metadata, pattern: &Pattern) -> RecordingFile {
    let changed = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let names = pattern.names(path.strip_prefix("./").unwrap_or(path));
    RecordingFile {
        path: path.to_owned(),
        size: found.len(),
        version: changed.map(|time| time.as_nanos().to_string()),
        site: names.site,
        deployment: names.deployment,
    }
}

fn failed(path: &str, error: &std::io::Error) -> DataFusionError {
    plan_datafusion_err!("the location {path} cannot be read: {error}")
}
