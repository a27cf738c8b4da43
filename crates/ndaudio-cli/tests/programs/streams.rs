//! Standard input and output: pipes that come, and pipes that go away.

#![cfg(unix)]

use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

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
    // Behind a tag of another format, as some programs for music leave it.
    let tagged = [&b"ID3\x04\0\0\0\0\0\x05abcde"[..], &music].concat();
    let of_file = succeed("rms", [text(&data("music.wav")), "--csv"]).out.replace(text(&data("music.wav")), "-");
    assert_eq!(Ran::from(piped("rms", &["-", "--csv"], &tagged)).out, of_file);
}

/// Whatever the library opens, also from a pipe.
#[test]
fn every_format_is_read_from_a_pipe_as_from_a_file() {
    let mut counted = 0;
    for entry in std::fs::read_dir(data("media")).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().unwrap().to_str().unwrap();
        if matches!(extension, "tsv" | "py" | "i16") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let of_file: Value = serde_json::from_str(&succeed("levels", [text(&path), "--json"]).out).unwrap();
        for name in ["-", "/dev/stdin"] {
            let ran = Ran::from(piped("levels", &[name, "--json"], &bytes));
            assert_eq!(ran.code, Some(0), "{}: {}", path.display(), ran.err);
            let of_pipe: Value = serde_json::from_str(&ran.out).unwrap();
            for key in ["frames", "overall", "channels", "sample_rate", "encoding"] {
                assert_eq!(of_pipe[key], of_file[key], "{} {key}", path.display());
            }
        }
        // And from a file that the shell opened.
        let redirected = program("levels").args(["-", "--json"]).stdin(File::open(&path).unwrap()).output().unwrap();
        let redirected: Value = serde_json::from_slice(&redirected.stdout).unwrap();
        assert_eq!(redirected["overall"], of_file["overall"], "{}", path.display());
        counted += 1;
    }
    assert!(counted >= 20, "{counted}");
}

/// Every subcommand reads standard input, or says why not and what to do.
#[test]
fn every_subcommand_takes_standard_input_or_says_why_not() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name).display().to_string();
    let [out, picture, pieces, page] = ["o.wav", "o.png", "pieces", "o.html"].map(of);
    let flac = std::fs::read(data("media/flac_pcm16_stereo.flac")).unwrap();
    let wave = std::fs::read(data("music.wav")).unwrap();
    let fixture = data("media/flac_pcm16_stereo.flac").display().to_string();
    let music = data("music.wav").display().to_string();
    let cases: [(&[&str], bool); 16] = [
        (&["info", "-"], true),
        (&["rms", "-"], true),
        (&["rms", "-", "--from", "0.01", "--to", "0.02"], true),
        (&["levels", "-"], true),
        (&["gain", "-", &out, "--db", "-1"], true),
        (&["fade", "-", &out, "--in", "0.01"], true),
        (&["remix", "-", &out, "--mono"], true),
        (&["convert", "-", &out, "--rate", "16000"], true),
        (&["trim", "-", &out, "--from", "0.01", "--to", "0.02"], true),
        (&["normalize", "-", &out, "--peak", "0"], false),
        (&["split", "-", &pieces], false),
        (&["levels", "-", "--plot", &picture], false),
        (&["trim", "-", &out, "--silence"], false),
        (&["repair", "-"], false),
        (&["report", "-", "-o", &page], false),
        (&["levels", "-", "-"], false),
    ];
    for (arguments, works) in cases {
        for input in [&flac, &wave] {
            for name in [&out, &picture, &page] {
                let _ = std::fs::remove_file(name);
            }
            let ran = Ran::from(piped(arguments[0], &arguments[1..], input));
            assert_eq!(ran.code, Some(if works { 0 } else { 1 }), "{arguments:?}: {}", ran.err);
            assert!(works || ran.err.contains("to do: "), "{arguments:?}: {}", ran.err);
        }
    }
    // Where the header says how long it is there is a picture; of what a recorder streams there is none.
    let mut endless = wave.clone();
    endless[40..44].fill(0xFF);
    for name in ["spectrogram", "ltsa"] {
        let drawn = Ran::from(piped(name, &["-", "-o", &picture, "--overwrite"], &flac));
        assert_eq!(drawn.code, Some(0), "{name}: {}", drawn.err);
        let ran = Ran::from(piped(name, &["-", "-o", &picture, "--overwrite"], &endless));
        assert!(ran.code == Some(1) && ran.err.contains("save the input to a file"), "{name}: {}", ran.err);
        let file = File::open(&music).unwrap();
        let status = program(name).args(["-", "-q", "-o", &picture, "--overwrite"]).stdin(file).status().unwrap();
        assert!(status.success(), "{name}");
    }
    // Joined from a pipe and a file, in either order.
    for inputs in [["-", &fixture], [&fixture, "-"]] {
        let ran = Ran::from(piped("concat", &[&inputs[..], &[&out, "--overwrite"]].concat(), &flac));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(crate::files::samples(Path::new(&out)).len(), 2 * 2 * 2000);
    }
}

/// What a recorder has recorded is shown while it goes on.
#[test]
fn a_window_of_a_live_source_is_printed_before_the_pipe_closes() {
    for format in [&["--csv"][..], &["--json"], &[]] {
        let mut music = std::fs::read(data("music.wav")).unwrap();
        music[40..44].fill(0xFF);
        let mut command = program("rms");
        command.args(["-", "--window", "0.1"]).args(format);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // Half a second, and then nothing.
        stdin.write_all(&music[..44 + 4 * 22_050]).unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        let out = std::io::BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || out.lines().for_each(|line| drop(sender.send(line.unwrap()))));
        let row = |line: &str| line.contains("0.4") && !line.contains("44100");
        let found = std::iter::from_fn(|| lines.recv_timeout(Duration::from_secs(30)).ok()).any(|line| row(&line));
        assert!(found, "{format:?}: the fifth window did not come while the pipe was open");
        drop(stdin);
        assert!(child.wait().unwrap().success());
        reader.join().unwrap();
    }
}

/// A stream that one of our programs writes has no size in its header, which is no anomaly worth a line.
#[test]
fn a_chain_of_our_own_programs_is_quiet() {
    let stream = piped("gain", &["-", "-", "--db", "-1", "-q"], &std::fs::read(data("music.wav")).unwrap()).stdout;
    assert_eq!((&stream[..4], &stream[4..8]), (&b"RIFF"[..], &[0xFF; 4][..]));
    for arguments in [&["rms", "-"][..], &["levels", "-"], &["info", "-"], &["gain", "-", "-", "--db", "1", "-q"]] {
        let ran = Ran::from(piped(arguments[0], &arguments[1..], &stream));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
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
    for arguments in [
        &["rms", "data/music.wav"][..],
        &["info", "data/music.wav"],
        &["levels", "data/music.wav"],
        &["--help"],
        &["--version"],
    ] {
        let child = program(arguments[0]).args(&arguments[1..]).stdout(full()).stderr(Stdio::piped()).spawn().unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.err.contains("standard output") && ran.err.contains("No space left"), "{}", ran.err);
    }
}

/// Whose header does not say that it does.
#[test]
fn a_pipe_that_ends_before_the_part_is_refused_as_a_file_is() {
    let folder = folder();
    let out = folder.path().join("out.wav");
    let mut music = std::fs::read(data("music.wav")).unwrap();
    music[40..44].fill(0xFF);
    for arguments in [
        &["trim", "-", text(&out), "--from", "1:00:00"][..],
        &["convert", "-", text(&out), "--from", "1:00:00"],
        &["rms", "-", "--from", "1:00:00"],
    ] {
        let ran = Ran::from(piped(arguments[0], &arguments[1..], &music));
        assert!(ran.code == Some(1) && ran.err.contains("--from is at or after the end"), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("0:10.000"), "{}", ran.err);
        assert!(!out.exists(), "{arguments:?}");
    }
    // What is said to be written is what was.
    let ran = Ran::from(piped("trim", &["-", text(&out), "--from", "1", "--to", "1:00:00"], &music));
    assert!(ran.code == Some(0) && ran.err.contains("396,900 frames from 0:01.000"), "{}", ran.err);
}
