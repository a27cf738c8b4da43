//! Numeric audio on [`ndarray`].

mod error;
mod ops;
mod pcm;
mod spec;
mod wav;

pub use error::{Error, FormatError, Result, Unsupported};
pub use ops::{channels, dither, fade, gain, normalize};
pub use pcm::{Sample, frombuffer, frombuffer_mut};
pub use spec::{Encoding, MAX_CHANNELS, Spec};
pub use wav::Anomaly;

pub use {hound, ndarray};
