//! Where bytes are written to: counts exactly what arrived, and knows what else the writer underneath can do.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};

type SeekFn<W> = fn(&mut W, SeekFrom) -> io::Result<u64>;
type SyncFn<W> = fn(&mut W) -> io::Result<()>;
type TruncateFn<W> = fn(&mut W, u64) -> io::Result<()>;

/// A writer with its abilities as function pointers. One type then serves writers that can seek and those that cannot, and
/// `Drop`, which may demand no more than `W: Write`, can still finish a file.
pub(in crate::formats::wav) struct Output<W> {
    inner: W,
    /// Where this file begins in it.
    base: u64,
    /// Where the next byte goes, from `base`.
    position: u64,
    /// The end of what has been written, or was there before, from `base`.
    end: u64,
    /// Whether the position has to be set again: an error leaves it undefined.
    lost: bool,
    seek: Option<SeekFn<W>>,
    sync: Option<SyncFn<W>>,
    truncate: Option<TruncateFn<W>>,
}

impl<W: Write> Output<W> {
    /// A writer that only goes forward.
    pub(in crate::formats::wav) fn stream(inner: W) -> Self {
        Output { inner, base: 0, position: 0, end: 0, lost: false, seek: None, sync: None, truncate: None }
    }

    /// A writer that can go back. The file begins at its present position.
    pub(in crate::formats::wav) fn seekable(mut inner: W) -> io::Result<Self>
    where
        W: Seek,
    {
        let base = inner.stream_position()?;
        let seek: SeekFn<W> = |inner, to| inner.seek(to);
        Ok(Output { base, seek: Some(seek), ..Output::stream(inner) })
    }

    /// The same, with ways to bring bytes to the disk and to cut the file off.
    pub(in crate::formats::wav) fn on_disk(mut self, sync: SyncFn<W>, truncate: TruncateFn<W>) -> Self {
        (self.sync, self.truncate) = (Some(sync), Some(truncate));
        self
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

    /// Writes all bytes at this position.
    pub(in crate::formats::wav) fn write_at(&mut self, position: u64, bytes: &[u8]) -> io::Result<()> {
        self.go_to(position)?;
        self.write(bytes)
    }

    /// Writes all bytes where it is. On an error [`position`](Self::position) tells how many arrived.
    pub(in crate::formats::wav) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.inner.write(bytes) {
                Ok(0) => {
                    self.lost = self.can_seek();
                    return Err(ErrorKind::WriteZero.into());
                }
                Ok(count) => {
                    // A writer that claims more than it was given is broken, but no reason to lose count.
                    let count = count.min(bytes.len());
                    bytes = &bytes[count..];
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

    /// Passes everything on, to the disk itself if `sync` is set and the writer underneath can.
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

    /// Cuts off everything after `len`, if the writer underneath can.
    pub(in crate::formats::wav) fn truncate(&mut self, len: u64) -> io::Result<()> {
        if let Some(truncate) = self.truncate {
            truncate(&mut self.inner, self.base + len)?;
            self.end = self.end.min(len);
        }
        Ok(())
    }
}

impl Output<File> {
    /// A file, which can also be cut off and brought to the disk. A pipe or a device is written as a stream.
    pub(in crate::formats::wav) fn file(file: File) -> io::Result<Self> {
        if !file.metadata()?.is_file() {
            return Ok(Output::stream(file));
        }
        Ok(Output::seekable(file)?.on_disk(|file| file.sync_data(), |file, len| file.set_len(len)))
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Claims to have written more than it was given.
    struct Boaster(Vec<u8>);

    impl Write for Boaster {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.extend(bytes);
            Ok(bytes.len() + 1000)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_writer_that_claims_more_than_it_was_given_is_not_believed() {
        let mut output = Output::stream(Boaster(Vec::new()));
        output.write_at(0, b"abc").expect("it never fails");
        output.write_at(3, b"de").expect("it stands where it should");
        assert_eq!((output.position(), output.end()), (5, 5));
        assert_eq!(output.into_inner().0, b"abcde");
    }

    /// Is interrupted once, and then has no room.
    struct Full(bool);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            let interrupted = std::mem::replace(&mut self.0, false);
            Err(if interrupted { ErrorKind::Interrupted } else { ErrorKind::StorageFull }.into())
        }
    }

    #[test]
    fn flushing_is_tried_again_after_interruptions_only() {
        let error = Output::stream(Full(true)).flush(false).expect_err("there is no room");
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn the_file_begins_where_the_writer_stood() {
        let mut inner = Cursor::new(b"outer".to_vec());
        inner.set_position(5);
        let mut output = Output::seekable(inner).expect("it can seek");
        output.write_at(0, b"abcd").expect("memory has room");
        output.write_at(1, b"x").expect("memory has room");
        assert_eq!((output.position(), output.end()), (2, 4));
        assert_eq!(output.into_inner().into_inner(), b"outeraxcd");
    }
}
