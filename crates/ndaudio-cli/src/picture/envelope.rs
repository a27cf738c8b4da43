//! The envelope of a recording, measured in one pass: a column of pixels for each equal share of the frames.

use ndaudio::ndarray::{ArrayView2, s};
use ndaudio::{Levels, Sample};

/// Channels that have a lane of their own; more are shown as one.
const LANES_MAX: usize = 8;

/// The part of a channel, or of all, in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    min: f64,
    max: f64,
    pub(crate) rms: f64,
    pub(crate) clipped: bool,
}

impl Part {
    /// The smallest and the largest sample, if there are any.
    pub(crate) fn extremes(&self) -> Option<(f64, f64)> {
        (self.min <= self.max).then_some((self.min, self.max))
    }
}

/// All channels in a column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) lanes: Vec<Part>,
    /// Of all channels together.
    pub(crate) rms: f64,
    pub(crate) peak: f64,
}

/// A recording in columns. **Memory** that of the columns, however long the recording.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) columns: Vec<Column>,
    /// Whether all channels are in one lane.
    pub(crate) pooled: bool,
    channels: usize,
    frames: u64,
    /// Columns that there will be.
    count: u64,
    /// The column that is being measured.
    current: Levels,
    position: u64,
}

impl Envelope {
    /// Of a recording of so many frames, in at most so many columns.
    pub(crate) fn new(channels: usize, frames: u64, columns: u64) -> Self {
        let count = columns.min(frames);
        Envelope {
            columns: Vec::new(),
            pooled: channels > LANES_MAX,
            channels,
            frames,
            count,
            current: Levels::new(channels),
            position: 0,
        }
    }

    pub(crate) fn lanes(&self) -> usize {
        if self.pooled { 1 } else { self.channels }
    }

    /// The first frame of a column: columns are as equal as whole frames allow.
    fn start(&self, column: u64) -> u64 {
        let start = u128::from(column) * u128::from(self.frames) / u128::from(self.count.max(1));
        u64::try_from(start).unwrap_or(u64::MAX)
    }

    /// Adds the frames that follow.
    pub(crate) fn add<T: Sample>(&mut self, block: &ArrayView2<'_, T>) {
        let mut rest = block.view();
        while rest.nrows() > 0 && (self.columns.len() as u64) < self.count {
            let end = self.start(self.columns.len() as u64 + 1);
            let wanted = usize::try_from(end - self.position).unwrap_or(usize::MAX).min(rest.nrows());
            self.current.add(&rest.slice(s![..wanted, ..]));
            self.position += wanted as u64;
            rest = rest.slice_move(s![wanted.., ..]);
            if self.position == end {
                self.end_column();
            }
        }
    }

    fn end_column(&mut self) {
        let levels = std::mem::replace(&mut self.current, Levels::new(self.channels));
        let all = levels.overall();
        let part = |level: &ndaudio::levels::Level| {
            let samples = level.samples() > 0;
            let (min, max) = if samples { (level.min(), level.max()) } else { (1.0, -1.0) };
            Part { min, max, rms: level.rms(), clipped: level.clipped() > 0 }
        };
        let lanes = if self.pooled { vec![part(&all)] } else { levels.each(part).to_vec() };
        self.columns.push(Column { lanes, rms: all.rms(), peak: all.peak() });
    }

    /// Ends the measuring.
    pub(crate) fn finish(&mut self) {
        if self.current.frames() > 0 {
            self.end_column();
        }
    }

    /// The amplitude at the edges of a lane: the power of two, a multiple of 6 dB, that the peak fits in.
    pub(crate) fn full_scale(&self) -> f64 {
        let peak = self.columns.iter().map(|column| column.peak).filter(|peak| peak.is_finite()).fold(0.0, f64::max);
        if peak <= 0.0 { 1.0 } else { peak.log2().ceil().clamp(-20.0, 60.0).exp2() }
    }

    /// Frames of a column, on average.
    pub(crate) fn frames_per_column(&self) -> f64 {
        self.frames as f64 / self.count.max(1) as f64
    }

    /// RMS and peak by column, of at least 5 ms around each: the RMS of less is not a level but the wave itself. NaN where there is none.
    pub(crate) fn curves(&self, rate: u32) -> Vec<(f64, f64)> {
        let columns = (0.005 * f64::from(rate) / self.frames_per_column()).min(self.columns.len() as f64 / 10.0);
        let around = (0..self.columns.len()).take_while(|&reach| (2 * reach + 1) as f64 <= columns).last().unwrap_or(0);
        let at = |index: usize| {
            let part = &self.columns[index.saturating_sub(around)..(index + around + 1).min(self.columns.len())];
            let known = || part.iter().filter(|column| !column.rms.is_nan());
            let squares: f64 = known().map(|column| column.rms * column.rms).sum();
            ((squares / known().count() as f64).sqrt(), known().map(|column| column.peak).fold(f64::NAN, f64::max))
        };
        (0..self.columns.len()).map(at).collect()
    }

    /// The levels at the bottom and at the top of the level curves, in dBFS; the threshold is always between them.
    pub(crate) fn level_range(curves: &[(f64, f64)], threshold: Option<f64>) -> (f64, f64) {
        let levels = curves.iter().flat_map(|&(rms, peak)| [rms, peak]).map(ndaudio::db::from_amplitude);
        let levels = levels.filter(|level| level.is_finite()).map(|level| level.max(-120.0));
        let (low, high) = levels
            .chain(threshold.filter(|level| level.is_finite()).map(|level| level - 3.0))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), level| (low.min(level), high.max(level)));
        let top = if high > 0.0 { (high / 10.0).ceil() * 10.0 } else { 0.0 };
        if low.is_infinite() {
            return (-60.0, top);
        }
        let bottom = ((low / 10.0).floor() * 10.0).min(-40.0);
        (bottom.min(top - 40.0), top)
    }
}
