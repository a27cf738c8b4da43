//! Limits are the caller's, tags of other formats are skipped, and readers that fail or lie are survived.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use ndaudio::ndarray::Array2;
use ndaudio::{Anomaly, Encoding, ErrorKind, FormatError, Limits, ReadOptions, Severity, Source, WavReader, WavView};

use crate::common::{chunk, riff};

/// A mono file of three frames, with these chunks after its audio.
fn with_chunks(chunks: &[(&[u8; 4], usize)]) -> Vec<u8> {
    let mut file = riff(Encoding::I16, 1, 8_000, &[1, 0, 2, 0, 3, 0]);
    for (id, len) in chunks {
        chunk(&mut file, id, &vec![b'x'; *len]);
    }
    set_size(file)
}

fn set_size(mut file: Vec<u8>) -> Vec<u8> {
    let size = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&size.to_le_bytes());
    file
}

fn limited(change: impl FnOnce(&mut Limits)) -> ReadOptions {
    let mut limits = Limits::default();
    change(&mut limits);
    ReadOptions::new().limits(limits)
}

#[test]
fn chunks_are_counted() {
    let file = with_chunks(&[(b"note", 2), (b"note", 2)]);
    // With `fmt ` and `data`, four.
    limited(|limits| limits.chunks = 4).seekable(Cursor::new(&file)).unwrap();
    let error = limited(|limits| limits.chunks = 3).seekable(Cursor::new(&file)).unwrap_err();
    let ErrorKind::Format { offset: 60, what: FormatError::TooManyChunks { limit: 3 } } = error.kind() else {
        panic!("{error:?}")
    };
}

#[test]
fn a_chunk_and_all_metadata_have_limits_of_their_own() {
    let file = with_chunks(&[(b"iXML", 100), (b"guan", 50)]);
    for (bytes, fits) in [(99, false), (100, true)] {
        let mut reader = limited(|limits| limits.chunk_bytes = bytes).seekable(Cursor::new(&file)).unwrap();
        assert_eq!(reader.chunk(*b"iXML").is_ok(), fits, "{bytes}");
        assert!(reader.chunk(*b"guan").is_ok());
    }
    for (bytes, fits) in [(149, false), (150, true)] {
        let mut reader = limited(|limits| limits.metadata_bytes = bytes).seekable(Cursor::new(&file)).unwrap();
        assert_eq!(reader.metadata().is_ok(), fits, "{bytes}");
    }
}

#[test]
fn a_pipe_keeps_as_much_as_it_may() {
    // Before the audio, or a pipe would not see them.
    let mut file = riff(Encoding::I16, 1, 8_000, &[1, 0, 2, 0, 3, 0]);
    let audio = file.split_off(36);
    // Which is not worth keeping.
    chunk(&mut file, b"FLLR", &[b'x'; 100]);
    chunk(&mut file, b"iXML", &[b'x'; 100]);
    chunk(&mut file, b"guan", &[b'x'; 50]);
    let file = set_size([file, audio].concat());
    for (bytes, first, second) in [(150, true, true), (149, true, false), (99, false, true), (49, false, false)] {
        let mut reader = limited(|limits| limits.kept_bytes = bytes).read(&file[..]).unwrap();
        assert_eq!((reader.chunk(*b"iXML").is_ok(), reader.chunk(*b"guan").is_ok()), (first, second), "{bytes}");
        assert_eq!(reader.read_all::<i16>().unwrap().nrows(), 3);
    }
}

#[test]
fn stray_zeros_are_limited_in_all_gaps_together() {
    let mut file = riff(Encoding::I16, 1, 8_000, &[1, 0, 2, 0, 3, 0]);
    let audio = file.split_off(36);
    file.extend([0; 60]);
    chunk(&mut file, b"iXML", b"<a/>");
    file.extend([0; 56]);
    let file = set_size([file, audio].concat());
    let zeros = |reader: &WavReader<&[u8]>| -> u64 {
        let count = |anomaly: &Anomaly| match anomaly {
            Anomaly::StrayZeros { count, .. } => *count,
            _ => 0,
        };
        reader.anomalies().iter().map(count).sum()
    };
    for (limit, skipped) in [(1000, 116), (100, 100)] {
        let mut reader = limited(|limits| limits.stray_zeros = limit).read(&file[..]).unwrap();
        assert_eq!(zeros(&reader), skipped, "the rest are empty chunks");
        assert_eq!(reader.read_all::<i16>().unwrap().nrows(), 3);
    }
}

#[test]
fn an_id3_tag_before_the_file_is_skipped() {
    // ID3 v2.4.0, § 3.1: ten bytes, and seven bits in each byte of the size.
    let tag = |len: u8| [&b"ID3\x04\0\0\0\0\x01"[..], &[len - 128], &vec![7; usize::from(len)]].concat();
    let files = ["data/sox_pcm16_stereo_44100.wav", "data/libsndfile_w64_pcm16_stereo.w64"];
    // Padding is counted from where the file begins, even if that is at an odd byte.
    for (kind, len) in files.into_iter().flat_map(|kind| [130, 131].map(|len| (kind, len))) {
        let plain = std::fs::read(kind).unwrap();
        let tagged = [&tag(len)[..], &plain].concat();
        let expected = WavReader::new(&plain[..]).unwrap().read_all::<i16>().unwrap();
        let mut reader = ReadOptions::new().seekable(Cursor::new(&tagged)).unwrap();
        assert_eq!(reader.anomalies(), [Anomaly::LeadingTag { offset: 0, count: 10 + u64::from(len) }], "{kind}");
        assert_eq!(reader.read_all::<i16>().unwrap(), expected);
        assert_eq!(WavReader::new(&tagged[..]).unwrap().read_all::<i16>().unwrap(), expected);
        assert_eq!(WavView::parse(&tagged).unwrap().frames(), expected.nrows() as u64);
        assert!(ReadOptions::new().strict().read(&tagged[..]).is_err());
    }
    assert!(WavReader::new(&b"ID3\x04\0\0\0\0\0\x02ab"[..]).is_err(), "nothing but a tag");
}

/// A recording after three tags, the second of which is larger than a pipe holds, and its samples.
fn tagged() -> (Vec<u8>, Array2<i16>) {
    let plain = std::fs::read("data/sox_pcm16_stereo_44100.wav").unwrap();
    let samples = WavReader::new(&plain[..]).unwrap().read_all().unwrap();
    let large = [&b"ID3\x03\0\0\0\x08\0\0"[..], &[7; 1 << 17]].concat();
    (["ID3\x04\0\0\0\0\0\x05title".as_bytes(), &large, b"ID3\x04\0\0\0\0\0\0", &plain].concat(), samples)
}

fn is_opened_after_tags(path: &Path, samples: &Array2<i16>) {
    let mut source = ndaudio::open(path).unwrap();
    let expected = [(0, 15), (15, 10 + (1 << 17)), (25 + (1 << 17), 10)];
    assert_eq!(source.anomalies(), expected.map(|(offset, count)| Anomaly::LeadingTag { offset, count }));
    assert_eq!(source.read_all::<i16>().unwrap(), samples);
}

#[test]
fn any_recording_is_opened_after_id3_tags() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tagged.wav");
    let (bytes, samples) = tagged();
    std::fs::write(&path, &bytes).unwrap();
    is_opened_after_tags(&path, &samples);
    assert_eq!(ndaudio::read::<i16>(&path).unwrap().0, samples);
    let Err(error) = ReadOptions::new().strict().open_any(&path) else { panic!("a tag is refused") };
    assert!(matches!(error.kind(), ErrorKind::Format { what: FormatError::Anomaly(_), offset: 0 }), "{error:?}");
    // Tags before nothing that is known here are those of MP3.
    for len in [15, 20, 1_000, 35 + (1 << 17)] {
        std::fs::write(&path, &bytes[..len]).unwrap();
        assert!(ndaudio::open(&path).is_err(), "{len}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_opened_after_id3_tags() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let (bytes, samples) = tagged();
    let piped = |len: usize, open: &dyn Fn()| {
        std::thread::scope(|scope| {
            scope.spawn(|| std::fs::write(&path, &bytes[..len]));
            open();
        });
    };
    piped(bytes.len(), &|| is_opened_after_tags(&path, &samples));
    piped(bytes.len(), &|| assert_eq!(ndaudio::read::<i16>(&path).unwrap().0, samples));
    for len in [15, 20, 1_000, 35 + (1 << 17)] {
        piped(len, &|| assert!(ndaudio::open(&path).is_err(), "{len}"));
    }
}

#[test]
fn what_follows_audio_of_doubtful_size_is_found_behind_a_tag() {
    // Wave64 pads to eight bytes from where it begins, wherever that is. Of this file everything but the last 8,000 bytes is header.
    let mut file = std::fs::read("data/libsndfile_w64_pcm16_stereo.w64").unwrap();
    let expected = WavReader::new(&file[..]).unwrap().read_all::<i16>().unwrap();
    let tail_of_guid = file[file.len() - 8_020..file.len() - 8_008].to_vec();
    file.extend([&b"levl"[..], &tail_of_guid, &32_u64.to_le_bytes(), &[1; 8]].concat());
    // The size of the whole was never written, so that of the audio is in doubt.
    file[16..24].fill(0);
    for before in [0, 1, 3, 8] {
        let tag = [&b"ID3\x04\0\0\0\0\0"[..], &[before], &vec![7; usize::from(before)]].concat();
        let mut reader = ReadOptions::new().seekable(Cursor::new([tag, file.clone()].concat())).unwrap();
        assert_eq!(reader.chunks().last().unwrap().id, *b"levl", "{before}: {:?}", reader.anomalies());
        assert_eq!(reader.read_all::<i16>().unwrap(), expected, "{before}");
    }
}

#[test]
fn notes_are_tolerated_in_strict_reading() {
    let mut unpadded = with_chunks(&[(b"note", 3)]);
    unpadded.pop();
    let unpadded = set_size(unpadded);
    let reader = ReadOptions::new().strict().seekable(Cursor::new(&unpadded)).unwrap();
    assert!(
        matches!(reader.anomalies(), [note @ Anomaly::MissingFinalPad { .. }] if note.severity() == Severity::Note)
    );
    // `WAVEFORMATEX` as an unpacked C structure: 18 bytes and 2 of padding.
    let plain = riff(Encoding::I16, 1, 8_000, &[1, 0, 2, 0, 3, 0]);
    let mut twenty = [&plain[..16], &[20, 0, 0, 0], &plain[20..36], &[0; 4], &plain[36..]].concat();
    twenty = set_size(twenty);
    let reader = ReadOptions::new().strict().seekable(Cursor::new(&twenty)).unwrap();
    assert!(matches!(reader.anomalies(), [Anomaly::FmtSize { declared: 20, .. }]));
    // A size of the whole that counts one byte too many is one, too, and one that is the size of the file; any other is a defect.
    for (more, tolerated) in [(1, true), (2, false), (6, false), (8, true), (9, false)] {
        let mut counted = plain.clone();
        let size = u32::try_from(plain.len() - 8 + more).unwrap();
        counted[4..8].copy_from_slice(&size.to_le_bytes());
        let reader = ReadOptions::new().seekable(Cursor::new(&counted)).unwrap();
        assert!(matches!(reader.anomalies(), [Anomaly::RiffSize { offset: 4, .. }]), "{:?}", reader.anomalies());
        assert_eq!(ReadOptions::new().strict().seekable(Cursor::new(&counted)).is_ok(), tolerated, "{more}");
    }
    // The size of a file of 49 bytes, of which 42 follow with the padding that is missing.
    let mut odd = riff(Encoding::U8, 1, 8_000, &[128; 5]);
    odd.truncate(49);
    odd[4] = 49;
    let reader = ReadOptions::new().strict().seekable(Cursor::new(&odd)).unwrap();
    assert!(reader.anomalies().contains(&Anomaly::RiffSize { offset: 4, declared: 49, found: 42 }));
}

#[test]
fn unused_bits_that_show_late_are_reported_while_reading_and_refused_in_strict_reading() {
    // 12 bits of 16; the first sample with more lies past what is looked at when the file is opened.
    let mut audio = vec![0x10; 400_000];
    audio[300_000] = 0x18;
    let file = riff(Encoding::I12In16, 2, 8_000, &audio);
    let expected = Anomaly::UnusedBits { offset: 44 + 300_000 };
    let mut reader = ReadOptions::new().seekable(Cursor::new(&file)).unwrap();
    assert_eq!(reader.anomalies(), []);
    reader.read_all::<i16>().unwrap();
    assert_eq!(reader.anomalies(), std::slice::from_ref(&expected));
    let mut reader = WavReader::new(&file[..]).unwrap();
    let mut blocks = reader.blocks::<f32>(1000);
    while blocks.next().unwrap().is_some() {}
    assert_eq!(reader.anomalies(), [expected]);
    let mut strict = ReadOptions::new().strict().seekable(Cursor::new(&file)).unwrap();
    let mut blocks = strict.blocks::<i16>(1000);
    let error = loop {
        match blocks.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read to the end"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error.kind(), ErrorKind::Format { offset: 300_044, .. }), "{error}");
    assert!(strict.read_all::<i16>().is_err(), "what was refused stays so");
}

/// Fails at one read, and claims more than it was given room for at every other.
struct Unreliable {
    inner: Cursor<Vec<u8>>,
    reads: usize,
    fails_at: usize,
    boasts: bool,
}

impl Read for Unreliable {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads == self.fails_at {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = self.inner.read(out)?;
        Ok(if self.boasts && count == out.len() { count + 1000 } else { count })
    }
}

impl Seek for Unreliable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn after_a_failed_read_only_a_seek_goes_on() {
    let file = riff(Encoding::I16, 1, 8_000, &vec![5; 1 << 20]);
    let inner = Cursor::new(file);
    let mut reader = ReadOptions::new().seekable(Unreliable { inner, reads: 0, fails_at: 2, boasts: false }).unwrap();
    let mut samples = vec![0_i16; 600_000];
    let error = reader.read_interleaved(&mut samples).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(source) if source.kind() == io::ErrorKind::TimedOut), "{error:?}");
    let error = reader.read_interleaved(&mut samples).unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("seek"), "{error:?}");
    reader.seek(10).unwrap();
    assert_eq!(reader.read_interleaved(&mut samples).unwrap(), (1 << 19) - 10);
    assert!(samples[..(1 << 19) - 10].iter().all(|&sample| sample == 0x0505));
}

#[test]
fn a_reader_that_claims_more_than_it_read_makes_nothing_panic() {
    let file = riff(Encoding::I16, 1, 8_000, &vec![5; 300_000]);
    let inner = Cursor::new(file);
    let mut reader = WavReader::new(Unreliable { inner, reads: 0, fails_at: 0, boasts: true }).unwrap();
    let samples = reader.read_all::<i16>().unwrap();
    assert!(samples.nrows() <= 150_000 && samples.iter().all(|&sample| sample == 0x0505), "{}", samples.nrows());
}

#[test]
fn many_anomalies_on_a_pipe_take_linear_time() {
    // `fact` chunks of a wrong length, before audio that ends too early.
    const COUNT: usize = 64_000;
    let mut file = riff(Encoding::I16, 1, 8_000, &[1, 0, 2, 0, 3, 0]);
    let audio = file.split_off(36);
    (0..COUNT).for_each(|_| chunk(&mut file, b"fact", b""));
    let mut file = [file, audio].concat();
    file.pop();
    let once = || -> Duration {
        let begun = Instant::now();
        let mut reader = WavReader::new(&file[..]).unwrap();
        assert_eq!(reader.read_all::<i16>().unwrap().nrows(), 2);
        assert!(reader.anomalies().len() > COUNT);
        begun.elapsed()
    };
    // 16 to 30 ms on a busy machine; 2.5 s when each anomaly was compared with each.
    let best = (0..5).map(|_| once()).min().unwrap();
    assert!(best < Duration::from_secs(1), "{best:?}");
}
