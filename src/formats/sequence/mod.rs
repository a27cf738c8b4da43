//! Several recordings, one after the other, as one source.

mod file;
#[cfg(feature = "time")]
mod gap;

use std::path::{Path, PathBuf};

use super::open::open;
use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::metadata::Metadata;
#[cfg(feature = "time")]
use crate::metadata::{RecordingTime, start_time};
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::common_encoding::CommonEncoding;
use crate::stream::source::whole_frames;
use crate::stream::{DynSource, Source};

pub use file::SequenceFile;
#[cfg(feature = "time")]
pub use gap::Gap;

/// Reads recordings one after the other as if they were one, such as those of a recorder that begins a new file every hour.
///
/// All must have the same sample rate, channels and encoding; silence joins samples of 24 bits at either end of their 4 bytes, if only the
/// audio shows which. Windows run across from one file to the next. One file is open at a
/// time, and one that was replaced or written to since the sequence was opened is refused when it is opened again.
///
/// With feature `time` the sequence knows when each file began, and so the gaps and overlaps between them. The audio itself is joined
/// without them; `runs` splits it there, for windows that must not run across a gap.
///
/// # Examples
/// ```
/// use ndaudio::{Sequence, Source};
///
/// let mut twice = Sequence::open(["data/music.wav", "data/music.wav"])?;
/// assert_eq!(twice.frames(), Some(882_000));
/// assert_eq!(twice.locate(500_000), Some((1, 59_000))); // the second file, and the frame in it
/// twice.seek(881_000)?;
/// assert_eq!(twice.read_all::<i16>()?.nrows(), 1000);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug)]
pub struct Sequence {
    spec: Spec,
    files: Vec<SequenceFile>,
    /// The reader of `files[next]`, once it has been opened.
    current: Option<Box<dyn DynSource>>,
    next: usize,
    frames: Option<u64>,
    position: u64,
    anomalies: Vec<(PathBuf, Anomaly)>,
}

impl Sequence {
    /// Opens files in the order given, and reads each header, so that a file that does not fit is found at once.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for no files, [`ErrorKind::SpecMismatch`] naming the file that differs from the first, and
    /// whatever opening can meet.
    pub fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self> {
        let mut files: Vec<SequenceFile> = Vec::new();
        let mut first: Option<(Spec, CommonEncoding)> = None;
        let mut frames = Some(0_u64);
        let mut anomalies = Vec::new();
        for path in paths {
            let path = path.as_ref();
            // Before its header is read, so that no later file can pass for it.
            let identity = file::identity(path).map_err(|error| Error::opening(error).with_path(path))?;
            #[cfg_attr(not(feature = "time"), expect(unused_mut, reason = "metadata are read for the time only"))]
            let mut source = open(path)?;
            match &mut first {
                None => first = Some((source.spec().clone(), CommonEncoding::of(&source))),
                Some((first, encoding)) => {
                    require_same(first, encoding, &source).map_err(|error| error.with_path(path))?;
                }
            }
            files.push(SequenceFile {
                path: path.to_path_buf(),
                identity,
                first_frame: frames,
                frames: source.frames(),
                #[cfg(feature = "time")]
                start_time: began(&mut source, path)?,
            });
            frames = frames.zip(source.frames()).and_then(|(sum, frames)| sum.checked_add(frames));
            anomalies.extend(source.anomalies().iter().map(|anomaly| (path.to_path_buf(), anomaly.clone())));
        }
        let Some((spec, encoding)) = first else {
            return Err(Error::invalid("paths", "a sequence needs at least one file"));
        };
        let spec = spec.with_encoding(encoding.get());
        Ok(Sequence { spec, files, current: None, next: 0, frames, position: 0, anomalies })
    }

    /// The files in order, each with where in the sequence its audio begins.
    #[must_use]
    pub fn files(&self) -> &[SequenceFile] {
        &self.files
    }

    /// The anomalies of all files, each with its file.
    #[must_use]
    pub fn file_anomalies(&self) -> &[(PathBuf, Anomaly)] {
        &self.anomalies
    }

    /// The file that holds a frame of the sequence, counted from 0, and the frame in that file; `None` past the end, and after a
    /// file whose length is not known.
    #[must_use]
    pub fn locate(&self, frame: u64) -> Option<(usize, u64)> {
        let begins_after = |file: &SequenceFile| file.first_frame.is_none_or(|first| first > frame);
        let index = self.files.partition_point(|file| !begins_after(file)).checked_sub(1)?;
        let file = &self.files[index];
        let within = frame - file.first_frame?;
        (within < file.frames?).then_some((index, within))
    }

    /// When a frame of the sequence was recorded, by the clock of the file that holds it; `None` if [`locate`](Self::locate) returns
    /// `None`, or if the file does not say.
    #[cfg(feature = "time")]
    #[must_use]
    pub fn time_of(&self, frame: u64) -> Option<RecordingTime> {
        let (index, within) = self.locate(frame)?;
        self.files[index].start_time?.at_frame(within, self.spec.sample_rate())
    }

    /// Where one file does not begin when the one before it ends, by more than `tolerance`: gaps, and overlaps as negative gaps.
    ///
    /// Start times are often whole seconds, and recorders' clocks drift against their sample rates, so a tolerance of a second or two
    /// is usual. Files that do not say when they began have no gaps before or after them.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use ndaudio::{Encoding, Sequence, Spec, ndarray::Array2};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let second = Array2::<i16>::zeros((8_000, 1));
    /// // One second each: the second file follows at once, the third a minute later.
    /// let paths = ["20260501_120000.WAV", "20260501_120001.WAV", "20260501_120102.WAV"].map(|name| folder.path().join(name));
    /// for path in &paths {
    ///     ndaudio::write(path, &second, &Spec::new(8_000, 1, Encoding::I16))?;
    /// }
    /// let gaps = Sequence::open(&paths)?.gaps(Duration::from_secs(2));
    /// assert_eq!((gaps.len(), gaps[0].file, gaps[0].frame, gaps[0].length.as_secs()), (1, 2, 16_000, 60));
    /// assert_eq!(gaps[0].begin.to_string(), "2026-05-01T12:00:02"); // when the audio before it ended
    /// assert_eq!(gaps[0].end.to_string(), "2026-05-01T12:01:02"); //   when the audio after it began
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "time")]
    #[must_use]
    pub fn gaps(&self, tolerance: std::time::Duration) -> Vec<Gap> {
        gap::gaps(&self.files, self.spec.sample_rate(), tolerance)
    }

    /// The runs between the gaps, each a sequence of its own that counts its frames from 0: windows of one never run across a gap.
    ///
    /// A gap is what [`gaps`](Self::gaps) finds with the same tolerance, an overlap included. Where there is none, the one run has all files.
    /// No file is opened for it.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use ndaudio::{Encoding, Sequence, Source, Spec, levels, ndarray::Array2};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let second = Array2::<i16>::zeros((8_000, 1));
    /// // One second each: the second file follows at once, the third a minute later.
    /// let paths = ["20260501_120000.WAV", "20260501_120001.WAV", "20260501_120102.WAV"].map(|name| folder.path().join(name));
    /// for path in &paths {
    ///     ndaudio::write(path, &second, &Spec::new(8_000, 1, Encoding::I16))?;
    /// }
    /// let mut began = Vec::new();
    /// for mut run in Sequence::open(&paths)?.runs(Duration::from_secs(2)) {
    ///     let mut windows = run.windows::<f32>(12_000, 12_000);
    ///     while let Some((position, window)) = windows.next_with_position()? {
    ///         assert_eq!(levels::peak(&window)[0], 0.0);
    ///         began.push(windows.source().time_of(position).map(|time| time.to_string()));
    ///     }
    /// }
    /// assert_eq!(began, [Some("2026-05-01T12:00:00".to_owned())]); // the second run is shorter than a window
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "time")]
    #[must_use]
    pub fn runs(&self, tolerance: std::time::Duration) -> Vec<Sequence> {
        let mut begins = vec![0];
        begins.extend(self.gaps(tolerance).iter().map(|gap| gap.file));
        let ends = begins.iter().copied().skip(1).chain([self.files.len()]);
        begins.iter().zip(ends).map(|(&begin, end)| self.part(&self.files[begin..end])).collect()
    }

    /// A sequence of some of the files.
    #[cfg(feature = "time")]
    fn part(&self, files: &[SequenceFile]) -> Sequence {
        let mut frames = Some(0_u64);
        let files: Vec<SequenceFile> = files
            .iter()
            .map(|file| {
                let first_frame = frames;
                frames = frames.zip(file.frames).and_then(|(sum, frames)| sum.checked_add(frames));
                SequenceFile { first_frame, ..file.clone() }
            })
            .collect();
        let of_part = |path: &Path| files.iter().any(|file| file.path == path);
        let anomalies = self.anomalies.iter().filter(|(path, _)| of_part(path)).cloned().collect();
        Sequence { spec: self.spec.clone(), files, current: None, next: 0, frames, position: 0, anomalies }
    }

    /// The reader of the file that is read next; `None` after the last.
    fn reader(&mut self) -> Result<Option<&mut Box<dyn DynSource>>> {
        if self.current.is_none() {
            self.current = self.opened(self.next)?;
        }
        Ok(self.current.as_mut())
    }

    /// A new reader of a file; `None` after the last.
    fn opened(&self, index: usize) -> Result<Option<Box<dyn DynSource>>> {
        let Some(file) = self.files.get(index) else { return Ok(None) };
        let source = open(&file.path)?;
        require_unchanged(&self.spec, file, &source).map_err(|error| error.with_path(&file.path))?;
        Ok(Some(source))
    }

    /// Leaves the file that has been read to its end, and keeps what only its end has shown.
    fn leave(&mut self) {
        if let (Some(source), Some(file)) = (self.current.take(), self.files.get(self.next)) {
            let is_its = |path: &Path| path.as_os_str() == file.path.as_os_str();
            let known: Vec<&Anomaly> =
                self.anomalies.iter().filter(|(path, _)| is_its(path)).map(|(_, anomaly)| anomaly).collect();
            // Nearly all were found when the file was first opened, in this order: each is looked for from the one before it on.
            let (mut from, mut new) = (0, Vec::new());
            for anomaly in source.anomalies() {
                match known[from..].iter().chain(&known[..from]).position(|known| *known == anomaly) {
                    Some(ahead) => from = (from + ahead + 1) % known.len(),
                    None => new.push((file.path.clone(), anomaly.clone())),
                }
            }
            self.anomalies.extend(new);
        }
        self.next += 1;
    }
}

/// When the recording began, as far as it says.
#[cfg(feature = "time")]
fn began(source: &mut impl Source, path: &Path) -> Result<Option<RecordingTime>> {
    let sample_rate = source.spec().sample_rate();
    Ok(start_time(&source.metadata()?, sample_rate, Some(path)))
}

/// Refuses a file that cannot follow the first.
fn require_same(first: &Spec, encoding: &mut CommonEncoding, source: &impl Source) -> Result<()> {
    let other = source.spec();
    require("sample rate", first.sample_rate(), other.sample_rate())?;
    require("number of channels", first.channels(), other.channels())?;
    if encoding.admits(source) { Ok(()) } else { require("encoding", encoding.get(), other.encoding()) }
}

/// Refuses a file that was replaced or written to since its header was read.
fn require_unchanged(first: &Spec, file: &SequenceFile, source: &impl Source) -> Result<()> {
    require_same(first, &mut CommonEncoding::decided(first.encoding()), source)?;
    match (file.frames, source.frames()) {
        (Some(then), Some(now)) if then != now => Err(Error::other(format!(
            "the file has changed since the sequence was opened: it had {then} frames, and has {now} now"
        ))),
        _ if file::identity(&file.path)? != file.identity => Err(Error::other(
            "the file was replaced or written to since the sequence was opened; open the sequence again",
        )),
        _ => Ok(()),
    }
}

fn require<V: PartialEq + ToString>(field: &'static str, expected: V, found: V) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (expected.to_string(), found.to_string());
    Err(Error::new(ErrorKind::SpecMismatch { field, expected, found }))
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
            // At once, so that the position is right also if the next file cannot be read.
            self.position += count as u64;
            if read < wanted {
                self.leave();
            }
        }
        Ok(read)
    }

    fn frames(&self) -> Option<u64> {
        self.frames
    }

    fn position(&self) -> u64 {
        self.position
    }

    /// Opens the file that holds the frame, unless it is the one being read. If that fails, reading goes on where it was.
    fn seek(&mut self, frame: u64) -> Result<()> {
        let (index, within) = match (self.locate(frame), self.frames) {
            (Some(found), _) => found,
            // The end itself.
            (None, Some(frames)) if frame == frames => (self.files.len(), 0),
            (None, Some(frames)) => return Err(Error::new(ErrorKind::SeekPastEnd { frame, frames })),
            (None, None) => {
                return Err(Error::unsupported_operation("a file of unknown length in a sequence can only be read on"));
            }
        };
        if index == self.next {
            if let Some(reader) = self.reader()? {
                let before = reader.position();
                // An input that failed may have moved all the same.
                reader.seek(within).inspect_err(|_| drop(reader.seek(before)))?;
            }
        } else {
            // The file being read is kept until the other one has been opened and sought.
            let mut current = self.opened(index)?;
            if let Some(reader) = &mut current {
                reader.seek(within)?;
            }
            (self.current, self.next) = (current, index);
        }
        self.position = frame;
        Ok(())
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        let mut skipped = 0;
        while skipped < frames {
            let Some(reader) = self.reader()? else { break };
            let count = reader.skip_frames(frames - skipped)?;
            skipped += count;
            self.position += count;
            if skipped < frames {
                self.leave();
            }
        }
        Ok(skipped)
    }

    /// Those of the first file.
    fn metadata(&mut self) -> Result<Metadata> {
        match self.files.first() {
            Some(file) => open(&file.path)?.metadata(),
            None => Ok(Metadata::default()),
        }
    }
}
