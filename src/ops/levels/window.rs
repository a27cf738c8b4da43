//! One measure of one window: totals per channel over its blocks.

use ndarray::{ArrayRef1, ArrayRef2};

use super::blocks::{each_block, groups};
use super::compensated::Compensated;
use super::exact::quotient;
use super::kernel::{self, GROUP};
use crate::pcm::{Sample, Samples};

/// Channels that most audio has at most.
const FEW: usize = 8;

/// The running total of one channel.
pub(super) trait Total: Copy {
    /// Of no samples.
    const EMPTY: Self;

    /// Adds interleaved samples, a channel to each of at most `N` totals.
    fn add<T: Sample, const N: usize>(samples: &[T], totals: &mut [Self]);
}

/// Measures each channel and lets `write` make a result of it.
///
/// # Panics
/// Unless there are as many results as channels.
#[track_caller]
pub(super) fn measure<M: Total, T: Sample>(
    window: &ArrayRef2<T>,
    out: &mut ArrayRef1<f64>,
    write: impl Fn(&mut f64, &M),
) {
    let (channels, results) = (window.ncols(), out.len());
    assert_eq!(results, channels, "results ({results}) must be as many as channels ({channels})");
    // Of short windows of few channels, the time would be that of clearing room for many.
    if channels <= FEW {
        measure_with_room::<M, T, FEW>(window, out, write);
    } else {
        measure_with_room::<M, T, GROUP>(window, out, write);
    }
}

#[inline(always)]
fn measure_with_room<M: Total, T: Sample, const N: usize>(
    window: &ArrayRef2<T>,
    out: &mut ArrayRef1<f64>,
    write: impl Fn(&mut f64, &M),
) {
    for group in groups(window.ncols()) {
        let totals = &mut [M::EMPTY; N][..group.len()];
        each_block(window, group.clone(), |block| M::add::<T, N>(block, totals));
        for (channel, total) in group.zip(totals) {
            write(&mut out[channel], total);
        }
    }
}

/// Σ x², of integers on the scale of their type.
#[derive(Clone, Copy)]
pub(super) struct Squares {
    exact: u128,
    float: Compensated,
}

impl Total for Squares {
    const EMPTY: Self = Squares { exact: 0, float: Compensated::ZERO };

    fn add<T: Sample, const N: usize>(samples: &[T], totals: &mut [Self]) {
        let channels = totals.len();
        match Samples::from(samples) {
            Samples::I16(samples) => {
                let sums = &mut [0; N][..channels];
                kernel::i16::sum_squares(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.exact += u128::from(*sum));
            }
            Samples::I32(samples) => {
                let sums = &mut [0; N][..channels];
                kernel::i32::sum_squares(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.exact += *sum);
            }
            Samples::F32(samples) => {
                let sums = &mut [0.0; N][..channels];
                kernel::float::sum_squares(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.float.add(*sum));
            }
            Samples::F64(samples) => {
                let sums = &mut [0.0; N][..channels];
                kernel::float::sum_squares(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.float.add(*sum));
            }
        }
    }
}

impl Squares {
    /// The mean over so many frames of `T`, of full scale 1.0.
    pub(super) fn mean<T: Sample>(&self, frames: usize) -> f64 {
        if T::IS_FLOAT {
            mean(&self.float, frames)
        } else {
            quotient(self.exact, 0, frames as u64) / (T::FULL_SCALE * T::FULL_SCALE)
        }
    }
}

/// Σ x, of integers on the scale of their type.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    exact: i128,
    float: Compensated,
}

impl Total for Sum {
    const EMPTY: Self = Sum { exact: 0, float: Compensated::ZERO };

    fn add<T: Sample, const N: usize>(samples: &[T], totals: &mut [Self]) {
        let channels = totals.len();
        match Samples::from(samples) {
            Samples::I16(samples) => {
                let sums = &mut [0; N][..channels];
                kernel::i16::sum(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.exact += i128::from(*sum));
            }
            Samples::I32(samples) => {
                let sums = &mut [0; N][..channels];
                kernel::i32::sum(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.exact += i128::from(*sum));
            }
            Samples::F32(samples) => {
                let sums = &mut [0.0; N][..channels];
                kernel::float::sum(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.float.add(*sum));
            }
            Samples::F64(samples) => {
                let sums = &mut [0.0; N][..channels];
                kernel::float::sum(samples, channels, sums);
                totals.iter_mut().zip(sums).for_each(|(total, sum)| total.float.add(*sum));
            }
        }
    }
}

impl Sum {
    /// The mean over so many frames of `T`, of full scale 1.0.
    pub(super) fn mean<T: Sample>(&self, frames: usize) -> f64 {
        if T::IS_FLOAT {
            mean(&self.float, frames)
        } else {
            let magnitude = quotient(self.exact.unsigned_abs(), 0, frames as u64) / T::FULL_SCALE;
            if self.exact < 0 { -magnitude } else { magnitude }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "one more rounding, of lengths past 2^53")]
fn mean(sum: &Compensated, frames: usize) -> f64 {
    sum.value() / frames as f64
}

/// The smallest and the largest sample, of full scale 1.0, and whether one was NaN.
#[derive(Clone, Copy)]
pub(super) struct Extrema {
    least: f64,
    greatest: f64,
    nan: bool,
}

impl Total for Extrema {
    const EMPTY: Self = Extrema { least: f64::INFINITY, greatest: f64::NEG_INFINITY, nan: false };

    fn add<T: Sample, const N: usize>(samples: &[T], totals: &mut [Self]) {
        match Samples::from(samples) {
            Samples::I16(samples) => Self::add_by::<N, _>(samples, totals, kernel::i16::extrema),
            Samples::I32(samples) => Self::add_by::<N, _>(samples, totals, kernel::i32::extrema),
            Samples::F32(samples) => Self::add_floats::<N, _>(samples, totals),
            Samples::F64(samples) => Self::add_floats::<N, _>(samples, totals),
        }
    }
}

impl Extrema {
    fn add_by<const N: usize, T: Sample>(
        samples: &[T],
        totals: &mut [Self],
        extrema: impl Fn(&[T], usize, &mut [T], &mut [T]),
    ) {
        let channels = totals.len();
        let (least, greatest) = (&mut [T::default(); N][..channels], &mut [T::default(); N][..channels]);
        extrema(samples, channels, least, greatest);
        for (total, (least, greatest)) in totals.iter_mut().zip(least.iter().zip(greatest)) {
            total.least = total.least.min(least.to_f64_scale());
            total.greatest = total.greatest.max(greatest.to_f64_scale());
        }
    }

    fn add_floats<const N: usize, T: Sample + kernel::float::Float>(samples: &[T], totals: &mut [Self]) {
        let channels = totals.len();
        Self::add_by::<N, _>(samples, totals, kernel::float::extrema);
        let nans = &mut [0; N][..channels];
        kernel::float::nans(samples, channels, nans);
        totals.iter_mut().zip(nans).for_each(|(total, &mut nans)| total.nan |= nans > 0);
    }

    /// NaN of no samples, or where one was.
    pub(super) fn min(&self) -> f64 {
        if self.is_none() { f64::NAN } else { self.least }
    }

    /// NaN of no samples, or where one was.
    pub(super) fn max(&self) -> f64 {
        if self.is_none() { f64::NAN } else { self.greatest }
    }

    /// The largest magnitude; NaN of no samples, or where one was.
    pub(super) fn peak(&self) -> f64 {
        if self.is_none() { f64::NAN } else { self.greatest.max(-self.least) }
    }

    fn is_none(&self) -> bool {
        self.nan || self.least > self.greatest
    }
}
