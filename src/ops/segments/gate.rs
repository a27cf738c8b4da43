//! From levels to segments: the state machine of [`Rule`].

use super::{Rule, Segment};
use crate::error::Result;

/// Finds sound by levels that are known already, one per window.
///
/// Each level stands for as many frames as the rule's window, from where the one before ended. [`Detector`](super::Detector) is this
/// with a [`Meter`](super::Meter) before it.
///
/// **Memory** two segments.
#[derive(Debug, Clone)]
pub(super) struct Gate {
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
    /// Applies a rule; `loudest` is the level of the loudest window where the rule is relative to it, and else not looked at.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a rule that cannot be applied, and for a relative rule without
    /// `loudest`, or with one that is NaN or negative.
    pub(super) fn new(rule: &Rule, loudest: Option<f64>) -> Result<Self> {
        let (begin, last) = rule.levels(loudest)?;
        Ok(Gate {
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
        })
    }

    /// Adds the level of the next window; calls `found` with each segment that it settles.
    ///
    /// **Unit** linear, full scale is 1.0. NaN is silence.
    pub(super) fn add(&mut self, level: f64, mut found: impl FnMut(Segment)) {
        self.open = level > if self.open { self.last } else { self.begin };
        let (start, end) = (self.now, self.now + self.window);
        self.now = end;
        if self.open {
            // A sound that was not closed has not been silent for long enough.
            self.current.get_or_insert(Segment::new(start, end)).end_frame = end;
        } else if let Some(current) = self.current
            && end - current.end_frame >= self.min_silence
        {
            self.close(&mut found);
        }
        // What begins from here on begins later than this, its margin included. Not `end`, which the recording may not reach: no segment
        // given away here may end after the recording does.
        let earliest = self.current.map_or(start, |current| current.start_frame).saturating_sub(self.margin);
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

    /// Ends the recording after `frames` frames; calls `found` with the segments that are left.
    ///
    /// The last window may have been short: no segment ends later than the recording.
    pub(super) fn finish(mut self, frames: u64, mut found: impl FnMut(Segment)) {
        // How long the last sound is counts before it is dropped or kept.
        if let Some(current) = &mut self.current {
            current.end_frame = current.end_frame.min(frames);
        }
        self.close(&mut found);
        if let Some(last) = self.pending.take() {
            found(Segment { end_frame: last.end_frame.min(frames), ..last });
        }
    }
}
