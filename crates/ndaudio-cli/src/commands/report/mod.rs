//! `report`: one page to explore a directory of recordings in.

mod page;
mod recording;

use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;
use serde_json::Value;

use super::levels::Progress;
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input;
use crate::output::{Overwrite, write_file};
use crate::same_file::Inputs;
use crate::terminal::{note, shown};
use crate::threads;
use recording::Resolution;

/// Write one page about many recordings: a table of their levels and anomalies, and zoomable pictures of each.
///
/// The page holds everything it needs, and works in any browser without a network. A recording that cannot be read has a row that says why.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings, directories and patterns
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// The page
    #[arg(short, long, value_name = "HTML")]
    output: PathBuf,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio report recordings/ -o report.html";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (files, mut failures) = input::expand(&arguments.files);
    let count = files.len() + failures.len();
    let inputs = Inputs::new(&files);
    arguments.overwrite.check(&arguments.output, &inputs)?;
    if files.is_empty() {
        failures.push(Failure::no_recording("report on"));
        return Failure::of_many(failures, 1);
    }
    threads::start(files.len())?;
    let progress = Progress::new(&files);
    let resolution = Resolution::for_recordings(files.len());
    let done: Vec<(Value, Option<Failure>)> = files
        .par_iter()
        .map(|path| match recording::examine(path, resolution, &progress) {
            Ok(value) => (value, None),
            Err(failure) => {
                let failure = failure.about(path);
                (recording::unreadable(path, &failure), Some(failure))
            }
        })
        .collect();
    drop(progress);
    let (recordings, failed): (Vec<Value>, Vec<Option<Failure>>) = done.into_iter().unzip();
    failures.extend(failed.into_iter().flatten());
    let named: Vec<String> = arguments.files.iter().map(|path| path.display().to_string()).collect();
    let page = page::write(&named.join(", "), &recordings);
    write_file(&arguments.output, arguments.overwrite, &inputs, page.as_bytes())?;
    let megabytes = page.len() as f64 / 1e6;
    note(format!("{}: {}, {megabytes:.1} MB", shown(&arguments.output), counted(files.len() as u64, "recording")));
    Failure::of_many(failures, count)
}
