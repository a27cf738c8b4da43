//! FLAC files that are written hold what was given, and tell it from the first block on.

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use ndarray::{Array2, ShapeBuilder, s};
use ndaudio::metadata::Metadata;
use ndaudio::{Anomaly, Encoding, ErrorKind, FlacWriter, MediaReader, Source, Spec, ndarray};

/// Samples of every size, the same every time, at the top of 32 bits.
fn audio(frames: usize, channels: usize, bits: u32) -> Array2<i32> {
    let mut state = 1_u64;
    Array2::from_shape_fn((frames, channels), |(frame, channel)| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let noise = (state >> 32) as i32;
        let tone = ((frame as f64 * 0.01 * (channel + 1) as f64).sin() * 1e9) as i32;
        let sample = match frame / 1500 % 4 {
            0 => tone,
            1 => noise,
            2 => 0,
            _ => tone.wrapping_add(noise >> 12),
        };
        sample >> (32 - bits) << (32 - bits)
    })
}

fn read(bytes: Vec<u8>) -> (MediaReader, Array2<i32>) {
    let mut reader = MediaReader::new(Cursor::new(bytes)).unwrap();
    let samples = reader.read_all().unwrap();
    (reader, samples)
}

#[test]
fn every_width_and_number_of_channels_comes_back_bit_for_bit() {
    for (encoding, stored) in [
        (Encoding::U8, Encoding::U8),
        (Encoding::I12In16, Encoding::I12In16),
        (Encoding::I16, Encoding::I16),
        (Encoding::I20In24, Encoding::I20In24),
        (Encoding::I24, Encoding::I24),
        (Encoding::I24In32Lsb, Encoding::I24),
        (Encoding::I24In32Msb, Encoding::I24),
        (Encoding::I32, Encoding::I32),
    ] {
        for channels in [1, 2, 3, 8] {
            let samples = audio(9_000, channels, encoding.bits());
            let spec = Spec::new(48_000, channels, encoding);
            let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
            for block in samples.axis_chunks_iter(ndarray::Axis(0), 777) {
                writer.write(&block).unwrap();
            }
            assert_eq!(writer.frames_written(), 9_000);
            let (reader, again) = read(writer.finalize().unwrap().into_inner());
            assert_eq!(again, samples, "{encoding:?}, {channels} channels");
            assert_eq!(reader.spec().encoding(), stored);
            // The MD5 was read to the end and is the right one; the count is in the header.
            assert_eq!(reader.anomalies(), [], "{encoding:?}, {channels} channels");
        }
    }
}

#[test]
fn any_sample_type_and_layout_is_written_alike() {
    let samples = audio(5_000, 2, 16);
    let spec = Spec::new(44_100, 2, Encoding::I16);
    type Writer = FlacWriter<Cursor<Vec<u8>>>;
    let written = |write: &dyn Fn(&mut Writer)| {
        let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
        write(&mut writer);
        writer.finalize().unwrap().into_inner()
    };
    let expected = written(&|writer| writer.write(&samples).unwrap());
    let narrow = samples.mapv(|sample| (sample >> 16) as i16);
    let float = narrow.mapv(|sample| f32::from(sample) / 32768.0);
    let column_major = Array2::from_shape_fn((5_000, 2).f(), |at| float[at]);
    let twice = Array2::from_shape_fn((10_000, 2), |(frame, channel)| f64::from(float[[frame / 2, channel]]));
    assert_eq!(written(&|writer| writer.write(&narrow).unwrap()), expected);
    assert_eq!(written(&|writer| writer.write(&column_major).unwrap()), expected);
    assert_eq!(written(&|writer| writer.write(&twice.slice(s![..;2, ..])).unwrap()), expected);
    assert_eq!(written(&|writer| writer.write_interleaved(float.as_slice().unwrap()).unwrap()), expected);
}

#[test]
fn the_seek_table_points_at_blocks() {
    // 200 seconds: more than the table has places, so that it was thinned out.
    let samples = audio(800_000, 1, 8);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(4_000, 1, Encoding::U8)).unwrap();
    writer.write(&samples).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    // RFC 9639, section 8.5: block type 3 follows the 42 bytes of the magic and STREAMINFO.
    assert_eq!(bytes[42] & 0x7F, 3);
    let table = &bytes[46..46 + 128 * 18];
    let audio_at = 46 + 128 * 18;
    assert_eq!(bytes[42] & 0x80, 0x80, "the last block before the audio");
    let points: Vec<(u64, u64)> = table
        .chunks_exact(18)
        .map(|point| {
            (u64::from_be_bytes(point[..8].try_into().unwrap()), u64::from_be_bytes(point[8..16].try_into().unwrap()))
        })
        .filter(|point| point.0 != u64::MAX)
        .collect();
    assert!(points.len() > 60, "{} points", points.len());
    assert!(points.is_sorted());
    for (frame, byte) in points {
        // A header: sync code, and the number of the block, of 4096 frames, in one or two bytes.
        let at = audio_at + byte as usize;
        assert_eq!(bytes[at..at + 2], [0xFF, 0xF8]);
        let number = match bytes[at + 4] {
            byte @ 0..0x80 => u64::from(byte),
            byte => u64::from(byte & 0x1F) << 6 | u64::from(bytes[at + 5] & 0x3F),
        };
        assert_eq!(number * 4096, frame);
    }
}

#[test]
fn tags_and_chunks_come_back() {
    let mut bext_file =
        ndaudio::WavReader::open(concat!(env!("CARGO_MANIFEST_DIR"), "/data/libsndfile_bext_pcm16_stereo.wav"))
            .unwrap();
    let metadata = bext_file.metadata().unwrap();
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 1, Encoding::I16)).unwrap();
    writer.set_tag("TITLE", "Dawn").unwrap();
    writer.set_tag("title", "Dusk").unwrap();
    writer.add_metadata(&metadata).unwrap();
    writer.add_chunk(*b"odd ", b"abc").unwrap();
    assert!(matches!(writer.set_tag("A=B", "").unwrap_err().kind(), ErrorKind::InvalidArgument { .. }));
    writer.write_interleaved(&[1_i16, 2, 3]).unwrap();
    assert!(matches!(writer.set_tag("LATE", "").unwrap_err().kind(), ErrorKind::InvalidArgument { .. }));
    let (reader, _) = read(writer.finalize().unwrap().into_inner());
    let again: Metadata = reader.metadata();
    assert_eq!(again.bext, metadata.bext);
    assert_eq!(again.info, metadata.info);
    assert!(again.bext.is_some());
    assert_eq!(reader.chunks().last(), Some((*b"odd ", &b"abc"[..])));
    assert!(reader.tags().contains(&("TITLE".to_owned(), "fixture".to_owned())), "{:?}", reader.tags());
}

/// What a process that was killed leaves: some bytes of the file, none of them changed later.
#[test]
fn a_file_cut_anywhere_gives_all_blocks_that_are_whole() {
    struct Shared(std::rc::Rc<std::cell::RefCell<Cursor<Vec<u8>>>>);
    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Seek for Shared {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.borrow_mut().seek(to)
        }
    }
    let samples = audio(10_000, 1, 16);
    let disk = std::rc::Rc::new(std::cell::RefCell::new(Cursor::new(Vec::new())));
    let mut writer = FlacWriter::new(Shared(disk.clone()), &Spec::new(48_000, 1, Encoding::I16)).unwrap();
    writer.write(&samples).unwrap();
    writer.checkpoint().unwrap();
    assert_eq!(writer.frames_safe(), 8_192);
    let killed = disk.borrow().get_ref().clone();
    std::mem::forget(writer);
    let (reader, again) = read(killed.clone());
    assert_eq!(reader.frames(), Some(8_192));
    assert_eq!(again, samples.slice(s![..8_192, ..]));
    assert_eq!(reader.anomalies(), []);
    // In the second block: the first one is whole.
    let (reader, again) = read(killed[..killed.len() - 1].to_vec());
    assert_eq!(again, samples.slice(s![..4_096, ..]));
    assert!(matches!(reader.anomalies(), [Anomaly::TrailingBytes { .. }]), "{:?}", reader.anomalies());
}

#[test]
fn a_stream_has_no_length_and_is_read() {
    let samples = audio(5_000, 2, 24);
    let mut bytes = Vec::new();
    let mut writer = FlacWriter::stream(&mut bytes, &Spec::new(96_000, 2, Encoding::I24)).unwrap();
    writer.write(&samples).unwrap();
    writer.finalize().unwrap();
    let mut reader = MediaReader::stream(Cursor::new(bytes.clone())).unwrap();
    assert_eq!(reader.frames(), None);
    assert_eq!(reader.read_all::<i32>().unwrap(), samples);
    assert_eq!(reader.frames(), None);
    assert!(reader.seek(0).is_err());
    let (reader, again) = read(bytes);
    assert_eq!((reader.frames(), again), (Some(5_000), samples));
}

#[test]
fn what_flac_cannot_hold_is_refused_before_a_file_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.flac");
    std::fs::write(&path, "precious").unwrap();
    for spec in [
        Spec::new(48_000, 2, Encoding::F32),
        Spec::new(8_000, 1, Encoding::MuLaw),
        Spec::new(48_000, 9, Encoding::I16),
        Spec::new(0, 1, Encoding::I16),
        Spec::new(192_001, 1, Encoding::I16),
    ] {
        let error = FlacWriter::create(&path, &spec).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{spec}: {error}");
        assert_eq!(error.path(), Some(&*path));
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
}

#[test]
fn no_frames_are_a_file_too() {
    let writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    let (reader, samples) = read(writer.finalize().unwrap().into_inner());
    assert_eq!(samples.dim(), (0, 2));
    assert_eq!((reader.frames(), reader.anomalies()), (Some(0), &[][..]));
}

/// Writes files for `tests/peers/media.sh`, where it names a folder.
#[test]
fn files_are_written_for_peers() {
    let Some(folder) = std::env::var_os("NDAUDIO_MEDIA_PEERS").map(std::path::PathBuf::from) else { return };
    for encoding in [Encoding::U8, Encoding::I16, Encoding::I24, Encoding::I32] {
        for channels in [1, 2, 6] {
            let (samples, bits) = (audio(50_000, channels, encoding.bits()), encoding.bits());
            let stem = format!("pcm{bits}_{channels}ch");
            let mut writer =
                FlacWriter::create(folder.join(format!("{stem}.flac")), &Spec::new(48_000, channels, encoding))
                    .unwrap();
            writer.set_tag("TITLE", &stem).unwrap();
            writer.write(&samples).unwrap();
            writer.finalize().unwrap();
            // What they must find: little-endian int32 of full scale 2^31.
            let raw: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            std::fs::write(folder.join(format!("{stem}.i32")), raw).unwrap();
        }
    }
}

/// A disk with room for so many bytes.
struct Full {
    disk: Cursor<Vec<u8>>,
    room: u64,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.room.saturating_sub(self.disk.position())).unwrap();
        match bytes.len().min(room) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            count => self.disk.write(&bytes[..count]),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Full {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.disk.seek(to)
    }
}

/// Found by attack: it said that all was well, with a third of the frames lost.
#[test]
fn frames_that_did_not_arrive_are_an_error_at_the_end_too() {
    let samples = audio(20_000, 1, 16);
    for room in (0..40_000).step_by(1_111) {
        let mut full = Full { disk: Cursor::new(Vec::new()), room };
        let mut writer = FlacWriter::new(&mut full, &Spec::new(8_000, 1, Encoding::I16)).unwrap();
        let written = writer.write(&samples);
        let safe = writer.frames_safe();
        let finalized = writer.finalize().map(|_| ());
        if full.disk.get_ref().len() < usize::try_from(room).unwrap() {
            written.unwrap();
            finalized.unwrap();
            continue;
        }
        // The last block goes out at the end.
        assert!(written.is_err() || safe == 16_384, "{room}");
        let error = finalized.expect_err("frames were lost");
        let ErrorKind::Write { frames_safe, .. } = error.kind() else { panic!("{room}: {error:?}") };
        assert_eq!(*frames_safe, safe, "{room}");
        if safe > 0 {
            let (reader, again) = read(full.disk.into_inner());
            assert_eq!(again, samples.slice(s![..safe as usize, ..]), "{room}");
            assert!(!reader.anomalies().iter().any(|anomaly| matches!(anomaly, Anomaly::FrameCount { .. })), "{room}");
        }
    }
}
