//! `ndaudio`: measures, changes, converts, repairs and draws recordings of any length.
//!
//! The program, as one function of its command line, so that the program and its fuzzer share it. It is no library: what is to be called from
//! Rust is in the crate `ndaudio`.

mod change;
mod clock;
mod commands;
mod detections;
mod encoding;
mod failure;
mod format;
mod input;
mod interrupt;
mod json;
mod moved;
mod output;
mod picture;
mod progress;
mod range;
mod same_file;
mod sample_type;
mod sounds;
mod spectral;
mod terminal;
mod threads;
mod writer;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use failure::Failure;

/// Measures, changes, converts, repairs and draws audio recordings of any length, in little memory.
///
/// Levels are in dBFS: a full-scale square wave has 0, a full-scale sine -3.01, silence -inf.
#[derive(Parser)]
#[command(name = "ndaudio", version, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: commands::Command,
    /// Print results only: no notes about what was done or what is odd about a file
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Work on at most this many files at once [default: one for each core]
    #[arg(long, global = true, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
}

const EXAMPLES: &str = "\
Examples:
  ndaudio info take.wav                         what it is, and what is wrong with it
  ndaudio levels recordings/ --csv              a table of a directory
  ndaudio spectrogram take.wav -o take.png      a picture
  ndaudio convert take.wav cd.wav --encoding i16 --dither
  ndaudio COMMAND --help                        more, with examples";

/// Runs a command line, whose first word is the program's name, and returns its exit status: 0 if all went well, 1 if something went wrong,
/// 2 if the command line is wrong.
pub fn run(command_line: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(command_line) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    if cli.quiet {
        terminal::be_quiet();
    }
    interrupt::listen();
    if let Some(jobs) = cli.jobs {
        threads::limit(jobs);
    }
    failure::exit(cli.command.run())
}

/// Help goes to standard output; complaints repeat what was typed, and are escaped.
fn refuse(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => failure::exit(error.print().map_err(Failure::from)),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(2)
        }
        _ => {
            let text = error.to_string();
            terminal::complain(text.strip_prefix("error: ").unwrap_or(&text).trim_end());
            ExitCode::from(2)
        }
    }
}

/// The whole command line, for completions and the manual.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}
