//! `completions` and `man`: what a shell and a system want to know of the program.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use crate::failure::{Failure, Outcome};
use crate::output::{Overwrite, refuse_two_in_one, write_file};
use crate::same_file::Inputs;

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
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(crate) fn man(arguments: &Man) -> Outcome {
    let Some(directory) = &arguments.output else {
        if arguments.overwrite.overwrite {
            return Err(Failure::usage("--overwrite is for the files of --output"));
        }
        let mut out = io::stdout().lock();
        clap_mangen::Man::new(crate::command()).render(&mut out)?;
        return Ok(out.flush()?);
    };
    std::fs::create_dir_all(directory).map_err(|error| Failure::io(directory, error))?;
    let mut command = crate::command().disable_help_subcommand(true);
    command.build();
    let pages: Vec<(PathBuf, clap_mangen::Man)> = std::iter::once(&command)
        .chain(command.get_subcommands())
        .map(|command| clap_mangen::Man::new(command.clone()))
        .map(|page| (directory.join(page.get_filename()), page))
        .collect();
    // They are made of nothing that is read.
    let inputs = Inputs::default();
    pages.iter().try_for_each(|(path, _)| arguments.overwrite.check(path, &inputs))?;
    refuse_two_in_one(pages.iter().map(|(path, _)| path))?;
    for (path, page) in pages {
        let mut text = Vec::new();
        page.render(&mut text)?;
        write_file(&path, arguments.overwrite, &inputs, &text)?;
    }
    Ok(())
}
