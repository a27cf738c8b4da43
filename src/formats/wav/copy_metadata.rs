//! Reads metadata from a file, adds it to a file, and copies it from one file to another.

use std::io::{Read, Write};

use super::reader::WavReader;
use super::riff::chunk::{Chunk, describes_samples, is_filler, is_printable, is_structure};
use super::view::WavView;
use super::writer::WavWriter;
use crate::error::{ErrorKind, Result};
use crate::metadata::{Metadata, Views, to_little_endian};
use crate::spec::ByteOrder;

impl<R: Read> WavReader<R> {
    /// Reads the metadata that [`Metadata`] has views for.
    ///
    /// From an input that cannot seek, only what comes before the audio.
    ///
    /// **Memory** at most four times the bytes of the chunks and 350 bytes for each, which are limited by [`Limits::metadata_bytes`](crate::Limits).
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for more, or for chunks that are out of reach ([`chunk_bytes`](WavReader::chunk_bytes));
    /// [`ErrorKind::Io`] if reading fails. A chunk with errors in it is not an error: whatever can be read of it is returned.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    ///
    /// let metadata = WavReader::open("data/libsndfile_bext_pcm16_stereo.wav")?.metadata()?;
    /// let bext = metadata.bext.expect("a Broadcast Wave file");
    /// assert_eq!((bext.origination_date(), bext.time_reference()), ("2026-01-02".into(), Some(96_000)));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn metadata(&mut self) -> Result<Metadata> {
        let chunks = viewed(self.chunks());
        check_total(self, &chunks)?;
        let mut views = Views::new(self.byte_order());
        for chunk in chunks {
            views.add(chunk.id, self.chunk_bytes(&chunk)?);
        }
        Ok(views.finish())
    }
}

impl WavView<'_> {
    /// Reads the metadata that [`Metadata`] has views for.
    ///
    /// **Memory** at most four times the bytes of the chunks and 350 bytes for each.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavView;
    ///
    /// let bytes = std::fs::read("data/libsndfile_bext_pcm16_stereo.wav")?;
    /// let metadata = WavView::parse(&bytes)?.metadata();
    /// assert!(metadata.bext.is_some());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        let contents = viewed(self.chunks()).into_iter().map(|chunk| (chunk.id, self.chunk_bytes(&chunk)));
        Metadata::from_chunks_in(contents, self.byte_order())
    }
}

/// The chunks that views are made of: all lists, and the first of every other kind.
fn viewed(chunks: &[Chunk]) -> Vec<Chunk> {
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    for chunk in chunks.iter().filter(|chunk| Metadata::has_view(chunk.id)) {
        let first = !seen.contains(&chunk.id);
        if first {
            seen.push(chunk.id);
        }
        if first || chunk.id.eq_ignore_ascii_case(b"LIST") {
            found.push(*chunk);
        }
    }
    found
}

/// Refuses to read more metadata than the reader's limit.
fn check_total<R: Read>(reader: &WavReader<R>, chunks: &[Chunk]) -> Result<()> {
    let bytes = chunks.iter().fold(0, |bytes: u64, chunk| bytes.saturating_add(chunk.len));
    let limit = reader.limits().metadata_bytes;
    if bytes > limit {
        return Err(reader.named(ErrorKind::TooLarge { what: "metadata", bytes, limit }.into()));
    }
    Ok(())
}

impl<W: Write> WavWriter<W> {
    /// Adds the chunks of everything that the views hold: before the audio if none has been written yet, otherwise after it.
    ///
    /// Nothing is replaced: a file to which chunks of the same kind were [copied](WavWriter::copy_metadata) then has both.
    ///
    /// # Errors
    /// As [`Metadata::to_chunks`] and [`add_chunk`](WavWriter::add_chunk).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::{Cue, Metadata};
    /// use ndaudio::{Encoding, Spec, WavView, WavWriter};
    ///
    /// let mut metadata = Metadata::default();
    /// metadata.cues.push(Cue::new(1, 2));
    /// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), &Spec::new(8_000, 1, Encoding::I16))?;
    /// writer.add_metadata(&metadata)?;
    /// writer.write_interleaved(&[0_i16, 1, 2, 3])?;
    /// let bytes = writer.finalize()?.into_inner();
    /// assert_eq!(WavView::parse(&bytes)?.metadata().cues, metadata.cues);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn add_metadata(&mut self, metadata: &Metadata) -> Result<()> {
        for (id, content) in metadata.to_chunks()? {
            self.add_chunk(id, &content)?;
        }
        Ok(())
    }

    /// Copies the metadata of another file, byte for byte, known or not, each chunk to the side of the audio that it was on.
    ///
    /// Call this before the first frame is written; afterwards everything goes after the audio. The position of the reader does not change.
    ///
    /// These chunks are not copied:
    /// - those that make up the file itself, which the writer writes (`fmt `, `data`, `fact`, `ds64`), and room left free (`JUNK`, `PAD `,
    ///   `FLLR` …)
    /// - those that describe the values of the samples, and may be wrong for other samples: `PEAK`, `levl`, `MD5 `. Loudness in `bext`
    ///   is copied; [`Bext::clear_loudness`](crate::metadata::Bext::clear_loudness) removes it
    /// - from a big-endian file (RIFX), those with numbers in unknown places: `bext`, `INFO`, cues and their texts, `iXML` and `guan` are
    ///   copied, with their numbers converted
    /// - those with an id other than four printable ASCII characters, which [`add_chunk`](WavWriter::add_chunk) refuses; in Wave64 that is a
    ///   GUID that does not begin with four letters
    /// - from a pipe, those after the audio
    ///
    /// Positions (cues, regions, time references) are not changed. If the output begins elsewhere or has another sample rate,
    /// read the [`metadata`](WavReader::metadata), change it and [add](WavWriter::add_metadata) it instead.
    ///
    /// A stream cannot have chunks after its audio, so all go before it. Wave64 has rules of its own
    /// ([`add_chunk`](WavWriter::add_chunk)).
    ///
    /// **Memory** at most four times the bytes of the chunks and 350 bytes for each, which are limited by the reader's
    /// [`Limits::metadata_bytes`](crate::Limits) and [`Limits::chunks`](crate::Limits).
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for more metadata than that, and as [`WavReader::chunk_bytes`] and [`add_chunk`](WavWriter::add_chunk).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{WavReader, WavView, WavWriter};
    ///
    /// let mut reader = WavReader::open("data/libsndfile_bext_pcm16_stereo.wav")?;
    /// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), reader.spec())?;
    /// writer.copy_metadata(&mut reader)?;
    /// writer.write(&reader.read_all::<i16>()?)?;
    /// let bytes = writer.finalize()?.into_inner();
    /// assert_eq!(WavView::parse(&bytes)?.chunk(*b"bext"), reader.chunk(*b"bext")?.as_deref());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn copy_metadata<R: Read>(&mut self, reader: &mut WavReader<R>) -> Result<()> {
        self.copy_metadata_with(reader, |_, content| Ok(Some(content)))
    }

    /// Copies the metadata of another file as [`copy_metadata`](WavWriter::copy_metadata) does, each chunk as `edit`
    /// returns it: changed, as it is, or not at all.
    ///
    /// # Errors
    /// As [`copy_metadata`](WavWriter::copy_metadata), and whatever `edit` returns.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Bext;
    /// use ndaudio::{WavReader, WavView, WavWriter};
    ///
    /// let mut reader = WavReader::open("data/libsndfile_bext_pcm16_stereo.wav")?;
    /// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), reader.spec())?;
    /// writer.copy_metadata_with(&mut reader, |id, content| {
    ///     if id != Bext::ID {
    ///         return Ok(Some(content));
    ///     }
    ///     let mut bext = Bext::parse(&content);
    ///     bext.clear_loudness();
    ///     bext.append_coding_history("A=PCM,F=48000,W=16,M=stereo,T=gain +3 dB")?;
    ///     Ok(Some(bext.to_bytes()))
    /// })?;
    /// let bytes = writer.finalize()?.into_inner();
    /// let bext = WavView::parse(&bytes)?.metadata().bext.expect("copied");
    /// assert!(bext.coding_history().ends_with("T=gain +3 dB\r\n"));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn copy_metadata_with<R: Read>(
        &mut self,
        reader: &mut WavReader<R>,
        mut edit: impl FnMut([u8; 4], Vec<u8>) -> Result<Option<Vec<u8>>>,
    ) -> Result<()> {
        let big_endian = reader.byte_order() == ByteOrder::Big;
        let is_copied = |chunk: &&Chunk| {
            let id = chunk.id;
            is_printable(&id) && !is_structure(id) && !is_filler(id) && !describes_samples(id)
        };
        let chunks: Vec<Chunk> = reader.chunks().iter().filter(is_copied).copied().collect();
        check_total(reader, &chunks)?;
        let audio = reader.chunks().iter().find(|chunk| chunk.id == *b"data").map_or(u64::MAX, |chunk| chunk.offset);
        for chunk in chunks {
            let id = chunk.id;
            let after = chunk.offset > audio && self.can_seek();
            let content = reader.chunk_bytes(&chunk)?;
            let copied = if big_endian { to_little_endian(id, content) } else { Some((id, content)) };
            let Some((id, content)) = copied else { continue };
            match edit(id, content)? {
                Some(content) if after => self.add_trailing_chunk(id, &content)?,
                Some(content) => self.add_chunk(id, &content)?,
                None => {}
            }
        }
        Ok(())
    }
}
