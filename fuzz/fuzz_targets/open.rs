//! Any bytes as a compressed file: it is opened or refused; what is read does not depend on how; nothing panics, hangs or grows.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use ndaudio::{MediaReader, Source};
use ndaudio_fuzz::Choices;

/// Frames that are read: more are silence that a forged header asks for.
const FRAMES_MAX: usize = 1 << 16;

fuzz_target!(init: ndaudio_fuzz::allow_caught_panics(), |bytes: &[u8]| {
    let mut choices = Choices::from_end_of(bytes);
    let Ok(mut reader) = MediaReader::new(Cursor::new(bytes.to_vec())) else { return };
    let channels = reader.spec().channels();
    let whole = read(&mut reader, 1024, FRAMES_MAX);
    if let (Some(samples), Some(frames)) = (&whole, reader.frames()) {
        assert!((samples.len() / channels) as u64 <= frames, "more frames than were said to be there");
    }
    // Only FLAC is our own to the last bit; other decoders may keep states that a seek does not restore.
    if reader.format() != "FLAC" {
        let _ = reader.seek(choices.up_to(4096) as u64);
        let _ = read(&mut reader, 77, 4096);
        return;
    }
    let Some(whole) = whole else { return };
    let mut again = MediaReader::new(Cursor::new(bytes.to_vec())).expect("it was opened before");
    let len = choices.up_to(3000);
    assert_eq!(read(&mut again, len, FRAMES_MAX).as_ref(), Some(&whole), "blocks of {len} frames");
    let at = choices.up_to(1 + whole.len() / channels) - 1;
    again.seek(at as u64).expect("a frame that was read can be sought");
    if whole.len() / channels < FRAMES_MAX {
        let rest = read(&mut again, 1024, FRAMES_MAX).expect("what was read once is read again");
        assert_eq!(rest, whole[at * channels..], "from frame {at} on");
    }
});

/// The next frames, by blocks of `len`; `None` on an error.
fn read(reader: &mut MediaReader, len: usize, frames_max: usize) -> Option<Vec<i32>> {
    let channels = reader.spec().channels();
    let mut samples = Vec::new();
    let mut block = vec![0; len * channels];
    while samples.len() < frames_max * channels {
        let frames = reader.read_interleaved(&mut block).ok()?;
        samples.extend_from_slice(&block[..frames * channels]);
        if frames < len {
            break;
        }
    }
    samples.truncate(frames_max * channels);
    Some(samples)
}
