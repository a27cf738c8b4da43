//! Another sample rate, for arrays; [`Source::resample`](crate::Source::resample) does it to streams.
//!
//! Both are the same resampler: a linear-phase filter as long as [`Quality`] says, applied to the spectra of blocks, with its delay taken out.

use ndarray::{Array, Array2, ArrayRef};

pub use crate::stream::stages::Quality;

use crate::error::Result;
use crate::pcm::{FrameDimension, Sample, as_frames};
use crate::stream::{ArraySource, Source};

/// Resamples all channels of an array from `from` Hz to `to` Hz, at [`Quality::VeryHigh`].
///
/// **Shape** ⌈frames × `to` / `from`⌉ × channels. Before the first frame and after the last the resampler sees silence, as soxr and
/// `scipy.signal.resample_poly` do. Integers are rounded half to even and saturated at the end.
///
/// # Errors
/// As [`Source::resample`](crate::Source::resample).
///
/// # Examples
/// ```
/// use ndaudio::resample;
///
/// let (samples, spec) = ndaudio::read::<f32>("data/music.wav")?;
/// let resampled = resample::resample(&samples, spec.sample_rate(), 16_000)?;
/// assert_eq!(resampled.dim(), (160_000, 2));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn resample<T: Sample, N: FrameDimension>(samples: &ArrayRef<T, N>, from: u32, to: u32) -> Result<Array<T, N>> {
    resample_with(samples, from, to, Quality::default())
}

/// Resamples as [`resample`], at a quality of your choice.
///
/// # Errors
/// As [`Source::resample`](crate::Source::resample).
///
/// # Examples
/// ```
/// use ndaudio::resample::{self, Quality};
/// use ndaudio::ndarray::Array2;
///
/// let silence = Array2::<f32>::zeros((441, 1));
/// assert_eq!(resample::resample_with(&silence, 44_100, 48_000, Quality::High)?.nrows(), 480);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn resample_with<T: Sample, N: FrameDimension>(
    samples: &ArrayRef<T, N>,
    from: u32,
    to: u32,
    quality: Quality,
) -> Result<Array<T, N>> {
    let samples = as_frames(samples);
    if samples.ncols() == 0 {
        // A source has channels. Those of one channel of silence are counted as these are.
        let one = resample_with(&Array2::<T>::zeros((samples.nrows(), 1)), from, to, quality)?;
        return Ok(N::from_frames(Array2::zeros((one.nrows(), 0))));
    }
    Ok(N::from_frames(ArraySource::new(samples, from).resample_with(to, quality)?.read_all()?))
}
