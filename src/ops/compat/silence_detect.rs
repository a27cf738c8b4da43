//! Silence as ffmpeg's `silencedetect` has it.

use ndarray::ArrayRef2;

use crate::error::{Error, Result};
use crate::ops::frames::each_frame;
use crate::ops::segments::Segment;
use crate::pcm::Sample;
use crate::spec::SampleType;

/// Finds silences as ffmpeg's `silencedetect` does: at least so many frames in a row whose samples are all below a level.
///
/// All channels count together, sample after sample: a silence may begin within a frame. For ffmpeg's `mono=1`, use one detector per
/// channel, on `block.slice(s![.., c..=c])`.
///
/// ffmpeg scales its level by 32767 for 16 bits and by 2147483647 for 32, and drops the fraction: at −60 dB samples from −31 to 31 are
/// silent. So does this, for the same results. The file's own sample type has to be used: `i16` for 16 bits, `i32` for 24 and 32.
/// NaN is not silent.
///
/// **Memory** three numbers.
///
/// Source: ffmpeg 5.1, `libavfilter/af_silencedetect.c`.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::{Array2, s};
/// use ndaudio::compat::SilenceDetect;
/// use ndaudio::segments::Segment;
///
/// let mut samples = Array2::<i16>::zeros((10_000, 2));
/// samples.slice_mut(s![3_000..4_000, 0]).fill(500);
/// let mut silences = Vec::new();
/// let mut detector = SilenceDetect::new(-60.0, 2_000)?; // as silencedetect=noise=-60dB:d=0.25 at 8 kHz
/// detector.add(&samples, |silence| silences.push(silence));
/// detector.finish(|silence| silences.push(silence));
/// // Channel 1 of frame 3999 is silent: from there on, ffmpeg counts; and names the frame after.
/// assert_eq!(silences, [Segment::new(0, 3_000), Segment::new(4_000, 10_000)]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SilenceDetect {
    noise: f64,
    duration: u64,
    /// Frames that have come.
    frames: u64,
    /// Silent samples in a row, up to the first frames of a silence.
    silent: u64,
    /// Where the silence that is going on began.
    start: Option<u64>,
}

impl SilenceDetect {
    /// Finds silences of at least `duration` frames below a level of `noise_db`.
    ///
    /// ffmpeg's defaults are −60 dB and two seconds.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a level that is NaN or above 0 dB, which no integer could reach, and for a duration of 0.
    pub fn new(noise_db: f64, duration: u64) -> Result<Self> {
        if noise_db.is_nan() || noise_db > 0.0 {
            let message = format!("a noise level of {noise_db} dB is out of range: ffmpeg takes levels up to 0 dB");
            return Err(Error::invalid("noise", message));
        }
        if duration == 0 {
            return Err(Error::invalid("duration", "a silence must last at least one frame"));
        }
        Ok(SilenceDetect { noise: crate::ops::gain::from_db(noise_db), duration, frames: 0, silent: 0, start: None })
    }

    /// Adds the next frames; calls `found` with each silence that ends in them.
    pub fn add<T: Sample>(&mut self, block: &ArrayRef2<T>, mut found: impl FnMut(Segment)) {
        // The level in steps of the samples' type, whole for integers.
        let noise = match T::TYPE {
            SampleType::I16 => (self.noise * f64::from(i16::MAX)).trunc(),
            SampleType::I32 => (self.noise * f64::from(i32::MAX)).trunc(),
            _ => T::from_f64_scale(self.noise).to_f64_scale(),
        };
        let noise = noise / T::FULL_SCALE;
        let enough = self.duration.saturating_mul(block.ncols() as u64);
        each_frame(block, |frame| {
            for sample in frame {
                let value = sample.to_f64_scale();
                if value < noise && value > -noise {
                    if self.start.is_none() {
                        self.silent += 1;
                        if self.silent >= enough {
                            self.start = Some(self.frames + 1 - self.duration);
                        }
                    }
                } else {
                    if let Some(start_frame) = self.start.take() {
                        found(Segment { start_frame, end_frame: self.frames });
                    }
                    self.silent = 0;
                }
            }
            self.frames += 1;
        });
    }

    /// Ends the recording; calls `found` with the silence that it ends in, if it does.
    pub fn finish(self, mut found: impl FnMut(Segment)) {
        if let Some(start_frame) = self.start {
            found(Segment { start_frame, end_frame: self.frames });
        }
    }
}
