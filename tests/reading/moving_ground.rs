//! Files that change while they are read, sources that count wrong or fail, sizes beyond all memory.

#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use crate::common::riff;
use ndaudio::ndarray::array;
use ndaudio::{Encoding, Padding, ReadOptions, Sample, Source, Spec, WavReader};

/// A recording that grows between the look at its end and the first read.
struct Recording {
    file: Cursor<Vec<u8>>,
    more: Vec<u8>,
}

impl Read for Recording {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let more = std::mem::take(&mut self.more);
        self.file.get_mut().extend(more);
        self.file.read(out)
    }
}

impl Seek for Recording {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn a_file_that_grows_while_it_is_opened_is_read_to_where_it_ended() {
    let whole = riff(Encoding::I16, 2, 8_000, &(0..40).collect::<Vec<u8>>());
    // Cut inside any part, grown by less and by more than a chunk header.
    for at in 0..=whole.len() {
        let mut cut = whole[..at].to_vec();
        let expected =
            ReadOptions::new().seekable(Cursor::new(cut.clone())).and_then(|mut reader| reader.read_all::<i16>());
        for more in [1, 7, 8, 9, 24, 100] {
            let recording = Recording { file: Cursor::new(std::mem::take(&mut cut)), more: vec![b'd'; more] };
            cut = whole[..at].to_vec();
            let found = ReadOptions::new().seekable(recording).and_then(|mut reader| reader.read_all::<i16>());
            assert_eq!(found.ok(), expected.as_ref().ok().cloned(), "cut at {at}, {more} bytes more");
        }
    }
}

#[test]
fn windows_beyond_all_memory_are_refused() {
    let file = riff(Encoding::I16, 2, 8_000, &[0; 40]);
    for len in [usize::MAX, usize::MAX / 2, usize::MAX / 4 + 1] {
        for hop in [1, usize::MAX] {
            let mut reader = WavReader::new(&file[..]).unwrap();
            assert!(reader.windows::<i16>(len, hop).next().unwrap().is_none(), "no such window is full");
            let mut reader = WavReader::new(&file[..]).unwrap();
            let padded = reader.windows::<i16>(len, hop).pad_end(0).next().map(|_| ());
            assert!(
                matches!(padded.as_ref().map_err(ndaudio::Error::kind), Err(ndaudio::ErrorKind::TooLarge { .. })),
                "{padded:?}"
            );
            for padding in [Padding::Zero, Padding::Edge, Padding::Reflect] {
                let mut reader = WavReader::new(&file[..]).unwrap();
                let centered = reader.windows::<i16>(len, hop).centered_with(padding).next().map(|_| ());
                assert!(
                    matches!(centered.as_ref().map_err(ndaudio::Error::kind), Err(ndaudio::ErrorKind::TooLarge { .. })),
                    "{centered:?}"
                );
            }
        }
    }
}

/// Counts up; says each time how many frames that were, or fails.
struct Counter<F> {
    spec: Spec,
    next: i16,
    calls: usize,
    count: F,
}

impl<F: Fn(usize, usize) -> io::Result<usize>> Source for Counter<F> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
        self.calls += 1;
        for sample in &mut *out {
            *sample = self.next.convert();
            self.next += 1;
        }
        Ok((self.count)(self.calls, out.len())?)
    }
}

fn counter<F: Fn(usize, usize) -> io::Result<usize>>(channels: usize, count: F) -> Counter<F> {
    Counter { spec: Spec::new(8_000, channels, Encoding::I16), next: 0, calls: 0, count }
}

fn fails_once(call: usize, samples: usize) -> io::Result<usize> {
    if call == 3 { Err(io::Error::other("once")) } else { Ok(samples) }
}

#[test]
fn nothing_is_lent_after_an_error() {
    let mut source = counter(1, fails_once);
    let mut blocks = source.blocks::<i16>(2);
    assert_eq!(blocks.next().unwrap().unwrap(), array![[0], [1]]);
    assert_eq!(blocks.next().unwrap().unwrap(), array![[2], [3]]);
    blocks.next().unwrap_err();
    assert!(blocks.next().unwrap().is_none());

    let mut source = counter(1, fails_once);
    let mut windows = source.windows::<i16>(2, 1);
    assert_eq!(windows.next().unwrap().unwrap(), array![[0], [1]]);
    assert_eq!(windows.next().unwrap().unwrap(), array![[1], [2]]);
    windows.next().unwrap_err();
    assert!(windows.next().unwrap().is_none());
}

#[test]
#[should_panic(expected = "the source counts 8 frames in room for 4; it must count frames, not samples")]
fn a_source_that_counts_samples_is_told_so() {
    let _ = counter(2, |_, samples| Ok(samples)).blocks::<i16>(4).next();
}

#[test]
#[should_panic(expected = "it must count frames, not samples")]
fn a_source_that_counts_samples_is_told_so_when_frames_are_skipped() {
    let _ = counter(2, |_, samples| Ok(samples)).skip_frames(100);
}

#[test]
fn seeking_behind_the_end_of_the_input_is_refused_whatever_the_header_claims() {
    let mut file = riff(Encoding::I16, 2, 8_000, &[0; 40]);
    for claimed in [40, 4000, u32::MAX] {
        file[40..44].copy_from_slice(&claimed.to_le_bytes());
        let mut reader = WavReader::new(Cursor::new(&file)).unwrap();
        let error = reader.seek(11).unwrap_err();
        assert!(matches!(error.kind(), ndaudio::ErrorKind::SeekPastEnd { frame: 11, frames: 10 }), "{error}");
        reader.seek(10).unwrap();
        reader.seek(9).unwrap();
        assert_eq!(reader.read_all::<i16>().unwrap().nrows(), 1);
        assert_eq!(reader.frames(), Some(10));
    }
}
