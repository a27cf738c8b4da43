//! Keeps what is changed in place, so that it can be put back.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::patched::Changes;
use crate::shared::format::counted;
use crate::shared::{Failure, Outcome};

/// Bytes behind the audio that are kept; who wants to cut off more should have a new file.
const TAIL_MAX: u64 = 64 << 20;
/// Everything before this byte is header in any file whose header can be corrected.
const HEADER_MAX: u64 = 16 << 20;

/// Writes the backups, and says where they are and how to go back.
pub(crate) fn keep(path: &Path, file: &mut File, changes: &Changes) -> Outcome<String> {
    let end = |&(at, ref bytes): &(u64, Vec<u8>)| at + bytes.len() as u64;
    let (header, tail): (Vec<_>, Vec<_>) = changes.patches.iter().partition(|patch| end(patch) <= HEADER_MAX);
    let header_len = header.into_iter().map(end).max().unwrap_or(0);
    let tail_start = tail.iter().map(|patch| patch.0).chain([changes.len, changes.file_len]).min().unwrap_or(0);
    let tail_len = changes.file_len - tail_start;
    if tail_len > TAIL_MAX {
        return Err(Failure::new(format!(
            "{} at the end would change, too many for a backup",
            counted(tail_len, "byte")
        ))
        .about(path)
        .advise("write what can be read to a new file: --output NEW"));
    }
    let mut said = Vec::new();
    if header_len > 0 {
        let name = beside(path, ".header-backup");
        copy(file, 0, header_len, &name)?;
        let (name, path) = (name.display(), path.display());
        said.push(format!("; its old header is {name}, and `dd if={name} of={path} conv=notrunc` puts it back"));
    }
    if tail_len > 0 {
        let name = beside(path, ".tail-backup");
        copy(file, tail_start, tail_len, &name)?;
        said.push(format!("; what stood from byte {tail_start} to the end is {}", name.display()));
    }
    Ok(said.concat())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Copies bytes of a file into a new one, and waits until the disk has them.
fn copy(file: &mut File, from: u64, len: u64, to: &Path) -> Outcome {
    let copy = || -> io::Result<()> {
        let mut out = OpenOptions::new().write(true).create_new(true).open(to)?;
        file.seek(SeekFrom::Start(from))?;
        io::copy(&mut file.take(len), &mut out)?;
        out.flush()?;
        out.sync_all()
    };
    let mut copy = copy;
    copy().map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("{}: is there already, perhaps from an earlier repair", to.display()))
                .advise("move it away, or delete it if you need it no longer")
        }
        _ => Failure::io(to, error),
    })
}
