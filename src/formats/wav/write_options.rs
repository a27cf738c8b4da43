//! How a file is written.

use std::time::Duration;

use super::riff::{Container, Limits};
use crate::spec::Spec;

/// How a file is written: what the audio is, in which container, and how often it is made safe.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use ndaudio::{Container, Encoding, Spec, WriteOptions};
/// use ndarray::array;
///
/// let spec = Spec::new(48_000, 2, Encoding::I24);
/// let options = WriteOptions::new(&spec).container(Container::Rf64).checkpoint_every_duration(Duration::from_secs(10));
/// let mut writer = options.writer(std::io::Cursor::new(Vec::new()))?;
/// writer.write(&array![[0.5_f32, -0.5]])?;
/// let bytes = writer.finalize()?.into_inner();
/// assert_eq!(&bytes[..4], b"RF64");
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOptions {
    pub(super) spec: Spec,
    pub(super) container: Container,
    pub(super) checkpoint_frames: Option<u64>,
    pub(super) sync: bool,
    pub(super) limits: Limits,
}

impl WriteOptions {
    /// RIFF/WAVE that becomes RF64 past 4 GiB, with no checkpoints of its own.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        WriteOptions {
            spec: spec.clone(),
            container: Container::Riff,
            checkpoint_frames: None,
            sync: false,
            limits: Limits::default(),
        }
    }

    /// The kind of file. RIFX is read but not written.
    #[must_use]
    pub fn container(mut self, container: Container) -> Self {
        self.container = container;
        self
    }

    /// Makes a [checkpoint](crate::WavWriter::checkpoint) each time this many frames have been written since the last one.
    ///
    /// # Panics
    /// Unless `frames >= 1`.
    #[must_use]
    #[track_caller]
    pub fn checkpoint_every(mut self, frames: u64) -> Self {
        assert!(frames >= 1, "frames ({frames}) must be at least 1");
        self.checkpoint_frames = Some(frames);
        self
    }

    /// Makes a [checkpoint](crate::WavWriter::checkpoint) each time this much audio has been written since the last one: time in the
    /// recording, not on the clock, and at least one frame.
    #[must_use]
    pub fn checkpoint_every_duration(self, duration: Duration) -> Self {
        let nanos = duration.as_nanos().saturating_mul(u128::from(self.spec.sample_rate()));
        let frames = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
        self.checkpoint_every(frames.max(1))
    }

    /// Sets whether checkpoints and `finalize` wait until the disk itself has the bytes, so that they survive a power cut and not
    /// only the end of the process. This is for files, and takes milliseconds each time. The audio is brought to the disk before the header that
    /// counts it.
    #[must_use]
    pub fn sync(mut self, sync: bool) -> Self {
        self.sync = sync;
        self
    }

    /// Sets how much metadata of an existing file [`append`](WriteOptions::append) reads into memory.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
