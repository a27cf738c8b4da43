//! Windows → answers: measures and changes of arrays of samples.
//!
//! Operations take arrays and do not care where these come from; only `levels::of_source` fetches its blocks itself.

pub mod channels;
pub mod compat;
pub mod curves;
pub mod db;
pub mod dither;
pub mod fade;
pub mod filter;
mod frames;
pub mod gain;
pub mod histogram;
pub mod levels;
#[cfg(feature = "loudness")]
pub mod loudness;
pub mod normalize;
#[cfg(feature = "resample")]
pub mod resample;
pub mod segments;
#[cfg(feature = "spectrum")]
pub mod spectrum;
#[cfg(feature = "serde")]
mod state;

#[cfg(test)]
mod signals;
