//! `gain`: louder or softer, in the memory of one block.

use clap::Args;
use ndaudio::{Source, gain};

use crate::change::{Gain, change_file, invalid, report};
use crate::failure::Outcome;
use crate::input::Input;
use crate::output::InOut;

/// Make a recording louder or softer.
///
/// Samples are multiplied by 10^(DB / 20), rounded to the nearest and clipped where they would go beyond full scale; how many is
/// said at the end. Container, encoding and metadata stay as they are. With 0 dB every sample keeps every bit.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// The gain in decibels: 6 doubles the amplitude, -6 halves it, -inf is silence
    #[arg(long, value_name = "DB", allow_negative_numbers = true, allow_hyphen_values = true)]
    db: f64,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio gain take.wav louder.wav --db 6
  ndaudio gain *.wav -o 'softer/{name}' --db -12.5
  sox take.ogg -t wav - | ndaudio gain - - --db -3 | sox -t wav - take.flac";

pub(crate) fn run(Arguments { in_out, db }: &Arguments) -> Outcome {
    let factor = gain::factor_from_db(*db).map_err(|error| invalid("--db", &error))?;
    in_out.run(|job| {
        let input = Input::open(&job.input)?;
        let spec = input.spec().clone();
        let done = change_file(job, input, &mut Gain(factor))?;
        report(job, &format!("{db:+} dB"), &spec, done);
        Ok(())
    })
}
