//! Any recording, whatever its format.

use std::fs::File;
use std::path::Path;

use ndarray::Array2;

#[cfg(any(feature = "media", feature = "flac"))]
use super::media::MediaReader;
use super::media::input::{Forward, Input, Seekable};
use super::media::sniff::{self, Head, Kind};
use super::wav::{ReadOptions, WavReader};
use crate::error::{Error, Result};
#[cfg(not(any(feature = "media", feature = "flac")))]
use crate::error::{FormatError, Unsupported};
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::{DynSource, Source};

/// Opens a recording, whatever its format.
///
/// The content of the file decides, not its name: RIFF, RIFX, RF64, BW64 and Wave64 are read by [`WavReader`], after ID3 tags too (of
/// a pipe up to 64 MiB of them), everything else by `MediaReader` (features `media` and `flac`). Without the feature the error names the
/// format and the feature.
///
/// [`ReadOptions::open_any`] does the same strictly. The source is lazy, and can [`seek`](Source::seek) unless the file is a pipe. Its [`anomalies`](Source::anomalies) say what the
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
    ReadOptions::new().open_any(path)
}

/// Reads a whole recording: its samples and its spec. It reads whatever [`open`] opens.
///
/// It reads leniently: a file that was cut yields the frames it has, and damaged FLAC blocks are silence. To learn of that, use [`open`],
/// [`read_all`](Source::read_all) and [`anomalies`](Source::anomalies); to refuse it, [`ReadOptions::read_any`].
///
/// **Shape** frames × channels. **Unit** full scale is 2^(bits−1) of an integer type and 1.0 of a float type; samples of the type that the file
/// stores are not converted. **Memory** the array.
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
    ReadOptions::new().read_any(path)
}

impl ReadOptions {
    /// Opens a recording of any format, as [`ndaudio::open`](crate::open) does, with these options. The limits are those of WAVE files.
    ///
    /// # Errors
    /// As [`ndaudio::open`](crate::open), and in strict reading [`ErrorKind::Format`](crate::ErrorKind::Format) for the first defect, here
    /// or when reading reaches it.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ReadOptions, Source};
    ///
    /// let strict = ReadOptions::new().strict();
    /// assert_eq!(strict.open_any("data/music.wav")?.frames(), Some(441_000));
    /// let error = strict.open_any("data/sox_pipe_unknown_sizes.wav").unwrap_err();
    /// assert!(error.to_string().contains("never filled in"));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn open_any(&self, path: impl AsRef<Path>) -> Result<Box<dyn DynSource>> {
        Ok(match start(path.as_ref(), self)? {
            Opened::Wav(reader) => Box::new(reader),
            Opened::WavStream(reader) => Box::new(reader),
            #[cfg(any(feature = "media", feature = "flac"))]
            Opened::Media(reader) => Box::new(*reader),
        })
    }

    /// Reads a whole recording of any format, as [`ndaudio::read`](crate::read) does, with these options.
    ///
    /// **Shape** frames × channels. **Memory** the array.
    ///
    /// # Errors
    /// As [`open_any`](Self::open_any), and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if memory does not suffice.
    ///
    /// # Examples
    /// ```
    /// let (samples, _) = ndaudio::ReadOptions::new().strict().read_any::<i16>("data/music.wav")?;
    /// assert_eq!(samples.dim(), (441_000, 2));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn read_any<T: Sample>(&self, path: impl AsRef<Path>) -> Result<(Array2<T>, Spec)> {
        fn all<T: Sample>(mut source: impl Source, path: &Path) -> Result<(Array2<T>, Spec)> {
            let samples = source.read_all().map_err(|error| error.with_path(path))?;
            Ok((samples, source.spec().clone()))
        }
        let path = path.as_ref();
        match start(path, self)? {
            // Its own way allocates once.
            Opened::Wav(mut reader) => Ok((reader.read_all()?, reader.spec().clone())),
            Opened::WavStream(reader) => all(reader, path),
            #[cfg(any(feature = "media", feature = "flac"))]
            Opened::Media(reader) => all(*reader, path),
        }
    }
}

enum Opened {
    Wav(WavReader<File>),
    WavStream(WavReader<Box<dyn Input>>),
    #[cfg(any(feature = "media", feature = "flac"))]
    Media(Box<MediaReader>),
}

fn start(path: &Path, options: &ReadOptions) -> Result<Opened> {
    let start = || -> Result<Opened> {
        let file = File::open(path).map_err(Error::opening)?;
        let is_file = file.metadata()?.is_file();
        let input: Box<dyn Input> = if is_file { Box::new(Seekable::new(file)?) } else { Box::new(Forward(file)) };
        let head = sniff::head(input)?;
        match head.kind {
            Kind::Wave if is_file => options.open(path).map(Opened::Wav),
            Kind::Wave => options.read(head.input).map(Opened::WavStream),
            _ => media(head, path, options),
        }
    };
    start().map_err(|error| error.while_reading().with_path(path))
}

#[cfg(any(feature = "media", feature = "flac"))]
fn media(head: Head, path: &Path, options: &ReadOptions) -> Result<Opened> {
    let reader = MediaReader::from_head(head, options.strict, Some(path))?;
    Ok(Opened::Media(Box::new(reader)))
}

#[cfg(not(any(feature = "media", feature = "flac")))]
fn media(head: Head, _: &Path, _: &ReadOptions) -> Result<Opened> {
    Err(match head.kind {
        Kind::Flac => Error::unsupported(0, Unsupported::Feature { format: "FLAC", feature: "flac" }),
        Kind::Other(format) => Error::unsupported(0, Unsupported::Feature { format, feature: "media" }),
        Kind::Wave | Kind::Unknown => Error::format(0, FormatError::NotMedia { found: head.bytes }),
    })
}
