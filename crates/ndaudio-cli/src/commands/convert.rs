//! `convert`: any recording into any other container, encoding, rate and number of channels.

use std::path::Path;

use clap::Args;
use ndaudio::dither::Tpdf;
use ndaudio::segments::Segment;
use ndaudio::{Container, DynSource, Encoding, Source, Spec};

use crate::change::{Done, Nothing, Rounding, carry_metadata, change_blocks, copy_stored};
use crate::encoding::{ContainerName, EncodingName};
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input::Input;
use crate::moved::carry_at_rate;
use crate::output::{InOut, Job, Output};
use crate::range::Range;
use crate::sample_type::bits_to_round_to;
use crate::terminal::{note, shown};
use crate::writer::FileKind;

/// Convert a recording to another format. Metadata is carried over.
///
/// Full scale stays full scale. Integers of fewer bits lose their lowest ones, as in libsndfile and ffmpeg; floats are rounded to
/// the nearest integer, and clipped beyond full scale. With --dither both are rounded after noise was added, so that what is lost
/// becomes noise instead of distortion. Of a part, or at another rate, metadata is as `ndaudio trim` has it.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    /// The kind of WAVE file [default: by the name of the output (.wav, .w64, .rf64, .bw64; .flac is FLAC)]
    #[arg(long, value_enum)]
    container: Option<ContainerName>,
    /// How a sample is stored [default: as in the input]
    #[arg(long, value_enum)]
    encoding: Option<EncodingName>,
    /// The sample rate, in Hz [default: as in the input]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Mix all channels down to one, their mean, or copy one channel to this many; see `ndaudio remix` for anything else
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    channels: Option<u16>,
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
  ndaudio convert recordings/ -o 'small/{stem}.flac'
  ndaudio convert song.mp3 speech.wav --rate 16000 --channels 1 --encoding i16
  ndaudio convert - - --encoding f32 < take.wav | other-program     through a pipe";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    arguments.in_out.run(|job| convert(arguments, job))
}

fn convert(arguments: &Arguments, job: &Job) -> Outcome {
    let mut input = Input::open_range(&job.input, &arguments.range)?;
    let from = input.spec().clone();
    let by_name = FileKind::of(&job.output, input.container())?;
    let kind = match (arguments.container, by_name) {
        (Some(name), FileKind::Wave(_)) => FileKind::Wave(Container::from(name)),
        (Some(_), FileKind::Flac) => {
            return Err(Failure::usage("--container is for WAVE files, and the output is named .flac"));
        }
        (None, kind) => kind,
    };
    let channels = arguments.channels.map_or(from.channels(), usize::from);
    let rate = arguments.rate.unwrap_or(from.sample_rate());
    let to = target(&from, channels, rate, arguments.encoding.map(Encoding::from), kind)?;
    // Bits are only shifted, unless samples are computed.
    let computed = computes(&from, &to);
    let noise = dithered(&from, &to, arguments.dither, computed)?;
    let mut out = Output::create(job, &to, kind)?;
    let first = input.first_frame();
    let piece = Segment::new(first, first.saturating_add(input.frames().unwrap_or(u64::MAX)));
    if first > 0 || rate != from.sample_rate() || arguments.range.to.is_some() {
        carry_at_rate(&mut out.writer, &mut input, &piece, rate)?;
    } else if channels != from.channels() {
        carry_metadata(&mut out, &mut input)?;
    } else {
        input.copy_metadata(&mut out.writer, |_, content| Ok(Some(content)))?;
    }
    let alike = noise.is_none() && !computed && channels == from.channels();
    let copied = if alike { copy_stored(&mut input, &mut out)? } else { None };
    let done = match copied {
        Some(done) => done,
        None => convert_samples(&mut input, &mut out, (&from, &to), noise, &job.input)?,
    };
    let kind = out.finish()?;
    input.note_anomalies();
    let clipped =
        if done.clipped > 0 { format!("; {} clipped", counted(done.clipped, "sample")) } else { String::new() };
    let frames = counted(done.frames, "frame");
    note(format!("{}: {frames}, {kind}, {}{clipped}", shown(&job.output), to.encoding()));
    Ok(())
}

/// Whether samples are computed, and not only stored in another way.
fn computes(from: &Spec, to: &Spec) -> bool {
    to.sample_rate() != from.sample_rate() || to.channels() < from.channels()
}

/// Reads, converts, rounds and writes every sample.
fn convert_samples(
    input: &mut Input,
    out: &mut Output,
    (from, to): (&Spec, &Spec),
    noise: Option<Tpdf>,
    name: &Path,
) -> Outcome<Done> {
    let (channels, rate) = (to.channels(), to.sample_rate());
    let computed = computes(from, to);
    let mut source: Box<dyn DynSource + '_> = Box::new(input);
    if channels < from.channels() {
        source = Box::new(source.mono());
    } else if channels > from.channels() {
        source = Box::new(source.select_channels(vec![0; channels]));
    }
    if rate != from.sample_rate() {
        source = Box::new(source.resample(rate).map_err(|error| Failure::from(error).about(name))?);
    }
    if noise.is_none() && !computed && !from.encoding().is_float() {
        change_blocks::<i32>(&mut source, out, Rounding::default(), &mut Nothing, name)
    } else {
        let bits = bits_to_round_to(to.encoding());
        change_blocks::<f64>(&mut source, out, Rounding { bits, noise }, &mut Nothing, name)
    }
}

/// What the output is to be.
fn target(from: &Spec, channels: usize, rate: u32, encoding: Option<Encoding>, kind: FileKind) -> Outcome<Spec> {
    if channels != from.channels() && channels != 1 && from.channels() != 1 {
        let (from, to) = (counted(from.channels() as u64, "channel"), counted(channels as u64, "channel"));
        return Err(Failure::new(format!("there is more than one way to make {to} of {from}"))
            .advise("use `ndaudio remix` with --select or --matrix; --channels makes one channel, or copies one"));
    }
    let encoding = match encoding {
        Some(encoding) => encoding,
        // FLAC has neither: what a decoder gave as floats keeps 24 bits, what was coded in 8 its 16.
        None if kind == FileKind::Flac && from.encoding().is_float() => Encoding::I24,
        None if kind == FileKind::Flac && matches!(from.encoding(), Encoding::ALaw | Encoding::MuLaw) => Encoding::I16,
        None => from.encoding(),
    };
    let spec = if channels == from.channels() { from.clone() } else { from.with_channels(channels) };
    Ok(spec.with_sample_rate(rate).with_encoding(encoding))
}

/// The noise to add; none if nothing is lost.
fn dithered(from: &Spec, to: &Spec, seed: Option<u64>, computed: bool) -> Outcome<Option<Tpdf>> {
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
        _ if !computed && !from.is_float() && bits(from) <= bits(to) => {
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
