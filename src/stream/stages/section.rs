//! The frames of a range.

use std::ops::{Bound, RangeBounds};

use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::source::{check_count, check_skipped, whole_frames};

/// A range of a source's frames; from [`Source::section`].
#[derive(Debug)]
pub struct Section<S> {
    source: S,
    start: u64,
    /// One past the last frame; `None` for the source's end.
    end: Option<u64>,
    /// Counted from `start`.
    position: u64,
    /// Whether the source has been brought to `start`.
    begun: bool,
}

impl<S: Source> Section<S> {
    pub(crate) fn new(source: S, range: impl RangeBounds<u64>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => Some(last.saturating_add(1)),
            Bound::Excluded(&end) => Some(end),
            Bound::Unbounded => None,
        };
        assert!(end.is_none_or(|end| start <= end), "start ({start}) must not be past the end ({})", end.unwrap_or(0));
        Section { source, start, end, position: 0, begun: false }
    }

    /// Returns the source, wherever it is.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }

    /// Brings the source to where the section starts.
    fn begin(&mut self) -> Result<()> {
        if self.begun {
            return Ok(());
        }
        let position = self.source.position();
        if position != self.start {
            self.go_to_start(position)?;
        }
        self.begun = true;
        Ok(())
    }

    fn go_to_start(&mut self, position: u64) -> Result<()> {
        let error = match self.source.seek(self.start) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        // What cannot seek can still be read up to there.
        let ahead = self.start.checked_sub(position).filter(|_| matches!(error.kind(), ErrorKind::Unsupported { .. }));
        let Some(ahead) = ahead else { return Err(error) };
        let skipped = self.source.skip_frames(ahead)?;
        if skipped < ahead {
            return Err(ErrorKind::SeekPastEnd { frame: self.start, frames: position + skipped }.into());
        }
        Ok(())
    }

    /// How many of `frames` are left.
    fn left(&self, frames: u64) -> u64 {
        let left = self.end.map_or(u64::MAX, |end| end - self.start - self.position);
        frames.min(left)
    }
}

impl<S: Source> Source for Section<S> {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec().channels();
        let wanted = whole_frames(out.len(), channels);
        self.begin()?;
        let wanted = usize::try_from(self.left(wanted as u64)).unwrap_or(wanted);
        let read = self.source.read_interleaved(&mut out[..wanted * channels])?;
        check_count(read, wanted);
        self.position = self.position.saturating_add(read as u64);
        Ok(read)
    }

    fn frames(&self) -> Option<u64> {
        let frames = self.source.frames()?;
        Some(self.end.map_or(frames, |end| end.min(frames)).saturating_sub(self.start))
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        let frames = self.frames().or(self.end.map(|end| end - self.start));
        if let Some(frames) = frames.filter(|&frames| frame > frames) {
            return Err(ErrorKind::SeekPastEnd { frame, frames }.into());
        }
        let of_source = self
            .start
            .checked_add(frame)
            .ok_or_else(|| Error::from(ErrorKind::SeekPastEnd { frame, frames: u64::MAX - self.start }))?;
        self.source.seek(of_source)?;
        (self.position, self.begun) = (frame, true);
        Ok(())
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        self.begin()?;
        let wanted = self.left(frames);
        let skipped = self.source.skip_frames(wanted)?;
        check_skipped(skipped, wanted);
        self.position = self.position.saturating_add(skipped);
        Ok(skipped)
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        self.begin()?;
        let wanted = usize::try_from(self.left(frames as u64)).unwrap_or(frames);
        let ready = self.source.ready_to_lend::<T>(wanted)?;
        check_count(ready.unwrap_or(0), wanted);
        Ok(ready)
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        self.position = self.position.saturating_add(frames as u64);
        self.source.lend(frames)
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.source.anomalies()
    }

    fn fits_either_end(&self) -> bool {
        self.source.fits_either_end()
    }

    /// The metadata of the file, with the marks inside the section counted from its start, and without those outside; the time of a broadcast
    /// extension is that of the section's first frame.
    fn metadata(&mut self) -> Result<Metadata> {
        let mut metadata = self.source.metadata()?;
        let (start, end) = (self.start, self.end.unwrap_or(u64::MAX));
        metadata.cues.retain(|cue| (start..end).contains(&cue.frame));
        for cue in &mut metadata.cues {
            cue.length = cue.length.map(|length| length.min(end - cue.frame));
            cue.frame -= start;
        }
        if let Some(bext) = &mut metadata.bext
            && let Some(time) = bext.time_reference().and_then(|time| time.checked_add(start))
        {
            bext.set_time_reference(time);
        }
        metadata.fact_frames = None;
        Ok(metadata)
    }
}
