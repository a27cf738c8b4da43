//! [`Histogram`] and [`LevelPercentiles`] as they are stored.

use serde::{Deserialize, Serialize};

use super::{BINS, Histogram, KEPT_FRAMES, LevelPercentiles, bin};
use crate::ops::state::{Bits, MAX_FRAMES, Version, check};
use crate::spec::MAX_CHANNELS;

/// Version 1.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HistogramState {
    version: Version,
    frames: u64,
    /// Of each channel the values that occur, ascending, and how often.
    channels: Vec<Vec<(i16, u64)>>,
}

impl From<Histogram> for HistogramState {
    fn from(histogram: Histogram) -> Self {
        let occurring = |channel| {
            let counts = histogram.of_channel(channel);
            (i16::MIN..=i16::MAX).zip(counts.iter().copied()).filter(|&(_, count)| count > 0).collect()
        };
        let channels = (0..histogram.channels).map(occurring).collect();
        HistogramState { version: Version, frames: histogram.frames, channels }
    }
}

impl TryFrom<HistogramState> for Histogram {
    type Error = String;

    fn try_from(state: HistogramState) -> Result<Self, String> {
        let frames = state.frames;
        check(!state.channels.is_empty(), "it has no channels")?;
        check(frames <= MAX_FRAMES, format_args!("{frames} frames are too many"))?;
        check(state.channels.len() <= MAX_CHANNELS, "it has more channels than audio can")?;
        for channel in &state.channels {
            check(channel.is_sorted_by(|(a, _), (b, _)| a < b), "its values do not ascend")?;
            check(channel.iter().all(|&(_, count)| count <= frames), "it counts more samples than frames")?;
            let samples: u128 = channel.iter().map(|&(_, count)| u128::from(count)).sum();
            check(samples == u128::from(frames), format_args!("it counts {samples} samples in {frames} frames"))?;
        }
        let mut histogram = Histogram::new(state.channels.len());
        histogram.frames = frames;
        if frames <= KEPT_FRAMES as u64 {
            // As few samples as when they were added: a claim of many channels allocates no counts.
            let frames = usize::try_from(frames).map_err(|error| error.to_string())?;
            histogram.kept = vec![0; frames * state.channels.len()];
            for (index, channel) in state.channels.iter().enumerate() {
                let values = channel.iter().flat_map(|&(value, count)| (0..count).map(move |_| value));
                let places = histogram.kept.iter_mut().skip(index).step_by(state.channels.len());
                places.zip(values).for_each(|(place, value)| *place = value);
            }
            return Ok(histogram);
        }
        histogram.counts = bytemuck::allocation::try_zeroed_vec(state.channels.len() * BINS)
            .map_err(|()| format!("the counts of {} channels do not fit in memory", state.channels.len()))?;
        for (channel, counts) in state.channels.iter().zip(histogram.counts.chunks_exact_mut(BINS)) {
            for &(value, count) in channel {
                counts[bin(value)] = count;
            }
        }
        Ok(histogram)
    }
}

/// Version 1.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LevelPercentilesState {
    version: Version,
    undefined: usize,
    levels: Vec<Bits>,
}

impl From<LevelPercentiles> for LevelPercentilesState {
    fn from(levels: LevelPercentiles) -> Self {
        let bits = levels.sorted.into_iter().map(Bits).collect();
        LevelPercentilesState { version: Version, undefined: levels.undefined, levels: bits }
    }
}

impl From<LevelPercentilesState> for LevelPercentiles {
    fn from(state: LevelPercentilesState) -> Self {
        let mut levels: LevelPercentiles = state.levels.into_iter().map(|Bits(level)| level).collect();
        levels.undefined = levels.undefined.saturating_add(state.undefined);
        levels
    }
}
