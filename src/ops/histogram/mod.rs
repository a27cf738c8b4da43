//! Percentiles: of samples, exactly, and of levels.
//!
//! [`Histogram`] counts every value of 16-bit samples and so has their exact percentiles in constant memory, mergeable in any
//! order. [`LevelPercentiles`] keeps the levels of many windows and gives what noise reports call L10, L50 and L90.

#[cfg(feature = "serde")]
mod state;

use ndarray::{Array2, ArrayRef2};

/// How many values an `i16` has.
const BINS: usize = 1 << 16;

/// Counts how often each of the 65,536 values of 16-bit samples occurs, per channel.
///
/// **Memory** 512 KiB per channel, however long the recording. Histograms of parts merge in any order to the same counts.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::histogram::Histogram;
///
/// let mut histogram = Histogram::new(2);
/// histogram.add(&array![[-16_384_i16, 0], [0, 0], [16_384, 100]]);
/// assert_eq!(histogram.percentile(0, 50.0), 0.0);
/// assert_eq!(histogram.percentile(0, 75.0), 0.25); // between 0 and 16,384, full scale being 1.0
/// assert_eq!(histogram.count(1, 0), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "state::HistogramState", try_from = "state::HistogramState"))]
pub struct Histogram {
    frames: u64,
    /// Channels × values, from the least value on.
    counts: Array2<u64>,
}

impl Histogram {
    /// Starts with no frames of so many channels.
    ///
    /// # Panics
    /// Unless `channels >= 1`.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        assert!(channels >= 1, "channels (0) must be at least 1");
        Histogram { frames: 0, counts: Array2::zeros((channels, BINS)) }
    }

    /// Adds frames. Allocates nothing.
    ///
    /// # Panics
    /// Unless `block.ncols() == self.channels()`.
    pub fn add(&mut self, block: &ArrayRef2<i16>) {
        let (given, channels) = (block.ncols(), self.channels());
        assert_eq!(given, channels, "channels of the block ({given}) must be those of the histogram ({channels})");
        for (samples, mut counts) in block.columns().into_iter().zip(self.counts.rows_mut()) {
            for &sample in samples {
                counts[bin(sample)] += 1;
            }
        }
        self.frames += block.nrows() as u64;
    }

    /// Adds what was counted elsewhere.
    ///
    /// # Panics
    /// Unless `other.channels() == self.channels()`.
    pub fn merge(&mut self, other: &Histogram) {
        let (given, channels) = (other.channels(), self.channels());
        assert_eq!(given, channels, "channels of the part ({given}) must be those of the histogram ({channels})");
        self.counts += &other.counts;
        self.frames += other.frames;
    }

    /// Counts the channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.counts.nrows()
    }

    /// Counts the frames that were added.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Counts how often a channel had a value.
    ///
    /// # Panics
    /// Unless `channel < self.channels()`.
    #[must_use]
    pub fn count(&self, channel: usize, value: i16) -> u64 {
        self.counts[[channel, bin(value)]]
    }

    /// Gives the value that `percent` of a channel's samples are at or below, as if all were kept and sorted.
    ///
    /// Between two samples it is interpolated linearly, as `numpy.percentile` does by default (type 7 of Hyndman and Fan). Of no
    /// frames NaN.
    ///
    /// **Unit** full scale is 1.0.
    ///
    /// # Panics
    /// Unless `channel < self.channels()` and `0 <= percent <= 100`.
    #[must_use]
    pub fn percentile(&self, channel: usize, percent: f64) -> f64 {
        let Some(rank) = Rank::of(self.frames, percent) else { return f64::NAN };
        rank.between(self.ranked(channel, rank.below), self.ranked(channel, rank.below + 1)) / 32_768.0
    }

    /// The sample at a rank, counted from 0 at the least; past the end the greatest.
    fn ranked(&self, channel: usize, rank: u64) -> f64 {
        let rank = rank.min(self.frames - 1);
        let mut counted = 0;
        let found = self.counts.row(channel).into_iter().zip(i16::MIN..=i16::MAX).find(|(count, _)| {
            counted += **count;
            counted > rank
        });
        found.map_or(f64::NAN, |(_, value)| f64::from(value))
    }
}

fn bin(sample: i16) -> usize {
    usize::from(sample.cast_unsigned() ^ 0x8000)
}

/// A place in a sorted list, between two neighbours.
struct Rank {
    below: u64,
    fraction: f64,
}

impl Rank {
    /// None in an empty list.
    #[expect(clippy::cast_precision_loss, reason = "as NumPy, to 2^53 samples")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded down, and not negative")]
    fn of(len: u64, percent: f64) -> Option<Self> {
        assert!((0.0..=100.0).contains(&percent), "percent ({percent}) must be 0 to 100");
        let last = len.checked_sub(1)?;
        let rank = last as f64 * (percent / 100.0);
        Some(Rank { below: rank.floor() as u64, fraction: rank.fract() })
    }

    /// Interpolates linearly. From silence, −∞ dB, no part of the way leads up to a level.
    fn between(&self, below: f64, above: f64) -> f64 {
        if below == above || self.fraction == 0.0 || below.is_infinite() {
            below
        } else if above.is_infinite() {
            above
        } else if self.fraction < 0.5 {
            below + (above - below) * self.fraction
        } else {
            // From the nearer end, as NumPy, so that the result is monotonic and exact at either end.
            above - (above - below) * (1.0 - self.fraction)
        }
    }
}

/// Keeps the levels of windows, to tell how much of the time they were exceeded.
///
/// Noise measurement and passive acoustic monitoring name levels by how much of the time they are *exceeded*: L10, exceeded
/// during 10 % of it, is the 90th percentile and near the loudest, L90 the 10th percentile, the background. So there are two
/// methods with two names, [`exceeded`](LevelPercentiles::exceeded) and [`percentile`](LevelPercentiles::percentile).
///
/// **Memory** 8 bytes per level.
///
/// # Examples
/// ```
/// use ndaudio::histogram::LevelPercentiles;
///
/// let levels: LevelPercentiles = (0..=100).map(|level| f64::from(level) - 100.0).collect(); // dB, one per second, say
/// assert_eq!(levels.exceeded(10.0), -10.0); // L10
/// assert_eq!(levels.exceeded(90.0), -90.0); // L90
/// assert_eq!(levels.percentile(90.0), levels.exceeded(10.0));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "state::LevelPercentilesState", from = "state::LevelPercentilesState"))]
pub struct LevelPercentiles {
    /// From the lowest on.
    sorted: Vec<f64>,
    undefined: usize,
}

impl LevelPercentiles {
    /// Adds the levels of other windows, in whatever order.
    pub fn merge(&mut self, other: &LevelPercentiles) {
        self.sorted.extend_from_slice(&other.sorted);
        // Two sorted runs, which this sort merges.
        self.sorted.sort_by(f64::total_cmp);
        self.undefined += other.undefined;
    }

    /// Counts the levels, without those that are NaN.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Tells whether there are no levels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Counts the levels that were NaN (of windows without frames, or with NaN in them), which are left out.
    #[must_use]
    pub fn undefined(&self) -> usize {
        self.undefined
    }

    /// Gives the level that is exceeded during `percent` of the time: L10, L50, L90 … of acoustics. Of no levels NaN.
    ///
    /// Source: ISO 1996-1:2016, "N percentage exceedance level".
    ///
    /// # Panics
    /// Unless `0 <= percent <= 100`.
    #[must_use]
    pub fn exceeded(&self, percent: f64) -> f64 {
        self.percentile(100.0 - percent)
    }

    /// Gives the level that `percent` of the windows are at or below, as `numpy.percentile`. Of no levels NaN.
    ///
    /// Between two levels it is interpolated linearly, as NumPy does by default (type 7 of Hyndman and Fan); between silence, −∞,
    /// and a level above it is −∞, where NumPy has NaN.
    ///
    /// # Panics
    /// Unless `0 <= percent <= 100`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "an index of a vector")]
    pub fn percentile(&self, percent: f64) -> f64 {
        let Some(rank) = Rank::of(self.sorted.len() as u64, percent) else { return f64::NAN };
        let below = rank.below as usize;
        let above = (below + 1).min(self.sorted.len() - 1);
        rank.between(self.sorted[below], self.sorted[above])
    }
}

impl FromIterator<f64> for LevelPercentiles {
    fn from_iter<I: IntoIterator<Item = f64>>(levels: I) -> Self {
        let mut undefined = 0;
        let mut sorted: Vec<f64> = levels
            .into_iter()
            .filter(|level| {
                undefined += usize::from(level.is_nan());
                !level.is_nan()
            })
            .collect();
        sorted.sort_by(f64::total_cmp);
        LevelPercentiles { sorted, undefined }
    }
}
