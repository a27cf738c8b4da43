//! Reductions of `i16`, exact.

use multiversion::multiversion;

use super::MAX_SAMPLES;
use super::lanes::{LANES, each, each_pair, each_pair_row, each_row, each_two, each_two_rows, fold, lanes_of};

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
    join_all(whole, upper, out);
}

/// As [`join`], of each channel.
#[inline(always)]
fn join_all(whole: &[u32], upper: &[u32], out: &mut [u64]) {
    for (out, (&whole, &upper)) in out.iter_mut().zip(whole.iter().zip(upper)) {
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

/// The smallest and the largest sample per channel; of no samples the largest and the smallest there can be.
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

/// Everything at once: a result per channel in each slice.
pub(in crate::ops::levels) struct Summary<'a> {
    /// Σ x.
    pub(in crate::ops::levels) sum: &'a mut [i32],
    /// Σ x².
    pub(in crate::ops::levels) squares: &'a mut [u64],
    /// The smallest sample.
    pub(in crate::ops::levels) least: &'a mut [i16],
    /// The largest sample.
    pub(in crate::ops::levels) greatest: &'a mut [i16],
    /// How often the sign of a sample is not that of the one before, from the second frame on.
    pub(in crate::ops::levels) crossings: &'a mut [u32],
}

/// Everything at once, per channel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn summarize(samples: &[i16], channels: usize, out: Summary<'_>) {
    summarize_body(samples, channels, out);
}

/// As [`summarize`], by the way that is faster on this CPU.
///
/// All lanes of the fused loop fit in the 32 registers of AVX-512. In 16 they do not, and four loops over a block in the first-level cache
/// take a third of its time.
pub(in crate::ops::levels) fn summarize_fastest(samples: &[i16], channels: usize, out: Summary<'_>) {
    // Of other widths the lanes are in memory either way.
    if fits_registers() || !matches!(lanes_of(channels), 48 | 64) {
        return summarize(samples, channels, out);
    }
    sum(samples, channels, out.sum);
    sum_squares(samples, channels, out.squares);
    extrema(samples, channels, out.least, out.greatest);
    crossings(samples, channels, out.crossings);
}

#[cfg(target_arch = "x86_64")]
fn fits_registers() -> bool {
    std::is_x86_feature_detected!("avx512bw") && std::is_x86_feature_detected!("avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
fn fits_registers() -> bool {
    false
}

#[inline(always)]
pub(super) fn summarize_body(samples: &[i16], channels: usize, out: Summary<'_>) {
    debug_assert!(samples.len() <= MAX_SAMPLES, "every accumulator is wide enough");
    let width = lanes_of(channels);
    let next = samples.get(channels..).unwrap_or_default();
    let rows = next.len() / width * width;
    let mut lanes = match width {
        64 => summarize_rows::<64>(&samples[..rows], &next[..rows]),
        48 => summarize_rows::<48>(&samples[..rows], &next[..rows]),
        _ => return summarize_wide(samples, next, channels, out),
    };
    // What is left has no next frame at its end.
    let mut next = next[rows..].chunks(width);
    for row in samples[rows..].chunks(width) {
        lanes.add(row, next.next().unwrap_or_default());
    }
    fold(&mut lanes.sum[..width], channels, |a, b| a + b);
    fold(&mut lanes.whole[..width], channels, u32::wrapping_add);
    fold(&mut lanes.upper[..width], channels, |a, b| a + b);
    fold(&mut lanes.least[..width], channels, Ord::min);
    fold(&mut lanes.greatest[..width], channels, Ord::max);
    fold(&mut lanes.crossings[..width], channels, |a, b| a + b);
    out.sum.copy_from_slice(&lanes.sum[..channels]);
    join_all(&lanes.whole, &lanes.upper, out.squares);
    out.least.copy_from_slice(&lanes.least[..channels]);
    out.greatest.copy_from_slice(&lanes.greatest[..channels]);
    out.crossings.iter_mut().zip(&lanes.crossings).for_each(|(out, lane)| *out = u32::from(*lane));
}

/// How often the sign of a sample is not that of the one before, per channel, from the second frame on.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(in crate::ops::levels) fn crossings(samples: &[i16], channels: usize, out: &mut [u32]) {
    crossings_body(samples, channels, out);
}

/// Lanes of a width that is no constant: they stay in memory, and there is a pass for each result. They are those of several rows, so
/// that the loop over them is long enough to be worth unrolling.
const WIDE: usize = 8 * LANES;

#[inline(always)]
fn summarize_wide(samples: &[i16], next: &[i16], channels: usize, out: Summary<'_>) {
    let width = channels << (WIDE / channels).ilog2();
    let sum = &mut [0_i32; WIDE][..width];
    each_row(width, samples, sum, |lane, sample| *lane += i32::from(sample));
    fold(sum, channels, |a, b| a + b);
    out.sum.copy_from_slice(&sum[..channels]);
    let (whole, upper) = (&mut [0_u32; WIDE][..width], &mut [0_u32; WIDE][..width]);
    each_two_rows(width, samples, whole, upper, add_squares);
    fold(whole, channels, u32::wrapping_add);
    fold(upper, channels, |a, b| a + b);
    join_all(whole, upper, out.squares);
    let least = &mut [i16::MAX; WIDE][..width];
    each_row(width, samples, least, |lane, sample| *lane = (*lane).min(sample));
    fold(least, channels, Ord::min);
    out.least.copy_from_slice(&least[..channels]);
    let greatest = &mut [i16::MIN; WIDE][..width];
    each_row(width, samples, greatest, |lane, sample| *lane = (*lane).max(sample));
    fold(greatest, channels, Ord::max);
    out.greatest.copy_from_slice(&greatest[..channels]);
    let crossings = &mut [0_u16; WIDE][..width];
    each_pair_row(width, samples, next, crossings, |lane, a, b| *lane += (a ^ b).cast_unsigned() >> 15);
    fold(crossings, channels, |a, b| a + b);
    out.crossings.iter_mut().zip(crossings).for_each(|(out, lane)| *out = u32::from(*lane));
}

#[inline(always)]
fn crossings_body(samples: &[i16], channels: usize, out: &mut [u32]) {
    let lanes = &mut [0_u16; LANES][..lanes_of(channels)];
    let next = samples.get(channels..).unwrap_or_default();
    each_pair(samples, next, lanes, |lane, a, b| *lane += (a ^ b).cast_unsigned() >> 15);
    fold(lanes, channels, |a, b| a + b);
    out.iter_mut().zip(lanes).for_each(|(out, lane)| *out = u32::from(*lane));
}

struct Lanes {
    sum: [i32; LANES],
    whole: [u32; LANES],
    upper: [u32; LANES],
    least: [i16; LANES],
    greatest: [i16; LANES],
    crossings: [u16; LANES],
}

/// Whole rows of a width that is known when compiled, so that all lanes stay in registers.
///
/// A loop for each accumulator over a row in registers: as each has as many lanes in a register as its own width allows, that is
/// faster than one loop for all.
#[inline(always)]
fn summarize_rows<const W: usize>(samples: &[i16], next: &[i16]) -> Lanes {
    let (mut sum, mut whole, mut upper) = ([0_i32; W], [0_u32; W], [0_u32; W]);
    let (mut least, mut greatest, mut crossings) = ([i16::MAX; W], [i16::MIN; W], [0_u16; W]);
    for (row, next) in samples.as_chunks::<W>().0.iter().zip(next.as_chunks::<W>().0) {
        for ((whole, upper), &sample) in whole.iter_mut().zip(&mut upper).zip(row) {
            *whole = whole.wrapping_add(square(sample));
            *upper += square(sample) >> 16;
        }
        sum.iter_mut().zip(row).for_each(|(lane, &sample)| *lane += i32::from(sample));
        least.iter_mut().zip(row).for_each(|(lane, &sample)| *lane = (*lane).min(sample));
        greatest.iter_mut().zip(row).for_each(|(lane, &sample)| *lane = (*lane).max(sample));
        for (lane, (a, b)) in crossings.iter_mut().zip(row.iter().zip(next)) {
            *lane += (a ^ b).cast_unsigned() >> 15;
        }
    }
    let mut lanes = Lanes::EMPTY;
    lanes.sum[..W].copy_from_slice(&sum);
    lanes.whole[..W].copy_from_slice(&whole);
    lanes.upper[..W].copy_from_slice(&upper);
    lanes.least[..W].copy_from_slice(&least);
    lanes.greatest[..W].copy_from_slice(&greatest);
    lanes.crossings[..W].copy_from_slice(&crossings);
    lanes
}

impl Lanes {
    const EMPTY: Self = Lanes {
        sum: [0; LANES],
        whole: [0; LANES],
        upper: [0; LANES],
        least: [i16::MAX; LANES],
        greatest: [i16::MIN; LANES],
        crossings: [0; LANES],
    };

    /// Steps the lanes along a row of any width.
    #[inline(always)]
    fn add(&mut self, row: &[i16], next: &[i16]) {
        for ((whole, upper), &sample) in self.whole.iter_mut().zip(&mut self.upper).zip(row) {
            *whole = whole.wrapping_add(square(sample));
            *upper += square(sample) >> 16;
        }
        self.sum.iter_mut().zip(row).for_each(|(lane, &sample)| *lane += i32::from(sample));
        self.least.iter_mut().zip(row).for_each(|(lane, &sample)| *lane = (*lane).min(sample));
        self.greatest.iter_mut().zip(row).for_each(|(lane, &sample)| *lane = (*lane).max(sample));
        for (lane, (a, b)) in self.crossings.iter_mut().zip(row.iter().zip(next)) {
            *lane += (a ^ b).cast_unsigned() >> 15;
        }
    }
}
