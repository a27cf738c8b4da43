//! Cross-spectra and coherence of two channels.

use ndarray::{Array1, ArrayRef2};
use num_complex::Complex;

use super::Scaling;
use super::kernel::Factors;
use super::plan::Spectrum;
use super::real::Real;
use super::settings::squares;
use super::stft::windows;
use super::sums::Sums;
use crate::error::Result;
use crate::pcm::Sample;
use crate::stream::{Source, Windows};

/// Accumulates the cross-spectral density and the coherence of two channels over any number of windows, in constant memory.
///
/// Merges as [`Psd`](super::Psd) does: in any order, and to equal bits under the same conditions.
///
/// # Examples
/// ```
/// use ndaudio::{Csd, Source, Spectrum, WavReader};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut csd = Csd::new(Spectrum::<f64>::new(1024), reader.spec().sample_rate(), [0, 1]);
/// csd.add_windows(reader.windows::<i16>(1024, 512))?;
/// assert!(csd.coherence().iter().all(|&coherence| (0.0..=1.0 + 1e-12).contains(&coherence)));
/// # Ok::<(), ndaudio::Error>(())
/// ```
///
/// With the feature `serde` a state can be stored, loaded and merged as if it had never left: it has a version, of which an unknown one is refused, and
/// keeps all bits in any format. Refused too are states that no audio gives, tapers with NaN, and transforms longer than 2^23 frames, or than 2^20
/// of a length with a prime factor above 127.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(into = "super::state::CsdState", try_from = "super::state::CsdState", bound = "T: Real")
)]
pub struct Csd<T> {
    pub(super) plan: Spectrum<T>,
    pub(super) sample_rate: f64,
    pub(super) channels: [usize; 2],
    pub(super) windows: u64,
    /// Powers of the first channel, powers of the second, real parts and imaginary parts of the products.
    pub(super) sums: Sums,
    /// The first channel's bins, until the second's are there.
    line: Vec<Complex<T>>,
}

impl<T: Real> Csd<T> {
    /// Starts with no windows, for two channels by number. The plan's scaling is left aside.
    ///
    /// # Panics
    /// Unless `sample_rate` is above 0 and finite.
    #[must_use]
    #[track_caller]
    pub fn new(plan: Spectrum<T>, sample_rate: impl Into<f64>, channels: [usize; 2]) -> Self {
        let sample_rate = super::check_rate(sample_rate.into());
        let sums = Sums::new(4 * plan.bins());
        Csd { plan: plan.scaling(Scaling::None), sample_rate, channels, windows: 0, sums, line: Vec::new() }
    }

    /// Adds a window. Allocates nothing after the first.
    ///
    /// # Panics
    /// Unless the window has the plan's length and both channels.
    #[track_caller]
    pub fn add<S: Sample>(&mut self, window: &ArrayRef2<S>) {
        let (bins, count) = (self.plan.bins(), window.ncols());
        for channel in self.channels {
            assert!(
                channel < count,
                "channel {channel} does not exist: the window has {count} channels, numbered from 0"
            );
        }
        let [first, second] = self.channels;
        let Csd { plan, sums, line: kept, .. } = self;
        plan.with_line(window, first, |line| {
            sums.add_powers(0, line);
            kept.clear();
            kept.extend_from_slice(line);
        });
        plan.with_line(window, second, |line| {
            sums.add_powers(bins, line);
            sums.add_products(2 * bins, kept, line);
        });
        self.windows += 1;
    }

    /// Adds all windows that a source gives.
    ///
    /// # Errors
    /// Whatever reading can meet; the windows before it were added.
    ///
    /// # Panics
    /// As [`add`](Csd::add).
    #[track_caller]
    pub fn add_windows<A: Source, S: Sample>(&mut self, mut windows: Windows<A, S>) -> Result<()> {
        while let Some(window) = windows.next()? {
            self.add(&window);
        }
        Ok(())
    }

    /// Adds what was accumulated over other windows, whichever came first.
    ///
    /// # Panics
    /// Unless both have equal plans, sample rates and channels.
    #[track_caller]
    pub fn merge(&mut self, other: &Csd<T>) {
        super::check_equal(&self.plan, self.sample_rate, &other.plan, other.sample_rate);
        let (own, given) = (self.channels, other.channels);
        assert_eq!(own, given, "the channels must be equal: {own:?} and {given:?}");
        self.sums.merge(&other.sums);
        self.windows += other.windows;
    }

    /// Counts the windows that were added.
    #[must_use]
    pub fn windows(&self) -> u64 {
        self.windows
    }

    /// Lists the frequency of each bin in Hz.
    #[must_use]
    pub fn frequencies(&self) -> Array1<f64> {
        self.plan.frequencies(self.sample_rate)
    }

    /// Returns the cross-spectral density, as `scipy.signal.csd(first, second)`: conj(X)·Y of the first channel's X and the second's Y.
    ///
    /// **Shape** bins. **Unit** full scale squared per Hz, one-sided unless the plan is [`two_sided`](Spectrum::two_sided). Of no windows NaN.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "2^53 windows are not reached")]
    pub fn density(&self) -> Array1<Complex<f64>> {
        let settings = self.plan.settings();
        let scale = 1.0 / (self.sample_rate * squares(&settings.taper_values()));
        let (bins, factors): (_, Factors<f64>) = (settings.bins(), settings.one_sided());
        let [_, _, re, im] = self.parts();
        let scaled = |(bin, (re, im)): (usize, (f64, f64))| {
            Complex::new(re, im) / self.windows as f64 * (scale * factors.of(bin, bins))
        };
        re.into_iter().zip(im).enumerate().map(scaled).collect()
    }

    /// Returns the magnitude-squared coherence, as `scipy.signal.coherence`: |Pxy|² / (Pxx·Pyy), from 0 to 1.
    ///
    /// Of a single window 1 everywhere; of a silent channel NaN.
    ///
    /// **Shape** bins.
    #[must_use]
    pub fn coherence(&self) -> Array1<f64> {
        let [first, second, re, im] = self.parts();
        let powers = first.into_iter().zip(second).zip(re.into_iter().zip(im));
        powers.map(|((first, second), (re, im))| (re * re + im * im) / first / second).collect()
    }

    /// The four parts of the sums.
    fn parts(&self) -> [Vec<f64>; 4] {
        let bins = self.plan.bins();
        let values: Vec<f64> = self.sums.values().collect();
        [0, 1, 2, 3].map(|part| values[part * bins..][..bins].to_vec())
    }
}

/// Estimates the cross-spectral density of two channels with a Hann taper, as
/// `scipy.signal.csd(first, second, sample_rate, nperseg=len, noverlap=len - hop, detrend=False)`.
///
/// [`Csd`] has the other choices and takes sources.
///
/// **Shape** `len / 2 + 1` bins. **Unit** full scale squared per Hz, one-sided.
///
/// # Panics
/// Unless `len >= 1`, `hop >= 1`, `sample_rate` is above 0 and finite, and both channels exist where there are windows.
#[must_use]
#[track_caller]
pub fn csd<S: Sample>(
    samples: &ArrayRef2<S>,
    sample_rate: impl Into<f64>,
    len: usize,
    hop: usize,
    channels: [usize; 2],
) -> Array1<Complex<f64>> {
    of_array(samples, sample_rate.into(), len, hop, channels).density()
}

/// Estimates the coherence of two channels with a Hann taper, as
/// `scipy.signal.coherence(first, second, sample_rate, nperseg=len, noverlap=len - hop, detrend=False)`.
///
/// **Shape** `len / 2 + 1` bins.
///
/// # Panics
/// Unless `len >= 1`, `hop >= 1`, and both channels exist where there are windows.
#[must_use]
#[track_caller]
pub fn coherence<S: Sample>(samples: &ArrayRef2<S>, len: usize, hop: usize, channels: [usize; 2]) -> Array1<f64> {
    // The sample rate cancels.
    of_array(samples, 1.0, len, hop, channels).coherence()
}

fn of_array<S: Sample>(samples: &ArrayRef2<S>, rate: f64, len: usize, hop: usize, channels: [usize; 2]) -> Csd<f64> {
    let mut csd = Csd::new(Spectrum::<f64>::new(len), rate, channels);
    windows(samples, len, hop).for_each(|window| csd.add(&window));
    csd
}
