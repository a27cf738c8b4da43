//! No output is an input, by whatever name it goes.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::terminal::shown;

/// What makes two names lead to one file: device and inode.
#[cfg(unix)]
type Identity = (u64, u64);
/// What makes two names lead to one file: the path without links.
#[cfg(not(unix))]
type Identity = PathBuf;

/// Everything that a command reads. Each of its outputs is compared with all of it.
#[derive(Debug, Default)]
pub(crate) struct Inputs(HashMap<Identity, PathBuf>);

impl Inputs {
    /// Looks at the files; `-` is standard input. One that is not there is refused where it is opened.
    pub(crate) fn new<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        let known = |path: &PathBuf| Some((identity(path, standard_input)?, path.clone()));
        Inputs(paths.into_iter().filter_map(known).collect())
    }

    /// Refuses an output that is one of the inputs; `-` is standard output. An output that is not there yet is none.
    pub(crate) fn refuse(&self, output: &Path) -> Outcome {
        let Some(input) = identity(output, standard_output).and_then(|identity| self.0.get(&identity)) else {
            return Ok(());
        };
        let which = match input {
            input if input == output => "an input".to_owned(),
            input if input == Path::new("-") => "the file on standard input".to_owned(),
            input => format!("the input {}", shown(input)),
        };
        let output = if output == Path::new("-") { "standard output".to_owned() } else { shown(output) };
        Err(Failure::new(format!("{output}: is {which}; an output must be another file"))
            .advise("name another output, and move it over the input when you are content with it"))
    }
}

/// Refuses an output in a file that standard output leads to as well, for commands that print results there: they would be lost where the file
/// is replaced.
pub(crate) fn refuse_printed(output: &Path) -> Outcome {
    let printed = identity(Path::new("-"), standard_output);
    if printed.is_none() || printed != identity(output, standard_output) {
        return Ok(());
    }
    Err(Failure::new(format!("{}: standard output leads there too", shown(output)))
        .advise("redirect standard output to another file"))
}

/// Of a regular file only: one terminal or one pipe may be read and written.
fn identity(path: &Path, stream: impl Fn() -> Option<Metadata>) -> Option<Identity> {
    let found = if path == Path::new("-") { stream() } else { fs::metadata(path).ok() };
    found.filter(Metadata::is_file).and_then(|found| identity_of(path, &found))
}

#[cfg(unix)]
fn identity_of(_path: &Path, found: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity_of(path: &Path, _found: &Metadata) -> Option<Identity> {
    fs::canonicalize(path).ok()
}

fn standard_input() -> Option<Metadata> {
    #[cfg(unix)]
    return of_stream(std::io::stdin());
    #[cfg(not(unix))]
    None
}

fn standard_output() -> Option<Metadata> {
    #[cfg(unix)]
    return of_stream(std::io::stdout());
    #[cfg(not(unix))]
    None
}

/// Of what a stream of this process leads to, whatever its name is now.
#[cfg(unix)]
fn of_stream(stream: impl std::os::fd::AsFd) -> Option<Metadata> {
    let file = fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
    file.metadata().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_writes_onto_an_input() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (path, other) = (folder.join("take.wav"), folder.join("other.wav"));
        fs::write(&path, "").unwrap();
        fs::write(&other, "").unwrap();
        let inputs = Inputs::new([&folder.join("missing.wav"), &path]);
        inputs.refuse(&other).unwrap();
        inputs.refuse(&folder.join("new.wav")).unwrap();
        inputs.refuse(&folder.join("missing.wav")).unwrap();
        let hidden = folder.join(".").join("..").join(folder.file_name().unwrap()).join("take.wav");
        for same in [&path, &hidden] {
            assert!(inputs.refuse(same).is_err());
        }
        #[cfg(unix)]
        {
            let (soft, hard) = (folder.join("link.wav"), folder.join("hard.wav"));
            std::os::unix::fs::symlink("take.wav", &soft).unwrap();
            fs::hard_link(&path, &hard).unwrap();
            let said = inputs.refuse(&soft).unwrap_err().to_string();
            assert!(said.contains("link.wav: is the input ") && said.contains("take.wav"), "{said}");
            assert!(inputs.refuse(&hard).is_err());
            assert!(Inputs::new([&soft]).refuse(&path).is_err());
            let null = PathBuf::from("/dev/null");
            Inputs::new([&null]).refuse(&null).unwrap();
        }
    }
}
