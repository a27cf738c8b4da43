//! Shards that are merged have the bits of one pass.

use ndaudio::ndarray::{Array2, s};
use ndaudio::spectrum::Real;
use ndaudio::{Average, Psd, Spectrum};

use crate::signals::noise;

/// A recording whose level runs through 90 dB.
fn recording() -> Array2<f64> {
    let mut samples = noise(20_000, 2);
    for (frame, mut row) in samples.rows_mut().into_iter().enumerate() {
        row *= 10.0_f64.powf(-4.5 * (frame as f64 / 3_000.0).sin().abs());
    }
    samples
}

/// The density of the windows from `first` up to `end`, read as the documentation of `Psd` says.
fn shard<T: Real>(samples: &Array2<f64>, average: Average, first: usize, end: usize) -> Psd<T> {
    let (len, hop) = (128, 48);
    let frames = samples.slice(s![first * hop..(end - 1) * hop + len, ..]);
    let mut psd = Psd::new(Spectrum::<T>::new(len), 48_000).average(average);
    for window in frames.axis_windows_with_stride(ndaudio::ndarray::Axis(0), len, hop) {
        psd.add(&window);
    }
    assert_eq!(psd.windows(), (end - first) as u64);
    psd
}

fn cuts_do_not_matter<T: Real>(average: Average) {
    let samples = recording();
    let windows = (20_000 - 128) / 48 + 1;
    let whole = shard::<T>(&samples, average, 0, windows).density();
    for cuts in [vec![1], vec![207], vec![windows - 1], vec![3, 100, 101, 300], (1..windows).collect()] {
        let bounds: Vec<usize> = [0].into_iter().chain(cuts).chain([windows]).collect();
        let shards: Vec<Psd<T>> = bounds.windows(2).map(|pair| shard(&samples, average, pair[0], pair[1])).collect();
        let mut forward = Psd::new(Spectrum::<T>::new(128), 48_000).average(average);
        shards.iter().for_each(|shard| forward.merge(shard));
        let mut backward = Psd::new(Spectrum::<T>::new(128), 48_000).average(average);
        shards.iter().rev().for_each(|shard| backward.merge(shard));
        // Pairs first, as a tree has it.
        let mut level = shards;
        while level.len() > 1 {
            level = level
                .chunks(2)
                .map(|pair| {
                    let mut first = pair[0].clone();
                    pair.iter().skip(1).for_each(|second| first.merge(second));
                    first
                })
                .collect();
        }
        for merged in [forward, backward, level.remove(0)] {
            assert_eq!(merged.windows(), windows as u64);
            assert_eq!(merged.density(), whole);
        }
    }
}

#[test]
fn cuts_and_order_do_not_matter_to_the_mean() {
    cuts_do_not_matter::<f64>(Average::Mean);
    cuts_do_not_matter::<f32>(Average::Mean);
}

#[test]
fn cuts_and_order_do_not_matter_to_the_median() {
    cuts_do_not_matter::<f64>(Average::Median);
}

#[test]
#[should_panic(expected = "the plans must be equal")]
fn other_plans_do_not_merge() {
    let mut psd = Psd::new(Spectrum::<f64>::new(128), 48_000);
    psd.merge(&Psd::new(Spectrum::<f64>::new(128).symmetric(), 48_000));
}
