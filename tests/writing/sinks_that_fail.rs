//! Disks fill up and pipes close: at every single byte of a file, and what was made safe is read back.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, ErrorKind, Seek, SeekFrom, Write};
use std::rc::Rc;

use ndarray::{Array2, s};
use ndaudio::{Anomaly, Container, Encoding, Error, ReadOptions, Spec, WavWriter, WriteOptions};

const CONTAINERS: [Container; 4] = [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64];

/// A disk of which the content outlives the writer.
#[derive(Clone, Default)]
struct Disk(Rc<RefCell<Cursor<Vec<u8>>>>);

impl Disk {
    fn bytes(&self) -> Vec<u8> {
        self.0.borrow().get_ref().clone()
    }
}

#[derive(Clone)]
enum Fault {
    /// Nothing more is accepted after so many bytes in all, headers that are written again included: a dying disk, a closed pipe.
    AfterBytes(u64),
    /// The file cannot grow beyond so many bytes, but what is there can be written again: a full disk.
    Full(u64),
    /// The same, with room made as the test goes on.
    FullUntil(Rc<Cell<u64>>),
}

/// Accepts `most` bytes per call, is interrupted before each of them, and fails as told.
struct Sink {
    disk: Disk,
    fault: Fault,
    most: usize,
    interrupt: bool,
    written: u64,
}

impl Sink {
    fn new(disk: &Disk, fault: Fault, most: usize) -> Sink {
        Sink { disk: disk.clone(), fault, most, interrupt: false, written: 0 }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(ErrorKind::Interrupted.into());
        }
        let mut disk = self.disk.0.borrow_mut();
        let (room, kind) = match &self.fault {
            Fault::AfterBytes(limit) => (limit - self.written, ErrorKind::BrokenPipe),
            Fault::Full(limit) => (limit.saturating_sub(disk.position()), ErrorKind::StorageFull),
            Fault::FullUntil(limit) => (limit.get().saturating_sub(disk.position()), ErrorKind::StorageFull),
        };
        let count = bytes.len().min(self.most).min(usize::try_from(room).unwrap_or(usize::MAX));
        if count == 0 {
            return Err(kind.into());
        }
        self.written += count as u64;
        disk.write(&bytes[..count])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.interrupt = !self.interrupt;
        if self.interrupt { Err(ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

impl Seek for Sink {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.disk.0.borrow_mut().seek(to)
    }
}

fn ramp(frames: usize, channels: usize) -> Array2<i16> {
    Array2::from_shape_fn((frames, channels), |(frame, channel)| i16::try_from(frame * 8 + channel + 1).unwrap() * 256)
}

fn read(bytes: &[u8]) -> (Array2<i16>, Vec<Anomaly>) {
    let mut reader = ReadOptions::new().seekable(Cursor::new(bytes)).unwrap();
    let samples = reader.read_all::<i16>().unwrap();
    (samples, reader.anomalies().to_vec())
}

/// Writes 5 blocks of 3 frames with a checkpoint after the 2nd and the 4th, and chunks at both ends.
struct Script {
    options: WriteOptions,
    audio: Array2<i16>,
}

impl Script {
    fn new(container: Container, encoding: Encoding, channels: usize) -> Script {
        let options = WriteOptions::new(&Spec::new(8_000, channels, encoding)).container(container);
        Script { options, audio: ramp(15, channels) }
    }

    /// Runs until the first error, and says how many frames were safe when the last thing succeeded, with the error.
    fn run<W: Write + Seek>(&self, sink: W, mut at_error: impl FnMut(&mut WavWriter<W>)) -> (u64, Result<(), Error>) {
        let mut safe = 0;
        let mut writer = match self.options.writer(sink) {
            Ok(writer) => writer,
            Err(error) => return (0, Err(error)),
        };
        let mut steps = || -> Result<(), Error> {
            writer.add_chunk(*b"LIST", b"INFO")?;
            for block in 0..5_usize {
                writer.write(&self.audio.slice(s![3 * block..3 * block + 3, ..]))?;
                if block % 2 == 1 {
                    writer.checkpoint()?;
                    safe = 3 * block as u64 + 3;
                    assert_eq!(writer.frames_safe(), safe);
                }
            }
            writer.add_trailing_chunk(*b"guan", b"note!")
        };
        if let Err(error) = steps() {
            if let &ndaudio::ErrorKind::Write { frames_safe, frames_written, .. } = error.kind() {
                // More than the checkpoint before, if only its padding found no room.
                assert!(frames_safe >= safe && frames_safe <= frames_written, "{error:?}");
                assert_eq!(frames_written, writer.frames_written());
            }
            at_error(&mut writer);
            return (safe, writer.finalize().map(|_| ()).and(Err(error)));
        }
        match writer.finalize() {
            Ok(_) => (15, Ok(())),
            Err(error) => {
                let &ndaudio::ErrorKind::Write { frames_safe, frames_written, .. } = error.kind() else {
                    panic!("{error:?}")
                };
                assert!(
                    (safe..=15).contains(&frames_safe) && (frames_safe..=15).contains(&frames_written),
                    "{error:?}"
                );
                (frames_safe, Err(error))
            }
        }
    }
}

fn scripts() -> impl Iterator<Item = Script> {
    CONTAINERS.into_iter().flat_map(|container| {
        // Odd frames and even ones, native and converted. With 20 bytes the last size passes 256: a size of which only the lower byte
        // is new would be far too small.
        [
            (Encoding::I32, 5),
            (Encoding::U8, 1),
            (Encoding::I16, 2),
            (Encoding::I24, 1),
            (Encoding::ALaw, 3),
            (Encoding::F64, 1),
        ]
        .map(|(encoding, channels)| Script::new(container, encoding, channels))
    })
}

#[test]
fn a_sink_that_dies_at_any_byte_leaves_what_was_checkpointed() {
    for script in scripts() {
        let intact = Disk::default();
        let mut total = 0;
        let mut sink = Sink::new(&intact, Fault::AfterBytes(u64::MAX), usize::MAX);
        let counted = script.run(&mut sink, |_| ());
        counted.1.unwrap();
        total += sink.written;
        let (expected, anomalies) = read(&intact.bytes());
        assert_eq!(anomalies, []);
        assert_eq!(expected.nrows(), 15);
        for limit in 0..total {
            // Each limit with one of three ways to accept bytes: all of them with some limit in every part of the file.
            {
                let most = [1, 7, usize::MAX][usize::try_from(limit % 3).unwrap()];
                let disk = Disk::default();
                let (safe, result) = script.run(Sink::new(&disk, Fault::AfterBytes(limit), most), |_| ());
                assert!(result.is_err(), "{limit} of {total}");
                let bytes = disk.bytes();
                if safe > 0 {
                    let (samples, _) = read(&bytes);
                    let safe = usize::try_from(safe).unwrap();
                    assert!(samples.nrows() >= safe, "byte {limit}: {} of {safe} frames", samples.nrows());
                    assert_eq!(samples.slice(s![..safe, ..]), expected.slice(s![..safe, ..]), "byte {limit}");
                }
            }
        }
    }
}

#[test]
fn a_disk_that_is_full_at_any_byte_keeps_every_frame_that_arrived() {
    for script in scripts() {
        let intact = Disk::default();
        script.run(Sink::new(&intact, Fault::Full(u64::MAX), usize::MAX), |_| ()).1.unwrap();
        let whole = intact.bytes();
        let (expected, _) = read(&whole);
        let data = {
            let reader = ReadOptions::new().seekable(Cursor::new(&whole)).unwrap();
            reader.chunks().iter().find(|chunk| chunk.id == *b"data").unwrap().content_offset
        };
        for limit in data..whole.len() as u64 {
            let disk = Disk::default();
            let mut arrived = None;
            let (_, result) =
                script.run(Sink::new(&disk, Fault::Full(limit), 5), |writer| arrived = Some(writer.frames_written()));
            assert!(
                matches!(result.as_ref().map_err(Error::kind), Err(ndaudio::ErrorKind::Write { .. })),
                "{result:?}"
            );
            let frame_bytes = script.options_frame_bytes();
            let fit = ((limit - data) / frame_bytes).min(15);
            let frames = arrived.unwrap_or(fit);
            // The script stops at the first error, which may be a checkpoint's padding of up to 7 bytes.
            assert!(
                frames == fit || [6, 12].contains(&frames) && (fit - frames) * frame_bytes < 8,
                "{frames} of {fit}"
            );
            let (samples, anomalies) = read(&disk.bytes());
            assert_eq!(samples.nrows() as u64, frames, "{limit} of {}, {anomalies:?}", whole.len());
            assert_eq!(samples, expected.slice(s![..samples.nrows(), ..]));
            // No more than bytes of a frame or a chunk that did not find room, or padding that did not.
            for anomaly in &anomalies {
                let harmless = matches!(
                    anomaly,
                    Anomaly::TrailingBytes { .. }
                        | Anomaly::MissingFinalPad { .. }
                        | Anomaly::ChunkPastEnd { chunk: [b'g', ..], .. }
                        // The whole chunk but for its padding.
                        | Anomaly::RiffSize { .. }
                );
                // A few bytes of the first frame: no audio, and this sink cannot cut them off.
                let empty =
                    frames == 0 && matches!(anomaly, Anomaly::DataSizeZero { .. } | Anomaly::PartialFrame { .. });
                assert!(harmless || empty, "{limit}: {anomaly}");
            }
        }
    }
}

#[test]
fn room_made_after_an_error_lets_the_writer_go_on() {
    for script in scripts() {
        let (disk, intact) = (Disk::default(), Disk::default());
        script.run(Sink::new(&intact, Fault::Full(u64::MAX), usize::MAX), |_| ()).1.unwrap();
        let (expected, _) = read(&intact.bytes());
        let room = Rc::new(Cell::new(300));
        let mut writer = script.options.writer(Sink::new(&disk, Fault::FullUntil(room.clone()), 3)).unwrap();
        writer.add_trailing_chunk(*b"guan", b"note!").unwrap();
        let (mut next, mut errors) = (0, 0);
        while next < 15 {
            let block = script.audio.slice(s![next..(next + 4).min(15), ..]);
            match writer.write(&block).and_then(|()| writer.checkpoint()) {
                Ok(()) => assert_eq!(writer.frames_safe(), writer.frames_written()),
                Err(error) => {
                    let ndaudio::ErrorKind::Write { frames_written, .. } = error.kind() else { panic!("{error:?}") };
                    assert_eq!(*frames_written, writer.frames_written());
                    errors += 1;
                    room.set(room.get() + 5);
                }
            }
            next = usize::try_from(writer.frames_written()).unwrap();
        }
        room.set(10_000);
        writer.finalize().unwrap();
        let (samples, anomalies) = read(&disk.bytes());
        assert_eq!((samples, anomalies), (expected, vec![]));
        let long = script.options_frame_bytes() * 15 > 150;
        assert!(errors > 0 || !long);
    }
}

impl Script {
    fn options_frame_bytes(&self) -> u64 {
        let writer = self.options.writer(Cursor::new(Vec::new())).unwrap();
        writer.spec().frame_bytes() as u64
    }
}

#[test]
fn a_stream_that_closes_inside_a_frame_takes_no_more() {
    struct Pipe(usize);
    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(self.0);
            self.0 -= count;
            if count == 0 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(count) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let spec = Spec::new(8_000, 2, Encoding::I16);
    let header = 12 + 36 + 24 + 8;
    for room in 0..header + 20 {
        let mut writer = WavWriter::stream(Pipe(room), &spec).unwrap();
        writer.write(&ramp(4, 2)).unwrap();
        let result = writer.checkpoint();
        assert_eq!(result.is_ok(), room >= header + 16);
        let frames_written = match result {
            Ok(()) => continue,
            Err(error) => match error.kind() {
                ndaudio::ErrorKind::Write { frames_safe: 0, frames_written, .. } => *frames_written,
                _ => panic!("{error:?}"),
            },
        };
        assert_eq!(frames_written, room.saturating_sub(header) as u64 / 4, "{room}");
        if room % 4 != 0 {
            assert!(writer.write(&ramp(1, 2)).is_err());
        }
        assert_eq!(writer.finalize().is_err(), room < header || room % 4 != 0, "{room}");
    }
}

#[test]
fn a_seek_that_fails_after_the_padding_counts_no_frame() {
    /// Cannot seek while it is told so.
    struct Stuck(Disk, Rc<Cell<bool>>);
    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Seek for Stuck {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            if self.1.get() { Err(ErrorKind::TimedOut.into()) } else { self.0.0.borrow_mut().seek(to) }
        }
    }
    let (disk, stuck) = (Disk::default(), Rc::new(Cell::new(false)));
    let spec = Spec::new(8_000, 1, Encoding::U8);
    let mut writer = WavWriter::new(Stuck(disk.clone(), stuck.clone()), &spec).unwrap();
    writer.write_interleaved(&[256_i16; 3]).unwrap();
    writer.checkpoint().unwrap();
    stuck.set(true);
    writer.write_interleaved(&[512_i16; 2]).unwrap();
    let error = writer.checkpoint().unwrap_err();
    let ndaudio::ErrorKind::Write { frames_safe: 3, frames_written: 3, .. } = error.kind() else { panic!("{error:?}") };
    stuck.set(false);
    writer.write_interleaved(&[512_i16; 2]).unwrap();
    writer.finalize().unwrap();
    let (samples, anomalies) = read(&disk.bytes());
    assert_eq!(samples.into_raw_vec_and_offset().0, [256, 256, 256, 512, 512]);
    assert_eq!(anomalies, []);
}

#[test]
fn dropping_finalizes_even_after_an_error() {
    let disk = Disk::default();
    let spec = Spec::new(8_000, 1, Encoding::I16);
    let mut writer = WavWriter::new(Sink::new(&disk, Fault::Full(100), 7), &spec).unwrap();
    writer.write(&ramp(12, 1)).unwrap();
    assert!(writer.checkpoint().is_err());
    drop(writer);
    let (samples, anomalies) = read(&disk.bytes());
    assert_eq!(samples, ramp(10, 1), "(100 − 80) / 2 frames");
    assert_eq!(anomalies, []);
}

/// A real file, with `ulimit -f` for the disk that is full: what is not a whole frame is cut off, and what did not find room after
/// the audio leaves nothing.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_ends_with_its_last_whole_frame() {
    const LIMIT: u64 = 512 * 300;
    const NAME: &str = "sinks_that_fail::a_file_that_may_not_grow_ends_with_its_last_whole_frame";
    let spec = Spec::new(48_000, 2, Encoding::I24);
    if let Some(path) = std::env::var_os("NDAUDIO_FULL_PATH") {
        let mut writer = WavWriter::create(&path, &spec).unwrap();
        writer.add_trailing_chunk(*b"guan", &[b'x'; 100]).unwrap();
        let error = writer.write(&Array2::<i16>::ones((50_000, 2))).unwrap_err();
        let ndaudio::ErrorKind::Write { frames_safe: 0, frames_written, source } = error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!((*frames_written, source.kind()), ((LIMIT - 104) / 6, ErrorKind::FileTooLarge));
        let after = writer.finalize().unwrap_err();
        let ndaudio::ErrorKind::Write { frames_safe, .. } = after.kind() else { panic!("{after:?}") };
        assert_eq!(frames_safe, frames_written);
        return;
    }
    let path = std::env::temp_dir().join(format!("ndaudio-full-{}.wav", std::process::id()));
    let status = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" --exact --nocapture \"$1\""])
        .args([std::env::current_exe().unwrap().as_os_str(), NAME.as_ref()])
        .env("NDAUDIO_FULL_PATH", &path)
        .status();
    assert!(status.unwrap().success());
    let reader = ReadOptions::new().strict().open(&path).unwrap();
    assert_eq!(reader.frames(), Some((LIMIT - 104) / 6));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 104 + (LIMIT - 104) / 6 * 6);
    std::fs::remove_file(&path).unwrap();
}

/// A header that found no room is written again: that of a file in any case, that of a stream unless some of it is gone.
#[test]
fn what_failed_at_the_header_begins_again_there() {
    let script = Script::new(Container::Riff, Encoding::I16, 2);
    let (disk, room) = (Disk::default(), Rc::new(Cell::new(1_000)));
    let mut writer = script.options.writer(Sink::new(&disk, Fault::FullUntil(room.clone()), 3)).unwrap();
    for limit in [0, 20] {
        room.set(limit);
        writer.add_chunk(*b"LIST", b"INFO").unwrap_err();
        writer.write(&script.audio).and_then(|()| writer.checkpoint()).unwrap_err();
        assert_eq!(writer.frames_written(), 0);
    }
    room.set(u64::MAX);
    writer.write(&script.audio).unwrap();
    writer.finalize().unwrap();
    assert_eq!(read(&disk.bytes()), (script.audio.clone(), vec![]));

    for (limit, goes_on) in [(0, true), (20, false)] {
        let (disk, room) = (Disk::default(), Rc::new(Cell::new(limit)));
        let mut writer = script.options.stream(Sink::new(&disk, Fault::FullUntil(room.clone()), 3)).unwrap();
        writer.write(&script.audio).and_then(|()| writer.checkpoint()).unwrap_err();
        room.set(u64::MAX);
        assert_eq!(writer.write(&script.audio).is_ok(), goes_on);
        if goes_on {
            writer.finalize().unwrap();
            assert_eq!(read(&disk.bytes()).0, script.audio);
        }
    }
}
