//! One number per window and channel: where a spectrum lies, and how it is spread.
//!
//! All functions take a spectrum, bins × channels, as [`Spectrum::magnitude`](crate::Spectrum::magnitude) and
//! [`Spectrum::power`](crate::Spectrum::power) lend it, and return a number per channel. Of a spectrum that is 0 everywhere a centre, a width and an entropy
//! are NaN: nothing is nowhere.

use ndarray::{Array1, ArrayRef1, ArrayRef2};

use super::real::Real;

/// Computes the spectral centroid: the mean frequency, weighted by magnitude, in Hz.
///
/// As `librosa.feature.spectral_centroid(S=magnitude)`.
///
/// # Panics
/// Unless there are as many frequencies as bins.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::spectrum::features;
///
/// let magnitude = array![[0.0], [1.0], [3.0]];
/// assert_eq!(features::centroid(&magnitude, &array![0.0, 100.0, 200.0]), array![175.0]);
/// ```
#[must_use]
#[track_caller]
pub fn centroid<T: Real>(magnitude: &ArrayRef2<T>, frequencies: &ArrayRef1<f64>) -> Array1<f64> {
    check(magnitude, frequencies);
    each(magnitude, |bins| moment(bins, frequencies, |frequency| frequency))
}

/// Computes the spectral bandwidth: the standard deviation of frequency around the centroid, weighted by magnitude, in Hz.
///
/// As `librosa.feature.spectral_bandwidth(S=magnitude)`.
///
/// # Panics
/// Unless there are as many frequencies as bins.
#[must_use]
#[track_caller]
pub fn bandwidth<T: Real>(magnitude: &ArrayRef2<T>, frequencies: &ArrayRef1<f64>) -> Array1<f64> {
    check(magnitude, frequencies);
    each(magnitude, |bins| {
        let center = moment(bins, frequencies, |frequency| frequency);
        moment(bins, frequencies, |frequency| (frequency - center).powi(2)).sqrt()
    })
}

/// Finds the roll-off: the lowest frequency in Hz below which, itself included, lies `share` of the sum of magnitudes.
///
/// As `librosa.feature.spectral_rolloff(S=magnitude, roll_percent=share)`, whose default is 0.85.
///
/// # Panics
/// Unless there are as many frequencies as bins and `0 < share < 1`.
#[must_use]
#[track_caller]
pub fn rolloff<T: Real>(magnitude: &ArrayRef2<T>, frequencies: &ArrayRef1<f64>, share: f64) -> Array1<f64> {
    check(magnitude, frequencies);
    assert!(share > 0.0 && share < 1.0, "share ({share}) must be between 0 and 1");
    each(magnitude, |bins| {
        let limit = share * bins.iter().sum::<f64>();
        let mut sum = 0.0;
        let found = bins.iter().zip(frequencies).find(|(bin, _)| {
            sum += **bin;
            sum >= limit
        });
        found.map_or(f64::NAN, |(_, frequency)| *frequency)
    })
}

/// Computes the spectral flatness: the geometric over the arithmetic mean of powers, 1 of white noise and near 0 of tones.
///
/// As `librosa.feature.spectral_flatness(S=magnitude)`, whose squares are `power`: powers below 10^−10 count as that.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
pub fn flatness<T: Real>(power: &ArrayRef2<T>) -> Array1<f64> {
    let count = power.nrows() as f64;
    each(power, |bins| {
        let bins = bins.iter().map(|bin| bin.max(1e-10));
        let logarithms: f64 = bins.clone().map(f64::ln).sum();
        (logarithms / count).exp() / (bins.sum::<f64>() / count)
    })
}

/// Computes the spectral entropy: of the shares that the bins have of the power, as a part of the largest that so many bins can have.
///
/// −Σ p ln p / ln N, the Hf of Sueur et al. with powers, as `maad.features.frequency_entropy(power)`. Pass magnitudes instead of powers for seewave's `sh`.
///
/// Source: J. Sueur et al., "Rapid acoustic survey for biodiversity appraisal", PLoS ONE 3 (2008).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
pub fn entropy<T: Real>(power: &ArrayRef2<T>) -> Array1<f64> {
    let count = power.nrows() as f64;
    each(power, |bins| {
        let sum: f64 = bins.iter().sum();
        let shares = bins.iter().map(|bin| bin / sum);
        // p ln p goes to 0 with p.
        -shares.map(|share| if share == 0.0 { 0.0 } else { share * share.ln() }).sum::<f64>() / count.ln()
    })
}

fn check<T>(spectrum: &ArrayRef2<T>, frequencies: &ArrayRef1<f64>) {
    let (given, bins) = (frequencies.len(), spectrum.nrows());
    assert_eq!(given, bins, "the frequencies ({given}) must be as many as the bins ({bins})");
}

/// The mean of a function of frequency, weighted by the bins.
fn moment(bins: &[f64], frequencies: &ArrayRef1<f64>, of: impl Fn(f64) -> f64) -> f64 {
    let weighted = bins.iter().zip(frequencies).map(|(bin, &frequency)| bin * of(frequency));
    weighted.sum::<f64>() / bins.iter().sum::<f64>()
}

/// Calls `measure` with the bins of each channel.
fn each<T: Real>(spectrum: &ArrayRef2<T>, measure: impl Fn(&[f64]) -> f64) -> Array1<f64> {
    let mut bins = vec![0.0; spectrum.nrows()];
    let columns = spectrum.columns().into_iter();
    columns
        .map(|column| {
            bins.iter_mut().zip(column).for_each(|(to, bin)| *to = bin.to_f64_scale());
            measure(&bins)
        })
        .collect()
}
