//! What a checkpoint promises, and when one is made.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ndarray::{Array2, s};
use ndaudio::{Anomaly, Container, Encoding, ReadOptions, Spec, WavReader, WavWriter, WriteOptions};

const CONTAINERS: [Container; 4] = [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64];

/// A file that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("ndaudio-{name}-{}.wav", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn ramp(frames: usize, channels: usize) -> Array2<i16> {
    Array2::from_shape_fn((frames, channels), |(frame, channel)| {
        i16::try_from((frame * channels + channel) % 30_000 + 1).unwrap()
    })
}

/// Frames of the file, if it reads without any anomaly.
fn intact(scratch: &Scratch) -> Array2<i16> {
    ReadOptions::new().strict().open(&scratch.0).unwrap().read_all().unwrap()
}

#[test]
fn the_file_is_whole_at_every_checkpoint_whatever_stands_in_front() {
    for container in CONTAINERS {
        // A header that is written in one piece, and one that is patched.
        for metadata in [0, 10_001] {
            for (encoding, channels) in [(Encoding::I16, 1), (Encoding::I24, 3), (Encoding::F32, 2)] {
                let scratch = Scratch::new("whole");
                let audio = ramp(1_000, channels);
                let options = WriteOptions::new(&Spec::new(48_000, channels, encoding)).container(container).sync(true);
                let mut writer = options.create(&scratch.0).unwrap();
                assert_eq!(intact(&scratch).nrows(), 0, "from the first byte on");
                writer.add_chunk(*b"LIST", &vec![b'x'; metadata]).unwrap();
                assert_eq!(intact(&scratch).nrows(), 0);
                for step in 1..=10 {
                    writer.write(&audio.slice(s![100 * (step - 1)..100 * step, ..])).unwrap();
                    assert_eq!(intact(&scratch).nrows(), 100 * (step - 1), "not yet");
                    writer.checkpoint().unwrap();
                    assert_eq!((writer.frames_safe(), writer.frames_written()), (100 * step as u64, 100 * step as u64));
                    assert_eq!(intact(&scratch), audio.slice(s![..100 * step, ..]));
                }
                writer.add_chunk(*b"guan", b"odd").unwrap();
                writer.finalize().unwrap();
                assert_eq!(intact(&scratch), audio);
                let chunks = WavReader::open(&scratch.0).unwrap().chunks().to_vec();
                assert_eq!((chunks.last().unwrap().id, chunks.last().unwrap().len), (*b"guan", 3));
                assert!(chunks.iter().any(|chunk| chunk.id == *b"LIST" && chunk.len == metadata as u64));
            }
        }
    }
}

#[test]
fn what_came_behind_the_last_checkpoint_is_read_with_an_anomaly() {
    for container in CONTAINERS {
        for checkpoint in [true, false] {
            let scratch = Scratch::new("after");
            // Larger than the writer's buffer, so that all of it is in the file.
            let audio = ramp(100_000, 2);
            let options = WriteOptions::new(&Spec::new(48_000, 2, Encoding::I16)).container(container);
            let mut writer = options.create(&scratch.0).unwrap();
            if checkpoint {
                writer.write(&audio.slice(s![..1_000, ..])).unwrap();
                writer.checkpoint().unwrap();
            }
            let next = usize::try_from(writer.frames_written()).unwrap();
            writer.write(&audio.slice(s![next.., ..])).unwrap();
            std::mem::forget(writer);
            let mut reader = WavReader::open(&scratch.0).unwrap();
            let found = reader.read_all::<i16>().unwrap();
            // Where samples are turned round on their way, they go through a buffer of the writer, which keeps the last of them.
            let held = if cfg!(target_endian = "little") { 0 } else { 65_536 / 4 };
            assert!(found.nrows() + held >= audio.nrows(), "{} frames", found.nrows());
            assert_eq!(found, audio.slice(s![..found.nrows(), ..]));
            match reader.anomalies() {
                [Anomaly::Unfinished { declared: 4_000, .. }] => assert!(checkpoint),
                [Anomaly::DataSizeZero { .. } | Anomaly::Unfinished { declared: 0, .. }] => assert!(!checkpoint),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn checkpoints_are_made_in_the_middle_of_blocks() {
    let scratch = Scratch::new("every");
    let spec = Spec::new(1_000, 2, Encoding::I24);
    let block = ramp(1_005, 2);
    for options in [
        WriteOptions::new(&spec).checkpoint_every(100),
        WriteOptions::new(&spec).checkpoint_every_duration(Duration::from_millis(100)),
    ] {
        // Contiguous, and by another way.
        for strided in [false, true] {
            let mut writer = options.create(&scratch.0).unwrap();
            for written in [1_005, 2_010] {
                let reversed = block.slice(s![..;-1, ..]).as_standard_layout().into_owned();
                if strided {
                    writer.write(&reversed.slice(s![..;-1, ..])).unwrap();
                } else {
                    writer.write(&block).unwrap();
                }
                assert_eq!((writer.frames_written(), writer.frames_safe()), (written, written / 100 * 100));
            }
            // From one made by hand it counts anew.
            writer.checkpoint().unwrap();
            writer.write(&ramp(99, 2)).unwrap();
            assert_eq!(writer.frames_safe(), 2_010);
            writer.write(&ramp(1, 2)).unwrap();
            assert_eq!(writer.frames_safe(), 2_110);
            std::mem::forget(writer);
            assert_eq!(intact(&scratch).nrows(), 2_110);
        }
    }
    let mut never = WriteOptions::new(&spec).checkpoint_every_duration(Duration::MAX).create(&scratch.0).unwrap();
    never.write(&block).unwrap();
    assert_eq!(never.frames_safe(), 0);
}

#[test]
#[should_panic(expected = "frames (0) must be at least 1")]
fn a_checkpoint_every_no_frames_is_a_mistake() {
    let _ = WriteOptions::new(&Spec::new(48_000, 1, Encoding::I16)).checkpoint_every(0);
}

#[test]
#[should_panic(expected = "the block has 3 columns, but there must be one for each of the 2 channels")]
fn a_block_of_other_channels_is_a_mistake() {
    let mut writer = WavWriter::stream(Vec::new(), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    let _ = writer.write(&ramp(1, 3));
}

#[test]
#[should_panic(expected = "samples.len() (3) must be a multiple of the channels (2)")]
fn half_a_frame_is_a_mistake() {
    let mut writer = WavWriter::stream(Vec::new(), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    let _ = writer.write_interleaved(&[1_i16, 2, 3]);
}
