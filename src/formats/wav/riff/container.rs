//! The kinds of file.

use std::fmt;

/// The kind of file that the audio is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Container {
    /// RIFF/WAVE: little-endian, sizes of 32 bits. Written, it becomes [`Rf64`](Container::Rf64) in place past 4 GiB.
    #[default]
    Riff,
    /// RIFF with big-endian numbers.
    Rifx,
    /// RIFF with sizes of 64 bits, EBU Tech 3306.
    Rf64,
    /// RIFF with sizes of 64 bits, ITU-R BS.2088.
    Bw64,
    /// Sony Wave64: GUIDs for chunk ids, sizes of 64 bits.
    Wave64,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Container::Riff => "RIFF/WAVE",
            Container::Rifx => "RIFX/WAVE (big-endian)",
            Container::Rf64 => "RF64/WAVE",
            Container::Bw64 => "BW64/WAVE",
            Container::Wave64 => "Sony Wave64",
        })
    }
}
