//! Acoustic indices: one number per recording and channel that estimates how much lives there.
//!
//! They are comparable only between recordings that were made and analysed alike; each paper names its sample rate, window and range.

use ndarray::{Array1, ArrayRef1, ArrayRef2, ArrayRef3, Axis};

use super::real::Real;

/// Computes the acoustic complexity index: how much the magnitudes of each bin change from window to window, relative to their sum, over all bins.
///
/// Σ over bins of Σ |S(t + 1) − S(t)| / Σ S(t). Silent bins count 0. As the third result of `maad.features.acoustic_complexity_index(S)`, and seewave's `ACI` with one step.
///
/// `magnitude` is windows × bins × channels, such as the square roots of a [`spectrogram`](super::spectrogram).
///
/// Source: N. Pieretti, A. Farina, D. Morri, "A new methodology to infer the singing activity of an avian community", Ecological Indicators 11 (2011).
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::spectrum::indices;
///
/// let magnitude = array![[[1.0], [2.0]], [[3.0], [2.0]]]; // 2 windows × 2 bins × 1 channel
/// assert_eq!(indices::complexity(&magnitude), array![0.5]); // 2 / 4 + 0 / 4
/// ```
#[must_use]
pub fn complexity<T: Real>(magnitude: &ArrayRef3<T>) -> Array1<f64> {
    let of_bin = |bin: ndarray::ArrayView1<'_, T>| {
        let sum: f64 = bin.iter().map(|number| number.to_f64_scale()).sum();
        let next = bin.iter().skip(1);
        let changes: f64 = bin.iter().zip(next).map(|(a, b)| (b.to_f64_scale() - a.to_f64_scale()).abs()).sum();
        if sum == 0.0 { 0.0 } else { changes / sum }
    };
    let channels = magnitude.axis_iter(Axis(2));
    channels.map(|channel| channel.axis_iter(Axis(1)).map(of_bin).sum()).collect()
}

/// Computes the normalized difference soundscape index: (biophony − anthropophony) / (biophony + anthropophony), from −1 to 1.
///
/// Both are powers, the sums of the densities of the bins from a frequency up to but without another: 1 to 2 kHz and 2 to 8 kHz in the paper. As `maad.features.soundscape_index` on
/// bands of equal numbers of bins; without power in either NaN.
///
/// # Panics
/// Unless there are as many frequencies as bins.
///
/// Source: E. P. Kasten, S. H. Gage, J. Fox, W. Joo, "The remote environmental assessment laboratory's acoustic library", Ecological Informatics 12 (2012).
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::spectrum::indices;
///
/// let density = array![[1.0], [3.0], [3.0]];
/// let frequencies = array![1000.0, 2000.0, 3000.0];
/// let ndsi = indices::soundscape(&density, &frequencies, 1000.0..2000.0, 2000.0..8000.0);
/// assert_eq!(ndsi, array![5.0 / 7.0]);
/// ```
#[must_use]
#[track_caller]
pub fn soundscape<T: Real>(
    density: &ArrayRef2<T>,
    frequencies: &ArrayRef1<f64>,
    anthropophony: std::ops::Range<f64>,
    biophony: std::ops::Range<f64>,
) -> Array1<f64> {
    check(density.nrows(), frequencies);
    let channels = density.columns().into_iter();
    channels
        .map(|bins| {
            let power = |range: &std::ops::Range<f64>| -> f64 {
                let inside = bins.iter().zip(frequencies).filter(|(_, frequency)| range.contains(frequency));
                inside.map(|(bin, _)| bin.to_f64_scale()).sum()
            };
            let (human, animal) = (power(&anthropophony), power(&biophony));
            (animal - human) / (animal + human)
        })
        .collect()
}

/// Computes the acoustic diversity index: the Shannon entropy of how much of each band of `step` Hz, up to `highest` Hz, is louder than `threshold` dB.
///
/// Decibels are relative to the highest magnitude of the channel. Bands take the bins from their lower edge to their upper one, both included, as maad and soundecology do. The paper and soundecology have 10,000 Hz,
/// 1000 Hz and −50 dB. From 0, if one band has all, to the logarithm of the number of bands.
///
/// # Panics
/// Unless there are as many frequencies as bins, and `0 < step <= highest`.
///
/// Source: L. J. Villanueva-Rivera, B. C. Pijanowski, J. Doucette, B. Pekin, "A primer of acoustic analysis for landscape ecologists", Landscape Ecology 26 (2011).
#[must_use]
#[track_caller]
pub fn diversity<T: Real>(
    magnitude: &ArrayRef3<T>,
    frequencies: &ArrayRef1<f64>,
    highest: f64,
    step: f64,
    threshold: f64,
) -> Array1<f64> {
    check(magnitude.len_of(Axis(1)), frequencies);
    assert!(step > 0.0 && step <= highest, "step ({step} Hz) must be above 0 and at most highest ({highest} Hz)");
    let channels = magnitude.axis_iter(Axis(2));
    channels
        .map(|channel| {
            let loudest = channel.iter().fold(0.0, |loudest: f64, number| loudest.max(number.to_f64_scale()));
            let limit = loudest * 10.0_f64.powf(threshold / 20.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturated; above 0")]
            let bands = (highest / step).floor() as usize;
            #[expect(clippy::cast_precision_loss, reason = "no spectrum has 2^53 bands")]
            let share = |band: usize| {
                let range = step * band as f64..=step * (band + 1) as f64;
                let inside = channel.axis_iter(Axis(1)).zip(frequencies);
                let (mut cells, mut loud) = (0_u64, 0_u64);
                for (bin, _) in inside.filter(|(_, frequency)| range.contains(frequency)) {
                    cells += bin.len() as u64;
                    loud += bin.iter().filter(|number| number.to_f64_scale() > limit).count() as u64;
                }
                if cells == 0 { 0.0 } else { loud as f64 / cells as f64 }
            };
            let shares: Vec<f64> = (0..bands).map(share).collect();
            let sum: f64 = shares.iter().sum();
            let terms = shares.iter().map(|share| share / sum).filter(|share| *share > 0.0);
            -terms.map(|share| share * share.ln()).sum::<f64>()
        })
        .collect()
}

/// Computes the bioacoustic index: the area between the mean spectrum in decibels and its lowest value, between two frequencies, 2 and 8 kHz in the paper.
///
/// Decibels of the mean magnitude over all windows, relative to the highest magnitude. The unit is soundecology's and maad's `bioacoustics_index(R_compatible="soundecology")`: the sum over the bins in the
/// range, both ends included, divided by their width in Hz.
///
/// # Panics
/// Unless there are as many frequencies as bins, two at least.
///
/// Source: N. T. Boelman, G. P. Asner, P. J. Hart, R. E. Martin, "Multi-trophic invasion resistance in Hawaii", Ecological Applications 17 (2007).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "2^53 windows are not reached")]
#[track_caller]
pub fn bioacoustic<T: Real>(
    magnitude: &ArrayRef3<T>,
    frequencies: &ArrayRef1<f64>,
    range: std::ops::RangeInclusive<f64>,
) -> Array1<f64> {
    check(magnitude.len_of(Axis(1)), frequencies);
    assert!(frequencies.len() >= 2, "there must be two bins at least");
    let width = frequencies[1] - frequencies[0];
    let windows = magnitude.len_of(Axis(0)) as f64;
    let channels = magnitude.axis_iter(Axis(2));
    channels
        .map(|channel| {
            let bins = channel.axis_iter(Axis(1)).zip(frequencies).filter(|(_, frequency)| range.contains(frequency));
            let level = |bin: ndarray::ArrayView1<'_, T>| {
                20.0 * (bin.iter().map(|number| number.to_f64_scale()).sum::<f64>() / windows).log10()
            };
            let levels: Vec<f64> = bins.map(|(bin, _)| level(bin)).collect();
            let lowest = levels.iter().copied().fold(f64::INFINITY, f64::min);
            levels.iter().map(|level| level - lowest).sum::<f64>() / width
        })
        .collect()
}

fn check(bins: usize, frequencies: &ArrayRef1<f64>) {
    let given = frequencies.len();
    assert_eq!(given, bins, "the frequencies ({given}) must be as many as the bins ({bins})");
}
