//! Bytes of an input, looked at before they are taken.

use std::io;

use super::input::Input;

/// Bytes of an input that are looked at before they are taken.
pub(crate) struct Buffered {
    input: Box<dyn Input>,
    buffer: Vec<u8>,
    /// Where the bytes that were not taken begin and end in the buffer.
    start: usize,
    end: usize,
    /// The byte of the file at `start`.
    offset: u64,
    /// Whether the input ends at `end`.
    ended: bool,
}

/// Bytes read at a time.
const STEP: usize = 32 << 10;

impl Buffered {
    pub(crate) fn new(input: Box<dyn Input>) -> Self {
        Buffered { input, buffer: Vec::new(), start: 0, end: 0, offset: 0, ended: false }
    }

    /// The byte of the file that is taken next.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next bytes: at least `count`, fewer only at the end of the input.
    pub(crate) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count && !self.ended {
            if self.buffer.len() - self.end < STEP {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
                // Grows with what was read, at most to twice what is asked for.
                let wanted = (self.end + STEP).max(count.min(2 * self.end) + STEP);
                if self.buffer.len() < wanted {
                    self.buffer.resize(wanted, 0);
                }
            }
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.held())
    }

    /// Bytes that were read and not taken.
    pub(crate) fn held(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Whether the bytes held are the last ones.
    pub(crate) fn holds_the_end(&self) -> bool {
        self.ended
    }

    /// Passes over bytes that are held.
    pub(crate) fn take(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start, "only what is held can be taken");
        self.start += count;
        self.offset += count as u64;
    }

    /// Passes over bytes, held or not; returns how many there were.
    pub(crate) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(STEP);
            let there = self.peek(step)?.len().min(step);
            if there == 0 {
                break;
            }
            self.take(there);
            left -= there as u64;
        }
        Ok(count - left)
    }

    /// Goes to a byte; `false` where the input only goes forward, and the byte is not held.
    pub(crate) fn go_to(&mut self, offset: u64) -> io::Result<bool> {
        let held = (self.end - self.start) as u64;
        if let Some(ahead) = offset.checked_sub(self.offset).filter(|&ahead| ahead <= held) {
            self.take(usize::try_from(ahead).unwrap_or_default());
            return Ok(true);
        }
        if !self.input.go_to(offset)? {
            return Ok(false);
        }
        (self.start, self.end, self.offset, self.ended) = (0, 0, offset, false);
        Ok(true)
    }

    /// Bytes in all, where known.
    pub(crate) fn len(&mut self) -> io::Result<Option<u64>> {
        self.input.len()
    }
}
