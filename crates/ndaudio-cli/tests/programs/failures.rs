//! What can go wrong: every program says what, about which file, and what to do; nothing is lost.

use std::fs;
use std::path::Path;

use crate::common::riff;
use crate::files::{CHANGERS, PROGRAMS, data, fail, folder, names, program, run, run_plain, succeed, text, write};

/// The arguments of a program for an input; what it would write lies in `folder`.
fn arguments(name: &str, input: &Path, folder: &Path) -> Vec<String> {
    let mut arguments = vec![text(input).to_owned()];
    if let Some((_, more)) = CHANGERS.iter().find(|(changer, _)| *changer == name) {
        arguments.push(text(&folder.join("out.wav")).to_owned());
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    }
    if name == "split" {
        arguments.push(text(&folder.join("pieces")).to_owned());
    }
    arguments
}

#[test]
fn every_program_has_help_with_examples() {
    for name in PROGRAMS {
        let ran = succeed(name, ["--help"]);
        assert!(ran.out.contains("Examples:") && ran.out.contains("Usage:"), "{name}: {}", ran.out);
    }
}

#[test]
fn a_command_line_that_is_wrong_is_status_2() {
    for (name, arguments) in [
        ("gain", &["a.wav", "b.wav"][..]),
        ("gain", &["a.wav", "b.wav", "--db", "loud"]),
        ("info", &[]),
        ("levels", &["a.wav", "--csv", "--json"]),
        ("normalize", &["a.wav", "b.wav", "--peak", "0", "--rms", "0"]),
        ("remix", &["a.wav", "b.wav"]),
        ("remix", &["a.wav", "b.wav", "--matrix", "1,2;3"]),
        ("convert", &["a.wav", "b.wav", "--encoding", "mp3"]),
        ("fade", &["a.wav", "b.wav", "--in", "-1"]),
        ("repair", &["a.wav", "--cut", "--output", "b.wav"]),
    ] {
        assert_eq!(run(name, arguments).code, Some(2), "{name} {arguments:?}");
    }
}

/// What a user reads who makes the commonest mistakes.
#[test]
fn messages_are_about_what_was_typed() {
    // A negative number is the value of the option, and not an option of its own.
    for (name, option) in
        [("rms", "--window"), ("rms", "--hop"), ("rms", "--from"), ("split", "--every"), ("levels", "--margin")]
    {
        let ran = run_plain(name, ["data/music.wav", option, "-1"]);
        assert_eq!(ran.code, Some(2), "{name} {option}: {}", ran.err);
        assert!(ran.err.contains("invalid value '-1'") && ran.err.contains(option), "{name} {option}: {}", ran.err);
    }
    // A reason is said once, in words.
    let missing = run_plain("info", ["missing.wav"]).err.to_lowercase();
    assert_eq!(missing.matches("no such file").count(), 1, "{missing}");
    assert!(!missing.contains("entity") && !missing.contains("os error"), "{missing}");
    // One frame is not "1 frames".
    let folder = folder();
    let out = folder.path().join("o.wav");
    let one = run_plain("gain", [text(&data("wave_pcm16_stereo_one_frame.wav")), text(&out), "--db", "-1"]).err;
    assert!(one.contains("1 frame,"), "{one}");
    let music = run_plain("rms", ["data/music.wav", "--window", "100"]).out;
    assert!(music.contains("441,000 frames"), "{music}");
    // Without FILE nothing is looked for.
    let nothing = run_plain("rms", [""; 0]);
    assert!(nothing.code == Some(2) && nothing.err.contains("FILE"), "{}", nothing.err);
    // Where nothing can be measured nothing is printed as a number.
    let empty = run_plain("levels", [text(&data("wave_pcm16_stereo_no_frames.wav"))]).out;
    assert!(!empty.to_lowercase().contains("nan"), "{empty}");
    // What cannot be read twice says so in its help.
    assert!(succeed("normalize", ["--help"]).out.contains("not a pipe"));
}

#[test]
fn a_file_that_is_not_there_not_a_wave_file_or_cut_in_its_header_is_refused_by_name() {
    let folder = folder();
    let music = fs::read(data("music.wav")).unwrap();
    let mut mp3 = riff(ndaudio::Encoding::I16, 2, 44_100, &[0; 400]);
    mp3[20] = 0x55;
    let inputs = [
        ("not there.wav", None),
        ("empty.wav", Some(&b""[..])),
        ("text.wav", Some(b"It was a dark and stormy night")),
        ("cut in the header.wav", Some(&music[..30])),
        ("no audio chunk.wav", Some(&music[..36])),
        ("mp3.wav", Some(&mp3)),
    ];
    for (input, content) in inputs {
        let input = folder.path().join(input);
        if let Some(content) = content {
            fs::write(&input, content).unwrap();
        }
        for name in PROGRAMS {
            let before = names(folder.path());
            let ran = fail(name, arguments(name, &input, folder.path()), &input);
            assert_eq!(ran.out, "", "{name}");
            assert_eq!(names(folder.path()), before, "{name} leaves something behind");
        }
    }
    for name in PROGRAMS {
        // A directory; `levels` looks into it.
        if name != "levels" {
            fail(name, arguments(name, folder.path(), folder.path()), folder.path());
        }
    }
}

#[test]
fn an_output_that_is_the_input_is_refused_whatever_its_name() {
    let folder = folder();
    let path = folder.path().join("take.wav");
    fs::copy(data("wave_pcm16_stereo_silence_left.wav"), &path).unwrap();
    let before = fs::read(&path).unwrap();
    let mut outputs = vec![path.clone(), folder.path().join(".").join("take.wav")];
    #[cfg(unix)]
    {
        let (hard, soft) = (folder.path().join("hard.wav"), folder.path().join("soft.wav"));
        fs::hard_link(&path, &hard).unwrap();
        std::os::unix::fs::symlink("take.wav", &soft).unwrap();
        outputs.extend([hard, soft]);
    }
    for (name, more) in CHANGERS.into_iter().chain([("repair", &["--output"][..])]) {
        for output in &outputs {
            let ran = if name == "repair" {
                run(name, [text(&path), "--output", text(output)])
            } else {
                fail(name, [&[text(&path), text(output)][..], more].concat(), output)
            };
            assert_eq!(ran.code, Some(1), "{name}: {}", ran.err);
            assert_eq!(fs::read(&path).unwrap(), before, "{name} to {}", output.display());
        }
    }
}

#[test]
fn where_nothing_can_be_written_programs_say_so() {
    let folder = folder();
    let (input, file) = (data("wave_pcm16_stereo_silence_left.wav"), folder.path().join("file"));
    fs::write(&file, "").unwrap();
    for (name, more) in CHANGERS {
        for output in
            [folder.path().join("no such directory").join("out.wav"), folder.path().to_path_buf(), file.join("out.wav")]
        {
            fail(name, [&[text(&input), text(&output)][..], more].concat(), &output);
        }
    }
    fail("split", [text(&data("music.wav")), text(&file)], &file);
    let picture = folder.path().join("no such directory").join("out.svg");
    fail("levels", [text(&input), "--plot", text(&picture)], &picture);
}

#[cfg(unix)]
#[test]
fn a_directory_that_may_not_be_written_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let output = folder.path().join("out.wav");
    // The superuser may all the same; then there is nothing to see here.
    if fs::write(folder.path().join("probe"), "").is_err() {
        for (name, more) in CHANGERS {
            let input = data("wave_pcm16_stereo_silence_left.wav");
            fail(name, [&[text(&input), text(&output)][..], more].concat(), &output);
        }
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

/// As on a disk that is full after 32 KiB: files may not grow further.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_fails_leaves_the_old_output_as_it_was() {
    let folder = folder();
    let outputs = ["out.wav", "out.flac"].map(|name| folder.path().join(name));
    for path in &outputs {
        fs::write(path, "precious").unwrap();
    }
    for (output, (name, more)) in outputs.iter().flat_map(|output| CHANGERS.map(|changer| (output, changer))) {
        let path = program(name).get_program().to_owned();
        let input = data("music.wav");
        let arguments = [&[name, text(&input), text(output), "--overwrite"][..], more].concat();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "ulimit -f 64; exec \"$0\" \"$@\""]).arg(path).args(arguments);
        let ran = crate::files::Ran::from(shell.output().unwrap());
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.err);
        assert!(ran.err.contains(text(output)) && ran.err.contains("because: File too large"), "{name}: {}", ran.err);
        assert!(!ran.err.contains("standard output") && ran.err.contains("ulimit"), "{name}: {}", ran.err);
        assert_eq!(fs::read(output).unwrap(), b"precious", "{name}");
        assert_eq!(names(folder.path()), ["out.flac", "out.wav"], "{name}");
    }
}

#[test]
fn an_output_that_is_there_is_replaced_by_a_run_that_succeeds() {
    let folder = folder();
    let output = folder.path().join("out.wav");
    for (name, more) in CHANGERS {
        fs::write(&output, "old").unwrap();
        let input = data("wave_pcm16_stereo_silence_left.wav");
        succeed(name, [&[text(&input), text(&output)][..], more].concat());
        assert!(fs::read(&output).unwrap().starts_with(b"RIFF"), "{name}");
        assert_eq!(names(folder.path()), ["out.wav"], "{name}");
    }
}

#[test]
fn audio_that_breaks_off_is_used_as_far_as_it_goes_and_said_to_break_off() {
    let folder = folder();
    let path = folder.path().join("cut.wav");
    let music = fs::read(data("music.wav")).unwrap();
    // In the middle of frame 9989, since a header of 44 bytes stands before.
    fs::write(&path, &music[..40_002]).unwrap();
    for name in ["rms", "gain", "convert", "normalize", "remix", "fade", "split", "levels"] {
        let ran = succeed(name, arguments(name, &path, folder.path()));
        assert!(ran.err.contains("the file has 39958"), "{name}: {}", ran.err);
        assert!(ran.err.contains("2 of its 4 bytes"), "{name}: {}", ran.err);
    }
    let ran = succeed("rms", [text(&path), "--csv"]);
    assert!(ran.out.contains(",total,0,9989,all,"), "{}", ran.out);
}

#[test]
fn a_file_without_any_frames_is_no_failure_but_where_levels_are_needed() {
    let input = data("wave_pcm16_stereo_no_frames.wav");
    for name in ["rms", "gain", "info", "convert", "levels", "split", "remix", "fade"] {
        let folder = folder();
        succeed(name, arguments(name, &input, folder.path()));
    }
    let folder = folder();
    fail("normalize", arguments("normalize", &input, folder.path()), &input);
    assert_eq!(names(folder.path()), [""; 0]);
    succeed("levels", [text(&input), "--plot", text(&folder.path().join("none.svg"))]);
    succeed("levels", [text(&input), "--plot", text(&folder.path().join("none.png"))]);
}

#[test]
fn as_many_channels_as_there_can_be() {
    let folder = folder();
    let path = folder.path().join("many.wav");
    crate::files::many_channels(&path);
    for name in ["rms", "gain", "info", "convert", "levels", "normalize", "remix", "fade"] {
        let mut arguments = arguments(name, &path, folder.path());
        if name == "convert" {
            // 16 bits of 65,535 channels are more bytes a frame than a header can hold.
            arguments = vec![text(&path).to_owned(), text(&folder.path().join("out.w64")).to_owned()];
        }
        succeed(name, arguments);
    }
    let ran = succeed("rms", [text(&path), "--csv"]);
    assert!(ran.out.contains(",total,0,2,65535,"), "{}", ran.out.len());
    succeed("levels", [text(&path), "--plot", text(&folder.path().join("many.png"))]);
}

#[test]
fn an_input_is_not_changed() {
    let folder = folder();
    let path = folder.path().join("take.wav");
    write(&path, 8000, 2, &[1000; 1600]);
    let before = fs::read(&path).unwrap();
    for name in PROGRAMS {
        succeed(name, arguments(name, &path, folder.path()));
        assert_eq!(fs::read(&path).unwrap(), before, "{name}");
    }
}

/// As where `ulimit -u` or the memory leaves no room for another: here threads ask for a stack that no machine has.
#[cfg(target_os = "linux")]
#[test]
fn where_no_thread_can_be_started_programs_say_so_and_one_job_needs_none() {
    let folder = folder();
    let music = data("music.wav");
    let of = |name: &str| text(&folder.path().join(name)).to_owned();
    for (arguments, output) in [
        (&["levels", text(&music), "data"][..], None),
        (&["gain", text(&music), "--db", "-6"], Some("{stem}.wav")),
        (&["gain", text(&music), "data/libsndfile_bext_pcm16_stereo.wav", "--db", "-6"], Some("{stem}.wav")),
        (&["spectrogram", text(&music)], Some("p.png")),
        (&["ltsa", text(&music)], Some("p.svg")),
        (&["report", text(&music)], Some("p.html")),
    ] {
        let run = |jobs: &[&str]| {
            let mut command = program(arguments[0]);
            command.args(&arguments[1..]).args(jobs).env("RUST_MIN_STACK", (1_u64 << 60).to_string());
            output.map(|output| command.args(["-o", &of(output)]));
            crate::files::Ran::from(command.output().unwrap())
        };
        let is_one_job = arguments[0] == "gain" && arguments.len() == 4;
        for jobs in [&[][..], &["--jobs", "2"]].into_iter().filter(|_| !is_one_job) {
            let ran = run(jobs);
            assert_eq!(ran.code, Some(1), "{arguments:?} {jobs:?}: {}", ran.err);
            assert!(ran.err.contains("threads cannot be started") && ran.err.contains("--jobs 1"), "{}", ran.err);
            assert_eq!(names(folder.path()), [""; 0], "{arguments:?}");
        }
        let ran = run(&["--jobs", "1"]);
        let done = if arguments[0] == "levels" { ran.out.contains("music.wav") } else { ran.code == Some(0) };
        assert!(done, "{arguments:?}: {}", ran.err);
        for name in names(folder.path()) {
            fs::remove_file(of(&name)).unwrap();
        }
    }
}

#[test]
fn advice_is_about_what_is_too_large() {
    let folder = folder();
    let out = folder.path().join("out.wav");
    let ran = run_plain("convert", [text(&data("music.wav")), text(&out), "--rate", "4294967291"]);
    assert!(ran.code == Some(1) && ran.err.contains("resampling"), "{}", ran.err);
    assert!(!ran.err.contains("rf64"), "{}", ran.err);
}

/// However short its name is: `e` is a part of most words.
#[test]
fn a_failure_names_its_file() {
    let folder = folder();
    std::fs::copy(data("wave_pcm16_stereo_silence_left.wav"), folder.path().join("e")).unwrap();
    let mut command = program("trim");
    command.current_dir(folder.path()).args(["e", "out.wav", "--silence", "--threshold", "100"]);
    let ran = crate::files::Ran::from(command.output().unwrap());
    assert!(ran.code == Some(1) && ran.err.starts_with("ndaudio: e: has no sound"), "{}", ran.err);
}

#[test]
fn patterns_that_match_nothing_are_counted() {
    let music = data("music.wav");
    let ran = run_plain("levels", [text(&music), "/nowhere/a*", "/nowhere/b*"]);
    assert!(ran.code == Some(1) && ran.err.contains("2 of 3 files failed"), "{}", ran.err);
    let out = folder().path().join("out.png");
    let ran = run_plain("ltsa", ["/nowhere/a.wav", "/nowhere/b.wav", "-o", text(&out)]);
    assert!(ran.code == Some(1) && !ran.err.contains("3 of 2"), "{}", ran.err);
}
