//! How numbers are printed.

use std::time::Duration;

use ndaudio::db;

/// A level with so many decimals: `-inf` of silence, `-` where there is no sample.
pub(crate) fn decibels(level: f64, decimals: usize) -> String {
    if level.is_nan() {
        return "-".to_owned();
    }
    unsigned_zero(format!("{level:.decimals$}"))
}

/// The level of an amplitude, as [`decibels`]; `-` where nothing was measured.
pub(crate) fn dbfs(amplitude: f64, decimals: usize) -> String {
    decibels(db::from_amplitude(amplitude), decimals)
}

/// A number with so many decimals, without a sign where all of them are 0.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    if value.is_nan() { "-".to_owned() } else { unsigned_zero(format!("{value:.decimals$}")) }
}

fn unsigned_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| byte == b'0' || byte == b'.') => rest.to_owned(),
        _ => text,
    }
}

/// The second that a frame is at; NaN at a rate of 0 Hz.
pub(crate) fn seconds(frame: u64, rate: u32) -> f64 {
    if rate == 0 { f64::NAN } else { frame as f64 / f64::from(rate) }
}

/// `12:34:56.789`, hours only where there are any.
pub(crate) fn clock(duration: Duration) -> String {
    let milliseconds = (duration.as_nanos() + 500_000) / 1_000_000;
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}.{rest:03}")
    } else {
        format!("{minutes}:{seconds:02}.{rest:03}")
    }
}

/// `1,234,567`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 frame`, `2 frames`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `44,100 Hz`.
pub(crate) fn hertz(rate: u32) -> String {
    format!("{} Hz", grouped(u64::from(rate)))
}

/// `44,100 Hz, 2 channels, 16-bit PCM`.
pub(crate) fn described(spec: &ndaudio::Spec) -> String {
    let (rate, channels) = (hertz(spec.sample_rate()), counted(spec.channels() as u64, "channel"));
    format!("{rate}, {channels}, {}", spec.encoding())
}

/// A chunk's id as the standards print it, other than printable bytes escaped.
pub(crate) fn tag(id: [u8; 4]) -> String {
    id.escape_ascii().to_string()
}

/// A level for programs: -Infinity, which JSON has no number for, is `"-inf"`; what was not measured is null.
pub(crate) fn json_number(value: f64) -> serde_json::Value {
    match value {
        value if value.is_nan() => serde_json::Value::Null,
        f64::INFINITY => "inf".into(),
        f64::NEG_INFINITY => "-inf".into(),
        value => value.into(),
    }
}

/// A number for CSV, with as many digits as it takes to have the same number again.
pub(crate) fn csv_number(value: f64) -> String {
    if value.is_nan() { "nan".to_owned() } else { format!("{value}") }
}

/// A field of CSV, quoted where it must be (RFC 4180).
pub(crate) fn csv(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// How long so many frames last.
pub(crate) fn time_of(frames: u64, rate: u32) -> String {
    Duration::try_from_secs_f64(seconds(frames, rate)).map_or_else(|_| "-".to_owned(), clock)
}
