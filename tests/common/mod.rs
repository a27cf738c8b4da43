//! What several tests need: files from bytes, readers that misbehave, numbers without pattern.

#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(clippy::cast_possible_truncation, clippy::unwrap_used, reason = "numbers that are known to be small")]

use std::io::{self, ErrorKind, Read};

use ndaudio::ndarray::Array2;
use ndaudio::{Encoding, Sample};

/// A RIFF file of one encoding, put together here and not by the crate.
pub(crate) fn riff(encoding: Encoding, channels: u16, rate: u32, audio: &[u8]) -> Vec<u8> {
    let width = encoding.bytes() as u16;
    let (tag, bits) = match encoding {
        Encoding::U8 => (1, 8),
        Encoding::I12In16 => (1, 12),
        Encoding::I16 => (1, 16),
        Encoding::I20In24 => (1, 20),
        Encoding::I24 | Encoding::I24In32Lsb => (1, 24),
        Encoding::I24In32Msb => (0xFFFE, 32),
        Encoding::I32 => (1, 32),
        Encoding::F32 => (3, 32),
        Encoding::F64 => (3, 64),
        Encoding::ALaw => (6, 8),
        Encoding::MuLaw => (7, 8),
        other => panic!("no layout written down for {other:?}"),
    };
    let mut fmt = Vec::new();
    fmt.extend_from_slice(&u16::to_le_bytes(tag));
    fmt.extend_from_slice(&channels.to_le_bytes());
    fmt.extend_from_slice(&rate.to_le_bytes());
    fmt.extend_from_slice(&(rate * u32::from(width) * u32::from(channels)).to_le_bytes());
    fmt.extend_from_slice(&(width * channels).to_le_bytes());
    fmt.extend_from_slice(&u16::to_le_bytes(bits));
    if tag == 0xFFFE {
        fmt.extend_from_slice(&[22, 0, 24, 0, 0, 0, 0, 0]);
        fmt.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    }
    let mut body = b"WAVE".to_vec();
    chunk(&mut body, b"fmt ", &fmt);
    chunk(&mut body, b"data", audio);
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
    file.extend_from_slice(&body);
    file
}

/// Appends a chunk, padded.
pub(crate) fn chunk(file: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) {
    file.extend_from_slice(id);
    file.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
    file.extend_from_slice(content);
    if content.len() % 2 == 1 {
        file.push(0);
    }
}

/// Numbers without pattern, the same every time. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `below` − 1.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        (self.next() % below as u64) as usize
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// Gives 1 to `most` bytes a call, and is interrupted before every third.
pub(crate) struct Trickle<R> {
    pub(crate) inner: R,
    pub(crate) most: usize,
    pub(crate) random: SplitMix,
    pub(crate) calls: usize,
}

impl<R> Trickle<R> {
    pub(crate) fn new(inner: R, most: usize) -> Self {
        Trickle { inner, most, random: SplitMix(most as u64), calls: 0 }
    }
}

impl<R: Read> Read for Trickle<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(ErrorKind::Interrupted.into());
        }
        let most = (1 + self.random.below(self.most)).min(out.len());
        self.inner.read(&mut out[..most])
    }
}

/// The bits of an array in logical order, so that NaN equals itself and −0 is not 0.
pub(crate) fn bits<T: Sample>(array: &Array2<T>) -> Vec<u8> {
    let samples: Vec<T> = array.iter().copied().collect();
    bytemuck::cast_slice(&samples).to_vec()
}
