//! [`Levels`] as it is stored.

use serde::{Deserialize, Serialize};

use super::compensated::Compensated;
use super::exact::ExactSums;
use super::level::Level;
use super::moments::Moments;
use super::runs::Runs;
use super::total::Levels;
use crate::ops::state::{Bits, Decimal, MAX_FRAMES, Version, check};

/// Version 1.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LevelsState {
    version: Version,
    frames: u64,
    channels: Vec<LevelState>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LevelState {
    nan: u64,
    infinite: u64,
    /// Integer samples and, on the scale of 32 bits, their sum and the sum of their squares.
    integers: (u64, Decimal<i128>, Decimal<u128>),
    /// Float samples and their sum, sum of squares and sum of squared deviations.
    floats: (u64, [Bits; 2], [Bits; 2], [Bits; 2]),
    /// What there is only where there are samples.
    found: Option<Found>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Found {
    least: Bits,
    greatest: Bits,
    clipped: u64,
    /// The clipped run at the beginning, the one at the end, and the longest.
    runs: [u64; 3],
    crossings: u64,
    /// Whether the first and the last sample are at or above zero.
    ends: (bool, bool),
}

impl From<Levels> for LevelsState {
    fn from(levels: Levels) -> Self {
        let channels = levels.channels.iter().map(LevelState::from).collect();
        LevelsState { version: Version, frames: levels.frames, channels }
    }
}

impl From<&Level> for LevelState {
    fn from(level: &Level) -> Self {
        let (exact, float, runs) = (&level.exact, &level.float, &level.runs);
        let bits = |sum: Compensated| [Bits(sum.sum), Bits(sum.rest)];
        LevelState {
            nan: level.nan,
            infinite: level.infinite,
            integers: (exact.samples, Decimal(exact.sum), Decimal(exact.squares)),
            floats: (float.samples, bits(float.sum), bits(float.squares), bits(float.deviations)),
            found: level.ends.map(|ends| Found {
                least: Bits(level.least),
                greatest: Bits(level.greatest),
                clipped: level.clipped,
                runs: [runs.first, runs.last, runs.longest],
                crossings: level.crossings,
                ends,
            }),
        }
    }
}

impl TryFrom<LevelsState> for Levels {
    type Error = String;

    fn try_from(state: LevelsState) -> Result<Self, String> {
        check(!state.channels.is_empty(), "it has no channels")?;
        check(state.frames <= MAX_FRAMES, format_args!("{} frames are too many", state.frames))?;
        let channels = state.channels.into_iter().map(|level| level.restore(state.frames)).collect::<Result<_, _>>()?;
        Ok(Levels { frames: state.frames, channels })
    }
}

impl LevelState {
    fn restore(self, frames: u64) -> Result<Level, String> {
        let (integers, Decimal(sum), Decimal(squares)) = self.integers;
        let (floats, ..) = self.floats;
        let counts = [integers, floats, self.nan, self.infinite];
        check(counts.iter().all(|&count| count <= frames), "it has more samples than frames")?;
        check(counts.iter().sum::<u64>() == frames, format_args!("its samples are not {frames}, as its frames"))?;
        let exact = ExactSums { samples: integers, sum, squares };
        check(exact.is_possible(), "its sums are not those of any samples")?;
        let [sum, squares, deviations] =
            [self.floats.1, self.floats.2, self.floats.3].map(|[sum, rest]| Compensated { sum: sum.0, rest: rest.0 });
        let mut level = Level {
            exact,
            float: Moments { samples: floats, sum, squares, deviations },
            nan: self.nan,
            infinite: self.infinite,
            ..Level::EMPTY
        };
        let samples = integers + floats;
        check(self.found.is_some() == (samples > 0), "it has results without samples, or none of them")?;
        if let Some(found) = self.found {
            let [first, last, longest] = found.runs;
            check(found.clipped <= samples, "more samples are clipped than there are")?;
            check(first.max(last) <= longest && longest <= found.clipped, "its clipped runs do not fit together")?;
            check(found.crossings < samples, "it has more zero crossings than samples")?;
            check(found.least.0 <= found.greatest.0, "its least sample is above its greatest")?;
            level.least = found.least.0;
            level.greatest = found.greatest.0;
            level.clipped = found.clipped;
            level.runs = Runs { samples, first, last, longest };
            level.crossings = found.crossings;
            level.pairs = samples - 1;
            level.ends = Some(found.ends);
        }
        Ok(level)
    }
}
