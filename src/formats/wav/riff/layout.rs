//! The contents of a file, and where they are.

use super::chunk::Chunk;
use super::container::Container;
use super::stage::Stage;
use crate::error::{Anomaly, Severity};
use crate::spec::{ByteOrder, Spec};

/// The contents of a file, and where they are.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) container: Container,
    pub(crate) spec: Spec,
    /// The first byte of audio.
    pub(crate) data_offset: u64,
    /// Bytes of audio; `None` until the end has been seen.
    pub(crate) data_len: Option<u64>,
    /// Bytes of audio that the header claims.
    pub(crate) data_declared: u64,
    /// Where the header has that size.
    pub(crate) data_size_at: u64,
    /// Where the `fmt ` chunk has the bits of a sample.
    pub(crate) bits_at: u64,
    pub(crate) stage: Stage,
    /// In the order of the file.
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) anomalies: Vec<Anomaly>,
    /// Contents of metadata chunks, by index in `chunks` and in that order, of an input that cannot come back for them.
    pub(crate) kept: Vec<(usize, Vec<u8>)>,
}

impl Layout {
    pub(crate) fn frame_bytes(&self) -> u64 {
        self.spec.frame_bytes() as u64
    }

    pub(crate) fn order(&self) -> ByteOrder {
        self.container.byte_order()
    }

    /// The content of a chunk that was kept.
    pub(crate) fn kept(&self, chunk: &Chunk) -> Option<&[u8]> {
        let index = self.chunks.binary_search_by_key(&chunk.offset, |chunk| chunk.offset).ok()?;
        let kept = self.kept.binary_search_by_key(&index, |&(index, _)| index).ok()?;
        (self.chunks[index] == *chunk).then_some(&self.kept[kept].1)
    }

    /// The first anomaly that strict reading refuses.
    pub(crate) fn first_defect(&self) -> Option<&Anomaly> {
        self.anomalies.iter().find(|anomaly| anomaly.severity() == Severity::Defect)
    }
}
