//! Running programs, and files to run them on.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) use tempfile::TempDir;

/// Subcommands that read one recording.
pub(crate) const PROGRAMS: [&str; 10] =
    ["rms", "gain", "info", "convert", "repair", "levels", "normalize", "split", "remix", "fade"];

/// Subcommands that make one file into another, with what they need besides.
pub(crate) const CHANGERS: [(&str, &[&str]); 5] = [
    ("gain", &["--db", "-6"]),
    ("convert", &["--encoding", "i24"]),
    ("normalize", &["--peak", "-12"]),
    ("remix", &["--mono"]),
    ("fade", &["--in", "0.001"]),
];

/// A subcommand, in the root of the repository.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ndaudio"));
    command.arg(name).current_dir(root()).stdin(Stdio::null());
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let ran = Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }
}

/// Runs a subcommand; outputs of runs before may be replaced.
pub(crate) fn run<A: AsRef<std::ffi::OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Ran {
    let arguments: Vec<OsString> = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
    let has = |options: &[&str]| {
        arguments.iter().any(|given| options.iter().any(|option| given.to_string_lossy().starts_with(option)))
    };
    let writes = match name {
        "rms" | "info" => false,
        "levels" => has(&["--plot", "--segments"]),
        "repair" => has(&["-o", "--output"]),
        "split" => !has(&["--list", "--dry-run"]),
        _ => true,
    };
    program(name).args(&arguments).args(writes.then_some("--overwrite")).output().unwrap().into()
}

/// As the user typed it.
pub(crate) fn run_plain<A: AsRef<std::ffi::OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Ran {
    program(name).args(arguments).output().unwrap().into()
}

/// Runs a program that must succeed.
pub(crate) fn succeed<A: AsRef<std::ffi::OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Ran {
    let ran = run(name, arguments);
    assert_eq!(ran.code, Some(0), "{name}: {}", ran.err);
    ran
}

/// Runs a program that must fail, and name what it failed on.
pub(crate) fn fail<A: AsRef<std::ffi::OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>, named: &Path) -> Ran {
    let ran = run(name, arguments);
    assert_eq!(ran.code, Some(1), "{name}: {}{}", ran.out, ran.err);
    let (err, named) = (&ran.err, named.display().to_string());
    assert!(err.starts_with("ndaudio: "), "{name}: {err}");
    assert!(err.contains(&named), "{name} does not name {named}: {err}");
    assert!(err.contains("to do: "), "{name} does not say what to do: {err}");
    ran
}

pub(crate) fn data(name: &str) -> PathBuf {
    root().join("data").join(name)
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Paths as arguments.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The content of the first chunk with an id, found here and not by the crate.
pub(crate) fn chunk(file: &[u8], id: &[u8; 4]) -> Option<Vec<u8>> {
    let mut at = 12;
    while at + 8 <= file.len() {
        let len = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
        if &file[at..at + 4] == id {
            return Some(file[at + 8..(at + 8 + len).min(file.len())].to_vec());
        }
        at += 8 + len.next_multiple_of(2);
    }
    None
}

/// The samples of a 16-bit file, by hound.
pub(crate) fn samples(path: &Path) -> Vec<i16> {
    ndaudio::hound::WavReader::open(path).unwrap().samples().map(Result::unwrap).collect()
}

/// A 16-bit file, by hound.
pub(crate) fn write(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
    let format = ndaudio::hound::SampleFormat::Int;
    let spec = ndaudio::hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: format };
    let mut writer = ndaudio::hound::WavWriter::create(path, spec).unwrap();
    samples.iter().for_each(|&sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
}

/// A file of one frame with as many channels as there can be.
pub(crate) fn many_channels(path: &Path) {
    let audio: Vec<u8> = (0..2 * 65_535_u32).map(|index| (index * 7 % 256) as u8).collect();
    fs::write(path, crate::common::riff(ndaudio::Encoding::U8, 65_535, 8000, &audio)).unwrap();
}

/// The names in a directory, sorted.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
