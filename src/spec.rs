//! What the audio is, in any container.

use std::fmt;

/// The most channels that a WAVE file can have: `nChannels` is 16 bits wide.
pub const MAX_CHANNELS: usize = u16::MAX as usize;

/// Sample rate, channels and encoding: what the audio is, whatever file it is in.
///
/// # Examples
/// ```
/// use ndaudio::{Encoding, Spec};
///
/// let spec = Spec::new(48_000, 2, Encoding::I16);
/// assert_eq!(spec.frame_bytes(), 4);
/// assert_eq!(spec.with_encoding(Encoding::F32).frame_bytes(), 8);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spec {
    sample_rate: u32,
    channels: u16,
    encoding: Encoding,
    channel_mask: Option<u32>,
}

impl Spec {
    /// Describes audio of `channels` channels at `sample_rate` Hz, stored as `encoding`.
    ///
    /// # Panics
    /// Unless `1 <= channels <= 65535`.
    #[must_use]
    pub fn new(sample_rate: u32, channels: usize, encoding: Encoding) -> Self {
        let channels = match u16::try_from(channels) {
            Ok(channels) if channels > 0 => channels,
            _ => panic!("channels ({channels}) must be 1 to {MAX_CHANNELS}"),
        };
        Spec { sample_rate, channels, encoding, channel_mask: None }
    }

    /// Frames per second, in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Samples per frame, at least 1.
    #[must_use]
    pub fn channels(&self) -> usize {
        usize::from(self.channels)
    }

    /// How a sample is stored.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Which loudspeaker each channel is for, a bit each from front left (bit 0) on, in the order of the channels;
    /// `None` where nothing is said.
    ///
    /// Source: `dwChannelMask` of Microsoft's `WAVEFORMATEXTENSIBLE`.
    #[must_use]
    pub fn channel_mask(&self) -> Option<u32> {
        self.channel_mask
    }

    /// Bytes of one frame in a file.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        self.channels() * self.encoding.bytes()
    }

    /// The same audio at another sample rate: the number changes, not the audio.
    #[must_use]
    pub fn with_sample_rate(&self, sample_rate: u32) -> Self {
        Spec { sample_rate, ..self.clone() }
    }

    /// The same audio in another encoding.
    #[must_use]
    pub fn with_encoding(&self, encoding: Encoding) -> Self {
        Spec { encoding, ..self.clone() }
    }

    /// The same audio with another number of channels, and no channel mask.
    ///
    /// # Panics
    /// Unless `1 <= channels <= 65535`.
    #[must_use]
    pub fn with_channels(&self, channels: usize) -> Self {
        Spec::new(self.sample_rate, channels, self.encoding)
    }

    /// The same audio with these loudspeakers; `None` or 0 for none in particular.
    #[must_use]
    pub fn with_channel_mask(&self, mask: impl Into<Option<u32>>) -> Self {
        Spec { channel_mask: mask.into().filter(|&mask| mask != 0), ..self.clone() }
    }
}

/// As `48000 Hz, 2 channels, 16-bit PCM`.
impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.channels == 1 { "" } else { "s" };
        write!(f, "{} Hz, {} channel{plural}, {}", self.sample_rate, self.channels, self.encoding)
    }
}

/// How one sample is stored in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// Integer of 8 bits, offset by 128 as WAVE has it.
    U8,
    /// Integer of 12 bits at the top of 2 bytes.
    I12In16,
    /// Integer of 16 bits.
    I16,
    /// Integer of 20 bits at the top of 3 bytes.
    I20In24,
    /// Integer of 24 bits in 3 bytes.
    I24,
    /// Integer of 24 bits at the bottom of 4 bytes, sign-extended, as `arecord -f S24_LE` writes.
    I24In32Lsb,
    /// Integer of 24 bits at the top of 4 bytes, as `WAVE_FORMAT_EXTENSIBLE` has it.
    I24In32Msb,
    /// Integer of 32 bits.
    I32,
    /// IEEE 754 float of 32 bits, full scale 1.0.
    F32,
    /// IEEE 754 float of 64 bits, full scale 1.0.
    F64,
    /// ITU-T G.711 A-law.
    ALaw,
    /// ITU-T G.711 µ-law.
    MuLaw,
}

impl Encoding {
    /// All encodings.
    pub const ALL: [Encoding; 12] = [
        Encoding::U8,
        Encoding::I12In16,
        Encoding::I16,
        Encoding::I20In24,
        Encoding::I24,
        Encoding::I24In32Lsb,
        Encoding::I24In32Msb,
        Encoding::I32,
        Encoding::F32,
        Encoding::F64,
        Encoding::ALaw,
        Encoding::MuLaw,
    ];

    /// Bytes of one sample in a file.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Encoding::U8 | Encoding::ALaw | Encoding::MuLaw => 1,
            Encoding::I12In16 | Encoding::I16 => 2,
            Encoding::I20In24 | Encoding::I24 => 3,
            Encoding::I24In32Lsb | Encoding::I24In32Msb | Encoding::I32 | Encoding::F32 => 4,
            Encoding::F64 => 8,
        }
    }

    /// Bits of one sample that carry audio; for A-law and µ-law the 8 that are stored.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Encoding::U8 | Encoding::ALaw | Encoding::MuLaw => 8,
            Encoding::I12In16 => 12,
            Encoding::I16 => 16,
            Encoding::I20In24 => 20,
            Encoding::I24 | Encoding::I24In32Lsb | Encoding::I24In32Msb => 24,
            Encoding::I32 | Encoding::F32 => 32,
            Encoding::F64 => 64,
        }
    }

    /// Whether samples are floats.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Encoding::F32 | Encoding::F64)
    }
}

/// As `24-bit PCM at the bottom of 4 bytes`: for people.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::U8 => "8-bit unsigned PCM",
            Encoding::I12In16 => "12-bit PCM in 2 bytes",
            Encoding::I16 => "16-bit PCM",
            Encoding::I20In24 => "20-bit PCM in 3 bytes",
            Encoding::I24 => "24-bit PCM",
            Encoding::I24In32Lsb => "24-bit PCM at the bottom of 4 bytes",
            Encoding::I24In32Msb => "24-bit PCM at the top of 4 bytes",
            Encoding::I32 => "32-bit PCM",
            Encoding::F32 => "32-bit float",
            Encoding::F64 => "64-bit float",
            Encoding::ALaw => "A-law",
            Encoding::MuLaw => "µ-law",
        })
    }
}

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// The least significant one, as in nearly all files.
    Little,
    /// The most significant one, as in RIFX.
    Big,
}

impl ByteOrder {
    /// The order of this machine.
    pub(crate) const NATIVE: ByteOrder = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "channels (0) must be 1 to 65535")]
    fn a_spec_has_channels() {
        let _ = Spec::new(48_000, 0, Encoding::I16);
    }

    #[test]
    fn a_mask_of_zero_says_nothing() {
        let spec = Spec::new(48_000, 6, Encoding::I16);
        assert_eq!(spec.with_channel_mask(0).channel_mask(), None);
        assert_eq!(spec.with_channel_mask(0x3F).channel_mask(), Some(0x3F));
        assert_eq!(spec.with_channel_mask(Some(0x3F)).with_channel_mask(None::<u32>), spec);
    }
}
