//! Makes a recording louder or softer, in the memory of one block.
//!
//! ```console
//! $ cargo run --release --example gain -- take.wav louder.wav --db 6
//! ```

mod shared;

use std::process::ExitCode;

use clap::Parser;
use ndaudio::gain;
use shared::change::{Gain, InOut, change_file, invalid, report};
use shared::{Outcome, files, program};

/// Makes a WAVE file louder or softer and keeps everything else of it: container, encoding and metadata.
///
/// Samples are multiplied by 10^(DB / 20), rounded to the nearest and, where they would go beyond full scale, clipped; how many,
/// is said at the end. With 0 dB every sample keeps every bit.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// The gain in decibels: 6 doubles the amplitude, -6 halves it, -inf is silence
    #[arg(long, value_name = "DB", allow_negative_numbers = true, allow_hyphen_values = true)]
    db: f64,
}

const EXAMPLES: &str = "\
Examples:
  gain take.wav louder.wav --db 6
  gain take.wav softer.wav --db -12.5
  sox take.flac -t wav - | gain - - --db -3 | sox -t wav - take.ogg";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(Arguments { in_out, db }: &Arguments) -> Outcome {
    let factor = gain::factor_from_db(*db).map_err(|error| invalid("--db", error))?;
    let reader = files::open(&in_out.input)?;
    let spec = reader.spec().clone();
    let done = change_file(in_out, reader, &mut Gain(factor))?;
    report(in_out, &format!("{db:+} dB"), &spec, done);
    Ok(())
}
