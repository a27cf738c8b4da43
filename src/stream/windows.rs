//! Overlapping windows, lent from one buffer in which they slide.

use std::fmt;

use ndarray::{Array2, ArrayView2};

use super::buffer::{grow, read_growing};
use super::source::Source;
use crate::error::Result;
use crate::pcm::{Sample, view};

/// Samples behind a short window in the buffer at least, so that what overlaps is moved seldom.
const SLACK_SAMPLES: usize = 16 << 10;

/// What stands before the first frame and behind the last when windows are centred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Padding {
    /// Zeros, as librosa's `pad_mode="constant"`.
    #[default]
    Zero,
    /// The first and the last frame, repeated, as NumPy's `mode="edge"`.
    Edge,
    /// The frames beside the first and the last, mirrored at these, as NumPy's `mode="reflect"`.
    Reflect,
}

/// Slides a window of `len` frames by `hop` frames; an incomplete one is dropped.
///
/// The same windows, in the same order, as `read_all()?.axis_windows_with_stride(Axis(0), len, hop)`, in the memory of one;
/// a `hop` over `len` skips frames. It is no `Iterator`, since each window is gone when the next comes;
/// [`owned`](Windows::owned) is, and allocates every window.
///
/// **Shape** `len × channels`, always. **Memory** two windows, or one and 16,384 samples if that is more, so that frames which the next window needs too are moved once in
/// a while and not each time.
///
/// # Examples
/// ```
/// use ndaudio::{ArraySource, Source, ndarray::array};
///
/// let mut source = ArraySource::new(array![[1_i16], [2], [3], [4], [5]], 8_000);
/// let mut windows = source.windows::<i16>(3, 2);
/// assert_eq!(windows.next()?.unwrap(), array![[1], [2], [3]]);
/// assert_eq!(windows.next()?.unwrap(), array![[3], [4], [5]]);
/// assert_eq!(windows.position(), 2);
/// assert!(windows.next()?.is_none());
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct Windows<S, T> {
    source: S,
    len: usize,
    hop: usize,
    channels: usize,
    /// What stands at both ends, and how many frames of it.
    padding: Padding,
    edge: usize,
    pad_end: Option<T>,

    buffer: Vec<T>,
    /// Frames in the buffer that are valid, padding included.
    filled: usize,
    /// Of these, the ones up to the source's last.
    source_end: usize,
    /// Where in the buffer the window lent last begins.
    start: usize,
    /// Frames of the right-hand padding that are in the buffer.
    right_padding: usize,
    /// Windows lent.
    count: u64,
    /// Where the source was when this began.
    base: u64,
    source_ended: bool,
    ended: bool,
}

impl<S: Source, T: Sample> Windows<S, T> {
    /// Windows of `len` frames, each `hop` frames further, of a source from where it is.
    ///
    /// # Panics
    /// Unless `len >= 1` and `hop >= 1`.
    #[must_use]
    pub fn new(source: S, len: usize, hop: usize) -> Self {
        assert!(len >= 1, "len (0) must be at least 1");
        assert!(hop >= 1, "hop (0) must be at least 1");
        let (channels, base) = (source.spec().channels(), source.position());
        Windows {
            source,
            len,
            hop,
            channels,
            padding: Padding::Zero,
            edge: 0,
            pad_end: None,
            buffer: Vec::new(),
            filled: 0,
            source_end: 0,
            start: 0,
            right_padding: 0,
            count: 0,
            base,
            source_ended: false,
            ended: false,
        }
    }

    /// Keeps the incomplete last window, filled up with `value`, if it has frames that no window before it had.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16], [2], [3], [4], [5]], 8_000);
    /// let windows: Vec<_> = source.windows::<i16>(3, 3).pad_end(0).owned().collect::<Result<_, _>>()?;
    /// assert_eq!(windows, [array![[1], [2], [3]], array![[4], [5], [0]]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn pad_end(mut self, value: T) -> Self {
        self.pad_end = Some(value);
        self
    }

    /// Centres the windows on the frames 0, `hop`, 2 × `hop` …: puts `len / 2` zeros at both ends, as librosa's `center=True`.
    ///
    /// An even `len` then gives 1 + frames / `hop` windows, librosa's number of frames.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16], [2], [3]], 8_000);
    /// let mut windows = source.windows::<i16>(2, 2).centered();
    /// assert_eq!(windows.next()?.unwrap(), array![[0], [1]]);
    /// assert_eq!(windows.next()?.unwrap(), array![[2], [3]]);
    /// assert!(windows.next()?.is_none());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn centered(self) -> Self {
        self.centered_with(Padding::Zero)
    }

    /// Centres the windows as [`centered`](Windows::centered) does, with something else at both ends.
    ///
    /// Only there: blocks inside the audio do not show, unlike with librosa's `stream`. Audio of no frames at all has windows of zeros with
    /// [`Padding::Zero`] and none with the others.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Padding, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16], [2], [3], [4]], 8_000);
    /// let mut windows = source.windows::<i16>(4, 4).centered_with(Padding::Reflect);
    /// assert_eq!(windows.next()?.unwrap(), array![[3], [2], [1], [2]]);
    /// assert_eq!(windows.next()?.unwrap(), array![[3], [4], [3], [2]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn centered_with(mut self, padding: Padding) -> Self {
        (self.padding, self.edge) = (padding, self.len / 2);
        self
    }

    /// Lends the next window; `None` behind the last, and after an error, since nobody knows then which frames would come.
    ///
    /// # Errors
    /// Whatever reading can meet.
    #[expect(clippy::should_implement_trait, reason = "lends from self, which Iterator cannot")]
    pub fn next(&mut self) -> Result<Option<ArrayView2<'_, T>>> {
        // Unless this goes well.
        if std::mem::replace(&mut self.ended, true) || !self.advance()? {
            return Ok(None);
        }
        self.make_room();
        self.complete()?;
        let available = self.filled - self.start;
        let last = available < self.len;
        if last {
            // Frames that the window before had too are no reason for another.
            let shared = if self.count == 0 { 0 } else { self.len.saturating_sub(self.hop) };
            let Some(value) = self.pad_end.filter(|_| available > shared) else {
                return Ok(None);
            };
            let from = self.filled * self.channels;
            let to = self.start.saturating_add(self.len).saturating_mul(self.channels);
            grow(&mut self.buffer, to)?;
            self.buffer[from..to].fill(value);
        }
        if self.count == 0 {
            // All the room there will be; as much again as what has just been read, or a little.
            let all = self.capacity().saturating_mul(self.channels);
            grow(&mut self.buffer, all)?;
        }
        self.ended = last;
        self.count += 1;
        let (from, to) = (self.start * self.channels, (self.start + self.len) * self.channels);
        Ok(Some(view(&self.buffer[from..to], self.len, self.channels)))
    }

    /// The first frame of the window lent last, counted as the source counts; of centred windows the frame in the middle,
    /// since the first one lies before the audio.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.base.saturating_add((self.hop as u64).saturating_mul(self.count.saturating_sub(1)))
    }

    /// An iterator of arrays, one allocated for each window.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let loudest: Vec<Option<i16>> = reader.windows::<i16>(2048, 512).owned()
    ///     .map(|window| Ok(window?.iter().copied().max()))
    ///     .collect::<ndaudio::Result<_>>()?;
    /// assert_eq!(loudest.len(), (441_000 - 2048) / 512 + 1);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn owned(self) -> OwnedWindows<S, T> {
        OwnedWindows(self)
    }

    /// Frames behind a window that its right-hand padding may mirror.
    fn tail(&self) -> usize {
        if self.edge == 0 || self.padding == Padding::Zero { 0 } else { self.edge + 1 }
    }

    /// Frames that the buffer has room for.
    fn capacity(&self) -> usize {
        let slack = self.len.max(SLACK_SAMPLES / self.channels);
        self.len.saturating_add(slack).saturating_add(self.tail())
    }

    /// Goes on to where the next window begins; false if that is behind everything.
    fn advance(&mut self) -> Result<bool> {
        if self.count == 0 {
            self.pad_left()?;
            return Ok(true);
        }
        let ahead = self.filled - self.start;
        if self.hop <= ahead {
            self.start += self.hop;
            return Ok(true);
        }
        let mut gap = self.hop - ahead;
        self.start = self.filled;
        if self.source_ended {
            return Ok(false);
        }
        if self.tail() == 0 {
            // Nothing before the gap is needed again.
            (self.filled, self.start, self.source_end) = (0, 0, 0);
            return Ok(self.source.skip_frames(gap as u64)? == gap as u64);
        }
        while gap > 0 && !self.source_ended {
            self.make_room();
            gap -= self.read(gap.min(self.len))?;
            self.start = self.filled;
        }
        Ok(gap == 0)
    }

    /// Moves what is still needed to the front, if there is no room behind it for a window.
    fn make_room(&mut self) {
        if self.start.saturating_add(self.len) <= self.capacity() {
            return;
        }
        let dropped = self.start.min(self.source_end.saturating_sub(self.tail()));
        self.buffer.copy_within(dropped * self.channels..self.filled * self.channels, 0);
        self.start -= dropped;
        self.filled -= dropped;
        self.source_end -= dropped;
    }

    /// Reads up to `frames` frames behind those in the buffer.
    fn read(&mut self, frames: usize) -> Result<usize> {
        let read = read_growing(&mut self.source, &mut self.buffer, self.filled * self.channels, frames)?;
        self.filled += read;
        self.source_end = self.filled;
        self.source_ended = read < frames;
        Ok(read)
    }

    /// Fills the window up, with what the source has and then with padding.
    fn complete(&mut self) -> Result<()> {
        let missing = |windows: &Self| windows.len.saturating_sub(windows.filled - windows.start);
        if missing(self) > 0 && !self.source_ended {
            self.read(missing(self))?;
        }
        let frames = missing(self).min(self.edge - self.right_padding);
        if frames > 0 && self.source_ended {
            grow(&mut self.buffer, self.filled.saturating_add(frames).saturating_mul(self.channels))?;
            for behind in self.right_padding..self.right_padding + frames {
                self.pad_right(behind);
            }
            self.right_padding += frames;
        }
        Ok(())
    }

    /// Puts the left-hand padding in place, and behind it the frames that it mirrors.
    fn pad_left(&mut self) -> Result<()> {
        if self.edge == 0 {
            return Ok(());
        }
        grow(&mut self.buffer, self.edge.saturating_mul(self.channels))?;
        (self.filled, self.source_end) = (self.edge, self.edge);
        let mirrored = match self.padding {
            Padding::Zero => 0,
            Padding::Edge => 1,
            Padding::Reflect => self.edge + 1,
        };
        let read = if mirrored > 0 { self.read(mirrored)? } else { 0 };
        if read == 0 && mirrored > 0 {
            // Nothing to repeat or to mirror.
            (self.filled, self.source_end, self.edge) = (0, 0, 0);
            return Ok(());
        }
        for before in 1..=self.edge {
            match self.padding {
                // As the buffer was made.
                Padding::Zero => break,
                Padding::Edge => self.copy_frame(self.edge, self.edge - before),
                Padding::Reflect => self.copy_frame(self.edge + fold(before, read), self.edge - before),
            }
        }
        Ok(())
    }

    /// Appends the frame of padding that has `behind` others between it and the audio.
    fn pad_right(&mut self, behind: usize) {
        match self.padding {
            Padding::Zero => {
                let from = self.filled * self.channels;
                self.buffer[from..from + self.channels].fill(T::zero());
            }
            Padding::Edge => self.copy_frame(self.source_end - 1, self.filled),
            // Where the audio is shorter than its padding this mirrors the padding before it, which is a mirror image itself.
            Padding::Reflect => self.copy_frame(self.source_end - 2 - behind, self.filled),
        }
        self.filled += 1;
    }

    fn copy_frame(&mut self, from: usize, to: usize) {
        let channels = self.channels;
        self.buffer.copy_within(from * channels..(from + 1) * channels, to * channels);
    }
}

/// How far inside `len` frames a mirror image `distance` frames outside lies, when both ends mirror.
fn fold(distance: usize, len: usize) -> usize {
    if len == 1 {
        return 0;
    }
    let period = 2 * (len - 1);
    let distance = distance % period;
    distance.min(period - distance)
}

impl<S, T> fmt::Debug for Windows<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Windows { len, hop, padding, count, ended, .. } = self;
        f.debug_struct("Windows")
            .field("len", len)
            .field("hop", hop)
            .field("padding", padding)
            .field("count", count)
            .field("ended", ended)
            .finish_non_exhaustive()
    }
}

/// Iterates over windows as arrays of their own; from [`Windows::owned`]. Ends after the first error.
pub struct OwnedWindows<S, T>(Windows<S, T>);

impl<S: Source, T: Sample> Iterator for OwnedWindows<S, T> {
    type Item = Result<Array2<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.0.next().map(|window| window.map(|window| window.to_owned())).transpose();
        self.0.ended |= matches!(item, Some(Err(_)));
        item
    }
}

impl<S: Source, T: Sample> std::iter::FusedIterator for OwnedWindows<S, T> {}

impl<S, T> fmt::Debug for OwnedWindows<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedWindows").field(&self.0).finish()
    }
}
