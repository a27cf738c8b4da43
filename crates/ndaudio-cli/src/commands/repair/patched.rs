//! A file as it would be after some bytes of it were changed, so that the outcome can be looked at before anything is done.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A file, the bytes to change in it, and the length to give it.
#[derive(Debug, Clone)]
pub(crate) struct Patched<'a> {
    file: &'a File,
    /// Bytes that the file has.
    file_len: u64,
    /// Bytes that it is to have: what is added are zeros.
    pub(crate) len: u64,
    /// Where, and what is to stand there.
    pub(crate) patches: Vec<(u64, Vec<u8>)>,
    position: u64,
}

/// What is to be done to a file, apart from it.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) file_len: u64,
    pub(crate) len: u64,
    pub(crate) patches: Vec<(u64, Vec<u8>)>,
}

impl<'a> Patched<'a> {
    pub(crate) fn new(file: &'a File) -> io::Result<Self> {
        let file_len = file.metadata()?.len();
        Ok(Patched { file, file_len, len: file_len, patches: Vec::new(), position: 0 })
    }

    pub(crate) fn into_changes(self) -> Changes {
        Changes { file_len: self.file_len, len: self.len, patches: self.patches }
    }
}

impl Changes {
    /// Does it: the additions, the changes, and when these are on the disk, the cut.
    pub(crate) fn apply(&self, file: &mut File) -> io::Result<()> {
        if self.len > self.file_len {
            file.set_len(self.len)?;
        }
        for (at, bytes) in &self.patches {
            file.seek(SeekFrom::Start(*at))?;
            file.write_all(bytes)?;
        }
        file.sync_all()?;
        if self.len < self.file_len {
            file.set_len(self.len)?;
            file.sync_all()?;
        }
        Ok(())
    }
}

impl Read for Patched<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        let in_file = usize::try_from(self.file_len.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let count = if in_file == 0 {
            out[..wanted].fill(0);
            wanted
        } else {
            let mut file = self.file;
            file.seek(SeekFrom::Start(self.position))?;
            file.read(&mut out[..wanted.min(in_file)])?
        };
        let (from, to) = (self.position, self.position + count as u64);
        for (at, bytes) in &self.patches {
            for (place, byte) in (*at..).zip(bytes) {
                if (from..to).contains(&place) {
                    // Less than `count`.
                    out[usize::try_from(place - from).unwrap_or(0)] = *byte;
                }
            }
        }
        self.position = to;
        Ok(count)
    }
}

impl Seek for Patched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
