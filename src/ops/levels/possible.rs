//! Whether the parts of a [`Level`] that was stored can be those of the same samples.
//!
//! Every check holds for whatever was measured. Counts, extremes and sums of integers are exact, so that theirs are as well; those of
//! sums of floats leave room for all that can be rounded.

use super::exact::ExactSums;
use super::level::Level;
use super::moments::Moments;
use crate::ops::state::check;

/// 2^31, the full scale of exact sums.
const SCALE: f64 = 2_147_483_648.0;

/// Refuses what no samples have. Extremes are finite, and counts add up.
pub(super) fn check_all(level: &Level) -> Result<(), String> {
    check_runs(level)?;
    check_clipping(level)?;
    let alone = level.exact.samples == 0 || level.float.samples == 0;
    check(level.samples() > 1 || level.least == level.greatest, "it has one sample with two values")?;
    if level.exact.samples > 0 {
        check_integers(&level.exact, level.least, level.greatest, alone)?;
    }
    if level.float.samples > 0 {
        check_floats(&level.float, level.least, level.greatest, alone)?;
    }
    Ok(())
}

fn check_runs(level: &Level) -> Result<(), String> {
    let (samples, clipped, runs) = (level.runs.samples, level.clipped, &level.runs);
    let ends = runs.first.max(runs.last);
    check(clipped <= samples, "more samples are clipped than there are")?;
    check(ends <= runs.longest && runs.longest <= clipped, "its clipped runs do not fit together")?;
    check((clipped > 0) == (runs.longest > 0), "it has clipped samples without a run of them")?;
    check((runs.first == samples) == (runs.last == samples), "a run of all its samples ends before the last")?;
    if clipped == samples {
        return check(runs.first == samples, "all its samples are clipped, but not in one run");
    }
    // The other runs lie between samples that are not clipped, and no run is longer than the longest.
    let gaps = samples - clipped - 1;
    let fits = clipped.checked_sub(runs.first + runs.last).is_some_and(|between| {
        let is_long_enough = runs.longest == ends || between >= runs.longest;
        is_long_enough && between <= gaps.saturating_mul(runs.longest)
    });
    check(fits, "its clipped runs do not fit between the samples that are not clipped")
}

fn check_clipping(level: &Level) -> Result<(), String> {
    let Level { least, greatest, clipped, .. } = *level;
    // Floats are clipped at or beyond 1, and integers at either end of their types. The upper end of 16 bits is not that of 32, so
    // that a sample of that value may be clipped or not.
    let lowest_end = if level.exact.samples == 0 { 1.0 } else { 32_767.0 / 32_768.0 };
    let highest_end = if level.float.samples == 0 { (SCALE - 1.0) / SCALE } else { 1.0 };
    check(
        clipped == 0 || least <= -1.0 || greatest >= lowest_end,
        "it has clipped samples, and no extreme is clipped",
    )?;
    check(clipped > 0 || (least > -1.0 && greatest < highest_end), "an extreme is clipped, and no sample is")
}

/// Checks exact sums against the extremes, which floats may have set unless the integers are `alone`.
#[expect(clippy::cast_possible_truncation, reason = "integers of 32 bits, or one beyond")]
fn check_integers(exact: &ExactSums, least: f64, greatest: f64, alone: bool) -> Result<(), String> {
    // Scaled exactly; where all floats lie on one side of all integers, the range is empty.
    let least = (least * SCALE).ceil().clamp(-SCALE, SCALE) as i128;
    let greatest = (greatest * SCALE).floor().clamp(-SCALE - 1.0, SCALE - 1.0) as i128;
    let samples = i128::from(exact.samples);
    check((samples * least..=samples * greatest).contains(&exact.sum), "its mean is not between its extremes")?;
    let largest = least.unsigned_abs().max(greatest.unsigned_abs()).pow(2);
    check(exact.squares <= largest * samples.unsigned_abs(), "its mean square is above that of its peak")?;
    check(!alone || exact.squares >= largest, "its sum of squares is below that of its peak")
}

/// Checks rounded sums against the extremes, which integers may have set unless the floats are `alone`.
///
/// With u = 2^−53, a block's sum is off by at most 263 u of the sum of the magnitudes (see [`kernel::float`](super::kernel::float)). Of n
/// samples fewer than n blocks are merged. Each merge adds at most 3 u of the magnitudes to `rest`, which so is below 4 n u of them, and
/// loses 8 n u² where `rest` is rounded: 8 n² u² in all, which is below n u, as n is at most 2^48. The sum without `rest`, which may
/// overflow, is larger by 5 n u at most. The bounds are rounded a few times as well: (300 + 8 n) u has room for everything.
///
/// Deviations that are merged add the square of the difference of two means times at most the smaller number of samples. So the error
/// of a mean counts where a sample is in the smaller part, which it is log₂ n times, and less and less where it is in the larger. For
/// that there is room in 800 times the error of a sum.
#[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
fn check_floats(float: &Moments, least: f64, greatest: f64, alone: bool) -> Result<(), String> {
    let count = float.samples as f64;
    let peak = greatest.max(-least);
    let within = (300.0 + 8.0 * count) * (f64::EPSILON / 2.0);
    // Products below the smallest float are off by half of it, and in a merge times a number of samples.
    let tiny = 64.0 * count * f64::from_bits(1);
    let (sum, squares, deviations) = (float.sum.value(), float.squares.value(), float.deviations.value());

    // Where magnitudes add up to more than the largest float, there may be ∞ − ∞ on the way.
    let magnitudes = count * peak;
    if (magnitudes * (1.0 + within)).is_finite() {
        check(!sum.is_nan(), "its sum is not a number")?;
        let rounded = magnitudes * within;
        let is_between = sum >= count * least - rounded && sum <= count * greatest + rounded;
        check(is_between, "its mean is not between its extremes")?;
    }
    let square = peak * peak;
    check(squares <= count * square * (1.0 + within) + tiny, "its mean square is above that of its peak")?;
    check(!alone || squares >= square * (1.0 - within) - tiny, "its sum of squares is below that of its peak")?;
    // A difference of two samples may have an infinite square where theirs are finite. And no mean, no deviation from it.
    let overflows = deviations.is_infinite() && (4.0 * square * (1.0 + within)).is_infinite()
        || deviations.is_nan() && sum.is_nan();
    let is_below = deviations <= squares * (1.0 + 800.0 * within) + tiny;
    check(is_below || overflows, "its deviations from the mean are larger than its samples")
}
