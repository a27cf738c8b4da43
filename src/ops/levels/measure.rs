//! Measures chosen at run time.

use ndarray::{ArrayRef, ArrayRef1};

use super::zero_crossings;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// A measure of a window, to choose one for [`curves`](crate::curves) and [`segments`](crate::segments).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Measure {
    /// The root mean square, as [`rms`](super::rms).
    #[default]
    Rms,
    /// The largest magnitude, as [`peak`](super::peak).
    Peak,
    /// Peak ÷ RMS, as [`crest_factor`](super::crest_factor).
    CrestFactor,
    /// The share of neighbouring samples between which the sign changes.
    ///
    /// Zero counts as positive, and so does −0.0. There are `frames − 1` pairs of neighbours, by which the crossings are divided; of a
    /// window of one frame the rate is NaN, and so it is where a sample is NaN. A sine of frequency f has 2·f / sample rate.
    ///
    /// `librosa.feature.zero_crossing_rate(center=False)` divides by the number of frames instead, and takes magnitudes up to 10^−10
    /// for 0.
    ZeroCrossingRate,
}

impl Measure {
    /// Measures each channel of one window, into the caller's array; allocates nothing.
    ///
    /// # Panics
    /// Unless `out` has an element per channel.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::levels::Measure;
    /// use ndaudio::ndarray::{Array1, array};
    ///
    /// let mut rates = Array1::zeros(1);
    /// Measure::ZeroCrossingRate.measure_into(&array![[1_i16], [-1], [1]], &mut rates);
    /// assert_eq!(rates, array![1.0]);
    /// ```
    #[track_caller]
    pub fn measure_into<T: Sample, N: FrameDimension>(self, window: &ArrayRef<T, N>, out: &mut ArrayRef1<f64>) {
        match self {
            Measure::Rms => super::rms_into(window, out),
            Measure::Peak => super::peak_into(window, out),
            Measure::CrestFactor => super::crest_factor_into(window, out),
            Measure::ZeroCrossingRate => zero_crossings::rate_into(&as_frames(window), out),
        }
    }
}
