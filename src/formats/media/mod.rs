//! Compressed files, and containers other than WAVE, as sources.

#[cfg(any(feature = "media", feature = "flac"))]
pub(crate) mod buffered;
#[cfg(feature = "media")]
mod caf;
#[cfg(feature = "media")]
mod codecs;
#[cfg(any(feature = "media", feature = "flac"))]
pub(crate) mod decoder;
#[cfg(feature = "media")]
mod edits;
pub(crate) mod input;
#[cfg(any(feature = "media", feature = "flac"))]
mod reader;
pub(crate) mod sniff;
#[cfg(feature = "media")]
mod symphonia;
#[cfg(any(feature = "media", feature = "flac"))]
pub(crate) mod tags;

#[cfg(any(feature = "media", feature = "flac"))]
pub use reader::MediaReader;
