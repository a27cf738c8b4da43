//! Writes beside a file and puts the new one in its place when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::options::WriteOptions;
use super::writer::WavWriter;
use crate::error::{Error, Result};

/// Symbolic links that are followed before giving up, as Linux does.
const LINKS_MAX: usize = 40;

/// A file in the making, beside the one that it will replace.
///
/// Everything is written to [`path`](Replace::path), a new file in the same directory; [`commit`](Replace::commit) moves it over the
/// target in one step. Until then, and for good if it is dropped before, the target stays as it was. The new file has the target's
/// permissions; symbolic links are followed to the file they mean. A process killed in between leaves a file that begins
/// with a dot and ends in `.tmp`.
///
/// A target that exists and is no regular file (a pipe, `/dev/stdout`) is written to directly.
///
/// # Examples
/// ```
/// use ndaudio::{Encoding, Replace, Spec, WriteOptions};
/// # let directory = std::env::temp_dir().join(format!("ndaudio-replace-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("take.wav");
///
/// std::fs::write(&path, "precious")?;
/// let replace = Replace::create(&path)?;
/// let mut writer = replace.writer(&WriteOptions::new(&Spec::new(48_000, 1, Encoding::I16)))?;
/// writer.write_interleaved(&[1_i16, 2, 3])?;
/// writer.finalize()?;
/// assert_eq!(std::fs::read(&path)?, b"precious");
/// replace.commit()?;
/// assert!(std::fs::read(&path)?.starts_with(b"RIFF"));
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug)]
pub struct Replace {
    /// As it was given, for messages.
    name: PathBuf,
    /// With links followed.
    target: PathBuf,
    /// `None` where the target itself is written to.
    temporary: Option<PathBuf>,
    /// Whether there is a file to be lost.
    replaces: bool,
}

impl Replace {
    /// Creates an empty file beside the target.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the target, also if it is there and may not be written to.
    pub fn create(target: impl AsRef<Path>) -> Result<Self> {
        let name = target.as_ref().to_path_buf();
        Replace::begin(&name).map_err(|error| Error::from(error).with_path(name))
    }

    fn begin(name: &Path) -> io::Result<Self> {
        // Before links are followed by name: that of `/dev/stdout` ends at `pipe:[123]`, which is no path.
        if fs::metadata(name).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let name = name.to_path_buf();
            return Ok(Replace { target: name.clone(), name, temporary: None, replaces: false });
        }
        let target = follow_links(name)?;
        let metadata = match fs::metadata(&target) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let name = name.to_path_buf();
        if metadata.is_some() {
            // A directory, and a file that may not be written to, refuse here; a rename would not ask.
            OpenOptions::new().write(true).open(&target)?;
        }
        let temporary = create_beside(&target)?;
        let replace = Replace { name, target, temporary: Some(temporary), replaces: metadata.is_some() };
        if let Some(metadata) = metadata {
            fs::set_permissions(replace.path(), metadata.permissions())?;
        }
        Ok(replace)
    }

    /// Where to write until [`commit`](Replace::commit).
    #[must_use]
    pub fn path(&self) -> &Path {
        self.temporary.as_deref().unwrap_or(&self.target)
    }

    /// A writer to [`path`](Replace::path) whose errors name the target.
    ///
    /// # Errors
    /// As [`WriteOptions::create`].
    pub fn writer(&self, options: &WriteOptions) -> Result<WavWriter<File>> {
        options.create_as(self.path(), &self.name)
    }

    /// Puts the new file in the target's place. Where it replaces another one, only after the disk itself has all of it, so that even a
    /// power cut leaves the one or the other.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the target, which is then as it was, unless only its directory could not be brought to the disk.
    pub fn commit(mut self) -> Result<()> {
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        let moved = self.put_in_place(&temporary);
        if moved.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        moved.map_err(|error| Error::from(error).with_path(&self.name))
    }

    fn put_in_place(&self, temporary: &Path) -> io::Result<()> {
        if self.replaces {
            OpenOptions::new().write(true).open(temporary)?.sync_all()?;
        }
        fs::rename(temporary, &self.target)?;
        if self.replaces && cfg!(unix) {
            File::open(directory_of(&self.target))?.sync_all()?;
        }
        Ok(())
    }
}

/// Removes the new file; the target stays as it was.
impl Drop for Replace {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

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
            let given = output.display().to_string();
            Err(Error::must_be("the output", given, "another file than the input"))
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

/// The file that a path means, which need not be there: the last name of a chain of links.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            // A relative link counts from the directory that it is in.
            Ok(link) => path = directory_of(&path).join(link),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A new file in the same directory, of a name that nobody else has.
fn create_beside(target: &Path) -> io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = target.file_name().ok_or(ErrorKind::IsADirectory)?;
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut beside = std::ffi::OsString::from(".");
        // Names may be 255 bytes long; of a longer one the beginning is enough.
        beside.push(name.to_string_lossy().chars().take(40).collect::<String>());
        beside.push(format!(".{}-{count}.tmp", std::process::id()));
        let path = directory_of(target).join(beside);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            // Left by a process that had our number before.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}
