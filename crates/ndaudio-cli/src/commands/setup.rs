//! `completions` and `man`: what a shell and a system want to know of the program.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use crate::failure::{Failure, Outcome};

/// Print completions for a shell.
///
/// For bash: ndaudio completions bash > ~/.local/share/bash-completion/completions/ndaudio
#[derive(Args)]
pub(crate) struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completions(arguments: &Completions) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::command(), "ndaudio", &mut text);
    let mut out = io::stdout().lock();
    out.write_all(&text)?;
    Ok(out.flush()?)
}

/// Print the manual page, or write one for each command to a directory.
#[derive(Args)]
pub(crate) struct Man {
    /// Write ndaudio.1, ndaudio-levels.1 … to this directory
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn man(arguments: &Man) -> Outcome {
    match &arguments.output {
        Some(directory) => {
            let failed = |error| Failure::io(directory, error);
            std::fs::create_dir_all(directory).map_err(failed)?;
            clap_mangen::generate_to(crate::command(), directory).map_err(failed)
        }
        None => {
            let mut out = io::stdout().lock();
            clap_mangen::Man::new(crate::command()).render(&mut out)?;
            Ok(out.flush()?)
        }
    }
}
