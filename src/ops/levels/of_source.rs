//! Levels of whole recordings.

use super::Levels;
use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::SampleType;
use crate::stream::{Blocks, Source};

/// Bytes of samples that are measured at a time: enough to make a read worth its call, few enough to stay in the cache.
const BLOCK_BYTES: usize = 256 << 10;

/// Measures everything that is left of a source, in its own precision and constant memory.
///
/// Integers are measured as integers, so the result is exact; see [`Levels`].
///
/// **Unit** full scale is 1.0. **Memory** 256 KiB.
///
/// # Errors
/// Whatever reading can meet.
///
/// # Examples
/// ```
/// use ndaudio::{WavReader, db, levels};
///
/// let total = levels::of_source(&mut WavReader::open("data/music.wav")?)?;
/// assert_eq!(total.frames(), 441_000);
/// assert_eq!(format!("{:.2}", db::from_amplitude(total.overall().peak())), "-3.00");
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn of_source<S: Source>(source: &mut S) -> Result<Levels> {
    of_frames(source, u64::MAX)
}

/// As [`of_source`], of the next `frames` frames at the most.
///
/// # Errors
/// Whatever reading can meet.
pub(crate) fn of_frames<S: Source>(source: &mut S, frames: u64) -> Result<Levels> {
    match source.spec().encoding().sample_type() {
        SampleType::I16 => add_all::<i16, _>(source, frames),
        SampleType::I32 => add_all::<i32, _>(source, frames),
        SampleType::F32 => add_all::<f32, _>(source, frames),
        SampleType::F64 => add_all::<f64, _>(source, frames),
    }
}

fn add_all<T: Sample, S: Source>(source: &mut S, frames: u64) -> Result<Levels> {
    let channels = source.spec().channels();
    let block_len = (BLOCK_BYTES / size_of::<T>() / channels).max(1);
    let mut levels = Levels::new(channels);
    let mut left = frames;
    let mut blocks = Blocks::<_, T>::new(source, block_len);
    while left > 0 {
        let Some(block) = blocks.next()? else { break };
        // Only the last shard of a file is asked for a length that is no multiple of the block's.
        let rows = usize::try_from(left).unwrap_or(usize::MAX).min(block.nrows());
        levels.add(&block.slice(ndarray::s![..rows, ..]));
        left -= rows as u64;
    }
    Ok(levels)
}
