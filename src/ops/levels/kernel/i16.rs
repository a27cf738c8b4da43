//! Reductions of `i16`, exact.

use multiversion::multiversion;

use super::MAX_SAMPLES;
use super::lanes::{LANES, each, each_pair, fold, lanes_of};

/// Σ x² per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum_squares(samples: &[i16], channels: usize, out: &mut [u64]) {
    sum_squares_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_squares_body(samples: &[i16], channels: usize, out: &mut [u64]) {
    let width = lanes_of(channels);
    let lanes = &mut [0_u64; LANES][..width];
    // Two squares, of at most 2^30 each, are added before they are widened: half the widening. They are taken from the two
    // halves of the block; the order does not matter, as the sums are exact.
    let half = samples.len() / (2 * width) * width;
    let (first, rest) = samples.split_at(half);
    let (second, rest) = rest.split_at(half);
    each_pair(first, second, lanes, |lane, a, b| *lane += u64::from(square(a) + square(b)));
    each(rest, lanes, |lane, sample| *lane += u64::from(square(sample)));
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}

#[inline(always)]
fn square(sample: i16) -> u32 {
    let sample = i32::from(sample);
    (sample * sample).cast_unsigned()
}

/// Σ x per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum(samples: &[i16], channels: usize, out: &mut [i32]) {
    sum_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_body(samples: &[i16], channels: usize, out: &mut [i32]) {
    debug_assert!(samples.len() <= MAX_SAMPLES, "the sum fits in 32 bits");
    let lanes = &mut [0_i32; LANES][..lanes_of(channels)];
    each(samples, lanes, |lane, sample| *lane += i32::from(sample));
    fold(lanes, channels, |a, b| a + b);
    out.copy_from_slice(&lanes[..channels]);
}

/// The least and the greatest sample per channel; of no samples the greatest and the least there can be.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn extrema(samples: &[i16], channels: usize, min: &mut [i16], max: &mut [i16]) {
    extrema_body(samples, channels, min, max);
}

#[inline(always)]
pub(super) fn extrema_body(samples: &[i16], channels: usize, min: &mut [i16], max: &mut [i16]) {
    let width = lanes_of(channels);
    // A loop each, over samples that are in the first-level cache by then.
    let least = &mut [i16::MAX; LANES][..width];
    each(samples, least, |lane, sample| *lane = (*lane).min(sample));
    fold(least, channels, Ord::min);
    min.copy_from_slice(&least[..channels]);
    let greatest = &mut [i16::MIN; LANES][..width];
    each(samples, greatest, |lane, sample| *lane = (*lane).max(sample));
    fold(greatest, channels, Ord::max);
    max.copy_from_slice(&greatest[..channels]);
}

/// How often the sign of a sample is not that of the one before, per channel, from the second frame on.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn crossings(samples: &[i16], channels: usize, out: &mut [u32]) {
    crossings_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn crossings_body(samples: &[i16], channels: usize, out: &mut [u32]) {
    debug_assert!(samples.len() <= MAX_SAMPLES, "the count fits in 16 bits");
    let lanes = &mut [0_u16; LANES][..lanes_of(channels)];
    let next = samples.get(channels..).unwrap_or_default();
    each_pair(samples, next, lanes, |lane, a, b| *lane += (a ^ b).cast_unsigned() >> 15);
    fold(lanes, channels, |a, b| a + b);
    out.iter_mut().zip(lanes).for_each(|(out, lane)| *out = u32::from(*lane));
}
