//! Frame by frame over any layout.

use ndarray::ArrayRef2;

use crate::pcm::Sample;

/// Calls `visit` with each frame, in order.
///
/// Frames that lie apart in memory are copied one by one into one buffer; those of a reader's blocks lie together.
#[inline(always)]
pub(crate) fn each_frame<T: Sample>(block: &ArrayRef2<T>, mut visit: impl FnMut(&[T])) {
    let channels = block.ncols();
    match block.as_slice() {
        Some(samples) if channels > 0 => samples.chunks_exact(channels).for_each(visit),
        _ => {
            let mut frame = vec![T::zero(); channels];
            for row in block.rows() {
                frame.iter_mut().zip(row).for_each(|(to, &from)| *to = from);
                visit(&frame);
            }
        }
    }
}
