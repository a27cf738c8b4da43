//! What a file says about its audio, beside the audio: typed views of the chunks that recorders, editors and archives write.
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
//! [`Metadata`] is all of them. Reading never fails: what is cut or wrong in a chunk is left out. Writing never cuts: what a chunk
//! cannot hold is an error. Chunks that are only carried from one file to another go as bytes, not through these views:
//! [`WavWriter::copy_metadata`](crate::WavWriter::copy_metadata).
//!
//! Nothing here allocates from a number in a chunk; memory is bounded by a few times the bytes of the chunks.

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
pub use start_time::{StartTime, StartTimeSource, start_time};

use crate::error::Result;
use crate::spec::ByteOrder;

/// Everything a file says about its audio that there is a view for.
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
    /// The texts of `LIST` chunks of type `INFO`, those of several one behind the other.
    pub info: Option<Info>,
    /// Marked points and stretches, in the order of the file.
    pub cues: Vec<Cue>,
    /// The text of the `iXML` chunk, without a byte order mark in front and NULs behind.
    pub ixml: Option<String>,
    /// The GUANO fields.
    pub guano: Option<Guano>,
    /// The frames that the `fact` chunk claims, 0xFFFFFFFF in a file of more; the reader's own count is the one to rely on.
    pub fact_frames: Option<u32>,
}

impl Metadata {
    /// Reads the chunks of a file, ids and payloads, in any order; takes no notice of those that there is no view for.
    ///
    /// Never fails. Of several `bext`, `cue `, `iXML`, `guan` or `fact` chunks the first counts. `list` is taken for `LIST`, as
    /// a Zoom H4n has it.
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

    /// The same of a file in any byte order.
    pub(crate) fn from_chunks_in<'a>(chunks: impl IntoIterator<Item = ([u8; 4], &'a [u8])>, order: ByteOrder) -> Self {
        let mut metadata = Self::default();
        let mut cue: Option<&[u8]> = None;
        let mut lists = Vec::new();
        for (id, payload) in chunks {
            match &id {
                b"bext" => {
                    metadata.bext.get_or_insert_with(|| Bext::parse_in(payload, order));
                }
                b"LIST" | b"list" => match (Info::parse_in(payload, order), &mut metadata.info) {
                    (Some(info), Some(first)) => first.append(info),
                    (Some(info), none) => *none = Some(info),
                    (None, _) => lists.push(payload),
                },
                b"cue " => {
                    cue.get_or_insert(payload);
                }
                b"iXML" => {
                    metadata.ixml.get_or_insert_with(|| text::whole(payload).into_owned());
                }
                b"guan" => {
                    metadata.guano.get_or_insert_with(|| Guano::parse(payload));
                }
                b"fact" => metadata.fact_frames = metadata.fact_frames.or(fields::u32_at(payload, 0, order)),
                _ => {}
            }
        }
        if let Some(cue) = cue {
            metadata.cues = Cue::parse_all_in(cue, lists, order);
        }
        metadata
    }

    /// Whether there is a view for a chunk: whether its bytes matter to [`from_chunks`](Self::from_chunks).
    pub(crate) fn has_view(id: [u8; 4]) -> bool {
        matches!(&id, b"bext" | b"LIST" | b"list" | b"cue " | b"iXML" | b"guan" | b"fact")
    }

    /// Builds the chunks, ids and payloads, in the order in which they are usual: `bext`, `iXML`, `LIST`, `guan`, `cue `.
    ///
    /// No `fact`: that is the writer's, which counts frames itself.
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

#[cfg(test)]
mod tests;
