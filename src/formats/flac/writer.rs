//! Writes frames to a FLAC file.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flac_codec::encode::{FlacStreamWriter, Options};
use ndarray::{ArrayRef, Ix2};

use super::file_header::FileHeader;
use super::md5::SamplesMd5;
use crate::error::{Error, ErrorKind, Result, Unsupported};
use crate::formats::media::tags::from_info;
use crate::metadata::Metadata;
use crate::pcm::{FrameDimension, Sample, as_frames};
use crate::spec::{Encoding, Spec};
use crate::stream::Sink;
use crate::stream::sink::assert_channels;

/// Frames of a block: what the standard's streamable subset allows at any rate, and the encoder of the reference uses.
const BLOCK_FRAMES: usize = 4096;

/// Writes frames to a FLAC file: 8, 12, 16, 20, 24 or 32 bits, 1 to 8 channels.
///
/// The width is that of the spec's encoding: `U8`, `I12In16`, `I16`, `I20In24`, `I24` (in 3 or 4 bytes), `I32`. Samples of any type are
/// converted to it. A-law, µ-law and floats have no place in FLAC: choose a width.
///
/// The file is complete at every moment except for the current block: blocks go out as they fill, and until [`finalize`](Self::finalize) the
/// header says that the length is unknown, which every decoder reads. A process that is killed loses at most 4096 frames, the seek
/// table and the MD5. **Dropping** it finalizes as well, but its errors are lost. To keep an old file until the new one is whole,
/// write to [`Replace::file`](crate::Replace::file).
///
/// **Memory** one block, about 100 KiB for two channels.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use ndaudio::{Encoding, FlacWriter, MediaReader, Source, Spec};
///
/// let spec = Spec::new(48_000, 2, Encoding::I24);
/// let mut writer = FlacWriter::new(std::io::Cursor::new(Vec::new()), &spec)?; // or ::create("take.flac", &spec)
/// writer.set_tag("TITLE", "Dawn")?;
/// writer.write(&array![[1_i32 << 8, -1 << 8], [2 << 8, -2 << 8]])?;
/// writer.write(&array![[0.5_f32, -0.5]])?; // any sample type: full scale stays full scale
/// let mut reader = MediaReader::new(std::io::Cursor::new(writer.finalize()?.into_inner()))?;
/// assert_eq!(reader.read_all::<i32>()?, array![[256, -256], [512, -512], [1 << 30, -1 << 30]]);
/// assert_eq!(reader.tags(), [("TITLE".to_owned(), "Dawn".to_owned())]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct FlacWriter<W: Write> {
    /// Gone once finalized.
    sink: Option<W>,
    /// How to go to a byte, where the writer underneath can; and the byte that the file begins at.
    seek: Option<fn(&mut W, SeekFrom) -> io::Result<u64>>,
    start: u64,
    path: Option<PathBuf>,
    spec: Spec,
    header: FileHeader,
    header_sent: bool,
    encoder: FlacStreamWriter<Shared>,
    encoded: Shared,
    /// Interleaved samples of the current block, as integers of the file's width.
    block: Vec<i32>,
    md5: SamplesMd5,
    /// Frames in blocks that arrived.
    arrived: u64,
    /// Whether a write failed part of the way, so that nothing can follow.
    broken: bool,
}

/// The encoder's output, a buffer that can be looked at.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FlacWriter<File> {
    /// Creates the file, or empties it if it exists.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] naming the path, [`ErrorKind::Unsupported`] for a spec that FLAC has no place for; an old file is then as it was.
    pub fn create(path: impl AsRef<Path>, spec: &Spec) -> Result<Self> {
        let path = path.as_ref();
        let create = || -> Result<Self> {
            width(spec)?;
            let file = File::create(path).map_err(Error::creating)?;
            if file.metadata()?.is_file() { Self::new(file, spec) } else { Self::stream(file, spec) }
        };
        let mut writer = create().map_err(|error| error.with_path(path))?;
        writer.path = Some(path.to_path_buf());
        Ok(writer)
    }
}

impl<W: Write> FlacWriter<W> {
    /// Writes to anything that can seek, from where it stands. No `BufWriter` is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Io`], [`ErrorKind::Unsupported`] for a spec that FLAC has no place for.
    pub fn new(mut writer: W, spec: &Spec) -> Result<Self>
    where
        W: Seek,
    {
        let start = writer.stream_position()?;
        Self::begin(writer, Some(|writer, to| writer.seek(to)), start, spec)
    }

    /// Writes to anything that only goes forward: a pipe, a socket. The file then has no length, no MD5 and no seek table, as `flac -c`
    /// leaves it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a spec that FLAC has no place for.
    pub fn stream(writer: W, spec: &Spec) -> Result<Self> {
        Self::begin(writer, None, 0, spec)
    }

    fn begin(sink: W, seek: Option<fn(&mut W, SeekFrom) -> io::Result<u64>>, start: u64, spec: &Spec) -> Result<Self> {
        let bits = width(spec)?;
        let encoded = Shared::default();
        let header = FileHeader::new(spec, bits, seek.is_some())?;
        Ok(FlacWriter {
            sink: Some(sink),
            seek,
            start,
            path: None,
            spec: spec.clone(),
            header,
            header_sent: false,
            encoder: FlacStreamWriter::new(encoded.clone(), Options::default()),
            encoded,
            block: Vec::new(),
            md5: SamplesMd5::new([0; 16], bits),
            arrived: 0,
            broken: false,
        })
    }

    /// The sample rate, channels and encoding of the file.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Frames written so far.
    #[must_use]
    pub fn frames_written(&self) -> u64 {
        self.arrived + (self.block.len() / self.spec.channels()) as u64
    }

    /// Frames that would be read back if the process ended now: those of the blocks that are full.
    #[must_use]
    pub fn frames_safe(&self) -> u64 {
        self.arrived
    }

    /// Sets a Vorbis comment, in place of those with this key. Before the first frame.
    ///
    /// Usual keys: `TITLE`, `ARTIST`, `COMMENT`, `DATE`, `COPYRIGHT`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a key that is empty or has characters other than printable ASCII without `=`, and after the
    /// first frame; [`ErrorKind::TooLarge`] for more than 16 MiB of them.
    pub fn set_tag(&mut self, key: &str, text: &str) -> Result<()> {
        self.check_no_frames("tag")?;
        if key.is_empty() || !key.bytes().all(|byte| (0x20..=0x7D).contains(&byte) && byte != b'=') {
            return Err(self.named(Error::invalid(
                "key of a tag",
                format!("the key of a tag must be printable ASCII without `=`, not {key:?}"),
            )));
        }
        self.header.set_tag(key, text).map_err(|error| self.named(error))
    }

    /// Carries a RIFF chunk, as `flac --keep-foreign-metadata` does; [`MediaReader::chunks`](crate::MediaReader::chunks) returns it. Before
    /// the first frame.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] after the first frame, [`ErrorKind::TooLarge`] for a chunk of 16 MiB or more.
    pub fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        self.check_no_frames("chunk")?;
        self.header.add_chunk(id, content).map_err(|error| self.named(error))
    }

    /// Carries metadata: the texts of its `INFO` list as Vorbis comments, which every player shows, and all of it as the chunks of a WAVE
    /// file. Before the first frame.
    ///
    /// # Errors
    /// As [`set_tag`](Self::set_tag) and [`add_chunk`](Self::add_chunk), and those of [`Metadata::to_chunks`].
    pub fn add_metadata(&mut self, metadata: &Metadata) -> Result<()> {
        for (key, text) in metadata.info.iter().flat_map(from_info) {
            self.set_tag(key, &text)?;
        }
        for (id, content) in metadata.to_chunks()? {
            self.add_chunk(id, &content)?;
        }
        Ok(())
    }

    fn check_no_frames(&self, what: &'static str) -> Result<()> {
        if self.header_sent || !self.block.is_empty() {
            let error = Error::invalid(what, format!("a {what} must be set before the first frame is written"));
            return Err(self.named(error));
        }
        Ok(())
    }

    /// Writes a block of any size, sample type and memory layout.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] saying how many frames arrived.
    ///
    /// # Panics
    /// Unless `block.ncols() == spec().channels()`.
    #[track_caller]
    pub fn write<T: Sample, N: FrameDimension>(&mut self, block: &ArrayRef<T, N>) -> Result<()> {
        let block = &as_frames(block);
        assert_channels(block.ncols(), self.spec.channels());
        if let Some(samples) = block.as_slice() {
            return self.write_interleaved(samples);
        }
        for row in block.rows() {
            self.take(row.iter().copied())?;
        }
        Ok(())
    }

    /// Writes frames given as interleaved samples.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    ///
    /// # Panics
    /// Unless `samples.len()` is a multiple of `spec().channels()`.
    #[track_caller]
    pub fn write_interleaved<T: Sample>(&mut self, samples: &[T]) -> Result<()> {
        let channels = self.spec.channels();
        assert!(
            samples.len().is_multiple_of(channels),
            "the number of samples ({}) must be a multiple of the channels ({channels})",
            samples.len()
        );
        let mut samples = samples;
        while !samples.is_empty() {
            let room = BLOCK_FRAMES * channels - self.block.len();
            let (now, later) = samples.split_at(room.min(samples.len()));
            self.take(now.iter().copied())?;
            samples = later;
        }
        Ok(())
    }

    /// Takes whole frames of at most the room in the block.
    fn take<T: Sample>(&mut self, samples: impl Iterator<Item = T>) -> Result<()> {
        self.check_whole()?;
        let bits = u32::from(self.header.bits());
        self.block.extend(samples.map(|sample| sample.to_i32_scale(bits) >> (32 - bits)));
        if self.block.len() == BLOCK_FRAMES * self.spec.channels() {
            self.send_block()?;
        }
        Ok(())
    }

    /// Fails if frames were lost.
    fn check_whole(&self) -> Result<()> {
        if self.broken {
            return Err(self.failed(io::Error::other("an earlier write failed inside a block")));
        }
        Ok(())
    }

    /// Encodes the current block and passes it on.
    fn send_block(&mut self) -> Result<()> {
        self.send_header()?;
        let channels = self.header.channels();
        let frames = (self.block.len() / usize::from(channels)) as u64;
        self.encoded.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.encoder
            .write(self.spec.sample_rate(), channels, u32::from(self.header.bits()), &self.block)
            .map_err(|error| self.named(Error::decoder("FLAC", error)))?;
        let encoded = self.encoded.clone();
        let bytes = encoded.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.sink_mut().write_all(&bytes) {
            self.broken = true;
            return Err(self.failed(error));
        }
        self.md5.add_integers(&self.block);
        self.header.add_block(self.arrived, frames, bytes.len());
        self.arrived += frames;
        self.block.clear();
        Ok(())
    }

    fn send_header(&mut self) -> Result<()> {
        if !self.header_sent {
            let bytes = self.header.to_bytes(None);
            if let Err(error) = self.sink_mut().write_all(&bytes) {
                self.broken = true;
                return Err(self.failed(error));
            }
            self.header_sent = true;
        }
        Ok(())
    }

    /// Passes everything but the current block to the system, so that it outlasts this process.
    ///
    /// # Errors
    /// [`ErrorKind::Write`].
    pub fn checkpoint(&mut self) -> Result<()> {
        self.send_header()?;
        let flushed = self.sink_mut().flush();
        flushed.map_err(|error| self.failed(error))
    }

    /// Writes the last block, and, where the writer underneath can seek, the length, the MD5 and the seek table, and returns the writer.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] saying how many frames can be read back nevertheless; also after an earlier write that failed. The length and
    /// the MD5 are then those of the blocks that arrived, if they can be written.
    pub fn finalize(mut self) -> Result<W> {
        self.finish()?;
        match self.sink.take() {
            Some(sink) => Ok(sink),
            None => unreachable!("it is there until it is finalized"),
        }
    }

    fn finish(&mut self) -> Result<()> {
        let sent = if self.block.is_empty() || self.broken { self.check_whole() } else { self.send_block() };
        // What has arrived gets its header all the same.
        let described = if self.broken && !self.header_sent { Ok(()) } else { self.describe() };
        sent.and(described)
    }

    /// Writes the header of what has arrived.
    fn describe(&mut self) -> Result<()> {
        self.send_header()?;
        let (start, seek) = (self.start, self.seek);
        let header = self.header.to_bytes(Some(self.md5.sum()));
        let sink = self.sink_mut();
        let finish = |sink: &mut W| -> io::Result<()> {
            if let Some(seek) = seek {
                let end = seek(sink, SeekFrom::Current(0))?;
                seek(sink, SeekFrom::Start(start))?;
                sink.write_all(&header)?;
                seek(sink, SeekFrom::Start(end))?;
            }
            sink.flush()
        };
        finish(sink).map_err(|error| self.failed(error))
    }

    fn sink_mut(&mut self) -> &mut W {
        match &mut self.sink {
            Some(sink) => sink,
            None => unreachable!("it is there until it is finalized"),
        }
    }

    fn failed(&self, source: io::Error) -> Error {
        let (frames_safe, frames_written) = (self.arrived, self.arrived);
        self.named(ErrorKind::Write { frames_safe, frames_written, source }.into())
    }

    fn named(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

/// The bits of a sample in the file.
fn width(spec: &Spec) -> Result<u8> {
    let what = match spec.encoding() {
        Encoding::U8 => return check_spec(spec, 8),
        Encoding::I12In16 => return check_spec(spec, 12),
        Encoding::I16 => return check_spec(spec, 16),
        Encoding::I20In24 => return check_spec(spec, 20),
        Encoding::I24 | Encoding::I24In32Lsb | Encoding::I24In32Msb => return check_spec(spec, 24),
        Encoding::I32 => return check_spec(spec, 32),
        Encoding::F32 | Encoding::F64 => "FLAC holds integers, not floats: choose 16, 24 or 32 bits",
        _ => "FLAC holds integers, not A-law or µ-law: choose 16 bits",
    };
    Err(Error::new(ErrorKind::Unsupported { offset: None, what: Unsupported::Operation { what } }))
}

fn check_spec(spec: &Spec, bits: u8) -> Result<u8> {
    let rate = spec.sample_rate();
    let what = if spec.channels() > 8 {
        "FLAC holds at most 8 channels"
    } else if rate == 0 || rate > 655_350 || (rate > 65_535 && !rate.is_multiple_of(10)) {
        "FLAC holds sample rates of 1 to 65535 Hz, and multiples of 10 Hz up to 655350 Hz"
    } else {
        return Ok(bits);
    };
    Err(Error::new(ErrorKind::Unsupported { offset: None, what: Unsupported::Operation { what } }))
}

impl<W: Write> Sink for FlacWriter<W> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn write_block<T: Sample>(&mut self, block: &ArrayRef<T, Ix2>) -> Result<()> {
        self.write(block)
    }
}

impl<W: Write> Drop for FlacWriter<W> {
    fn drop(&mut self) {
        if self.sink.is_some() {
            let _ = self.finish();
        }
    }
}

impl<W: Write> fmt::Debug for FlacWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FlacWriter { path, spec, arrived, .. } = self;
        f.debug_struct("FlacWriter")
            .field("path", path)
            .field("spec", spec)
            .field("frames_safe", arrived)
            .finish_non_exhaustive()
    }
}
