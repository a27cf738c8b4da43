//! A recording of hours, at its end and as a whole: `tests/peers/sparse.sh` has 5 and 20 GiB of it, and reads the memory that this took.

#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::Instant;

use ndarray::Array2;
use ndaudio::{Container, ReadOptions, levels};

const RATE: u32 = 96_000;
/// RIFF header, `ds64` of 28 bytes, `fmt ` of 16, header of `data`.
const HEADER: u64 = 12 + 36 + 24 + 8;
/// The last second is not silent.
const LOUD: u64 = RATE as u64;

/// The header of RF64 as EBU Tech 3306 has it, for stereo of 16 bits.
fn header(frames: u64) -> Vec<u8> {
    let audio = frames * 4;
    [
        &b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0"[..],
        &(HEADER - 8 + audio).to_le_bytes(),
        &audio.to_le_bytes(),
        &frames.to_le_bytes(),
        b"\0\0\0\0fmt \x10\0\0\0\x01\0\x02\0",
        &RATE.to_le_bytes(),
        &(RATE * 4).to_le_bytes(),
        b"\x04\0\x10\0data\xFF\xFF\xFF\xFF",
    ]
    .concat()
}

/// Half of full scale on the left, a quarter on the right, with changing sign.
fn loud(frame: u64) -> [i16; 2] {
    if frame.is_multiple_of(2) { [16_384, -8192] } else { [-16_384, 8192] }
}

fn make(path: &PathBuf, frames: u64) {
    let mut file = File::create(path).unwrap();
    file.write_all(&header(frames)).unwrap();
    file.set_len(HEADER + frames * 4).unwrap();
    let audio: Vec<u8> = (frames - LOUD..frames).flat_map(loud).flat_map(i16::to_le_bytes).collect();
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(HEADER + (frames - LOUD) * 4)).unwrap();
    file.write_all(&audio).unwrap();
}

/// The most memory that the process has had, in KiB, where the system says it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn hours_are_at_hand_at_once_and_measured_in_little_memory() {
    let own = tempfile::tempdir().unwrap();
    let (path, bytes) = match std::env::var("NDAUDIO_SPARSE") {
        // `BYTES FILE`, kept for other programs.
        Ok(given) => {
            let (bytes, path) = given.split_once(' ').expect("bytes and a file");
            (PathBuf::from(path), bytes.parse().unwrap())
        }
        Err(_) => (own.path().join("sparse.wav"), 1 << 20),
    };
    let frames: u64 = (bytes - HEADER) / 4;
    make(&path, frames);

    let begun = Instant::now();
    let mut reader = ReadOptions::new().strict().open(&path).unwrap();
    assert_eq!((reader.container(), reader.frames()), (Container::Rf64, Some(frames)));
    let opened = begun.elapsed();

    // The last two frames that are silent, and the first two that are not.
    reader.seek(frames - LOUD - 2).unwrap();
    let mut four = Array2::<i16>::from_elem((4, 2), 1);
    assert_eq!(reader.read_into(&mut four.view_mut()).unwrap(), 4);
    let [a, b] = [loud(frames - LOUD), loud(frames - LOUD + 1)];
    assert_eq!(four, ndarray::arr2(&[[0, 0], [0, 0], a, b]));
    let sought = begun.elapsed();

    let from = frames - 2 * LOUD;
    reader.seek(from).unwrap();
    let mut blocks = reader.blocks::<i16>(4096);
    let mut position = from;
    while let Some(block) = blocks.next().unwrap() {
        for frame in block.rows() {
            let expected = if position < frames - LOUD { [0, 0] } else { loud(position) };
            assert_eq!(frame.as_slice().unwrap(), expected, "frame {position}");
            position += 1;
        }
    }
    assert_eq!(position, frames);
    let blocked = begun.elapsed();
    println!(
        "{bytes} bytes: opened in {opened:.1?}, at the end at {sought:.1?}, the last two seconds at {blocked:.1?}"
    );

    let begun = Instant::now();
    reader.seek(0).unwrap();
    let total = levels::of_source(&mut reader).unwrap();
    let measured = begun.elapsed();
    assert_eq!(total.frames(), frames);
    // As the frames are: √(LOUD / frames) of a half and of a quarter; every sum in it is exact in f64.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let expected = [0.25, 0.0625].map(|square: f64| (square * LOUD as f64 / frames as f64).sqrt());
    for (rms, expected) in total.rms().iter().zip(expected) {
        assert!((rms - expected).abs() <= expected * 1e-15, "{rms} for {expected}");
    }
    print!("{bytes} bytes: RMS of the whole in {measured:.1?}");
    if let Some(kib) = peak_memory() {
        println!(", {kib} KiB of memory at most");
        assert!(kib < 64 << 10, "{kib} KiB");
    }
}
