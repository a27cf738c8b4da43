//! Bytes per second of what measures levels, beside its definition written down plainly.
//!
//! `cargo bench --bench levels [-- filter]`

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ndarray::{Array1, Array2, s};
use ndaudio::{Levels, Sample, levels};

fn main() {
    divan::main();
}

/// Frames of a block: 4 KiB of stereo i16, 128 KiB of it (second-level cache), 8 MiB of it (third).
const FRAMES: [usize; 3] = [1024, 32_768, 2_097_152];

/// Noise at a tenth of full scale, so that nothing clips.
fn noise<T: Sample>(frames: usize, channels: usize) -> Array2<T> {
    let mut state = 1_u32;
    Array2::from_shape_simple_fn((frames, channels), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state.cast_signed() / 10).convert()
    })
}

fn bytes<T: Sample>(frames: usize, channels: usize) -> BytesCount {
    BytesCount::new(frames * channels * size_of::<T>())
}

fn measure<T: Sample>(
    bencher: Bencher,
    frames: usize,
    channels: usize,
    into: fn(&ndarray::ArrayRef2<T>, &mut ndarray::ArrayRef1<f64>),
) {
    let window = noise::<T>(frames, channels);
    let mut out = Array1::zeros(channels);
    bencher.counter(bytes::<T>(frames, channels)).bench_local(|| into(black_box(&window), &mut out));
}

#[divan::bench(types = [i16, i32, f32, f64], args = FRAMES)]
fn rms<T: Sample>(bencher: Bencher, frames: usize) {
    measure::<T>(bencher, frames, 2, levels::rms_into);
}

#[divan::bench(types = [i16, i32, f32, f64], args = FRAMES)]
fn peak<T: Sample>(bencher: Bencher, frames: usize) {
    measure::<T>(bencher, frames, 2, levels::peak_into);
}

#[divan::bench(types = [i16, i32, f32, f64], args = FRAMES)]
fn mean<T: Sample>(bencher: Bencher, frames: usize) {
    measure::<T>(bencher, frames, 2, levels::mean_into);
}

/// Everything at once.
#[divan::bench(types = [i16, i32, f32, f64], args = FRAMES)]
fn levels_add<T: Sample>(bencher: Bencher, frames: usize) {
    let window = noise::<T>(frames, 2);
    let mut total = Levels::new(2);
    bencher.counter(bytes::<T>(frames, 2)).bench_local(|| total.add(black_box(&window)));
}

/// 64 Ki samples of i16 whatever the channels.
#[divan::bench(args = [1, 2, 3, 5, 6, 8, 33, 64, 100])]
fn rms_of_channels(bencher: Bencher, channels: usize) {
    measure::<i16>(bencher, 65_536 / channels, channels, levels::rms_into);
}

#[divan::bench(args = [1, 2, 3, 5, 6, 8, 33, 64, 100])]
fn levels_of_channels(bencher: Bencher, channels: usize) {
    let window = noise::<i16>(65_536 / channels, channels);
    let mut total = Levels::new(channels);
    bencher.counter(bytes::<i16>(65_536 / channels, channels)).bench_local(|| total.add(black_box(&window)));
}

/// One of two channels, and back to front: no slice.
#[divan::bench]
fn rms_of_strided(bencher: Bencher) {
    let window = noise::<i16>(32_768, 2);
    let mut out = Array1::zeros(1);
    let strided = window.slice(s![..;-1, 1..]);
    bencher.counter(bytes::<i16>(32_768, 1)).bench_local(|| levels::rms_into(black_box(&strided), &mut out));
}

/// The definition, sample by sample.
#[divan::bench(args = FRAMES)]
fn naive_rms(bencher: Bencher, frames: usize) {
    let window = noise::<i16>(frames, 2);
    bencher.counter(bytes::<i16>(frames, 2)).bench_local(|| {
        let mut sums = [0_u64; 2];
        for frame in black_box(&window).rows() {
            for (sum, &sample) in sums.iter_mut().zip(frame) {
                *sum += i64::from(sample).pow(2).cast_unsigned();
            }
        }
        sums.map(|sum| (sum as f64 / frames as f64).sqrt() / 32_768.0)
    });
}

/// What one writes first with ndarray: a float copy and its mean.
#[divan::bench(args = FRAMES)]
fn ndarray_rms(bencher: Bencher, frames: usize) {
    let window = noise::<i16>(frames, 2);
    bencher.counter(bytes::<i16>(frames, 2)).bench_local(|| {
        let squares = black_box(&window).mapv(|sample| (f64::from(sample) / 32_768.0).powi(2));
        squares.mean_axis(ndarray::Axis(0)).map(|mean| mean.sqrt())
    });
}
