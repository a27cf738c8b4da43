//! Inputs of compressed files.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes in order, and out of order where the input can.
pub(crate) trait Input: Read + Send + Sync {
    /// Goes to a byte; `false` where the input only goes forward.
    fn go_to(&mut self, offset: u64) -> io::Result<bool>;

    /// Bytes in all, where known.
    #[cfg_attr(not(any(feature = "media", feature = "flac")), expect(dead_code, reason = "only the decoders ask"))]
    fn len(&mut self) -> io::Result<Option<u64>>;
}

/// An input that can seek; bytes count from where it stood.
pub(crate) struct Seekable<R> {
    inner: R,
    start: u64,
}

impl<R: Read + Seek> Seekable<R> {
    pub(crate) fn new(mut inner: R) -> io::Result<Self> {
        let start = inner.stream_position()?;
        Ok(Seekable { inner, start })
    }
}

impl<R: Read> Read for Seekable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: Read + Seek + Send + Sync> Input for Seekable<R> {
    fn go_to(&mut self, offset: u64) -> io::Result<bool> {
        let absolute = self.start.checked_add(offset).ok_or(io::ErrorKind::InvalidInput)?;
        self.inner.seek(SeekFrom::Start(absolute)).map(|_| true)
    }

    fn len(&mut self) -> io::Result<Option<u64>> {
        let position = self.inner.stream_position()?;
        let end = self.inner.seek(SeekFrom::End(0))?;
        self.inner.seek(SeekFrom::Start(position))?;
        Ok(Some(end.saturating_sub(self.start)))
    }
}

/// An input that only goes forward: a pipe.
pub(crate) struct Forward<R>(pub(crate) R);

impl<R: Read> Read for Forward<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read + Send + Sync> Input for Forward<R> {
    fn go_to(&mut self, _: u64) -> io::Result<bool> {
        Ok(false)
    }

    fn len(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }
}
