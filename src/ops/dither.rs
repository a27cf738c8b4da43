//! Dither: fewer bits without distortion that follows the signal.
//!
//! Rounding alone correlates its error with the signal; two uniform random numbers of one step each, subtracted, make mean and power
//! of the error independent of it (Lipshitz, Wannamaker and Vanderkooy, "Quantization and dither: a theoretical survey", J. Audio Eng.
//! Soc. 40, 1992). The price is noise of 1/6 + 1/12 = 1/4 step².
//!
//! The noise is a function of seed, absolute frame and channel, so that any division into blocks, threads or machines gives the same
//! bits. Dither once, as the last thing before the file, and only what has more bits than the file.

use multiversion::multiversion;
use ndarray::{ArrayRef, ArrayRef2, s};

use crate::error::{Error, Result};
use crate::ops::frames::{change_parts, copy_interleaved};
use crate::pcm::{FrameDimension, Rounding, Sample, as_frames_mut, convert_into as convert_array};
use crate::spec::SampleType;

/// Noise with a triangular distribution (TPDF) of ±1 step, by seed, frame and channel.
///
/// The numbers belong to this crate's stable surface: another value for the same arguments is a breaking change.
///
/// # Examples
/// ```
/// use ndaudio::dither::Tpdf;
///
/// let noise = Tpdf::new(1);
/// assert!(noise.at(48_000, 0).abs() < 1.0);
/// assert_eq!(noise.at(48_000, 0), Tpdf::new(1).at(48_000, 0));
/// assert_ne!(noise.at(48_000, 0), noise.at(48_000, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tpdf {
    seed: u64,
}

/// Increment of SplitMix64: 2^64 divided by the golden ratio, to the nearest odd integer.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Tpdf {
    /// Noise of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Tpdf { seed }
    }

    /// The noise for a sample: above −1 and below 1, mean 0, variance 1/6.
    ///
    /// **Unit** steps of the integers that are rounded to.
    #[must_use]
    #[inline]
    pub fn at(&self, frame: u64, channel: usize) -> f64 {
        triangular(split_mix(self.key(channel), frame))
    }

    /// The seed of a channel's own sequence.
    #[inline(always)]
    fn key(self, channel: usize) -> u64 {
        split_mix(self.seed, channel as u64)
    }
}

/// The difference of the upper and the lower half of 64 bits, as fractions.
#[inline(always)]
fn triangular(bits: u64) -> f64 {
    // The bits of 2^52: below it a double has room for 32 bits of a whole number, which saves a conversion that not every CPU has for
    // several numbers at once.
    const WHOLE: u64 = 0x4330_0000_0000_0000;
    // Exact: the difference has 33 bits.
    let difference = f64::from_bits(WHOLE | bits >> 32) - f64::from_bits(WHOLE | bits & 0xFFFF_FFFF);
    difference * (1.0 / 4_294_967_296.0)
}

/// Number `index` of the SplitMix64 sequence of `seed`.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; constants of Vigna's `splitmix64.c`.
#[inline(always)]
fn split_mix(seed: u64, index: u64) -> u64 {
    mix(seed.wrapping_add(index.wrapping_add(1).wrapping_mul(GAMMA)))
}

#[inline(always)]
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Rounds every sample to a multiple of 2^(1−`bits`) of full scale, with dither or without; returns how many saturated.
///
/// The samples stay in their type; written to a file of `bits` bits they are not rounded again. Rounding is half to even, after the
/// noise is added. NaN counts as 0, as in every conversion to integers.
///
/// The first frame of `block` is frame `position` of the recording. **Memory** in place.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless `2 <= bits <= 32`, and at most as many as the type of the samples can hold (`i16` 16, `f32` 25).
///
/// # Examples
/// ```
/// use ndaudio::dither::{self, Tpdf};
/// use ndaudio::ndarray::{Array2, array};
///
/// let step = 1.0_f64 / 32_768.0;
/// let mut plain = array![[2.4 * step], [-0.7 * step]];
/// dither::quantize(&mut plain, 0, 16, None)?;
/// assert_eq!(plain, array![[2.0 * step], [-step]]);
///
/// // A quarter of a step is lost by rounding, but not by rounding with dither.
/// let mut quiet = Array2::from_elem((100_000, 1), 0.25 * step);
/// dither::quantize(&mut quiet, 0, 16, Some(Tpdf::new(0)))?;
/// assert!((quiet.mean().unwrap() - 0.25 * step).abs() < 0.01 * step);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn quantize<T: Sample, N: FrameDimension>(
    block: &mut ArrayRef<T, N>,
    position: u64,
    bits: u32,
    dither: Option<Tpdf>,
) -> Result<u64> {
    let block = &mut as_frames_mut(block);
    let held = match T::TYPE {
        SampleType::I16 => 16,
        // A sign and 24 bits of magnitude, where the first of them is not stored.
        SampleType::F32 => 25,
        _ => 32,
    };
    if !(2..=held).contains(&bits) {
        let message = format!("{} samples can be rounded to 2 to {held} bits, not to {bits}", T::TYPE);
        return Err(Error::invalid("bits", message));
    }
    let channels = block.ncols();
    let mut noise = Noise::new(dither, channels, position);
    Ok(change_parts(block, PART, |part, first| match noise.of(first, part.len()) {
        Some(noise) => quantize_with(part, bits, noise),
        None => quantize_plain(part, bits),
    }))
}

/// Converts a block to integers of their full width, with dither or without, into the caller's array; returns how many saturated.
///
/// Rounding is half to even, after the noise is added; without dither the result is that of [`Sample::convert`] from floats. From
/// integers to wider ones, and to floats, nothing needs to be rounded, so no noise is added either.
///
/// The first frame of `block` is frame `position` of the recording. **Memory** the caller's.
///
/// # Panics
/// Unless `out` has the shape of `block`.
///
/// # Examples
/// ```
/// use ndaudio::dither::{self, Tpdf};
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut out = Array2::<i16>::zeros((2, 1));
/// let clipped = dither::convert_into(&array![[0.5_f32], [1.5]], 0, Some(Tpdf::new(7)), &mut out);
/// assert!((out[[0, 0]] - 16_384).abs() <= 1);
/// assert_eq!((out[[1, 0]], clipped), (32_767, 1));
/// ```
#[track_caller]
pub fn convert_into<S: Sample, T: Sample>(
    block: &ArrayRef2<S>,
    position: u64,
    dither: Option<Tpdf>,
    out: &mut ArrayRef2<T>,
) -> u64 {
    assert!(out.dim() == block.dim(), "the shape of out ({:?}) must be that of block ({:?})", out.dim(), block.dim());
    if T::IS_FLOAT || (!S::IS_FLOAT && S::FULL_SCALE <= T::FULL_SCALE) {
        convert_array(block, out);
        return 0;
    }
    let bits = if T::FULL_SCALE == i16::FULL_SCALE { 16 } else { 32 };
    let channels = block.ncols();
    let mut noise = Noise::new(dither, channels, position);
    let mut convert = |from: &[S], to: &mut [T], first: usize| match noise.of(first, from.len()) {
        Some(noise) => convert_with(from, bits, noise, to),
        None => convert_plain(from, bits, to),
    };
    if let (Some(from), Some(to)) = (block.as_slice(), out.as_slice_mut()) {
        let part = (PART / channels.max(1)).max(1);
        let len = (part * channels).max(1);
        let parts = from.chunks(len).zip(to.chunks_mut(len)).enumerate();
        return parts.map(|(index, (from, to))| convert(from, to, index * part)).sum();
    }
    let part = (PART / channels.max(1)).max(1);
    let mut frames = vec![S::zero(); part * channels];
    let mut clipped = 0;
    // The samples in `out` are only replaced.
    change_parts(out, PART, |to, at| {
        let rows = to.len() / channels;
        let frames = &mut frames[..to.len()];
        copy_interleaved(&block.slice(s![at..at + rows, ..]), frames);
        clipped += convert(frames, to, at);
        0
    });
    clipped
}

/// Samples that are rounded at a time.
const PART: usize = 1_024;

/// The noise for interleaved frames.
struct Noise {
    /// The states of SplitMix64 for each sample of the first frames, as many as make up about [`LANES`] samples; none without dither.
    ///
    /// From a frame to one that is `n` later a state grows by n × `GAMMA`, so that those of other frames take one addition each.
    lanes: Vec<u64>,
    channels: usize,
    position: u64,
    values: Vec<f64>,
}

/// Samples whose states are computed at a time.
const LANES: usize = 64;

impl Noise {
    fn new(dither: Option<Tpdf>, channels: usize, position: u64) -> Self {
        let frames = (LANES / channels.max(1)).max(1) as u64;
        let lanes = dither.map_or_else(Vec::new, |dither| {
            let keys: Vec<u64> = (0..channels).map(|channel| dither.key(channel)).collect();
            let of_frame = |frame: u64| {
                let passed = (frame + 1).wrapping_mul(GAMMA);
                keys.iter().map(move |key| key.wrapping_add(passed))
            };
            (0..frames).flat_map(of_frame).collect()
        });
        Noise { lanes, channels, position, values: Vec::new() }
    }

    /// The noise for `samples` samples from a frame of the block on; `None` without dither.
    fn of(&mut self, first: usize, samples: usize) -> Option<&[f64]> {
        if self.lanes.is_empty() {
            return None;
        }
        self.values.resize(samples, 0.0);
        let frames = (self.lanes.len() / self.channels) as u64;
        fill(&self.lanes, frames, self.position.wrapping_add(first as u64), &mut self.values);
        Some(&self.values)
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn fill(lanes: &[u64], frames: u64, position: u64, values: &mut [f64]) {
    let step = frames.wrapping_mul(GAMMA);
    let mut passed = position.wrapping_mul(GAMMA);
    for row in values.chunks_mut(lanes.len()) {
        row.iter_mut().zip(lanes).for_each(|(value, lane)| *value = triangular(mix(lane.wrapping_add(passed))));
        passed = passed.wrapping_add(step);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn quantize_with<T: Sample>(samples: &mut [T], bits: u32, noise: &[f64]) -> u64 {
    let steps = Steps::of(bits);
    let mut clipped = 0;
    for (sample, noise) in samples.iter_mut().zip(noise) {
        let (value, saturated) = steps.nearest(sample.to_f64_scale(), *noise);
        *sample = T::from_f64_scale(value);
        clipped += u64::from(saturated);
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn quantize_plain<T: Sample>(samples: &mut [T], bits: u32) -> u64 {
    let steps = Steps::of(bits);
    let mut clipped = 0;
    for sample in samples {
        let (value, saturated) = steps.nearest(sample.to_f64_scale(), 0.0);
        *sample = T::from_f64_scale(value);
        clipped += u64::from(saturated);
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_with<S: Sample, T: Sample>(samples: &[S], bits: u32, noise: &[f64], out: &mut [T]) -> u64 {
    let steps = Steps::of(bits);
    let mut clipped = 0;
    for ((out, sample), noise) in out.iter_mut().zip(samples).zip(noise) {
        let (value, saturated) = steps.nearest(sample.to_f64_scale(), *noise);
        *out = T::from_f64_scale(value);
        clipped += u64::from(saturated);
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_plain<S: Sample, T: Sample>(samples: &[S], bits: u32, out: &mut [T]) -> u64 {
    let steps = Steps::of(bits);
    let mut clipped = 0;
    for (out, sample) in out.iter_mut().zip(samples) {
        let (value, saturated) = steps.nearest(sample.to_f64_scale(), 0.0);
        *out = T::from_f64_scale(value);
        clipped += u64::from(saturated);
    }
    clipped
}

/// The steps that values are rounded to: full scale is a power of two of them, by which products and quotients are exact.
#[derive(Clone, Copy)]
struct Steps {
    full_scale: f64,
    step: f64,
}

impl Steps {
    #[inline(always)]
    fn of(bits: u32) -> Self {
        let full_scale = (1_u64 << (bits - 1)) as f64;
        Steps { full_scale, step: 1.0 / full_scale }
    }

    /// The step nearest to `value` plus noise in steps, and whether it was saturated.
    #[inline(always)]
    fn nearest(self, value: f64, noise: f64) -> (f64, bool) {
        // NaN would pass through `clamp`; it is 0 in integers.
        let value = if value.is_nan() { 0.0 } else { value };
        let rounded = Rounding::HalfEven.round(value * self.full_scale + noise);
        let saturated = rounded.clamp(-self.full_scale, self.full_scale - 1.0);
        (saturated * self.step, saturated != rounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Axis, array, s};

    /// The first numbers of seed 1234567 that Vigna's `splitmix64.c` gives, as published with the Rosetta Code task
    /// "Pseudo-random numbers/Splitmix64".
    #[test]
    fn the_hash_is_split_mix() {
        let numbers = [0, 1, 2, 3, 4].map(|index| split_mix(1_234_567, index));
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    /// From the definition, computed in Python: `at(seed, frame, channel)` is the difference of the halves of
    /// `sm(sm(seed, channel), frame)`, where
    /// ```python
    /// def sm(seed, i, m=2**64 - 1):
    ///     z = (seed + (i + 1) * 0x9E3779B97F4A7C15) & m
    ///     z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & m
    ///     z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & m
    ///     return z ^ (z >> 31)
    /// ```
    #[test]
    fn the_noise_is_the_same_for_ever() {
        for (seed, frame, channel, steps) in [
            (0, 0, 0, 1_508_728_512_i64),
            (0, 1, 0, -1_086_237_785),
            (0, 0, 1, -2_852_928_903),
            (1, 0, 0, -368_555_542),
            (u64::MAX, 1 << 63, 63, -393_273_046),
            (42, 48_000, 1, 3_709_184_478),
        ] {
            assert_eq!(Tpdf::new(seed).at(frame, channel), steps as f64 / 4_294_967_296.0);
        }
    }

    /// Mean, variance, kurtosis, and correlations of 10^6 numbers, each within five standard errors of theory.
    #[test]
    fn the_noise_is_triangular_and_white() {
        let count = 1_000_000;
        let noise = Tpdf::new(99);
        let draw = |channel: usize, from: u64| (from..from + count).map(move |frame| noise.at(frame, channel));
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / count as f64;
        let error = 5.0 / (count as f64).sqrt();
        // E[d²] = 1/6, E[d⁴] = 1/15, E[d⁸] = 1/45.
        assert!(mean(&mut draw(0, 0)).abs() < error * (1.0 / 6.0_f64).sqrt());
        assert!(
            (mean(&mut draw(0, 0).map(|d| d * d)) - 1.0 / 6.0).abs() < error * (1.0 / 15.0 - 1.0 / 36.0_f64).sqrt()
        );
        let fourth = mean(&mut draw(0, 0).map(|d| d.powi(4)));
        assert!((fourth - 1.0 / 15.0).abs() < error * (1.0 / 45.0 - 1.0 / 225.0_f64).sqrt());
        assert!(draw(0, 0).all(|d| d.abs() < 1.0) && draw(0, 0).any(|d| d > 0.99) && draw(0, 0).any(|d| d < -0.99));
        for (channel, lag) in [(0, 1), (0, 2), (0, 1_024), (1, 0), (1, 1), (63, 0)] {
            let product = mean(&mut draw(0, 0).zip(draw(channel, lag)).map(|(a, b)| a * b));
            assert!(product.abs() < error / 6.0, "{channel} {lag} {product}");
        }
    }

    /// With dither, mean and power of the error do not depend on the value: 0 and 1/4 step². Without, they do.
    #[test]
    fn the_error_does_not_follow_the_signal() {
        let step = 1.0 / 128.0;
        for tenths in 0..10_u8 {
            let value = f64::from(tenths) / 10.0;
            let mut block = Array2::from_elem((200_000, 1), value * step);
            quantize(&mut block, 0, 8, Some(Tpdf::new(tenths.into()))).unwrap();
            let errors = block.mapv(|rounded| rounded / step - value);
            let (mean, power) = (errors.mean().unwrap(), errors.mapv(|error| error * error).mean().unwrap());
            assert!(mean.abs() < 5.0 * 0.5 / 200_000_f64.sqrt(), "{value}: {mean}");
            assert!((power - 0.25).abs() < 0.005, "{value}: {power}");
        }
    }

    #[test]
    fn blocks_do_not_show() {
        let audio = Array2::from_shape_fn((100, 3), |(frame, channel)| (frame * 7 + channel) as f64 * 1.234_5e-4);
        let noise = Some(Tpdf::new(5));
        let mut whole = audio.clone();
        quantize(&mut whole, 1_000, 12, noise).unwrap();
        let mut converted = Array2::<i16>::zeros(audio.dim());
        convert_into(&audio, 1_000, noise, &mut converted);
        for len in [1, 3, 33, 99, 100] {
            let mut parts = audio.clone();
            let mut position = 1_000;
            for mut block in parts.axis_chunks_iter_mut(Axis(0), len) {
                quantize(&mut block, position, 12, noise).unwrap();
                position += block.nrows() as u64;
            }
            assert_eq!(parts, whole, "{len}");
            let mut parts = Array2::<i16>::zeros(audio.dim());
            let mut position = 1_000;
            for (block, mut out) in audio.axis_chunks_iter(Axis(0), len).zip(parts.axis_chunks_iter_mut(Axis(0), len)) {
                convert_into(&block, position, noise, &mut out);
                position += block.nrows() as u64;
            }
            assert_eq!(parts, converted, "{len}");
        }
        let mut every_third = audio.clone();
        let mut reversed = audio.clone();
        quantize(&mut every_third.slice_mut(s![.., ..;2]), 0, 12, None).unwrap();
        quantize(&mut reversed.slice_mut(s![..;-1, ..;-2]), 0, 12, None).unwrap();
        assert_eq!(every_third, reversed);
    }

    #[test]
    fn the_last_frame_there_can_be_is_a_frame() {
        let noise = Tpdf::new(8);
        let mut block = Array2::<f64>::zeros((3, 2));
        quantize(&mut block, u64::MAX - 1, 8, Some(noise)).unwrap();
        let frames = [u64::MAX - 1, u64::MAX, 0];
        let expected =
            Array2::from_shape_fn((3, 2), |(row, channel)| noise.at(frames[row], channel).round_ties_even() / 128.0);
        assert_eq!(block, expected);
    }

    #[test]
    fn without_dither_it_is_rounding() {
        let step = 1.0 / 32_768.0;
        let mut block =
            array![[0.5 * step, 1.5 * step], [-0.5 * step, f64::NAN], [1.0, -1.0], [7.0, f64::NEG_INFINITY]];
        let mut out = Array2::<i16>::zeros(block.dim());
        assert_eq!(convert_into(&block, 0, None, &mut out), 3);
        assert_eq!(out, block.mapv(Sample::convert::<i16>));
        assert_eq!(quantize(&mut block, 0, 16, None).unwrap(), 3);
        assert_eq!(block, out.mapv(Sample::convert::<f64>));
        let mut integers = array![[5_i16, -6], [32_767, -32_768]];
        assert_eq!(quantize(&mut integers, 0, 14, None).unwrap(), 1);
        assert_eq!(integers, array![[4, -8], [32_764, -32_768]]); // 5/4 and -6/4 = -1.5, a tie
    }

    #[test]
    fn what_needs_no_rounding_gets_no_noise() {
        let integers = array![[1_i16, -1], [32_767, -32_768]];
        let mut wide = Array2::<i32>::zeros((2, 2));
        let mut floats = Array2::<f32>::zeros((2, 2));
        convert_into(&integers, 0, Some(Tpdf::new(1)), &mut wide);
        convert_into(&integers, 0, Some(Tpdf::new(1)), &mut floats);
        assert_eq!(wide, integers.mapv(Sample::convert::<i32>));
        assert_eq!(floats, integers.mapv(Sample::convert::<f32>));
    }

    #[test]
    fn bits_that_the_samples_cannot_hold_are_refused() {
        assert!(quantize(&mut Array2::<i16>::zeros((1, 1)), 0, 17, None).is_err());
        assert!(quantize(&mut Array2::<f32>::zeros((1, 1)), 0, 26, None).is_err());
        let error = quantize(&mut Array2::<f64>::zeros((1, 1)), 0, 1, None).unwrap_err();
        assert_eq!(error.to_string(), "f64 samples can be rounded to 2 to 32 bits, not to 1");
        assert_eq!(quantize(&mut Array2::<f64>::zeros((0, 2)), 0, 8, Some(Tpdf::new(0))).unwrap(), 0);
    }
}
