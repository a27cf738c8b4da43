//! How a file is to be written.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::riff::container::Container;
use super::riff::output::Output;
use super::writer::WavWriter;
use crate::error::{Error, Result};
use crate::spec::Spec;

/// How a file is to be written: what the audio is, in which container, and how often it is made safe.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use ndaudio::{Container, Encoding, Spec, WriteOptions};
/// use ndarray::array;
///
/// let spec = Spec::new(48_000, 2, Encoding::I24);
/// let options = WriteOptions::new(&spec).container(Container::Rf64).checkpoint_every_duration(Duration::from_secs(10));
/// let mut writer = options.writer(std::io::Cursor::new(Vec::new()))?;
/// writer.write(&array![[0.5_f32, -0.5]])?;
/// let bytes = writer.finalize()?.into_inner();
/// assert_eq!(&bytes[..4], b"RF64");
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOptions {
    pub(super) spec: Spec,
    pub(super) container: Container,
    pub(super) checkpoint_frames: Option<u64>,
    pub(super) sync: bool,
}

impl WriteOptions {
    /// RIFF/WAVE that becomes RF64 past 4 GiB, with no checkpoints of its own.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        WriteOptions { spec: spec.clone(), container: Container::Riff, checkpoint_frames: None, sync: false }
    }

    /// The kind of file. RIFX is read but not written.
    #[must_use]
    pub fn container(mut self, container: Container) -> Self {
        self.container = container;
        self
    }

    /// Makes a [checkpoint](WavWriter::checkpoint) each time that so many frames were written since the last one.
    ///
    /// # Panics
    /// Unless `frames >= 1`.
    #[must_use]
    pub fn checkpoint_every(mut self, frames: u64) -> Self {
        assert!(frames >= 1, "frames ({frames}) must be at least 1");
        self.checkpoint_frames = Some(frames);
        self
    }

    /// Makes a [checkpoint](WavWriter::checkpoint) each time that so much audio was written since the last one: time of the
    /// recording, not of the clock, and at least a frame.
    #[must_use]
    pub fn checkpoint_every_duration(self, duration: Duration) -> Self {
        let nanos = duration.as_nanos().saturating_mul(u128::from(self.spec.sample_rate()));
        let frames = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
        self.checkpoint_every(frames.max(1))
    }

    /// Whether checkpoints and `finalize` wait until the disk itself has the bytes, so that they outlast a power cut and not
    /// only the process. For files, in the order that keeps them whole: the audio, then the header. Takes milliseconds each time.
    #[must_use]
    pub fn sync(mut self, sync: bool) -> Self {
        self.sync = sync;
        self
    }

    /// Creates the file, or empties it if it exists. A pipe or a device behind the path is written as by
    /// [`stream`](WriteOptions::stream).
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the path, [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a container or spec that is not written.
    pub fn create(&self, path: impl AsRef<Path>) -> Result<WavWriter<File>> {
        let path = path.as_ref();
        // What cannot be written must not cost the file that is there.
        super::riff::header::Header::new(self.container, &self.spec).map_err(|error| error.with_path(path))?;
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        self.writer_to_file(file.map_err(|error| Error::from(error).with_path(path))?, path)
    }

    /// Writes to an open file, or pipe or device, from where it stands. Errors name the path given.
    pub(super) fn writer_to_file(&self, file: File, path: &Path) -> Result<WavWriter<File>> {
        let sink = Output::file(file).map_err(|error| Error::from(error).with_path(path))?;
        WavWriter::start(sink, self, Some(path.to_path_buf()))
    }

    /// Writes to anything that can seek, from where it stands. No `BufWriter` is needed. What the writer held behind is not cut off.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a container or spec that is not written.
    pub fn writer<W: Write + Seek>(&self, writer: W) -> Result<WavWriter<W>> {
        WavWriter::start(Output::seekable(writer)?, self, None)
    }

    /// Writes to anything that only goes forward: a pipe, a socket. The header says that the size is unknown (0xFFFFFFFF, as
    /// ffmpeg does), is sent with the first block, and all chunks must come before it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a container or spec that is not written.
    pub fn stream<W: Write>(&self, writer: W) -> Result<WavWriter<W>> {
        WavWriter::start(Output::stream(writer), self, None)
    }
}
