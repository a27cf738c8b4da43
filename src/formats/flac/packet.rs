//! Blocks that another container holds.

use super::frame::BlockDecoder;
use super::stream_info::StreamInfo;

/// Decodes one block after the other.
pub(crate) struct PacketDecoder {
    info: StreamInfo,
    blocks: BlockDecoder,
}

impl PacketDecoder {
    /// Begins a stream that the bytes of its `STREAMINFO` describe; `None` where they do not.
    pub(crate) fn new(info: &[u8]) -> Option<Self> {
        let info = StreamInfo::parse(info.first_chunk()?, 0).ok()?;
        Some(PacketDecoder { info, blocks: BlockDecoder::default() })
    }

    /// Decodes the block in `packet` into `samples`; `false` where it is damaged.
    pub(crate) fn decode(&mut self, packet: &[u8], samples: &mut Vec<i32>) -> bool {
        self.blocks.decode(packet, &self.info, samples).is_ok()
    }
}
