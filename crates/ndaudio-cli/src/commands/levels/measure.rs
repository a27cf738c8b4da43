//! Everything about one recording, in one pass; sounds take one more, or two if they are relative to the loudest part.

use std::path::{Path, PathBuf};

use ndaudio::compat::ExpRms;
use ndaudio::{Levels, Sample, Source, Spec};

use super::clips::{self, Clipped, Clips};
use super::{Arguments, Progress};
use crate::clock::Clock;
use crate::detections::{Detections, ListFormat};
use crate::failure::{Failure, Outcome};
use crate::input::Input;
use crate::output::write_file;
use crate::picture::envelope::Envelope;
use crate::picture::{Format, waveform};
use crate::same_file::Inputs;
use crate::sample_type::{SampleType, by_sample_type};
use crate::sounds::{Sounds, find};

/// The time constant of sox's `RMS Pk dB` and `RMS Tr dB`.
const TIME_CONSTANT: f64 = 0.05;

/// What is to be done with each recording.
pub(crate) struct Work<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) plot: Option<&'a Path>,
    pub(crate) list: Option<(&'a Path, ListFormat)>,
    pub(crate) progress: &'a Progress,
    pub(crate) inputs: &'a Inputs,
}

/// What was measured.
pub(crate) struct Measured {
    pub(crate) path: PathBuf,
    pub(crate) spec: Spec,
    pub(crate) clock: Clock,
    pub(crate) levels: Levels,
    /// Per channel.
    pub(crate) clipped: Vec<Clipped>,
    /// The largest and the smallest RMS of any 50 ms, per channel.
    pub(crate) short_term: Option<(Vec<f64>, Vec<f64>)>,
    /// What is to be told of the recording.
    pub(crate) notes: Vec<String>,
}

pub(crate) fn file(path: &Path, work: &Work<'_>) -> Outcome<Measured> {
    let mut input = Input::open_range(path, &work.arguments.range)?;
    by_sample_type!(SampleType::to_measure(input.spec().encoding()), T => measure::<T>(&mut input, work))
}

fn measure<T: Sample>(input: &mut Input, work: &Work<'_>) -> Outcome<Measured> {
    let spec = input.spec().clone();
    let clock = Clock::wanted(input, work.arguments.clock);
    let mut envelope = match work.plot {
        Some(_) => Some(envelope_of(input)?),
        None => None,
    };
    let sounds = if work.plot.is_some() || work.list.is_some() {
        input.refuse_pipe("finding sounds")?;
        Some(find::<T>(input, &work.arguments.sounds)?)
    } else {
        None
    };
    let (levels, clipped, short_term) = pass::<T>(input, &spec, envelope.as_mut(), work.progress)?;
    if let (Some(sounds), Some((path, format))) = (&sounds, work.list) {
        write_list(input, &spec, clock, sounds, path, format, work)?;
    }
    if let (Some(sounds), Some(envelope), Some(path)) = (&sounds, envelope, work.plot) {
        let name = input.name();
        let samples = clipped.iter().map(|clipped| clipped.samples).sum();
        let caption = waveform::Caption {
            name: &name,
            spec: &spec,
            levels: &levels,
            clipped: samples,
            sounds,
            first_frame: input.first_frame(),
            clock: work.arguments.clock.clock.then_some(clock),
        };
        let bytes = Format::of(path)?.render(&waveform::draw(&envelope, &caption))?;
        write_file(path, work.arguments.overwrite, work.inputs, &bytes)?;
    }
    let mut notes = input.notable_anomalies();
    let all = levels.overall();
    if all.nan() + all.infinite() > 0 {
        notes.push(format!("{} NaN and {} infinite samples are left out", all.nan(), all.infinite()));
    }
    Ok(Measured { path: input.path().to_path_buf(), spec, clock, levels, clipped, short_term, notes })
}

fn envelope_of(input: &Input) -> Outcome<Envelope> {
    let Some(frames) = input.frames() else {
        return Err(Failure::new("its length is unknown until its end, so no picture can be drawn")
            .about(input.path())
            .advise("save the input to a file first"));
    };
    Ok(Envelope::new(input.spec().channels(), frames, waveform::COLUMNS))
}

type Passed = (Levels, Vec<Clipped>, Option<(Vec<f64>, Vec<f64>)>);

fn pass<T: Sample>(
    input: &mut Input,
    spec: &Spec,
    mut envelope: Option<&mut Envelope>,
    progress: &Progress,
) -> Outcome<Passed> {
    let channels = spec.channels();
    let mut levels = Levels::new(channels);
    let mut clips = Clips::new(spec.encoding(), channels);
    let mut meter = ExpRms::new(TIME_CONSTANT, spec.sample_rate(), channels).ok();
    let frame_bytes = spec.frame_bytes() as u64;
    input.each_block::<T>(|_, block| {
        let block = block.view();
        levels.add(&block);
        if let Some(clips) = &mut clips {
            clips.add(&block);
        }
        if let Some(meter) = &mut meter {
            meter.add(&block);
        }
        if let Some(envelope) = &mut envelope {
            envelope.add(&block);
        }
        progress.add(block.nrows() as u64 * frame_bytes);
        Ok(())
    })?;
    if let Some(envelope) = envelope {
        envelope.finish();
    }
    let clipped = clips.map_or_else(|| clips::of_levels(&levels), Clips::channels);
    let short_term = meter.map(|meter| (meter.peak().to_vec(), meter.trough().to_vec()));
    Ok((levels, clipped, short_term))
}

fn write_list(
    input: &Input,
    spec: &Spec,
    clock: Clock,
    sounds: &Sounds,
    path: &Path,
    format: ListFormat,
    work: &Work<'_>,
) -> Outcome {
    let name = input.name();
    let (first_frame, sample_rate) = (input.first_frame(), spec.sample_rate());
    let detections =
        Detections { file: &name, segments: &sounds.segments, first_frame, sample_rate, clock, pieces: None };
    let mut bytes = Vec::new();
    detections.write(&mut bytes, format, work.arguments.clock.clock)?;
    write_file(path, work.arguments.overwrite, work.inputs, &bytes)
}
