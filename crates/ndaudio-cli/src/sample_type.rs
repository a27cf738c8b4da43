//! In which sample type a file's audio is best handled.

use ndaudio::Encoding;

/// One of the library's sample types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SampleType {
    I16,
    I32,
    F32,
    F64,
}

impl SampleType {
    /// The smallest type that holds what the file stores, so that measures are exact.
    pub(crate) fn to_measure(encoding: Encoding) -> Self {
        match encoding {
            Encoding::U8 | Encoding::I12In16 | Encoding::I16 | Encoding::ALaw | Encoding::MuLaw => SampleType::I16,
            Encoding::F32 => SampleType::F32,
            Encoding::F64 => SampleType::F64,
            _ => SampleType::I32,
        }
    }

    /// The type in which a change is rounded once: the stored one, or `f64` where that is none of the library's.
    pub(crate) fn to_change(encoding: Encoding) -> Self {
        match encoding {
            Encoding::I16 => SampleType::I16,
            Encoding::I32 => SampleType::I32,
            Encoding::F32 => SampleType::F32,
            _ => SampleType::F64,
        }
    }
}

/// Bits to round to before samples in `f64` are stored, so that they are rounded to the nearest and not downwards; `None` if they
/// are stored as floats.
pub(crate) fn bits_to_round_to(encoding: Encoding) -> Option<u32> {
    match encoding {
        Encoding::F32 | Encoding::F64 => None,
        // What G.711 codes are made from.
        Encoding::ALaw | Encoding::MuLaw => Some(16),
        other => Some(other.bits()),
    }
}

/// `by_sample_type!(kind, T => expression)`: the expression with `T` standing for the type.
macro_rules! by_sample_type {
    ($kind:expr, $T:ident => $body:expr) => {
        match $kind {
            $crate::sample_type::SampleType::I16 => {
                type $T = i16;
                $body
            }
            $crate::sample_type::SampleType::I32 => {
                type $T = i32;
                $body
            }
            $crate::sample_type::SampleType::F32 => {
                type $T = f32;
                $body
            }
            $crate::sample_type::SampleType::F64 => {
                type $T = f64;
                $body
            }
        }
    };
}
pub(crate) use by_sample_type;
