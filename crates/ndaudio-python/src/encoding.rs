//! Names of encodings: as in Rust but in small letters, and as soundfile has them.

use ndaudio::Encoding;
use pyo3::PyResult;

use crate::error::invalid;

/// The encodings, their names here, and the names that soundfile gives those it knows.
const NAMES: &[(Encoding, &str, &str)] = &[
    (Encoding::U8, "u8", "PCM_U8"),
    (Encoding::I16, "i16", "PCM_16"),
    (Encoding::I24, "i24", "PCM_24"),
    (Encoding::I32, "i32", "PCM_32"),
    (Encoding::F32, "f32", "FLOAT"),
    (Encoding::F64, "f64", "DOUBLE"),
    (Encoding::ALaw, "alaw", "ALAW"),
    (Encoding::MuLaw, "mulaw", "ULAW"),
    (Encoding::I12In16, "i12in16", ""),
    (Encoding::I20In24, "i20in24", ""),
    (Encoding::I24In32Lsb, "i24in32lsb", ""),
    (Encoding::I24In32Msb, "i24in32msb", ""),
];

pub(crate) fn name(encoding: Encoding) -> &'static str {
    NAMES.iter().find(|(known, ..)| *known == encoding).map_or("other", |(_, name, _)| name)
}

pub(crate) fn parse(text: &str) -> PyResult<Encoding> {
    let lower = text.to_ascii_lowercase();
    let found = NAMES.iter().find(|(_, name, soundfile)| *name == lower || soundfile.eq_ignore_ascii_case(text));
    match found {
        Some((encoding, ..)) if !text.is_empty() => Ok(*encoding),
        _ => {
            let known: Vec<_> = NAMES.iter().map(|(_, name, _)| *name).collect();
            Err(invalid(format!("encoding {text:?} is not known; use one of {}", known.join(", "))))
        }
    }
}
