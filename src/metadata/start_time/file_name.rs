//! The date and the time in the name of a file.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::scan::{self, Scanner};
use super::{RecordingTime, TimeSource};

/// The Unix times that AudioMoths wrote in hexadecimal as names: from before the first was sold to after the last firmware that
/// did so. Other names of eight digits are passed over.
const AUDIOMOTH_HEX: std::ops::Range<i64> = 0x5800_0000..0x6400_0000;

/// Reads the first date and time of day in the name of a file.
pub(super) fn parse(name: &str) -> Option<RecordingTime> {
    let found = long(name).or_else(|| hexadecimal(name)).or_else(|| short(name))?;
    Some(RecordingTime { civil: found.0, offset: found.1, source: TimeSource::FileName })
}

/// A date and time, and the offset from UTC if there is one.
type Found = (DateTime, Option<Offset>);

/// The places where a run of digits begins.
fn numbers(name: &str) -> impl Iterator<Item = Scanner<'_>> {
    let bytes = name.as_bytes();
    (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()))
        .map(|at| Scanner { rest: &bytes[at..] })
}

/// Years of four digits, anywhere in the name.
fn long(name: &str) -> Option<Found> {
    numbers(name).find_map(|mut scanner| {
        let year = scanner.digits(4)?;
        let separator = scanner.any_of(b"-_.");
        let month = scanner.two()?;
        if let Some(separator) = separator {
            scanner.any_of(&[separator])?;
        }
        let day = scanner.two()?;
        scanner.any_of(b"_-T$ .");
        time_of_day(scanner, year, month, day)
    })
}

/// A time of day, with fraction and offset if they follow.
fn time_of_day(mut scanner: Scanner<'_>, year: i16, month: i8, day: i8) -> Option<Found> {
    let hour = scanner.two()?;
    let separator = scanner.any_of(b"-_.:h");
    let minute = scanner.two()?;
    match separator {
        Some(b'h') => _ = scanner.any_of(b"m")?,
        Some(separator) => _ = scanner.any_of(&[separator])?,
        None => {}
    }
    let second = scanner.two()?;
    if scanner.at_digit() {
        // A longer number is something else.
        return None;
    }
    let mut after = scanner;
    // `.123` may also be what an editor added: it is a fraction of a second where the offset follows.
    let fraction = after.fraction();
    let offset = offset(after);
    let (nanosecond, offset) = match (fraction, offset) {
        (Some(nanosecond), Some(offset)) => (nanosecond, Some(offset)),
        (Some(_), None) => (0, None),
        (None, offset) => (0, offset),
    };
    Some((scan::civil(year, month, day, hour, minute, second, nanosecond)?, offset))
}

/// `Z`, `+1000`, `+10`, `+10:00`, `-0330`; `-10` alone is more often a number of its own.
fn offset(mut scanner: Scanner<'_>) -> Option<Offset> {
    let offset = if scanner.literal("Z").is_some() {
        Offset::UTC
    } else {
        let negative = scanner.any_of(b"+-")? == b'-';
        let hours = scanner.two()?;
        let colon = scanner.any_of(b":");
        let minutes = match scanner.two() {
            Some(minutes) => minutes,
            None if colon.is_none() && !negative => 0,
            None => return None,
        };
        scan::offset(negative, hours, minutes)?
    };
    let ends = scanner.rest.first().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    ends.then_some(offset)
}

/// `5EC5A158.WAV`: seconds since 1970 in eight hexadecimal digits, and nothing else but the extension. Keeps UTC.
fn hexadecimal(name: &str) -> Option<Found> {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    if stem.len() != 8 || !stem.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)) {
        return None;
    }
    let seconds = i64::from_str_radix(stem, 16).ok().filter(|seconds| AUDIOMOTH_HEX.contains(seconds))?;
    let timestamp = jiff::Timestamp::from_second(seconds).ok()?;
    Some((Offset::UTC.to_datetime(timestamp), Some(Offset::UTC)))
}

/// Years of two digits: SoundTrap's `.YYMMDDhhmmss.` and HARP's `_YYMMDD_hhmmss`.
fn short(name: &str) -> Option<Found> {
    let bytes = name.as_bytes();
    numbers(name).find_map(|mut scanner| {
        let before = bytes[..bytes.len() - scanner.rest.len()].last()?;
        let digits = scanner.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (year, month, day) = match (before, digits) {
            (b'.', 12) => (scanner.two()?, scanner.two()?, scanner.two()?),
            (b'_', 6) => {
                let date = (scanner.two()?, scanner.two()?, scanner.two()?);
                scanner.literal("_")?;
                date
            }
            _ => return None,
        };
        let (hour, minute, second) = (scanner.two()?, scanner.two()?, scanner.two()?);
        if scanner.at_digit() {
            return None;
        }
        Some((scan::civil(2000 + i16::from(year), month, day, hour, minute, second, 0)?, None))
    })
}
