//! What was measured, for people and for programs.

use std::io::Write;

use ndaudio::db;
use ndaudio::levels::Level;
use serde_json::{Value, json};

use super::clips::Clipped;
use super::measure::Measured;
use crate::clock::ClockOption;
use crate::failure::Outcome;
use crate::format::{counted, csv as quoted, csv_number, dbfs, described, grouped, json_number, number, time_of};
use crate::terminal::{json_line, shown};

/// Channels that fit beside each other.
const WIDE_MAX: usize = 8;

/// One channel, or all of them.
struct Row {
    /// `all`, or the number of the channel, from 1.
    name: String,
    level: Level,
    clipped: Clipped,
    /// The largest and the smallest RMS of any 50 ms.
    short_term: Option<(f64, f64)>,
}

/// All channels first, as sox has them, where there are several.
fn rows(file: &Measured) -> Vec<Row> {
    let channels = file.levels.channels();
    let mut rows = Vec::new();
    if channels > 1 {
        let mut clipped = Clipped::default();
        for channel in &file.clipped {
            clipped.samples += channel.samples;
            clipped.longest = clipped.longest.max(channel.longest);
        }
        let extremes = |(peaks, troughs): &(Vec<f64>, Vec<f64>)| {
            (peaks.iter().copied().fold(f64::NAN, f64::max), troughs.iter().copied().fold(f64::NAN, f64::min))
        };
        let short_term = file.short_term.as_ref().map(extremes);
        rows.push(Row { name: "all".to_owned(), level: file.levels.overall(), clipped, short_term });
    }
    for channel in 0..channels {
        let short_term = file.short_term.as_ref().map(|(peaks, troughs)| (peaks[channel], troughs[channel]));
        let (level, clipped) = (file.levels.channel(channel).clone(), file.clipped[channel]);
        rows.push(Row { name: (channel + 1).to_string(), level, clipped, short_term });
    }
    rows
}

/// How a line of the table is made from a channel.
type Cell = fn(&Row) -> String;

const LINES: [(&str, Cell); 15] = [
    ("RMS, dBFS", |row| dbfs(row.level.rms(), 2)),
    ("peak, dBFS", |row| dbfs(row.level.peak(), 2)),
    ("RMS peak, dBFS", |row| row.short_term.map_or_else(nothing, |(peak, _)| dbfs(peak, 2))),
    ("RMS trough, dBFS", |row| row.short_term.map_or_else(nothing, |(_, trough)| dbfs(trough, 2))),
    ("crest factor", |row| number(row.level.crest_factor(), 2)),
    ("offset (DC)", |row| number(row.level.mean(), 6)),
    ("min", |row| number(row.level.min(), 6)),
    ("max", |row| number(row.level.max(), 6)),
    ("std. deviation", |row| number(row.level.standard_deviation(), 6)),
    ("zero crossings", |row| grouped(row.level.zero_crossings())),
    ("crossing rate", |row| number(row.level.zero_crossing_rate(), 5)),
    ("clipped", |row| grouped(row.clipped.samples)),
    ("longest run", |row| grouped(row.clipped.longest)),
    ("NaN", |row| grouped(row.level.nan())),
    ("infinite", |row| grouped(row.level.infinite())),
];

fn nothing() -> String {
    "-".to_owned()
}

/// A file with all there is to say, channels side by side where they fit.
pub(crate) fn of_one(out: &mut impl Write, file: &Measured, clock: ClockOption) -> Outcome {
    let frames = file.levels.frames();
    writeln!(out, "{}: {}", shown(&file.path), described(&file.spec))?;
    if clock.clock {
        writeln!(out, "began {}", file.clock.text_at(0))?;
    }
    writeln!(out, "{}, {}", counted(frames, "frame"), length(file))?;
    writeln!(out)?;
    let rows = rows(file);
    // Only floats can be neither.
    let lines =
        LINES.iter().filter(|(label, _)| file.spec.encoding().is_float() || !matches!(*label, "NaN" | "infinite"));
    if file.levels.channels() <= WIDE_MAX {
        write!(out, "{:<18}", "channel")?;
        for row in &rows {
            write!(out, "{:>12}", row.name)?;
        }
        writeln!(out)?;
        for (label, cell) in lines {
            write!(out, "{label:<18}")?;
            for row in &rows {
                write!(out, "{:>12}", cell(row))?;
            }
            writeln!(out)?;
        }
        return Ok(());
    }
    let lines: Vec<_> = lines.collect();
    write!(out, "{:>7}", "channel")?;
    for (label, _) in &lines {
        write!(out, "  {label:>16}")?;
    }
    writeln!(out)?;
    for row in &rows {
        write!(out, "{:>7}", row.name)?;
        for (_, cell) in &lines {
            write!(out, "  {:>16}", cell(row))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A line for each file, all channels together.
pub(crate) fn of_many(out: &mut impl Write, files: &[Measured], clock: ClockOption) -> Outcome {
    writeln!(
        out,
        "{:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>4} {:>12}  file",
        "RMS", "peak", "crest", "DC", "clipped", "rate", "ch.", "length"
    )?;
    for file in files {
        let Some(Row { level, clipped, .. }) = rows(file).into_iter().next() else { continue };
        writeln!(
            out,
            "{:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>4} {:>12}  {}",
            dbfs(level.rms(), 2),
            dbfs(level.peak(), 2),
            number(level.crest_factor(), 2),
            number(level.mean(), 6),
            clipped.samples,
            file.spec.sample_rate(),
            file.spec.channels(),
            length(file),
            shown(&file.path)
        )?;
        if clock.clock {
            let began = file.clock.text_at(0);
            writeln!(out, "{:>9} {}", "began", if began.is_empty() { "-" } else { &began })?;
        }
    }
    Ok(())
}

fn length(file: &Measured) -> String {
    time_of(file.levels.frames(), file.spec.sample_rate())
}

/// The measures by the names that they have for programs.
fn values(row: &Row) -> [(&'static str, Number); 15] {
    let level = &row.level;
    let decibels = |amplitude: f64| Number::Float(db::from_amplitude(amplitude));
    let short_term = row.short_term.unwrap_or((f64::NAN, f64::NAN));
    [
        ("rms_dbfs", decibels(level.rms())),
        ("peak_dbfs", decibels(level.peak())),
        ("rms_peak_dbfs", decibels(short_term.0)),
        ("rms_trough_dbfs", decibels(short_term.1)),
        ("crest_factor", Number::Float(level.crest_factor())),
        ("mean", Number::Float(level.mean())),
        ("min", Number::Float(level.min())),
        ("max", Number::Float(level.max())),
        ("standard_deviation", Number::Float(level.standard_deviation())),
        ("zero_crossings", Number::Count(level.zero_crossings())),
        ("zero_crossing_rate", Number::Float(level.zero_crossing_rate())),
        ("clipped", Number::Count(row.clipped.samples)),
        ("longest_clipped_run", Number::Count(row.clipped.longest)),
        ("nan", Number::Count(level.nan())),
        ("infinite", Number::Count(level.infinite())),
    ]
}

enum Number {
    Float(f64),
    Count(u64),
}

/// A line for each channel and one for all of them.
pub(crate) fn csv(out: &mut impl Write, files: &[Measured]) -> Outcome {
    let mut head_written = false;
    for file in files {
        let (frames, spec) = (file.levels.frames(), &file.spec);
        for row in rows(file) {
            let values = values(&row);
            if !head_written {
                let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
                writeln!(out, "file,timestamp,sample_rate,encoding,frames,channel,{}", names.join(","))?;
                head_written = true;
            }
            let values = values.map(|(_, value)| match value {
                Number::Float(value) => csv_number(value),
                Number::Count(count) => count.to_string(),
            });
            let name = quoted(&file.path.display().to_string());
            let encoding = quoted(&spec.encoding().to_string());
            let (began, rate) = (file.clock.text_at(0), spec.sample_rate());
            writeln!(out, "{name},{began},{rate},{encoding},{frames},{},{}", row.name, values.join(","))?;
        }
    }
    Ok(())
}

/// An object for each file.
pub(crate) fn json(out: &mut impl Write, files: &[Measured]) -> Outcome {
    for file in files {
        let object = |row: &Row| -> Value {
            let value = |(name, value): (&str, Number)| {
                let value = match value {
                    Number::Float(value) => json_number(value),
                    Number::Count(count) => Value::from(count),
                };
                (name.to_owned(), value)
            };
            Value::Object(values(row).into_iter().map(value).collect())
        };
        let rows = rows(file);
        let channels: Vec<Value> = rows.iter().filter(|row| row.name != "all").map(object).collect();
        let object = json!({
            "file": file.path.display().to_string(),
            "timestamp": file.clock.json_at(0),
            "sample_rate": file.spec.sample_rate(),
            "encoding": file.spec.encoding().to_string(),
            "frames": file.levels.frames(),
            "overall": rows.first().map(object),
            "channels": channels,
            "notes": file.notes,
        });
        json_line(out, &object)?;
    }
    Ok(())
}
