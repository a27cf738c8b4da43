//! `Levels` of the fixtures against what `sox FILE -n stats` printed, to the digits that sox prints.
//!
//! The values in `tests/peers/sox_stats.tsv` were recorded by `python3 tests/peers/sox_stats.py` with SoX 14.4.2.

#![expect(clippy::unwrap_used, reason = "a test that fails there has found something")]

use ndaudio::levels::{self, Level};
use ndaudio::{Levels, WavReader, db};

type Measure = fn(&Level) -> f64;

/// What sox prints, in its order. Full scale is 1.0 in its offsets and extremes, too.
const COLUMNS: [(&str, Measure); 5] = [
    ("RMS lev dB", |level| db::from_amplitude(level.rms())),
    ("Pk lev dB", |level| db::from_amplitude(level.peak())),
    ("DC offset", Level::mean),
    ("Min level", Level::min),
    ("Max level", Level::max),
];

#[test]
fn levels_are_what_sox_prints() {
    let table = include_str!("../peers/sox_stats.tsv");
    let mut files = 0;
    let mut compared = 0;
    let mut differences = Vec::new();
    let mut open: Option<(&str, Levels)> = None;
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, channel, values @ ..] = &fields[..] else { panic!("a line without fields: {line}") };
        assert_eq!(values.len(), COLUMNS.len(), "{line}");
        if open.as_ref().is_none_or(|(opened, _)| opened != name) {
            open = Some((name, measure(name)));
            files += 1;
        }
        let (_, levels) = open.as_ref().unwrap();
        let overall = *channel == "overall";
        let level = match channel.parse::<usize>() {
            Ok(number) => levels.channel(number - 1).clone(),
            Err(_) if overall => levels.overall(),
            Err(_) => panic!("no channel: {line}"),
        };
        for ((what, measure), printed) in COLUMNS.iter().zip(values) {
            // sox's first column has the largest offset of any channel there, not that of all samples.
            let ours = if overall && *what == "DC offset" {
                let offsets = levels.mean();
                offsets.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap()
            } else {
                measure(&level)
            };
            compared += 1;
            if !prints_as(ours, printed) {
                differences.push(format!("{name}, channel {channel}: {what} is {ours}, sox prints {printed}"));
            }
        }
    }
    assert_eq!((files, compared), (48, 835), "files and values of the table");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Whether a value has the digits that sox printed; `-0.00` is `0.00`.
fn prints_as(ours: f64, printed: &str) -> bool {
    let theirs: f64 = printed.parse().unwrap();
    if !theirs.is_finite() || !ours.is_finite() {
        return ours == theirs;
    }
    let digits = printed.split_once('.').map_or(0, |(_, digits)| digits.len());
    format!("{ours:.digits$}").parse::<f64>() == Ok(theirs)
}

fn measure(name: &str) -> Levels {
    let mut reader = WavReader::open(format!("{}/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    levels::of_source(&mut reader).unwrap()
}
