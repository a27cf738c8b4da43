//! Weightings of frequencies by the ear.

use ndarray::Array1;

/// The frequency weightings of sound level meters.
///
/// Source: IEC 61672-1:2013, annex E, with the exact pole frequencies of its equations.
///
/// # Examples
/// ```
/// use approx::assert_abs_diff_eq;
/// use ndaudio::spectrum::Weighting;
///
/// assert_abs_diff_eq!(Weighting::A.decibels(1000.0), 0.0, epsilon = 1e-9);
/// assert_abs_diff_eq!(Weighting::A.decibels(100.0), -19.1, epsilon = 0.05);
/// assert_abs_diff_eq!(Weighting::C.decibels(31.5), -3.0, epsilon = 0.05);
/// assert_eq!(Weighting::Z.decibels(10.0), 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weighting {
    /// As the ear hears quiet sounds: little of low frequencies.
    A,
    /// As the ear hears loud sounds: nearly flat from 31.5 Hz to 8 kHz.
    C,
    /// None ("zero").
    Z,
}

impl Weighting {
    /// Returns the weight of a frequency in Hz in decibels: 0 at 1 kHz, −∞ at 0 Hz but of [`Z`](Weighting::Z).
    #[must_use]
    pub fn decibels(self, frequency: f64) -> f64 {
        10.0 * self.power(frequency).log10()
    }

    /// Returns the factor of the power at a frequency in Hz.
    #[must_use]
    pub fn power(self, frequency: f64) -> f64 {
        self.response(frequency) / self.response(1000.0)
    }

    /// Returns the factors of the powers of the bins of a transform of `fft_len` frames.
    ///
    /// **Shape** `fft_len / 2 + 1`.
    ///
    /// # Panics
    /// Unless `sample_rate` is above 0 and finite and `fft_len >= 1`.
    #[must_use]
    #[track_caller]
    pub fn powers(self, sample_rate: impl Into<f64>, fft_len: usize) -> Array1<f64> {
        super::frequencies(fft_len, sample_rate).mapv(|frequency| self.power(frequency))
    }

    /// The square of the analogue filter's response, up to a factor.
    fn response(self, frequency: f64) -> f64 {
        // Poles: f1 and f4 of annex E.2 from fr = 1000 Hz, fL = 10^1.5 Hz and fH = 10^3.9 Hz with D² = 1/2, f2 and f3 from fA = 10^2.45 Hz.
        let (reference, low, high) = (1e6, 1e3, 10.0_f64.powf(7.8));
        let b = (reference + low * high / reference - 0.5_f64.sqrt() * (low + high)) / (1.0 - 0.5_f64.sqrt());
        let c = low * high;
        let root = (b * b - 4.0 * c).sqrt();
        let (first, fourth) = ((-b - root) / 2.0, (-b + root) / 2.0);
        let shelf = 10.0_f64.powf(2.45);
        let (second, third) = ((3.0 - 5.0_f64.sqrt()) / 2.0 * shelf, (3.0 + 5.0_f64.sqrt()) / 2.0 * shelf);
        let square = frequency * frequency;
        let c = (square / ((square + first) * (square + fourth))).powi(2) * fourth * fourth;
        match self {
            Weighting::Z => 1.0,
            Weighting::C => c,
            Weighting::A => c * square * square / ((square + second * second) * (square + third * third)),
        }
    }
}
