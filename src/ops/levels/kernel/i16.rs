//! Reductions of `i16`, exact.

use multiversion::multiversion;

use super::MAX_SAMPLES;
use super::lanes::{LANES, each, each_pair, each_two, fold, lanes_of};

/// Σ x² per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn sum_squares(samples: &[i16], channels: usize, out: &mut [u64]) {
    sum_squares_body(samples, channels, out);
}

#[inline(always)]
pub(super) fn sum_squares_body(samples: &[i16], channels: usize, out: &mut [u64]) {
    debug_assert!(samples.len() <= MAX_SAMPLES, "a lane and the folded sums fit in 32 bits");
    match channels {
        1 => sum_squares_of_few::<1>(samples, out),
        2 => sum_squares_of_few::<2>(samples, out),
        _ => sum_squares_of_any(samples, channels, out),
    }
}

/// For channels whose number is known when compiled: all lanes are in registers, to the end.
#[inline(always)]
fn sum_squares_of_few<const CHANNELS: usize>(samples: &[i16], out: &mut [u64]) {
    let (mut whole, mut upper) = ([0; LANES], [0; LANES]);
    each_two(samples, &mut whole, &mut upper, add_squares);
    let (whole, upper) = (sum_lanes::<CHANNELS>(&whole), sum_lanes::<CHANNELS>(&upper));
    for (out, (whole, upper)) in out.iter_mut().zip(whole.into_iter().zip(upper)) {
        *out = join(whole, upper);
    }
}

#[inline(always)]
fn sum_lanes<const CHANNELS: usize>(lanes: &[u32; LANES]) -> [u32; CHANNELS] {
    let mut sums = [0_u32; CHANNELS];
    for frame in lanes.as_chunks::<CHANNELS>().0 {
        sums.iter_mut().zip(frame).for_each(|(sum, lane)| *sum = sum.wrapping_add(*lane));
    }
    sums
}

#[inline(always)]
fn sum_squares_of_any(samples: &[i16], channels: usize, out: &mut [u64]) {
    let width = lanes_of(channels);
    let whole = &mut [0; LANES][..width];
    let upper = &mut [0; LANES][..width];
    each_two(samples, whole, upper, add_squares);
    fold(whole, channels, u32::wrapping_add);
    fold(upper, channels, |a, b| a + b);
    for (out, (&whole, &upper)) in out.iter_mut().zip(whole.iter().zip(&*upper)) {
        *out = join(whole, upper);
    }
}

/// The sum of two squares, of at most 2^31, is kept twice: as a whole, modulo 2^32, and without its lower 16 bits. So nothing
/// is widened to 64 bits in the loop, and the two sums make the true one: what the upper lacks is below 2^32 again.
#[inline(always)]
fn add_squares(whole: &mut u32, upper: &mut u32, a: i16, b: i16) {
    let squares = square(a) + square(b);
    *whole = whole.wrapping_add(squares);
    *upper += squares >> 16;
}

#[inline(always)]
fn join(whole: u32, upper: u32) -> u64 {
    (u64::from(upper) << 16) + u64::from(whole.wrapping_sub(upper << 16))
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
