//! Appending to files of other writers: their audio and every chunk of theirs stay, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs::{self, File};
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array2, Axis, concatenate};
use ndaudio::{
    Anomaly, Container, Encoding, ErrorKind, FormatError, Limits, ReadOptions, Spec, WavReader, WavWriter, WriteOptions,
};

use crate::common::riff;

/// A directory that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("ndaudio-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Id and content of every chunk but those that count, and those that describe the samples.
fn metadata(bytes: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let reader = ReadOptions::new().seekable(Cursor::new(bytes)).unwrap();
    let left_out = |id: &[u8; 4]| {
        DESCRIBING.contains(&id)
            || matches!(&id.map(|byte| byte.to_ascii_lowercase()), b"data" | b"fact" | b"ds64" | b"junk" | b"pad ")
    };
    let chunks = reader.chunks().iter().filter(|chunk| !left_out(&chunk.id));
    chunks
        .map(|chunk| {
            let at = usize::try_from(chunk.content_offset).unwrap();
            (chunk.id, bytes[at..at + usize::try_from(chunk.len).unwrap()].to_vec())
        })
        .collect()
}

/// Chunks that describe the values of the samples.
const DESCRIBING: [&[u8; 4]; 3] = [b"PEAK", b"levl", b"MD5 "];

fn read(bytes: &[u8]) -> (Array2<f64>, Vec<Anomaly>) {
    let mut reader = ReadOptions::new().seekable(Cursor::new(bytes)).unwrap();
    (reader.read_all::<f64>().unwrap(), reader.anomalies().to_vec())
}

fn bits(samples: &Array2<f64>) -> Array2<u64> {
    samples.mapv(f64::to_bits)
}

#[test]
fn files_of_all_writers_grow_and_keep_what_they_had() {
    let mut appended = 0;
    let mut refused = Vec::new();
    for entry in fs::read_dir("data").unwrap() {
        let path = entry.unwrap().path();
        if !path.extension().is_some_and(|extension| extension == "wav" || extension == "w64") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let before = fs::read(&path).unwrap();
        let mut writer = match WavWriter::append_to(Cursor::new(before.clone())) {
            Ok(writer) => writer,
            Err(error) => match error.kind() {
                ErrorKind::Format { what: FormatError::Repairable(_), .. } | ErrorKind::Unsupported { .. } => {
                    refused.push(name);
                    continue;
                }
                _ => panic!("{name}: {error}"),
            },
        };
        let (old, _) = read(&before);
        assert_eq!(writer.frames_written(), old.nrows() as u64);
        let new = Array2::from_shape_fn((5, old.ncols()), |(frame, channel)| (frame as f64 - channel as f64) / 64.0);
        writer.write(&new).unwrap();
        writer.checkpoint().unwrap();
        writer.write(&new).unwrap();
        writer.add_chunk(*b"note", b"appended").unwrap();
        let after = writer.finalize().unwrap().into_inner();

        let (whole, anomalies) = read(&after);
        assert_eq!(
            anomalies,
            read(&before).1.into_iter().filter(|a| !matches!(a, Anomaly::MissingFinalPad { .. })).collect::<Vec<_>>()
        );
        let mut reader = ReadOptions::new().seekable(Cursor::new(&after)).unwrap();
        assert!(reader.chunks().iter().all(|chunk| !DESCRIBING.contains(&&chunk.id)), "{name}");
        if let Some(frames) = reader.metadata().unwrap().fact_frames {
            assert_eq!(Some(u64::from(frames)), reader.frames(), "{name}");
        }
        let spec = reader.spec().clone();
        // What the file's encoding makes of the new frames, written alone.
        let alone = {
            let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
            writer.write(&new).unwrap();
            read(writer.finalize().unwrap().get_ref()).0
        };
        let expected = concatenate(Axis(0), &[old.view(), alone.view(), alone.view()]).unwrap();
        assert_eq!(bits(&whole), bits(&expected), "{name}");
        let mut chunks = metadata(&before);
        chunks.push((*b"note", b"appended".to_vec()));
        let mut found = metadata(&after);
        chunks.sort();
        found.sort();
        assert!(chunks == found, "{name}");
        appended += 1;
    }
    refused.sort();
    // Crashed, truncated, from pipes; and big-endian.
    assert_eq!(
        refused,
        [
            "bytes_crashed_zero_sizes.wav",
            "bytes_truncated_in_the_last_but_one_frame.wav",
            "ffmpeg_pipe_unknown_sizes.wav",
            "libsndfile_rifx_pcm24_mono.wav",
            "sox_pipe_unknown_sizes.wav",
            "sox_rifx_pcm16_stereo_44100.wav",
        ]
    );
    assert!(appended > 40, "{appended}");
}

#[test]
fn the_fact_chunk_counts_what_is_appended() {
    for container in [Container::Riff, Container::Wave64] {
        let options = WriteOptions::new(&Spec::new(8_000, 1, Encoding::F32)).container(container);
        let mut writer = options.writer(Cursor::new(Vec::new())).unwrap();
        writer.write_interleaved(&[0.5_f32; 3]).unwrap();
        let mut file = writer.finalize().unwrap();
        file.rewind().unwrap();
        let mut writer = WavWriter::append_to(file).unwrap();
        writer.write_interleaved(&[0.25_f32; 4]).unwrap();
        let bytes = writer.finalize().unwrap().into_inner();
        let mut reader = ReadOptions::new().strict().seekable(Cursor::new(bytes)).unwrap();
        assert_eq!((reader.metadata().unwrap().fact_frames, reader.frames()), (Some(7), Some(7)), "{container}");
    }
}

/// A file of three frames of 16 bits with these chunks, by a writer of this test's own.
fn with_chunks(container: Container, before: &[(&[u8; 4], &[u8])], after: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let options = WriteOptions::new(&Spec::new(8_000, 1, Encoding::I16)).container(container);
    let mut writer = options.writer(Cursor::new(Vec::new())).unwrap();
    // The writer has no `fact` for others to write.
    let written_as = |id: &[u8; 4]| if id == b"fact" { *b"fac_" } else { *id };
    before.iter().for_each(|(id, content)| writer.add_chunk(written_as(id), content).unwrap());
    writer.write_interleaved(&[1_i16, 2, 3]).unwrap();
    after.iter().for_each(|(id, content)| writer.add_trailing_chunk(written_as(id), content).unwrap());
    let mut bytes = writer.finalize().unwrap().into_inner();
    for at in 0..bytes.len() - 4 {
        if bytes[at..].starts_with(b"fac_") {
            bytes[at + 3] = b't';
        }
    }
    bytes
}

#[test]
fn every_fact_chunk_counts_what_is_appended() {
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        for (before, after) in [(Some(4), None), (Some(8), None), (None, Some(4)), (None, Some(8)), (Some(4), Some(4))]
        {
            // So long a header is not written again as a whole.
            for filler in [0, 5_000] {
                let content = |len: Option<usize>| len.map(|len| [&[3][..], &[0; 7]].concat()[..len].to_vec());
                let (first, last) = (content(before), content(after));
                let filler = vec![b'x'; filler];
                let chunks =
                    |fact: &Option<Vec<u8>>| fact.iter().map(|fact| (*b"fact", fact.clone())).collect::<Vec<_>>();
                let (first, last) = (chunks(&first), chunks(&last));
                let mut front: Vec<(&[u8; 4], &[u8])> = vec![(b"note", &filler)];
                front.extend(first.iter().map(|(id, content)| (id, &content[..])));
                let back: Vec<(&[u8; 4], &[u8])> = last.iter().map(|(id, content)| (id, &content[..])).collect();
                let mut writer = WavWriter::append_to(Cursor::new(with_chunks(container, &front, &back))).unwrap();
                writer.write_interleaved(&[4_i16; 2]).unwrap();
                writer.checkpoint().unwrap();
                writer.write_interleaved(&[4_i16; 2]).unwrap();
                let bytes = writer.finalize().unwrap().into_inner();
                let mut reader = ReadOptions::new().seekable(Cursor::new(bytes)).unwrap();
                assert_eq!(reader.frames(), Some(7));
                let facts: Vec<_> = reader.chunks().iter().filter(|chunk| chunk.id == *b"fact").copied().collect();
                assert_eq!(facts.len(), first.len() + last.len());
                for fact in facts {
                    let counted: u64 =
                        if matches!(container, Container::Rf64 | Container::Bw64) { 0xFFFF_FFFF } else { 7 };
                    let content = reader.chunk_bytes(&fact).unwrap();
                    let whole = if container == Container::Wave64 { content.len() } else { 4 };
                    let expected = &counted.to_le_bytes()[..whole];
                    assert_eq!(content[..whole], *expected, "{container}, {} bytes", content.len());
                    assert!(content[whole..].iter().all(|byte| *byte == 0), "{container}: what nobody knows stays");
                }
            }
        }
    }
}

#[test]
fn what_describes_the_samples_stays_until_there_are_others() {
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        // What this crate's own marks would be in `JUNK`.
        let mark = b"ndaudio: not yet finalized\0\0";
        for filler in [0, 5_000] {
            let filler = vec![b'x'; filler];
            let front: [(&[u8; 4], &[u8]); 4] =
                [(b"PEAK", mark), (b"note", &filler), (b"levl", b"odd"), (b"iXML", b"<a/>")];
            let back: [(&[u8; 4], &[u8]); 3] = [(b"guan", b"x"), (b"MD5 ", mark), (b"smpl", b"sample")];
            let before = with_chunks(container, &front, &back);
            let ids = |bytes: &[u8]| {
                let reader = ReadOptions::new().strict().seekable(Cursor::new(bytes)).unwrap();
                let mut ids: Vec<_> = reader.chunks().iter().map(|chunk| chunk.id).collect();
                ids.retain(|id| !matches!(id, b"fmt " | b"ds64" | b"JUNK" | b"junk"));
                (ids, reader.frames())
            };
            let mut writer = WavWriter::append_to(Cursor::new(before.clone())).unwrap();
            writer.add_chunk(*b"tail", b"").unwrap();
            writer.checkpoint().unwrap();
            let unchanged = writer.finalize().unwrap().into_inner();
            let mut expected =
                [*b"PEAK", *b"note", *b"levl", *b"iXML", *b"data", *b"guan", *b"MD5 ", *b"smpl", *b"tail"];
            assert_eq!(ids(&unchanged), (expected.to_vec(), Some(3)), "{container}");
            let mut writer = WavWriter::append_to(Cursor::new(unchanged)).unwrap();
            writer.write_interleaved(&[4_i16]).unwrap();
            let changed = writer.finalize().unwrap().into_inner();
            for index in [0, 2, 6] {
                expected[index] = *b"PAD ";
            }
            assert_eq!(ids(&changed), (expected.to_vec(), Some(4)), "{container}");
            // What a writer adds itself is its own affair.
            let mut writer = WavWriter::append_to(Cursor::new(changed)).unwrap();
            writer.add_chunk(*b"PEAK", b"new!").unwrap();
            writer.write_interleaved(&[5_i16]).unwrap();
            assert_eq!(ids(&writer.finalize().unwrap().into_inner()).0.last(), Some(b"PEAK"), "{container}");
        }
    }
}

#[test]
fn nothing_changes_until_something_is_written() {
    let scratch = Scratch::new("untouched");
    let path = scratch.0.join("take.wav");
    fs::copy("data/libsndfile_bext_pcm16_stereo.wav", &path).unwrap();
    let before = fs::read(&path).unwrap();
    let mut writer = WavWriter::append(&path).unwrap();
    writer.checkpoint().unwrap();
    drop(writer);
    WavWriter::append(&path).unwrap().finalize().unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn an_append_that_is_killed_leaves_all_audio() {
    let scratch = Scratch::new("killed-append");
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        // A file for each: a writer that is forgotten here keeps its lock.
        let path = scratch.0.join(format!("{container:?}.wav"));
        let options = WriteOptions::new(&Spec::new(8_000, 1, Encoding::I16)).container(container);
        let samples: Vec<i16> = (0..200_000).map(|frame| i16::try_from(1 + frame % 1_000).unwrap()).collect();
        let mut writer = options.create(&path).unwrap();
        writer.write_interleaved(&samples[..1_000]).unwrap();
        writer.add_chunk(*b"guan", &[b'x'; 5_001]).unwrap();
        writer.finalize().unwrap();
        let mut writer = WavWriter::append(&path).unwrap();
        writer.write_interleaved(&samples[1_000..]).unwrap();
        // More than the buffer holds stands where the chunk was.
        std::mem::forget(writer);
        let mut reader = WavReader::open(&path).unwrap();
        assert_eq!(reader.read_all::<i16>().unwrap().into_raw_vec_and_offset().0, samples);
        assert!(
            matches!(reader.anomalies(), [Anomaly::Unfinished { declared: 2_000, .. }]),
            "{:?}",
            reader.anomalies()
        );
    }
}

#[test]
fn a_file_in_the_middle_of_another_grows_there() {
    let spec = Spec::new(8_000, 1, Encoding::I16);
    let mut outer = Cursor::new(b"prefix".to_vec());
    outer.seek(SeekFrom::End(0)).unwrap();
    let mut writer = WavWriter::new(outer, &spec).unwrap();
    writer.write_interleaved(&[1_i16, 2]).unwrap();
    let mut outer = writer.finalize().unwrap();
    assert_eq!(outer.position(), outer.get_ref().len() as u64, "stands after it");
    outer.set_position(6);
    let mut writer = WavWriter::append_to(outer).unwrap();
    writer.write_interleaved(&[3_i16]).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    assert_eq!(&bytes[..6], b"prefix");
    assert_eq!(bytes[6..], {
        let mut whole = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
        whole.write_interleaved(&[1_i16, 2, 3]).unwrap();
        whole.finalize().unwrap().into_inner()
    });
}

#[test]
fn the_options_must_be_of_the_same_spec() {
    let path = "data/sox_pcm16_stereo_44100.wav";
    let scratch = Scratch::new("options");
    let copy = scratch.0.join("take.wav");
    fs::copy(path, &copy).unwrap();
    for (spec, wrong) in [
        (Spec::new(44_100, 2, Encoding::I16), None),
        (Spec::new(44_101, 2, Encoding::I16), Some("sample rate")),
        (Spec::new(44_100, 1, Encoding::I16), Some("channels")),
        (Spec::new(44_100, 2, Encoding::I24), Some("encoding")),
    ] {
        match WriteOptions::new(&spec).append(&copy) {
            Ok(_) => assert_eq!(wrong, None),
            Err(error) => {
                let ErrorKind::SpecMismatch { field, .. } = error.kind() else { panic!("{error:?}") };
                assert_eq!((Some(*field), error.path()), (wrong, Some(copy.as_path())));
            }
        }
    }
    let missing = scratch.0.join("missing.wav");
    assert_eq!(WavWriter::append(&missing).unwrap_err().path(), Some(&*missing));
}

/// Where only the audio shows at which end of their 4 bytes samples are, bits that belong to no sample could move all that was there.
#[test]
fn stored_bits_that_would_move_the_samples_before_them_are_refused() {
    let stored = |words: &[i32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let (top, quiet) = (stored(&[0x1234_5600, 0x6543_2100]), stored(&[0x0012_3400, 0x0000_0100]));
    for (audio, encoding, unused) in
        [(&top, Encoding::I24In32Msb, 0x1122_3344_i32), (&quiet, Encoding::I24In32Lsb, 0x5512_3400)]
    {
        let file = riff(Encoding::I24In32Lsb, 1, 48_000, audio);
        let before = read(&file).0;
        // In an extensible format, or after a sample that shows the place.
        let mut source = written(&[0x0012_3400; 2], encoding);
        let end = source.len();
        source[end - 8..end - 4].copy_from_slice(&0x0012_3456_i32.to_le_bytes());
        source[end - 4..].copy_from_slice(&unused.to_le_bytes());
        let mut source = ReadOptions::new().seekable(Cursor::new(source)).unwrap();
        assert_eq!(source.spec().encoding(), encoding);

        let mut writer = WavWriter::append_to(Cursor::new(file)).unwrap();
        assert_eq!(writer.spec().encoding(), encoding);
        let error = writer.copy_frames(&mut source, u64::MAX).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
        // Samples are not the bits beside them.
        source.seek(0).unwrap();
        writer.write(&source.read_all::<i32>().unwrap()).unwrap();
        let (after, _) = read(&writer.finalize().unwrap().into_inner());
        assert_eq!((after.nrows(), after.slice(ndarray::s![..2, ..])), (4, before.view()), "{encoding}");

        // Where nothing was there, or the format says where samples are, every bit is kept.
        let base = match encoding {
            Encoding::I24In32Lsb => riff(encoding, 1, 48_000, &[]),
            _ => written(&[0x0012_3400], encoding),
        };
        source.seek(0).unwrap();
        let mut writer = WavWriter::append_to(Cursor::new(base)).unwrap();
        assert_eq!(writer.copy_frames(&mut source, u64::MAX).unwrap(), 2);
        let after = writer.finalize().unwrap().into_inner();
        assert!(after.ends_with(&stored(&[0x0012_3456, unused])), "{encoding}");
    }
}

/// Found by attack: the part of a file that began with such bits was read from the other end.
#[test]
fn stored_bits_that_would_move_the_samples_after_them_are_refused() {
    let (low, loud, plain) = ([0x35, 0x12, 0x34, 0], [0, 0x12, 0x34, 0x56], [0, 0x12, 0x34, 0]);
    // Samples that are looked at together.
    let many = (64 << 10) / 4;
    let cases: [(Vec<[u8; 4]>, usize, bool); 8] = [
        (vec![low, loud, loud], 0, true),
        (vec![low, loud, loud], 1, false),
        (vec![low, plain, loud], 1, false),
        (vec![low, plain, low, loud], 1, true),
        ([&vec![low; 2][..], &vec![plain; 40_000], &[loud]].concat(), 1, true),
        ([&vec![loud; 2][..], &vec![plain; many - 3], &[low]].concat(), 0, true),
        ([&[low, loud][..], &vec![plain; many - 2], &[low]].concat(), 1, true),
        ([&[low, loud][..], &vec![plain; many - 1], &[low]].concat(), 1, false),
    ];
    for (number, (samples, from, is_copied)) in cases.into_iter().enumerate() {
        let stored = samples.concat();
        let mut source =
            ReadOptions::new().seekable(Cursor::new(riff(Encoding::I24In32Lsb, 1, 48_000, &stored))).unwrap();
        assert_eq!(source.spec().encoding(), Encoding::I24In32Lsb, "{number}");
        let whole = source.read_all::<f64>().unwrap();
        source.seek(from as u64).unwrap();
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), source.spec()).unwrap();
        let copied = writer.copy_frames(&mut source, u64::MAX);
        let Ok(frames) = copied else {
            let error = copied.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{number}: {error}");
            assert!(!is_copied, "{number}");
            continue;
        };
        assert!(is_copied, "{number}");
        assert_eq!(frames, (samples.len() - from) as u64);
        let file = writer.finalize().unwrap().into_inner();
        assert!(file.ends_with(&stored[4 * from..]), "{number}");
        assert!(read(&file).0 == whole.slice(ndarray::s![from.., ..]), "{number}");
    }
}

/// Once a copied sample has shown where all are, whatever is copied next is kept.
#[test]
fn stored_bits_after_those_that_show_the_place_are_copied() {
    let (low, loud, plain, both) = ([0x35, 0x12, 0x34, 0], [0, 0x12, 0x34, 0x56], [0, 0x12, 0x34, 0], [5, 0, 0, 9]);
    let file = riff(Encoding::I24In32Lsb, 1, 48_000, &[loud, low, loud, plain, both, loud].concat());
    let mut source = ReadOptions::new().seekable(Cursor::new(file)).unwrap();
    for from in [0, 3] {
        source.seek(from).unwrap();
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), source.spec()).unwrap();
        // One by one.
        let copied = [(); 3].map(|()| writer.copy_frames(&mut source, 1).is_ok());
        let (kept, expected) = match from {
            0 => ([low, loud].concat(), [false, true, true]),
            _ => ([plain, both, loud].concat(), [true; 3]),
        };
        assert_eq!(copied, expected, "from {from}");
        assert!(writer.finalize().unwrap().into_inner().ends_with(&kept), "from {from}");
    }
}

/// A file of one channel as this crate writes it.
fn written(samples: &[i32], encoding: Encoding) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 1, encoding)).unwrap();
    writer.write_interleaved(samples).unwrap();
    writer.finalize().unwrap().into_inner()
}

/// A file of nearly 4 GiB, nearly all of it a hole, with these chunks before and after `fmt `.
fn long_file(path: &Path, first: &[u8], second: &[u8], free: u64) -> u64 {
    let fmt = b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0";
    let head = [b"RIFF????WAVE", first, fmt, second, b"data????"].concat();
    let len = 0xFFFF_FFFE + 8 - free;
    let audio = len - head.len() as u64;
    let mut file = File::create(path).unwrap();
    file.write_all(&head).unwrap();
    let mut size = |at: usize, size: u64| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&u32::try_from(size).unwrap().to_le_bytes()).unwrap();
    };
    size(4, len - 8);
    size(head.len() - 4, audio);
    file.set_len(len).unwrap();
    audio
}

#[test]
fn a_file_without_room_for_64_bit_sizes_ends_at_4_gib() {
    let scratch = Scratch::new("long");
    let path = scratch.0.join("long.wav");
    let junk = |len: u8| [&b"JUNK"[..], &[len, 0, 0, 0], &vec![0; usize::from(len)]].concat();
    // Only the first chunk can become `ds64`, and only one with room for three sizes and the length of a table.
    for (first, second) in [(junk(26), Vec::new()), (Vec::new(), junk(28))] {
        let audio = long_file(&path, &first, &second, 4);
        let mut writer = WavWriter::append(&path).unwrap();
        writer.write_interleaved(&[0_i16; 3]).unwrap_err();
        assert_eq!(writer.frames_written(), audio / 2);
    }
    let audio = long_file(&path, b"", b"", 4);
    let mut writer = WavWriter::append(&path).unwrap();
    assert!(matches!(
        writer.write_interleaved(&[0_i16; 3]).as_ref().map_err(ndaudio::Error::kind),
        Err(ndaudio::ErrorKind::TooLarge { bytes: 0x1_0000_0008, .. })
    ));
    assert_eq!(writer.frames_written(), audio / 2, "nothing was taken");
    assert!(matches!(
        writer.add_trailing_chunk(*b"note", b"").as_ref().map_err(ndaudio::Error::kind),
        Err(ndaudio::ErrorKind::TooLarge { .. })
    ));
    writer.write_interleaved(&[7_i16; 2]).unwrap();
    writer.finalize().unwrap();
    let reader = ReadOptions::new().strict().open(&path).unwrap();
    assert_eq!((reader.frames(), reader.container()), (Some(audio / 2 + 2), Container::Riff));

    let audio = long_file(&path, &junk(28), b"", 4);
    let mut writer = WavWriter::append(&path).unwrap();
    writer.write_interleaved(&[7_i16; 3]).unwrap();
    writer.finalize().unwrap();
    let mut reader = ReadOptions::new().strict().open(&path).unwrap();
    assert_eq!((reader.frames(), reader.container()), (Some(audio / 2 + 3), Container::Rf64));
    reader.seek(audio / 2 - 1).unwrap();
    assert_eq!(reader.read_all::<i16>().unwrap().into_raw_vec_and_offset().0, [0, 7, 7, 7]);
    let mut head = [0; 4];
    File::open(&path).unwrap().read_exact(&mut head).unwrap();
    assert_eq!(&head, b"RF64");
}

#[test]
fn what_stands_before_and_after_the_audio_may_each_be_as_long_as_the_caller_says() {
    let scratch = Scratch::new("limits");
    let path = scratch.0.join("limits.wav");
    let spec = Spec::new(8_000, 1, Encoding::I16);
    for after in [false, true] {
        let mut writer = WavWriter::create(&path, &spec).unwrap();
        if after {
            writer.add_trailing_chunk(*b"note", &[b'x'; 1000]).unwrap();
        } else {
            writer.add_chunk(*b"note", &[b'x'; 1000]).unwrap();
        }
        writer.write_interleaved(&[1_i16; 2]).unwrap();
        writer.finalize().unwrap();
        let audio =
            WavReader::open(&path).unwrap().chunks().iter().find(|chunk| chunk.id == *b"data").copied().unwrap();
        let longest = if after { 8 + 1000 } else { audio.content_offset };
        for (bytes, fits) in [(longest - 1, false), (longest, true)] {
            let mut limits = Limits::default();
            limits.metadata_bytes = bytes;
            let appended = WriteOptions::new(&spec).limits(limits).append(&path);
            match appended {
                Ok(writer) => assert_eq!((writer.frames_written(), fits), (2, true)),
                Err(error) => {
                    let ErrorKind::TooLarge { bytes: needed, limit, .. } = *error.kind() else { panic!("{error}") };
                    assert_eq!((needed, limit, fits), (longest, bytes, false));
                }
            }
        }
    }
}
