//! Where recordings lie.

mod local;
mod pattern;
mod recording_file;
mod remote;

use datafusion::common::{Result, plan_err};

pub(crate) use recording_file::RecordingFile;

/// What the names of recordings end in, where a whole directory is meant.
const EXTENSIONS: [&str; 16] = [
    "wav", "wave", "rf64", "bw64", "bwf", "w64", "flac", "aif", "aiff", "aifc", "caf", "ogg", "oga", "mp3", "m4a",
    "mka",
];

/// Lists the recordings of a location in the order of their paths, without opening any.
pub(crate) fn list(location: &str) -> Result<Vec<RecordingFile>> {
    let mut files = match location.split_once("://") {
        Some(("file", path)) => local::list(path)?,
        Some(_) => remote::list(location)?,
        None => local::list(location)?,
    };
    if files.is_empty() {
        return plan_err!(
            "no recordings at '{location}': a location is a file, a directory, a pattern such as 'data/{{site}}/**/*.wav', or a URL"
        );
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Whether a path is that of audio by its name.
fn is_audio(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
