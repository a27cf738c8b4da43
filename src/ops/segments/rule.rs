//! The rule that tells sound from silence.

use crate::error::{Error, Result};
use crate::ops::gain;
use crate::ops::levels::Measure;

/// The level above which there is sound.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Threshold {
    /// In dBFS, for example −60. With −∞ everything but digital silence is sound.
    Absolute(f64),
    /// In dB below the loudest window of the whole recording, for example 40. This needs two passes, or the loudest level from elsewhere.
    Relative(f64),
}

/// Tells sound from silence, and says what to do with short pauses and short sounds.
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
    /// The level of a window: its RMS, which is the default, or its peak.
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
        if !matches!(self.measure, Measure::Rms | Measure::Peak) {
            let message = format!(
                "a rule compares levels, and {:?} is not a level: use Measure::Rms or Measure::Peak",
                self.measure
            );
            return Err(Error::invalid("measure", message));
        }
        let begin = match self.threshold {
            Threshold::Absolute(decibels) if decibels < f64::INFINITY => gain::from_db(decibels),
            Threshold::Relative(decibels) if decibels >= 0.0 => match loudest {
                Some(loudest) if loudest >= 0.0 => loudest * gain::from_db(-decibels),
                Some(loudest) => {
                    return Err(Error::invalid(
                        "loudest",
                        format!("the loudest level is {loudest}, but it must be 0 or more"),
                    ));
                }
                None => {
                    let message = "the threshold is relative to the loudest window, whose level is not given: measure it in a first pass, or use an absolute threshold";
                    return Err(Error::invalid("threshold", message));
                }
            },
            Threshold::Absolute(decibels) => {
                return Err(Error::invalid(
                    "threshold",
                    format!("a threshold of {decibels} dBFS is never exceeded: give a finite level, or -inf"),
                ));
            }
            Threshold::Relative(decibels) => {
                return Err(Error::invalid(
                    "threshold",
                    format!("a threshold {decibels} dB below the loudest window is no threshold: give 0 or more"),
                ));
            }
        };
        if self.hysteresis_db.is_nan() || self.hysteresis_db < 0.0 {
            return Err(Error::invalid(
                "hysteresis",
                format!("a hysteresis of {} dB is not possible: give 0 or more", self.hysteresis_db),
            ));
        }
        if self.window == 0 {
            return Err(Error::invalid("window", "a window must have at least one frame"));
        }
        Ok((begin, begin * gain::from_db(-self.hysteresis_db)))
    }
}
