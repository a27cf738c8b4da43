//! Copies from file to file: every stored bit of audio, and metadata in linear time and limited memory.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use crate::common::Trickle;
use ndaudio::{Encoding, ErrorKind, Limits, ReadOptions, Source, Spec, WavReader, WavView, WavWriter};

/// A file of one encoding with these bytes as its audio.
fn file(spec: &Spec, audio: &[u8]) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), spec).unwrap();
    writer.write_interleaved(&vec![0_i16; audio.len() / spec.encoding().bytes()]).unwrap();
    let mut bytes = writer.finalize().unwrap().into_inner();
    let data = *WavView::parse(&bytes).unwrap().chunks().iter().find(|chunk| chunk.id == *b"data").unwrap();
    let at = usize::try_from(data.content_offset).unwrap();
    bytes[at..at + audio.len()].copy_from_slice(audio);
    bytes
}

#[test]
fn every_stored_bit_survives_in_the_same_encoding() {
    for encoding in Encoding::ALL {
        let spec = Spec::new(8_000, 2, encoding);
        // Every byte value, in every place of a sample: bits below the valid ones, both zeros of µ-law, NaN.
        let len = 255 * 2 * encoding.bytes() * 3;
        let audio: Vec<u8> = (0..len).map(|index| u8::try_from((index * 37 + index / 255) % 256).unwrap()).collect();
        let before = file(&spec, &audio);
        for frames in [u64::MAX, 100] {
            let mut reader = ReadOptions::new().seekable(Cursor::new(&before)).unwrap();
            // 24 bits in 4 bytes that use all 32 are at neither end.
            let spec = reader.spec().clone();
            let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
            let copied = writer.copy_frames(&mut reader, 7).unwrap();
            let copied = copied + writer.copy_frames(&mut reader, frames - 7).unwrap();
            assert_eq!((copied, writer.frames_written()), (frames.min(255 * 3), copied), "{encoding}");
            assert_eq!(reader.position(), copied);
            let after = writer.finalize().unwrap().into_inner();
            let bytes = usize::try_from(copied).unwrap() * spec.frame_bytes();
            assert!(WavView::parse(&after).unwrap().data() == &audio[..bytes], "{encoding}");
        }
    }
}

/// Of more bytes than are read at a time, too, from a pipe, and through a channel that occurs twice.
#[test]
fn every_stored_bit_of_chosen_channels_survives() {
    for encoding in Encoding::ALL {
        let (spec, width) = (Spec::new(8_000, 3, encoding), encoding.bytes());
        let audio = crate::common::SplitMix(7).bytes(20_001 * 3 * width);
        let mut pipe = WavReader::new(Cursor::new(file(&spec, &audio))).unwrap();
        // 24 bits in 4 bytes that use all 32 are at neither end.
        let spec = pipe.spec().with_channels(4);
        let mut chosen = (&mut pipe).select_channels([2, 0, 2, 1]);
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
        assert_eq!(writer.copy_frames(&mut chosen, 7).unwrap(), 7);
        assert_eq!(writer.copy_frames(&mut chosen, u64::MAX).unwrap(), 20_001 - 7);
        assert_eq!(pipe.position(), 20_001);
        let expected: Vec<u8> = audio
            .chunks_exact(3 * width)
            .flat_map(|frame| [2, 0, 2, 1].map(|channel| &frame[channel * width..][..width]).concat())
            .collect();
        let after = writer.finalize().unwrap().into_inner();
        assert!(WavView::parse(&after).unwrap().data() == expected, "{encoding}");
    }
}

#[test]
fn a_channel_that_there_is_not_cannot_be_chosen() {
    let mut reader = WavReader::open("data/music.wav").unwrap();
    let mut chosen = (&mut reader).select_channels([2]);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), chosen.spec()).unwrap();
    let error = writer.copy_frames(&mut chosen, 1).unwrap_err();
    assert!(error.to_string().contains("channel 2 does not exist"), "{error}");
    let error = writer.copy_frames(&mut reader, 1).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ChannelMismatch { expected: 1, found: 2 }), "{error}");
}

/// More than one buffer of either way to copy, and frames left behind them.
#[test]
fn no_more_is_copied_than_was_asked_for() {
    let mut reader = WavReader::open("data/music.wav").unwrap();
    let all = reader.read_all::<i16>().unwrap();
    for encoding in [Encoding::I16, Encoding::I32] {
        for frames in [0, 1, 32_768, 65_537, 100_000] {
            reader.seek(5).unwrap();
            let mut writer = WavWriter::new(Cursor::new(Vec::new()), &reader.spec().with_encoding(encoding)).unwrap();
            assert_eq!(writer.copy_frames(&mut reader, frames).unwrap(), frames);
            assert_eq!(reader.position(), 5 + frames);
            let bytes = writer.finalize().unwrap().into_inner();
            let copy = WavReader::new(&bytes[..]).unwrap().read_all::<i16>().unwrap();
            assert!(copy == all.slice(ndarray::s![5..5 + usize::try_from(frames).unwrap(), ..]), "{frames} {encoding}");
        }
    }
}

/// The last bytes, of half a frame, are left out, however few bytes the pipe gives at a time.
#[test]
fn a_pipe_that_breaks_off_within_a_frame_is_copied_up_to_there() {
    let spec = Spec::new(8_000, 2, Encoding::I16);
    let audio: Vec<u8> = (0..=255).cycle().take(4_000).collect();
    let before = file(&spec, &audio);
    for (cut, step) in (0..5).flat_map(|cut| [(cut, 7), (cut, u64::MAX)]) {
        let mut pipe = WavReader::new(Trickle::new(&before[..before.len() - cut], 50)).unwrap();
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
        let frames = (4_000 - cut) / 4;
        while writer.copy_frames(&mut pipe, step).unwrap() == step {}
        assert_eq!(writer.frames_written(), frames as u64);
        let after = writer.finalize().unwrap().into_inner();
        assert!(WavView::parse(&after).unwrap().data() == &audio[..4 * frames], "{cut}");
    }
}

#[test]
fn other_encodings_are_converted_as_blocks_are() {
    let mut reader = WavReader::open("data/music.wav").unwrap();
    let expected = reader.read_all::<f32>().unwrap();
    for encoding in [Encoding::F32, Encoding::I32, Encoding::I24] {
        reader.seek(0).unwrap();
        let spec = reader.spec().with_encoding(encoding);
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
        assert_eq!(writer.copy_frames(&mut reader, u64::MAX).unwrap(), 441_000);
        let bytes = writer.finalize().unwrap().into_inner();
        assert_eq!(WavReader::new(&bytes[..]).unwrap().read_all::<f32>().unwrap(), expected, "{encoding}");
    }
    let mut mono = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(44_100, 1, Encoding::I16)).unwrap();
    let error = mono.copy_frames(&mut reader, 1).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ChannelMismatch { expected: 1, found: 2 }), "{error}");
}

#[test]
fn the_other_byte_order_is_turned() {
    let mut reader = WavReader::open("data/sox_rifx_pcm16_stereo_44100.wav").unwrap();
    let expected = reader.read_all::<i16>().unwrap();
    reader.seek(0).unwrap();
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    writer.copy_frames(&mut reader, u64::MAX).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    assert_eq!(WavReader::new(&bytes[..]).unwrap().read_all::<i16>().unwrap(), expected);
}

/// Counts the bytes that it is given.
struct Counting(Cursor<Vec<u8>>, Rc<Cell<usize>>);

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.set(self.1.get() + bytes.len());
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn many_chunks_are_copied_in_linear_time() {
    const CHUNKS: usize = 20_000;
    let mut source = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(8_000, 1, Encoding::I16)).unwrap();
    for side in 0..2 {
        for index in 0..CHUNKS / 2 {
            source.add_chunk(*b"note", &[u8::try_from(index % 251).unwrap(); 500]).unwrap();
        }
        if side == 0 {
            source.write_interleaved(&[1_i16, 2]).unwrap();
        }
    }
    let source = source.finalize().unwrap().into_inner();
    let mut reader = ReadOptions::new().seekable(Cursor::new(&source)).unwrap();
    let written = Rc::new(Cell::new(0));
    let sink = Counting(Cursor::new(Vec::new()), Rc::clone(&written));
    let mut writer = WavWriter::new(sink, reader.spec()).unwrap();
    writer.copy_metadata(&mut reader).unwrap();
    writer.write(&reader.read_all::<i16>().unwrap()).unwrap();
    let copy = writer.finalize().unwrap().0.into_inner();
    assert_eq!(copy, source);
    // Each chunk once, and around it a header of some hundred bytes.
    assert!(written.get() < 3 * source.len(), "{} bytes for a file of {}", written.get(), source.len());
}

/// A file whose chunks are holes.
struct Sparse {
    heads: Vec<(u64, Vec<u8>)>,
    len: u64,
    position: u64,
}

impl Read for Sparse {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.len - self.position).unwrap_or(usize::MAX).min(out.len());
        for (offset, byte) in (self.position..).zip(&mut out[..count]) {
            let head = self.heads.iter().rev().find(|(at, _)| *at <= offset);
            let content = head.and_then(|(at, head)| head.get(usize::try_from(offset - at).unwrap()));
            *byte = content.copied().unwrap_or(0);
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(by) => self.position.checked_add_signed(by).unwrap(),
            SeekFrom::End(by) => self.len.checked_add_signed(by).unwrap(),
        };
        Ok(self.position)
    }
}

#[test]
fn more_metadata_than_the_limit_is_refused_before_it_is_read() {
    // 60 chunks of 60 MiB, of which a disk holds nothing but the headers.
    let mut heads = vec![(
        0,
        b"RIFF\xFF\xFF\xFF\xF0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\x02\0\0\0\x01\x02"
            .to_vec(),
    )];
    let mut end = 46;
    for _ in 0..60 {
        heads.push((end, [&b"iXML"[..], &(60_u32 << 20).to_le_bytes()].concat()));
        end += 8 + (60 << 20);
    }
    let mut reader = ReadOptions::new().seekable(Sparse { heads, len: end, position: 0 }).unwrap();
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    let error = writer.copy_metadata(&mut reader).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { bytes: 3_774_873_600, limit: 67_108_864, .. }), "{error}");
}

#[test]
fn the_limit_of_metadata_is_the_callers() {
    let mut source = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(8_000, 1, Encoding::I16)).unwrap();
    source.add_chunk(*b"iXML", &[b'x'; 60]).unwrap();
    source.add_chunk(*b"note", &[b'x'; 41]).unwrap();
    let source = source.finalize().unwrap().into_inner();
    for (limit, fits) in [(100, false), (101, true)] {
        let mut limits = Limits::default();
        limits.metadata_bytes = limit;
        let mut reader = ReadOptions::new().limits(limits).seekable(Cursor::new(&source)).unwrap();
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
        assert_eq!(writer.copy_metadata(&mut reader).is_ok(), fits, "{limit}");
    }
}

/// Takes everything and keeps nothing, so that only the copying is counted.
#[derive(Default)]
struct Discarded {
    position: u64,
    len: u64,
}

impl Write for Discarded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.position += bytes.len() as u64;
        self.len = self.len.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Discarded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(by) => self.position.checked_add_signed(by).unwrap(),
            SeekFrom::End(by) => self.len.checked_add_signed(by).unwrap(),
        };
        Ok(self.position)
    }
}

/// A file with two samples of silence, and these chunks before and after them.
fn with_chunks(big_endian: bool, before: &[(&[u8; 4], Vec<u8>)], after: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let number = |number: u32| if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let half = |number: u16| if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let fmt = [&half(1)[..], &half(1), &number(8000), &number(16_000), &half(2), &half(16)].concat();
    let magic: &[u8] = if big_endian { b"RIFX" } else { b"RIFF" };
    let mut file = [magic, &[0; 4], b"WAVE"].concat();
    let mut add = |id: &[u8], content: &[u8]| {
        assert!(content.len().is_multiple_of(2), "no padding here");
        file.extend_from_slice(id);
        file.extend(number(u32::try_from(content.len()).unwrap()));
        file.extend_from_slice(content);
    };
    add(b"fmt ", &fmt);
    before.iter().for_each(|(id, content)| add(&id[..], content));
    add(b"data", &[0; 4]);
    after.iter().for_each(|(id, content)| add(&id[..], content));
    let size = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&number(size));
    file
}

type Chunks = Vec<(&'static [u8; 4], Vec<u8>)>;

/// Chunks whose views, copies or conversions take much memory for their bytes.
fn costly(big_endian: bool) -> Vec<(&'static str, Chunks)> {
    const LEN: usize = 512 << 10;
    const POINTS: u32 = 20_000;
    let number = |number: u32| if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let filled = |start: &[u8], with: &[u8]| {
        let mut content = start.to_vec();
        content.extend(with.iter().cycle().take(LEN));
        content.resize(content.len().next_multiple_of(2), 0);
        content
    };
    let entry = |size: u32, text: &[u8]| [&b"IART"[..], &number(size), text].concat();
    let point = |id: u32| [number(id), number(id), *b"data", number(0), number(0), number(id)].concat();
    let points = [&number(POINTS)[..], &(0..POINTS).flat_map(point).collect::<Vec<_>>()].concat();
    // Of another code page, so that a text takes three times its bytes.
    let text = |kind: &[u8], id: u32| [kind, &number(12), &number(id), &[0x80; 8]].concat();
    let texts = (0..POINTS).flat_map(|id| [text(b"labl", id), text(b"note", id)].concat()).collect::<Vec<_>>();
    let one_text = [&b"adtllabl"[..], &number(4 + u32::try_from(LEN).unwrap()), &number(7), &[0x80; LEN]].concat();
    vec![
        ("text", vec![(b"iXML", filled(b"<", b"x"))]),
        ("text of another code page", vec![(b"iXML", filled(b"<", b"\x80"))]),
        ("line ends", vec![(b"guan", filled(b"GUANO|Version:1.0", b"\n"))]),
        ("fields", vec![(b"guan", filled(b"GUANO|Version:1.0\n", b"a:\n"))]),
        ("fields of another code page", vec![(b"guan", filled(b"GUANO|Version:1.0\n", b"\x80"))]),
        ("entries", vec![(b"LIST", filled(b"INFO", &entry(2, b"x\0")))]),
        ("entries without padding", vec![(b"LIST", filled(b"INFO", &entry(1, b"x")))]),
        ("points", vec![(b"cue ", points.clone())]),
        ("points with texts", vec![(b"cue ", points.clone()), (b"LIST", [&b"adtl"[..], &texts].concat())]),
        ("points with one text", vec![(b"cue ", points), (b"LIST", one_text)]),
        ("history", vec![(b"bext", filled(b"", b"x"))]),
        ("many", vec![(b"note", vec![b'x'; 500]); 2000]),
        ("a large one and a small one", vec![(b"note", filled(b"", b"x")), (b"note", vec![b'x'; 2])]),
    ]
}

/// Asserts that something takes at most four times these bytes, and a few buffers.
fn assert_four_times(name: &str, bytes: usize, run: impl FnOnce()) {
    let taken = allocation_counter::measure(run).bytes_max;
    let times = taken.saturating_sub(4096) as f64 / bytes as f64;
    assert!(times <= 4.0, "{name}: {times:.2} times {bytes} bytes");
}

#[test]
fn copying_takes_at_most_four_times_the_bytes() {
    for big_endian in [false, true] {
        for (name, chunks) in costly(big_endian) {
            for (side, before, after) in
                [("before", &chunks[..], &[][..]), ("after", &[], &chunks[..]), ("both", &chunks[..], &chunks[..])]
            {
                let source = with_chunks(big_endian, before, after);
                let bytes: usize = before.iter().chain(after).map(|chunk| chunk.1.len()).sum();
                let name = format!("{name}, {side}, big-endian {big_endian}");
                let mut reader = ReadOptions::new().seekable(Cursor::new(&source)).unwrap();
                assert_eq!(reader.anomalies(), [], "{name}");
                let mut writer = WavWriter::new(Discarded::default(), reader.spec()).unwrap();
                assert_four_times(&name, bytes, || writer.copy_metadata(&mut reader).unwrap());
            }
        }
    }
}

#[test]
fn reading_metadata_takes_at_most_four_times_the_bytes() {
    for big_endian in [false, true] {
        for (name, chunks) in costly(big_endian) {
            let bytes: usize = chunks.iter().map(|chunk| chunk.1.len()).sum();
            let source = with_chunks(big_endian, &chunks, &[]);
            let mut reader = ReadOptions::new().seekable(Cursor::new(&source)).unwrap();
            assert_four_times(name, bytes, || drop(reader.metadata().unwrap()));
            let mut limits = Limits::default();
            limits.kept_bytes = u64::MAX;
            let mut pipe = ReadOptions::new().limits(limits).read(&source[..]).unwrap();
            assert_four_times(&format!("{name}, from a pipe"), bytes, || drop(pipe.metadata().unwrap()));
        }
    }
}

/// What a pipe said before its audio is kept as long as the pipe is read: its bytes once more.
#[test]
fn metadata_of_a_pipe_takes_at_most_five_times_the_bytes() {
    for big_endian in [false, true] {
        for (name, chunks) in costly(big_endian) {
            let bytes: usize = chunks.iter().map(|chunk| chunk.1.len()).sum();
            let source = with_chunks(big_endian, &chunks, &[]);
            let read = || drop(WavReader::new(&source[..]).unwrap().metadata().unwrap());
            let copy = || {
                let mut pipe = WavReader::new(&source[..]).unwrap();
                let mut writer = WavWriter::new(Discarded::default(), pipe.spec()).unwrap();
                writer.copy_metadata(&mut pipe).unwrap();
            };
            // The writer's buffer is not for metadata.
            for (what, run, buffers) in [("read", &read as &dyn Fn(), 16 << 10), ("copied", &copy, 160 << 10)] {
                let taken = allocation_counter::measure(run).bytes_max.saturating_sub(buffers);
                let times = taken as f64 / bytes as f64;
                assert!(times <= 5.0, "{name}, {what}, big-endian {big_endian}: {times:.2} times {bytes} bytes");
            }
        }
    }
}

/// What each chunk takes besides its bytes is little, and there is a limit of chunks.
#[test]
fn many_small_chunks_take_memory_by_their_number() {
    // A few more than a power of two, which is when tables have just doubled.
    const CHUNKS: usize = 32_800;
    const EACH: usize = 350;
    let adtl = b"adtllabl\x06\0\0\0\x07\0\0\0a\0".to_vec();
    let cue = [&[1, 0, 0, 0, 7][..], &[0; 23]].concat();
    // The last two claim less than they have, so that there is an anomaly after each.
    for (content, size) in [
        (&b"adtl"[..], 4),
        (&adtl, 18),
        (b"INFO", 4),
        (b"INFOIART\x02\0\0\0x\0", 14),
        (b"none", 4),
        (b"adtlx\0\0\0", 5),
        (b"\0\0", 0),
    ] {
        let list = (b"LIST", content.to_vec());
        let chunks: Chunks = std::iter::once((b"cue ", cue.clone())).chain(vec![list; CHUNKS]).collect();
        let bytes = cue.len() + size * CHUNKS;
        let mut source = with_chunks(false, &chunks, &[]);
        let first = 36 + 8 + cue.len();
        for header in source[first..].chunks_exact_mut(8 + content.len()).take(CHUNKS) {
            assert_eq!(&header[..4], b"LIST");
            header[4] = u8::try_from(size).unwrap();
        }
        let allowed = 4 * bytes + EACH * CHUNKS;
        let pipe =
            allocation_counter::measure(|| drop(WavReader::new(&source[..]).unwrap().metadata().unwrap())).bytes_max;
        let file = allocation_counter::measure(|| {
            let mut reader = ReadOptions::new().seekable(Cursor::new(&source)).unwrap();
            reader.metadata().unwrap();
            let mut writer = WavWriter::new(Discarded::default(), reader.spec()).unwrap();
            writer.copy_metadata(&mut reader).unwrap();
        })
        .bytes_max;
        for taken in [pipe, file] {
            assert!(taken <= allowed as u64, "{taken} for {bytes} bytes");
        }
    }
}
