//! Channels: select, reorder, mix down, mix by a matrix, split, join, and turn between interleaved and planar.
//!
//! Each has a form that allocates its result and an `_into` form that writes to the caller's array and allocates nothing. Inputs and
//! outputs may be views of any strides. Integers are mixed exactly or in `f64`, rounded once, half to even, and saturated.

mod copy;
mod mix;
mod planar;

pub use mix::{downmix, downmix_into, mix, mix_into};
pub use planar::{deinterleave, deinterleave_into, interleave, interleave_into};

use ndarray::{Array2, ArrayRef2, ArrayView2, Axis, s};

use crate::error::{Error, Result};
use crate::pcm::Sample;

/// Copies the channels named, in the order named; a channel may be named more than once.
///
/// So this selects, reorders, swaps and duplicates. A single range of channels needs no copy: `block.slice(s![.., 2..4])` is a view.
///
/// **Shape** frames × `channels.len()`.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a channel that the block does not have; they count from 0.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// let block = array![[1_i16, 2, 3], [4, 5, 6]];
/// assert_eq!(channels::select(&block, &[2, 0, 0])?, array![[3, 1, 1], [6, 4, 4]]);
/// assert_eq!(
///     channels::select(&block, &[3]).unwrap_err().to_string(),
///     "channel 3 does not exist: the audio has 3 channels, numbered from 0"
/// );
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn select<T: Sample>(block: &ArrayRef2<T>, channels: &[usize]) -> Result<Array2<T>> {
    let mut out = Array2::zeros((block.nrows(), channels.len()));
    select_into(block, channels, &mut out)?;
    Ok(out)
}

/// Copies the channels named, in the order named, into the caller's array.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a channel that the block does not have; `out` is then as it was.
///
/// # Panics
/// Unless `out` has the shape frames × `channels.len()`.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut swapped = Array2::zeros((1, 2));
/// channels::select_into(&array![[0.25_f32, -0.5]], &[1, 0], &mut swapped)?;
/// assert_eq!(swapped, array![[-0.5, 0.25]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn select_into<T: Sample>(block: &ArrayRef2<T>, channels: &[usize], out: &mut ArrayRef2<T>) -> Result<()> {
    require_shape(out, (block.nrows(), channels.len()));
    let count = block.ncols();
    if let Some(channel) = channels.iter().find(|&&channel| channel >= count) {
        let message = match count {
            1 => format!("channel {channel} does not exist: the audio has 1 channel, number 0"),
            _ => format!("channel {channel} does not exist: the audio has {count} channels, numbered from 0"),
        };
        return Err(Error::invalid("channel", message));
    }
    if let (Some(samples), Some(out)) = (block.as_slice(), out.as_slice_mut()) {
        if samples.is_empty() || channels.is_empty() {
            return Ok(());
        }
        // Part by part, so that memory is passed once however many channels there are.
        let part = copy::part_frames::<T>(count);
        for (samples, out) in samples.chunks(part * count).zip(out.chunks_mut(part * channels.len())) {
            for (index, &channel) in channels.iter().enumerate() {
                copy::copy_channel(samples, (count, channel), out, (channels.len(), index));
            }
        }
        return Ok(());
    }
    for (from, mut to) in block.rows().into_iter().zip(out.rows_mut()) {
        for (sample, &channel) in to.iter_mut().zip(channels) {
            *sample = from[channel];
        }
    }
    Ok(())
}

/// Views each channel by itself, frames × 1, ready to be written to a mono file each; copies nothing.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// let stereo = array![[1_i16, -1], [2, -2]];
/// let mono: Vec<_> = channels::split(&stereo).collect();
/// assert_eq!(mono, [array![[1], [2]], array![[-1], [-2]]]);
/// ```
pub fn split<T: Sample>(block: &ArrayRef2<T>) -> impl ExactSizeIterator<Item = ArrayView2<'_, T>> {
    block.axis_chunks_iter(Axis(1), 1)
}

/// Puts blocks of as many frames beside each other: mono ones make a block of as many channels.
///
/// **Shape** frames × the sum of all channels.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless all parts have the same number of frames and there is at least one part.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::array;
///
/// let (left, right) = (array![[1_i16], [2]], array![[-1], [-2]]);
/// assert_eq!(channels::join(&[left.view(), right.view()])?, array![[1, -1], [2, -2]]);
/// assert_eq!(
///     channels::join(&[left.view(), array![[7]].view()]).unwrap_err().to_string(),
///     "part 1 has 1 frames and part 0 has 2: pad or cut them to one length"
/// );
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn join<T: Sample>(parts: &[ArrayView2<'_, T>]) -> Result<Array2<T>> {
    let frames = parts.first().map_or(0, |part| part.nrows());
    let mut out = Array2::zeros((frames, parts.iter().map(|part| part.ncols()).sum()));
    join_into(parts, &mut out)?;
    Ok(out)
}

/// Puts blocks of as many frames beside each other, into the caller's array.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless all parts have the same number of frames and there is at least one part; `out` is then as it was.
///
/// # Panics
/// Unless `out` has the shape frames × the sum of all channels.
///
/// # Examples
/// ```
/// use ndaudio::channels;
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut out = Array2::zeros((1, 3));
/// channels::join_into(&[array![[1_i16, 2]].view(), array![[3]].view()], &mut out)?;
/// assert_eq!(out, array![[1, 2, 3]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn join_into<T: Sample>(parts: &[ArrayView2<'_, T>], out: &mut ArrayRef2<T>) -> Result<()> {
    let Some(first) = parts.first() else {
        return Err(Error::invalid("parts", "there are no parts to join"));
    };
    if let Some((index, part)) = parts.iter().enumerate().find(|(_, part)| part.nrows() != first.nrows()) {
        let message = format!(
            "part {index} has {} frames and part 0 has {}: pad or cut them to one length",
            part.nrows(),
            first.nrows()
        );
        return Err(Error::invalid("parts", message));
    }
    require_shape(out, (first.nrows(), parts.iter().map(|part| part.ncols()).sum()));
    let columns: Option<Vec<&[T]>> =
        parts.iter().flat_map(|part| part.columns()).map(|column| column.to_slice()).collect();
    if let (Some(columns), Some(out)) = (columns, out.as_slice_mut()) {
        if !out.is_empty() {
            planar::interleave_rows(&columns, out);
        }
        return Ok(());
    }
    // Views of interleaved audio most likely, of which a part of each is in the cache for the next one.
    let frames = copy::part_frames::<T>(out.ncols().max(1));
    for (index, mut out) in out.axis_chunks_iter_mut(Axis(0), frames).enumerate() {
        let rows = index * frames..index * frames + out.nrows();
        let channels = parts.iter().flat_map(|part| part.columns());
        for (channel, mut column) in channels.zip(out.columns_mut()) {
            column.assign(&channel.slice(s![rows.clone()]));
        }
    }
    Ok(())
}
/// Panics as documented by every `_into` form.
fn require_shape<T>(out: &ArrayRef2<T>, shape: (usize, usize)) {
    assert!(out.dim() == shape, "the shape of out ({:?}) must be {shape:?}", out.dim());
}

#[cfg(test)]
mod tests;
