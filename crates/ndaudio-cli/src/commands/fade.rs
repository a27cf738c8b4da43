//! `fade`: in, out or both.

use std::time::Duration;

use clap::{Args, ValueEnum};
use ndaudio::fade::Fade;
use ndaudio::gain::Shape;
use ndaudio::ndarray::ArrayViewMut2;
use ndaudio::{Sample, Source};

use crate::change::{Change, change_file, report};
use crate::failure::{Failure, Outcome};
use crate::format::{counted, time_of};
use crate::input::Input;
use crate::output::{InOut, Job};
use crate::range::{frame_at, time};

/// Fade a recording in, out, or both.
///
/// The first frame of a fade in is silent, and so is the one that would follow the last frame of a fade out. Frames outside the
/// fades keep every bit.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("fades").args(["fade_in", "fade_out"]).required(true).multiple(true)))]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// Length of the fade in
    #[arg(long = "in", value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    fade_in: Option<Duration>,
    /// Length of the fade out
    #[arg(long = "out", value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    fade_out: Option<Duration>,
    /// How the gain moves
    #[arg(long, value_enum, default_value = "linear")]
    shape: ShapeName,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio fade take.wav faded.wav --in 0.01 --out 0.01           against clicks at both ends
  ndaudio fade song.wav radio.wav --out 8 --shape decibel        evenly softer over eight seconds
  ndaudio fade a.wav b.wav --in 2 --shape equal-power            for a cross-fade with another";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShapeName {
    /// In even steps of amplitude
    Linear,
    /// In even steps of decibels, from and to -100 dB
    Decibel,
    /// A quarter of a sine: two recordings cross-faded keep their power
    EqualPower,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    arguments.in_out.run(|job| fade(arguments, job))
}

fn fade(arguments: &Arguments, job: &Job) -> Outcome {
    let input = Input::open(&job.input)?;
    let spec = input.spec().clone();
    if spec.sample_rate() == 0 {
        return Err(Failure::new("the sample rate is 0 Hz: a time has no length in frames").about(&job.input));
    }
    let shape = match arguments.shape {
        ShapeName::Linear => Shape::Linear,
        ShapeName::Decibel => Shape::Decibel,
        ShapeName::EqualPower => Shape::EqualPower,
    };
    let frames = |time: Option<Duration>| time.map_or(0, |time| frame_at(time, spec.sample_rate()));
    let (fade_in, fade_out) = (frames(arguments.fade_in), frames(arguments.fade_out));
    let mut fade = Fade::new(shape).fade_in(fade_in);
    if fade_out > 0 {
        let Some(total) = input.frames() else {
            return Err(Failure::new("where to fade out is unknown: the header does not say how long the input is")
                .about(&job.input)
                .advise("save the input to a file first, so that its end can be seen"));
        };
        fade = fade.fade_out(fade_out, total).map_err(|error| {
            let longest = time_of(total, spec.sample_rate());
            Failure::from(error).about(&job.input).advise(format!("give --out at most {longest}"))
        })?;
    }
    let done = change_file(job, input, &mut Faded(fade))?;
    let text = format!("faded in over {} and out over {}", counted(fade_in, "frame"), counted(fade_out, "frame"));
    report(job, &text, &spec, done);
    Ok(())
}

struct Faded(Fade);

impl Change for Faded {
    fn change<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>, position: u64) -> u64 {
        self.0.apply(block, position);
        0
    }
}
