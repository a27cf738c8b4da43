//! `remix`: selects, orders, averages or mixes channels.

use std::path::Path;

use clap::Args;
use ndaudio::ndarray::{Array2, ArrayView2};
use ndaudio::{MAX_CHANNELS, Sample, Source, Spec, channels, dither};

use crate::change::{Done, carry_metadata, report};
use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input::Input;
use crate::output::{InOut, Job, Output, kind_for};
use crate::progress::Bar;
use crate::sample_type::{SampleType, bits_to_round_to, by_sample_type};

/// Select, order, average or mix the channels of a recording.
///
/// Channels count from 1. Selected channels keep every bit; averages and mixes are computed exactly or in 64-bit float and rounded
/// once. Everything else stays as it is.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// These channels of the input, in this order; one may occur twice
    #[arg(long, value_name = "CHANNELS", value_delimiter = ',')]
    select: Option<Vec<usize>>,
    /// The mean of all channels
    #[arg(long)]
    mono: bool,
    /// A row for each channel of the output, separated by semicolons, with a factor for each channel of the input, separated by commas
    #[arg(long, value_name = "ROWS", value_parser = matrix, allow_hyphen_values = true)]
    matrix: Option<Array2<f64>>,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio remix take.wav swapped.wav --select 2,1               left and right exchanged
  ndaudio remix field.wav one.wav --select 3                    the third channel alone
  ndaudio remix take.wav mono.wav --mono
  ndaudio remix take.wav ms.wav --matrix '0.5,0.5; 0.5,-0.5'    mid and side of left and right";

/// `0.5,0.5; 0.5,-0.5` as a matrix.
fn matrix(text: &str) -> Result<Array2<f64>, String> {
    let mut factors = Vec::new();
    let rows: Vec<&str> = text.split(';').collect();
    let mut columns = None;
    for (index, row) in rows.iter().enumerate() {
        let before = factors.len();
        for factor in row.split(',') {
            match factor.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => factors.push(value),
                _ => return Err(format!("{:?} in row {} is not a finite number", factor.trim(), index + 1)),
            }
        }
        let count = factors.len() - before;
        if count != *columns.get_or_insert(count) {
            return Err(format!("row {} has {count} factors, the rows before it {}", index + 1, columns.unwrap_or(0)));
        }
    }
    Array2::from_shape_vec((rows.len(), columns.unwrap_or(0)), factors).map_err(|error| error.to_string())
}

/// What becomes of a frame.
enum Plan {
    Select(Vec<usize>),
    Mono,
    Mix(Array2<f64>),
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    arguments.in_out.run(|job| remix(arguments, job))
}

fn remix(arguments: &Arguments, job: &Job) -> Outcome {
    let mut input = Input::open(&job.input)?;
    let spec = input.spec().clone();
    let (plan, count) = plan(&arguments.how, &spec).map_err(|failure| failure.about(&job.input))?;
    // Which loudspeaker a channel is for is known no longer.
    let mixed = spec.with_channels(count);
    let mut out = Output::create(job, &mixed, kind_for(job, &input)?)?;
    carry_metadata(&mut out, &mut input)?;
    let copied = match &plan {
        Plan::Select(numbers) => select_stored(&mut input, &mut out, numbers)?,
        _ => None,
    };
    let kind = match plan {
        // Only moved, never rounded.
        Plan::Select(_) => SampleType::to_measure(spec.encoding()),
        _ => SampleType::to_change(spec.encoding()),
    };
    let done = match copied {
        Some(done) => done,
        None => by_sample_type!(kind, T => remix_blocks::<T>(&mut input, &mut out, &plan, &job.input))?,
    };
    out.finish()?;
    input.note_anomalies();
    let what = format!("{} from {}", counted(count as u64, "channel"), counted(spec.channels() as u64, "channel"));
    report(job, &what, &spec, done);
    Ok(())
}

/// What to do, and how many channels come of it.
fn plan(how: &How, spec: &Spec) -> Outcome<(Plan, usize)> {
    let channels = spec.channels();
    let (plan, count) = match how {
        How { select: Some(numbers), .. } => {
            if let Some(number) = numbers.iter().find(|&&number| number == 0 || number > channels) {
                return Err(Failure::new(format!("has no channel {number}"))
                    .advise(format!("select from channels 1 to {channels}")));
            }
            (Plan::Select(numbers.iter().map(|number| number - 1).collect()), numbers.len())
        }
        How { matrix: Some(matrix), .. } => {
            if matrix.ncols() != channels {
                let given = matrix.ncols();
                return Err(Failure::new(format!(
                    "has {}, but each row of --matrix has {}",
                    counted(channels as u64, "channel"),
                    counted(given as u64, "factor")
                ))
                .advise(format!("give {} in each row", counted(channels as u64, "factor"))));
            }
            (Plan::Mix(matrix.clone()), matrix.nrows())
        }
        _ => (Plan::Mono, 1),
    };
    if count > MAX_CHANNELS {
        return Err(Failure::new(format!("{count} channels are more than a file can have, {MAX_CHANNELS}")));
    }
    Ok((plan, count))
}

/// Copies channels as they are stored, if the output stores samples as the input does: samples have no room for bits below the valid ones,
/// or for the two zeros of µ-law.
fn select_stored(input: &mut Input, out: &mut Output, channels: &[usize]) -> Outcome<Option<Done>> {
    let (mut bar, total) = (Bar::new(input.name()), input.frames());
    let frames = input.copy_channels(&mut out.writer, channels, |frames| bar.show(frames, total))?;
    Ok(frames.map(|frames| Done { frames, clipped: 0 }))
}

fn remix_blocks<T: Sample>(input: &mut Input, out: &mut Output, plan: &Plan, name: &Path) -> Outcome<Done> {
    let bits = bits_to_round_to(input.spec().encoding()).filter(|_| T::IS_FLOAT);
    let channels = out.writer.channels();
    let mut mixed = Array2::<T>::zeros((0, channels));
    let mut clipped = 0;
    let (mut bar, total) = (Bar::new(name.display().to_string()), input.frames());
    let frames = input.each_block::<T>(|position, block| {
        if mixed.nrows() != block.nrows() {
            mixed = Array2::zeros((block.nrows(), channels));
        }
        let block: ArrayView2<'_, T> = block.view();
        match plan {
            Plan::Select(numbers) => channels::select_into(&block, numbers, &mut mixed)?,
            Plan::Mono => channels::downmix_into(&block, &mut mixed),
            Plan::Mix(matrix) => clipped += channels::mix_into(&block, matrix, &mut mixed),
        }
        if let Some(bits) = bits {
            clipped += dither::quantize(&mut mixed, position, bits, None)?;
        }
        out.writer.write(&mixed)?;
        bar.show(position, total);
        Ok(())
    })?;
    Ok(Done { frames, clipped })
}
