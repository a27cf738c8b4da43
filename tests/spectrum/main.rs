//! Spectra: what they are, as other tools have them, and how they are computed.

#![cfg(feature = "spectrum")]
#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers that are known to be small"
)]

mod bands;
#[cfg(feature = "time")]
mod gaps;
mod identities;
mod indices;
mod ltsa;
mod memory;
#[cfg(feature = "rayon")]
mod parallel;
mod peers;
mod shards;
mod signals;
mod sources;
#[cfg(feature = "serde")]
mod stored;
