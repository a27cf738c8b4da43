//! What sox, ffmpeg and libsndfile write reads as what they were given, in every encoding and container that they write.
//!
//! `tests/peers/decode_matrix.py` makes all the files and names their directory in `NDAUDIO_MATRIX_DIR`: beside each, in `.f64`, its
//! samples, or in `.refused` what must be in the message. Without it, the files in `data/matrix/` are read.

#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::bits;
use ndaudio::{Error, ErrorKind, WavReader, WavView};
use sha2::{Digest, Sha256};

/// The samples as little-endian bytes, read in each of three ways; what differs is a failure.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let whole = WavReader::open(path)?.read_all::<f64>()?;
    let bytes = fs::read(path).unwrap();
    let piped = WavReader::new(&bytes[..])?.read_all::<f64>()?;
    assert_eq!(bits(&piped), bits(&whole), "{} as a pipe", path.display());
    let view = WavView::parse(&bytes)?;
    assert_eq!(view.frames(), u64::try_from(whole.nrows()).unwrap(), "{} in memory", path.display());
    Ok(whole.iter().flat_map(|sample| sample.to_le_bytes()).collect())
}

/// `take.wav.f64` for `take.wav`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn whole_matrix(directory: &Path) {
    let (mut same, mut refused, mut wrong) = (0, 0, vec![]);
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(expected) = fs::read(beside(&path, ".f64")) {
            match read(&path) {
                Ok(samples) if samples == expected => same += 1,
                Ok(samples) => {
                    wrong.push(format!("{}: {} bytes for {}", path.display(), samples.len(), expected.len()))
                }
                Err(error) => wrong.push(error.to_string()),
            }
        } else if let Ok(expected) = fs::read_to_string(beside(&path, ".refused")) {
            match read(&path) {
                Err(error)
                    if matches!(error.kind(), ErrorKind::Unsupported { .. })
                        && error.to_string().contains(&expected) =>
                {
                    println!("{error}");
                    refused += 1;
                }
                other => {
                    wrong.push(format!("{}: {:?} for {expected}", path.display(), other.map(|samples| samples.len())))
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 0 && refused > 0, "{same} files read and {refused} refused in {}", directory.display());
    println!("ndaudio reads {same} files bit by bit, and refuses {refused}");
}

fn recorded() {
    let mut count = 0;
    for row in include_str!("../peers/decode_matrix.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [file, frames, channels, rate, hash, _] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/matrix").join(file);
        let reader = WavReader::open(&path).unwrap_or_else(|error| panic!("{error}"));
        let spec = reader.spec();
        let samples = read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            [samples.len() / 8 / spec.channels(), spec.channels(), usize::try_from(spec.sample_rate()).unwrap()]
                .map(|number| number.to_string()),
            [frames, channels, rate],
            "{file}"
        );
        let digest: String = Sha256::digest(&samples).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, hash, "{file}");
        count += 1;
    }
    assert_eq!(count, 17, "fixtures in data/matrix");
}

#[test]
fn every_encoding_of_every_writer_reads_as_it_was_given() {
    match std::env::var_os("NDAUDIO_MATRIX_DIR") {
        Some(directory) => whole_matrix(Path::new(&directory)),
        None => recorded(),
    }
}
