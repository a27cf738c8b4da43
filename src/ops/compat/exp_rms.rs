//! The level meter of sox's `stats`.

use ndarray::{Array1, ArrayRef};

use crate::error::{Error, Result};
use crate::ops::frames::each_frame;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Exponentially averaged RMS and its extremes: `RMS Pk dB` and `RMS Tr dB` of sox's `stats`.
///
/// The average of squares starts at 0 and moves with each sample by a·(x² − average), where a = 1 − e^(−1 / (time constant · sample
/// rate)). Its largest and smallest values count from five time constants on; of a recording that is shorter, the plain RMS is both.
/// ffmpeg's `astats` has measures of the same names with other values.
///
/// Any division into blocks gives the same bits. A sample that is NaN counts as 0. An infinite sample makes the average of its channel
/// infinite from then on, because no later sample brings it down.
///
/// **Unit** full scale is 1.0. **Memory** four numbers per channel.
///
/// Source: sox 14.4.2, `src/stats.c`; its time constant is 50 ms unless `-w` says otherwise.
///
/// # Examples
/// ```
/// use ndaudio::compat::ExpRms;
/// use ndaudio::ndarray::Array2;
///
/// let mut meter = ExpRms::new(0.05, 8_000, 1)?; // as `sox FILE -n stats`
/// meter.add(&Array2::from_elem((80_000, 1), 16_384_i16));
/// assert!((meter.peak()[0] - 0.5).abs() < 1e-12);
/// assert!((meter.trough()[0] - 0.5 * (1.0 - (-5.0_f64).exp()).sqrt()).abs() < 1e-4);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExpRms {
    /// The share of the average that is kept from one sample to the next.
    keep: f64,
    /// Frames before the extremes count.
    settle: u64,
    frames: u64,
    channels: Vec<Channel>,
}

#[derive(Debug, Clone)]
struct Channel {
    average: f64,
    largest: f64,
    smallest: f64,
    /// Of the frames before the extremes count.
    sum: f64,
}

impl ExpRms {
    /// Starts a meter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless the time constant is finite and above 0 and the sample rate is above 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates: no recording is as long")]
    pub fn new(time_constant: f64, sample_rate: u32, channels: usize) -> Result<Self> {
        let frames = time_constant * f64::from(sample_rate);
        if !(frames.is_finite() && frames > 0.0) {
            let message = format!(
                "a time constant of {time_constant} s at {sample_rate} Hz is not possible: it must be finite and above 0"
            );
            return Err(Error::invalid("time constant", message));
        }
        let channel = Channel { average: 0.0, largest: f64::NEG_INFINITY, smallest: f64::INFINITY, sum: 0.0 };
        Ok(ExpRms {
            keep: (-1.0 / frames).exp(),
            settle: (5.0 * frames + 0.5) as u64,
            frames: 0,
            channels: vec![channel; channels],
        })
    }

    /// Adds the next frames.
    ///
    /// # Panics
    /// Unless the block has as many channels as were announced.
    #[track_caller]
    pub fn add<T: Sample, N: FrameDimension>(&mut self, block: &ArrayRef<T, N>) {
        let block = &as_frames(block);
        let count = block.ncols();
        assert!(count == self.channels.len(), "the block must have {} channels, but has {count}", self.channels.len());
        each_frame(block, |frame| {
            for (channel, sample) in self.channels.iter_mut().zip(frame) {
                let value = sample.to_f64_scale();
                let square = if value.is_nan() { 0.0 } else { value * value };
                channel.average = channel.average * self.keep + (1.0 - self.keep) * square;
                if self.frames >= self.settle {
                    channel.largest = channel.largest.max(channel.average);
                    channel.smallest = channel.smallest.min(channel.average);
                } else {
                    channel.sum += square;
                }
            }
            self.frames += 1;
        });
    }

    /// The average as it is now, of each channel.
    #[must_use]
    pub fn now(&self) -> Array1<f64> {
        self.channels.iter().map(|channel| channel.average.sqrt()).collect()
    }

    /// The largest average so far, of each channel; of zero frames NaN.
    #[must_use]
    pub fn peak(&self) -> Array1<f64> {
        self.extreme(|channel| channel.largest)
    }

    /// The smallest average so far, of each channel; of zero frames NaN.
    #[must_use]
    pub fn trough(&self) -> Array1<f64> {
        self.extreme(|channel| channel.smallest)
    }

    #[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames")]
    fn extreme(&self, of: impl Fn(&Channel) -> f64) -> Array1<f64> {
        let (settled, frames) = (self.frames > self.settle, self.frames as f64);
        let square = |channel: &Channel| if settled { of(channel) } else { channel.sum / frames };
        self.channels.iter().map(|channel| square(channel).sqrt()).collect()
    }
}
