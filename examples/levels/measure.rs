//! Everything about one file, in one pass; two where sound is what is less than so far below the loudest part.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ndaudio::compat::ExpRms;
use ndaudio::segments::{Detector, Threshold};
use ndaudio::{Levels, Replace, Sample, Spec, WavReader, db};

use crate::Progress;
use crate::clips::{self, Clipped, Clips};
use crate::plot::{self, Caption, Envelope, Format};
use crate::shared::sample_type::{SampleType, by_sample_type};
use crate::shared::segments::{SegmentOptions, loudest};
use crate::shared::{Failure, Outcome, files};

/// The time constant of sox's `RMS Pk dB` and `RMS Tr dB`.
const TIME_CONSTANT: f64 = 0.05;

/// What is to be done with each file.
pub(crate) struct Work<'a> {
    pub(crate) segments: &'a SegmentOptions,
    pub(crate) plot: Option<&'a Path>,
    pub(crate) progress: &'a Progress,
}

/// What was measured.
pub(crate) struct Measured {
    pub(crate) path: PathBuf,
    pub(crate) spec: Spec,
    pub(crate) levels: Levels,
    /// Per channel.
    pub(crate) clipped: Vec<Clipped>,
    /// The largest and the smallest RMS of any 50 ms, per channel.
    pub(crate) short_term: Option<(Vec<f64>, Vec<f64>)>,
    /// What is to be told of the file.
    pub(crate) notes: Vec<String>,
}

pub(crate) fn file(path: &Path, work: &Work<'_>) -> Outcome<Measured> {
    let mut reader = files::open(path)?;
    let spec = reader.spec().clone();
    by_sample_type!(SampleType::to_measure(spec.encoding()), T => measure::<T>(path, &mut reader, &spec, work))
}

fn measure<T: Sample>(path: &Path, reader: &mut WavReader<File>, spec: &Spec, work: &Work<'_>) -> Outcome<Measured> {
    let channels = spec.channels();
    let mut levels = Levels::new(channels);
    let mut clips = Clips::new(spec.encoding(), channels);
    let mut meter = ExpRms::new(TIME_CONSTANT, spec.sample_rate(), channels).ok();
    let mut picture = match work.plot {
        Some(pattern) => Some(Picture::<T>::new(pattern, path, reader, work)?),
        None => None,
    };
    let frame_bytes = spec.frame_bytes() as u64;
    let mut blocks = reader.blocks::<T>(files::block_len(spec));
    while let Some(block) = blocks.next()? {
        let block = block.view();
        levels.add(&block);
        if let Some(clips) = &mut clips {
            clips.add(&block);
        }
        if let Some(meter) = &mut meter {
            meter.add(&block);
        }
        if let Some(picture) = &mut picture {
            let Picture { envelope, detector, .. } = picture;
            envelope.add(&block);
            detector.add(&block, |sound| envelope.add_sound(sound));
        }
        work.progress.add(block.nrows() as u64 * frame_bytes);
    }
    let clipped = clips.map_or_else(|| clips::of_levels(&levels), Clips::channels);
    if let Some(picture) = picture {
        let name = path.display().to_string();
        let clipped = clipped.iter().map(|clipped| clipped.samples).sum();
        picture.save(&Caption { name: &name, spec, levels: &levels, clipped, threshold: None })?;
    }
    let short_term = meter.map(|meter| (meter.peak().to_vec(), meter.trough().to_vec()));
    let mut notes: Vec<String> = reader.anomalies().iter().map(ToString::to_string).collect();
    let all = levels.overall();
    if all.nan() + all.infinite() > 0 {
        notes.push(format!("{} NaN and {} infinite samples are left out", all.nan(), all.infinite()));
    }
    Ok(Measured { path: path.to_path_buf(), spec: spec.clone(), levels, clipped, short_term, notes })
}

/// A picture in the making.
struct Picture<T: Sample> {
    path: PathBuf,
    format: Format,
    envelope: Envelope,
    detector: Detector<T>,
    threshold: Option<f64>,
}

impl<T: Sample> Picture<T> {
    fn new(pattern: &Path, path: &Path, reader: &mut WavReader<File>, work: &Work<'_>) -> Outcome<Self> {
        let picture = plot::path_for(pattern, path);
        let Some(format) = Format::of(&picture) else {
            return Err(Failure::new(format!("{}: is neither .svg nor .png", picture.display())));
        };
        let Some(frames) = reader.frames() else {
            return Err(Failure::new(
                "how long it is, is unknown until its end, so that no picture can be drawn on the way",
            )
            .about(path)
            .advise("save the input to a file first"));
        };
        let rule = work.segments.rule(reader.spec())?;
        let loudest = loudest::<T>(reader, &rule, &path.display().to_string())?;
        let threshold = match rule.threshold {
            Threshold::Absolute(level) => Some(level),
            Threshold::Relative(below) => loudest.map(|loudest| db::from_amplitude(loudest) - below),
            _ => None,
        };
        let channels = reader.spec().channels();
        let detector = Detector::new(&rule, channels, loudest)?;
        Ok(Picture { path: picture, format, envelope: Envelope::new(channels, frames), detector, threshold })
    }

    fn save(self, caption: &Caption<'_>) -> Outcome {
        let Picture { path, format, mut envelope, detector, threshold } = self;
        detector.finish(|sound| envelope.add_sound(sound));
        envelope.finish();
        let bytes = plot::draw(format, &envelope, &Caption { threshold, ..*caption })
            .map_err(|error| Failure::new(error).about(&path))?;
        let replace = Replace::create(&path)?;
        fs::write(replace.path(), bytes).map_err(|error| Failure::io(&path, error))?;
        Ok(replace.commit()?)
    }
}
