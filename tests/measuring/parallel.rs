//! However many threads measure, the levels are the same.

#![cfg(feature = "rayon")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test that fails there has found something")]

use crate::common::{SplitMix, riff};
use ndaudio::{Encoding, WavReader, WavView, levels, parallel};

#[test]
fn levels_are_equal_to_the_bit_for_one_to_eight_threads() {
    let folder = tempfile::tempdir().unwrap();
    for (encoding, channels) in [(Encoding::I16, 2), (Encoding::I24, 3), (Encoding::F32, 2)] {
        // Three parts of 16 MiB, the last one short.
        let frames = (33 << 20) / (encoding.bytes() * channels) + 7;
        let mut random = SplitMix(frames as u64);
        // A period that no part is a multiple of.
        let period = random.bytes(1_000_003 * channels * encoding.bytes());
        let mut audio: Vec<u8> = period.into_iter().cycle().take(frames * channels * encoding.bytes()).collect();
        if encoding == Encoding::F32 {
            // Numbers between −1 and 1.
            audio.chunks_exact_mut(4).for_each(|bytes| {
                let sample = random.next() as u32 as f32 / 2_f32.powi(31) - 1.0;
                bytes.copy_from_slice(&sample.to_le_bytes());
            });
        }
        let file = riff(encoding, channels as u16, 48_000, &audio);
        let path = folder.path().join("part.wav");
        std::fs::write(&path, &file).unwrap();
        let serial = levels::of_source(&mut WavReader::open(&path).unwrap()).unwrap();
        let mut first = None;
        for threads in 1..=8 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let file_levels = pool.install(|| parallel::levels_of_file(&path)).unwrap();
            let view_levels = pool.install(|| parallel::levels_of_view(&WavView::parse(&file).unwrap()));
            if encoding.is_float() {
                assert_eq!(
                    &file_levels,
                    first.get_or_insert_with(|| file_levels.clone()),
                    "{encoding:?}, {threads} threads"
                );
            } else {
                assert_eq!(file_levels, serial, "{encoding:?}, {threads} threads");
                assert_eq!(view_levels, serial, "{encoding:?} in memory, {threads} threads");
            }
        }
    }
}
