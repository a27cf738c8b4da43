//! Cutting up: what is between segments, and clips of a fixed length.

use super::Segment;
use crate::error::{Error, Result};

/// The segment from the start of the first to the end of the last; `None` where there are none.
///
/// Trimming a recording is viewing this segment of it.
///
/// # Examples
/// ```
/// use ndaudio::segments::{Segment, hull};
///
/// assert_eq!(hull(&[Segment::new(3, 5), Segment::new(8, 9)]), Some(Segment::new(3, 9)));
/// assert_eq!(hull(&[]), None);
/// ```
#[must_use]
pub fn hull(segments: &[Segment]) -> Option<Segment> {
    let start_frame = segments.iter().map(|segment| segment.start_frame).min()?;
    let end_frame = segments.iter().map(|segment| segment.end_frame).max()?;
    Some(Segment { start_frame, end_frame })
}

/// Returns the parts of a recording of `frames` frames that segments leave out: the silences between sounds, or the sounds between silences.
///
/// # Panics
/// Unless the segments are in order, do not overlap, and end within the recording.
///
/// # Examples
/// ```
/// use ndaudio::segments::{Segment, complement};
///
/// let silences = complement(&[Segment::new(0, 5), Segment::new(8, 9)], 10);
/// assert_eq!(silences, [Segment::new(5, 8), Segment::new(9, 10)]);
/// ```
#[must_use]
#[track_caller]
pub fn complement(segments: &[Segment], frames: u64) -> Vec<Segment> {
    let mut rest = Vec::with_capacity(segments.len() + 1);
    let mut from = 0;
    for segment in segments.iter().copied().chain([Segment { start_frame: frames, end_frame: frames }]) {
        assert!(
            from <= segment.start_frame,
            "segments must be in order, apart, and within {frames} frames: {segment:?}"
        );
        if from < segment.start_frame {
            rest.push(Segment { start_frame: from, end_frame: segment.start_frame });
        }
        from = segment.end_frame;
    }
    assert!(from <= frames, "segments must end within {frames} frames");
    rest
}

/// How a last clip shorter than the others is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Tail {
    /// It is kept, short.
    #[default]
    Keep,
    /// It is left out.
    Drop,
}

/// Divides a recording into clips of `len` frames.
///
/// # Panics
/// Unless `len > 0`.
///
/// # Examples
/// ```
/// use ndaudio::segments::{Segment, Tail, clips};
///
/// assert!(clips(10, 4, Tail::Keep).eq([Segment::new(0, 4), Segment::new(4, 8), Segment::new(8, 10)]));
/// assert_eq!(clips(10, 4, Tail::Drop).count(), 2);
/// ```
#[track_caller]
pub fn clips(frames: u64, len: u64, tail: Tail) -> impl Iterator<Item = Segment> + Clone {
    assert!(len > 0, "len must be above 0");
    let count = match tail {
        Tail::Keep => frames.div_ceil(len),
        Tail::Drop => frames / len,
    };
    (0..count).map(move |index| {
        let start_frame = index * len;
        Segment { start_frame, end_frame: start_frame.saturating_add(len).min(frames) }
    })
}

/// Divides a recording into clips of `seconds` seconds.
///
/// Clip `k` starts at the frame nearest to `k · seconds · sample_rate`. Where `seconds` is not a whole number of frames, clips differ
/// in length by one frame, and the last one of a day is where it should be.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless `seconds` is finite and at least one frame long.
///
/// # Examples
/// ```
/// use ndaudio::segments::{Tail, clips_by_time};
///
/// let thirds: Vec<u64> = clips_by_time(100, 100, 1.0 / 3.0, Tail::Keep)?.map(|clip| clip.frames()).collect();
/// assert_eq!(thirds, [33, 34, 33]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is limited to `frames`")]
pub fn clips_by_time(
    frames: u64,
    sample_rate: u32,
    seconds: f64,
    tail: Tail,
) -> Result<impl Iterator<Item = Segment> + Clone> {
    let len = seconds * f64::from(sample_rate);
    if !(len >= 1.0 && len.is_finite()) {
        let message =
            format!("clips of {seconds} s at {sample_rate} Hz have no length: a clip must be at least one frame long");
        return Err(Error::invalid("seconds", message));
    }
    let start = move |index: u64| (index as f64 * len).round_ties_even() as u64;
    let clips =
        (0..).map(move |index| (start(index), start(index + 1))).take_while(move |&(start_frame, end_frame)| {
            start_frame < frames && (tail == Tail::Keep || end_frame <= frames)
        });
    Ok(clips.map(move |(start_frame, end_frame)| Segment { start_frame, end_frame: end_frame.min(frames) }))
}
