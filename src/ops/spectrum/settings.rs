//! The settings of a plan.

use super::kernel::Factors;
use super::real::Real;
use super::{Detrend, Scaling, Taper};

/// The settings of a plan; plans of equal settings and type give equal results.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub(super) len: usize,
    pub(super) fft_len: usize,
    pub(super) taper: Taper,
    pub(super) symmetric: bool,
    /// Weights of the caller's, instead of the taper.
    pub(super) custom: Option<Vec<f64>>,
    pub(super) detrend: Detrend,
    pub(super) scaling: Scaling,
    pub(super) two_sided: bool,
}

impl Settings {
    pub(super) fn new(len: usize) -> Self {
        Settings {
            len,
            fft_len: len,
            taper: Taper::default(),
            symmetric: false,
            custom: None,
            detrend: Detrend::default(),
            scaling: Scaling::default(),
            two_sided: false,
        }
    }

    pub(super) fn bins(&self) -> usize {
        self.fft_len / 2 + 1
    }

    pub(super) fn taper_values(&self) -> Vec<f64> {
        match &self.custom {
            Some(weights) => weights.clone(),
            None if self.symmetric => self.taper.symmetric(self.len).to_vec(),
            None => self.taper.periodic(self.len).to_vec(),
        }
    }

    /// The factor of amplitudes.
    pub(super) fn amplitude_scale(&self) -> f64 {
        let taper = self.taper_values();
        match self.scaling {
            Scaling::None => 1.0,
            Scaling::Spectrum => 1.0 / taper.iter().sum::<f64>(),
            Scaling::Density(sample_rate) => 1.0 / (sample_rate * squares(&taper)).sqrt(),
        }
    }

    /// The factor of powers.
    pub(super) fn factors<T: Real>(&self) -> Factors<T> {
        if self.scaling == Scaling::None { Factors::new(T::one(), self.fft_len) } else { self.one_sided() }
    }

    /// The factor of powers that are scaled.
    pub(super) fn one_sided<T: Real>(&self) -> Factors<T> {
        let one = T::one();
        Factors::new(if self.two_sided { one } else { one + one }, self.fft_len)
    }
}

/// Σ w².
pub(super) fn squares(taper: &[f64]) -> f64 {
    taper.iter().map(|weight| weight * weight).sum()
}
