//! From levels to segments, in constant memory.

use ndarray::ArrayRef;

use super::{Gate, Meter, Rule, Segment, Threshold};
use crate::error::Result;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Finds sound in an array, by a rule absolute or relative.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a rule that cannot be applied: a threshold or hysteresis that is NaN
/// or of the wrong sign, or a window of no frames.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::{Array2, s};
/// use ndaudio::segments::{self, Rule, Segment, Threshold};
///
/// let mut samples = Array2::<i16>::zeros((10_000, 2));
/// samples.slice_mut(s![2_000..3_000, 1]).fill(8_000);
/// samples.slice_mut(s![7_000..7_500, ..]).fill(-100);
/// let rule = Rule { threshold: Threshold::Relative(40.0), window: 100, margin: 50, ..Rule::default() };
/// // The second burst is 38 dB below the first.
/// assert_eq!(segments::detect(&samples, &rule)?, [Segment::new(1_950, 3_050), Segment::new(6_950, 7_550)]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn detect<T: Sample, N: FrameDimension>(samples: &ArrayRef<T, N>, rule: &Rule) -> Result<Vec<Segment>> {
    let samples = &as_frames(samples);
    // A rule that cannot be applied is refused before the first pass; which level it is then called with does not matter.
    rule.levels(Some(0.0))?;
    let mut loudest = None;
    if matches!(rule.threshold, Threshold::Relative(_)) {
        let mut largest = 0.0_f64;
        let mut meter = Meter::new(rule.measure, rule.window, samples.ncols());
        meter.add(samples, |level| largest = largest.max(level));
        meter.finish(|level| largest = largest.max(level));
        loudest = Some(largest);
    }
    let mut segments = Vec::new();
    let mut detector = Detector::new(rule, samples.ncols(), loudest)?;
    detector.add(samples, |segment| segments.push(segment));
    detector.finish(|segment| segments.push(segment));
    Ok(segments)
}

/// Finds sound in a recording that comes block by block.
///
/// Segments come in order, each as soon as nothing that follows can change it. Any division into blocks gives the same ones.
/// For a relative threshold, find the loudest level in a first pass, with a [`Meter`] of the same measure and window.
///
/// **Memory** one number per channel, and two segments.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::{Array2, Axis, s};
/// use ndaudio::segments::{Detector, Rule, Segment, Threshold};
///
/// let mut samples = Array2::<f32>::zeros((10_000, 1));
/// samples.slice_mut(s![2_000..3_000, ..]).fill(0.1);
/// let rule = Rule { threshold: Threshold::Absolute(-30.0), window: 100, ..Rule::default() };
///
/// let mut detector = Detector::new(&rule, 1, None)?;
/// let mut found = Vec::new();
/// for block in samples.axis_chunks_iter(Axis(0), 1_024) {
///     detector.add(&block, |segment| found.push(segment));
/// }
/// detector.finish(|segment| found.push(segment));
/// assert_eq!(found, [Segment::new(2_000, 3_000)]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Detector<T: Sample> {
    meter: Meter<T>,
    gate: Gate,
    /// Frames that have come.
    frames: u64,
}

impl<T: Sample> Detector<T> {
    /// Applies a rule; `loudest` is the level of the loudest window where the rule is relative to it, and else not looked at.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a rule that cannot be applied, and for a relative rule without
    /// `loudest`, or with one that is NaN or negative.
    pub fn new(rule: &Rule, channels: usize, loudest: Option<f64>) -> Result<Self> {
        let gate = Gate::new(rule, loudest)?;
        Ok(Detector { meter: Meter::new(rule.measure, rule.window, channels), gate, frames: 0 })
    }

    /// Adds the next frames; calls `found` with each segment that they settle.
    ///
    /// # Panics
    /// Unless the block has as many channels as were announced.
    #[track_caller]
    pub fn add<N: FrameDimension>(&mut self, block: &ArrayRef<T, N>, mut found: impl FnMut(Segment)) {
        let block = &as_frames(block);
        let gate = &mut self.gate;
        self.meter.add(block, |level| gate.add(level, &mut found));
        self.frames += block.nrows() as u64;
    }

    /// Ends the recording; calls `found` with the segments that are left.
    ///
    /// A last window that is short counts with the frames that it has.
    pub fn finish(mut self, mut found: impl FnMut(Segment)) {
        let gate = &mut self.gate;
        self.meter.finish(|level| gate.add(level, &mut found));
        self.gate.finish(self.frames, found);
    }
}
