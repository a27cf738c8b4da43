//! Runs the command line that the process was started with.

use std::process::ExitCode;

fn main() -> ExitCode {
    ndaudio_cli::run(std::env::args_os())
}
