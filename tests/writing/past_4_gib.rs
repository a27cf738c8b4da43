//! The boundary at 4 GiB, frame by frame, with a sink that keeps the header and counts the rest.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::io::{self, Seek, SeekFrom, Write};

use ndaudio::{Container, Encoding, Spec, WavWriter, WriteOptions};

/// Everything before the audio, with room to spare.
const KEPT: usize = 512;
/// `RIFF` … `data`: 12 + 36 + 24 + 8.
const HEADER: u64 = 80;

#[derive(Default, Clone)]
struct Counting {
    head: Vec<u8>,
    position: u64,
    len: u64,
}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (at, &byte) in (self.position..).zip(bytes).take_while(|(at, _)| *at < KEPT as u64) {
            let at = usize::try_from(at).unwrap();
            self.head.resize(self.head.len().max(at + 1), 0);
            self.head[at] = byte;
        }
        self.position += bytes.len() as u64;
        self.len = self.len.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(at) => self.position = at,
            SeekFrom::Current(0) => {}
            other => panic!("{other:?}"),
        }
        Ok(self.position)
    }
}

/// Writes so many bytes of 8-bit mono audio in large blocks, the last few alone.
fn write_bytes(writer: &mut WavWriter<Counting>, mut bytes: u64) {
    // µ-law from i16 would be encoded; zeros of the stored type go straight through. Two bytes a frame.
    assert_eq!(writer.spec().frame_bytes(), 2);
    let block = vec![0_i16; 32 << 20];
    while bytes > 0 {
        let count = bytes.min(64 << 20) / 2;
        writer.write_interleaved(&block[..usize::try_from(count).unwrap()]).unwrap();
        bytes -= 2 * count;
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// What a header says that describes this much audio and this much after it, by the standards.
fn check(file: &Counting, audio: u64, after: u64) {
    let head = &file.head;
    assert_eq!(file.len, HEADER + audio + after);
    let riff_size = file.len - 8;
    if riff_size <= 0xFFFF_FFFF {
        assert_eq!(&head[..4], b"RIFF", "{riff_size}");
        assert_eq!(u64::from(u32_at(head, 4)), riff_size);
        assert_eq!(&head[8..20], b"WAVEJUNK\x1C\0\0\0");
        assert_eq!(head[20..48], [0; 28]);
        assert_eq!(u64::from(u32_at(head, 76)), audio);
    } else {
        assert_eq!(&head[..4], b"RF64", "{riff_size}");
        assert_eq!(u32_at(head, 4), u32::MAX);
        assert_eq!(&head[8..20], b"WAVEds64\x1C\0\0\0");
        assert_eq!([u64_at(head, 20), u64_at(head, 28), u64_at(head, 36)], [riff_size, audio, audio / 2]);
        assert_eq!(u32_at(head, 44), 0);
        assert_eq!(u32_at(head, 76), u32::MAX);
    }
    assert_eq!(&head[48..64], b"fmt \x10\0\0\0\x01\0\x01\0\x80\xBB\0\0");
    assert_eq!(&head[72..76], b"data");
}

#[test]
fn a_file_becomes_rf64_with_the_first_frame_that_32_bits_cannot_count() {
    let spec = Spec::new(48_000, 1, Encoding::I16);
    // The largest size of the whole that is even: 2^32 − 2, of which 72 bytes are header.
    let most = 0xFFFF_FFFE - (HEADER - 8);
    let mut writer = WavWriter::new(Counting::default(), &spec).unwrap();
    write_bytes(&mut writer, most - 4);
    writer.checkpoint().unwrap();
    assert_eq!(writer.container(), Container::Riff);
    for audio in [most - 2, most, most + 2, most + 4] {
        writer.write_interleaved(&[0_i16]).unwrap();
        writer.checkpoint().unwrap();
        let expected = if audio <= most { Container::Riff } else { Container::Rf64 };
        assert_eq!(writer.container(), expected, "{audio}");
        assert_eq!(writer.frames_written(), audio / 2);
    }
    let file = writer.finalize().unwrap();
    check(&file, most + 4, 0);
}

#[test]
fn finalize_decides_to_the_byte_also_for_chunks_behind() {
    let spec = Spec::new(48_000, 1, Encoding::I16);
    let most = 0xFFFF_FFFE - (HEADER - 8);
    for (audio, chunk) in [(most - 2, false), (most, false), (most + 2, false), (most - 10, true), (most - 8, true)] {
        let mut writer = WavWriter::new(Counting::default(), &spec).unwrap();
        write_bytes(&mut writer, audio);
        if chunk {
            writer.add_chunk(*b"guan", b"a").unwrap();
        }
        let file = writer.finalize().unwrap();
        check(&file, audio, if chunk { 10 } else { 0 });
    }
}

#[test]
fn wave64_and_rf64_count_on() {
    let spec = Spec::new(48_000, 1, Encoding::I16);
    let audio = 0x1_2345_6788;
    for container in [Container::Rf64, Container::Bw64, Container::Wave64] {
        let mut writer = WriteOptions::new(&spec).container(container).writer(Counting::default()).unwrap();
        write_bytes(&mut writer, audio);
        let file = writer.finalize().unwrap();
        if container == Container::Wave64 {
            // riff 40, junk 56, fmt 40, data 24.
            assert_eq!((file.len, u64_at(&file.head, 16)), (160 + audio, 160 + audio));
            assert_eq!(u64_at(&file.head, 152), 24 + audio);
        } else {
            assert_eq!([u64_at(&file.head, 20), u64_at(&file.head, 28)], [HEADER + audio - 8, audio]);
        }
    }
}
