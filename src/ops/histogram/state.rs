//! [`Histogram`] and [`LevelPercentiles`] as they are stored.

use serde::{Deserialize, Serialize};

use super::{Histogram, LevelPercentiles};
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
        let channels = (0..histogram.channels).map(|channel| histogram.values(channel)).collect();
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
            check(channel.iter().all(|&(_, count)| count > 0), "it lists a value that does not occur")?;
            let samples: u128 = channel.iter().map(|&(_, count)| u128::from(count)).sum();
            check(samples == u128::from(frames), format_args!("it counts {samples} samples in {frames} frames"))?;
        }
        let mut histogram = Histogram::new(state.channels.len());
        histogram.frames = frames;
        // As listed: few bytes can claim the counts of many channels.
        histogram.occurring = state.channels;
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

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn loaded(text: &str) -> Histogram {
        serde_json::from_str(text).unwrap()
    }

    fn again(histogram: &Histogram) -> Histogram {
        loaded(&serde_json::to_string(histogram).unwrap())
    }

    fn of(samples: &Array2<i16>) -> Histogram {
        let mut histogram = Histogram::new(samples.ncols());
        histogram.add(samples);
        histogram
    }

    /// 12 KB of text that were 131 MB and 512 MB.
    #[test]
    fn a_state_takes_memory_in_proportion_to_its_text() {
        for frames in [65_536, 65_537_u64, 1 << 40] {
            let channels = vec![format!("[[0,{frames}]]"); 1000].join(",");
            let text = format!("{{\"version\":1,\"frames\":{frames},\"channels\":[{channels}]}}");
            let memory = allocation_counter::measure(|| {
                let mut histogram = loaded(&text);
                assert_eq!((histogram.count(999, 0), histogram.count(999, 1)), (frames, 0));
                histogram.merge(&loaded(&text));
                assert_eq!((histogram.count(0, 0), histogram.percentile(999, 50.0)), (2 * frames, 0.0));
            });
            assert!(memory.bytes_max < 1 << 20, "{} bytes of {}", memory.bytes_max, text.len());
        }
    }

    #[test]
    fn what_was_loaded_goes_on_as_if_it_had_never_left() {
        let long = crate::ops::signals::noise(super::super::KEPT_FRAMES + 2_000, 2);
        let short = crate::ops::signals::noise(1_000, 2);
        let none = Array2::zeros((0, 2));
        for [first, second] in
            [[&short, &short], [&short, &long], [&long, &short], [&long, &long], [&none, &short], [&short, &none]]
        {
            let (first, second_of) = (of(first), of(second));
            let mut whole = first.clone();
            whole.add(second);
            let mut added = again(&first);
            added.add(second);
            assert_eq!(added, whole);
            for (mut one, other) in [
                (again(&first), again(&second_of)),
                (again(&first), second_of.clone()),
                (first.clone(), again(&second_of)),
            ] {
                one.merge(&other);
                assert_eq!(one, whole);
                assert_eq!(again(&one), whole);
            }
        }
    }

    #[test]
    fn values_that_do_not_occur_are_refused() {
        let text = r#"{"version":1,"frames":1,"channels":[[[0,1],[5,0]]]}"#;
        let error = serde_json::from_str::<Histogram>(text).unwrap_err().to_string();
        assert!(error.contains("does not occur"), "{error}");
    }
}
