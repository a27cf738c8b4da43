//! Selects, orders, averages or mixes the channels of a recording.
//!
//! ```console
//! $ cargo run --release --example remix -- take.wav mono.wav --mono
//! ```

mod shared;

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use ndaudio::ndarray::{Array2, ArrayView2};
use ndaudio::{MAX_CHANNELS, Sample, Spec, WavReader, WriteOptions, channels, dither};
use shared::change::{Done, InOut, report};
use shared::files::{self, Output};
use shared::progress::Bar;
use shared::sample_type::{SampleType, bits_to_round_to, by_sample_type};
use shared::{Failure, Outcome, program};

/// Selects, orders, averages or mixes the channels of a WAVE file, and keeps everything else of it.
///
/// Channels count from 1. Selected channels keep every bit; averages and mixes are computed exactly or in 64-bit float and rounded once.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    #[command(flatten)]
    how: How,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct How {
    /// These channels of IN, in this order; one may come twice
    #[arg(long, value_name = "CHANNELS", value_delimiter = ',')]
    select: Option<Vec<usize>>,
    /// The mean of all channels
    #[arg(long)]
    mono: bool,
    /// A row for each channel of OUT, separated by semicolons, with a factor for each channel of IN, separated by commas
    #[arg(long, value_name = "ROWS", value_parser = matrix, allow_hyphen_values = true)]
    matrix: Option<Array2<f64>>,
}

const EXAMPLES: &str = "\
Examples:
  remix take.wav swapped.wav --select 2,1               left and right exchanged
  remix field.wav one.wav --select 3                    the third channel alone
  remix take.wav mono.wav --mono
  remix take.wav ms.wav --matrix '0.5,0.5; 0.5,-0.5'    mid and side of left and right";

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

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

/// What becomes of a frame.
enum Plan {
    Select(Vec<usize>),
    Mono,
    Mix(Array2<f64>),
}

fn run(arguments: &Arguments) -> Outcome {
    let InOut { input, output } = &arguments.in_out;
    let mut reader = files::open(input)?;
    let spec = reader.spec().clone();
    let (plan, count) = plan(&arguments.how, &spec).map_err(|failure| failure.about(input))?;
    // Which loudspeaker a channel is for is known no longer.
    let mixed = spec.with_channels(count);
    let options = WriteOptions::new(&mixed).container(files::container_for(output, reader.container()));
    let mut out = Output::create(input, output, &options)?;
    shared::change::carry_metadata(&mut out, &mut reader)?;
    let kind = match plan {
        // Only moved, never rounded.
        Plan::Select(_) => SampleType::to_measure(spec.encoding()),
        _ => SampleType::to_change(spec.encoding()),
    };
    let done = by_sample_type!(kind, T => remix::<T>(&mut reader, &mut out, &plan, input))?;
    out.finish()?;
    files::note_anomalies(input, &reader);
    report(&arguments.in_out, &format!("{} channels of {}", count, spec.channels()), &spec, done);
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
                return Err(Failure::new(format!("has {channels} channels, each row of --matrix {given} factors"))
                    .advise(format!("give {channels} factors in each row")));
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

fn remix<T: Sample>(reader: &mut WavReader<File>, out: &mut Output, plan: &Plan, input: &Path) -> Outcome<Done> {
    let encoding = reader.spec().encoding();
    let bits = bits_to_round_to(encoding).filter(|_| T::IS_FLOAT);
    let (total, block_len) = (reader.frames(), files::block_len(reader.spec()));
    let channels = out.writer.spec().channels();
    let mut mixed = Array2::<T>::zeros((0, channels));
    let mut done = Done { frames: 0, clipped: 0 };
    let mut bar = Bar::new(input.display().to_string());
    let mut blocks = reader.blocks::<T>(block_len);
    while let Some(block) = blocks.next()? {
        if mixed.nrows() != block.nrows() {
            mixed = Array2::zeros((block.nrows(), channels));
        }
        let block: ArrayView2<'_, T> = block.view();
        match plan {
            Plan::Select(numbers) => channels::select_into(&block, numbers, &mut mixed)?,
            Plan::Mono => channels::downmix_into(&block, &mut mixed),
            Plan::Mix(matrix) => done.clipped += channels::mix_into(&block, matrix, &mut mixed),
        }
        if let Some(bits) = bits {
            done.clipped += dither::quantize(&mut mixed, done.frames, bits, None)?;
        }
        out.writer.write(&mixed)?;
        done.frames += mixed.nrows() as u64;
        bar.show(done.frames, total);
    }
    Ok(done)
}
