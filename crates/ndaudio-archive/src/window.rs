//! How long a window is.

use std::fmt;
use std::str::FromStr;

use datafusion::common::{DataFusionError, plan_datafusion_err};
use serde::{Deserialize, Serialize};

/// The length of a window: a time, a number of frames, or the whole file.
///
/// Windows do not overlap. The last one of a file is shorter if the file is not a multiple of it.
///
/// # Examples
/// ```
/// use ndaudio_archive::Window;
///
/// assert_eq!("1 min".parse::<Window>()?, Window::Seconds(60.0));
/// assert_eq!("0.1 s".parse::<Window>()?.frames(44_100), Some(4410));
/// assert_eq!("4096 frames".parse::<Window>()?, Window::Frames(4096));
/// assert_eq!("file".parse::<Window>()?.frames(48_000), None);
/// # Ok::<(), datafusion::common::DataFusionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Window {
    /// A time in seconds: as many frames as come nearest to it at the file's sample rate, at least one.
    Seconds(f64),
    /// Frames, whatever the sample rate.
    Frames(u64),
    /// One window per file.
    File,
}

impl Window {
    /// The frames of a window at a sample rate; `None` for a whole file.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and saturates past 2^64 frames"
    )]
    pub fn frames(self, sample_rate: u32) -> Option<u64> {
        match self {
            Window::Seconds(seconds) => Some(((seconds * f64::from(sample_rate)).round() as u64).max(1)),
            Window::Frames(frames) => Some(frames),
            Window::File => None,
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Window::Seconds(seconds) => write!(f, "{seconds} s"),
            Window::Frames(frames) => write!(f, "{frames} frames"),
            Window::File => f.write_str("file"),
        }
    }
}

impl FromStr for Window {
    type Err = DataFusionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            plan_datafusion_err!(
                "a window is a length such as '60 s', '1 min', '24 h', '100 ms' or '4096 frames', or 'file': '{text}' is not"
            )
        };
        let trimmed = text.trim();
        if trimmed.eq_ignore_ascii_case("file") {
            return Ok(Window::File);
        }
        let digits = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(digits);
        let unit = unit.trim().to_ascii_lowercase();
        if matches!(unit.as_str(), "frame" | "frames") {
            return match number.parse() {
                Ok(frames) if frames > 0 => Ok(Window::Frames(frames)),
                _ => Err(wrong()),
            };
        }
        // Divided rather than multiplied by the inverse, so that 100 ms is the float 0.1.
        let (times, over) = match unit.as_str() {
            "ms" | "millisecond" | "milliseconds" => (1.0, 1000.0),
            "s" | "sec" | "second" | "seconds" => (1.0, 1.0),
            "min" | "minute" | "minutes" => (60.0, 1.0),
            "h" | "hour" | "hours" => (3600.0, 1.0),
            "d" | "day" | "days" => (86_400.0, 1.0),
            _ => return Err(wrong()),
        };
        match number.parse::<f64>() {
            Ok(number) if number > 0.0 && number.is_finite() => Ok(Window::Seconds(number * times / over)),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn what_is_no_length_is_refused_with_examples() {
        for text in ["", "60", "-1 s", "0 s", "0 frames", "1.5 frames", "1e999 s", "1 parsec", "s", "nan s", "1..2 s"] {
            let error = text.parse::<Window>().unwrap_err().to_string();
            assert!(error.contains("'4096 frames'"), "{text}: {error}");
        }
    }

    #[test]
    fn times_become_the_nearest_number_of_frames() {
        assert_eq!("1 ms".parse::<Window>().unwrap().frames(44_100), Some(44));
        assert_eq!("1 min".parse::<Window>().unwrap().frames(48_000), Some(2_880_000));
        assert_eq!("1 ms".parse::<Window>().unwrap().frames(100), Some(1));
        assert_eq!("2 H".parse::<Window>().unwrap(), Window::Seconds(7200.0));
    }
}
