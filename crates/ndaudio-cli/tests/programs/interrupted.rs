//! Ctrl-C and SIGTERM: nothing half-made stays, and what became of the output is said.

#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::files::{data, folder, names, program, text};

/// Signal numbers of POSIX.
const INT: i32 = 2;
const TERM: i32 = 15;

#[test]
fn an_interrupt_removes_what_is_unfinished_and_leaves_what_was_there() {
    let mut music = fs::read(data("music.wav")).unwrap();
    // Of a length that is not known, as from a recorder.
    music[40..44].fill(0xFF);
    for (signal, name) in [(INT, "INT"), (TERM, "TERM")] {
        for existed in [false, true] {
            let folder = folder();
            let output = folder.path().join("out.wav");
            if existed {
                fs::write(&output, "precious").unwrap();
            }
            let mut command = program("gain");
            command.args(["-", text(&output), "--db", "-6", "--overwrite"]);
            let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            // A recording that goes on: the pipe stays open.
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(&music).unwrap();
            let temporary = || names(folder.path()).into_iter().any(|name| name.ends_with(".tmp"));
            let start = Instant::now();
            while !temporary() {
                assert!(start.elapsed() < Duration::from_secs(60), "no temporary file was begun");
                std::thread::sleep(Duration::from_millis(5));
            }
            let killed = std::process::Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
            assert!(killed.unwrap().success());
            let ended = child.wait_with_output().unwrap();
            drop(stdin);
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.signal(), Some(signal), "{said}");
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
