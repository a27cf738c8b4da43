//! Mean density of a recording.

use ndarray::{Array1, Array2, ArrayRef2};

use super::kernel::Factors;
use super::plan::Spectrum;
use super::real::Real;
use super::settings::squares;
use super::sums::Sums;
use super::{Average, Scaling, interval};
use crate::error::Result;
use crate::pcm::Sample;
use crate::stream::{Source, Windows};

/// Accumulates the power spectral density of any number of windows, in constant memory.
///
/// The streaming form of [`welch`](super::welch()), with any plan: tapers, padding and trends are the plan's, scaling is this type's own.
///
/// # Shards
/// Parts of a recording can be measured apart, on other threads or machines, and merged **in any order**. A recording of `frames` frames has the windows
/// 0, 1, … (`frames` − `len`) / `hop`; a shard of the windows a to b − 1 reads the frames from a × `hop` to (b − 1) × `hop` + `len`, so that
/// neighbours both read the frames that their windows share. Every window must be in one shard; nothing else matters: the densities are the same to the bit as
/// those of one pass.
///
/// That is because sums are carried in 106 bits and rounded once. They are exact, whatever the order, as long as the powers of a bin lie within
/// 100 dB of each other in `f64` plans and 180 dB in `f32` plans (0 does not count); beyond that a sum is good to 2^−100, so that an order
/// could show in the last bit of one number in 2^45.
///
/// # Examples
/// ```
/// use ndarray::s;
/// use ndaudio::{Psd, Source, Spectrum, WavReader, spectrum};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let sample_rate = reader.spec().sample_rate();
/// let mut psd = Psd::new(Spectrum::<f64>::new(2048), sample_rate);
/// psd.add_windows(reader.windows::<i16>(2048, 1024))?;
///
/// let (samples, _) = ndaudio::read::<i16>("data/music.wav")?;
/// assert_eq!(psd.density(), spectrum::welch(&samples, sample_rate, 2048, 1024));
///
/// let mut first = Psd::new(Spectrum::<f64>::new(2048), sample_rate); // perhaps on another machine
/// let mut second = first.clone();
/// for (index, window) in samples.axis_windows_with_stride(ndarray::Axis(0), 2048, 1024).into_iter().enumerate() {
///     if index < 100 { first.add(&window) } else { second.add(&window) }
/// }
/// second.merge(&first);
/// assert_eq!(second.density(), psd.density());
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
    serde(into = "super::state::PsdState", try_from = "super::state::PsdState", bound = "T: Real")
)]
pub struct Psd<T> {
    pub(super) plan: Spectrum<T>,
    pub(super) sample_rate: f64,
    pub(super) windows: u64,
    pub(super) channels: Option<usize>,
    pub(super) powers: Powers,
}

/// The accumulated powers |X|², channels × bins.
#[derive(Debug, Clone)]
pub(super) enum Powers {
    /// Empty until there is a window, because the number of channels may be that of a header alone.
    Sums(Sums),
    /// All of them, one window after the other.
    All(Vec<f64>),
}

impl<T: Real> Psd<T> {
    /// Starts with no windows. The plan's scaling is left aside.
    ///
    /// # Panics
    /// Unless `sample_rate` is above 0 and finite.
    #[must_use]
    #[track_caller]
    pub fn new(plan: Spectrum<T>, sample_rate: impl Into<f64>) -> Self {
        let sample_rate = super::check_rate(sample_rate.into());
        let plan = plan.scaling(Scaling::None);
        Psd { plan, sample_rate, windows: 0, channels: None, powers: Powers::Sums(Sums::default()) }
    }

    /// Averages another way.
    ///
    /// # Panics
    /// Unless no window was added yet.
    #[must_use]
    #[track_caller]
    pub fn average(mut self, average: Average) -> Self {
        assert!(self.windows == 0, "the average must be chosen before the first of {} windows", self.windows);
        self.powers = match average {
            Average::Mean => Powers::Sums(Sums::default()),
            Average::Median => Powers::All(Vec::new()),
        };
        self
    }

    /// Says how many channels there will be; without it the first window does.
    ///
    /// # Panics
    /// Unless no window was added yet, or all had so many.
    #[must_use]
    #[track_caller]
    pub fn channels(mut self, channels: usize) -> Self {
        self.begin(channels);
        self
    }

    /// Adds a window. Allocates nothing after the first, but with [`Average::Median`].
    ///
    /// # Panics
    /// Unless the window has the plan's length and the channels of the windows before.
    #[track_caller]
    pub fn add<S: Sample>(&mut self, window: &ArrayRef2<S>) {
        self.begin(window.ncols());
        let bins = self.plan.bins();
        match &mut self.powers {
            Powers::Sums(sums) => {
                sums.begin(window.ncols() * bins);
                self.plan.each_line(window, |channel, line| sums.add_powers(channel * bins, line));
            }
            Powers::All(all) => self.plan.each_line(window, |_, line| {
                all.extend(line.iter().map(|bin| bin.re.to_f64_scale().powi(2) + bin.im.to_f64_scale().powi(2)));
            }),
        }
        self.windows += 1;
    }

    /// Adds all windows that a source gives.
    ///
    /// # Errors
    /// Whatever reading can meet; the windows before it were added.
    ///
    /// # Panics
    /// As [`add`](Psd::add).
    #[track_caller]
    pub fn add_windows<A: Source, S: Sample>(&mut self, mut windows: Windows<A, S>) -> Result<()> {
        self.begin(windows.channels());
        while let Some(window) = windows.next()? {
            self.add(&window);
        }
        Ok(())
    }

    /// Adds what was accumulated over other windows, whichever came first.
    ///
    /// # Panics
    /// Unless both have equal plans, sample rates, averages and channels.
    #[track_caller]
    pub fn merge(&mut self, other: &Psd<T>) {
        super::check_equal(&self.plan, self.sample_rate, &other.plan, other.sample_rate);
        if let Some(channels) = other.channels {
            self.begin(channels);
        }
        match (&mut self.powers, &other.powers) {
            (Powers::Sums(sums), Powers::Sums(others)) if other.windows > 0 => {
                sums.begin(others.len());
                sums.merge(others);
            }
            (Powers::Sums(_), Powers::Sums(_)) => {}
            (Powers::All(all), Powers::All(others)) => all.extend_from_slice(others),
            _ => panic!("the averages must be equal: one is a mean and the other a median"),
        }
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

    /// Returns the density: power per Hz, as `scipy.signal.welch(scaling="density")`.
    ///
    /// **Shape** bins × channels. **Unit** full scale squared per Hz, one-sided unless the plan is
    /// [`two_sided`](Spectrum::two_sided). Of no windows NaN.
    #[must_use]
    pub fn density(&self) -> Array2<f64> {
        let taper = self.plan.settings().taper_values();
        self.scaled(1.0 / (self.sample_rate * squares(&taper)))
    }

    /// Returns the power of sines in each bin, as `scipy.signal.welch(scaling="spectrum")`: A² / 2 of a sine of amplitude A.
    ///
    /// **Shape** bins × channels. **Unit** full scale squared. Of no windows NaN.
    #[must_use]
    pub fn spectrum(&self) -> Array2<f64> {
        let taper = self.plan.settings().taper_values();
        self.scaled(1.0 / taper.iter().sum::<f64>().powi(2))
    }

    /// Returns the factors that the density is multiplied by for a confidence interval: (lower, upper), for noise and windows `hop` frames apart.
    ///
    /// The mean of K densities of Gaussian noise is spread like χ² with ν degrees of freedom: 2 K of windows that do not overlap, fewer of windows that do, by the correlation of
    /// their tapers. The density of the process then lies between ν / χ²((1 + `level`) / 2) and ν / χ²((1 − `level`) / 2) times the estimate with probability `level`.
    /// Not for [`Average::Median`].
    ///
    /// # Panics
    /// Unless `0 < level < 1`, `hop >= 1` and there is a window.
    ///
    /// # Examples
    /// ```
    /// use ndarray::Array2;
    /// use ndaudio::{Psd, Spectrum, Taper};
    ///
    /// let mut psd = Psd::new(Spectrum::<f64>::new(64).taper(Taper::Boxcar), 48_000);
    /// (0..10).for_each(|_| psd.add(&Array2::<f64>::ones((64, 1))));
    /// let (lower, upper) = psd.confidence(0.95, 64); // 20 degrees of freedom
    /// assert!((lower - 20.0 / 34.169_607).abs() < 1e-6 && (upper - 20.0 / 9.590_777).abs() < 1e-6);
    /// ```
    ///
    /// Source: P. D. Welch (1967), equation 17; D. B. Percival, A. T. Walden, "Spectral analysis for physical applications" (1993), 6.17.
    #[must_use]
    #[track_caller]
    pub fn confidence(&self, level: f64, hop: usize) -> (f64, f64) {
        assert!(level > 0.0 && level < 1.0, "level ({level}) must be between 0 and 1");
        assert!(hop >= 1, "hop (0) must be at least 1");
        assert!(self.windows >= 1, "there must be a window");
        let freedom = interval::degrees_of_freedom(&self.plan.settings().taper_values(), hop, self.windows);
        let quantile = |probability| interval::chi_square_quantile(probability, freedom);
        (freedom / quantile(f64::midpoint(1.0, level)), freedom / quantile((1.0 - level) / 2.0))
    }

    /// Settles the number of channels.
    fn begin(&mut self, channels: usize) {
        match self.channels {
            Some(known) => {
                assert_eq!(channels, known, "the channels ({channels}) must be those of the windows before ({known})")
            }
            None => self.channels = Some(channels),
        }
    }

    /// The averages of all cells times `scale`, one-sided.
    fn scaled(&self, scale: f64) -> Array2<f64> {
        let (bins, channels) = (self.plan.bins(), self.channels.unwrap_or(0));
        if self.windows == 0 {
            return Array2::from_elem((bins, channels), f64::NAN);
        }
        let averages = match &self.powers {
            Powers::Sums(sums) => {
                #[expect(clippy::cast_precision_loss, reason = "2^53 windows are not reached")]
                let windows = self.windows as f64;
                sums.values().map(|sum| sum / windows).collect()
            }
            Powers::All(all) => medians(all, bins * channels),
        };
        let factors: Factors<f64> = self.plan.settings().one_sided();
        Array2::from_shape_fn((bins, channels), |(bin, channel)| {
            averages[channel * bins + bin] * scale * factors.of(bin, bins)
        })
    }
}

/// The median of each cell over all windows, divided by what the median of such powers is to their mean.
fn medians(all: &[f64], cells: usize) -> Vec<f64> {
    let windows = all.len() / cells.max(1);
    let bias = median_bias(windows);
    let mut column = Vec::with_capacity(windows);
    let mut median = |cell: usize| {
        column.clear();
        column.extend(all.iter().skip(cell).step_by(cells).copied());
        column.sort_unstable_by(f64::total_cmp);
        let middle = match windows {
            odd if odd % 2 == 1 => column[odd / 2],
            even => (column[even / 2 - 1] + column[even / 2]) / 2.0,
        };
        middle / bias
    };
    (0..cells).map(&mut median).collect()
}

/// The expected median of so many powers of noise whose mean is 1.
///
/// Source: B. Allen et al., "FINDCHIRP", arXiv:gr-qc/0509116, appendix B, as in SciPy.
#[expect(clippy::cast_precision_loss, reason = "2^53 windows are not reached")]
fn median_bias(windows: usize) -> f64 {
    let pairs = (1..=windows.saturating_sub(1) / 2).map(|pair| 2.0 * pair as f64);
    1.0 + pairs.map(|even| 1.0 / (even + 1.0) - 1.0 / even).sum::<f64>()
}
