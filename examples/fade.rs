//! Fades a recording in and out.
//!
//! ```console
//! $ cargo run --release --example fade -- take.wav faded.wav --in 0.5 --out 3
//! ```

mod shared;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use ndaudio::fade::Fade;
use ndaudio::gain::Shape;
use ndaudio::ndarray::ArrayViewMut2;
use ndaudio::{Sample, Spec};
use shared::change::{Change, InOut, change_file, report};
use shared::format::seconds;
use shared::{Failure, Outcome, files, program};

/// Fades a WAVE file in, out, or both, and keeps everything else of it: container, encoding and metadata.
///
/// The first frame of a fade in is silent, and so is the one that would follow the last frame of a fade out. Frames outside the fades
/// keep every bit.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// Length of the fade in
    #[arg(long = "in", value_name = "SECONDS", default_value = "0", value_parser = length)]
    fade_in: f64,
    /// Length of the fade out
    #[arg(long = "out", value_name = "SECONDS", default_value = "0", value_parser = length)]
    fade_out: f64,
    /// How the gain moves
    #[arg(long, value_enum, default_value = "linear")]
    shape: ShapeName,
}

const EXAMPLES: &str = "\
Examples:
  fade take.wav faded.wav --in 0.01 --out 0.01                  against clicks at both ends
  fade song.wav radio.wav --out 8 --shape decibel               evenly softer over eight seconds
  fade a.wav b.wav --in 2 --shape equal-power                   for a cross-fade with another";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShapeName {
    /// In even steps of amplitude
    Linear,
    /// In even steps of decibels, from and to -100 dB
    Decibel,
    /// A quarter of a sine: two recordings cross-faded keep their power
    EqualPower,
}

fn length(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds >= 0.0 && seconds.is_finite() => Ok(seconds),
        _ => Err("must be a number of seconds, such as 0.5".to_owned()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let in_out = &arguments.in_out;
    let reader = files::open(&in_out.input)?;
    let spec = reader.spec().clone();
    let shape = match arguments.shape {
        ShapeName::Linear => Shape::Linear,
        ShapeName::Decibel => Shape::Decibel,
        ShapeName::EqualPower => Shape::EqualPower,
    };
    let (fade_in, fade_out) = (frames(arguments.fade_in, &spec), frames(arguments.fade_out, &spec));
    let mut fade = Fade::new(shape).fade_in(fade_in);
    if fade_out > 0 {
        let Some(total) = reader.frames() else {
            return Err(Failure::new("where to fade out is unknown: the input's header does not say how long it is")
                .about(&in_out.input)
                .advise("save the input to a file first, whose end can be seen"));
        };
        fade = fade.fade_out(fade_out, total).map_err(|error| {
            let longest = seconds(total, spec.sample_rate());
            Failure::from(error).about(&in_out.input).advise(format!("give --out at most {longest} seconds"))
        })?;
    }
    let done = change_file(in_out, reader, &mut Faded(fade))?;
    let text = format!("faded in over {fade_in} frames and out over {fade_out}");
    report(in_out, &text, &spec, done);
    Ok(())
}

fn frames(seconds: f64, spec: &Spec) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 0; beyond 2^64 as long as can be"
    )]
    let frames = (seconds * f64::from(spec.sample_rate())).round() as u64;
    frames
}

struct Faded(Fade);

impl Change for Faded {
    fn change<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>, position: u64) -> u64 {
        self.0.apply(block, position);
        0
    }
}
