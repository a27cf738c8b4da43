//! Tests of the writer on a disk that records every operation: what a killed process or a power cut leaves, at any moment.

use std::cell::RefCell;
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::rc::Rc;

use super::riff::output::Output;
use super::{Container, ReadOptions, WavReader, WavWriter, WriteOptions};
use crate::error::{Anomaly, Severity};
use crate::spec::{Encoding, Spec};

const CONTAINERS: [Container; 4] = [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64];
/// One frame of one byte, where padding can be taken for a frame; odd frames; even ones.
const FORMATS: [(Encoding, usize); 3] = [(Encoding::U8, 1), (Encoding::I24, 1), (Encoding::I16, 2)];

#[derive(Debug, Clone, PartialEq)]
enum Operation {
    Write { at: u64, bytes: Vec<u8> },
    Truncate(u64),
    Sync,
}

/// A disk that remembers what was done to it.
#[derive(Clone, Default)]
struct Recorder {
    operations: Rc<RefCell<Vec<Operation>>>,
    position: u64,
}

impl Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.operations.borrow_mut().push(Operation::Write { at: self.position, bytes: bytes.to_vec() });
        self.position += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Recorder {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(by) => self.position.checked_add_signed(by).expect("in the file"),
            SeekFrom::End(_) => unreachable!("a writer never asks for the end"),
        };
        Ok(self.position)
    }
}

impl Recorder {
    fn output(&self) -> Output<Recorder> {
        let output = Output::seekable(self.clone()).expect("it can seek");
        output.on_disk(
            |disk| {
                disk.operations.borrow_mut().push(Operation::Sync);
                Ok(())
            },
            |disk, len| {
                disk.operations.borrow_mut().push(Operation::Truncate(len));
                Ok(())
            },
        )
    }

    fn count(&self) -> usize {
        self.operations.borrow().len()
    }
}

/// The file that operations leave.
fn apply<'a>(before: &[u8], operations: impl IntoIterator<Item = &'a Operation>) -> Vec<u8> {
    let mut file = before.to_vec();
    let to = |at: u64| usize::try_from(at).expect("a small file");
    for operation in operations {
        match operation {
            Operation::Write { at, bytes } => {
                let end = to(*at) + bytes.len();
                file.resize(file.len().max(end), 0);
                file[to(*at)..end].copy_from_slice(bytes);
            }
            Operation::Truncate(len) => file.resize(to(*len), 0),
            Operation::Sync => {}
        }
    }
    file
}

fn audio(frames: usize, channels: usize) -> Vec<i16> {
    (0..frames * channels).map(|sample| i16::try_from(sample % 120 + 1).expect("small") << 8).collect()
}

/// Writes, makes checkpoints, adds chunks before and after the audio, and finishes; with what was safe after how many operations.
fn write(mut writer: WavWriter<Recorder>, disk: &Recorder, trailing: bool) -> Vec<(usize, u64)> {
    let channels = writer.spec().channels();
    let first = usize::try_from(writer.frames_written()).expect("few");
    let samples = audio(first + 23, channels);
    let mut safe = vec![(0, writer.frames_safe())];
    let mut next = first;
    for (step, frames) in [3, 4, 1, 0, 9, 6].into_iter().enumerate() {
        writer.write_interleaved(&samples[next * channels..(next + frames) * channels]).expect("it never fails");
        next += frames;
        if trailing && step == 1 {
            writer.add_trailing_chunk(*b"odd?", b"an unknown chunk of odd length.").expect("it never fails");
        }
        if step != 2 {
            writer.checkpoint().expect("it never fails");
            safe.push((disk.count(), writer.frames_safe()));
        }
    }
    writer.finalize().expect("it never fails");
    safe.push((disk.count(), next as u64));
    safe
}

/// Frames that can be read, if all of them are right, and the worst that was wrong.
fn check(file: &[u8], encoding: Encoding, channels: usize, context: &str) -> (u64, Vec<Anomaly>) {
    let mut reader =
        ReadOptions::new().seekable(Cursor::new(file)).unwrap_or_else(|error| panic!("{context}: {error}"));
    let found: Vec<i16> = crate::stream::Source::read_all(&mut reader).expect("it never fails").into_iter().collect();
    let expected: Vec<i16> = audio(found.len() / channels, channels);
    assert_eq!(found, expected, "{context}, {encoding}");
    (reader.frames().expect("seen to the end"), reader.anomalies().to_vec())
}

/// A name, what the audio is, a finished file, what is done to it, and the frames that are safe after each step.
type Script = (String, Spec, Vec<u8>, Recorder, Vec<(usize, u64)>);

fn scripts() -> Vec<Script> {
    let mut scripts = Vec::new();
    for container in CONTAINERS {
        for (encoding, channels) in FORMATS {
            for trailing in [false, true] {
                let spec = Spec::new(8_000, channels, encoding);
                let options = WriteOptions::new(&spec).container(container).sync(true);
                let name =
                    format!("{container}, {encoding}, {}", if trailing { "a chunk at the end" } else { "no chunk" });
                let disk = Recorder::default();
                let safe = write(WavWriter::start(disk.output(), &options, None).expect("in order"), &disk, trailing);
                scripts.push((name.clone(), spec.clone(), Vec::new(), disk, safe));

                // The same, appended to what a file has already.
                let mut before = options.writer(Cursor::new(Vec::new())).expect("in order");
                // Which says what the samples are, and so does not stay.
                before.add_chunk(*b"PEAK", &[b'x'; 16]).expect("in order");
                before.write_interleaved(&audio(5, channels)).expect("in order");
                if trailing {
                    before.add_trailing_chunk(*b"MD5 ", &[b'x'; 16]).expect("in order");
                    before.add_trailing_chunk(*b"iXML", &[b'x'; 301]).expect("in order");
                }
                let before = before.finalize().expect("in order").into_inner();
                let disk = Recorder::default();
                let mut file = Cursor::new(before.clone());
                let writer = super::append::resume_on(&mut file, disk.output(), &options).expect("in order");
                let safe = write(writer, &disk, trailing);
                scripts.push((format!("{name}, appended"), spec, before, disk, safe));
            }
        }
    }
    scripts
}

fn safe_after(safe: &[(usize, u64)], operations: usize) -> u64 {
    safe.iter().rev().find(|(after, _)| *after <= operations).map_or(0, |(_, frames)| *frames)
}

#[test]
fn killed_after_any_operation_the_file_has_every_safe_frame_and_no_wrong_one() {
    for (name, spec, before, disk, safe) in scripts() {
        let operations = disk.operations.borrow();
        for count in 1..=operations.len() {
            let context = format!("{name}: {count} of {} operations", operations.len());
            let file = apply(&before, &operations[..count]);
            let (frames, anomalies) = check(&file, spec.encoding(), spec.channels(), &context);
            let safe = safe_after(&safe, count);
            assert!(frames >= safe, "{context}: {frames} of {safe} frames, {anomalies:?}");
        }
    }
}

#[test]
fn at_every_checkpoint_the_file_is_whole_with_all_its_chunks() {
    for (name, spec, before, disk, safe) in scripts() {
        let operations = disk.operations.borrow();
        for &(count, frames) in &safe[1..] {
            let context = format!("{name}: {count} of {} operations", operations.len());
            let file = apply(&before, &operations[..count]);
            let (found, anomalies) = check(&file, spec.encoding(), spec.channels(), &context);
            assert_eq!((found, anomalies), (frames, vec![]), "{context}");
            let mut reader = ReadOptions::new().seekable(Cursor::new(&file)).expect("in order");
            if name.contains("a chunk at the end") && name.contains("appended") {
                assert_eq!(reader.chunk(*b"iXML").expect("in order"), Some(vec![b'x'; 301]), "{context}");
            }
            assert_eq!(reader.chunk(*b"PEAK").expect("in order"), None, "{context}");
            assert_eq!(reader.chunk(*b"MD5 ").expect("in order"), None, "{context}");
            // A pipe sees the same audio.
            let mut pipe = WavReader::new(&file[..]).expect("in order");
            let piped = crate::stream::Source::read_all::<i16>(&mut pipe).expect("in order");
            assert!(piped.nrows() as u64 >= frames, "{context}");
        }
    }
}

#[test]
fn a_power_cut_that_loses_what_was_not_brought_to_the_disk_leaves_every_safe_frame() {
    for (name, spec, before, disk, safe) in scripts() {
        let operations = disk.operations.borrow();
        for count in 1..=operations.len() {
            let synced = operations[..count].iter().rposition(|operation| *operation == Operation::Sync).unwrap_or(0);
            let safe = safe_after(&safe, synced + 1);
            // Of the rest a disk may have any part. All of it is the test above; here nothing, or one operation alone.
            for alone in synced..count {
                let context = format!("{name}: operations up to {synced}, and {alone}");
                let kept = operations[..synced].iter().chain(&operations[alone..=alone]);
                let file = apply(&before, kept);
                if safe == 0 {
                    continue;
                }
                let mut reader =
                    ReadOptions::new().seekable(Cursor::new(&file)).unwrap_or_else(|e| panic!("{context}: {e}"));
                let channels = spec.channels();
                let mut found = vec![0_i16; usize::try_from(safe).expect("few") * channels];
                let read = crate::stream::Source::read_interleaved(&mut reader, &mut found).expect("it never fails");
                assert_eq!(read as u64, safe, "{context}");
                assert_eq!(found, audio(read, channels), "{context}");
            }
        }
    }
}

#[test]
fn the_audio_is_on_the_disk_before_the_header_that_counts_it() {
    for (name, _, before, disk, safe) in scripts() {
        let operations = disk.operations.borrow();
        let begin = before.len() as u64;
        for &(count, _) in &safe[1..] {
            assert_eq!(operations[count - 1], Operation::Sync, "{name}: a checkpoint waits for the disk");
        }
        let mut unsynced_audio = false;
        for operation in operations.iter() {
            match operation {
                Operation::Sync => unsynced_audio = false,
                // Headers here are shorter than 400 bytes and begin at 0.
                Operation::Write { at: 0, .. } if begin > 0 || unsynced_audio => {
                    assert!(!unsynced_audio, "{name}: a header before its audio is on the disk");
                }
                Operation::Write { bytes, .. } => unsynced_audio |= bytes.iter().any(|byte| *byte != 0),
                Operation::Truncate(_) => {}
            }
        }
    }
}

#[test]
fn notes_are_all_that_a_kill_between_header_and_padding_leaves() {
    let spec = Spec::new(8_000, 1, Encoding::U8);
    let disk = Recorder::default();
    let mut writer = WavWriter::start(disk.output(), &WriteOptions::new(&spec), None).expect("in order");
    writer.write_interleaved(&audio(3, 1)).expect("it never fails");
    writer.checkpoint().expect("it never fails");
    std::mem::forget(writer);
    let operations = disk.operations.borrow();
    let Some(Operation::Write { bytes, .. }) = operations.last() else { panic!("the padding comes last") };
    assert_eq!(bytes, &[0]);
    let file = apply(&[], &operations[..operations.len() - 1]);
    let (frames, anomalies) = check(&file, Encoding::U8, 1, "without the padding");
    assert_eq!(frames, 3);
    assert!(anomalies.iter().all(|anomaly| anomaly.severity() == Severity::Note), "{anomalies:?}");
}
