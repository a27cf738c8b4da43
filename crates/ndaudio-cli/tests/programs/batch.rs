//! Many files at a time: a bad one does not stop the others, and is reported.

use std::fs;

use crate::files::{CHANGERS, data, folder, names, run, run_plain, succeed, text};

#[test]
fn a_tree_is_searched_and_a_bad_file_is_reported_at_the_end() {
    let folder = folder();
    let deep = folder.path().join("2026").join("night 1");
    fs::create_dir_all(&deep).unwrap();
    fs::copy(data("wave_pcm16_stereo_one_frame.wav"), folder.path().join("a.wav")).unwrap();
    fs::copy(data("libsndfile_w64_pcm16_stereo.w64"), deep.join("b.W64")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not audio").unwrap();
    let found = |out: &str| {
        out.lines().filter(|line| line.contains(",all,") || line.contains(".wav") || line.contains(".W64")).count()
    };
    let ran = succeed("levels", [text(folder.path())]);
    assert_eq!(found(&ran.out), 2, "{}", ran.out);

    let bad = deep.join("bad.wav");
    fs::write(&bad, "RIFF, or so it says").unwrap();
    for format in [&[][..], &["--csv"], &["--json"]] {
        for threads in ["1", "4"] {
            let ran = run("levels", [&[text(folder.path()), "--jobs", threads], format].concat());
            assert_eq!(ran.code, Some(1));
            assert!(
                ran.out.contains("a.wav") && ran.out.contains("b.W64") && !ran.out.contains("bad.wav"),
                "{}",
                ran.out
            );
            assert!(ran.err.contains(text(&bad)) && ran.err.contains("1 of 3 files failed"), "{}", ran.err);
        }
    }
}

#[test]
fn the_order_and_the_numbers_are_the_same_with_any_number_of_threads() {
    let of = |threads: &str| run("levels", ["data", "--csv", "--jobs", threads]).out;
    let one = of("1");
    assert!(one.lines().count() > 100);
    assert_eq!(one, of("7"));
}

#[test]
fn a_directory_without_recordings_is_said_to_have_none() {
    let folder = folder();
    let out = folder.path().join("out.wav");
    let page = folder.path().join("out.html");
    let picture = folder.path().join("out.svg");
    let directory = text(folder.path());
    for (name, arguments) in [
        ("levels", &[directory][..]),
        ("rms", &[directory]),
        ("info", &[directory]),
        ("concat", &[directory, text(&out)]),
        ("report", &[directory, "-o", text(&page)]),
        ("ltsa", &[directory, "-o", text(&picture)]),
        ("spectrogram", &[directory, "-o", text(&picture)]),
        ("trim", &[directory, text(&out), "--to", "1"]),
        ("gain", &[directory, "-o", "{dir}/{stem}-loud.wav", "--db", "1"]),
    ]
    .into_iter()
    .chain(CHANGERS.map(|(name, _)| (name, &[][..])))
    {
        let more = CHANGERS.iter().find(|(changer, _)| arguments.is_empty() && *changer == name);
        let arguments = more.map_or(arguments.to_vec(), |(_, more)| [&[directory, text(&out)][..], more].concat());
        let ran = run_plain(name, &arguments);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.err);
        assert!(ran.err.contains("there is no recording to ") && ran.err.contains("to do: "), "{name}: {}", ran.err);
        assert_eq!(names(folder.path()), [""; 0], "{name}");
    }
}

#[test]
fn an_output_that_is_named_and_no_pattern_is_taken_literally() {
    let folder = folder();
    let input = data("wave_pcm16_stereo_one_frame.wav");
    let of = |name: &str| folder.path().join(name);
    for name in ["take{1}.wav", "{stem}.wav", "{.wav"] {
        succeed("gain", [text(&input), text(&of(name)), "--db", "6"]);
    }
    assert_eq!(names(folder.path()), ["take{1}.wav", "{.wav", "{stem}.wav"]);
    let ran = run("gain", [text(folder.path()), text(&of("{stem}-new.wav")), "--db", "6"]);
    assert!(ran.code == Some(1) && ran.err.contains("one output for 3 inputs"), "{}", ran.err);
    assert!(ran.err.contains("give -o and a pattern"), "{}", ran.err);
    // With -o it is a pattern.
    let ran = run("gain", [text(&input), "-o", text(&of("take{1}.wav")), "--db", "6"]);
    assert!(ran.code == Some(1) && ran.err.contains("{1} stands for nothing"), "{}", ran.err);
}

#[test]
fn each_of_several_files_has_a_picture_of_its_own() {
    let folder = folder();
    let pattern = folder.path().join("{} levels.svg");
    let (a, b) = (data("music.wav"), data("wave_pcm16_stereo_silence_left.wav"));
    succeed("levels", [text(&a), text(&b), "--plot", text(&pattern)]);
    assert_eq!(names(folder.path()), ["music levels.svg", "wave_pcm16_stereo_silence_left levels.svg"]);
    let ran = run("levels", [text(&a), text(&b), "--plot", text(&folder.path().join("one.svg"))]);
    assert!(ran.code == Some(1) && ran.err.contains("{stem}"), "{}", ran.err);
    let ran = run("levels", [text(&a), "--plot", "picture.gif"]);
    assert!(ran.code == Some(2) && ran.err.contains(".png or .svg"), "{}", ran.err);
}

#[test]
fn info_goes_on_past_a_file_that_cannot_be_read() {
    let ran = run("info", ["no such file.wav", text(&data("music.wav")), "Cargo.toml"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("music.wav"));
    assert!(
        ran.err.contains("no such file.wav") && ran.err.contains("Cargo.toml") && ran.err.contains("2 of 3 files"),
        "{}",
        ran.err
    );
}
