//! How much of a file is read into memory, whatever the file says.

/// The limits of what a reader takes from a file's header and metadata, whatever the file claims.
///
/// Audio needs no limit: its memory is what the caller asks for, bounded by what the file really has. The defaults are far above what
/// recorders and editors write. Raise them for files that you trust, lower them for many readers in little memory.
///
/// # Examples
/// ```
/// use ndaudio::{ErrorKind, Limits, ReadOptions};
///
/// let mut limits = Limits::default();
/// limits.chunk_bytes = 100;
/// let mut reader = ReadOptions::new().limits(limits).open("data/libsndfile_bext_pcm16_stereo.wav")?;
/// let error = reader.chunk(*b"bext").unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 100, .. }));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one chunk that are read into memory. 64 MiB.
    pub chunk_bytes: u64,
    /// Bytes of all metadata together that [`metadata`](crate::WavReader::metadata) and
    /// [`copy_metadata`](crate::WavWriter::copy_metadata) read into memory. 64 MiB.
    pub metadata_bytes: u64,
    /// Bytes of metadata that are kept of an input that cannot seek, as long as it is read. 16 MiB.
    pub kept_bytes: u64,
    /// Chunks in a file; more of them are an error. Each takes up to 350 bytes besides those of its metadata, however small it is. 65,536.
    pub chunks: usize,
    /// Zeros where a chunk should begin that are skipped, in the whole file. 16 MiB.
    pub stray_zeros: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            chunk_bytes: 64 << 20,
            metadata_bytes: 64 << 20,
            kept_bytes: 16 << 20,
            chunks: 1 << 16,
            stray_zeros: 16 << 20,
        }
    }
}
