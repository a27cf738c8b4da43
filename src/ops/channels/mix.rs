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
    if out.is_empty() {
        return 0;
    }
    match channels {
        0 => {
            out.fill(T::from_f64_scale(-0.0));
            0
        }
        // The number of terms known, the loops unroll and vectorize.
        1 => mix_few::<T, 1>(samples, matrix, out),
        2 => mix_few::<T, 2>(samples, matrix, out),
        3 => mix_few::<T, 3>(samples, matrix, out),
        4 => mix_few::<T, 4>(samples, matrix, out),
        5 => mix_few::<T, 5>(samples, matrix, out),
        6 => mix_few::<T, 6>(samples, matrix, out),
        7 => mix_few::<T, 7>(samples, matrix, out),
        8 => mix_few::<T, 8>(samples, matrix, out),
        _ => mix_many(samples, channels, matrix, out),
    }
}

/// Two outputs at a time, whose sums read each frame once.
fn mix_few<T: Sample, const CHANNELS: usize>(samples: &[T], matrix: &ArrayRef2<f64>, out: &mut [T]) -> u64 {
    let outputs = matrix.nrows();
    let mut rows = [[0.0; CHANNELS]; 2];
    let mut clipped = 0;
    for (samples, out) in samples.chunks(FRAMES * CHANNELS).zip(out.chunks_mut(FRAMES * outputs)) {
        let frames = samples.as_chunks::<CHANNELS>().0;
        for first in (0..outputs).step_by(2) {
            let pair = 2.min(outputs - first);
            for (output, row) in rows.iter_mut().enumerate() {
                // Of an odd number of outputs the last is computed twice.
                let from = matrix.row(first + output.min(pair - 1));
                row.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
            let mut sums = [[0.0; FRAMES]; 2];
            add_frames(frames, &rows, &mut sums);
            clipped += match (pair, outputs) {
                (2, 2) => store_pair(&sums, out),
                _ => (0..pair).map(|output| store(&sums[output][..frames.len()], first + output, outputs, out)).sum(),
            };
        }
    }
    clipped
}

/// Sums up frames by two rows of coefficients, channel after channel.
fn add_frames<T: Sample, const CHANNELS: usize>(
    frames: &[[T; CHANNELS]],
    rows: &[[f64; CHANNELS]; 2],
    sums: &mut [[f64; FRAMES]; 2],
) {
    // A frame as long as a register of AVX-512 is taken apart faster in the shorter ones of AVX2.
    if size_of::<[T; CHANNELS]>() < 64 { add_short(frames, rows, sums) } else { add_long(frames, rows, sums) }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_short<T: Sample, const CHANNELS: usize>(
    frames: &[[T; CHANNELS]],
    rows: &[[f64; CHANNELS]; 2],
    sums: &mut [[f64; FRAMES]; 2],
) {
    add(frames, rows, sums);
}

#[multiversion(targets("x86_64+avx2"))]
fn add_long<T: Sample, const CHANNELS: usize>(
    frames: &[[T; CHANNELS]],
    rows: &[[f64; CHANNELS]; 2],
    sums: &mut [[f64; FRAMES]; 2],
) {
    add(frames, rows, sums);
}

#[inline(always)]
fn add<T: Sample, const CHANNELS: usize>(
    frames: &[[T; CHANNELS]],
    rows: &[[f64; CHANNELS]; 2],
    sums: &mut [[f64; FRAMES]; 2],
) {
    let [left, right] = sums;
    let sums = left.iter_mut().zip(right);
    if rows.as_flattened().iter().all(|&coefficient| coefficient != 0.0) {
        for (frame, (left, right)) in frames.iter().zip(sums) {
            // As `Iterator::sum` begins; of one term that is not −0.0 it changes nothing.
            (*left, *right) = (-0.0, -0.0);
            for channel in 0..CHANNELS {
                let value = frame[channel].to_f64_scale();
                *left += rows[0][channel] * value;
                *right += rows[1][channel] * value;
            }
        }
        return;
    }
    // A product with 0 is replaced by −0.0, which changes no sum, so that neither a NaN nor a sign gets through.
    let kept = rows.map(|row| row.map(|coefficient| if coefficient == 0.0 { 0 } else { u64::MAX }));
    let term = |coefficient: f64, value: f64, kept: u64| {
        f64::from_bits((coefficient * value).to_bits() & kept | (-0.0_f64).to_bits() & !kept)
    };
    for (frame, (left, right)) in frames.iter().zip(sums) {
        (*left, *right) = (-0.0, -0.0);
        for channel in 0..CHANNELS {
            let value = frame[channel].to_f64_scale();
            *left += term(rows[0][channel], value, kept[0][channel]);
            *right += term(rows[1][channel], value, kept[1][channel]);
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn store_pair<T: Sample>(sums: &[[f64; FRAMES]; 2], out: &mut [T]) -> u64 {
    let mut clipped = 0;
    for (frame, (left, right)) in out.as_chunks_mut::<2>().0.iter_mut().zip(sums[0].iter().zip(&sums[1])) {
        let (left, right) = (to_sample(*left, Rounding::HalfEven), to_sample(*right, Rounding::HalfEven));
        *frame = [left.0, right.0];
        clipped += u64::from(left.1) + u64::from(right.1);
    }
    clipped
}

/// Any number of channels, which are added to the sums of one output after the other.
fn mix_many<T: Sample>(samples: &[T], channels: usize, matrix: &ArrayRef2<f64>, out: &mut [T]) -> u64 {
    let outputs = matrix.nrows();
    let mut clipped = 0;
    for (samples, out) in samples.chunks(FRAMES * channels).zip(out.chunks_mut(FRAMES * outputs)) {
        let frames = samples.len() / channels;
        for (output, row) in matrix.rows().into_iter().enumerate() {
            // As `Iterator::sum` begins, so that an output that nothing is mixed into is −0.0 in floats.
            let sums = &mut [-0.0; FRAMES][..frames];
            for (channel, &coefficient) in row.iter().enumerate().filter(|(_, coefficient)| **coefficient != 0.0) {
                add_channel(samples, channels, channel, coefficient, sums);
            }
            clipped += store(sums, output, outputs, out);
        }
    }
    clipped
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_channel<T: Sample>(samples: &[T], channels: usize, channel: usize, coefficient: f64, sums: &mut [f64]) {
    for (sum, frame) in sums.iter_mut().zip(samples.chunks_exact(channels)) {
        *sum += coefficient * frame[channel].to_f64_scale();
    }
}

/// Rounds the sums of one output into its place in the frames.
fn store<T: Sample>(sums: &[f64], output: usize, outputs: usize, out: &mut [T]) -> u64 {
    match outputs {
        1 => store_channel::<T, 1>(sums, output, out),
        2 => store_channel::<T, 2>(sums, output, out),
        6 => store_channel::<T, 6>(sums, output, out),
        _ => store_any(sums, output, outputs, out),
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
