//! Splits a recording at its silences, a file for each sound.
//!
//! ```console
//! $ cargo run --release --example split -- field.wav pieces --threshold -45 --min-silence 1
//! ```

mod shared;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use ndaudio::metadata::{Bext, Cue};
use ndaudio::segments::Segment;
use ndaudio::{Sample, WavReader, WriteOptions};
use shared::files::{self, Output};
use shared::format::counted;
use shared::progress::Bar;
use shared::sample_type::{SampleType, by_sample_type};
use shared::segments::{SegmentOptions, find};
use shared::{Failure, Outcome, note, program};

/// Splits a WAVE file at its silences: every sound becomes a file of its own, bit for bit what it was.
///
/// The files are IN's name with -001, -002 … behind, in its container and encoding. Metadata goes with each of them; the time reference in
/// `bext` is that of the piece, and each has the cues that lie within it. What was printed is what was cut: file, start, end and
/// length in seconds. The file is read twice, so that IN cannot be a pipe.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// The WAVE file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The directory to write to; it is made if it is not there
    #[arg(value_name = "OUTDIR")]
    directory: PathBuf,
    /// Says what would be cut, and writes nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    segments: SegmentOptions,
}

const EXAMPLES: &str = "\
Examples:
  split field.wav pieces --dry-run                         see first what the options do
  split field.wav pieces --threshold -45 --min-silence 1   quieter than -45 dBFS for a second
  split words.wav words --below-loudest 40 --margin 0.1    whatever the recording level";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let input = &arguments.input;
    let mut reader = files::open(input)?;
    files::refuse_pipe(&reader, input, "splitting")?;
    let spec = reader.spec().clone();
    let rule = arguments.segments.rule(&spec).map_err(|failure| failure.about(input))?;
    by_sample_type!(SampleType::to_measure(spec.encoding()), T => {
        let segments = find::<T>(&mut reader, &rule, &input.display().to_string())?;
        split::<T>(arguments, &mut reader, &segments)?;
    });
    files::note_anomalies(input, &reader);
    Ok(())
}

fn split<T: Sample>(arguments: &Arguments, reader: &mut WavReader<File>, segments: &[Segment]) -> Outcome {
    let Arguments { input, directory, dry_run, .. } = arguments;
    if !dry_run && !segments.is_empty() {
        fs::create_dir_all(directory).map_err(|error| Failure::io(directory, error))?;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let rate = reader.spec().sample_rate();
    let total = segments.iter().map(Segment::frames).sum();
    let mut bar = Bar::new(input.display().to_string());
    let mut done = 0;
    for (index, segment) in segments.iter().enumerate() {
        let path = directory.join(piece_name(input, index + 1, segments.len()));
        if !dry_run {
            write_piece::<T>(input, reader, segment, &path, |frames| bar.show(done + frames, Some(total)))?;
            done += segment.frames();
        }
        let (time, length) = (segment.seconds(rate), segment.frames() as f64 / f64::from(rate));
        writeln!(out, "{}  {:>11.3} s to {:>11.3} s, {length:>9.3} s", path.display(), time.start, time.end)?;
    }
    out.flush()?;
    let verb = if *dry_run { "would be written" } else { "written" };
    match segments.len() {
        0 => note(format_args!("{}: no sound above the threshold, nothing to write", input.display())),
        count => note(format_args!("{}: {} {verb}", input.display(), counted(count as u64, "file"))),
    }
    Ok(())
}

/// `take-007.wav`, with as many digits as the last one needs.
fn piece_name(input: &Path, number: usize, count: usize) -> String {
    let digits = count.to_string().len().max(3);
    let stem = input.file_stem().unwrap_or_default().to_string_lossy();
    let extension = input.extension().map_or_else(|| "wav".into(), |extension| extension.to_string_lossy());
    format!("{stem}-{number:0digits$}.{extension}")
}

fn write_piece<T: Sample>(
    input: &Path,
    reader: &mut WavReader<File>,
    segment: &Segment,
    path: &Path,
    mut progress: impl FnMut(u64),
) -> Outcome {
    let spec = reader.spec().clone();
    let options = WriteOptions::new(&spec).container(files::container_for(path, reader.container()));
    let mut out = Output::create(input, path, &options)?;
    carry_metadata(&mut out, reader, segment)?;
    reader.seek(segment.start_frame)?;
    let block_len = files::block_len(&spec);
    let mut left = segment.frames();
    let mut blocks = reader.blocks::<T>(block_len);
    while left > 0 {
        let Some(block) = blocks.next()? else { break };
        let frames = usize::try_from(left).unwrap_or(usize::MAX).min(block.nrows());
        out.writer.write(&block.slice(ndaudio::ndarray::s![..frames, ..]))?;
        left -= frames as u64;
        progress(segment.frames() - left);
    }
    out.finish()
}

/// Metadata that says where things are says so of the piece.
fn carry_metadata(out: &mut Output, reader: &mut WavReader<File>, segment: &Segment) -> Outcome {
    let cues = reader.metadata()?.cues;
    out.writer.copy_metadata_with(reader, |id, content| match &id {
        b"cue " | b"plst" | b"smpl" => Ok(None),
        b"LIST" | b"list" if content.starts_with(b"adtl") => Ok(None),
        b"bext" => {
            let mut bext = Bext::parse(&content);
            if let Some(reference) = bext.time_reference() {
                bext.set_time_reference(reference.saturating_add(segment.start_frame));
            }
            bext.clear_loudness();
            Ok(Some(bext.to_bytes()))
        }
        _ => Ok(Some(content)),
    })?;
    let within = |cue: &Cue| (segment.start_frame..segment.end_frame).contains(&cue.frame);
    let moved: Vec<Cue> = cues.into_iter().filter(within).map(|cue| moved(cue, segment)).collect();
    for (id, content) in Cue::to_chunks(&moved)? {
        out.writer.add_chunk(id, &content)?;
    }
    Ok(())
}

fn moved(mut cue: Cue, segment: &Segment) -> Cue {
    let left = segment.end_frame - cue.frame;
    cue.frame -= segment.start_frame;
    cue.length = cue.length.map(|length| length.min(left));
    cue
}
