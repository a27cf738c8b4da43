//! At most so many frames.

use crate::error::{Anomaly, ErrorKind, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::source::{check_count, check_skipped, whole_frames};

/// At most so many frames of a source, from where it was; from [`Source::limit`].
#[derive(Debug)]
pub struct Limit<S> {
    source: S,
    /// Where the source was.
    start: u64,
    limit: u64,
    /// Counted from `start`.
    position: u64,
}

impl<S: Source> Limit<S> {
    pub(crate) fn new(source: S, limit: u64) -> Self {
        let start = source.position();
        Limit { source, start, limit, position: 0 }
    }

    /// Returns the source, wherever it is.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }

    fn left(&self, frames: usize) -> usize {
        usize::try_from(self.limit - self.position).map_or(frames, |left| left.min(frames))
    }
}

impl<S: Source> Source for Limit<S> {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec().channels();
        let wanted = self.left(whole_frames(out.len(), channels));
        let read = self.source.read_interleaved(&mut out[..wanted * channels])?;
        check_count(read, wanted);
        self.position += read as u64;
        Ok(read)
    }

    fn frames(&self) -> Option<u64> {
        Some(self.source.frames()?.saturating_sub(self.start).min(self.limit))
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        let frames = self.frames().unwrap_or(self.limit);
        if frame > frames {
            return Err(ErrorKind::SeekPastEnd { frame, frames }.into());
        }
        self.source.seek(self.start.saturating_add(frame))?;
        self.position = frame;
        Ok(())
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        let wanted = frames.min(self.limit - self.position);
        let skipped = self.source.skip_frames(wanted)?;
        check_skipped(skipped, wanted);
        self.position += skipped;
        Ok(skipped)
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        let wanted = self.left(frames);
        let ready = self.source.ready_to_lend::<T>(wanted)?;
        check_count(ready.unwrap_or(0), wanted);
        Ok(ready)
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        self.position += frames as u64;
        self.source.lend(frames)
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.source.anomalies()
    }

    fn fits_either_end(&self) -> bool {
        self.source.fits_either_end()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        self.source.metadata()
    }
}
