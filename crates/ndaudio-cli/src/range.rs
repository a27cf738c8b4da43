//! Parts of a recording, by time.

use std::time::Duration;

use clap::Args;

use crate::failure::{Failure, Outcome};

/// The part of a recording to use.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Range {
    /// Start at this time from the beginning of the recording: 90, 1:30, 1:00:00.5, 500ms
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true, help_heading = "Part of the recording")]
    pub(crate) from: Option<Duration>,
    /// Stop at this time from the beginning of the recording
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true, help_heading = "Part of the recording")]
    pub(crate) to: Option<Duration>,
}

impl Range {
    /// The first frame, and the one after the last; nothing if all of the recording is meant.
    pub(crate) fn frames(&self, sample_rate: u32) -> Outcome<Option<(u64, Option<u64>)>> {
        if self.from.is_none() && self.to.is_none() {
            return Ok(None);
        }
        if sample_rate == 0 {
            return Err(
                Failure::new("the sample rate is 0 Hz: a time has no frame").advise("leave --from and --to out")
            );
        }
        let from = self.from.map_or(0, |from| frame_at(from, sample_rate));
        let to = self.to.map(|to| frame_at(to, sample_rate));
        match to {
            Some(to) if to <= from => Err(Failure::new("--to is not after --from").advise("give a later --to")),
            to => Ok(Some((from, to))),
        }
    }
}

/// The frame nearest to a time.
pub(crate) fn frame_at(time: Duration, sample_rate: u32) -> u64 {
    let frames = (time.as_nanos().saturating_mul(u128::from(sample_rate)) + 500_000_000) / 1_000_000_000;
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// A time: seconds, `1:30`, `1:00:00.5`, or with a unit: `500ms`, `90s`, `10min`, `2h`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a time such as 90, 1:30, 1:00:00.5, 500ms or 2h".to_owned();
    let units = [("ms", 0.001), ("min", 60.0), ("h", 3600.0), ("s", 1.0)];
    let (number, scale) =
        units.iter().find_map(|(unit, scale)| Some((text.strip_suffix(unit)?, *scale))).unwrap_or((text, 1.0));
    let parts: Vec<&str> = number.split(':').collect();
    if parts.len() > 3 || (parts.len() > 1 && scale != 1.0) {
        return Err(wrong());
    }
    let mut seconds = 0.0;
    for (index, part) in parts.iter().enumerate() {
        let last = index + 1 == parts.len();
        let plain = part.bytes().all(|byte| byte.is_ascii_digit() || (last && byte == b'.'));
        let value =
            part.parse::<f64>().ok().filter(|value| plain && (index == 0 || *value < 60.0)).ok_or_else(wrong)?;
        seconds = seconds * 60.0 + value;
    }
    Duration::try_from_secs_f64(seconds * scale).map_err(|_| wrong())
}

/// A time above 0.
pub(crate) fn positive_time(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("must be above 0".to_owned()),
        time => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90", 90.0),
            ("1:30", 90.0),
            ("1:00:00.5", 3600.5),
            ("500ms", 0.5),
            ("2h", 7200.0),
            ("10min", 600.0),
            (".5s", 0.5),
        ] {
            assert_eq!(time(text).unwrap(), Duration::from_secs_f64(seconds), "{text}");
        }
        for text in ["", "-1", "1:75", "1:2:3:4", "1:30ms", "inf", "NaN", "1e99", "x", ":", "1e3"] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_its_nearest_frame() {
        assert_eq!(frame_at(Duration::from_millis(1), 44_100), 44);
        assert_eq!(frame_at(Duration::from_secs(3600), 48_000), 172_800_000);
    }
}
