//! Biquads of the "Audio EQ cookbook".

use std::f64::consts::PI;

use super::band::{check_frequency, check_rate};
use super::sos::Sos;
use crate::error::{Error, Result};

/// A second-order filter of Robert Bristow-Johnson's cookbook.
///
/// **Unit** `frequency` in Hz, `gain` in dB. `q` is the quality: 1/√2 for the flattest low-pass and high-pass, center frequency /
/// bandwidth for the others.
///
/// Source: R. Bristow-Johnson, "Audio EQ cookbook", <https://www.w3.org/TR/audio-eq-cookbook/>. sox, the Web Audio API and most
/// equalizers use the same formulas.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Biquad {
    /// 12 dB per octave above `frequency`.
    Lowpass {
        /// The corner.
        frequency: f64,
        /// The gain at the corner, as a factor.
        q: f64,
    },
    /// 12 dB per octave below `frequency`.
    Highpass {
        /// The corner.
        frequency: f64,
        /// The gain at the corner, as a factor.
        q: f64,
    },
    /// A band-pass whose slopes stay where they are when `q` changes; the peak gain is `q`.
    BandpassSkirt {
        /// The center.
        frequency: f64,
        /// Center / bandwidth.
        q: f64,
    },
    /// A band-pass whose peak gain is 1.
    Bandpass {
        /// The center.
        frequency: f64,
        /// Center / bandwidth.
        q: f64,
    },
    /// Removes one frequency.
    Notch {
        /// The center.
        frequency: f64,
        /// Center / bandwidth.
        q: f64,
    },
    /// Turns the phase by 180° at `frequency` and leaves the gain.
    Allpass {
        /// Where the phase is turned by 180°.
        frequency: f64,
        /// How fast it turns.
        q: f64,
    },
    /// Raises or lowers a band: a parametric equalizer.
    Peaking {
        /// The center.
        frequency: f64,
        /// Center / bandwidth at half the gain in dB.
        q: f64,
        /// The gain at the center.
        gain: f64,
    },
    /// Raises or lowers what is below.
    LowShelf {
        /// Where the gain is half of `gain`.
        frequency: f64,
        /// How steep: 1/√2 is the steepest that does not overshoot.
        q: f64,
        /// The gain at 0 Hz.
        gain: f64,
    },
    /// Raises or lowers what is above.
    HighShelf {
        /// Where the gain is half of `gain`.
        frequency: f64,
        /// How steep: 1/√2 is the steepest that does not overshoot.
        q: f64,
        /// The gain at half the sample rate.
        gain: f64,
    },
}

impl Biquad {
    /// Designs the filter, for values that come from outside.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) unless the frequency lies between 0 and half the sample rate, both
    /// excluded, `q` is above 0 and finite, and the gain is from −200 to 200 dB.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{self, Biquad};
    ///
    /// let sos = Biquad::Peaking { frequency: 1_000.0, q: 2.0, gain: 6.0 }.design(48_000)?;
    /// let gain = filter::freqz(&sos, [1_000.0], 48_000)[0].norm();
    /// assert!((20.0 * gain.log10() - 6.0).abs() < 1e-9);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn design(self, sample_rate: impl Into<f64>) -> Result<Sos> {
        let sample_rate = check_rate(sample_rate.into())?;
        let (frequency, q, gain) = self.parameters();
        check_frequency(frequency, sample_rate)?;
        check_q(q)?;
        if !(-200.0..=200.0).contains(&gain) {
            return Err(Error::invalid(
                "gain",
                format!("a gain of {gain} dB is out of range: it must be -200 to 200 dB"),
            ));
        }

        let angle = 2.0 * PI * frequency / sample_rate;
        let (sin, cos) = angle.sin_cos();
        let alpha = sin / (2.0 * q);
        // The square root of the gain.
        let a = 10_f64.powf(gain / 40.0);
        let (b, a) = match self {
            Biquad::Lowpass { .. } => {
                ([(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
            }
            Biquad::Highpass { .. } => {
                ([(1.0 + cos) / 2.0, -(1.0 + cos), (1.0 + cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
            }
            Biquad::BandpassSkirt { .. } => ([sin / 2.0, 0.0, -sin / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha]),
            Biquad::Bandpass { .. } => ([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha]),
            Biquad::Notch { .. } => ([1.0, -2.0 * cos, 1.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha]),
            Biquad::Allpass { .. } => ([1.0 - alpha, -2.0 * cos, 1.0 + alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha]),
            Biquad::Peaking { .. } => {
                ([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a])
            }
            Biquad::LowShelf { .. } => shelf(a, cos, alpha),
            Biquad::HighShelf { .. } => {
                // The mirror image: cos changes its sign, and so do the middle coefficients.
                let ([b0, b1, b2], [a0, a1, a2]) = shelf(a, -cos, alpha);
                ([b0, -b1, b2], [a0, -a1, a2])
            }
        };
        Ok(normalized(b, a))
    }

    /// Frequency, quality and gain in dB.
    fn parameters(self) -> (f64, f64, f64) {
        match self {
            Biquad::Lowpass { frequency, q }
            | Biquad::Highpass { frequency, q }
            | Biquad::BandpassSkirt { frequency, q }
            | Biquad::Bandpass { frequency, q }
            | Biquad::Notch { frequency, q }
            | Biquad::Allpass { frequency, q } => (frequency, q, 0.0),
            Biquad::Peaking { frequency, q, gain }
            | Biquad::LowShelf { frequency, q, gain }
            | Biquad::HighShelf { frequency, q, gain } => (frequency, q, gain),
        }
    }
}

/// The low shelf.
fn shelf(a: f64, cos: f64, alpha: f64) -> ([f64; 3], [f64; 3]) {
    let (plus, minus, slope) = (a + 1.0, a - 1.0, 2.0 * a.sqrt() * alpha);
    (
        [a * (plus - minus * cos + slope), 2.0 * a * (minus - plus * cos), a * (plus - minus * cos - slope)],
        [plus + minus * cos + slope, -2.0 * (minus + plus * cos), plus + minus * cos - slope],
    )
}

fn normalized(b: [f64; 3], a: [f64; 3]) -> Sos {
    let scale = 1.0 / a[0];
    Sos::from_sections([[b[0] * scale, b[1] * scale, b[2] * scale, 1.0, a[1] * scale, a[2] * scale]])
}

pub(super) fn check_q(q: f64) -> Result<()> {
    if q > 0.0 && q.is_finite() {
        return Ok(());
    }
    Err(Error::invalid("q", format!("a quality of {q} is out of range: it must be above 0 and finite")))
}
