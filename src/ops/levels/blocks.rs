//! Any window as interleaved blocks of at most [`GROUP`] channels, which is what the kernels take.

use std::ops::Range;

use ndarray::{ArrayRef2, Axis, s};

use super::kernel::{GROUP, lanes_of};
use crate::ops::frames::copy_interleaved;
use crate::pcm::Sample;

/// Bytes of one block, that several passes over it find in the first-level cache.
const BLOCK_BYTES: usize = 32 * 1024;

/// The channels in groups of at most [`GROUP`].
pub(super) fn groups(channels: usize) -> impl Iterator<Item = Range<usize>> {
    (0..channels).step_by(GROUP).map(move |first| first..channels.min(first + GROUP))
}

/// Frames of a block: as many as fit, in whole rows of lanes, so that a block ends where a row of lanes does.
fn block_frames<T>(channels: usize) -> usize {
    let lanes = lanes_of(channels);
    BLOCK_BYTES / size_of::<T>() / lanes * (lanes / channels)
}

/// Lends the samples of a group of channels, interleaved, block by block.
///
/// The blocks end at the same frames whatever the strides of the window, so that sums of floats do not depend on them.
pub(super) fn each_block<T: Sample>(window: &ArrayRef2<T>, group: Range<usize>, mut lend: impl FnMut(&[T])) {
    let frames = block_frames::<T>(group.len());
    if group.len() == window.ncols()
        && let Some(samples) = window.as_slice()
    {
        samples.chunks(frames * group.len()).for_each(lend);
        return;
    }
    let mut tile = [0_u64; BLOCK_BYTES / 8];
    let tile: &mut [T] = bytemuck::cast_slice_mut(&mut tile);
    for block in window.slice(s![.., group]).axis_chunks_iter(Axis(0), frames) {
        let tile = &mut tile[..block.len()];
        copy_interleaved(&block, tile);
        lend(tile);
    }
}
