//! The subcommands, a module each.

mod concat;
mod convert;
mod fade;
mod gain;
mod info;
mod levels;
mod ltsa;
mod normalize;
mod remix;
mod repair;
mod report;
mod rms;
mod setup;
mod spectrogram;
mod split;
mod trim;

use clap::Subcommand;

pub(crate) use self::repair::refuse_faults;
use crate::failure::Outcome;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(after_help = info::EXAMPLES)]
    Info(info::Arguments),
    #[command(after_help = rms::EXAMPLES)]
    Rms(rms::Arguments),
    #[command(after_help = levels::EXAMPLES)]
    Levels(levels::Arguments),
    #[command(after_help = gain::EXAMPLES)]
    Gain(gain::Arguments),
    #[command(after_help = normalize::EXAMPLES, mut_arg("paths", |paths| paths.help(normalize::PATHS_HELP)))]
    Normalize(normalize::Arguments),
    #[command(after_help = fade::EXAMPLES)]
    Fade(fade::Arguments),
    #[command(after_help = remix::EXAMPLES)]
    Remix(remix::Arguments),
    #[command(after_help = convert::EXAMPLES)]
    Convert(convert::Arguments),
    #[command(after_help = split::EXAMPLES)]
    Split(split::Arguments),
    #[command(after_help = trim::EXAMPLES)]
    Trim(trim::Arguments),
    #[command(after_help = concat::EXAMPLES)]
    Concat(concat::Arguments),
    #[command(after_help = repair::EXAMPLES)]
    Repair(repair::Arguments),
    #[command(after_help = spectrogram::EXAMPLES)]
    Spectrogram(spectrogram::Arguments),
    #[command(after_help = ltsa::EXAMPLES)]
    Ltsa(ltsa::Arguments),
    #[command(after_help = report::EXAMPLES)]
    Report(report::Arguments),
    Completions(setup::Completions),
    Man(setup::Man),
}

impl Command {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Command::Info(arguments) => info::run(arguments),
            Command::Rms(arguments) => rms::run(arguments),
            Command::Levels(arguments) => levels::run(arguments),
            Command::Gain(arguments) => gain::run(arguments),
            Command::Normalize(arguments) => normalize::run(arguments),
            Command::Fade(arguments) => fade::run(arguments),
            Command::Remix(arguments) => remix::run(arguments),
            Command::Convert(arguments) => convert::run(arguments),
            Command::Split(arguments) => split::run(arguments),
            Command::Trim(arguments) => trim::run(arguments),
            Command::Concat(arguments) => concat::run(arguments),
            Command::Repair(arguments) => repair::run(arguments),
            Command::Spectrogram(arguments) => spectrogram::run(arguments),
            Command::Ltsa(arguments) => ltsa::run(arguments),
            Command::Report(arguments) => report::run(arguments),
            Command::Completions(arguments) => setup::completions(arguments),
            Command::Man(arguments) => setup::man(arguments),
        }
    }
}
