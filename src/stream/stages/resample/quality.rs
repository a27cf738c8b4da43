//! How good a resampler is to be.

use super::filter;

/// How good a resampler is to be, named with its numbers; `docs/resampling.md` has the measurements.
///
/// Frequencies are in parts of half the lower of the two sample rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Quality {
    /// Flat to 0.92; from 1.0 on 135 dB down. In `f32`.
    High,
    /// Flat to 0.96; from 1.0 on 170 dB down. In `f64`.
    #[default]
    VeryHigh,
}

impl Quality {
    /// Frames of the filter at the lower rate, at least.
    pub(super) fn filter(self) -> u64 {
        match self {
            Quality::High => 256,
            Quality::VeryHigh => 640,
        }
    }

    /// Frames of a transform at the lower rate, at least: several times as long as the filter, and within the second-level cache.
    pub(super) fn transform(self) -> u64 {
        match self {
            Quality::High => 1024,
            Quality::VeryHigh => 4096,
        }
    }

    /// How far the filter is down beyond its pass band, in dB: as far as the precision of its arithmetic goes.
    fn stop(self) -> f64 {
        match self {
            Quality::High => 140.0,
            Quality::VeryHigh => 180.0,
        }
    }

    /// The bins of the filter that transforms of `from` and of `to` frames share; it is `len` frames long at the first rate.
    #[expect(clippy::cast_precision_loss, reason = "lengths of transforms are far below 2^53")]
    pub(super) fn response(self, from: usize, to: usize, len: usize) -> Vec<f64> {
        // Gone where the lower rate ends.
        let lower = (to as f64 / from as f64).min(1.0);
        let cutoff = lower - filter::transition(len, self.stop()) / 2.0;
        let mut bins = filter::response(from, len, cutoff, self.stop());
        bins.truncate(from.min(to) / 2 + 1);
        bins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Up to half of the lower rate, whichever that is; transforms have even lengths.
    #[test]
    fn a_filter_has_the_bins_that_both_transforms_have() {
        for (from, to) in [(1_024, 1_024), (1_024, 512), (512, 1_024), (960, 882)] {
            let bins = from.min(to) / 2 + 1;
            assert_eq!(Quality::High.response(from, to, 128).len(), bins, "{from} to {to}");
        }
    }
}
