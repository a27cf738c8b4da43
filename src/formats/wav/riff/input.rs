//! Buffered bytes and their position, from readers that may or may not seek.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Bytes read ahead while the header is walked: most headers fit, and an opened file costs one read.
const HEADER_READ: usize = 4 << 10;

/// Where a page of memory begins, and a page of a file in the page cache.
const PAGE: u64 = 4096;
/// Bytes that a target may not be ahead of its source, both counted from the beginning of their pages.
///
/// The kernel copies from the page cache with one instruction of the processor, `rep movsb`. AMD's (Zen 3) takes three and a half times as
/// long where the target is 1 to 31 bytes ahead, modulo 4096: for each piece of the copy it seems to wait for the one before. Large vectors
/// begin 16 bytes after a page, and audio that begins at a multiple of 4096 bytes of a file is common.
const TOO_NEAR: usize = 32;

/// `Seek::seek` of a reader that has it, as a value, so that one type serves readers with and without.
type SeekFn<R> = fn(&mut R, SeekFrom) -> io::Result<u64>;

/// A reader with a buffer, a position counted from where it began, and, where it can seek, a length.
#[derive(Debug)]
pub(crate) struct Input<R> {
    inner: R,
    seek: Option<SeekFn<R>>,
    /// Bytes from the first to the end of the input, where it can seek.
    len: Option<u64>,
    /// Position of the byte at `buffer[start]`.
    position: u64,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Input<R> {
    /// An input that can only be read on.
    pub(crate) fn new(inner: R) -> Self {
        Input { inner, seek: None, len: None, position: 0, buffer: Vec::new(), start: 0, end: 0 }
    }

    /// An input that can seek. Nothing before its present position is seen.
    pub(crate) fn seekable(mut inner: R) -> io::Result<Self>
    where
        R: Seek,
    {
        let begin = inner.stream_position()?;
        let end = inner.seek(SeekFrom::End(0))?;
        inner.seek(SeekFrom::Start(begin))?;
        Ok(Input { len: Some(end.saturating_sub(begin)), seek: Some(R::seek), ..Input::new(inner) })
    }

    pub(crate) fn can_seek(&self) -> bool {
        self.seek.is_some()
    }

    pub(crate) fn len(&self) -> Option<u64> {
        self.len
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn get_ref(&self) -> &R {
        &self.inner
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }

    /// The bytes that have been read ahead.
    pub(crate) fn buffered(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Marks buffered bytes as used.
    pub(crate) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start, "only what is buffered can be consumed");
        self.start += count;
        self.position += count as u64;
    }

    /// Grows the buffer to this many bytes.
    pub(crate) fn make_room(&mut self, capacity: usize) {
        if self.buffer.len() < capacity + TOO_NEAR {
            // Zeros from the allocator, which cost nothing until they are touched: most files that are opened are short.
            let mut larger = vec![0; capacity + TOO_NEAR];
            larger[self.start..self.end].copy_from_slice(self.buffered());
            self.buffer = larger;
        }
    }

    /// Returns buffered bytes, which may be changed, and marks them as used.
    pub(crate) fn take(&mut self, count: usize) -> &mut [u8] {
        let begin = self.start;
        self.consume(count);
        &mut self.buffer[begin..begin + count]
    }

    /// Reads once into the buffer, up to `capacity` bytes in it in all; 0 at the end of the input.
    pub(crate) fn fill(&mut self, capacity: usize) -> io::Result<usize> {
        self.make_room(capacity);
        let kept = self.end - self.start;
        let begin = if self.is_slow_target(&self.buffer[kept..]) { TOO_NEAR } else { 0 };
        if self.start != begin {
            self.buffer.copy_within(self.start..self.end, begin);
            (self.start, self.end) = (begin, begin + kept);
        }
        let count = read_once(&mut self.inner, &mut self.buffer[self.end..begin + capacity.max(kept)])?;
        self.end += count;
        Ok(count)
    }

    /// The next `count` bytes, without using them; fewer only at the end of the input.
    pub(crate) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        // The end is where it was at the start, even if a recorder goes on writing.
        let left = self.len.map_or(u64::MAX, |len| len.saturating_sub(self.position));
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(count);
        while self.end - self.start < count {
            if self.fill(HEADER_READ.max(count))? == 0 {
                break;
            }
        }
        let available = self.buffered();
        Ok(&available[..available.len().min(count)])
    }

    /// Returns whether the next bytes would be copied slowly to the beginning of `out`; see [`TOO_NEAR`].
    pub(crate) fn is_slow_target(&self, out: &[u8]) -> bool {
        let source = self.position + self.buffered().len() as u64;
        let ahead = (out.as_ptr().addr() as u64).wrapping_sub(source) % PAGE;
        (1..TOO_NEAR as u64).contains(&ahead)
    }

    /// Reads once past the buffer, which must be empty, straight into the caller's memory.
    pub(crate) fn read_direct(&mut self, out: &mut [u8]) -> io::Result<usize> {
        debug_assert!(self.start == self.end, "buffered bytes come first");
        let count = read_once(&mut self.inner, out)?;
        self.position += count as u64;
        Ok(count)
    }

    /// The next `count` bytes, fewer only at the end of the input; memory grows with what is read, not with `count`.
    pub(crate) fn read_bytes(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(len) = self.len {
            // As many as there are, so that memory is not taken twice while it grows.
            let available = len.saturating_sub(self.position).min(count);
            let _ = bytes.try_reserve_exact(usize::try_from(available).unwrap_or(usize::MAX));
        }
        while (bytes.len() as u64) < count {
            if self.buffered().is_empty() && self.fill(HEADER_READ)? == 0 {
                break;
            }
            let wanted = usize::try_from(count - bytes.len() as u64).unwrap_or(usize::MAX);
            let available = self.buffered();
            let take = available.len().min(wanted);
            bytes.extend_from_slice(&available[..take]);
            self.consume(take);
        }
        Ok(bytes)
    }

    /// Goes forward by `count` bytes, or to the end of the input if that comes first. Returns by how many.
    pub(crate) fn skip(&mut self, count: u64) -> io::Result<u64> {
        if let Some(len) = self.len {
            let count = count.min(len.saturating_sub(self.position));
            self.seek_to(self.position + count)?;
            return Ok(count);
        }
        let mut skipped = 0;
        while skipped < count {
            if self.buffered().is_empty() && self.fill(HEADER_READ)? == 0 {
                break;
            }
            let take = usize::try_from(count - skipped).unwrap_or(usize::MAX).min(self.end - self.start);
            self.consume(take);
            skipped += take as u64;
        }
        Ok(skipped)
    }

    /// Goes to a position counted from where the input began.
    pub(crate) fn seek_to(&mut self, position: u64) -> io::Result<()> {
        let Some(seek) = self.seek else {
            return Err(io::Error::new(ErrorKind::Unsupported, "this input cannot seek"));
        };
        self.seek_with(position, seek)
    }

    /// Where the input ends now, for an input that was opened as one that can only be read on.
    pub(crate) fn find_end(&mut self, seek: SeekFn<R>) -> io::Result<u64> {
        let here = seek(&mut self.inner, SeekFrom::Current(0))?;
        let end = seek(&mut self.inner, SeekFrom::End(0))?;
        seek(&mut self.inner, SeekFrom::Start(here))?;
        Ok(self.position + self.buffered().len() as u64 + end.saturating_sub(here))
    }

    /// As [`seek_to`](Self::seek_to), for an input that was opened as one that can only be read on.
    pub(crate) fn seek_with(&mut self, position: u64, seek: SeekFn<R>) -> io::Result<()> {
        let buffered = (self.end - self.start) as u64;
        if position >= self.position && position - self.position <= buffered {
            self.start += usize::try_from(position - self.position).unwrap_or(0);
        } else {
            // Relative, since the input need not have begun at the reader's own zero.
            let behind = i128::from(position) - i128::from(self.position + buffered);
            let Ok(by) = i64::try_from(behind) else {
                return Err(io::Error::new(ErrorKind::InvalidInput, "position over 2^63"));
            };
            seek(&mut self.inner, SeekFrom::Current(by))?;
            (self.start, self.end) = (0, 0);
        }
        self.position = position;
        Ok(())
    }
}

/// One read, again if a signal interrupted it.
fn read_once(reader: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(out) {
            // A reader that claims more than it was given room for is broken; the count is used to slice.
            Ok(count) => return Ok(count.min(out.len())),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of which at most some bytes are read at a time, and how far ahead of their place in it they were put.
    struct Targets {
        left: usize,
        most: usize,
        position: u64,
        ahead: Vec<u64>,
    }

    fn byte_at(position: u64) -> u8 {
        position.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()[7]
    }

    impl Read for Targets {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = out.len().min(self.left).min(self.most);
            self.ahead.push((out.as_ptr().addr() as u64).wrapping_sub(self.position) % PAGE);
            (self.position..).zip(&mut out[..count]).for_each(|(position, byte)| *byte = byte_at(position));
            self.left -= count;
            self.position += count as u64;
            Ok(count)
        }
    }

    #[test]
    fn no_read_is_into_memory_just_ahead_of_its_source() {
        for (most, take) in [(256, 1), (256, 7), (256, 16), (255, 250), (17, 44), (1, 1), (256, 256)] {
            let mut input = Input::new(Targets { left: 40_000, most, position: 0, ahead: Vec::new() });
            let mut read = Vec::new();
            while input.fill(512).unwrap() > 0 || !input.buffered().is_empty() {
                let take = take.min(input.buffered().len());
                read.extend_from_slice(&input.buffered()[..take]);
                input.consume(take);
            }
            // Every byte is what it was at its place, however often what was kept has moved.
            assert!((0_u64..).zip(&read).all(|(position, byte)| *byte == byte_at(position)));
            assert_eq!(read.len(), 40_000);
            let ahead = input.into_inner().ahead;
            assert!(ahead.iter().all(|ahead| !(1..32).contains(ahead)), "{ahead:?}");
        }
    }

    /// A file that counts how often it is asked to seek.
    struct Seeks(io::Cursor<Vec<u8>>, usize);

    impl Read for Seeks {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0.read(out)
        }
    }

    impl Seek for Seeks {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.1 += 1;
            self.0.seek(to)
        }
    }

    #[test]
    fn what_was_read_ahead_is_reached_without_a_seek() {
        let ahead = HEADER_READ as u64;
        for (position, seeks) in [(0, 0), (7, 0), (ahead - 1, 0), (ahead, 0), (ahead + 1, 1)] {
            let bytes = (0..10_000).map(byte_at).collect();
            let mut input = Input::seekable(Seeks(io::Cursor::new(bytes), 0)).unwrap();
            input.peek(1).unwrap();
            assert_eq!(input.buffered().len(), HEADER_READ);
            let before = input.get_ref().1;
            for _ in 0..2 {
                input.seek_to(position).unwrap();
                assert_eq!((input.position(), input.get_ref().1 - before), (position, seeks), "{position}");
            }
            assert_eq!(input.read_bytes(1).unwrap(), [byte_at(position)]);
        }
    }

    #[test]
    fn targets_just_ahead_of_the_source_are_known() {
        let bytes = vec![0_u8; 3 * 4096];
        let page = bytes.as_ptr().align_offset(4096);
        let mut input = Input::new(io::empty());
        for (position, slow) in [(0, 1..32), (4096, 1..32), (40, 41..72)] {
            input.position = position;
            let found: Vec<usize> = (0..4096).filter(|at| input.is_slow_target(&bytes[page + at..])).collect();
            assert_eq!(found, slow.collect::<Vec<_>>());
        }
    }
}
