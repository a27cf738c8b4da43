//! The ways to begin writing.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::Path;

use ndarray::ArrayRef;

use super::replace::Replace;
use super::riff::header::Header;
use super::riff::output::Output;
use super::write_options::WriteOptions;
use super::writer::WavWriter;
use crate::error::{Error, Result};
use crate::pcm::{FrameDimension, Sample};
use crate::spec::Spec;

impl WavWriter<File> {
    /// Creates the file, or empties it if it exists. [`Replace`] keeps the old file until the new one is complete.
    ///
    /// A pipe or a device is written as by [`stream`](WavWriter::stream).
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the path, [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a
    /// spec that no file can hold.
    pub fn create(path: impl AsRef<Path>, spec: &Spec) -> Result<Self> {
        WriteOptions::new(spec).create(path)
    }
}

impl<W: Write> WavWriter<W> {
    /// Writes to a writer that can seek, from its present position. It needs no `BufWriter`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no
    /// file can hold.
    pub fn new(writer: W, spec: &Spec) -> Result<Self>
    where
        W: Seek,
    {
        WriteOptions::new(spec).writer(writer)
    }

    /// Writes to a writer that only goes forward: a pipe, a socket.
    ///
    /// The header says that the size is unknown (0xFFFFFFFF, as ffmpeg does) and is sent with the first block. Chunks must
    /// be added before it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no file can hold.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Encoding, Spec, WavWriter};
    ///
    /// let mut writer = WavWriter::stream(Vec::new(), &Spec::new(8_000, 1, Encoding::MuLaw))?;
    /// writer.write_interleaved(&[0_i16, 0, 0])?;
    /// let bytes = writer.finalize()?;
    /// assert!(bytes.ends_with(b"data\xFF\xFF\xFF\xFF\xFF\xFF\xFF"));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn stream(writer: W, spec: &Spec) -> Result<Self> {
        WriteOptions::new(spec).stream(writer)
    }
}

impl WriteOptions {
    /// Creates the file, or empties it if it exists. A pipe or a device is written as by [`stream`](WriteOptions::stream).
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) naming the path, [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a
    /// container or spec that is not written.
    pub fn create(&self, path: impl AsRef<Path>) -> Result<WavWriter<File>> {
        let path = path.as_ref();
        // A spec that cannot be written must not cost the file that is there.
        Header::new(self.container, &self.spec).map_err(|error| error.with_path(path))?;
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        self.writer_to_file(file.map_err(|error| Error::creating(error).with_path(path))?, path)
    }

    /// Writes to an open file, pipe or device, from its present position. Errors name the path given.
    pub(super) fn writer_to_file(&self, file: File, path: &Path) -> Result<WavWriter<File>> {
        let sink = Output::file(file).map_err(|error| Error::from(error).with_path(path))?;
        WavWriter::start(sink, self, Some(path.to_path_buf()))
    }

    /// Writes to a writer that can seek, from its present position. It needs no `BufWriter`. What it already holds after the new file
    /// is not cut off.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a container or spec
    /// that is not written.
    pub fn writer<W: Write + Seek>(&self, writer: W) -> Result<WavWriter<W>> {
        WavWriter::start(Output::seekable(writer)?, self, None)
    }

    /// Writes to a writer that only goes forward; see [`WavWriter::stream`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a container or spec that is not written.
    pub fn stream<W: Write>(&self, writer: W) -> Result<WavWriter<W>> {
        WavWriter::start(Output::stream(writer), self, None)
    }
}

/// Writes a whole file: all frames of `samples`, converted to the spec's encoding.
///
/// The file is written next to the target and moved there when it is complete, so a failed run leaves an old file as it was.
/// [`Replace`] says what is kept of an old file.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) or [`ErrorKind::Write`](crate::ErrorKind::Write) naming the path,
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a spec that no file can hold.
///
/// # Panics
/// Unless the array has a column for each channel of `spec`; a one-dimensional array is mono, so `spec` must then have one channel.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::{Encoding, Spec};
/// # let path = std::env::temp_dir().join(format!("ndaudio-write-{}.wav", std::process::id()));
///
/// let spec = Spec::new(48_000, 2, Encoding::I16);
/// ndaudio::write(&path, &array![[1_i16, -1], [2, -2]], &spec)?;
/// assert!(std::fs::read(&path)?.ends_with(&[1, 0, 255, 255, 2, 0, 254, 255]));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn write<T: Sample, N: FrameDimension>(
    path: impl AsRef<Path>,
    samples: &ArrayRef<T, N>,
    spec: &Spec,
) -> Result<()> {
    let replace = Replace::create(path)?;
    let mut writer = replace.writer(&WriteOptions::new(spec))?;
    writer.write(&N::into_frames(samples.view()))?;
    writer.finalize()?;
    replace.commit()
}
