//! `normalize`: to a peak or an RMS, in two passes and constant memory.

use clap::{Args, ValueEnum};
use ndaudio::normalize::{OnClip, Target, ceiling};
use ndaudio::{Levels, Sample, Source, db};

use crate::change::{Gain, change_file, report};
use crate::failure::{Failure, Outcome};
use crate::format::dbfs;
use crate::input::Input;
use crate::output::{InOut, Job};
use crate::progress::Bar;
use crate::sample_type::{SampleType, by_sample_type};
use crate::terminal::note;

/// Bring a recording to a peak or an RMS level by one gain for all channels.
///
/// 0 dBFS is full scale: a full-scale square wave has 0 dBFS in both measures. The input is read twice, so it must be a file and not
/// a pipe. Everything but the samples stays as it is.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_out: InOut,
    #[command(flatten)]
    target: TargetArguments,
    /// What to do if the target would take samples beyond full scale
    #[arg(long, value_enum, default_value = "refuse")]
    on_clip: OnClipName,
}

#[derive(Args)]
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

/// In place of that of [`InOut`]: standard input cannot be read twice.
pub(crate) const PATHS_HELP: &str = "The recording to read, then the file to write (- is standard output). \
    With -o: any number of recordings, directories and patterns";

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio normalize take.wav loud.wav --peak -1
  ndaudio normalize recordings/ -o 'even/{name}' --rms -23 --on-clip limit";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    arguments.in_out.run(|job| normalize(arguments, job))
}

fn normalize(arguments: &Arguments, job: &Job) -> Outcome {
    let target = match (arguments.target.peak, arguments.target.rms) {
        (Some(level), _) => Target::Peak(level),
        (None, Some(level)) => Target::Rms(level),
        (None, None) => return Err(Failure::usage("neither --peak nor --rms is given")),
    };
    let on_clip = match arguments.on_clip {
        OnClipName::Refuse => OnClip::Refuse,
        OnClipName::Limit => OnClip::Limit,
        OnClipName::Clip => OnClip::Clip,
    };
    let mut input = Input::open(&job.input)?;
    input.refuse_pipe("normalizing")?;
    job.overwrite.check(&job.output, &job.inputs)?;
    let spec = input.spec().clone();
    let levels = by_sample_type!(SampleType::to_measure(spec.encoding()), T => measure::<T>(&mut input))?;
    let all = levels.overall();
    let plan = target.plan(&all, ceiling(spec.encoding()), on_clip).map_err(|error| {
        let to_do = match on_clip {
            OnClip::Refuse if all.peak().is_finite() && all.peak() > 0.0 => {
                "choose a lower target, or --on-clip limit or --on-clip clip"
            }
            _ => "check that the file has audio that is not silent, and that its samples are numbers (see `ndaudio levels`)",
        };
        Failure::from(error).about(&job.input).advise(to_do)
    })?;
    if plan.limited {
        let (gain, peak) = (db::from_amplitude(plan.factor), dbfs(plan.peak, 2));
        note(format!("{target} would clip: the gain is limited to {gain:+.2} dB, and the peak is then {peak} dBFS"));
    }
    input.rewind()?;
    let done = change_file(job, input, &mut Gain(plan.factor))?;
    report(job, &format!("{:+.2} dB", db::from_amplitude(plan.factor)), &spec, done);
    Ok(())
}

fn measure<T: Sample>(input: &mut Input) -> Outcome<Levels> {
    let mut levels = Levels::new(input.spec().channels());
    let (mut bar, total) = (Bar::new(format!("{} (measuring)", input.name())), input.frames());
    input.each_block::<T>(|position, block| {
        levels.add(block);
        bar.show(position, total);
        Ok(())
    })?;
    Ok(levels)
}
