//! Any recording, whatever its format.

use std::fs::File;
use std::path::Path;

use ndarray::Array2;

#[cfg(any(feature = "media", feature = "flac"))]
use super::media::MediaReader;
use super::media::input::{Forward, Input, Seekable};
use super::media::sniff::{self, Head, Kind};
use super::wav::WavReader;
use crate::error::Result;
#[cfg(not(any(feature = "media", feature = "flac")))]
use crate::error::{Error, FormatError, Unsupported};
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::{DynSource, Source};

/// Opens a recording, whatever its format.
///
/// The content of the file decides, not its name: RIFF, RIFX, RF64, BW64 and Wave64 are read by [`WavReader`], everything else by
/// `MediaReader` (features `media` and `flac`). Without the feature the error names the format and the feature.
///
/// The source is lazy, and can [`seek`](Source::seek) unless the file is a pipe. Its [`anomalies`](Source::anomalies) say what the
/// file got wrong, its [`metadata`](Source::metadata) what stands beside the audio.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io), [`ErrorKind::Format`](crate::ErrorKind::Format),
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) and [`ErrorKind::Decoder`](crate::ErrorKind::Decoder); they name the
/// file.
///
/// # Examples
/// ```
/// use ndaudio::{Source, levels};
///
/// let mut source = ndaudio::open("data/music.wav")?;
/// assert_eq!(source.frames(), Some(441_000));
/// let mut windows = source.windows::<f32>(2048, 512);
/// while let Some(window) = windows.next()? {
///     let rms = levels::rms(&window);
///     assert!(rms.iter().all(|rms| *rms < 1.0));
/// }
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn open(path: impl AsRef<Path>) -> Result<Box<dyn DynSource>> {
    Ok(match start(path.as_ref())? {
        Opened::Wav(reader) => Box::new(reader),
        Opened::WavStream(reader) => Box::new(reader),
        #[cfg(any(feature = "media", feature = "flac"))]
        Opened::Media(reader) => Box::new(*reader),
    })
}

/// Reads a whole recording: its samples and its spec. It reads whatever [`open`] opens.
///
/// It reads leniently: a file that was cut yields the frames it has, and damaged FLAC blocks are silence. To learn of that, use [`open`],
/// [`read_all`](Source::read_all) and [`anomalies`](Source::anomalies).
///
/// **Shape** frames × channels. **Unit** full scale is 2^(bits−1) of an integer type and 1.0 of a float type; the type that the file
/// stores comes as it is. **Memory** the array.
///
/// # Errors
/// As [`open`], and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if memory does not suffice; they name the file.
///
/// # Examples
/// ```
/// let (samples, spec) = ndaudio::read::<f32>("data/music.wav")?;
/// assert_eq!(samples.dim(), (441_000, spec.channels()));
/// assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn read<T: Sample>(path: impl AsRef<Path>) -> Result<(Array2<T>, Spec)> {
    fn all<T: Sample>(mut source: impl Source, path: &Path) -> Result<(Array2<T>, Spec)> {
        let samples = source.read_all().map_err(|error| error.with_path(path))?;
        Ok((samples, source.spec().clone()))
    }
    let path = path.as_ref();
    match start(path)? {
        // Its own way allocates once.
        Opened::Wav(mut reader) => Ok((reader.read_all()?, reader.spec().clone())),
        Opened::WavStream(reader) => all(reader, path),
        #[cfg(any(feature = "media", feature = "flac"))]
        Opened::Media(reader) => all(*reader, path),
    }
}

enum Opened {
    Wav(WavReader<File>),
    WavStream(WavReader<Box<dyn Input>>),
    #[cfg(any(feature = "media", feature = "flac"))]
    Media(Box<MediaReader>),
}

fn start(path: &Path) -> Result<Opened> {
    let start = || -> Result<Opened> {
        let file = File::open(path)?;
        let is_file = file.metadata()?.is_file();
        let input: Box<dyn Input> = if is_file { Box::new(Seekable::new(file)?) } else { Box::new(Forward(file)) };
        let head = sniff::head(input)?;
        match head.kind {
            Kind::Wave if is_file => WavReader::open(path).map(Opened::Wav),
            Kind::Wave => WavReader::new(head.input).map(Opened::WavStream),
            _ => media(head, path),
        }
    };
    start().map_err(|error| error.with_path(path))
}

#[cfg(any(feature = "media", feature = "flac"))]
fn media(head: Head, path: &Path) -> Result<Opened> {
    let reader = MediaReader::from_head(head, false, Some(path))?;
    Ok(Opened::Media(Box::new(reader)))
}

#[cfg(not(any(feature = "media", feature = "flac")))]
fn media(head: Head, _: &Path) -> Result<Opened> {
    Err(match head.kind {
        Kind::Flac => Error::unsupported(0, Unsupported::Feature { format: "FLAC", feature: "flac" }),
        Kind::Other(format) => Error::unsupported(0, Unsupported::Feature { format, feature: "media" }),
        Kind::Wave | Kind::Unknown => Error::format(0, FormatError::NotMedia { found: head.bytes }),
    })
}
