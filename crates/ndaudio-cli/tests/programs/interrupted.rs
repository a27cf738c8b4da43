//! Ctrl-C and SIGTERM: nothing half-made stays, and what became of the output is said.

#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::files::{data, folder, names, program, text};

/// Signal numbers of POSIX.
const INT: i32 = 2;
const TERM: i32 = 15;

/// Audio of a length that is not known, as from a recorder.
fn endless() -> Vec<u8> {
    let mut music = fs::read(data("music.wav")).unwrap();
    music[40..44].fill(0xFF);
    music
}

/// Makes an output louder from a recording that goes on: the pipe stays open, and all but what fits in it has been read.
fn recording(output: &Path) -> (Child, ChildStdin) {
    let mut command = program("gain");
    command.args(["-", text(output), "--db", "-6", "--overwrite"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&endless()).unwrap();
    (child, stdin)
}

fn send(signal: &str, child: &Child) {
    assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
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
    for (signal, name) in [(INT, "INT"), (TERM, "TERM")] {
        for existed in [false, true] {
            let folder = folder();
            let output = folder.path().join("out.wav");
            if existed {
                fs::write(&output, "precious").unwrap();
            }
            let (child, stdin) = recording(&output);
            let temporary = || names(folder.path()).into_iter().any(|name| name.ends_with(".tmp"));
            let start = Instant::now();
            while !temporary() {
                assert!(start.elapsed() < Duration::from_secs(60), "no temporary file was begun");
                std::thread::sleep(Duration::from_millis(5));
            }
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
