//! `ltsa`: the long-term spectral average of hours to weeks, in one picture.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use ndaudio::{Sample, Source, Spec};
use rayon::prelude::*;

use super::levels::Progress;
use crate::clock::Clock;
use crate::failure::{Failure, Outcome};
use crate::format::{clock as clock_text, counted, seconds};
use crate::input::{self, Input};
use crate::output::{Overwrite, write_file};
use crate::picture::Format;
use crate::picture::axes::TimeAxis;
use crate::picture::bands::Bands;
use crate::picture::grid::{Columns, range_of};
use crate::picture::heat_map::{COLUMNS, HeatMap, ROWS};
use crate::same_file::Inputs;
use crate::sample_type::{SampleType, by_sample_type};
use crate::spectral::SpectralOptions;
use crate::terminal::{note, shown};
use crate::threads;
use ndaudio::metadata::RecordingTime;

/// Draw the long-term spectral average of one recording or of many, hours to weeks, in one picture.
///
/// Recordings that say when they began (in their metadata or names) are put where they belong on a clock, and gaps between them are shown
/// grey; a gap narrower than a hundredth of the picture is filled with what was before it, so that a recorder's schedule does not hide
/// the sound. Other recordings follow each other in the order of their names. Each column of pixels is the mean power of all windows in it, as
/// power spectral density in dB relative to full scale, per Hz.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings, directories and patterns
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// The picture, .png or .svg
    #[arg(short, long, value_name = "PICTURE")]
    output: PathBuf,
    /// Ignore when the recordings began: put them one after the other
    #[arg(long)]
    no_clock: bool,
    #[command(flatten)]
    spectral: SpectralOptions,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio ltsa night/ -o night.png
  ndaudio ltsa week/ -o week.png --fmax 8000 --db-range -120:-60
  ndaudio ltsa take.wav -o take.svg --log";

/// A recording and where it lies in the picture.
struct Part {
    path: PathBuf,
    spec: Spec,
    frames: u64,
    start: Option<RecordingTime>,
    /// Seconds from the left edge.
    at: f64,
    /// Standard input, which cannot be opened again. Files are: there may be more of them than a process may have open.
    stdin: Option<Input>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let format = Format::of(&arguments.output)?;
    let (files, mut failures) = input::expand(&arguments.files);
    let total = files.len() + failures.len();
    let inputs = Inputs::new(&files);
    arguments.overwrite.check(&arguments.output, &inputs)?;
    let mut parts = Vec::new();
    for path in &files {
        match part(path) {
            Ok(part) => parts.push(part),
            Err(failure) => failures.push(failure.about(path)),
        }
    }
    if parts.is_empty() {
        failures.push(Failure::no_recording("draw"));
        // Not to be counted: the last one is about no file.
        return Failure::of_many(failures, 1);
    }
    let clock = place(&mut parts, arguments.no_clock);
    let length = parts.iter().map(|part| part.at + part.seconds()).fold(0.0, f64::max);
    let nyquist = parts.iter().map(|part| part.spec.sample_rate()).max().map_or(0.0, |rate| f64::from(rate) / 2.0);
    let bands = arguments.spectral.bands(nyquist)?;
    threads::start(parts.len())?;
    let progress = Progress::new(&files);
    let read: Vec<Outcome<Columns>> =
        parts.par_iter_mut().map(|part| columns_of(arguments, part, bands, length, &progress)).collect();
    drop(progress);
    let mut grid = Columns::default();
    for (part, columns) in parts.iter().zip(read) {
        // In the order of the recordings, so that the sums are the same with any number of threads.
        match columns {
            Ok(columns) => grid.merge(columns),
            Err(failure) => failures.push(failure.about(&part.path)),
        }
    }
    let closed = clock.is_some() && grid.close_gaps(COLUMNS / 100);
    let bytes =
        format.render(&picture(arguments, &parts, &grid, bands, TimeAxis { start: 0.0, length, clock }, closed)?)?;
    write_file(&arguments.output, arguments.overwrite, &inputs, &bytes)?;
    let count = counted(parts.len() as u64, "recording");
    note(format!("{}: {count} in {}", shown(&arguments.output), text_of(length)));
    Failure::of_many(failures, total)
}

impl Part {
    fn seconds(&self) -> f64 {
        seconds(self.frames, self.spec.sample_rate())
    }
}

fn text_of(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map_or_else(|_| "-".to_owned(), clock_text)
}

fn part(path: &Path) -> Outcome<Part> {
    let mut input = Input::open(path)?;
    let Some(frames) = input.frames() else {
        return Err(Failure::new("its length is unknown until its end").advise("save the input to a file first"));
    };
    if input.spec().sample_rate() == 0 {
        return Err(Failure::new("the sample rate is 0 Hz: nothing has a time or a frequency"));
    }
    let start = Clock::of(&mut input).at(0);
    input.note_anomalies();
    let spec = input.spec().clone();
    let stdin = (path == Path::new("-")).then_some(input);
    Ok(Part { path: path.to_path_buf(), spec, frames, start, at: 0.0, stdin })
}

/// Puts the recordings on a clock if all of them say when they began, else one after the other. Returns the time at the left edge.
fn place(parts: &mut [Part], no_clock: bool) -> Option<RecordingTime> {
    // With an offset from UTC on the scale of UTC; times of day without one can be compared with each other only.
    let moment = |start: RecordingTime| match start.timestamp() {
        Some(timestamp) => timestamp.as_duration().as_secs_f64(),
        None => start.since_1970().as_secs_f64(),
    };
    let starts: Vec<RecordingTime> = parts.iter().filter_map(|part| part.start).collect();
    let offsets = starts.iter().filter(|start| start.offset().is_some()).count();
    let comparable = starts.len() == parts.len() && (offsets == 0 || offsets == parts.len());
    if no_clock || !comparable {
        if !no_clock && !starts.is_empty() {
            note("not every recording says when it began in the same way: they are drawn one after the other");
        }
        let mut at = 0.0;
        for part in parts {
            part.at = at;
            at += part.seconds();
        }
        return None;
    }
    parts.sort_by(|a, b| a.start.map(moment).unwrap_or(0.0).total_cmp(&b.start.map(moment).unwrap_or(0.0)));
    let first = parts.first()?.start?;
    for part in parts.iter_mut() {
        part.at = part.start.map_or(0.0, |start| moment(start) - moment(first));
    }
    Some(first)
}

fn columns_of(
    arguments: &Arguments,
    part: &mut Part,
    bands: Bands,
    length: f64,
    progress: &Progress,
) -> Outcome<Columns> {
    let mut input = match part.stdin.take() {
        Some(input) => input,
        None => Input::open(&part.path)?,
    };
    let layout = arguments.spectral.layout(&part.spec, part.frames, bands, |window| window / 2)?;
    let rate = f64::from(part.spec.sample_rate());
    let at = part.at;
    let column = |frame: u64| column_at(at + frame as f64 / rate, length);
    let bytes = part.spec.frame_bytes() as u64;
    let mut done = 0;
    by_sample_type!(SampleType::to_measure(part.spec.encoding()), T => {
        read::<T>(&mut input, &layout, column, |position| {
            progress.add((position - done) * bytes);
            done = position;
        })
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the columns of the picture")]
fn column_at(seconds: f64, length: f64) -> u64 {
    (seconds / length * COLUMNS as f64).clamp(0.0, (COLUMNS - 1) as f64) as u64
}

fn read<T: Sample>(
    input: &mut Input,
    layout: &crate::picture::grid::Layout,
    column: impl Fn(u64) -> u64,
    progress: impl FnMut(u64),
) -> Outcome<Columns> {
    Columns::read::<T>(input, layout, column, progress)
}

fn picture(
    arguments: &Arguments,
    parts: &[Part],
    grid: &Columns,
    bands: Bands,
    axis: TimeAxis,
    closed: bool,
) -> Outcome<crate::picture::svg::Drawing> {
    let levels = grid.levels(COLUMNS, ROWS);
    let spec = &parts[0].spec;
    // Short recordings among long ones have shorter windows, and are soon over.
    let longest = parts.iter().map(|part| part.frames).max().unwrap_or(0);
    let layout = arguments.spectral.layout(spec, longest, bands, |window| window / 2)?;
    let recorded: f64 = parts.iter().map(Part::seconds).sum();
    let mut facts = arguments.spectral.facts(&layout, spec);
    facts.insert(0, format!("{}, {} recorded", counted(parts.len() as u64, "recording"), text_of(recorded)));
    facts.push(format!("{} per column", text_of(axis.length / COLUMNS as f64)));
    if closed {
        facts.push(format!("gaps under {} filled", text_of(axis.length / 100.0)));
    }
    let named: Vec<String> = arguments.files.iter().map(|path| path.display().to_string()).collect();
    HeatMap {
        title: &format!("Long-term spectral average of {}", named.join(", ")),
        facts: &facts,
        levels: &levels,
        bands,
        range: arguments.spectral.db_range.unwrap_or_else(|| range_of(&levels)),
        unit: "power spectral density, dBFS/Hz",
        axis,
        colours: arguments.spectral.colours,
    }
    .draw()
}
