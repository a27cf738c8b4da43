//! Any bytes as a recording, and every command of the program over it: it ends with a status, the recording stays as it was unless it is
//! repaired, and a command that failed leaves nothing behind.
#![no_main]

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use libfuzzer_sys::fuzz_target;

/// Words of a command line; `IN` is the recording and `OUT` a path in a directory that has nothing else.
const COMMANDS: [&str; 40] = [
    "info IN",
    "info --json IN",
    "levels IN",
    "levels --csv IN",
    "levels --json IN",
    "levels IN --segments OUT.txt",
    "rms IN --window 3ms --hop 1ms",
    "rms IN --csv --clock",
    "gain IN OUT.wav --db 6",
    "gain IN OUT.wav --db 0",
    "normalize IN OUT.wav --peak -1",
    "normalize IN OUT.wav --rms -23 --on-clip limit",
    "fade IN OUT.wav --in 0.01 --out 0.01 --shape decibel",
    "fade IN OUT.wav --in 0.01 --shape equal-power",
    "remix IN OUT.wav --select 2,1",
    "remix IN OUT.wav --mono",
    "remix IN OUT.wav --matrix 0.5,0.5;0.5,-0.5",
    "convert IN OUT.w64",
    "convert IN OUT.wav",
    "convert IN OUT.wav --container rf64",
    "convert IN OUT.wav --container bw64 --encoding i24",
    "convert IN OUT.wav --encoding i16 --dither",
    "convert IN OUT.wav --encoding u8",
    "convert IN OUT.wav --encoding f32",
    "convert IN OUT.wav --encoding mu-law",
    "convert IN OUT.flac",
    "convert IN OUT.wav --rate 16000 --channels 1",
    "split IN OUT --every 10ms",
    "split IN OUT --threshold -45 --min-silence 0.001",
    "split IN --list",
    "split IN --list=raven --below-loudest 40 --margin 0.001",
    "trim IN OUT.wav --from 0:00.001 --to 0:00.01",
    "trim IN OUT.wav --silence --threshold -40",
    "concat IN IN OUT.wav",
    "concat IN IN -o OUT.rf64",
    "repair IN --dry-run",
    "repair IN",
    "repair IN --cut",
    "repair IN -o OUT.wav",
    "spectrogram IN -o OUT.svg",
];

fuzz_target!(init: ndaudio_fuzz::allow_caught_panics(), |bytes: &[u8]| {
    let Some((&choice, recording)) = bytes.split_last() else { return };
    let words = COMMANDS[usize::from(choice) % COMMANDS.len()];
    let place = tempfile::tempdir().expect("room for a directory");
    let (inside, outside) = (place.path().join("recording.wav"), place.path().join("out"));
    fs::write(&inside, recording).expect("room for the recording");
    fs::create_dir(&outside).expect("room for a directory");

    let mut line = vec![OsString::from("ndaudio")];
    line.extend(words.split(' ').map(|word| match word.strip_prefix("OUT") {
        Some(rest) => outside.join(format!("x{rest}")).into(),
        None if word == "IN" => inside.clone().into(),
        None => word.into(),
    }));
    let done = ndaudio_cli::run(line) == ExitCode::SUCCESS;

    // Pieces that were finished before a failure stay, by the program's rule; whatever else was begun is gone.
    let rest = names(&outside);
    assert!(rest.iter().all(|name| name.starts_with('x')), "{words}: left {rest:?} behind");
    assert!(done || words.starts_with("split") || rest.is_empty(), "{words}: failed, and left {rest:?}");
    if !words.starts_with("repair IN") || words.contains("-o") || words.contains("--dry-run") {
        assert!(fs::read(&inside).expect("still there") == recording, "{words}: another recording");
        assert_eq!(names(place.path()), ["out", "recording.wav"], "{words}: beside the recording");
    }
});

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory that was made here");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
