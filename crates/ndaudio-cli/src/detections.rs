//! Sounds that were found, for people and for the programs that read such lists.

use std::io::Write;
use std::path::Path;

use clap::ValueEnum;
use ndaudio::segments::Segment;
use serde_json::json;

use crate::clock::Clock;
use crate::failure::{Failure, Outcome};
use crate::format::{csv, seconds};
use crate::terminal::{json_line, shown};

/// How a list of sounds is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For reading
    Table,
    /// Comma-separated values with a header
    Csv,
    /// One JSON object per sound and line
    Json,
    /// A selection table of Raven
    Raven,
    /// A label track of Audacity
    Audacity,
}

impl ListFormat {
    /// What a file's name asks for: .csv, .json, .selections.txt (Raven) and any other .txt (Audacity).
    pub(crate) fn of(path: &Path) -> Outcome<Self> {
        let name = path.to_string_lossy().to_ascii_lowercase();
        Ok(match name.rsplit('.').next() {
            Some("csv") => ListFormat::Csv,
            Some("json" | "jsonl" | "ndjson") => ListFormat::Json,
            Some("txt") if name.ends_with("selections.txt") => ListFormat::Raven,
            Some("txt") => ListFormat::Audacity,
            _ => {
                return Err(Failure::usage(format!("{}: which kind of list?", shown(path)))
                    .advise("end the name in .csv, .json, .selections.txt (Raven) or .txt (Audacity)"));
            }
        })
    }
}

/// The sounds of one recording.
pub(crate) struct Detections<'a> {
    pub(crate) file: &'a str,
    pub(crate) segments: &'a [Segment],
    /// The frame of the recording that the segments count from.
    pub(crate) first_frame: u64,
    pub(crate) sample_rate: u32,
    pub(crate) clock: Clock,
    /// The files written for them, if any.
    pub(crate) pieces: Option<&'a [String]>,
}

impl Detections<'_> {
    /// Writes all of them. Times count from the start of the recording.
    pub(crate) fn write(&self, out: &mut impl Write, format: ListFormat, show_clock: bool) -> Outcome {
        let at = |frame: u64| seconds(self.first_frame + frame, self.sample_rate);
        match format {
            ListFormat::Csv => writeln!(out, "file,start_seconds,end_seconds,start_frame,end_frame,timestamp,piece")?,
            // Raven Pro, "Selection tables": tab-separated, these names; frequency bounds are whole bands here. The annotation is the
            // user's own column, which readers such as crowsetta ask for by this name.
            ListFormat::Raven => writeln!(
                out,
                "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tBegin File\tAnnotation"
            )?,
            _ => {}
        }
        for (index, segment) in self.segments.iter().enumerate() {
            let (start, end) = (at(segment.start_frame), at(segment.end_frame));
            let piece = self.pieces.and_then(|pieces| pieces.get(index));
            let (first, last) = (self.first_frame + segment.start_frame, self.first_frame + segment.end_frame);
            match format {
                ListFormat::Table => {
                    let when = if show_clock {
                        format!("  {}", self.clock.text_at(segment.start_frame))
                    } else {
                        String::new()
                    };
                    let name = piece.map_or(self.file, String::as_str);
                    let name = crate::terminal::escaped(name);
                    writeln!(out, "{name}  {start:>11.3} s to {end:>11.3} s, {:>9.3} s{when}", end - start)?;
                }
                ListFormat::Csv => {
                    let (file, time) = (csv(self.file), self.clock.text_at(segment.start_frame));
                    let piece = piece.map_or_else(String::new, |piece| csv(piece));
                    writeln!(out, "{file},{start:.6},{end:.6},{first},{last},{time},{piece}")?;
                }
                ListFormat::Json => {
                    let value = json!({
                        "file": self.file,
                        "start_seconds": start,
                        "end_seconds": end,
                        "start_frame": first,
                        "end_frame": last,
                        "timestamp": self.clock.json_at(segment.start_frame),
                        "piece": piece,
                    });
                    json_line(out, &value)?;
                }
                ListFormat::Raven => {
                    let (number, nyquist) = (index + 1, f64::from(self.sample_rate) / 2.0);
                    // Without its directory, as Raven has it.
                    let name = Path::new(self.file).file_name().unwrap_or_default().to_string_lossy();
                    let file = name.replace(['\t', '\n', '\r'], " ");
                    writeln!(
                        out,
                        "{number}\tSpectrogram 1\t1\t{start:.6}\t{end:.6}\t0.0\t{nyquist:.1}\t{file}\tsound"
                    )?;
                }
                // Audacity manual, "Importing and exporting labels": start, end, text; tab-separated.
                ListFormat::Audacity => writeln!(out, "{start:.6}\t{end:.6}\tsound {}", index + 1)?,
            }
        }
        Ok(())
    }
}
