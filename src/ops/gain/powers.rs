//! Powers of one base, many at a time, with the bits of the platform's `pow`.
//!
//! Each power is computed as a sum of two doubles, which tells how far the true value is from the middle between two neighbours. Where it
//! is far enough, the nearest double is what any good `pow` returns; of the others, one of 16, `pow` itself is asked. So the loop may
//! compute in the way that vector units like: P. T. P. Tang, Table-driven implementation of the exponential function in IEEE
//! floating-point arithmetic, ACM TOMS 15 (1989), with 128 parts of an octave.

use std::array;
use std::f64::consts::LN_2;
use std::sync::LazyLock;

use multiversion::multiversion;

/// Parts of an octave, whose powers of two are in a table.
const PARTS: usize = 128;
/// ln 2 / 128 as a sum. The first has 40 bits, so that its multiples up to 2^13 are exact.
const PART: (f64, f64) = (0.005_415_212_348_118_814, 5.758_595_754_037_343e-15);
/// 2^(1/128) as a sum.
const ROOT: (f64, f64) = (1.005_429_901_112_802_7, 9.499_186_535_455_032e-17);
/// Bases whose logarithm is further from 0 are left to `pow`: their powers have more parts, and this loop larger errors.
const LARGEST_LOGARITHM: f64 = 32.0;
/// Added to a small number, and subtracted again, rounds it to an integer, which is in the low bits of the sum. 1.5 × 2^52.
const MAGIC: f64 = 6_755_399_441_055_744.0;
/// How near to the middle between two doubles in [1, 2) a power may be before `pow` decides: 1/32 of their distance. The sums here are
/// exact to 1/100 of it, and glibc's `pow` to 1/50 beyond the half that rounding takes (its `e_pow.c`).
const MARGIN: f64 = f64::EPSILON / 32.0;

/// Replaces each exponent, from 0 to 1, by that power of `base`, which is above 0. It does not matter which are computed together.
pub(super) fn powers(base: f64, exponents: &mut [f64]) {
    let rough = base.ln();
    if rough.abs() > LARGEST_LOGARITHM {
        exponents.iter_mut().for_each(|exponent| *exponent = base.powf(*exponent));
        return;
    }
    // Those that are not certain are told by a NaN, so that the loop has no branch.
    let mut found = [0.0; 64];
    let logarithm = logarithm(base, rough);
    for exponents in exponents.chunks_mut(found.len()) {
        let found = &mut found[..exponents.len()];
        certain_powers(logarithm, &TABLE, exponents, found);
        for (exponent, power) in exponents.iter_mut().zip(found) {
            *exponent = if power.is_nan() { base.powf(*exponent) } else { *power };
        }
    }
}

/// 2^(n/128) as sums, the first parts and the second.
type Table = ([f64; PARTS], [f64; PARTS]);

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut power = (1.0, 0.0);
    let powers: [(f64, f64); PARTS] = array::from_fn(|_| {
        let (product, rest) = product(power.0, ROOT.0);
        let next = sum(product, rest + (power.0 * ROOT.1 + power.1 * ROOT.0));
        std::mem::replace(&mut power, next)
    });
    (powers.map(|power| power.0), powers.map(|power| power.1))
});

/// ln `base` as a sum, from an approximation of it: ln b = r + ln(b·e^−r), where the second logarithm is nearly 0.
fn logarithm(base: f64, rough: f64) -> (f64, f64) {
    let (power, rest, parts) = exponential(&TABLE, -rough, 0.0);
    let scaled = times_power_of_two(base, parts);
    let (product, lost) = product(scaled, power);
    sum(rough, (product - 1.0) + (lost + scaled * rest))
}

/// The powers that are certain, and NaN for the others.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn certain_powers(logarithm: (f64, f64), table: &Table, exponents: &[f64], found: &mut [f64]) {
    for (exponent, found) in exponents.iter().zip(found) {
        let (high, lost) = product(*exponent, logarithm.0);
        let (power, rest, parts) = exponential(table, high, lost + exponent * logarithm.1);
        let (above, below) = (power + (rest + MARGIN), power + (rest - MARGIN));
        // From 2 on, where doubles are further apart, the margin is too small.
        let certain = above == below && above < 2.0;
        *found = if certain { times_power_of_two(above, parts) } else { f64::NAN };
    }
}

/// e^(high + low) as a sum times a power of two, which is given by the low bits of how many parts of an octave it has; the sum is about 1 to 2.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "an index below 128")]
fn exponential(table: &Table, high: f64, low: f64) -> (f64, f64, u64) {
    const PER_NEPER: f64 = PARTS as f64 / LN_2;
    let rounded = high * PER_NEPER + MAGIC;
    let parts = rounded.to_bits();
    let count = rounded - MAGIC;
    // What is left of a part: exact, but for the rounding of its second half.
    let (x, x_low) = sum(high - count * PART.0, low - count * PART.1);
    // e^x − 1 − x, of at most 2^−17, so that its rounding errors do not matter.
    let more = x * x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0)))));
    let index = parts as usize % PARTS;
    let (power, power_low) = (table.0[index], table.1[index]);
    let (power, rest) = sum(power, power_low + power * (x + (x_low + more)));
    (power, rest, parts)
}

/// Multiplies by 2^⌊parts / 128⌋, in the exponent.
#[inline(always)]
fn times_power_of_two(value: f64, parts: u64) -> f64 {
    const BITS_OF_PARTS: u32 = PARTS.trailing_zeros();
    let octaves = parts & !(PARTS as u64 - 1);
    f64::from_bits(value.to_bits().wrapping_add(octaves << (f64::MANTISSA_DIGITS - 1 - BITS_OF_PARTS)))
}

/// a + b, of which a is the larger, as what a double holds and what it lacks. T. J. Dekker, A floating-point technique for extending the available
/// precision, Numerische Mathematik 18 (1971).
#[inline(always)]
fn sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// a × b as what a double holds and what it lacks. Dekker, as above; not fused, which not all processors can.
#[inline(always)]
fn product(a: f64, b: f64) -> (f64, f64) {
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let product = a * b;
    (product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low)
}

/// The upper and the lower half of the bits of a double, by Veltkamp's factor 2^27 + 1.
#[inline(always)]
fn halves(value: f64) -> (f64, f64) {
    let scaled = value * 134_217_729.0;
    let high = scaled - (scaled - value);
    (high, value - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As uneven as they come: exponents that are ratios of frames, and bases between −280 and 280 dB, and two far beyond.
    fn cases() -> impl Iterator<Item = (f64, Vec<f64>)> {
        let others = [1.0, 2.0, 0.5, 10.0, 1.000_000_1, 1e-200, 1e200];
        let bases = (1..400).map(|n| (f64::from(n) * 0.160_3 - 32.06).exp()).chain(others);
        bases.enumerate().map(|(n, base)| {
            let len = 1_000.0 + 7.0 * n as f64;
            (base, (0..500).map(|frame| f64::from(frame) * 2.0 / len).collect())
        })
    }

    #[test]
    fn powers_are_those_of_the_platform() {
        for (base, exponents) in cases() {
            let mut found = exponents.clone();
            powers(base, &mut found);
            let alone = exponents.iter().map(|&exponent| {
                let mut power = [exponent];
                powers(base, &mut power);
                power[0].to_bits()
            });
            assert!(alone.eq(found.iter().map(|power| power.to_bits())), "{base}");
            for (found, exponent) in found.iter().zip(exponents) {
                let expected = base.powf(exponent);
                // Elsewhere `pow` may be further than 1/50 beyond the half from the true value.
                let tolerance = if cfg!(target_env = "gnu") { 0 } else { 1 };
                let distance = found.to_bits().abs_diff(expected.to_bits());
                assert!(distance <= tolerance, "{base}^{exponent} is {found}, not {expected}");
            }
        }
    }

    /// Doubles below 1 are half as far apart as above. The root of the last of them is past the middle between it and 1 by so little that a
    /// sum of two doubles does not hold it.
    #[test]
    fn powers_next_to_1_are_those_of_the_platform() {
        for base in [1_f64.next_down(), 1_f64.next_up(), 1_f64.next_down().next_down()] {
            for exponent in [0.25, 0.5_f64.next_down(), 0.5, 0.5_f64.next_up(), 0.75] {
                let mut found = [exponent];
                powers(base, &mut found);
                assert_eq!(found[0], base.powf(exponent), "{base:e}^{exponent}");
            }
        }
    }

    /// The loop decides most of them itself, or it would be slower than `pow` alone; but none within the margin.
    #[test]
    fn one_of_16_powers_is_uncertain() {
        let (mut all, mut uncertain) = (0, 0);
        for (base, exponents) in cases().filter(|(base, _)| base.ln().abs() <= LARGEST_LOGARITHM) {
            let mut found = vec![0.0; exponents.len()];
            certain_powers(logarithm(base, base.ln()), &TABLE, &exponents, &mut found);
            all += found.len();
            uncertain += found.iter().filter(|power| power.is_nan()).count();
        }
        // One of 16 is as near to a middle as the margin on both sides of it.
        assert!((all * 5..all * 8).contains(&(uncertain * 100)), "{uncertain} of {all}");
    }

    /// The true sums, to 32 digits: `from decimal import *; getcontext().prec = 40; print(Decimal(10).ln(), (Decimal(2).ln() / 2).exp())`.
    #[test]
    fn sums_hold_twice_the_digits() {
        let (high, low) = logarithm(10.0, 10_f64.ln());
        // 2.302585092994045684017991454684364 is the double below plus −2.17075622338224935e−16.
        assert_eq!(high, std::f64::consts::LN_10);
        assert!((low + 2.170_756_223_382_249_4e-16).abs() < 1e-18, "{low:e}");
        // 1.414213562373095048801688724209698 is the double below plus −9.66729331345291345e−17.
        assert_eq!(TABLE.0[PARTS / 2], std::f64::consts::SQRT_2);
        assert!((TABLE.1[PARTS / 2] + 9.667_293_313_452_913e-17).abs() < 1e-30, "{:e}", TABLE.1[PARTS / 2]);
    }
}
