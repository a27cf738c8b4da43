//! Consecutive frames, lent from one buffer.

use std::fmt;

use ndarray::{Array2, ArrayViewMut2};

use super::buffer::read_growing;
use super::source::Source;
use crate::error::Result;
use crate::pcm::{Sample, view_mut};

/// Lends block after block of `len` frames, the last with what is left, from one buffer.
///
/// The same blocks, in the same order, as `read_all()?.axis_chunks_iter(Axis(0), len)`, in the memory of one, and they can be
/// changed in place. This is not an `Iterator`, because each block is overwritten by the next; [`owned`](Blocks::owned) is one, and
/// allocates every block.
///
/// **Shape** `len × channels`, the last with at least one frame. **Memory** one block, allocated as it is first read.
///
/// # Examples
/// ```
/// use ndaudio::WavReader;
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut blocks = reader.blocks::<i16>(4096);
/// let mut frames = 0;
/// while let Some(mut block) = blocks.next()? {
///     block.column_mut(1).fill(0); // the block is yours to edit
///     frames += block.nrows();
/// }
/// assert_eq!(frames, 441_000);
/// assert_eq!(blocks.position(), 107 * 4096); // the first frame of the last block
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct Blocks<S, T> {
    source: S,
    len: usize,
    channels: usize,
    buffer: Vec<T>,
    /// First frame of the last block lent.
    position: u64,
    /// First frame of the next.
    next_position: u64,
    ended: bool,
}

impl<S: Source, T: Sample> Blocks<S, T> {
    /// Blocks of `len` frames of a source, from where it is.
    ///
    /// # Panics
    /// Unless `len >= 1`.
    #[must_use]
    #[track_caller]
    pub fn new(source: S, len: usize) -> Self {
        assert!(len >= 1, "len (0) must be at least 1");
        let channels = source.spec().channels();
        let position = source.position();
        Blocks { source, len, channels, buffer: Vec::new(), position, next_position: position, ended: false }
    }

    /// Lends the next block; `None` after the last, and after an error, because it is then unknown which frames would come.
    ///
    /// # Errors
    /// Whatever reading can meet.
    #[expect(clippy::should_implement_trait, reason = "lends from self, which Iterator cannot")]
    pub fn next(&mut self) -> Result<Option<ArrayViewMut2<'_, T>>> {
        if self.ended {
            return Ok(None);
        }
        // Unless this goes well.
        self.ended = true;
        // Small blocks of the stored type are lent from the source's own buffer, so that the read is their only copy.
        let lent = self.source.ready_to_lend::<T>(self.len)?;
        let frames = match lent {
            Some(frames) => frames,
            None => read_growing(&mut self.source, &mut self.buffer, 0, self.len)?,
        };
        self.ended = frames < self.len;
        if frames == 0 {
            return Ok(None);
        }
        self.position = self.next_position;
        self.next_position = self.next_position.saturating_add(frames as u64);
        let samples = match lent {
            Some(frames) => self.source.lend(frames),
            None => &mut self.buffer[..frames * self.channels],
        };
        Ok(Some(view_mut(samples, frames, self.channels)))
    }

    /// Lends the next block together with its first frame, for changes that depend on the place in the recording: a fade, a
    /// ramp, dither.
    ///
    /// # Errors
    /// As [`next`](Blocks::next).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{WavReader, gain};
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let ramp = gain::Ramp::new(0, 441_000, 1.0, 0.0, gain::Shape::Linear)?;
    /// let mut blocks = reader.blocks::<i16>(4096);
    /// while let Some((position, mut block)) = blocks.next_with_position()? {
    ///     gain::ramp(&mut block, position, &ramp);
    /// }
    /// assert_eq!(blocks.next_position(), 441_000);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn next_with_position(&mut self) -> Result<Option<(u64, ArrayViewMut2<'_, T>)>> {
        let position = self.next_position;
        Ok(self.next()?.map(|block| (position, block)))
    }

    /// The first frame of the last block lent, counted as the source counts.
    ///
    /// This cannot be called while a block is borrowed; [`next_with_position`](Blocks::next_with_position) returns both together.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The first frame of the next block, counted as the source counts.
    #[must_use]
    pub fn next_position(&self) -> u64 {
        self.next_position
    }

    /// The source that the blocks are read from.
    #[must_use]
    pub fn source(&self) -> &S {
        &self.source
    }

    /// An iterator of arrays, one allocated for each block.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    ///
    /// let mut loudest = 0;
    /// for block in WavReader::open("data/music.wav")?.blocks::<i16>(44_100).owned() {
    ///     loudest = block?.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0).max(loudest);
    /// }
    /// assert!(loudest > 20_000);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn owned(self) -> OwnedBlocks<S, T> {
        OwnedBlocks(self)
    }
}

impl<S, T> fmt::Debug for Blocks<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Blocks { len, position, ended, .. } = self;
        f.debug_struct("Blocks")
            .field("len", len)
            .field("position", position)
            .field("ended", ended)
            .finish_non_exhaustive()
    }
}

/// Iterates over blocks, each an array of its own; from [`Blocks::owned`]. Ends after the first error.
pub struct OwnedBlocks<S, T>(Blocks<S, T>);

impl<S: Source, T: Sample> Iterator for OwnedBlocks<S, T> {
    type Item = Result<Array2<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|block| block.map(|block| block.to_owned())).transpose()
    }
}

impl<S: Source, T: Sample> std::iter::FusedIterator for OwnedBlocks<S, T> {}

impl<S, T> fmt::Debug for OwnedBlocks<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedBlocks").field(&self.0).finish()
    }
}
