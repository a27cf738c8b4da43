//! Overlapping windows, lent from one buffer in which they slide.

use std::fmt;

use ndarray::{Array2, ArrayView2};

use super::buffer::{grow, read_growing};
use super::source::Source;
use crate::error::Result;
use crate::pcm::{Sample, view};

/// Samples that the buffer holds after a short window at least, so that overlapping frames are rarely moved.
const SLACK_SAMPLES: usize = 16 << 10;

/// The padding of centred windows, before the first frame of the audio and after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Padding {
    /// Zeros, as librosa's `pad_mode="constant"`.
    #[default]
    Zero,
    /// Copies of the first and the last frame, as NumPy's `mode="edge"`.
    Edge,
    /// The audio mirrored at its first and last frame, as NumPy's `mode="reflect"`.
    Reflect,
}

/// Slides a window of `len` frames by `hop` frames; an incomplete one is dropped.
///
/// The same windows, in the same order, as `read_all()?.axis_windows_with_stride(Axis(0), len, hop)`, in the memory of one;
/// a `hop` greater than `len` skips frames. This is not an `Iterator`, because each window is overwritten by the next;
/// [`owned`](Windows::owned) is one, and allocates every window. Mono audio has windows of one column: `window.column(0)` is
/// one-dimensional.
///
/// **Shape** `len × channels`, always. **Memory** two windows, or one and 16,384 samples if that is more, so that frames that the next
/// window shares are moved only now and then.
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
    /// The padding, and its length at either end in frames.
    padding: Padding,
    edge: usize,
    pad_end: Option<T>,

    buffer: Vec<T>,
    /// Frames in the buffer that are valid, padding included.
    filled: usize,
    /// Of these, the ones up to the source's last.
    source_end: usize,
    /// Where in the buffer the last window lent begins.
    start: usize,
    /// Frames of the padding after the audio that are in the buffer.
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
    #[track_caller]
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

    /// Keeps the incomplete last window, filled up with `value`, if it has frames that no earlier window had.
    ///
    /// With [`centered`](Windows::centered) the padding counts as frames: the windows are those of the padded audio. So the last one
    /// may hold padding and `value` only, where a window without audio would end before the padding does.
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

    /// Centres the windows as [`centered`](Windows::centered) does, with other padding.
    ///
    /// Only the ends of the audio are padded, wherever the blocks that it is read in begin, unlike with librosa's `stream`. Audio of no
    /// frames has windows of zeros with [`Padding::Zero`], and none with the others.
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

    /// Lends the next window; `None` after the last, and after an error, because it is then unknown which frames would come.
    ///
    /// # Errors
    /// Whatever reading can meet.
    #[expect(clippy::should_implement_trait, reason = "lends from self, which Iterator cannot")]
    pub fn next(&mut self) -> Result<Option<ArrayView2<'_, T>>> {
        // Unless this goes well.
        if std::mem::replace(&mut self.ended, true) {
            return Ok(None);
        }
        self.advance()?;
        self.make_room();
        self.complete()?;
        let available = self.filled - self.start;
        let last = available < self.len;
        if last {
            // Frames that the previous window had as well are no reason for another.
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
            // All the room that will ever be needed.
            let all = self.capacity().saturating_mul(self.channels);
            grow(&mut self.buffer, all)?;
        }
        self.ended = last;
        self.count += 1;
        let (from, to) = (self.start * self.channels, (self.start + self.len) * self.channels);
        Ok(Some(view(&self.buffer[from..to], self.len, self.channels)))
    }

    /// Lends the next window together with its [`position`](Windows::position).
    ///
    /// # Errors
    /// As [`next`](Windows::next).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{WavReader, levels};
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let sample_rate = f64::from(reader.spec().sample_rate());
    /// let mut windows = reader.windows::<i16>(4410, 2205);
    /// let mut loud = Vec::new();
    /// while let Some((position, window)) = windows.next_with_position()? {
    ///     if levels::peak(&window)[0] > 0.7 {
    ///         loud.push(position as f64 / sample_rate); // seconds
    ///     }
    /// }
    /// assert!(!loud.is_empty());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn next_with_position(&mut self) -> Result<Option<(u64, ArrayView2<'_, T>)>> {
        let position = self.next_position();
        Ok(self.next()?.map(|window| (position, window)))
    }

    /// The first frame of the last window lent, counted as the source counts; of a centred window the frame in its middle,
    /// because its first may lie before the audio.
    ///
    /// This cannot be called while a window is borrowed; [`next_with_position`](Windows::next_with_position) returns both together.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position_of(self.count.saturating_sub(1))
    }

    /// The [`position`](Windows::position) that the next window will have.
    #[must_use]
    pub fn next_position(&self) -> u64 {
        self.position_of(self.count)
    }

    fn position_of(&self, window: u64) -> u64 {
        self.base.saturating_add((self.hop as u64).saturating_mul(window))
    }

    /// The source that the windows are read from.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Sequence, Source, levels};
    ///
    /// let mut sequence = Sequence::open(["data/music.wav", "data/music.wav"])?;
    /// let mut windows = sequence.windows::<i16>(44_100, 44_100);
    /// while let Some((position, window)) = windows.next_with_position()? {
    ///     let loud = levels::peak(&window)[0] > 0.5;
    ///     if loud {
    ///         let (file, frame) = windows.source().locate(position).unwrap(); // once the window is no longer used
    ///         assert_eq!(position, file as u64 * 441_000 + frame);
    ///     }
    /// }
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn source(&self) -> &S {
        &self.source
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

    /// Returns the number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Frames before the end of the audio that the padding after it may mirror.
    fn tail(&self) -> usize {
        if self.edge == 0 || self.padding == Padding::Zero { 0 } else { self.edge + 1 }
    }

    /// Frames that the buffer has room for.
    fn capacity(&self) -> usize {
        let slack = self.len.max(SLACK_SAMPLES / self.channels);
        self.len.saturating_add(slack).saturating_add(self.tail())
    }

    /// Advances to where the next window begins, or past everything.
    fn advance(&mut self) -> Result<()> {
        if self.count == 0 {
            return self.pad_left();
        }
        let ahead = self.filled - self.start;
        if self.hop <= ahead {
            self.start += self.hop;
            return Ok(());
        }
        // Frames to pass that are not in the buffer: first the source's, then those of the padding after it.
        let mut gap = self.hop - ahead;
        self.start = self.filled;
        if self.tail() == 0 && !self.source_ended {
            // Nothing before the gap is needed again.
            (self.filled, self.start, self.source_end) = (0, 0, 0);
            let skipped = self.source.skip_frames(gap as u64)?;
            self.source_ended = skipped < gap as u64;
            gap -= usize::try_from(skipped).map_or(gap, |skipped| skipped.min(gap));
        }
        while gap > 0 && !self.source_ended {
            self.make_room();
            gap -= self.read(gap.min(self.len))?;
            self.start = self.filled;
        }
        self.right_padding += gap.min(self.edge - self.right_padding);
        Ok(())
    }

    /// Moves the frames still needed to the front, if no window fits after them.
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

    /// Appends up to `frames` frames to the buffer.
    fn read(&mut self, frames: usize) -> Result<usize> {
        let read = read_growing(&mut self.source, &mut self.buffer, self.filled * self.channels, frames)?;
        self.filled += read;
        self.source_end = self.filled;
        self.source_ended = read < frames;
        Ok(read)
    }

    /// Completes the window from the source, and then from the padding.
    fn complete(&mut self) -> Result<()> {
        let missing = |windows: &Self| windows.len.saturating_sub(windows.filled - windows.start);
        if missing(self) > 0 && !self.source_ended {
            self.read(missing(self))?;
        }
        let frames = missing(self).min(self.edge - self.right_padding);
        if frames > 0 {
            grow(&mut self.buffer, self.filled.saturating_add(frames).saturating_mul(self.channels))?;
            for index in self.right_padding..self.right_padding + frames {
                self.pad_right(index);
            }
            self.right_padding += frames;
        }
        Ok(())
    }

    /// Puts the padding before the audio in place, and after it the frames that it mirrors.
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

    /// Appends the frame of padding that `index` others separate from the audio.
    fn pad_right(&mut self, index: usize) {
        match self.padding {
            Padding::Zero => {
                let from = self.filled * self.channels;
                self.buffer[from..from + self.channels].fill(T::zero());
            }
            Padding::Edge => self.copy_frame(self.source_end - 1, self.filled),
            // Where the audio is shorter than its padding, this mirrors the padding before it, itself a mirror image.
            Padding::Reflect => self.copy_frame(self.source_end - 2 - index, self.filled),
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

/// Iterates over windows, each an array of its own; from [`Windows::owned`]. Ends after the first error.
pub struct OwnedWindows<S, T>(Windows<S, T>);

impl<S: Source, T: Sample> Iterator for OwnedWindows<S, T> {
    type Item = Result<Array2<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|window| window.map(|window| window.to_owned())).transpose()
    }
}

impl<S: Source, T: Sample> std::iter::FusedIterator for OwnedWindows<S, T> {}

impl<S, T> fmt::Debug for OwnedWindows<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedWindows").field(&self.0).finish()
    }
}
