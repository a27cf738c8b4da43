//! The metadata blocks of a FLAC file that is written.
//!
//! Source: RFC 9639, section 8.

use super::stream_info::default_mask;
use crate::error::{Error, ErrorKind, Result};
use crate::spec::Spec;

/// The most bytes of a metadata block: its size has 24 bits.
const BLOCK_BYTES_MAX: usize = (1 << 24) - 1;
/// Places in the seek table.
const SEEK_POINTS: usize = 128;
/// Who wrote it, in the Vorbis comments.
const VENDOR: &str = concat!("ndaudio ", env!("CARGO_PKG_VERSION"));

/// The metadata blocks, whose size stays the same from the first frame to the last.
#[derive(Debug)]
pub(super) struct FileHeader {
    sample_rate: u32,
    channels: u8,
    bits: u8,
    /// Whether there is a seek table, which is filled in at the end.
    has_seek_table: bool,
    tags: Vec<(String, String)>,
    chunks: Vec<([u8; 4], Vec<u8>)>,
    frames: u64,
    block_max: u64,
    /// The bytes of the smallest and largest block, and of all.
    block_bytes: (usize, usize),
    audio_bytes: u64,
    /// Frame, byte and frames of the blocks in the seek table: the first one that begins at or after each multiple of `every` frames.
    points: Vec<(u64, u64, u16)>,
    every: u64,
}

impl FileHeader {
    pub(super) fn new(spec: &Spec, bits: u8, has_seek_table: bool) -> Result<Self> {
        let channels = u8::try_from(spec.channels()).unwrap_or(u8::MAX);
        let mut header = FileHeader {
            sample_rate: spec.sample_rate(),
            channels,
            bits,
            has_seek_table,
            tags: Vec::new(),
            chunks: Vec::new(),
            frames: 0,
            block_max: 0,
            block_bytes: (0, 0),
            audio_bytes: 0,
            points: Vec::new(),
            every: u64::from(spec.sample_rate().max(1)),
        };
        if let Some(mask) = spec.channel_mask().filter(|&mask| Some(mask) != default_mask(channels)) {
            // As flac writes loudspeakers that are not those of the number of channels.
            header.set_tag("WAVEFORMATEXTENSIBLE_CHANNEL_MASK", &format!("0x{mask:04X}"))?;
        }
        Ok(header)
    }

    pub(super) fn channels(&self) -> u8 {
        self.channels
    }

    pub(super) fn bits(&self) -> u8 {
        self.bits
    }

    pub(super) fn set_tag(&mut self, key: &str, text: &str) -> Result<()> {
        let others = |(other, _): &(String, String)| !other.eq_ignore_ascii_case(key);
        let bytes: usize =
            self.tags.iter().filter(|tag| others(tag)).map(|(key, text)| 5 + key.len() + text.len()).sum();
        check_size("tags of a FLAC file", bytes + 5 + key.len() + text.len() + 8 + VENDOR.len())?;
        self.tags.retain(others);
        self.tags.push((key.to_owned(), text.to_owned()));
        Ok(())
    }

    pub(super) fn add_chunk(&mut self, id: [u8; 4], content: &[u8]) -> Result<()> {
        check_size("a chunk in a FLAC file", content.len() + 13)?;
        self.chunks.push((id, content.to_vec()));
        Ok(())
    }

    /// Counts a block of `frames` frames and `bytes` bytes.
    pub(super) fn add_block(&mut self, first: u64, frames: u64, bytes: usize) {
        if self.has_seek_table && first >= self.points.len() as u64 * self.every {
            if self.points.len() == SEEK_POINTS {
                let mut index = 0;
                self.points.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.every *= 2;
            }
            if first >= self.points.len() as u64 * self.every {
                self.points.push((first, self.audio_bytes, u16::try_from(frames).unwrap_or(u16::MAX)));
            }
        }
        let (smallest, largest) = self.block_bytes;
        self.block_bytes = (if smallest == 0 { bytes } else { smallest.min(bytes) }, largest.max(bytes));
        self.audio_bytes += bytes as u64;
        self.frames += frames;
        self.block_max = self.block_max.max(frames);
    }

    /// The bytes of all blocks; with `md5` those of a file that is whole.
    pub(super) fn to_bytes(&self, md5: Option<[u8; 16]>) -> Vec<u8> {
        let mut bytes = b"fLaC".to_vec();
        let mut last = put_block(&mut bytes, 0, &self.stream_info(md5));
        if self.has_seek_table {
            let mut table = Vec::with_capacity(18 * SEEK_POINTS);
            for &(frame, byte, frames) in &self.points {
                table.extend_from_slice(&frame.to_be_bytes());
                table.extend_from_slice(&byte.to_be_bytes());
                table.extend_from_slice(&frames.to_be_bytes());
            }
            for _ in self.points.len()..SEEK_POINTS {
                table.extend_from_slice(&[0xFF; 8]);
                table.extend_from_slice(&[0; 10]);
            }
            last = put_block(&mut bytes, 3, &table);
        }
        if !self.tags.is_empty() {
            let mut comments = Vec::new();
            put_text(&mut comments, VENDOR);
            comments.extend_from_slice(&u32::try_from(self.tags.len()).unwrap_or(u32::MAX).to_le_bytes());
            self.tags.iter().for_each(|(key, text)| put_text(&mut comments, &format!("{key}={text}")));
            last = put_block(&mut bytes, 4, &comments);
        }
        for content in self.foreign() {
            last = put_block(&mut bytes, 2, &content);
        }
        bytes[last] |= 0x80;
        bytes
    }

    fn stream_info(&self, md5: Option<[u8; 16]>) -> Vec<u8> {
        let block = if md5.is_some() && self.frames > 0 && self.frames < 4096 { self.frames.max(16) } else { 4096 };
        let block = u16::try_from(block).unwrap_or(4096).to_be_bytes();
        let mut info = [block, block].concat();
        let (smallest, largest) = if md5.is_some() { self.block_bytes } else { (0, 0) };
        for bytes in [smallest, largest] {
            info.extend_from_slice(&u32::try_from(bytes).unwrap_or(0).to_be_bytes()[1..]);
        }
        // More frames than 36 bits count are of unknown number.
        let frames = if md5.is_some() && self.frames < 1 << 36 { self.frames } else { 0 };
        let packed = u64::from(self.sample_rate) << 44
            | u64::from(self.channels - 1) << 41
            | u64::from(self.bits - 1) << 36
            | frames;
        info.extend_from_slice(&packed.to_be_bytes());
        info.extend_from_slice(&md5.unwrap_or([0; 16]));
        info
    }

    /// The blocks of chunks, as `flac --keep-foreign-metadata` writes them: those of the file's frame too, for it to rebuild a WAVE file.
    fn foreign(&self) -> Vec<Vec<u8>> {
        self.chunks
            .iter()
            .map(|(id, content)| {
                let size = u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes();
                let mut block = [b"riff", id, &size[..], content].concat();
                if content.len() % 2 == 1 {
                    block.push(0);
                }
                block
            })
            .collect()
    }
}

fn check_size(what: &'static str, bytes: usize) -> Result<()> {
    if bytes > BLOCK_BYTES_MAX {
        let (bytes, limit) = (bytes as u64, BLOCK_BYTES_MAX as u64);
        return Err(Error::new(ErrorKind::TooLarge { what, bytes, limit }));
    }
    Ok(())
}

/// Appends a block, and returns where its first byte stands, which says whether it is the last.
fn put_block(bytes: &mut Vec<u8>, kind: u8, content: &[u8]) -> usize {
    let at = bytes.len();
    bytes.push(kind);
    bytes.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes()[1..]);
    bytes.extend_from_slice(content);
    at
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}
