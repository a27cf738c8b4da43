//! Bytes as samples, without a copy.

use bytemuck::PodCastError;
use ndarray::{ArrayView2, ArrayViewMut2};

use super::Sample;
use crate::error::{Error, ErrorKind, Result};

/// Views bytes as frames × channels: `np.frombuffer(bytes, dtype).reshape(-1, channels)`.
///
/// The bytes are the samples' own, interleaved, in the byte order of this machine; nothing is copied or converted.
///
/// **Shape** `bytes.len() / (channels * size_of::<T>())` × `channels`.
///
/// # Errors
/// - [`ErrorKind::PartialFrame`](crate::ErrorKind::PartialFrame) if the bytes are not a whole number of frames
/// - [`ErrorKind::Misaligned`](crate::ErrorKind::Misaligned) if their address is not one that `T` may have
///
/// # Panics
/// Unless `channels >= 1`.
///
/// # Examples
/// ```
/// use ndarray::array;
///
/// let samples: [i16; 6] = [0, 1, -2, 3, i16::MAX, i16::MIN];
/// let bytes: &[u8] = bytemuck::cast_slice(&samples); // or a memory map, or what a socket gave
/// let frames = ndaudio::frombuffer::<i16>(bytes, 2)?;
/// assert_eq!(frames, array![[0, 1], [-2, 3], [i16::MAX, i16::MIN]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn frombuffer<T: Sample>(bytes: &[u8], channels: usize) -> Result<ArrayView2<'_, T>> {
    let frames = whole_frames::<T>(bytes, channels)?;
    let samples = bytemuck::try_cast_slice(bytes).map_err(|error| cast_error::<T>(error, bytes))?;
    Ok(view(samples, frames, channels))
}

/// Views bytes as frames × channels that can be changed in place; as [`frombuffer`] otherwise.
///
/// # Errors
/// - [`ErrorKind::PartialFrame`](crate::ErrorKind::PartialFrame) if the bytes are not a whole number of frames
/// - [`ErrorKind::Misaligned`](crate::ErrorKind::Misaligned) if their address is not one that `T` may have
///
/// # Panics
/// Unless `channels >= 1`.
///
/// # Examples
/// ```
/// let mut samples = [1_i16, 2, 3, 4];
/// let mut frames = ndaudio::frombuffer_mut::<i16>(bytemuck::cast_slice_mut(&mut samples), 2)?;
/// frames.column_mut(1).fill(0);
/// assert_eq!(samples, [1, 0, 3, 0]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn frombuffer_mut<T: Sample>(bytes: &mut [u8], channels: usize) -> Result<ArrayViewMut2<'_, T>> {
    let frames = whole_frames::<T>(bytes, channels)?;
    if let Err(error) = bytemuck::try_cast_slice::<u8, T>(bytes) {
        return Err(cast_error::<T>(error, bytes));
    }
    let samples = bytemuck::cast_slice_mut(bytes);
    Ok(view_mut(samples, frames, channels))
}

/// Interleaved samples as frames × channels.
pub(crate) fn view<T>(samples: &[T], frames: usize, channels: usize) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((frames, channels), samples).expect("as many samples as frames × channels")
}

/// Interleaved samples as frames × channels that can be changed.
pub(crate) fn view_mut<T>(samples: &mut [T], frames: usize, channels: usize) -> ArrayViewMut2<'_, T> {
    ArrayViewMut2::from_shape((frames, channels), samples).expect("as many samples as frames × channels")
}

fn whole_frames<T: Sample>(bytes: &[u8], channels: usize) -> Result<usize> {
    assert!(channels >= 1, "channels (0) must be at least 1");
    let frame_bytes = channels.saturating_mul(size_of::<T>());
    // Not even no frames have a shape that an array could have, if one of them is larger than memory.
    if bytes.len().is_multiple_of(frame_bytes) && isize::try_from(frame_bytes).is_ok() {
        Ok(bytes.len() / frame_bytes)
    } else {
        Err(Error::new(ErrorKind::PartialFrame { bytes: bytes.len(), frame_bytes }))
    }
}

fn cast_error<T: Sample>(error: PodCastError, bytes: &[u8]) -> Error {
    debug_assert_eq!(
        error,
        PodCastError::TargetAlignmentGreaterAndInputNotAligned,
        "whole samples were checked before"
    );
    let align = align_of::<T>();
    Error::new(ErrorKind::Misaligned { past: bytes.as_ptr().addr() % align, align })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_no_frames_of_any_number_of_channels() {
        let samples: [i16; 0] = [];
        let bytes = bytemuck::cast_slice(&samples);
        for channels in [1, usize::MAX / 4, usize::MAX / 2, usize::MAX / 2 + 1, usize::MAX] {
            match frombuffer::<i16>(bytes, channels) {
                Ok(view) => assert_eq!(view.dim(), (0, channels)),
                Err(error) => assert!(matches!(error.kind(), crate::ErrorKind::PartialFrame { .. }), "{error}"),
            }
        }
    }
}
