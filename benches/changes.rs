//! Filters, resampling and loudness. Beside scipy, soxr and ffmpeg: `benches/peers/run.py --rows 13,14`.
//!
//! `cargo bench --features resample,loudness --bench changes`

#![allow(clippy::unwrap_used, reason = "a benchmark that unwraps says what it expects")]

use divan::Bencher;
use divan::counter::ItemsCount;
use ndaudio::filter::{self, Band};
use ndaudio::ndarray::{Array2, Axis};
use ndaudio::resample::Quality;
use ndaudio::{ArraySource, Encoding, Loudness, Sample, Source, Spec};

const RATE: u32 = 48_000;

fn main() {
    divan::main();
}

/// Numbers without pattern, from −0.1 to 0.1.
fn noise(frames: usize, channels: usize) -> Array2<f64> {
    let mut state = 1_u64;
    Array2::from_shape_simple_fn((frames, channels), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * 0.1
    })
}

/// An eighth-order Butterworth low-pass over 10 s of doubles.
#[divan::bench(args = [1, 2, 8])]
fn sosfilt_order_8(bencher: Bencher, channels: usize) {
    let mut samples = noise(480_000, channels);
    let mut state = filter::butterworth(8, Band::Lowpass(1_000.0), RATE).state(channels);
    bencher.counter(ItemsCount::new(samples.len())).bench_local(|| state.filter(&mut samples));
}

/// The same by the plain loop, a sample through all its sections before the next.
#[divan::bench(args = [1, 2, 8])]
fn sosfilt_order_8_naive(bencher: Bencher, channels: usize) {
    let mut samples = noise(480_000, channels);
    let sos = filter::butterworth(8, Band::Lowpass(1_000.0), RATE);
    let mut memories = vec![[0.0; 2]; sos.sections() * channels];
    bencher.counter(ItemsCount::new(samples.len())).bench_local(|| {
        for mut frame in samples.rows_mut() {
            for (channel, sample) in frame.iter_mut().enumerate() {
                for (index, &[b0, b1, b2, _, a1, a2]) in sos.as_slice().iter().enumerate() {
                    let [z0, z1] = &mut memories[index * channels + channel];
                    let x = *sample;
                    *sample = b0 * x + *z0;
                    *z0 = b1 * x - a1 * *sample + *z1;
                    *z1 = b2 * x - a2 * *sample;
                }
            }
        }
    });
}

/// 10 s of mono, 32-bit floats in and out, by blocks.
#[divan::bench(args = [(48_000, 16_000), (44_100, 48_000), (48_000, 44_100), (96_000, 48_000)])]
fn resample_high(bencher: Bencher, (from, to): (u32, u32)) {
    resample(bencher, from, to, Quality::High);
}

#[divan::bench(args = [(48_000, 16_000), (44_100, 48_000), (48_000, 44_100), (96_000, 48_000)])]
fn resample_very_high(bencher: Bencher, (from, to): (u32, u32)) {
    resample(bencher, from, to, Quality::VeryHigh);
}

fn resample(bencher: Bencher, from: u32, to: u32, quality: Quality) {
    let samples = noise(from as usize * 10, 1).map(|sample| sample.convert::<f32>());
    bencher.counter(ItemsCount::new(samples.len())).bench_local(|| {
        let mut source = ArraySource::new(samples.view(), from).resample_with(to, quality).unwrap();
        let mut blocks = source.blocks::<f32>(4096);
        while let Some(block) = blocks.next().unwrap() {
            divan::black_box(block);
        }
    });
}

/// Integrated, momentary and short-term loudness, range and true peak of 60 s of stereo.
#[divan::bench]
fn loudness(bencher: Bencher) {
    let samples = noise(RATE as usize * 60, 2).map(|sample| sample.convert::<f32>());
    bencher.counter(ItemsCount::new(samples.len())).bench_local(|| {
        let mut loudness = Loudness::new(&Spec::new(RATE, 2, Encoding::F32)).unwrap();
        samples.axis_chunks_iter(Axis(0), 16_384).for_each(|block| loudness.add(&block));
        loudness.integrated()
    });
}
