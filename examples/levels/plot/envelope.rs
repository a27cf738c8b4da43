//! What a picture shows, measured in one pass: a column of pixels each for an equal share of the frames.

use ndaudio::ndarray::{ArrayView2, s};
use ndaudio::segments::Segment;
use ndaudio::{Levels, Sample};

use super::COLUMNS;

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
    /// The least and the greatest sample, if there are any.
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
    /// The share of it that is sound.
    pub(crate) sound: f64,
}

/// A recording in columns. **Memory** that of the columns, however long the recording.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) columns: Vec<Column>,
    /// Whether all channels are in one lane.
    pub(crate) pooled: bool,
    pub(crate) sounds: u64,
    channels: usize,
    frames: u64,
    /// Columns that there will be.
    count: u64,
    /// The column that is being measured.
    current: Levels,
    position: u64,
    /// Frames of sound in each column.
    sound: Vec<u64>,
}

impl Envelope {
    /// Of a recording of so many frames.
    pub(crate) fn new(channels: usize, frames: u64) -> Self {
        let count = COLUMNS.min(frames);
        Envelope {
            columns: Vec::new(),
            pooled: channels > LANES_MAX,
            sounds: 0,
            channels,
            frames,
            count,
            current: Levels::new(channels),
            position: 0,
            sound: (0..count).map(|_| 0).collect(),
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
        self.columns.push(Column { lanes, rms: all.rms(), peak: all.peak(), sound: 0.0 });
    }

    /// Marks a sound.
    pub(crate) fn add_sound(&mut self, sound: Segment) {
        self.sounds += 1;
        if self.frames == 0 {
            return;
        }
        let column = |frame: u64| {
            let column = u128::from(frame) * u128::from(self.count) / u128::from(self.frames);
            usize::try_from(column).unwrap_or(usize::MAX)
        };
        // One column to either side, since divisions round.
        let (first, last) = (column(sound.start_frame).saturating_sub(1), column(sound.end_frame).saturating_add(1));
        for index in first..=last.min(self.sound.len().saturating_sub(1)) {
            let (start, end) = (self.start(index as u64), self.start(index as u64 + 1));
            self.sound[index] += sound.end_frame.min(end).saturating_sub(sound.start_frame.max(start));
        }
    }

    /// Ends the measuring.
    pub(crate) fn finish(&mut self) {
        if self.current.frames() > 0 {
            self.end_column();
        }
        for index in 0..self.columns.len() {
            let len = self.start(index as u64 + 1) - self.start(index as u64);
            self.columns[index].sound = self.sound[index] as f64 / len.max(1) as f64;
        }
    }

    /// The amplitude at the edges of a lane: the power of two, a multiple of 6 dB, that the peak fits in.
    pub(crate) fn full_scale(&self) -> f64 {
        let peak = self.columns.iter().map(|column| column.peak).filter(|peak| peak.is_finite()).fold(0.0, f64::max);
        if peak <= 0.0 { 1.0 } else { peak.log2().ceil().clamp(-20.0, 60.0).exp2() }
    }

    /// The levels at the bottom and at the top of the level curve, in dBFS.
    pub(crate) fn level_range(&self) -> (f64, f64) {
        let levels = self.columns.iter().flat_map(|column| [column.rms, column.peak]).map(ndaudio::db::from_amplitude);
        let (low, high) = levels
            .filter(|level| level.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), level| (low.min(level), high.max(level)));
        let top = if high > 0.0 { (high / 10.0).ceil() * 10.0 } else { 0.0 };
        if low.is_infinite() {
            return (-60.0, top);
        }
        let bottom = ((low / 10.0).floor() * 10.0).clamp(-120.0, -40.0);
        (bottom.min(top - 40.0), top)
    }
}
