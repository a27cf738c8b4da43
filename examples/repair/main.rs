//! Makes an unfinished, truncated or wrongly sized WAVE file whole, and says what it did.
//!
//! ```console
//! $ cargo run --release --example repair -- crashed.wav --dry-run
//! $ cargo run --release --example repair -- crashed.wav
//! $ cargo run --release --example repair -- crashed.wav --output whole.wav
//! ```

#[path = "../shared/mod.rs"]
mod shared;

mod backup;
mod patched;
mod plan;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use ndaudio::{ReadOptions, WavReader, WriteOptions};
use patched::Patched;
use plan::{Consent, Plan};
use shared::change::{Nothing, Rounding, change_blocks};
use shared::files::{self, Output};
use shared::format::counted;
use shared::sample_type::{SampleType, by_sample_type};
use shared::{Failure, Outcome, note, program};

/// Makes a WAVE file whole that a crashed recorder, a full disk, a broken copy or a careless program left behind.
///
/// In place, only numbers in the header are corrected: the audio is not touched, and the old header is kept as FILE.header-backup.
/// It is all or nothing: if the file would not be in order afterwards, it stays as it is, and you are told what to do. With --output
/// a new file is written, with everything that can be read of the old one.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// The file to repair
    file: PathBuf,
    /// Writes a new file and leaves FILE as it is
    #[arg(long, value_name = "NEW")]
    output: Option<PathBuf>,
    /// Says what is wrong and what would be done, and does nothing
    #[arg(long)]
    dry_run: bool,
    /// In place, cuts off what belongs to nothing: an incomplete last frame, bytes behind the last chunk. They are kept as
    /// FILE.tail-backup
    #[arg(long, conflicts_with = "output")]
    cut: bool,
    /// The sample rate, for files that say 0 Hz
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1..))]
    sample_rate: Option<u32>,
}

const EXAMPLES: &str = "\
Examples:
  repair crashed.wav --dry-run            what is wrong, and what would be done
  repair crashed.wav                      in place, with a backup of the header
  repair cut.wav --cut                    in place, an incomplete last frame is cut off
  repair odd.wav --output whole.wav       everything that can be read, in a new file";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let path = &arguments.file;
    let reader = files::open(path)?;
    files::refuse_pipe(&reader, path, "repairing")?;
    for anomaly in reader.anomalies() {
        note(format_args!("{}: {anomaly}", path.display()));
    }
    match &arguments.output {
        Some(output) => rewrite(arguments, reader, output),
        None if reader.anomalies().is_empty() => {
            note(format_args!("{}: is whole, nothing to do", path.display()));
            Ok(())
        }
        None => patch(arguments),
    }
}

/// Corrects the header where it is.
fn patch(arguments: &Arguments) -> Outcome {
    let Arguments { file: path, dry_run, cut, sample_rate, .. } = arguments;
    let refused = |error| Failure::io(path, error);
    let mut file = OpenOptions::new().read(true).write(!dry_run).open(path).map_err(refused)?;
    let consent = Consent { cut: *cut, sample_rate: *sample_rate };
    let plan = Plan::make(&file, consent).map_err(|failure| failure.about(path))?;
    for step in &plan.steps {
        note(format_args!("{}: {step}", path.display()));
    }
    if let Some(left) = plan.left.first() {
        let reason =
            Failure::new(format!("{}: cannot be made whole in place, and was left as it is: {left}", path.display()));
        return Err(reason.advise(plan.advice()));
    }
    if *dry_run {
        note(format_args!("{}: would then be whole; nothing was done", path.display()));
        return Ok(());
    }
    let kept = backup::keep(path, &mut file, &plan.patched)?;
    plan.patched.apply(&mut file).map_err(refused)?;
    let frames = ReadOptions::new().strict().open(path)?.frames().unwrap_or(0);
    note(format_args!("{}: is whole now, {}{kept}", path.display(), counted(frames, "frame")));
    Ok(())
}

/// Writes what can be read of the file into a new one.
fn rewrite(arguments: &Arguments, mut reader: WavReader<File>, output: &Path) -> Outcome {
    let Arguments { file: path, dry_run, sample_rate, .. } = arguments;
    let mut spec = reader.spec().clone();
    if spec.sample_rate() == 0 {
        let Some(rate) = *sample_rate else {
            return Err(Failure::new("the sample rate is 0 Hz, and only you can know it")
                .about(path)
                .advise("give --sample-rate"));
        };
        spec = spec.with_sample_rate(rate);
    }
    if *dry_run {
        let frames = reader.frames().map_or("all frames there are".to_owned(), |frames| counted(frames, "frame"));
        note(format_args!("{}: {frames} and the metadata would be written; nothing was done", output.display()));
        return Ok(());
    }
    let options = WriteOptions::new(&spec).container(files::container_for(output, reader.container()));
    let mut out = Output::create(path, output, &options)?;
    out.writer.copy_metadata(&mut reader)?;
    let kind = SampleType::to_measure(spec.encoding());
    let done = by_sample_type!(kind, T => {
        change_blocks::<T>(&mut reader, &mut out, Rounding::default(), &mut Nothing, path)
    })?;
    let container = out.writer.container();
    out.finish_strict()?;
    note(format_args!("{}: is whole, {}, {container}", output.display(), counted(done.frames, "frame")));
    Ok(())
}

/// The file as it would be, for a strict look at it.
fn open_patched(patched: Patched<'_>) -> Outcome<WavReader<Patched<'_>>> {
    Ok(ReadOptions::new().seekable(patched)?)
}
