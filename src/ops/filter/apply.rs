//! Whole arrays through a filter: once, or forth and back.

use ndarray::{Array, Array2, ArrayRef, Axis, s};

use super::sos::Sos;
use crate::error::{Error, Result};
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Filters all channels of an array from rest.
///
/// **Shape** frames × channels, as given. Equal to `scipy.signal.sosfilt(sos, samples, axis=0)`. For audio that comes in blocks use
/// [`Sos::state`], for a source `source.filter(&sos)`.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
/// use ndaudio::ndarray::array;
///
/// let samples = array![[1.0_f64], [0.0], [0.0]];
/// let filtered = filter::sosfilt(&filter::butterworth(1, Band::Lowpass(2_000.0), 8_000), &samples);
/// assert!((filtered - array![[0.5], [0.5], [0.0]]).iter().all(|difference| difference.abs() < 1e-15));
/// ```
#[must_use]
pub fn sosfilt<T: Sample, N: FrameDimension>(sos: &Sos, samples: &ArrayRef<T, N>) -> Array<T, N> {
    let mut filtered = samples.as_standard_layout().into_owned();
    let channels = as_frames(samples).ncols();
    if channels > 0 {
        sos.state(channels).filter(&mut filtered);
    }
    filtered
}

/// Filters all channels of an array forth and back, so that nothing is delayed and the attenuation in dB is twice the filter's.
///
/// **Shape** frames × channels, as given. Equal to `scipy.signal.sosfiltfilt(sos, samples, axis=0)`: both ends are extended by their own
/// image, turned around the end point (`padtype="odd"`), and the filter begins in the steady state of the first sample.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) unless there are more frames than the extension has:
/// 3 × (2 × sections + 1), less 3 for each section that is of first order only. It needs the whole array: a stream has no end to come
/// back from.
///
/// # Panics
/// If the filter has a pole at 0 Hz.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
/// use ndaudio::ndarray::Array2;
///
/// let samples = Array2::from_shape_fn((1_000, 1), |(frame, _)| (frame as f64 * 0.01).sin());
/// let filtered = filter::filtfilt(&filter::butterworth(4, Band::Lowpass(2_000.0), 48_000), &samples)?;
/// assert!((filtered[[500, 0]] - samples[[500, 0]]).abs() < 1e-6); // no delay
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn filtfilt<T: Sample, N: FrameDimension>(sos: &Sos, samples: &ArrayRef<T, N>) -> Result<Array<T, N>> {
    let samples = &as_frames(samples);
    let (frames, channels) = samples.dim();
    let edge = extension(sos);
    if frames <= edge {
        let message =
            format!("{frames} frames are too few to filter forth and back: this filter needs more than {edge}");
        return Err(Error::invalid("samples", message));
    }
    if channels == 0 {
        return Ok(N::from_frames(Array2::zeros((frames, 0))));
    }
    let mut extended = Array2::zeros((frames + 2 * edge, channels));
    let convert = |sample: &T| sample.to_f64_scale();
    extended.slice_mut(s![edge..edge + frames, ..]).zip_mut_with(samples, |value, sample| *value = convert(sample));
    for channel in 0..channels {
        let (first, last) = (convert(&samples[[0, channel]]), convert(&samples[[frames - 1, channel]]));
        for distance in 1..=edge {
            extended[[edge - distance, channel]] = 2.0 * first - convert(&samples[[distance, channel]]);
            extended[[edge + frames - 1 + distance, channel]] =
                2.0 * last - convert(&samples[[frames - 1 - distance, channel]]);
        }
    }
    let mut state = sos.state(channels);
    for _ in 0..2 {
        state.settle(&extended.row(0).to_vec());
        state.filter(&mut extended);
        // Turned around in memory, not by a stride, so that the second pass is as fast as the first.
        for frame in 0..extended.nrows() / 2 {
            let (mut front, mut back) =
                extended.multi_slice_mut((s![frame, ..], s![-1 - isize::try_from(frame).unwrap_or(0), ..]));
            front.iter_mut().zip(&mut back).for_each(|(a, b)| std::mem::swap(a, b));
        }
    }
    let kept = extended.slice_axis(Axis(0), (edge..edge + frames).into());
    Ok(N::from_frames(kept.map(|&value| T::from_f64_scale(value))))
}

/// Frames by which both ends are extended. Source: `scipy.signal.sosfiltfilt`.
fn extension(sos: &Sos) -> usize {
    let zero_in = |column: usize| sos.as_slice().iter().filter(|section| section[column] == 0.0).count();
    3 * (2 * sos.sections() + 1 - zero_in(2).min(zero_in(5)))
}
