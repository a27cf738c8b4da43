//! The weights that windows are multiplied by.

use std::f64::consts::PI;

use ndarray::Array1;

use crate::fft::kaiser;

/// The weights that a window is multiplied by before it is transformed.
///
/// The values are those of `scipy.signal.get_window`. A *periodic* taper ([`periodic`](Taper::periodic), SciPy's `fftbins=True`) is the
/// one for spectra: its copies, shifted by a fraction of its length, add up to a constant. A *symmetric* one ([`symmetric`](Taper::symmetric), `fftbins=False`)
/// is the one for the design of filters.
///
/// | taper | sidelobes in dB | width of the main lobe in bins | noise bandwidth in bins |
/// |---|---|---|---|
/// | `Boxcar` | −13 | 2 | 1.00 |
/// | `Hann` | −31 | 4 | 1.50 |
/// | `Hamming` | −43 | 4 | 1.36 |
/// | `Blackman` | −58 | 6 | 1.73 |
/// | `BlackmanHarris` | −92 | 8 | 2.00 |
/// | `FlatTop` | −93 | 10 | 3.77 |
///
/// Source: F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 66 (1978).
///
/// # Examples
/// ```
/// use approx::assert_abs_diff_eq;
/// use ndaudio::Taper;
///
/// let (periodic, symmetric) = (Taper::Hann.periodic(4), Taper::Hann.symmetric(5)); // 0, ½, 1, ½ and 0, ½, 1, ½, 0
/// assert_abs_diff_eq!(periodic[1], 0.5, epsilon = 1e-15);
/// assert_eq!(periodic.as_slice(), Some(&symmetric.to_vec()[..4]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Taper {
    /// No taper: all weights are 1.
    Boxcar,
    /// A raised cosine, which is 0 at its ends. The default.
    #[default]
    Hann,
    /// A raised cosine on a pedestal of 0.08.
    Hamming,
    /// Three cosine terms: 0.42, 0.5, 0.08.
    Blackman,
    /// Four cosine terms with the lowest sidelobes.
    BlackmanHarris,
    /// Five cosine terms: the amplitude of a sine is right to 0.01 dB wherever it lies between two bins.
    FlatTop,
    /// Kaiser's window with this β: 0 is a boxcar, 5 like Hamming, 8.6 like Blackman.
    Kaiser(f64),
    /// A Hann taper cut in two, with a flat part between: this share of it is cosine, 0 is a boxcar and 1 Hann.
    Tukey(f64),
}

impl Taper {
    /// Returns the weights for spectra, as `scipy.signal.get_window(…, fftbins=True)`.
    ///
    /// **Shape** `len`. **Unit** the largest weight is 1, but for rounding and for a periodic taper of odd length.
    #[must_use]
    pub fn periodic(self, len: usize) -> Array1<f64> {
        if len == 1 {
            return Array1::ones(1);
        }
        // One period of the symmetric taper that is a value longer.
        (0..len).map(|index| self.weight(index, len)).collect()
    }

    /// Returns the weights for filter design, as `scipy.signal.get_window(…, fftbins=False)`.
    ///
    /// **Shape** `len`. **Unit** the largest weight of an odd length is 1.
    #[must_use]
    pub fn symmetric(self, len: usize) -> Array1<f64> {
        if len == 1 {
            return Array1::ones(1);
        }
        (0..len).map(|index| self.weight(index, len - 1)).collect()
    }

    /// The weight at `index` of a taper that reaches from 0 to `last`, both included.
    #[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
    fn weight(self, index: usize, last: usize) -> f64 {
        if last == 0 {
            return 1.0;
        }
        // Both halves are computed as the first, so that they are the same to the bit.
        let place = index.min(last - index) as f64 / last as f64;
        match self {
            Taper::Boxcar => 1.0,
            // 0.5 − 0.5 cos(2πx), without the cancellation at the ends.
            Taper::Hann => (PI * place).sin().powi(2),
            Taper::Hamming => cosines(place, &[0.54, -0.46]),
            Taper::Blackman => cosines(place, &[0.42, -0.5, 0.08]),
            Taper::BlackmanHarris => cosines(place, &[0.358_75, -0.488_29, 0.141_28, -0.011_68]),
            Taper::FlatTop => {
                cosines(place, &[0.215_578_95, -0.416_631_58, 0.277_263_158, -0.083_578_947, 0.006_947_368])
            }
            Taper::Kaiser(beta) => kaiser(beta, 2.0 * place - 1.0),
            Taper::Tukey(share) if share <= 0.0 => 1.0,
            Taper::Tukey(share) => {
                let share = share.min(1.0);
                if place < share / 2.0 { (PI * place / share).sin().powi(2) } else { 1.0 }
            }
        }
    }
}

/// Σ `factors[k]` cos(2πk·place).
fn cosines(place: f64, factors: &[f64]) -> f64 {
    let mut angle = 0.0;
    let mut sum = 0.0;
    for factor in factors {
        sum += factor * f64::cos(angle);
        angle += 2.0 * PI * place;
    }
    sum
}
