//! A buffer that every stage which computes needs: a few thousand samples, allocated once.

use crate::error::Result;
use crate::pcm::Sample;
use crate::stream::Source;
use crate::stream::source::{check_count, whole_frames};

/// Samples that are read from the source at a time: 32 KiB of `f64`, which fit the first-level cache.
const SAMPLES: usize = 4096;

/// Room for samples of any type.
#[derive(Clone)]
pub(super) struct Scratch {
    /// Eight bytes each, aligned for every sample type.
    words: Vec<u64>,
    channels: usize,
}

impl Scratch {
    /// Room for frames of as many channels as the source has.
    pub(super) fn new(channels: usize) -> Self {
        Scratch { words: vec![0; Scratch::samples(channels)], channels }
    }

    /// Samples of the whole frames that are read at a time.
    pub(super) fn samples(channels: usize) -> usize {
        (SAMPLES / channels).max(1) * channels
    }

    /// Fills `out` with frames of `out_channels`, each piece made by `change` from as many frames of the source, read as `U`.
    pub(super) fn fill<S: Source, U: Sample, T: Sample>(
        &mut self,
        source: &mut S,
        out: &mut [T],
        out_channels: usize,
        mut change: impl FnMut(&mut [U], &mut [T]),
    ) -> Result<usize> {
        let wanted = whole_frames(out.len(), out_channels);
        let step = self.words.len() / self.channels;
        let samples = &mut bytemuck::cast_slice_mut::<u64, U>(&mut self.words)[..step * self.channels];
        let mut read = 0;
        for piece in out.chunks_mut(step * out_channels) {
            let frames = piece.len() / out_channels;
            let samples = &mut samples[..frames * self.channels];
            let count = source.read_interleaved(samples)?;
            check_count(count, frames);
            change(&mut samples[..count * self.channels], &mut piece[..count * out_channels]);
            read += count;
            if count < frames {
                break;
            }
        }
        debug_assert!(read <= wanted, "no more than there is room for");
        Ok(read)
    }
}
