//! Gain that changes over time, a function of the absolute frame alone, so that where blocks begin and end cannot be heard.

use multiversion::multiversion;
use ndarray::{ArrayRef, ArrayRef2, Axis, Slice};

use super::powers::powers;
use crate::error::{Error, Result};
use crate::ops::frames::change_parts;
use crate::pcm::{FrameDimension, Sample, as_frames_mut, scale, scale_each};

/// How gain moves from one value to another.
///
/// With t from 0 to 1 over the ramp:
///
/// | shape | gain | from 0 to 1 it is |
/// |---|---|---|
/// | `Linear` | from + (to − from)·t | sox `fade t`, ffmpeg `afade=curve=tri` |
/// | `Decibel` | from·(to / from)^t | sox `fade l`, when from is −100 dB |
/// | `EqualPower` | √(from² + (to² − from²)·sin²(πt/2)) | sin(πt/2): sox `fade q`, ffmpeg `curve=qsin` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Shape {
    /// Even steps of amplitude.
    #[default]
    Linear,
    /// Even steps in decibels; neither end may be 0.
    Decibel,
    /// A quarter of a sine in power: where one recording fades in as another fades out, the powers add up to the same.
    EqualPower,
}

/// A gain of `from` before frame `start`, of `to` from `len` frames later on, and moving between the two.
///
/// # Examples
/// ```
/// use ndaudio::gain::{Ramp, Shape};
///
/// let ramp = Ramp::new(1_000, 4, 0.0, 1.0, Shape::Linear)?;
/// let gains: Vec<f64> = (999..1_006).map(|frame| ramp.at(frame)).collect();
/// assert_eq!(gains, [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    start: u64,
    len: u64,
    from: f64,
    to: f64,
    shape: Shape,
}

impl Ramp {
    /// Describes a ramp of `len` frames, the first of which is frame `start` of the recording and has the gain `from`.
    ///
    /// The gain `to` is reached at frame `start + len`, and never if that is above `u64::MAX`. With `len == 0` it is a step there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless both gains are finite and, for [`Shape::Decibel`], above 0; and, for
    /// [`Shape::EqualPower`], at least 0; and where they are so far apart that their difference or ratio overflows.
    pub fn new(start: u64, len: u64, from: f64, to: f64, shape: Shape) -> Result<Self> {
        for (name, gain) in [("from", from), ("to", to)] {
            let (fits, range) = match shape {
                Shape::Linear => (true, "finite"),
                Shape::Decibel => (gain > 0.0, "finite and above 0, because no step in decibels reaches 0"),
                Shape::EqualPower => (gain >= 0.0, "finite and at least 0, because powers are not negative"),
            };
            if !(gain.is_finite() && fits) {
                return Err(Error::invalid(
                    name,
                    format!("a ramp {name} a gain of {gain} is not possible: it must be {range}"),
                ));
            }
        }
        // What `at` computes on the way from one to the other has to be finite as well.
        let span = match shape {
            Shape::Linear => to - from,
            Shape::Decibel => to / from,
            Shape::EqualPower => 1.0,
        };
        if !(span.is_finite() && (shape != Shape::Decibel || span > 0.0)) {
            let message =
                format!("gains of {from} and {to} are too far apart for a ramp: it would pass through infinity");
            return Err(Error::invalid("to", message));
        }
        Ok(Ramp { start, len, from, to, shape })
    }

    /// The same ramp between gains that are known to be right for its shape.
    pub(crate) fn of(start: u64, len: u64, from: f64, to: f64, shape: Shape) -> Self {
        Ramp { start, len, from, to, shape }
    }

    /// The gain at a frame of the recording.
    #[must_use]
    pub fn at(&self, frame: u64) -> f64 {
        let mut gain = [0.0];
        self.fill(frame, &mut gain);
        gain[0]
    }

    /// Computes the gains of the frames from `frame` on.
    #[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames, which at 192 kHz are 1487 years")]
    pub(crate) fn fill(&self, frame: u64, gains: &mut [f64]) {
        const QUARTER: f64 = std::f64::consts::FRAC_PI_2;
        let Ramp { start, from, to, .. } = *self;
        let is_over = |frame: u64| self.end().is_some_and(|end| frame >= end);
        let last = frame.checked_add((gains.len() as u64).saturating_sub(1));
        if frame <= start || last.is_none_or(is_over) {
            // Not all of them are on the way.
            for (index, gain) in gains.iter_mut().enumerate() {
                let frame = frame.saturating_add(index as u64);
                if is_over(frame) {
                    *gain = to;
                } else if frame <= start {
                    *gain = from;
                } else {
                    // On the way, so that this goes one deeper and no further.
                    self.fill(frame, std::slice::from_mut(gain));
                }
            }
            return;
        }
        let (len, passed) = (self.len as f64, frame - start);
        times(passed, len, gains);
        match self.shape {
            Shape::Linear => lines(from, to - from, gains),
            Shape::Decibel => {
                powers(to / from, gains);
                gains.iter_mut().for_each(|gain| *gain *= from);
            }
            // The sine or cosine itself where one end is 0, so that it is as exact as they are.
            Shape::EqualPower if from == 0.0 => gains.iter_mut().for_each(|t| *t = to * (*t * QUARTER).sin()),
            Shape::EqualPower if to == 0.0 => gains.iter_mut().for_each(|t| *t = from * (*t * QUARTER).cos()),
            Shape::EqualPower => gains.iter_mut().for_each(|t| {
                let (sin, cos) = (*t * QUARTER).sin_cos();
                *t = (from * cos).hypot(to * sin);
            }),
        }
        // No gain on the way is larger than both ends, but next to the largest float it may be rounded past it.
        if from.abs().max(to.abs()) > f64::MAX / 2.0 {
            gains.iter_mut().for_each(|gain| *gain = gain.clamp(-f64::MAX, f64::MAX));
        }
    }

    /// The frame from which on the gain is `to`; `None` where no frame has such a number.
    pub(crate) fn end(&self) -> Option<u64> {
        self.start.checked_add(self.len)
    }

    /// The frame up to which the gain is `from`.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }
}

/// Multiplies each frame by the gain of `ramp` at its place in the recording; returns how many samples saturated.
///
/// The first frame of `block` is frame `position` of the recording. Any division into blocks gives the same bits. Integers are
/// rounded half to even; frames where the gain is 1.0 keep every bit.
///
/// **Memory** in place.
///
/// # Examples
/// ```
/// use ndaudio::gain::{self, Ramp, Shape};
/// use ndaudio::ndarray::{Array2, array, s};
///
/// let up = Ramp::new(0, 4, 0.0, 1.0, Shape::Linear)?;
/// let mut audio = Array2::from_elem((6, 1), 1_000_i16);
/// gain::ramp(&mut audio.slice_mut(s![..3, ..]), 0, &up);
/// gain::ramp(&mut audio.slice_mut(s![3.., ..]), 3, &up);
/// assert_eq!(audio, array![[0], [250], [500], [750], [1_000], [1_000]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn ramp<T: Sample, N: FrameDimension>(block: &mut ArrayRef<T, N>, position: u64, ramp: &Ramp) -> u64 {
    let mut block = as_frames_mut(block);
    let frames = block.nrows();
    // How many frames of the block lie before a frame of the recording.
    let before = |frame: u64| usize::try_from(frame.saturating_sub(position)).unwrap_or(usize::MAX).min(frames);
    let (first, last) = (before(ramp.start), ramp.end().map_or(frames, before));
    let mut clipped = super::apply(&mut block.slice_axis_mut(Axis(0), Slice::from(..first)), ramp.from);
    let mut moving = block.slice_axis_mut(Axis(0), Slice::from(first..last));
    clipped += by_frame(&mut moving, position.max(ramp.start), |frame, gains| ramp.fill(frame, gains));
    clipped + super::apply(&mut block.slice_axis_mut(Axis(0), Slice::from(last..)), ramp.to)
}

/// Computes how much of a ramp has passed at each frame, from frame `passed` of it on.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::cast_precision_loss, reason = "exact to 2^53 frames, and rounded as each frame by itself beyond")]
fn times(passed: u64, len: f64, out: &mut [f64]) {
    if passed.saturating_add(out.len() as u64) < 1 << 53 {
        // A sum of whole numbers, exact as well, but in vector registers.
        let first = passed as f64;
        for (index, t) in (0_u32..).zip(out) {
            *t = (first + f64::from(index)) / len;
        }
    } else {
        for (index, t) in out.iter_mut().enumerate() {
            *t = passed.saturating_add(index as u64) as f64 / len;
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn lines(from: f64, slope: f64, gains: &mut [f64]) {
    for gain in gains {
        *gain = from + slope * *gain;
    }
}

/// Frames whose gains are computed at a time.
const FRAMES: usize = 256;
/// Samples that are multiplied at a time.
const SAMPLES: usize = 1_024;

/// Multiplies each frame by the gain for its place in the recording; returns how many samples saturated.
///
/// `fill` computes the gains of the frames from a position on.
pub(crate) fn by_frame<T: Sample>(block: &mut ArrayRef2<T>, position: u64, fill: impl Fn(u64, &mut [f64])) -> u64 {
    let channels = block.ncols();
    let mut gains = [0.0; FRAMES];
    let mut lanes = [0.0; SAMPLES];
    change_parts(block, SAMPLES.min(FRAMES * channels), |part, first| {
        let frames = part.len() / channels;
        let gains = &mut gains[..frames];
        fill(position.saturating_add(first as u64), gains);
        match channels {
            1 => scale_each(part, gains),
            2..=SAMPLES => {
                let lanes = &mut lanes[..part.len()];
                lanes.chunks_exact_mut(channels).zip(&*gains).for_each(|(frame, gain)| frame.fill(*gain));
                scale_each(part, lanes)
            }
            // One frame at a time.
            _ if gains[0] == 1.0 => 0,
            _ => scale(part, gains[0]),
        }
    })
}
