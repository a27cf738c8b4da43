//! How a file is read.

use super::riff::Limits;

/// How a file is read: whether what it gets wrong is tolerated, and how much memory its header and metadata may take.
///
/// [`open`](ReadOptions::open), [`seekable`](ReadOptions::seekable) and [`read`](ReadOptions::read) read WAVE files;
/// [`open_any`](ReadOptions::open_any) and [`read_any`](ReadOptions::read_any) whatever [`ndaudio::open`](crate::open) opens.
///
/// # Examples
/// ```
/// use ndaudio::ReadOptions;
///
/// let reader = ReadOptions::new().strict().open("data/music.wav")?;
/// assert_eq!(reader.frames(), Some(441_000));
/// let error = ReadOptions::new().strict().open("data/sox_pipe_unknown_sizes.wav").unwrap_err();
/// assert!(error.to_string().contains("never filled in"));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    pub(in crate::formats) strict: bool,
    pub(super) limits: Limits,
}

impl ReadOptions {
    /// Reads whatever can be read, and reports what is wrong as [`Anomaly`](crate::Anomaly).
    #[must_use]
    pub fn new() -> Self {
        ReadOptions::default()
    }

    /// Refuses every anomaly that is a [defect](crate::Severity::Defect), when the file is opened and while it is read.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets how much of the header and the metadata is read into memory.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
