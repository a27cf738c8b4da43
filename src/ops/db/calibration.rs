//! From numbers to pressure.

use super::to_amplitude;

/// The sound pressure of full scale: the product of a measuring chain.
///
/// The chain is a transducer (V/Pa), a preamplifier (dB) and a converter, whose full scale is a peak voltage. A converter that is
/// specified by its range from −V to +V, peak to peak (as in scikit-maad or PAMGuard), has half of that as its peak.
///
/// # Examples
/// ```
/// use approx::assert_relative_eq;
/// use ndaudio::db::{Calibration, Scale};
///
/// // A microphone of 50 mV/Pa, 20 dB of gain, a converter of ±2 V: full scale is 4 Pa.
/// let microphone = Calibration::new(0.05, 20.0, 2.0);
/// assert_relative_eq!(microphone.pascals(), 4.0);
/// // A calibrator of 94 dB SPL (1 Pa RMS) is recorded with an RMS of a quarter of full scale.
/// assert_relative_eq!(Scale::in_air(microphone).from_amplitude(0.25), 93.979, epsilon = 1e-3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    pascals: f64,
}

impl Calibration {
    /// Describes a chain by the transducer's sensitivity, the preamplifier's gain, and the converter's peak voltage at full scale.
    ///
    /// **Unit** V/Pa, dB, V.
    ///
    /// # Panics
    /// Unless `volts_per_pascal > 0`, `gain_db` is finite and `full_scale_volts > 0`.
    #[must_use]
    #[track_caller]
    pub fn new(volts_per_pascal: f64, gain_db: f64, full_scale_volts: f64) -> Self {
        positive("volts_per_pascal", volts_per_pascal);
        assert!(gain_db.is_finite(), "gain_db ({gain_db}) must be finite");
        positive("full_scale_volts", full_scale_volts);
        Calibration { pascals: full_scale_volts / to_amplitude(gain_db) / volts_per_pascal }
    }

    /// Describes a chain with a hydrophone, whose sensitivity is given in dB re 1 V/µPa, for example −165.
    ///
    /// **Unit** dB re 1 V/µPa, dB, V.
    ///
    /// # Panics
    /// Unless `sensitivity_db` and `gain_db` are finite and `full_scale_volts > 0`.
    #[must_use]
    #[track_caller]
    pub fn hydrophone(sensitivity_db: f64, gain_db: f64, full_scale_volts: f64) -> Self {
        assert!(sensitivity_db.is_finite(), "sensitivity_db ({sensitivity_db}) must be finite");
        Calibration::new(to_amplitude(sensitivity_db) * MICROPASCALS, gain_db, full_scale_volts)
    }

    /// Describes a chain that was measured as a whole: the pressure at full scale, in Pa.
    ///
    /// A recorder with an end-to-end sensitivity of −S dB re full scale/µPa has 10^(S / 20) µPa.
    ///
    /// # Panics
    /// Unless `pascals > 0`.
    #[must_use]
    #[track_caller]
    pub fn from_pascals(pascals: f64) -> Self {
        positive("pascals", pascals);
        Calibration { pascals }
    }

    /// Finds the calibration from a recording of a calibrator: its RMS relative to full scale, and the level it has in truth.
    ///
    /// **Unit** full scale is 1.0; dB re 20 µPa, 94 or 114 with most calibrators for microphones.
    ///
    /// # Panics
    /// Unless `rms > 0` and `spl_db` is finite.
    #[must_use]
    #[track_caller]
    pub fn from_calibrator(rms: f64, spl_db: f64) -> Self {
        positive("rms", rms);
        assert!(spl_db.is_finite(), "spl_db ({spl_db}) must be finite");
        Calibration { pascals: to_amplitude(spl_db) * super::scale::IN_AIR / rms }
    }

    /// Returns the pressure of full scale, in Pa.
    #[must_use]
    pub fn pascals(&self) -> f64 {
        self.pascals
    }
}

/// In a pascal.
const MICROPASCALS: f64 = 1e6;

fn positive(name: &str, value: f64) {
    assert!(value > 0.0 && value.is_finite(), "{name} ({value}) must be above 0 and finite");
}
