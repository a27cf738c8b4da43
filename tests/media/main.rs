//! Compressed files and other containers: what is decoded, what damage does, what is written.
#![cfg(all(feature = "flac", feature = "media"))]

mod damage;
mod decoded;
mod flac_writer;
