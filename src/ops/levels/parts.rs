//! One block as a [`Level`] per channel.

use super::clipping::{Clipping, Clips};
use super::compensated::Compensated;
use super::exact::ExactSums;
use super::kernel::float::Float;
use super::kernel::{self, GROUP};
use super::level::Level;
use super::moments::Moments;
use crate::pcm::{Sample, Samples};

/// Adds interleaved samples, a channel to each level.
pub(super) fn add<T: Sample>(samples: &[T], levels: &mut [Level]) {
    match Samples::from(samples) {
        Samples::I16(samples) => add_i16(samples, levels),
        Samples::I32(samples) => add_i32(samples, levels),
        Samples::F32(samples) => add_floats(samples, levels),
        Samples::F64(samples) => add_floats(samples, levels),
    }
}

fn add_i16(samples: &[i16], levels: &mut [Level]) {
    let channels = levels.len();
    let (sums, squares) = (&mut [0; GROUP][..channels], &mut [0; GROUP][..channels]);
    let mut shape = Shape::unknown(samples, channels);
    let out = kernel::i16::Summary {
        sum: sums,
        squares,
        least: &mut shape.least[..channels],
        greatest: &mut shape.greatest[..channels],
        crossings: &mut shape.crossings[..channels],
    };
    kernel::i16::summarize_fastest(samples, channels, out);
    let clipping = shape.clipping();
    for (channel, level) in levels.iter_mut().enumerate() {
        // On the scale of 32 bits, where all integers meet.
        let sums = (i128::from(sums[channel]) << 16, u128::from(squares[channel]) << 32);
        let exact = ExactSums { samples: shape.frames, sum: sums.0, squares: sums.1 };
        level.merge(&shape.level(channel, &clipping, exact, Moments::EMPTY));
    }
}

fn add_i32(samples: &[i32], levels: &mut [Level]) {
    let channels = levels.len();
    let (sums, squares) = (&mut [0; GROUP][..channels], &mut [0; GROUP][..channels]);
    kernel::i32::sum(samples, channels, sums);
    kernel::i32::sum_squares(samples, channels, squares);
    let shape = Shape::of(samples, channels, kernel::i32::extrema, kernel::i32::crossings);
    let clipping = shape.clipping();
    for (channel, level) in levels.iter_mut().enumerate() {
        let exact = ExactSums { samples: shape.frames, sum: i128::from(sums[channel]), squares: squares[channel] };
        level.merge(&shape.level(channel, &clipping, exact, Moments::EMPTY));
    }
}

fn add_floats<T: Clips + Float>(samples: &[T], levels: &mut [Level]) {
    let channels = levels.len();
    let squares = &mut [0.0; GROUP][..channels];
    kernel::float::sum_squares(samples, channels, squares);
    // A sum of squares is finite where all samples are; of samples beyond 10^154, which have infinite squares, it is not, and
    // the longer way comes to the same.
    if squares.iter().all(|sum| sum.is_finite()) {
        add_finite(samples, squares, levels);
        return;
    }
    for (channel, level) in levels.iter_mut().enumerate() {
        add_sifted(samples.iter().skip(channel).step_by(channels).map(|&sample| sample.into()), level);
    }
}

/// Adds the samples of one channel that are finite, and counts the others.
fn add_sifted(samples: impl Iterator<Item = f64>, level: &mut Level) {
    let finite = &mut [0.0; 1024];
    let mut filled = 0;
    let add = |finite: &[f64], level: &mut Level| {
        let squares = &mut [0.0];
        kernel::float::sum_squares(finite, 1, squares);
        add_finite(finite, squares, std::slice::from_mut(level));
    };
    for sample in samples {
        if sample.is_finite() {
            finite[filled] = sample;
            filled += 1;
            if filled == finite.len() {
                add(finite, level);
                filled = 0;
            }
        } else if sample.is_nan() {
            level.nan = level.nan.saturating_add(1);
        } else {
            level.infinite = level.infinite.saturating_add(1);
        }
    }
    if filled > 0 {
        add(&finite[..filled], level);
    }
}

#[expect(clippy::cast_precision_loss, reason = "frames of a block")]
fn add_finite<T: Clips + Float>(samples: &[T], squares: &[f64], levels: &mut [Level]) {
    let channels = levels.len();
    let shape = Shape::of(samples, channels, kernel::float::extrema, kernel::float::crossings);
    let (sums, deviations) = (&mut [0.0; GROUP][..channels], &mut [0.0; GROUP][..channels]);
    kernel::float::sum(samples, channels, sums);
    let means = &mut [0.0; GROUP][..channels];
    means.iter_mut().zip(&*sums).for_each(|(mean, sum)| *mean = sum / shape.frames as f64);
    kernel::float::sum_deviations(samples, means, deviations);
    let clipping = shape.clipping();
    for (channel, level) in levels.iter_mut().enumerate() {
        let alone = |sum| Compensated { sum, rest: 0.0 };
        let float = Moments {
            samples: shape.frames,
            sum: alone(sums[channel]),
            squares: alone(squares[channel]),
            deviations: alone(deviations[channel]),
        };
        level.merge(&shape.level(channel, &clipping, ExactSums::EMPTY, float));
    }
}

/// Values found in the same way for every sample type.
struct Shape<'a, T> {
    samples: &'a [T],
    channels: usize,
    frames: u64,
    least: [T; GROUP],
    greatest: [T; GROUP],
    crossings: [u32; GROUP],
}

impl<'a, T: Clips> Shape<'a, T> {
    /// With results still to be filled in.
    fn unknown(samples: &'a [T], channels: usize) -> Self {
        let frames = (samples.len() / channels) as u64;
        let (least, greatest) = ([T::default(); GROUP], [T::default(); GROUP]);
        Shape { samples, channels, frames, least, greatest, crossings: [0; GROUP] }
    }

    fn of(
        samples: &'a [T],
        channels: usize,
        extrema: impl Fn(&[T], usize, &mut [T], &mut [T]),
        crossings: impl Fn(&[T], usize, &mut [u32]),
    ) -> Self {
        let mut shape = Shape::unknown(samples, channels);
        extrema(samples, channels, &mut shape.least[..channels], &mut shape.greatest[..channels]);
        crossings(samples, channels, &mut shape.crossings[..channels]);
        shape
    }

    /// The clipped samples. Few blocks have any, and one whose extremes are not clipped has none.
    #[inline(always)]
    fn clipping(&self) -> Clipping {
        // Filled in where it is: to return it from a call would take as long as to find out that nothing is clipped.
        let mut clipping = Clipping::none(self.frames);
        let extremes = self.least[..self.channels].iter().chain(&self.greatest[..self.channels]);
        if extremes.copied().any(Clips::is_clipped) {
            clipping.find(self.samples, self.channels);
        }
        clipping
    }

    /// A channel, with the sums that its type has.
    fn level(&self, channel: usize, clipping: &Clipping, exact: ExactSums, float: Moments) -> Level {
        let zero = T::default();
        let last = self.samples.len() - self.channels;
        Level {
            exact,
            float,
            least: self.least[channel].to_f64_scale(),
            greatest: self.greatest[channel].to_f64_scale(),
            clipped: clipping.counts[channel],
            runs: clipping.runs[channel],
            crossings: self.crossings[channel].into(),
            pairs: self.frames - 1,
            ends: Some((self.samples[channel] >= zero, self.samples[last + channel] >= zero)),
            ..Level::EMPTY
        }
    }
}
