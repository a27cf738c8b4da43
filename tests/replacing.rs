//! A failed run leaves the old file as it was.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array2, array};
use ndaudio::{Encoding, Replace, Spec, WavReader, WavWriter, WriteOptions, refuse_same};

/// A directory that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("ndaudio-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn spec() -> Spec {
    Spec::new(48_000, 2, Encoding::I16)
}

fn frames(path: &Path) -> u64 {
    WavReader::open_strict(path).unwrap().frames().unwrap()
}

#[test]
fn a_whole_file_takes_the_place_of_the_old_one() {
    let scratch = Scratch::new("whole");
    let path = scratch.path("take.wav");
    ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
    ndaudio::write(&path, &array![[0.5_f32, 0.25], [-1.0, 1.0]], &spec()).unwrap();
    assert_eq!(scratch.names(), ["take.wav"]);
    let (samples, read) = ndaudio::read::<i16>(&path).unwrap();
    assert_eq!(samples, array![[16_384, 8_192], [-32_768, 32_767]]);
    assert_eq!(read, spec());
}

#[test]
fn what_is_not_committed_never_was() {
    let scratch = Scratch::new("dropped");
    let path = scratch.path("take.wav");
    fs::write(&path, "precious").unwrap();
    let replace = Replace::create(&path).unwrap();
    assert_eq!(replace.path().parent(), path.parent(), "a rename across file systems is none");
    let mut writer = replace.writer(&WriteOptions::new(&spec())).unwrap();
    writer.write(&Array2::<i16>::zeros((1000, 2))).unwrap();
    drop(writer);
    drop(replace);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(scratch.names(), ["take.wav"]);
    // A panic on the way, too.
    let result = std::panic::catch_unwind(|| ndaudio::write(&path, &array![[1_i16]], &spec()));
    assert!(result.is_err(), "one channel for two");
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(scratch.names(), ["take.wav"]);
    // And what no file can hold.
    let mask = Spec::new(48_000, 1, Encoding::I24In32Lsb).with_channel_mask(4);
    assert!(ndaudio::write(&path, &array![[1_i16]], &mask).unwrap_err().to_string().contains("take.wav: "));
    assert!(WavWriter::create(&path, &mask).is_err());
    assert_eq!(fs::read(&path).unwrap(), b"precious");
}

#[test]
fn two_at_once_do_not_meet() {
    let scratch = Scratch::new("twice");
    let path = scratch.path("take.wav");
    let (first, second) = (Replace::create(&path).unwrap(), Replace::create(&path).unwrap());
    assert_ne!(first.path(), second.path());
    first.writer(&WriteOptions::new(&spec())).unwrap().finalize().unwrap();
    first.commit().unwrap();
    drop(second);
    assert_eq!(frames(&path), 0);
    assert_eq!(scratch.names(), ["take.wav"]);
}

#[test]
fn errors_name_the_target() {
    let scratch = Scratch::new("errors");
    for path in [scratch.path("no/such/directory.wav"), scratch.0.clone(), PathBuf::from("/")] {
        let error = Replace::create(&path).unwrap_err();
        assert_eq!(error.path(), Some(&*path), "{error:?}");
        assert_eq!(ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap_err().path(), Some(&*path));
    }
    assert!(scratch.names().is_empty());
}

#[test]
fn nobody_writes_onto_the_input() {
    let scratch = Scratch::new("same");
    let (path, other) = (scratch.path("take.wav"), scratch.path("other.wav"));
    fs::write(&path, "").unwrap();
    fs::write(&other, "").unwrap();
    refuse_same(&path, &other).unwrap();
    refuse_same(&path, scratch.path("new.wav")).unwrap();
    let hidden = scratch.0.join(".").join("..").join(scratch.0.file_name().unwrap()).join("take.wav");
    for same in [&path, &hidden] {
        assert!(matches!(
            refuse_same(&path, same).as_ref().map_err(ndaudio::Error::kind),
            Err(ndaudio::ErrorKind::InvalidArgument { name: "the output", .. })
        ));
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("take.wav", scratch.path("link.wav")).unwrap();
        fs::hard_link(&path, scratch.path("hard.wav")).unwrap();
        assert!(refuse_same(&path, scratch.path("link.wav")).is_err());
        assert!(refuse_same(scratch.path("link.wav"), &path).is_err());
        assert!(refuse_same(&path, scratch.path("hard.wav")).is_err());
        refuse_same("/dev/null", "/dev/null").unwrap();
    }
    let missing = scratch.path("missing.wav");
    assert_eq!(refuse_same(&missing, &path).unwrap_err().path(), Some(&*missing));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn permissions_are_kept() {
        let scratch = Scratch::new("permissions");
        for bits in [0o600, 0o640, 0o666, 0o755] {
            let path = scratch.path(&format!("{bits:o}.wav"));
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
            ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
            assert_eq!((mode(&path), frames(&path)), (bits, 1));
        }
        // A new file has what any new file has.
        let (ours, theirs) = (scratch.path("ours.wav"), scratch.path("theirs"));
        ndaudio::write(&ours, &array![[1_i16, 2]], &spec()).unwrap();
        fs::write(&theirs, "").unwrap();
        assert_eq!(mode(&ours), mode(&theirs));
    }

    #[test]
    fn links_stay_links() {
        let scratch = Scratch::new("links");
        fs::create_dir(scratch.path("far")).unwrap();
        symlink("far/next.wav", scratch.path("link.wav")).unwrap();
        symlink("take.wav", scratch.path("far/next.wav")).unwrap();
        for expected in 1..3 {
            // The first time there is no file yet behind the links.
            let block = Array2::<i16>::zeros((expected, 2));
            ndaudio::write(scratch.path("link.wav"), &block, &spec()).unwrap();
            assert!(scratch.path("link.wav").is_symlink() && scratch.path("far/next.wav").is_symlink());
            assert_eq!(frames(&scratch.path("far/take.wav")), expected as u64);
        }
        symlink("loop.wav", scratch.path("loop.wav")).unwrap();
        assert!(Replace::create(scratch.path("loop.wav")).is_err());
    }

    #[test]
    fn the_old_file_stays_open_for_who_reads_it() {
        let scratch = Scratch::new("open");
        let path = scratch.path("take.wav");
        fs::write(&path, "precious").unwrap();
        let (mut open, inode) = (fs::File::open(&path).unwrap(), fs::metadata(&path).unwrap().ino());
        ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
        let mut old = String::new();
        open.read_to_string(&mut old).unwrap();
        assert_eq!(old, "precious");
        assert_ne!(fs::metadata(&path).unwrap().ino(), inode);
    }

    #[test]
    fn pipes_and_devices_are_written_to_directly() {
        let scratch = Scratch::new("pipes");
        let path = scratch.path("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        for replace in [true, false] {
            let reader = std::thread::spawn({
                let path = path.clone();
                move || fs::read(path).unwrap()
            });
            if replace {
                ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
            } else {
                let mut writer = WavWriter::create(&path, &spec()).unwrap();
                writer.write(&array![[1_i16, 2]]).unwrap();
                writer.checkpoint().unwrap();
                writer.finalize().unwrap();
            }
            let bytes = reader.join().unwrap();
            assert!(bytes.ends_with(b"data\xFF\xFF\xFF\xFF\x01\0\x02\0"));
        }
        ndaudio::write("/dev/null", &array![[1_i16, 2]], &spec()).unwrap();
        assert_eq!(scratch.names(), ["pipe"]);
    }

    #[test]
    fn a_full_disk_is_an_error_that_says_how_much_is_safe() {
        if !Path::new("/dev/full").exists() {
            return;
        }
        let mut full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        assert!(full.write(&[0]).is_err());
        let mut writer = WavWriter::create("/dev/full", &spec()).unwrap();
        let error = writer.write(&Array2::<i16>::zeros((100_000, 2))).unwrap_err();
        let ndaudio::ErrorKind::Write { frames_safe: 0, frames_written: 0, source } = error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
        assert_eq!(error.path(), Some(Path::new("/dev/full")));
    }
}
