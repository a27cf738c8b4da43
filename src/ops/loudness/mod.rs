//! Loudness as broadcasters and streaming services measure it: EBU R 128, ITU-R BS.1770.
//!
//! A [`Loudness`] meter takes blocks, as [`Levels`](crate::Levels) does. [`of_source`] runs one over a whole source, and
//! [`Loudness::plan`] turns its result into the factor that brings a recording to a target. The measuring is done by the crate ebur128, a
//! translation of libebur128, whose types stay out of this interface.
//!
//! # Examples
//! Two passes, in constant memory: measure, then multiply.
//! ```
//! use ndaudio::normalize::OnClip;
//! use ndaudio::{Loudness, Source, WavReader, WavWriter, db, loudness};
//!
//! let measured = loudness::of_source(&mut WavReader::open("data/music.wav")?)?;
//! let plan = measured.plan(-23.0, db::to_amplitude(-1.0), OnClip::Refuse)?; // EBU R 128: -23 LUFS, peaks up to -1 dBTP
//!
//! let mut quieter = WavReader::open("data/music.wav")?.gain(plan.factor);
//! let again = loudness::of_source(&mut quieter)?;
//! assert!((again.integrated() + 23.0).abs() < 0.01);
//! # Ok::<(), ndaudio::Error>(())
//! ```

mod layout;
mod meter;
mod of_source;

pub use meter::Loudness;
pub use of_source::of_source;

#[cfg(test)]
mod tests;
