//! Each kernel against its definition, and as compiled for this CPU against as compiled for any.

use super::lanes::{LANES, lanes_of};
use super::*;

/// Numerical Recipes' quick generator; the upper half of its state is used.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }
}

/// Any values, and often enough those at which sums overflow and signs change.
fn corners<T: Copy>(random: &mut Random, corners: &[T], any: impl Fn(u32, u32) -> T, len: usize) -> Vec<T> {
    (0..len)
        .map(|_| {
            let (choice, high, low) = (random.next() >> 16, random.next() >> 16, random.next() >> 16);
            corners.get(choice as usize % 16).copied().unwrap_or_else(|| any(high, low))
        })
        .collect()
}

fn i16s(random: &mut Random, len: usize) -> Vec<i16> {
    corners(random, &[i16::MIN, i16::MIN, i16::MAX, 0, -1, 1], |high, _| high as u16 as i16, len)
}

fn i32s(random: &mut Random, len: usize) -> Vec<i32> {
    corners(random, &[i32::MIN, i32::MIN, i32::MAX, 0, -1, 1], |high, low| (high << 16 | low) as i32, len)
}

/// Multiples of 2^−15, whose sums and sums of squares are exact in an `f64`, so that the order cannot matter.
fn f32s(random: &mut Random, len: usize) -> Vec<f32> {
    corners(random, &[-1.0, 1.0, 0.0, -0.0], |high, _| f32::from(high as u16 as i16) / 32_768.0, len)
}

fn f64s(random: &mut Random, len: usize) -> Vec<f64> {
    f32s(random, len).into_iter().map(f64::from).collect()
}

/// One channel.
fn channel<T: Copy>(samples: &[T], channels: usize, channel: usize) -> impl Iterator<Item = T> + Clone {
    samples.iter().copied().skip(channel).step_by(channels)
}

/// The definition of one kernel: what it gives for one channel.
type Naive<T, R> = fn(&mut dyn Iterator<Item = T>) -> R;

/// Runs a kernel in both forms over samples of many channel counts, lengths and alignments.
fn compare<T: Copy, R: Copy + Default + PartialEq + std::fmt::Debug>(
    samples: impl Fn(&mut Random, usize) -> Vec<T>,
    dispatched: impl Fn(&[T], usize, &mut [R]),
    portable: impl Fn(&[T], usize, &mut [R]),
    naive: Naive<T, R>,
) {
    let mut random = Random(1);
    let mut check = |channels: usize, frames: usize, offset: usize| {
        let all = samples(&mut random, offset + frames * channels);
        let samples = &all[offset..];
        let expected: Vec<R> = (0..channels).map(|index| naive(&mut channel(samples, channels, index))).collect();
        for kernel in [&dispatched as &dyn Fn(&[T], usize, &mut [R]), &portable] {
            let mut found = vec![R::default(); channels];
            kernel(samples, channels, &mut found);
            assert_eq!(found, expected, "{frames} frames × {channels} channels from sample {offset}");
        }
    };
    for channels in 1..=GROUP {
        let row = lanes_of(channels) / channels;
        for frames in [0, 1, 2, row - 1, row, row + 1, 2 * row - 1, 2 * row, 2 * row + 1, 3 * row + 1, 5 * row] {
            check(channels, frames, 0);
        }
        check(channels, 1000 / channels + 7, channels % 5);
    }
    for channels in [1, 2, 3, 5] {
        for frames in 0..2 * LANES + 3 {
            check(channels, frames, frames % 64);
        }
        for offset in 0..64 {
            check(channels, 300, offset);
        }
    }
    check(1, MAX_SAMPLES, 0);
    check(3, MAX_SAMPLES / 3, 1);
}

/// A kernel that gives two results, as one that gives pairs.
fn paired<T: Copy + Default>(kernel: impl Fn(&[T], usize, &mut [T], &mut [T])) -> impl Fn(&[T], usize, &mut [(T, T)]) {
    move |samples, channels, out| {
        let (mut first, mut second) = (vec![T::default(); channels], vec![T::default(); channels]);
        kernel(samples, channels, &mut first, &mut second);
        for (out, pair) in out.iter_mut().zip(first.into_iter().zip(second)) {
            *out = pair;
        }
    }
}

fn crossings<T: PartialOrd + Default>(samples: &mut dyn Iterator<Item = T>) -> u32 {
    let signs: Vec<bool> = samples.map(|sample| sample >= T::default()).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count() as u32
}

#[test]
fn i16_kernels_are_their_definitions() {
    compare(i16s, i16::sum_squares, i16::sum_squares_body, |samples| samples.map(|x| i64::from(x).pow(2) as u64).sum());
    compare(i16s, i16::sum, i16::sum_body, |samples| samples.map(i32::from).sum());
    compare(i16s, paired(i16::extrema), paired(i16::extrema_body), |samples| {
        samples.fold((i16::MAX, i16::MIN), |(least, greatest), x| (least.min(x), greatest.max(x)))
    });
}

/// The sum, the sum of squares, the smallest and the largest, and the crossings.
type All = (i32, u64, i16, i16, u32);

fn all(summarize: impl Fn(&[i16], usize, i16::Summary<'_>)) -> impl Fn(&[i16], usize, &mut [All]) {
    move |samples, channels, out| {
        let (mut sum, mut squares, mut crossings) = (vec![0; channels], vec![0; channels], vec![0; channels]);
        let (mut least, mut greatest) = (vec![0; channels], vec![0; channels]);
        let summary = i16::Summary {
            sum: &mut sum,
            squares: &mut squares,
            least: &mut least,
            greatest: &mut greatest,
            crossings: &mut crossings,
        };
        summarize(samples, channels, summary);
        for (channel, out) in out.iter_mut().enumerate() {
            *out = (sum[channel], squares[channel], least[channel], greatest[channel], crossings[channel]);
        }
    }
}

#[test]
fn the_summary_of_i16_is_all_its_definitions() {
    compare(i16s, all(i16::summarize), all(i16::summarize_body), |samples| {
        let samples: Vec<i16> = samples.collect();
        (
            samples.iter().map(|&x| i32::from(x)).sum(),
            samples.iter().map(|&x| i64::from(x).pow(2) as u64).sum(),
            samples.iter().copied().min().unwrap_or(i16::MAX),
            samples.iter().copied().max().unwrap_or(i16::MIN),
            crossings(&mut samples.iter().copied()),
        )
    });
}

#[test]
fn i32_kernels_are_their_definitions() {
    compare(i32s, i32::sum_squares, i32::sum_squares_body, |samples| {
        samples.map(|x| u128::from(x.unsigned_abs()).pow(2)).sum()
    });
    compare(i32s, i32::sum, i32::sum_body, |samples| samples.map(i64::from).sum());
    compare(i32s, i32::crossings, i32::crossings_body, crossings);
    compare(i32s, paired(i32::extrema), paired(i32::extrema_body), |samples| {
        samples.fold((i32::MAX, i32::MIN), |(least, greatest), x| (least.min(x), greatest.max(x)))
    });
}

#[test]
fn float_kernels_are_their_definitions() {
    compare(f32s, float::sum_squares, float::sum_squares_body, |samples| samples.map(|x| f64::from(x).powi(2)).sum());
    compare(f64s, float::sum_squares, float::sum_squares_body, |samples| samples.map(|x| x.powi(2)).sum());
    compare(f32s, float::sum, float::sum_body, |samples| samples.map(f64::from).sum());
    compare(f64s, float::sum, float::sum_body, |samples| samples.sum());
    compare(f32s, float::crossings, float::crossings_body, crossings);
    compare(f64s, float::crossings, float::crossings_body, crossings);
    compare(f32s, paired(float::extrema), paired(float::extrema_body), |samples| {
        samples.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, greatest), x| (least.min(x), greatest.max(x)))
    });
    compare(f64s, paired(float::extrema), paired(float::extrema_body), |samples| {
        samples.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), x| (least.min(x), greatest.max(x)))
    });
    // Deviations from a mean of 1/4 are multiples of 2^−15 as well.
    let means = [0.25; GROUP];
    compare(
        f32s,
        |samples, channels, out| float::sum_deviations(samples, &means[..channels], out),
        |samples, channels, out| float::sum_deviations_body(samples, &means[..channels], out),
        |samples| samples.map(|x| (f64::from(x) - 0.25).powi(2)).sum(),
    );
    compare(
        f64s,
        |samples, channels, out| float::sum_deviations(samples, &means[..channels], out),
        |samples, channels, out| float::sum_deviations_body(samples, &means[..channels], out),
        |samples| samples.map(|x| (x - 0.25).powi(2)).sum(),
    );
}

#[test]
fn nans_are_counted_and_change_no_extreme() {
    let with_nans = |random: &mut Random, len: usize| {
        let mut samples = f32s(random, len);
        samples.iter_mut().step_by(7).for_each(|sample| *sample = f32::NAN);
        samples
    };
    compare(with_nans, float::nans, float::nans_body, |samples| samples.filter(|x| x.is_nan()).count() as u32);
    compare(with_nans, paired(float::extrema), paired(float::extrema_body), |samples| {
        samples.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, greatest), x| (least.min(x), greatest.max(x)))
    });
}

/// Sums of floats are rounded, so the CPU could show in them; the lanes fix the order.
#[test]
fn float_sums_have_the_same_bits_on_any_cpu() {
    let mut random = Random(2);
    for channels in 1..=GROUP {
        let samples: Vec<f32> = (0..5000 / channels * channels).map(|_| random.next() as f32 * 1e-9 - 2.0).collect();
        let (mut dispatched, mut portable) = (vec![0.0_f64; channels], vec![0.0_f64; channels]);
        float::sum_squares(&samples, channels, &mut dispatched);
        float::sum_squares_body(&samples, channels, &mut portable);
        assert_eq!(dispatched, portable);
        float::sum(&samples, channels, &mut dispatched);
        float::sum_body(&samples, channels, &mut portable);
        assert_eq!(dispatched, portable);
        let means = vec![0.1; channels];
        float::sum_deviations(&samples, &means, &mut dispatched);
        float::sum_deviations_body(&samples, &means, &mut portable);
        assert_eq!(dispatched, portable);
    }
}
