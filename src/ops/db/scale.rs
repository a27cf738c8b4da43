//! Levels of a named reference.

use std::fmt;

use super::{Calibration, from_amplitude, from_power, to_amplitude, to_power};

/// The pressure that sound in air is referred to, in Pa. Source: ISO 1683:2015.
pub(super) const IN_AIR: f64 = 20e-6;

/// The pressure that sound in water is referred to, in Pa. Source: ISO 18405:2017, ISO 1683:2015.
const IN_WATER: f64 = 1e-6;

/// The reference: the value at 0 dB.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Reference {
    /// The RMS of a square wave of full scale, 1.0: that of a full-scale sine is −3.01 dBFS, as in sox, ffmpeg and pydub.
    #[default]
    FullScaleSquare,
    /// The RMS of a sine of full scale, √½: levels are 3.01 dB above those of [`FullScaleSquare`](Reference::FullScaleSquare).
    ///
    /// Source: AES17-2020 (and IEC 61606), "decibels full scale".
    FullScaleSine,
    /// A sound pressure, in Pa.
    Pascal {
        /// The pressure at full scale.
        calibration: Calibration,
        /// The pressure at 0 dB: 20 µPa in air, 1 µPa in water.
        pascals: f64,
    },
}

/// Converts between amplitudes or powers relative to full scale and levels of a named reference.
///
/// # Examples
/// ```
/// use approx::assert_relative_eq;
/// use ndaudio::db::Scale;
///
/// let sine = 0.5_f64.sqrt(); // the RMS of a full-scale sine
/// assert_relative_eq!(Scale::full_scale_square().from_amplitude(sine), -3.0103, epsilon = 1e-4);
/// assert_relative_eq!(Scale::full_scale_sine().from_amplitude(sine), 0.0, epsilon = 1e-12);
/// assert_eq!(Scale::full_scale_square().with_floor(-120.0).from_amplitude(0.0), -120.0);
/// assert_eq!(Scale::full_scale_sine().to_string(), "dBFS (re full-scale sine)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scale {
    reference: Reference,
    floor: Option<f64>,
}

impl Scale {
    /// Refers levels to any reference.
    ///
    /// # Panics
    /// Unless the pressure of [`Reference::Pascal`] is above 0 and finite.
    #[must_use]
    #[track_caller]
    pub fn new(reference: Reference) -> Self {
        if let Reference::Pascal { pascals, .. } = reference {
            assert!(pascals > 0.0 && pascals.is_finite(), "pascals ({pascals}) must be above 0 and finite");
        }
        Scale { reference, floor: None }
    }

    /// Refers levels to a full-scale square wave: dBFS as in sox, ffmpeg and pydub. The default.
    #[must_use]
    pub fn full_scale_square() -> Self {
        Scale::new(Reference::FullScaleSquare)
    }

    /// Refers levels to a full-scale sine: dBFS as in AES17.
    #[must_use]
    pub fn full_scale_sine() -> Self {
        Scale::new(Reference::FullScaleSine)
    }

    /// Refers levels to 20 µPa: dB SPL in air.
    #[must_use]
    pub fn in_air(calibration: Calibration) -> Self {
        Scale::new(Reference::Pascal { calibration, pascals: IN_AIR })
    }

    /// Refers levels to 1 µPa, as under water.
    #[must_use]
    pub fn in_water(calibration: Calibration) -> Self {
        Scale::new(Reference::Pascal { calibration, pascals: IN_WATER })
    }

    /// Lets no level fall below `floor`, in dB on this scale, so that silence is not −∞.
    ///
    /// # Panics
    /// Unless `floor` is finite.
    #[must_use]
    #[track_caller]
    pub fn with_floor(self, floor: f64) -> Self {
        assert!(floor.is_finite(), "floor ({floor}) must be finite");
        Scale { floor: Some(floor), ..self }
    }

    /// Returns the reference, the value at 0 dB.
    #[must_use]
    pub fn reference(&self) -> Reference {
        self.reference
    }

    /// Returns the level of an amplitude: an RMS or a peak, full scale being 1.0. NaN stays NaN.
    #[must_use]
    pub fn from_amplitude(&self, amplitude: f64) -> f64 {
        self.floored(from_amplitude(amplitude / self.unit()))
    }

    /// Returns the level of a power: a mean square, full scale squared being 1.0. NaN stays NaN.
    #[must_use]
    pub fn from_power(&self, power: f64) -> f64 {
        self.floored(from_power(power / (self.unit() * self.unit())))
    }

    /// Returns the amplitude of a level, full scale being 1.0.
    #[must_use]
    pub fn to_amplitude(&self, db: f64) -> f64 {
        to_amplitude(db) * self.unit()
    }

    /// Returns the power of a level, full scale squared being 1.0.
    #[must_use]
    pub fn to_power(&self, db: f64) -> f64 {
        to_power(db) * (self.unit() * self.unit())
    }

    /// The amplitude of 0 dB, full scale being 1.0.
    fn unit(&self) -> f64 {
        match self.reference {
            Reference::FullScaleSquare => 1.0,
            Reference::FullScaleSine => std::f64::consts::FRAC_1_SQRT_2,
            Reference::Pascal { calibration, pascals } => pascals / calibration.pascals(),
        }
    }

    fn floored(&self, db: f64) -> f64 {
        match self.floor {
            Some(floor) if db < floor => floor,
            _ => db,
        }
    }
}

/// The unit, with its reference.
impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reference {
            Reference::FullScaleSquare => f.pad("dBFS"),
            Reference::FullScaleSine => f.pad("dBFS (re full-scale sine)"),
            Reference::Pascal { pascals, .. } => f.pad(&format!("dB re {} µPa", pascals * 1e6)),
        }
    }
}
