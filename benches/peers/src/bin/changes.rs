//! Filters, resampling, loudness, and a chain of stages, for `changes.py`: `changes WHAT ARGUMENTS…` prints the median of the seconds
//! that several runs took.

use std::hint::black_box;
use std::time::Instant;

use ndaudio::filter::{self, Band};
use ndaudio::ndarray::Array2;
use ndaudio::resample::Quality;
use ndaudio::{ArraySource, Loudness, Sample, Source, WavReader};

const RUNS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seconds = match words.as_slice() {
        ["sosfilt", channels] => sosfilt(channels.parse()?),
        ["resample", from, to, "HQ"] => resample(from.parse()?, to.parse()?, Quality::High)?,
        ["resample", from, to, "VHQ"] => resample(from.parse()?, to.parse()?, Quality::VeryHigh)?,
        ["loudness", path] => loudness(path)?,
        ["chain", path, quality] => chain(path, if *quality == "High" { Quality::High } else { Quality::VeryHigh })?,
        _ => return Err("usage: changes sosfilt|resample|loudness|chain …".into()),
    };
    println!("{seconds:.6}");
    Ok(())
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}

/// Numbers without pattern, from −0.1 to 0.1.
fn noise(frames: usize, channels: usize) -> Array2<f64> {
    let mut state = 1_u64;
    Array2::from_shape_simple_fn((frames, channels), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * 0.1
    })
}

/// An eighth-order Butterworth low-pass over 10 s of doubles at 48 kHz, in place.
fn sosfilt(channels: usize) -> f64 {
    let mut samples = noise(480_000, channels);
    let mut state = filter::butterworth(8, Band::Lowpass(1_000.0), 48_000).state(channels);
    median(|| state.filter(black_box(&mut samples)))
}

/// 10 s of mono, 32-bit floats in and out, by blocks.
fn resample(from: u32, to: u32, quality: Quality) -> Result<f64, ndaudio::Error> {
    let samples = noise(from as usize * 10, 1).map(|sample| sample.convert::<f32>());
    let once = || -> Result<(), ndaudio::Error> {
        let mut source = ArraySource::new(samples.view(), from).resample_with(to, quality)?;
        let mut blocks = source.blocks::<f32>(4096);
        while let Some(block) = blocks.next()? {
            black_box(block);
        }
        Ok(())
    };
    once()?;
    Ok(median(|| once().expect("as before")))
}

/// Integrated loudness, range, true peak.
fn loudness(path: &str) -> Result<f64, ndaudio::Error> {
    let once = || -> Result<f64, ndaudio::Error> {
        let mut reader = WavReader::open(path)?;
        let mut loudness = Loudness::new(reader.spec())?;
        let mut blocks = reader.blocks::<f32>(4800);
        while let Some(block) = blocks.next()? {
            loudness.add(&block);
        }
        Ok(black_box((loudness.integrated(), loudness.range(), loudness.true_peak())).0)
    };
    once()?;
    Ok(median(|| {
        once().expect("as before");
    }))
}

/// What a model listens to: windows of 25 ms of 16 kHz mono.
fn chain(path: &str, quality: Quality) -> Result<f64, ndaudio::Error> {
    let once = || -> Result<f64, ndaudio::Error> {
        let mut source = ndaudio::open(path)?.mono().resample_with(16_000, quality)?;
        let mut windows = source.windows::<f32>(400, 160);
        let mut sum = 0.0;
        while let Some(window) = windows.next()? {
            sum += f64::from(window[[0, 0]]);
        }
        Ok(sum)
    };
    once()?;
    Ok(median(|| {
        black_box(once().expect("as before"));
    }))
}
