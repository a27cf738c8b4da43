//! A meter over all of a source.

use super::meter::Loudness;
use crate::error::Result;
use crate::spec::SampleType;
use crate::stream::Source;

/// Frames that are read at a time.
const BLOCK: usize = 16_384;

/// Measures everything that is left of a source, block by block.
///
/// # Errors
/// As [`Loudness::new`], and whatever reading can meet.
///
/// # Examples
/// ```
/// use ndaudio::{WavReader, loudness};
///
/// let loudness = loudness::of_source(&mut WavReader::open("data/music.wav")?)?;
/// println!("{:.1} LUFS, range {:.1} LU", loudness.integrated(), loudness.range());
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn of_source<S: Source>(source: &mut S) -> Result<Loudness> {
    let mut loudness = Loudness::new(source.spec())?;
    // In the type that the source has, so that nothing is converted twice.
    match source.spec().encoding().sample_type() {
        SampleType::I16 => add_all::<i16, S>(source, &mut loudness)?,
        SampleType::I32 => add_all::<i32, S>(source, &mut loudness)?,
        SampleType::F32 => add_all::<f32, S>(source, &mut loudness)?,
        SampleType::F64 => add_all::<f64, S>(source, &mut loudness)?,
    }
    Ok(loudness)
}

fn add_all<T: crate::pcm::Sample, S: Source>(source: &mut S, loudness: &mut Loudness) -> Result<()> {
    let mut blocks = source.blocks::<T>(BLOCK);
    while let Some(block) = blocks.next()? {
        loudness.add(&block);
    }
    Ok(())
}
