//! Sums over channels, frame by frame.

use multiversion::multiversion;
use ndarray::{Array2, ArrayRef2, Axis};

use super::require_shape;
use crate::ops::frames::copy_interleaved;
use crate::pcm::{Rounding, Sample, to_sample};

/// Averages all channels of each frame into one.
///
/// Integers are summed exactly and the mean is rounded once, half to even: (1, 2) becomes 2 and (−1, −2) becomes −2.
/// ffmpeg 5.1 (`-ac 1`) and sox 14.4 (`remix -`) give 2 and −1, pydub gives 1 and −2. Floats are summed in `f64`, channel after channel; NaN makes NaN. A block without
/// channels becomes silence.
///
/// **Shape** frames × 1.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// let stereo = array![[1_i16, 2], [-1, -2], [32_767, 32_767]];
/// assert_eq!(channels::downmix(&stereo), array![[2], [-2], [32_767]]);
/// ```
#[must_use]
pub fn downmix<T: Sample>(block: &ArrayRef2<T>) -> Array2<T> {
    let mut out = Array2::zeros((block.nrows(), 1));
    downmix_into(block, &mut out);
    out
}

/// Averages all channels of each frame into the caller's array, as [`downmix`].
///
/// # Panics
/// Unless `out` has the shape frames × 1.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut mono = Array2::zeros((1, 1));
/// channels::downmix_into(&array![[0.5_f32, 0.25, 0.0]], &mut mono);
/// assert_eq!(mono, array![[0.25]]);
/// ```
#[track_caller]
pub fn downmix_into<T: Sample>(block: &ArrayRef2<T>, out: &mut ArrayRef2<T>) {
    require_shape(out, (block.nrows(), 1));
    let channels = block.ncols();
    if channels == 0 {
        out.fill(T::zero());
        return;
    }
    match (block.as_slice(), out.as_slice_mut()) {
        (Some(samples), Some(out)) => average(samples, channels, out),
        _ => {
            for (out, frame) in out.iter_mut().zip(block.rows()) {
                *out = mean(frame.iter().copied(), channels);
            }
        }
    }
}

/// Averages interleaved frames of at least one channel.
///
/// # Panics
/// Unless there are as many frames as there is room for.
#[track_caller]
pub(crate) fn average<T: Sample>(samples: &[T], channels: usize, out: &mut [T]) {
    assert_eq!(samples.len(), out.len() * channels, "a sample for each frame");
    match channels {
        1 => out.copy_from_slice(samples),
        // The number of terms known, the loops unroll and vectorize.
        2 => means::<T, 2>(samples, out),
        3 => means::<T, 3>(samples, out),
        4 => means::<T, 4>(samples, out),
        5 => means::<T, 5>(samples, out),
        6 => means::<T, 6>(samples, out),
        7 => means::<T, 7>(samples, out),
        8 => means::<T, 8>(samples, out),
        _ => means_of_many(samples, channels, out),
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn means<T: Sample, const CHANNELS: usize>(samples: &[T], out: &mut [T]) {
    for (out, frame) in out.iter_mut().zip(samples.as_chunks::<CHANNELS>().0) {
        let mut sum = frame[0].to_f64_scale();
        for sample in &frame[1..] {
            sum += sample.to_f64_scale();
        }
        *out = T::from_f64_scale(sum / CHANNELS as f64);
    }
}

/// Frames whose sums are kept at a time.
const FRAMES: usize = 64;

/// Channel after channel over some frames, so that the additions of one frame do not wait for each other.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_precision_loss, reason = "there are not 2^53 channels")]
fn means_of_many<T: Sample>(samples: &[T], channels: usize, out: &mut [T]) {
    for (samples, out) in samples.chunks(FRAMES * channels).zip(out.chunks_mut(FRAMES)) {
        let mut sums = [0.0; FRAMES];
        for channel in 0..channels {
            for (sum, frame) in sums.iter_mut().zip(samples.chunks_exact(channels)) {
                let sample = frame[channel].to_f64_scale();
                *sum = if channel == 0 { sample } else { *sum + sample };
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = T::from_f64_scale(sum / channels as f64);
        }
    }
}

/// The mean of one frame.
///
/// Of integers, 65,536 of 32 bits sum up exactly in the 53 bits of a double, at any power of two for full scale. The quotient is
/// either a tie exactly, or 1/(2·channels) ≥ 2^−17 away from one, far more than the 2^−22 by which the division may round it: so the
/// second rounding, to an integer, never meets a tie that is not one.
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "there are not 2^53 channels")]
fn mean<T: Sample>(mut frame: impl Iterator<Item = T>, channels: usize) -> T {
    let first = frame.next().unwrap_or_default();
    if channels == 1 {
        // Not through arithmetic, which could quieten a NaN.
        return first;
    }
    T::from_f64_scale(frame.fold(first.to_f64_scale(), |sum, sample| sum + sample.to_f64_scale()) / channels as f64)
}

/// Mixes channels by a matrix; returns the mix and how many of its samples saturated.
///
/// Channel `o` of the result is the sum over all channels `i` of `matrix[[o, i]]` × channel `i`, computed in `f64` in the order of
/// the channels and rounded once, half to even. A coefficient of 0 leaves a channel out, NaN and all.
///
/// **Shape** frames × rows of `matrix`.
///
/// # Panics
/// Unless `matrix` has a column for each channel and all its coefficients are finite.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// // Mid and side of left and right.
/// let matrix = array![[0.5, 0.5], [0.5, -0.5]];
/// let (mid_side, clipped) = channels::mix(&array![[100_i16, 50], [-32_768, 32_767]], &matrix);
/// assert_eq!(mid_side, array![[75, 25], [0, -32_768]]); // −0.5 and −32767.5: ties go to the even integer
/// assert_eq!(clipped, 0);
/// ```
#[must_use]
#[track_caller]
pub fn mix<T: Sample>(block: &ArrayRef2<T>, matrix: &ArrayRef2<f64>) -> (Array2<T>, u64) {
    let mut out = Array2::zeros((block.nrows(), matrix.nrows()));
    let clipped = mix_into(block, matrix, &mut out);
    (out, clipped)
}

/// Mixes channels by a matrix into the caller's array, as [`mix`]; returns how many samples saturated.
///
/// # Panics
/// Unless `matrix` has a column for each channel, all its coefficients are finite, and `out` has the shape frames × rows of `matrix`.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut loud = Array2::zeros((1, 1));
/// let clipped = channels::mix_into(&array![[20_000_i16, 20_000]], &array![[1.0, 1.0]], &mut loud);
/// assert_eq!((loud, clipped), (array![[32_767]], 1));
/// ```
#[track_caller]
pub fn mix_into<T: Sample>(block: &ArrayRef2<T>, matrix: &ArrayRef2<f64>, out: &mut ArrayRef2<T>) -> u64 {
    let channels = block.ncols();
    assert!(
        matrix.ncols() == channels,
        "matrix must have a column for each of {channels} channels, but has {}",
        matrix.ncols()
    );
    assert!(matrix.iter().all(|coefficient| coefficient.is_finite()), "all coefficients of matrix must be finite");
    require_shape(out, (block.nrows(), matrix.nrows()));
    let outputs = matrix.nrows();
    if let (Some(samples), Some(out)) = (block.as_slice(), out.as_slice_mut()) {
        return mix_slices(samples, channels, matrix, out);
    }
    // Frames that lie apart are copied, some at a time, and mixed from there.
    let part = (TILE / channels.max(outputs).max(1)).max(1);
    let (mut frames, mut mixed) = (vec![T::zero(); part * channels], vec![T::zero(); part * outputs]);
    let mut clipped = 0;
    for (block, mut out) in block.axis_chunks_iter(Axis(0), part).zip(out.axis_chunks_iter_mut(Axis(0), part)) {
        let (frames, mixed) = (&mut frames[..block.len()], &mut mixed[..out.len()]);
        copy_interleaved(&block, frames);
        clipped += mix_slices(frames, channels, matrix, mixed);
        out.iter_mut().zip(mixed).for_each(|(out, mixed)| *out = *mixed);
    }
    clipped
}

/// Samples that are copied at a time.
const TILE: usize = 2_048;

/// Mixes interleaved frames: for some frames at a time the sum of each output, over all channels.
fn mix_slices<T: Sample>(samples: &[T], channels: usize, matrix: &ArrayRef2<f64>, out: &mut [T]) -> u64 {
    let outputs = matrix.nrows();
    if out.is_empty() {
        return 0;
    }
    if channels == 0 {
        out.fill(T::from_f64_scale(-0.0));
        return 0;
    }
    let mut clipped = 0;
    let mut planar = [[0.0; FRAMES]; FEW];
    for (samples, out) in samples.chunks(FRAMES * channels).zip(out.chunks_mut(FRAMES * outputs)) {
        let frames = samples.len() / channels;
        // Every output reads them, so few channels are picked out of the frames once.
        let few = channels <= FEW && outputs > 1;
        if few {
            for (channel, values) in planar[..channels].iter_mut().enumerate() {
                pick_channel(samples, (channels, channel), &mut values[..frames]);
            }
        }
        for (output, row) in matrix.rows().into_iter().enumerate() {
            // As `Iterator::sum` begins, so that an output that nothing is mixed into is −0.0 in floats.
            let sums = &mut [-0.0; FRAMES][..frames];
            for (channel, &coefficient) in row.iter().enumerate().filter(|(_, coefficient)| **coefficient != 0.0) {
                if few {
                    add_values(&planar[channel][..frames], coefficient, sums);
                } else {
                    add_channel(samples, (channels, channel), coefficient, sums);
                }
            }
            clipped += match outputs {
                1 => store_channel::<T, 1>(sums, output, out),
                2 => store_channel::<T, 2>(sums, output, out),
                6 => store_channel::<T, 6>(sums, output, out),
                _ => store_any(sums, output, outputs, out),
            };
        }
    }
    clipped
}

/// Channels that are picked out of the frames before they are mixed.
const FEW: usize = 8;

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn pick_channel<T: Sample>(samples: &[T], (channels, channel): (usize, usize), values: &mut [f64]) {
    #[inline(always)]
    fn pick<T: Sample, const CHANNELS: usize>(samples: &[T], channel: usize, values: &mut [f64]) {
        assert!(channel < CHANNELS, "a channel that there is");
        for (value, frame) in values.iter_mut().zip(samples.as_chunks::<CHANNELS>().0) {
            *value = frame[channel].to_f64_scale();
        }
    }
    match channels {
        1 => pick::<T, 1>(samples, channel, values),
        2 => pick::<T, 2>(samples, channel, values),
        4 => pick::<T, 4>(samples, channel, values),
        6 => pick::<T, 6>(samples, channel, values),
        8 => pick::<T, 8>(samples, channel, values),
        _ => {
            for (value, frame) in values.iter_mut().zip(samples.chunks_exact(channels)) {
                *value = frame[channel].to_f64_scale();
            }
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_values(values: &[f64], coefficient: f64, sums: &mut [f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += coefficient * value);
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_channel<T: Sample>(samples: &[T], (channels, channel): (usize, usize), coefficient: f64, sums: &mut [f64]) {
    #[inline(always)]
    fn add<T: Sample, const CHANNELS: usize>(samples: &[T], channel: usize, coefficient: f64, sums: &mut [f64]) {
        assert!(channel < CHANNELS, "a channel that there is");
        for (sum, frame) in sums.iter_mut().zip(samples.as_chunks::<CHANNELS>().0) {
            *sum += coefficient * frame[channel].to_f64_scale();
        }
    }
    match channels {
        1 => add::<T, 1>(samples, channel, coefficient, sums),
        2 => add::<T, 2>(samples, channel, coefficient, sums),
        6 => add::<T, 6>(samples, channel, coefficient, sums),
        8 => add::<T, 8>(samples, channel, coefficient, sums),
        _ => {
            for (sum, frame) in sums.iter_mut().zip(samples.chunks_exact(channels)) {
                *sum += coefficient * frame[channel].to_f64_scale();
            }
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn store_channel<T: Sample, const OUTPUTS: usize>(sums: &[f64], output: usize, out: &mut [T]) -> u64 {
    assert!(output < OUTPUTS, "an output that there is");
    let mut clipped = 0;
    for (frame, sum) in out.as_chunks_mut::<OUTPUTS>().0.iter_mut().zip(sums) {
        let (value, saturated) = to_sample(*sum, Rounding::HalfEven);
        frame[output] = value;
        clipped += u64::from(saturated);
    }
    clipped
}

fn store_any<T: Sample>(sums: &[f64], output: usize, outputs: usize, out: &mut [T]) -> u64 {
    let mut rounded = [T::zero(); FRAMES];
    let clipped = store_channel::<T, 1>(sums, 0, &mut rounded[..sums.len()]);
    out.chunks_exact_mut(outputs).zip(rounded).for_each(|(frame, value)| frame[output] = value);
    clipped
}
