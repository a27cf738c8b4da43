//! Dates, times and offsets out of text whose layout is fixed.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads one thing after another from the start of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    /// Begins at the start of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { rest: text.as_bytes() }
    }

    /// Takes one of these bytes.
    pub(super) fn any_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        bytes.contains(&first).then(|| {
            self.rest = rest;
            first
        })
    }

    /// Takes this text.
    pub(super) fn literal(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text.as_bytes())?;
        Some(())
    }

    /// Takes exactly so many digits, four at most.
    pub(super) fn digits(&mut self, count: usize) -> Option<i16> {
        let (digits, rest) = self.rest.split_at_checked(count.min(4))?;
        let value = digits
            .iter()
            .try_fold(0_i16, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i16::from(digit - b'0')))?;
        self.rest = rest;
        Some(value)
    }

    /// Two digits.
    pub(super) fn two(&mut self) -> Option<i8> {
        self.digits(2).and_then(|value| i8::try_from(value).ok())
    }

    /// `.123` as nanoseconds, of up to nine digits; takes nothing if there are none.
    pub(super) fn fraction(&mut self) -> Option<i32> {
        let digits = self.rest.strip_prefix(b".")?;
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&count) {
            return None;
        }
        let value = digits[..count].iter().fold(0_i32, |value, digit| value * 10 + i32::from(digit - b'0'));
        self.rest = &digits[count..];
        // At most nine digits, so that the power is at least 10⁰.
        u32::try_from(9 - count).ok().map(|zeros| value * 10_i32.pow(zeros))
    }

    /// Whether a digit comes next.
    pub(super) fn at_digit(&self) -> bool {
        self.rest.first().is_some_and(u8::is_ascii_digit)
    }
}

/// An offset of hours and minutes that clocks somewhere have: whole quarters of an hour, from −12 to +14 hours.
pub(super) fn offset(negative: bool, hours: i8, minutes: i8) -> Option<Offset> {
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    let limit = if negative { 12 } else { 14 } * 3600;
    if !(0..60).contains(&minutes) || minutes % 15 != 0 || seconds > limit {
        return None;
    }
    Offset::from_seconds(if negative { -seconds } else { seconds }).ok()
}

/// A date and a time of day that can be.
pub(super) fn civil(
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
) -> Option<DateTime> {
    plausible(DateTime::new(year, month, day, hour, minute, second, nanosecond).ok()?)
}

/// In years in which something was recorded: a number elsewhere is seldom a date.
pub(super) fn plausible(civil: DateTime) -> Option<DateTime> {
    (1900..2200).contains(&civil.year()).then_some(civil)
}

/// `yyyy-mm-dd` and `hh:mm:ss` with any separators, as `bext` has them; ten and eight characters, whatever follows.
pub(super) fn date_and_time(date: &str, time: &str) -> Option<DateTime> {
    const SEPARATORS: &[u8] = b"-_:. /,;";
    let mut date = Scanner::new(date.trim_start());
    let year = date.digits(4)?;
    date.any_of(SEPARATORS)?;
    let month = date.two()?;
    date.any_of(SEPARATORS)?;
    let day = date.two()?;
    let mut time = Scanner::new(time.trim_start());
    let hour = time.two()?;
    time.any_of(SEPARATORS)?;
    let minute = time.two()?;
    time.any_of(SEPARATORS)?;
    let second = time.two()?;
    civil(year, month, day, hour, minute, second, 0)
}
