//! Goes on with a file that is there.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::options::WriteOptions;
use super::riff::container::Container;
use super::riff::header::{Header, alignment};
use super::riff::input::Input;
use super::riff::output::Output;
use super::riff::walk::{Layout, walk};
use super::writer::WavWriter;
use crate::error::Anomaly;
use crate::error::{Error, ErrorKind, FormatError, Result};

/// Bytes in front of the audio, and as many behind it, that are kept in memory.
const KEPT_MAX: u64 = 64 << 20;

impl WavWriter<File> {
    /// Opens a file to write behind the audio that it has, in its own spec and container.
    ///
    /// Chunks behind the audio are kept in memory and written again by [`finalize`](WavWriter::finalize); a process that is killed
    /// before that loses them, but no audio. Until the first frame is written the file stays as it is. A RIFF file can
    /// become RF64 past 4 GiB only if it has a `JUNK` chunk of 28 bytes or more in front, as this crate and ffmpeg write it.
    ///
    /// # Errors
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) naming the path
    /// - [`ErrorKind::Format`](crate::ErrorKind::Format) if the file is no WAVE file, or its sizes are not in order: repair it first
    /// - [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for RIFX, and for pipes and devices
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than 64 MiB of metadata in front or behind
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
    /// Goes on with a WAVE file that begins where `file` stands; as [`append`](WavWriter::append) otherwise.
    ///
    /// # Errors
    /// As [`append`](WavWriter::append).
    pub fn append_to(file: W) -> Result<Self> {
        let (file, found) = examine(file)?;
        Ok(found.resume(Output::seekable(file)?, None))
    }
}

impl WriteOptions {
    /// Opens a file to write behind the audio that it has, with these checkpoints; see [`WavWriter::append`]. The container is the
    /// file's own.
    ///
    /// # Errors
    /// As [`WavWriter::append`], and [`ErrorKind::SpecMismatch`](crate::ErrorKind::SpecMismatch) if the file is of another spec.
    pub fn append(&self, path: impl AsRef<Path>) -> Result<WavWriter<File>> {
        open(path.as_ref(), Some(self)).map_err(|error| error.with_path(path))
    }
}

fn open(path: &Path, options: Option<&WriteOptions>) -> Result<WavWriter<File>> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(refused("only a regular file can be appended to"));
    }
    let (file, found) = examine(file)?;
    if let Some(options) = options {
        found.check_spec(options)?;
    }
    let mut writer = found.resume(Output::file(file)?, options);
    writer.set_path(path);
    Ok(writer)
}

/// What a file has around the place where the new audio goes.
struct Found {
    layout: Layout,
    header: Header,
    behind: Vec<u8>,
    audio: u64,
    file_len: u64,
}

impl Found {
    fn check_spec(&self, options: &WriteOptions) -> Result<()> {
        let (found, expected) = (&self.layout.spec, &options.spec);
        let mismatch = |field, expected: &dyn ToString, found: &dyn ToString| {
            Err(Error::new(ErrorKind::SpecMismatch { field, expected: expected.to_string(), found: found.to_string() }))
        };
        if found.sample_rate() != expected.sample_rate() {
            mismatch("sample rate", &expected.sample_rate(), &found.sample_rate())
        } else if found.channels() != expected.channels() {
            mismatch("channels", &expected.channels(), &found.channels())
        } else if found.encoding() != expected.encoding() {
            mismatch("encoding", &expected.encoding(), &found.encoding())
        } else {
            Ok(())
        }
    }

    fn resume<W: Write>(self, sink: Output<W>, options: Option<&WriteOptions>) -> WavWriter<W> {
        let mut settings = WriteOptions::new(&self.layout.spec);
        if let Some(options) = options {
            (settings.checkpoint_frames, settings.sync) = (options.checkpoint_frames, options.sync);
        }
        WavWriter::resume(sink.with_end(self.file_len), &settings, self.header, self.behind, self.audio)
    }
}

/// Finds out what there is, and puts the file back to where it stood.
fn examine<W: Read + Write + Seek>(mut file: W) -> Result<(W, Found)> {
    let base = file.stream_position()?;
    let mut input = Input::seekable(&mut file)?;
    let layout = walk(&mut input)?;
    if let Some(anomaly) = layout.anomalies.iter().find(|anomaly| unsettles(anomaly, &layout)) {
        return Err(Error::format(anomaly.offset(), FormatError::Repairable(anomaly.clone())));
    }
    if layout.container == Container::Rifx {
        return Err(refused("RIFX files are read but not written"));
    }
    let (audio, file_len) = (layout.data_len.unwrap_or(0), input.len().unwrap_or(0));
    let audio_end = layout.data_offset + audio;
    let alignment = alignment(layout.container);
    let behind_at = audio_end.next_multiple_of(alignment.into()).min(file_len);
    let image = read_kept(&mut input, 0, layout.data_offset, "metadata in front of the audio")?;
    let mut behind = read_kept(&mut input, behind_at, file_len - behind_at, "metadata behind the audio")?;
    // More chunks may come behind these.
    behind.resize(behind.len().next_multiple_of(alignment.into()), 0);
    drop(input);
    file.seek(SeekFrom::Start(base))?;
    let header = Header::of_file(&layout, image);
    Ok((file, Found { layout, header, behind, audio, file_len }))
}

fn read_kept<R: Read>(input: &mut Input<R>, at: u64, len: u64, what: &'static str) -> Result<Vec<u8>> {
    if len > KEPT_MAX {
        return Err(Error::new(ErrorKind::TooLarge { what, bytes: len, limit: KEPT_MAX }));
    }
    input.seek_to(at)?;
    let bytes = input.read_bytes(len)?;
    if (bytes.len() as u64) < len {
        let (needed, found) = (len, bytes.len() as u64);
        return Err(Error::format(at, FormatError::Truncated { what, needed, found }));
    }
    Ok(bytes)
}

/// Whether it leaves in doubt where the audio ends or what stands behind it.
fn unsettles(anomaly: &Anomaly, layout: &Layout) -> bool {
    match anomaly {
        Anomaly::FmtSize { .. }
        | Anomaly::ExtensionSize { .. }
        | Anomaly::ByteRate { .. }
        | Anomaly::BlockAlign { .. }
        | Anomaly::Bits { .. }
        | Anomaly::ValidBits { .. }
        | Anomaly::SampleRateZero { .. }
        | Anomaly::FactSize { .. }
        | Anomaly::StrayZeros { .. } => false,
        // hound leaves the padding out; with nothing behind, the new audio goes where it would be.
        Anomaly::MissingPad { chunk, .. } => {
            *chunk != *b"data" || layout.chunks.last().is_none_or(|last| last.id != *b"data")
        }
        _ => true,
    }
}

fn refused(what: &'static str) -> Error {
    Error::unsupported_operation(what)
}
