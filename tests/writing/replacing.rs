//! A failed run leaves the old file as it was.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array2, array};
use ndaudio::{Encoding, ErrorKind, ReadOptions, Replace, Spec, WavWriter, WriteOptions};

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
    ReadOptions::new().strict().open(path).unwrap().frames().unwrap()
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
            // The first time there is no file yet after the links.
            let block = Array2::<i16>::zeros((expected, 2));
            ndaudio::write(scratch.path("link.wav"), &block, &spec()).unwrap();
            assert!(scratch.path("link.wav").is_symlink() && scratch.path("far/next.wav").is_symlink());
            assert_eq!(frames(&scratch.path("far/take.wav")), expected as u64);
        }
        symlink("loop.wav", scratch.path("loop.wav")).unwrap();
        let error = Replace::create(scratch.path("loop.wav")).unwrap_err();
        let ErrorKind::Io(source) = error.kind() else { panic!("{error:?}") };
        let refused_as = |error: &std::io::Error| (error.kind(), error.raw_os_error());
        let by_the_system = fs::metadata(scratch.path("loop.wav")).unwrap_err();
        assert_eq!(refused_as(source), refused_as(&by_the_system), "not followed again by this crate");
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

    /// What the directory's other users can see of the file in the making.
    fn temporaries(scratch: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(scratch).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "tmp")).collect()
    }

    #[test]
    fn a_swapped_temporary_redirects_nothing() {
        let scratch = Scratch::new("swapped");
        let (path, victim) = (scratch.path("take.wav"), scratch.path("victim"));
        fs::write(&path, "precious").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        fs::write(&victim, "secret").unwrap();
        fs::set_permissions(&victim, fs::Permissions::from_mode(0o600)).unwrap();
        let replace = Replace::create(&path).unwrap();
        // Whoever may write to the directory may do this.
        fs::remove_file(replace.path()).unwrap();
        symlink(&victim, replace.path()).unwrap();
        let mut writer = replace.writer(&WriteOptions::new(&spec())).unwrap();
        writer.write(&array![[1_i16, 2]]).unwrap();
        writer.finalize().unwrap();
        let error = replace.commit().unwrap_err();
        assert_eq!(error.path(), Some(&*path));
        assert_eq!((fs::read(&victim).unwrap(), mode(&victim)), (b"secret".to_vec(), 0o600));
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"precious".to_vec(), 0o666));
    }

    #[test]
    fn an_attack_in_a_loop_redirects_nothing() {
        let scratch = Scratch::new("attack");
        let (path, victim) = (scratch.path("take.wav"), scratch.path("victim"));
        fs::write(&victim, "secret").unwrap();
        fs::set_permissions(&victim, fs::Permissions::from_mode(0o600)).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        let swaps = std::thread::scope(|scope| {
            let attacker = scope.spawn(|| {
                let mut swaps = 0;
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    for temporary in temporaries(&scratch.0) {
                        let _ = fs::remove_file(&temporary);
                        swaps += usize::from(symlink(&victim, &temporary).is_ok());
                    }
                }
                swaps
            });
            for _ in 0..300 {
                // The last swap may have put a link here, which its owner could have put here in the open.
                let _ = fs::remove_file(&path);
                fs::write(&path, "precious").unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
                let _ = ndaudio::write(&path, &array![[1_i16, 2]], &spec());
                assert_eq!((fs::read(&victim).unwrap(), mode(&victim)), (b"secret".to_vec(), 0o600));
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            attacker.join().unwrap()
        });
        println!("{swaps} swaps in 300 rounds");
    }

    #[test]
    fn nobody_reads_along() {
        let scratch = Scratch::new("private");
        let path = scratch.path("take.wav");
        let done = std::sync::atomic::AtomicBool::new(false);
        let (seen, open) = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let (mut seen, mut open) = (0, Vec::new());
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    for temporary in temporaries(&scratch.0) {
                        let Ok(metadata) = fs::metadata(&temporary) else { continue };
                        seen += 1;
                        if metadata.mode() & 0o077 != 0 {
                            open.push(metadata.mode());
                        }
                    }
                }
                (seen, open)
            });
            for _ in 0..300 {
                fs::write(&path, "secret").unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
                ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
                assert_eq!(mode(&path), 0o600);
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            watcher.join().unwrap()
        });
        assert_eq!(open, [], "modes of {seen} temporaries seen");
        // And while a public file is written, too: it may become private before it is whole.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let replace = Replace::create(&path).unwrap();
        assert_eq!(mode(replace.path()), 0o600);
        let name = replace.path().file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(".take.wav.") && name.len() > 30, "{name}");
        replace.commit().unwrap();
        assert_eq!(mode(&path), 0o644);
    }

    /// An access control list as Linux stores it: version 2, then tag, permissions and id of each entry. Source: linux/posix_acl_xattr.h.
    fn access_list(entries: [(u16, u16, u32); 5]) -> Vec<u8> {
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, permissions, id) in entries {
            list.extend([&tag.to_le_bytes()[..], &permissions.to_le_bytes(), &id.to_le_bytes()].concat());
        }
        list
    }

    #[test]
    fn owner_and_attributes_are_kept_and_hard_links_are_not() {
        let scratch = Scratch::new("attributes");
        let (path, other) = (scratch.path("take.wav"), scratch.path("hard.wav"));
        fs::write(&path, "precious").unwrap();
        fs::hard_link(&path, &other).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        // Only root may give files away.
        let given = std::os::unix::fs::chown(&path, Some(1234), Some(2345)).is_ok();
        let noted = xattr::set(&path, "user.note", b"field 7").is_ok();
        // The owner rw, user 4321 r, the group r, at most r, others none.
        let list =
            access_list([(1, 6, u32::MAX), (2, 4, 4321), (4, 4, u32::MAX), (0x10, 4, u32::MAX), (0x20, 0, u32::MAX)]);
        let listed = xattr::set(&path, "system.posix_acl_access", &list).is_ok();
        // An attribute that is not the user's.
        let _ = xattr::set(&path, "trusted.note", b"field 8");
        println!("owner {given}, attribute {noted}, access control list {listed}");
        ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();

        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((mode(&path), frames(&path)), (0o640, 1));
        if given {
            assert_eq!((metadata.uid(), metadata.gid()), (1234, 2345));
        }
        assert_eq!(xattr::get(&path, "user.note").ok().flatten(), noted.then(|| b"field 7".to_vec()));
        assert_eq!(xattr::get(&path, "system.posix_acl_access").ok().flatten(), listed.then_some(list));
        assert_eq!(xattr::get(&path, "trusted.note").ok().flatten(), None);
        assert_eq!((metadata.nlink(), fs::read(&other).unwrap()), (1, b"precious".to_vec()));
    }

    /// Runs one test of this file as a user without privileges: this process's own user, or nobody where that is root.
    fn as_nobody(test: &str, directory: &Path) {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture"]).env("NDAUDIO_AS_NOBODY", directory);
        if std::os::unix::fs::chown(directory, Some(65_534), Some(65_534)).is_ok() {
            command.uid(65_534).gid(65_534);
        }
        let output = command.output().unwrap();
        // A test of another name would run nothing, and succeed.
        let ran = String::from_utf8_lossy(&output.stdout).contains("1 passed");
        assert!(output.status.success() && ran, "{output:?}");
    }

    #[test]
    fn a_directory_that_cannot_be_read_is_no_error() {
        if let Some(directory) = std::env::var_os("NDAUDIO_AS_NOBODY") {
            let path = Path::new(&directory).join("take.wav");
            fs::write(&path, "precious").unwrap();
            fs::set_permissions(&directory, fs::Permissions::from_mode(0o300)).unwrap();
            assert!(fs::File::open(&directory).is_err(), "a user without privileges");
            // The file is replaced, whether or not its directory can be brought to the disk.
            ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
            assert_eq!(frames(&path), 1);
            fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
            return;
        }
        let scratch = Scratch::new("unreadable");
        as_nobody("replacing::unix::a_directory_that_cannot_be_read_is_no_error", &scratch.0);
    }

    #[test]
    fn a_group_that_cannot_be_kept_gains_nothing() {
        if let Some(directory) = std::env::var_os("NDAUDIO_AS_NOBODY") {
            let path = Path::new(&directory).join("take.wav");
            ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
            return;
        }
        let scratch = Scratch::new("group");
        let path = scratch.path("take.wav");
        fs::write(&path, "precious").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let given = std::os::unix::fs::chown(&path, Some(1234), Some(2345)).is_ok();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o642)).unwrap();
        as_nobody("replacing::unix::a_group_that_cannot_be_kept_gains_nothing", &scratch.0);
        assert_eq!(mode(&path), if given { 0o600 } else { 0o642 }, "what group and others had in common");
    }

    /// A directory that gives each new file a list by which user 4321 may do everything that the group may.
    #[test]
    fn a_list_of_the_directory_grants_nobody_more() {
        let scratch = Scratch::new("inherited");
        let all = [(1, 7, u32::MAX), (2, 7, 4321), (4, 7, u32::MAX), (0x10, 7, u32::MAX), (0x20, 7, u32::MAX)];
        let inherits = xattr::set(&scratch.0, "system.posix_acl_default", &access_list(all)).is_ok();
        println!("default access control list {inherits}");
        let list = |path: &Path| xattr::get(path, "system.posix_acl_access").ok().flatten();
        let path = scratch.path("take.wav");
        // A file with permissions alone.
        fs::write(&path, "secret").unwrap();
        assert_eq!(list(&path).is_some(), inherits);
        let _ = xattr::remove(&path, "system.posix_acl_access");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
        assert_eq!((list(&path), mode(&path), frames(&path)), (None, 0o640, 1));
        // And one with a list of its own.
        let own =
            access_list([(1, 6, u32::MAX), (2, 0, 4321), (4, 4, u32::MAX), (0x10, 4, u32::MAX), (0x20, 4, u32::MAX)]);
        let listed = xattr::set(&path, "system.posix_acl_access", &own).is_ok();
        ndaudio::write(&path, &array![[1_i16, 2], [3, 4]], &spec()).unwrap();
        assert_eq!((list(&path), frames(&path)), (listed.then_some(own), 2));
    }

    /// Permissions cannot say that one user may not read what everybody else may.
    #[test]
    fn a_list_that_cannot_be_kept_leaves_the_file_to_its_owner() {
        if let Some(directory) = std::env::var_os("NDAUDIO_AS_NOBODY") {
            let path = Path::new(&directory).join("take.wav");
            ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
            return;
        }
        let scratch = Scratch::new("refused-list");
        let path = scratch.path("take.wav");
        fs::write(&path, "secret").unwrap();
        let own = [(1, 6, u32::MAX), (2, 0, 4321), (4, 6, u32::MAX), (0x10, 6, u32::MAX), (0x20, 6, u32::MAX)];
        let given = std::os::unix::fs::chown(&path, Some(1234), Some(2345)).is_ok();
        let listed = xattr::set(&path, "system.posix_acl_access", &access_list(own)).is_ok();
        as_nobody("replacing::unix::a_list_that_cannot_be_kept_leaves_the_file_to_its_owner", &scratch.0);
        if given && listed {
            assert_eq!((mode(&path), frames(&path)), (0o600, 1));
        }
    }

    #[test]
    fn a_file_that_a_process_has_open_is_not_replaced_by_name() {
        use std::os::fd::AsRawFd;
        let scratch = Scratch::new("open-file");
        let path = scratch.path("redirected");
        fs::write(&path, "keep").unwrap();
        let open = fs::File::options().append(true).open(&path).unwrap();
        let link = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
        if !link.exists() {
            return;
        }
        for name in [link.clone(), PathBuf::from(format!("/dev/fd/{}", open.as_raw_fd()))] {
            let error = Replace::create(&name).unwrap_err();
            assert_eq!(error.path(), Some(&*name));
        }
        symlink(&link, scratch.path("link")).unwrap();
        assert!(Replace::create(scratch.path("link")).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"keep");
    }

    /// The order of what the system is asked for, as `strace` sees it. Skipped where that is missing or may not trace.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_new_file_is_on_the_disk_before_it_takes_its_place_and_the_directory_after() {
        if let Some(directory) = std::env::var_os("NDAUDIO_TRACED") {
            let path = Path::new(&directory).join("take.wav");
            ndaudio::write(&path, &array![[1_i16, 2]], &spec()).unwrap();
            return;
        }
        let scratch = Scratch::new("traced");
        let (path, log) = (scratch.path("take.wav"), scratch.path("log"));
        fs::write(&path, "precious").unwrap();
        let test = "the_new_file_is_on_the_disk_before_it_takes_its_place_and_the_directory_after";
        let status = Command::new("strace")
            .args(["-f", "-e", "trace=openat,rename,renameat,renameat2,fsync,fchmod,fchown,unlink", "-o"])
            .arg(&log)
            .arg(std::env::current_exe().unwrap())
            .args([test, "--nocapture"])
            .env("NDAUDIO_TRACED", &scratch.0)
            .status();
        let Ok(log) = fs::read_to_string(&log) else { return };
        if !status.is_ok_and(|status| status.success()) || !log.contains("rename") {
            return;
        }
        let temporary = log.lines().position(|line| line.contains(".take.wav.") && line.contains("O_EXCL")).unwrap();
        let steps: Vec<&str> = log
            .lines()
            .skip(temporary)
            .filter_map(|line| line.split_once(' ').map(|(_, call)| call.trim_start()))
            .filter_map(|call| call.split('(').next())
            .filter(|call| ["fchown", "fchmod", "fsync", "rename", "renameat"].contains(call))
            .collect();
        assert_eq!(steps[..5].join(" ").replace("renameat", "rename"), "fchown fchmod fsync rename fsync", "{log}");
        let opened = log.lines().filter(|line| line.contains("openat") && line.contains(".take.wav."));
        assert_eq!(opened.count(), 1, "by name once: {log}");
    }
}
