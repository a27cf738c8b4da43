//! Cepstra of mel bands.

use std::f64::consts::PI;

use ndarray::{Array2, Array3, ArrayRef3};

use super::real::Real;

/// The power below which mel bands count as silent; librosa's.
const FLOOR: f64 = 1e-10;

/// Computes mel-frequency cepstral coefficients: the cosine transform (DCT-II, orthonormal) of the levels of mel bands.
///
/// As `librosa.feature.mfcc(S=librosa.power_to_db(mel, top_db=top_db), n_mfcc=coefficients)`: powers below 10^−10 count as that. `top_db`, 80 in librosa, lifts all levels
/// to that many decibels below the highest one of the **whole** array, channels included; with `None` every window stands for itself, as it has to when the audio streams.
///
/// `mel` has what a [`FilterBank`](super::bands::FilterBank) makes of the power spectra of windows.
///
/// **Shape** windows × coefficients × channels, of windows × bands × channels.
///
/// # Panics
/// Unless `coefficients` is at most the number of bands.
///
/// # Examples
/// ```
/// use ndarray::Array3;
/// use ndaudio::spectrum;
///
/// let mel = Array3::<f32>::ones((3, 40, 2)); // 0 dB everywhere
/// let mfcc = spectrum::mfcc(&mel, 13, Some(80.0));
/// assert_eq!(mfcc.dim(), (3, 13, 2));
/// assert!(mfcc.iter().all(|&coefficient| coefficient == 0.0));
/// ```
#[must_use]
#[track_caller]
pub fn mfcc<T: Real>(mel: &ArrayRef3<T>, coefficients: usize, top_db: Option<f64>) -> Array3<T> {
    let (windows, bands, channels) = mel.dim();
    let level = |power: T| 10.0 * power.to_f64_scale().max(FLOOR).log10();
    let highest = mel.iter().map(|&power| level(power)).fold(f64::NEG_INFINITY, f64::max);
    let lowest = top_db.map_or(f64::NEG_INFINITY, |top_db| highest - top_db);
    let transform = dct(bands, coefficients);
    let mut levels = vec![0.0; bands];
    let mut out = Array3::zeros((windows, coefficients, channels));
    for (mel, mut out) in mel.outer_iter().zip(out.outer_iter_mut()) {
        for (mel, out) in mel.columns().into_iter().zip(out.columns_mut()) {
            levels.iter_mut().zip(mel).for_each(|(to, &power)| *to = level(power).max(lowest));
            for (out, row) in out.into_iter().zip(transform.rows()) {
                *out = T::from_f64_scale(row.iter().zip(&levels).map(|(weight, level)| weight * level).sum());
            }
        }
    }
    out
}

/// Returns the first rows of the orthonormal cosine transform, DCT-II, as `scipy.fft.dct(numpy.eye(bands), norm="ortho", axis=0)`.
///
/// Its product with the levels of mel bands is their MFCC, window by window.
///
/// **Shape** `coefficients` × `bands`.
///
/// # Panics
/// Unless `coefficients <= bands`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no bank has 2^53 bands")]
#[track_caller]
pub fn dct(bands: usize, coefficients: usize) -> Array2<f64> {
    assert!(coefficients <= bands, "the coefficients ({coefficients}) must be at most the bands ({bands})");
    Array2::from_shape_fn((coefficients, bands), |(row, band)| {
        let scale = if row == 0 { 1.0 } else { 2.0 } / bands as f64;
        scale.sqrt() * (PI * row as f64 * (2 * band + 1) as f64 / (2 * bands) as f64).cos()
    })
}
