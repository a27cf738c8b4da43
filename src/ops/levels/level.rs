//! Everything that is known of one channel, or of several together.

use super::exact::ExactSums;
use super::moments::Moments;
use super::runs::Runs;

/// The levels of one channel, or of all channels pooled: what [`Levels`](super::Levels) has accumulated.
///
/// Full scale is 1.0. Where there is no sample to measure, results are NaN. Of integer samples [`mean_square`](Level::mean_square),
/// [`mean`](Level::mean) and [`variance`](Level::variance) are the correctly rounded values.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    pub(super) exact: ExactSums,
    pub(super) float: Moments,
    /// The smallest sample; ∞ of none.
    pub(super) least: f64,
    /// The largest sample; −∞ of none.
    pub(super) greatest: f64,
    pub(super) nan: u64,
    pub(super) infinite: u64,
    pub(super) clipped: u64,
    pub(super) runs: Runs,
    pub(super) crossings: u64,
    /// Neighbouring samples that could have crossed zero.
    pub(super) pairs: u64,
    /// Whether the first and the last sample are at or above zero.
    pub(super) ends: Option<(bool, bool)>,
}

impl Level {
    /// Of no samples.
    pub(super) const EMPTY: Self = Level {
        exact: ExactSums::EMPTY,
        float: Moments::EMPTY,
        least: f64::INFINITY,
        greatest: f64::NEG_INFINITY,
        nan: 0,
        infinite: 0,
        clipped: 0,
        runs: Runs::none(0),
        crossings: 0,
        pairs: 0,
        ends: None,
    };

    /// Adds the part of the channel that follows.
    pub(super) fn merge(&mut self, next: &Self) {
        self.pool(next);
        match (&mut self.ends, next.ends) {
            (Some((_, last)), Some((next_first, next_last))) => {
                self.pairs = self.pairs.saturating_add(1);
                self.crossings = self.crossings.saturating_add((*last != next_first).into());
                *last = next_last;
            }
            (ends, next) => *ends = ends.or(next),
        }
        self.runs.merge(&next.runs);
    }

    /// Adds what does not depend on the order.
    fn pool(&mut self, other: &Self) {
        self.exact.merge(&other.exact);
        self.float.merge(&other.float);
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
        let counts = [
            (&mut self.nan, other.nan),
            (&mut self.infinite, other.infinite),
            (&mut self.clipped, other.clipped),
            (&mut self.crossings, other.crossings),
            (&mut self.pairs, other.pairs),
        ];
        for (count, others) in counts {
            *count = count.saturating_add(others);
        }
    }

    /// All channels as one.
    pub(super) fn pooled(channels: &[Self]) -> Self {
        let mut pooled = Level::EMPTY;
        for channel in channels {
            pooled.pool(channel);
            pooled.runs.longest = pooled.runs.longest.max(channel.runs.longest);
        }
        pooled
    }

    /// Integers and floats together; only needed where both were added.
    fn moments(&self) -> Moments {
        let mut moments = Moments::from(&self.exact);
        moments.merge(&self.float);
        moments
    }

    /// Picks the exact value where all samples were integers.
    fn value(&self, exact: impl Fn(&ExactSums) -> f64, float: impl Fn(&Moments) -> f64) -> f64 {
        if self.float.samples == 0 { exact(&self.exact) } else { float(&self.moments()) }
    }

    /// Returns the number of samples that were measured: all but NaN and infinities.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.exact.samples.saturating_add(self.float.samples)
    }

    /// Returns the sum of the samples and the sum of their squares, as exact integers on the scale of 32 bits, whose full scale is
    /// 2^31: an `i16` counts 2^16-fold. `None` if samples were floats.
    ///
    /// They are what a database or a table keeps of a window: sums of windows are the sums of the whole, in any order.
    ///
    /// # Examples
    /// ```
    /// use ndarray::array;
    /// use ndaudio::Levels;
    ///
    /// let mut levels = Levels::new(1);
    /// levels.add(&array![[3_i16], [-1]]);
    /// let (sum, sum_squares) = levels.channel(0).integer_sums().unwrap();
    /// assert_eq!((sum >> 16, sum_squares >> 32), (2, 10));
    /// ```
    #[must_use]
    pub fn integer_sums(&self) -> Option<(i128, u128)> {
        (self.float.samples == 0).then_some((self.exact.sum, self.exact.squares))
    }

    /// Returns the number of samples that are not a number, which are left out of everything else.
    #[must_use]
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// Returns the number of samples that are infinite, which are left out of everything else.
    #[must_use]
    pub fn infinite(&self) -> u64 {
        self.infinite
    }

    /// Returns the mean square, the power: 1.0 is that of a full-scale square wave.
    #[must_use]
    pub fn mean_square(&self) -> f64 {
        self.value(ExactSums::mean_square, Moments::mean_square)
    }

    /// Returns the root mean square.
    #[must_use]
    pub fn rms(&self) -> f64 {
        self.mean_square().sqrt()
    }

    /// Returns the mean, the offset from zero (DC).
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.value(ExactSums::mean, Moments::mean)
    }

    /// Returns the variance: the mean square of the deviations from the mean, over n as NumPy's default (not n − 1).
    ///
    /// Of floats the relative error is below 2 × 10^−13 × (1 + r) + (10^−13 × r)², where r is |mean| / standard deviation: of audio with a
    /// small offset as good as none, of values that differ in their last digits only of little use.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.value(ExactSums::variance, Moments::variance)
    }

    /// Returns the standard deviation, the root of [`variance`](Level::variance): the RMS without the offset.
    #[must_use]
    pub fn standard_deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// Returns the smallest sample.
    #[must_use]
    pub fn min(&self) -> f64 {
        if self.least <= self.greatest { self.least } else { f64::NAN }
    }

    /// Returns the largest sample.
    #[must_use]
    pub fn max(&self) -> f64 {
        if self.least <= self.greatest { self.greatest } else { f64::NAN }
    }

    /// Returns the largest magnitude: that of `i16::MIN` is 1.0.
    #[must_use]
    pub fn peak(&self) -> f64 {
        if self.least <= self.greatest { self.greatest.max(-self.least) } else { f64::NAN }
    }

    /// Returns peak ÷ RMS: 1 of a square wave, √2 of a sine. Silence has none: NaN, where sox and ffmpeg print 1.
    #[must_use]
    pub fn crest_factor(&self) -> f64 {
        self.peak() / self.rms()
    }

    /// Returns the number of clipped samples: integers at either end of their type's range, floats at or beyond full scale.
    #[must_use]
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// Returns the length of the longest run of clipped samples.
    #[must_use]
    pub fn longest_clipped_run(&self) -> u64 {
        self.runs.longest
    }

    /// Returns the number of zero crossings: neighbours of which one is below zero and the other is not. Zero itself is not below.
    #[must_use]
    pub fn zero_crossings(&self) -> u64 {
        self.crossings
    }

    /// Returns the zero crossings per pair of neighbours, of which there is one less than samples in a channel.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "one more rounding, of counts past 2^53")]
    pub fn zero_crossing_rate(&self) -> f64 {
        self.crossings as f64 / self.pairs as f64
    }
}
