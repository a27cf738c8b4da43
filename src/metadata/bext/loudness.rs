//! The loudness values of `bext` version 2.

use num_traits::ToPrimitive;

use super::invalid;
use crate::error::Result;

/// The value that stands for "not measured".
const NOT_MEASURED: i16 = 0x7FFF;
/// All five values.
pub(super) const NONE_MEASURED: [u8; 10] = [0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F];

/// The loudness values of `bext` version 2, each `None` if it was not measured.
///
/// **Unit** LUFS, LU and dBTP, in steps of 0.01.
///
/// They describe the audio at the time of measuring: clear them ([`Bext::clear_loudness`](super::Bext::clear_loudness)) or
/// measure again when samples change.
///
/// # Examples
/// ```
/// use ndaudio::metadata::{Bext, Loudness};
///
/// let mut bext = Bext::new();
/// bext.set_loudness(&Loudness { integrated: Some(-23.0), max_true_peak: Some(-1.237), ..Loudness::default() })?;
/// let loudness = bext.loudness().expect("just set");
/// assert_eq!(loudness.max_true_peak, Some(-1.24));
/// assert_eq!(loudness.range, None);
/// # Ok::<(), ndaudio::Error>(())
/// ```
///
/// Source: EBU Tech 3285 v2, § 2.3; EBU R 128.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Loudness {
    /// Integrated loudness in LUFS.
    pub integrated: Option<f64>,
    /// Loudness range in LU.
    pub range: Option<f64>,
    /// Maximum true peak level in dBTP.
    pub max_true_peak: Option<f64>,
    /// Highest momentary loudness in LUFS.
    pub max_momentary: Option<f64>,
    /// Highest short-term loudness in LUFS.
    pub max_short_term: Option<f64>,
}

impl Loudness {
    /// Reads the five values of the chunk, in hundredths.
    pub(super) fn from_field(field: [u8; 10]) -> Self {
        let mut values = field.as_chunks::<2>().0.iter().map(|bytes| i16::from_le_bytes(*bytes));
        let mut next = || values.next().filter(|&value| value != NOT_MEASURED).map(|value| f64::from(value) / 100.0);
        Loudness {
            integrated: next(),
            range: next(),
            max_true_peak: next(),
            max_momentary: next(),
            max_short_term: next(),
        }
    }

    /// Returns the five values of the chunk.
    pub(super) fn to_field(self) -> Result<[u8; 10]> {
        let values = [self.integrated, self.range, self.max_true_peak, self.max_momentary, self.max_short_term];
        let mut field = [0; 10];
        for (bytes, value) in field.as_chunks_mut::<2>().0.iter_mut().zip(values) {
            let hundredths = match value {
                None => NOT_MEASURED,
                Some(value) => (value * 100.0)
                    .round()
                    .to_i16()
                    .filter(|hundredths| (-9_999..=9_999).contains(hundredths))
                    .ok_or_else(|| invalid("loudness of the bext chunk", value, "from -99.99 to 99.99"))?,
            };
            *bytes = hundredths.to_le_bytes();
        }
        Ok(field)
    }
}
