//! File ⇄ bytes: containers, chunks and headers.
//!
//! Nothing here does arithmetic on samples.

mod anomaly;

pub use anomaly::Anomaly;
