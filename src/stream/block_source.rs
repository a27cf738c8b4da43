//! Any decoder as a source.

use std::fmt;

use super::source::{Source, whole_frames};
use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;

/// Makes a source of a closure that returns the next frames of a decoder, as many as it likes.
///
/// The closure appends interleaved samples of one type to an empty vector, whose memory is used again. It leaves the vector empty at the
/// end. Integers must have the full scale of their type: shift those of 24 bits left by 8. Errors of the decoder become ours by
/// [`Error::decoder`](crate::Error::decoder).
///
/// **Memory** one block.
///
/// # Examples
/// ```
/// use ndaudio::{BlockSource, Encoding, Source, Spec, hound};
///
/// let mut decoder = hound::WavReader::open("data/music.wav").map_err(|error| ndaudio::Error::decoder("hound", error))?;
/// let spec = Spec::try_from(decoder.spec())?;
/// let mut source = BlockSource::new(&spec, move |block: &mut Vec<i16>| {
///     for sample in decoder.samples().take(4096) {
///         block.push(sample?);
///     }
///     Ok(())
/// });
/// let mut windows = source.windows::<f32>(2048, 512);
/// let mut count = 0;
/// while let Some(window) = windows.next()? {
///     assert_eq!(window.dim(), (2048, 2));
///     count += 1;
/// }
/// assert_eq!(count, 858);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct BlockSource<T, F> {
    spec: Spec,
    next_block: F,
    block: Vec<T>,
    /// Samples of the block that were given already.
    given: usize,
    frames: Option<u64>,
    position: u64,
    ended: bool,
}

impl<T: Sample, F: FnMut(&mut Vec<T>) -> Result<()>> BlockSource<T, F> {
    /// A source of the frames of `next_block`, block after block.
    pub fn new(spec: &Spec, next_block: F) -> Self {
        BlockSource {
            spec: spec.clone(),
            next_block,
            block: Vec::new(),
            given: 0,
            frames: None,
            position: 0,
            ended: false,
        }
    }

    /// Says how many frames there are in all, for a decoder that knows.
    #[must_use]
    pub fn with_frames(self, frames: u64) -> Self {
        BlockSource { frames: Some(frames), ..self }
    }
}

impl<U: Sample, F: FnMut(&mut Vec<U>) -> Result<()>> Source for BlockSource<U, F> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    /// # Panics
    /// Unless `out` has room for whole frames, and the closure gives whole frames.
    #[track_caller]
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec.channels();
        whole_frames(out.len(), channels);
        let mut filled = 0;
        while filled < out.len() {
            if self.given == self.block.len() {
                if self.ended {
                    break;
                }
                self.block.clear();
                self.given = 0;
                (self.next_block)(&mut self.block)?;
                whole_frames(self.block.len(), channels);
                self.ended = self.block.is_empty();
                continue;
            }
            let (from, to) = (&self.block[self.given..], &mut out[filled..]);
            let count = from.len().min(to.len());
            to.iter_mut().zip(from).for_each(|(to, from)| *to = from.convert());
            self.given += count;
            filled += count;
        }
        let frames = filled / channels;
        self.position += frames as u64;
        Ok(frames)
    }

    fn frames(&self) -> Option<u64> {
        self.frames
    }

    fn position(&self) -> u64 {
        self.position
    }
}

impl<T, F> fmt::Debug for BlockSource<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BlockSource { spec, position, frames, .. } = self;
        f.debug_struct("BlockSource")
            .field("spec", spec)
            .field("frames", frames)
            .field("position", position)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::spec::Encoding;

    /// Blocks of 1, 2, 3, … frames of two channels, counting up to `frames`.
    fn counting(frames: i16) -> impl Source {
        let (mut next, mut len) = (0, 0);
        BlockSource::new(&Spec::new(48_000, 2, Encoding::I16), move |block: &mut Vec<i16>| {
            len += 1;
            for _ in 0..len {
                if next < frames {
                    block.extend([next, -next]);
                    next += 1;
                }
            }
            Ok(())
        })
    }

    #[test]
    fn blocks_of_any_size_are_read_as_blocks_of_any_other() {
        let expected =
            Array2::from_shape_vec((100, 2), (0_i16..100).flat_map(|frame| [frame, -frame]).collect()).unwrap();
        assert_eq!(counting(100).read_all::<i16>().unwrap(), expected);
        for len in 1..20 {
            let mut source = counting(100);
            let mut blocks = source.blocks::<i16>(len);
            let mut at = 0;
            while let Some(block) = blocks.next().unwrap() {
                assert_eq!(block, expected.slice(ndarray::s![at..at + block.nrows(), ..]));
                at += block.nrows();
            }
            assert_eq!(at, 100);
            assert_eq!(source.position(), 100);
        }
    }

    #[test]
    fn the_number_of_frames_is_what_the_decoder_said() {
        let silence = || BlockSource::new(&Spec::new(1, 1, Encoding::F32), |_: &mut Vec<f32>| Ok(()));
        assert_eq!(silence().frames(), None);
        assert_eq!(silence().with_frames(7).frames(), Some(7));
    }

    #[test]
    fn the_end_is_asked_for_once() {
        let mut calls = 0;
        let mut source = BlockSource::new(&Spec::new(1, 1, Encoding::F32), |_: &mut Vec<f32>| {
            calls += 1;
            Ok(())
        });
        assert_eq!(source.read_interleaved(&mut [0.0_f32; 4]).unwrap(), 0);
        assert_eq!(source.read_interleaved(&mut [0.0_f32; 4]).unwrap(), 0);
        drop(source);
        assert_eq!(calls, 1);
    }

    #[test]
    #[should_panic(expected = "must be a multiple of the channels (2)")]
    fn half_a_frame_is_a_bug() {
        let mut source = BlockSource::new(&Spec::new(1, 2, Encoding::F32), |block: &mut Vec<f32>| {
            block.push(0.0);
            Ok(())
        });
        let _ = source.read_interleaved(&mut [0.0_f32; 4]);
    }
}
