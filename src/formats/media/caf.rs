//! The header of a CAF file, looked at before symphonia reads it.
//!
//! Source: Apple Core Audio Format Specification 1.0, "Audio Description Chunk".

use crate::error::{Error, FormatError, Result};

/// Where the frames of a packet stand: the description is the first chunk, 8 bytes after the mark and 12 after its id.
const FRAMES_AT: usize = 40;
/// PCM has 1 frame, ALAC 4096, and no codec more than some thousands.
const FRAMES_MAX: u32 = 1 << 16;

/// Refuses packets of more frames than any codec has: symphonia allocates them, up to gigabytes, whatever the length of the file.
pub(super) fn check(head: &[u8]) -> Result<()> {
    let Some(&field) = head.get(FRAMES_AT..).and_then(<[u8]>::first_chunk) else { return Ok(()) };
    let frames = u32::from_be_bytes(field);
    if !head.starts_with(b"caff") || head[8..12] != *b"desc" || frames <= FRAMES_MAX {
        return Ok(());
    }
    let (value, expected) = (u64::from(frames), "at most 65536");
    let what = FormatError::Field { chunk: *b"desc", field: "frames per packet", value, expected };
    Err(Error::format(FRAMES_AT as u64, what))
}
