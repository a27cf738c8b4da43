//! Copies audio from file to file without a change to any bit.

use std::io::{Read, Write};

use super::reader::WavReader;
use super::writer::WavWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::pcm::Sample;
use crate::spec::ByteOrder;
use crate::stream::stored::StoredSource;

/// Bytes that are copied at a time.
const COPY_BYTES: usize = 128 << 10;

impl<W: Write> WavWriter<W> {
    /// Copies frames from a reader, from its position on, and returns how many: fewer than `frames` only at the end of the audio.
    /// A [`WavReader`] will do, on a file or a pipe, and [chosen channels](crate::Source::select_channels) of one.
    ///
    /// If both files have the same encoding, every stored bit is copied. Samples cannot promise that: they have no room for bits below the
    /// valid ones (12 of 16, say), for the two zeros of µ-law, or for what is above the sign of 24 bits in 4 bytes. Other encodings are
    /// converted, as writing blocks would. Samples that turned out late to be at the other end of their 4 bytes are moved to where the encoding
    /// has them (see [`Anomaly::Justification`](crate::Anomaly::Justification)).
    ///
    /// # Errors
    /// [`ErrorKind::ChannelMismatch`] unless both have the same number of channels, and as reading and [`write`](WavWriter::write);
    /// [`ErrorKind::Unsupported`] for bits beside the samples of 24 bits in 4 bytes, where only the audio shows at which end of them the samples
    /// are, and those bits would or could change that: where they are appended, and where a part of a file has such bits before the first
    /// sample that shows it.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Source, WavReader, WavView, WavWriter};
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), reader.spec())?;
    /// assert_eq!(writer.copy_frames(&mut reader, u64::MAX)?, 441_000);
    /// let copy = writer.finalize()?.into_inner();
    /// assert_eq!(WavView::parse(&copy)?.data(), WavView::parse(&std::fs::read("data/music.wav")?)?.data());
    ///
    /// reader.seek(0)?;
    /// let mut swapped = reader.select_channels([1, 0]);
    /// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), swapped.spec())?;
    /// assert_eq!(writer.copy_frames(&mut swapped, u64::MAX)?, 441_000);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn copy_frames<S: StoredSource>(&mut self, reader: &mut S, frames: u64) -> Result<u64> {
        let (expected, found) = (self.spec().channels(), reader.spec().channels());
        if expected != found {
            return Err(reader.with_name(ErrorKind::ChannelMismatch { expected, found }.into()));
        }
        let (to, from) = (self.spec().encoding(), reader.spec().encoding());
        if to == from {
            self.copy_stored(reader, frames)
        } else if from.is_float() {
            self.convert_frames::<f64>(reader, frames)
        } else {
            // Integers of any width fit, at the top, so that they are narrowed once.
            self.convert_frames::<i32>(reader, frames)
        }
    }

    fn copy_stored(&mut self, reader: &mut impl StoredSource, frames: u64) -> Result<u64> {
        let frame_bytes = self.spec().frame_bytes();
        let mut buffer = vec![0; frame_bytes * (COPY_BYTES / frame_bytes).max(1)];
        let mut copied = 0;
        while copied < frames {
            let wanted = usize::try_from(frames - copied).unwrap_or(usize::MAX).min(buffer.len() / frame_bytes);
            let filled = reader.read_stored(&mut buffer[..wanted * frame_bytes])?;
            self.write_stored(&buffer[..filled])?;
            let read = filled / frame_bytes;
            copied += read as u64;
            if read < wanted {
                break;
            }
        }
        Ok(copied)
    }

    fn convert_frames<T: Sample>(&mut self, reader: &mut impl StoredSource, frames: u64) -> Result<u64> {
        let channels = self.spec().channels();
        let mut buffer = vec![T::default(); channels * (COPY_BYTES / self.spec().frame_bytes()).max(1)];
        let mut copied = 0;
        while copied < frames {
            let wanted = usize::try_from(frames - copied).unwrap_or(usize::MAX).min(buffer.len() / channels);
            let read = reader.read_interleaved(&mut buffer[..wanted * channels])?;
            self.write_interleaved(&buffer[..read * channels])?;
            copied += read as u64;
            if read < wanted {
                break;
            }
        }
        Ok(copied)
    }
}

impl<R: Read> StoredSource for WavReader<R> {
    fn read_stored(&mut self, out: &mut [u8]) -> Result<usize> {
        let filled = self.read_as_is(out)?;
        if self.byte_order() == ByteOrder::Big {
            out[..filled].chunks_exact_mut(self.spec().encoding().bytes()).for_each(<[u8]>::reverse);
        }
        Ok(filled)
    }

    fn with_name(&self, error: Error) -> Error {
        self.named(error)
    }
}
