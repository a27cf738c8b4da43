//! `concat`: recordings one after the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ndaudio::metadata::Cue;
use ndaudio::{Encoding, Sample, Source, Spec};

use crate::change::without_loudness;
use crate::failure::{Failure, Outcome};
use crate::format::{counted, hertz};
use crate::input::{self, Input};
use crate::output::{Job, Output, Overwrite, kind_for};
use crate::progress::Bar;
use crate::same_file::Inputs;
use crate::sample_type::{SampleType, by_sample_type};
use crate::terminal::{note, shown};

/// Join recordings, in the order in which they are named.
///
/// Every sample keeps every bit, so all of them must have the same sample rate, channels and encoding. Metadata is that of the first
/// without its loops (smpl) and play lists (plst); the cues of the others move to where their recording begins.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The recordings, directories and patterns to read, and last, unless -o is given, the file to write
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio concat one.wav two.wav both.wav
  ndaudio concat hours/*.wav -o night.rf64";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (inputs, output) = match (&arguments.output, &arguments.paths[..]) {
        (Some(output), inputs) => (inputs, output),
        (None, [inputs @ .., output]) if !inputs.is_empty() => (inputs, output),
        _ => return Err(Failure::usage("name the recordings to read, and then the file to write")),
    };
    let (inputs, mut failures) = input::expand(inputs);
    if let Some(failure) = failures.pop() {
        return Err(failure);
    }
    let Some(first) = inputs.first() else { return Err(Failure::no_recording("join")) };
    let all = Arc::new(Inputs::new(&inputs));
    arguments.overwrite.check(output, &all)?;
    let (mut common, mut stdin) = (None, None);
    // None is kept open: there may be more recordings than a process may have open. Only standard input cannot be opened again.
    for path in &inputs {
        let input = Input::open(path)?;
        let (spec, is_open) = common.get_or_insert_with(|| (input.spec().clone(), input.fits_either_end()));
        if *is_open && is_24_in_32(input.spec()) {
            // After silence, the first at one end of its 4 bytes decides.
            (*spec, *is_open) = (spec.with_encoding(input.spec().encoding()), input.fits_either_end());
        }
        same_spec(spec, first, &input)?;
        if path == Path::new("-") {
            stdin = Some(input);
        }
    }
    let Some((spec, _)) = common else { return Err(Failure::no_recording("join")) };
    let job = Job { input: first.clone(), output: output.clone(), overwrite: arguments.overwrite, inputs: all };
    let frames = by_sample_type!(SampleType::to_measure(spec.encoding()), T => join::<T>(&job, &inputs, &spec, stdin))?;
    let (count, frames) = (counted(inputs.len() as u64, "recording"), counted(frames, "frame"));
    note(format!("{}: {frames} of {count}", shown(output)));
    Ok(())
}

fn is_24_in_32(spec: &Spec) -> bool {
    matches!(spec.encoding(), Encoding::I24In32Lsb | Encoding::I24In32Msb)
}

fn same_spec(spec: &Spec, first: &Path, input: &Input) -> Outcome {
    let found = input.spec();
    let differs = if found.sample_rate() != spec.sample_rate() {
        Some((hertz(found.sample_rate()), hertz(spec.sample_rate())))
    } else if found.channels() != spec.channels() {
        Some((counted(found.channels() as u64, "channel"), counted(spec.channels() as u64, "channel")))
    } else if found.encoding() != spec.encoding() && !(input.fits_either_end() && is_24_in_32(spec)) {
        Some((found.encoding().to_string(), spec.encoding().to_string()))
    } else {
        None
    };
    match differs {
        None => Ok(()),
        Some((this, other)) => Err(Failure::new(format!("has {this}, but {} has {other}", shown(first)))
            .about(input.path())
            .advise("make them alike first, with `ndaudio convert` or `ndaudio remix`")),
    }
}

fn join<T: Sample>(job: &Job, inputs: &[PathBuf], spec: &Spec, mut stdin: Option<Input>) -> Outcome<u64> {
    let open = |path: &Path, stdin: &mut Option<Input>| match stdin.take_if(|_| path == Path::new("-")) {
        Some(input) => Ok(input),
        None => Input::open(path),
    };
    let mut first = open(&job.input, &mut stdin)?;
    let mut out = Output::create(job, spec, kind_for(job, &first)?)?;
    first.copy_metadata(&mut out.writer, |id, content| {
        let cues = matches!(&id, b"cue " | b"plst" | b"smpl");
        let texts = id.eq_ignore_ascii_case(b"LIST") && content.starts_with(b"adtl");
        let kept = if inputs.len() > 1 { without_loudness(id, content) } else { content };
        Ok((!cues && !texts).then_some(kept))
    })?;
    let late = out.takes_chunks_late();
    if !late {
        for (id, content) in Cue::to_chunks(&cues_ahead(inputs, &mut first, &mut stdin)?)? {
            out.writer.add_chunk(id, &content)?;
        }
    }
    let mut bar = Bar::new(shown(&job.output));
    let (mut start, mut cues) = (0, Vec::new());
    let mut first = Some(first);
    for path in inputs {
        let mut input = match first.take() {
            Some(first) => first,
            None => open(path, &mut stdin)?,
        };
        if late {
            cues.extend(cues_from(&mut input, start));
        }
        let copied = input.copy_stored(&mut out.writer, u64::MAX, |frames| bar.show(start + frames, None));
        let frames = match copied {
            Ok(None) => input.each_block::<T>(|position, block| {
                out.writer.write(block)?;
                bar.show(start + position, None);
                Ok(())
            }),
            Ok(Some(frames)) => Ok(frames),
            Err(failure) => Err(failure),
        };
        start += frames.map_err(|failure| failure.about(path))?;
        input.note_anomalies();
    }
    for (id, content) in Cue::to_chunks(&cues)? {
        out.writer.add_chunk(id, &content)?;
    }
    out.finish()?;
    Ok(start)
}

/// The cues of a recording that begins at a frame of the whole.
fn cues_from(input: &mut Input, start: u64) -> impl Iterator<Item = Cue> {
    input.metadata().cues.iter().cloned().map(move |mut cue| {
        cue.frame = cue.frame.saturating_add(start);
        cue
    })
}

/// The cues of all recordings, for an output that has no place for them after the audio.
fn cues_ahead(inputs: &[PathBuf], first: &mut Input, stdin: &mut Option<Input>) -> Outcome<Vec<Cue>> {
    let (mut cues, mut start) = (Vec::new(), Some(0_u64));
    for (index, path) in inputs.iter().enumerate() {
        let mut opened = None;
        let input = match stdin {
            _ if index == 0 => &mut *first,
            Some(stdin) if path == Path::new("-") => stdin,
            _ => opened.insert(Input::open(path)?),
        };
        match start {
            Some(start) => cues.extend(cues_from(input, start)),
            None if input.metadata().cues.is_empty() => {}
            None => {
                return Err(Failure::new(
                    "where its cues would be is unknown: standard input does not say how long it is",
                )
                .about(path)
                .advise("save standard input to a file first, or write to a WAVE file"));
            }
        }
        start = start.zip(input.frames()).map(|(start, frames)| start.saturating_add(frames));
    }
    Ok(cues)
}
