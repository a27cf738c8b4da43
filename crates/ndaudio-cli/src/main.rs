//! See the library of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    ndaudio_cli::run(std::env::args_os())
}
