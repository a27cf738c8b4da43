//! `convert`: any recording into any other container, encoding, rate and number of channels.

use clap::Args;
use ndaudio::dither::Tpdf;
use ndaudio::{Container, Encoding, Source, Spec, WriteOptions};

use crate::change::{Nothing, Rounding, change_blocks};
use crate::encoding::{ContainerName, EncodingName};
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input::Input;
use crate::output::{InOut, Job, Output, container_for};
use crate::range::Range;
use crate::sample_type::bits_to_round_to;
use crate::terminal::{note, shown};

/// Make a recording into one of another format. Metadata is carried over.
///
/// Full scale stays full scale. Integers of fewer bits lose their lowest ones, as in libsndfile and ffmpeg; floats are rounded to
/// the nearest integer, and clipped beyond full scale. With --dither both are rounded after noise was added, so that what is lost
/// becomes noise instead of distortion.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// The kind of file [default: by the name of the output (.wav, .w64, .rf64, .bw64)]
    #[arg(long, value_enum)]
    container: Option<ContainerName>,
    /// How a sample is stored [default: as in the input]
    #[arg(long, value_enum)]
    encoding: Option<EncodingName>,
    /// Add noise of triangular distribution, two steps wide, before rounding to integers. It is a function of SEED, channel and
    /// frame: the same command gives the same file
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "0")]
    dither: Option<u64>,
    #[command(flatten)]
    range: Range,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio convert take.wav take.w64                                 to another container
  ndaudio convert float.wav cd.wav --encoding i16 --dither          to 16 bits, with dither
  ndaudio convert recordings/ -o 'small/{stem}.wav' --encoding i16
  ndaudio convert - - --encoding f32 < take.wav | other-program     through a pipe";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    arguments.in_out.run(|job| convert(arguments, job))
}

fn convert(arguments: &Arguments, job: &Job) -> Outcome {
    let mut input = Input::open_range(&job.input, &arguments.range)?;
    let from = input.spec().clone();
    let by_name = container_for(&job.output, input.container())?;
    let container = arguments.container.map_or(by_name, Container::from);
    let to = from.with_encoding(arguments.encoding.map_or(from.encoding(), Encoding::from));
    let noise = dithered(&from, &to, arguments.dither)?;
    let mut out = Output::create(job, &WriteOptions::new(&to).container(container))?;
    input.copy_metadata(&mut out.writer, |_, content| Ok(Some(content)))?;
    // Integers go through integers, so that bits are only shifted, unless they are to be rounded; floats go through floats.
    let done = if noise.is_none() && !from.encoding().is_float() {
        change_blocks::<i32>(&mut input, &mut out, Rounding::default(), &mut Nothing, &job.input)?
    } else {
        let bits = bits_to_round_to(to.encoding());
        change_blocks::<f64>(&mut input, &mut out, Rounding { bits, noise }, &mut Nothing, &job.input)?
    };
    let container = out.finish()?;
    input.note_anomalies();
    let clipped =
        if done.clipped > 0 { format!("; {} clipped", counted(done.clipped, "sample")) } else { String::new() };
    let frames = counted(done.frames, "frame");
    note(format!("{}: {frames}, {container}, {}{clipped}", shown(&job.output), to.encoding()));
    Ok(())
}

/// The noise to add; none if nothing is lost.
fn dithered(from: &Spec, to: &Spec, seed: Option<u64>) -> Outcome<Option<Tpdf>> {
    let Some(seed) = seed else { return Ok(None) };
    let (from, to) = (from.encoding(), to.encoding());
    match to {
        Encoding::ALaw | Encoding::MuLaw => {
            Err(Failure::new(format!("--dither does not go with {to}, whose steps differ in size"))
                .advise("leave --dither out"))
        }
        _ if to.is_float() => {
            note("floats are not rounded to steps, so no dither is added");
            Ok(None)
        }
        _ if !from.is_float() && bits(from) <= bits(to) => {
            note("no bits are lost, so no dither is added");
            Ok(None)
        }
        _ => Ok(Some(Tpdf::new(seed))),
    }
}

/// The bits that samples have once decoded.
fn bits(encoding: Encoding) -> u32 {
    match encoding {
        // ITU-T G.711 has 13 and 14 bits; the library decodes them at the top of 16.
        Encoding::ALaw | Encoding::MuLaw => 16,
        other => other.bits(),
    }
}
