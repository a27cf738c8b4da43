//! Levels of consecutive windows, from blocks of any length.

use ndarray::ArrayRef2;

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
/// The level of a window is that of its loudest channel, full scale being 1.0. A sample that is NaN counts as 0. Sums run in `f64` from
/// sample to sample, so that any division into blocks gives the same bits.
///
/// **Memory** one number per channel.
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
pub struct Meter {
    measure: Measure,
    window: usize,
    /// Frames of the current window that have come.
    filled: usize,
    /// Of each channel: the sum of squares, or the peak, of those frames.
    state: Vec<f64>,
}

impl Meter {
    /// Measures windows of `window` frames.
    ///
    /// # Panics
    /// Unless `window > 0`.
    #[must_use]
    pub fn new(measure: Measure, window: usize, channels: usize) -> Self {
        assert!(window > 0, "window must be above 0");
        Meter { measure, window, filled: 0, state: vec![0.0; channels] }
    }

    /// Adds the next frames; calls `level` with the level of each window that they complete.
    ///
    /// # Panics
    /// Unless the block has as many channels as were announced.
    pub fn add<T: Sample>(&mut self, block: &ArrayRef2<T>, mut level: impl FnMut(f64)) {
        let channels = block.ncols();
        assert!(channels == self.state.len(), "the block must have {} channels, but has {channels}", self.state.len());
        for frame in block.rows() {
            match self.measure {
                Measure::Rms => {
                    for (sum, sample) in self.state.iter_mut().zip(frame) {
                        let value = number(sample.to_f64_scale());
                        *sum += value * value;
                    }
                }
                Measure::Peak => {
                    for (peak, sample) in self.state.iter_mut().zip(frame) {
                        *peak = number(sample.to_f64_scale()).abs().max(*peak);
                    }
                }
            }
            self.filled += 1;
            if self.filled == self.window {
                level(self.take());
            }
        }
    }

    /// Ends the recording; calls `level` with the level of the last window if it has begun.
    ///
    /// The RMS of a short window is that of the frames that it has. The meter then starts afresh.
    pub fn finish(&mut self, mut level: impl FnMut(f64)) {
        if self.filled > 0 {
            level(self.take());
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a window is not 2^53 frames long")]
    fn take(&mut self) -> f64 {
        let loudest = self.state.iter().copied().fold(0.0, f64::max);
        let filled = std::mem::take(&mut self.filled) as f64;
        self.state.fill(0.0);
        match self.measure {
            Measure::Rms => (loudest / filled).sqrt(),
            Measure::Peak => loudest,
        }
    }
}

fn number(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}
