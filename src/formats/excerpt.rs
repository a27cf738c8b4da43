//! Parts of recordings, and recordings in mono, in one call.

use std::ops::{Bound, RangeBounds};
use std::path::Path;

use ndarray::{Array1, Array2};

use super::open::open;
use crate::error::{Error, ErrorKind, Result};
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;

/// Reads a stretch of a recording, given in seconds: `librosa.load(path, offset=…, duration=…)`.
///
/// The bounds are rounded to the nearest frame; an end past the end of the audio stops there.
///
/// **Shape** frames × channels. **Memory** the array; where the recording can seek, nothing before the stretch is read.
///
/// # Errors
/// As [`open`], [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a bound that is negative, not finite or before
/// the other, and for a recording at 0 Hz; [`ErrorKind::SeekPastEnd`](crate::ErrorKind::SeekPastEnd) for a start past the end.
///
/// # Examples
/// ```
/// let (samples, spec) = ndaudio::read_seconds::<f32>("data/music.wav", 2.5..3.0)?;
/// assert_eq!(samples.nrows(), 22_050);
/// assert_eq!(samples, ndaudio::read::<f32>("data/music.wav")?.0.slice(ndarray::s![110_250..132_300, ..]));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn read_seconds<T: Sample>(path: impl AsRef<Path>, seconds: impl RangeBounds<f64>) -> Result<(Array2<T>, Spec)> {
    let path = path.as_ref();
    let mut source = open(path)?;
    let spec = source.spec().clone();
    let mut read = || {
        let (from, to) = frames_of(&seconds, spec.sample_rate())?;
        if source.frames().is_some() {
            source.seek(from)?;
        } else {
            let frames = source.skip_frames(from)?;
            if frames < from {
                return Err(Error::new(ErrorKind::SeekPastEnd { frame: from, frames }));
            }
        }
        match to {
            Some(to) => (&mut source).limit(to - from).read_all(),
            None => source.read_all(),
        }
    };
    let samples = read().map_err(|error: Error| error.with_path(path))?;
    Ok((samples, spec))
}

/// Reads a whole recording, averaged to mono: `librosa.load(path, sr=None, mono=True)`.
///
/// The spec is the recording's with one channel, ready for [`write`](crate::write), which takes one-dimensional arrays.
///
/// **Shape** frames. **Unit** as [`read`](crate::read). **Memory** the array.
///
/// # Errors
/// As [`read`](crate::read).
///
/// # Examples
/// ```
/// let (samples, spec) = ndaudio::read_mono::<f32>("data/music.wav")?;
/// assert_eq!((samples.len(), spec.channels()), (441_000, 1));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn read_mono<T: Sample>(path: impl AsRef<Path>) -> Result<(Array1<T>, Spec)> {
    let path = path.as_ref();
    let mut mono = open(path)?.mono();
    let samples = mono.read_all::<T>().map_err(|error| error.with_path(path))?;
    Ok((samples.into_flat(), mono.spec().clone()))
}

/// The frames that a range in seconds covers.
fn frames_of(seconds: &impl RangeBounds<f64>, sample_rate: u32) -> Result<(u64, Option<u64>)> {
    if sample_rate == 0 {
        return Err(Error::invalid("seconds", "a recording at 0 Hz has no seconds: read it by frames"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and saturates")]
    let frame = |seconds: f64| -> Result<u64> {
        if !(seconds >= 0.0 && seconds.is_finite()) {
            return Err(Error::must_be("seconds", seconds, "0 or more, and finite"));
        }
        Ok((seconds * f64::from(sample_rate)).round() as u64)
    };
    let from = match seconds.start_bound() {
        Bound::Included(&seconds) | Bound::Excluded(&seconds) => frame(seconds)?,
        Bound::Unbounded => 0,
    };
    let to = match seconds.end_bound() {
        Bound::Included(&seconds) | Bound::Excluded(&seconds) => Some(frame(seconds)?),
        Bound::Unbounded => None,
    };
    match to {
        Some(to) if to < from => {
            Err(Error::invalid("seconds", format!("the stretch ends at frame {to}, before its start at frame {from}")))
        }
        to => Ok((from, to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_frames() {
        assert_eq!(frames_of(&(1.0..2.5), 10).unwrap(), (10, Some(25)));
        assert_eq!(frames_of(&(..), 10).unwrap(), (0, None));
        assert_eq!(frames_of(&(0.26..), 10).unwrap(), (3, None));
        for bad in [-1.0..1.0, f64::NAN..1.0, 0.0..f64::INFINITY, 2.0..1.0] {
            assert!(frames_of(&bad, 10).is_err(), "{bad:?}");
        }
        assert!(frames_of(&(0.0..1.0), 0).is_err());
    }
}
