//! Where the bytes go: counts exactly what arrived, and knows what else the writer underneath can do.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};

type SeekFn<W> = fn(&mut W, SeekFrom) -> io::Result<u64>;
type SyncFn<W> = fn(&mut W) -> io::Result<()>;
type TruncateFn<W> = fn(&mut W, u64) -> io::Result<()>;

/// A writer, with its abilities as function pointers, so that one type serves those that can seek and those that cannot, and
/// `Drop`, which may ask for no more than `W: Write`, can still finish a file.
pub(in crate::formats::wav) struct Output<W> {
    inner: W,
    /// Where this file begins in it.
    base: u64,
    /// Where the next byte goes, from `base`.
    position: u64,
    /// The first byte that nothing was written to, from `base`.
    end: u64,
    /// Whether the position has to be set again: an error leaves it undefined.
    lost: bool,
    seek: Option<SeekFn<W>>,
    sync: Option<SyncFn<W>>,
    truncate: Option<TruncateFn<W>>,
}

impl<W: Write> Output<W> {
    /// For a writer that only goes forward.
    pub(in crate::formats::wav) fn stream(inner: W) -> Self {
        Output { inner, base: 0, position: 0, end: 0, lost: false, seek: None, sync: None, truncate: None }
    }

    /// For a writer that can go back; the file begins where it stands.
    pub(in crate::formats::wav) fn seekable(mut inner: W) -> io::Result<Self>
    where
        W: Seek,
    {
        let base = inner.stream_position()?;
        let seek: SeekFn<W> = |inner, to| inner.seek(to);
        Ok(Output { base, seek: Some(seek), ..Output::stream(inner) })
    }

    /// The same, with so many bytes there already.
    pub(in crate::formats::wav) fn with_end(mut self, end: u64) -> Self {
        self.end = end;
        self
    }

    pub(in crate::formats::wav) fn can_seek(&self) -> bool {
        self.seek.is_some()
    }

    /// Where the next byte goes.
    pub(in crate::formats::wav) fn position(&self) -> u64 {
        self.position
    }

    /// The end of what has been written, or of what was there before.
    pub(in crate::formats::wav) fn end(&self) -> u64 {
        self.end
    }

    pub(in crate::formats::wav) fn into_inner(self) -> W {
        self.inner
    }

    /// Writes all of it at this position; on an error, [`position`](Self::position) tells how much of it arrived.
    pub(in crate::formats::wav) fn write_at(&mut self, position: u64, mut bytes: &[u8]) -> io::Result<()> {
        self.go_to(position)?;
        while !bytes.is_empty() {
            match self.inner.write(bytes) {
                Ok(0) => {
                    self.lost = self.can_seek();
                    return Err(ErrorKind::WriteZero.into());
                }
                Ok(count) => {
                    bytes = &bytes[count.min(bytes.len())..];
                    self.position += count as u64;
                    self.end = self.end.max(self.position);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.lost = self.can_seek();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Sets where the next byte goes.
    pub(in crate::formats::wav) fn go_to(&mut self, position: u64) -> io::Result<()> {
        if self.position == position && !self.lost {
            return Ok(());
        }
        let seek = self.seek.ok_or(ErrorKind::NotSeekable)?;
        self.lost = true;
        seek(&mut self.inner, SeekFrom::Start(self.base + position))?;
        (self.position, self.lost) = (position, false);
        Ok(())
    }

    /// Hands everything on, to the disk itself if `sync` and the writer underneath can.
    pub(in crate::formats::wav) fn flush(&mut self, sync: bool) -> io::Result<()> {
        loop {
            match self.inner.flush() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        }
        match self.sync {
            Some(to_disk) if sync => to_disk(&mut self.inner),
            _ => Ok(()),
        }
    }

    /// Cuts off what stands behind `len`, where the writer underneath can.
    pub(in crate::formats::wav) fn truncate(&mut self, len: u64) -> io::Result<()> {
        if let Some(truncate) = self.truncate {
            truncate(&mut self.inner, self.base + len)?;
            self.end = self.end.min(len);
        }
        Ok(())
    }
}

impl Output<File> {
    /// For a file, which can also be cut and brought to the disk; for a pipe or a device behind a path, as a stream.
    pub(in crate::formats::wav) fn file(file: File) -> io::Result<Self> {
        if !file.metadata()?.is_file() {
            return Ok(Output::stream(file));
        }
        let mut sink = Output::seekable(file)?;
        sink.sync = Some(|file| file.sync_data());
        sink.truncate = Some(|file, len| file.set_len(len));
        Ok(sink)
    }
}

impl<W> fmt::Debug for Output<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Output { base, position, end, lost, seek, .. } = self;
        f.debug_struct("Output")
            .field("base", base)
            .field("position", position)
            .field("end", end)
            .field("lost", lost)
            .field("can_seek", &seek.is_some())
            .finish_non_exhaustive()
    }
}
