//! Weighted sums over bins.

use ndarray::{Array1, Array2, ArrayRef2};

use crate::ops::spectrum::real::Real;
#[cfg(feature = "serde")]
use crate::ops::state::{Bits, check};

/// Weighted sums over the bins of a spectrum, such as the bands of [`bands`](super) make them.
///
/// Only the bins that a band has are kept, so that [`apply`](FilterBank::apply) costs a fraction of a product with [`matrix`](FilterBank::matrix).
#[derive(Debug, Clone, PartialEq)]
pub struct FilterBank {
    pub(super) bins: usize,
    pub(super) bands: Vec<Band>,
}

/// One weighted sum.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Band {
    /// Lower edge, centre and upper edge in Hz.
    pub(super) frequencies: [f64; 3],
    /// The first bin that has a weight.
    pub(super) first: usize,
    pub(super) weights: Vec<f64>,
}

impl FilterBank {
    /// Bands whose weights are the widths in Hz of the parts of bins that lie in them.
    ///
    /// A bin reaches half its width to either side, but the first and the Nyquist bin, which have only one side: all of their power lies there.
    #[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
    pub(super) fn of_bands(sample_rate: f64, fft_len: usize, bands: impl Iterator<Item = [f64; 3]>) -> Self {
        assert!(fft_len >= 1, "fft_len (0) must be at least 1");
        let bins = fft_len / 2 + 1;
        let (width, nyquist) = (sample_rate / fft_len as f64, sample_rate / 2.0);
        let weight = |bin: usize, lower: f64, upper: f64| {
            let (from, to) = ((bin as f64 - 0.5) * width, (bin as f64 + 0.5) * width);
            let (from, to) = (from.max(0.0), to.min(nyquist));
            let inside = (to.min(upper) - from.max(lower)).max(0.0);
            inside / (to - from) * width
        };
        let bands = bands.map(|frequencies| {
            let [lower, _, upper] = frequencies;
            Band::of_weights(frequencies, bins, range_of(lower, upper, width, bins), |bin| weight(bin, lower, upper))
        });
        FilterBank { bins, bands: bands.collect() }
    }

    /// Counts the bands.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.bands.len()
    }

    /// Counts the bins of the spectra that the bank is for.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// Lists the centres of the bands in Hz.
    #[must_use]
    pub fn centers(&self) -> Array1<f64> {
        self.bands.iter().map(|band| band.frequencies[1]).collect()
    }

    /// Lists the lower edges of the bands in Hz.
    #[must_use]
    pub fn lower_edges(&self) -> Array1<f64> {
        self.bands.iter().map(|band| band.frequencies[0]).collect()
    }

    /// Lists the upper edges of the bands in Hz.
    #[must_use]
    pub fn upper_edges(&self) -> Array1<f64> {
        self.bands.iter().map(|band| band.frequencies[2]).collect()
    }

    /// Divides by the width of each band: of densities the bank then gives mean densities, as hybrid millidecades are published.
    #[must_use]
    pub fn per_hertz(mut self) -> Self {
        for band in &mut self.bands {
            let width = band.frequencies[2] - band.frequencies[0];
            band.weights.iter_mut().for_each(|weight| *weight /= width);
        }
        self
    }

    /// Returns the weights as a matrix.
    ///
    /// **Shape** bands × bins, as `librosa.filters.mel`.
    #[must_use]
    pub fn matrix(&self) -> Array2<f64> {
        let mut matrix = Array2::zeros((self.bands.len(), self.bins));
        for (band, mut row) in self.bands.iter().zip(matrix.rows_mut()) {
            row.iter_mut().skip(band.first).zip(&band.weights).for_each(|(to, weight)| *to = *weight);
        }
        matrix
    }

    /// Whether sums of powers may come out negative.
    #[cfg(feature = "serde")]
    pub(in crate::ops::spectrum) fn has_negative_weights(&self) -> bool {
        self.bands.iter().flat_map(|band| &band.weights).any(|&weight| weight < 0.0)
    }

    /// Sums up a spectrum.
    ///
    /// **Shape** bands × channels.
    ///
    /// # Panics
    /// Unless `spectrum.nrows() == self.bins()`.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::spectrum::bands::{self, Mel};
    /// use ndaudio::{Source, Spectrum, WavReader};
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let bank = bands::mel(reader.spec().sample_rate(), 2048, Mel::slaney(128));
    /// let mut plan = Spectrum::<f32>::new(2048);
    /// let mut windows = reader.windows::<f32>(2048, 512);
    /// while let Some(window) = windows.next()? {
    ///     let mel = bank.apply(&plan.power(&window)); // 128 × channels, as librosa.feature.melspectrogram
    ///     assert_eq!(mel.dim(), (128, 2));
    /// }
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn apply<T: Real>(&self, spectrum: &ArrayRef2<T>) -> Array2<T> {
        let mut out = Array2::zeros((self.bands.len(), spectrum.ncols()));
        self.apply_into(spectrum, &mut out);
        out
    }

    /// Sums up a spectrum, into memory of the caller.
    ///
    /// # Panics
    /// Unless `spectrum.nrows() == self.bins()` and `out` is bands × channels.
    #[track_caller]
    pub fn apply_into<T: Real>(&self, spectrum: &ArrayRef2<T>, out: &mut ArrayRef2<T>) {
        let ((bins, channels), wanted) = (spectrum.dim(), (self.bands.len(), spectrum.ncols()));
        assert_eq!(bins, self.bins, "the bins of the spectrum ({bins}) must be those of the bank ({})", self.bins);
        assert_eq!(out.dim(), wanted, "the shape of out {:?} must be bands × channels, {wanted:?}", out.dim());
        for channel in 0..channels {
            let spectrum = spectrum.column(channel);
            for (band, to) in self.bands.iter().zip(out.column_mut(channel)) {
                let part = spectrum.iter().skip(band.first).zip(&band.weights);
                *to = T::from_f64_scale(part.map(|(bin, weight)| bin.to_f64_scale() * weight).sum());
            }
        }
    }
}

impl Band {
    /// Keeps the weights of `range`, without the zeros at its ends.
    pub(super) fn of_weights(
        frequencies: [f64; 3],
        bins: usize,
        range: std::ops::Range<usize>,
        weight: impl Fn(usize) -> f64,
    ) -> Self {
        debug_assert!(range.end <= bins);
        let first = range.clone().find(|&bin| weight(bin) != 0.0);
        let last = range.rev().find(|&bin| weight(bin) != 0.0);
        let weights = match first.zip(last) {
            Some((first, last)) => (first..=last).map(weight).collect(),
            None => Vec::new(),
        };
        Band { frequencies, first: first.unwrap_or(0), weights }
    }
}

/// The bins that may have a part between two frequencies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturated, and limited to the bins")]
pub(super) fn range_of(lower: f64, upper: f64, width: f64, bins: usize) -> std::ops::Range<usize> {
    let first = ((lower / width - 1.0).floor().max(0.0) as usize).min(bins);
    let end = ((upper / width + 2.0).ceil().max(0.0) as usize).clamp(first, bins);
    first..end
}

/// A filter bank as it is stored.
#[cfg(feature = "serde")]
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(in crate::ops::spectrum) struct FilterBankState {
    bins: usize,
    /// Frequencies, first bin and weights of each band.
    bands: Vec<([Bits; 3], usize, Vec<Bits>)>,
}

#[cfg(feature = "serde")]
impl From<&FilterBank> for FilterBankState {
    fn from(bank: &FilterBank) -> Self {
        let bands = bank
            .bands
            .iter()
            .map(|band| (band.frequencies.map(Bits), band.first, band.weights.iter().copied().map(Bits).collect()));
        FilterBankState { bins: bank.bins, bands: bands.collect() }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<FilterBankState> for FilterBank {
    type Error = String;

    fn try_from(state: FilterBankState) -> Result<Self, String> {
        let mut bands = Vec::new();
        for (frequencies, first, weights) in state.bands {
            let end = first.checked_add(weights.len());
            check(end.is_some_and(|end| end <= state.bins), "a band reaches beyond the bins")?;
            // A NaN equals nothing, and a bank must equal its own copy to be merged.
            let numbers = frequencies.iter().chain(&weights).all(|bits| !bits.0.is_nan());
            check(numbers, "a band has a weight or a frequency that is not a number")?;
            let weights = weights.iter().map(|bits| bits.0).collect();
            bands.push(Band { frequencies: frequencies.map(|bits| bits.0), first, weights });
        }
        Ok(FilterBank { bins: state.bins, bands })
    }
}
