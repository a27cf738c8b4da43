//! Spectra of all windows.

use ndarray::{Array3, ArrayRef2, ArrayView2, s};
use num_complex::Complex;

use super::plan::Spectrum;
use super::real::Real;
use crate::error::Result;
use crate::pcm::Sample;
use crate::stream::{Source, Windows};

/// Computes the complex spectra of an array's windows: the short-time Fourier transform.
///
/// The windows are those that `windows(plan.window_len(), hop)` lends, and the result is the same to the bit: an incomplete last one is dropped, and
/// nothing is padded. `librosa.stft` has the same with `center=False` (and bins first); [`stft_of_windows`] takes centred and padded windows.
///
/// **Shape** windows × bins × channels; the bins of one channel lie together in memory. **Unit** that of the plan's [`Scaling`](super::Scaling).
///
/// # Panics
/// Unless `hop >= 1`.
///
/// # Examples
/// ```
/// use ndaudio::{Spectrum, spectrum};
///
/// let (samples, _) = ndaudio::read::<f32>("data/music.wav")?;
/// let mut plan = Spectrum::<f32>::new(2048);
/// let stft = spectrum::stft(&samples, &mut plan, 512);
/// assert_eq!(stft.dim(), ((441_000 - 2048) / 512 + 1, 1025, samples.ncols()));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[must_use]
#[track_caller]
pub fn stft<S: Sample, T: Real>(samples: &ArrayRef2<S>, plan: &mut Spectrum<T>, hop: usize) -> Array3<Complex<T>> {
    let mut rows = Rows::new(plan.bins(), samples.ncols());
    rows.reserve(count(samples.nrows(), plan.window_len(), hop));
    for window in windows(samples, plan.window_len(), hop) {
        plan.each_line(&window, |_, line| rows.push(line));
    }
    rows.into_array()
}

/// Computes the power spectra of an array's windows.
///
/// As [`stft`], with [`Spectrum::power`] of each window; `numpy.abs(librosa.stft(…, center=False)) ** 2`, or with [`Scaling::Density`](super::Scaling::Density)
/// `scipy.signal.spectrogram(…, detrend=False)`.
///
/// **Shape** windows × bins × channels; the bins of one channel lie together in memory. **Unit** that of the plan's [`Scaling`](super::Scaling).
///
/// # Panics
/// Unless `hop >= 1`.
///
/// # Examples
/// ```
/// use ndaudio::{Spectrum, spectrum};
///
/// let (samples, _) = ndaudio::read::<i16>("data/music.wav")?;
/// let powers = spectrum::spectrogram(&samples, &mut Spectrum::<f32>::new(1024), 1024);
/// assert_eq!(powers.dim(), (430, 513, samples.ncols()));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[must_use]
#[track_caller]
pub fn spectrogram<S: Sample, T: Real>(samples: &ArrayRef2<S>, plan: &mut Spectrum<T>, hop: usize) -> Array3<T> {
    let mut rows = Rows::new(plan.bins(), samples.ncols());
    rows.reserve(count(samples.nrows(), plan.window_len(), hop));
    for window in windows(samples, plan.window_len(), hop) {
        plan.each_power(&window, |_, line| rows.push(line));
    }
    rows.into_array()
}

/// Computes the complex spectra of whatever windows a source gives: centred, padded, from any frame on.
///
/// As [`stft`]. `librosa.stft` with its defaults is `stft_of_windows(source.windows::<f32>(2048, 512).centered(), &mut plan)`.
///
/// **Memory** the result; [`Spectrum::complex`] of one window after the other needs that of one.
///
/// # Errors
/// Whatever reading can meet.
///
/// # Panics
/// Unless the windows are as long as the plan's.
///
/// # Examples
/// ```
/// use ndaudio::{Source, Spectrum, WavReader, spectrum};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let windows = reader.windows::<f32>(2048, 512).centered();
/// let stft = spectrum::stft_of_windows(windows, &mut Spectrum::<f32>::new(2048))?;
/// assert_eq!(stft.dim(), (1 + 441_000 / 512, 1025, 2));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn stft_of_windows<A: Source, S: Sample, T: Real>(
    mut windows: Windows<A, S>,
    plan: &mut Spectrum<T>,
) -> Result<Array3<Complex<T>>> {
    let mut rows = Rows::new(plan.bins(), windows.channels());
    while let Some(window) = windows.next()? {
        plan.each_line(&window, |_, line| rows.push(line));
    }
    Ok(rows.into_array())
}

/// Computes the power spectra of whatever windows a source gives: centred, padded, from any frame on.
///
/// As [`spectrogram`] and [`stft_of_windows`].
///
/// # Errors
/// Whatever reading can meet.
///
/// # Panics
/// Unless the windows are as long as the plan's.
#[track_caller]
pub fn spectrogram_of_windows<A: Source, S: Sample, T: Real>(
    mut windows: Windows<A, S>,
    plan: &mut Spectrum<T>,
) -> Result<Array3<T>> {
    let mut rows = Rows::new(plan.bins(), windows.channels());
    while let Some(window) = windows.next()? {
        plan.each_power(&window, |_, line| rows.push(line));
    }
    Ok(rows.into_array())
}

/// Lends the windows of an array, as `axis_windows_with_stride` does, of an array that is shorter than one too.
pub(super) fn windows<S>(samples: &ArrayRef2<S>, len: usize, hop: usize) -> impl Iterator<Item = ArrayView2<'_, S>> {
    (0..count(samples.nrows(), len, hop)).map(move |window| samples.slice(s![window * hop..window * hop + len, ..]))
}

/// Windows in so many frames.
///
/// # Panics
/// Unless `hop >= 1`.
#[track_caller]
pub(super) fn count(frames: usize, len: usize, hop: usize) -> usize {
    assert!(hop >= 1, "hop (0) must be at least 1");
    frames.checked_sub(len).map_or(0, |room| room / hop + 1)
}

/// Bins of windows × channels, as they come.
struct Rows<N> {
    numbers: Vec<N>,
    bins: usize,
    channels: usize,
}

impl<N: Copy> Rows<N> {
    fn new(bins: usize, channels: usize) -> Self {
        Rows { numbers: Vec::new(), bins, channels }
    }

    fn reserve(&mut self, windows: usize) {
        self.numbers.reserve_exact(windows * self.bins * self.channels);
    }

    fn push(&mut self, bins: &[N]) {
        self.numbers.extend_from_slice(bins);
    }

    fn into_array(self) -> Array3<N> {
        let Rows { numbers, bins, channels } = self;
        let windows = numbers.len() / (bins * channels).max(1);
        match Array3::from_shape_vec((windows, channels, bins), numbers) {
            Ok(array) => array.permuted_axes([0, 2, 1]),
            Err(error) => unreachable!("the numbers are those of {windows} × {channels} × {bins} bins: {error}"),
        }
    }
}
