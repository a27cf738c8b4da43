//! Makes any WAVE file into any other: container and encoding, with dither where bits are lost.
//!
//! ```console
//! $ cargo run --release --example convert -- take.wav take16.wav --encoding i16 --dither
//! ```

mod shared;

use std::process::ExitCode;

use clap::Parser;
use ndaudio::dither::Tpdf;
use ndaudio::{Container, Encoding, Spec, WriteOptions};
use shared::change::{InOut, Nothing, Rounding, change_blocks};
use shared::encoding::{ContainerName, EncodingName};
use shared::files::{self, Output};
use shared::format::counted;
use shared::sample_type::bits_to_round_to;
use shared::{Failure, Outcome, note, program};

/// Makes a WAVE file of one container and encoding into one of another. Metadata is carried over byte for byte.
///
/// Full scale stays full scale. Integers of fewer bits lose their lowest ones, as in libsndfile and ffmpeg; floats are rounded to
/// the nearest integer, and clipped beyond full scale. With --dither both are rounded after noise was added, so that what is lost
/// becomes noise and not distortion.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// The kind of file [default: by OUT's name (.w64, .rf64, .bw64), else that of IN]
    #[arg(long, value_enum)]
    container: Option<ContainerName>,
    /// How a sample is stored [default: as in IN]
    #[arg(long, value_enum)]
    encoding: Option<EncodingName>,
    /// Adds noise of triangular distribution, two steps wide, before rounding to integers. It is a function of SEED, channel and
    /// frame: the same command gives the same file
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "0")]
    dither: Option<u64>,
}

const EXAMPLES: &str = "\
Examples:
  convert take.wav take.w64                                 to another container
  convert float.wav cd.wav --encoding i16 --dither          to 16 bits, with dither
  convert old.wav new.wav --encoding f32 --container rf64
  convert - - --encoding f32 < take.wav | other-program     through a pipe";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let InOut { input, output } = &arguments.in_out;
    let mut reader = files::open(input)?;
    let from = reader.spec().clone();
    let container =
        arguments.container.map_or_else(|| files::container_for(output, reader.container()), Container::from);
    let to = from.with_encoding(arguments.encoding.map_or(from.encoding(), Encoding::from));
    let noise = dithered(&from, &to, arguments.dither)?;
    let mut out = Output::create(input, output, &WriteOptions::new(&to).container(container))?;
    out.writer.copy_metadata(&mut reader)?;
    // Integers go through integers, so that bits are only shifted, unless they are to be rounded; floats go through floats.
    let done = if noise.is_none() && !from.encoding().is_float() {
        change_blocks::<i32>(&mut reader, &mut out, Rounding::default(), &mut Nothing, input)?
    } else {
        let bits = bits_to_round_to(to.encoding());
        change_blocks::<f64>(&mut reader, &mut out, Rounding { bits, noise }, &mut Nothing, input)?
    };
    let container = out.writer.container();
    out.finish()?;
    files::note_anomalies(input, &reader);
    let clipped =
        if done.clipped > 0 { format!("; {} clipped", counted(done.clipped, "sample")) } else { String::new() };
    let frames = counted(done.frames, "frame");
    note(format_args!("{}: {frames}, {container}, {}{clipped}", output.display(), to.encoding()));
    Ok(())
}

/// The noise to add; none where nothing is lost.
fn dithered(from: &Spec, to: &Spec, seed: Option<u64>) -> Outcome<Option<Tpdf>> {
    let Some(seed) = seed else { return Ok(None) };
    let (from, to) = (from.encoding(), to.encoding());
    match to {
        Encoding::ALaw | Encoding::MuLaw => {
            Err(Failure::new(format!("--dither does not go with {to}, whose steps are of many sizes"))
                .advise("leave --dither out"))
        }
        _ if to.is_float() => {
            note(format_args!("floats are not rounded to steps, so that no dither is added"));
            Ok(None)
        }
        _ if !from.is_float() && bits(from) <= bits(to) => {
            note(format_args!("no bits are lost, so that no dither is added"));
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
