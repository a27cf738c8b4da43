//! Writes a new file next to an old one and puts it in the old one's place once it is complete.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Seek};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::attributes::Attributes;
use super::write_options::WriteOptions;
use super::writer::WavWriter;
use crate::error::{Error, Result};

/// Symbolic links that are followed before giving up, as Linux does.
const LINKS_MAX: usize = 40;

/// A new file that is being written next to the one it will replace.
///
/// Everything goes to a temporary file in the target's directory; [`commit`](Replace::commit) moves it over the target in one step.
/// Until then the target stays as it was, and if the `Replace` is dropped first it stays so. A process that is killed in between
/// leaves a file whose name begins with a dot and ends in `.tmp`.
///
/// **Kept** from a file that is replaced: its permissions; its owner and group, where the system lets this process set them; and on Unix
/// its access control list and the extended attributes in the `user` namespace, where the file system has them. A list that the directory
/// gives to new files is not for this one. If the owner or the group cannot be kept, the new file grants the group no more than it grants
/// everybody; if a list cannot be kept, only the owner has access. While it is being written only its owner can read it.
///
/// **Not kept**: the times of the old file, its set-user-ID and similar bits, attributes of other namespaces (a security label, say), and hard
/// links. Another name of the old file still leads to the old contents.
///
/// **Symbolic links** are followed: the file at the end of the links is replaced, and the links stay.
///
/// **Not regular files**: a pipe or device is written to directly. The name of a file that a process has open (`/dev/stdout`
/// redirected to a file, `/proc/self/fd/3`) is refused, because a rename would not reach that open file; use
/// [`WavWriter::stream`] with [`std::io::stdout`] for standard output.
///
/// **Others in the directory**: the temporary file has an unpredictable name, is created by this process or not at all, and is written, given its
/// permissions and brought to the disk through the one handle it was created with, so nobody who can write to the directory can redirect
/// those writes to a file of their choice. Such a person can still delete or replace the finished file, as they could any file there.
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
    /// The only handle to the new file, or the pipe or device itself.
    file: File,
    /// The name of the new file; `None` where the target itself is written to.
    temporary: Option<TempPath>,
    /// Of the file that will be replaced, if there is one.
    kept: Option<Attributes>,
}

impl Replace {
    /// Creates an empty file next to the target.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the target: its directory does not exist or may not be written to, or the target exists and may not be written to.
    pub fn create(target: impl AsRef<Path>) -> Result<Self> {
        let name = target.as_ref();
        Replace::begin(name).map_err(|error| error.with_path(name))
    }

    fn begin(name: &Path) -> Result<Self> {
        // The kernel follows the links first, and refuses those that it protects users from: another user's in a directory like /tmp.
        let found = match fs::metadata(name) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Error::creating(error)),
        };
        if found.as_ref().is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let file = OpenOptions::new().write(true).open(name).map_err(Error::opening)?;
            let name = name.to_path_buf();
            return Ok(Replace { target: name.clone(), name, file, temporary: None, kept: None });
        }
        let target = follow_links(name)?;
        let kept = match found {
            Some(_) => {
                // A directory, or a file that may not be written to, is refused here; a rename would not ask.
                let old = OpenOptions::new().write(true).open(name).map_err(Error::opening)?;
                refuse_unless_same(&old, &target)?;
                Some(Attributes::of(&old)?)
            }
            None => None,
        };
        let (file, temporary) = create_beside(&target, kept.is_some()).map_err(Error::creating)?;
        Ok(Replace { name: name.to_path_buf(), target, file, temporary: Some(temporary), kept })
    }

    /// The handle that the new file was created with, for writers of other formats. What is written to it appears at the target on
    /// [`commit`](Replace::commit).
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where the new file is until [`commit`](Replace::commit), to read back what was written.
    ///
    /// Write through [`writer`](Replace::writer) or [`file`](Replace::file) instead of opening this path: anybody who can write to
    /// the directory can put another file there.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.temporary.as_deref().unwrap_or(&self.target)
    }

    /// A writer to the new file, from its start, whose errors name the target.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the target, [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a container or spec that is not written.
    pub fn writer(&self, options: &WriteOptions) -> Result<WavWriter<File>> {
        let begin = || {
            let mut file = self.file.try_clone()?;
            if self.temporary.is_some() {
                file.set_len(0)?;
                file.rewind()?;
            }
            Ok(file)
        };
        let file = begin().map_err(|error: io::Error| Error::from(error).with_path(&self.name))?;
        options.writer_to_file(file, &self.name)
    }

    /// Puts the new file in the target's place. If it replaces another file, the new one is brought to the disk first, so that even a
    /// power cut leaves the old file or the new one.
    ///
    /// File systems that have no permissions, no attributes or no way to wait for the disk do without.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the target, which is then as it was. Once the target has been replaced there is no error.
    pub fn commit(mut self) -> Result<()> {
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        self.put_in_place(temporary, File::sync_all).map_err(|error| Error::creating(error).with_path(&self.name))
    }

    /// Waits for the disk with `sync`. On an error the temporary file is removed, by dropping its name.
    fn put_in_place(&self, temporary: TempPath, sync: impl Fn(&File) -> io::Result<()>) -> io::Result<()> {
        if let Some(kept) = &self.kept {
            kept.carry_to(&self.file);
            match sync(&self.file) {
                // Nothing was lost: this file system has no such operation.
                Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) => {}
                result => result?,
            }
        }
        refuse_unless_same(&self.file, &temporary)?;
        temporary.persist(&self.target).map_err(|error| error.error)?;
        if self.kept.is_some() && cfg!(unix) {
            // From here on the target is the new file. A directory that cannot be opened or synced does not change that.
            let _ = File::open(directory_of(&self.target)).and_then(|directory| sync(&directory));
        }
        Ok(())
    }
}

/// Refuses unless the path leads to this very file, through no link of its own.
fn refuse_unless_same(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (of_file, of_path) = (file.metadata()?, fs::symlink_metadata(path)?);
        if (of_file.dev(), of_file.ino()) != (of_path.dev(), of_path.ino()) {
            return Err(io::Error::other(format!("somebody else replaced {} meanwhile", path.display())));
        }
    }
    let _ = (file, path);
    Ok(())
}

/// The file that a path means, which need not exist: the last name of a chain of links.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(_) if is_open_file(&path) => {
                let what = "this names an open file, which cannot be replaced; write to the stream itself";
                return Err(Error::unsupported_operation(what));
            }
            // A relative link counts from the directory that it is in.
            Ok(link) => path = directory_of(&path).join(link),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links").into())
}

/// Whether the path is one of the links that stand for the open files of a process.
fn is_open_file(link: &Path) -> bool {
    let directory = fs::canonicalize(directory_of(link));
    directory.is_ok_and(|directory| directory.starts_with("/proc") || directory.starts_with("/dev/fd"))
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A new file in the same directory, with a name that nobody can guess. If it is to replace another file only its owner may read it for now; if not,
/// it has the permissions of any new file.
fn create_beside(target: &Path, replaces: bool) -> io::Result<(File, TempPath)> {
    let name = target.file_name().ok_or(ErrorKind::IsADirectory)?;
    // Names may be 255 bytes long; of a longer one the beginning is enough.
    let name = name.to_string_lossy().chars().take(40).collect::<String>();
    // tempfile's own letters come from a generator that is not meant for secrets; the seeds of hash maps are.
    let prefix = format!(".{name}.{:016x}", RandomState::new().hash_one(0));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if replaces { 0o600 } else { 0o666 });
    let _ = replaces;
    // Opened here and not by tempfile, whose errors name the temporary file, which nobody asked for.
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    Ok(builder.make_in(directory_of(target), |path| options.open(path))?.into_parts())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Replaces a file on a file system whose `fsync` answers with `answer`, to the file and then to its directory. Returns the result, what
    /// stands at the target, how many names the directory has, and how often it was asked.
    fn replaced(answer: impl Fn(u32) -> io::Result<()>) -> (io::Result<()>, Vec<u8>, usize, u32) {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("take.wav");
        fs::write(&target, "old").unwrap();
        let mut replace = Replace::create(&target).unwrap();
        io::Write::write_all(&mut replace.file(), b"new").unwrap();
        let asked = Cell::new(0);
        let sync = |_: &File| {
            asked.set(asked.get() + 1);
            answer(asked.get())
        };
        let temporary = replace.temporary.take().unwrap();
        let result = replace.put_in_place(temporary, sync);
        (result, fs::read(&target).unwrap(), fs::read_dir(directory.path()).unwrap().count(), asked.get())
    }

    #[test]
    fn a_file_system_that_cannot_wait_for_the_disk_blocks_nothing() {
        // What `fsync` answers where there is none: EINVAL (fsync(2): "does not support synchronization"), EOPNOTSUPP, ENOSYS.
        for kind in [ErrorKind::InvalidInput, ErrorKind::Unsupported] {
            let (result, target, names, asked) = replaced(|_| Err(kind.into()));
            assert!(result.is_ok(), "{result:?}");
            assert_eq!((&target[..], names), (&b"new"[..], 1), "{kind}");
            assert_eq!(asked, if cfg!(unix) { 2 } else { 1 }, "the file, and its directory");
        }
    }

    #[test]
    fn a_file_that_replaces_none_waits_for_no_disk() {
        let directory = tempfile::tempdir().unwrap();
        let mut replace = Replace::create(directory.path().join("take.wav")).unwrap();
        let temporary = replace.temporary.take().unwrap();
        replace.put_in_place(temporary, |_| panic!("the disk was waited for")).unwrap();
        assert!(directory.path().join("take.wav").exists());
    }

    #[test]
    fn a_name_alone_is_in_the_directory_of_the_process() {
        let directories = [("take.wav", "."), ("a/take.wav", "a"), ("/take.wav", "/"), ("a/b/take.wav", "a/b")];
        for (path, directory) in directories {
            assert_eq!(directory_of(Path::new(path)), Path::new(directory), "{path}");
        }
    }

    #[test]
    fn a_disk_that_fails_leaves_the_old_file() {
        let (result, target, names, asked) = replaced(|_| Err(io::Error::other("input/output error")));
        assert_eq!(result.unwrap_err().to_string(), "input/output error");
        assert_eq!((&target[..], names, asked), (&b"old"[..], 1, 1), "the temporary file is gone");
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_cannot_be_synced_is_no_error_once_the_file_is_replaced() {
        let (result, target, names, asked) =
            replaced(|asked| if asked == 1 { Ok(()) } else { Err(io::Error::other("input/output error")) });
        assert!(result.is_ok(), "{result:?}");
        assert_eq!((&target[..], names, asked), (&b"new"[..], 1, 2));
    }
}
