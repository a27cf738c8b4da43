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

    /// Takes in that the audio has `found` bytes, which only the end of the input has shown, and returns what that says against the header.
    pub(crate) fn end_at(&mut self, found: u64) -> impl Iterator<Item = Anomaly> + use<> {
        let (offset, declared, data_len) = (self.data_size_at, self.data_declared, self.data_len);
        let frame_bytes = self.frame_bytes();
        let cut = Anomaly::DataPastEnd { offset, declared, found };
        let size = match data_len {
            Some(len) if found < len => Some(cut),
            None if self.stage == Stage::Growing && found > declared => Some(Anomaly::Unfinished { offset, declared }),
            None if self.stage == Stage::Growing && found < declared => Some(cut),
            _ => None,
        };
        // Where the size of the whole contradicted that of the audio, it was the latter that was wrong.
        let whole_was_right = size.is_some() && (data_len.is_some() || found > declared);
        let partial_was_guessed = data_len != Some(found);
        let mut has_partial = false;
        self.anomalies.retain(|anomaly| match anomaly {
            Anomaly::RiffSize { .. } => !whole_was_right,
            Anomaly::PartialFrame { .. } => {
                has_partial |= !partial_was_guessed;
                !partial_was_guessed
            }
            _ => true,
        });
        let bytes = found % frame_bytes;
        let offset = self.data_offset + found - bytes;
        let partial = (bytes > 0 && !has_partial).then_some(Anomaly::PartialFrame { offset, bytes, frame_bytes });
        self.data_len = Some(found);
        let data_offset = self.data_offset;
        if let Some(chunk) = self.chunks.iter_mut().rev().find(|chunk| chunk.content_offset == data_offset) {
            chunk.len = found;
        }
        size.into_iter().chain(partial)
    }
}
