//! Levels of many recordings at a time, as a table, as CSV, as JSON, and as pictures.
//!
//! ```console
//! $ cargo run --release --example levels -- data/music.wav
//! $ cargo run --release --example levels -- archive --csv
//! $ cargo run --release --example levels -- take.wav --plot take.svg
//! ```

#[path = "../shared/mod.rs"]
mod shared;

mod clips;
mod collect;
mod measure;
mod plot;
mod tables;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;
use measure::{Measured, Work};
use rayon::prelude::*;
use shared::format::counted;
use shared::progress::Bar;
use shared::segments::SegmentOptions;
use shared::{Failure, Outcome, note, program};

/// Levels of WAVE files, as `sox FILE -n stats` has them and more: RMS, peak, offset, crest factor, clipping, zero crossings; of each
/// channel and of all together, in dBFS.
///
/// 0 dBFS is full scale: a full-scale square wave has an RMS of 0 dBFS, a full-scale sine one of -3.01, silence one of -inf. Of integer
/// files everything is exact. Directories are searched for WAVE files, whatever lies in them; many files are measured at a time.
/// One that cannot be read does not stop the others: it is reported at the end, and the exit status is then 1.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// Files, and directories to be searched for .wav, .wave, .w64, .rf64 and .bw64; - reads standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Comma-separated values, a line for each channel and one for all of them
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON object per file and line; what is not finite (levels of silence) is null
    #[arg(long)]
    json: bool,
    /// Draws a picture, .svg or .png, of the envelope and the levels, with the sounds marked. Of several files, one each: {} in the
    /// name stands for that of the file
    #[arg(long, value_name = "PICTURE")]
    plot: Option<PathBuf>,
    /// Files that are measured at a time [default: as many as there are cores]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    #[command(flatten)]
    segments: SegmentOptions,
}

const EXAMPLES: &str = "\
Examples:
  levels take.wav                                     one file: all there is to say, channel by channel
  levels archive --csv > levels.csv                   a tree of files, for a spreadsheet or pandas
  levels *.wav --json | jq 'select(.overall.clipped > 0) | .file'
  levels night.wav --plot night.png --threshold -45   also of a recording of many hours
  levels archive --plot 'pictures/{}.svg'             a picture of each";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let (files, mut failures) = collect::files(&arguments.paths);
    if let Some(pattern) = &arguments.plot {
        check_pattern(pattern, files.len())?;
    }
    if let Some(threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
        pool.map_err(|error| Failure::new(format!("the threads cannot be started: {error}")))?;
    }
    let progress = Progress::new(&files);
    let work = Work { segments: &arguments.segments, plot: arguments.plot.as_deref(), progress: &progress };
    let results: Vec<Outcome<Measured>> = files.par_iter().map(|path| measure::file(path, &work)).collect();
    drop(progress);
    let mut measured = Vec::new();
    for (path, result) in files.iter().zip(results) {
        match result {
            Ok(file) => measured.push(file),
            Err(failure) => failures.push(failure.about(path)),
        }
    }
    print(arguments, &measured)?;
    for file in &measured {
        for text in &file.notes {
            note(format_args!("{}: {text}", file.path.display()));
        }
    }
    for failure in &failures {
        note(format_args!("{failure}"));
    }
    match failures.len() {
        0 if files.is_empty() => Err(Failure::new("no WAVE file in there")
            .advise("name files, or directories with .wav, .wave, .w64, .rf64 or .bw64 in them")),
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} of {} failed", counted((count + measured.len()) as u64, "file")))),
    }
}

/// The name of a picture must have a format, and of several a place for their names.
fn check_pattern(pattern: &Path, files: usize) -> Outcome {
    if plot::Format::of(pattern).is_none() {
        return Err(Failure::new(format!("{}: what kind of picture?", pattern.display()))
            .advise("give --plot a name that ends in .svg or .png"));
    }
    if files > 1 && !pattern.to_string_lossy().contains("{}") {
        return Err(Failure::new(format!("{}: one picture of {files} files", pattern.display()))
            .advise("put {} where the name of each file is to stand, as in --plot 'pictures/{}.svg'"));
    }
    Ok(())
}

fn print(arguments: &Arguments, measured: &[Measured]) -> Outcome {
    let mut out = BufWriter::new(io::stdout().lock());
    match measured {
        _ if arguments.csv => tables::csv(&mut out, measured)?,
        _ if arguments.json => tables::json(&mut out, measured)?,
        [] => {}
        [one] => tables::of_one(&mut out, one)?,
        many => tables::of_many(&mut out, many)?,
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
    fn new(files: &[PathBuf]) -> Self {
        // Of a pipe nobody knows.
        let len =
            |path: &PathBuf| path.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        let total = files.iter().map(len).sum::<Option<u64>>();
        let label = match files {
            [one] => one.display().to_string(),
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
