//! Measures as other tools define them, for equal results: librosa's, ffmpeg's and sox's.
//!
//! The rest of the crate measures by definitions of its own, which are exact and documented. The types here reproduce what a tool
//! computes, its roundings and corner cases included: [`Librosa`] splits and trims as `librosa.effects` does, [`SilenceDetect`] finds
//! silences as ffmpeg's `silencedetect` does, and [`ExpRms`] is the level meter of sox's `stats`.

mod exp_rms;
mod librosa;
mod silence_detect;

pub use exp_rms::ExpRms;
pub use librosa::Librosa;
pub use silence_detect::SilenceDetect;

#[cfg(test)]
mod tests;
