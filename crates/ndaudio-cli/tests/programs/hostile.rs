//! Recordings that are hard to draw, to name or to hold: every picture and table copes.

use std::fs;
use std::path::Path;

use ndaudio::Encoding;
use serde_json::Value;

use crate::files::{data, folder, names, run, run_plain, succeed, text, write};

/// Draws everything there is to draw of a recording, in both formats.
fn pictures(path: &Path, folder: &Path) {
    for extension in ["svg", "png"] {
        let picture = |name: &str| folder.join(format!("{name}.{extension}"));
        succeed("levels", [text(path), "--plot", text(&picture("levels")), "--clock"]);
        for scale in [&[][..], &["--log"], &["--mel"], &["--clock"]] {
            succeed("spectrogram", [&[text(path), "-o", text(&picture("spectrogram"))][..], scale].concat());
        }
        succeed("ltsa", [text(path), "-o", text(&picture("ltsa"))]);
    }
    succeed("report", [text(path), "-o", text(&folder.join("report.html"))]);
    for name in ["levels.svg", "spectrogram.svg", "ltsa.svg"] {
        let svg = fs::read_to_string(folder.join(name)).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{} of {}", name, path.display());
    }
}

#[test]
fn no_frame_one_frame_silence_and_nan_have_pictures() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    write(&of("silence.wav"), 8000, 1, &[0; 8000]);
    write(&of("short.wav"), 48_000, 1, &[1000; 480]);
    for (name, samples) in [("nan.wav", vec![f32::NAN; 4000]), ("some.wav", vec![0.25, f32::NAN, f32::INFINITY, -0.5])]
    {
        let audio: Vec<u8> = samples.iter().cycle().take(4000).flat_map(|sample| sample.to_le_bytes()).collect();
        fs::write(of(name), crate::common::riff(Encoding::F32, 1, 8000, &audio)).unwrap();
    }
    let fixtures = [data("wave_pcm16_stereo_no_frames.wav"), data("wave_pcm16_stereo_one_frame.wav")];
    let made = ["silence.wav", "short.wav", "nan.wav", "some.wav"].map(of);
    for path in fixtures.iter().chain(&made) {
        pictures(path, folder.path());
    }
    // Of what has no level there is nothing to normalize.
    for path in [&of("nan.wav"), &fixtures[0]] {
        let ran = run("normalize", [text(path), text(&of("out.wav")), "--peak", "-1"]);
        assert!(ran.code == Some(1) && ran.err.contains("to do: "), "{}: {}", path.display(), ran.err);
        assert!(!of("out.wav").exists());
    }
}

#[test]
fn three_hundred_channels_have_pictures_and_tables() {
    let folder = folder();
    let path = folder.path().join("many.wav");
    let audio: Vec<u8> = (0..2 * 300 * 800_u32).map(|index| (index * 7919 % 251) as u8).collect();
    fs::write(&path, crate::common::riff(Encoding::I16, 300, 8000, &audio)).unwrap();
    pictures(&path, folder.path());
    assert_eq!(succeed("levels", [text(&path), "--csv"]).out.lines().count(), 302);
    let json: Value = serde_json::from_str(&succeed("levels", [text(&path), "--json"]).out).unwrap();
    assert_eq!(json["channels"].as_array().unwrap().len(), 300);
    let ran = run_plain("spectrogram", [text(&path), "-o", text(&folder.path().join("x.png")), "--channel", "301"]);
    assert!(ran.code == Some(1) && ran.err.contains("channel 301 does not exist"), "{}", ran.err);
}

/// What a CSV reader makes of the first field of each line (RFC 4180).
fn first_fields(csv: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted, mut column) = (Vec::new(), String::new(), false, 0);
    for character in csv.chars() {
        match character {
            '"' => {
                if !quoted && field.ends_with('\u{0}') {
                    field.pop();
                    field.push('"');
                }
                quoted = !quoted;
                if !quoted {
                    field.push('\u{0}');
                }
            }
            ',' | '\n' if !quoted => {
                if column == 0 {
                    fields.push(std::mem::take(&mut field).replace('\u{0}', ""));
                }
                field.clear();
                column = if character == '\n' { 0 } else { column + 1 };
            }
            _ if column == 0 => field.push(character),
            _ => {}
        }
    }
    fields
}

#[cfg(unix)]
#[test]
fn a_name_with_a_line_end_stays_one_name() {
    let folder = folder();
    let path = folder.path().join("a\nb,\"c\t.wav");
    write(&path, 8000, 1, &[1000; 8000]);
    let name = text(&path);
    for (command, more) in
        [("levels", &["--csv"][..]), ("rms", &["--csv"]), ("split", &["--list=csv"]), ("levels", &["--csv", "--clock"])]
    {
        let csv = run_plain(command, [&[name][..], more].concat()).out;
        let fields = first_fields(&csv);
        assert!(fields.len() >= 2 && fields[0] == "file", "{csv}");
        assert!(fields[1..].iter().all(|field| field == name), "{command}: {fields:?}");
    }
    for arguments in [&["levels", name, "--json"][..], &["info", name, "--json"], &["split", name, "--list=json"]] {
        let ran = run_plain(arguments[0], &arguments[1..]);
        assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
        assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["file"], name);
    }
    // Raven has no way to quote: a row stays a row of nine columns.
    let raven = run_plain("split", [name, "--list=raven"]).out;
    assert!(raven.lines().count() == 2 && raven.lines().all(|line| line.split('\t').count() == 9), "{raven:?}");
    pictures(&path, folder.path());
    // In a table for people it is one line too.
    let table = run_plain("levels", [name, name]).out;
    assert_eq!(table.lines().count(), 3, "{table}");
}

/// A directory that cannot be looked into is reported; the rest is measured.
#[cfg(unix)]
#[test]
fn a_directory_that_may_not_be_read_is_reported_and_the_rest_is_measured() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    write(&folder.path().join("open.wav"), 8000, 1, &[1000; 800]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may all the same; then there is nothing to see here.
    let may = fs::read_dir(&closed).is_ok();
    let ran = run_plain("levels", [text(folder.path()), "--csv"]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    if !may {
        assert!(ran.code == Some(1) && ran.err.contains("closed") && ran.err.contains("to do: "), "{}", ran.err);
    }
}

/// No two inputs have one output, whichever command writes it and however the names come to be equal.
#[test]
fn no_command_writes_two_outputs_to_one_path() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name).display().to_string();
    write(Path::new(&of("x.wav")), 8000, 1, &[1000; 800]);
    write(Path::new(&of("x.wave")), 8000, 1, &[1000; 800]);
    let (a, b) = (of("x.wav"), of("x.wave"));
    let before = names(folder.path());
    for (command, pattern, more) in [
        ("gain", "{stem}-out.wav", &["--db", "1"][..]),
        ("convert", "{stem}.flac", &[]),
        ("normalize", "{stem}-out.wav", &["--peak", "-1"]),
        ("fade", "{stem}-out.wav", &["--in", "0.01"]),
        ("remix", "{stem}-out.wav", &["--mono"]),
        ("trim", "{stem}-out.wav", &["--to", "0.01"]),
        ("spectrogram", "{stem}.png", &[]),
    ] {
        let pattern = of(pattern);
        let ran = run_plain(command, [&[a.as_str(), b.as_str(), "-o", pattern.as_str()][..], more].concat());
        assert_eq!(ran.code, Some(1), "{command}: {}", ran.err);
        assert!(ran.err.contains("would both be written to"), "{command}: {}", ran.err);
        assert_eq!(names(folder.path()), before, "{command}");
    }
    for option in ["--plot", "--segments"] {
        let pattern = of(if option == "--plot" { "{stem}.png" } else { "{stem}.csv" });
        let ran = run_plain("levels", [a.as_str(), b.as_str(), option, pattern.as_str()]);
        assert!(ran.code == Some(1) && ran.err.contains("would both be written to"), "{option}: {}", ran.err);
    }
    // Also not a picture and a list.
    let both = of("both.{ext}.png");
    let ran = run_plain("levels", [a.as_str(), "--plot", both.as_str(), "--segments", both.as_str()]);
    assert_ne!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(names(folder.path()), before);
}

/// Many files at a time give what one at a time gives.
#[test]
fn outputs_do_not_depend_on_the_number_of_jobs() {
    let folder = folder();
    for number in 0..6_i16 {
        write(&folder.path().join(format!("{number}.wav")), 8000, 1, &[1000 + number; 800]);
    }
    for jobs in ["1", "3"] {
        let pattern = folder.path().join(format!("jobs{jobs}/{{name}}"));
        let input = folder.path().join("?.wav");
        succeed("gain", [text(&input), "-o", text(&pattern), "--db", "-6", "--jobs", jobs]);
    }
    for number in 0..6 {
        let of = |jobs: &str| fs::read(folder.path().join(format!("{jobs}/{number}.wav"))).unwrap();
        assert_eq!(of("jobs1"), of("jobs3"));
    }
}

/// A file of one chunk of metadata and some frames.
#[cfg(target_os = "linux")]
fn with_chunk(path: &Path, id: &[u8; 4], content: &[u8], frames: usize) {
    let mut bytes = crate::common::riff(Encoding::I16, 1, 8000, &vec![0; 2 * frames]);
    assert_eq!(content.len() % 2, 0);
    bytes.extend([&id[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat());
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    fs::write(path, bytes).unwrap();
}

/// Runs the program under a limit of the shell.
#[cfg(target_os = "linux")]
fn succeed_within(limit: &str, arguments: &[&str]) -> String {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_ndaudio")]);
    // Threads reserve much more memory for allocations than they use.
    let ran = crate::files::Ran::from(shell.args(arguments).env("MALLOC_ARENA_MAX", "1").output().unwrap());
    assert_eq!(ran.code, Some(0), "{arguments:?} within {limit}: {}", ran.err);
    ran.out
}

/// A small file takes 60 MiB, of which most is the program itself.
#[cfg(target_os = "linux")]
const MEMORY: &str = "-v 120000";

#[cfg(target_os = "linux")]
#[test]
fn what_a_file_says_about_itself_is_shown_in_the_memory_of_a_few_times_its_bytes() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    // One field a million times, and other fields whose keys come twice.
    with_chunk(&path, b"guan", &b"a:b\n".repeat(1 << 20), 100);
    assert_eq!(succeed_within(MEMORY, &["info", text(&path)]).matches("GUANO a: b").count(), 1 << 20);
    let field = |number: u32| format!("{:x}:{}\n", number % 299_999, number % 10);
    let mut fields: String = (0..300_000).map(field).collect();
    fields.extend((fields.len() % 2 == 1).then_some('\n'));
    with_chunk(&path, b"guan", fields.as_bytes(), 100);
    let json: Value = serde_json::from_str(&succeed_within(MEMORY, &["info", "--json", text(&path)])).unwrap();
    let guano = json["metadata"]["guano"].as_object().unwrap();
    // Of several with one key the first counts.
    assert_eq!((guano.len(), &guano["0"], &guano["493de"]), (299_999, &"0".into(), &"8".into()));
    // What no terminal should see is longer than it was.
    with_chunk(&path, b"iXML", &b"\x1b".repeat(10 << 20), 100);
    assert!(succeed_within(MEMORY, &["info", text(&path)]).contains(r"iXML: \u{1b}\u{1b}"));
    assert!(succeed_within(MEMORY, &["info", "--json", text(&path)]).contains(r"\u001b"));
}

#[test]
fn of_several_texts_with_one_id_the_first_is_shown() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let texts = [(*b"ISFT", "1"), (*b"IART", "2"), (*b"ISFT", "3"), (*b"ICMT", "4"), (*b"IART", "5")];
    let entries = texts.iter().flat_map(|(id, text)| [&id[..], &[2, 0, 0, 0], text.as_bytes(), b"\0"].concat());
    let list: Vec<u8> = b"INFO".iter().copied().chain(entries).collect();
    let mut writer = ndaudio::WavWriter::create(&path, &ndaudio::Spec::new(8000, 1, Encoding::I16)).unwrap();
    writer.add_chunk(*b"LIST", &list).unwrap();
    writer.finalize().unwrap();
    let json: Value = serde_json::from_str(&succeed("info", ["--json", text(&path)]).out).unwrap();
    assert_eq!(json["metadata"]["info"], serde_json::json!({ "ISFT": "1", "IART": "2", "ICMT": "4" }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_term_average_takes_the_memory_of_the_frames_that_there_are() {
    let folder = folder();
    let path = folder.path().join("many.wav");
    crate::files::many_channels(&path);
    let out = folder.path().join("out.svg");
    succeed_within(MEMORY, &["ltsa", text(&path), "-o", text(&out), "--jobs", "1"]);
}

/// In seconds of the processor; for each piece all cues would take ten.
#[cfg(target_os = "linux")]
#[test]
fn many_pieces_of_a_recording_with_many_cues_take_linear_time() {
    let folder = folder();
    let (path, pieces) = (folder.path().join("a.wav"), folder.path().join("pieces"));
    let count = 240_000_u32;
    let point = |id: u32| [&id.to_le_bytes()[..], &[0; 4], b"data", &[0; 8], &(id % 60_000).to_le_bytes()].concat();
    let points: Vec<u8> = count.to_le_bytes().into_iter().chain((0..count).flat_map(point)).collect();
    with_chunk(&path, b"cue ", &points, 60_000);
    succeed_within("-t 4", &["split", text(&path), text(&pieces), "--every", "0.01"]);
    let cues = |name: &str| ndaudio::WavReader::open(pieces.join(name)).unwrap().metadata().unwrap().cues;
    assert_eq!(names(&pieces).len(), 750);
    let found: Vec<(u32, u64)> = cues("a-002.wav").iter().map(|cue| (cue.id, cue.frame)).collect();
    // In the order of the file, counted from the start of the piece.
    let expected = (0..4).flat_map(|round| (0..80).map(move |frame| (round * 60_000 + 80 + frame, u64::from(frame))));
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[cfg(target_os = "linux")]
#[test]
fn many_anomalies_are_repaired_in_linear_time() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let plain = crate::common::riff(Encoding::I16, 1, 8000, &[1; 200]);
    // Without the padding that the size asks for.
    let odd = b"LIST\x05\0\0\0INFOx".repeat(60_000);
    let mut bytes = [&plain[..36], &odd, &plain[36..]].concat();
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    for surplus in [&[][..], &[1, 2, 3]] {
        fs::write(&path, [&bytes, surplus].concat()).unwrap();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "ulimit -t 8; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_ndaudio"), "repair", text(&path)]);
        let ran = crate::files::Ran::from(shell.output().unwrap());
        assert_eq!(ran.code, Some(1), "{}", ran.err.lines().last().unwrap_or_default());
        assert!(ran.err.contains("cannot be made whole in place"));
    }
}

/// As many as a careless script asks for would take minutes to start.
#[cfg(target_os = "linux")]
#[test]
fn no_more_threads_are_started_than_there_are_files() {
    let music = data("music.wav");
    let out = succeed_within("-t 10", &["levels", text(&music), text(&music), "--csv", "--jobs", "65535"]);
    assert_eq!(out.lines().count(), 7);
}

/// Also where metadata cannot be read, which is told in the words of the library.
#[cfg(unix)]
#[test]
fn a_name_with_a_line_end_makes_no_line_of_its_own() {
    use std::io::{Seek, Write};
    let folder = folder();
    let path = folder.path().join("a\nndaudio: b.wav: is whole.wav");
    let mut bytes = crate::common::riff(Encoding::I16, 1, 8000, &[1; 200]);
    let len = 65_u32 << 20;
    bytes.extend([&b"iXML"[..], &len.to_le_bytes()].concat());
    let size = u32::try_from(bytes.len() - 8).unwrap() + len;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&bytes).unwrap();
    // More metadata than is read.
    let end = file.stream_position().unwrap() + u64::from(len);
    file.set_len(end).unwrap();
    let ran = crate::files::run_plain("info", [text(&path)]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("its metadata could not be read"), "{}", ran.err);
    assert!(!ran.err.contains("\nndaudio: b.wav"), "{}", ran.err);
}
