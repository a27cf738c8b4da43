//! Nothing is overwritten, invented or let through to a terminal.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::files::{CHANGERS, chunk, data, folder, names, program, run_plain, succeed, text, write};

#[test]
fn a_file_that_exists_is_refused_without_overwrite_in_every_subcommand() {
    let folder = folder();
    let input = data("wave_pcm16_stereo_silence_left.wav");
    let out = folder.path().join("out.wav");
    let mut commands: Vec<(&str, Vec<&str>)> =
        CHANGERS.into_iter().map(|(name, more)| (name, [&[text(&input), text(&out)][..], more].concat())).collect();
    commands.push(("trim", vec![text(&input), text(&out), "--to", "0.01"]));
    commands.push(("concat", vec![text(&input), text(&input), text(&out)]));
    commands.push(("repair", vec![text(&input), "-o", text(&out)]));
    for (name, arguments) in &commands {
        fs::write(&out, "precious").unwrap();
        let ran = run_plain(name, arguments);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.err);
        assert!(ran.err.contains("exists already") && ran.err.contains("--overwrite"), "{name}: {}", ran.err);
        assert_eq!(fs::read(&out).unwrap(), b"precious", "{name}");
        succeed(name, arguments);
        assert_ne!(fs::read(&out).unwrap(), b"precious", "{name}");
    }
    for (option, file) in [("--plot", "p.png"), ("--segments", "s.csv")] {
        let path = folder.path().join(file);
        fs::write(&path, "precious").unwrap();
        let ran = run_plain("levels", [text(&input), option, text(&path)]);
        assert!(ran.code == Some(1) && ran.err.contains("exists already"), "{option}: {}", ran.err);
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }
}

/// By its name or by a link, of the same job or of another, from a path or from a shell.
#[cfg(unix)]
#[test]
fn no_output_of_any_kind_replaces_an_input() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    for name in ["a.wav", "a-loud.wav", "a.csv"] {
        write(&of(name), 8000, 1, &[1000; 800]);
    }
    std::os::unix::fs::symlink("a.wav", of("link.svg")).unwrap();
    let all = ["a-loud.wav", "a.csv", "a.wav", "link.svg"];
    let before = all.map(|name| fs::read(of(name)).unwrap());
    let (audio, loud, list, link) = (of("a.wav"), of("a-loud.wav"), of("a.csv"), of("link.svg"));
    let (audio, loud, list, link) = (text(&audio), text(&loud), text(&list), text(&link));
    let pattern = of("new/../{stem}-loud.wav");
    fs::create_dir(of("new")).unwrap();
    let open = |path: &str| fs::OpenOptions::new().read(true).append(true).open(path).unwrap();
    for (arguments, stdin, stdout) in [
        (&["report", audio, "-o", audio, "--overwrite"][..], None, None),
        (&["report", audio, "-o", "-"], None, Some(audio)),
        (&["levels", list, "--segments", list, "--overwrite"], None, None),
        (&["levels", audio, "--plot", link, "--overwrite"], None, None),
        (&["spectrogram", audio, "-o", link, "--overwrite"], None, None),
        (&["spectrogram", "-", "-o", link, "--overwrite"], Some(audio), None),
        (&["ltsa", loud, audio, "-o", link, "--overwrite"], None, None),
        (&["concat", loud, audio, "-o", audio, "--overwrite"], None, None),
        (&["concat", "-", loud, audio, "--overwrite"], Some(audio), None),
        (&["concat", audio, loud, "-"], None, Some(audio)),
        (&["repair", audio, "-o", audio, "--overwrite"], None, None),
        (&["gain", audio, loud, "-o", text(&pattern), "--db", "6", "--overwrite"], None, None),
        (&["gain", "-", audio, "--db", "6", "--overwrite"], Some(audio), None),
        (&["gain", audio, "-", "--db", "6"], None, Some(audio)),
        (&["normalize", audio, "/dev/stdout", "--peak", "0", "--overwrite"], None, Some(audio)),
        // What is printed about recordings, also before pictures and pieces are written.
        (&["info", loud, audio], None, Some(audio)),
        (&["info", "--json", "-"], Some(audio), Some(audio)),
        (&["levels", audio], None, Some(audio)),
        (&["levels", "--csv", loud, audio], None, Some(audio)),
        (&["levels", audio, "--plot", "{dir}/new/{stem}.png"], None, Some(audio)),
        (&["rms", loud, audio], None, Some(audio)),
        (&["split", audio, "--list", "--every", "0.05"], None, Some(audio)),
        (&["split", audio, text(&of("new")), "--every", "0.05"], None, Some(audio)),
    ] {
        let mut command = program(arguments[0]);
        command.args(&arguments[1..]);
        stdin.map(|path| command.stdin(open(path)));
        stdout.map(|path| command.stdout(open(path)));
        let ran = crate::files::Ran::from(command.output().unwrap());
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("an output must be another file"), "{arguments:?}: {}", ran.err);
        assert_eq!(names(&of("new")), [""; 0]);
        for (name, before) in all.iter().zip(&before) {
            assert!(&fs::read(of(name)).unwrap() == before, "{arguments:?} changed {name}");
        }
        assert_eq!(names(folder.path()).len(), 5, "{arguments:?}");
    }
}

/// Not a recording whose name ends in a number or prints like that of a piece, and not the input that is a link to one.
#[cfg(target_os = "linux")]
#[test]
fn splitting_removes_nothing_and_replaces_only_pieces() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let of = |name: &[u8]| folder.path().join(std::ffi::OsStr::from_bytes(name));
    let precious = [of(b"site-20240101.wav"), of(b"site-999.wav"), of(b"x\xfe-001.wav"), of(b"take-999.wav")];
    for (index, path) in precious.iter().chain([&of(b"site.wav"), &of(b"x\xff.wav")]).enumerate() {
        write(path, 8000, 1, &vec![index as i16; 8000]);
    }
    std::os::unix::fs::symlink("take-999.wav", of(b"take.wav")).unwrap();
    let before: Vec<_> = precious.iter().map(|path| fs::read(path).unwrap()).collect();
    for (name, named) in
        [(&b"site.wav"[..], Some("site-999.wav: ")), (b"x\xff.wav", None), (b"take.wav", Some("take-999.wav: "))]
    {
        let split = || {
            let mut command = program("split");
            command.arg(of(name)).arg(folder.path()).args(["--every", "0.5", "--overwrite"]);
            crate::files::Ran::from(command.output().unwrap())
        };
        let (first, again) = (split(), split());
        for ran in [first, again] {
            assert_eq!(ran.code, Some(0), "{}", ran.err);
            match named {
                Some(named) => assert!(ran.err.contains(named) && !ran.err.contains("20240101"), "{}", ran.err),
                None => assert!(!ran.err.contains("named like"), "{}", ran.err),
            }
        }
    }
    for (path, before) in precious.iter().zip(before) {
        assert!(fs::read(path).unwrap() == before, "{}", path.display());
    }
    // A piece by whose name the input goes is refused before any is written.
    fs::rename(of(b"take-999.wav"), of(b"take-002.wav")).unwrap();
    fs::remove_file(of(b"take-001.wav")).unwrap();
    fs::remove_file(of(b"take.wav")).unwrap();
    std::os::unix::fs::symlink("take-002.wav", of(b"take.wav")).unwrap();
    let ran = run_plain("split", [text(&of(b"take.wav")), text(folder.path()), "--every", "0.5", "--overwrite"]);
    assert!(ran.code == Some(1) && ran.err.contains("take-002.wav: is the input "), "{}", ran.err);
    assert!(!of(b"take-001.wav").exists());
}

#[test]
fn a_manual_replaces_nothing_without_overwrite() {
    let folder = folder();
    let page = folder.path().join("ndaudio-trim.1");
    let foreign = folder.path().join("foreign");
    fs::write(&foreign, "precious").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("foreign", &page).unwrap();
    #[cfg(not(unix))]
    fs::write(&page, "precious").unwrap();
    let ran = run_plain("man", ["-o", text(folder.path())]);
    assert!(ran.code == Some(1) && ran.err.contains("ndaudio-trim.1: exists already"), "{}", ran.err);
    assert_eq!(names(folder.path()), ["foreign", "ndaudio-trim.1"], "all or none");
    assert_eq!(fs::read(&foreign).unwrap(), b"precious");
    fs::remove_file(&page).unwrap();
    for overwrite in [None, Some("--overwrite")] {
        let ran = run_plain("man", ["-o", text(folder.path())].into_iter().chain(overwrite));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(fs::read_to_string(&page).unwrap().contains(".TH ndaudio-trim 1"));
        assert_eq!(names(folder.path()).len(), 1 + 1 + 17);
    }
    assert_eq!(run_plain("man", ["--overwrite"]).code, Some(2));
}

#[test]
fn two_recordings_never_have_one_picture() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    for directory in ["a", "b"] {
        fs::create_dir(of(directory)).unwrap();
        write(&of(directory).join("x.wav"), 8000, 1, &[1000; 800]);
    }
    let pattern = of("pics/{stem}.png");
    let ran = run_plain("levels", [text(folder.path()), "--plot", text(&pattern)]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("would both be written to") && ran.err.contains("to do: "), "{}", ran.err);
    assert!(!of("pics").exists());
    // In the directory of each.
    succeed("levels", [text(folder.path()), "--plot", "{dir}/{stem}.png"]);
    assert!(of("a/x.png").exists() && of("b/x.png").exists());
}

/// By links that lead to nothing yet, and through directories that are yet to be made.
#[cfg(unix)]
#[test]
fn two_results_never_go_to_one_file() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let audio = ["a.wav", "b.wav"].map(of);
    audio.iter().for_each(|path| write(path, 8000, 1, &[1000; 800]));
    for (link, target) in [("o-a.wav", "z.wav"), ("o-b.wav", "p"), ("p", "./z.wav"), ("round-a.wav", "round-a.wav")] {
        symlink(target, of(link)).unwrap();
    }
    symlink(of("deep/er"), of("q-a.wav")).unwrap();
    let before = names(folder.path());
    let convert = |pattern: &str| {
        let pattern = of(pattern);
        run_plain("convert", [text(&audio[0]), text(&audio[1]), "-o", text(&pattern), "--overwrite"])
    };
    for (pattern, said) in [
        ("o-{name}", "would both be written to"),
        ("new-{name}/../o.wav", "would both be written to"),
        ("new/{stem}/../o.wav", "would both be written to"),
        ("new/../{name}", "must be another file"),
        ("q-{name}/../../new/../{stem}.wav", "must be another file"),
    ] {
        let ran = convert(pattern);
        assert!(ran.code == Some(1) && ran.err.contains(said), "{pattern}: {}", ran.err);
        assert_eq!(names(folder.path()), before, "{pattern}");
    }
    let round = of("round-{name}");
    let ran = run_plain("convert", [text(&audio[0]), "-o", text(&round), "--overwrite"]);
    assert!(ran.code == Some(1) && ran.err.contains("symbolic links"), "{}", ran.err);
    // Nothing is made before both outputs of a command are known to be another file.
    let (plot, list) = (of("pics/{stem}.png"), of("{stem}.csv"));
    fs::write(of("a.csv"), "precious").unwrap();
    let ran = run_plain("levels", [text(&audio[0]), "--plot", text(&plot), "--segments", text(&list)]);
    assert!(ran.code == Some(1) && ran.err.contains("exists already"), "{}", ran.err);
    assert!(!of("pics").exists());
    // What differs is made, at the end of a link as well.
    fs::remove_file(of("o-b.wav")).unwrap();
    for pattern in ["o-{name}", "new/{stem}/../{name}"] {
        let ran = convert(pattern);
        assert_eq!(ran.code, Some(0), "{pattern}: {}", ran.err);
    }
    assert!(of("z.wav").exists() && of("o-b.wav").exists() && of("new/a.wav").exists() && of("new/b.wav").exists());
}

/// By links that are there already, to a file or to where one will be.
#[cfg(unix)]
#[test]
fn two_pieces_or_pages_never_go_to_one_file() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let input = of("take.wav");
    write(&input, 8000, 1, &[1000; 800]);
    for (link, target) in [("take-001.wav", "one"), ("take-002.wav", "./one")] {
        symlink(target, of(link)).unwrap();
    }
    for (link, target) in [("ndaudio.1", "one"), ("ndaudio-trim.1", "./one")] {
        symlink(target, of(link)).unwrap();
    }
    let before = names(folder.path());
    for is_there in [false, true] {
        if is_there {
            fs::write(of("one"), "precious").unwrap();
        }
        for arguments in
            [&["split", text(&input), text(folder.path()), "--every", "0.05"][..], &["man", "-o", text(folder.path())]]
        {
            let ran = run_plain(arguments[0], [&arguments[1..], &["--overwrite"]].concat());
            assert!(ran.code == Some(1) && ran.err.contains("lead to one file"), "{arguments:?}: {}", ran.err);
            assert!(ran.err.contains("to do: "), "{}", ran.err);
            assert!(!is_there || fs::read(of("one")).unwrap() == b"precious", "{arguments:?}");
            assert_eq!(names(folder.path()).len(), before.len() + usize::from(is_there), "{arguments:?}");
        }
    }
    // One link is as good as a name.
    fs::remove_file(of("take-002.wav")).unwrap();
    let ran = run_plain("split", [text(&input), text(folder.path()), "--every", "0.05", "--overwrite"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(of("take-001.wav").is_symlink() && of("take-002.wav").exists());
}

/// A recording of hours takes its time, in which somebody else may write a file of that name.
#[test]
fn a_file_that_comes_during_a_run_is_kept() {
    use std::io::Write;
    use std::process::Stdio;
    let folder = folder();
    let output = folder.path().join("out.wav");
    let mut music = fs::read(data("music.wav")).unwrap();
    music[40..44].fill(0xFF);
    for (overwrite, code) in [(None, 1), (Some("--overwrite"), 0)] {
        let mut command = program("gain");
        command.args(["-", text(&output), "--db", "-6"]).args(overwrite);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // More than a pipe holds: the output was begun before all of it was taken.
        stdin.write_all(&music).unwrap();
        fs::write(&output, "precious").unwrap();
        drop(stdin);
        let ran = crate::files::Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(code), "{}", ran.err);
        assert_eq!(ran.err.contains("exists already"), code == 1, "{}", ran.err);
        assert_eq!(fs::read(&output).unwrap() == b"precious", code == 1);
        assert_eq!(names(folder.path()), ["out.wav"]);
        fs::remove_file(&output).unwrap();
    }
}

/// Names that are not UTF-8 differ in the bytes that print alike.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_keep_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    for byte in [0xE4, 0xF6] {
        let name = [b"x", &[byte][..], b".wav"].concat();
        write(&folder.path().join(std::ffi::OsStr::from_bytes(&name)), 8000, 1, &[1000; 800]);
    }
    succeed("levels", [text(folder.path()), "--plot", "{dir}/{stem}.png"]);
    let pictures = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "png"));
    assert_eq!(pictures.count(), 2);
}

#[cfg(unix)]
#[test]
fn standard_output_on_a_file_keeps_what_is_there() {
    let folder = folder();
    let file = folder.path().join("f");
    let input = data("wave_pcm16_stereo_one_frame.wav");
    let convert = |out: fs::File| {
        let status = program("convert").args([text(&input), "-", "-q"]).stdout(out).status().unwrap();
        assert!(status.success());
    };
    // echo keep > f; ndaudio convert a.wav - >> f
    fs::write(&file, "keep").unwrap();
    convert(fs::OpenOptions::new().append(true).open(&file).unwrap());
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"keepRIFF"));
    assert_eq!(chunk(&bytes[4..], b"data").unwrap().len(), 4);
    // (ndaudio convert a.wav -; ndaudio convert a.wav -) > f
    let shared = fs::File::create(&file).unwrap();
    convert(shared.try_clone().unwrap());
    let one = fs::read(&file).unwrap();
    convert(shared);
    assert_eq!(fs::read(&file).unwrap(), [&one[..], &one[..]].concat());
    assert_eq!(u32::from_le_bytes(one[4..8].try_into().unwrap()) as usize, one.len() - 8, "the sizes are filled in");
}

/// A title that a terminal would obey, a C1 control, an override of the direction, and DEL.
const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{7f}.wav";

#[cfg(unix)]
#[test]
fn no_control_character_reaches_standard_error_or_a_table() {
    let folder = folder();
    let path = folder.path().join(HOSTILE);
    write(&path, 8000, 1, &[1000; 800]);
    let missing = folder.path().join(format!("not{HOSTILE}"));
    let hostile = |text: &str| text.chars().find(|&c| (c.is_control() && c != '\n') || c == '\u{202e}');
    for arguments in [
        &["info", text(&path)][..],
        &["levels", text(&path)],
        &["rms", text(&path)],
        &["split", text(&path), "--list"],
        &["levels", text(folder.path())],
        &["info", text(&path), "--json"],
        &["report", text(&path), "-o", "-"],
        &["levels", text(&path), "--json"],
        &["info", text(&missing)],
        &["gain", text(&missing), "out.wav", "--db", "1"],
        &["gain", text(&path), "--db", HOSTILE],
        &[HOSTILE],
    ] {
        let ran = run_plain(arguments[0], &arguments[1..]);
        assert_eq!(hostile(&ran.err), None, "{arguments:?}: {:?}", ran.err);
        assert_eq!(hostile(&ran.out), None, "{arguments:?}: {:?}", ran.out);
    }
    // And in a picture there is none either.
    let svg = folder.path().join("p.svg");
    succeed("levels", [text(&path), "--plot", text(&svg)]);
    assert_eq!(hostile(&fs::read_to_string(&svg).unwrap()), None);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_directory_does_not_stop_the_search() {
    let folder = folder();
    write(&folder.path().join("a.wav"), 8000, 1, &[1000; 800]);
    let fifo = folder.path().join("b.wav");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    // Nor does one that a pattern matches; a file that is named in full is meant.
    let pattern = folder.path().join("*.wav");
    for search in [folder.path(), &pattern] {
        let mut command = program("levels");
        let mut child = command.args([text(search), "--csv"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let start = std::time::Instant::now();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed().as_secs() > 20 {
                child.kill().unwrap();
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let ran = crate::files::Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 2), "{}: {}", search.display(), ran.out);
    }
}

#[test]
fn silence_no_frames_and_nan_differ_in_json() {
    let folder = folder();
    let silence = folder.path().join("silence.wav");
    write(&silence, 8000, 1, &[0; 100]);
    let nan = folder.path().join("nan.wav");
    let audio: Vec<u8> = [f32::NAN; 4].iter().flat_map(|sample| sample.to_le_bytes()).collect();
    fs::write(&nan, crate::common::riff(ndaudio::Encoding::F32, 1, 8000, &audio)).unwrap();
    let level = |path: &Path| -> Value {
        serde_json::from_str(succeed("levels", [text(path), "--json"]).out.lines().next().unwrap()).unwrap()
    };
    let silence = level(&silence);
    assert_eq!((&silence["overall"]["rms_dbfs"], &silence["frames"]), (&"-inf".into(), &100.into()));
    let none = level(&data("wave_pcm16_stereo_no_frames.wav"));
    assert_eq!((&none["overall"]["rms_dbfs"], &none["frames"]), (&Value::Null, &0.into()));
    let nan = level(&nan);
    assert_eq!(
        (&nan["overall"]["rms_dbfs"], &nan["frames"], &nan["overall"]["nan"]),
        (&Value::Null, &4.into(), &4.into())
    );
}

#[test]
fn a_name_that_cannot_be_honoured_is_refused() {
    let folder = folder();
    for name in ["o.mp3", "o.txt", "o.aac"] {
        let out = folder.path().join(name);
        let ran = run_plain("convert", [text(&data("music.wav")), text(&out)]);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains("are not written"), "{}", ran.err);
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let music = data("music.wav");
    for arguments in [
        &["levels", text(&music), "--threshold", "-40"][..],
        &["fade", text(&music), "out.wav"],
        &["trim", text(&music), "out.wav"],
        &["trim", text(&music), "out.wav", "--to", "1", "--threshold", "-40"],
        &["split", text(&music), "pieces", "--every", "1", "--margin", "1"],
        &["split", text(&music), "--list", "--overwrite"],
        &["levels", text(&music), "--overwrite"],
        &["repair", text(&music), "--overwrite"],
        &["rms", text(&music), "--window", "1e-9"],
    ] {
        let ran = run_plain(arguments[0], &arguments[1..]);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
    }
    let ran = run_plain("repair", [text(&data("wave_pcm16_mono_all_minimum.wav")), "--sample-rate", "8000"]);
    assert!(ran.code == Some(1) && ran.err.contains("0 Hz"), "{}", ran.err);
}

/// Backups that nobody may read who may not read the file, and a command that puts one back whatever the name.
#[cfg(unix)]
#[test]
fn the_backups_of_a_repair_are_private_and_the_command_works() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = folder();
    let path = folder.path().join("it's a take.wav");
    let mut bytes = fs::read(data("music.wav")).unwrap();
    bytes[40..44].copy_from_slice(&0_u32.to_le_bytes());
    let cut = [&bytes[..44 + 4003], b"??"].concat();
    // What the group may read would be read by another group, and the group's permissions are the widest of an access control list.
    for mode in [0o600, 0o640, 0o644] {
        fs::write(&path, &cut).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        // Only root may give files away, and repairs those of others.
        let given = std::os::unix::fs::chown(&path, Some(1234), Some(2345)).is_ok();
        let ran = run_plain("repair", [text(&path), "--cut"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for suffix in ["header-backup", "tail-backup"] {
            let backup = folder.path().join(format!("it's a take.wav.{suffix}"));
            let found = fs::metadata(&backup).unwrap();
            assert_eq!(found.permissions().mode() & 0o777, 0o600, "{suffix} of a file with {mode:o}");
            assert!(!given || (found.uid(), found.gid()) == (1234, 2345), "{suffix}");
            fs::remove_file(backup).unwrap();
        }
    }
    fs::write(&path, &bytes).unwrap();
    let ran = run_plain("repair", [text(&path)]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let command = ran.err.split('`').nth(1).unwrap();
    assert!(std::process::Command::new("sh").args(["-c", command]).status().unwrap().success(), "{command}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// Where there is bash, which knows words with bytes that are no text. Other systems have no such names.
#[cfg(target_os = "linux")]
#[test]
fn the_command_that_undoes_a_repair_keeps_the_bytes_of_a_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"it's \xff\xe4.wav"));
    let mut bytes = fs::read(data("music.wav")).unwrap();
    bytes[40..44].copy_from_slice(&0_u32.to_le_bytes());
    fs::write(&path, &bytes).unwrap();
    let ran = run_plain("repair", [&path]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_ne!(fs::read(&path).unwrap(), bytes);
    let command = ran.err.split('`').nth(1).unwrap();
    let Ok(status) = std::process::Command::new("bash").args(["-c", command]).status() else { return };
    assert!(status.success(), "{command}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// Whoever may write to the directory may put anything at the name of the temporary file, which is not opened by name again.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_temporary_file_stops_nothing() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let folder = folder();
    let output = folder.path().join("out.wav");
    let mut music = fs::read(data("music.wav")).unwrap();
    music[40..44].fill(0xFF);
    let mut command = program("gain");
    command.args(["-", text(&output), "--db", "-6"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&music).unwrap();
    let start = Instant::now();
    let temporary = loop {
        assert!(start.elapsed() < Duration::from_secs(60), "no temporary file was begun");
        if let Some(name) = names(folder.path()).pop() {
            break folder.path().join(name);
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    fs::remove_file(&temporary).unwrap();
    assert!(Command::new("mkfifo").arg(&temporary).status().unwrap().success());
    drop(stdin);
    let end = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if end.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let ran = crate::files::Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("somebody else replaced"), "{}", ran.err);
    assert!(!output.exists());
}

/// Of one command: a picture and a list by links, a piece or a list and what is printed by a redirection.
#[cfg(unix)]
#[test]
fn two_kinds_of_results_never_go_to_one_file() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let (input, list) = (of("take.wav"), of("list.csv"));
    write(&input, 8000, 1, &[1000; 800]);
    let piece = of("take-002.wav");
    for (arguments, printed) in [
        (&["levels", text(&input), "--segments", text(&list)][..], &list),
        (&["split", text(&input), text(folder.path()), "--every", "0.05"], &piece),
    ] {
        let mut command = program(arguments[0]);
        command.args(&arguments[1..]).arg("--overwrite").stdout(fs::File::create(printed).unwrap());
        let ran = crate::files::Ran::from(command.output().unwrap());
        assert!(ran.code == Some(1) && ran.err.contains("standard output leads there too"), "{}", ran.err);
        fs::remove_file(printed).unwrap();
        assert_eq!(names(folder.path()), ["take.wav"]);
    }
    for link in ["a.svg", "a.csv"] {
        std::os::unix::fs::symlink("one", of(link)).unwrap();
    }
    let (plot, list) = (of("a.svg"), of("a.csv"));
    let ran = run_plain("levels", [text(&input), "--plot", text(&plot), "--segments", text(&list), "--overwrite"]);
    assert!(ran.code == Some(1) && ran.err.contains("lead to one file"), "{}", ran.err);
    assert!(!of("one").exists());
}
