//! Whatever audio can be read from.

use std::ops::RangeBounds;
use std::time::Duration;

use ndarray::{Array2, ArrayView2};

use super::blocks::Blocks;
use super::buffer::{read_growing, to_array};
use super::stages::{Concat, Filter, Filtered, Gain, Inspect, Limit, Mono, PadTo, Section, SelectChannels};
#[cfg(feature = "resample")]
use super::stages::{Quality, Resample};
use super::windows::Windows;
use crate::error::{Anomaly, Error, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::Spec;

/// A source of audio in order: a file, an array, another decoder, or one of these changed on its way.
///
/// Two methods make a source; blocks, windows and the rest come with them. A source of a type known at run time is a
/// `Box<dyn DynSource>`: see [`DynSource`](crate::DynSource).
///
/// # Examples
/// ```
/// use ndaudio::{Encoding, Sample, Source, Spec};
///
/// /// A square wave of full scale, without end.
/// struct Square(Spec, bool);
///
/// impl Source for Square {
///     fn spec(&self) -> &Spec {
///         &self.0
///     }
///     fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
///         for sample in &mut *out {
///             *sample = if self.1 { 1.0_f32 } else { -1.0 }.convert();
///             self.1 = !self.1;
///         }
///         Ok(out.len())
///     }
/// }
///
/// let mut square = Square(Spec::new(48_000, 1, Encoding::F32), true);
/// let mut windows = square.windows::<i16>(3, 1);
/// assert_eq!(windows.next()?.unwrap().column(0).to_vec(), [32_767, -32_768, 32_767]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub trait Source {
    /// The sample rate, channels and encoding of the audio.
    fn spec(&self) -> &Spec;

    /// Fills `out` with the next frames, one after the other, and returns how many **frames** it read: fewer than fit only at the
    /// end, and 0 after it. The rest of `out` is then unspecified. Returning more frames than fit is a bug, for which blocks and
    /// windows panic.
    ///
    /// # Errors
    /// Whatever reading can meet; which frames were read is then unknown.
    ///
    /// # Panics
    /// Unless `out.len()` is a multiple of `self.spec().channels()`.
    #[track_caller]
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize>;

    /// Frames in all; `None` where the number is unknown. Never a guess.
    fn frames(&self) -> Option<u64> {
        None
    }

    /// How long the audio is; `None` where [`frames`](Self::frames) is, or at a sample rate of 0 Hz.
    fn duration(&self) -> Option<Duration> {
        let rate = u64::from(self.spec().sample_rate());
        let frames = self.frames()?;
        let seconds = frames.checked_div(rate)?;
        // Less than 10^9, since the remainder is less than the rate.
        let nanoseconds = u32::try_from(frames % rate * 1_000_000_000 / rate).unwrap_or(0);
        Some(Duration::new(seconds, nanoseconds))
    }

    /// The frame that is read next, counted from 0. A source that does not count stays at 0; positions are then counted from
    /// where iteration began.
    fn position(&self) -> u64 {
        0
    }

    /// Goes to a frame, which is read next.
    ///
    /// # Errors
    /// [`ErrorKind::SeekPastEnd`](crate::ErrorKind::SeekPastEnd) if there are fewer frames,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a source that cannot seek (the
    /// default), and any error of seeking.
    fn seek(&mut self, frame: u64) -> Result<()> {
        let _ = frame;
        Err(Error::unsupported_operation("this source can only be read on, it cannot seek"))
    }

    /// The anomalies of the file underneath, and how each was read; empty for sources that are not files.
    fn anomalies(&self) -> &[Anomaly] {
        &[]
    }

    /// The metadata of the file underneath; empty for sources that are not files.
    ///
    /// # Errors
    /// Whatever reading can meet.
    fn metadata(&mut self) -> Result<Metadata> {
        Ok(Metadata::default())
    }

    /// Returns whether nothing has shown yet at which end of 4 bytes samples of 24 bits are, because they are all zero so far. The spec has them
    /// at the bottom.
    #[doc(hidden)]
    fn fits_either_end(&self) -> bool {
        false
    }

    /// Returns whether the next frames are already buffered as `T`, so that [`lend`](Self::lend) can lend them in place:
    /// how many of the `frames` asked for, 0 at the end.
    #[doc(hidden)]
    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        let _ = frames;
        Ok(None)
    }

    /// Returns the frames counted by [`ready_to_lend`](Self::ready_to_lend), and advances past them.
    #[doc(hidden)]
    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        let _ = frames;
        &mut []
    }

    /// Advances past frames without returning them, and returns how many there were: fewer than asked for only at the end.
    ///
    /// # Errors
    /// Whatever reading can meet.
    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        /// Samples read at a time only to be dropped.
        const STEP: usize = 16 << 10;
        let channels = self.spec().channels();
        let step = (STEP / channels).max(1);
        let mut dropped = vec![0_i16; step * channels];
        let mut skipped = 0;
        while skipped < frames {
            let wanted = usize::try_from(frames - skipped).unwrap_or(usize::MAX).min(step);
            let count = self.read_interleaved(&mut dropped[..wanted * channels])?;
            check_count(count, wanted);
            skipped += count as u64;
            if count < wanted {
                break;
            }
        }
        Ok(skipped)
    }

    /// Reads everything that is left.
    ///
    /// **Shape** frames left × channels. **Memory** that, as it is read: no header's number allocates it.
    ///
    /// # Errors
    /// Whatever reading can meet, and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if memory does not suffice.
    fn read_all<T: Sample>(&mut self) -> Result<Array2<T>>
    where
        Self: Sized,
    {
        let channels = self.spec().channels();
        let mut samples = Vec::new();
        let frames = read_growing(self, &mut samples, 0, usize::MAX / channels)?;
        Ok(to_array(samples, frames, channels))
    }

    /// Lends block after block of `len` frames from one buffer; see [`Blocks`].
    ///
    /// # Panics
    /// Unless `len >= 1`.
    #[track_caller]
    fn blocks<T: Sample>(&mut self, len: usize) -> Blocks<&mut Self, T>
    where
        Self: Sized,
    {
        Blocks::new(self, len)
    }

    /// Lends window after window of `len` frames, each `hop` frames further, from one buffer; see [`Windows`].
    ///
    /// # Panics
    /// Unless `len >= 1` and `hop >= 1`.
    #[track_caller]
    fn windows<T: Sample>(&mut self, len: usize, hop: usize) -> Windows<&mut Self, T>
    where
        Self: Sized,
    {
        Windows::new(self, len, hop)
    }

    /// Keeps the frames of a range, counted as the source counts: frame 0 of the section is the source's frame `start`.
    ///
    /// The source is brought to `start` at the first read: by seeking, or by reading on where it cannot seek. A range that reaches past the
    /// end stops there.
    ///
    /// # Errors
    /// The first read fails with [`ErrorKind::SeekPastEnd`](crate::ErrorKind::SeekPastEnd) if the source ends before `start`, and
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if it is past `start` and cannot seek.
    ///
    /// # Panics
    /// Unless `start <= end`.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let source = ArraySource::new(array![[1_i16], [2], [3], [4]], 8_000);
    /// let mut section = source.section(1..3);
    /// assert_eq!(section.frames(), Some(2));
    /// assert_eq!(section.read_all::<i16>()?, array![[2], [3]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[track_caller]
    fn section(self, range: impl RangeBounds<u64>) -> Section<Self>
    where
        Self: Sized,
    {
        Section::new(self, range)
    }

    /// Ends after `frames` frames, counted from where the source is, or with the source if that is sooner.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16], [2], [3]], 8_000).limit(2);
    /// assert_eq!(source.read_all::<i16>()?, array![[1], [2]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    fn limit(self, frames: u64) -> Limit<Self>
    where
        Self: Sized,
    {
        Limit::new(self, frames)
    }

    /// Appends silence until there are `frames` frames, counted from where the source is; a longer source stays as it is.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16], [2]], 8_000).pad_to(4);
    /// assert_eq!(source.read_all::<i16>()?, array![[1], [2], [0], [0]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    fn pad_to(self, frames: u64) -> PadTo<Self>
    where
        Self: Sized,
    {
        PadTo::new(self, frames)
    }

    /// Keeps the channels listed, in that order; one may come twice.
    ///
    /// # Errors
    /// The first read fails with [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a channel that the source does not have.
    ///
    /// # Panics
    /// Unless at least one channel is listed.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16, 2, 3], [4, 5, 6]], 8_000).select_channels([2, 0]);
    /// assert_eq!(source.read_all::<i16>()?, array![[3, 1], [6, 4]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[track_caller]
    fn select_channels(self, channels: impl IntoIterator<Item = usize>) -> SelectChannels<Self>
    where
        Self: Sized,
    {
        SelectChannels::new(self, channels)
    }

    /// Averages all channels into one, as [`channels::downmix`](crate::channels::downmix).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[1_i16, 2], [-4, 2]], 8_000).mono();
    /// assert_eq!(source.read_all::<i16>()?, array![[2], [-1]]); // 1.5 goes to the even integer
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    fn mono(self) -> Mono<Self>
    where
        Self: Sized,
    {
        Mono::new(self)
    }

    /// Multiplies every sample by `factor`, as [`gain::apply`](crate::gain::apply): a factor of 1.0 leaves every bit as it is, of a NaN too.
    /// Samples read as integers are saturated, and counted by [`Gain::clipped`](crate::stages::Gain::clipped).
    ///
    /// # Panics
    /// Unless `factor` is finite. For decibels from outside see [`gain::factor_from_db`](crate::gain::factor_from_db).
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let mut source = ArraySource::new(array![[100_i16], [30_000]], 8_000).gain(1.5);
    /// assert_eq!(source.read_all::<i16>()?, array![[150], [32_767]]);
    /// assert_eq!(source.clipped(), 1);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[track_caller]
    fn gain(self, factor: f64) -> Gain<Self>
    where
        Self: Sized,
    {
        Gain::new(self, factor)
    }

    /// Puts every channel through a filter: an [`Sos`](crate::Sos), or one of your own that implements [`Filter`].
    ///
    /// The filter is at rest where the source is now. After a seek it starts so far before the frame asked for that no sample differs
    /// by more than 10⁻¹⁰ of full scale from reading through.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{self, Band};
    /// use ndaudio::{Source, WavReader};
    ///
    /// let reader = WavReader::open("data/music.wav")?;
    /// let sos = filter::butterworth(4, Band::Highpass(100.0), reader.spec().sample_rate());
    /// let filtered = reader.filter(&sos).read_all::<f32>()?;
    /// assert_eq!(filtered, filter::sosfilt(&sos, &ndaudio::read::<f32>("data/music.wav")?.0));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    fn filter<F: Filter>(self, filter: &F) -> Filtered<Self, F::Running>
    where
        Self: Sized,
    {
        Filtered::new(self, filter)
    }

    /// Changes the sample rate, at [`Quality::VeryHigh`](crate::stages::Quality): the number of frames becomes ⌈frames × to / from⌉.
    ///
    /// Frames keep their time: the filter's delay is taken out. Seeking is exact, to the bit. At the source's own rate nothing is changed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if either rate is 0, and
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for two rates in the millions with no common divisor.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Source, WavReader};
    ///
    /// let mut source = WavReader::open("data/music.wav")?.mono().resample(16_000)?;
    /// assert_eq!(source.frames(), Some(160_000)); // 10 s
    /// let mut windows = source.windows::<f32>(400, 160);
    /// assert_eq!(windows.next()?.unwrap().dim(), (400, 1));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[cfg(feature = "resample")]
    fn resample(self, sample_rate: u32) -> Result<Resample<Self>>
    where
        Self: Sized,
    {
        Resample::new(self, sample_rate, Quality::default())
    }

    /// Changes the sample rate, as [`resample`](Self::resample), at a quality of your choice.
    ///
    /// # Errors
    /// As [`resample`](Self::resample).
    #[cfg(feature = "resample")]
    fn resample_with(self, sample_rate: u32, quality: Quality) -> Result<Resample<Self>>
    where
        Self: Sized,
    {
        Resample::new(self, sample_rate, quality)
    }

    /// Shows the audio to a closure as it is read, and changes nothing: to measure on the way to somewhere else.
    ///
    /// The closure sees every frame that is read, once and in order, in blocks of any length: **frames × channels**, full scale 1.0.
    /// It is not called for frames that are skipped.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Levels, Source, WavReader};
    ///
    /// let mut levels = Levels::new(2);
    /// let mut source = WavReader::open("data/music.wav")?.inspect(|block| levels.add(&block));
    /// let samples = source.read_all::<i16>()?;
    /// drop(source);
    /// assert_eq!(levels.frames(), samples.nrows() as u64);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    fn inspect<F: FnMut(ArrayView2<'_, f64>)>(self, closure: F) -> Inspect<Self, F>
    where
        Self: Sized,
    {
        Inspect::new(self, closure)
    }

    /// Reads other sources after this one as if they were one.
    ///
    /// # Errors
    /// [`ErrorKind::SpecMismatch`](crate::ErrorKind::SpecMismatch) for one whose sample rate, channels or encoding differ.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{ArraySource, Source, ndarray::array};
    ///
    /// let part = |array| ArraySource::new(array, 8_000);
    /// let mut both = part(array![[1_i16], [2]]).concat([part(array![[3]])])?;
    /// assert_eq!(both.read_all::<i16>()?, array![[1], [2], [3]]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    fn concat(self, others: impl IntoIterator<Item = Self>) -> Result<Concat<Self>>
    where
        Self: Sized,
    {
        Concat::new(std::iter::once(self).chain(others))
    }
}

impl<S: Source> Source for &mut S {
    fn spec(&self) -> &Spec {
        (**self).spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        (**self).read_interleaved(out)
    }

    fn frames(&self) -> Option<u64> {
        (**self).frames()
    }

    fn position(&self) -> u64 {
        (**self).position()
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        (**self).seek(frame)
    }

    fn anomalies(&self) -> &[Anomaly] {
        (**self).anomalies()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        (**self).metadata()
    }

    fn fits_either_end(&self) -> bool {
        (**self).fits_either_end()
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        (**self).ready_to_lend::<T>(frames)
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        (**self).lend(frames)
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        (**self).skip_frames(frames)
    }
}

/// Checks the number of frames that a source claims to have read.
///
/// # Panics
/// If that is more than fit: most likely the source counted samples where it must count frames.
#[track_caller]
pub(crate) fn check_count(count: usize, wanted: usize) {
    assert!(
        count <= wanted,
        "the source counts {count} frames in room for {wanted}; it must count frames, not samples"
    );
}

/// The same of frames that were skipped.
///
/// # Panics
/// If that is more than asked for.
#[track_caller]
pub(crate) fn check_skipped(skipped: u64, wanted: u64) {
    assert!(skipped <= wanted, "the source says that it skipped {skipped} frames, of {wanted} asked for");
}

/// Frames in a slice of interleaved samples.
///
/// # Panics
/// Unless they are whole.
#[track_caller]
pub(crate) fn whole_frames(samples: usize, channels: usize) -> usize {
    assert!(
        samples.is_multiple_of(channels),
        "the number of samples ({samples}) must be a multiple of the channels ({channels})"
    );
    samples / channels
}
