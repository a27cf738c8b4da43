//! Sample rate, channels and encoding of audio, in any container.

mod encoding;
mod sample_type;

use std::fmt;

pub use encoding::Encoding;
pub use sample_type::SampleType;

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
    #[track_caller]
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
    #[track_caller]
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
