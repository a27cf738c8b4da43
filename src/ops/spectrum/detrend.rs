//! Offsets and trends that are subtracted from a window before it is tapered.

use super::real::Real;

/// What is subtracted from each channel of a window before it is tapered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Detrend {
    /// Nothing, as `librosa.stft` and SciPy's `detrend=False`. The default.
    #[default]
    None,
    /// The mean, as SciPy's `detrend="constant"`.
    Constant,
    /// The straight line with the smallest sum of squares of what is left, as SciPy's `detrend="linear"`.
    Linear,
}

impl Detrend {
    /// Takes it off.
    #[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
    pub(super) fn apply<T: Real>(self, samples: &mut [T]) {
        let len = samples.len() as f64;
        let mean = || samples.iter().map(|sample| sample.to_f64_scale()).sum::<f64>() / len;
        match self {
            Detrend::None => {}
            Detrend::Constant => {
                let mean = mean();
                samples.iter_mut().for_each(|sample| *sample = T::from_f64_scale(sample.to_f64_scale() - mean));
            }
            Detrend::Linear => {
                let (mean, middle) = (mean(), (len - 1.0) / 2.0);
                let moment: f64 =
                    samples.iter().enumerate().map(|(at, sample)| (at as f64 - middle) * sample.to_f64_scale()).sum();
                // Σ (n − middle)², which a window of one frame has not.
                let squares = len * (len * len - 1.0) / 12.0;
                let slope = if squares > 0.0 { moment / squares } else { 0.0 };
                for (at, sample) in samples.iter_mut().enumerate() {
                    let line = mean + slope * (at as f64 - middle);
                    *sample = T::from_f64_scale(sample.to_f64_scale() - line);
                }
            }
        }
    }
}
