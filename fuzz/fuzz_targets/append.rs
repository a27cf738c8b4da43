//! A file that is continued keeps its audio and its chunks, bit by bit; has what was added; and is whole at every checkpoint.
#![no_main]

use std::io::Cursor;
use std::mem::discriminant;

use libfuzzer_sys::fuzz_target;
use ndaudio::ndarray::{Array2, Axis, concatenate};
use ndaudio::{Anomaly, ReadOptions, WavReader, WavWriter};
use ndaudio_fuzz::{Choices, Shared, assert_same};

/// Ids and contents of the chunks that an appending writer leaves alone.
type Chunks = Vec<([u8; 4], Vec<u8>)>;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = ReadOptions::new().seekable(Cursor::new(bytes)) else { return };
    let mut expected = reader.read_all::<f64>().expect("an opened file is read");
    let anomalies = reader.anomalies().to_vec();
    let mut chunks = left_alone(&mut reader);
    let file = Shared::with(bytes.to_vec());
    let Ok(mut writer) = WavWriter::append_to(file.clone()) else { return };
    assert_eq!(writer.frames_written(), expected.nrows() as u64, "frames at the start");
    let mut choices = Choices::from_end_of(bytes);
    let mut changed = false;
    for _ in 0..choices.up_to(6) {
        match choices.up_to(4) {
            1 => {
                let content = vec![b'x'; choices.up_to(20)];
                writer.add_trailing_chunk(*b"note", &content).expect("memory takes everything");
                chunks.push((*b"note", content));
                changed = true;
            }
            2 => {
                writer.checkpoint().expect("memory takes everything");
                if changed {
                    check(&file.bytes(), &expected, &chunks, &anomalies, "at a checkpoint");
                }
            }
            _ => {
                // Silence is silence in every encoding.
                let frames = choices.up_to(9);
                let silence = Array2::<f64>::zeros((frames, expected.ncols()));
                writer.write(&silence).expect("memory takes everything");
                let stored = silence.mapv(|_| stored_silence(writer.spec()));
                expected = concatenate(Axis(0), &[expected.view(), stored.view()]).expect("as many channels");
                changed = true;
            }
        }
    }
    writer.finalize().expect("memory takes everything");
    if changed {
        check(&file.bytes(), &expected, &chunks, &anomalies, "finished");
    } else {
        assert_eq!(file.bytes(), bytes, "nothing was written");
    }
});

/// What zero is read as after it was written: A-law has no zero.
fn stored_silence(spec: &ndaudio::Spec) -> f64 {
    if spec.encoding() == ndaudio::Encoding::ALaw { 8.0 / 32_768.0 } else { 0.0 }
}

fn check(bytes: &[u8], expected: &Array2<f64>, chunks: &Chunks, before: &[Anomaly], when: &str) {
    let mut reader = ReadOptions::new().seekable(Cursor::new(bytes)).expect("it was readable before");
    assert_same(&reader.read_all::<f64>().expect("it was readable before"), expected, when);
    for anomaly in reader.anomalies() {
        // Of the same kind: chunks after the audio have moved.
        let is_known = before.iter().any(|known| discriminant(known) == discriminant(anomaly));
        assert!(is_known, "{when}: {anomaly}");
    }
    assert!(left_alone(&mut reader) == *chunks, "{when}: chunks");
}

fn left_alone(reader: &mut WavReader<Cursor<&[u8]>>) -> Chunks {
    // Those that count, those that describe the samples, and what becomes of them.
    let changes = |id: &[u8; 4]| {
        matches!(id, b"PEAK" | b"levl" | b"MD5 ")
            || matches!(&id.map(|byte| byte.to_ascii_lowercase()), b"data" | b"fact" | b"ds64" | b"junk" | b"pad ")
    };
    let chunks: Vec<_> = reader.chunks().iter().filter(|chunk| !changes(&chunk.id)).copied().collect();
    chunks.iter().map(|chunk| (chunk.id, reader.chunk_bytes(chunk).expect("a small file"))).collect()
}
