//! Zero crossings of one window.

use ndarray::{ArrayRef1, ArrayRef2};

use crate::pcm::Sample;

/// Sign changes ÷ pairs of neighbours of each channel; NaN where there is no pair, or a sample that is NaN.
#[expect(clippy::cast_precision_loss, reason = "a window is not 2^53 frames long")]
pub(super) fn rate_into<T: Sample>(window: &ArrayRef2<T>, out: &mut ArrayRef1<f64>) {
    let channels = window.ncols();
    assert!(out.len() == channels, "out.len() ({}) must be the number of channels ({channels})", out.len());
    for (out, channel) in out.iter_mut().zip(window.columns()) {
        let negative = |sample: T| sample < T::zero();
        let unordered = |sample: T| sample.partial_cmp(&sample).is_none();
        let crossings = match channel.as_slice() {
            Some(samples) => samples.array_windows().filter(|&&[a, b]| negative(a) != negative(b)).count(),
            None => {
                let neighbours = channel.iter().zip(channel.iter().skip(1));
                neighbours.filter(|&(&a, &b)| negative(a) != negative(b)).count()
            }
        };
        *out = match channel.len() {
            0 | 1 => f64::NAN,
            _ if T::IS_FLOAT && channel.iter().any(|&sample| unordered(sample)) => f64::NAN,
            frames => crossings as f64 / (frames - 1) as f64,
        };
    }
}
