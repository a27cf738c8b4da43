//! Compressed files and other containers: what is decoded, what damage does, what is written.
#![cfg(all(feature = "flac", feature = "media"))]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::unwrap_used,
    reason = "numbers that are known to be small, and a test that unwraps says what it expects"
)]

mod damage;
mod decoded;
mod flac_blocks;
mod flac_damage;
mod flac_writer;
