//! Which spectra the rows of `audio()` have.

mod band_kind;
mod settings;

pub use band_kind::BandKind;
pub use settings::Spectra;
