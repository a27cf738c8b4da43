//! Any recording, whatever its format.

use std::path::Path;

use ndarray::Array2;

use super::wav::WavReader;
use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;

/// Reads a whole file: its samples and what they are.
///
/// **Shape** frames × channels. **Unit** full scale is 2^(bits−1) of an integer type and 1.0 of a float type; the type that the file
/// stores comes as it is. **Memory** the array.
///
/// # Errors
/// As [`WavReader::open`] and [`WavReader::read_all`]; they name the file.
///
/// # Examples
/// ```
/// let (samples, spec) = ndaudio::read::<f32>("data/music.wav")?;
/// assert_eq!(samples.dim(), (441_000, spec.channels()));
/// assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn read<T: Sample>(path: impl AsRef<Path>) -> Result<(Array2<T>, Spec)> {
    let mut reader = WavReader::open(path)?;
    let samples = reader.read_all()?;
    Ok((samples, reader.spec().clone()))
}
