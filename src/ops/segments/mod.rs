//! Segments: where there is sound and where there is silence, and cutting recordings up.
//!
//! [`Rule`] says what counts as sound; [`detect`] applies it to an array, [`Detector`] to a stream of blocks in constant memory.
//! [`compat`](crate::compat) decides as librosa and ffmpeg do. To put parts together again, use [`ndarray::concatenate()`].

mod cut;
mod detector;
mod gate;
mod meter;
mod rule;

pub use cut::{Tail, clips, clips_by_time, complement, hull};
pub use detector::{Detector, detect};
use gate::Gate;
pub use meter::Meter;
pub use rule::{Rule, Threshold};

use std::ops::Range;

use ndarray::{ArrayRef2, ArrayView2, Axis, Slice};

/// Consecutive frames of a recording: from `start_frame` on, up to and without `end_frame`.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::array;
/// use ndaudio::segments::Segment;
///
/// let segment = Segment::new(1, 3);
/// assert_eq!(segment.view(&array![[1_i16], [2], [3], [4]]), array![[2], [3]]);
/// assert_eq!(segment.seconds(48_000), 1.0 / 48_000.0..3.0 / 48_000.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Segment {
    /// The first frame.
    pub start_frame: u64,
    /// The frame after the last one.
    pub end_frame: u64,
}

impl Segment {
    /// The frames from `start_frame` up to and without `end_frame`.
    ///
    /// # Panics
    /// Unless `start_frame <= end_frame`.
    #[must_use]
    #[track_caller]
    pub fn new(start_frame: u64, end_frame: u64) -> Self {
        assert!(start_frame <= end_frame, "start_frame ({start_frame}) must be at most end_frame ({end_frame})");
        Segment { start_frame, end_frame }
    }

    /// Returns the number of frames.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.end_frame - self.start_frame
    }

    /// Returns its start and its end in seconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames")]
    pub fn seconds(&self, sample_rate: u32) -> Range<f64> {
        let rate = f64::from(sample_rate);
        self.start_frame as f64 / rate..self.end_frame as f64 / rate
    }

    /// Views its frames in an array of the whole recording; copies nothing.
    ///
    /// # Panics
    /// Unless `end_frame` is at most the number of frames.
    #[must_use]
    #[track_caller]
    pub fn view<'a, T>(&self, samples: &'a ArrayRef2<T>) -> ArrayView2<'a, T> {
        let frames = samples.nrows();
        let index = |frame: u64| match usize::try_from(frame) {
            Ok(index) if index <= frames => index,
            _ => panic!("end_frame ({}) must be at most the number of frames ({frames})", self.end_frame),
        };
        let (start, end) = (index(self.start_frame), index(self.end_frame));
        samples.slice_axis(Axis(0), Slice::from(start..end))
    }
}

#[cfg(test)]
#[rustfmt::skip]
pub(in crate::ops) mod recorded;
#[cfg(test)]
mod tests;
