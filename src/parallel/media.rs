//! Levels of a compressed recording, sections of it on all cores.

use std::path::Path;

use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::formats::MediaReader;
use crate::ops::levels::{Levels, of_frames, of_source};
use crate::stream::Source;

/// Frames in one section: long enough that finding its start costs nothing against it, short enough that a few minutes keep all cores
/// at work.
const SECTION_FRAMES: u64 = 1 << 19;

/// Measures a file that is not WAVE; `None` for one that is.
pub(super) fn levels(path: &Path) -> Result<Option<Levels>> {
    let mut whole = match MediaReader::open(path) {
        Ok(reader) => reader.without_md5(),
        // WAVE, or nothing that is read at all, which its reader says better.
        Err(error) if matches!(error.kind(), ErrorKind::Format { .. } | ErrorKind::Io(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    // Others have no cheap way to a frame in their middle.
    let sections = match (whole.format(), whole.frames()) {
        ("FLAC" | "AIFF", Some(frames)) if whole.can_seek() => frames.div_ceil(SECTION_FRAMES),
        _ => return of_source(&mut whole).map(Some),
    };
    let open = || -> Result<MediaReader> {
        let reader = MediaReader::open(path)?.without_md5();
        if (reader.spec(), reader.frames()) != (whole.spec(), whole.frames()) {
            let changed = std::io::Error::other("the file was replaced while it was being measured; measure it again");
            return Err(Error::from(changed).with_path(path));
        }
        Ok(reader)
    };
    let measure = |reader: &mut MediaReader, section: u64| -> Result<Levels> {
        reader.seek(section * SECTION_FRAMES)?;
        of_frames(reader, SECTION_FRAMES)
    };
    let parts: Vec<Levels> =
        super::one_by_one(sections).map(|section| measure(&mut open()?, section)).collect::<Result<_>>()?;
    Ok(Some(super::merged(parts, whole.spec().channels())))
}
