//! Buffers that begin where a cache line does.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest vector register.
const LINE: usize = 64;

/// Numbers that begin at a multiple of 64 bytes.
///
/// The allocator puts buffers of some kilobytes 16 bytes after such a multiple, and one after the other with nearly the same distance from
/// a page's begin. Vectors then reach over two lines, and loads wait for stores that only seem to hit them: a transform of 2048 `f32` takes
/// twice as long (benches/notes.md).
pub(crate) struct Aligned<N> {
    numbers: Vec<N>,
    start: usize,
    len: usize,
}

impl<N: Clone> Aligned<N> {
    pub(crate) fn new(len: usize, value: N) -> Self {
        let room = LINE / size_of::<N>().clamp(1, LINE);
        let numbers = vec![value; len + room];
        // Where there is no such place, as with zero sizes, anywhere will do.
        let start = numbers.as_ptr().align_offset(LINE);
        Aligned { start: if start <= room { start } else { 0 }, numbers, len }
    }

    /// Makes it as long as that, and all of it `value` if it was not.
    #[cfg(feature = "spectrum")]
    pub(crate) fn resize(&mut self, len: usize, value: N) {
        if len != self.len {
            *self = Aligned::new(len, value);
        }
    }
}

impl<N> Deref for Aligned<N> {
    type Target = [N];

    fn deref(&self) -> &[N] {
        &self.numbers[self.start..self.start + self.len]
    }
}

impl<N> DerefMut for Aligned<N> {
    fn deref_mut(&mut self) -> &mut [N] {
        &mut self.numbers[self.start..self.start + self.len]
    }
}

impl<N: Clone> Clone for Aligned<N> {
    fn clone(&self) -> Self {
        let Some(first) = self.first() else {
            return Aligned { numbers: Vec::new(), start: 0, len: 0 };
        };
        let mut clone = Aligned::new(self.len, first.clone());
        clone.clone_from_slice(self);
        clone
    }
}

#[cfg(test)]
mod tests {
    use super::{Aligned, LINE};

    #[test]
    fn buffers_and_their_clones_begin_at_a_line() {
        let aligned = |buffer: &Aligned<f32>| buffer.as_ptr().addr().is_multiple_of(LINE);
        for len in 0..100 {
            let mut buffer = Aligned::new(len, 1.0_f32);
            let numbers = (0_u8..).map(f32::from);
            buffer.iter_mut().zip(numbers).for_each(|(to, number)| *to = number);
            let clone = buffer.clone();
            assert!(aligned(&buffer) && (len == 0 || aligned(&clone)));
            assert_eq!((buffer.len(), &*clone), (len, &*buffer));
        }
    }
}
