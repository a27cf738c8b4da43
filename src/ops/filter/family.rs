//! The classical families of filters, and the one door to all of them.

use super::band::{Band, check_rate};
use super::prototype;
use super::sos::Sos;
use super::zpk::Zpk;
use crate::error::{Error, Result};

/// How a filter trades ripple, steepness and phase.
///
/// **Unit** ripple and attenuation in dB, positive.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Family {
    /// Maximally flat pass band; −3 dB at the critical frequencies.
    Butterworth,
    /// Ripple in the pass band, which ends where the gain falls below it for good.
    Chebyshev1 {
        /// The largest loss in the pass band.
        ripple: f64,
    },
    /// Ripple in the stop band, which begins where the attenuation is first reached.
    Chebyshev2 {
        /// The smallest loss in the stop band.
        attenuation: f64,
    },
    /// Ripple in both; the steepest of a given order. Also called Cauer.
    Elliptic {
        /// The largest loss in the pass band.
        ripple: f64,
        /// The smallest loss in the stop band.
        attenuation: f64,
    },
    /// Maximally flat group delay. (The bilinear transform bends that of the digital filter near half the sample rate.)
    Bessel {
        /// The meaning of the critical frequencies.
        norm: BesselNorm,
    },
}

/// The meaning of a Bessel filter's critical frequency.
///
/// Source: `norm` of `scipy.signal.bessel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum BesselNorm {
    /// The phase has come half its way there, and the asymptotes are those of a Butterworth filter of the same order.
    #[default]
    Phase,
    /// The group delay in the pass band is 1 / the frequency in rad/s.
    Delay,
    /// The gain is −3 dB there.
    Magnitude,
}

/// The largest order of a design; a Bessel filter ends at 25.
pub const MAX_ORDER: usize = 100;

/// The largest order whose Bessel polynomial has coefficients that 106 bits hold.
const MAX_BESSEL_ORDER: usize = 25;

impl Family {
    /// Designs the filter as second-order sections, for values that come from outside.
    ///
    /// The same sections, in the same order, as `scipy.signal.iirfilter(order, …, output="sos")`. `order` is that of the low-pass
    /// prototype: a band-pass or band-stop has twice as many poles.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) unless `1 <= order <= 100` (25 for Bessel), the band lies between 0 and
    /// half the sample rate ([`Band::check`]), the ripple is above 0 dB and the attenuation above the ripple; and where the band is so
    /// narrow, or so close to 0 Hz, that double precision cannot tell the poles from the unit circle.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{Band, Family};
    ///
    /// let family = Family::Elliptic { ripple: 0.5, attenuation: 60.0 };
    /// let sos = family.design(8, Band::Lowpass(3_400.0), 8_000)?;
    /// assert_eq!(sos.sections(), 4);
    /// assert!(family.design(8, Band::Lowpass(4_000.0), 8_000).is_err());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn design(self, order: usize, band: Band, sample_rate: impl Into<f64>) -> Result<Sos> {
        Ok(self.zpk(order, band, sample_rate)?.to_sos())
    }

    /// Designs the filter as zeros, poles and gain, as `scipy.signal.iirfilter(order, …, output="zpk")` (in another order).
    ///
    /// # Errors
    /// As [`design`](Family::design).
    pub fn zpk(self, order: usize, band: Band, sample_rate: impl Into<f64>) -> Result<Zpk> {
        let sample_rate = check_rate(sample_rate.into())?;
        self.check(order)?;
        band.check(sample_rate)?;
        let prototype = match self {
            Family::Butterworth => prototype::butterworth(order),
            Family::Chebyshev1 { ripple } => prototype::chebyshev1(order, ripple),
            Family::Chebyshev2 { attenuation } => prototype::chebyshev2(order, attenuation),
            Family::Elliptic { ripple, attenuation } => prototype::elliptic(order, ripple, attenuation),
            Family::Bessel { norm } => prototype::bessel(order, norm),
        };
        let zpk = prototype.to_band(band, sample_rate);
        let finite = zpk.zeros.iter().chain(&zpk.poles).all(|root| root.is_finite()) && zpk.gain.is_finite();
        if finite && zpk.poles.iter().all(|pole| pole.norm() < 1.0) {
            return Ok(zpk);
        }
        let message = format!(
            "a filter of order {order}, {band}, would be unstable in double precision: lower the order or move or widen the band"
        );
        Err(Error::invalid("band", message))
    }

    /// Whether the order and the decibels can be had.
    fn check(self, order: usize) -> Result<()> {
        let max = if matches!(self, Family::Bessel { .. }) { MAX_BESSEL_ORDER } else { MAX_ORDER };
        if !(1..=max).contains(&order) {
            return Err(Error::invalid(
                "order",
                format!("a filter of order {order} cannot be designed: the order must be 1 to {max}"),
            ));
        }
        // 1000 dB is 10^100 in power: everything that is computed from it stays finite.
        let in_range = |decibels: f64| decibels > 0.0 && decibels <= 1_000.0;
        /// Ripple and attenuation closer than this are the same number to what follows.
        const MIN_DISTANCE: f64 = 1e-6;
        let (name, decibels) = match self {
            Family::Chebyshev1 { ripple } => ("ripple", ripple),
            Family::Chebyshev2 { attenuation } => ("attenuation", attenuation),
            Family::Elliptic { ripple, attenuation } => {
                // Both checked here, `ripple` again below.
                if !in_range(attenuation) || attenuation - ripple < MIN_DISTANCE {
                    let message = format!(
                        "an attenuation of {attenuation} dB is out of range: it must be above the ripple ({ripple} dB) and at most 1000 dB"
                    );
                    return Err(Error::invalid("attenuation", message));
                }
                ("ripple", ripple)
            }
            Family::Butterworth | Family::Bessel { .. } => return Ok(()),
        };
        if in_range(decibels) {
            return Ok(());
        }
        Err(Error::invalid(
            name,
            format!("{decibels} dB is out of range: the {name} must be above 0 and at most 1000 dB"),
        ))
    }
}
