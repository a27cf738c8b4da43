//! Filters as zeros, poles and gain: from an analog low-pass to any digital band.

use std::f64::consts::PI;

use num_complex::Complex;

use super::band::Band;
use super::pairing::pair;
use super::sos::Sos;

/// A filter as its zeros, its poles and its gain.
///
/// H(z) = gain · Π(z − zeros) / Π(z − poles). Complex zeros and poles come with their conjugates.
#[derive(Debug, Clone, PartialEq)]
pub struct Zpk {
    /// Where the gain is 0.
    pub zeros: Vec<Complex<f64>>,
    /// Where the gain is infinite; inside the unit circle for a stable filter.
    pub poles: Vec<Complex<f64>>,
    /// The factor before both products.
    pub gain: f64,
}

/// The rate at which the bilinear transform is done: frequencies are normalized so that half the sample rate is 1. Source:
/// `scipy.signal.iirfilter`.
const RATE: f64 = 2.0;

/// The real part of Π −roots; 1 of none.
pub(super) fn product_negated(roots: &[Complex<f64>]) -> Complex<f64> {
    roots.iter().map(|root| -root).product()
}

impl Zpk {
    /// The filter as second-order sections, paired and ordered as `scipy.signal.zpk2sos(…, pairing="nearest")`.
    ///
    /// The poles closest to the unit circle come last, each with the zeros closest to it, and the gain is in the first section.
    ///
    /// # Panics
    /// Unless every complex zero and pole comes with its conjugate.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{Band, Family};
    ///
    /// let zpk = Family::Butterworth.zpk(3, Band::Highpass(100.0), 48_000)?;
    /// assert_eq!((zpk.zeros.len(), zpk.poles.len()), (3, 3));
    /// assert_eq!(zpk.to_sos().sections(), 2);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn to_sos(&self) -> Sos {
        pair(self)
    }

    /// From an analog low-pass at 1 rad/s to a digital filter.
    pub(super) fn to_band(&self, band: Band, sample_rate: f64) -> Zpk {
        let warped = |frequency: f64| 2.0 * RATE * (PI * (frequency / (sample_rate / 2.0)) / RATE).tan();
        let analog = match band {
            Band::Lowpass(frequency) => self.lowpass(warped(frequency)),
            Band::Highpass(frequency) => self.highpass(warped(frequency)),
            Band::Bandpass(low, high) => {
                let (low, high) = (warped(low), warped(high));
                self.bandpass((low * high).sqrt(), high - low)
            }
            Band::Bandstop(low, high) => {
                let (low, high) = (warped(low), warped(high));
                self.bandstop((low * high).sqrt(), high - low)
            }
        };
        analog.bilinear(RATE)
    }

    /// Poles without a zero of their own: the zeros at infinity.
    fn excess(&self) -> usize {
        self.poles.len() - self.zeros.len()
    }

    /// `gain` · Re(Π −zeros / Π −poles), what the gain becomes where zero and infinity change places.
    fn gain_inverted(&self) -> f64 {
        self.gain * (product_negated(&self.zeros) / product_negated(&self.poles)).re
    }

    fn lowpass(&self, cutoff: f64) -> Zpk {
        let scale = |roots: &[Complex<f64>]| roots.iter().map(|root| root * cutoff).collect();
        let gain = self.gain * (0..self.excess()).map(|_| cutoff).product::<f64>();
        Zpk { zeros: scale(&self.zeros), poles: scale(&self.poles), gain }
    }

    fn highpass(&self, cutoff: f64) -> Zpk {
        let invert = |root: &Complex<f64>| cutoff / root;
        let at_zero = std::iter::repeat_n(Complex::ZERO, self.excess());
        Zpk {
            zeros: self.zeros.iter().map(invert).chain(at_zero).collect(),
            poles: self.poles.iter().map(invert).collect(),
            gain: self.gain_inverted(),
        }
    }

    fn bandpass(&self, center: f64, width: f64) -> Zpk {
        let shift = |roots: &[Complex<f64>]| split(roots.iter().map(|root| root * width / 2.0), center);
        let mut zeros = shift(&self.zeros);
        zeros.extend(std::iter::repeat_n(Complex::ZERO, self.excess()));
        let gain = self.gain * (0..self.excess()).map(|_| width).product::<f64>();
        Zpk { zeros, poles: shift(&self.poles), gain }
    }

    fn bandstop(&self, center: f64, width: f64) -> Zpk {
        let shift = |roots: &[Complex<f64>]| split(roots.iter().map(|root| width / 2.0 / root), center);
        let mut zeros = shift(&self.zeros);
        for at in [Complex::new(0.0, center), Complex::new(0.0, -center)] {
            zeros.extend(std::iter::repeat_n(at, self.excess()));
        }
        Zpk { zeros, poles: shift(&self.poles), gain: self.gain_inverted() }
    }

    /// From the analog plane to the digital: s = 2 · rate · (z − 1) / (z + 1). Zeros at infinity go to −1.
    pub(super) fn bilinear(&self, rate: f64) -> Zpk {
        let twice = 2.0 * rate;
        let map = |root: &Complex<f64>| (twice + root) / (twice - root);
        let product = |roots: &[Complex<f64>]| roots.iter().map(|root| twice - root).product::<Complex<f64>>();
        let at_nyquist = std::iter::repeat_n(Complex::new(-1.0, 0.0), self.excess());
        Zpk {
            zeros: self.zeros.iter().map(map).chain(at_nyquist).collect(),
            poles: self.poles.iter().map(map).collect(),
            gain: self.gain * (product(&self.zeros) / product(&self.poles)).re,
        }
    }
}

/// Every root becomes two, on both sides of itself: root ± √(root² − center²).
fn split(roots: impl Iterator<Item = Complex<f64>>, center: f64) -> Vec<Complex<f64>> {
    roots
        .flat_map(|root| {
            let distance = (root * root - center * center).sqrt();
            [root + distance, root - distance]
        })
        .collect()
}
