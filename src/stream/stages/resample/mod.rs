//! Another sample rate.
//!
//! The engine works on blocks: `input` frames become `output` frames, with a filter no longer than a block. So every output block depends
//! on two input blocks only, which is what makes seeking exact. Around it stand what a stage needs: the delay taken out, the length
//! counted, the end flushed.

mod engine;
mod filter;
mod quality;

pub use quality::Quality;

use std::fmt;

use super::computed;
use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::source::{check_count, whole_frames};
use engine::Engine;

/// A source at another sample rate; from [`Source::resample`].
///
/// Frame 0 is the source's frame where it was when this was made, at the same moment: the filter's delay is taken out. There are exactly
/// ⌈frames × to / from⌉ frames. Seeking gives the same bits as reading through.
pub struct Resample<S> {
    source: S,
    spec: Spec,
    /// Where the source was.
    start: u64,
    /// The two rates divided by what they have in common.
    from: u64,
    to: u64,
    engine: Option<Engine>,
    /// Frames of the source read, from `start`.
    read: u64,
    /// Frames of the source, from `start`, once its end has been read.
    total: Option<u64>,
    /// Whether the source has no more to give.
    ended: bool,
    /// The next frame to be given.
    position: u64,
    /// The raw frame, delay included, that `engine`'s output begins with; there is none yet where `filled` is 0.
    /// Wide, because the delay can reach past what frames are counted in.
    output_start: u128,
    filled: usize,
}

impl<S: Source> Resample<S> {
    pub(crate) fn new(source: S, sample_rate: u32, quality: Quality) -> Result<Self> {
        let given = source.spec().sample_rate();
        if sample_rate == 0 || given == 0 {
            let message = format!("{given} Hz cannot be resampled to {sample_rate} Hz: both must be above 0 Hz");
            return Err(Error::invalid("sample rate", message));
        }
        let spec = computed(source.spec()).with_sample_rate(sample_rate);
        let spec = if given == sample_rate { source.spec().clone() } else { spec };
        let divisor = gcd(given, sample_rate);
        let (from, to) = (u64::from(given / divisor), u64::from(sample_rate / divisor));
        let engine = if given == sample_rate { None } else { Some(Engine::new(from, to, spec.channels(), quality)?) };
        let start = source.position();
        Ok(Resample {
            source,
            spec,
            start,
            from,
            to,
            engine,
            read: 0,
            total: None,
            ended: false,
            position: 0,
            output_start: 0,
            filled: 0,
        })
    }

    /// Returns the source, which has been read up to two blocks further than this.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }

    /// Frames that come of so many of the source: ⌈frames × to / from⌉.
    fn frames_of(&self, frames: u64) -> u64 {
        let exact = (u128::from(frames) * u128::from(self.to)).div_ceil(u128::from(self.from));
        u64::try_from(exact).unwrap_or(u64::MAX)
    }

    /// Runs the next block of the source, or silence after its end, through the engine.
    fn advance(&mut self) -> Result<()> {
        let Some(engine) = &mut self.engine else { return Ok(()) };
        let block = engine.input_frames();
        let wanted = if self.ended { 0 } else { block };
        let count = engine.advance(&mut self.source, wanted)?;
        check_count(count, wanted);
        self.read = self.read.saturating_add(count as u64);
        if !self.ended && count < block {
            (self.ended, self.total) = (true, Some(self.read));
        }
        self.output_start += self.filled as u128;
        self.filled = engine.output_frames();
        Ok(())
    }

    /// One past the last frame to be given, as far as known.
    fn end(&self) -> u64 {
        self.total.map_or(u64::MAX, |total| self.frames_of(total))
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl<S: Source> Source for Resample<S> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec.channels();
        let wanted = whole_frames(out.len(), channels);
        let Some(engine) = &self.engine else {
            let read = self.source.read_interleaved(out)?;
            check_count(read, wanted);
            self.position = self.position.saturating_add(read as u64);
            return Ok(read);
        };
        let delay = engine.delay() as u128;
        let mut done = 0;
        while done < wanted {
            let raw = u128::from(self.position) + delay;
            // The end may come to light with each block.
            while raw >= self.output_start + self.filled as u128 && self.position < self.end() {
                self.advance()?;
            }
            let offset = usize::try_from(raw - self.output_start).unwrap_or(usize::MAX);
            let available = self.filled.saturating_sub(offset).min(wanted - done);
            let left = self.end().saturating_sub(self.position);
            let frames = usize::try_from(left).map_or(available, |left| left.min(available));
            if frames == 0 {
                break;
            }
            let Some(engine) = &self.engine else { break };
            engine.copy(offset, &mut out[done * channels..(done + frames) * channels]);
            done += frames;
            self.position += frames as u64;
        }
        Ok(done)
    }

    fn frames(&self) -> Option<u64> {
        let frames = self.total.or_else(|| self.source.frames().map(|frames| frames.saturating_sub(self.start)))?;
        Some(self.frames_of(frames))
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        if let Some(frames) = self.frames().filter(|&frames| frame > frames) {
            return Err(ErrorKind::SeekPastEnd { frame, frames }.into());
        }
        let Some(engine) = &mut self.engine else {
            self.source.seek(self.start.saturating_add(frame))?;
            self.position = frame;
            return Ok(());
        };
        let raw = u128::from(frame) + engine.delay() as u128;
        // The block that has the frame, and the one before it, whose filter rings into it.
        let block = (raw / engine.output_frames() as u128).saturating_sub(1);
        let first = u64::try_from(block * engine.input_frames() as u128).unwrap_or(u64::MAX);
        let of_source = self.source.frames().map(|frames| frames.saturating_sub(self.start));
        let reachable = of_source.map_or(first, |frames| first.min(frames));
        self.source.seek(self.start.saturating_add(reachable))?;
        engine.reset();
        (self.read, self.ended) = (reachable, false);
        self.output_start = block * engine.output_frames() as u128;
        (self.filled, self.position) = (0, frame);
        Ok(())
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.source.anomalies()
    }

    /// The metadata of the file, with its marks and the time of a broadcast extension counted at the new rate, rounded down.
    fn metadata(&mut self) -> Result<Metadata> {
        let mut metadata = self.source.metadata()?;
        let (from, to) = (u128::from(self.from), u128::from(self.to));
        let scale = |frames: u64| u64::try_from(u128::from(frames) * to / from).unwrap_or(u64::MAX);
        for cue in &mut metadata.cues {
            cue.frame = scale(cue.frame);
            cue.length = cue.length.map(scale);
        }
        if let Some(bext) = &mut metadata.bext
            && let Some(time) = bext.time_reference()
        {
            bext.set_time_reference(scale(time));
        }
        metadata.fact_frames = None;
        Ok(metadata)
    }
}

impl<S: fmt::Debug> fmt::Debug for Resample<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Resample { source, spec, position, .. } = self;
        f.debug_struct("Resample")
            .field("source", source)
            .field("spec", spec)
            .field("position", position)
            .finish_non_exhaustive()
    }
}
