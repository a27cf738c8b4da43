//! `levels`: levels of many recordings at a time, as a table, CSV, JSON, pictures and lists of sounds.

mod clips;
mod measure;
mod tables;

pub(crate) use clips::{Clips, of_levels};

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::Args;
use measure::{Measured, Work};
use rayon::prelude::*;

use crate::clock::ClockOption;
use crate::detections::ListFormat;
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input;
use crate::output::{Overwrite, make_directories, outputs, refuse_two_in_one};
use crate::picture::Format;
use crate::progress::Bar;
use crate::range::Range;
use crate::same_file::{Inputs, refuse_printed};
use crate::sounds::SoundOptions;
use crate::terminal::{Out, note, shown};
use crate::threads;

/// Measure recordings: RMS, peak, offset, crest factor, clipping, zero crossings; per channel and overall, in dBFS.
///
/// A full-scale square wave has an RMS of 0 dBFS, a full-scale sine one of -3.01, silence one of -inf, as in `sox FILE -n stats`; of
/// integer recordings everything is exact. In JSON a level of silence is "-inf", and one that was not measured, because there are no
/// samples or all of them are NaN (see "frames" and "nan"), is null. One file that cannot be read does not stop the others: it is
/// reported at the end, and the exit status is then 1.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings, directories and patterns; - is standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    range: Range,
    /// Comma-separated values, a line for each channel and one for all of them
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON object per file and line
    #[arg(long)]
    json: bool,
    /// Draw a picture, .svg or .png, of the envelope and the level, with the sounds marked; for several files a pattern such as
    /// 'pics/{stem}.png'
    #[arg(long, value_name = "PICTURE|PATTERN")]
    plot: Option<PathBuf>,
    /// Write the sounds to a file: .csv, .json, .selections.txt (Raven) or .txt (Audacity); for several files a pattern such as
    /// '{dir}/{stem}.txt'
    #[arg(long, value_name = "LIST|PATTERN")]
    segments: Option<PathBuf>,
    #[command(flatten)]
    clock: ClockOption,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    sounds: SoundOptions,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio levels take.wav                                  one file: everything, channel by channel
  ndaudio levels archive/ --csv > levels.csv               a tree of files, for a spreadsheet or pandas
  ndaudio levels *.wav --json | jq 'select(.overall.clipped > 0) | .file'
  ndaudio levels night.wav --plot night.png --threshold -45
  ndaudio levels archive/ --plot 'pics/{dir}/{stem}.svg'   a picture of each
  ndaudio levels field.wav --segments field.selections.txt";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.sounds.any_given() && arguments.plot.is_none() && arguments.segments.is_none() {
        return Err(Failure::usage("the options about sound and silence need --plot or --segments"));
    }
    if arguments.overwrite.overwrite && arguments.plot.is_none() && arguments.segments.is_none() {
        return Err(Failure::usage("--overwrite is for the files of --plot and --segments"));
    }
    let (files, mut failures) = input::expand(&arguments.paths);
    let count = files.len() + failures.len();
    if count == 0 {
        return Err(Failure::no_recording("measure"));
    }
    if let Some(pattern) = &arguments.plot {
        Format::of(pattern)?;
    }
    let list_format = arguments.segments.as_deref().map(ListFormat::of).transpose()?;
    let inputs = Inputs::new(&files);
    let mut out = Out::new(&inputs)?;
    let each = |pattern: &Option<PathBuf>| match pattern {
        Some(pattern) => outputs(&files, pattern, &inputs).map(|paths| paths.into_iter().map(Some).collect()),
        None => Ok(vec![None; files.len()]),
    };
    threads::start(files.len())?;
    let (plots, lists): (Vec<_>, Vec<_>) = (each(&arguments.plot)?, each(&arguments.segments)?);
    for path in plots.iter().chain(&lists).flatten() {
        arguments.overwrite.check(path, &inputs)?;
        refuse_printed(path)?;
    }
    refuse_two_in_one(plots.iter().chain(&lists).flatten())?;
    for (pattern, paths) in [(&arguments.plot, &plots), (&arguments.segments, &lists)] {
        pattern.iter().try_for_each(|pattern| make_directories(pattern, paths.iter().flatten()))?;
    }
    let progress = Progress::new(&files);
    let measured: Vec<Outcome<Measured>> = files
        .par_iter()
        .zip(plots.par_iter().zip(&lists))
        .map(|(path, (plot, list))| {
            let list = list.as_deref().zip(list_format);
            measure::file(path, &Work { arguments, plot: plot.as_deref(), list, progress: &progress, inputs: &inputs })
        })
        .collect();
    drop(progress);
    let mut done = Vec::new();
    for (path, result) in files.iter().zip(measured) {
        match result {
            Ok(file) => done.push(file),
            Err(failure) => failures.push(failure.about(path)),
        }
    }
    print(&mut out, arguments, &done, files.len())?;
    for file in &done {
        for text in &file.notes {
            note(format!("{}: {text}", shown(&file.path)));
        }
    }
    Failure::of_many(failures, count)
}

fn print(out: &mut Out, arguments: &Arguments, measured: &[Measured], files: usize) -> Outcome {
    match measured {
        _ if arguments.csv => tables::csv(out, measured)?,
        _ if arguments.json => tables::json(out, measured)?,
        [] => {}
        [one] if files == 1 => tables::of_one(out, one, arguments.clock)?,
        many => tables::of_many(out, many, arguments.clock)?,
    }
    Ok(out.flush()?)
}

/// How much of all files is measured.
pub(crate) struct Progress {
    /// Bytes done, and the bar that shows them.
    state: Mutex<(u64, Bar)>,
    total: Option<u64>,
}

impl Progress {
    pub(crate) fn new(files: &[PathBuf]) -> Self {
        // Of a pipe nobody knows.
        let len = |path: &PathBuf| path.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
        let total = files.iter().map(len).sum::<Option<u64>>();
        let label = match files {
            [one] => shown(Path::new(one)),
            many => counted(many.len() as u64, "file"),
        };
        Progress { state: Mutex::new((0, Bar::new(label))), total }
    }

    pub(crate) fn add(&self, bytes: u64) {
        if let Ok(mut state) = self.state.lock() {
            state.0 += bytes;
            let done = state.0;
            state.1.show(done, self.total);
        }
    }
}
