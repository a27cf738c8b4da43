//! At least so many frames.

use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::source::{check_count, whole_frames};

/// A source from where it was, followed by silence until there are so many frames; from [`Source::pad_to`].
#[derive(Debug)]
pub struct PadTo<S> {
    source: S,
    /// Where the source was.
    start: u64,
    min_frames: u64,
    /// Counted from `start`.
    position: u64,
    /// Whether the source has no more frames.
    ended: bool,
}

impl<S: Source> PadTo<S> {
    pub(crate) fn new(source: S, min_frames: u64) -> Self {
        let start = source.position();
        PadTo { source, start, min_frames, position: 0, ended: false }
    }

    /// Returns the source, wherever it is.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }

    /// Frames of the source from where it was.
    fn of_source(&self) -> Option<u64> {
        self.source.frames().map(|frames| frames.saturating_sub(self.start))
    }
}

impl<S: Source> Source for PadTo<S> {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec().channels();
        let wanted = whole_frames(out.len(), channels);
        let mut read = 0;
        if !self.ended {
            read = self.source.read_interleaved(out)?;
            check_count(read, wanted);
            self.position = self.position.saturating_add(read as u64);
            self.ended = read < wanted;
        }
        if self.ended {
            let left = self.min_frames.saturating_sub(self.position);
            let silent = usize::try_from(left).unwrap_or(usize::MAX).min(wanted - read);
            out[read * channels..(read + silent) * channels].fill(T::zero());
            self.position += silent as u64;
            read += silent;
        }
        Ok(read)
    }

    fn frames(&self) -> Option<u64> {
        self.of_source().map(|frames| frames.max(self.min_frames))
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        let Some(of_source) = self.of_source() else {
            return Err(Error::unsupported_operation(
                "where silence begins is unknown until it is read, so this cannot seek",
            ));
        };
        let frames = of_source.max(self.min_frames);
        if frame > frames {
            return Err(ErrorKind::SeekPastEnd { frame, frames }.into());
        }
        self.source.seek(self.start.saturating_add(frame.min(of_source)))?;
        (self.position, self.ended) = (frame, frame >= of_source);
        Ok(())
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
