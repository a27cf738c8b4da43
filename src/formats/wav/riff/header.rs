//! The bytes in front of the audio, kept as an image that is patched and written again.
//!
//! Sources: RIFF MCI (1991); EBU Tech 3306 v1.1 and ITU-R BS.2088-1 for RF64, BW64 and `ds64`; Sony, "Wave64 File Format" (2002).

use std::ops::Range;

use super::chunk::Chunk;
use super::container::Container;
use super::walk::{Layout, UNFINISHED, UNFINISHED_COUNT, UNKNOWN_64, W64_LIST_TAIL, W64_RIFF, W64_TAIL};
use super::write_fmt::{fmt_content, wants_fact};
use crate::error::{Error, ErrorKind, Result};
use crate::spec::Spec;

/// The 64-bit sizes that `ds64` holds, and what `JUNK` holds the place for: three sizes and the length of an empty table.
const RESERVED: usize = 28;
/// Headers up to this size are written whole each time, in one call, so that a process killed in between leaves the old one
/// or the new one.
const ONE_PIECE: usize = 4096;

/// How many bytes there are, for the header to say.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats::wav) struct Extent {
    /// Bytes of audio, a whole number of frames.
    pub(in crate::formats::wav) audio: u64,
    /// Bytes of the chunks behind it, padding included.
    pub(in crate::formats::wav) behind: u64,
    /// Whether this is all, or audio may follow that the header does not know of yet.
    pub(in crate::formats::wav) finished: bool,
}

/// Everything in front of the audio.
#[derive(Debug)]
pub(in crate::formats::wav) struct Header {
    container: Container,
    image: Vec<u8>,
    frame_bytes: u64,
    /// Where the content of the reserved chunk begins (`JUNK`, `junk` or `ds64`), if there is one.
    reserved: Option<usize>,
    /// Where the content of the `fact` chunk begins, if there is one.
    fact: Option<usize>,
    /// Where the header of the data chunk begins.
    data_chunk: usize,
}

impl Header {
    /// A header for no audio yet.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for RIFX, and for a spec that no `fmt ` chunk can describe.
    pub(in crate::formats::wav) fn new(container: Container, spec: &Spec) -> Result<Header> {
        let mut image = match container {
            Container::Riff => b"RIFF\0\0\0\0WAVE".to_vec(),
            Container::Rf64 => b"RF64\xFF\xFF\xFF\xFFWAVE".to_vec(),
            Container::Bw64 => b"BW64\xFF\xFF\xFF\xFFWAVE".to_vec(),
            Container::Wave64 => [&W64_RIFF[..], &[0; 8], b"wave", &W64_TAIL].concat(),
            Container::Rifx => {
                let what =
                    "RIFX files are read but not written; write RIFF/WAVE, which is the same with the bytes in order";
                return Err(Error::unsupported_operation(what));
            }
        };
        let fmt = fmt_content(container, spec)?;
        let reserved_id = if matches!(container, Container::Rf64 | Container::Bw64) { *b"ds64" } else { *b"JUNK" };
        let reserved = Some(push_chunk(&mut image, container, reserved_id, &[0; RESERVED]));
        push_chunk(&mut image, container, *b"fmt ", &fmt);
        // Wave64 counts frames in 64 bits.
        let fact_len = if container == Container::Wave64 { 8 } else { 4 };
        let fact =
            wants_fact(spec.encoding()).then(|| push_chunk(&mut image, container, *b"fact", &[0; 8][..fact_len]));
        let data_chunk = image.len();
        push_chunk(&mut image, container, *b"data", &[]);
        let frame_bytes = spec.frame_bytes() as u64;
        let mut header = Header { container, image, frame_bytes, reserved, fact, data_chunk };
        header.set(Extent { audio: 0, behind: 0, finished: false })?;
        Ok(header)
    }

    /// The header of a file that is there, whose sizes are in order: the bytes in front of its audio.
    pub(in crate::formats::wav) fn of_file(layout: &Layout, image: Vec<u8>) -> Header {
        let (container, wide) = (layout.container, layout.container == Container::Wave64);
        let before_audio = || layout.chunks.iter().take_while(|chunk| chunk.content_offset < layout.data_offset);
        // Only the first chunk can become `ds64`, which has to be the first.
        let reserved = before_audio().next().filter(|chunk| {
            let id = chunk.id.map(|byte| byte.to_ascii_lowercase());
            (id == *b"junk" || id == *b"ds64") && chunk.len >= RESERVED as u64
        });
        let fact_len = if wide { 8 } else { 4 };
        let fact = before_audio().find(|chunk| chunk.id == *b"fact" && chunk.len >= fact_len);
        // All of them stand in the image, which is in memory.
        let at = |chunk: &Chunk| usize::try_from(chunk.content_offset).unwrap_or(0);
        let (reserved, fact) = (reserved.map(at), fact.map(at));
        let data_chunk = image.len() - chunk_header_len(container);
        Header { container, image, frame_bytes: layout.frame_bytes(), reserved, fact, data_chunk }
    }

    /// The container that the header says it is.
    pub(in crate::formats::wav) fn container(&self) -> Container {
        self.container
    }

    pub(in crate::formats::wav) fn image(&self) -> &[u8] {
        &self.image
    }

    /// Where the audio begins.
    pub(in crate::formats::wav) fn len(&self) -> u64 {
        self.image.len() as u64
    }

    /// Zero bytes between this much audio and this much behind it.
    ///
    /// RIFF counts the one behind an odd chunk as part of the file even at its end. At the end of Wave64 libsndfile 1.2.2 would read it
    /// as audio, and leaves it out itself.
    pub(in crate::formats::wav) fn padding(&self, audio: u64, behind: u64) -> u64 {
        if self.container == Container::Wave64 && behind == 0 {
            return 0;
        }
        audio.next_multiple_of(alignment(self.container).into()) - audio
    }

    /// Bytes of the whole file.
    pub(in crate::formats::wav) fn file_len(&self, audio: u64, behind: u64) -> u64 {
        self.len() + audio + self.padding(audio, behind) + behind
    }

    /// The longest file that this header can ever describe.
    pub(in crate::formats::wav) fn file_len_max(&self) -> u64 {
        match self.container {
            Container::Riff if self.reserved.is_none() => u64::from(u32::MAX) + 8,
            _ => i64::MAX.cast_unsigned(),
        }
    }

    /// Puts one more chunk in front of the audio.
    pub(in crate::formats::wav) fn add_chunk(&mut self, chunk: &[u8]) {
        self.image.splice(self.data_chunk..self.data_chunk, chunk.iter().copied());
        self.data_chunk += chunk.len();
    }

    /// Says how much there is. A RIFF file that has become too long for 32 bits is RF64 from then on.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if no room was reserved for that.
    pub(in crate::formats::wav) fn set(&mut self, extent: Extent) -> Result<()> {
        let Extent { audio, behind, finished } = extent;
        let frames = audio / self.frame_bytes;
        let file_len = self.file_len(audio, behind);
        let limit = self.file_len_max();
        if file_len > limit {
            return Err(Error::new(ErrorKind::TooLarge {
                what: "a file without room for 64-bit sizes",
                bytes: file_len,
                limit,
            }));
        }
        if self.container == Container::Riff && u32::try_from(file_len - 8).is_err() {
            self.become_rf64();
        }
        match self.container {
            Container::Wave64 => {
                self.put_u64(16, file_len);
                self.put_u64(self.data_chunk + 16, 24 + audio);
                self.mark(finished);
                if let Some(fact) = self.fact {
                    self.put_u64(fact, frames);
                }
            }
            Container::Rf64 | Container::Bw64 => {
                self.put_u32(self.data_chunk + 4, u32::MAX);
                if let Some(ds64) = self.reserved {
                    self.put_u64(ds64, file_len - 8);
                    self.put_u64(ds64 + 8, audio);
                    // There is no other room for a mark where JUNK became ds64.
                    self.put_u64(ds64 + 16, if finished { frames } else { UNFINISHED_COUNT });
                }
                if let Some(fact) = self.fact {
                    self.put_u32(fact, u32::MAX);
                }
            }
            Container::Riff | Container::Rifx => {
                self.put_u32(4, saturated(file_len - 8));
                self.put_u32(self.data_chunk + 4, saturated(audio));
                self.mark(finished);
                if let Some(fact) = self.fact {
                    self.put_u32(fact, saturated(frames));
                }
            }
        }
        Ok(())
    }

    /// Says that nobody knows how much there will be: in 32 bits as ffmpeg does when it writes to a pipe.
    pub(in crate::formats::wav) fn set_unknown(&mut self) {
        match self.container {
            Container::Wave64 => {
                self.put_u64(16, UNKNOWN_64);
                self.put_u64(self.data_chunk + 16, UNKNOWN_64);
            }
            Container::Rf64 | Container::Bw64 => {
                if let Some(ds64) = self.reserved {
                    self.put_u64(ds64, UNKNOWN_64);
                    self.put_u64(ds64 + 8, UNKNOWN_64);
                    self.put_u64(ds64 + 16, 0);
                }
                self.put_u32(self.data_chunk + 4, u32::MAX);
            }
            Container::Riff | Container::Rifx => {
                self.put_u32(4, u32::MAX);
                self.put_u32(self.data_chunk + 4, u32::MAX);
            }
        }
        self.mark(true);
    }

    /// The parts of the image that change, front to back.
    ///
    /// Front to back, because a reader of a header of which only the first part is new believes the smaller, older size of the
    /// audio.
    pub(in crate::formats::wav) fn changing(&self) -> impl Iterator<Item = Range<usize>> {
        let wide = self.container == Container::Wave64;
        let head = 0..if wide { 24 } else { 8 };
        let reserved = self.reserved.map(|at| at - chunk_header_len(self.container)..at + RESERVED);
        let fact = self.fact.map(|at| at..at + if wide { 8 } else { 4 });
        let data = self.data_chunk..self.data_chunk + chunk_header_len(self.container);
        let whole = (self.image.len() <= ONE_PIECE).then_some(0..self.image.len());
        let parts = if whole.is_some() { [whole, None, None, None] } else { [Some(head), reserved, fact, Some(data)] };
        parts.into_iter().flatten()
    }

    fn become_rf64(&mut self) {
        if let Some(reserved) = self.reserved {
            self.container = Container::Rf64;
            self.image[..8].copy_from_slice(b"RF64\xFF\xFF\xFF\xFF");
            self.image[reserved - 8..reserved - 4].copy_from_slice(b"ds64");
            self.image[reserved..reserved + RESERVED].fill(0);
        }
    }

    /// Leaves or clears the mark by which a reader knows that audio may go on behind its size.
    fn mark(&mut self, finished: bool) {
        if let (Some(at), Container::Riff | Container::Wave64) = (self.reserved, self.container) {
            self.image[at..at + RESERVED].copy_from_slice(if finished { &[0; RESERVED] } else { &UNFINISHED });
        }
    }

    fn put_u32(&mut self, at: usize, value: u32) {
        self.image[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, at: usize, value: u64) {
        self.image[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
}

/// Chunks begin at multiples of this.
pub(in crate::formats::wav) fn alignment(container: Container) -> u8 {
    if container == Container::Wave64 { 8 } else { 2 }
}

fn chunk_header_len(container: Container) -> usize {
    if container == Container::Wave64 { 24 } else { 8 }
}

fn saturated(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// One chunk as the container has it, padding included.
///
/// # Errors
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for content of 4 GiB and more, which no container but Wave64 can count.
pub(in crate::formats::wav) fn chunk_bytes(container: Container, id: [u8; 4], content: &[u8]) -> Result<Vec<u8>> {
    if container != Container::Wave64 && u32::try_from(content.len()).is_err() {
        let (bytes, limit) = (content.len() as u64, u64::from(u32::MAX));
        return Err(Error::new(ErrorKind::TooLarge { what: "a chunk", bytes, limit }));
    }
    let mut bytes = Vec::with_capacity(chunk_header_len(container) + content.len() + 8);
    push_chunk(&mut bytes, container, id, content);
    Ok(bytes)
}

/// Appends a chunk with its padding, and returns where its content begins.
fn push_chunk(bytes: &mut Vec<u8>, container: Container, id: [u8; 4], content: &[u8]) -> usize {
    if container == Container::Wave64 {
        bytes.extend(wave64_guid(id));
        bytes.extend((24 + content.len() as u64).to_le_bytes());
    } else {
        bytes.extend(id);
        bytes.extend(saturated(content.len() as u64).to_le_bytes());
    }
    let at = bytes.len();
    bytes.extend(content);
    bytes.resize(at + content.len().next_multiple_of(alignment(container).into()), 0);
    at
}

/// Sony names its chunks in lower case; other ids are taken as they are.
fn wave64_guid(id: [u8; 4]) -> [u8; 16] {
    let (id, tail) = match &id {
        b"LIST" => (*b"list", W64_LIST_TAIL),
        b"JUNK" => (*b"junk", W64_TAIL),
        _ => (id, W64_TAIL),
    };
    let mut guid = [0; 16];
    guid[..4].copy_from_slice(&id);
    guid[4..].copy_from_slice(&tail);
    guid
}
