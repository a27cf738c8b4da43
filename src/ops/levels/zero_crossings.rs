//! Zero crossings of one window.

use ndarray::{ArrayRef1, ArrayRef2};

use super::kernel;
use super::window::{Total, measure};
use crate::pcm::{Sample, Samples};

/// Sign changes ÷ pairs of neighbours of each channel; NaN where there is no pair, or a sample that is NaN.
#[expect(clippy::cast_precision_loss, reason = "a window is not 2^53 frames long")]
pub(super) fn rate_into<T: Sample>(window: &ArrayRef2<T>, out: &mut ArrayRef1<f64>) {
    let frames = window.nrows();
    measure(window, out, |out, crossings: &Crossings| {
        *out = if frames < 2 || crossings.nan { f64::NAN } else { crossings.count as f64 / (frames - 1) as f64 };
    });
}

/// The count of one channel.
#[derive(Clone, Copy)]
struct Crossings {
    count: u64,
    /// Whether the last sample so far is at or above zero; `None` before the first.
    last: Option<bool>,
    nan: bool,
}

impl Total for Crossings {
    const EMPTY: Self = Crossings { count: 0, last: None, nan: false };

    fn add<T: Sample, const N: usize>(samples: &[T], totals: &mut [Self]) {
        let channels = totals.len();
        let counts = &mut [0; N][..channels];
        match Samples::from(samples) {
            Samples::I16(samples) => kernel::i16::crossings(samples, channels, counts),
            Samples::I32(samples) => kernel::i32::crossings(samples, channels, counts),
            Samples::F32(samples) => Self::count_floats::<_, N>(samples, totals, counts),
            Samples::F64(samples) => Self::count_floats::<_, N>(samples, totals, counts),
        }
        let (first, last) = (&samples[..channels], &samples[samples.len() - channels..]);
        for (total, (count, (first, last))) in totals.iter_mut().zip(counts.iter().zip(first.iter().zip(last))) {
            let begins = *first >= T::zero();
            total.count += u64::from(*count) + u64::from(total.last.is_some_and(|before| before != begins));
            total.last = Some(*last >= T::zero());
        }
    }
}

impl Crossings {
    fn count_floats<T: kernel::float::Float, const N: usize>(samples: &[T], totals: &mut [Self], counts: &mut [u32]) {
        let channels = totals.len();
        kernel::float::crossings(samples, channels, counts);
        let nans = &mut [0; N][..channels];
        kernel::float::nans(samples, channels, nans);
        totals.iter_mut().zip(nans).for_each(|(total, &mut nans)| total.nan |= nans > 0);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;

    /// Longer than the blocks that are counted by themselves, so that crossings between two of them matter.
    #[test]
    fn crossings_from_block_to_block_are_counted() {
        let audio = Array2::from_shape_fn((40_000, 2), |(frame, channel)| if frame % 2 > channel { -1_i16 } else { 1 });
        let mut rates = Array1::zeros(2);
        rate_into(&audio, &mut rates);
        assert_eq!(rates.to_vec(), [1.0, 0.0]);
        rate_into(&audio.mapv(f64::from), &mut rates);
        assert_eq!(rates.to_vec(), [1.0, 0.0]);
    }
}
