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

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Lengths of the blocks of a window, and whether each is lent where it lies.
    fn blocks<T: Sample>(window: &ArrayRef2<T>) -> Vec<(usize, bool)> {
        let within = window.as_slice().unwrap_or_default().as_ptr_range();
        let mut blocks = Vec::new();
        each_block(window, 0..window.ncols(), |block| blocks.push((block.len(), within.contains(&block.as_ptr()))));
        blocks
    }

    fn check<T: Sample>(channels: usize) {
        let window = Array2::<T>::zeros((60_000 / channels, channels));
        let lent = blocks(&window);
        assert!(lent.iter().all(|(_, in_place)| *in_place), "{channels} channels are not copied");
        let (last, others) = lent.split_last().unwrap();
        let len = others[0].0;
        assert!(others.iter().all(|(other, _)| *other == len) && last.0 <= len, "{channels} channels");
        assert_eq!((len * others.len() + last.0, len % channels), (window.len(), 0));
        let bytes = len * size_of::<T>();
        assert!(
            (16 << 10..=32 << 10).contains(&bytes),
            "{bytes} bytes of {channels} channels fit the first-level cache"
        );
        let frames_of_lanes = lanes_of(channels) / channels;
        assert_eq!(len / channels % frames_of_lanes, 0, "whole rows of lanes of {channels} channels");
        // The same blocks, copied.
        let copied: Vec<_> = lent.iter().map(|(len, _)| (*len, false)).collect();
        assert_eq!(blocks(&Array2::<T>::zeros((channels, window.nrows())).reversed_axes()), copied);
    }

    #[test]
    fn blocks_fit_the_cache_and_end_at_the_same_frames_in_any_layout() {
        for channels in 2..=GROUP {
            check::<i16>(channels);
            check::<i32>(channels);
            check::<f64>(channels);
        }
    }
}
