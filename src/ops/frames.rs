//! Frame by frame over any layout.

use ndarray::{ArrayRef2, ArrayViewMut2, Axis};

use crate::pcm::Sample;

/// Bytes that are copied at a time where frames do not lie together: half of a first-level cache.
const TILE_BYTES: usize = 16 << 10;

/// Calls `change` with the frames of a block, interleaved, as many at a time as `most` samples hold but at least one; and with
/// the number of the first of them within the block. Adds up what it returns.
///
/// Frames that lie apart in memory are copied to a tile and back. Any division has to give the same result.
pub(crate) fn change_parts<T: Sample>(
    block: &mut ArrayRef2<T>,
    most: usize,
    mut change: impl FnMut(&mut [T], usize) -> u64,
) -> u64 {
    let (frames, channels) = block.dim();
    if frames == 0 || channels == 0 {
        return 0;
    }
    let part = (most / channels).max(1);
    if let Some(samples) = block.as_slice_mut() {
        let parts = samples.chunks_mut(part * channels).enumerate();
        return parts.map(|(index, samples)| change(samples, index * part)).sum();
    }
    let mut tile = [0_u64; TILE_BYTES / 8];
    let tile: &mut [T] = bytemuck::cast_slice_mut(&mut tile);
    let mut wide = Vec::new();
    let tile = if channels <= tile.len() {
        tile
    } else {
        wide.resize(channels, T::zero());
        &mut wide
    };
    let part = part.min(tile.len() / channels).max(1);
    let mut total = 0;
    for (index, mut rows) in block.axis_chunks_iter_mut(Axis(0), part).enumerate() {
        let tile = &mut tile[..rows.len()];
        copy_interleaved(&rows, tile);
        total += change(tile, index * part);
        let Ok(tile) = ArrayViewMut2::from_shape(rows.dim(), tile) else { unreachable!("as long as the rows") };
        rows.columns_mut().into_iter().zip(tile.columns()).for_each(|(mut to, from)| to.assign(&from));
    }
    total
}

/// Calls `visit` with the frames of a block, interleaved, at most so many samples at a time but at least one frame.
///
/// Frames that lie apart in memory are copied to a buffer.
pub(crate) fn each_part<T: Sample>(block: &ArrayRef2<T>, most: usize, mut visit: impl FnMut(&[T])) {
    let (frames, channels) = block.dim();
    if frames == 0 || channels == 0 {
        return;
    }
    let part = (most / channels).max(1);
    if let Some(samples) = block.as_slice() {
        return samples.chunks(part * channels).for_each(visit);
    }
    let mut buffer = vec![T::zero(); part.min(frames) * channels];
    for rows in block.axis_chunks_iter(Axis(0), part) {
        let buffer = &mut buffer[..rows.len()];
        copy_interleaved(&rows, buffer);
        visit(buffer);
    }
}

/// Copies a block of any strides to a slice, frame after frame.
///
/// # Panics
/// Unless the slice has the samples of the block.
#[track_caller]
pub(crate) fn copy_interleaved<T: Sample>(block: &ArrayRef2<T>, out: &mut [T]) {
    let channels = block.ncols();
    assert_eq!(out.len(), block.len(), "room for each sample");
    if channels == 0 {
        return;
    }
    if block.strides()[1] == 1 {
        for (out, row) in out.chunks_exact_mut(channels).zip(block.rows()) {
            match row.as_slice() {
                Some(row) => out.copy_from_slice(row),
                None => out.iter_mut().zip(row).for_each(|(out, &sample)| *out = sample),
            }
        }
        return;
    }
    if let Ok(mut out) = ArrayViewMut2::from_shape(block.dim(), out) {
        out.columns_mut().into_iter().zip(block.columns()).for_each(|(mut to, from)| to.assign(&from));
    }
}
