//! From a computed value to the nearest sample: rounding, saturation, and the count of what saturated.

use super::Sample;

/// Where a value between two integers goes.
///
/// Every tool has its own; this is what each makes of `[-7, -5, -3, -1, 1, 3, 5, 7]` × 0.5. Floats are not rounded to integers,
/// so for them the mode has no meaning.
///
/// # Examples
/// ```
/// use ndaudio::gain::{self, Rounding};
/// use ndaudio::ndarray::array;
///
/// let mut block = array![[-3_i16], [-1], [1], [3]];
/// gain::apply_rounded(&mut block, 0.5, Rounding::Floor);
/// assert_eq!(block, array![[-2], [-1], [0], [1]]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest, ties to the even one: −4 −2 −2 0 0 2 2 4. As ffmpeg's `volume`, NumPy's `rint`, IEEE 754. It adds no offset.
    #[default]
    HalfEven,
    /// To the nearest, ties towards +∞: −3 −2 −1 0 1 2 3 4. As sox (with `-D`) and ffmpeg's `volume=precision=fixed`.
    HalfUp,
    /// Towards −∞: −4 −3 −2 −1 0 1 2 3. As pydub and Python's `audioop`, and libsndfile writing floats with clipping on.
    Floor,
    /// Towards 0: −3 −2 −1 0 0 1 2 3. As NumPy's `astype` and a cast in C, which do not saturate, however.
    TowardZero,
}

impl Rounding {
    /// The integer that `value` becomes; NaN stays NaN, and magnitudes over 2^40, which no sample reaches, become that.
    #[inline(always)]
    pub(crate) fn round(self, value: f64) -> f64 {
        // Adding 1.5 × 2^52 leaves no bits below one in a double, so that the addition itself rounds half to even, to magnitudes of
        // 2^51. `round_ties_even`, `floor` and `trunc` are calls where the CPU is not known to have SSE 4.1: four times as slow.
        const MAGIC: f64 = 6_755_399_441_055_744.0;
        const LIMIT: f64 = 1_099_511_627_776.0;
        let value = value.clamp(-LIMIT, LIMIT);
        let nearest = (value + MAGIC) - MAGIC;
        let one_if = |condition: bool| f64::from(u8::from(condition));
        match self {
            Rounding::HalfEven => nearest,
            // Not `(value + 0.5).floor()`: that addition rounds, and takes the largest double below 0.5 to 1. The difference is exact.
            Rounding::HalfUp => nearest + one_if(value - nearest == 0.5),
            Rounding::Floor => nearest - one_if(nearest > value),
            Rounding::TowardZero => nearest - (one_if(nearest.abs() > value.abs())).copysign(value),
        }
    }
}

/// The sample nearest to `value`, which has full scale 1.0, and whether it had to be saturated.
///
/// A float is never saturated. NaN becomes 0 in integers, as in every conversion of this crate.
#[inline(always)]
pub(crate) fn to_sample<T: Sample>(value: f64, rounding: Rounding) -> (T, bool) {
    if T::IS_FLOAT {
        return (T::from_f64_scale(value), false);
    }
    // Multiplying and dividing by a power of two is exact, so that only `round` rounds.
    let rounded = rounding.round(value * T::FULL_SCALE);
    let clipped = rounded < -T::FULL_SCALE || rounded > T::FULL_SCALE - 1.0;
    (T::from_f64_scale(rounded / T::FULL_SCALE), clipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_double_below_a_half_does_not_round_up() {
        assert_eq!(Rounding::HalfUp.round(0.499_999_999_999_999_94), 0.0);
        assert_eq!(Rounding::HalfUp.round(-0.5), 0.0);
        assert_eq!(Rounding::HalfUp.round(0.5), 1.0);
    }

    #[test]
    fn rounding_is_that_of_the_standard_library() {
        let mut values =
            vec![0.0, -0.0, 0.499_999_999_999_999_94, f64::MIN_POSITIVE, 5e-324, 2_147_483_647.5, 4_294_967_295.75];
        values.extend((-4_000..4_000).map(|quarters| f64::from(quarters) / 4.0));
        values.extend((-4_000..4_000).map(|steps| f64::from(steps) * 8_123.456_789));
        for value in values.iter().flat_map(|&value| [value, -value, value.next_up(), value.next_down()]) {
            assert_eq!(Rounding::HalfEven.round(value), value.round_ties_even(), "{value:e}");
            assert_eq!(Rounding::Floor.round(value), value.floor(), "{value:e}");
            assert_eq!(Rounding::TowardZero.round(value), value.trunc(), "{value:e}");
            let up = if value.fract().abs() == 0.5 { value.ceil() } else { value.round() };
            assert_eq!(Rounding::HalfUp.round(value), up, "{value:e}");
        }
        for rounding in [Rounding::HalfEven, Rounding::HalfUp, Rounding::Floor, Rounding::TowardZero] {
            assert!(rounding.round(f64::NAN).is_nan());
            assert!(rounding.round(f64::INFINITY) > 4e9 && rounding.round(f64::NEG_INFINITY) < -4e9);
        }
    }

    #[test]
    fn only_what_does_not_fit_is_clipped() {
        let at = |steps: f64| to_sample::<i16>(steps / 32_768.0, Rounding::HalfEven);
        assert_eq!(at(32_767.499), (32_767, false));
        assert_eq!(at(32_767.5), (32_767, true));
        assert_eq!(at(-32_768.5), (-32_768, false));
        assert_eq!(at(-32_768.500_1), (-32_768, true));
        assert_eq!(at(f64::INFINITY), (32_767, true));
        assert_eq!(at(f64::NEG_INFINITY), (-32_768, true));
        assert_eq!(at(f64::NAN), (0, false));
        assert_eq!(to_sample::<i32>(1.0, Rounding::HalfEven), (i32::MAX, true));
        assert_eq!(to_sample::<f32>(7.5, Rounding::Floor), (7.5, false));
    }
}
