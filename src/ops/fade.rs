//! Fades: ramps from and to silence, by the absolute frame.

use ndarray::ArrayRef;

use super::gain::{self, Ramp, Shape};
use crate::error::{Error, Result};
use crate::pcm::{FrameDimension, Sample, as_frames_mut};

/// Where a fade in decibels begins or ends: 10^(−100/20), which is −100 dB.
///
/// Source: sox, `fade l`, "-100 dB" in its manual.
const DECIBEL_FLOOR: f64 = 1e-5;

/// A fade in at the start of a recording, a fade out at its end, or both.
///
/// The first frame of a fade in and the frame after the last one of a fade out are silent, or, in decibels, at −100 dB: −∞ dB cannot
/// be reached in even steps.
///
/// # Examples
/// ```
/// use ndaudio::fade::Fade;
/// use ndaudio::gain::Shape;
/// use ndaudio::ndarray::{Array2, array};
///
/// let fade = Fade::new(Shape::Linear).fade_in(2).fade_out(4, 8)?;
/// let mut audio = Array2::from_elem((8, 1), 100_i16);
/// fade.apply(&mut audio, 0); // the block that begins at frame 0 of the recording
/// assert_eq!(audio, array![[0], [50], [100], [100], [100], [75], [50], [25]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fade {
    shape: Shape,
    fade_in: Option<Ramp>,
    fade_out: Option<Ramp>,
}

impl Fade {
    /// Describes fades of a shape, none so far.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        Fade { shape, fade_in: None, fade_out: None }
    }

    /// Fades in over the first `len` frames; 0 for none.
    #[must_use]
    pub fn fade_in(mut self, len: u64) -> Self {
        self.fade_in = (len > 0).then(|| Ramp::of(0, len, self.floor(), 1.0, self.shape));
        self
    }

    /// Fades out over the last `len` of the `frames` frames that the recording has; 0 for none.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) unless `len <= frames`.
    pub fn fade_out(mut self, len: u64, frames: u64) -> Result<Self> {
        let Some(start) = frames.checked_sub(len) else {
            let message = format!("a fade out of {len} frames is longer than the recording, which has {frames}");
            return Err(Error::invalid("fade out", message));
        };
        self.fade_out = (len > 0).then(|| Ramp::of(start, len, 1.0, self.floor(), self.shape));
        Ok(self)
    }

    /// The gain at a frame of the recording: the product of both fades, where they overlap.
    #[must_use]
    pub fn at(&self, frame: u64) -> f64 {
        self.ramps().map(|ramp| ramp.at(frame)).product()
    }

    /// Fades the block that begins at frame `position` of the recording.
    ///
    /// Any division into blocks gives the same bits. Frames outside the fades keep theirs. Integers are rounded half to even.
    ///
    /// **Memory** in place.
    pub fn apply<T: Sample, N: FrameDimension>(&self, block: &mut ArrayRef<T, N>, position: u64) {
        let block = &mut as_frames_mut(block);
        // No gain is above 1, so that nothing saturates and there is nothing to count.
        match (&self.fade_in, &self.fade_out) {
            // One multiplication, so that integers are rounded once.
            (Some(fade_in), Some(fade_out)) if fade_in.end().is_none_or(|end| end > fade_out.start()) => {
                gain::by_frame(block, position, |frame, gains| {
                    fade_in.fill(frame, gains);
                    for (index, gain) in gains.iter_mut().enumerate() {
                        *gain *= fade_out.at(frame.saturating_add(index as u64));
                    }
                });
            }
            _ => self.ramps().for_each(|ramp| {
                gain::ramp(block, position, ramp);
            }),
        }
    }

    fn ramps(&self) -> impl Iterator<Item = &Ramp> {
        self.fade_in.iter().chain(&self.fade_out)
    }

    fn floor(&self) -> f64 {
        if self.shape == Shape::Decibel { DECIBEL_FLOOR } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// What sox 14.4.2 makes of 32 frames that are all 0.5 (written as 32-bit PCM by soundfile 0.14), divided by 0.5:
    /// `sox -D half.wav -b 32 out.wav fade t 8s`, `… l 8s`, `… q 8s`.
    #[test]
    fn fades_are_those_of_sox() {
        for (shape, expected) in SOX {
            let fade = Fade::new(shape).fade_in(8);
            for (frame, expected) in (0..).zip(expected) {
                assert!(
                    (fade.at(frame) - expected).abs() < 2e-9,
                    "{shape:?} at {frame}: {} {expected}",
                    fade.at(frame)
                );
            }
        }
    }

    #[rustfmt::skip]
    const SOX: [(Shape, [f64; 9]); 3] = [
        (Shape::Linear, [0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0]),
        (Shape::Decibel, [
            9.999_610_483_646_393e-6, 4.216_935_485_601_425e-5, 1.778_276_637_196_540_8e-4, 7.498_934_864_997_864e-4,
            3.162_276_931_107_044_2e-3, 1.333_521_399_646_997_5e-2, 5.623_413_249_850_273e-2, 0.237_137_369_811_534_88, 1.0,
        ]),
        (Shape::EqualPower, [
            0.0, 0.195_090_321_823_954_58, 0.382_683_431_729_674_5, 0.555_570_232_681_930_1, 0.707_106_780_260_801_3,
            0.831_469_612_196_087_8, 0.923_879_532_143_473_6, 0.980_785_279_534_757_1, 1.0,
        ]),
    ];

    #[test]
    fn fades_may_overlap() {
        let fade = Fade::new(Shape::Linear).fade_in(4).fade_out(4, 4).unwrap();
        assert_eq!([0, 1, 2, 3, 4].map(|frame| fade.at(frame)), [0.0, 0.1875, 0.25, 0.1875, 0.0]);
    }

    /// 999 × 0.75 × 0.5 = 374.625 becomes 375; rounded by each fade it would be 749, and then 374.5, which becomes 374.
    #[test]
    fn where_fades_overlap_samples_are_rounded_once() {
        let fade = Fade::new(Shape::Linear).fade_in(8).fade_out(8, 10).unwrap();
        assert_eq!(fade.at(6), 0.75 * 0.5);
        let mut block = Array2::from_elem((1, 1), 999_i16);
        fade.apply(&mut block, 6);
        assert_eq!(block[[0, 0]], 375);
    }

    #[test]
    fn a_fade_out_longer_than_the_recording_is_refused() {
        let error = Fade::new(Shape::Linear).fade_out(5, 4).unwrap_err();
        assert_eq!(error.to_string(), "a fade out of 5 frames is longer than the recording, which has 4");
    }

    #[test]
    fn the_last_frame_there_can_be_is_a_frame() {
        let fade = Fade::new(Shape::Linear).fade_in(u64::MAX).fade_out(2, u64::MAX).unwrap();
        let mut audio = Array2::from_elem((3, 1), 100_i16);
        fade.apply(&mut audio, u64::MAX - 2);
        assert_eq!(audio.column(0).to_vec(), [100, 50, 0]);
    }

    #[test]
    fn no_fade_changes_nothing() {
        let fade = Fade::new(Shape::EqualPower).fade_in(0).fade_out(0, 0).unwrap();
        let mut audio = Array2::from_elem((3, 2), f32::NAN);
        let before = audio.mapv(f32::to_bits);
        fade.apply(&mut audio, 0);
        assert_eq!(audio.mapv(f32::to_bits), before);
        assert_eq!(fade.at(7), 1.0);
    }
}
