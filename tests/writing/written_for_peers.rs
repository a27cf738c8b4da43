//! Writes every container × encoding × channels, and reads it back; to a directory that `NDAUDIO_PEERS_DIR` names, for
//! `tests/peers/written.py` to read with other programs.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::path::PathBuf;

use ndarray::Array2;
use ndaudio::{Container, Encoding, ReadOptions, Spec, WriteOptions};

/// What stands in a sample, of 32 bits: Knuth's multiplicative hash of its number.
fn value(number: usize) -> i32 {
    u32::try_from(number + 1).unwrap().wrapping_mul(2_654_435_761).cast_signed()
}

#[test]
fn every_container_encoding_and_count_of_channels_reads_back() {
    let own = tempfile::tempdir().unwrap();
    let directory = std::env::var_os("NDAUDIO_PEERS_DIR").map_or(own.path().to_path_buf(), PathBuf::from);
    let containers = [
        (Container::Riff, "riff.wav"),
        (Container::Rf64, "rf64.wav"),
        (Container::Bw64, "bw64.wav"),
        (Container::Wave64, "wave64.w64"),
    ];
    for (container, name) in containers {
        for encoding in Encoding::ALL {
            for channels in [1, 2, 3, 6, 64] {
                // Odd, so that odd frames need padding.
                let frames = 333;
                let block =
                    Array2::from_shape_fn((frames, channels), |(frame, channel)| value(frame * channels + channel));
                let spec = Spec::new(48_000, channels, encoding);
                let options = WriteOptions::new(&spec).container(container);
                let (kind, extension) = name.split_once('.').unwrap();
                let stem = format!("{kind}_{encoding:?}_{channels}");
                let mut writer = options.create(directory.join(format!("{stem}.{extension}"))).unwrap();
                // Before the audio and after it, odd: nobody may stumble over them.
                writer.add_chunk(*b"LIST", b"INFOISFT\x07\0\0\0ndaudio\0").unwrap();
                // libsndfile reads whatever stands after the audio of Wave64 as audio.
                if container != Container::Wave64 {
                    writer.add_trailing_chunk(*b"guan", b"GUANO|Version: 1.0\n").unwrap();
                }
                writer.write(&block).unwrap();
                writer.finalize().unwrap();
                // To a pipe, and as a killed process leaves it: its first 200 frames safe, and 100 more.
                let mut stream = options.stream(Vec::new()).unwrap();
                stream.write(&block).unwrap();
                let bytes = stream.finalize().unwrap();
                std::fs::write(directory.join(format!("{stem}_stream.{extension}")), bytes).unwrap();
                let path = directory.join(format!("{stem}_killed.{extension}"));
                let mut killed = options.create(&path).unwrap();
                killed.write(&block.slice(ndarray::s![..200, ..])).unwrap();
                killed.checkpoint().unwrap();
                std::mem::forget(killed);

                // All three hold the same samples, whole or to the checkpoint.
                let whole = ReadOptions::new()
                    .strict()
                    .open(directory.join(format!("{stem}.{extension}")))
                    .unwrap()
                    .read_all::<f64>()
                    .unwrap();
                assert_eq!(whole.dim(), (frames, channels), "{stem}");
                let (streamed, _) = ndaudio::read::<f64>(directory.join(format!("{stem}_stream.{extension}"))).unwrap();
                assert_eq!(streamed, whole, "{stem} as a stream");
                let safe = ReadOptions::new().strict().open(&path).unwrap().read_all::<f64>().unwrap();
                assert_eq!(safe, whole.slice(ndarray::s![..200, ..]), "{stem} killed");
                if encoding == Encoding::I32 {
                    assert_eq!(whole, block.mapv(|sample| f64::from(sample) / 2_147_483_648.0), "{stem}");
                }
            }
        }
    }
}
