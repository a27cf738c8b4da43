//! Bands of frequencies: what part of each bin belongs to which.
//!
//! Each function gives a [`FilterBank`] for spectra of one sample rate and transform length: a matrix, and its product with a spectrum.
//! Applied to densities (power per Hz) the banks of bands give the **power in each band**: the sum of density times width, with
//! the part of a bin that lies in the band; [`per_hertz`](FilterBank::per_hertz) gives mean densities instead. [`mel`] gives triangles, as librosa.
//!
//! | function | bands | source |
//! |---|---|---|
//! | [`octave`], [`third_octave`] | exact centres 1000·10^(3x/10) and 1000·10^(x/10) Hz | IEC 61260-1:2014, base 10 |
//! | [`octave_base_2`], [`third_octave_base_2`] | exact centres 1000·2^x and 1000·2^(x/3) Hz | IEC 61260:1995, base 2 |
//! | [`decidecade`] | exact centres 10^(x/10) Hz | ISO 18405:2017, 3.1.4.2 |
//! | [`hybrid_millidecade`] | bins up to where bands of a thousandth of a decade are wider, then these | Martin et al. 2021 |
//! | [`mel`] | triangles between equal steps of pitch | librosa, HTK |
//! | [`from_edges`] | yours | |
//!
//! # Examples
//! ```
//! use approx::assert_relative_eq;
//! use ndaudio::spectrum::{bands, welch};
//!
//! let (samples, spec) = ndaudio::read::<i16>("data/music.wav")?;
//! let density = welch(&samples, spec.sample_rate(), 4096, 2048);
//! let bank = bands::third_octave(spec.sample_rate(), 4096, 100.0..10_000.0);
//! let powers = bank.apply(&density); // bands × channels
//! assert_eq!(powers.dim(), (21, 2));
//! assert_relative_eq!(bank.centers()[10], 1000.0, max_relative = 1e-12);
//! # Ok::<(), ndaudio::Error>(())
//! ```

mod filter_bank;
mod mel;
mod millidecades;

pub use filter_bank::FilterBank;
#[cfg(feature = "serde")]
pub(super) use filter_bank::FilterBankState;
pub use mel::{Mel, mel};
pub use millidecades::hybrid_millidecade;

use std::ops::Range;

use super::check_rate;

/// Returns the octave bands, of base 10, from the one that contains `range.start` to the one that contains `range.end`.
///
/// # Panics
/// Unless `sample_rate` and both ends of `range` are above 0 and finite, `fft_len >= 1`, and the range is not empty.
#[must_use]
#[track_caller]
pub fn octave(sample_rate: impl Into<f64>, fft_len: usize, range: Range<f64>) -> FilterBank {
    logarithmic(sample_rate.into(), fft_len, &range, 10.0_f64.powf(0.3), 1.0)
}

/// Returns the octave bands, of base 2, from the one that contains `range.start` to the one that contains `range.end`.
///
/// # Panics
/// As [`octave`].
#[must_use]
#[track_caller]
pub fn octave_base_2(sample_rate: impl Into<f64>, fft_len: usize, range: Range<f64>) -> FilterBank {
    logarithmic(sample_rate.into(), fft_len, &range, 2.0, 1.0)
}

/// Returns the third-octave bands, of base 10, from the one that contains `range.start` to the one that contains `range.end`.
///
/// # Panics
/// As [`octave`].
#[must_use]
#[track_caller]
pub fn third_octave(sample_rate: impl Into<f64>, fft_len: usize, range: Range<f64>) -> FilterBank {
    logarithmic(sample_rate.into(), fft_len, &range, 10.0_f64.powf(0.3), 3.0)
}

/// Returns the third-octave bands, of base 2, from the one that contains `range.start` to the one that contains `range.end`.
///
/// # Panics
/// As [`octave`].
#[must_use]
#[track_caller]
pub fn third_octave_base_2(sample_rate: impl Into<f64>, fft_len: usize, range: Range<f64>) -> FilterBank {
    logarithmic(sample_rate.into(), fft_len, &range, 2.0, 3.0)
}

/// Returns the decidecades, tenths of decades, from the one that contains `range.start` to the one that contains `range.end`.
///
/// The third octaves of base 10 by another name.
///
/// # Panics
/// As [`octave`].
#[must_use]
#[track_caller]
pub fn decidecade(sample_rate: impl Into<f64>, fft_len: usize, range: Range<f64>) -> FilterBank {
    third_octave(sample_rate, fft_len, range)
}

/// Returns the bands between neighbouring edges in Hz.
///
/// # Panics
/// Unless `sample_rate` is above 0 and finite, `fft_len >= 1`, and there are two edges at least, each above the one before.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::spectrum::bands;
///
/// // Bins of 1000 Hz, from 500 Hz below their frequency to 500 Hz above.
/// let bank = bands::from_edges(8000, 8, &[750.0, 2500.0]);
/// assert_eq!(bank.matrix(), array![[0.0, 750.0, 1000.0, 0.0, 0.0]]);
/// ```
#[must_use]
#[track_caller]
pub fn from_edges(sample_rate: impl Into<f64>, fft_len: usize, edges: &[f64]) -> FilterBank {
    assert!(edges.len() >= 2, "there must be two edges at least, not {}", edges.len());
    assert!(edges.iter().all(|edge| edge.is_finite()), "all edges must be finite");
    assert!(edges.is_sorted_by(|a, b| a < b), "each edge must be above the one before");
    let bands = edges.windows(2).map(|pair| [pair[0], f64::midpoint(pair[0], pair[1]), pair[1]]);
    FilterBank::of_bands(check_rate(sample_rate.into()), fft_len, bands)
}

/// Bands of centres 1000·`ratio`^(x / `per_ratio`), each `ratio`^(1 / `per_ratio`) wide.
#[expect(clippy::cast_possible_truncation, reason = "logarithms of frequencies are small")]
fn logarithmic(sample_rate: f64, fft_len: usize, range: &Range<f64>, ratio: f64, per_ratio: f64) -> FilterBank {
    let sample_rate = check_rate(sample_rate);
    let Range { start, end } = *range;
    assert!(start > 0.0 && end.is_finite(), "the range ({start} Hz to {end} Hz) must be above 0 and finite");
    assert!(start < end, "the range ({start} Hz to {end} Hz) must not be empty");
    let index = |frequency: f64| (per_ratio * (frequency / 1000.0).ln() / ratio.ln()).round() as i32;
    let at = |index: f64| 1000.0 * ratio.powf(index / per_ratio);
    let bands = (index(start)..=index(end)).map(|index| {
        let index = f64::from(index);
        [at(index - 0.5), at(index), at(index + 0.5)]
    });
    FilterBank::of_bands(sample_rate, fft_len, bands)
}
