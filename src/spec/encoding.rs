//! How samples are stored.

use std::fmt;

use super::SampleType;

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

    /// The number type that holds a sample without loss and without a conversion that anyone would miss: `i16` to 16 bits and for
    /// A-law and µ-law, `i32` above, and the floats themselves.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Encoding, SampleType};
    ///
    /// assert_eq!(Encoding::MuLaw.sample_type(), SampleType::I16);
    /// assert_eq!(Encoding::I24.sample_type(), SampleType::I32);
    /// ```
    #[must_use]
    pub fn sample_type(self) -> SampleType {
        match self {
            Encoding::U8 | Encoding::I12In16 | Encoding::I16 | Encoding::ALaw | Encoding::MuLaw => SampleType::I16,
            Encoding::I20In24 | Encoding::I24 | Encoding::I24In32Lsb | Encoding::I24In32Msb | Encoding::I32 => {
                SampleType::I32
            }
            Encoding::F32 => SampleType::F32,
            Encoding::F64 => SampleType::F64,
        }
    }

    /// Whether the bytes of a sample are those of a number of this type, on a machine of the same byte order.
    pub(crate) fn is_stored_as(self, sample_type: SampleType) -> bool {
        matches!(
            (self, sample_type),
            (Encoding::I16 | Encoding::I12In16, SampleType::I16)
                | (Encoding::I32 | Encoding::I24In32Msb, SampleType::I32)
                | (Encoding::F32, SampleType::F32)
                | (Encoding::F64, SampleType::F64)
        )
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
