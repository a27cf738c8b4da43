//! Decibels, always of a named reference.
//!
//! The functions here are plain ratios: [`from_amplitude`] is 20·log10, so that an amplitude relative to full scale becomes dBFS in
//! the sense of sox, ffmpeg and pydub: a full-scale square wave has an RMS level of 0 dBFS, a full-scale sine one of −3.01.
//! [`Scale`] is for every other reference: the full-scale sine of AES17, and sound pressure with a calibration.
//!
//! Silence is −∞; a [`Scale`] has a floor if asked. Levels are averaged as powers, never as decibels: [`mean`].

mod calibration;
mod scale;

pub use calibration::Calibration;
pub use scale::{Reference, Scale};

/// Returns the level of an amplitude ratio: 20·log10(`amplitude`).
///
/// 0 gives −∞, a negative amplitude NaN.
///
/// # Examples
/// ```
/// use ndaudio::db;
///
/// assert_eq!(db::from_amplitude(1.0), 0.0);
/// assert_eq!(db::from_amplitude(0.1), -20.0);
/// assert_eq!(db::from_amplitude(0.0), f64::NEG_INFINITY);
/// ```
#[must_use]
pub fn from_amplitude(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Returns the amplitude ratio of a level: 10^(`db` / 20).
///
/// # Examples
/// ```
/// use ndaudio::db;
///
/// assert_eq!(db::to_amplitude(-20.0), 0.1);
/// assert_eq!(db::to_amplitude(f64::NEG_INFINITY), 0.0);
/// ```
#[must_use]
pub fn to_amplitude(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

/// Returns the level of a power ratio, such as a mean square: 10·log10(`power`).
///
/// 0 gives −∞, a negative power NaN.
///
/// # Examples
/// ```
/// use ndaudio::db;
///
/// assert_eq!(db::from_power(0.01), -20.0);
/// assert_eq!(db::from_power(0.0), f64::NEG_INFINITY);
/// ```
#[must_use]
pub fn from_power(power: f64) -> f64 {
    10.0 * power.log10()
}

/// Returns the power ratio of a level: 10^(`db` / 10).
///
/// # Examples
/// ```
/// use ndaudio::db;
///
/// assert_eq!(db::to_power(-20.0), 0.01);
/// assert_eq!(db::to_power(f64::NEG_INFINITY), 0.0);
/// ```
#[must_use]
pub fn to_power(db: f64) -> f64 {
    10.0_f64.powf(db / 10.0)
}

/// Averages levels: the level of their mean power, the "energetic mean" or Leq of equally long parts.
///
/// Of no levels NaN. The reference does not matter, as long as it is the same of all.
///
/// # Examples
/// ```
/// use ndaudio::db;
///
/// // Half of the time silent: half of the power, not half of the decibels.
/// assert_eq!(db::mean([-20.0, f64::NEG_INFINITY]), db::from_power(0.005));
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no memory holds 2^53 levels")]
pub fn mean(levels: impl IntoIterator<Item = f64>) -> f64 {
    let (count, power) =
        levels.into_iter().fold((0_u64, 0.0), |(count, power), level| (count + 1, power + to_power(level)));
    from_power(power / count as f64)
}
