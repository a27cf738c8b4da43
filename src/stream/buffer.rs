//! Buffers that grow with what is read, not with what a header claims.

use ndarray::Array2;

use super::source::{Source, check_count};
use crate::error::{Error, ErrorKind, Result};
use crate::pcm::Sample;

/// Samples that a buffer begins with; it doubles from there as audio arrives.
const FIRST_SAMPLES: usize = 64 << 10;

/// Reads up to `frames` frames after the first `kept` samples of `buffer`; fewer only at the end.
pub(crate) fn read_growing<S: Source, T: Sample>(
    source: &mut S,
    buffer: &mut Vec<T>,
    kept: usize,
    frames: usize,
) -> Result<usize> {
    let channels = source.spec().channels();
    let mut read = 0;
    while read < frames {
        let begin = kept + read * channels;
        let mut room = (buffer.len() - begin) / channels;
        if room == 0 {
            room = (frames - read).min(read.max(FIRST_SAMPLES / channels).max(1));
            grow(buffer, begin + room * channels)?;
        }
        let wanted = room.min(frames - read);
        let count = source.read_interleaved(&mut buffer[begin..begin + wanted * channels])?;
        check_count(count, wanted);
        read += count;
        if count < wanted {
            break;
        }
    }
    Ok(read)
}

/// Lengthens the buffer with zeros, if memory suffices.
pub(crate) fn grow<T: Sample>(buffer: &mut Vec<T>, len: usize) -> Result<()> {
    if buffer.is_empty() {
        // Zeros from the allocator: the part that is never filled is never touched.
        *buffer = zeroed(len)?;
        return Ok(());
    }
    let more = len.saturating_sub(buffer.len());
    buffer.try_reserve_exact(more).map_err(|_| too_large::<T>(len))?;
    buffer.resize(len.max(buffer.len()), T::zero());
    Ok(())
}

/// `len` zeros, which cost nothing until they are touched, if memory suffices.
pub(crate) fn zeroed<T: Sample>(len: usize) -> Result<Vec<T>> {
    bytemuck::allocation::try_zeroed_vec(len).map_err(|()| too_large::<T>(len))
}

fn too_large<T: Sample>(len: usize) -> Error {
    let bytes = (len as u64).saturating_mul(size_of::<T>() as u64);
    Error::new(ErrorKind::TooLarge { what: "a buffer for samples", bytes, limit: isize::MAX.unsigned_abs() as u64 })
}

/// The first `frames` frames of a buffer as an array, without a copy.
pub(crate) fn to_array<T: Sample>(mut samples: Vec<T>, frames: usize, channels: usize) -> Array2<T> {
    samples.truncate(frames * channels);
    // Doubling leaves up to as much unused again.
    samples.shrink_to_fit();
    Array2::from_shape_vec((frames, channels), samples).expect("truncated to frames × channels samples")
}
