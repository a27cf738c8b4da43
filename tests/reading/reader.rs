//! What a reader says of a file, and that asking does not disturb reading.

#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]

use std::io::Cursor;
use std::time::Duration;

use crate::common::{SplitMix, chunk, riff};
use ndaudio::{Encoding, ReadOptions, Sequence, WavReader};

#[test]
fn a_duration_has_its_fraction() {
    for (frames, rate, nanoseconds) in
        [(44_100, 44_100, 1_000_000_000), (1, 48_000, 20_833), (3, 2, 1_500_000_000), (0, 8_000, 0)]
    {
        let file = riff(Encoding::I16, 1, rate, &vec![0; frames * 2]);
        let reader = WavReader::new(&file[..]).unwrap();
        assert_eq!(reader.duration(), Some(Duration::from_nanos(nanoseconds)), "{frames} frames at {rate} Hz");
    }
}

#[test]
fn looking_up_a_chunk_does_not_move_the_audio() {
    let mut file = riff(Encoding::I16, 2, 48_000, &SplitMix(1).bytes(400_000));
    chunk(&mut file, b"LIST", b"INFOINAM\x04\0\0\0abc\0");
    let size = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&size.to_le_bytes());
    let whole = WavReader::new(&file[..]).unwrap().read_all::<i16>().unwrap();
    let mut reader = ReadOptions::new().seekable(Cursor::new(&file)).unwrap();
    let mut read = Vec::new();
    loop {
        let mut part = ndaudio::ndarray::Array2::<i16>::zeros((7919, 2));
        let count = reader.read_into(&mut part).unwrap();
        if count == 0 {
            break;
        }
        read.extend(part.rows().into_iter().take(count).flatten().copied().collect::<Vec<_>>());
        assert_eq!(reader.chunk(*b"LIST").unwrap().as_deref(), Some(&b"INFOINAM\x04\0\0\0abc\0"[..]));
    }
    assert_eq!(read, whole.iter().copied().collect::<Vec<_>>());
    assert_eq!(reader.chunk(*b"none").unwrap(), None);
}

#[test]
fn files_of_a_sequence_have_one_encoding_and_one_rate() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = [(Encoding::I16, 48_000), (Encoding::I24, 48_000), (Encoding::I16, 44_100)]
        .into_iter()
        .enumerate()
        .map(|(index, (encoding, rate))| {
            let path = folder.path().join(format!("{index}.wav"));
            std::fs::write(&path, riff(encoding, 1, rate, &[0; 12])).unwrap();
            path
        })
        .collect();
    let message = |second: usize| Sequence::open([&paths[0], &paths[second]]).unwrap_err().to_string();
    assert!(
        message(1).ends_with("1.wav: its encoding (24-bit PCM) must be that of the first file (16-bit PCM)"),
        "{}",
        message(1)
    );
    assert!(
        message(2).ends_with("2.wav: its sample rate (44100) must be that of the first file (48000)"),
        "{}",
        message(2)
    );
}

#[test]
#[should_panic(expected = "the block has 3 columns, but there must be one for each of the 2 channels")]
fn an_array_of_another_number_of_channels_is_a_bug_of_the_caller() {
    let file = riff(Encoding::I16, 2, 8_000, &[0; 12]);
    let mut reader = WavReader::new(&file[..]).unwrap();
    let _ = reader.read_into(&mut ndarray::Array2::<i16>::zeros((1, 3)));
}
