//! Keeps what is changed in place, so that it can be put back.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::patched::Changes;
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::interrupt::Backups;
use crate::terminal::{escaped, shown};

/// Bytes after the audio that are kept; who wants to cut off more should have a new file.
const TAIL_MAX: u64 = 64 << 20;
/// Everything before this byte is header in any file whose header can be corrected.
const HEADER_MAX: u64 = 16 << 20;

/// Writes the backups, and says where they are and how to go back.
pub(crate) fn keep(path: &Path, file: &mut File, changes: &Changes) -> Outcome<(Backups, String)> {
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
        .advise("write what can be read to a new file: -o NEW"));
    }
    let mut said = Vec::new();
    let mut kept = Backups::of(path);
    if header_len > 0 {
        let name = beside(path, ".header-backup");
        copy(file, 0, header_len, &name, &mut kept)?;
        let command = format!("dd if={} of={} conv=notrunc", quoted(&name), quoted(path));
        said.push(format!("; its old header is {}, and `{command}` puts it back", shown(&name)));
    }
    if tail_len > 0 {
        let name = beside(path, ".tail-backup");
        copy(file, tail_start, tail_len, &name, &mut kept)?;
        said.push(format!("; what stood from byte {tail_start} to the end is {}", shown(&name)));
    }
    Ok((kept, said.concat()))
}

/// A path as a word of a POSIX shell. Control characters, which no terminal should see, and bytes that are no text as `$'…'` of bash and zsh.
fn quoted(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-+,:=@%".contains(character);
    match str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && text.chars().all(plain) => return text.to_owned(),
        Ok(text) if escaped(text) == text => return format!("'{}'", text.replace('\'', r"'\''")),
        _ => {}
    }
    let mut out = "$'".to_owned();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let text = character.to_string();
            match character {
                '\'' | '\\' => out.extend(['\\', character]),
                _ if escaped(&text) != text => out.push_str(&in_hexadecimal(text.as_bytes())),
                _ => out.push(character),
            }
        }
        out.push_str(&in_hexadecimal(chunk.invalid()));
    }
    out.push('\'');
    out
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Copies bytes of a file into a new one, and waits until the disk has them.
fn copy(file: &mut File, from: u64, len: u64, to: &Path, kept: &mut Backups) -> Outcome {
    let mut copy = || -> io::Result<()> {
        let mut out = kept.make(to, || create_private(to))?;
        give_to_owner(&out, file);
        file.seek(SeekFrom::Start(from))?;
        io::copy(&mut file.take(len), &mut out)?;
        out.flush()?;
        out.sync_all()
    };
    copy().map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("{}: is there already, perhaps from an earlier repair", shown(to)))
                .advise("move it away, or delete it if you no longer need it")
        }
        _ => Failure::io(to, error),
    })
}

/// A new file that only its owner may read: its group need not be that of the repaired file, and permissions say less than a list.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whoever owns the repaired file can put the backup back, also if somebody else repaired it. Only root can give files away; a backup of
/// anybody else's stays theirs.
fn give_to_owner(backup: &File, repaired: &File) {
    #[cfg(unix)]
    if let Ok(found) = repaired.metadata() {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(backup, Some(found.uid()), Some(found.gid()));
    }
    let _ = (backup, repaired);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        for (path, word) in [
            ("a/b-1.wav", "a/b-1.wav"),
            ("my take.wav", "'my take.wav'"),
            ("it's.wav", r"'it'\''s.wav'"),
            ("$(rm x).wav", "'$(rm x).wav'"),
            ("a\u{1b}b'.wav", r"$'a\x1bb\'.wav'"),
        ] {
            assert_eq!(quoted(Path::new(path)), word);
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_kept() {
        use std::os::unix::ffi::OsStrExt;
        let path = std::ffi::OsStr::from_bytes(b"\xe4 it's \xff\xfe\xc3\xa4.wav");
        assert_eq!(quoted(Path::new(path)), r"$'\xe4 it\'s \xff\xfeä.wav'");
    }
}
