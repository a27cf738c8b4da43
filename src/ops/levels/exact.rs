//! Quotients of exact integer sums, rounded once.

/// 2^`exponent`, for the exponents of normal numbers.
#[expect(clippy::cast_sign_loss, reason = "the biased exponent of a normal number is positive")]
pub(super) const fn power_of_two(exponent: i32) -> f64 {
    assert!(exponent > -1023 && exponent < 1024, "of a normal number");
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// (`whole` + `fraction` / `divisor`) / `divisor`, correctly rounded; NaN where `divisor` is 0.
///
/// `fraction` is below `divisor`.
pub(super) fn quotient(whole: u128, fraction: u64, divisor: u64) -> f64 {
    debug_assert!(fraction < divisor.max(1), "a fraction");
    if divisor == 0 {
        return f64::NAN;
    }
    let short = if fraction == 0 { short_quotient(whole, divisor) } else { None };
    short.unwrap_or_else(|| long_quotient(whole, fraction, divisor))
}

/// One division, which rounds correctly, of numbers of up to 53 bits, times a power of two; `None` of others.
///
/// Full scale is a power of two, so the sums of a window of i16 or of 24 bits nearly always are such a number times a power of two.
fn short_quotient(whole: u128, divisor: u64) -> Option<f64> {
    let divisor = to_exact(divisor.into())?;
    // The usual case, which needs no shift.
    if let Some(whole) = to_exact(whole) {
        return Some(whole / divisor);
    }
    let shift = whole.trailing_zeros();
    Some(to_exact(whole >> shift)? / divisor * power_of_two(shift.cast_signed()))
}

/// A number of up to 53 bits, which is a float as it is.
#[expect(clippy::cast_precision_loss, reason = "of up to 53 bits")]
fn to_exact(value: u128) -> Option<f64> {
    u64::try_from(value).ok().filter(|value| value >> f64::MANTISSA_DIGITS == 0).map(|value| value as f64)
}

/// Long division in digits of 64 bits, until at least 64 are known or nothing remains; the rest only shows in the last bit.
#[expect(clippy::cast_possible_truncation, reason = "remainders are below a divisor of 64 bits")]
fn long_quotient(whole: u128, mut fraction: u64, divisor: u64) -> f64 {
    let divisor = u128::from(divisor);
    let (mut digits, mut rest) = (whole / divisor, whole % divisor);
    let mut scale = 0;
    while digits < 1 << 63 && (rest, fraction) != (0, 0) {
        let carried = u128::from(fraction) << 64;
        fraction = (carried % divisor) as u64;
        rest = (rest << 64) + carried / divisor;
        digits = (digits << 64) + rest / divisor;
        rest %= divisor;
        scale += 64;
    }
    // The last of 64 bits or more is far below the place where 53 are rounded, so it can stand for all that was left.
    let sticky = u128::from((rest, fraction) != (0, 0));
    to_f64(digits | sticky) * power_of_two(-scale)
}

/// The nearest float, ties to even.
#[expect(clippy::cast_precision_loss, reason = "rounding once is what this file is for")]
fn to_f64(value: u128) -> f64 {
    value as f64
}

/// Sums over integer samples on the scale of `i32`, whose full scale is 2^31: exact, so that they can be added in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExactSums {
    /// How many samples were summed.
    pub(super) samples: u64,
    /// Their sum: below 2^31 × 2^64.
    pub(super) sum: i128,
    /// The sum of their squares: below 2^62 × 2^64.
    pub(super) squares: u128,
}

impl ExactSums {
    pub(super) const EMPTY: Self = ExactSums { samples: 0, sum: 0, squares: 0 };

    /// Whether there are samples of 32 bits with these sums.
    #[cfg(feature = "serde")]
    pub(super) fn is_possible(&self) -> bool {
        let samples = u128::from(self.samples);
        let in_range = self.sum.unsigned_abs() <= samples << 31 && self.squares <= samples << 62;
        in_range && (samples == 0 || self.deviations().is_some())
    }

    pub(super) fn merge(&mut self, other: &Self) {
        // No audio is as long; states that were stored may say so, and be merged.
        self.samples = self.samples.saturating_add(other.samples);
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
    }

    pub(super) fn mean_square(&self) -> f64 {
        quotient(self.squares, 0, self.samples) * power_of_two(-62)
    }

    pub(super) fn mean(&self) -> f64 {
        let magnitude = quotient(self.sum.unsigned_abs(), 0, self.samples) * power_of_two(-31);
        if self.sum < 0 { -magnitude } else { magnitude }
    }

    /// Mean square of the deviations from the mean, correctly rounded.
    pub(super) fn variance(&self) -> f64 {
        match self.deviations() {
            Some((whole, fraction)) => quotient(whole, fraction, self.samples) * power_of_two(-62),
            None => f64::NAN,
        }
    }

    /// The sum of the squared deviations from the mean: a whole number, and the numerator of a fraction over the samples.
    ///
    /// With mean = q + r/n, where q and r are integers, it is Σ (x − q)² − r²/n, and Σ (x − q)² = Σ x² − q (Σ x + r) is an integer.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "remainders by n are below n")]
    fn deviations(&self) -> Option<(u128, u64)> {
        let count = i128::from(self.samples);
        let (mean, rest) = (self.sum.checked_div_euclid(count)?, self.sum.checked_rem_euclid(count)?);
        let of_mean = mean.checked_mul(self.sum.checked_add(rest)?)?;
        let about_mean = u128::try_from(i128::try_from(self.squares).ok()?.checked_sub(of_mean)?).ok()?;
        let (rest_squared, count) = (rest as u128 * rest as u128, count as u128);
        let (whole, fraction) = (rest_squared / count, (rest_squared % count) as u64);
        match fraction {
            0 => Some((about_mean.checked_sub(whole)?, 0)),
            _ => Some((about_mean.checked_sub(whole + 1)?, self.samples - fraction)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ties, stickiness far below the last bit, the largest and the smallest, and random ones. The bits are those of
    /// `float((whole + Fraction(fraction, divisor)) / divisor)` in Python, which rounds correctly.
    #[test]
    fn quotients_are_correctly_rounded() {
        for (whole, fraction, divisor, bits) in [
            (0, 0, 1, 0x0),
            (1, 0, 3, 0x3fd5_5555_5555_5555),
            (49, 0, 49, 0x3ff0_0000_0000_0000),
            (4_503_599_627_370_497, 0, 1_023, 0x4290_0401_0040_1005),
            (9_007_199_254_740_993, 0, 1, 0x4340_0000_0000_0000),
            (18_014_398_509_481_986, 0, 4, 0x4330_0000_0000_0000),
            (18_014_398_509_481_990, 0, 4, 0x4330_0000_0000_0002),
            (63_050_394_783_186_951, 0, 7, 0x4340_0000_0000_0000),
            (63_050_394_783_186_951, 1, 7, 0x4340_0000_0000_0001),
            (63_050_394_783_186_950, 6, 7, 0x4340_0000_0000_0000),
            (85_070_591_730_234_615_865_843_651_857_942_052_863, 0, u64::MAX, 0x43d0_0000_0000_0000),
            (170_141_183_460_469_231_731_687_303_715_884_105_728, 0, 3, 0x47c5_5555_5555_5555),
            // A tie in the 124 bits before the point, and a third after it.
            (31_901_471_898_837_984_491_466_231_598_962_180_097, 0, 3, 0x47a0_0000_0000_0001),
            // A third past a tie in 64 digits, of which the last is 1 itself.
            (27_670_116_110_564_330_500, 0, 3, 0x43e0_0000_0000_0001),
            (1, 0, u64::MAX, 0x3bf0_0000_0000_0000),
            (0, 1, u64::MAX, 0x37f0_0000_0000_0000),
            (0, u64::MAX - 1, u64::MAX, 0x3bf0_0000_0000_0000),
            (261, 126_614_242, 611_178_002, 0x3e9c_ae62_dc54_0ac3),
            (961, 1, 2, 0x407e_0c00_0000_0000),
            (426, 922_339_758_513_678_163, 5_345_527_201_318_456_055, 0x3c96_faac_0af1_f934),
            (1_089_822_914_239_648_961, 564_285_706_793_587_091, 13_310_064_335_317_253_443, 0x3fb4_f60f_f339_5fca),
            (1_135_553_103_304_008_937_643_950_908_656, 537_729_581, 675_762_534, 0x4456_c611_4e10_e82c),
            (
                17_860_979_855_311_402_799_994_414_342_553_390_107,
                4_499_683_446_528_355_980,
                8_291_646_586_825_371_462,
                0x43bd_e4e0_6365_4d60,
            ),
        ] {
            let found = quotient(whole, fraction, divisor);
            assert_eq!(found.to_bits(), bits, "({whole} + {fraction} / {divisor}) / {divisor} gave {found:e}");
            if divisor > 1 && whole > 0 {
                assert_eq!(
                    long_quotient(whole, fraction, divisor).to_bits(),
                    bits,
                    "the long way, {whole} / {divisor}"
                );
            }
        }
        assert!(quotient(0, 0, 0).is_nan());
    }

    #[test]
    fn one_division_is_enough_for_numbers_of_53_bits_times_a_power_of_two() {
        const LONGEST: u64 = (1 << 53) - 1;
        for (whole, divisor, is_enough) in [
            (0, 7, true),
            (u128::from(LONGEST), LONGEST, true),
            (u128::from(LONGEST) << 75, 1, true),
            (1 << 127, 7, true),
            (u128::from(LONGEST) + 2, 7, false),
            (u128::from(LONGEST) << 2 | 1, 7, false),
            (1 << 64 | 1, 7, false),
            (7, LONGEST + 1, false),
            (7, LONGEST + 2, false),
        ] {
            let short = short_quotient(whole, divisor);
            assert_eq!(short.is_some(), is_enough, "{whole} / {divisor}");
            if let (Some(short), true) = (short, whole > 0) {
                assert_eq!(short.to_bits(), long_quotient(whole, 0, divisor).to_bits(), "{whole} / {divisor}");
            }
        }
    }

    /// Of 0, 0 and 1 it is 2/9.
    #[test]
    fn the_variance_of_the_smallest_steps_is_a_fraction_of_one() {
        let sums = ExactSums { samples: 3, sum: 1, squares: 1 };
        assert_eq!(sums.variance(), 2.0 / 9.0 * power_of_two(-62));
        assert_eq!(ExactSums { sum: -1, ..sums }.variance(), 2.0 / 9.0 * power_of_two(-62));
    }

    #[test]
    fn the_largest_sums_fit() {
        // 2^63 samples of the smallest value, and as many of the largest: a million years of both.
        let least = ExactSums { samples: 1 << 63, sum: -(1 << 94), squares: 1 << 125 };
        assert_eq!((least.mean(), least.mean_square(), least.variance()), (-1.0, 1.0, 0.0));
        let greatest = i128::from(i32::MAX);
        let mut both = ExactSums {
            samples: (1 << 63) - 1,
            sum: greatest * ((1 << 63) - 1),
            squares: (greatest * greatest).cast_unsigned() * ((1 << 63) - 1),
        };
        assert_eq!(both.variance(), 0.0);
        both.merge(&least);
        assert_eq!(both.mean_square(), 1.0 - power_of_two(-31) + power_of_two(-63)); // rounded to 53 bits
        assert_eq!(both.variance(), 1.0 - power_of_two(-31)); // about half a step, (1 − 2^−32)²
    }
}
