//! What a caller sees of reading: files, pipes and arrays, whole, by blocks and by windows. One binary, so that it links once.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

#[path = "../common/mod.rs"]
mod common;

mod decode_matrix;
mod dyn_sources;
mod fixtures;
mod g711;
mod justification;
mod limits;
mod moving_ground;
mod padded_windows;
mod reader;
mod sequences;
mod wild;
mod windows;
