//! Any bytes, leniently and strictly, through every door: no panic, no hang, bounded memory, errors and anomalies that point into
//! the file, and strict reading that refuses exactly what has defects.
#![no_main]

use std::fmt::Write;
use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use ndaudio::metadata::Metadata;
use ndaudio::{Anomaly, Error, FormatError, ReadOptions, Result, Severity, WavReader, WavView};
use ndaudio_fuzz::Trickle;

fuzz_target!(|bytes: &[u8]| {
    let seekable = through(ReadOptions::new().seekable(Cursor::new(bytes)), bytes);
    let pipe = through(WavReader::new(Trickle::new(bytes, 7)), bytes);
    let strict = through(ReadOptions::new().strict().read(bytes), bytes);
    match (&pipe, &strict) {
        (Some(pipe), Some(strict)) => assert!(!defective(pipe) && !defective(strict), "strictly read with {pipe:?}"),
        (Some(pipe), None) => assert!(defective(pipe), "strictly refused without a defect"),
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
    // What they are is another target's matter.
    let _ = (view.samples::<i16>(), view.samples::<i32>(), view.samples::<f32>(), view.samples::<f64>());
});

fn defective(anomalies: &[Anomaly]) -> bool {
    anomalies.iter().any(|anomaly| anomaly.severity() == Severity::Defect)
}

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
    let (&ndaudio::ErrorKind::Format { offset, .. } | &ndaudio::ErrorKind::Unsupported { offset: Some(offset), .. }) =
        error.kind()
    else {
        panic!("not an error of the file: {error:?}");
    };
    // A pipe cannot know that the header's last frame, or the end it gives for the whole, is behind the input's end.
    let of_header = matches!(
        error.kind(),
        ndaudio::ErrorKind::Format { what: FormatError::Anomaly(Anomaly::PartialFrame { .. }), .. }
    );
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
    let read = ReadOptions::new().seekable(Cursor::new(bytes)).and_then(|mut reader| reader.metadata());
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
