//! `repair`: makes an unfinished, truncated or wrongly sized WAVE file whole, and says what it did.

mod backup;
mod patched;
mod plan;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ndaudio::{Anomaly, ReadOptions, Severity, Source, WavReader};
use patched::Patched;
use plan::{Consent, Plan};

use crate::change::{Nothing, Rounding, change_blocks, copy_stored};
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input::Input;
use crate::output::{Job, Output, Overwrite};
use crate::same_file::Inputs;
use crate::sample_type::{SampleType, by_sample_type};
use crate::terminal::{escaped, note, shown};
use crate::writer::FileKind;

/// Repair a WAVE file that a crashed recorder, a full disk, a broken copy or a careless program left behind.
///
/// In place, only numbers in the header are corrected: the audio is not touched, and the old header is kept as FILE.header-backup.
/// It is all or nothing: if the file would not be in order afterwards, it stays as it is, and you are told what to do. With -o a new
/// file is written, with everything that can be read of the old one.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The file to repair
    file: PathBuf,
    /// Write a new file and leave FILE as it is
    #[arg(short, long, value_name = "NEW")]
    output: Option<PathBuf>,
    /// Say what is wrong and what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// In place, cut off what belongs to nothing: an incomplete last frame, bytes after the last chunk. They are kept as
    /// FILE.tail-backup
    #[arg(long, conflicts_with = "output")]
    cut: bool,
    /// The sample rate, for a file that says 0 Hz
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1..))]
    sample_rate: Option<u32>,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio repair crashed.wav --dry-run            what is wrong, and what would be done
  ndaudio repair crashed.wav                      in place, with a backup of the header
  ndaudio repair cut.wav --cut                    in place, an incomplete last frame is cut off
  ndaudio repair odd.wav -o whole.wav             everything that can be read, in a new file";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let path = &arguments.file;
    if arguments.overwrite.overwrite && arguments.output.is_none() {
        return Err(Failure::usage("--overwrite is for the file of --output; without one FILE itself is changed"));
    }
    if path == Path::new("-") && arguments.output.is_none() {
        // A file of that name would be changed instead.
        return Err(Failure::new("standard input cannot be repaired in place")
            .advise("name the file, or write a new one: -o NEW; a file of this name is ./-"));
    }
    let input = Input::open(path)?;
    input.refuse_pipe("repairing")?;
    if input.container().is_none() {
        return Err(Failure::new("is not a WAVE file, and only those are repaired")
            .about(path)
            .advise("decode it with `ndaudio convert`"));
    }
    for anomaly in input.anomalies() {
        note(format!("{}: {}", shown(path), escaped(&anomaly.to_string())));
    }
    let rate = input.spec().sample_rate();
    if arguments.sample_rate.is_some() && rate != 0 {
        return Err(Failure::new(format!("the file says {rate} Hz, and --sample-rate is for files that say 0 Hz"))
            .about(path)
            .advise("leave --sample-rate out"));
    }
    match &arguments.output {
        Some(output) => rewrite(arguments, input, output),
        None if !input.anomalies().iter().any(is_fault) => {
            note(format!("{}: is whole, nothing to do", shown(path)));
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
    if !dry_run {
        keep_appenders_out(&file).map_err(|failure| failure.about(path))?;
    }
    let consent = Consent { cut: *cut, sample_rate: *sample_rate };
    let plan = Plan::make(&file, consent).map_err(|failure| failure.about(path))?;
    for step in &plan.steps {
        note(format!("{}: {step}", shown(path)));
    }
    if let Some(left) = plan.left.first() {
        let reason =
            Failure::new(format!("{}: cannot be made whole in place, and was left as it is: {left}", shown(path)));
        return Err(reason.advise(plan.advice()));
    }
    if *dry_run {
        note(format!("{}: would then be whole; nothing was done", shown(path)));
        return Ok(());
    }
    let (backups, kept) = backup::keep(path, &mut file, &plan.patched)?;
    backups.change(|| plan.patched.apply(&mut file)).map_err(refused)?;
    file.rewind().map_err(refused)?;
    let reader = ReadOptions::new().seekable(&file).map_err(|error| error.with_path(path))?;
    refuse_faults(&reader).map_err(|failure| failure.about(path))?;
    let frames = reader.frames().unwrap_or(0);
    note(format!("{}: is whole now, {}{kept}", shown(path), counted(frames, "frame")));
    Ok(())
}

/// Locks the file as whoever appends to it with this crate does: until that ends, what the file lacks is not lost, and the next change of its
/// writer goes over whatever was repaired.
fn keep_appenders_out(file: &File) -> Outcome {
    // Elsewhere a lock would keep readers out as well, and a file system without locks has no say.
    if cfg!(unix) && matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        let failure = Failure::new("another program is appending to it, and would write over what was repaired");
        return Err(failure.advise("repair it when that has ended"));
    }
    Ok(())
}

/// Writes what can be read of the file into a new one.
fn rewrite(arguments: &Arguments, mut input: Input, output: &Path) -> Outcome {
    let Arguments { file: path, dry_run, sample_rate, .. } = arguments;
    let mut spec = input.spec().clone();
    if spec.sample_rate() == 0 {
        let Some(rate) = *sample_rate else {
            return Err(Failure::new("the sample rate is 0 Hz, and only you can know it")
                .about(path)
                .advise("give the rate that it was recorded with: --sample-rate HZ"));
        };
        spec = spec.with_sample_rate(rate);
    }
    if *dry_run {
        let frames = input.frames().map_or("all frames".to_owned(), |frames| counted(frames, "frame"));
        note(format!("{}: {frames} and the metadata would be written; nothing was done", shown(output)));
        return Ok(());
    }
    let kind = FileKind::of(output, input.container())?;
    let inputs = Arc::new(Inputs::new([path]));
    let job = Job { input: path.clone(), output: output.to_path_buf(), overwrite: arguments.overwrite, inputs };
    let mut out = Output::create(&job, &spec, kind)?;
    input.copy_metadata(&mut out.writer, |_, content| Ok(Some(content)))?;
    let sample_type = SampleType::to_measure(spec.encoding());
    let done = match copy_stored(&mut input, &mut out)? {
        Some(done) => done,
        None => by_sample_type!(sample_type, T => {
            change_blocks::<T>(&mut input, &mut out, Rounding::default(), &mut Nothing, path)
        })?,
    };
    let container = out.finish_strict()?;
    note(format!("{}: is whole, {}, {container}", shown(output), counted(done.frames, "frame")));
    Ok(())
}

/// Whether something is wrong that can be put right. Bits that no sample has are part of the audio, which stays as it is.
fn is_fault(anomaly: &Anomaly) -> bool {
    !matches!(anomaly, Anomaly::UnusedBits { .. })
}

/// Refuses a file that should be whole now, and is not.
pub(crate) fn refuse_faults<R: Read>(reader: &WavReader<R>) -> Outcome {
    match reader.anomalies().iter().find(|anomaly| is_fault(anomaly) && anomaly.severity() == Severity::Defect) {
        Some(anomaly) => Err(Failure::new(escaped(&anomaly.to_string()).into_owned())),
        None => Ok(()),
    }
}

/// The file as it would be, for a strict look at it.
fn open_patched(patched: Patched<'_>) -> Outcome<WavReader<Patched<'_>>> {
    Ok(ReadOptions::new().seekable(patched)?)
}
