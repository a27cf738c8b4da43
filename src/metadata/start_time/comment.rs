//! The comment that an AudioMoth writes.
//!
//! Source: `setHeaderComment` of <https://github.com/OpenAcousticDevices/AudioMoth-Firmware-Basic>, 1.0.0 to 1.11.0, and of
//! AudioMoth-GPS-Sync, which adds milliseconds. 1.0.0 kept UTC without saying so; since 1.0.1 the zone is in parentheses, since
//! 1.2.0 with hours, since 1.4.0 with minutes.

use jiff::tz::Offset;

use super::scan::{self, Scanner};
use super::{RecordingTime, TimeSource};

/// Reads `Recorded at 19:17:30 17/09/2019 (UTC+5:30) by AudioMoth …`.
pub(super) fn parse(text: &str) -> Option<RecordingTime> {
    let mut scanner = Scanner::new(text);
    scanner.literal("Recorded at ")?;
    let hour = scanner.two()?;
    scanner.literal(":")?;
    let minute = scanner.two()?;
    scanner.literal(":")?;
    let second = scanner.two()?;
    let nanosecond = scanner.fraction().unwrap_or(0);
    scanner.literal(" ")?;
    let day = scanner.two()?;
    scanner.literal("/")?;
    let month = scanner.two()?;
    scanner.literal("/")?;
    let year = scanner.digits(4)?;
    let civil = scan::civil(year, month, day, hour, minute, second, nanosecond)?;
    Some(RecordingTime { civil, offset: zone(scanner), source: TimeSource::AudioMoth })
}

/// Reads ` (UTC)`, ` (UTC-5)` or ` (UTC+5:30)`.
fn zone(mut scanner: Scanner<'_>) -> Option<Offset> {
    scanner.literal(" (UTC")?;
    if scanner.literal(")").is_some() {
        return Some(Offset::UTC);
    }
    let negative = scanner.any_of(b"+-")? == b'-';
    let hours = scanner.two().or_else(|| scanner.digits(1).and_then(|hours| i8::try_from(hours).ok()))?;
    let minutes = match scanner.literal(":") {
        Some(()) => scanner.two()?,
        None => 0,
    };
    scanner.literal(")")?;
    scan::offset(negative, hours, minutes)
}
