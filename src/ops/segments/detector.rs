//! From levels to segments, in constant memory.

use ndarray::ArrayRef2;

use super::{Meter, Rule, Segment, Threshold};
use crate::error::Result;
use crate::pcm::Sample;

/// Finds sound in an array, by a rule absolute or relative.
///
/// # Errors
/// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a rule that cannot be applied: a threshold or hysteresis that is NaN
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
pub fn detect<T: Sample>(samples: &ArrayRef2<T>, rule: &Rule) -> Result<Vec<Segment>> {
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
pub struct Detector {
    meter: Meter,
    gate: Gate,
    /// Frames that have come.
    frames: u64,
}

impl Detector {
    /// Applies a rule; `loudest` is the level of the loudest window where the rule is relative to it, and else not looked at.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a rule that cannot be applied, and for a relative rule without
    /// `loudest`, or with one that is NaN or negative.
    pub fn new(rule: &Rule, channels: usize, loudest: Option<f64>) -> Result<Self> {
        let (begin, last) = rule.levels(loudest)?;
        let gate = Gate {
            begin,
            last,
            window: rule.window as u64,
            min_silence: rule.min_silence,
            min_sound: rule.min_sound,
            margin: rule.margin,
            now: 0,
            open: false,
            current: None,
            pending: None,
        };
        Ok(Detector { meter: Meter::new(rule.measure, rule.window, channels), gate, frames: 0 })
    }

    /// Adds the next frames; calls `found` with each segment that they settle.
    ///
    /// # Panics
    /// Unless the block has as many channels as were announced.
    pub fn add<T: Sample>(&mut self, block: &ArrayRef2<T>, mut found: impl FnMut(Segment)) {
        let gate = &mut self.gate;
        self.meter.add(block, |level| gate.add(level, &mut found));
        self.frames += block.nrows() as u64;
    }

    /// Adds the next window by its level, where that is known already; calls `found` with each segment that it settles.
    ///
    /// Each level stands for as many frames as the rule's window, from where the one before ended. Levels are linear, full scale being
    /// 1.0; NaN is silence.
    ///
    /// # Panics
    /// Where blocks have been added that end within a window.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::segments::{Detector, Rule, Segment};
    ///
    /// let mut found = Vec::new();
    /// let mut detector = Detector::new(&Rule::default(), 1, None)?;
    /// for level in [0.0, 0.5, 0.25, 0.0] {
    ///     detector.add_level(level, |segment| found.push(segment));
    /// }
    /// detector.finish(|segment| found.push(segment));
    /// assert_eq!(found, [Segment::new(480, 1_440)]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn add_level(&mut self, level: f64, mut found: impl FnMut(Segment)) {
        assert!(self.gate.now == self.frames, "the blocks added so far must end with a window");
        self.gate.add(level, &mut found);
        self.frames = self.gate.now;
    }

    /// Ends the recording; calls `found` with the segments that are left.
    ///
    /// A last window that is short counts with the frames that it has.
    pub fn finish(mut self, mut found: impl FnMut(Segment)) {
        let (gate, frames) = (&mut self.gate, self.frames);
        // The gate takes the last window for a full one, and so may see a sound end, with its margin, after the recording does.
        let mut found = |segment: Segment| found(Segment { end_frame: segment.end_frame.min(frames), ..segment });
        self.meter.finish(|level| gate.add(level, &mut found));
        gate.finish(frames, &mut found);
    }
}

/// The state machine behind [`Rule`], fed one level per window.
#[derive(Debug, Clone)]
struct Gate {
    /// Sound begins above this level,
    begin: f64,
    /// and lasts above this one.
    last: f64,
    window: u64,
    min_silence: u64,
    min_sound: u64,
    margin: u64,
    /// Where the next window starts.
    now: u64,
    /// Whether the last window was sound.
    open: bool,
    /// The sound that is going on, or was and may go on after a short silence.
    current: Option<Segment>,
    /// A sound long enough, with its margins, that the next one may still touch.
    pending: Option<Segment>,
}

impl Gate {
    fn add(&mut self, level: f64, found: &mut impl FnMut(Segment)) {
        self.open = level > if self.open { self.last } else { self.begin };
        let (start, end) = (self.now, self.now + self.window);
        self.now = end;
        if self.open {
            match &mut self.current {
                Some(current) if start == current.end_frame || start - current.end_frame < self.min_silence => {
                    current.end_frame = end;
                }
                _ => {
                    self.close(found);
                    self.current = Some(Segment::new(start, end));
                }
            }
        } else if let Some(current) = self.current
            && end - current.end_frame >= self.min_silence
        {
            self.close(found);
        }
        // What begins from here on begins no earlier than this, its margin included.
        let earliest = self.current.map_or(end, |current| current.start_frame).saturating_sub(self.margin);
        if let Some(pending) = self.pending
            && pending.end_frame < earliest
        {
            found(pending);
            self.pending = None;
        }
    }

    /// Ends the current sound: drops it, joins it to the one before, or lets it take that one's place.
    fn close(&mut self, found: &mut impl FnMut(Segment)) {
        let Some(sound) = self.current.take().filter(|sound| sound.frames() >= self.min_sound) else { return };
        let start_frame = sound.start_frame.saturating_sub(self.margin);
        let end_frame = sound.end_frame.saturating_add(self.margin);
        match &mut self.pending {
            Some(pending) if start_frame <= pending.end_frame => pending.end_frame = end_frame,
            pending => {
                if let Some(settled) = pending.replace(Segment { start_frame, end_frame }) {
                    found(settled);
                }
            }
        }
    }

    fn finish(&mut self, frames: u64, found: &mut impl FnMut(Segment)) {
        // How long the last sound is counts before it is dropped or kept.
        if let Some(current) = &mut self.current {
            current.end_frame = current.end_frame.min(frames);
        }
        self.close(found);
        if let Some(last) = self.pending.take() {
            found(last);
        }
    }
}
