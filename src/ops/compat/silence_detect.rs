//! Silence as ffmpeg's `silencedetect` has it.

use multiversion::multiversion;
use ndarray::ArrayRef;

use crate::error::{Error, Result};
use crate::ops::frames::each_part;
use crate::ops::levels::pack;
use crate::ops::segments::Segment;
use crate::pcm::{FrameDimension, Sample, as_frames};
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
    pub fn add<T: Sample, N: FrameDimension>(&mut self, block: &ArrayRef<T, N>, mut found: impl FnMut(Segment)) {
        let block = &as_frames(block);
        // The level in steps of the samples' type, whole for integers.
        let steps = match T::TYPE {
            SampleType::I16 => (self.noise * f64::from(i16::MAX)).trunc(),
            SampleType::I32 => (self.noise * f64::from(i32::MAX)).trunc(),
            SampleType::F32 | SampleType::F64 => self.noise,
        };
        let noise: T = num_traits::NumCast::from(steps).unwrap_or_default();
        let enough = self.duration.saturating_mul(block.ncols() as u64);
        let channels = block.ncols();
        if channels == 0 {
            self.frames += block.nrows() as u64;
            return;
        }
        each_part(block, PART, |samples| {
            for (part, samples) in samples.chunks(PART).enumerate() {
                let mut masks = [0_u64; PART / 64];
                let masks = &mut masks[..samples.len().div_ceil(64)];
                fill_masks(samples, noise, masks);
                for (word, &mask) in masks.iter().enumerate() {
                    let first = PART * part + 64 * word;
                    let len = (samples.len() - 64 * word).min(64);
                    self.add_word(mask, len, enough, |sample| ((first + sample) / channels) as u64, &mut found);
                }
            }
            self.frames += (samples.len() / channels) as u64;
        });
    }

    /// Adds up to 64 samples, of which those that are silent have a bit each; `frame_of` tells how many frames lie before one.
    fn add_word(
        &mut self,
        mask: u64,
        len: usize,
        enough: u64,
        frame_of: impl Fn(usize) -> u64,
        found: &mut impl FnMut(Segment),
    ) {
        let mut at = 0;
        while at < len {
            let rest = mask >> at;
            let left = len - at;
            // Samples alike from here on.
            let silent = rest & 1 == 1;
            let run = if silent { rest.trailing_ones() } else { rest.trailing_zeros() };
            let run = (run as usize).min(left);
            if !silent {
                if let Some(start_frame) = self.start.take() {
                    found(Segment { start_frame, end_frame: self.frames + frame_of(at) });
                }
                self.silent = 0;
            } else if self.start.is_none() {
                let missing = enough.saturating_sub(self.silent).max(1);
                if missing <= run as u64 {
                    // The sample that makes it a silence; it fits in a word.
                    let sample = at + usize::try_from(missing).unwrap_or(usize::MAX) - 1;
                    self.start = Some(self.frames + frame_of(sample) + 1 - self.duration);
                    self.silent += missing;
                } else {
                    self.silent += run as u64;
                }
            }
            at += run;
            // Of runs that are too short for a silence only the last one counts: where the rest of the word holds no longer ones, skip to it.
            if self.start.is_none() && enough > 64 && at < len {
                let tail = (mask << (64 - len)).leading_ones() as usize;
                self.silent = tail as u64;
                return;
            }
        }
    }

    /// Ends the recording; calls `found` with the silence that it ends in, if it does.
    pub fn finish(self, mut found: impl FnMut(Segment)) {
        if let Some(start_frame) = self.start {
            found(Segment { start_frame, end_frame: self.frames });
        }
    }
}

/// Samples that are looked at a time.
const PART: usize = 4_096;

/// Sets a bit for each sample that is nearer to 0 than the noise: 64 to a word, the first one lowest.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn fill_masks<T: Sample>(samples: &[T], noise: T, masks: &mut [u64]) {
    let (words, rest) = samples.as_chunks::<64>();
    let mut flags = [0_u8; 64];
    for (mask, word) in masks.iter_mut().zip(words) {
        set_flags(word, noise, &mut flags);
        *mask = pack(&flags);
    }
    if !rest.is_empty()
        && let Some(mask) = masks.last_mut()
    {
        flags = [0; 64];
        set_flags(rest, noise, &mut flags);
        *mask = pack(&flags);
    }
}

#[inline(always)]
fn set_flags<T: Sample>(samples: &[T], noise: T, flags: &mut [u8]) {
    let below = T::zero() - noise;
    for (flag, sample) in flags.iter_mut().zip(samples) {
        *flag = u8::from((*sample < noise) & (*sample > below));
    }
}
