//! Splitting and trimming as librosa does.

use ndarray::{Array1, ArrayRef, ArrayRef2, Axis, Slice};

use crate::ops::levels;
use crate::ops::segments::{Segment, hull};
use crate::pcm::{FrameDimension, Sample, as_frames};

/// The parameters of `librosa.effects.split` and `librosa.effects.trim`, with librosa's defaults.
///
/// A frame of librosa's, `frame_length` frames of audio every `hop_length`, centred on its position with zeros beyond the ends, is sound
/// if its RMS is less than `top_db` below the largest one of the recording, the loudest channel counting. RMS below −100 dB counts as
/// −100 dB, so that a silent recording is all sound.
///
/// A channel with a NaN in a window counts as silent there; librosa refuses NaN. librosa computes the RMS in `f32` and this in `f64`,
/// which moves levels by up to 2 × 10^−5 dB; a frame as near to the threshold as that can fall on the other side.
///
/// Source: librosa 0.11, `effects.py` (`_signal_to_frame_nonsilent`) and `core/spectrum.py` (`amplitude_to_db`).
///
/// # Examples
/// ```
/// use ndaudio::ndarray::{Array2, s};
/// use ndaudio::compat::Librosa;
/// use ndaudio::segments::Segment;
///
/// let mut samples = Array2::<i16>::zeros((48_000, 1));
/// samples.slice_mut(s![20_000..30_000, ..]).fill(8_000);
/// let librosa = Librosa::default();
/// assert_eq!(librosa.split(&samples), [Segment::new(19_456, 31_232)]);
/// assert_eq!(librosa.trim(&samples), Segment::new(19_456, 31_232));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Librosa {
    /// How far below the loudest frame silence begins, in dB. By default 60.
    pub top_db: f64,
    /// Frames of audio per frame of librosa's. By default 2048.
    pub frame_length: usize,
    /// Frames of audio from one to the next. By default 512.
    pub hop_length: usize,
}

impl Default for Librosa {
    fn default() -> Self {
        Librosa { top_db: 60.0, frame_length: 2_048, hop_length: 512 }
    }
}

impl Librosa {
    /// Finds the segments of sound, as `librosa.effects.split`.
    ///
    /// # Panics
    /// Unless `frame_length > 0` and `hop_length > 0`.
    #[must_use]
    #[track_caller]
    pub fn split<T: Sample, N: FrameDimension>(&self, samples: &ArrayRef<T, N>) -> Vec<Segment> {
        let samples = &as_frames(samples);
        self.split_levels(&self.levels(samples), samples.nrows() as u64)
    }

    /// Finds the segment from the first sound to the last, as `librosa.effects.trim`; an empty one at 0 where there is none.
    ///
    /// # Panics
    /// Unless `frame_length > 0` and `hop_length > 0`.
    #[must_use]
    #[track_caller]
    pub fn trim<T: Sample, N: FrameDimension>(&self, samples: &ArrayRef<T, N>) -> Segment {
        let samples = &as_frames(samples);
        hull(&self.split(samples)).unwrap_or(Segment { start_frame: 0, end_frame: 0 })
    }

    /// Finds the segments of sound from the levels of a recording of `frames` frames.
    ///
    /// The levels are the RMS of the loudest channel of each centred window of `frame_length` frames, every `hop_length`. So a recording
    /// larger than memory is split: measure its centred windows in one pass, and keep one number of each.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::compat::Librosa;
    /// use ndaudio::segments::Segment;
    ///
    /// let levels = [0.0, 0.5, 0.25, 0.0, 0.1];
    /// let split = Librosa::default().split_levels(&levels, 2_100);
    /// assert_eq!(split, [Segment::new(512, 1_536), Segment::new(2_048, 2_100)]);
    /// ```
    #[must_use]
    pub fn split_levels(&self, levels: &[f64], frames: u64) -> Vec<Segment> {
        // As amplitude_to_db with amin=1e-5, which squares both.
        let decibels = |rms: f64| 10.0 * (rms * rms).max(1e-10).log10();
        let reference = decibels(levels.iter().copied().fold(0.0, f64::max));
        let hop = self.hop_length as u64;
        let mut segments: Vec<Segment> = Vec::new();
        for (index, &rms) in (0..).zip(levels) {
            if decibels(rms) - reference > -self.top_db {
                let (start_frame, end_frame) = ((index * hop).min(frames), ((index + 1) * hop).min(frames));
                match segments.last_mut() {
                    Some(last) if last.end_frame == index * hop => last.end_frame = end_frame,
                    _ => segments.push(Segment { start_frame, end_frame }),
                }
            }
        }
        segments
    }

    /// The RMS of the loudest channel of each centred window.
    fn levels<T: Sample>(&self, samples: &ArrayRef2<T>) -> Vec<f64> {
        let (frames, len, hop) = (samples.nrows(), self.frame_length, self.hop_length);
        assert!(len > 0 && hop > 0, "frame_length ({len}) and hop_length ({hop}) must be above 0");
        let padding = len / 2;
        let Some(past_first) = (frames + 2 * padding).checked_sub(len).filter(|_| frames > 0) else {
            return Vec::new();
        };
        let mut levels = vec![0.0; 1 + past_first / hop];
        let mut squares = Array1::zeros(samples.ncols());
        for (index, level) in levels.iter_mut().enumerate() {
            let start = (index * hop).saturating_sub(padding).min(frames);
            let end = (index * hop + len - padding).min(frames);
            if start == end {
                continue;
            }
            levels::mean_square_into(&samples.slice_axis(Axis(0), Slice::from(start..end)), &mut squares);
            // The rest of the window is zeros.
            #[expect(clippy::cast_precision_loss, reason = "a window is not 2^53 frames long")]
            let share = (end - start) as f64 / len as f64;
            *level = (squares.iter().copied().fold(0.0, f64::max) * share).sqrt();
        }
        levels
    }
}
