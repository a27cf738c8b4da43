//! The inner loops of gain: multiply in `f64`, round, saturate, count; on slices that know nothing of frames and channels.

use multiversion::multiversion;

use super::rounding::{Rounding, to_sample};
use super::sample::Sample;
use super::samples::SamplesMut;

/// Added to a double, leaves no bits below one in it, so that the addition itself rounds half to even; the low 32 bits of the sum
/// are then the rounded integer in two's complement. Holds for magnitudes below 2^31. 1.5 × 2^52.
const MAGIC: f64 = 6_755_399_441_055_744.0;

/// Factors up to this keep any product of an `i16` below 2^31.
const LARGEST_FAST_I16: f64 = 65_535.0;

/// Samples whose saturated ones are counted in 32 bits, as wide as the lanes of the vector registers.
const PART: usize = 1 << 20;

/// Multiplies every sample by one factor and rounds half to even; returns how many samples were saturated.
#[expect(clippy::cast_possible_truncation, reason = "only used if it is the same number")]
pub(crate) fn scale<T: Sample>(samples: &mut [T], factor: f64) -> u64 {
    match SamplesMut::from(samples) {
        SamplesMut::I16(samples) if factor.abs() <= LARGEST_FAST_I16 => {
            samples.chunks_mut(PART).map(|part| u64::from(scale_i16(part, factor))).sum()
        }
        SamplesMut::I16(samples) => in_parts(samples, |part| scale_rounded::<_, HalfEven>(part, factor)),
        SamplesMut::I32(samples) => in_parts(samples, |part| scale_i32(part, factor)),
        SamplesMut::F32(samples) => {
            let single = factor as f32;
            // A product of two `f32` fits a double, so that it is rounded once either way.
            if f64::from(single) == factor {
                scale_by_f32(samples, single)
            } else {
                scale_f32(samples, factor)
            }
            0
        }
        SamplesMut::F64(samples) => {
            scale_f64(samples, factor);
            0
        }
    }
}

/// Multiplies every sample by one factor and rounds as told; returns how many samples were saturated.
pub(crate) fn scale_with<T: Sample>(samples: &mut [T], factor: f64, rounding: Rounding) -> u64 {
    match SamplesMut::from(samples) {
        SamplesMut::I16(samples) => scale_integers(samples, factor, rounding),
        SamplesMut::I32(samples) => scale_integers(samples, factor, rounding),
        SamplesMut::F32(samples) => scale(samples, factor),
        SamplesMut::F64(samples) => scale(samples, factor),
    }
}

fn scale_integers<T: Integer>(samples: &mut [T], factor: f64, rounding: Rounding) -> u64 {
    match rounding {
        Rounding::HalfEven => scale(samples, factor),
        Rounding::HalfUp => in_parts(samples, |part| scale_rounded::<_, HalfUp>(part, factor)),
        Rounding::Floor => in_parts(samples, |part| scale_rounded::<_, Floor>(part, factor)),
        Rounding::TowardZero => in_parts(samples, |part| scale_rounded::<_, TowardZero>(part, factor)),
    }
}

/// Multiplies each sample by the factor at its place and rounds half to even; returns how many samples were saturated.
///
/// A factor of 1.0 keeps every bit of its sample, the payload of a NaN too.
///
/// # Panics
/// Unless there are as many factors as samples.
#[track_caller]
pub(crate) fn scale_each<T: Sample>(samples: &mut [T], factors: &[f64]) -> u64 {
    assert_eq!(samples.len(), factors.len(), "a factor for each sample");
    match SamplesMut::from(samples) {
        SamplesMut::I16(samples) => scale_each_integer(samples, factors),
        SamplesMut::I32(samples) => scale_each_integer(samples, factors),
        SamplesMut::F32(samples) => {
            scale_each_f32(samples, factors);
            0
        }
        SamplesMut::F64(samples) => {
            scale_each_f64(samples, factors);
            0
        }
    }
}

/// Subtracts from each sample the value at its place, full scale being 1.0, and rounds half to even; returns how many samples were
/// saturated.
///
/// # Panics
/// Unless there are as many values as samples.
#[track_caller]
pub(crate) fn subtract_each<T: Sample>(samples: &mut [T], values: &[f64]) -> u64 {
    assert_eq!(samples.len(), values.len(), "a value for each sample");
    subtract_all(samples, values)
}

/// Subtracts one value from every sample, as [`subtract_each`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(crate) fn subtract<T: Sample>(samples: &mut [T], value: f64) -> u64 {
    let mut clipped = 0;
    for sample in samples {
        let saturated;
        (*sample, saturated) = to_sample(sample.to_f64_scale() - value, Rounding::HalfEven);
        clipped += u64::from(saturated);
    }
    clipped
}

/// The definition: one sample times `factor`, in `f64`; whether it was saturated.
#[cfg(test)]
fn scale_one<T: Sample>(sample: &mut T, factor: f64, rounding: Rounding) -> bool {
    // In steps of an integer type, where no product with a factor above 0 becomes 0.
    let steps = sample.to_f64_scale() * T::FULL_SCALE * factor;
    if T::IS_FLOAT {
        *sample = T::from_f64_scale(steps);
        return false;
    }
    let rounded = rounding.round(steps);
    *sample = T::from_f64_scale(rounded / T::FULL_SCALE);
    rounded < -T::FULL_SCALE || rounded > T::FULL_SCALE - 1.0
}

fn in_parts<T>(samples: &mut [T], mut scale: impl FnMut(&mut [T]) -> u32) -> u64 {
    samples.chunks_mut(PART).map(|part| u64::from(scale(part))).sum()
}

/// An integer sample type.
trait Integer: Sample + Into<f64> {
    const LOW: f64;
    const HIGH: f64;

    /// The integer in the low bits of a sum with [`MAGIC`].
    fn from_low_bits(sum: f64) -> Self;
}

impl Integer for i16 {
    const LOW: f64 = -32_768.0;
    const HIGH: f64 = 32_767.0;

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are the integer")]
    fn from_low_bits(sum: f64) -> Self {
        (sum.to_bits() as u32).cast_signed() as i16
    }
}

impl Integer for i32 {
    const LOW: f64 = i32::MIN as f64;
    const HIGH: f64 = i32::MAX as f64;

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are the integer")]
    fn from_low_bits(sum: f64) -> Self {
        (sum.to_bits() as u32).cast_signed()
    }
}

/// A rounding that is known when a loop is compiled.
trait Mode {
    const ROUNDING: Rounding;
}

struct HalfEven;
struct HalfUp;
struct Floor;
struct TowardZero;

impl Mode for HalfEven {
    const ROUNDING: Rounding = Rounding::HalfEven;
}
impl Mode for HalfUp {
    const ROUNDING: Rounding = Rounding::HalfUp;
}
impl Mode for Floor {
    const ROUNDING: Rounding = Rounding::Floor;
}
impl Mode for TowardZero {
    const ROUNDING: Rounding = Rounding::TowardZero;
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn scale_rounded<T: Integer, M: Mode>(samples: &mut [T], factor: f64) -> u32 {
    let mut clipped = 0;
    for sample in samples {
        let rounded = M::ROUNDING.round((*sample).into() * factor);
        let saturated = rounded.clamp(T::LOW, T::HIGH);
        clipped += u32::from(rounded != saturated);
        *sample = T::from_low_bits(saturated + MAGIC);
    }
    clipped
}

fn scale_each_integer<T: Integer>(samples: &mut [T], factors: &[f64]) -> u64 {
    let parts = samples.chunks_mut(PART).zip(factors.chunks(PART));
    parts.map(|(part, factors)| u64::from(scale_each_of(part, factors))).sum()
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn scale_each_of<T: Integer>(samples: &mut [T], factors: &[f64]) -> u32 {
    let mut clipped = 0;
    for (sample, factor) in samples.iter_mut().zip(factors) {
        // Products beyond 2^51, where this does not round to integers, saturate in any case.
        let rounded = ((*sample).into() * factor + MAGIC) - MAGIC;
        let saturated = rounded.clamp(T::LOW, T::HIGH);
        clipped += u32::from(rounded != saturated);
        *sample = T::from_low_bits(saturated + MAGIC);
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest f32")]
fn scale_each_f32(samples: &mut [f32], factors: &[f64]) {
    for (sample, factor) in samples.iter_mut().zip(factors) {
        let product = (f64::from(*sample) * factor) as f32;
        *sample = if *factor == 1.0 { *sample } else { product };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn scale_each_f64(samples: &mut [f64], factors: &[f64]) {
    for (sample, factor) in samples.iter_mut().zip(factors) {
        let product = *sample * factor;
        *sample = if *factor == 1.0 { *sample } else { product };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn subtract_all<T: Sample>(samples: &mut [T], values: &[f64]) -> u64 {
    let mut clipped = 0;
    for (sample, value) in samples.iter_mut().zip(values) {
        let saturated;
        (*sample, saturated) = to_sample(sample.to_f64_scale() - value, Rounding::HalfEven);
        clipped += u64::from(saturated);
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the integer; then saturated to 16 bits")]
#[expect(clippy::cast_possible_wrap, reason = "the bits are two's complement")]
fn scale_i16(samples: &mut [i16], factor: f64) -> u32 {
    let mut clipped = 0;
    for sample in samples {
        let rounded = (f64::from(*sample) * factor + MAGIC).to_bits() as u32 as i32;
        let saturated = rounded.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
        clipped += u32::from(rounded != saturated);
        *sample = saturated as i16;
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the integer")]
#[expect(clippy::cast_possible_wrap, reason = "the bits are two's complement")]
fn scale_i32(samples: &mut [i32], factor: f64) -> u32 {
    const LOW: f64 = i32::MIN as f64;
    const HIGH: f64 = i32::MAX as f64;
    let mut clipped = 0;
    for sample in samples {
        // Products beyond 2^51, where this does not round to integers, saturate in any case.
        let rounded = (f64::from(*sample) * factor + MAGIC) - MAGIC;
        let saturated = rounded.clamp(LOW, HIGH);
        clipped += u32::from(rounded != saturated);
        *sample = (saturated + MAGIC).to_bits() as u32 as i32;
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest f32")]
fn scale_f32(samples: &mut [f32], factor: f64) {
    for sample in samples {
        *sample = (f64::from(*sample) * factor) as f32;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn scale_by_f32(samples: &mut [f32], factor: f32) {
    for sample in samples {
        *sample *= factor;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn scale_f64(samples: &mut [f64], factor: f64) {
    for sample in samples {
        *sample *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Factors at which something could go wrong: ties, the ends of the ranges, nearly whole ones, decibels, negative ones.
    fn factors() -> Vec<f64> {
        let mut factors = vec![0.0, -0.0, 0.5, 1.5, 2.0, 0.25, 0.1, 1.0 / 3.0, 1.0 - f64::EPSILON, 1.0 + f64::EPSILON];
        factors.extend([
            1.0 / 65_536.0,
            1.0 / 65_534.0,
            65_534.0,
            65_535.0,
            65_535.000_001,
            65_536.0,
            1e6,
            1_048_576.0,
        ]);
        factors.extend([1_048_576.5, 1e9, 1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324, 0.501, 0.499_999_999_999_999_94]);
        factors.extend((-40..=40).map(|decibels| 10_f64.powf(f64::from(decibels) * 1.3 / 20.0)));
        let negative: Vec<f64> = factors.iter().map(|factor| -factor).collect();
        factors.extend(negative);
        factors
    }

    fn naive<T: Sample>(samples: &mut [T], factor: f64) -> u64 {
        samples.iter_mut().map(|sample| u64::from(scale_one(sample, factor, Rounding::HalfEven))).sum()
    }

    #[test]
    fn every_i16_is_scaled_as_defined() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        for factor in factors() {
            let (mut fast, mut slow) = (all.clone(), all.clone());
            assert_eq!(scale(&mut fast, factor), naive(&mut slow, factor), "clipped at {factor:e}");
            assert_eq!(fast, slow, "{factor:e}");
        }
    }

    #[test]
    fn i32_is_scaled_as_defined() {
        let mut some = vec![i32::MIN, i32::MIN + 1, -3, -2, -1, 0, 1, 2, 3, i32::MAX - 1, i32::MAX];
        let mut state = 1_u32;
        some.extend((0..5_000).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.cast_signed() >> (state >> 27)
        }));
        for factor in factors() {
            let (mut fast, mut slow) = (some.clone(), some.clone());
            assert_eq!(scale(&mut fast, factor), naive(&mut slow, factor), "clipped at {factor:e}");
            assert_eq!(fast, slow, "{factor:e}");
        }
    }

    #[test]
    fn every_rounding_is_the_definition() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let some: Vec<i32> = all.iter().map(|&sample| i32::from(sample).wrapping_mul(76_543)).collect();
        for rounding in [Rounding::HalfEven, Rounding::HalfUp, Rounding::Floor, Rounding::TowardZero] {
            for factor in factors().into_iter().step_by(3) {
                let (mut fast, mut slow) = (all.clone(), all.clone());
                let expected: u64 = slow.iter_mut().map(|sample| u64::from(scale_one(sample, factor, rounding))).sum();
                assert_eq!(scale_with(&mut fast, factor, rounding), expected, "{rounding:?} clipped at {factor:e}");
                assert_eq!(fast, slow, "{rounding:?} {factor:e}");
                let (mut fast, mut slow) = (some.clone(), some.clone());
                let expected: u64 = slow.iter_mut().map(|sample| u64::from(scale_one(sample, factor, rounding))).sum();
                assert_eq!(scale_with(&mut fast, factor, rounding), expected, "{rounding:?} clipped at {factor:e}");
                assert_eq!(fast, slow, "{rounding:?} {factor:e}");
            }
        }
    }

    /// A product below the smallest double that a sample of full scale 1.0 could be is still below 0.
    #[test]
    fn the_floor_of_a_tiny_negative_is_minus_one() {
        let mut samples = [-1_i16, -32_768, 0, 1];
        scale_with(&mut samples, 5e-324, Rounding::Floor);
        assert_eq!(samples, [-1, -1, 0, 0]);
    }

    #[test]
    fn a_factor_for_each_sample_is_the_definition() {
        let factors: Vec<f64> = factors().into_iter().cycle().take(65_536).collect();
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let naive = |samples: &mut [i16]| -> u64 {
            samples
                .iter_mut()
                .zip(&factors)
                .map(|(sample, &factor)| u64::from(scale_one(sample, factor, Rounding::HalfEven)))
                .sum()
        };
        let (mut fast, mut slow) = (all.clone(), all);
        assert_eq!(scale_each(&mut fast, &factors), naive(&mut slow));
        assert_eq!(fast, slow);
        // A signalling NaN, which an operation would make quiet.
        let payload = f32::from_bits(0x7F80_0001);
        let mut floats = [payload, 2.0];
        scale_each(&mut floats, &[1.0, 0.25]);
        assert_eq!(floats.map(f32::to_bits), [0x7F80_0001, 0.5_f32.to_bits()]);
    }

    #[test]
    fn floats_are_scaled_as_defined() {
        let values = [0.0, -0.0, 0.1, 1.0, -1.0, 3.5, 1e-40, 1e38, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 1e-45];
        for factor in factors() {
            let (mut fast, mut slow) = (values, values);
            assert_eq!((scale(&mut fast, factor), naive(&mut slow, factor)), (0, 0));
            assert_eq!(fast.map(f32::to_bits), slow.map(f32::to_bits), "{factor:e}");
            let (mut fast, mut slow) = (values.map(f64::from), values.map(f64::from));
            assert_eq!((scale(&mut fast, factor), naive(&mut slow, factor)), (0, 0));
            assert_eq!(fast.map(f64::to_bits), slow.map(f64::to_bits), "{factor:e}");
        }
    }

    #[test]
    fn parts_are_all_counted() {
        let mut samples = vec![20_000_i16; 2 * PART + 3];
        assert_eq!(scale(&mut samples, 2.0), (2 * PART + 3) as u64);
        assert!(samples.iter().all(|&sample| sample == i16::MAX));
    }
}
