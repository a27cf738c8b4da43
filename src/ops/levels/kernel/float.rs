//! Reductions of `f32` and `f64`, in `f64`.
//!
//! Squares of `f32` are exact in `f64`. A lane adds up at most 256 numbers of a block and the fold at most 64 lanes, so a sum has
//! a relative error below (256 + 6) × 2^−53 of the sum of the magnitudes.

use multiversion::multiversion;

use super::lanes::{LANES, each, each_pair, each_with, fold, lanes_of};

/// Either float type.
pub(in crate::ops::levels) trait Float: Copy + PartialOrd + Default + Into<f64> {
    const INFINITY: Self;
    const NEG_INFINITY: Self;
    /// One crossing, in an integer as wide as the type, so that as many lanes fit in a register.
    type Count: Copy + Default + std::ops::Add<Output = Self::Count> + From<bool> + Into<u64>;
}

impl Float for f32 {
    const INFINITY: Self = f32::INFINITY;
    const NEG_INFINITY: Self = f32::NEG_INFINITY;
    type Count = u32;
}

impl Float for f64 {
    const INFINITY: Self = f64::INFINITY;
    const NEG_INFINITY: Self = f64::NEG_INFINITY;
    type Count = u64;
}

/// Σ x² per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum_squares<T: Float>(samples: &[T], channels: usize, out: &mut [f64]) {
    sum_squares_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_squares_body<T: Float>(samples: &[T], channels: usize, out: &mut [f64]) {
    let lanes = &mut [0.0; LANES][..lanes_of(channels)];
    each(samples, lanes, |lane, sample| {
        let sample = sample.into();
        *lane += sample * sample;
    });
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}

/// Σ x per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum<T: Float>(samples: &[T], channels: usize, out: &mut [f64]) {
    sum_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_body<T: Float>(samples: &[T], channels: usize, out: &mut [f64]) {
    let lanes = &mut [0.0; LANES][..lanes_of(channels)];
    each(samples, lanes, |lane, sample| *lane += sample.into());
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}

/// Σ (x − mean)² per channel, of the means given.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum_deviations<T: Float>(samples: &[T], means: &[f64], out: &mut [f64]) {
    sum_deviations_body(samples, means, out);
}

#[inline(always)]
pub(super) fn sum_deviations_body<T: Float>(samples: &[T], means: &[f64], out: &mut [f64]) {
    let channels = means.len();
    let width = lanes_of(channels);
    let mut mean_of_lane = [0.0; LANES];
    mean_of_lane.chunks_exact_mut(channels).for_each(|frame| frame.copy_from_slice(means));
    let lanes = &mut [0.0; LANES][..width];
    each_with(samples, &mean_of_lane[..width], lanes, |lane, sample, mean| {
        let deviation = sample.into() - mean;
        *lane += deviation * deviation;
    });
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}

/// The smallest and the largest sample per channel, NaN left out; of no samples ∞ and −∞.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn extrema<T: Float>(samples: &[T], channels: usize, min: &mut [T], max: &mut [T]) {
    extrema_body(samples, channels, min, max);
}

#[inline(always)]
pub(super) fn extrema_body<T: Float>(samples: &[T], channels: usize, min: &mut [T], max: &mut [T]) {
    let width = lanes_of(channels);
    let lesser = |a: T, b: T| if b < a { b } else { a };
    let least = &mut [T::INFINITY; LANES][..width];
    each(samples, least, |lane, sample| *lane = lesser(*lane, sample));
    fold(least, channels, lesser);
    min.copy_from_slice(&least[..channels]);
    let greater = |a: T, b: T| if b > a { b } else { a };
    let greatest = &mut [T::NEG_INFINITY; LANES][..width];
    each(samples, greatest, |lane, sample| *lane = greater(*lane, sample));
    fold(greatest, channels, greater);
    max.copy_from_slice(&greatest[..channels]);
}

/// How many samples are NaN, per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn nans<T: Float>(samples: &[T], channels: usize, out: &mut [u32]) {
    nans_body(samples, channels, out);
}

#[inline(always)]
#[expect(clippy::eq_op, reason = "that is what NaN is")]
pub(super) fn nans_body<T: Float>(samples: &[T], channels: usize, out: &mut [u32]) {
    let lanes = &mut [T::Count::default(); LANES][..lanes_of(channels)];
    each(samples, lanes, |lane, sample| *lane = *lane + T::Count::from(sample != sample));
    count(lanes, channels, out);
}

/// How often `x >= 0` is not what it was of the sample before, per channel, from the second frame on.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn crossings<T: Float>(samples: &[T], channels: usize, out: &mut [u32]) {
    crossings_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn crossings_body<T: Float>(samples: &[T], channels: usize, out: &mut [u32]) {
    let zero = T::default();
    let lanes = &mut [T::Count::default(); LANES][..lanes_of(channels)];
    let next = samples.get(channels..).unwrap_or_default();
    each_pair(samples, next, lanes, |lane, a, b| *lane = *lane + T::Count::from((a >= zero) != (b >= zero)));
    count(lanes, channels, out);
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most the samples of a block")]
fn count<C: Copy + std::ops::Add<Output = C> + Into<u64>>(lanes: &mut [C], channels: usize, out: &mut [u32]) {
    fold(lanes, channels, |a, b| a + b);
    out.iter_mut().zip(lanes).for_each(|(out, lane)| *out = (*lane).into() as u32);
}
