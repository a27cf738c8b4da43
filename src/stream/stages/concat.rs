//! Sources one after the other.

use std::fmt;

use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::common_encoding::CommonEncoding;
use crate::stream::source::{check_count, check_skipped, whole_frames};

/// Sources of equal sample rate, channels and encoding, read one after the other as if they were one; from [`Concat::new`] for many of
/// one type, and [`Source::concat`] for two. Silence joins samples of 24 bits at either end of their 4 bytes, if only the audio shows which.
///
/// Windows run across from one to the next. Sources of different types go in as `Box<dyn DynSource>`. For files,
/// [`Sequence`](crate::Sequence) opens one at a time.
///
/// # Examples
/// ```
/// use ndaudio::stages::Concat;
/// use ndaudio::{ArraySource, Source, ndarray::array};
///
/// let parts = [array![[1_i16], [2]], array![[3]], array![[4], [5]]];
/// let mut all = Concat::new(parts.into_iter().map(|part| ArraySource::new(part, 8_000)))?;
/// assert_eq!(all.frames(), Some(5));
/// assert_eq!(all.read_all::<i16>()?, array![[1], [2], [3], [4], [5]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct Concat<S> {
    spec: Spec,
    parts: Vec<S>,
    /// Where each part was when this began.
    starts: Vec<u64>,
    current: usize,
    position: u64,
    anomalies: Vec<Anomaly>,
}

impl<S: Source> Concat<S> {
    /// Reads sources in the order given, each from where it is.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for no sources, [`SpecMismatch`](ErrorKind::SpecMismatch) for one whose sample
    /// rate, channels or encoding are not those of the first.
    pub fn new(parts: impl IntoIterator<Item = S>) -> Result<Self> {
        let parts: Vec<S> = parts.into_iter().collect();
        let Some((first, others)) = parts.split_first() else {
            return Err(Error::invalid("sources", "there must be at least one source"));
        };
        let mut encoding = CommonEncoding::of(first);
        others.iter().try_for_each(|other| same_audio(first.spec(), &mut encoding, other))?;
        let spec = first.spec().with_encoding(encoding.get());
        let starts = parts.iter().map(Source::position).collect();
        let mut concat = Concat { spec, parts, starts, current: 0, position: 0, anomalies: Vec::new() };
        concat.collect_anomalies();
        Ok(concat)
    }

    /// Returns the sources, wherever they are.
    #[must_use]
    pub fn into_inner(self) -> Vec<S> {
        self.parts
    }

    /// Frames of one part, from where it was.
    fn frames_of(&self, part: usize) -> Option<u64> {
        self.parts[part].frames().map(|frames| frames.saturating_sub(self.starts[part]))
    }

    /// Goes on to the next part, which may have been read before a seek.
    fn next_part(&mut self) -> Result<()> {
        self.current += 1;
        self.collect_anomalies();
        if let Some(part) = self.parts.get_mut(self.current)
            && part.position() != self.starts[self.current]
        {
            part.seek(self.starts[self.current])?;
        }
        Ok(())
    }

    fn collect_anomalies(&mut self) {
        self.anomalies.clear();
        self.anomalies.extend(self.parts.iter().flat_map(|part| part.anomalies().iter().cloned()));
    }
}

impl<S: Source> Source for Concat<S> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec().channels();
        let wanted = whole_frames(out.len(), channels);
        let mut read = 0;
        while read < wanted {
            let Some(part) = self.parts.get_mut(self.current) else { break };
            let count = part.read_interleaved(&mut out[read * channels..])?;
            check_count(count, wanted - read);
            read += count;
            if read < wanted {
                self.next_part()?;
            }
        }
        // Padded sources can be longer together than positions count.
        self.position = self.position.saturating_add(read as u64);
        Ok(read)
    }

    fn frames(&self) -> Option<u64> {
        (0..self.parts.len()).try_fold(0_u64, |sum, part| sum.checked_add(self.frames_of(part)?))
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        let last = self.parts.len() - 1;
        // Frames before the part looked at; never past `frame`.
        let mut before = 0;
        for part in 0..=last {
            let Some(frames) = self.frames_of(part) else {
                return Err(Error::unsupported_operation(
                    "the length of a source is unknown, so this cannot seek past it",
                ));
            };
            let within = frame - before;
            if within < frames || (part == last && within == frames) {
                self.parts[part].seek(self.starts[part].saturating_add(within))?;
                (self.current, self.position) = (part, frame);
                return Ok(());
            }
            before += frames;
        }
        Err(ErrorKind::SeekPastEnd { frame, frames: before }.into())
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        let mut skipped = 0;
        while skipped < frames {
            let Some(part) = self.parts.get_mut(self.current) else { break };
            let count = part.skip_frames(frames - skipped)?;
            check_skipped(count, frames - skipped);
            skipped += count;
            if skipped < frames {
                self.next_part()?;
            }
        }
        self.position = self.position.saturating_add(skipped);
        Ok(skipped)
    }

    fn anomalies(&self) -> &[Anomaly] {
        &self.anomalies
    }

    fn fits_either_end(&self) -> bool {
        self.parts.iter().all(Source::fits_either_end)
    }

    /// The metadata of the first file.
    fn metadata(&mut self) -> Result<Metadata> {
        self.parts[0].metadata()
    }
}

/// Checks that a source can follow others.
fn same_audio(first: &Spec, encoding: &mut CommonEncoding, source: &impl Source) -> Result<()> {
    let other = source.spec();
    let mismatch =
        |field, expected: String, found: String| Err(ErrorKind::SpecMismatch { field, expected, found }.into());
    if first.sample_rate() != other.sample_rate() {
        return mismatch("sample rate", first.sample_rate().to_string(), other.sample_rate().to_string());
    }
    if first.channels() != other.channels() {
        return mismatch("channels", first.channels().to_string(), other.channels().to_string());
    }
    if !encoding.admits(source) {
        return mismatch("encoding", encoding.get().to_string(), other.encoding().to_string());
    }
    Ok(())
}

impl<S: fmt::Debug> fmt::Debug for Concat<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Concat { parts, current, position, .. } = self;
        f.debug_struct("Concat")
            .field("parts", parts)
            .field("current", current)
            .field("position", position)
            .finish_non_exhaustive()
    }
}
