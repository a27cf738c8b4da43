//! Whole files, written in one call.

use std::path::Path;

use ndarray::ArrayRef;

use super::options::WriteOptions;
use super::replace::Replace;
use crate::error::Result;
use crate::pcm::{FrameDimension, Sample};
use crate::spec::Spec;

/// Writes a whole file: all frames of `samples`, converted to the spec's encoding.
///
/// A two-dimensional array is frames × channels, a one-dimensional array is mono. The file is written beside the target and moved there when it is whole, so that a failed run leaves an
/// old file as it was.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) or [`ErrorKind::Write`](crate::ErrorKind::Write) naming the path, [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no file can hold.
///
/// # Panics
/// Unless the array has a column for each channel of `spec`.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::{Encoding, Spec};
/// # let path = std::env::temp_dir().join(format!("ndaudio-write-{}.wav", std::process::id()));
///
/// let spec = Spec::new(48_000, 2, Encoding::I16);
/// ndaudio::write(&path, &array![[1_i16, -1], [2, -2]], &spec)?;
/// assert!(std::fs::read(&path)?.ends_with(&[1, 0, 255, 255, 2, 0, 254, 255]));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn write<T: Sample, N: FrameDimension>(
    path: impl AsRef<Path>,
    samples: &ArrayRef<T, N>,
    spec: &Spec,
) -> Result<()> {
    let replace = Replace::create(path)?;
    let mut writer = replace.writer(&WriteOptions::new(spec))?;
    writer.write(&N::into_frames(samples.view()))?;
    writer.finalize()?;
    replace.commit()
}
