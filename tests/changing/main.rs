//! What a caller sees of changes: stages, filters, resampling, and loudness, beside definitions and what other tools print. One binary,
//! so that it links once.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::type_complexity,
    clippy::unwrap_used,
    reason = "numbers that are known to be small, tables of cases, and a test that unwraps says what it expects"
)]

#[path = "../common/mod.rs"]
mod common;

mod allocations;
mod filters_as_scipy;
#[cfg(feature = "loudness")]
mod loudness;
mod metadata;
mod stages;
