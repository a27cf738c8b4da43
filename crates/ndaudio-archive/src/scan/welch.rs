//! Spectra of windows, while their samples pass by.

use datafusion::common::Result;
use ndaudio::ndarray::{Array2, ArrayRef2, ArrayView2};
use ndaudio::spectrum::bands::FilterBank;
use ndaudio::{Psd, Sample, Spectrum};

use crate::spectra::Spectra;

/// What a window's spectra are made with, at one sample rate.
pub(super) struct SpectraPlan {
    /// Without a window, to begin each row with.
    empty: Psd<f64>,
    fft_len: usize,
    hop: usize,
    density: bool,
    bank: Option<FilterBank>,
    /// Whether bands were asked for; at a very low sample rate there may be none.
    bands: bool,
}

/// The spectra of one window, bins or bands × channels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WindowSpectra {
    /// Transforms that these are the mean of.
    pub(super) transforms: u64,
    pub(super) density: Option<Array2<f64>>,
    pub(super) bands: Option<Array2<f64>>,
}

impl SpectraPlan {
    pub(super) fn new(spectra: &Spectra, sample_rate: u32, channels: usize) -> Result<Self> {
        let (fft_len, hop) = (spectra.fft_len(sample_rate)?, spectra.hop(sample_rate)?);
        // A rate of 0 has no densities; it is refused when a recording is opened.
        let empty = Psd::new(Spectrum::<f64>::new(fft_len), sample_rate.max(1)).channels(channels);
        let bank = spectra.bands.and_then(|kind| kind.bank(sample_rate, fft_len));
        Ok(SpectraPlan { empty, fft_len, hop, density: spectra.density, bank, bands: spectra.bands.is_some() })
    }
}

/// Transforms a window's samples block by block, as `ndaudio::spectrum::welch` does the whole of it.
pub(super) struct Welch<'a, T> {
    plan: &'a SpectraPlan,
    channels: usize,
    psd: Psd<f64>,
    /// Frames that transforms still need, interleaved.
    pending: Vec<T>,
    /// Frames to be passed over before the next transform, if the hop is longer than a transform.
    skip: usize,
}

impl<'a, T: Sample> Welch<'a, T> {
    pub(super) fn new(plan: &'a SpectraPlan, channels: usize) -> Self {
        Welch { plan, channels, psd: plan.empty.clone(), pending: Vec::new(), skip: 0 }
    }

    /// Adds the samples that follow.
    pub(super) fn add(&mut self, samples: &[T]) {
        let passed = self.skip.min(samples.len() / self.channels);
        self.skip -= passed;
        self.pending.extend_from_slice(&samples[passed * self.channels..]);
        let (len, hop) = (self.plan.fft_len * self.channels, self.plan.hop * self.channels);
        let mut next = 0;
        while let Some(samples) = self.pending.get(next..next + len) {
            if let Ok(window) = ArrayView2::from_shape((self.plan.fft_len, self.channels), samples) {
                self.psd.add(&window);
            }
            next += hop;
        }
        self.skip += next.saturating_sub(self.pending.len()) / self.channels;
        self.pending.drain(..next.min(self.pending.len()));
    }

    /// The spectra of the window that ends here; begins the next. Lists are missing where no transform fits.
    pub(super) fn finish(&mut self) -> WindowSpectra {
        let psd = std::mem::replace(&mut self.psd, self.plan.empty.clone());
        self.pending.clear();
        self.skip = 0;
        let transforms = psd.windows();
        if transforms == 0 {
            return WindowSpectra { transforms, density: None, bands: None };
        }
        let density = psd.density();
        let bands = self.plan.bands.then(|| bands(self.plan.bank.as_ref(), &density));
        WindowSpectra { transforms, bands, density: self.plan.density.then_some(density) }
    }
}

fn bands(bank: Option<&FilterBank>, density: &ArrayRef2<f64>) -> Array2<f64> {
    bank.map_or_else(|| Array2::zeros((0, density.ncols())), |bank| bank.apply(density))
}

#[cfg(test)]
mod tests {
    use super::{SpectraPlan, Welch};
    use crate::spectra::Spectra;
    use ndaudio::ndarray::{Array2, s};
    use ndaudio::spectrum::{bands, welch};

    #[test]
    fn blocks_of_any_length_give_the_bits_of_the_whole() {
        let samples =
            Array2::from_shape_fn((5000, 2), |(row, channel)| i16::try_from((row * (31 + channel)) % 997).unwrap());
        for (fft, hop) in [(256, 128), (255, 100), (256, 256), (256, 1000), (5000, 1), (1, 1)] {
            let options = [format!("fft={fft} frames"), format!("hop={hop} frames")];
            let options = ["density", "bands=decidecade", &options[0], &options[1]];
            let spectra = Spectra::parse(&options).unwrap().unwrap();
            let plan = SpectraPlan::new(&spectra, 8000, 2).unwrap();
            let density = welch(&samples, 8000, fft, hop);
            for block in [1, 7, 100, 256, 4999, 5000] {
                let mut streamed = Welch::new(&plan, 2);
                // Twice, to see that the second window knows nothing of the first.
                for window in [samples.slice(s![..3000, ..]), samples.view()] {
                    for start in (0..window.nrows()).step_by(block) {
                        let rows = window.slice(s![start..(start + block).min(window.nrows()), ..]);
                        streamed.add(rows.as_slice().unwrap());
                    }
                    let found = streamed.finish();
                    if window.nrows() == samples.nrows() {
                        assert_eq!(found.transforms, ((5000 - fft) / hop + 1) as u64);
                        assert_eq!(found.density.unwrap(), density, "fft {fft} hop {hop} block {block}");
                        let bank = bands::decidecade(8000, fft, 10.0..3200.0);
                        assert_eq!(found.bands.unwrap(), bank.apply(&density));
                    }
                }
            }
        }
    }

    #[test]
    fn a_window_shorter_than_a_transform_has_no_spectra() {
        let spectra = Spectra::parse(&["density", "fft=100 frames"]).unwrap().unwrap();
        let plan = SpectraPlan::new(&spectra, 8000, 1).unwrap();
        let mut streamed = Welch::new(&plan, 1);
        streamed.add(&[0.0_f32; 99]);
        let found = streamed.finish();
        assert_eq!((found.transforms, found.density), (0, None));
    }
}
