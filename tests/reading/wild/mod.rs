//! WAVE files as they are found: every container, every encoding, every way of being wrong that the crate promises to read, and
//! what it refuses, through every door. What must come of each file is worked out by hand from the standards.

mod build;
mod case;
mod chunks;
mod formats;
mod matrix;
mod refused;
mod sizes;
mod sparse;
mod view;

use case::{Case, Expected};
use ndaudio::{ReadOptions, WavReader};

fn check(cases: &[Case]) {
    let faults: Vec<String> = cases.iter().flat_map(|case| case.check().faults).collect();
    assert!(faults.is_empty(), "{} faults in {} files:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn every_container_holds_every_encoding() {
    check(&matrix::cases());
}

#[test]
fn sizes_that_are_not_so_are_read_to_the_end() {
    check(&sizes::cases());
}

#[test]
fn formats_are_read_where_they_leave_no_doubt() {
    check(&formats::cases());
}

#[test]
fn chunks_are_found_wherever_they_stand() {
    check(&chunks::cases());
}

#[test]
fn what_cannot_be_read_is_refused_by_byte_field_and_value() {
    check(&refused::cases());
}

#[test]
fn a_strict_pipe_that_breaks_off_stays_refused() {
    let bytes = sizes::mono().data_claiming(100, &sizes::FIVE).claiming(136);
    let mut reader = ReadOptions::new().strict().read(&bytes[..]).expect("nothing is wrong as far as the header goes");
    for _ in 0..3 {
        let error = reader.read_all::<i16>().expect_err("the audio breaks off");
        let said = error.to_string();
        assert!(said.starts_with("at byte 40: the header claims 100 bytes of audio, the file has 10"), "{said}");
    }
}

fn all() -> Vec<Case> {
    [matrix::cases(), sizes::cases(), formats::cases(), chunks::cases(), refused::cases()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn no_two_files_have_one_name() {
    let mut names: Vec<String> = all().into_iter().map(|case| case.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 90, "the table has shrunk to {count} files");
}

/// In the directory that `WILD_FILES` names, if it does: `fuzz/seed.sh` makes a corpus of them.
#[test]
fn written_to_disk_they_open_or_are_refused_by_name() {
    let own = tempfile::tempdir().expect("a temporary directory");
    let directory = std::env::var_os("WILD_FILES").map_or(own.path().to_path_buf(), Into::into);
    for case in all() {
        let path = directory.join(format!("{}.wav", case.name.replace('/', "-")));
        std::fs::write(&path, &case.bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        match (WavReader::open(&path), case.expected) {
            (Ok(reader), Expected::Reads(expected)) => {
                assert_eq!(reader.frames(), Some(expected.frames), "{}", case.name)
            }
            (Err(error), Expected::Refused(_)) => {
                assert!(error.to_string().contains(&case.name.replace('/', "-")), "{error}");
            }
            (Ok(_), Expected::Refused(_)) => panic!("{} opened", case.name),
            (Err(error), Expected::Reads(_)) => panic!("{error}"),
        }
    }
}
