//! Long-term averages of recordings in many files, with time between them.

use std::time::Duration;

use ndaudio::ndarray::{Array2, s};
use ndaudio::{Encoding, Ltsa, Psd, Sequence, Source, Spec, Spectrum, write};

use crate::signals::{assert_near, noise};

const RATE: u32 = 8_000;
const LEN: usize = 400;
const HOP: usize = 300;
/// The frames of a row, no multiple of the hop.
const ROW: u64 = 12_000;

/// Files by the clock: the second follows the first at once, the third after 4 s, in the middle of a row.
const FILES: [(&str, usize, usize); 3] = [
    ("20260501_120000.wav", 0, 16_000),
    ("20260501_120002.wav", 16_000, 13_700),
    ("20260501_120008.wav", 64_000, 20_100),
];

#[test]
fn rows_of_a_sequence_keep_the_time_between_its_files() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let audio = noise(16_000 + 13_700 + 20_100, 2);
    // What the clock saw: audio, and nothing where there is none.
    let mut clock = Array2::from_elem((96_000, 2), f64::NAN);
    let mut first = 0;
    for (name, at, frames) in FILES {
        let part = audio.slice(s![first..first + frames, ..]);
        write(folder.path().join(name), &part, &Spec::new(RATE, 2, Encoding::F64))?;
        clock.slice_mut(s![at..at + frames, ..]).assign(&part);
        first += frames;
    }

    let mut sequence = Sequence::open(FILES.map(|(name, ..)| folder.path().join(name)))?;
    let mut ltsa = Ltsa::new(Spectrum::<f64>::new(LEN), RATE, ROW).hop(HOP);
    for gap in sequence.gaps(Duration::from_millis(200)) {
        let before = sequence.position()..gap.frame;
        ltsa.add_source(&mut (&mut sequence).section(before))?;
        ltsa.gap((gap.length.as_secs_f64() * f64::from(RATE)).round() as u64);
    }
    ltsa.add_source(&mut sequence)?;
    ltsa.end();

    // Rows and windows are counted from the first frame of the first file; a window counts if all of it was recorded.
    let mut expected = Vec::new();
    for row in 0..8 {
        let frames = clock.slice(s![row * ROW as usize..(row + 1) * ROW as usize, ..]);
        let mut psd = Psd::new(Spectrum::<f64>::new(LEN), RATE);
        for start in (0..=ROW as usize - LEN).step_by(HOP) {
            let window = frames.slice(s![start..start + LEN, ..]);
            if window.iter().all(|sample| sample.is_finite()) {
                psd.add(&window);
            }
        }
        if psd.windows() > 0 {
            expected.push((row as u64, psd.windows(), psd.density()));
        }
    }
    let counts: Vec<_> = expected.iter().map(|(row, windows, _)| (*row, *windows)).collect();
    assert_eq!(counts, [(0, 39), (1, 39), (2, 18), (5, 25), (6, 39)]);
    assert_eq!(ltsa.rows().map(|row| (row.index(), row.windows())).collect::<Vec<_>>(), counts);
    for (row, (_, _, density)) in ltsa.rows().zip(&expected) {
        assert_near(&row.values().to_owned(), density, 1e-13);
    }
    Ok(())
}
