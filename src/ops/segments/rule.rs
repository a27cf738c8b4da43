//! What counts as sound.

use super::Measure;
use crate::error::{Error, Result};
use crate::ops::gain;

/// The level above which there is sound.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Threshold {
    /// In dBFS: −60, say. −∞ takes anything but digital silence for sound.
    Absolute(f64),
    /// In dB below the loudest window of the whole recording: 40, say. It takes two passes, or the loudest level from elsewhere.
    Relative(f64),
}

/// What counts as sound, and what to do with short pauses and short sounds.
///
/// The recording is measured in consecutive windows. Sound begins with a window whose level is *above* the threshold, and lasts until
/// a window is *not* above the threshold less the hysteresis. Then, in this order: silences shorter than `min_silence` between two
/// sounds become sound; sounds shorter than `min_sound` become silence; each sound grows by `margin` on both sides, within the
/// recording; and sounds that now touch become one.
///
/// # Examples
/// ```
/// use ndaudio::segments::{Rule, Threshold};
///
/// let rule = Rule { threshold: Threshold::Absolute(-40.0), min_silence: 4_800, ..Rule::default() };
/// assert_eq!(rule.window, 480);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The level above which sound begins. By default −60 dBFS.
    pub threshold: Threshold,
    /// How far below the threshold the level has to fall for sound to end, in dB. By default 0.
    pub hysteresis_db: f64,
    /// What the level of a window is. By default its RMS.
    pub measure: Measure,
    /// Frames per window: the precision of the result. By default 480, which at 48 kHz is 10 ms.
    pub window: usize,
    /// Frames that a silence between two sounds must last at least. By default 0.
    pub min_silence: u64,
    /// Frames that a sound must last at least. By default 0.
    pub min_sound: u64,
    /// Frames kept before and after each sound. By default 0.
    pub margin: u64,
}

impl Default for Rule {
    fn default() -> Self {
        Rule {
            threshold: Threshold::Absolute(-60.0),
            hysteresis_db: 0.0,
            measure: Measure::Rms,
            window: 480,
            min_silence: 0,
            min_sound: 0,
            margin: 0,
        }
    }
}

impl Rule {
    /// The levels above which sound begins and lasts, full scale being 1.0; `loudest` is asked for where the rule is relative.
    pub(super) fn levels(&self, loudest: Option<f64>) -> Result<(f64, f64)> {
        let invalid = |name, given: f64, expected| Err(Error::must_be(name, given, expected));
        let begin = match self.threshold {
            Threshold::Absolute(decibels) if decibels < f64::INFINITY => gain::from_db(decibels),
            Threshold::Absolute(decibels) => return invalid("threshold", decibels, "a level in dBFS below infinity"),
            Threshold::Relative(decibels) if decibels >= 0.0 => match loudest {
                Some(loudest) if loudest >= 0.0 => loudest * gain::from_db(-decibels),
                Some(loudest) => return invalid("the loudest level", loudest, "at least 0"),
                None => {
                    let given = "relative, and the loudest level is not given".to_owned();
                    let expected = "absolute, or the loudest window measured in a first pass";
                    return Err(Error::must_be("threshold", given, expected));
                }
            },
            Threshold::Relative(decibels) => return invalid("threshold", decibels, "at least 0 dB below the loudest"),
        };
        if self.hysteresis_db.is_nan() || self.hysteresis_db < 0.0 {
            return invalid("hysteresis", self.hysteresis_db, "at least 0 dB");
        }
        if self.window == 0 {
            return invalid("window", 0.0, "at least 1 frame");
        }
        Ok((begin, begin * gain::from_db(-self.hysteresis_db)))
    }
}
