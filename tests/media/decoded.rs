//! Compressed files of many encoders are read as they were made.

use std::path::{Path, PathBuf};

use ndaudio::{Encoding, MediaReader, Source};
use sha2::{Digest, Sha256};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/media")
}

/// One line of `data/media/MANIFEST.tsv`.
struct Row {
    name: String,
    format: String,
    codec: String,
    encoding: Encoding,
    channels: usize,
    sample_rate: u32,
    frames: u64,
    /// Of the samples given to a lossless encoder.
    given: Option<String>,
}

fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(folder().join("MANIFEST.tsv")).unwrap();
    let rows: Vec<Row> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Row {
                name: fields[0].to_owned(),
                format: fields[1].to_owned(),
                codec: fields[2].to_owned(),
                encoding: match fields[3] {
                    "u8" => Encoding::U8,
                    "i12" => Encoding::I12In16,
                    "i16" => Encoding::I16,
                    "i20" => Encoding::I20In24,
                    "i24" => Encoding::I24,
                    "i32" => Encoding::I32,
                    "f32" => Encoding::F32,
                    other => panic!("encoding {other}"),
                },
                channels: fields[4].parse().unwrap(),
                sample_rate: fields[5].parse().unwrap(),
                frames: fields[6].parse().unwrap(),
                given: (fields[7] != "-").then(|| fields[7].to_owned()),
            }
        })
        .collect();
    assert!(rows.len() >= 20, "the manifest has lost rows");
    rows
}

fn digest(samples: impl IntoIterator<Item = i32>) -> String {
    let bytes: Vec<u8> = samples.into_iter().flat_map(i32::to_le_bytes).collect();
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_fixture_is_what_its_encoder_was_given() {
    for row in rows() {
        let name = &row.name;
        let mut reader = MediaReader::open(folder().join(name)).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!((reader.format(), reader.codec()), (&*row.format, &*row.codec), "{name}");
        let spec = reader.spec().clone();
        let found = (spec.encoding(), spec.channels(), spec.sample_rate());
        assert_eq!(found, (row.encoding, row.channels, row.sample_rate), "{name}");
        assert_eq!(reader.frames(), Some(row.frames), "{name}");
        assert_eq!(reader.anomalies(), [], "{name}");
        let Some(given) = row.given else { continue };
        let samples = reader.read_all::<i32>().unwrap();
        assert_eq!(samples.nrows() as u64, row.frames, "{name}");
        assert_eq!(digest(samples.iter().copied()), given, "{name}");
        assert_eq!(reader.anomalies(), [], "{name}");
    }
}

/// What ffmpeg 5.1 gives, rounded to 16 bits: half a step of rounding, and the decoders' own float noise.
#[test]
fn lossy_files_are_within_a_step_of_16_bits_of_what_ffmpeg_gives() {
    let mut compared = 0;
    for row in rows().into_iter().filter(|row| row.given.is_none()) {
        let name = &row.name;
        let bytes = std::fs::read(folder().join(format!("{name}.i16"))).unwrap();
        let expected: Vec<f32> =
            bytes.as_chunks::<2>().0.iter().map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32768.0).collect();
        let samples = MediaReader::open(folder().join(name)).unwrap().read_all::<f32>().unwrap();
        assert_eq!(samples.len(), expected.len(), "{name}");
        for (index, (sample, expected)) in samples.iter().zip(&expected).enumerate() {
            // ffmpeg's samples were clipped to 16 bits.
            let sample = sample.clamp(-1.0, 32767.0 / 32768.0);
            assert!(
                (sample - expected).abs() <= 0.75 / 32768.0,
                "{name}, sample {index}: {sample} instead of {expected}"
            );
        }
        compared += 1;
    }
    assert_eq!(compared, 5);
}

/// Every frame that is sought, and what follows, is what reading through gives.
#[test]
fn a_frame_that_is_sought_is_the_one_that_reading_through_gives() {
    for row in rows() {
        let name = &row.name;
        let mut reader = MediaReader::open(folder().join(name)).unwrap();
        let whole = reader.read_all::<f64>().unwrap();
        let frames = row.frames;
        let tolerance = if row.given.is_some() { 0.0 } else { 1e-6 };
        let mut at = 7;
        for _ in 0..40 {
            at = (at * 7919 + 13) % (frames + 1);
            reader.seek(at).unwrap_or_else(|error| panic!("{name} to {at}: {error:?}"));
            assert_eq!(reader.position(), at, "{name}");
            let mut out = vec![0.0_f64; 100 * row.channels];
            let count = reader.read_interleaved(&mut out).unwrap();
            assert_eq!(count as u64, (frames - at).min(100), "{name} from {at}");
            for (index, sample) in out[..count * row.channels].iter().enumerate() {
                let expected = whole[[at as usize + index / row.channels, index % row.channels]];
                assert!(
                    (sample - expected).abs() <= tolerance,
                    "{name} from {at}, sample {index}: {sample}, {expected}"
                );
            }
        }
        assert_eq!(reader.anomalies(), [], "{name}");
        assert!(reader.seek(frames + 1).is_err(), "{name}");
    }
}

/// Sections are measured apart, and together are the whole to the last bit.
#[cfg(feature = "rayon")]
#[test]
fn levels_and_curves_of_sections_are_those_of_the_whole() {
    use ndaudio::levels::Measure;
    use ndaudio::{FlacWriter, curves, levels, parallel};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.flac");
    // Three sections and a bit.
    let mut state = 1_u32;
    let noise = |frame: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if frame.is_multiple_of(7) { (state >> 18) as i16 } else { (frame % 9_000) as i16 }
    };
    let samples: Vec<i16> = (0..(3 << 19) + 4_321).map(noise).collect();
    let spec = ndaudio::Spec::new(48_000, 1, Encoding::I16);
    let mut writer = FlacWriter::create(&path, &spec).unwrap();
    writer.write_interleaved(&samples).unwrap();
    writer.finalize().unwrap();
    let expected = levels::of_source(&mut MediaReader::open(&path).unwrap()).unwrap();
    assert_eq!(expected.frames(), samples.len() as u64);
    assert_eq!(parallel::levels_of_file(&path).unwrap(), expected);
    let samples = ndarray::Array2::from_shape_vec((samples.len(), 1), samples).unwrap();
    // Windows across the seams, between them, and one that is longer than a section.
    for (len, hop) in [(2_048, 512), (1_000, 999), (3, 70_001), (1 << 20, 1 << 19), (2 << 20, 1)] {
        let expected = curves::measure(&samples, Measure::Rms, len, hop);
        assert_eq!(parallel::curve_of_file(&path, Measure::Rms, len, hop).unwrap(), expected, "{len} by {hop}");
    }
    for row in rows().into_iter().filter(|row| row.given.is_some()) {
        let path = self::folder().join(&row.name);
        let expected = levels::of_source(&mut MediaReader::open(&path).unwrap()).unwrap();
        assert_eq!(parallel::levels_of_file(&path).unwrap(), expected, "{}", row.name);
        assert_eq!(parallel::levels_of_files(&[&path]).remove(0).unwrap(), expected, "{}", row.name);
    }
}

/// Once the first block is decoded, the rest of a FLAC file takes no more memory.
#[test]
fn blocks_of_flac_are_decoded_into_the_same_memory() {
    for name in ["flac_pcm16_stereo.flac", "flac_pcm32_stereo.flac", "ffmpeg_pcm16_6ch.flac"] {
        let mut reader = MediaReader::open(folder().join(name)).unwrap();
        let mut out = vec![0_f32; 64 * reader.spec().channels()];
        reader.read_interleaved(&mut out).unwrap();
        let taken = allocation_counter::measure(|| {
            for _ in 0..10 {
                assert_eq!(reader.read_interleaved(&mut out).unwrap(), 64);
            }
        });
        assert_eq!(taken.count_total, 0, "{name}");
    }
}
