//! How good a resampler is to be.

/// How good a resampler is to be, named with its numbers; `docs/resampling.md` has the measurements.
///
/// Frequencies are in parts of half the lower of the two sample rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Quality {
    /// Flat to 0.91, gone from 1.0 on. In `f32`.
    High,
    /// Flat to 0.96, gone from 1.0 on. In `f64`.
    #[default]
    VeryHigh,
}

impl Quality {
    /// Frames of a block at the lower rate, at least: the length of the filter.
    pub(super) fn block(self) -> u64 {
        match self {
            Quality::High => 384,
            Quality::VeryHigh => 1024,
        }
    }
}
