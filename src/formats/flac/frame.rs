//! One block of all channels.

use super::bits::Bits;
use super::crc::crc16;
use super::header::{self, HEADER_BYTES_MAX, Header, Stereo};
use super::stream_info::StreamInfo;
use super::subframe::{self, Broken};

/// Decodes blocks, one after the other, into the same memory.
#[derive(Debug, Default)]
pub(crate) struct BlockDecoder {
    /// The channels of a block, one after the other.
    planes: Vec<i32>,
    /// The difference of two channels of 32 bits.
    side: Vec<i64>,
    /// Bytes that the last attempt got through.
    reached: usize,
}

/// A block that was decoded: its header and its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded {
    pub(super) header: Header,
    pub(super) bytes: usize,
}

impl BlockDecoder {
    /// Decodes the block at the start of `bytes` and gives its frames, interleaved, with full scale 2^31.
    pub(super) fn decode(&mut self, bytes: &[u8], info: &StreamInfo, out: &mut Vec<i32>) -> Result<Decoded, Broken> {
        self.reached = 0;
        let Some(header) = header::parse(bytes, info) else {
            return Err(if bytes.len() < HEADER_BYTES_MAX { Broken::Overrun } else { Broken::Invalid });
        };
        let (frames, channels, width) = (header.frames as usize, usize::from(info.channels), u32::from(info.bits));
        let mut bits = Bits::new(&bytes[header.bytes..]);
        if self.planes.len() < frames * channels {
            self.planes.resize(frames * channels, 0);
        }
        out.resize(frames * channels, 0);
        let channels_decoded = self.channels(&mut bits, header, channels, width);
        self.reached = header.bytes + bits.end();
        channels_decoded?;
        let end = self.reached;
        let checksum = bytes.get(end..end + 2).ok_or(Broken::Overrun)?;
        if !bits.padding_is_zero() || crc16(&bytes[..end]).to_be_bytes() != checksum {
            return Err(Broken::Invalid);
        }
        let planes = &self.planes[..frames * channels];
        if header.stereo != Stereo::Independent && width == 32 {
            interleave_wide(header.stereo, &planes[..frames], &self.side, out);
        } else {
            interleave(header.stereo, planes, frames, channels, 32 - width, out);
        }
        Ok(Decoded { header, bytes: end + 2 })
    }

    /// Bytes that the last attempt to decode got through, 0 if it found no header.
    pub(super) fn reached(&self) -> usize {
        self.reached
    }

    /// Decodes all channels, each as it is stored.
    fn channels(&mut self, bits: &mut Bits<'_>, header: Header, channels: usize, width: u32) -> Result<(), Broken> {
        let frames = header.frames as usize;
        if header.stereo == Stereo::Independent {
            let planes = &mut self.planes[..frames * channels];
            return planes.chunks_exact_mut(frames).try_for_each(|plane| subframe::decode(bits, width, plane));
        }
        let (first, rest) = self.planes.split_at_mut(frames);
        let second = &mut rest[..frames];
        if width < 32 {
            let side_first = u32::from(header.stereo == Stereo::SideRight);
            subframe::decode(bits, width + side_first, first)?;
            return subframe::decode(bits, width + 1 - side_first, second);
        }
        self.side.resize(frames, 0);
        if header.stereo == Stereo::SideRight {
            subframe::decode(bits, 33, &mut self.side[..])?;
            subframe::decode(bits, 32, first)
        } else {
            subframe::decode(bits, 32, first)?;
            subframe::decode(bits, 33, &mut self.side[..])
        }
    }
}

/// Puts the channels side by side, at the top of 32 bits. Sums wrap, as they only can in a stream that no encoder made.
fn interleave(stereo: Stereo, planes: &[i32], frames: usize, channels: usize, top: u32, out: &mut [i32]) {
    let pairs = |pair: fn(i32, i32) -> (i32, i32), out: &mut [i32]| {
        let (first, second) = planes.split_at(frames);
        let (out, _) = out.as_chunks_mut::<2>();
        for ((out, &a), &b) in out.iter_mut().zip(first).zip(second) {
            let (left, right) = pair(a, b);
            *out = [left << top, right << top];
        }
    };
    match (stereo, channels) {
        (Stereo::LeftSide, _) => pairs(|left, side| (left, left.wrapping_sub(side)), out),
        (Stereo::SideRight, _) => pairs(|side, right| (right.wrapping_add(side), right), out),
        (Stereo::MidSide, _) => pairs(
            |mid, side| {
                // The mean lost the bit that both sums of two have in common: the last one of the difference.
                let twice = mid << 1 | side & 1;
                (twice.wrapping_add(side) >> 1, twice.wrapping_sub(side) >> 1)
            },
            out,
        ),
        (Stereo::Independent, 1) => out.iter_mut().zip(planes).for_each(|(out, &sample)| *out = sample << top),
        (Stereo::Independent, 2) => pairs(|left, right| (left, right), out),
        (Stereo::Independent, _) => {
            for (channel, plane) in planes.chunks_exact(frames).enumerate() {
                for (out, &sample) in out[channel..].iter_mut().step_by(channels).zip(plane) {
                    *out = sample << top;
                }
            }
        }
    }
}

/// The same for 32 bits, whose difference has 33.
#[expect(clippy::cast_possible_truncation, reason = "modulo 2^32; the samples of an encoder fit")]
fn interleave_wide(stereo: Stereo, first: &[i32], side: &[i64], out: &mut [i32]) {
    let (out, _) = out.as_chunks_mut::<2>();
    for ((out, &first), &side) in out.iter_mut().zip(first).zip(side) {
        let first = i64::from(first);
        *out = match stereo {
            Stereo::LeftSide => [first as i32, first.wrapping_sub(side) as i32],
            Stereo::SideRight => [first.wrapping_add(side) as i32, first as i32],
            _ => {
                let twice = first << 1 | side & 1;
                [(twice.wrapping_add(side) >> 1) as i32, (twice.wrapping_sub(side) >> 1) as i32]
            }
        };
    }
}
