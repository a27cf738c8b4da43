//! The checksum of all samples.

/// Sums up samples as they are decoded, and knows the sum that they should have.
///
/// Source: RFC 9639, section 8.2: interleaved, signed, the least significant byte first, in as many whole bytes as the bits need.
pub(super) struct SamplesMd5 {
    context: md5::Context,
    expected: [u8; 16],
    bits: u8,
    bytes: Vec<u8>,
}

impl SamplesMd5 {
    pub(super) fn new(expected: [u8; 16], bits: u8) -> Self {
        SamplesMd5 { context: md5::Context::new(), expected, bits, bytes: Vec::new() }
    }

    /// Adds interleaved samples at the top of 32 bits.
    pub(super) fn add(&mut self, samples: &[i32]) {
        match self.bits {
            0..=8 => self.add_bytes::<1>(samples),
            9..=16 => self.add_bytes::<2>(samples),
            17..=24 => self.add_bytes::<3>(samples),
            _ => self.add_bytes::<4>(samples),
        }
    }

    fn add_bytes<const N: usize>(&mut self, samples: &[i32]) {
        let down = 32 - u32::from(self.bits);
        self.bytes.resize(samples.len() * N, 0);
        let (out, _) = self.bytes.as_chunks_mut::<N>();
        for (out, sample) in out.iter_mut().zip(samples) {
            out.copy_from_slice(&(sample >> down).to_le_bytes()[..N]);
        }
        self.context.consume(&self.bytes);
    }

    /// Adds interleaved samples of their own width.
    #[cfg(feature = "flac")]
    pub(super) fn add_integers(&mut self, samples: &[i32]) {
        let bits = std::mem::replace(&mut self.bits, 32);
        match bits {
            0..=8 => self.add_bytes::<1>(samples),
            9..=16 => self.add_bytes::<2>(samples),
            17..=24 => self.add_bytes::<3>(samples),
            _ => self.add_bytes::<4>(samples),
        }
        self.bits = bits;
    }

    /// The sum of all samples so far.
    #[cfg(feature = "flac")]
    pub(super) fn sum(&self) -> [u8; 16] {
        self.context.clone().finalize().0
    }

    /// Whether the samples were the right ones.
    pub(super) fn matches(self) -> bool {
        self.context.finalize().0 == self.expected
    }
}
