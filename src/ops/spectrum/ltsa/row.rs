//! One row of a long-term spectral average.

use ndarray::ArrayView2;

/// One row of an [`Ltsa`](super::Ltsa), lent from it.
#[derive(Debug, Clone, Copy)]
pub struct LtsaRow<'a> {
    pub(super) index: u64,
    pub(super) row_frames: u64,
    pub(super) windows: u64,
    pub(super) values: ArrayView2<'a, f64>,
}

impl<'a> LtsaRow<'a> {
    /// Returns the row's number in the recording, counted from 0; gaps count.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Returns the row's first frame in the recording; gaps count.
    #[must_use]
    pub fn first_frame(&self) -> u64 {
        self.index * self.row_frames
    }

    /// Counts the windows that the row is the mean of: fewer than [`windows_per_row`](super::Ltsa::windows_per_row) beside a gap or at the end.
    #[must_use]
    pub fn windows(&self) -> u64 {
        self.windows
    }

    /// Returns the mean density.
    ///
    /// **Shape** bins (or bands) × channels. **Unit** as [`Ltsa::values`](super::Ltsa::values).
    #[must_use]
    pub fn values(&self) -> ArrayView2<'a, f64> {
        self.values
    }
}
