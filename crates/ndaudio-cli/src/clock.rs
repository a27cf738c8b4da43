//! The time of day at each frame of a recording.

use clap::Args;
use ndaudio::metadata::RecordingTime;
use serde_json::Value;

use crate::input::Input;
use crate::terminal::{note, shown};

/// Whether times are shown as those of a clock.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct ClockOption {
    /// Show the date and time of day, from the recording's metadata or its file name
    #[arg(long)]
    pub(crate) clock: bool,
}

/// Knows when a recording began, if anything says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Option<RecordingTime>,
    rate: u32,
    /// Frames of the recording before the first that is counted.
    first_frame: u64,
}

impl Clock {
    /// Of the part of a recording that is read.
    pub(crate) fn of(input: &mut Input) -> Self {
        let start = input.start_time();
        let rate = ndaudio::Source::spec(input).sample_rate();
        Clock { start, rate, first_frame: input.first_frame() }
    }

    /// The same, and a line to the user if clock times are wanted and unknown.
    pub(crate) fn wanted(input: &mut Input, option: ClockOption) -> Self {
        let clock = Clock::of(input);
        if option.clock && clock.start.is_none() {
            note(format!("{}: neither its metadata nor its name says when it began", shown(input.path())));
        }
        clock
    }

    /// When a frame of the part was recorded.
    pub(crate) fn at(&self, frame: u64) -> Option<RecordingTime> {
        self.start?.at_frame(self.first_frame.checked_add(frame)?, self.rate)
    }

    /// The same as ISO 8601; empty if unknown.
    pub(crate) fn text_at(&self, frame: u64) -> String {
        self.at(frame).map_or_else(String::new, |time| time.to_string())
    }

    /// The same for JSON; null if unknown.
    pub(crate) fn json_at(&self, frame: u64) -> Value {
        self.at(frame).map_or(Value::Null, |time| time.to_string().into())
    }
}
