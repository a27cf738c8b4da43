//! Metadata from file to view, from view to file, and from file to file.

use std::io::{Read, Write};

use super::reader::WavReader;
use super::riff::chunk::{Chunk, is_filler, is_printable, is_structure};
use super::riff::container::Container;
use super::view::WavView;
use super::writer::WavWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::metadata::{Bext, Cue, Info, Metadata};
use crate::spec::ByteOrder;

/// Bytes of all chunks that views are made of.
const METADATA_MAX: u64 = 64 << 20;

impl<R: Read> WavReader<R> {
    /// Reads everything that the file says about its audio and that there is a view for.
    ///
    /// From an input that cannot seek that is what stands before the audio.
    ///
    /// **Memory** a few times the bytes of the chunks, of which there may be 64 MiB.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more, or for chunks that are out of reach ([`chunk_bytes`](WavReader::chunk_bytes)),
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails. What is wrong inside a chunk is no error: what can be made out is there.
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
        let bytes = chunks.iter().fold(0, |bytes: u64, chunk| bytes.saturating_add(chunk.len));
        if bytes > METADATA_MAX {
            return Err(self.named(Error::new(ErrorKind::TooLarge { what: "metadata", bytes, limit: METADATA_MAX })));
        }
        let mut contents = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            contents.push((chunk.id, self.chunk_bytes(&chunk)?));
        }
        let contents = contents.iter().map(|(id, content)| (*id, content.as_slice()));
        Ok(Metadata::from_chunks_in(contents, self.byte_order()))
    }
}

impl WavView<'_> {
    /// Reads everything that the file says about its audio and that there is a view for.
    ///
    /// **Memory** a few times the bytes of the chunks at most.
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
    let mut found: Vec<Chunk> = Vec::new();
    for chunk in chunks.iter().filter(|chunk| Metadata::has_view(chunk.id)) {
        let list = chunk.id.eq_ignore_ascii_case(b"LIST");
        if list || found.iter().all(|seen| seen.id != chunk.id) {
            found.push(*chunk);
        }
    }
    found
}

impl<W: Write> WavWriter<W> {
    /// Adds the chunks of everything that the views hold: in front of the audio while none has been written, behind it afterwards.
    ///
    /// Adds, and does not replace: a file to which chunks of the same kind were [copied](WavWriter::copy_metadata) has both then.
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

    /// Carries over the metadata of another file, byte for byte, known or not, each chunk to the side of the audio on which it stands.
    ///
    /// To be called before the first frame is written; afterwards everything goes behind the audio. Reading goes on where it was.
    ///
    /// What is not carried:
    /// - what makes up the file itself, and is the writer's: `fmt `, `data`, `fact`, `ds64`; and room left free (`JUNK`, `PAD `,
    ///   `FLLR` …)
    /// - what describes the values of the samples, and may be wrong for other ones: `PEAK`, `levl`, `MD5 `. Loudness in `bext`
    ///   is carried; [`Bext::clear_loudness`] is for it
    /// - of a big-endian file (RIFX), what has numbers in unknown places: `bext`, `INFO`, cues, `iXML` and `guan` are carried,
    ///   with their numbers turned round
    /// - of a pipe, what stands behind the audio; of Wave64, chunks whose GUID is not made of four letters
    ///
    /// Positions (cues, regions, time references) are not changed: where the output begins elsewhere or has another sample rate,
    /// read the [`metadata`](WavReader::metadata), change it and [add](WavWriter::add_metadata) it instead.
    ///
    /// To a stream, which cannot have chunks behind its audio, all go in front. Wave64 has its own sides
    /// ([`add_chunk`](WavWriter::add_chunk)).
    ///
    /// **Memory** one chunk at a time, 64 MiB at the most, and what stands behind the audio.
    ///
    /// # Errors
    /// As [`WavReader::chunk_bytes`] and [`add_chunk`](WavWriter::add_chunk).
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

    /// Carries over the metadata of another file as [`copy_metadata`](WavWriter::copy_metadata) does, each chunk as `edit`
    /// gives it back: changed, as it is, or not at all.
    ///
    /// # Errors
    /// As [`copy_metadata`](WavWriter::copy_metadata), and what `edit` returns.
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
    /// let bext = WavView::parse(&bytes)?.metadata().bext.expect("carried");
    /// assert!(bext.coding_history().ends_with("T=gain +3 dB\r\n"));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn copy_metadata_with<R: Read>(
        &mut self,
        reader: &mut WavReader<R>,
        mut edit: impl FnMut([u8; 4], Vec<u8>) -> Result<Option<Vec<u8>>>,
    ) -> Result<()> {
        let wave64 = reader.container() == Container::Wave64;
        let big_endian = reader.byte_order() == ByteOrder::Big;
        let mut cues_carried = false;
        let mut behind = false;
        for chunk in reader.chunks().to_vec() {
            let id = chunk.id;
            behind |= id == *b"data";
            if is_structure(id) || is_filler(id) || describes_samples(id) || wave64 && !is_printable(&id) {
                continue;
            }
            let contents = match &id {
                b"cue " if big_endian => {
                    // With the texts that belong to it.
                    let cues = if cues_carried { Vec::new() } else { reader.metadata()?.cues };
                    cues_carried = true;
                    Cue::to_chunks(&cues)?
                }
                _ if big_endian => turned_round(id, reader.chunk_bytes(&chunk)?).into_iter().collect(),
                _ => vec![(id, reader.chunk_bytes(&chunk)?)],
            };
            for (id, content) in contents {
                match edit(id, content)? {
                    Some(content) if behind && self.can_seek() => self.add_chunk_behind(id, &content)?,
                    Some(content) => self.add_chunk(id, &content)?,
                    None => {}
                }
            }
        }
        Ok(())
    }
}

/// Whether a chunk says what the values of the samples are: peaks (libsndfile; EBU Tech 3285, supplement 3) and a sum (BWF MetaEdit).
fn describes_samples(id: [u8; 4]) -> bool {
    matches!(&id, b"PEAK" | b"levl" | b"MD5 ")
}

/// A chunk of a big-endian file as a little-endian one has it, where it is known what its numbers are.
fn turned_round(id: [u8; 4], content: Vec<u8>) -> Option<([u8; 4], Vec<u8>)> {
    let metadata = Metadata::from_chunks_in([(id, content.as_slice())], ByteOrder::Big);
    match &id {
        b"iXML" | b"guan" => Some((id, content)),
        b"bext" => metadata.bext.map(|bext| (Bext::ID, bext.to_bytes())),
        b"LIST" | b"list" => metadata.info.map(|info| (Info::ID, info.to_bytes())),
        _ => None,
    }
}
