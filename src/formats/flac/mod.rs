//! FLAC.
//!
//! Reading is our own rather than a library's: symphonia 0.6.1 decodes stereo of 32 bits to other samples without a word, refuses a
//! smallest block size of 0, and does not say where in a file it lost a block; claxon has had no release since 2020, and flac-codec
//! takes three times as long. What the blocks hold is a few hundred lines, and every file proves them right by its MD5.

mod bits;
pub(crate) mod blocks;
mod crc;
mod decoder;
#[cfg(feature = "flac")]
mod file_header;
mod frame;
mod header;
mod holes;
mod md5;
#[cfg(feature = "media")]
mod packet;
mod stream_info;
mod subframe;
#[cfg(feature = "flac")]
mod writer;

pub(crate) use decoder::FlacDecoder;
#[cfg(feature = "flac")]
pub use writer::FlacWriter;
#[cfg(feature = "media")]
pub(crate) use {packet::PacketDecoder, stream_info::encoding};
