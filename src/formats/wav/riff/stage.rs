//! How far the writer of a file got, as this crate marks it.

/// Bytes of the chunk that is reserved for 64-bit sizes: three of them, and the length of an empty table. It holds the mark.
pub(crate) const RESERVED: usize = 28;

/// Whether a reader may rely on the size of the audio in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stage {
    /// The audio may go on after its size: the file is being written, or its writer was killed.
    Growing,
    /// The audio has its size. What follows it is being written.
    Complete,
    /// No mark: the file is finished, or another program's.
    #[default]
    Finished,
}

impl Stage {
    /// The content of the reserved chunk of RIFF and Wave64.
    pub(crate) fn mark(self) -> [u8; RESERVED] {
        match self {
            Stage::Growing => *b"ndaudio: not yet finalized\0\0",
            Stage::Complete => *b"ndaudio: audio as long as it",
            Stage::Finished => [0; RESERVED],
        }
    }

    /// The count of frames in `ds64` of RF64 and BW64, which have no other room for a mark. A count of 0 would not do, because
    /// writers of BW64 leave 0 in finished files.
    pub(crate) fn count(self, frames: u64) -> u64 {
        match self {
            Stage::Growing => u64::from_le_bytes(*b"ndaudio!"),
            Stage::Complete => u64::from_le_bytes(*b"ndaudio."),
            Stage::Finished => frames,
        }
    }

    /// The stage that the first bytes of a reserved chunk say.
    pub(crate) fn of_mark(content: &[u8]) -> Stage {
        [Stage::Growing, Stage::Complete]
            .into_iter()
            .find(|stage| content.starts_with(&stage.mark()))
            .unwrap_or_default()
    }

    /// The stage that a count of frames says.
    pub(crate) fn of_count(count: u64) -> Stage {
        [Stage::Growing, Stage::Complete].into_iter().find(|stage| count == stage.count(0)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Stage;

    #[test]
    fn a_mark_says_what_was_marked() {
        for stage in [Stage::Growing, Stage::Complete, Stage::Finished] {
            assert_eq!(Stage::of_mark(&stage.mark()), stage);
            assert_eq!(Stage::of_count(stage.count(1_000)), stage);
        }
        assert_eq!(Stage::of_mark(b"ndaudio"), Stage::Finished);
    }
}
