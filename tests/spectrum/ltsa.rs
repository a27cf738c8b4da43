//! Rows of mean densities: what they are, gaps, shards, and memory.

use allocation_counter::measure;
use ndaudio::ndarray::{Array2, Axis, s};
use ndaudio::spectrum::bands;
use ndaudio::{ArraySource, Encoding, ErrorKind, Ltsa, Psd, Sample, Source, Spec, Spectrum, spectrum};

use crate::signals::{assert_near, integers, noise};

const RATE: u32 = 1000;

fn ltsa(hop: usize) -> Ltsa<f64> {
    Ltsa::new(Spectrum::<f64>::new(100), RATE, 1050).hop(hop)
}

/// Numbers, windows and densities of all rows.
fn rows(ltsa: &Ltsa<f64>) -> Vec<(u64, u64, Array2<f64>)> {
    ltsa.rows().map(|row| (row.index(), row.windows(), row.values().to_owned())).collect()
}

fn in_blocks(mut ltsa: Ltsa<f64>, samples: &Array2<f64>, len: usize) -> Ltsa<f64> {
    samples.axis_chunks_iter(Axis(0), len).for_each(|block| ltsa.add(&block));
    ltsa.end();
    ltsa
}

#[test]
fn a_row_is_the_mean_density_of_its_frames() {
    let samples = noise(7000, 2);
    for hop in [50, 100, 33, 450] {
        let ltsa = in_blocks(ltsa(hop), &samples, 7000);
        assert_eq!(ltsa.rows().count(), 7);
        for row in ltsa.rows() {
            let first = usize::try_from(row.first_frame()).unwrap();
            let frames = samples.slice(s![first..(first + 1050).min(7000), ..]);
            assert_near(&row.values(), &spectrum::welch(&frames, RATE, 100, hop), 1e-13);
            if row.index() < 6 {
                assert_eq!(row.windows(), ltsa.windows_per_row());
            }
        }
        assert_eq!(ltsa.values().index_axis(Axis(0), 3), ltsa.rows().nth(3).unwrap().values());
    }
}

#[test]
fn blocks_do_not_matter() {
    let samples = noise(5000, 3);
    for hop in [50, 100, 33, 450, 1200] {
        let whole = rows(&in_blocks(ltsa(hop), &samples, 5000));
        for len in [1, 7, 99, 100, 101, 1050, 1051, 4096] {
            assert_eq!(rows(&in_blocks(ltsa(hop), &samples, len)), whole, "hop {hop}, blocks of {len}");
        }
        let mut streamed = Vec::new();
        let mut source = ArraySource::new(samples.view(), RATE);
        let visit = |row: ndaudio::LtsaRow<'_>| {
            streamed.push((row.index(), row.windows(), row.values().to_owned()));
            Ok(())
        };
        ltsa(hop).stream(&mut source, visit).unwrap();
        assert_eq!(streamed, whole);
    }
}

#[test]
fn windows_in_a_gap_are_left_out() {
    let samples = noise(6000, 1);
    for (from, to) in [(500, 501), (500, 700), (1000, 1100), (0, 1050), (120, 5000), (2099, 4201), (5990, 6000)] {
        let mut with_gap = ltsa(50);
        with_gap.add(&samples.slice(s![..from, ..]));
        with_gap.gap((to - from) as u64);
        with_gap.add(&samples.slice(s![to.., ..]));
        with_gap.end();
        let found = rows(&with_gap);
        // By definition: the windows of each row that have no frame in the gap.
        let mut expected = Vec::new();
        for row in 0..6 {
            let mut psd = Psd::new(Spectrum::<f64>::new(100), RATE);
            let end = ((row + 1) * 1050).min(6000);
            for first in (row * 1050..).step_by(50).take_while(|first| first + 100 <= end) {
                if first + 100 <= from || first >= to {
                    psd.add(&samples.slice(s![first..first + 100, ..]));
                }
            }
            if psd.windows() > 0 {
                expected.push((row as u64, psd.windows(), psd.density()));
            }
        }
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((found.0, found.1), (expected.0, expected.1), "gap from {from} to {to}");
            assert_near(&found.2, &expected.2, 1e-13);
        }
    }
}

#[test]
fn a_gap_of_years_costs_nothing() {
    let mut ltsa = ltsa(100);
    ltsa.add(&noise(1050, 1));
    ltsa.gap(u64::from(u32::MAX) * 1050);
    ltsa.add(&noise(1050, 1));
    ltsa.end();
    let indices: Vec<u64> = ltsa.rows().map(|row| row.index()).collect();
    assert_eq!(indices, [0, 1 + u64::from(u32::MAX)]);
    ltsa.gap(u64::MAX);
    ltsa.add(&noise(10, 1));
}

#[test]
fn shards_have_the_bits_of_one_pass() {
    let samples = noise(10_000, 2);
    let whole = rows(&in_blocks(ltsa(33), &samples, 4096));
    for cuts in [vec![0, 1, 10], vec![0, 4, 5, 9, 10], (0..=10).collect()] {
        let shard = |pair: &[usize]| {
            let (first, end) = (pair[0] * 1050, (pair[1] * 1050).min(10_000));
            let ltsa = ltsa(33).starting_at(first as u64);
            in_blocks(ltsa, &samples.slice(s![first..end, ..]).to_owned(), 777)
        };
        let shards: Vec<_> = cuts.windows(2).map(shard).collect();
        for order in [(0..shards.len()).collect::<Vec<_>>(), (0..shards.len()).rev().collect()] {
            let mut merged = ltsa(33);
            order.iter().for_each(|&shard| merged.merge(&shards[shard]).unwrap());
            assert_eq!(rows(&merged), whole);
        }
    }
}

#[test]
fn a_row_that_is_in_two_parts_is_refused() {
    let samples = noise(2000, 1);
    let mut first = in_blocks(ltsa(50), &samples.slice(s![..1500, ..]).to_owned(), 500);
    let second = in_blocks(ltsa(50).starting_at(1500), &samples.slice(s![1500.., ..]).to_owned(), 500);
    let before = rows(&first);
    let error = first.merge(&second).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    assert!(error.to_string().contains("row 1 is in both parts"), "{error}");
    assert_eq!(rows(&first), before);
}

#[test]
fn rows_sum_up_to_bands() {
    let samples = noise(3150, 2);
    let bank = bands::third_octave(RATE, 100, 100.0..400.0);
    let bins = in_blocks(ltsa(50), &samples, 1000);
    let bands = in_blocks(ltsa(50).bands(bank.clone()), &samples, 1000);
    assert_eq!(bands.frequencies(), bank.centers());
    assert_eq!(bands.values().dim(), (3, bank.bands(), 2));
    for (bins, bands) in bins.rows().zip(bands.rows()) {
        assert_eq!(bands.values(), bank.apply(&bins.values()));
    }
}

#[test]
fn frames_after_the_end_do_not_make_a_row_twice() {
    let samples = noise(4000, 1);
    let mut ltsa = ltsa(50);
    ltsa.add(&samples.slice(s![..1500, ..]));
    ltsa.end();
    ltsa.add(&samples.slice(s![1500.., ..]));
    ltsa.end();
    let indices: Vec<u64> = ltsa.rows().map(|row| row.index()).collect();
    assert_eq!(indices, [0, 1, 2, 3]);
    let row = ltsa.rows().nth(2).unwrap();
    assert_near(&row.values(), &spectrum::welch(&samples.slice(s![2100..3150, ..]), RATE, 100, 50), 1e-13);
}

/// Noise without end but for `left`.
struct Hours {
    spec: Spec,
    left: usize,
    state: u32,
}

impl Source for Hours {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
        let frames = out.len().min(self.left);
        for sample in &mut out[..frames] {
            self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = ((self.state >> 16) as u16).cast_signed().convert();
        }
        self.left -= frames;
        Ok(frames)
    }
}

/// The most bytes that are in use at a time while so many frames are streamed, and the rows.
fn streamed(frames: usize) -> (u64, u64) {
    let mut rows = 0;
    let info = measure(|| {
        let mut source = Hours { spec: Spec::new(1000, 1, Encoding::I16), left: frames, state: 1 };
        let mut ltsa = Ltsa::new(Spectrum::<f32>::new(1000), 1000, 10_000).hop(500);
        let count = |row: ndaudio::LtsaRow<'_>| {
            assert_eq!(row.windows(), 19);
            rows += 1;
            Ok(())
        };
        ltsa.stream(&mut source, count).unwrap();
    });
    (info.bytes_max, rows)
}

#[test]
fn memory_is_the_same_from_a_minute_to_twenty_hours() {
    let (minute, rows) = streamed(60 * 1000);
    assert_eq!(rows, 6);
    let (hours, rows) = streamed(20 * 3600 * 1000);
    assert_eq!(rows, 7200);
    println!("{minute} bytes for a minute, {hours} for 20 hours");
    // Blocks that end in the middle of a window leave up to one more in the buffer.
    assert!(hours < minute + (1 << 20), "{minute} bytes for a minute, {hours} for 20 hours");
    assert!(hours < 2 << 20);
}

#[test]
fn nothing_is_allocated_per_window_or_row() {
    let block = integers(3000, 2);
    let mut ltsa =
        Ltsa::new(Spectrum::<f32>::new(256), 48_000, 1000).hop(128).bands(bands::octave(48_000, 256, 500.0..8000.0));
    let mut turn = || {
        ltsa.add(&block);
        assert!(ltsa.rows().all(|row| row.values().iter().all(|number| number.is_finite())));
        ltsa.clear_rows();
    };
    (0..3).for_each(|_| turn());
    let info = measure(|| (0..20).for_each(|_| turn()));
    assert_eq!(info.count_total, 0, "{info:?}");
}
