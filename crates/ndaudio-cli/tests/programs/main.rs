//! The subcommands, run as a user runs them: what they print, write, refuse, and leave alone.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that fails there has found something; numbers are small"
)]

#[path = "../../../../tests/layouts/mod.rs"]
mod layouts;

#[path = "../../../../tests/common/mod.rs"]
mod common;

mod batch;
mod change;
mod failures;
mod files;
mod formats;
mod hostile;
mod interrupted;
mod levels;
mod metadata;
mod repair;
mod rms;
mod safety;
mod stored_bits;
mod streams;
mod times;
