//! Compressed recordings, sections of them on all cores.

use std::fs::File;
use std::path::Path;

use ndarray::Array2;
use rayon::prelude::*;

use super::curves::Slide;
use crate::error::{Error, ErrorKind, FormatError, Result};
use crate::formats::MediaReader;
use crate::formats::file_identity::FileIdentity;
use crate::formats::wav::ReadOptions;
use crate::ops::levels::{Levels, of_frames, of_source};
use crate::stream::Source;

/// Frames in one section: long enough that finding its start costs nothing against it, short enough that a few minutes keep all cores
/// at work.
const SECTION_FRAMES: u64 = 1 << 19;

/// A reader of a file that is not WAVE, and what tells it from another.
struct Opened {
    reader: MediaReader,
    /// The same file, to ask for its state.
    file: File,
    identity: FileIdentity,
}

impl Opened {
    fn new(path: &Path) -> Result<Self> {
        Self::like(path, None)
    }

    /// Opens a file, in a short way if it is that of another reader: its last block may take long to find, which no section has to do again.
    fn like(path: &Path, other: Option<&Opened>) -> Result<Self> {
        let named = |error: std::io::Error| Error::opening(error).with_path(path);
        let file = File::open(path).map_err(named)?;
        // Before its header is read, so that what is written later is noticed.
        let identity = FileIdentity::of(&file.metadata().map_err(named)?);
        let handle = || file.try_clone().map_err(named);
        let again = match other {
            Some(other) if other.identity == identity => other.reader.again(handle()?)?,
            _ => None,
        };
        let reader = match again {
            Some(reader) => reader,
            None => ReadOptions::new().read_media(handle()?, path)?.without_md5(),
        };
        Ok(Opened { reader, file, identity })
    }

    /// Opens the same file once more.
    fn again(&self, path: &Path) -> Result<Self> {
        let again = Opened::like(path, Some(self))?;
        let is_same = again.identity == self.identity && again.reader.spec() == self.reader.spec();
        if is_same { Ok(again) } else { Err(changed(path)) }
    }

    /// # Errors
    /// If the file is no longer as it was.
    fn require_unchanged(&self, path: &Path) -> Result<()> {
        match self.file.metadata() {
            Ok(metadata) if FileIdentity::of(&metadata) == self.identity => Ok(()),
            _ => Err(changed(path)),
        }
    }
}

fn changed(path: &Path) -> Error {
    let changed =
        std::io::Error::other("the file was replaced or changed while it was being measured; measure it again");
    Error::from(changed).with_path(path)
}

/// Opens a file that is not WAVE; `None` for one that is.
fn open(path: &Path) -> Result<Option<Opened>> {
    match Opened::new(path) {
        Ok(opened) => Ok(Some(opened)),
        // WAVE, or nothing that is known, and not what is known and damaged, or could not be read.
        Err(error) if matches!(error.kind(), ErrorKind::Format { what: FormatError::NotMedia { .. }, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether there is a cheap way to a frame in the middle.
fn has_sections(reader: &MediaReader) -> bool {
    matches!(reader.format(), "FLAC" | "AIFF") && reader.can_seek()
}

/// Measures the windows of a file that is not WAVE; `None` for one that is.
pub(super) fn curve(path: &Path, windows: Slide) -> Result<Option<Array2<f64>>> {
    let Some(whole) = open(path)? else { return Ok(None) };
    let part = has_sections(&whole.reader).then_some(SECTION_FRAMES);
    let open = || whole.again(path).map(|opened| opened.reader);
    let curve = windows.of_parts(open()?, part, open)?;
    if part.is_some() {
        // Before the curve counts, so that no part is of a file that was written to while it was read.
        whole.require_unchanged(path)?;
    }
    Ok(Some(curve))
}

/// Measures a file that is not WAVE; `None` for one that is.
pub(super) fn levels(path: &Path) -> Result<Option<Levels>> {
    let Some(mut whole) = open(path)? else { return Ok(None) };
    let Some(frames) = whole.reader.frames().filter(|_| has_sections(&whole.reader)) else {
        return of_source(&mut whole.reader).map(Some);
    };
    let measure = |section: u64| -> Result<Levels> {
        let mut reader = whole.again(path)?.reader;
        reader.seek(section * SECTION_FRAMES)?;
        of_frames(&mut reader, SECTION_FRAMES)
    };
    let sections = super::one_by_one(frames.div_ceil(SECTION_FRAMES));
    let parts: Vec<Levels> = sections.map(measure).collect::<Result<_>>()?;
    whole.require_unchanged(path)?;
    Ok(Some(super::merged(parts, whole.reader.spec().channels())))
}
