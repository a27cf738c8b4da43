//! The number types of samples, as values.

use std::fmt;

use super::Encoding;

/// A number type that audio can be asked for in, chosen at run time; [`Sample`](crate::Sample) is the same choice at compile time.
///
/// # Examples
/// ```
/// use ndaudio::{Sample, SampleType, WavReader, levels};
///
/// fn peak_as<T: Sample>(reader: &mut WavReader<std::fs::File>) -> ndaudio::Result<f64> {
///     Ok(levels::peak(&reader.read_all::<T>()?).into_iter().fold(0.0, f64::max))
/// }
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let peak = match reader.spec().encoding().sample_type() {
///     SampleType::I16 => peak_as::<i16>(&mut reader)?,
///     SampleType::I32 => peak_as::<i32>(&mut reader)?,
///     SampleType::F32 => peak_as::<f32>(&mut reader)?,
///     SampleType::F64 => peak_as::<f64>(&mut reader)?,
/// };
/// assert!((0.70..0.71).contains(&peak)); // -3 dBFS
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleType {
    /// Integers of 16 bits.
    I16,
    /// Integers of 32 bits.
    I32,
    /// Floats of 32 bits.
    F32,
    /// Floats of 64 bits.
    F64,
}

impl SampleType {
    /// All sample types.
    pub const ALL: [SampleType; 4] = [SampleType::I16, SampleType::I32, SampleType::F32, SampleType::F64];

    /// The type's name in Rust: `i16`, `i32`, `f32` or `f64`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SampleType::I16 => "i16",
            SampleType::I32 => "i32",
            SampleType::F32 => "f32",
            SampleType::F64 => "f64",
        }
    }

    /// Whether the type is a float, which can hold values beyond full scale, NaN and infinities.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, SampleType::F32 | SampleType::F64)
    }

    /// The encoding that stores the numbers as they are.
    #[must_use]
    pub const fn encoding(self) -> Encoding {
        match self {
            SampleType::I16 => Encoding::I16,
            SampleType::I32 => Encoding::I32,
            SampleType::F32 => Encoding::F32,
            SampleType::F64 => Encoding::F64,
        }
    }
}

/// The type's name, as [`name`](SampleType::name).
impl fmt::Display for SampleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
