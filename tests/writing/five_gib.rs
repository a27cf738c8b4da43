//! 5 GiB for real, and 3.9 GiB: run by `tests/peers/big.sh`, which has other programs read the files too.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::path::PathBuf;
use std::time::Instant;

use ndarray::{Array2, s};
use ndaudio::{Container, Encoding, ReadOptions, Spec, WriteOptions};

/// Samples repeat after so many frames, a prime, so that nothing that is shifted by a power of two looks the same.
const PERIOD: usize = 65_521;
const BLOCK: usize = 1 << 20;

/// The samples of the first frames, enough of them that a block can begin anywhere in a period.
fn pattern() -> Array2<i16> {
    Array2::from_shape_fn((PERIOD + BLOCK, 2), |(frame, channel)| {
        i16::try_from((frame % PERIOD * (1 + 2 * channel)) % PERIOD % 32_749).unwrap() - 16_000
    })
}

fn write_and_read_back(path: &PathBuf, bytes: u64, container: Container) {
    let (pattern, frames) = (pattern(), bytes / 4);
    let spec = Spec::new(96_000, 2, Encoding::I16);
    let begun = Instant::now();
    // A checkpoint each 100 million frames: some before and some past 4 GiB.
    let mut writer = WriteOptions::new(&spec).checkpoint_every(100_000_000).create(path).unwrap();
    while writer.frames_written() < frames {
        let at = usize::try_from(writer.frames_written() % PERIOD as u64).unwrap();
        let count = usize::try_from(frames - writer.frames_written()).unwrap_or(BLOCK).min(BLOCK);
        writer.write(&pattern.slice(s![at..at + count, ..])).unwrap();
    }
    assert_eq!(writer.container() == Container::Rf64, bytes > 1 << 32);
    writer.finalize().unwrap();
    println!("{}: {bytes} bytes written in {:.1} s", path.display(), begun.elapsed().as_secs_f64());

    let begun = Instant::now();
    let mut reader = ReadOptions::new().strict().open(path).unwrap();
    assert_eq!((reader.container(), reader.frames(), reader.spec()), (container, Some(frames), &spec));
    let mut position = 0;
    let mut blocks = reader.blocks::<i16>(BLOCK);
    while let Some(block) = blocks.next().unwrap() {
        let at = usize::try_from(position % PERIOD as u64).unwrap();
        assert!(block == pattern.slice(s![at..at + block.nrows(), ..]), "differs after frame {position}");
        position += block.nrows() as u64;
    }
    assert_eq!(position, frames);
    println!("all {frames} frames read back in {:.1} s", begun.elapsed().as_secs_f64());
}

#[test]
fn long_files_for_real() {
    let own = tempfile::tempdir().unwrap();
    let directory = std::env::var_os("NDAUDIO_BIG_DIR").map(PathBuf::from);
    // Without a directory that has room, MiB for GiB.
    let (directory, unit) = directory.map_or((own.path().to_path_buf(), 1 << 20), |directory| (directory, 1 << 30));
    for (name, bytes) in [("5_gib.wav", 5 * unit), ("3.9_gib.wav", 39 * unit / 10 / 4 * 4)] {
        let container = if bytes > u64::from(u32::MAX) { Container::Rf64 } else { Container::Riff };
        write_and_read_back(&directory.join(name), bytes, container);
    }
}
