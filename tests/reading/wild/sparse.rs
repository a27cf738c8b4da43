//! Files larger than memory: a header, a hole of zeros, and what stands after it.

use std::io::{Read, Seek, SeekFrom};

use ndarray::{Array2, array};
use ndaudio::{Anomaly, ReadOptions};

use crate::wild::build::{Fmt, Kind, Wav};

/// As a sparse file: `head`, zeros, `tail`; counts what is read of it.
struct Sparse {
    head: Vec<u8>,
    hole: u64,
    tail: Vec<u8>,
    position: u64,
    read: u64,
}

impl Sparse {
    fn len(&self) -> u64 {
        self.head.len() as u64 + self.hole + self.tail.len() as u64
    }
}

impl Read for Sparse {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let tail = self.head.len() as u64 + self.hole;
        let at = |position: u64| usize::try_from(position).unwrap_or(usize::MAX);
        let count = if self.position < self.head.len() as u64 {
            (&self.head[at(self.position)..]).read(out)?
        } else if self.position < tail {
            let count = out.len().min(at(tail - self.position));
            out[..count].fill(0);
            count
        } else {
            (&self.tail[at(self.position - tail).min(self.tail.len())..]).read(out)?
        };
        self.position += count as u64;
        self.read += count as u64;
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
        };
        self.position = target.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Stereo of 16 bits with `hole` bytes of silence, then two frames, then LIST.
fn file(kind: Kind, hole: u64, claims: impl Fn(u64) -> u64) -> Sparse {
    let last = [1, 0, 2, 0, 3, 0, 0xFC, 0xFF];
    let list = b"INFOINAM\x04\0\0\0abc\0";
    let audio = hole + last.len() as u64;
    let header = Fmt::pcm(2, 16).file(kind).data_claiming(claims(audio), &[]);
    let tail = Wav { bytes: last.to_vec(), ..header.clone() }.chunk(b"LIST", list).bytes;
    let whole = header.bytes.len() as u64 + hole + tail.len() as u64;
    let head = header.claiming(claims(if kind == Kind::Wave64 { whole } else { whole - 8 }));
    Sparse { head, hole, tail, position: 0, read: 0 }
}

const GIB: u64 = 1 << 30;

/// The end is found and read, and no more than a few buffers of the file are looked at.
fn check(sparse: Sparse, anomalies: &[Anomaly]) {
    let frames = sparse.hole / 4 + 2;
    let mut reader = ReadOptions::new().seekable(sparse).expect("a file in order");
    assert_eq!(reader.frames(), Some(frames));
    assert_eq!(reader.anomalies(), anomalies);
    let mut some = Array2::<i16>::from_elem((3, 2), 7);
    assert_eq!(reader.read_into(&mut some.view_mut()).expect("the beginning is there"), 3);
    assert_eq!(some, Array2::zeros((3, 2)));
    assert_eq!(reader.chunk(*b"LIST").expect("LIST is there").as_deref(), Some(&b"INFOINAM\x04\0\0\0abc\0"[..]));
    assert_eq!(reader.position(), 3);
    reader.seek(frames - 3).expect("the end is there");
    let mut blocks = reader.blocks::<i16>(2);
    assert_eq!(blocks.next().expect("readable").expect("two frames"), array![[0, 0], [1, 2]]);
    assert_eq!(blocks.next().expect("readable").expect("one frame"), array![[3, -4]]);
    assert!(blocks.next().expect("readable").is_none());
    assert!(reader.seek(frames + 1).is_err());
    assert!(reader.get_ref().read < 1 << 20, "{} bytes of a sparse file were read", reader.get_ref().read);
}

#[test]
fn twenty_gibibytes_are_opened_and_their_end_read_at_once() {
    for kind in [Kind::Rf64, Kind::Bw64, Kind::Wave64] {
        for size in [3 * GIB, 4 * GIB - 8, 4 * GIB, 5 * GIB, 20 * GIB, 1 << 50] {
            check(file(kind, size, |claim| claim), &[]);
        }
    }
}

/// As sox, arecord and others leave them on a pipe, but true.
#[test]
fn a_size_that_others_leave_for_unknown_can_be_the_size() {
    for size in [0x7FFF_F000, 0x8000_0000, 0x7FFF_FFFC, 0xFFFF_0000] {
        check(file(Kind::Riff, size - 8, |claim| claim), &[]);
    }
}

/// A header that was wrapped at 4 GiB, as by writers that do not look: 4 GiB + 8 bytes of audio are 8 by it. A chunk after them, or
/// the end of the file, shows what was lost.
#[test]
fn a_size_that_wrapped_at_4_gib_is_made_whole_and_reported() {
    for times in [1, 3] {
        let hole = times * 4 * GIB;
        let anomaly = Anomaly::DataSizeWrapped { offset: 40, declared: 8, found: hole + 8 };
        check(file(Kind::Riff, hole, |claim| claim % (4 * GIB)), std::slice::from_ref(&anomaly));
        let mut bare = file(Kind::Riff, hole, |claim| claim % (4 * GIB));
        bare.tail.truncate(8);
        let reader = ReadOptions::new().seekable(bare).expect("a header in order");
        assert_eq!((reader.frames(), reader.anomalies()), (Some(hole / 4 + 2), &[anomaly][..]));
    }
}

/// Trailing bytes of which neither the end nor a chunk says that they are audio.
#[test]
fn a_long_tail_that_shows_no_wrapping_is_no_audio() {
    let mut sparse = file(Kind::Riff, 4 * GIB, |claim| claim % (4 * GIB));
    sparse.tail.truncate(14);
    let reader = ReadOptions::new().seekable(sparse).expect("a header in order");
    assert_eq!(reader.frames(), Some(2));
    assert!(matches!(reader.anomalies(), [Anomaly::TrailingBytes { .. }, ..]), "{:?}", reader.anomalies());
}
