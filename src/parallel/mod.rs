//! Levels and curves of one long recording, or of many, on all cores. Feature `rayon`.
//!
//! A recording is measured in parts of fixed length, and the parts' levels are merged in order. So the result is the same to the
//! last bit whatever the number of threads, and for integers the same as [`levels::of_source`](crate::levels::of_source)'s.
//! Rayon decides the number of threads: set `RAYON_NUM_THREADS`, or `install` the call in a `ThreadPool`.

mod curves;
#[cfg(any(feature = "media", feature = "flac"))]
mod media;
#[cfg(feature = "spectrum")]
mod spectra;

pub use curves::curve_of_file;
#[cfg(feature = "spectrum")]
pub use spectra::{ltsa_of_file, psd_of_file};

use std::fs::File;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use crate::error::Result;
use crate::formats::file_identity::FileIdentity;
use crate::formats::open;
use crate::formats::wav::{WavReader, WavView};
use crate::ops::levels::{Levels, of_frames, of_source};
use crate::pcm::{Sample, decode, is_stored_type, view};
use crate::spec::{SampleType, Spec};
use crate::stream::Source;

/// Bytes of audio in one part: a hundredth of a second's work.
const PART_BYTES: u64 = 16 << 20;
/// Samples that are decoded at a time, to stay in the cache.
const BLOCK_SAMPLES: usize = 64 << 10;

/// Measures a file, each part through a reader of its own. It reads whatever [`ndaudio::open`](crate::open) opens; of compressed files, FLAC is
/// measured on all cores, and its MD5 is not compared.
///
/// **Memory** 0.5 MiB a thread.
///
/// # Errors
/// As [`WavReader::open`]; and [`ErrorKind::Io`](crate::ErrorKind::Io) where the file is replaced or changed in the meantime, because
/// parts of two recordings have no levels. A pipe or a device is read by one thread.
///
/// # Examples
/// ```
/// use ndaudio::{WavReader, levels, parallel};
///
/// let total = parallel::levels_of_file("data/music.wav")?;
/// assert_eq!(total, levels::of_source(&mut WavReader::open("data/music.wav")?)?);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub fn levels_of_file(path: impl AsRef<Path>) -> Result<Levels> {
    let path = path.as_ref();
    if !is_file(path) {
        return of_source(&mut open(path)?);
    }
    #[cfg(any(feature = "media", feature = "flac"))]
    if let Some(levels) = media::levels(path)? {
        return Ok(levels);
    }
    let mut whole = WavReader::open(path)?;
    let channels = whole.spec().channels();
    let Some(frames) = whole.frames().filter(|_| has_parts(&whole)) else {
        return of_source(&mut whole);
    };
    let identity = Identity::of(&whole)?;
    let part_frames = part_frames(whole.spec().frame_bytes());
    let measure = |reader: &mut WavReader<File>, part: u64| -> Result<Levels> {
        reader.seek(part * part_frames)?;
        let levels = of_frames(reader, part_frames)?;
        // Before the levels count, so that no part is of a file that was written to while it was read.
        identity.require(reader)?;
        Ok(levels)
    };
    let parts: Vec<Levels> = one_by_one(frames.div_ceil(part_frames))
        .map(|part| measure(&mut identity.open(path)?, part))
        .collect::<Result<_>>()?;
    Ok(merged(parts, channels))
}

/// Whether the path is one of a file, which can be opened more than once: not a pipe or a device, and not one that is missing.
fn is_file(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether a file can be read in parts. Not after long silence that does not show at which end of 4 bytes its samples are: the reader of each
/// part would read all of it again, to find that, or not to find it.
fn has_parts(whole: &WavReader<File>) -> bool {
    whole.can_seek() && !whole.fits_either_end() && whole.looked() <= PART_BYTES
}

/// Identifies a file and its content.
#[derive(Debug, PartialEq)]
struct Identity {
    spec: Spec,
    frames: Option<u64>,
    file: FileIdentity,
}

impl Identity {
    fn of(reader: &WavReader<File>) -> Result<Self> {
        let metadata = reader.get_ref().metadata().map_err(|error| reader.named(error.into()))?;
        Ok(Identity { spec: reader.spec().clone(), frames: reader.frames(), file: FileIdentity::of(&metadata) })
    }

    /// Opens the file again, for a part of it.
    fn open(&self, path: &Path) -> Result<WavReader<File>> {
        let reader = WavReader::open(path)?;
        self.require(&reader)?;
        Ok(reader)
    }

    /// # Errors
    /// If the reader's file is another one, or no longer as it was.
    fn require(&self, reader: &WavReader<File>) -> Result<()> {
        if Identity::of(reader)? == *self {
            return Ok(());
        }
        let changed =
            io::Error::other("the file was replaced or changed while it was being measured; measure it again");
        Err(reader.named(changed.into()))
    }
}

/// Measures many files, whatever [`ndaudio::open`](crate::open) opens, one a thread, in the order of the paths. One that cannot be read does not
/// hold up the others.
///
/// # Examples
/// ```
/// use ndaudio::parallel;
///
/// let results = parallel::levels_of_files(&["data/music.wav", "data/no such file.wav"]);
/// assert_eq!(results[0].as_ref().unwrap().frames(), 441_000);
/// assert!(results[1].is_err());
/// ```
pub fn levels_of_files<P: AsRef<Path> + Sync>(paths: &[P]) -> Vec<Result<Levels>> {
    paths.par_iter().with_max_len(1).map(|path| of_source(&mut open(path)?)).collect()
}

/// Measures a file in memory, a memory map for example.
///
/// # Examples
/// ```
/// use ndaudio::{WavView, parallel};
///
/// let bytes = std::fs::read("data/music.wav")?;
/// assert_eq!(parallel::levels_of_view(&WavView::parse(&bytes)?), parallel::levels_of_file("data/music.wav")?);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[must_use]
pub fn levels_of_view(view: &WavView<'_>) -> Levels {
    match view.spec().encoding().sample_type() {
        SampleType::I16 => add_parts::<i16>(view),
        SampleType::I32 => add_parts::<i32>(view),
        SampleType::F32 => add_parts::<f32>(view),
        SampleType::F64 => add_parts::<f64>(view),
    }
}

fn add_parts<T: Sample>(audio: &WavView<'_>) -> Levels {
    let (encoding, order) = (audio.spec().encoding(), audio.byte_order());
    let (channels, frame_bytes) = (audio.spec().channels(), audio.spec().frame_bytes());
    let part_bytes = usize::try_from(part_frames(frame_bytes)).unwrap_or(usize::MAX).saturating_mul(frame_bytes);
    let block_bytes = (BLOCK_SAMPLES / channels).max(1) * frame_bytes;
    let part = |bytes: &[u8]| {
        let mut levels = Levels::new(channels);
        let mut scratch = Vec::new();
        for bytes in bytes.chunks(block_bytes) {
            let frames = bytes.len() / frame_bytes;
            match bytemuck::try_cast_slice(bytes) {
                Ok(samples) if is_stored_type::<T>(encoding, order) => {
                    levels.add(&view::<T>(samples, frames, channels))
                }
                _ => {
                    scratch.resize(frames * channels, T::zero());
                    decode(encoding, order, bytes, &mut scratch);
                    levels.add(&view::<T>(&scratch, frames, channels));
                }
            }
        }
        levels
    };
    merged(audio.data().par_chunks(part_bytes).with_max_len(1).map(part).collect(), channels)
}

/// The numbers of as many parts, handed out one at a time: rayon's own runs of several would leave cores idle at the end.
fn one_by_one(parts: u64) -> impl IndexedParallelIterator<Item = u64> {
    // No file system holds as many parts as a `usize` cannot count.
    let parts = usize::try_from(parts).unwrap_or(usize::MAX);
    (0..parts).into_par_iter().with_max_len(1).map(|part| part as u64)
}

fn part_frames(frame_bytes: usize) -> u64 {
    (PART_BYTES / frame_bytes as u64).max(1)
}

fn merged(parts: Vec<Levels>, channels: usize) -> Levels {
    let mut whole = Levels::new(channels);
    parts.iter().for_each(|part| whole.merge(part));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::wav::long_silence;
    use crate::ops::levels::Measure;

    /// A reader of the second part would meet quiet samples first, which show nothing.
    #[test]
    fn parts_after_long_silence_are_measured_as_the_whole_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.wav");
        std::fs::write(&path, long_silence(5 << 20)).unwrap();
        let whole = of_source(&mut WavReader::open(&path).unwrap()).unwrap();
        assert_eq!(levels_of_file(&path).unwrap(), whole);
        let samples = WavReader::open(&path).unwrap().read_all::<i32>().unwrap();
        let curve = crate::ops::curves::measure(&samples, Measure::Peak, 4_096, 1 << 16);
        assert_eq!(curve_of_file(&path, Measure::Peak, 4_096, 1 << 16).unwrap(), curve);
    }
}
