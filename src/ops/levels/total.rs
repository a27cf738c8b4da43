//! Levels of a whole recording, block by block.

use ndarray::{Array1, ArrayRef};

use super::blocks::{each_block, groups};
use super::level::Level;
use super::parts;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Accumulates the levels of any number of blocks: per channel and pooled, in one pass.
///
/// Per channel it has everything of [`Level`]: mean square and RMS, min, max and peak, mean, variance and standard
/// deviation, crest factor, clipped samples and their longest run, zero crossings and their rate. Nothing grows with the audio.
///
/// Parts of a recording can be measured apart, on other threads or machines, and merged in their order. Of integer samples every
/// number is then the same to the bit however the audio was cut and the parts were merged. Of floats the sums depend on the cuts
/// in their last bits: the relative error of a mean square is below 264 × 2^−53, about 3 × 10^−14, for any length.
///
/// NaN and infinite samples are counted and left out of everything else, as if they were not there: neighbours on either side of
/// one are neighbours. Blocks of different sample types may be added; `i16` and `i32` together stay exact.
///
/// Of audio with fewer bits than its type holds (24-bit read as `i32`, any integers read as floats) the largest possible sample
/// is less than the type's, so that clipping at the positive end goes uncounted. Read such files as the type they store.
///
/// With the feature `serde` a state can be stored, loaded and merged as if it had never left: it has a version, of which an unknown
/// one is refused, and keeps all bits in any format.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::Levels;
///
/// let mut total = Levels::new(2);
/// total.add(&array![[16_384_i16, 0], [-16_384, i16::MIN]]);
/// let mut rest = Levels::new(2); // perhaps on another thread
/// rest.add(&array![[16_384_i16, 0], [-16_384, 0]]);
/// total.merge(&rest);
///
/// assert_eq!(total.frames(), 4);
/// assert_eq!(total.rms(), array![0.5, 0.5]);
/// assert_eq!(total.peak(), array![0.5, 1.0]);
/// assert_eq!(total.channel(0).zero_crossings(), 3);
/// assert_eq!(total.channel(1).clipped(), 1);
/// assert_eq!(total.overall().mean_square(), 0.25);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "super::state::LevelsState", try_from = "super::state::LevelsState"))]
pub struct Levels {
    pub(super) frames: u64,
    pub(super) channels: Vec<Level>,
}

impl Levels {
    /// Starts with no frames of so many channels.
    ///
    /// # Panics
    /// Unless `channels >= 1`.
    #[must_use]
    #[track_caller]
    pub fn new(channels: usize) -> Self {
        assert!(channels >= 1, "channels (0) must be at least 1");
        Levels { frames: 0, channels: vec![Level::EMPTY; channels] }
    }

    /// Adds the frames that follow, frames × channels or one-dimensional mono. Allocates nothing.
    ///
    /// # Panics
    /// Unless the block has as many columns as there are channels.
    #[track_caller]
    pub fn add<T: Sample, N: FrameDimension>(&mut self, block: &ArrayRef<T, N>) {
        let block = as_frames(block);
        let (given, channels) = (block.ncols(), self.channels());
        assert_eq!(given, channels, "channels of the block ({given}) must be those of the levels ({channels})");
        for group in groups(channels) {
            let levels = &mut self.channels[group.clone()];
            each_block(&block, group, |samples| parts::add(samples, levels));
        }
        self.frames = self.frames.saturating_add(block.nrows() as u64);
    }

    /// Adds what was accumulated over the frames that follow. Allocates nothing.
    ///
    /// # Panics
    /// Unless `next.channels() == self.channels()`.
    #[track_caller]
    pub fn merge(&mut self, next: &Levels) {
        let (given, channels) = (next.channels(), self.channels());
        assert_eq!(given, channels, "channels of the part ({given}) must be those of the levels ({channels})");
        self.channels.iter_mut().zip(&next.channels).for_each(|(level, next)| level.merge(next));
        self.frames = self.frames.saturating_add(next.frames);
    }

    /// Returns the number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// Returns the number of frames that were added.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Returns everything about one channel.
    ///
    /// # Panics
    /// Unless `channel < self.channels()`.
    #[must_use]
    #[track_caller]
    pub fn channel(&self, channel: usize) -> &Level {
        &self.channels[channel]
    }

    /// Returns everything about all channels pooled, as if their samples were those of one.
    ///
    /// The powers are averaged, as in the "Overall" of sox and ffmpeg. The mean is that of all samples, where those print the
    /// largest of any channel. The longest clipped run is that of any channel, and no neighbours are in different channels.
    #[must_use]
    pub fn overall(&self) -> Level {
        Level::pooled(&self.channels)
    }

    /// Collects one measure of each channel: `levels.each(Level::clipped)`.
    #[must_use]
    pub fn each<R>(&self, measure: impl FnMut(&Level) -> R) -> Array1<R> {
        self.channels.iter().map(measure).collect()
    }

    /// Returns the mean square of each channel; see [`Level::mean_square`].
    #[must_use]
    pub fn mean_square(&self) -> Array1<f64> {
        self.each(Level::mean_square)
    }

    /// Returns the root mean square of each channel; see [`Level::rms`].
    #[must_use]
    pub fn rms(&self) -> Array1<f64> {
        self.each(Level::rms)
    }

    /// Returns the largest magnitude of each channel; see [`Level::peak`].
    #[must_use]
    pub fn peak(&self) -> Array1<f64> {
        self.each(Level::peak)
    }

    /// Returns the smallest sample of each channel; see [`Level::min`].
    #[must_use]
    pub fn min(&self) -> Array1<f64> {
        self.each(Level::min)
    }

    /// Returns the largest sample of each channel; see [`Level::max`].
    #[must_use]
    pub fn max(&self) -> Array1<f64> {
        self.each(Level::max)
    }

    /// Returns the mean of each channel; see [`Level::mean`].
    #[must_use]
    pub fn mean(&self) -> Array1<f64> {
        self.each(Level::mean)
    }

    /// Returns the crest factor of each channel; see [`Level::crest_factor`].
    #[must_use]
    pub fn crest_factor(&self) -> Array1<f64> {
        self.each(Level::crest_factor)
    }
}
