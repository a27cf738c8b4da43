//! Brings a recording to a peak or an RMS, in two passes and constant memory.
//!
//! ```console
//! $ cargo run --release --example normalize -- take.wav loud.wav --peak -1
//! ```

mod shared;

use std::fs::File;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use ndaudio::normalize::{OnClip, Target, ceiling};
use ndaudio::{Levels, Sample, WavReader, db};
use shared::change::{Gain, InOut, change_file, report};
use shared::format::dbfs;
use shared::progress::Bar;
use shared::sample_type::{SampleType, by_sample_type};
use shared::{Failure, Outcome, files, note, program};

/// Brings a WAVE file to a peak or an RMS level by one gain for all channels, and keeps everything else of it.
///
/// 0 dBFS is full scale: a full-scale square wave has 0 dBFS in both measures. The file is read twice, so that IN cannot be a pipe.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    #[command(flatten)]
    target: TargetArguments,
    /// What to do where the target would take samples beyond full scale
    #[arg(long, value_enum, default_value = "refuse")]
    on_clip: OnClipName,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct TargetArguments {
    /// The largest magnitude of any sample, in dBFS
    #[arg(long, value_name = "DB", allow_negative_numbers = true, allow_hyphen_values = true)]
    peak: Option<f64>,
    /// The root mean square of all channels together, in dBFS
    #[arg(long, value_name = "DB", allow_negative_numbers = true, allow_hyphen_values = true)]
    rms: Option<f64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnClipName {
    /// Write nothing, and say by how much
    Refuse,
    /// Stop at the largest gain that does not clip, and miss the target
    Limit,
    /// Reach the target, clip, and say how many samples
    Clip,
}

const EXAMPLES: &str = "\
Examples:
  normalize take.wav loud.wav --peak -1
  normalize take.wav even.wav --rms -23 --on-clip limit";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let in_out = &arguments.in_out;
    let target = match (arguments.target.peak, arguments.target.rms) {
        (Some(level), _) => Target::Peak(level),
        (None, Some(level)) => Target::Rms(level),
        (None, None) => return Err(Failure::new("neither --peak nor --rms is given")),
    };
    let on_clip = match arguments.on_clip {
        OnClipName::Refuse => OnClip::Refuse,
        OnClipName::Limit => OnClip::Limit,
        OnClipName::Clip => OnClip::Clip,
    };
    let mut reader = files::open(&in_out.input)?;
    files::refuse_pipe(&reader, &in_out.input, "normalizing")?;
    let spec = reader.spec().clone();
    let levels = by_sample_type!(SampleType::to_measure(spec.encoding()), T => measure::<T>(&mut reader, in_out))?;
    let all = levels.overall();
    let plan = target.plan(&all, ceiling(spec.encoding()), on_clip).map_err(|error| {
        let to_do = match on_clip {
            OnClip::Refuse if all.peak().is_finite() => "choose a lower target, or --on-clip limit or --on-clip clip",
            _ => {
                "see that the file has audio, and that its samples are numbers (`levels` counts NaN and infinite ones)"
            }
        };
        Failure::from(error).about(&in_out.input).advise(to_do)
    })?;
    if plan.limited {
        let (gain, peak) = (db::from_amplitude(plan.factor), dbfs(plan.peak, 2));
        note(format_args!("{target} would clip: the gain is limited to {gain:+.2} dB, the peak is then {peak} dBFS"));
    }
    reader.seek(0)?;
    let done = change_file(in_out, reader, &mut Gain(plan.factor))?;
    report(in_out, &format!("{:+.2} dB", db::from_amplitude(plan.factor)), &spec, done);
    Ok(())
}

fn measure<T: Sample>(reader: &mut WavReader<File>, in_out: &InOut) -> Outcome<Levels> {
    let (total, block_len) = (reader.frames(), files::block_len(reader.spec()));
    let mut levels = Levels::new(reader.spec().channels());
    let mut bar = Bar::new(format!("{} (measuring)", in_out.input.display()));
    let mut blocks = reader.blocks::<T>(block_len);
    while let Some(block) = blocks.next()? {
        levels.add(&block);
        bar.show(levels.frames(), total);
    }
    Ok(levels)
}
