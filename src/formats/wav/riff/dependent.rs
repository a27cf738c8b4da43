//! What chunks say about the audio, which is no longer so when a file grows.

use std::ops::Range;

use super::chunk::{Chunk, describes_samples};
use super::container::Container;
use super::guid;

/// Where the chunks in a piece of a file depend on the audio.
#[derive(Debug, Default)]
pub(in crate::formats::wav) struct Dependent {
    /// The counts of frames in `fact` chunks.
    counts: Vec<Range<usize>>,
    /// The ids of chunks that describe the values of the samples.
    descriptions: Vec<Range<usize>>,
}

impl Dependent {
    /// The same of a piece with one `fact` chunk, whose content begins here.
    pub(super) fn on_fact(container: Container, at: Option<usize>) -> Self {
        Dependent { counts: at.map(|at| at..at + container.fact_len()).into_iter().collect(), descriptions: Vec::new() }
    }

    /// Finds it in chunks of a piece that begins at this byte of the file. All of the piece is in memory.
    pub(in crate::formats::wav) fn among<'a>(
        container: Container,
        chunks: impl IntoIterator<Item = &'a Chunk>,
        begin: u64,
    ) -> Self {
        let place = |at: u64| usize::try_from(at - begin).unwrap_or(usize::MAX);
        let mut found = Dependent::default();
        for chunk in chunks {
            if chunk.id == *b"fact" {
                // Wave64 files have either length.
                let lengths = [container.fact_len(), 4];
                let len = lengths.into_iter().find(|&len| chunk.len >= len as u64);
                found.counts.extend(len.map(|len| place(chunk.content_offset)..place(chunk.content_offset) + len));
            } else if describes_samples(chunk.id) {
                found.descriptions.push(place(chunk.offset)..place(chunk.offset) + container.size_at());
            }
        }
        found
    }

    /// The places of the counts, front to back.
    pub(super) fn counts(&self) -> impl Iterator<Item = Range<usize>> {
        self.counts.iter().cloned()
    }

    /// Writes the number of frames to its places. Where 64-bit sizes are in `ds64`, so is this number.
    pub(in crate::formats::wav) fn count(&self, container: Container, frames: u64, piece: &mut [u8]) {
        let frames = if container.has_ds64() { u64::MAX } else { frames };
        for place in self.counts() {
            if place.len() == 8 {
                piece[place].copy_from_slice(&frames.to_le_bytes());
            } else {
                piece[place].copy_from_slice(&u32::try_from(frames).unwrap_or(u32::MAX).to_le_bytes());
            }
        }
    }

    /// Turns chunks that describe the values of the samples into room left free, and returns the places that changed.
    ///
    /// Not into `JUNK`, in which this crate may find a mark.
    pub(in crate::formats::wav) fn free_descriptions(&self, container: Container, piece: &mut [u8]) -> &[Range<usize>] {
        let guid = guid::of_chunk(*b"PAD ");
        let id = if container == Container::Wave64 { &guid[..] } else { &guid[..4] };
        for place in &self.descriptions {
            piece[place.clone()][..id.len()].copy_from_slice(id);
        }
        &self.descriptions
    }

    /// Forgets the chunks that were turned.
    pub(in crate::formats::wav) fn forget_descriptions(&mut self) {
        self.descriptions.clear();
    }
}
