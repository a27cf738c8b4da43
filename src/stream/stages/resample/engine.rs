//! Blocks of one rate to blocks of the other, by way of their spectra.

use std::sync::Arc;

use num_complex::Complex;
use num_traits::Float;

use super::quality::Quality;
use crate::error::{Error, ErrorKind, Result};
use crate::fft::{Aligned, Fft, Transform};
use crate::pcm::Sample;
use crate::stream::Source;

/// Numbers that a resampler may hold in all: 512 MiB of `f64`. Rates come from headers, and two that have nothing in common need blocks as
/// long as the rates themselves.
const MAX_SAMPLES: u64 = 1 << 26;
/// Numbers of a block that each channel has, and that all channels share: spectra, the plans of transforms, and the filter while it is
/// designed. Plans of lengths with a large prime factor are the largest part of them.
const OWN_BUFFERS: u64 = 2;
const SHARED_BUFFERS: u64 = 17;

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
        let lengths = Lengths::new(from, to, quality);
        let samples = lengths.samples(channels as u64);
        if samples > MAX_SAMPLES {
            let bytes = samples.saturating_mul(8);
            let what = "the memory for resampling between two rates with so little in common";
            return Err(ErrorKind::TooLarge { what, bytes, limit: MAX_SAMPLES * 8 }.into());
        }
        Ok(match quality {
            Quality::High => Engine::Single(Blocks::new(&lengths, channels, quality)?),
            Quality::VeryHigh => Engine::Double(Blocks::new(&lengths, channels, quality)?),
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
        either!(self, blocks => blocks.delay)
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

    /// Forgets the blocks before.
    pub(super) fn reset(&mut self) {
        either!(self, blocks => blocks.history.fill(0.0));
    }
}

/// Lengths of filter and transform, in units of the two rates without their common divisor: whole numbers of frames at either.
struct Lengths {
    from: u64,
    to: u64,
    /// Even, so that the middle of the filter is a whole number of frames at both rates.
    filter: u64,
    transform: u64,
}

impl Lengths {
    fn new(from: u64, to: u64, quality: Quality) -> Self {
        let lower = from.min(to);
        let filter = quality.filter().div_ceil(lower).next_multiple_of(2);
        // A block is at least as long as the filter, so that it depends on one block before it and no other.
        let transform = smooth(quality.transform().div_ceil(lower).max(filter.saturating_mul(2)));
        Lengths { from, to, filter, transform }
    }

    /// Numbers of all buffers, at most.
    fn samples(&self, channels: u64) -> u64 {
        let frames = self.transform.saturating_mul(self.from + self.to);
        let buffers = OWN_BUFFERS.saturating_mul(channels).saturating_add(SHARED_BUFFERS);
        frames.saturating_mul(buffers)
    }
}

/// The smallest number from `min` on that is even and has no prime factors but 2, 3 and 5: the FFTs of such lengths are several times
/// as fast as of those with a large prime factor.
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

/// Resamples at one precision: a block and the frames before it that the filter reaches are transformed, filtered, and transformed back
/// with as many bins as the other rate has. What the circle of the transform spoils at both ends is left out ("overlap-save").
pub(super) struct Blocks<F> {
    channels: usize,
    delay: usize,
    forward: Arc<dyn Fft<F>>,
    back: Arc<dyn Fft<F>>,
    /// The filter's transform, of the bins that both rates have.
    response: Aligned<F>,
    /// A block, interleaved.
    input: Aligned<F>,
    /// The frames before it, channel after channel.
    history: Aligned<F>,
    /// One channel's frames before and in the block, its spectrum, and what becomes of it.
    before: Aligned<F>,
    spectrum: Aligned<Complex<F>>,
    after: Aligned<F>,
    scratch: Aligned<Complex<F>>,
    /// What becomes of the block, interleaved.
    output: Aligned<F>,
}

impl<F: Sample + Float + Transform> Blocks<F> {
    fn new(lengths: &Lengths, channels: usize, quality: Quality) -> Result<Self> {
        let size = |rate: u64, units: u64| usize::try_from(rate * units).map_err(|_| too_long());
        let (filter, transform) = (lengths.filter, lengths.transform);
        let (from, to) = (size(lengths.from, transform)?, size(lengths.to, transform)?);
        let hop = transform - filter;
        let (input, output) = (size(lengths.from, hop)?, size(lengths.to, hop)?);
        let (forward, back) = (F::plan(from), F::plan(to));
        let bins = quality.response(from, to, size(lengths.from, filter)?);
        let zeros = |samples: usize| Aligned::new(samples, F::zero());
        let complex = |numbers: usize| Aligned::new(numbers, Complex::new(F::zero(), F::zero()));
        let mut response = zeros(bins.len());
        response.iter_mut().zip(bins).for_each(|(to, factor)| *to = F::from_f64_scale(factor));
        Ok(Blocks {
            channels,
            delay: size(lengths.to, filter / 2)?,
            response,
            input: zeros(input * channels),
            history: zeros((from - input) * channels),
            before: zeros(from),
            spectrum: complex(from.max(to) / 2 + 1),
            after: zeros(to),
            scratch: complex(forward.scratch_len().max(back.scratch_len())),
            output: zeros(output * channels),
            forward,
            back,
        })
    }

    fn advance<S: Source>(&mut self, source: &mut S, wanted: usize) -> Result<usize> {
        let channels = self.channels;
        let read = if wanted == 0 { 0 } else { source.read_interleaved(&mut self.input[..wanted * channels])? };
        self.input[read * channels..].fill(F::zero());
        for channel in 0..channels {
            self.resample(channel);
        }
        Ok(read)
    }

    fn resample(&mut self, channel: usize) {
        let channels = self.channels;
        let kept = self.history.len() / channels;
        let history = &mut self.history[channel * kept..][..kept];
        let (past, block) = self.before.split_at_mut(kept);
        past.copy_from_slice(history);
        gather(&self.input, channel, channels, block);
        history.copy_from_slice(&block[block.len() - kept..]);

        let (from, to) = (self.before.len() / 2 + 1, self.after.len() / 2 + 1);
        self.forward.forward(&mut self.before, &mut self.spectrum[..from], &mut self.scratch);
        let (shared, above) = self.spectrum[..from.max(to)].split_at_mut(self.response.len());
        for (bin, &factor) in shared.iter_mut().zip(&*self.response) {
            *bin *= factor;
        }
        above.fill(Complex::new(F::zero(), F::zero()));
        self.back.inverse(&mut self.spectrum[..to], &mut self.after, &mut self.scratch);
        scatter(&self.after[self.delay..], channel, channels, &mut self.output);
    }
}

/// Copies one channel out of frames.
fn gather<F: Copy>(frames: &[F], channel: usize, channels: usize, out: &mut [F]) {
    if channels == 1 {
        return out.copy_from_slice(frames);
    }
    out.iter_mut().zip(frames.chunks_exact(channels)).for_each(|(out, frame)| *out = frame[channel]);
}

/// Copies one channel into frames.
fn scatter<F: Copy>(samples: &[F], channel: usize, channels: usize, out: &mut [F]) {
    if channels == 1 {
        return out.copy_from_slice(&samples[..out.len()]);
    }
    out.chunks_exact_mut(channels).zip(samples).for_each(|(frame, &sample)| frame[channel] = sample);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_are_several_times_as_long_as_the_filter() {
        for quality in [Quality::High, Quality::VeryHigh] {
            for (from, to) in [(160, 147), (147, 160), (2, 1), (1, 2), (6, 1)] {
                let lengths = Lengths::new(from, to, quality);
                let times = lengths.transform / lengths.filter;
                assert!((4..=16).contains(&times), "{times} times from {from} to {to}, {quality:?}");
            }
        }
    }

    #[test]
    fn no_more_memory_is_taken_than_was_counted() {
        // Primes, which have the largest plans.
        for (from, to) in [(16_411, 16_381), (20_011, 2_000), (2_000, 20_011)] {
            for quality in [Quality::High, Quality::VeryHigh] {
                let taken =
                    allocation_counter::measure(|| drop(Engine::new(from, to, 1, quality).expect("it is small")));
                let counted = Lengths::new(from, to, quality).samples(1) * 8;
                assert!(taken.bytes_max <= counted, "{} bytes of {counted}, {from} to {to}", taken.bytes_max);
            }
        }
    }

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
