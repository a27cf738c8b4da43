//! Containers and encodings by the names that they have on command lines.

use clap::ValueEnum;
use ndaudio::{Container, Encoding};

/// Kinds of file that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContainerName {
    /// RIFF/WAVE, which becomes RF64 in place past 4 GiB
    Riff,
    /// RIFF with sizes of 64 bits, EBU Tech 3306
    Rf64,
    /// RIFF with sizes of 64 bits, ITU-R BS.2088
    Bw64,
    /// Sony Wave64
    #[value(alias = "w64")]
    Wave64,
}

impl From<ContainerName> for Container {
    fn from(name: ContainerName) -> Self {
        match name {
            ContainerName::Riff => Container::Riff,
            ContainerName::Rf64 => Container::Rf64,
            ContainerName::Bw64 => Container::Bw64,
            ContainerName::Wave64 => Container::Wave64,
        }
    }
}

/// Ways to store a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EncodingName {
    /// Integers of 8 bits, offset by 128
    U8,
    /// Integers of 12 bits at the top of 2 bytes
    I12,
    /// Integers of 16 bits
    I16,
    /// Integers of 20 bits at the top of 3 bytes
    I20,
    /// Integers of 24 bits in 3 bytes
    I24,
    /// Integers of 24 bits at the bottom of 4 bytes, as arecord writes
    #[value(name = "i24-in-32-lsb")]
    I24In32Lsb,
    /// Integers of 24 bits at the top of 4 bytes, as Microsoft has it
    #[value(name = "i24-in-32-msb")]
    I24In32Msb,
    /// Integers of 32 bits
    I32,
    /// Floats of 32 bits
    F32,
    /// Floats of 64 bits
    F64,
    /// ITU-T G.711 A-law
    Alaw,
    /// ITU-T G.711 µ-law
    Mulaw,
}

impl From<EncodingName> for Encoding {
    fn from(name: EncodingName) -> Self {
        match name {
            EncodingName::U8 => Encoding::U8,
            EncodingName::I12 => Encoding::I12In16,
            EncodingName::I16 => Encoding::I16,
            EncodingName::I20 => Encoding::I20In24,
            EncodingName::I24 => Encoding::I24,
            EncodingName::I24In32Lsb => Encoding::I24In32Lsb,
            EncodingName::I24In32Msb => Encoding::I24In32Msb,
            EncodingName::I32 => Encoding::I32,
            EncodingName::F32 => Encoding::F32,
            EncodingName::F64 => Encoding::F64,
            EncodingName::Alaw => Encoding::ALaw,
            EncodingName::Mulaw => Encoding::MuLaw,
        }
    }
}
