//! Read → change → write: what programs share that make one file into another of the same shape.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use ndaudio::dither::Tpdf;
use ndaudio::metadata::Bext;
use ndaudio::ndarray::ArrayViewMut2;
use ndaudio::{Sample, Spec, WavReader, WriteOptions, dither, gain, process_with_progress};

use super::failure::{Failure, Outcome, note};
use super::files::{self, Output};
use super::format::counted;
use super::progress::Bar;
use super::sample_type::{SampleType, bits_to_round_to, by_sample_type};

/// The two files of every program that makes one into another.
#[derive(Debug, Args)]
pub(crate) struct InOut {
    /// The WAVE file to read; - reads standard input
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// The file to write, in the container and encoding of IN unless its name ends in .w64, .rf64 or .bw64; - writes to standard
    /// output. A file that stands there is replaced in one step, when the new one is whole
    #[arg(value_name = "OUT")]
    pub(crate) output: PathBuf,
}

/// A change of the samples that depends on nothing but themselves and where they are.
pub(crate) trait Change {
    /// Changes the block that begins at frame `position`; says how many samples clipped.
    fn change<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>, position: u64) -> u64;
}

/// What was done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    pub(crate) frames: u64,
    pub(crate) clipped: u64,
}

/// No change.
pub(crate) struct Nothing;

impl Change for Nothing {
    fn change<T: Sample>(&mut self, _block: &mut ArrayViewMut2<'_, T>, _position: u64) -> u64 {
        0
    }
}

/// Every sample times a factor.
pub(crate) struct Gain(pub(crate) f64);

impl Change for Gain {
    fn change<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>, _position: u64) -> u64 {
        gain::apply(block, self.0)
    }
}

/// To how many bits changed samples are rounded before they are stored, if they are integers, and with which noise.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rounding {
    pub(crate) bits: Option<u32>,
    pub(crate) noise: Option<Tpdf>,
}

/// Makes one file into another, block by block; metadata is carried over.
pub(crate) fn change_file(in_out: &InOut, mut reader: WavReader<File>, change: &mut impl Change) -> Outcome<Done> {
    let encoding = reader.spec().encoding();
    let InOut { input, output } = in_out;
    let options = WriteOptions::new(reader.spec()).container(files::container_for(output, reader.container()));
    let mut out = Output::create(input, output, &options)?;
    carry_metadata(&mut out, &mut reader)?;
    let kind = SampleType::to_change(encoding);
    let bits = bits_to_round_to(encoding).filter(|_| kind == SampleType::F64);
    let rounding = Rounding { bits, noise: None };
    let done = by_sample_type!(kind, T => change_blocks::<T>(&mut reader, &mut out, rounding, change, input))?;
    out.finish()?;
    files::note_anomalies(input, &reader);
    Ok(done)
}

/// Changes, rounds and writes block after block.
pub(crate) fn change_blocks<T: Sample>(
    reader: &mut WavReader<File>,
    out: &mut Output,
    rounding: Rounding,
    change: &mut impl Change,
    input: &Path,
) -> Outcome<Done> {
    let mut clipped = 0;
    let mut bar = Bar::new(input.display().to_string());
    let block_len = files::block_len(reader.spec());
    let frames = process_with_progress::<T, _, _>(
        reader,
        &mut out.writer,
        block_len,
        |block, position| {
            clipped += change.change(block, position);
            let Rounding { bits, noise } = rounding;
            // Samples beyond full scale clip here.
            if let Some(bits) = bits {
                clipped += dither::quantize(block, position, bits, noise)?;
            }
            Ok(())
        },
        |progress| bar.step(progress),
    )?;
    Ok(Done { frames, clipped })
}

/// Everything that the file says about its audio, byte for byte, except for the loudness in `bext`, which holds no longer.
pub(crate) fn carry_metadata(out: &mut Output, reader: &mut WavReader<File>) -> Outcome {
    out.writer.copy_metadata_with(reader, |id, content| {
        if id != Bext::ID {
            return Ok(Some(content));
        }
        let mut bext = Bext::parse(&content);
        if bext.loudness().is_none() {
            return Ok(Some(content));
        }
        bext.clear_loudness();
        Ok(Some(bext.to_bytes()))
    })?;
    Ok(())
}

/// Tells what was done, and how many samples clipped.
pub(crate) fn report(in_out: &InOut, what: &str, spec: &Spec, done: Done) {
    let clipped = match done.clipped {
        _ if spec.encoding().is_float() => "floats hold what is beyond full scale, so nothing clipped".to_owned(),
        0 => "no sample clipped".to_owned(),
        count => format!("{} clipped", counted(count, "sample")),
    };
    note(format_args!("{}: {}, {what}; {clipped}", in_out.output.display(), counted(done.frames, "frame")));
}

/// A value of a command line that no computation can take: says which option it is.
pub(crate) fn invalid(option: &str, error: ndaudio::Error) -> Failure {
    Failure::new(format!("{option}: {error}"))
}
