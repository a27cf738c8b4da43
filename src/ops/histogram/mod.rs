//! Percentiles: of samples, exactly, and of levels.
//!
//! [`Histogram`] counts every value of 16-bit samples and so has their exact percentiles in constant memory, mergeable in any
//! order. [`LevelPercentiles`] keeps the levels of many windows and gives what noise reports call L10, L50 and L90.

#[cfg(feature = "serde")]
mod state;

use std::borrow::Cow;

use ndarray::ArrayRef;

use super::frames::each_part;
use crate::pcm::{FrameDimension, as_frames, view};

/// How many values an `i16` has.
const BINS: usize = 1 << 16;

/// Frames after which the samples are counted instead of kept: a quarter of what the counts of a channel take.
const KEPT_FRAMES: usize = 1 << 16;

/// Samples that are sorted by channel at a time.
const PART: usize = 1 << 14;

/// Counts how often each of the 65,536 values of 16-bit samples occurs, per channel.
///
/// Histograms of parts merge in any order to the same counts.
///
/// **Memory** 512 KiB per channel, however long the recording; up to 65,536 frames the samples themselves, so that a number of channels
/// from a header allocates nothing. A state that was loaded takes no more than its text until frames are added.
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
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "state::HistogramState", try_from = "state::HistogramState"))]
pub struct Histogram {
    channels: usize,
    frames: u64,
    /// The samples of a short recording, interleaved.
    kept: Vec<i16>,
    /// The counts of a longer one: channels × values, from the smallest value on. Empty before.
    counts: Vec<u64>,
    /// Of each channel the values that occur, ascending, and how often: of a loaded state, which then takes no more memory than its text.
    /// Empty otherwise, and once frames are added.
    occurring: Vec<Vec<(i16, u64)>>,
}

/// Whether the same values were counted as often in each channel.
impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        (self.channels, self.frames) == (other.channels, other.frames)
            && (0..self.channels).all(|channel| self.of_channel(channel) == other.of_channel(channel))
    }
}

impl Eq for Histogram {}

impl Histogram {
    /// Starts with no frames of so many channels.
    ///
    /// # Panics
    /// Unless `channels >= 1`.
    #[must_use]
    #[track_caller]
    pub fn new(channels: usize) -> Self {
        assert!(channels >= 1, "channels (0) must be at least 1");
        Histogram { channels, frames: 0, kept: Vec::new(), counts: Vec::new(), occurring: Vec::new() }
    }

    /// Adds frames.
    ///
    /// # Panics
    /// Unless `block.ncols() == self.channels()`.
    #[track_caller]
    pub fn add<N: FrameDimension>(&mut self, block: &ArrayRef<i16, N>) {
        let block = &as_frames(block);
        let (given, channels) = (block.ncols(), self.channels);
        assert_eq!(given, channels, "channels of the block ({given}) must be those of the histogram ({channels})");
        if block.is_empty() {
            return;
        }
        self.spread();
        self.frames += block.nrows() as u64;
        each_part(block, PART, |samples| {
            if self.counts.is_empty() && self.kept.len() + samples.len() <= KEPT_FRAMES * channels {
                self.kept.extend_from_slice(samples);
            } else {
                self.count_kept();
                count_all(samples, channels, &mut self.counts);
            }
        });
    }

    /// Turns the samples that were kept into counts.
    fn count_kept(&mut self) {
        if self.counts.is_empty() {
            self.counts = vec![0; self.channels * BINS];
            let kept = std::mem::take(&mut self.kept);
            kept.chunks(PART / self.channels.min(PART) * self.channels)
                .for_each(|part| count_all(part, self.channels, &mut self.counts));
        }
    }

    /// Turns what was loaded into samples or counts, as if the frames had been added here.
    fn spread(&mut self) {
        let loaded = std::mem::take(&mut self.occurring);
        if loaded.is_empty() {
            return;
        }
        if self.frames > KEPT_FRAMES as u64 {
            self.counts = vec![0; self.channels * BINS];
            self.count_occurring(&loaded);
            return;
        }
        self.kept = vec![0; usize::try_from(self.frames).unwrap_or(KEPT_FRAMES) * self.channels];
        for (index, channel) in loaded.iter().enumerate() {
            let values = channel.iter().flat_map(|&(value, count)| (0..count).map(move |_| value));
            let places = self.kept.iter_mut().skip(index).step_by(self.channels);
            places.zip(values).for_each(|(place, value)| *place = value);
        }
    }

    fn count_occurring(&mut self, occurring: &[Vec<(i16, u64)>]) {
        for (channel, counts) in occurring.iter().zip(self.counts.chunks_exact_mut(BINS)) {
            channel.iter().for_each(|&(value, count)| counts[bin(value)] += count);
        }
    }

    /// Adds what was counted elsewhere.
    ///
    /// # Panics
    /// Unless `other.channels() == self.channels()`.
    #[track_caller]
    pub fn merge(&mut self, other: &Histogram) {
        let (given, channels) = (other.channels, self.channels);
        assert_eq!(given, channels, "channels of the part ({given}) must be those of the histogram ({channels})");
        let loaded = !(self.occurring.is_empty() && other.occurring.is_empty());
        if loaded && self.counts.is_empty() && other.counts.is_empty() {
            self.occurring = (0..channels).map(|channel| joined(self.values(channel), other.values(channel))).collect();
            self.kept = Vec::new();
            self.frames += other.frames;
            return;
        }
        if other.counts.is_empty() && other.occurring.is_empty() {
            self.add(&view(&other.kept, other.kept.len() / channels, channels));
            return;
        }
        self.spread();
        self.count_kept();
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.count_occurring(&other.occurring);
        self.frames += other.frames;
    }

    /// Returns the number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Returns the number of frames that were added.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Returns how often a channel had a value.
    ///
    /// # Panics
    /// Unless `channel < self.channels()`.
    #[must_use]
    #[track_caller]
    pub fn count(&self, channel: usize, value: i16) -> u64 {
        self.require(channel);
        if let Some(occurring) = self.occurring.get(channel) {
            let found = occurring.binary_search_by_key(&value, |&(value, _)| value);
            return found.map_or(0, |at| occurring[at].1);
        }
        match self.counts.chunks_exact(BINS).nth(channel) {
            Some(counts) => counts[bin(value)],
            None => self.kept_of(channel).filter(|&kept| kept == value).count() as u64,
        }
    }

    fn require(&self, channel: usize) {
        assert!(
            channel < self.channels,
            "channel ({channel}) must be below the number of channels ({})",
            self.channels
        );
    }

    /// The samples that were kept of a channel.
    fn kept_of(&self, channel: usize) -> impl Iterator<Item = i16> {
        self.kept.iter().skip(channel).step_by(self.channels).copied()
    }

    /// The counts of a channel, from the smallest value on.
    fn of_channel(&self, channel: usize) -> Cow<'_, [u64]> {
        self.require(channel);
        match self.counts.chunks_exact(BINS).nth(channel) {
            Some(counts) => Cow::Borrowed(counts),
            None => {
                let mut counts = vec![0; BINS];
                self.kept_of(channel).for_each(|sample| counts[bin(sample)] += 1);
                let occurring = self.occurring.get(channel).into_iter().flatten();
                occurring.for_each(|&(value, count)| counts[bin(value)] = count);
                Cow::Owned(counts)
            }
        }
    }

    /// The values that a channel has, ascending, and how often.
    fn values(&self, channel: usize) -> Vec<(i16, u64)> {
        if let Some(occurring) = self.occurring.get(channel) {
            return occurring.clone();
        }
        let counts = self.of_channel(channel);
        (i16::MIN..=i16::MAX).zip(counts.iter().copied()).filter(|&(_, count)| count > 0).collect()
    }

    /// Returns the value that `percent` of a channel's samples are at or below, as if all were kept and sorted.
    ///
    /// Between two samples it is interpolated linearly, as `numpy.percentile` does by default (type 7 of Hyndman and Fan). Of no
    /// frames NaN.
    ///
    /// **Unit** full scale is 1.0.
    ///
    /// # Panics
    /// Unless `channel < self.channels()` and `0 <= percent <= 100`.
    #[must_use]
    #[track_caller]
    pub fn percentile(&self, channel: usize, percent: f64) -> f64 {
        let counts = self.of_channel(channel);
        let Some(rank) = Rank::of(self.frames, percent) else { return f64::NAN };
        let ranked = |rank| ranked(&counts, rank);
        rank.between(ranked(rank.below), ranked((rank.below + 1).min(self.frames - 1))) / 32_768.0
    }
}

/// The values of two lists, and how often they are in both.
fn joined(mut one: Vec<(i16, u64)>, mut other: Vec<(i16, u64)>) -> Vec<(i16, u64)> {
    one.append(&mut other);
    one.sort_unstable();
    one.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0 };
        same
    });
    one
}

/// The sample at a rank, counted from 0 at the smallest.
fn ranked(counts: &[u64], rank: u64) -> f64 {
    let mut counted = 0;
    let found = counts.iter().zip(i16::MIN..=i16::MAX).find(|(count, _)| {
        counted += **count;
        counted > rank
    });
    found.map_or(f64::NAN, |(_, value)| f64::from(value))
}

/// Counts interleaved samples, channel after channel: the counts of one then stay in the cache.
fn count_all(samples: &[i16], channels: usize, counts: &mut [u64]) {
    for (channel, counts) in counts.chunks_exact_mut(BINS).enumerate() {
        // So that the compiler knows that every value has a bin.
        let Some(counts) = counts.first_chunk_mut::<BINS>() else { continue };
        for frame in samples.chunks_exact(channels) {
            counts[bin(frame[channel])] += 1;
        }
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
    /// In ascending order.
    sorted: Vec<f64>,
    undefined: usize,
}

impl LevelPercentiles {
    /// Adds the levels of other windows, in any order.
    pub fn merge(&mut self, other: &LevelPercentiles) {
        self.sorted.extend_from_slice(&other.sorted);
        // Two sorted runs, which this sort merges.
        self.sorted.sort_by(f64::total_cmp);
        self.undefined = self.undefined.saturating_add(other.undefined);
    }

    /// Returns the number of levels, without those that were NaN.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Returns whether there are no levels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Returns the number of levels that were NaN (of windows without frames, or with NaN in them), which are left out.
    #[must_use]
    pub fn undefined(&self) -> usize {
        self.undefined
    }

    /// Returns the level that is exceeded during `percent` of the time: L10, L50, L90 … of acoustics. Of no levels NaN.
    ///
    /// Source: ISO 1996-1:2016, "N percentage exceedance level".
    ///
    /// # Panics
    /// Unless `0 <= percent <= 100`.
    #[must_use]
    #[track_caller]
    pub fn exceeded(&self, percent: f64) -> f64 {
        self.percentile(100.0 - percent)
    }

    /// Returns the level that `percent` of the windows are at or below, as `numpy.percentile`. Of no levels NaN.
    ///
    /// Between two levels it is interpolated linearly, as NumPy does by default (type 7 of Hyndman and Fan); between silence, −∞,
    /// and a level above it is −∞, where NumPy has NaN.
    ///
    /// # Panics
    /// Unless `0 <= percent <= 100`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "an index of a vector")]
    #[track_caller]
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

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, ArrayRef2, Axis, s};

    fn audio(frames: usize, channels: usize) -> Array2<i16> {
        crate::ops::signals::noise(frames, channels)
    }

    fn of(audio: &ArrayRef2<i16>, block: usize) -> Histogram {
        let mut histogram = Histogram::new(audio.ncols());
        audio.axis_chunks_iter(Axis(0), block).for_each(|block| histogram.add(&block));
        histogram
    }

    #[test]
    fn a_short_recording_and_a_long_one_are_counted_alike() {
        let long = audio(KEPT_FRAMES + 1_000, 2);
        for frames in [0, 1, KEPT_FRAMES - 1, KEPT_FRAMES, KEPT_FRAMES + 1, long.nrows()] {
            let part = long.slice(s![..frames, ..]).to_owned();
            let histogram = of(&part, 999);
            for (channel, samples) in part.columns().into_iter().enumerate() {
                for value in [i16::MIN, -1, 0, 1, 77, i16::MAX] {
                    let count = samples.iter().filter(|&&sample| sample == value).count() as u64;
                    assert_eq!(histogram.count(channel, value), count, "{frames} {channel} {value}");
                }
                let mut sorted = samples.to_vec();
                sorted.sort_unstable();
                let largest = sorted.last().map_or(f64::NAN, |&sample| f64::from(sample) / 32_768.0);
                assert_eq!(histogram.percentile(channel, 100.0).to_bits(), largest.to_bits(), "{frames}");
            }
        }
    }

    #[test]
    fn parts_of_any_length_merge_to_the_same_counts() {
        let long = audio(2 * KEPT_FRAMES, 3);
        let whole = of(&long, 1 << 14);
        for cut in [0, 5, KEPT_FRAMES, KEPT_FRAMES + 5] {
            let (mut left, mut right) = (of(&long.slice(s![..cut, ..]), 7_777), of(&long.slice(s![cut.., ..]), 7_777));
            let before = left.clone();
            left.merge(&right);
            right.merge(&before);
            assert_eq!(left, whole, "{cut}");
            assert_eq!(right, whole, "{cut}");
        }
        assert_ne!(whole, of(&audio(2 * KEPT_FRAMES - 1, 3), 1 << 14));
    }

    /// As many channels as a header can claim: 34 GB of counts.
    #[test]
    fn channels_that_say_little_take_little_memory() {
        let memory = allocation_counter::measure(|| {
            let mut histogram = Histogram::new(65_535);
            histogram.add(&Array2::from_elem((2, 65_535), 3));
            assert_eq!((histogram.count(65_534, 3), histogram.percentile(65_534, 50.0)), (2, 3.0 / 32_768.0));
        });
        assert!(memory.bytes_max < 4 * 2 * 2 * 65_535 + (1 << 20), "{} bytes", memory.bytes_max);
    }
}
