//! Frames × channels ⇄ channels × frames.

use ndarray::{Array2, ArrayRef2};

use super::copy::{deinterleave as deinterleave_slices, interleave as interleave_slices, part_frames};
use super::require_shape;
use crate::pcm::Sample;

/// Copies a block to planar layout, each channel contiguous.
///
/// `block.t()` is the same without a copy, for those who need not have each channel contiguous.
///
/// **Shape** channels × frames, standard layout.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// let planar = channels::deinterleave(&array![[1_i16, -1], [2, -2], [3, -3]]);
/// assert_eq!(planar, array![[1, 2, 3], [-1, -2, -3]]);
/// assert_eq!(planar.row(1).as_slice(), Some(&[-1, -2, -3][..]));
/// ```
#[must_use]
pub fn deinterleave<T: Sample>(block: &ArrayRef2<T>) -> Array2<T> {
    let mut planar = Array2::zeros((block.ncols(), block.nrows()));
    deinterleave_into(block, &mut planar);
    planar
}

/// Copies a block to planar layout, into the caller's array.
///
/// # Panics
/// Unless `planar` has the shape channels × frames.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut planar = Array2::zeros((2, 1));
/// channels::deinterleave_into(&array![[0.5_f64, -0.5]], &mut planar);
/// assert_eq!(planar, array![[0.5], [-0.5]]);
/// ```
#[track_caller]
pub fn deinterleave_into<T: Sample>(block: &ArrayRef2<T>, planar: &mut ArrayRef2<T>) {
    let (frames, channels) = block.dim();
    require_shape(planar, (channels, frames));
    let (Some(samples), Some(out)) = (block.as_slice(), planar.as_slice_mut()) else {
        planar.assign(&block.t());
        return;
    };
    if samples.is_empty() {
        return;
    }
    let part = part_frames::<T>(channels);
    let mut rest: Vec<&mut [T]> = out.chunks_exact_mut(frames).collect();
    for samples in samples.chunks(part * channels) {
        let len = samples.len() / channels;
        let mut heads: Vec<&mut [T]> =
            rest.iter_mut().map(|row| row.split_off_mut(..len).unwrap_or_default()).collect();
        deinterleave_slices(samples, &mut heads);
    }
}

/// Copies planar audio to frames × channels.
///
/// **Shape** frames × channels, standard layout.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// let block = channels::interleave(&array![[1_i16, 2, 3], [-1, -2, -3]]);
/// assert_eq!(block, array![[1, -1], [2, -2], [3, -3]]);
/// ```
#[must_use]
pub fn interleave<T: Sample>(planar: &ArrayRef2<T>) -> Array2<T> {
    let mut block = Array2::zeros((planar.ncols(), planar.nrows()));
    interleave_into(planar, &mut block);
    block
}

/// Copies planar audio to frames × channels, into the caller's array.
///
/// # Panics
/// Unless `block` has the shape frames × channels.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut block = Array2::zeros((1, 2));
/// channels::interleave_into(&array![[0.5_f64], [-0.5]], &mut block);
/// assert_eq!(block, array![[0.5, -0.5]]);
/// ```
#[track_caller]
pub fn interleave_into<T: Sample>(planar: &ArrayRef2<T>, block: &mut ArrayRef2<T>) {
    let (channels, frames) = planar.dim();
    require_shape(block, (frames, channels));
    let (Some(samples), Some(out)) = (planar.as_slice(), block.as_slice_mut()) else {
        block.assign(&planar.t());
        return;
    };
    if samples.is_empty() {
        return;
    }
    let rows: Vec<&[T]> = samples.chunks_exact(frames).collect();
    interleave_rows(&rows, out);
}

/// Copies a slice for each channel to interleaved frames, part by part.
pub(super) fn interleave_rows<T: Sample>(rows: &[&[T]], out: &mut [T]) {
    let channels = rows.len();
    let part = part_frames::<T>(channels);
    for (index, out) in out.chunks_mut(part * channels).enumerate() {
        let frames = index * part..index * part + out.len() / channels;
        let heads: Vec<&[T]> = rows.iter().map(|row| &row[frames.clone()]).collect();
        interleave_slices(&heads, out);
    }
}
