//! Whether two paths lead to one file.

use std::fs;
use std::io;
use std::path::Path;

use ndaudio::{Error, ErrorKind, Result};

/// Refuses if both paths mean the same file, by whatever names and links. An output that is not there yet is no error.
pub(crate) fn refuse_same(input: &Path, output: &Path) -> Result<()> {
    match same_file(input, output) {
        Ok(false) => Ok(()),
        Ok(true) => {
            let message = format!("{} is the input; the output must be another file", output.display());
            Err(Error::new(ErrorKind::InvalidArgument { name: "the output", message }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_writes_onto_the_input() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (path, other) = (folder.join("take.wav"), folder.join("other.wav"));
        fs::write(&path, "").unwrap();
        fs::write(&other, "").unwrap();
        refuse_same(&path, &other).unwrap();
        refuse_same(&path, &folder.join("new.wav")).unwrap();
        let hidden = folder.join(".").join("..").join(folder.file_name().unwrap()).join("take.wav");
        for same in [&path, &hidden] {
            assert!(matches!(
                refuse_same(&path, same).as_ref().map_err(Error::kind),
                Err(ErrorKind::InvalidArgument { name: "the output", .. })
            ));
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("take.wav", folder.join("link.wav")).unwrap();
            fs::hard_link(&path, folder.join("hard.wav")).unwrap();
            assert!(refuse_same(&path, &folder.join("link.wav")).is_err());
            assert!(refuse_same(&folder.join("link.wav"), &path).is_err());
            assert!(refuse_same(&path, &folder.join("hard.wav")).is_err());
            refuse_same(Path::new("/dev/null"), Path::new("/dev/null")).unwrap();
        }
        let missing = folder.join("missing.wav");
        assert_eq!(refuse_same(&missing, &path).unwrap_err().path(), Some(&*missing));
    }
}
