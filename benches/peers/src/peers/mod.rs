//! The peers, each used as its own documentation has it, with reused buffers where it lets them be reused.

pub mod audio_samples_io;
pub mod bwavfile;
pub mod hound;
pub mod symphonia;
pub mod waveadapter;
pub mod wavers;
