//! Reductions of `i32`, exact.

use multiversion::multiversion;

use super::MAX_SAMPLES;
use super::lanes::{LANES, each, each_pair, each_two, fold, lanes_of};

/// Σ x² per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum_squares(samples: &[i32], channels: usize, out: &mut [u128]) {
    sum_squares_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_squares_body(samples: &[i32], channels: usize, out: &mut [u128]) {
    debug_assert!(samples.len() <= MAX_SAMPLES, "a lane and the folded sums fit in 64 bits");
    let width = lanes_of(channels);
    // As with `i16`, in twice the width: the sum of two squares, of at most 2^63, modulo 2^64 and without its lower 32 bits.
    let whole = &mut [0_u64; LANES][..width];
    let upper = &mut [0_u64; LANES][..width];
    each_two(samples, whole, upper, |whole, upper, a, b| {
        let squares = square(a) + square(b);
        *whole = whole.wrapping_add(squares);
        *upper += squares >> 32;
    });
    fold(whole, channels, u64::wrapping_add);
    fold(upper, channels, |a, b| a + b);
    for (out, (whole, upper)) in out.iter_mut().zip(whole.iter().zip(upper)) {
        *out = (u128::from(*upper) << 32) + u128::from(whole.wrapping_sub(*upper << 32));
    }
}

#[inline(always)]
fn square(sample: i32) -> u64 {
    let sample = u64::from(sample.unsigned_abs());
    sample * sample
}

/// Σ x per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum(samples: &[i32], channels: usize, out: &mut [i64]) {
    sum_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_body(samples: &[i32], channels: usize, out: &mut [i64]) {
    let lanes = &mut [0_i64; LANES][..lanes_of(channels)];
    each(samples, lanes, |lane, sample| *lane += i64::from(sample));
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}

/// The smallest and the largest sample per channel; of no samples the largest and the smallest there can be.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn extrema(samples: &[i32], channels: usize, min: &mut [i32], max: &mut [i32]) {
    extrema_body(samples, channels, min, max);
}

#[inline(always)]
pub(super) fn extrema_body(samples: &[i32], channels: usize, min: &mut [i32], max: &mut [i32]) {
    let width = lanes_of(channels);
    let least = &mut [i32::MAX; LANES][..width];
    each(samples, least, |lane, sample| *lane = (*lane).min(sample));
    fold(least, channels, Ord::min);
    min.copy_from_slice(&least[..channels]);
    let greatest = &mut [i32::MIN; LANES][..width];
    each(samples, greatest, |lane, sample| *lane = (*lane).max(sample));
    fold(greatest, channels, Ord::max);
    max.copy_from_slice(&greatest[..channels]);
}

/// How often the sign of a sample is not that of the one before, per channel, from the second frame on.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn crossings(samples: &[i32], channels: usize, out: &mut [u32]) {
    crossings_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn crossings_body(samples: &[i32], channels: usize, out: &mut [u32]) {
    let lanes = &mut [0_u32; LANES][..lanes_of(channels)];
    let next = samples.get(channels..).unwrap_or_default();
    each_pair(samples, next, lanes, |lane, a, b| *lane += (a ^ b).cast_unsigned() >> 31);
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}
