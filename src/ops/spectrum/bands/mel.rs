//! Mel bands.

use std::ops::Range;

use super::filter_bank::{Band, FilterBank, range_of};
use crate::ops::spectrum::check_rate;

/// Which mel bands: how many, on which scale of pitch, and how high their triangles are.
#[derive(Debug, Clone, PartialEq)]
pub struct Mel {
    bands: usize,
    scale: Scale,
    range: Option<Range<f64>>,
    normalized: bool,
}

/// A scale of pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Slaney,
    Htk,
}

impl Mel {
    /// Takes so many bands on the scale of Slaney's Auditory Toolbox: linear up to 1 kHz, logarithmic above. The default of librosa.
    #[must_use]
    pub fn slaney(bands: usize) -> Self {
        Mel { bands, scale: Scale::Slaney, range: None, normalized: true }
    }

    /// Takes so many bands on the scale of the Hidden Markov Model Toolkit, 2595·log10(1 + f / 700): librosa's `htk=True`.
    #[must_use]
    pub fn htk(bands: usize) -> Self {
        Mel { bands, scale: Scale::Htk, range: None, normalized: true }
    }

    /// Spans other frequencies in Hz than from 0 to half the sample rate: librosa's `fmin` and `fmax`.
    ///
    /// # Panics
    /// Unless `0 <= range.start < range.end`, finite.
    #[must_use]
    #[track_caller]
    pub fn range(mut self, range: Range<f64>) -> Self {
        let Range { start, end } = range;
        assert!(start >= 0.0 && end.is_finite(), "the range ({start} Hz to {end} Hz) must be at least 0 and finite");
        assert!(start < end, "the range ({start} Hz to {end} Hz) must not be empty");
        self.range = Some(range);
        self
    }

    /// Makes all triangles 1 high, librosa's `norm=None`, where they have the area 1 otherwise, `norm="slaney"`.
    #[must_use]
    pub fn peak_one(mut self) -> Self {
        self.normalized = false;
        self
    }
}

impl Scale {
    const LINEAR: f64 = 200.0 / 3.0;
    const BREAK: f64 = 1000.0;

    /// ln 6.4 / 27, the step of the logarithmic part.
    fn step() -> f64 {
        6.4_f64.ln() / 27.0
    }

    fn mel_of(self, frequency: f64) -> f64 {
        match self {
            Scale::Htk => 2595.0 * (1.0 + frequency / 700.0).log10(),
            Scale::Slaney if frequency < Scale::BREAK => frequency / Scale::LINEAR,
            Scale::Slaney => Scale::BREAK / Scale::LINEAR + (frequency / Scale::BREAK).ln() / Scale::step(),
        }
    }

    fn hertz_of(self, mel: f64) -> f64 {
        let knee = Scale::BREAK / Scale::LINEAR;
        match self {
            Scale::Htk => 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0),
            Scale::Slaney if mel < knee => mel * Scale::LINEAR,
            Scale::Slaney => Scale::BREAK * ((mel - knee) * Scale::step()).exp(),
        }
    }
}

/// Returns mel bands, as `librosa.filters.mel`: triangles over the centres of their neighbours.
///
/// Of powers, as [`Spectrum::power`](crate::Spectrum::power) gives them without a scaling, they make `librosa.feature.melspectrogram`. A band narrower than a bin may have none, and is 0: take fewer bands or a longer transform.
///
/// # Panics
/// Unless `sample_rate` is above 0 and finite and `fft_len >= 1`.
///
/// Source: M. Slaney, "Auditory Toolbox", Interval Research 1998-010; S. Young et al., "The HTK Book"; librosa 0.11, `filters.py`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
#[track_caller]
pub fn mel(sample_rate: impl Into<f64>, fft_len: usize, mel: Mel) -> FilterBank {
    let sample_rate = check_rate(sample_rate.into());
    assert!(fft_len >= 1, "fft_len (0) must be at least 1");
    let Mel { bands, scale, range, normalized } = mel;
    let Range { start, end } = range.unwrap_or(0.0..sample_rate / 2.0);
    let (low, high) = (scale.mel_of(start), scale.mel_of(end));
    let step = (high - low) / (bands + 1) as f64;
    let edge = |index: usize| scale.hertz_of(if index == bands + 1 { high } else { low + step * index as f64 });
    let (bins, width) = (fft_len / 2 + 1, sample_rate / fft_len as f64);
    let bands = (0..bands).map(|band| {
        let [lower, center, upper] = [edge(band), edge(band + 1), edge(band + 2)];
        let height = if normalized { 2.0 / (upper - lower) } else { 1.0 };
        let triangle = |bin: usize| {
            let frequency = bin as f64 * width;
            let (rising, falling) = ((frequency - lower) / (center - lower), (upper - frequency) / (upper - center));
            rising.min(falling).max(0.0) * height
        };
        Band::of_weights([lower, center, upper], bins, range_of(lower, upper, width, bins), triangle)
    });
    FilterBank { bins, bands: bands.collect() }
}
