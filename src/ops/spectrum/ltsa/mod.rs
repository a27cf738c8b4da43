//! Long-term spectral averages.

mod row;
mod rows;

pub use row::LtsaRow;
pub(super) use rows::Rows;

use std::fmt;

use ndarray::{ArrayRef2, ArrayView3, s};

use super::bands::FilterBank;
use super::plan::Spectrum;
use super::real::Real;
use super::settings::squares;
use super::{Scaling, kernel};
use crate::error::Result;
use crate::pcm::Sample;
use crate::stream::{Blocks, Source};

/// Samples that are taken at a time, to stay in the cache.
const BLOCK_SAMPLES: usize = 64 << 10;

/// Where positions end, so that no sum of them overflows: three million years at 48 kHz.
const LAST_FRAME: u64 = 1 << 62;

/// The callback that receives finished rows.
type Visit<'a> = dyn FnMut(LtsaRow<'_>) -> Result<()> + 'a;

/// Averages densities over rows of a fixed duration: the long-term spectral average, an image of days.
///
/// A recording is cut into rows of `row_frames` frames, counted from its first. A row's windows begin at its first frame and every `hop` frames further, as long as they fit into it, and
/// the row is the mean of their densities. So a row depends on its own frames alone, wherever the audio before it came from.
///
/// Common choices: rows of 5 s with bins of 200 Hz, or of 1 s with bins of 1 Hz (Triton), windows next to each other; rows of 60 s with bins of 1 Hz and
/// windows that overlap by half, summed up to [`hybrid_millidecade`](super::bands::hybrid_millidecade) bands (MANTA, PyPAM).
///
/// # Memory
/// Blocks of any length are taken by [`add`](Ltsa::add), and finished rows pile up: 8 bytes a bin and channel each. A day of them at 1 Hz and one row a minute is 276 MB at 48 kHz. To
/// write rows as they come and keep none, [`stream`](Ltsa::stream) a source, or call [`clear_rows`](Ltsa::clear_rows) after each block. Nothing is allocated
/// per window, and nothing per row if rows are cleared.
///
/// # Gaps
/// [`gap`](Ltsa::gap) passes over time that was not recorded, such as that between two files. Windows that would reach into it are left out, a row keeps those beside it, and a row
/// without any does not appear. Each row knows its first frame and how many windows it is the mean of.
///
/// # Shards
/// Rows are the unit: a shard begins at a multiple of `row_frames`, [`starting_at`](Ltsa::starting_at) it, and ends before another. Its rows have the bits of one pass, and [`merge`](Ltsa::merge)
/// puts them in order.
///
/// # Examples
/// ```
/// use ndaudio::{Ltsa, Spectrum, WavReader};
///
/// let mut reader = WavReader::open("data/music.wav")?; // 10 s at 44.1 kHz
/// // Rows of 1 s with bins of 100 Hz.
/// let mut ltsa = Ltsa::new(Spectrum::<f32>::new(441), 44_100, 44_100);
/// ltsa.add_source(&mut reader)?;
/// ltsa.end();
/// assert_eq!(ltsa.values().dim(), (10, 221, 2)); // rows × bins × channels
/// assert!(ltsa.rows().all(|row| row.windows() == 100));
/// # Ok::<(), ndaudio::Error>(())
/// ```
///
/// With the feature `serde` the rows can be stored, loaded and merged as if they had never left; storing [`end`](Ltsa::end)s the audio.
/// What is refused when it is loaded is what [`Psd`](super::Psd) refuses.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(into = "super::state::LtsaState", try_from = "super::state::LtsaState", bound = "T: Real")
)]
pub struct Ltsa<T> {
    pub(super) plan: Spectrum<T>,
    pub(super) sample_rate: f64,
    pub(super) row_frames: u64,
    pub(super) hop: usize,
    pub(super) bank: Option<FilterBank>,
    pub(super) channels: Option<usize>,
    pub(super) rows: Rows,
    /// The divisor of sums of powers: the sample rate × Σ w².
    norm: f64,
    /// Frames that windows to come need, interleaved; the first one of them, and the one after the last.
    buffer: Vec<T>,
    begin: u64,
    position: u64,
    /// The first frame of the next window, and the row that it is in.
    next: u64,
    row: u64,
    /// Sums of the powers of this row's windows, channels × bins, and how many they are. Empty until there is a window, because the number of
    /// channels may be that of a header alone.
    sums: Vec<f64>,
    windows: u64,
}

impl<T: Real> Ltsa<T> {
    /// Starts with no rows of `row_frames` frames each, and windows that lie next to each other. The plan's scaling is left aside.
    ///
    /// # Panics
    /// Unless `sample_rate` is above 0 and finite and `row_frames` is at least the length of a window.
    #[must_use]
    #[track_caller]
    pub fn new(plan: Spectrum<T>, sample_rate: impl Into<f64>, row_frames: u64) -> Self {
        let (sample_rate, len) = (super::check_rate(sample_rate.into()), plan.window_len());
        assert!(row_frames >= len as u64, "row_frames ({row_frames}) must be at least the length of a window ({len})");
        Ltsa {
            norm: sample_rate * squares(&plan.settings().taper_values()),
            plan: plan.scaling(Scaling::None),
            sample_rate,
            row_frames,
            hop: len,
            bank: None,
            channels: None,
            rows: Rows::default(),
            buffer: Vec::new(),
            begin: 0,
            position: 0,
            next: 0,
            row: 0,
            sums: Vec::new(),
            windows: 0,
        }
    }

    /// Begins windows every `hop` frames.
    ///
    /// # Panics
    /// Unless `hop >= 1` and nothing was added yet.
    #[must_use]
    #[track_caller]
    pub fn hop(mut self, hop: usize) -> Self {
        assert!(hop >= 1, "hop (0) must be at least 1");
        self.check_fresh();
        self.hop = hop;
        self
    }

    /// Sums each row up to bands.
    ///
    /// # Panics
    /// Unless the bank is for the plan's bins and nothing was added yet.
    #[must_use]
    #[track_caller]
    pub fn bands(mut self, bank: FilterBank) -> Self {
        let (given, bins) = (bank.bins(), self.plan.bins());
        assert_eq!(given, bins, "the bins of the bank ({given}) must be those of the plan ({bins})");
        self.check_fresh();
        self.bank = Some(bank);
        self
    }

    /// Starts at a frame of the recording other than the first, as a shard or a file that began later does.
    ///
    /// # Panics
    /// Unless nothing was added yet.
    #[must_use]
    #[track_caller]
    pub fn starting_at(mut self, frame: u64) -> Self {
        self.check_fresh();
        self.move_to(frame);
        self
    }

    fn check_fresh(&self) {
        assert!(self.channels.is_none(), "settings must be chosen before audio is added");
    }

    /// Adds the frames that follow. Rows that this finishes are then in [`rows`](Ltsa::rows).
    ///
    /// # Panics
    /// Unless the block has the channels of the blocks before.
    #[track_caller]
    pub fn add<S: Sample>(&mut self, block: &ArrayRef2<S>) {
        let channels = block.ncols();
        self.begin_channels(channels);
        if channels == 0 {
            return;
        }
        let step = (BLOCK_SAMPLES / channels).max(1);
        for first in (0..block.nrows()).step_by(step) {
            let part = block.slice(s![first..(first + step).min(block.nrows()), ..]);
            // Frames that no window has, where the hop is longer than a window or a row ends with a rest, are passed over.
            let skipped = self.next.saturating_sub(self.position).min(part.nrows() as u64);
            self.position += part.nrows() as u64;
            let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
            if skipped > 0 {
                self.begin += skipped as u64;
            }
            let kept = part.slice(s![skipped.min(part.nrows()).., ..]);
            match kept.as_slice() {
                Some(samples) => self.buffer.extend(samples.iter().map(|sample| sample.convert::<T>())),
                None => self.buffer.extend(kept.iter().map(|sample| sample.convert::<T>())),
            }
            self.run(channels);
        }
    }

    /// Adds everything that is left of a source.
    ///
    /// # Errors
    /// Whatever reading can meet; the frames before it were added.
    pub fn add_source<A: Source>(&mut self, source: &mut A) -> Result<()> {
        self.stream_rows(source, None)
    }

    /// Adds everything that is left of a source, and hands out each row as it is finished, in constant memory; the last one too, incomplete as it may be.
    ///
    /// # Errors
    /// Whatever reading can meet, and what `visit` returns.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Ltsa, Spectrum, WavReader};
    ///
    /// let mut reader = WavReader::open("data/music.wav")?;
    /// let mut seconds = Vec::new();
    /// Ltsa::new(Spectrum::<f32>::new(4410), 44_100, 88_200).stream(&mut reader, |row| {
    ///     seconds.push(row.first_frame() / 44_100); // or write the row to a file
    ///     Ok(())
    /// })?;
    /// assert_eq!(seconds, [0, 2, 4, 6, 8]);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn stream<A: Source>(
        &mut self,
        source: &mut A,
        mut visit: impl FnMut(LtsaRow<'_>) -> Result<()>,
    ) -> Result<()> {
        self.stream_rows(source, Some(&mut visit))?;
        self.end();
        self.hand_out(&mut visit)
    }

    fn stream_rows<A: Source>(&mut self, source: &mut A, mut visit: Option<&mut Visit<'_>>) -> Result<()> {
        let channels = source.spec().channels();
        self.begin_channels(channels);
        let mut blocks = Blocks::<_, T>::new(source, (BLOCK_SAMPLES / channels).max(1));
        while let Some(block) = blocks.next()? {
            self.add(&block);
            if let Some(visit) = &mut visit {
                self.hand_out(visit)?;
            }
        }
        Ok(())
    }

    fn hand_out(&mut self, visit: &mut Visit<'_>) -> Result<()> {
        self.rows().try_for_each(visit)?;
        self.clear_rows();
        Ok(())
    }

    /// Passes over frames that were not recorded, up to frame 2^62.
    pub fn gap(&mut self, frames: u64) {
        self.move_to(self.position.saturating_add(frames));
    }

    /// Goes on at a frame after everything so far.
    fn move_to(&mut self, frame: u64) {
        self.buffer.clear();
        let frame = frame.min(LAST_FRAME);
        (self.begin, self.position) = (frame, frame);
        let row = frame / self.row_frames;
        if row != self.row {
            self.close_row();
        }
        // Windows begin where they would without the gap.
        let (first, hop) = (row * self.row_frames, self.hop as u64);
        self.row = row;
        self.next = self.next.max(first.saturating_add((frame - first).div_ceil(hop).saturating_mul(hop)));
    }

    /// Ends the audio: the last row counts with the windows that it has. If frames follow nevertheless, those of this row are passed over.
    pub fn end(&mut self) {
        if self.windows > 0 {
            self.close_row();
            self.next = (self.row + 1).saturating_mul(self.row_frames);
        }
        self.move_to(self.position);
    }

    /// Lists the finished rows, in their order.
    pub fn rows(&self) -> impl Iterator<Item = LtsaRow<'_>> {
        self.rows.iter(self.row_frames, self.cells())
    }

    /// Returns the finished rows as one array.
    ///
    /// **Shape** rows × bins (or bands) × channels, without those that a gap left no window; [`rows`](Ltsa::rows) knows where each begins. **Unit** full scale
    /// squared per Hz, one-sided unless the plan is [`two_sided`](Spectrum::two_sided); of bands what their [`FilterBank`] makes of that.
    #[must_use]
    pub fn values(&self) -> ArrayView3<'_, f64> {
        self.rows.view(self.cells())
    }

    /// Drops the finished rows, and keeps their memory for others.
    pub fn clear_rows(&mut self) {
        self.rows.clear();
    }

    /// Adds the rows of another part of the recording, and ends this one.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if both have the same row: a part did not begin or end at a multiple of `row_frames`, or is there twice. Then nothing was added.
    ///
    /// # Panics
    /// Unless both have equal plans, sample rates, rows, hops, bands and channels.
    #[track_caller]
    pub fn merge(&mut self, other: &Ltsa<T>) -> Result<()> {
        super::check_equal(&self.plan, self.sample_rate, &other.plan, other.sample_rate);
        let settings = |ltsa: &Ltsa<T>| (ltsa.row_frames, ltsa.hop);
        let (own, given) = (settings(self), settings(other));
        assert_eq!(own, given, "row_frames and hop must be equal: {own:?} and {given:?}");
        assert!(self.bank == other.bank, "the bands must be equal");
        if let Some(channels) = other.channels {
            self.begin_channels(channels);
        }
        self.end();
        let cells = self.cells().0 * self.cells().1;
        if other.windows == 0 {
            return self.rows.merge(&other.rows, self.row_frames, cells);
        }
        let mut ended = other.clone();
        ended.end();
        self.rows.merge(&ended.rows, self.row_frames, cells)
    }

    /// Returns the frames of a row.
    #[must_use]
    pub fn row_frames(&self) -> u64 {
        self.row_frames
    }

    /// Counts the windows of a row without gaps.
    #[must_use]
    pub fn windows_per_row(&self) -> u64 {
        (self.row_frames - self.plan.window_len() as u64) / self.hop as u64 + 1
    }

    /// Lists the frequencies of a row in Hz: of its bins, or the centres of its bands.
    #[must_use]
    pub fn frequencies(&self) -> ndarray::Array1<f64> {
        self.bank.as_ref().map_or_else(|| self.plan.frequencies(self.sample_rate), FilterBank::centers)
    }

    /// Numbers of a row: bins or bands, and channels.
    fn cells(&self) -> (usize, usize) {
        let bins = self.bank.as_ref().map_or_else(|| self.plan.bins(), FilterBank::bands);
        (bins, self.channels.unwrap_or(0))
    }

    /// Takes up rows that were stored; audio may follow after the last of them.
    #[cfg(feature = "serde")]
    pub(super) fn restored(mut self, channels: Option<usize>, rows: Rows) -> Self {
        if let Some(channels) = channels {
            self.begin_channels(channels);
        }
        if let Some((last, _)) = rows.heads.last() {
            self.move_to((last + 1) * self.row_frames);
        }
        self.rows = rows;
        self
    }

    /// Settles the number of channels.
    fn begin_channels(&mut self, channels: usize) {
        match self.channels {
            Some(known) => {
                assert_eq!(channels, known, "the channels ({channels}) must be those of the blocks before ({known})");
            }
            None => self.channels = Some(channels),
        }
    }

    /// Takes all windows that are in the buffer.
    fn run(&mut self, channels: usize) {
        let (len, hop, bins) = (self.plan.window_len() as u64, self.hop as u64, self.plan.bins());
        loop {
            let end = (self.row + 1).saturating_mul(self.row_frames);
            if self.next.saturating_add(len) > end {
                self.close_row();
                (self.row, self.next) = (self.row + 1, end);
                continue;
            }
            if self.next + len > self.position {
                break;
            }
            let at = usize::try_from(self.next - self.begin).unwrap_or(usize::MAX) * channels;
            let window = crate::pcm::view(&self.buffer[at..], self.plan.window_len(), channels);
            let sums = &mut self.sums;
            sums.resize(channels * bins, 0.0);
            self.plan.each_line(&window, |channel, line| kernel::add_powers(line, &mut sums[channel * bins..][..bins]));
            self.windows += 1;
            self.next += hop;
        }
        // Moved only when more is dead than alive, so that small blocks do not move a long window each.
        let dead = usize::try_from(self.next.min(self.position) - self.begin).unwrap_or(usize::MAX) * channels;
        if dead >= self.buffer.len() - dead {
            self.buffer.copy_within(dead.., 0);
            self.buffer.truncate(self.buffer.len() - dead);
            self.begin = self.next.min(self.position);
        }
    }

    /// Puts the row away, if it has any windows.
    fn close_row(&mut self) {
        if self.windows == 0 {
            return;
        }
        let settings = self.plan.settings();
        let (bins, channels) = (settings.bins(), self.channels.unwrap_or(0));
        #[expect(clippy::cast_precision_loss, reason = "a row has no 2^53 windows")]
        let scale = 1.0 / (self.norm * self.windows as f64);
        let factors = settings.one_sided::<f64>();
        for line in self.sums.chunks_exact_mut(bins) {
            line.iter_mut().enumerate().for_each(|(bin, sum)| *sum *= scale * factors.of(bin, bins));
        }
        let density = crate::pcm::view(&self.sums, channels, bins);
        let density = density.reversed_axes();
        self.rows.push(self.row, self.windows, self.cells(), |mut out| match &self.bank {
            Some(bank) => bank.apply_into(&density, &mut out),
            None => out.assign(&density),
        });
        self.sums.fill(0.0);
        self.windows = 0;
    }
}

impl<T> fmt::Debug for Ltsa<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ltsa { plan, sample_rate, row_frames, hop, channels, position, .. } = self;
        f.debug_struct("Ltsa")
            .field("plan", plan)
            .field("sample_rate", sample_rate)
            .field("row_frames", row_frames)
            .field("hop", hop)
            .field("channels", channels)
            .field("rows", &self.rows.len())
            .field("position", position)
            .finish_non_exhaustive()
    }
}
