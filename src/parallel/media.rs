//! Compressed recordings, sections of them on all cores.

use std::path::Path;

use ndarray::Array2;
use rayon::prelude::*;

use super::curves::Slide;
use crate::error::{Error, ErrorKind, Result};
use crate::formats::MediaReader;
use crate::ops::levels::{Levels, of_frames, of_source};
use crate::stream::Source;

/// Frames in one section: long enough that finding its start costs nothing against it, short enough that a few minutes keep all cores
/// at work.
const SECTION_FRAMES: u64 = 1 << 19;

/// Opens a file that is not WAVE; `None` for one that is.
fn open(path: &Path) -> Result<Option<MediaReader>> {
    match MediaReader::open(path) {
        Ok(reader) => Ok(Some(reader.without_md5())),
        // WAVE, or nothing that is read at all, which its reader says better.
        Err(error) if matches!(error.kind(), ErrorKind::Format { .. } | ErrorKind::Io(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the same file once more.
fn again(path: &Path, whole: &MediaReader) -> Result<MediaReader> {
    let reader = MediaReader::open(path)?.without_md5();
    if (reader.spec(), reader.frames()) == (whole.spec(), whole.frames()) {
        return Ok(reader);
    }
    let changed = std::io::Error::other("the file was replaced while it was being measured; measure it again");
    Err(Error::from(changed).with_path(path))
}

/// Whether there is a cheap way to a frame in the middle.
fn has_sections(reader: &MediaReader) -> bool {
    matches!(reader.format(), "FLAC" | "AIFF") && reader.can_seek()
}

/// Measures the windows of a file that is not WAVE; `None` for one that is.
pub(super) fn curve(path: &Path, windows: Slide) -> Result<Option<Array2<f64>>> {
    let Some(whole) = open(path)? else { return Ok(None) };
    let part = has_sections(&whole).then_some(SECTION_FRAMES);
    windows.of_parts(again(path, &whole)?, part, || again(path, &whole)).map(Some)
}

/// Measures a file that is not WAVE; `None` for one that is.
pub(super) fn levels(path: &Path) -> Result<Option<Levels>> {
    let Some(mut whole) = open(path)? else { return Ok(None) };
    let Some(frames) = whole.frames().filter(|_| has_sections(&whole)) else {
        return of_source(&mut whole).map(Some);
    };
    let measure = |reader: &mut MediaReader, section: u64| -> Result<Levels> {
        reader.seek(section * SECTION_FRAMES)?;
        of_frames(reader, SECTION_FRAMES)
    };
    let sections = super::one_by_one(frames.div_ceil(SECTION_FRAMES));
    let parts: Vec<Levels> =
        sections.map(|section| measure(&mut again(path, &whole)?, section)).collect::<Result<_>>()?;
    Ok(Some(super::merged(parts, whole.spec().channels())))
}
