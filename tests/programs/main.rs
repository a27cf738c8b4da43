//! The example programs, run as a user runs them: what they print, write, refuse, and leave alone.
//!
//! `cargo test` builds them; for this test alone, run `cargo build --examples` first.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that fails there has found something; numbers are small"
)]

#[path = "../layouts/mod.rs"]
mod layouts;

#[path = "../common/mod.rs"]
mod common;

mod batch;
mod change;
mod failures;
mod files;
mod levels;
mod metadata;
mod repair;
mod rms;
mod streams;
