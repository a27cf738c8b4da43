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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Encoding, Spec};

    /// Silence that notes the bytes that each read asked for, and their type.
    struct Noting(Spec, Vec<(SampleType, usize)>);

    impl Source for Noting {
        fn spec(&self) -> &Spec {
            &self.0
        }

        fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
            self.1.push((T::TYPE, size_of_val(out)));
            out.fill(T::zero());
            Ok(out.len() / self.0.channels())
        }
    }

    #[test]
    fn a_source_is_read_in_its_own_type_and_constant_memory() {
        let encodings = [
            (Encoding::I16, SampleType::I16),
            (Encoding::I24, SampleType::I32),
            (Encoding::F32, SampleType::F32),
            (Encoding::F64, SampleType::F64),
        ];
        for (encoding, sample_type) in encodings {
            for channels in [1, 2, 3, 7, 64] {
                let mut source = Noting(Spec::new(48_000, channels, encoding), Vec::new());
                let levels = of_frames(&mut source, 100_000).unwrap();
                assert_eq!((levels.frames(), levels.channels()), (100_000, channels));
                for (read_as, bytes) in source.1 {
                    assert_eq!(read_as, sample_type);
                    assert!((64 << 10..=256 << 10).contains(&bytes), "{bytes} bytes of {channels} channels at a time");
                }
            }
        }
        let mut wide = Noting(Spec::new(48_000, 60_000, Encoding::F64), Vec::new());
        assert_eq!(of_frames(&mut wide, 2).unwrap().frames(), 2);
        assert_eq!(wide.1, [(SampleType::F64, 480_000); 2], "one frame at a time where no more fit");
    }
}
