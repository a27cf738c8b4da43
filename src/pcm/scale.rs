//! The inner loops of a constant gain, on slices that know nothing of frames and channels.

use super::rounding::{Rounding, to_sample};
use super::sample::Sample;

/// Added to a double, leaves no bits below one in it, so that the addition itself rounds half to even; the low 32 bits of the sum
/// are then the rounded integer in two's complement. Holds for magnitudes below 2^31. 1.5 × 2^52.
const MAGIC: f64 = 6_755_399_441_055_744.0;

/// Factors up to this keep any product of an `i16` below 2^31.
const LARGEST_FAST_I16: f64 = 65_535.0;

/// Multiplies in `f64`, rounds half to even, saturates; returns how many samples were saturated.
pub(crate) fn scale<T: Sample>(samples: &mut [T], factor: f64) -> u64 {
    if let Some(samples) = same::<T, i16>(samples)
        && factor.abs() <= LARGEST_FAST_I16
    {
        return samples.chunks_mut(PART).map(|part| u64::from(scale_i16(part, factor))).sum();
    }
    if let Some(samples) = same::<T, i32>(samples) {
        return samples.chunks_mut(PART).map(|part| u64::from(scale_i32(part, factor))).sum();
    }
    if let Some(samples) = same::<T, f32>(samples) {
        scale_f32(samples, factor);
        return 0;
    }
    if let Some(samples) = same::<T, f64>(samples) {
        scale_f64(samples, factor);
        return 0;
    }
    samples.iter_mut().map(|sample| u64::from(scale_one(sample, factor, Rounding::HalfEven))).sum()
}

/// The definition: one sample times `factor`, in `f64`; whether it was saturated.
#[inline(always)]
pub(crate) fn scale_one<T: Sample>(sample: &mut T, factor: f64, rounding: Rounding) -> bool {
    let clipped;
    (*sample, clipped) = to_sample(sample.to_f64_scale() * factor, rounding);
    clipped
}

/// The slice, where `T` is `U`.
fn same<T: Sample, U: Sample>(samples: &mut [T]) -> Option<&mut [U]> {
    (T::TYPE == U::TYPE).then(|| bytemuck::cast_slice_mut(samples))
}

/// Samples whose saturated ones are counted in 32 bits, which is what the vector registers count in.
const PART: usize = 1 << 20;

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
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

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
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

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest f32")]
fn scale_f32(samples: &mut [f32], factor: f64) {
    for sample in samples {
        *sample = (f64::from(*sample) * factor) as f32;
    }
}

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
