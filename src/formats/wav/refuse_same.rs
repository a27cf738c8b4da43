//! Whether two paths lead to one file.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Refuses if both paths mean the same file, by whatever names and links.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if they do, [`ErrorKind::Io`](crate::ErrorKind::Io) if the input cannot be looked at. An output that is not there yet is no
/// error.
///
/// # Examples
/// ```
/// # std::env::set_current_dir(env!("CARGO_MANIFEST_DIR"))?;
/// assert!(ndaudio::refuse_same("Cargo.toml", "./src/../Cargo.toml").is_err());
/// assert!(ndaudio::refuse_same("Cargo.toml", "out.wav").is_ok());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn refuse_same(input: impl AsRef<Path>, output: impl AsRef<Path>) -> Result<()> {
    let (input, output) = (input.as_ref(), output.as_ref());
    match same_file(input, output) {
        Ok(false) => Ok(()),
        Ok(true) => {
            let message = format!("{} is the input; the output must be another file", output.display());
            Err(Error::invalid("the output", message))
        }
        Err(error) => Err(Error::from(error).with_path(input)),
    }
}

fn same_file(input: &Path, output: &Path) -> io::Result<bool> {
    let of_input = fs::metadata(input)?;
    let Ok(of_output) = fs::metadata(output) else { return Ok(false) };
    // One terminal or one pipe may be read and written.
    if !of_input.is_file() || !of_output.is_file() {
        return Ok(false);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if (of_input.dev(), of_input.ino()) == (of_output.dev(), of_output.ino()) {
            return Ok(true);
        }
    }
    Ok(fs::canonicalize(input)? == fs::canonicalize(output)?)
}
