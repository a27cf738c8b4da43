//! rubato, one block at a time.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use super::quality::Quality;
use crate::error::{Error, ErrorKind, Result};
use crate::pcm::Sample;
use crate::stream::Source;

/// Samples that the buffers of a resampler may have in all: 512 MiB of `f64`. Rates come from headers, and two that have nothing in
/// common need blocks as long as the rates themselves.
const MAX_SAMPLES: u64 = 1 << 26;
/// Buffers of a block at each rate that rubato and this module keep for each channel, and their spectra.
const BUFFERS: u64 = 4;

/// A resampler of one of the two precisions.
pub(super) enum Engine {
    Single(Blocks<f32>),
    Double(Blocks<f64>),
}

/// Runs the same expression on either precision.
macro_rules! either {
    ($engine:expr, $blocks:ident => $value:expr) => {
        match $engine {
            Engine::Single($blocks) => $value,
            Engine::Double($blocks) => $value,
        }
    };
}

impl Engine {
    /// From `from` Hz to `to` Hz, which have no common divisor.
    pub(super) fn new(from: u64, to: u64, channels: usize, quality: Quality) -> Result<Self> {
        let multiple = smooth(quality.block().div_ceil(from.min(to)));
        let frames = multiple.saturating_mul(from + to);
        let samples = frames.saturating_mul(BUFFERS).saturating_mul(channels as u64);
        if samples > MAX_SAMPLES {
            let bytes = samples.saturating_mul(8);
            let what = "the memory for resampling between two rates with so little in common";
            return Err(ErrorKind::TooLarge { what, bytes, limit: MAX_SAMPLES * 8 }.into());
        }
        let size = |rate: u64| usize::try_from(rate * multiple).map_err(|_| too_long());
        let (input, output) = (size(from)?, size(to)?);
        Ok(match quality {
            Quality::High => Engine::Single(Blocks::new(input, output, channels)?),
            Quality::VeryHigh => Engine::Double(Blocks::new(input, output, channels)?),
        })
    }

    /// Frames of a block of the source.
    pub(super) fn input_frames(&self) -> usize {
        either!(self, blocks => blocks.input.len() / blocks.channels)
    }

    /// Frames that come of it.
    pub(super) fn output_frames(&self) -> usize {
        either!(self, blocks => blocks.output.len() / blocks.channels)
    }

    /// Frames of output before that of the first frame of input.
    pub(super) fn delay(&self) -> usize {
        // A block is even at both rates, so half of it, which is where the filter has its middle, is a whole number of frames.
        self.output_frames() / 2
    }

    /// Reads the next block from a source and resamples it, with silence after the end; returns the frames read.
    pub(super) fn advance<S: Source>(&mut self, source: &mut S, wanted: usize) -> Result<usize> {
        either!(self, blocks => blocks.advance(source, wanted))
    }

    /// Copies frames of the last output, from `offset` on.
    pub(super) fn copy<T: Sample>(&self, offset: usize, out: &mut [T]) {
        either!(self, blocks => {
            let samples = &blocks.output[offset * blocks.channels..];
            out.iter_mut().zip(samples).for_each(|(out, sample)| *out = sample.convert());
        });
    }

    /// Forgets the block before.
    pub(super) fn reset(&mut self) {
        either!(self, blocks => blocks.resampler.reset());
    }
}

/// The smallest number from `min` on that is even and has no prime factors but 2, 3 and 5: the FFTs of such lengths are several times
/// as fast as of those with a large prime factor, which rubato's own choice of a length has more often than not.
fn smooth(min: u64) -> u64 {
    let is_smooth = |mut number: u64| {
        for factor in [2, 3, 5] {
            while number.is_multiple_of(factor) {
                number /= factor;
            }
        }
        number == 1
    };
    (min.div_ceil(2)..).find(|&half| is_smooth(half)).map_or(min, |half| 2 * half)
}

fn too_long() -> Error {
    Error::invalid("sample rate", "the sample rates have too little in common to be resampled on this machine")
}

/// rubato at one precision, and a block on each side of it.
pub(super) struct Blocks<F> {
    resampler: Fft<F>,
    channels: usize,
    input: Vec<F>,
    output: Vec<F>,
}

impl<F: Sample + rubato::Sample> Blocks<F> {
    fn new(input: usize, output: usize, channels: usize) -> Result<Self> {
        let window = WindowFunction::BlackmanHarris2;
        // The rates are the lengths themselves, of which rubato then takes one multiple.
        let resampler = Fft::new_custom(input, output, input, 1, channels, window, FixedSync::Both)
            .map_err(|error| Error::invalid("sample rate", error.to_string()))?;
        let zeros = |frames: usize| vec![F::default(); frames * channels];
        Ok(Blocks { resampler, channels, input: zeros(input), output: zeros(output) })
    }

    fn advance<S: Source>(&mut self, source: &mut S, wanted: usize) -> Result<usize> {
        let channels = self.channels;
        let read = if wanted == 0 { 0 } else { source.read_interleaved(&mut self.input[..wanted * channels])? };
        self.input[read * channels..].fill(F::default());
        let (input, output) = (self.input.len() / channels, self.output.len() / channels);
        let of_shape = "buffers were made for these frames and channels";
        let from = InterleavedSlice::new(&self.input, channels, input).expect(of_shape);
        let mut to = InterleavedSlice::new_mut(&mut self.output, channels, output).expect(of_shape);
        self.resampler
            .process_into_buffer(&from, &mut to, None)
            .map_err(|error| Error::invalid("audio", format!("resampling failed: {error}")))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::smooth;

    #[test]
    fn lengths_are_even_and_smooth() {
        assert_eq!([1, 2, 3, 5, 7, 13, 385].map(smooth), [2, 2, 4, 6, 8, 16, 400]);
        for min in 1..5_000 {
            let mut length = smooth(min);
            assert!(length >= min && length.is_multiple_of(2));
            for factor in [2, 3, 5] {
                while length.is_multiple_of(factor) {
                    length /= factor;
                }
            }
            assert_eq!(length, 1);
        }
    }
}
