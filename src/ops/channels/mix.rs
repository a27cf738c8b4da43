//! Sums over channels, frame by frame.

use ndarray::{Array2, ArrayRef2, ArrayView1};

use super::require_shape;
use crate::pcm::{Rounding, Sample, to_sample};

/// Averages all channels of each frame into one.
///
/// Integers are summed exactly and the mean is rounded once, half to even: (1, 2) becomes 2 and (−1, −2) becomes −2, as in ffmpeg,
/// where sox gives 2 and −1, pydub 1 and −2. Floats are summed in `f64`, channel after channel; NaN makes NaN. A block without
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
pub fn downmix_into<T: Sample>(block: &ArrayRef2<T>, out: &mut ArrayRef2<T>) {
    require_shape(out, (block.nrows(), 1));
    let channels = block.ncols();
    if channels == 0 {
        out.fill(T::zero());
        return;
    }
    match (block.as_slice(), out.as_slice_mut()) {
        (Some(samples), Some(out)) => match channels {
            // The number of terms known, the loops unroll and vectorize.
            1 => out.copy_from_slice(samples),
            2 => means::<T, 2>(samples, out),
            4 => means::<T, 4>(samples, out),
            6 => means::<T, 6>(samples, out),
            8 => means::<T, 8>(samples, out),
            _ => {
                for (out, frame) in out.iter_mut().zip(samples.chunks_exact(channels)) {
                    *out = mean(frame.iter().copied(), channels);
                }
            }
        },
        _ => {
            for (out, frame) in out.iter_mut().zip(block.rows()) {
                *out = mean(frame.iter().copied(), channels);
            }
        }
    }
}

fn means<T: Sample, const CHANNELS: usize>(samples: &[T], out: &mut [T]) {
    let (frames, _) = samples.as_chunks::<CHANNELS>();
    for (out, frame) in out.iter_mut().zip(frames) {
        *out = mean(frame.iter().copied(), CHANNELS);
    }
}

/// The mean of one frame.
///
/// Of integers, 65,536 of 32 bits sum up exactly in the 53 bits of a double, at any power of two for full scale. The quotient is
/// either a tie exactly, or 1/(2·channels) ≥ 2^−17 away from one, far more than the 2^−22 by which the division may round it: so the
/// second rounding, to an integer, never meets a tie that is not one.
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "there are not 2^53 channels")]
fn mean<T: Sample>(frame: impl Iterator<Item = T>, channels: usize) -> T {
    if channels == 1 {
        // Not through arithmetic, which could quieten a NaN.
        return frame.last().unwrap_or_default();
    }
    T::from_f64_scale(frame.map(T::to_f64_scale).sum::<f64>() / channels as f64)
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
pub fn mix_into<T: Sample>(block: &ArrayRef2<T>, matrix: &ArrayRef2<f64>, out: &mut ArrayRef2<T>) -> u64 {
    let channels = block.ncols();
    assert!(
        matrix.ncols() == channels,
        "matrix must have a column for each of {channels} channels, but has {}",
        matrix.ncols()
    );
    assert!(matrix.iter().all(|coefficient| coefficient.is_finite()), "all coefficients of matrix must be finite");
    require_shape(out, (block.nrows(), matrix.nrows()));
    let mut clipped = 0;
    for (frame, mut mixed) in block.rows().into_iter().zip(out.rows_mut()) {
        for (sample, row) in mixed.iter_mut().zip(matrix.rows()) {
            let (value, saturated) = to_sample(dot(row, frame), Rounding::HalfEven);
            *sample = value;
            clipped += u64::from(saturated);
        }
    }
    clipped
}

#[inline(always)]
fn dot<T: Sample>(row: ArrayView1<'_, f64>, frame: ArrayView1<'_, T>) -> f64 {
    let used = row.iter().zip(frame).filter(|(coefficient, _)| **coefficient != 0.0);
    used.map(|(coefficient, sample)| coefficient * sample.to_f64_scale()).sum()
}
