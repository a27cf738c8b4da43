//! What a reader says of a file, and that asking does not disturb reading.

#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]

use std::io::{self, Cursor, Read};
use std::path::Path;
use std::time::Duration;

use crate::common::{SplitMix, chunk, riff};
use ndaudio::ndarray::{Array2, s};
use ndaudio::{Anomaly, Encoding, ErrorKind, ReadOptions, Sample, Sequence, Source, WavReader, WavWriter};

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

#[test]
fn errors_after_opening_name_the_file() {
    let path = Path::new("data/music.wav");
    let error = WavReader::open(path).unwrap().seek(441_001).unwrap_err();
    assert_eq!(error.path(), Some(path), "{error}");
}

#[test]
fn arrays_of_any_strides_are_read_into() {
    let (all, _) = ndaudio::read::<i16>("data/music.wav").unwrap();
    let last = all.slice(s![-100.., ..]);
    for rows in [0, 1, 63, 64, 65, 99, 100, 128, 129] {
        let mut reader = WavReader::open("data/music.wav").unwrap();
        reader.seek(440_900).unwrap();
        let mut wide = Array2::<i16>::zeros((2 * rows, 3));
        let read = reader.read_into(&mut wide.slice_mut(s![..;-2, ..;2])).unwrap();
        assert_eq!((read, reader.position()), (rows.min(100), 440_900 + read as u64));
        assert_eq!(wide.slice(s![..;-2, ..;2]).slice(s![..read, ..]), last.slice(s![..read, ..]));
    }
}

/// Fails as soon as it is asked for anything.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }
}

#[test]
fn no_more_is_read_than_was_asked_for() {
    fn check<T: Sample>(file: &[u8]) {
        for frames in [1, 1000, 40_000] {
            let at = file.len() - 200_000 + 4 * frames;
            let mut reader = WavReader::new(file[..at].chain(Broken)).unwrap();
            let mut samples = vec![T::zero(); 2 * frames];
            assert_eq!(reader.read_interleaved(&mut samples).unwrap(), frames);
            assert!(reader.read_interleaved(&mut samples[..2]).is_err());
            let mut reader = WavReader::new(file[..at].chain(Broken)).unwrap();
            let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
            assert_eq!(writer.copy_frames(&mut reader, frames as u64).unwrap(), frames as u64);
        }
    }
    let file = riff(Encoding::I16, 2, 48_000, &SplitMix(4).bytes(200_000));
    check::<i16>(&file);
    check::<f32>(&file);
}

/// What breaks off is reported, whether it was read, skipped or copied.
#[test]
fn a_pipe_that_breaks_off_says_so_however_it_ends() {
    let file = riff(Encoding::I16, 2, 48_000, &SplitMix(5).bytes(400));
    let pipe = || WavReader::new(&file[..file.len() - 42]).unwrap();
    let mut read = pipe();
    assert_eq!(read.read_all::<i16>().unwrap().nrows(), 89);
    assert!(!read.anomalies().is_empty());
    let mut skipped = pipe();
    assert_eq!(skipped.skip_frames(80).unwrap(), 80);
    assert_eq!(skipped.anomalies(), []);
    assert_eq!(skipped.skip_frames(80).unwrap(), 9);
    assert_eq!(skipped.anomalies(), read.anomalies());
}

/// Of 12 bits in 16 the lower 4 are not used; here they are in the last sample.
#[test]
fn unused_bits_are_seen_in_blocks_too() {
    let mut audio = vec![0; 4_000];
    audio[3_998] = 1;
    let mut reader = ReadOptions::new().seekable(Cursor::new(riff(Encoding::I12In16, 1, 8_000, &audio))).unwrap();
    let mut blocks = reader.blocks::<i16>(500);
    while blocks.next().unwrap().is_some() {}
    let offset = 44 + 3_998;
    assert_eq!(reader.anomalies(), [Anomaly::UnusedBits { offset }]);
}

/// A tag that nobody knows is a chunk if it is printable, its size fits, and the file says that something is there.
#[test]
fn unknown_chunks_after_the_audio_are_told_from_other_bytes() {
    for (id, size, riff_size, is_chunk) in [
        (b"abcd", 4_u32, 56_u32, true),
        (b"abcd", 4, 45, true),
        (b"abcd", 4, 44, false),
        (b"abcd", 5, 56, false),
        (b"ab\x01d", 4, 56, false),
        (b"LIST", 4, 44, true),
    ] {
        let mut file = riff(Encoding::I16, 1, 8_000, &[1; 8]);
        file.extend([&id[..], &size.to_le_bytes(), b"INFO"].concat());
        file[4..8].copy_from_slice(&riff_size.to_le_bytes());
        let reader = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
        let found = reader.chunks().iter().any(|chunk| chunk.id == *id);
        assert_eq!(found, is_chunk, "{id:?} of {size} bytes in {riff_size}: {:?}", reader.anomalies());
    }
}

#[test]
fn a_chunk_that_is_cut_off_has_the_bytes_that_are_there() {
    let mut file = riff(Encoding::I16, 1, 8_000, &[1; 8]);
    file.extend(b"LIST\x14\0\0\0INFO123");
    let mut reader = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
    let list = *reader.chunks().last().unwrap();
    assert_eq!((list.len, reader.chunk_bytes(&list).unwrap()), (7, b"INFO123".to_vec()));
}

/// Its header is believed until a seek shows where the input ends.
#[test]
fn a_pipe_that_can_seek_after_all_ends_where_its_input_does() {
    let file = riff(Encoding::I16, 2, 8_000, &SplitMix(6).bytes(800_000));
    let mut reader = WavReader::new(Cursor::new(&file[..file.len() - 400])).unwrap();
    reader.seek(199_900).unwrap();
    let error = reader.seek(199_901).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 199_901, frames: 199_900 }), "{error}");
    reader.seek(50_000).unwrap();
    assert!(matches!(reader.seek(199_901).unwrap_err().kind(), ErrorKind::SeekPastEnd { frames: 199_900, .. }));
}

/// The first `ds64` counts, and in RIFF none does.
#[test]
fn sizes_of_64_bits_come_from_the_first_ds64_of_rf64() {
    for (form, first, second, frames) in [(b"RF64", 6_u64, 4_u64, 3), (b"RIFF", 6, 4, 4)] {
        let mut body = b"WAVE".to_vec();
        for size in [first, second] {
            let sizes = [200, size, size / 2].map(u64::to_le_bytes).concat();
            chunk(&mut body, b"ds64", &[&sizes[..], &[0; 4]].concat());
        }
        body.extend(&riff(Encoding::I16, 1, 8_000, &[1; 8])[12..]);
        let size_at = body.len() - 12;
        body[size_at..size_at + 4].fill(0xFF);
        let file = [&form[..], &[0xFF; 4], &body].concat();
        let reader = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
        assert_eq!(reader.frames(), Some(frames), "{:?}", reader.anomalies());
        let reported = match form {
            b"RF64" => vec![Anomaly::SecondChunk { offset: 48, chunk: *b"ds64" }],
            _ => vec![Anomaly::StrayDs64 { offset: 12 }, Anomaly::StrayDs64 { offset: 48 }],
        };
        assert!(reader.anomalies().starts_with(&reported), "{:?}", reader.anomalies());
    }
}

/// Audio of no bytes is believed if nothing follows, or a chunk where the file says that there is more; an unknown one only if it ends
/// where the file does or where another can begin.
#[test]
fn no_audio_is_told_from_a_size_that_was_never_filled_in() {
    let header = riff(Encoding::I16, 1, 8_000, &[]);
    for (after, riff_size, frames) in [
        (&b""[..], 36, 0),
        (b"LIST\x04\0\0\0INFO", 48, 0),
        (b"LIST\x04\0\0\0INFO", 36, 6),
        (b"LIST\x04\0\0\0INFO", 0, 6),
        (b"abcd\x04\0\0\0INFO", 48, 0),
        (b"abcd\x04\0\0\0INFO", 46, 6),
        (b"abcd\x04\0\0\0INFO", 50, 6),
        (b"abcd\x03\0\0\0INF\0", 48, 0),
        (b"abcd\x03\0\0\0INF\0", 47, 0),
        (b"abcd\x02\0\0\0ININwxyz\0\0\0\0", 54, 0),
        (b"abcd\x02\0\0\0ININwxyz\0\0\0\0", 53, 10),
    ] {
        let mut file = [&header[..], after].concat();
        file[4..8].copy_from_slice(&u32::to_le_bytes(riff_size));
        let reader = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
        assert_eq!(reader.frames(), Some(frames), "{after:?} in {riff_size}: {:?}", reader.anomalies());
    }
}

/// With a footer of 10 bytes, which its size does not count.
#[test]
fn a_tag_before_the_file_is_skipped_with_its_footer() {
    let tag = [&b"ID3\x04\0\x10\0\0\x01\x02"[..], &[7; 130 + 10]].concat();
    let file = [tag, riff(Encoding::I16, 1, 8_000, &[1; 8])].concat();
    let mut reader = WavReader::new(&file[..]).unwrap();
    assert_eq!(reader.read_all::<i16>().unwrap(), Array2::from_elem((4, 1), 257));
    assert_eq!(reader.anomalies(), [Anomaly::LeadingTag { offset: 0, count: 150 }]);
}

/// An unfinished file says so in a `JUNK` chunk before its audio; another one, of zeros, does not take that back.
#[test]
fn a_mark_holds_whatever_other_junk_there_is() {
    let mark = b"ndaudio: not yet finalized\0\0";
    for (chunks, frames) in [(&[mark, &[0; 28]][..], 5), (&[&[0; 28], mark], 5), (&[&[0; 28], &[0; 28]], 2)] {
        let mut file = riff(Encoding::I16, 1, 8_000, &[1; 10]);
        // As if the last three frames had come after the last checkpoint.
        file[40..44].copy_from_slice(&4_u32.to_le_bytes());
        let rest = file.split_off(12);
        chunks.iter().for_each(|content| chunk(&mut file, b"JUNK", &content[..]));
        file.extend(rest);
        let reader = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
        assert_eq!(reader.frames(), Some(frames), "{chunks:?}: {:?}", reader.anomalies());
    }
}

/// Bytes of the next chunk do not make a mark of what is too short to be one.
#[test]
fn a_mark_ends_with_its_chunk() {
    let mut file = riff(Encoding::I16, 1, 8_000, &[1; 10]);
    file[40..44].copy_from_slice(&4_u32.to_le_bytes());
    let rest = file.split_off(12);
    let (content, id) = b"ndaudio: not yet finalized\0\0".split_at(24);
    chunk(&mut file, b"JUNK", content);
    chunk(&mut file, id.try_into().unwrap(), b"1234");
    file.extend(rest);
    let reader = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
    assert_eq!(reader.frames(), Some(2), "{:?}", reader.anomalies());
}
