//! When a recording began.

mod comment;
mod file_name;
mod ixml;
mod scan;
mod source;

use std::fmt;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

pub use source::TimeSource;

use super::{Bext, Metadata};

/// A moment of a recording by its recorder's clock, such as its start, and where that was found.
///
/// Recorders keep the time of a clock on the wall; only some also say how far that clock is from UTC. So the time is a civil
/// date and time, with an [`offset`](Self::offset) where the recording states one. Times without an offset can be compared with
/// each other, but not with those that have one.
///
/// [`Display`](fmt::Display) prints ISO 8601: `2019-09-17T19:17:30Z`, `2012-03-29T03:58:01+04:00`, or without an offset
/// `2018-05-31T12:34:56`.
///
/// # Examples
/// ```
/// use std::path::Path;
///
/// use ndaudio::metadata::{Metadata, TimeSource, start_time};
///
/// let path = Path::new("SITE07_20190101_050000.wav");
/// let start = start_time(&Metadata::default(), 24_000, Some(path)).expect("the name says it");
/// assert_eq!(start.source(), TimeSource::FileName);
/// assert_eq!(start.offset(), None);
/// assert_eq!(start.to_string(), "2019-01-01T05:00:00");
/// // The clock at frame 36,000.
/// assert_eq!(start.at_frame(36_000, 24_000).expect("before the year 10000").to_string(), "2019-01-01T05:00:01.5");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordingTime {
    civil: DateTime,
    offset: Option<Offset>,
    source: TimeSource,
}

impl RecordingTime {
    /// The date and the time of day as the recorder's clock had them.
    #[must_use]
    pub fn civil(&self) -> DateTime {
        self.civil
    }

    /// How far the recorder's clock was ahead of UTC; `None` if the recording does not say.
    #[must_use]
    pub fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// Where the time was found.
    #[must_use]
    pub fn source(&self) -> TimeSource {
        self.source
    }

    /// The moment on the scale of UTC; `None` if the offset is unknown, or if the moment is outside the years −9999 to 9999.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::{Guano, Metadata, start_time};
    ///
    /// let mut metadata = Metadata::default();
    /// metadata.guano = Some(Guano::parse(b"GUANO|Version: 1.0\nTimestamp: 2012-03-29T03:58:01+04:00\n"));
    /// let start = start_time(&metadata, 500_000, None).expect("GUANO says it");
    /// assert_eq!(start.timestamp().expect("with an offset").to_string(), "2012-03-28T23:58:01Z");
    /// ```
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.offset?.to_timestamp(self.civil).ok()
    }

    /// Returns this time with the clock taken to be `offset` ahead of UTC.
    ///
    /// For recorders that are known to keep a certain time and do not write so.
    #[must_use]
    pub fn with_offset(self, offset: Offset) -> Self {
        RecordingTime { offset: Some(offset), ..self }
    }

    /// The time at which a frame was recorded, to the nanosecond; `None` at a rate of 0 Hz or past the year 9999.
    #[must_use]
    pub fn at_frame(&self, frame: u64, sample_rate: u32) -> Option<Self> {
        let civil = self.civil.checked_add(frames_to_duration(frame, sample_rate)?).ok()?;
        Some(RecordingTime { civil, ..*self })
    }

    /// The civil time as the time from 1970-01-01T00:00:00 on the same clock: the Unix time if that clock keeps UTC.
    ///
    /// Differences of two of them are what the recorder's clock had measured. Negative before 1970.
    ///
    /// # Examples
    /// ```
    /// use std::path::Path;
    /// use ndaudio::metadata::{Metadata, start_time};
    ///
    /// let at = |name| start_time(&Metadata::default(), 48_000, Some(Path::new(name))).expect("named by the recorder");
    /// let gap = at("20180531_130000.WAV").since_1970() - at("20180531_123456.WAV").since_1970();
    /// assert_eq!(gap.as_secs(), 25 * 60 + 4);
    /// ```
    #[must_use]
    pub fn since_1970(&self) -> SignedDuration {
        self.civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0))
    }
}

impl fmt::Display for RecordingTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            None => write!(f, "{}", self.civil),
            Some(Offset::UTC) => write!(f, "{}Z", self.civil),
            Some(offset) => write!(f, "{}{}", self.civil, clock_offset(offset)),
        }
    }
}

/// `+05:30`, with seconds only if there are any.
fn clock_offset(offset: Offset) -> String {
    let (sign, seconds) = (if offset.seconds() < 0 { '-' } else { '+' }, offset.seconds().unsigned_abs());
    let text = format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 == 0 { text } else { format!("{text}:{:02}", seconds % 60) }
}

/// The nearest nanosecond to the time that so many frames take.
pub(super) fn frames_to_duration(frames: u64, sample_rate: u32) -> Option<SignedDuration> {
    let rate = u128::from(sample_rate);
    let nanoseconds = (u128::from(frames) * 1_000_000_000 + rate / 2).checked_div(rate)?;
    let seconds = i64::try_from(nanoseconds / 1_000_000_000).ok()?;
    let rest = i32::try_from(nanoseconds % 1_000_000_000).ok()?;
    Some(SignedDuration::new(seconds, rest))
}

/// Finds out when a recording began, from its metadata and from its name.
///
/// The first of these that holds a date and a time of day:
///
/// 1. GUANO `Timestamp` (ISO 8601, with its offset from UTC if it has one);
/// 2. the comment (`ICMT`) of an AudioMoth: `Recorded at 19:17:30 17/09/2019 (UTC)`, also `(UTC-5:30)` and, from the oldest
///    firmware, without a time zone;
/// 3. `bext`: origination date and time. Where the time reference agrees with them to a second, it adds the fraction: it counts
///    frames since midnight at `sample_rate`. Where it does not agree it is the timecode of a studio clock, and is ignored;
/// 4. `iXML`: the `BWF_ORIGINATION_…` elements, treated like `bext`;
/// 5. the file name, without its directories: AudioMoth `20180531_123456.WAV`, `20180531_123456T.WAV` and (a Unix time in eight
///    hexadecimal digits) `5EC5A158.WAV`; Song Meter `SITE_20190101_050000.wav`, `SITE_20190101$050000.wav`; SoundTrap
///    `67123456.180507123456.wav`; HARP `GofMX_DT01_100716_184500.x.wav`; and any name with a date and a time of day,
///    `YYYYMMDD`, `HHMMSS`, joined by `_`, `-`, `T`, `$`, a space or nothing, or written with separators
///    (`2018-05-31 12.34.56`), with a fraction (`…000000.000Z`) and an offset (`Z`, `+1000`, `-03:30`) if they follow.
///
/// Anything that cannot be a date or a time of day is ignored, and so is a year outside 1900 to 2199, so that a number in a name is not
/// taken for one. Never fails or panics, whatever the texts contain. Takes time linear in their length.
///
/// `sample_rate` is used for the fraction only; pass the rate of the recording.
///
/// # Examples
/// ```
/// use ndaudio::metadata::{Info, Metadata, TimeSource, start_time};
///
/// let mut info = Info::new();
/// info.set(*b"ICMT", "Recorded at 05:30:00 14/05/2024 (UTC-5:30) by AudioMoth 24A1D5F30A1B2C3D at medium gain")?;
/// let mut metadata = Metadata::default();
/// metadata.info = Some(info);
///
/// let start = start_time(&metadata, 48_000, None).expect("an AudioMoth says it");
/// assert_eq!(start.source(), TimeSource::AudioMoth);
/// assert_eq!(start.to_string(), "2024-05-14T05:30:00-05:30");
/// # Ok::<(), ndaudio::Error>(())
/// ```
///
/// Sources: GUANO specification 1.0; EBU Tech 3285 v2; iXML specification 3.01 and Open Acoustic Devices' AudioMoth firmware 1.0.0
/// to 1.11.0 for the comment and the names; manuals of Wildlife Acoustics' Song Meter SM2 to SM4 and Ocean Instruments' SoundTrap.
#[must_use]
pub fn start_time(metadata: &Metadata, sample_rate: u32, path: Option<&Path>) -> Option<RecordingTime> {
    let guano = || metadata.guano.as_ref().and_then(|guano| of_guano(guano.get("Timestamp")?));
    let audiomoth = || metadata.info.as_ref().and_then(|info| comment::parse(&info.get(*b"ICMT")?));
    let bext = || metadata.bext.as_ref().and_then(|bext| of_bext(bext, sample_rate));
    let ixml = || metadata.ixml.as_deref().and_then(|text| ixml::parse(text, sample_rate));
    let name = || path?.file_name().and_then(|name| file_name::parse(&name.to_string_lossy()));
    guano().or_else(audiomoth).or_else(bext).or_else(ixml).or_else(name)
}

/// ISO 8601 as GUANO has it; a few writers put a space for the `T`.
fn of_guano(text: &str) -> Option<RecordingTime> {
    let pieces = Pieces::parse(text).ok()?;
    let civil = DateTime::from_parts(pieces.date(), pieces.time()?);
    let offset = pieces.offset().map(|offset| match offset {
        PiecesOffset::Numeric(numeric) => numeric.offset(),
        _ => Offset::UTC,
    });
    scan::plausible(civil)?;
    Some(RecordingTime { civil, offset, source: TimeSource::Guano })
}

fn of_bext(bext: &Bext, sample_rate: u32) -> Option<RecordingTime> {
    let civil = scan::date_and_time(&bext.origination_date(), &bext.origination_time())?;
    let civil = bext.time_reference().map_or(civil, |frames| refine(civil, frames, sample_rate));
    Some(RecordingTime { civil, offset: None, source: TimeSource::Bext })
}

/// Adds the fraction of a second of a count of frames since midnight that agrees with the time of day.
fn refine(civil: DateTime, since_midnight: u64, sample_rate: u32) -> DateTime {
    let refined = frames_to_duration(since_midnight, sample_rate)
        .and_then(|duration| civil.start_of_day().checked_add(duration).ok());
    match refined {
        Some(refined) if refined.duration_since(civil).abs() < SignedDuration::from_secs(1) => refined,
        _ => civil,
    }
}

#[cfg(test)]
mod tests;
