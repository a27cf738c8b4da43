//! Standard input and output: pipes that come, and pipes that go away.

#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use crate::files::{Ran, chunk, data, folder, program, succeed, text};

/// Runs a program with a pipe for its standard input.
fn piped(name: &str, arguments: &[&str], input: &[u8]) -> std::process::Output {
    let mut command = program(name);
    let mut child =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // It may stop reading before the end.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

#[test]
fn a_pipe_is_measured_as_the_file_is() {
    let music = std::fs::read(data("music.wav")).unwrap();
    for name in ["-", "/dev/stdin"] {
        let ran = Ran::from(piped("rms", &[name, "--csv"], &music));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let of_file = succeed("rms", [text(&data("music.wav")), "--csv"]).out.replace(text(&data("music.wav")), name);
        assert_eq!(ran.out, of_file);
    }
    assert_eq!(Ran::from(piped("info", &["-"], &music)).code, Some(0));
    assert_eq!(Ran::from(piped("levels", &["-", "--csv"], &music)).code, Some(0));
}

#[test]
fn a_pipe_to_a_pipe_has_the_samples_that_a_file_would_have() {
    let folder = folder();
    let music = std::fs::read(data("music.wav")).unwrap();
    for (name, more) in [
        ("gain", &["--db", "-3"][..]),
        ("convert", &["--encoding", "u8", "--dither", "7"]),
        ("remix", &["--mono"]),
        ("fade", &["--in", "1"]),
    ] {
        let output = piped(name, &[&["-", "-"], more].concat(), &music);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let path = folder.path().join("out.wav");
        succeed(name, [&[text(&data("music.wav")), text(&path)], more].concat());
        let (file, stream) = (std::fs::read(&path).unwrap(), output.stdout);
        // A stream does not know its length: 0xFFFFFFFF, and everything to the end.
        assert_eq!(chunk(&stream, b"data"), chunk(&file, b"data"), "{name}");
    }
}

#[test]
fn what_needs_two_passes_refuses_a_pipe() {
    let folder = folder();
    let music = std::fs::read(data("music.wav")).unwrap();
    let out = folder.path().join("out.wav");
    for arguments in [&["normalize", "-", text(&out), "--peak", "0"][..], &["split", "-", text(&out)], &["repair", "-"]]
    {
        let ran = Ran::from(piped(arguments[0], &arguments[1..], &music));
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.err.contains("to do: "), "{}", ran.err);
    }
}

#[test]
fn a_reader_of_the_output_that_goes_away_is_no_failure() {
    let file = text(&data("music.wav")).to_owned();
    let folder = text(&data("")).to_owned();
    for arguments in [
        &["rms", &file, "--window", "0.0001", "--csv"][..],
        &["rms", &file, "--window", "0.0001"],
        &["levels", &folder, "--json"],
        &["levels", &folder],
        &["info", &file, &file, &file],
        &["info", &file, "--json"],
        &["split", &file, "pieces", "--dry-run"],
        &["rms", "--help"],
    ] {
        let mut child =
            program(arguments[0]).args(&arguments[1..]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_pipe_that_the_result_goes_to_and_that_breaks_is_a_failure() {
    let mut child = program("gain")
        .args([text(&data("music.wav")), "-", "--db", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 4];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut first).unwrap();
    drop(out);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((first, ran.code), (*b"RIFF", Some(1)), "{}", ran.err);
    assert!(ran.err.contains("because: Broken pipe"), "{}", ran.err);
}

#[test]
fn a_closed_standard_error_stops_nothing() {
    let folder = folder();
    let out = folder.path().join("out.wav");
    let mut command = program("gain");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command.args([text(&data("music.wav")), text(&out), "--db", "1"]).stderr(writer).status().unwrap();
    assert!(status.success());
    assert!(out.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_a_failure() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for arguments in [&["rms", "data/music.wav"][..], &["info", "data/music.wav"], &["levels", "data/music.wav"]] {
        let child = program(arguments[0]).args(&arguments[1..]).stdout(full()).stderr(Stdio::piped()).spawn().unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.err.contains("standard output") && ran.err.contains("No space left"), "{}", ran.err);
    }
}
