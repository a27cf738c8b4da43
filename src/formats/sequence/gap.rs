//! Time that passed between two recordings.

use std::time::Duration;

use jiff::SignedDuration;

use super::SequenceFile;
use crate::metadata::RecordingTime;

/// A place in a [`Sequence`](crate::Sequence) where one file does not begin when the file before it ends. Feature `time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The index of the file after the gap.
    pub file: usize,
    /// The frame of the sequence at which that file begins.
    pub frame: u64,
    /// When the audio before the gap ended.
    pub begin: RecordingTime,
    /// When the audio after it began, which is before `begin` where the files overlap.
    pub end: RecordingTime,
    /// The time missing between the files, `end` − `begin`; negative where they overlap.
    pub length: SignedDuration,
}

/// The gaps longer than `tolerance` either way.
pub(super) fn gaps(files: &[SequenceFile], sample_rate: u32, tolerance: Duration) -> Vec<Gap> {
    let between = |index: usize| {
        let (before, file) = (&files[index - 1], &files[index]);
        let ended = before.start_time?.at_frame(before.frames?, sample_rate)?;
        let began = file.start_time?;
        // On one scale if both offsets are known, and else by the clock that both are taken to share.
        let length = match (ended.timestamp(), began.timestamp()) {
            (Some(ended), Some(began)) => began.duration_since(ended),
            _ => began.since_1970().checked_sub(ended.since_1970())?,
        };
        (length.unsigned_abs() > tolerance).then_some(Gap {
            file: index,
            frame: file.first_frame?,
            begin: ended,
            end: began,
            length,
        })
    };
    (1..files.len()).filter_map(between).collect()
}
