//! Ctrl-C, SIGTERM and the like: nothing half-made stays, and what became of the output is said.

#![cfg(unix)]

use std::fs;
use std::io::{PipeReader, PipeWriter, Write, pipe};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::files::{Ran, data, folder, names, succeed, text, write};

/// Signal numbers of POSIX, and that of Linux and the BSDs.
const INT: i32 = 2;
const SIGNALS: [(i32, &str); 5] = [(1, "HUP"), (INT, "INT"), (3, "QUIT"), (15, "TERM"), (24, "XCPU")];

/// Audio of a length that is not known, as from a recorder.
fn endless() -> Vec<u8> {
    let mut music = fs::read(data("music.wav")).unwrap();
    music[40..44].fill(0xFF);
    music
}

/// Makes an output louder from a recording that goes on: the pipe stays open, and all but what fits in it has been read.
fn recording(output: &Path) -> (Child, ChildStdin) {
    recording_after("", output)
}

/// The same, after something that the shell does.
fn recording_after(set_up: &str, output: &Path) -> (Child, ChildStdin) {
    let mut command = after(set_up);
    command.args(["gain", "-", text(output), "--db", "-6", "--overwrite"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&endless()).unwrap();
    (child, stdin)
}

/// The program after something that the shell does; SIGQUIT and SIGXCPU leave no image of its memory. No signal is ignored, whatever these
/// tests are run by: `nohup`, or a shell that starts them in the background.
fn after(set_up: &str) -> Command {
    let listening = ["--default-signal=HUP,INT,QUIT,TERM,XCPU", "sh"];
    // GNU's knows it; elsewhere signals are as they are.
    let known = Command::new("env").args([listening[0], "true"]).stderr(Stdio::null()).status();
    let mut shell = Command::new(if known.is_ok_and(|status| status.success()) { "env" } else { "sh" });
    if shell.get_program() == "env" {
        shell.args(listening);
    }
    shell.args(["-c", &format!("ulimit -c 0; {set_up} exec \"$0\" \"$@\"")]).arg(env!("CARGO_BIN_EXE_ndaudio"));
    shell
}

fn send(signal: &str, child: &Child) {
    assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What it says at its end, which the signal must have caused.
fn said(child: Child, signal: i32) -> String {
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.signal(), Some(signal), "{said}");
    said
}

#[test]
fn an_interrupt_removes_what_is_unfinished_and_leaves_what_was_there() {
    for (signal, name) in SIGNALS {
        for existed in [false, true] {
            let folder = folder();
            let output = folder.path().join("out.wav");
            if existed {
                fs::write(&output, "precious").unwrap();
            }
            let (child, stdin) = recording(&output);
            wait_until("a temporary file", || names(folder.path()).into_iter().any(|name| name.ends_with(".tmp")));
            send(name, &child);
            let said = said(child, signal);
            drop(stdin);
            let became = if existed { "is as it was" } else { "was not written" };
            assert!(said.contains(&format!("interrupted: {} {became}", output.display())), "{said}");
            if existed {
                assert_eq!(names(folder.path()), ["out.wav"]);
                assert_eq!(fs::read(&output).unwrap(), b"precious");
            } else {
                assert_eq!(names(folder.path()), [""; 0]);
            }
        }
    }
}

/// A pipe that is full, and whoever was to read it does not.
fn full_pipe() -> (PipeReader, PipeWriter) {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let (reader, mut writer) = pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    while writer.write(b"x").is_ok() {}
    fcntl_setfl(&writer, flags).unwrap();
    (reader, writer)
}

#[test]
fn an_interrupt_ends_although_nobody_reads_what_it_says() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let inputs = ["a.wav", "b.wav"].map(of);
    assert!(Command::new("mkfifo").args(&inputs).status().unwrap().success());
    let (_reader, full) = full_pipe();
    let pattern = of("out-{name}");
    let mut command = after("");
    command.args(["gain", text(&inputs[0]), text(&inputs[1]), "-o", text(&pattern), "--db", "6", "--jobs", "2"]);
    let mut child = command.stderr(full).spawn().unwrap();
    let open = |path| fs::OpenOptions::new().write(true).open(path).unwrap();
    let mut recorders = inputs.each_ref().map(open);
    recorders.iter_mut().for_each(|recorder| recorder.write_all(&endless()).unwrap());
    wait_until("two temporary files", || {
        names(folder.path()).iter().filter(|name| name.ends_with(".tmp")).count() == 2
    });
    send("INT", &child);
    wait_until("the end", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().signal(), Some(INT));
    assert_eq!(names(folder.path()), ["a.wav", "b.wav"]);
}

/// As from `timeout`, which sends one to the process and one to its group.
#[test]
fn two_signals_in_a_row_remove_what_one_does_and_say_so() {
    let folder = folder();
    for _ in 0..4 {
        let (child, stdin) = recording(&folder.path().join("out.wav"));
        wait_until("a temporary file", || !names(folder.path()).is_empty());
        send("TERM", &child);
        send("TERM", &child);
        let said = said(child, 15);
        drop(stdin);
        assert!(said.contains("out.wav was not written"), "{said}");
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

/// `mkfifo` and links, as there are in /dev.
#[test]
fn an_interrupt_removes_no_pipe_no_device_and_no_link() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let (pipe, to_pipe, to_device) = (of("pipe.wav"), of("to pipe.wav"), of("to device.wav"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    symlink("pipe.wav", &to_pipe).unwrap();
    symlink("/dev/null", &to_device).unwrap();
    for (output, read) in [(&pipe, true), (&to_pipe, true), (&to_device, false)] {
        let mut reader = Command::new("cat");
        let reader = reader.arg(&pipe).stdout(Stdio::null());
        let reader = read.then(|| reader.spawn().unwrap());
        let (child, stdin) = recording(output);
        send("INT", &child);
        let said = said(child, INT);
        drop(stdin);
        assert!(said.contains(&format!("interrupted: {} received only a part", output.display())), "{said}");
        assert_eq!(names(folder.path()), ["pipe.wav", "to device.wav", "to pipe.wav"]);
        if let Some(mut reader) = reader {
            reader.wait().unwrap();
        }
    }
}

/// `nohup`, and a shell that starts something in the background.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_to_be_ignored_is_ignored() {
    let folder = folder();
    let output = folder.path().join("out.wav");
    let (child, stdin) = recording_after("trap '' HUP INT QUIT;", &output);
    for signal in ["HUP", "INT", "QUIT"] {
        send(signal, &child);
    }
    std::thread::sleep(Duration::from_millis(50));
    drop(stdin);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(names(folder.path()), ["out.wav"]);
    // The others are heard.
    let (child, stdin) = recording_after("trap '' HUP;", &output);
    send("TERM", &child);
    said(child, 15);
    drop(stdin);
    assert_eq!(names(folder.path()), ["out.wav"]);
}

/// At any moment: between files, while one is begun, and while one is put in its place.
#[test]
fn an_interrupt_between_many_files_leaves_no_temporary_file() {
    let folder = folder();
    let (path, pieces) = (folder.path().join("take.wav"), folder.path().join("pieces"));
    write(&path, 8000, 1, &vec![1000; 80_000]);
    for round in 0..24 {
        let mut command = after("");
        command.args(["split", text(&path), text(&pieces), "--every", "0.005", "--overwrite"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + 5 * round));
        send("INT", &child);
        let ended = Ran::from(child.wait_with_output().unwrap());
        assert!(matches!(ended.code, None | Some(0)), "{}", ended.err);
        let left: Vec<String> = fs::read_dir(&pieces).map_or(Vec::new(), |_| names(&pieces));
        assert!(!left.iter().any(|name| name.ends_with(".tmp")), "{left:?}: {}", ended.err);
    }
}

/// Either nothing has happened, or the file is repaired and there is a way back.
#[test]
fn an_interrupt_leaves_no_backup_beside_a_file_that_is_not_repaired() {
    let mut bytes = fs::read(data("music.wav")).unwrap();
    bytes[4..8].copy_from_slice(&[1, 2, 3, 0]);
    bytes.resize(bytes.len() + (8 << 20), b'?');
    for round in 0..16 {
        let folder = folder();
        let path = folder.path().join("take.wav");
        fs::write(&path, &bytes).unwrap();
        let child = after("").args(["repair", text(&path), "--cut"]).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(10 + 5 * round));
        send("INT", &child);
        let ended = Ran::from(child.wait_with_output().unwrap());
        let left = names(folder.path());
        if fs::read(&path).unwrap() == bytes {
            assert_eq!(left, ["take.wav"], "{}", ended.err);
            succeed("repair", [text(&path), "--cut"]);
        }
        assert_eq!(
            names(folder.path()),
            ["take.wav", "take.wav.header-backup", "take.wav.tail-backup"],
            "{}",
            ended.err
        );
        assert_eq!(fs::metadata(folder.path().join("take.wav.tail-backup")).unwrap().len(), 8 << 20);
    }
}

/// Nobody listens then, so that it is as if nobody had wanted to.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_a_program_that_could_start_no_thread() {
    let folder = folder();
    let (child, stdin) = recording_after("export RUST_MIN_STACK=1152921504606846976;", &folder.path().join("out.wav"));
    send("INT", &child);
    said(child, INT);
    drop(stdin);
}
