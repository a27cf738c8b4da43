//! What parts on all cores read, counted by the system: in a process of its own, where nothing else reads.
#![cfg(all(feature = "rayon", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, MutexGuard};

use ndaudio::{WavReader, levels, parallel};

/// One test at a time: what is counted is that of all.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(|failed| failed.into_inner())
}

/// Bytes that this process has read.
fn read_so_far() -> u64 {
    let counts = std::fs::read_to_string("/proc/self/io").unwrap();
    counts.lines().next().unwrap().strip_prefix("rchar: ").unwrap().parse().unwrap()
}

/// Found by attack: the reader of each part read all silence before the audio, which does not show where the 24 bits are.
#[test]
fn silence_before_the_audio_is_not_read_for_every_part() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.wav");
    // 24 bits in 4 bytes under a plain tag, 20 MiB of silence and three parts more.
    let (silent, loud) = (20_u32 << 20, 48_u32 << 20);
    let mut file = File::create(&path).unwrap();
    let fmt = b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\0\x7D\0\0\x04\0\x18\0data";
    let size = |bytes: u32| bytes.to_le_bytes();
    file.write_all(&[b"RIFF", &size(36 + silent + loud)[..], fmt, &size(silent + loud)].concat()).unwrap();
    file.write_all(&vec![0; 20 << 20]).unwrap();
    file.write_all(&[0x35, 0x12, 0x34, 0].repeat(12 << 20)).unwrap();
    drop(file);
    let start = read_so_far();
    let whole = levels::of_source(&mut WavReader::open(&path).unwrap()).unwrap();
    let once = read_so_far() - start;
    assert_eq!(parallel::levels_of_file(&path).unwrap(), whole);
    let in_parts = read_so_far() - start - once;
    assert!(in_parts < once + (1 << 20), "{in_parts} bytes are read instead of {once}");
}

/// Found by attack: the reader of each section looked for the last block of the file again.
#[cfg(feature = "flac")]
#[test]
fn the_end_of_a_flac_file_is_looked_for_once_and_not_for_every_section() {
    use ndaudio::{Encoding, FlacWriter, MediaReader, Spec};

    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switched off.flac");
    let mut writer = FlacWriter::create(&path, &Spec::new(48_000, 1, Encoding::I16)).unwrap();
    let second: Vec<i32> = (0..48_000).map(|index| if index < 4_000 { index << 16 } else { 0 }).collect();
    (0..120).for_each(|_| writer.write_interleaved(&second).unwrap());
    writer.finalize().unwrap();
    // What a recorder that was switched off leaves after eleven sections of half a million frames.
    let mut file = File::options().append(true).open(&path).unwrap();
    file.write_all(&vec![0; 16 << 20]).unwrap();
    let len = file.metadata().unwrap().len();
    let start = read_so_far();
    let whole = levels::of_source(&mut MediaReader::open(&path).unwrap()).unwrap();
    let once = read_so_far() - start;
    assert_eq!(parallel::levels_of_file(&path).unwrap(), whole);
    let in_parts = read_so_far() - start - once;
    assert!(in_parts < once + len / 2, "{in_parts} bytes of {len} are read instead of {once}");
}

/// Found by attack: each section that is lost looked for the next block by itself.
#[cfg(feature = "flac")]
#[test]
fn a_hole_in_a_flac_file_is_looked_through_once_and_not_for_every_section() {
    use ndaudio::{Encoding, FlacWriter, MediaReader, Spec};

    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hole.flac");
    let mut writer = FlacWriter::create(&path, &Spec::new(48_000, 1, Encoding::I16)).unwrap();
    // Noise, which takes its bytes: twelve sections.
    let second: Vec<i32> = (0..48_000_i32).map(|index| index.wrapping_mul(0x1E37_79B1)).collect();
    (0..130).for_each(|_| writer.write_interleaved(&second).unwrap());
    writer.finalize().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let len = bytes.len();
    bytes[len / 10..len - len / 10].fill(0);
    std::fs::write(&path, &bytes).unwrap();
    let start = read_so_far();
    let whole = levels::of_source(&mut MediaReader::open(&path).unwrap()).unwrap();
    let once = read_so_far() - start;
    assert_eq!(parallel::levels_of_file(&path).unwrap(), whole);
    let in_parts = read_so_far() - start - once;
    // Each core may be in it at the same time.
    let cores = std::thread::available_parallelism().unwrap().get() as u64;
    assert!(in_parts < once + (1 + cores) * len as u64, "{in_parts} bytes of {len} are read instead of {once}");
}
