//! Continues existing files.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::riff::Limits;
use super::riff::container::Container;
use super::riff::dependent::Dependent;
use super::riff::header::Header;
use super::riff::input::Input;
use super::riff::layout::Layout;
use super::riff::output::Output;
use super::riff::walk::walk;
use super::unfinished_file::UnfinishedFile;
use super::write_options::WriteOptions;
use super::writer::WavWriter;
use crate::error::{Anomaly, Error, ErrorKind, FormatError, Result};

impl WavWriter<File> {
    /// Opens a file to write after the audio that it has, with its own spec and container.
    ///
    /// Until the first frame is written the file stays as it is. Then every `fact` chunk counts the new frames as well, and chunks that describe
    /// the values of the samples, which [`copy_metadata`](WavWriter::copy_metadata) leaves behind too (`PEAK`, `levl`, `MD5 `), become room left
    /// free (`PAD `). Chunks after the audio are kept in memory meanwhile: each
    /// [`checkpoint`](WavWriter::checkpoint) and [`finalize`](WavWriter::finalize) write them again. A process that is killed before the next
    /// checkpoint loses them, but no audio that was there. A RIFF file can
    /// become RF64 past 4 GiB only if it begins with a `JUNK` chunk of 28 bytes or more, as this crate and ffmpeg write it.
    ///
    /// On Unix the file is locked (advisory, as by `flock`) until it is closed, so that two appenders cannot overwrite each other's frames.
    ///
    /// # Errors
    /// - [`ErrorKind::Io`] naming the path, with [`ResourceBusy`](std::io::ErrorKind::ResourceBusy) if another writer is appending to the file
    /// - [`ErrorKind::Format`] if the file is not a WAVE file, or its sizes are not right: repair it first
    /// - [`ErrorKind::Unsupported`] for RIFX, and for pipes and devices
    /// - [`ErrorKind::TooLarge`] for more metadata before or after the audio than [`Limits::metadata_bytes`]
    ///
    /// # Examples
    /// ```
    /// use ndarray::array;
    /// use ndaudio::{Encoding, Spec, WavWriter};
    /// # let path = std::env::temp_dir().join(format!("ndaudio-append-{}.wav", std::process::id()));
    ///
    /// ndaudio::write(&path, &array![[1_i16], [2]], &Spec::new(48_000, 1, Encoding::I16))?;
    /// let mut writer = WavWriter::append(&path)?;
    /// writer.write(&array![[3_i16]])?;
    /// writer.finalize()?;
    /// assert_eq!(ndaudio::read::<i16>(&path)?.0, array![[1], [2], [3]]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn append(path: impl AsRef<Path>) -> Result<Self> {
        open(path.as_ref(), None).map_err(|error| error.with_path(path))
    }
}

impl<W: Read + Write + Seek> WavWriter<W> {
    /// Continues a WAVE file that begins at the present position of `file`. Otherwise as [`append`](WavWriter::append), without a lock.
    ///
    /// A writer other than a file cannot be cut off: if its process is killed before the next checkpoint, what is left of chunks that followed
    /// the audio may be read as audio.
    ///
    /// # Errors
    /// As [`append`](WavWriter::append).
    pub fn append_to(file: W) -> Result<Self> {
        let (file, found) = examine(file, &Limits::default())?;
        Ok(found.resume(Output::seekable(file)?, None))
    }
}

impl WriteOptions {
    /// Opens a file to write after the audio that it has, with these checkpoints; see [`WavWriter::append`]. The container is the
    /// file's own.
    ///
    /// # Errors
    /// As [`WavWriter::append`], and [`ErrorKind::SpecMismatch`] if the file has another spec.
    pub fn append(&self, path: impl AsRef<Path>) -> Result<WavWriter<File>> {
        open(path.as_ref(), Some(self)).map_err(|error| error.with_path(path))
    }
}

fn open(path: &Path, options: Option<&WriteOptions>) -> Result<WavWriter<File>> {
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(Error::opening)?;
    if !file.metadata()?.is_file() {
        return Err(Error::unsupported_operation("only a regular file can be appended to"));
    }
    lock(&file).map_err(Error::opening)?;
    let limits = options.map_or_else(Limits::default, |options| options.limits.clone());
    let (file, found) = examine(file, &limits)?;
    if let Some(options) = options {
        found.check_spec(options)?;
    }
    let mut writer = found.resume(Output::file(file)?, options);
    writer.set_path(path);
    Ok(writer)
}

/// Keeps other appenders out, where the file system has locks. Elsewhere than on Unix a lock would keep readers out as well.
#[cfg(unix)]
fn lock(file: &File) -> std::io::Result<()> {
    use std::fs::TryLockError;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(std::io::Error::new(std::io::ErrorKind::ResourceBusy, "another writer is appending to it"))
        }
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

#[cfg(not(unix))]
fn lock(_: &File) -> std::io::Result<()> {
    Ok(())
}

/// The parts of a file around the place where new audio goes.
struct Found {
    layout: Layout,
    header: Header,
    trailing: (Vec<u8>, Dependent),
    audio: u64,
    file_len: u64,
}

impl Found {
    fn check_spec(&self, options: &WriteOptions) -> Result<()> {
        let (found, expected) = (&self.layout.spec, &options.spec);
        let fields = [
            ("sample rate", expected.sample_rate().to_string(), found.sample_rate().to_string()),
            ("channels", expected.channels().to_string(), found.channels().to_string()),
            ("encoding", expected.encoding().to_string(), found.encoding().to_string()),
        ];
        match fields.into_iter().find(|(_, expected, found)| expected != found) {
            Some((field, expected, found)) => Err(ErrorKind::SpecMismatch { field, expected, found }.into()),
            None => Ok(()),
        }
    }

    fn resume<W: Write>(self, sink: Output<W>, options: Option<&WriteOptions>) -> WavWriter<W> {
        let mut settings = WriteOptions::new(&self.layout.spec);
        if let Some(options) = options {
            (settings.checkpoint_frames, settings.sync) = (options.checkpoint_frames, options.sync);
        }
        let sink = sink.with_end(self.file_len);
        let file = UnfinishedFile::resume(sink, &settings, self.header, self.trailing, self.audio);
        WavWriter::to_file(file, &settings)
    }
}

/// Continues a file on another output, for tests.
#[cfg(test)]
pub(super) fn resume_on<R: Read + Write + Seek, W: Write>(
    file: R,
    sink: Output<W>,
    options: &WriteOptions,
) -> Result<WavWriter<W>> {
    Ok(examine(file, &Limits::default())?.1.resume(sink, Some(options)))
}

/// Finds out what there is, and returns to where the file began.
fn examine<W: Read + Write + Seek>(mut file: W, limits: &Limits) -> Result<(W, Found)> {
    let base = file.stream_position()?;
    let mut input = Input::seekable(&mut file)?;
    let layout = walk(&mut input, limits)?;
    if let Some(anomaly) = layout.anomalies.iter().find(|anomaly| unsettles(anomaly)) {
        return Err(Error::format(anomaly.offset(), FormatError::Repairable(anomaly.clone())));
    }
    if layout.container == Container::Rifx {
        return Err(Error::unsupported_operation("RIFX files are read but not written"));
    }
    let (audio, file_len) = (layout.data_len.unwrap_or(0), input.len().unwrap_or(0));
    let audio_end = layout.data_offset + audio;
    let trailing_at = (audio_end + layout.container.padding(audio_end)).min(file_len);
    let image = read_kept(&mut input, 0, layout.data_offset, "metadata before the audio", limits)?;
    let trailing_len = file_len - trailing_at;
    let mut trailing = read_kept(&mut input, trailing_at, trailing_len, "metadata after the audio", limits)?;
    // More chunks may follow these.
    let padding = layout.container.padding(trailing_len);
    trailing.resize(trailing.len() + usize::try_from(padding).unwrap_or(0), 0);
    drop(input);
    file.seek(SeekFrom::Start(base))?;
    let header = Header::of_file(&layout, image);
    let after_audio = layout.chunks.iter().filter(|chunk| chunk.offset >= trailing_at);
    let dependent = Dependent::among(layout.container, after_audio, trailing_at);
    Ok((file, Found { layout, header, trailing: (trailing, dependent), audio, file_len }))
}

fn read_kept<R: Read>(input: &mut Input<R>, at: u64, len: u64, what: &'static str, limits: &Limits) -> Result<Vec<u8>> {
    let limit = limits.metadata_bytes;
    if len > limit {
        return Err(ErrorKind::TooLarge { what, bytes: len, limit }.into());
    }
    input.seek_to(at)?;
    let bytes = input.read_bytes(len)?;
    if (bytes.len() as u64) < len {
        let (needed, found) = (len, bytes.len() as u64);
        return Err(Error::format(at, FormatError::Truncated { what, needed, found }));
    }
    Ok(bytes)
}

/// Returns whether an anomaly leaves in doubt where the audio ends or what follows it.
fn unsettles(anomaly: &Anomaly) -> bool {
    !matches!(
        anomaly,
        Anomaly::FmtSize { .. }
            | Anomaly::ExtensionSize { .. }
            | Anomaly::ByteRate { .. }
            | Anomaly::BlockAlign { .. }
            | Anomaly::Bits { .. }
            | Anomaly::ValidBits { .. }
            | Anomaly::UnusedBits { .. }
            | Anomaly::Justification { .. }
            | Anomaly::SampleRateZero { .. }
            | Anomaly::FactSize { .. }
            | Anomaly::Guid { .. }
            | Anomaly::StrayZeros { .. }
            // hound leaves the last padding byte out; the new audio, or chunk, takes its place.
            | Anomaly::MissingFinalPad { .. }
    )
}
