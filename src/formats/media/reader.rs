//! A compressed file, or one in another container than WAVE, as a source.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use multiversion::multiversion;

use super::decoder::{Beside, Decoder, Description, Run, Samples};
use super::input::{Forward, Input, Seekable};
use super::sniff::{self, Head, Kind};
use super::tags::to_info;
#[cfg(not(feature = "media"))]
use crate::error::Unsupported;
use crate::error::{Anomaly, Error, ErrorKind, FormatError, Result};
use crate::formats::flac::FlacDecoder;
use crate::formats::wav::ReadOptions;
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::source::whole_frames;

/// Anomalies that are kept; a file that is nothing but damage has millions.
const ANOMALIES_MAX: usize = 1000;

/// Reads FLAC, Ogg, MP3, AIFF, CAF, MP4 and Matroska files, block by block, as [`WavReader`](crate::WavReader) reads WAVE files.
///
/// [`open`](crate::open) decides by the content of a file which of the two it needs. Features: FLAC needs `flac` or `media`, all else
/// `media`.
///
/// | container | codecs | encoding of the [`Spec`] | [`frames`](Source::frames) | [`seek`](Source::seek) |
/// |---|---|---|---|---|
/// | FLAC | FLAC of 4 to 32 bits | the integer of as many bits | from the last block, even where the header does not say | to the frame |
/// | AIFF, CAF | PCM, float, A-law, µ-law, ALAC | what is stored | counted | to the frame |
/// | Ogg | Vorbis, FLAC | `F32`, for FLAC as above | from the last page | to the frame |
/// | MP3 | MP3 | `F32` | where an encoder's tag says so, without its delay and padding | to the frame; reads the headers before it |
/// | MP4 | ALAC, AAC | as stored, `F32` | counted | to the frame; the frames that an encoder of AAC added are cut as the edit list or iTunes says |
/// | Matroska | as above | as above | unknown | reads from the start |
///
/// Samples of a lossless codec are the stored bits. Those of a lossy one are what the decoder gives before it rounds them, and after a
/// seek equal those of reading through to the last bit or to the codec's own noise, because decoding begins well before the frame.
///
/// # Damage
/// A block that cannot be decoded becomes silence of its length, so that what follows keeps its time; an
/// [`Anomaly::LostFrames`] says where. A FLAC file is never longer than blocks in its bytes could have been: a block that says it is
/// later than the bytes before it can hold is passed over like damage itself, and a length that only such a block claims is not
/// believed. A seek gives what reading through gives; only where blocks are not in the order of their numbers may it give audio that
/// reading passes over, until reading has shown the order. A file that is cut gives what is there, and [`Anomaly::FrameCount`] says what
/// is missing. Bytes after the audio are [`Anomaly::TrailingBytes`]. The MD5 of a FLAC file is compared when it was read from the first
/// frame to the last; [`Anomaly::Md5Mismatch`] says that it differs. [`ReadOptions::strict`] refuses all of these.
///
/// **Memory** one decoded block, about 100 KiB; at most a few MiB for hostile files. Of FLAC 24 bytes more for each MiB read.
///
/// # Examples
/// ```
/// use ndaudio::{MediaReader, Source, levels};
///
/// let mut reader = MediaReader::open("data/media/flac_pcm16_stereo.flac")?;
/// assert_eq!((reader.format(), reader.codec(), reader.frames()), ("FLAC", "FLAC", Some(2_000)));
/// reader.seek(1_500)?;
/// let mut windows = reader.windows::<f32>(256, 128);
/// while let Some(window) = windows.next()? {
///     assert!(levels::rms(&window).iter().all(|rms| *rms < 1.0));
/// }
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct MediaReader {
    decoder: Box<dyn Decoder>,
    description: Description,
    beside: Beside,
    samples: Samples,
    /// Frames of `samples` that were given already, and those there are.
    given: usize,
    held: usize,
    /// Frames of silence to give before them.
    silence: u64,
    /// The frame that is read next, and, after a seek, the one to go on to before any is given.
    position: u64,
    sought: u64,
    anomalies: Vec<Anomaly>,
    strict: bool,
    ended: bool,
    /// Whether the audio ends where it was said to, or that was noted.
    counted: bool,
    path: Option<PathBuf>,
}

impl ReadOptions {
    /// Opens a file that is not WAVE, as [`MediaReader::open`]. Strictly, every [`Anomaly`] is an error, here or, for damage inside, when
    /// it is reached.
    ///
    /// # Errors
    /// As [`MediaReader::open`], and in strict reading [`ErrorKind::Format`] with [`FormatError::Anomaly`].
    pub fn open_media(&self, path: impl AsRef<Path>) -> Result<MediaReader> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| Error::opening(error).with_path(path))?;
        self.read_media(file, path)
    }

    /// The same of a file that is open already.
    pub(crate) fn read_media(&self, file: File, path: &Path) -> Result<MediaReader> {
        let open = || -> Result<MediaReader> {
            let input: Box<dyn Input> =
                if file.metadata()?.is_file() { Box::new(Seekable::new(file)?) } else { Box::new(Forward(file)) };
            MediaReader::from_head(sniff::head(input)?, self.strict, Some(path))
        };
        open().map_err(|error| error.while_reading().with_path(path))
    }
}

impl MediaReader {
    /// Opens a file. [`ReadOptions::open_media`] opens one strictly.
    ///
    /// # Errors
    /// [`ErrorKind::Io`], and [`ErrorKind::Format`], [`ErrorKind::Unsupported`] or [`ErrorKind::Decoder`] for what no decoder here
    /// reads; they name the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        ReadOptions::new().open_media(path)
    }

    /// Reads from anything that can seek, from where it stands.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{MediaReader, Source};
    ///
    /// let bytes = std::fs::read("data/media/flac_pcm16_stereo.flac")?;
    /// let mut reader = MediaReader::new(std::io::Cursor::new(bytes))?;
    /// assert_eq!(reader.read_all::<i16>()?.dim(), (2_000, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new<R: Read + Seek + Send + Sync + 'static>(reader: R) -> Result<Self> {
        Self::start(Box::new(Seekable::new(reader)?), false)
    }

    /// Reads from anything that only goes forward: a pipe, a socket. The length is then what the header claims, or unknown.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn stream<R: Read + Send + Sync + 'static>(reader: R) -> Result<Self> {
        Self::start(Box::new(Forward(reader)), false)
    }

    fn start(input: Box<dyn Input>, strict: bool) -> Result<Self> {
        Self::from_head(sniff::head(input)?, strict, None)
    }

    /// Reads a file whose first bytes were looked at.
    pub(crate) fn from_head(head: Head, strict: bool, path: Option<&Path>) -> Result<Self> {
        let mut anomalies = Vec::new();
        let (decoder, description, beside): (Box<dyn Decoder>, _, _) = match head.kind {
            Kind::Flac => {
                let (decoder, description, beside) = FlacDecoder::open(head.input, &mut anomalies)?;
                (Box::new(decoder), description, beside)
            }
            Kind::Wave => return Err(Error::format(0, FormatError::NotMedia { found: head.bytes })),
            kind => open_other(head.input, kind, head.bytes, &mut anomalies)?,
        };
        let samples = Samples::of(&description.spec);
        let mut reader = MediaReader {
            decoder,
            description,
            beside,
            samples,
            given: 0,
            held: 0,
            silence: 0,
            position: 0,
            sought: 0,
            anomalies: Vec::new(),
            strict,
            ended: false,
            counted: anomalies.iter().any(|anomaly| matches!(anomaly, Anomaly::FrameCount { .. })),
            path: path.map(Path::to_path_buf),
        };
        reader.note(anomalies)?;
        Ok(reader)
    }

    /// The same without comparing the MD5 of a FLAC file, which takes a third of the time of reading it. Every block still has a checksum
    /// of its own.
    #[must_use]
    pub fn without_md5(mut self) -> Self {
        self.decoder.skip_md5();
        self
    }

    /// Another reader of the same file, at its start, which need not find again what this one did when it was opened; `None` where there is
    /// no such short way. It has neither tags nor chunks, and compares no MD5.
    #[cfg(feature = "rayon")]
    pub(crate) fn again(&self, file: File) -> Result<Option<Self>> {
        let again = || self.decoder.again(Box::new(Seekable::new(file)?));
        let decoder = again().map_err(|error| self.named(error))?;
        Ok(decoder.map(|decoder| MediaReader {
            decoder,
            description: self.description.clone(),
            beside: Beside::default(),
            samples: Samples::of(&self.description.spec),
            given: 0,
            held: 0,
            silence: 0,
            position: 0,
            sought: 0,
            anomalies: Vec::new(),
            strict: self.strict,
            ended: false,
            counted: self.counted,
            path: self.path.clone(),
        }))
    }

    /// Whether [`seek`](Source::seek) can go back.
    #[must_use]
    pub fn can_seek(&self) -> bool {
        self.decoder.can_seek()
    }

    /// The container: "FLAC", "Ogg", "MP3", "AIFF", "CAF", "MP4", "Matroska", …
    #[must_use]
    pub fn format(&self) -> &'static str {
        self.description.format
    }

    /// The codec: "FLAC", "Vorbis", "MP3", "ALAC", "PCM", "A-law", …
    #[must_use]
    pub fn codec(&self) -> &'static str {
        self.description.codec
    }

    /// Keys and texts of the file's tags, as it has them: Vorbis comments, ID3, the text chunks of AIFF.
    #[must_use]
    pub fn tags(&self) -> &[(String, String)] {
        &self.beside.tags
    }

    /// The RIFF chunks, ids and payloads, that a FLAC file carries from the WAVE file it was made from, in order.
    pub fn chunks(&self) -> impl Iterator<Item = ([u8; 4], &[u8])> {
        self.beside.chunks.iter().map(|(id, payload)| (*id, payload.as_slice()))
    }

    /// The metadata of the file: the [`chunks`](Self::chunks) that a FLAC file carries, and of the [`tags`](Self::tags) those that
    /// an `INFO` list has an id for. If the file has such a list itself, that one is returned.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        let mut metadata = Metadata::from_chunks(self.chunks());
        if metadata.info.is_none() {
            metadata.info = to_info(&self.beside.tags);
        }
        metadata
    }

    /// Makes frames to give: silence or samples; `false` at the end.
    fn fill(&mut self) -> Result<bool> {
        loop {
            if self.position < self.sought && (self.silence > 0 || self.given < self.held) {
                // What a seek has to pass over.
                let ahead = self.sought - self.position;
                let silence = ahead.min(self.silence);
                self.silence -= silence;
                let frames = usize::try_from(ahead - silence).unwrap_or(usize::MAX).min(self.held - self.given);
                self.given += frames;
                self.position += silence + frames as u64;
                continue;
            }
            if self.silence > 0 || self.given < self.held {
                return Ok(true);
            }
            if self.ended || self.frames().is_some_and(|frames| self.position >= frames && self.counted) {
                return self.finish();
            }
            // Whatever comes of it, an error too: the samples are others then.
            (self.given, self.held) = (0, 0);
            let mut anomalies = Vec::new();
            let run = self.decoder.decode(&mut self.samples, &mut anomalies);
            self.note(anomalies)?;
            match run.map_err(|error| self.named(error))? {
                Some(run) => self.begin(run)?,
                None => self.ended = true,
            }
        }
    }

    /// Sets a run in its place.
    fn begin(&mut self, run: Run) -> Result<()> {
        (self.given, self.held) = (0, run.frames);
        if self.frames().is_some_and(|frames| self.position >= frames) {
            // More than was said to be there.
            self.held = 0;
            return Ok(());
        }
        // More than an hour is not lost between two packets; the position is damaged, not the audio before it. In FLAC the bytes have
        // explained the position already.
        let hour = 3600 * u64::from(self.spec().sample_rate().max(1));
        let far = if self.format() == "FLAC" { u64::MAX } else { self.position.saturating_add(hour) };
        let begins = run.position.filter(|&begins| begins <= far).unwrap_or(self.position);
        if begins < self.position {
            // Given before, or passed over by a seek.
            let again = usize::try_from(self.position - begins).unwrap_or(usize::MAX);
            self.given = again.min(self.held);
        } else if begins > self.position {
            let end = self.frames().unwrap_or(u64::MAX);
            let (frame, frames) = (self.position, begins.min(end) - self.position);
            self.silence = frames;
            if begins > self.sought {
                self.note(vec![Anomaly::LostFrames { offset: run.offset, frame, frames }])?;
            }
        }
        if let Some(frames) = self.frames() {
            // No more than were said to be there.
            let room = frames.saturating_sub(self.position + self.silence);
            self.held = self.held.min(self.given.saturating_add(usize::try_from(room).unwrap_or(usize::MAX)));
        }
        Ok(())
    }

    /// Compares what there was with what there was said to be.
    fn finish(&mut self) -> Result<bool> {
        let found = self.position;
        if let Some(declared) = self.frames().filter(|&declared| declared != found && !self.counted) {
            self.counted = true;
            self.note(vec![Anomaly::FrameCount { offset: self.description.frames_at, declared, found }])?;
        }
        Ok(false)
    }

    /// Keeps anomalies, or refuses them.
    fn note(&mut self, anomalies: Vec<Anomaly>) -> Result<()> {
        for anomaly in anomalies {
            if self.strict {
                let offset = anomaly.offset();
                return Err(self.named(Error::format(offset, FormatError::Anomaly(anomaly))));
            }
            if self.anomalies.len() < ANOMALIES_MAX && !self.anomalies.contains(&anomaly) {
                self.anomalies.push(anomaly);
            }
        }
        Ok(())
    }

    fn named(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

type Opened = (Box<dyn Decoder>, Description, Beside);

#[cfg(feature = "media")]
fn open_other(input: Box<dyn Input>, _: Kind, found: Vec<u8>, anomalies: &mut Vec<Anomaly>) -> Result<Opened> {
    super::caf::check(&found)?;
    match super::symphonia::SymphoniaDecoder::open(input, anomalies)? {
        // Found after bytes that belong to nothing. From there it would be read as FLAC without frames.
        Some((_, description, _)) if description.format == "FLAC" => {
            Err(Error::format(0, FormatError::NotMedia { found }))
        }
        Some((decoder, description, beside)) => Ok((Box::new(decoder), description, beside)),
        None => Err(Error::format(0, FormatError::NotMedia { found })),
    }
}

#[cfg(not(feature = "media"))]
fn open_other(_: Box<dyn Input>, kind: Kind, found: Vec<u8>, _: &mut Vec<Anomaly>) -> Result<Opened> {
    match kind {
        Kind::Other(format) => Err(Error::unsupported(0, Unsupported::Feature { format, feature: "media" })),
        _ => Err(Error::format(0, FormatError::NotMedia { found })),
    }
}

impl Source for MediaReader {
    fn spec(&self) -> &Spec {
        &self.description.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.description.spec.channels();
        let wanted = whole_frames(out.len(), channels);
        let mut frames = 0;
        while frames < wanted && self.fill()? {
            let room = wanted - frames;
            let silent = usize::try_from(self.silence).unwrap_or(usize::MAX).min(room);
            let decoded = if silent == 0 { room.min(self.held - self.given) } else { 0 };
            let to = &mut out[frames * channels..(frames + silent + decoded) * channels];
            if silent > 0 {
                to.fill(T::zero());
                self.silence -= silent as u64;
            } else {
                let from = self.given * channels..(self.given + decoded) * channels;
                match &self.samples {
                    Samples::I32(samples) => convert_i32(&samples[from], to),
                    Samples::F32(samples) => convert_f32(&samples[from], to),
                    Samples::F64(samples) => convert_f64(&samples[from], to),
                }
                self.given += decoded;
            }
            frames += silent + decoded;
            self.position += (silent + decoded) as u64;
        }
        Ok(frames)
    }

    /// Frames in all, without those that an encoder added; `None` where only reading to the end can tell.
    fn frames(&self) -> Option<u64> {
        self.description.frames
    }

    fn position(&self) -> u64 {
        self.position.max(self.sought)
    }

    /// Goes to a frame. From any earlier one the samples are the same as by reading through; see the table above.
    fn seek(&mut self, frame: u64) -> Result<()> {
        if let Some(frames) = self.frames().filter(|&frames| frame > frames) {
            return Err(self.named(ErrorKind::SeekPastEnd { frame, frames }.into()));
        }
        let start = self.position - self.given as u64;
        if self.silence == 0 && frame >= start && frame < start + self.held as u64 {
            // In the frames that are decoded already.
            self.given = usize::try_from(frame - start).unwrap_or(0);
            (self.position, self.sought) = (frame, frame);
            return Ok(());
        }
        if !self.decoder.can_seek() {
            if frame < self.position {
                let error = std::io::Error::from(std::io::ErrorKind::NotSeekable);
                return Err(self.named(error.into()));
            }
            // All up to it is passed over, silence and what is decoded already too.
            self.sought = frame;
            return Ok(());
        }
        self.ended = false;
        let begins = self.decoder.seek(frame).map_err(|error| self.named(error))?;
        (self.given, self.held, self.silence) = (0, 0, 0);
        (self.position, self.sought) = (begins, frame);
        Ok(())
    }

    /// The anomalies of the file, as far as it was read; at most a thousand.
    fn anomalies(&self) -> &[Anomaly] {
        &self.anomalies
    }

    fn metadata(&mut self) -> Result<Metadata> {
        Ok(MediaReader::metadata(self))
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_i32<T: Sample>(from: &[i32], to: &mut [T]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = T::from_i32_scale(from));
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_f32<T: Sample>(from: &[f32], to: &mut [T]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = T::from_f32_scale(from));
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_f64<T: Sample>(from: &[f64], to: &mut [T]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = T::from_f64_scale(from));
}

impl fmt::Debug for MediaReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MediaReader { description, position, anomalies, .. } = self;
        f.debug_struct("MediaReader")
            .field("description", description)
            .field("position", position)
            .field("anomalies", anomalies)
            .finish_non_exhaustive()
    }
}
