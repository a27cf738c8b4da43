//! Levels of consecutive windows, from blocks of any length.

use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, Axis, Slice};

use crate::ops::levels;
use crate::pcm::Sample;

/// What the level of a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Measure {
    /// The root mean square.
    #[default]
    Rms,
    /// The largest magnitude.
    Peak,
}

/// Measures consecutive windows that do not overlap, whatever the lengths of the blocks they come in.
///
/// The level of a window is that of its loudest channel, full scale being 1.0, by [`levels::rms`] or [`levels::peak`]. A channel with a
/// NaN in a window counts as silent there. Any division into blocks gives the same bits.
///
/// **Memory** one window.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::array;
/// use ndaudio::segments::{Measure, Meter};
///
/// let mut levels = Vec::new();
/// let mut meter = Meter::new(Measure::Peak, 2, 1);
/// meter.add(&array![[0.5_f32], [-0.25], [0.125]], |level| levels.push(level));
/// meter.add(&array![[-1.0_f32], [0.75]], |level| levels.push(level));
/// meter.finish(|level| levels.push(level)); // the last window, which is short
/// assert_eq!(levels, [0.5, 1.0, 0.75]);
/// ```
#[derive(Debug, Clone)]
pub struct Meter<T: Sample> {
    measure: Measure,
    /// The window that is being filled, where it comes in several blocks.
    window: Array2<T>,
    /// Frames of it that have come.
    filled: usize,
    /// A level per channel.
    each: Array1<f64>,
}

impl<T: Sample> Meter<T> {
    /// Measures windows of `window` frames.
    ///
    /// # Panics
    /// Unless `window > 0`.
    #[must_use]
    pub fn new(measure: Measure, window: usize, channels: usize) -> Self {
        assert!(window > 0, "window must be above 0");
        Meter { measure, window: Array2::zeros((window, channels)), filled: 0, each: Array1::zeros(channels) }
    }

    /// Adds the next frames; calls `level` with the level of each window that they complete.
    ///
    /// # Panics
    /// Unless the block has as many channels as were announced.
    pub fn add(&mut self, block: &ArrayRef2<T>, mut level: impl FnMut(f64)) {
        let ((len, expected), channels) = (self.window.dim(), block.ncols());
        assert!(channels == expected, "the block must have {expected} channels, but has {channels}");
        // The end of a window begun before, the windows that the block has whole, and the start of the next one.
        let first = if self.filled > 0 { (len - self.filled).min(block.nrows()) } else { 0 };
        self.keep(&block.slice_axis(Axis(0), Slice::from(..first)));
        if self.filled == len {
            level(loudest(self.measure, &self.window, &mut self.each));
            self.filled = 0;
        }
        let rest = block.slice_axis(Axis(0), Slice::from(first..));
        let whole = rest.nrows() / len * len;
        for start in (0..whole).step_by(len) {
            let window = rest.slice_axis(Axis(0), Slice::from(start..start + len));
            level(loudest(self.measure, &window, &mut self.each));
        }
        self.keep(&rest.slice_axis(Axis(0), Slice::from(whole..)));
    }

    /// Ends the recording; calls `level` with the level of the last window if it has begun.
    ///
    /// The RMS of a short window is that of the frames that it has. The meter then starts afresh.
    pub fn finish(&mut self, mut level: impl FnMut(f64)) {
        let filled = std::mem::take(&mut self.filled);
        if filled > 0 {
            level(loudest(self.measure, &self.window.slice_axis(Axis(0), Slice::from(..filled)), &mut self.each));
        }
    }

    fn keep(&mut self, frames: &ArrayRef2<T>) {
        let end = self.filled + frames.nrows();
        self.window.slice_axis_mut(Axis(0), Slice::from(self.filled..end)).assign(frames);
        self.filled = end;
    }
}

/// The level of the loudest channel.
fn loudest<T: Sample>(measure: Measure, window: &ArrayRef2<T>, each: &mut ArrayRef1<f64>) -> f64 {
    match measure {
        Measure::Rms => levels::rms_into(window, each),
        Measure::Peak => levels::peak_into(window, each),
    }
    // `max` takes the other one of NaN and a number.
    each.iter().copied().fold(0.0, f64::max)
}
