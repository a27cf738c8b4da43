//! A filter at work: what each section of each channel remembers.

use std::sync::OnceLock;

use ndarray::{ArrayRef, ArrayViewMut2};

use super::kernel::{Coefficients, Memory, run};
use super::sos::Sos;
use super::steady::sosfilt_zi;
use crate::pcm::{FrameDimension, Sample, as_frames_mut};
use crate::stream::stages::{Filter, RunningFilter};

/// Samples that are filtered together: 16 KiB, which stay in the first-level cache while every section passes over them.
const SCRATCH_SAMPLES: usize = 2048;
/// Frames after which memories are cleared of what is too small to matter. Counted from the start, not per call, so that the
/// result does not depend on how audio is cut into blocks.
const SWEEP_FRAMES: usize = 1024;
/// −6000 dB. Silence lets a memory decay until it is subnormal, where additions take a hundred times as long.
const NEGLIGIBLE: f64 = 1e-300;

/// Filters block after block, and remembers from each to the next.
///
/// All arithmetic is `f64`. Integers are rounded half to even and saturated once, at the end. **Memory** two numbers for each section and
/// channel and 16 KiB; [`filter`](SosState::filter) allocates nothing.
///
/// # Examples
/// ```
/// use ndaudio::WavReader;
/// use ndaudio::filter::{self, Band};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let sos = filter::butterworth(4, Band::Highpass(200.0), reader.spec().sample_rate());
/// let mut state = sos.state(reader.spec().channels());
/// let mut blocks = reader.blocks::<f32>(4096);
/// while let Some(mut block) = blocks.next()? {
///     state.filter(&mut block);
/// }
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SosState {
    sections: Vec<Coefficients>,
    channels: usize,
    /// Sections × channels.
    memories: Vec<Memory>,
    scratch: Vec<f64>,
    until_sweep: usize,
    sos: Sos,
    /// Found out at the first seek, by running the filter.
    memory: OnceLock<Option<u64>>,
}

impl SosState {
    /// A filter of `channels` channels, at rest.
    ///
    /// # Panics
    /// Unless `channels >= 1`.
    #[must_use]
    #[track_caller]
    pub fn new(sos: &Sos, channels: usize) -> Self {
        assert!(channels >= 1, "channels (0) must be at least 1");
        let sections: Vec<_> = sos
            .as_slice()
            .iter()
            .map(|&[b0, b1, b2, _, a1, a2]| Coefficients { b: [b0, b1, b2], a: [a1, a2] })
            .collect();
        let memories = vec![Memory::default(); sections.len() * channels];
        let scratch = vec![0.0; (SCRATCH_SAMPLES / channels).max(1) * channels];
        SosState {
            sections,
            channels,
            memories,
            scratch,
            until_sweep: SWEEP_FRAMES,
            sos: sos.clone(),
            memory: OnceLock::new(),
        }
    }

    /// The filter that this runs.
    #[must_use]
    pub fn sos(&self) -> &Sos {
        &self.sos
    }

    /// Returns the number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Forgets everything: back to rest.
    pub fn reset(&mut self) {
        self.memories.fill(Memory::default());
        self.until_sweep = SWEEP_FRAMES;
    }

    /// Behaves from here on as if each channel had stood at its level in `levels` for ever: a step from 0 is not heard.
    ///
    /// **Unit** full scale 1.0. Source: `scipy.signal.sosfilt_zi`, times the level.
    ///
    /// # Panics
    /// Unless `levels.len()` is the number of channels, and if the filter has a pole at 0 Hz, so that no level is steady.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{self, Band};
    /// use ndaudio::ndarray::Array2;
    ///
    /// let mut state = filter::butterworth(4, Band::Lowpass(50.0), 48_000).state(1);
    /// state.settle(&[0.25]);
    /// let mut block = Array2::from_elem((100, 1), 0.25_f64);
    /// state.filter(&mut block);
    /// assert!(block.iter().all(|sample| (sample - 0.25).abs() < 1e-10));
    /// ```
    #[track_caller]
    pub fn settle(&mut self, levels: &[f64]) {
        let channels = self.channels;
        assert!(
            levels.len() == channels,
            "levels.len() ({}) must be the number of channels ({channels})",
            levels.len()
        );
        let steady = sosfilt_zi(&self.sos);
        for (memories, steady) in self.memories.chunks_exact_mut(channels).zip(steady.rows()) {
            for (memory, &level) in memories.iter_mut().zip(levels) {
                *memory = Memory { z0: steady[0] * level, z1: steady[1] * level };
            }
        }
        self.until_sweep = SWEEP_FRAMES;
    }

    /// Filters the next frames in place.
    ///
    /// # Panics
    /// Unless `block.ncols()` is the number of channels.
    #[track_caller]
    pub fn filter<T: Sample, N: FrameDimension>(&mut self, block: &mut ArrayRef<T, N>) {
        let block = &mut as_frames_mut(block);
        let (found, channels) = (block.ncols(), self.channels);
        assert!(found == channels, "block.ncols() ({found}) must be the number of channels ({channels})");
        if let Some(samples) = block.as_slice_mut() {
            self.filter_samples(samples);
        } else {
            self.filter_strided(&mut block.view_mut());
        }
    }

    /// Filters interleaved samples in place; full scale 1.0.
    ///
    /// # Panics
    /// Unless `samples.len()` is a multiple of the number of channels.
    #[track_caller]
    pub(crate) fn filter_interleaved(&mut self, samples: &mut [f64]) {
        let channels = self.channels;
        let (found, step) = (samples.len(), self.scratch.len());
        assert!(
            found.is_multiple_of(channels),
            "samples.len() ({found}) must be a multiple of the channels ({channels})"
        );
        for part in samples.chunks_mut(step) {
            self.filter_part(part);
        }
    }

    fn filter_samples<T: Sample>(&mut self, samples: &mut [T]) {
        if std::any::TypeId::of::<T>() == std::any::TypeId::of::<f64>() {
            self.filter_interleaved(bytemuck::cast_slice_mut(samples));
            return;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        for part in samples.chunks_mut(scratch.len()) {
            let values = &mut scratch[..part.len()];
            values.iter_mut().zip(&*part).for_each(|(value, sample)| *value = sample.to_f64_scale());
            self.filter_part(values);
            part.iter_mut().zip(&*values).for_each(|(sample, &value)| *sample = T::from_f64_scale(value));
        }
        self.scratch = scratch;
    }

    fn filter_strided<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let step = scratch.len() / self.channels;
        for mut part in block.axis_chunks_iter_mut(ndarray::Axis(0), step) {
            let values = &mut scratch[..part.len()];
            values.iter_mut().zip(&part).for_each(|(value, sample)| *value = sample.to_f64_scale());
            self.filter_part(values);
            part.iter_mut().zip(&*values).for_each(|(sample, &value)| *sample = T::from_f64_scale(value));
        }
        self.scratch = scratch;
    }

    /// Filters up to the next sweep, sweeps, and so on.
    fn filter_part(&mut self, mut samples: &mut [f64]) {
        while !samples.is_empty() {
            let len = samples.len().min(self.until_sweep * self.channels);
            let (now, later) = samples.split_at_mut(len);
            run(&self.sections, &mut self.memories, now, self.channels);
            self.until_sweep -= len / self.channels;
            if self.until_sweep == 0 {
                self.until_sweep = SWEEP_FRAMES;
                for Memory { z0, z1 } in &mut self.memories {
                    for value in [z0, z1] {
                        if value.abs() < NEGLIGIBLE {
                            *value = 0.0;
                        }
                    }
                }
            }
            samples = later;
        }
    }
}

impl Filter for Sos {
    type Running = SosState;

    fn start(&self, channels: usize) -> SosState {
        self.state(channels)
    }
}

impl RunningFilter for SosState {
    fn run(&mut self, samples: &mut [f64]) {
        self.filter_interleaved(samples);
    }

    fn reset(&mut self) {
        self.reset();
    }

    fn memory(&self) -> Option<u64> {
        *self.memory.get_or_init(|| self.sos.settling_frames(1e-10))
    }
}
