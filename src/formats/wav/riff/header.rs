//! The bytes before the audio, kept as an image that is changed and written again.
//!
//! Sources: RIFF MCI (1991); EBU Tech 3306 v1.1 and ITU-R BS.2088-1 for RF64, BW64 and `ds64`; Sony, "Wave64 File Format" (2002).

use std::ops::Range;

use super::chunk::Chunk;
use super::container::{Container, UNKNOWN_64};
use super::dependent::Dependent;
use super::fmt_chunk;
use super::layout::Layout;
use super::stage::{RESERVED, Stage};
use crate::error::{Error, ErrorKind, Result};
use crate::spec::Spec;

/// Bytes of `ds64` that are written: its three sizes.
const DS64_SIZES: usize = 24;
/// Headers up to this size are written whole each time, in one call, so that a process killed in between leaves the old one
/// or the new one.
const ONE_PIECE: usize = 4096;

/// How many bytes there are, for the header to say.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats::wav) struct Extent {
    /// Bytes of audio, a whole number of frames.
    pub(in crate::formats::wav) audio: u64,
    /// Bytes of the chunks after it, padding included.
    pub(in crate::formats::wav) trailing: u64,
    pub(in crate::formats::wav) stage: Stage,
}

/// The chunk whose content is reserved for sizes: `JUNK`, `junk` or `ds64`.
#[derive(Debug, Clone, Copy)]
struct Reserved {
    /// Where its content begins.
    at: usize,
    /// Bytes of it that are written.
    len: usize,
}

/// Everything before the audio.
#[derive(Debug)]
pub(in crate::formats::wav) struct Header {
    container: Container,
    image: Vec<u8>,
    frame_bytes: u64,
    reserved: Option<Reserved>,
    dependent: Dependent,
    /// Where the header of the data chunk begins.
    data_chunk: usize,
    /// Whether audio that was there before shows at which end of their 4 bytes its samples are, and nothing else does.
    decided_by_audio: bool,
}

impl Header {
    /// A header for no audio yet.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for RIFX, and for a spec that no `fmt ` chunk can describe.
    pub(in crate::formats::wav) fn new(container: Container, spec: &Spec) -> Result<Header> {
        let mut image = match container {
            Container::Riff => b"RIFF\0\0\0\0WAVE".to_vec(),
            Container::Rf64 => b"RF64\xFF\xFF\xFF\xFFWAVE".to_vec(),
            Container::Bw64 => b"BW64\xFF\xFF\xFF\xFFWAVE".to_vec(),
            Container::Wave64 => super::guid::file_header().to_vec(),
            Container::Rifx => {
                let what =
                    "RIFX files are read but not written; write RIFF/WAVE, which differs only in the order of bytes";
                return Err(Error::unsupported_operation(what));
            }
        };
        let fmt = fmt_chunk::content(container, spec)?;
        let reserved_id = if container.has_ds64() { *b"ds64" } else { *b"JUNK" };
        let at = push_chunk(&mut image, container, reserved_id, &[0; RESERVED]);
        push_chunk(&mut image, container, *b"fmt ", &fmt);
        let fact = fmt_chunk::wants_fact(spec.encoding())
            .then(|| push_chunk(&mut image, container, *b"fact", &[0; 8][..container.fact_len()]));
        let data_chunk = image.len();
        push_chunk(&mut image, container, *b"data", &[]);
        let frame_bytes = spec.frame_bytes() as u64;
        let reserved = Some(Reserved { at, len: RESERVED });
        let dependent = Dependent::on_fact(container, fact);
        let mut header =
            Header { container, image, frame_bytes, reserved, dependent, data_chunk, decided_by_audio: false };
        header.set(Extent { audio: 0, trailing: 0, stage: Stage::Growing })?;
        Ok(header)
    }

    /// The header of an existing file whose sizes are right: `image` is the bytes before its audio.
    pub(in crate::formats::wav) fn of_file(layout: &Layout, image: Vec<u8>) -> Header {
        let container = layout.container;
        let before_audio = || layout.chunks.iter().take_while(|chunk| chunk.content_offset < layout.data_offset);
        // All of them stand in the image, which is in memory.
        let at = |chunk: &Chunk| usize::try_from(chunk.content_offset).unwrap_or(0);
        // One without the length of its table has the sizes all the same.
        let (id, len) = if container.has_ds64() { (b"ds64", DS64_SIZES) } else { (b"junk", RESERVED) };
        let fits = |chunk: &&Chunk| chunk.id.eq_ignore_ascii_case(id) && chunk.len >= len as u64;
        // Only the first chunk can become `ds64`, which has to be the first.
        let reserved = before_audio().next().filter(fits).map(|chunk| Reserved { at: at(chunk), len });
        let dependent = Dependent::among(container, before_audio(), 0);
        let data_chunk = image.len() - container.chunk_header_len();
        let (frame_bytes, decided_by_audio) = (layout.frame_bytes(), layout.is_decided_by_audio());
        Header { container, image, frame_bytes, reserved, dependent, data_chunk, decided_by_audio }
    }

    /// Whether audio that was there before shows at which end of their 4 bytes its samples are, and nothing else does.
    pub(in crate::formats::wav) fn is_decided_by_audio(&self) -> bool {
        self.decided_by_audio
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

    /// Zero bytes between so much audio and so much after it.
    ///
    /// RIFF counts the one after an odd chunk as part of the file even at its end. At the end of Wave64 libsndfile 1.2.2 would read it
    /// as audio, and leaves it out itself.
    pub(in crate::formats::wav) fn padding(&self, audio: u64, trailing: u64) -> u64 {
        if self.container == Container::Wave64 && trailing == 0 { 0 } else { self.container.padding(audio) }
    }

    /// Bytes of the whole file.
    pub(in crate::formats::wav) fn file_len(&self, audio: u64, trailing: u64) -> u64 {
        self.len().saturating_add(audio).saturating_add(self.padding(audio, trailing)).saturating_add(trailing)
    }

    /// The longest file that this header can ever describe.
    pub(in crate::formats::wav) fn file_len_max(&self) -> u64 {
        match self.container {
            Container::Riff if self.reserved.is_none() => u64::from(u32::MAX) + 8,
            _ => i64::MAX.cast_unsigned(),
        }
    }

    /// Adds a chunk before the audio, and returns where it begins.
    pub(in crate::formats::wav) fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> usize {
        let data = self.image.split_off(self.data_chunk);
        let at = self.image.len();
        // For both at once, or the few bytes after a large chunk would double its memory.
        self.image.reserve(chunk_len(self.container, content) + data.len());
        push_chunk(&mut self.image, self.container, id, content);
        self.data_chunk = self.image.len();
        self.image.extend(data);
        at
    }

    /// Says how much there is. A RIFF file that has become too long for 32 bits is RF64 from then on.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] if no room was reserved for that.
    pub(in crate::formats::wav) fn set(&mut self, extent: Extent) -> Result<()> {
        let Extent { audio, trailing, stage } = extent;
        let frames = audio / self.frame_bytes;
        let file_len = self.file_len(audio, trailing);
        let limit = self.file_len_max();
        if file_len > limit {
            let what = "a file without room for 64-bit sizes";
            return Err(ErrorKind::TooLarge { what, bytes: file_len, limit }.into());
        }
        if self.container == Container::Riff && u32::try_from(file_len - 8).is_err() {
            self.become_rf64();
        }
        match self.container {
            Container::Wave64 => {
                self.put_u64(16, file_len);
                self.put_u64(self.data_chunk + 16, 24 + audio);
                self.mark(stage);
            }
            Container::Rf64 | Container::Bw64 => {
                // BW64 files may have their real size here as long as 32 bits suffice; that in `ds64` counts from now on.
                self.put_u32(4, u32::MAX);
                self.put_u32(self.data_chunk + 4, u32::MAX);
                if let Some(Reserved { at, .. }) = self.reserved {
                    self.put_u64(at, file_len - 8);
                    self.put_u64(at + 8, audio);
                    self.put_u64(at + 16, stage.count(frames));
                }
            }
            Container::Riff | Container::Rifx => {
                self.put_u32(4, saturated(file_len - 8));
                self.put_u32(self.data_chunk + 4, saturated(audio));
                self.mark(stage);
            }
        }
        self.dependent.count(self.container, frames, &mut self.image);
        Ok(())
    }

    /// Sets the sizes to the placeholders for an unknown length, in 32 bits the one that ffmpeg writes to a pipe.
    pub(in crate::formats::wav) fn set_unknown(&mut self) {
        match self.container {
            Container::Wave64 => {
                self.put_u64(16, UNKNOWN_64);
                self.put_u64(self.data_chunk + 16, UNKNOWN_64);
            }
            Container::Rf64 | Container::Bw64 => {
                if let Some(Reserved { at, .. }) = self.reserved {
                    self.put_u64(at, UNKNOWN_64);
                    self.put_u64(at + 8, UNKNOWN_64);
                    self.put_u64(at + 16, 0);
                }
                self.put_u32(self.data_chunk + 4, u32::MAX);
            }
            Container::Riff | Container::Rifx => {
                self.put_u32(4, u32::MAX);
                self.put_u32(self.data_chunk + 4, u32::MAX);
            }
        }
        self.mark(Stage::Finished);
    }

    /// The parts of the image that change, front to back.
    ///
    /// Front to back, because a reader of a header of which only the first part is new believes the smaller, older size of the
    /// audio.
    pub(in crate::formats::wav) fn changing(&self) -> impl Iterator<Item = Range<usize>> {
        let container = self.container;
        let header_len = container.chunk_header_len();
        let in_one_piece = self.image.len() <= ONE_PIECE;
        let whole = in_one_piece.then_some(0..self.image.len());
        let parts = (!in_one_piece).then(|| {
            let file = 0..container.size_at() + container.size_len();
            let reserved = self.reserved.map(|Reserved { at, len }| at - header_len..at + len);
            let data = self.data_chunk..self.data_chunk + header_len;
            [file].into_iter().chain(reserved).chain(self.dependent.counts()).chain([data])
        });
        whole.into_iter().chain(parts.into_iter().flatten())
    }

    /// Turns chunks that describe the values of the samples into room left free, and returns the parts of the image that changed.
    pub(in crate::formats::wav) fn free_descriptions(&mut self) -> &[Range<usize>] {
        self.dependent.free_descriptions(self.container, &mut self.image)
    }

    /// Takes in that those parts have been written.
    pub(in crate::formats::wav) fn forget_descriptions(&mut self) {
        self.dependent.forget_descriptions();
    }

    fn become_rf64(&mut self) {
        if let Some(Reserved { at, len }) = self.reserved {
            self.container = Container::Rf64;
            self.image[..8].copy_from_slice(b"RF64\xFF\xFF\xFF\xFF");
            self.image[at - 8..at - 4].copy_from_slice(b"ds64");
            self.image[at..at + len].fill(0);
        }
    }

    /// Leaves or clears the mark by which a reader knows how far this writer got.
    fn mark(&mut self, stage: Stage) {
        if let (Some(Reserved { at, len: RESERVED }), false) = (self.reserved, self.container.has_ds64()) {
            self.image[at..at + RESERVED].copy_from_slice(&stage.mark());
        }
    }

    fn put_u32(&mut self, at: usize, value: u32) {
        self.image[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, at: usize, value: u64) {
        self.image[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
}

fn saturated(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Appends a chunk with its padding, and returns where its content begins.
pub(in crate::formats::wav) fn push_chunk(
    bytes: &mut Vec<u8>,
    container: Container,
    id: [u8; 4],
    content: &[u8],
) -> usize {
    let len = chunk_len(container, content);
    let end = bytes.len() + len;
    // Once, and no more than that: content may be most of what memory has.
    bytes.reserve(len);
    container.push_chunk_header(bytes, id, content.len() as u64);
    let at = bytes.len();
    bytes.extend(content);
    bytes.resize(end, 0);
    at
}

/// Bytes of a chunk with its header and its padding.
fn chunk_len(container: Container, content: &[u8]) -> usize {
    let padding = usize::try_from(container.padding(content.len() as u64)).unwrap_or(0);
    container.chunk_header_len() + content.len() + padding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Encoding;

    #[test]
    fn a_short_header_is_written_again_in_one_piece_and_of_a_long_one_only_its_sizes() {
        let mut header = Header::new(Container::Riff, &Spec::new(8_000, 1, Encoding::F32)).expect("in order");
        assert!(header.changing().eq(std::iter::once(0..header.image().len())));
        header.add_chunk(*b"bext", &[b'x'; 100_000]);
        let parts: Vec<_> = header.changing().collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 36, 4, 8], "file, mark, fact, data");
        assert!(parts.is_sorted_by_key(|part| part.start), "{parts:?}");
    }

    #[test]
    fn memory_for_a_chunk_is_taken_once() {
        for content in [1_000_000, 1_000_001] {
            let mut bytes = Vec::new();
            let at = push_chunk(&mut bytes, Container::Riff, *b"note", &vec![7; content]);
            assert_eq!((at, bytes.len(), bytes.capacity()), (8, 1_000_008 + 2 * (content % 2), bytes.len()));
        }
    }

    #[test]
    fn memory_for_a_chunk_before_the_audio_is_taken_once() {
        for container in [Container::Riff, Container::Wave64] {
            let mut header = Header::new(container, &Spec::new(8_000, 1, Encoding::I16)).expect("in order");
            header.add_chunk(*b"note", &vec![7; 1_000_001]);
            assert_eq!(header.image.capacity(), header.image.len());
        }
    }

    #[test]
    fn chunks_stand_before_the_audio_in_the_order_in_which_they_were_added() {
        let mut header = Header::new(Container::Riff, &Spec::new(8_000, 1, Encoding::I16)).expect("in order");
        let before = header.image().to_vec();
        let at = header.add_chunk(*b"bext", b"odd");
        header.add_chunk(*b"iXML", b"");
        assert_eq!(at, before.len() - 8);
        let expected = [&before[..at], b"bext\x03\0\0\0odd\0iXML\0\0\0\0data\0\0\0\0"].concat();
        assert_eq!(header.image(), expected);
    }

    #[test]
    fn without_room_for_64_bits_a_file_ends_where_32_bits_do() {
        let mut header = Header::new(Container::Riff, &Spec::new(8_000, 1, Encoding::I16)).expect("in order");
        header.reserved = None;
        let audio = (1 << 32) + 6 - header.len();
        let mut with = |trailing| header.set(Extent { audio, trailing, stage: Stage::Complete });
        // The size in the header leaves out 8 bytes, and is the largest there can be.
        assert!(with(1).is_ok());
        assert!(with(2).is_err());
    }

    #[test]
    fn a_long_header_is_changed_in_parts_that_say_all_that_changed() {
        for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
            for encoding in [Encoding::I16, Encoding::F32] {
                let mut header = Header::new(container, &Spec::new(8_000, 1, encoding)).expect("in order");
                header.add_chunk(*b"LIST", &[b'x'; ONE_PIECE]);
                let mut patched = header.image().to_vec();
                for audio in [400, 1 << 33] {
                    header.set(Extent { audio, trailing: 8, stage: Stage::Complete }).expect("room for 64 bits");
                    let mut end = 0;
                    for range in header.changing() {
                        assert!(range.start >= end, "front to back, and no byte twice");
                        end = range.end;
                        patched[range.clone()].copy_from_slice(&header.image()[range]);
                    }
                    assert!(patched == header.image(), "{container}, {encoding}, {audio}");
                }
            }
        }
    }
}
