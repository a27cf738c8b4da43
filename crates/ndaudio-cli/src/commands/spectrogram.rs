//! `spectrogram`: levels by time and frequency of one recording, each in a picture of its own.

use std::path::{Path, PathBuf};

use clap::Args;
use ndaudio::{Sample, Source};

use crate::clock::{Clock, ClockOption};
use crate::failure::{Failure, Outcome};
use crate::format::{seconds, time_of};
use crate::input::{self, Input};
use crate::output::{Overwrite, make_directories, outputs, write_file};
use crate::picture::Format;
use crate::picture::axes::TimeAxis;
use crate::picture::grid::{Columns, range_of};
use crate::picture::heat_map::{COLUMNS, HeatMap, ROWS};
use crate::progress::Bar;
use crate::range::Range;
use crate::same_file::Inputs;
use crate::sample_type::{SampleType, by_sample_type};
use crate::spectral::SpectralOptions;
use crate::terminal::{note, shown};
use crate::threads;
use rayon::prelude::*;

/// Draw how a recording's power is spread over time and frequency.
///
/// One picture for each recording, PNG or SVG, sensible from milliseconds to days: each column of pixels is the mean power of the
/// windows in it. Levels are power spectral densities in dB relative to full scale, per Hz.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings, directories and patterns
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// The picture, .png or .svg; for several recordings a pattern such as '{dir}/{stem}.png'
    #[arg(short, long, value_name = "PICTURE|PATTERN")]
    output: PathBuf,
    #[command(flatten)]
    range: Range,
    #[command(flatten)]
    spectral: SpectralOptions,
    #[command(flatten)]
    clock: ClockOption,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio spectrogram take.wav -o take.png
  ndaudio spectrogram night.wav -o call.svg --from 1:00:00 --to 1:00:05 --fmin 2000 --fmax 9000 --clock
  ndaudio spectrogram speech.wav -o speech.png --mel --db-range -100:-30 --colours magma
  ndaudio spectrogram recordings/ -o 'pics/{stem}.png'";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    Format::of(&arguments.output)?;
    let (files, mut failures) = input::expand(&arguments.files);
    let count = files.len() + failures.len();
    if count == 0 {
        return Err(Failure::no_recording("draw"));
    }
    let inputs = Inputs::new(&files);
    let pictures = outputs(&files, &arguments.output, &inputs)?;
    for picture in &pictures {
        arguments.overwrite.check(picture, &inputs)?;
    }
    threads::start(files.len())?;
    make_directories(&arguments.output, &pictures)?;
    let drawn: Vec<Outcome> =
        files.par_iter().zip(&pictures).map(|(path, picture)| draw(arguments, path, picture, &inputs)).collect();
    for (path, result) in files.iter().zip(drawn) {
        failures.extend(result.err().map(|failure| failure.about(path)));
    }
    Failure::of_many(failures, count)
}

fn draw(arguments: &Arguments, path: &Path, picture: &Path, inputs: &Inputs) -> Outcome {
    let mut input = Input::open_range(path, &arguments.range)?;
    let Some(frames) = input.frames() else {
        return Err(Failure::new("its length is unknown until its end, so no picture can be drawn")
            .advise("save the input to a file first"));
    };
    let spec = input.spec().clone();
    let rate = spec.sample_rate();
    let bands = arguments.spectral.bands(f64::from(rate) / 2.0)?;
    let columns = COLUMNS.min(frames.max(1));
    let per_column = usize::try_from(frames / columns).unwrap_or(usize::MAX);
    // As many windows as there are columns, and in a long recording so many that every frame counts.
    let layout = arguments.spectral.layout(&spec, frames, bands, |window| per_column.min(window / 2))?;
    let column = |frame: u64| {
        let column = u128::from(frame) * u128::from(columns) / u128::from(frames.max(1));
        u64::try_from(column).unwrap_or(u64::MAX).min(columns - 1)
    };
    let clock = Clock::wanted(&mut input, arguments.clock);
    let (mut bar, total) = (Bar::new(input.name()), input.frames());
    let grid = by_sample_type!(SampleType::to_measure(spec.encoding()), T => {
        read::<T>(&mut input, &layout, column, |position| bar.show(position, total))
    })?;
    let levels = grid.levels(columns, ROWS);
    let mut facts = arguments.spectral.facts(&layout, &spec);
    facts.insert(0, time_of(frames, rate));
    let map = HeatMap {
        title: &input.name(),
        facts: &facts,
        levels: &levels,
        bands,
        range: arguments.spectral.db_range.unwrap_or_else(|| range_of(&levels)),
        unit: "power spectral density, dBFS/Hz",
        axis: TimeAxis {
            start: seconds(input.first_frame(), rate),
            length: seconds(frames, rate),
            clock: if arguments.clock.clock { clock.at(0) } else { None },
        },
        colours: arguments.spectral.colours,
    };
    let bytes = Format::of(picture)?.render(&map.draw()?)?;
    write_file(picture, arguments.overwrite, inputs, &bytes)?;
    input.note_anomalies();
    note(format!("{}: {}", shown(picture), time_of(frames, rate)));
    Ok(())
}

fn read<T: Sample>(
    input: &mut Input,
    layout: &crate::picture::grid::Layout,
    column: impl Fn(u64) -> u64,
    progress: impl FnMut(u64),
) -> Outcome<Columns> {
    Columns::read::<T>(input, layout, column, progress)
}
