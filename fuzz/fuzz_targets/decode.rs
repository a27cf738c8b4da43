//! Any bytes, leniently and strictly, through every door: no panic, no hang, bounded memory, errors and anomalies that point into
//! the file, and strict reading that refuses exactly what has anomalies.
#![no_main]

use std::fmt::Write;
use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use ndaudio::metadata::Metadata;
use ndaudio::ndarray::s;
use ndaudio::{Anomaly, Encoding, Error, FormatError, Result, Spec, WavReader, WavView, WavWriter};
use ndaudio_fuzz::{Trickle, assert_same};

fuzz_target!(|bytes: &[u8]| {
    let seekable = through(WavReader::seekable(Cursor::new(bytes)), bytes);
    let pipe = through(WavReader::new(Trickle::new(bytes, 7)), bytes);
    let strict = through(WavReader::strict(bytes), bytes);
    match (&pipe, &strict) {
        (Some(pipe), Some(strict)) => assert!(pipe.is_empty() && strict.is_empty(), "strictly read with {pipe:?}"),
        (Some(pipe), None) => assert!(!pipe.is_empty(), "strictly refused without an anomaly"),
        (None, Some(_)) => panic!("read strictly only"),
        (None, None) => {}
    }
    let view = WavView::parse(bytes);
    assert_eq!(view.as_ref().ok().map(|view| view.anomalies()), seekable.as_deref(), "view and file");
    let Ok(view) = view else { return };
    check_anomalies(view.anomalies(), bytes);
    let frame_bytes = view.spec().frame_bytes();
    assert!(view.data().len() as u64 >= view.frames() * frame_bytes as u64, "less audio than frames");
    for chunk in view.chunks() {
        assert!(chunk.offset < bytes.len() as u64, "a chunk behind the end");
        let content = view.chunk(chunk.id).expect("a listed chunk is found");
        assert!(content.len() <= bytes.len());
    }
    same_metadata(&view, bytes);
    carried(bytes);
    appended(bytes, &view);
    // What they are is another target's matter.
    let _ = (view.samples::<i16>(), view.samples::<i32>(), view.samples::<f32>(), view.samples::<f64>());
});

/// Reads all that a reader can give; its anomalies if nothing was refused.
fn through<R: Read>(reader: Result<WavReader<R>>, bytes: &[u8]) -> Option<Vec<Anomaly>> {
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => return refused(&error, bytes),
    };
    let _ = (reader.duration(), format!("{} {}", reader.container(), reader.spec()));
    let ids: Vec<[u8; 4]> = reader.chunks().iter().map(|chunk| chunk.id).collect();
    for id in ids {
        if let Ok(Some(content)) = reader.chunk(id) {
            assert!(content.len() <= bytes.len(), "more than the file has");
        }
    }
    let frames = match reader.read_all::<f32>() {
        Ok(samples) => samples.nrows() as u64,
        Err(error) => return refused(&error, bytes),
    };
    assert_eq!(reader.position(), frames, "position at the end");
    assert!(reader.frames().is_none_or(|known| known == frames), "{frames} frames, {:?} known", reader.frames());
    assert!(frames <= bytes.len() as u64 / reader.spec().frame_bytes() as u64, "more audio than bytes");
    check_anomalies(reader.anomalies(), bytes);
    Some(reader.anomalies().to_vec())
}

fn refused(error: &Error, bytes: &[u8]) -> Option<Vec<Anomaly>> {
    let (&ndaudio::ErrorKind::Format { offset, .. } | &ndaudio::ErrorKind::Unsupported { offset: Some(offset), .. }) = error.kind() else {
        panic!("not an error of the file: {error:?}");
    };
    // A pipe cannot know that the header's last frame, or the end it gives for the whole, is behind the input's end.
    let of_header = matches!(error.kind(), ndaudio::ErrorKind::Format { what: FormatError::Anomaly(Anomaly::PartialFrame { .. }), .. });
    assert!(of_header || offset <= bytes.len() as u64, "an error behind the end: {error}");
    assert!(error.to_string().contains("at byte"));
    None
}

fn check_anomalies(anomalies: &[Anomaly], bytes: &[u8]) {
    let mut text = String::new();
    for (index, anomaly) in anomalies.iter().enumerate() {
        assert!(anomaly.offset() <= bytes.len() as u64, "behind the end: {anomaly}");
        assert!(!anomalies[..index].contains(anomaly), "said twice: {anomaly}");
        write!(text, "{anomaly}").expect("a string grows");
    }
}

/// Metadata is the same through a view, and what is built from it is read as what it was built from.
fn same_metadata(view: &WavView<'_>, bytes: &[u8]) {
    let metadata = view.metadata();
    let read = WavReader::seekable(Cursor::new(bytes)).and_then(|mut reader| reader.metadata());
    assert_eq!(read.as_ref().ok(), Some(&metadata), "metadata of view and file");
    let again = |metadata: &Metadata| {
        let chunks = metadata.to_chunks().ok()?;
        Some(Metadata::from_chunks(chunks.iter().map(|(id, content)| (*id, content.as_slice()))))
    };
    if let Some(once) = again(&metadata) {
        // What cannot be built is gone by then.
        assert_eq!(again(&once).as_ref(), Some(&once), "metadata built twice");
    }
}

/// A file with another's metadata is in order.
fn carried(bytes: &[u8]) {
    let Ok(mut reader) = WavReader::seekable(Cursor::new(bytes)) else { return };
    // At 0 Hz there would be an anomaly.
    let spec = Spec::new(8000, 1, Encoding::I16);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).expect("memory takes everything");
    if writer.copy_metadata(&mut reader).is_err() {
        return;
    }
    writer.write_interleaved(&[1_i16, 2, 3]).expect("memory takes everything");
    let file = writer.finalize().expect("memory takes everything").into_inner();
    let mut written = WavReader::strict(&file[..]).expect("what was written is in order");
    assert_eq!(written.read_all::<i16>().expect("in order").into_raw_vec_and_offset().0, [1, 2, 3]);
    let written = WavView::parse(&file).expect("what was written is in order");
    assert_eq!(written.anomalies(), [], "what was written is in order");
}

/// A file that is gone on with has what it had, and one frame more.
fn appended(bytes: &[u8], view: &WavView<'_>) {
    let before = WavReader::seekable(Cursor::new(bytes)).and_then(|mut reader| reader.read_all::<f64>());
    let Ok(before) = before else { return };
    let Ok(mut writer) = WavWriter::append_to(Cursor::new(bytes.to_vec())) else { return };
    let channels = view.spec().channels();
    writer.write_interleaved(&vec![0_i16; channels]).expect("memory takes everything");
    let file = writer.finalize().expect("memory takes everything").into_inner();
    let mut reader = WavReader::seekable(Cursor::new(&file[..])).expect("it was readable before");
    let after = reader.read_all::<f64>().expect("it was readable before");
    assert_eq!(after.dim(), (before.nrows() + 1, channels), "one frame more");
    assert_same(&after.slice(s![..before.nrows(), ..]), &before, "what was there");
    for anomaly in reader.anomalies() {
        assert!(view.anomalies().contains(anomaly), "{anomaly} after appending");
    }
}
