//! A curve built window by window.

use ndarray::{Array2, ArrayRef, ArrayViewMut1};

use crate::ops::levels::Measure;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// A curve of one measure, fed one window at a time, as a stream lends them.
///
/// **Memory** one number per window and channel: of an hour at 48 kHz in hops of 480 frames, 2.9 MB per channel.
///
/// # Examples
/// ```
/// use ndaudio::curves::{Curve, times};
/// use ndaudio::levels::Measure;
/// use ndaudio::ndarray::Array2;
/// use ndaudio::{ArraySource, Source};
///
/// let audio = Array2::from_elem((48_000, 2), 8_192_i16);
/// let mut curve = Curve::new(Measure::Rms, 2);
/// let mut source = ArraySource::new(audio, 48_000);
/// let mut windows = source.windows::<i16>(2_048, 512);
/// while let Some(window) = windows.next()? {
///     curve.add(&window);
/// }
/// let rms = curve.finish();
/// assert_eq!(rms, Array2::from_elem((90, 2), 0.25));
/// assert_eq!(times(rms.nrows(), 512, 48_000)[89], 89.0 * 512.0 / 48_000.0);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Curve {
    measure: Measure,
    channels: usize,
    windows: usize,
    values: Vec<f64>,
}

impl Curve {
    /// Starts a curve without windows.
    #[must_use]
    pub fn new(measure: Measure, channels: usize) -> Self {
        Curve { measure, channels, windows: 0, values: Vec::new() }
    }

    /// Measures the next window.
    ///
    /// # Panics
    /// Unless the window has as many channels as were announced.
    #[track_caller]
    pub fn add<T: Sample, N: FrameDimension>(&mut self, window: &ArrayRef<T, N>) {
        let window = &as_frames(window);
        let channels = window.ncols();
        assert!(channels == self.channels, "the window must have {} channels, but has {channels}", self.channels);
        let from = self.values.len();
        self.values.resize(from + channels, 0.0);
        self.measure.measure_into(window, &mut ArrayViewMut1::from(&mut self.values[from..]));
        self.windows += 1;
    }

    /// Ends the curve.
    ///
    /// **Shape** windows × channels.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "each window adds a value per channel, so the lengths agree")]
    pub fn finish(self) -> Array2<f64> {
        let shape = (self.windows, self.channels);
        Array2::from_shape_vec(shape, self.values).expect("each window adds a value per channel")
    }
}
