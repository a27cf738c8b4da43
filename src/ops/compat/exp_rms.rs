//! The level meter of sox's `stats`.

use ndarray::{Array1, ArrayRef};

use crate::error::{Error, Result};
use crate::ops::frames::each_part;
use crate::pcm::{FrameDimension, Sample, as_frames};

/// Samples that are followed at a time, to stay in the first-level cache.
const PART_SAMPLES: usize = 1 << 11;

/// Exponentially averaged RMS and its extremes: `RMS Pk dB` and `RMS Tr dB` of sox's `stats`.
///
/// The average of squares starts at 0 and moves with each sample by a·(x² − average), where a = 1 − e^(−1 / (time constant · sample
/// rate)). Its largest and smallest values count from five time constants on; of a recording that is shorter, the plain RMS is both.
/// ffmpeg's `astats` has measures of the same names with other values.
///
/// Any division into blocks gives the same bits. A sample that is NaN counts as 0. A sample whose square is infinite, which is one beyond about
/// 10^154 as well, makes the average of its channel infinite from then on, because no later sample brings it down.
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

impl Channel {
    /// Makes an average infinite that was infinite times 0, which is NaN and would stay that.
    ///
    /// So it is only where a time constant is so short that 0 is kept from one sample to the next, or so long that 1 is. Nothing else
    /// makes a NaN of squares.
    fn stay_infinite(&mut self) {
        if self.average.is_nan() {
            (self.average, self.largest) = (f64::INFINITY, f64::INFINITY);
        }
    }
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
        each_part(block, PART_SAMPLES, |samples| {
            let frames = samples.len() / count;
            let left = usize::try_from(self.settle.saturating_sub(self.frames)).unwrap_or(usize::MAX);
            let (settling, settled) = samples.split_at(left.min(frames) * count);
            self.settle(settling);
            // Several channels at a time: each sample waits for the one before it, but not for those of other channels.
            let mut first = 0;
            while first < count {
                first += match count - first {
                    1 => self.follow::<T, 1>(settled, first),
                    2 | 3 => self.follow::<T, 2>(settled, first),
                    _ => self.follow::<T, 4>(settled, first),
                };
            }
            self.frames += frames as u64;
        });
    }

    /// Adds frames before the extremes count.
    fn settle<T: Sample>(&mut self, samples: &[T]) {
        for frame in samples.chunks_exact(self.channels.len()) {
            for (channel, &sample) in self.channels.iter_mut().zip(frame) {
                let square = square(sample);
                channel.average = channel.average * self.keep + (1.0 - self.keep) * square;
                channel.sum += square;
            }
        }
        self.channels.iter_mut().for_each(Channel::stay_infinite);
    }

    /// Adds frames of `N` channels from `first` on, once the extremes count; returns `N`.
    fn follow<T: Sample, const N: usize>(&mut self, samples: &[T], first: usize) -> usize {
        let (keep, share, count) = (self.keep, 1.0 - self.keep, self.channels.len());
        let channels = &mut self.channels[first..first + N];
        let mut average: [f64; N] = std::array::from_fn(|lane| channels[lane].average);
        let mut largest: [f64; N] = std::array::from_fn(|lane| channels[lane].largest);
        let mut smallest: [f64; N] = std::array::from_fn(|lane| channels[lane].smallest);
        for frame in samples.chunks_exact(count) {
            let frame = &frame[first..first + N];
            for lane in 0..N {
                let moved = average[lane] * keep + share * square(frame[lane]);
                average[lane] = moved;
                // Comparisons leave out a NaN, whose place is given to infinity below.
                largest[lane] = if moved > largest[lane] { moved } else { largest[lane] };
                smallest[lane] = if moved < smallest[lane] { moved } else { smallest[lane] };
            }
        }
        for (lane, channel) in channels.iter_mut().enumerate() {
            (channel.average, channel.largest, channel.smallest) = (average[lane], largest[lane], smallest[lane]);
            channel.stay_infinite();
        }
        N
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

/// The square of a sample; 0 of NaN.
#[inline(always)]
fn square<T: Sample>(sample: T) -> f64 {
    let value = sample.to_f64_scale();
    if value.is_nan() { 0.0 } else { value * value }
}
