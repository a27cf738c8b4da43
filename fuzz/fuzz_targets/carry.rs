//! A file with another's metadata is in order, in every container and as a stream, and a copy of its audio has every stored bit.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use ndaudio::{Container, ErrorKind, ReadOptions, Severity, WavReader, WavView, WriteOptions};

fuzz_target!(|bytes: &[u8]| {
    let open = || ReadOptions::new().seekable(Cursor::new(bytes));
    let Ok(reader) = open() else { return };
    // At 0 Hz there would be an anomaly in everything.
    let spec = reader.spec().with_sample_rate(8000);
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        let mut reader = open().expect("opened before");
        let options = WriteOptions::new(&spec).container(container);
        let mut writer = match options.writer(Cursor::new(Vec::new())) {
            Ok(writer) => writer,
            Err(error) => return assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}"),
        };
        writer.copy_metadata(&mut reader).expect("a small file");
        let frames = writer.copy_frames(&mut reader, u64::MAX).expect("a small file");
        assert_eq!(Some(frames), reader.frames(), "frames copied");
        let file = writer.finalize().expect("memory takes everything").into_inner();
        let view = WavView::parse(&file).expect("what was written is in order");
        let known = reader.anomalies();
        for anomaly in view.anomalies() {
            // The bits of the audio are what they were.
            let of_audio =
                matches!(anomaly, ndaudio::Anomaly::UnusedBits { .. } | ndaudio::Anomaly::Justification { .. });
            assert!(of_audio || anomaly.severity() == Severity::Note, "{container}: {anomaly}, before {known:?}");
        }
        assert_eq!(view.frames(), frames);
        if let (Ok(original), false) = (WavView::parse(bytes), reader.container() == Container::Rifx) {
            assert!(original.data() == view.data(), "{container}: every stored bit");
        }
    }
    let mut reader = open().expect("opened before");
    let mut writer = WriteOptions::new(&spec).stream(Vec::new()).expect("written above");
    writer.copy_metadata(&mut reader).expect("a small file");
    let frames = writer.copy_frames(&mut reader, u64::MAX).expect("a small file");
    let stream = writer.finalize().expect("memory takes everything");
    let read = WavReader::new(&stream[..]).and_then(|mut reader| reader.read_all::<f64>()).expect("in order");
    assert_eq!(read.nrows() as u64, frames, "frames of the stream");
});
