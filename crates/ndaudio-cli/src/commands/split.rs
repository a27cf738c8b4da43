//! `split`: a file for each sound, or for each stretch of time.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use ndaudio::segments::Segment;
use ndaudio::{Sample, Source};

use crate::clock::{Clock, ClockOption};
use crate::detections::{Detections, ListFormat};
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input::Input;
use crate::moved::Carried;
use crate::output::{Job, Output, Overwrite, kind_for, refuse_two_in_one};
use crate::progress::Bar;
use crate::range::{frame_at, positive_time};
use crate::same_file::{Inputs, refuse_printed};
use crate::sample_type::{SampleType, by_sample_type};
use crate::sounds::{SoundOptions, find};
use crate::terminal::{Out, note, shown};
use crate::writer::{FileKind, Writer};

/// Split a recording at its silences, or into pieces of equal length.
///
/// Every sound becomes a file of its own, bit for bit what it was: the name of the input with -001, -002 … in its container and
/// encoding. Metadata goes with each piece, as with `ndaudio trim`: dates, times and time references are those of the piece, and each has
/// the cues within it.
/// Pieces that an earlier run left beside the new ones are named at the end, and stay.
/// The input is read twice, so it must be a file and not a pipe.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The recording to read
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// The directory to write to; it is made if it is not there
    #[arg(value_name = "DIR", required_unless_present_any = ["list", "output"])]
    directory: Option<PathBuf>,
    /// The same as DIR
    #[arg(short, long, value_name = "DIR", conflicts_with = "directory")]
    output: Option<PathBuf>,
    /// Pieces of this length, the last one shorter, instead of sounds
    #[arg(long, value_name = "TIME", value_parser = positive_time, allow_negative_numbers = true)]
    every: Option<Duration>,
    /// Write no pieces; print where they would be, as table, csv, json, raven or audacity
    #[arg(long, visible_alias = "dry-run", value_name = "FORMAT", value_enum, num_args = 0..=1, require_equals = true,
        default_missing_value = "table")]
    list: Option<ListFormat>,
    #[command(flatten)]
    clock: ClockOption,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    sounds: SoundOptions,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio split field.wav --list                                 see first what the options do
  ndaudio split field.wav pieces --threshold -45 --min-silence 1
  ndaudio split words.wav words --below-loudest 40 --margin 0.1  whatever the recording level
  ndaudio split night.wav hours --every 1h
  ndaudio split field.wav --list=raven > field.selections.txt";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let path = &arguments.input;
    let mut input = Input::open(path)?;
    input.refuse_pipe("splitting")?;
    if arguments.every.is_some() && arguments.sounds.any_given() {
        return Err(Failure::usage("--every cuts by time alone: leave the options about sound and silence out"));
    }
    if arguments.list.is_some() && arguments.overwrite.overwrite {
        return Err(Failure::usage("--list writes no files, so there is nothing to --overwrite"));
    }
    let mut out = Out::new(&Inputs::new([path]))?;
    let encoding = input.spec().encoding();
    by_sample_type!(SampleType::to_measure(encoding), T => {
        let segments = match arguments.every {
            Some(length) => by_time(&input, length)?,
            None => find::<T>(&mut input, &arguments.sounds).map_err(|failure| failure.about(path))?.segments,
        };
        split::<T>(arguments, &mut input, &segments, &mut out)?;
    });
    input.note_anomalies();
    Ok(())
}

/// Pieces of equal length.
fn by_time(input: &Input, length: Duration) -> Outcome<Vec<Segment>> {
    let (len, frames) = (frame_at(length, input.spec().sample_rate()), input.frames().unwrap_or(0));
    if len == 0 {
        return Err(Failure::new("--every is shorter than a frame").about(input.path()));
    }
    if frames.div_ceil(len) > 100_000 {
        return Err(Failure::new(format!("--every would make {}", counted(frames.div_ceil(len), "file")))
            .about(input.path())
            .advise("give a longer time"));
    }
    Ok(ndaudio::segments::clips(frames, len, ndaudio::segments::Tail::Keep).collect())
}

fn split<T: Sample>(arguments: &Arguments, input: &mut Input, segments: &[Segment], out: &mut Out) -> Outcome {
    let path = &arguments.input;
    let directory = arguments.output.as_ref().or(arguments.directory.as_ref());
    let pieces = directory.map(|directory| {
        let name = |index| directory.join(piece_name(path, index + 1, segments.len()));
        (0..segments.len()).map(name).collect::<Vec<PathBuf>>()
    });
    let clock = Clock::wanted(input, arguments.clock);
    let names: Option<Vec<String>> =
        pieces.as_ref().map(|pieces| pieces.iter().map(|piece| piece.display().to_string()).collect());
    let name = input.name();
    let list = Detections {
        file: &name,
        segments,
        first_frame: 0,
        sample_rate: input.spec().sample_rate(),
        clock,
        pieces: names.as_deref(),
    };
    let written = match (&pieces, arguments.list) {
        (Some(pieces), None) => {
            write_pieces::<T>(arguments, input, segments, pieces)?;
            true
        }
        _ => false,
    };
    list.write(out, arguments.list.unwrap_or(ListFormat::Table), arguments.clock.clock)?;
    out.flush()?;
    match segments.len() {
        0 => note(format!("{}: no sound above the threshold, nothing to write", shown(path))),
        count if written => note(format!("{}: {} written", shown(path), counted(count as u64, "file"))),
        count => note(format!("{}: {} found, nothing written", shown(path), counted(count as u64, "piece"))),
    }
    Ok(())
}

fn write_pieces<T: Sample>(
    arguments: &Arguments,
    input: &mut Input,
    segments: &[Segment],
    pieces: &[PathBuf],
) -> Outcome {
    let inputs = Arc::new(Inputs::new([&arguments.input]));
    pieces.iter().try_for_each(|piece| inputs.refuse(piece))?;
    for path in pieces {
        arguments
            .overwrite
            .check(path, &inputs)
            .map_err(|failure| failure.advise("name another directory, or give --overwrite"))?;
        refuse_printed(path)?;
    }
    refuse_two_in_one(pieces)?;
    let directory = pieces.first().and_then(|piece| piece.parent());
    if let Some(directory) = directory {
        std::fs::create_dir_all(directory).map_err(|error| Failure::io(directory, error))?;
    }
    let total = segments.iter().map(Segment::frames).sum();
    let mut bar = Bar::new(input.name());
    let (mut carried, rate) = (Carried::of(input)?, input.spec().sample_rate());
    let mut done = 0;
    for (segment, piece) in segments.iter().zip(pieces) {
        let (input_path, output) = (arguments.input.clone(), piece.clone());
        let job = Job { input: input_path, output, overwrite: arguments.overwrite, inputs: Arc::clone(&inputs) };
        write_piece::<T>(&job, input, segment, |writer, _, piece| carried.add_to(writer, rate, piece))?;
        done += segment.frames();
        bar.show(done, Some(total));
    }
    if let Some(directory) = directory {
        note_others(&others(&arguments.input, directory, pieces));
    }
    Ok(())
}

/// A directory with pieces of two runs says neither what is in the recording nor what is not. But a name proves nothing, so nothing is
/// removed.
fn note_others(others: &[PathBuf]) {
    match others {
        [] => {}
        [one] => note(format!("{}: is named like a piece, but not of this run; it stays", shown(one))),
        [first, .., last] => {
            let count = counted(others.len() as u64, "file");
            note(format!(
                "{} to {}: {count} named like pieces, but not of this run; they stay",
                shown(first),
                shown(last)
            ));
        }
    }
}

/// Files that are named as pieces of an earlier run with more of them would be.
fn others(input: &Path, directory: &Path, pieces: &[PathBuf]) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let (stem, extension) = (stem(input).as_encoded_bytes(), format!(".{}", extension(input)));
    // Byte for byte: names that are not UTF-8 may print alike.
    let is_piece = |name: &OsStr| {
        let rest = name.as_encoded_bytes().strip_prefix(stem).and_then(|rest| rest.strip_prefix(b"-"));
        let number = rest.and_then(|rest| rest.strip_suffix(extension.as_bytes()));
        // Longer ones are dates.
        number.is_some_and(|number| (3..=6).contains(&number.len()) && number.iter().all(u8::is_ascii_digit))
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let pieces: HashSet<&PathBuf> = pieces.iter().collect();
    let mut others: Vec<PathBuf> =
        paths.filter(|path| path.file_name().is_some_and(is_piece) && !pieces.contains(path)).collect();
    others.sort();
    others
}

/// That of the input, if such files are written: pieces of an MP3 file are WAVE files.
fn extension(input: &Path) -> String {
    match input.extension() {
        Some(extension) if FileKind::of(input, None).is_ok() => extension.to_string_lossy().into_owned(),
        _ => "wav".to_owned(),
    }
}

fn stem(input: &Path) -> &OsStr {
    if input == Path::new("-") { OsStr::new("stdin") } else { input.file_stem().unwrap_or_default() }
}

/// `take-007.wav`, with as many digits as the last one needs.
fn piece_name(input: &Path, number: usize, count: usize) -> OsString {
    let digits = count.to_string().len().max(3);
    let mut name = stem(input).to_os_string();
    name.push(format!("-{number:0digits$}.{}", extension(input)));
    name
}

/// Writes a part of a recording, with the metadata of that part, which `carry` adds, and returns how many frames there were: a pipe may end
/// earlier.
pub(crate) fn write_piece<T: Sample>(
    job: &Job,
    input: &mut Input,
    piece: &Segment,
    carry: impl FnOnce(&mut Writer, &mut Input, &Segment) -> Outcome,
) -> Outcome<u64> {
    let spec = input.spec().clone();
    let mut out = Output::create(job, &spec, kind_for(job, input)?)?;
    carry(&mut out.writer, input, piece)?;
    input.seek_to(piece.start_frame)?;
    if let Some(frames) = input.copy_stored(&mut out.writer, piece.frames(), |_| ())? {
        out.finish()?;
        return Ok(frames);
    }
    let len = crate::input::block_len(&spec);
    let mut buffer = vec![T::zero(); len * spec.channels()];
    let mut left = piece.frames();
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(len);
        let frames = input.read_interleaved(&mut buffer[..wanted * spec.channels()])?;
        if frames == 0 {
            break;
        }
        out.writer.write_interleaved(&buffer[..frames * spec.channels()])?;
        left -= frames as u64;
    }
    out.finish()?;
    Ok(piece.frames() - left)
}
