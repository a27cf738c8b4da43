//! The contents of a file, and where they are.

use std::cmp::Ordering;

use super::chunk::Chunk;
use super::container::Container;
use super::stage::Stage;
use crate::error::{Anomaly, Severity};
use crate::spec::{ByteOrder, Encoding, Spec};

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
    /// Bytes at the start of the audio that are known to be zero, if it is not known yet at which end of their 4 bytes samples of 24 bits are.
    pub(crate) silent: Option<u64>,
    /// Bytes of audio that were read on when the file was opened, to find that.
    pub(crate) looked: u64,
}

impl Layout {
    pub(crate) fn frame_bytes(&self) -> u64 {
        self.spec.frame_bytes() as u64
    }

    pub(crate) fn order(&self) -> ByteOrder {
        self.container.byte_order()
    }

    /// Bytes of audio in whole frames, if it has the length that is known.
    pub(crate) fn whole_frames(&self) -> u64 {
        self.data_len.map_or(u64::MAX, |len| len / self.frame_bytes() * self.frame_bytes())
    }

    /// The content of a chunk that was kept.
    pub(crate) fn kept(&self, chunk: &Chunk) -> Option<&[u8]> {
        let index = self.chunks.binary_search_by_key(&chunk.offset, |chunk| chunk.offset).ok()?;
        let kept = self.kept.binary_search_by_key(&index, |&(index, _)| index).ok()?;
        (self.chunks[index] == *chunk).then_some(&self.kept[kept].1)
    }

    /// What it says against the header that samples of 24 bits are at the top of their 4 bytes.
    pub(crate) fn at_the_top(&self) -> Anomaly {
        Anomaly::Justification { offset: self.bits_at }
    }

    /// Whether there is audio, and nothing else shows at which end of their 4 bytes samples of 24 bits are.
    pub(crate) fn is_decided_by_audio(&self) -> bool {
        let is_plain = self.spec.encoding() == Encoding::I24In32Lsb || self.anomalies.contains(&self.at_the_top());
        is_plain && self.data_len != Some(0)
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
        // Where the size of the whole contradicted that of the audio, it was the latter that was wrong, unless neither had been finished.
        let (size, whole_was_right) = match (data_len, self.stage, found.cmp(&declared)) {
            (Some(len), ..) if found < len => (Some(cut), true),
            (None, Stage::Growing, Ordering::Greater) => (Some(Anomaly::Unfinished { offset, declared }), true),
            (None, Stage::Growing, Ordering::Less) => (Some(cut), false),
            _ => (None, false),
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of 4 bytes from byte 44 on, of which the header claims 100 bytes.
    fn layout(stage: Stage, data_len: Option<u64>, anomalies: &[Anomaly]) -> Layout {
        let chunk = |id: &[u8; 4], offset, len| Chunk { id: *id, offset, content_offset: offset + 8, len };
        Layout {
            container: Container::Riff,
            spec: Spec::new(8_000, 2, Encoding::I16),
            data_offset: 44,
            data_len,
            data_declared: 100,
            data_size_at: 40,
            bits_at: 34,
            stage,
            chunks: vec![chunk(b"fmt ", 12, 16), chunk(b"data", 36, 100)],
            anomalies: anomalies.to_vec(),
            kept: Vec::new(),
            silent: None,
            looked: 0,
        }
    }

    const WHOLE: Anomaly = Anomaly::RiffSize { offset: 4, declared: 1, found: 136 };

    /// The size of the whole file stays wrong unless that of the audio was.
    #[test]
    fn the_end_of_the_input_decides_between_the_sizes() {
        let cut = |found| Anomaly::DataPastEnd { offset: 40, declared: 100, found };
        let unfinished = Anomaly::Unfinished { offset: 40, declared: 100 };
        #[rustfmt::skip]
        let table = [
            ("all there", Stage::Finished, Some(100), 100, None, true),
            ("cut off", Stage::Finished, Some(100), 60, Some(cut(60)), false),
            ("a placeholder", Stage::Finished, None, 160, None, true),
            ("a writer at work got further", Stage::Growing, None, 160, Some(unfinished), false),
            ("a writer at work got so far", Stage::Growing, None, 100, None, true),
            ("a writer at work did not get so far", Stage::Growing, None, 60, Some(cut(60)), true),
        ];
        for (what, stage, data_len, found, expected, whole_is_wrong) in table {
            let mut layout = layout(stage, data_len, &[WHOLE]);
            let anomalies: Vec<_> = layout.end_at(found).collect();
            assert_eq!(anomalies, Vec::from_iter(expected), "{what}");
            assert_eq!(layout.anomalies, Vec::from_iter(whole_is_wrong.then_some(WHOLE)), "{what}");
            assert_eq!(layout.data_len, Some(found), "{what}");
            assert_eq!(layout.chunks.iter().map(|chunk| chunk.len).collect::<Vec<_>>(), [16, found], "{what}");
        }
    }

    #[test]
    fn an_incomplete_frame_is_reported_once_and_where_it_is() {
        let partial = |bytes| Anomaly::PartialFrame { offset: 140, bytes, frame_bytes: 4 };
        // It was known from the header.
        let mut known = layout(Stage::Finished, Some(98), &[partial(2)]);
        assert_eq!(known.end_at(98).count(), 0);
        assert_eq!(known.anomalies, [partial(2)]);
        // It was not where the header had it.
        let mut guessed = layout(Stage::Growing, None, &[partial(2)]);
        assert_eq!(guessed.end_at(161).last(), Some(Anomaly::PartialFrame { offset: 204, bytes: 1, frame_bytes: 4 }));
        assert_eq!(guessed.anomalies, []);
    }
}
