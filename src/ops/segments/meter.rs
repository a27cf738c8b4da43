//! Levels of consecutive windows, from blocks of any length.

use ndarray::{Array1, ArrayRef, ArrayRef1, ArrayRef2, Axis, Slice};

use crate::ops::levels::Measure;
use crate::pcm::{FrameDimension, Sample, as_frames, view};

/// Measures consecutive windows that do not overlap, whatever the lengths of the blocks they come in.
///
/// The level of a window is the largest [`Measure`] of any channel. A channel with a NaN in a window counts as silent there. Any
/// division into blocks gives the same bits.
///
/// **Memory** one window at most, allocated as its frames come.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::array;
/// use ndaudio::levels::Measure;
/// use ndaudio::segments::Meter;
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
    /// Frames per window.
    len: usize,
    /// The window that is being filled, interleaved, where it comes in several blocks. It grows with the frames that come, so that a
    /// rate and a number of channels from a header allocate nothing.
    window: Vec<T>,
    /// A level per channel.
    each: Array1<f64>,
}

impl<T: Sample> Meter<T> {
    /// Measures windows of `window` frames.
    ///
    /// # Panics
    /// Unless `window > 0`.
    #[must_use]
    #[track_caller]
    pub fn new(measure: Measure, window: usize, channels: usize) -> Self {
        assert!(window > 0, "window must be above 0");
        Meter { measure, len: window, window: Vec::new(), each: Array1::zeros(channels) }
    }

    /// Adds the next frames; calls `level` with the level of each window that they complete.
    ///
    /// # Panics
    /// Unless the block has as many channels as were announced.
    #[track_caller]
    pub fn add<N: FrameDimension>(&mut self, block: &ArrayRef<T, N>, mut level: impl FnMut(f64)) {
        let block = &as_frames(block);
        let (len, expected, channels) = (self.len, self.each.len(), block.ncols());
        assert!(channels == expected, "the block must have {expected} channels, but has {channels}");
        if channels == 0 {
            return;
        }
        // The end of a window begun before, the windows that the block has whole, and the start of the next one.
        let filled = self.window.len() / channels;
        let first = if filled > 0 { (len - filled).min(block.nrows()) } else { 0 };
        self.keep(&block.slice_axis(Axis(0), Slice::from(..first)));
        if filled + first == len {
            level(loudest(self.measure, &view(&self.window, len, channels), &mut self.each));
            self.window.clear();
        }
        let rest = block.slice_axis(Axis(0), Slice::from(first..));
        let whole = rest.nrows() / len * len;
        for window in rest.axis_chunks_iter(Axis(0), len).take(rest.nrows() / len) {
            level(loudest(self.measure, &window, &mut self.each));
        }
        self.keep(&rest.slice_axis(Axis(0), Slice::from(whole..)));
    }

    /// Ends the recording; calls `level` with the level of the last window if it has begun.
    ///
    /// The RMS of a short window is that of the frames that it has.
    pub fn finish(mut self, mut level: impl FnMut(f64)) {
        if !self.window.is_empty() {
            let channels = self.each.len();
            let filled = self.window.len() / channels;
            level(loudest(self.measure, &view(&self.window, filled, channels), &mut self.each));
        }
    }

    fn keep(&mut self, frames: &ArrayRef2<T>) {
        match frames.as_slice() {
            Some(samples) => self.window.extend_from_slice(samples),
            None => self.window.extend(frames),
        }
    }
}

/// The level of the loudest channel.
fn loudest<T: Sample>(measure: Measure, window: &ArrayRef2<T>, each: &mut ArrayRef1<f64>) -> f64 {
    measure.measure_into(window, each);
    // `max` takes the other one of NaN and a number.
    each.iter().copied().fold(0.0, f64::max)
}
