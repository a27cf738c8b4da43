//! The interface between [`MediaReader`](super::MediaReader) and the decoder of one kind of file.

#[cfg(feature = "rayon")]
use super::input::Input;
use crate::error::{Anomaly, Result};
use crate::spec::{Encoding, Spec};

/// Decoded samples, interleaved, in one of the types that decoders give; integers have full scale 2^31.
#[derive(Debug)]
pub(crate) enum Samples {
    I32(Vec<i32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl Samples {
    /// Of the type that holds what is stored.
    pub(crate) fn of(spec: &Spec) -> Self {
        match spec.encoding() {
            Encoding::F32 => Samples::F32(Vec::new()),
            Encoding::F64 => Samples::F64(Vec::new()),
            _ => Samples::I32(Vec::new()),
        }
    }

    #[cfg(feature = "media")]
    pub(crate) fn len(&self) -> usize {
        match self {
            Samples::I32(samples) => samples.len(),
            Samples::F32(samples) => samples.len(),
            Samples::F64(samples) => samples.len(),
        }
    }

    /// Cuts frames from the start and from the end.
    #[cfg(feature = "media")]
    pub(crate) fn cut(&mut self, channels: usize, start: u64, end: u64) {
        fn of<T>(samples: &mut Vec<T>, channels: usize, start: u64, end: u64) {
            let frames = samples.len() / channels;
            let start = usize::try_from(start).unwrap_or(usize::MAX).min(frames);
            let end = usize::try_from(end).unwrap_or(usize::MAX).min(frames - start);
            samples.truncate((frames - end) * channels);
            samples.drain(..start * channels);
        }
        match self {
            Samples::I32(samples) => of(samples, channels, start, end),
            Samples::F32(samples) => of(samples, channels, start, end),
            Samples::F64(samples) => of(samples, channels, start, end),
        }
    }
}

/// Everything a decoder knows once a file is open.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) spec: Spec,
    /// Frames in all; `None` where only decoding can tell.
    pub(crate) frames: Option<u64>,
    /// The container, as people call it: "FLAC", "Ogg".
    pub(crate) format: &'static str,
    /// The codec, as people call it: "FLAC", "Vorbis", "PCM".
    pub(crate) codec: &'static str,
    /// Where the file says how many frames it has, or where it ends.
    pub(crate) frames_at: u64,
}

/// Frames that were decoded together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// The position of the first; `None` where the file does not say.
    pub(crate) position: Option<u64>,
    /// How many there are.
    pub(crate) frames: usize,
    /// The byte of the file that had been reached before them; damage before the run stands there or shortly before.
    pub(crate) offset: u64,
}

/// Decodes one kind of file, run after run.
pub(crate) trait Decoder: Send + Sync {
    /// Decodes the next run into `samples`; `None` at the end.
    fn decode(&mut self, samples: &mut Samples, anomalies: &mut Vec<Anomaly>) -> Result<Option<Run>>;

    /// Goes to a run at or before a frame, and returns where that run begins, for those that do not say it themselves.
    fn seek(&mut self, frame: u64) -> Result<u64>;

    /// Whether [`seek`](Self::seek) can go back.
    fn can_seek(&self) -> bool;

    /// Another decoder of the same file, at its start and without a checksum of all samples, which need not find again what this one did;
    /// `None` where there is no such short way.
    #[cfg(feature = "rayon")]
    fn again(&self, _: Box<dyn Input>) -> Result<Option<Box<dyn Decoder>>> {
        Ok(None)
    }

    /// Saves the time for a checksum of all samples, where there is one.
    fn skip_md5(&mut self) {}
}

/// Texts and chunks that stand beside the audio.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// Keys and texts, as the file has them.
    pub(crate) tags: Vec<(String, String)>,
    /// RIFF chunks that a FLAC file carries from the WAVE file that it was made from.
    pub(crate) chunks: Vec<([u8; 4], Vec<u8>)>,
}
