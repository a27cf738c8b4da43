//! A boxed source is the source that it boxes: the same blocks, windows, positions and seeks, and a boxed sink the same file.

#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "numbers that are known to be small")]

use std::io::Cursor;
use std::ops::ControlFlow;

use ndarray::{Array2, s};
use ndaudio::{ArraySource, DynSink, DynSource, Encoding, ErrorKind, Sample, Sink, Source, Spec, WavReader, WavWriter};

fn ramp(frames: usize, channels: usize) -> Array2<i16> {
    Array2::from_shape_fn((frames, channels), |(frame, channel)| (frame * 7 + channel * 1000) as i16)
}

fn file<T: Sample>(audio: &Array2<T>) -> Vec<u8> {
    let spec = Spec::new(8_000, audio.ncols(), T::TYPE.encoding());
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    writer.write(audio).unwrap();
    writer.finalize().unwrap().into_inner()
}

fn boxes(audio: &Array2<i16>) -> Vec<Box<dyn DynSource>> {
    let bytes = file(audio);
    let nested: Box<dyn DynSource> = Box::new(ArraySource::new(audio.clone(), 8_000));
    vec![
        Box::new(ArraySource::new(audio.clone(), 8_000)),
        // A boxed source is a source, so it can be boxed.
        Box::new(nested),
        Box::new(WavReader::new(Cursor::new(bytes)).unwrap()),
    ]
}

fn same_blocks<T: Sample>(audio: &Array2<i16>, len: usize) {
    let expected = ArraySource::new(audio.view(), 8_000).read_all::<T>().unwrap();
    // This lends its own buffer.
    let stored: Box<dyn DynSource> = Box::new(WavReader::new(Cursor::new(file(&expected))).unwrap());
    for mut source in boxes(audio).into_iter().chain([stored]) {
        assert_eq!(source.spec().channels(), audio.ncols());
        assert_eq!(source.frames(), Some(audio.nrows() as u64));
        let mut blocks = source.blocks::<T>(len);
        let mut next = 0;
        while let Some((position, block)) = blocks.next_with_position().unwrap() {
            assert_eq!(position, next as u64);
            assert_eq!(block, expected.slice(s![next..next + block.nrows(), ..]));
            next += block.nrows();
        }
        assert_eq!(next, audio.nrows());
        assert_eq!(source.position(), audio.nrows() as u64);
    }
}

#[test]
fn a_boxed_source_lends_the_blocks_of_its_source() {
    for len in [1, 3, 64, 1000] {
        let audio = ramp(257, 3);
        same_blocks::<i16>(&audio, len);
        same_blocks::<i32>(&audio, len);
        same_blocks::<f32>(&audio, len);
        same_blocks::<f64>(&audio, len);
    }
}

#[test]
fn a_boxed_source_lends_the_windows_of_its_source() {
    let audio = ramp(100, 2);
    let expected: Vec<_> =
        ArraySource::new(audio.view(), 8_000).windows::<f32>(16, 5).owned().collect::<Result<_, _>>().unwrap();
    for mut source in boxes(&audio) {
        let windows: Vec<_> = source.windows::<f32>(16, 5).owned().collect::<Result<_, _>>().unwrap();
        assert_eq!(windows, expected);
    }
}

#[test]
fn windows_know_the_position_of_the_next_and_of_the_last() {
    let audio = ramp(20, 1);
    let mut source = ArraySource::new(audio.view(), 8_000);
    source.skip_frames(3).unwrap();
    let mut windows = source.windows::<i16>(4, 6);
    let mut seen = Vec::new();
    loop {
        let next = windows.next_position();
        let Some((position, window)) = windows.next_with_position().unwrap() else { break };
        assert_eq!(window, audio.slice(s![position as usize..position as usize + 4, ..]));
        assert_eq!(position, next);
        seen.push(position);
        assert_eq!(windows.position(), position);
    }
    assert_eq!(seen, [3, 9, 15]);
}

#[test]
fn a_boxed_source_seeks_where_its_source_can() {
    let audio = ramp(50, 2);
    for mut source in boxes(&audio).into_iter().take(2) {
        source.seek(30).unwrap();
        assert_eq!(source.position(), 30);
        assert_eq!(source.read_all::<i16>().unwrap(), audio.slice(s![30.., ..]));
        let error = source.seek(51).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 51, frames: 50 }), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ramp.wav");
    std::fs::write(&path, file(&audio)).unwrap();
    let mut opened: Box<dyn DynSource> = Box::new(WavReader::open(&path).unwrap());
    opened.seek(49).unwrap();
    assert_eq!(opened.read_all::<i16>().unwrap(), audio.slice(s![49.., ..]));
    // What was opened as a pipe says that it cannot seek, even if the reader underneath could.
    let mut pipe: Box<dyn DynSource> = Box::new(WavReader::new(Cursor::new(file(&audio))).unwrap());
    assert!(matches!(pipe.seek(0).unwrap_err().kind(), ErrorKind::Unsupported { .. }));
}

/// A file with anomalies, and one with metadata.
#[test]
fn a_borrowed_or_boxed_source_has_all_that_its_source_has() {
    fn same<S: Source>(mut source: S, path: &str) {
        let mut reader = WavReader::open(path).unwrap();
        assert_eq!(source.anomalies(), reader.anomalies());
        assert_eq!(source.frames(), reader.frames());
        assert_eq!(format!("{:?}", source.metadata().unwrap()), format!("{:?}", reader.metadata().unwrap()));
        source.seek(3).unwrap();
        assert_eq!((source.position(), source.skip_frames(2).unwrap(), source.position()), (3, 2, 5));
    }
    for path in ["data/bytes_crashed_zero_sizes.wav", "data/libsndfile_bext_pcm16_stereo.wav"] {
        let reader = || WavReader::open(path).unwrap();
        same(&mut reader(), path);
        same(Box::new(reader()) as Box<dyn DynSource>, path);
        same(&mut (Box::new(reader()) as Box<dyn DynSource>), path);
    }
    assert!(!WavReader::open("data/bytes_crashed_zero_sizes.wav").unwrap().anomalies().is_empty());
}

/// A change of every block, a report of every block, and a stop.
#[test]
fn process_reports_how_far_it_has_come() {
    let audio = ramp(100, 2);
    let mut source = ArraySource::new(audio.view(), 8_000);
    source.seek(10).unwrap();
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), source.spec()).unwrap();
    let mut seen = Vec::new();
    let frames = ndaudio::process_with_progress::<i16, _, _>(
        &mut source,
        &mut writer,
        30,
        |_, _| Ok(()),
        |progress| {
            seen.push((progress.frames, progress.total));
            if progress.frames < 60 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    );
    assert_eq!(seen, [(30, Some(90)), (60, Some(90))]);
    assert_eq!((frames.unwrap(), writer.frames_written()), (60, 60));
}

#[test]
fn a_boxed_sink_writes_what_its_sink_writes() {
    let audio = ramp(33, 4);
    let spec = Spec::new(8_000, 2, Encoding::I16);
    let strided = audio.slice(s![..;2, ..;2]);
    let mut expected = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    expected.write(&strided).unwrap();
    let expected = expected.finalize().unwrap().into_inner();

    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    let mut sink: Box<dyn DynSink> = Box::new(&mut writer);
    sink.write_block(&strided).unwrap();
    drop(sink);
    assert_eq!(writer.finalize().unwrap().into_inner(), expected);
}

#[test]
#[should_panic(expected = "is it transposed?")]
fn a_transposed_block_panics_with_a_hint() {
    let spec = Spec::new(8_000, 2, Encoding::I16);
    let mut sink: Box<dyn DynSink> = Box::new(WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap());
    let _ = sink.write_block(&Array2::<i16>::zeros((2, 100)));
}

#[test]
#[should_panic(expected = "mono needs a spec of one channel")]
fn one_column_for_two_channels_panics_with_a_hint() {
    let spec = Spec::new(8_000, 2, Encoding::I16);
    let mut sink: Box<dyn DynSink> = Box::new(WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap());
    let _ = sink.write_block(&Array2::<i16>::zeros((100, 1)));
}

#[test]
fn an_error_of_the_closure_stops_process_and_is_returned() {
    let audio = ramp(100, 1);
    let spec = Spec::new(8_000, 1, Encoding::I16);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    let mut positions = Vec::new();
    let result = ndaudio::process::<i16, _, _>(&mut ArraySource::new(audio, 8_000), &mut writer, 30, |_, position| {
        positions.push(position);
        if position < 60 { Ok(()) } else { Err(ndaudio::Error::other("enough")) }
    });
    assert_eq!(result.unwrap_err().to_string(), "enough");
    assert_eq!(positions, [0, 30, 60]);
    assert_eq!(writer.frames_written(), 60); // the block of the error is not written
}

#[test]
fn a_borrowed_dyn_source_is_a_source_too() {
    fn frames_of(mut source: &mut dyn DynSource) -> usize {
        let mut blocks = source.blocks::<f32>(7);
        let mut frames = 0;
        while let Some(block) = blocks.next().unwrap() {
            frames += block.nrows();
        }
        frames
    }
    let audio = ramp(50, 2);
    for mut source in boxes(&audio) {
        assert_eq!(source.duration(), Some(std::time::Duration::from_micros(6250)));
        assert_eq!(frames_of(&mut *source), 50);
    }
    assert_eq!(frames_of(&mut ArraySource::new(audio.view(), 8_000)), 50);
}
