//! The files of nine writers decode to what these were given, and to what libsndfile says.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that fails there has found something"
)]

use std::path::PathBuf;

use crate::common::bits;
use ndaudio::ndarray::Array2;
use ndaudio::{Container, Encoding, Sample, WavReader, WavView};
use sha2::{Digest, Sha256};

fn data(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data").join(file)
}

/// Rows of a table whose comments begin with `#`.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// SHA-256 of samples as little-endian bytes, interleaved.
fn hash<T: Sample>(samples: &Array2<T>) -> String {
    let mut bytes = bits(samples);
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(size_of::<T>()).for_each(<[u8]>::reverse);
    }
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read<T: Sample>(file: &str) -> Array2<T> {
    ndaudio::read(data(file)).unwrap_or_else(|error| panic!("{error}")).0
}

/// What `data/make.py` wrote down when it made the files: the samples it gave to each writer, before any decoder saw them.
#[test]
fn every_fixture_decodes_to_what_its_writer_was_given() {
    let mut count = 0;
    for row in rows(include_str!("../../data/MANIFEST.tsv")) {
        let [file, container, encoding, channels, rate, frames, samples, ..] = row[..] else { panic!("{row:?}") };
        let mut reader = WavReader::open(data(file)).unwrap_or_else(|error| panic!("{error}"));
        let expected = match container {
            "RIFF" => Container::Riff,
            "RIFX" => Container::Rifx,
            "RF64" => Container::Rf64,
            "BW64" => Container::Bw64,
            "Wave64" => Container::Wave64,
            other => panic!("{other}"),
        };
        assert_eq!(reader.container(), expected, "{file}");
        let expected = match encoding.trim_end_matches(", big-endian") {
            "u8" => Encoding::U8,
            "12 in 16" => Encoding::I12In16,
            "i16" => Encoding::I16,
            "20 in 24" => Encoding::I20In24,
            "i24" => Encoding::I24,
            "i24 in 32, LSB" => Encoding::I24In32Lsb,
            "i24 in 32, MSB" => Encoding::I24In32Msb,
            "i32" => Encoding::I32,
            "f32" => Encoding::F32,
            "f64" => Encoding::F64,
            "A-law" => Encoding::ALaw,
            "µ-law" => Encoding::MuLaw,
            other => panic!("{other}"),
        };
        let spec = reader.spec().clone();
        assert_eq!(spec.encoding(), expected, "{file}");
        assert_eq!(
            (spec.channels().to_string(), spec.sample_rate().to_string()),
            (channels.into(), rate.into()),
            "{file}"
        );
        assert_eq!(reader.frames().map(|frames| frames.to_string()), Some(frames.to_owned()), "{file}");
        let whole = reader.read_all::<f64>().unwrap();
        assert_eq!(hash(&whole), samples, "{file}");

        // The same through a pipe, and from memory.
        let bytes = std::fs::read(data(file)).unwrap();
        let mut pipe = WavReader::new(&bytes[..]).unwrap();
        assert_eq!(bits(&pipe.read_all::<f64>().unwrap()), bits(&whole), "{file} as a pipe");
        assert_eq!(WavView::parse(&bytes).unwrap().frames(), whole.nrows() as u64, "{file} in memory");
        count += 1;
    }
    assert!(count >= 50, "{count} fixtures");
}

/// Recorded by `tests/peers/soundfile_hashes.py`, which reads each file with `soundfile.read(file, dtype=…, always_2d=True)`.
#[test]
fn fixtures_decode_as_libsndfile_decodes_them() {
    let mut count = 0;
    for row in rows(include_str!("../peers/soundfile_hashes.tsv")) {
        let [file, frames, channels, _, f64s, f32s, i16s, i32s] = row[..] else { panic!("{row:?}") };
        let samples = read::<f64>(file);
        assert_eq!(
            (samples.nrows().to_string(), samples.ncols().to_string()),
            (frames.into(), channels.into()),
            "{file}"
        );
        assert_eq!(hash(&samples), f64s, "{file} as f64");
        assert_eq!(hash(&read::<f32>(file)), f32s, "{file} as f32");
        if i16s != "-" {
            assert_eq!(hash(&read::<i16>(file)), i16s, "{file} as i16");
            assert_eq!(hash(&read::<i32>(file)), i32s, "{file} as i32");
        }
        count += 1;
    }
    assert!(count >= 50, "{count} fixtures");
}

#[test]
fn hound_reads_the_same_from_the_fixtures_that_it_reads() {
    let mut count = 0;
    for row in rows(include_str!("../../data/MANIFEST.tsv")) {
        let file = row[0];
        // hound takes 24 of 32 bits at the top for ones at the bottom.
        if !matches!(row[2], "u8" | "i16" | "i24" | "i32" | "f32") || row[1] != "RIFF" {
            continue;
        }
        let Ok(reader) = hound_reader(file) else { continue };
        let mut source = ndaudio::HoundSource::new(reader).unwrap();
        let Ok(theirs) = ndaudio::Source::read_all::<f64>(&mut source) else { continue };
        if theirs.nrows() == 0 {
            continue;
        }
        assert_eq!(bits(&theirs), bits(&read::<f64>(file)), "{file}");
        count += 1;
    }
    assert!(count >= 15, "{count} fixtures");
}

fn hound_reader(file: &str) -> ndaudio::hound::Result<ndaudio::hound::WavReader<std::io::BufReader<std::fs::File>>> {
    ndaudio::hound::WavReader::open(data(file))
}
