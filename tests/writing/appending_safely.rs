//! Appends that lose nothing: odd headers, two writers at once, and a process that is killed.

use std::fs::{self, File};
use std::io::{Cursor, ErrorKind as IoErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use ndaudio::{
    Anomaly, Container, Encoding, ErrorKind, FormatError, ReadOptions, Spec, WavReader, WavView, WavWriter,
    WriteOptions,
};

/// 16-bit mono in a container with `ds64`, where `ds64` has `len` bytes and byte 4 may have a real size. Source: EBU Tech 3306.
fn with_ds64(id: &[u8; 4], len: u8, size_at_4: bool, samples: &[i16]) -> Vec<u8> {
    let audio: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let padded = u32::from(len) + u32::from(len % 2);
    let whole = 4 + 8 + padded + 24 + 8 + u32::try_from(audio.len()).unwrap();
    let sizes = [u64::from(whole), audio.len() as u64, samples.len() as u64].map(u64::to_le_bytes).concat();
    let mut ds64 = [sizes, vec![0; 8]].concat();
    ds64.truncate(usize::from(len));
    ds64.resize(usize::try_from(padded).unwrap(), 0);
    let mut bytes = id.to_vec();
    bytes.extend(if size_at_4 { whole } else { u32::MAX }.to_le_bytes());
    bytes.extend(b"WAVEds64");
    bytes.extend([len, 0, 0, 0]);
    bytes.extend(ds64);
    bytes.extend(b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\xFF\xFF\xFF\xFF");
    bytes.extend(audio);
    bytes
}

fn strictly(bytes: &[u8]) -> Vec<i16> {
    let mut reader = ReadOptions::new().strict().seekable(Cursor::new(bytes)).unwrap();
    reader.read_all::<i16>().unwrap().into_raw_vec_and_offset().0
}

#[test]
fn sizes_of_64_bits_are_updated_wherever_they_stand() {
    for id in [b"RF64", b"BW64"] {
        for len in [24, 25, 26, 27, 28, 40] {
            for size_at_4 in [false, true] {
                let before = with_ds64(id, len, size_at_4, &[1, 2, 3, 4]);
                assert_eq!(strictly(&before), [1, 2, 3, 4]);
                let mut writer = WavWriter::append_to(Cursor::new(before)).unwrap();
                writer.write_interleaved(&[5_i16, 6, 7]).unwrap();
                assert_eq!(writer.frames_written(), 7);
                let after = writer.finalize().unwrap().into_inner();
                assert_eq!(strictly(&after), [1, 2, 3, 4, 5, 6, 7], "ds64 of {len} bytes, a size at 4: {size_at_4}");
                assert_eq!(after[4..8], [0xFF; 4], "a real size here would contradict the one in ds64");
            }
        }
    }
}

fn file(path: &Path, frames: i16) {
    let mut writer = WavWriter::create(path, &Spec::new(8_000, 1, Encoding::I16)).unwrap();
    writer.write_interleaved(&(1..=frames).collect::<Vec<_>>()).unwrap();
    writer.finalize().unwrap();
}

#[cfg(unix)]
#[test]
fn a_second_appender_is_refused_while_the_first_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    file(&path, 4);
    let mut first = WavWriter::append(&path).unwrap();
    let error = WavWriter::append(&path).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(source) if source.kind() == IoErrorKind::ResourceBusy), "{error:?}");
    assert_eq!(error.path(), Some(&*path));
    // Readers are not kept out.
    assert_eq!(WavReader::open(&path).unwrap().frames(), Some(4));
    first.write_interleaved(&[5_i16]).unwrap();
    first.finalize().unwrap();
    let mut second = WavWriter::append(&path).unwrap();
    second.write_interleaved(&[6_i16]).unwrap();
    second.finalize().unwrap();
    assert_eq!(strictly(&fs::read(&path).unwrap()), [1, 2, 3, 4, 5, 6]);
}

#[cfg(unix)]
#[test]
fn appenders_in_a_race_lose_no_frame_that_was_reported_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    file(&path, 4);
    let append = || -> u64 {
        let mut written = 0;
        for _ in 0..100 {
            let Ok(mut writer) = WavWriter::append(&path) else { continue };
            if writer.write_interleaved(&[9_i16; 3]).is_ok() && writer.finalize().is_ok() {
                written += 3;
            }
        }
        written
    };
    let written: u64 = std::thread::scope(|scope| {
        let threads = [scope.spawn(append), scope.spawn(append), scope.spawn(append)];
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(written >= 3);
    assert_eq!(ReadOptions::new().strict().open(&path).unwrap().frames(), Some(4 + written));
}

/// Appends to a file with metadata after its audio and forgets the writer, as a kill would; whether after a checkpoint.
fn appended_and_killed(container: Container, encoding: Encoding, checkpoint: bool) -> (WavReader<File>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let options = WriteOptions::new(&Spec::new(8_000, 1, encoding)).container(container);
    let mut writer = options.create(&path).unwrap();
    writer.write_interleaved(&[256_i16; 10]).unwrap();
    writer.add_chunk(*b"iXML", &[b'x'; 10_001]).unwrap();
    writer.finalize().unwrap();
    let mut writer = options.append(&path).unwrap();
    writer.write_interleaved(&[512_i16; 10]).unwrap();
    let safe = if checkpoint {
        writer.checkpoint().unwrap();
        20
    } else {
        // So much that part of it is in the file, and part is lost.
        writer.write_interleaved(&[512_i16; 100_000]).unwrap();
        10
    };
    std::mem::forget(writer);
    (WavReader::open(&path).unwrap(), safe)
}

#[test]
fn a_kill_after_a_checkpoint_leaves_audio_and_metadata() {
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        for encoding in [Encoding::I16, Encoding::U8, Encoding::I24] {
            let (mut reader, safe) = appended_and_killed(container, encoding, true);
            assert_eq!((reader.frames(), reader.anomalies()), (Some(safe), &[][..]), "{container}, {encoding}");
            assert_eq!(reader.chunk(*b"iXML").unwrap(), Some(vec![b'x'; 10_001]));
            let samples = reader.read_all::<i16>().unwrap().into_raw_vec_and_offset().0;
            assert_eq!(samples, [[256; 10], [512; 10]].concat());

            let (mut reader, safe) = appended_and_killed(container, encoding, false);
            assert!(reader.frames() >= Some(safe), "{container}, {encoding}");
            let samples = reader.read_all::<i16>().unwrap().into_raw_vec_and_offset().0;
            assert_eq!(samples[..10], [256; 10]);
            assert!(samples[10..].iter().all(|&sample| sample == 512), "metadata read as audio");
        }
    }
}

#[test]
fn a_file_whose_last_chunk_is_not_padded_is_continued_with_it() {
    for (encoding, unpadded) in [(Encoding::I16, true), (Encoding::I16, false), (Encoding::U8, false)] {
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(8_000, 1, encoding)).unwrap();
        writer.write_interleaved(&[256_i16; 3]).unwrap();
        writer.add_trailing_chunk(*b"guan", b"odd").unwrap();
        let mut bytes = writer.finalize().unwrap().into_inner();
        if unpadded {
            assert_eq!(bytes.pop(), Some(0));
        }
        let mut writer = WavWriter::append_to(Cursor::new(bytes)).unwrap();
        writer.write_interleaved(&[256_i16; 2]).unwrap();
        writer.add_trailing_chunk(*b"note", b"even").unwrap();
        let bytes = writer.finalize().unwrap().into_inner();
        let view = WavView::parse(&bytes).unwrap();
        assert_eq!((view.frames(), view.anomalies()), (5, &[][..]));
        assert_eq!((view.chunk(*b"guan"), view.chunk(*b"note")), (Some(&b"odd"[..]), Some(&b"even"[..])));
    }
}

#[test]
fn a_missing_padding_byte_in_the_middle_has_to_be_repaired_first() {
    let mut bytes =
        b"RIFF\x38\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x40\x1F\0\0\x01\0\x08\0data\x01\0\0\0\x80".to_vec();
    bytes.extend(b"LIST\x04\0\0\0INFO");
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    let reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    assert!(matches!(reader.anomalies(), [Anomaly::MissingPad { chunk, .. }] if chunk == b"data"));
    assert!(WavWriter::append_to(Cursor::new(bytes)).unwrap_err().to_string().contains("repair"));
}

/// A file that is cut after its length was asked for.
struct Cut(Cursor<Vec<u8>>, u64);

impl Read for Cut {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(out)
    }
}

impl Write for Cut {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Seek for Cut {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match to {
            SeekFrom::End(0) => self.0.seek(SeekFrom::Start(self.1)),
            to => self.0.seek(to),
        }
    }
}

/// What follows the audio is kept in memory and written again, so that half of it must not pass for the whole.
#[test]
fn a_file_that_is_cut_meanwhile_is_not_continued() {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(8_000, 1, Encoding::I16)).unwrap();
    writer.write_interleaved(&[1_i16, 2, 3]).unwrap();
    writer.add_trailing_chunk(*b"note", &[b'x'; 100]).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    let whole = bytes.len() as u64;
    for missing in [0_u64, 1, 60] {
        let left = usize::try_from(whole - missing).unwrap();
        let appended = WavWriter::append_to(Cut(Cursor::new(bytes[..left].to_vec()), whole));
        if missing == 0 {
            assert_eq!(appended.unwrap().frames_written(), 3);
            continue;
        }
        let error = appended.unwrap_err();
        let what = "metadata after the audio";
        let truncated = FormatError::Truncated { what, needed: 108, found: 108 - missing };
        assert!(
            matches!(error.kind(), ErrorKind::Format { offset, what } if (*offset, what) == (whole - 108, &truncated)),
            "{error:?}"
        );
    }
}

#[test]
fn chunks_written_at_a_checkpoint_move_on_with_the_audio() {
    let spec = Spec::new(8_000, 1, Encoding::U8);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    writer.add_trailing_chunk(*b"note", b"one").unwrap();
    for frames in 1..=5 {
        writer.write_interleaved(&[256_i16]).unwrap();
        writer.checkpoint().unwrap();
        // Nothing new, so nothing to do.
        writer.checkpoint().unwrap();
        assert_eq!(writer.frames_safe(), frames);
    }
    writer.add_trailing_chunk(*b"more", b"two").unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    let view = WavView::parse(&bytes).unwrap();
    assert_eq!((view.frames(), view.anomalies()), (5, &[][..]));
    let ids: Vec<_> = view.chunks().iter().map(|chunk| chunk.id).collect();
    assert_eq!(ids[2..], [*b"data", *b"note", *b"more"]);
}
