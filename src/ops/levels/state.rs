//! [`Levels`] as it is stored.

use serde::{Deserialize, Serialize};

use super::compensated::Compensated;
use super::exact::ExactSums;
use super::level::Level;
use super::moments::Moments;
use super::possible;
use super::runs::Runs;
use super::total::Levels;
use crate::ops::state::{Bits, Decimal, MAX_FRAMES, Version, check};
use crate::spec::MAX_CHANNELS;

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
    /// Present only if there are samples.
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
        check(state.channels.len() <= MAX_CHANNELS, "it has more channels than audio can")?;
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
        check([sum, squares, deviations].iter().all(|sum| sum.rest.is_finite()), "what was rounded off is not finite")?;
        let not_negative = |sum: Compensated| sum.sum >= 0.0 && sum.value() >= 0.0;
        // Where means are not numbers, because sums overflowed, neither are deviations from them.
        let deviates = not_negative(deviations) || (deviations.sum.is_nan() && sum.sum.is_nan());
        check(not_negative(squares) && deviates, "a sum of squares is negative or not a number")?;
        check(
            floats > 0 || [sum, squares, deviations].iter().all(|sum| (sum.sum, sum.rest) == (0.0, 0.0)),
            "it has sums of no samples",
        )?;
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
            let (least, greatest) = (found.least.0, found.greatest.0);
            check(least.is_finite() && greatest.is_finite(), "its extremes are not finite")?;
            if floats == 0 {
                let is_integer = |level: f64| (-1.0..1.0).contains(&level) && (level * 2_f64.powi(31)).fract() == 0.0;
                check(is_integer(least) && is_integer(greatest), "its extremes are not those of integers")?;
            }
            let crosses = found.ends.0 != found.ends.1;
            check(
                crosses == (found.crossings % 2 == 1),
                "its zero crossings do not lead from its first sample to its last",
            )?;
            let signs = |sign: bool| found.ends == (sign, sign) && found.crossings == 0;
            check(least < 0.0 || signs(true), "it crosses zero, and no sample is below")?;
            check(greatest >= 0.0 || signs(false), "it crosses zero, and every sample is below")?;
            check(found.crossings < samples, "it has more zero crossings than samples")?;
            check(least <= greatest, "its smallest sample is above its largest")?;
            level.least = least;
            level.greatest = greatest;
            level.clipped = found.clipped;
            level.runs = Runs { samples, first, last, longest };
            level.crossings = found.crossings;
            level.pairs = samples - 1;
            level.ends = Some(found.ends);
            possible::check_all(&level)?;
        }
        Ok(level)
    }
}
