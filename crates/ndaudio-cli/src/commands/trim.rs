//! `trim`: one part of a recording.

use clap::Args;
use ndaudio::Source;
use ndaudio::segments::{Segment, hull};

use super::split::write_piece;
use crate::failure::{Failure, Outcome};
use crate::format::{counted, time_of};
use crate::input::Input;
use crate::moved::carry_to_piece;
use crate::output::{InOut, Job};
use crate::range::Range;
use crate::sample_type::{SampleType, by_sample_type};
use crate::sounds::{SoundOptions, find};
use crate::terminal::{note, shown};

/// Keep one part of a recording: from a time to another, or from its first sound to its last.
///
/// Every sample keeps every bit; dates, times and time references in bext, GUANO and the comment of an AudioMoth are those of the part, and
/// cues move with it. Loops (smpl) and play lists (plst) are left out; other metadata stays as it is, also what iXML says of time.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    #[command(flatten)]
    range: Range,
    /// Cut off silence at both ends
    #[arg(long, conflicts_with_all = ["from", "to"])]
    silence: bool,
    #[command(flatten)]
    sounds: SoundOptions,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio trim night.wav call.wav --from 1:00:00 --to 1:00:05
  ndaudio trim take.wav tight.wav --silence --threshold -40";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if !arguments.silence && arguments.range.from.is_none() && arguments.range.to.is_none() {
        return Err(Failure::usage("say what to keep: --from, --to or --silence"));
    }
    if !arguments.silence && arguments.sounds.any_given() {
        return Err(Failure::usage("the options about sound and silence need --silence"));
    }
    arguments.in_out.run(|job| trim(arguments, job))
}

fn trim(arguments: &Arguments, job: &Job) -> Outcome {
    let mut input = Input::open(&job.input)?;
    let (rate, encoding) = (input.spec().sample_rate(), input.spec().encoding());
    let kind = SampleType::to_measure(encoding);
    let piece = if arguments.silence {
        input.refuse_pipe("trimming silence")?;
        let sounds = by_sample_type!(kind, T => find::<T>(&mut input, &arguments.sounds))?;
        hull(&sounds.segments).ok_or_else(|| {
            Failure::new("has no sound above the threshold").about(&job.input).advise("give a lower --threshold")
        })?
    } else {
        let (from, to) = arguments.range.frames(rate)?.unwrap_or((0, None));
        let end = input.frames().unwrap_or(u64::MAX);
        if from >= end {
            let length = time_of(end, rate);
            return Err(
                Failure::new(format!("--from is at or after the end: the recording lasts {length}")).about(&job.input)
            );
        }
        Segment::new(from, to.unwrap_or(u64::MAX).min(end))
    };
    let frames = by_sample_type!(kind, T => write_piece::<T>(job, &mut input, &piece, carry_to_piece))?;
    input.note_anomalies();
    let (start, frames) = (time_of(piece.start_frame, rate), counted(frames, "frame"));
    note(format!("{}: {frames} from {start} on", shown(&job.output)));
    Ok(())
}
