//! The metadata blocks before the audio.
//!
//! Source: RFC 9639, section 8; foreign metadata: `format.html` of the reference implementation, "How is foreign metadata stored".

use crate::error::{Anomaly, Error, FormatError, Result};
use crate::formats::media::buffered::Buffered;
use crate::formats::media::decoder::Beside;
use crate::formats::media::sniff::id3_bytes;

use super::stream_info::StreamInfo;

/// Bytes of texts and chunks that are kept, in all. What is beyond it is passed over: nobody wrote that much text about a recording.
const KEPT_MAX: u64 = 64 << 20;

/// The metadata blocks before the audio.
#[derive(Debug)]
pub(super) struct Blocks {
    pub(super) info: StreamInfo,
    /// Where the `STREAMINFO` stands.
    pub(super) info_at: u64,
    pub(super) beside: Beside,
}

/// Reads all blocks; the input then stands at the first block of audio.
pub(super) fn read(input: &mut Buffered, anomalies: &mut Vec<Anomaly>) -> Result<Blocks> {
    skip_id3(input)?;
    let magic = input.peek(4)?;
    if !magic.starts_with(b"fLaC") {
        let found = magic.iter().copied().take(16).collect();
        return Err(Error::format(input.offset(), FormatError::NotMedia { found }));
    }
    input.take(4);
    let mut info = None;
    let mut beside = Beside::default();
    let mut room = KEPT_MAX;
    loop {
        let at = input.offset();
        let &[kind, a, b, c] = input.peek(4)?.first_chunk().ok_or_else(|| truncated(at, 4, 0))?;
        let bytes = u64::from(u32::from_be_bytes([0, a, b, c]));
        input.take(4);
        if info.is_none() {
            let (offset, found) = (input.offset(), input.peek(StreamInfo::BYTES)?);
            let block = found.first_chunk().ok_or_else(|| truncated(offset, StreamInfo::BYTES, found.len()))?;
            if kind & 0x7F != 0 || bytes < StreamInfo::BYTES as u64 {
                return Err(Error::format(at, FormatError::MissingChunk { id: *b"fLaC" }));
            }
            let parsed = StreamInfo::parse(block, offset)?;
            if parsed.block_min < 16 {
                anomalies.push(Anomaly::BlockSize { offset, declared: parsed.block_min });
            }
            if parsed.sample_rate == 0 {
                anomalies.push(Anomaly::SampleRateZero { offset: offset + 10 });
            }
            info = Some((parsed, offset));
            pass_over(input, at, bytes)?;
        } else if matches!(kind & 0x7F, 2 | 4) && bytes <= room {
            room -= bytes;
            let content = whole(input, at, bytes)?;
            match kind & 0x7F {
                2 => application(&content, &mut beside),
                _ => comments(&content, &mut beside),
            }
        } else {
            pass_over(input, at, bytes)?;
        }
        if kind & 0x80 != 0 {
            break;
        }
    }
    let Some((info, info_at)) = info else { unreachable!("the first block is one, or an error") };
    Ok(Blocks { info, info_at, beside })
}

/// Passes over ID3v2 tags, which some programs put before a FLAC stream.
fn skip_id3(input: &mut Buffered) -> Result<()> {
    loop {
        let bytes = id3_bytes(input.peek(10)?);
        if bytes == 0 || input.skip(bytes)? < bytes {
            return Ok(());
        }
    }
}

fn pass_over(input: &mut Buffered, at: u64, bytes: u64) -> Result<()> {
    match input.skip(bytes)? {
        skipped if skipped == bytes => Ok(()),
        skipped => {
            Err(truncated(at, usize::try_from(bytes).unwrap_or(usize::MAX), usize::try_from(skipped).unwrap_or(0)))
        }
    }
}

/// A block's content; memory grows as it is read, whatever its header claims.
fn whole(input: &mut Buffered, at: u64, bytes: u64) -> Result<Vec<u8>> {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut content = Vec::new();
    while content.len() < bytes {
        let wanted = (bytes - content.len()).min(16 << 10);
        let held = input.peek(wanted)?;
        let there = held.len().min(wanted);
        if there == 0 {
            return Err(truncated(at, bytes, content.len()));
        }
        content.extend_from_slice(&held[..there]);
        input.take(there);
    }
    Ok(content)
}

fn truncated(offset: u64, needed: usize, found: usize) -> Error {
    let (needed, found) = (needed as u64, found as u64);
    Error::format(offset, FormatError::Truncated { what: "a metadata block of a FLAC file", needed, found })
}

/// An application's block: of those, chunks of a WAVE file.
fn application(content: &[u8], beside: &mut Beside) {
    let Some((b"riff", content)) = content.split_first_chunk::<4>() else { return };
    let Some((&[a, b, c, d, size @ ..], payload)) = content.split_first_chunk::<8>() else { return };
    let id = [a, b, c, d];
    // The header of the file and that of the audio are kept to rebuild the file; there is nothing in them about the recording.
    if matches!(&id, b"RIFF" | b"RF64" | b"BW64" | b"data" | b"fmt " | b"ds64") {
        return;
    }
    let size = usize::try_from(u32::from_le_bytes(size)).unwrap_or(usize::MAX).min(payload.len());
    beside.chunks.push((id, payload[..size].to_vec()));
}

/// Vorbis comments: the program that wrote them, then texts of `KEY=text`, lengths with the least significant byte first.
///
/// Source: Vorbis I specification, section 5.
pub(crate) fn comments(content: &[u8], beside: &mut Beside) {
    fn text<'a>(content: &mut &'a [u8]) -> Option<&'a [u8]> {
        let (len, rest) = content.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
        let (text, rest) = rest.split_at_checked(len)?;
        *content = rest;
        Some(text)
    }
    let mut content = content;
    if text(&mut content).is_none() || content.len() < 4 {
        return;
    }
    content = &content[4..];
    while let Some(comment) = text(&mut content) {
        let comment = String::from_utf8_lossy(comment);
        if let Some((key, value)) = comment.split_once('=') {
            beside.tags.push((key.to_owned(), value.to_owned()));
        }
    }
}
