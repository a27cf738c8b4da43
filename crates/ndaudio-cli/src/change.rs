//! Read → change → write: what commands share that make one recording from another of the same shape.

use std::path::Path;

use ndaudio::dither::Tpdf;
use ndaudio::metadata::Bext;
use ndaudio::ndarray::ArrayViewMut2;
use ndaudio::{Sample, Source, Spec, dither, gain};

use crate::failure::{Failure, Outcome};
use crate::format::counted;
use crate::input::{Input, each_block_of};
use crate::output::{Job, Output, kind_for};
use crate::progress::Bar;
use crate::sample_type::{SampleType, bits_to_round_to, by_sample_type};
use crate::terminal::{note, shown};

/// A change of the samples that depends on nothing but themselves and where they are.
pub(crate) trait Change {
    /// Changes the block that begins at frame `position`; says how many samples clipped.
    fn change<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>, position: u64) -> u64;

    /// Whether every sample stays as it is, so that what is stored can be copied.
    fn is_none(&self) -> bool {
        false
    }
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

    fn is_none(&self) -> bool {
        true
    }
}

/// Every sample times a factor.
pub(crate) struct Gain(pub(crate) f64);

impl Change for Gain {
    fn change<T: Sample>(&mut self, block: &mut ArrayViewMut2<'_, T>, _position: u64) -> u64 {
        gain::apply(block, self.0)
    }

    fn is_none(&self) -> bool {
        self.0 == 1.0
    }
}

/// To how many bits changed samples are rounded before they are stored, if they are integers, and with which noise.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rounding {
    pub(crate) bits: Option<u32>,
    pub(crate) noise: Option<Tpdf>,
}

/// Makes one recording into another, block by block; metadata is carried over.
pub(crate) fn change_file(job: &Job, mut input: Input, change: &mut impl Change) -> Outcome<Done> {
    let spec = input.spec().clone();
    let mut out = Output::create(job, &spec, kind_for(job, &input)?)?;
    carry_metadata(&mut out, &mut input)?;
    let kind = SampleType::to_change(spec.encoding());
    let bits = bits_to_round_to(spec.encoding()).filter(|_| kind == SampleType::F64);
    let rounding = Rounding { bits, noise: None };
    let copied = if change.is_none() { copy_stored(&mut input, &mut out)? } else { None };
    let done = match copied {
        Some(done) => done,
        None => by_sample_type!(kind, T => change_blocks::<T>(&mut input, &mut out, rounding, change, &job.input))?,
    };
    out.finish()?;
    input.note_anomalies();
    Ok(done)
}

/// Copies what is left of a recording with every stored bit, if both files store samples alike. Samples cannot promise that: they have no
/// room for bits below the valid ones, or for the two zeros of µ-law.
pub(crate) fn copy_stored(input: &mut Input, out: &mut Output) -> Outcome<Option<Done>> {
    let (mut bar, total) = (Bar::new(input.name()), input.frames());
    let frames = input.copy_stored(&mut out.writer, u64::MAX, |frames| bar.show(frames, total))?;
    Ok(frames.map(|frames| Done { frames, clipped: 0 }))
}

/// Changes, rounds and writes block after block.
pub(crate) fn change_blocks<T: Sample>(
    source: &mut impl Source,
    out: &mut Output,
    rounding: Rounding,
    change: &mut impl Change,
    name: &Path,
) -> Outcome<Done> {
    let mut clipped = 0;
    let (mut bar, total) = (Bar::new(name.display().to_string()), source.frames());
    let frames = each_block_of::<T>(source, |position, block| {
        clipped += change.change(block, position);
        if let Some(bits) = rounding.bits {
            // What lies beyond full scale clips here.
            clipped += dither::quantize(block, position, bits, rounding.noise)?;
        }
        out.writer.write(block)?;
        bar.show(position, total);
        Ok(())
    })?;
    Ok(Done { frames, clipped })
}

/// Everything that the file says about its audio, byte for byte, except for the loudness in `bext`, which holds no longer.
pub(crate) fn carry_metadata(out: &mut Output, input: &mut Input) -> Outcome {
    input.copy_metadata(&mut out.writer, |id, content| Ok(Some(without_loudness(id, content))))
}

/// A chunk as it was, but for the loudness in `bext`.
pub(crate) fn without_loudness(id: [u8; 4], content: Vec<u8>) -> Vec<u8> {
    if id != Bext::ID {
        return content;
    }
    let mut bext = Bext::parse(&content);
    if bext.loudness().is_none() {
        return content;
    }
    bext.clear_loudness();
    bext.to_bytes()
}

/// Tells what was done, and how many samples clipped.
pub(crate) fn report(job: &Job, what: &str, spec: &Spec, done: Done) {
    let clipped = match done.clipped {
        _ if spec.encoding().is_float() => "floats hold what is beyond full scale, so nothing clipped".to_owned(),
        0 => "no sample clipped".to_owned(),
        count => format!("{} clipped", counted(count, "sample")),
    };
    note(format!("{}: {}, {what}; {clipped}", shown(&job.output), counted(done.frames, "frame")));
}

/// A value of a command line that no computation can take: says which option it is.
pub(crate) fn invalid(option: &str, error: &ndaudio::Error) -> Failure {
    Failure::usage(format!("{option}: {error}"))
}
