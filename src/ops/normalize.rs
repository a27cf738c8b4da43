//! Normalising: the one factor that brings a measured recording to a target, and what to do where that would clip.
//!
//! Two passes over the file, in constant memory: measure (peak, RMS), [`Target::plan`], then apply the plan's factor.

use std::fmt;

use super::gain;
use super::levels::Level;
use crate::error::{Error, Result};
use crate::spec::Encoding;

/// The level that a recording should have after normalising, in dBFS (a full-scale square has 0 dBFS in both measures).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// The largest magnitude of any sample.
    Peak(f64),
    /// The root mean square.
    Rms(f64),
}

/// What to do if the target would take the peak beyond the ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OnClip {
    /// Fail, and say by how much.
    #[default]
    Refuse,
    /// Use the largest factor that does not clip; the target is then missed.
    Limit,
    /// Reach the target and let the samples beyond full scale saturate; [`gain::apply`] counts them.
    Clip,
}

/// The change that normalising will make.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The factor for every sample.
    pub factor: f64,
    /// The peak that comes of it, full scale being 1.0, before any saturation.
    pub peak: f64,
    /// Whether the target is missed because reaching it would clip.
    pub limited: bool,
    /// Whether some samples will saturate.
    pub clips: bool,
}

impl OnClip {
    /// Plans a factor that takes the peak to `reached`; `refusal` words the error, from the decibels above the ceiling.
    pub(super) fn settle(
        self,
        [factor, peak, reached, ceiling]: [f64; 4],
        refusal: impl FnOnce(f64) -> String,
    ) -> Result<Plan> {
        if reached <= ceiling {
            return Ok(Plan { factor, peak: reached, limited: false, clips: false });
        }
        match self {
            OnClip::Clip => Ok(Plan { factor, peak: reached, limited: false, clips: true }),
            OnClip::Limit => Ok(Plan { factor: ceiling / peak, peak: ceiling, limited: true, clips: false }),
            OnClip::Refuse => Err(Error::invalid("target", refusal(20.0 * (reached / ceiling).log10()))),
        }
    }
}

impl Target {
    /// Computes the factor that brings a recording of this level to the target.
    ///
    /// Measure all channels together ([`Levels::overall`](crate::Levels::overall)), so that their balance stays. `ceiling` is the largest
    /// peak that may come out: [`ceiling`] of the encoding to be written. Silence cannot be brought to any level, and gets the factor 1.0.
    ///
    /// **Unit** `ceiling` is linear, full scale 1.0.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a target that is NaN or +∞ or so high that the factor
    /// overflows; for a level of no samples, or of floats whose squares overflow; and, with [`OnClip::Refuse`], where the target would
    /// clip.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::normalize::{OnClip, Target, ceiling};
    /// use ndaudio::{Encoding, Levels, ndarray::array};
    ///
    /// let mut levels = Levels::new(1);
    /// levels.add(&array![[16_384_i16], [0], [0], [0]]); // a first pass over the recording
    /// let level = levels.overall(); // peak 0.5, RMS 0.25
    /// let plan = Target::Peak(-1.0).plan(&level, ceiling(Encoding::I16), OnClip::Refuse)?;
    /// assert_eq!(plan.factor, 10_f64.powf(-1.0 / 20.0) / 0.5);
    ///
    /// let loud = Target::Rms(-3.0);
    /// assert!(loud.plan(&level, 1.0, OnClip::Refuse).is_err()); // the peak would be at 3 dBFS
    /// let limited = loud.plan(&level, 1.0, OnClip::Limit)?;
    /// assert!(limited.limited && limited.factor == 2.0);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn plan(self, level: &Level, ceiling: f64, on_clip: OnClip) -> Result<Plan> {
        self.plan_for(level.peak(), level.rms(), ceiling, on_clip)
    }

    /// As [`plan`](Self::plan), of a peak and an RMS.
    fn plan_for(self, peak: f64, rms: f64, ceiling: f64, on_clip: OnClip) -> Result<Plan> {
        if peak.is_nan() {
            return Err(Error::invalid(
                "level",
                "there is nothing to normalize: the recording has no samples that are numbers",
            ));
        }
        if !(peak.is_finite() && rms >= 0.0 && rms.is_finite()) {
            return Err(Error::invalid("level", format!("a peak of {peak} and an RMS of {rms} have no finite gain")));
        }
        let (measured, decibels) = match self {
            Target::Peak(decibels) => (peak, decibels),
            Target::Rms(decibels) => (rms, decibels),
        };
        let wanted = gain::from_db(decibels);
        if measured == 0.0 && wanted.is_finite() {
            return Ok(Plan { factor: 1.0, peak, limited: false, clips: false });
        }
        let factor = wanted / measured;
        if !factor.is_finite() {
            return Err(Error::invalid("target", format!("no finite gain reaches a target of {self}")));
        }
        // A target at the ceiling itself is not beyond it, whatever the division above has rounded.
        let reached = if matches!(self, Target::Peak(_)) { wanted } else { peak * factor };
        on_clip.settle([factor, peak, reached, ceiling], |over| {
            format!(
                "a target of {self} takes the peak {over:.2} dB beyond what the samples can hold: lower the target by that much, \
                 limit the gain to the peak, or let it clip"
            )
        })
    }
}

/// As `-1 dBFS peak`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Peak(decibels) => write!(f, "{decibels} dBFS peak"),
            Target::Rms(decibels) => write!(f, "{decibels} dBFS RMS"),
        }
    }
}

/// The largest peak that samples of an encoding hold on both sides of zero: one step below full scale for integers, 1.0 for floats.
///
/// Floats hold more, but whatever plays them does not. A-law and µ-law end a little lower, at 32,256 and 32,124 of 32,768.
///
/// Source for A-law and µ-law: ITU-T G.711, tables 1a and 2a, scaled to 16 bits.
///
/// # Examples
/// ```
/// use ndaudio::{Encoding, normalize};
///
/// assert_eq!(normalize::ceiling(Encoding::I16), 32_767.0 / 32_768.0);
/// assert_eq!(normalize::ceiling(Encoding::F32), 1.0);
/// ```
#[must_use]
pub fn ceiling(encoding: Encoding) -> f64 {
    match encoding {
        Encoding::F32 | Encoding::F64 => 1.0,
        Encoding::ALaw => 32_256.0 / 32_768.0,
        Encoding::MuLaw => 32_124.0 / 32_768.0,
        _ => 1.0 - (1.0 - f64::from(encoding.bits())).exp2(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_peak_at_the_ceiling_does_not_clip() {
        for peak in 1..=32_768_i32 {
            let measured = f64::from(peak) / 32_768.0;
            let top = ceiling(Encoding::I16);
            let plan = Target::Peak(0.0).plan_for(measured, measured, top, OnClip::Limit).unwrap();
            let mut block = array![[i16::try_from(-peak).unwrap()], [i16::try_from(peak).unwrap_or(i16::MAX)]];
            assert_eq!(gain::apply(&mut block, plan.factor), 0, "{peak}");
            assert_eq!(block[[0, 0]], -32_767, "{peak}");
            assert!(plan.limited);
        }
    }

    #[test]
    fn the_target_is_reached() {
        let plan = Target::Rms(-20.0).plan_for(0.9, 0.5, 1.0, OnClip::Refuse).unwrap();
        approx::assert_relative_eq!(plan.factor, 0.2, max_relative = 1e-15);
        approx::assert_relative_eq!(plan.peak, 0.18, max_relative = 1e-15);
        let plan = Target::Peak(6.0).plan_for(0.9, 0.5, 1.0, OnClip::Clip).unwrap();
        assert!(plan.clips && !plan.limited);
        approx::assert_relative_eq!(plan.factor * 0.9, 1.995_262_314_968_879_5, max_relative = 1e-15);
        let plan = Target::Peak(f64::NEG_INFINITY).plan_for(0.9, 0.5, 1.0, OnClip::Refuse).unwrap();
        assert_eq!((plan.factor, plan.peak), (0.0, 0.0));
    }

    #[test]
    fn a_refusal_says_by_how_much() {
        let error = Target::Rms(-10.0).plan_for(1.0, 0.1, 1.0, OnClip::Refuse).unwrap_err().to_string();
        assert_eq!(
            error,
            "a target of -10 dBFS RMS takes the peak 10.00 dB beyond what the samples can hold: lower the target by that much, \
             limit the gain to the peak, or let it clip"
        );
    }

    #[test]
    fn silence_stays_and_nonsense_is_refused() {
        let plan = Target::Peak(-1.0).plan_for(0.0, 0.0, 1.0, OnClip::Refuse).unwrap();
        assert_eq!((plan.factor, plan.peak), (1.0, 0.0));
        for (target, peak, rms) in [
            (Target::Peak(-1.0), f64::NAN, 0.1),
            (Target::Peak(-1.0), 0.1, f64::NAN),
            (Target::Rms(-1.0), f64::INFINITY, 0.1),
            (Target::Rms(f64::NAN), 0.1, 0.1),
            (Target::Rms(f64::NAN), 0.0, 0.0),
            (Target::Peak(f64::INFINITY), 0.1, 0.1),
            (Target::Peak(f64::INFINITY), 0.0, 0.0),
            (Target::Peak(1_000.0), 5e-324, 5e-324),
        ] {
            assert!(target.plan_for(peak, rms, 1.0, OnClip::Clip).is_err(), "{target} {peak} {rms}");
        }
    }

    #[test]
    fn ceilings_are_the_largest_samples() {
        assert_eq!(ceiling(Encoding::U8), 127.0 / 128.0);
        assert_eq!(ceiling(Encoding::I24), f64::from((1 << 23) - 1) / f64::from(1 << 23));
        assert_eq!(ceiling(Encoding::I32), f64::from(i32::MAX) / 2_147_483_648.0);
        assert_eq!(ceiling(Encoding::I12In16), 2_047.0 / 2_048.0);
        // The largest values of ITU-T G.711's tables, 4032 of 4096 and 8031 of 8192, in 16 bits.
        assert_eq!(ceiling(Encoding::ALaw), 4032.0 * 8.0 / 32_768.0);
        assert_eq!(ceiling(Encoding::MuLaw), 8031.0 * 4.0 / 32_768.0);
    }
}
