//! Several files, one after the other, as one source.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::reader::WavReader;
use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::source::whole_frames;

/// Reads files one after the other as if they were one, as of a recorder that begins a new file every 2 GB.
///
/// All must have the same sample rate, channels and encoding. Windows run across from one file to the next. One file is open at a time.
///
/// # Examples
/// ```
/// use ndaudio::{Sequence, Source};
///
/// let mut twice = Sequence::open(["data/music.wav", "data/music.wav"])?;
/// assert_eq!(twice.frames(), Some(882_000));
/// assert_eq!(twice.read_all::<i16>()?.nrows(), 882_000);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug)]
pub struct Sequence {
    spec: Spec,
    /// Files to come, the next one last.
    paths: Vec<PathBuf>,
    current: Option<WavReader<File>>,
    frames: Option<u64>,
    position: u64,
    anomalies: Vec<(PathBuf, Anomaly)>,
}

impl Sequence {
    /// Opens files in the order given, and looks into each header, so that a file that does not fit is found at once.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for no files, [`ErrorKind::SpecMismatch`](crate::ErrorKind::SpecMismatch) naming the file that is not as the first,
    /// and whatever [`WavReader::open`] can meet.
    pub fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self> {
        let mut paths: Vec<PathBuf> = paths.into_iter().map(|path| path.as_ref().to_path_buf()).collect();
        let mut first: Option<Spec> = None;
        let mut frames = Some(0_u64);
        let mut anomalies = Vec::new();
        for path in &paths {
            let reader = WavReader::open(path)?;
            match &first {
                None => first = Some(reader.spec().clone()),
                Some(first) => same_audio(first, reader.spec()).map_err(|error| error.with_path(path))?,
            }
            frames = frames.zip(reader.frames()).and_then(|(sum, frames)| sum.checked_add(frames));
            anomalies.extend(reader.anomalies().iter().map(|anomaly| (path.clone(), anomaly.clone())));
        }
        let Some(spec) = first else {
            return Err(Error::invalid("paths", "a sequence needs at least one file"));
        };
        paths.reverse();
        Ok(Sequence { spec, paths, current: None, frames, position: 0, anomalies })
    }

    /// What the files got wrong, with the file.
    #[must_use]
    pub fn anomalies(&self) -> &[(PathBuf, Anomaly)] {
        &self.anomalies
    }

    /// The reader of the file that is read next from; `None` behind the last.
    fn reader(&mut self) -> Result<Option<&mut WavReader<File>>> {
        if self.current.is_none() {
            let Some(path) = self.paths.pop() else { return Ok(None) };
            let reader = WavReader::open(&path)?;
            // It may have been replaced since.
            same_audio(&self.spec, reader.spec()).map_err(|error| error.with_path(&path))?;
            self.current = Some(reader);
        }
        Ok(self.current.as_mut())
    }
}

/// Whether two files can follow each other.
fn same_audio(first: &Spec, other: &Spec) -> Result<()> {
    let mismatch =
        |field, expected: String, found: String| Error::new(ErrorKind::SpecMismatch { field, expected, found });
    if first.sample_rate() != other.sample_rate() {
        return Err(mismatch("sample rate", first.sample_rate().to_string(), other.sample_rate().to_string()));
    }
    if first.channels() != other.channels() {
        return Err(mismatch("number of channels", first.channels().to_string(), other.channels().to_string()));
    }
    if first.encoding() != other.encoding() {
        return Err(mismatch("encoding", first.encoding().to_string(), other.encoding().to_string()));
    }
    Ok(())
}

impl Source for Sequence {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec.channels();
        let wanted = whole_frames(out.len(), channels);
        let mut read = 0;
        while read < wanted {
            let Some(reader) = self.reader()? else { break };
            let count = reader.read_interleaved(&mut out[read * channels..])?;
            read += count;
            if read < wanted {
                self.current = None;
            }
        }
        self.position += read as u64;
        Ok(read)
    }

    fn frames(&self) -> Option<u64> {
        self.frames
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        let mut skipped = 0;
        while skipped < frames {
            let Some(reader) = self.reader()? else { break };
            skipped += reader.skip_frames(frames - skipped)?;
            if skipped < frames {
                self.current = None;
            }
        }
        self.position += skipped;
        Ok(skipped)
    }
}
