//! Gain on one second of stereo, against the naive loop, NumPy's way of doing it in ndarray, and a copy of the same bytes.
//!
//! `cargo bench --bench gain --features multiversion`

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ndaudio::Sample;
use ndaudio::gain::{self, Ramp, Rounding, Shape};
use ndaudio::ndarray::Array2;

const FRAMES: usize = 48_000;
const FACTOR: f64 = 0.707_945_784_384_137_9; // −3 dB

fn main() {
    divan::main();
}

fn audio<T: Sample>() -> Array2<T> {
    let mut state = 1_u32;
    Array2::from_shape_simple_fn((FRAMES, 2), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state.cast_signed() / 2).convert::<T>()
    })
}

/// Starts each round from the same audio, so that repeated gain does not end in zeros.
fn on<T: Sample>(bencher: Bencher, change: impl Fn(&mut Array2<T>) -> u64 + Sync) {
    let source = audio::<T>();
    bencher
        .counter(BytesCount::of_slice(source.as_slice().expect("standard layout")))
        .with_inputs(|| source.clone())
        .bench_local_refs(|block| black_box(change(block)));
}

#[divan::bench(types = [i16, i32, f32, f64])]
fn apply<T: Sample>(bencher: Bencher) {
    on::<T>(bencher, |block| gain::apply(block, FACTOR));
}

#[divan::bench(types = [i16, i32])]
fn apply_rounded_floor<T: Sample>(bencher: Bencher) {
    on::<T>(bencher, |block| gain::apply_rounded(block, FACTOR, Rounding::Floor));
}

#[divan::bench(types = [i16, f32])]
fn apply_per_channel<T: Sample>(bencher: Bencher) {
    on::<T>(bencher, |block| gain::apply_per_channel(block, &[FACTOR, 0.5]));
}

#[divan::bench(types = [i16, f32], args = [Shape::Linear, Shape::Decibel, Shape::EqualPower])]
fn ramp<T: Sample>(bencher: Bencher, shape: Shape) {
    let ramp = Ramp::new(0, FRAMES as u64, 0.1, 0.9, shape).expect("finite and positive");
    on::<T>(bencher, move |block| gain::ramp(block, 0, &ramp));
}

/// What a loop over samples does without the kernels.
#[divan::bench]
#[expect(clippy::cast_possible_truncation, reason = "saturated before")]
fn naive_i16(bencher: Bencher) {
    on::<i16>(bencher, |block| {
        let mut clipped = 0;
        for sample in block.iter_mut() {
            let rounded = (f64::from(*sample) * FACTOR).round_ties_even();
            *sample = rounded.clamp(-32_768.0, 32_767.0) as i16;
            clipped += u64::from(rounded != f64::from(*sample));
        }
        clipped
    });
}

/// The minimum: touching the bytes.
#[divan::bench]
fn copy_i16(bencher: Bencher) {
    let source = audio::<i16>();
    on::<i16>(bencher, move |block| {
        block.assign(&source);
        0
    });
}
