//! What a caller sees of measures, beside definitions and what other tools print. One binary, so that it links once.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

#[path = "../common/mod.rs"]
mod common;

mod db;
mod levels;
mod levels_as_other_tools;
mod levels_stored;
mod parallel;
mod sox_stats;
