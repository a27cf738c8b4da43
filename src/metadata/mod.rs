//! Metadata: typed views of the chunks that recorders, editors and archives write beside the audio.
//!
//! | chunk | view | written by |
//! |---|---|---|
//! | `bext` | [`Bext`] | broadcast and field recorders (Sound Devices, Zoom, Tascam …), Pro Tools |
//! | `LIST` of type `INFO` | [`Info`] | AudioMoth, ffmpeg, editors |
//! | `cue `, `LIST` of type `adtl` | [`Cue`] | markers of recorders, labels and regions of editors |
//! | `iXML` | text | production recorders |
//! | `guan` | [`Guano`] | bat detectors, Song Meter, AudioMoth |
//! | `fact` | frames | writers of float and compressed audio |
//!
//! [`Metadata`] holds all of them. Reading never fails: fields that are truncated or malformed are left out. Writing never
//! truncates: a value that a chunk cannot hold is an error. To carry chunks from one file to another, copy their bytes with
//! [`WavWriter::copy_metadata`](crate::WavWriter::copy_metadata) instead.
//!
//! No number in a chunk decides how much is allocated: parsing takes at most four times the bytes of the chunks, and linear time.

mod bext;
mod cue;
mod fields;
mod guano;
mod info;
#[cfg(feature = "time")]
mod start_time;
mod text;

pub use bext::{Bext, Loudness};
pub use cue::Cue;
pub use guano::Guano;
pub use info::Info;
#[cfg(feature = "time")]
pub use start_time::{RecordingTime, TimeSource, start_time};

use self::cue::Points;
use crate::error::Result;
use crate::spec::ByteOrder;

/// Everything that the known chunks of a file say about its audio.
///
/// # Examples
/// ```
/// use ndaudio::metadata::{Guano, Metadata};
///
/// let mut metadata = Metadata::default();
/// metadata.guano = Some(Guano::parse(b"GUANO|Version: 1.0\nSamplerate: 256000\n"));
///
/// let chunks = metadata.to_chunks()?;
/// let again = Metadata::from_chunks(chunks.iter().map(|(id, payload)| (*id, payload.as_slice())));
/// assert_eq!(again, metadata);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Metadata {
    /// The broadcast extension.
    pub bext: Option<Bext>,
    /// The texts of the `LIST` chunks of type `INFO`, in the order of the file.
    pub info: Option<Info>,
    /// Marked points and regions, in the order of the file.
    pub cues: Vec<Cue>,
    /// The text of the `iXML` chunk, without a leading byte order mark and trailing NULs.
    pub ixml: Option<String>,
    /// The GUANO fields.
    pub guano: Option<Guano>,
    /// The number of frames that the `fact` chunk states; `None` also for 0xFFFFFFFF, which is no number but says that `ds64` has it. Rely on the
    /// reader's count instead.
    pub fact_frames: Option<u32>,
}

impl Metadata {
    /// Reads the chunks of a file, ids and payloads, in any order; ignores chunks of other kinds.
    ///
    /// Never fails. If there are several `bext`, `cue `, `iXML`, `guan` or `fact` chunks, the first counts. `list` is read as
    /// `LIST`, since a Zoom H4n writes it that way.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Metadata;
    ///
    /// let metadata = Metadata::from_chunks([(*b"wamd", b"\0\0".as_slice()), (*b"fact", b"\x80\xBB\0\0")]);
    /// assert_eq!(metadata.fact_frames, Some(48_000));
    /// assert!(metadata.bext.is_none());
    /// ```
    #[must_use]
    pub fn from_chunks<'a>(chunks: impl IntoIterator<Item = ([u8; 4], &'a [u8])>) -> Self {
        Self::from_chunks_in(chunks, ByteOrder::Little)
    }

    /// Like [`from_chunks`](Self::from_chunks), for a file in any byte order.
    pub(crate) fn from_chunks_in<'a>(chunks: impl IntoIterator<Item = ([u8; 4], &'a [u8])>, order: ByteOrder) -> Self {
        let mut views = Views::new(order);
        chunks.into_iter().for_each(|(id, payload)| views.add(id, payload));
        views.finish()
    }

    /// Returns whether [`from_chunks`](Self::from_chunks) reads chunks of this kind.
    pub(crate) fn has_view(id: [u8; 4]) -> bool {
        matches!(&id, b"bext" | b"LIST" | b"list" | b"cue " | b"iXML" | b"guan" | b"fact")
    }

    /// Returns the chunks, ids and payloads, in the usual order: `bext`, `iXML`, `LIST`, `guan`, `cue `.
    ///
    /// There is no `fact` among them: the writer of the file counts frames itself.
    ///
    /// # Errors
    /// As [`Cue::to_chunks`].
    pub fn to_chunks(&self) -> Result<Vec<([u8; 4], Vec<u8>)>> {
        let mut chunks = Vec::new();
        chunks.extend(self.bext.as_ref().map(|bext| (Bext::ID, bext.to_bytes())));
        chunks.extend(self.ixml.as_ref().map(|ixml| (*b"iXML", ixml.clone().into_bytes())));
        chunks.extend(self.info.as_ref().map(|info| (Info::ID, info.to_bytes())));
        chunks.extend(self.guano.as_ref().map(|guano| (Guano::ID, guano.to_bytes())));
        chunks.extend(Cue::to_chunks(&self.cues)?);
        Ok(chunks)
    }
}

/// Makes views of the chunks of a file one after the other, so that no more payloads than necessary are in memory with them.
pub(crate) struct Views<P> {
    metadata: Metadata,
    points: Option<Points>,
    /// Payloads that may hold texts for the points, which may follow them.
    texts: Vec<P>,
    order: ByteOrder,
}

impl<P: AsRef<[u8]>> Views<P> {
    pub(crate) fn new(order: ByteOrder) -> Self {
        Views { metadata: Metadata::default(), points: None, texts: Vec::new(), order }
    }

    pub(crate) fn add(&mut self, id: [u8; 4], payload: P) {
        let (metadata, order, bytes) = (&mut self.metadata, self.order, payload.as_ref());
        match &id {
            b"bext" => {
                metadata.bext.get_or_insert_with(|| Bext::parse_in(bytes, order));
            }
            b"LIST" | b"list" => match (Info::parse_in(bytes, order), &mut metadata.info) {
                (Some(info), Some(first)) => first.append(info),
                (Some(info), none) => *none = Some(info),
                (None, _) if Cue::has_texts(bytes) => self.texts.push(payload),
                (None, _) => {}
            },
            b"cue " => {
                self.points.get_or_insert_with(|| Points::parse(bytes, order));
            }
            b"iXML" => {
                metadata.ixml.get_or_insert_with(|| text::whole(bytes));
            }
            b"guan" => {
                metadata.guano.get_or_insert_with(|| Guano::parse(bytes));
            }
            b"fact" => {
                let stated = fields::u32_at(bytes, 0, order).filter(|&frames| frames != u32::MAX);
                metadata.fact_frames = metadata.fact_frames.or(stated);
            }
            _ => {}
        }
    }

    pub(crate) fn finish(mut self) -> Metadata {
        if let Some(points) = self.points {
            self.metadata.cues = points.into_cues(&self.texts, self.order);
        }
        self.metadata
    }
}

/// A chunk of a big-endian file as a little-endian one has it, if the places of its numbers are known.
pub(crate) fn to_little_endian(id: [u8; 4], mut payload: Vec<u8>) -> Option<([u8; 4], Vec<u8>)> {
    // Each payload goes as soon as it has been read: it may be most of what memory has.
    match &id {
        b"iXML" | b"guan" => Some((id, payload)),
        b"cue " => {
            cue::turn_points(&mut payload);
            Some((id, payload))
        }
        b"bext" => {
            let bext = Bext::parse_in(&payload, ByteOrder::Big);
            drop(payload);
            Some((id, bext.to_bytes()))
        }
        b"LIST" | b"list" if Cue::has_texts(&payload) => Some((Info::ID, cue::turned_texts(&payload))),
        b"LIST" | b"list" => {
            let info = Info::parse_in(&payload, ByteOrder::Big)?;
            drop(payload);
            Some((Info::ID, info.to_bytes()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
