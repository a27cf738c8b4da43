//! What counts as sound and what as silence: the same options in every program that asks.

use std::fs::File;

use clap::{Args, ValueEnum};
use ndaudio::levels::Measure;
use ndaudio::segments::{Detector, Meter, Rule, Segment, Threshold};
use ndaudio::{Sample, Spec, WavReader};

use super::failure::{Failure, Outcome};
use super::files::block_len;
use super::progress::Bar;

/// Options of programs that tell sound from silence.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sound and silence")]
pub(crate) struct SegmentOptions {
    /// Sound is what is above this level, in dBFS
    #[arg(long, value_name = "DB", default_value = "-50", allow_negative_numbers = true, allow_hyphen_values = true)]
    threshold: f64,
    /// Sound is instead what is less than so far below the loudest part of the file
    #[arg(long, value_name = "DB", conflicts_with = "threshold")]
    below_loudest: Option<f64>,
    /// How far below the threshold the level must fall for sound to end
    #[arg(long, value_name = "DB", default_value = "0")]
    hysteresis: f64,
    /// Shorter silences between two sounds belong to the sound
    #[arg(long, value_name = "SECONDS", default_value = "0.3", value_parser = duration)]
    min_silence: f64,
    /// Shorter sounds belong to the silence
    #[arg(long, value_name = "SECONDS", default_value = "0.05", value_parser = duration)]
    min_sound: f64,
    /// What is kept of the silence before and after each sound
    #[arg(long, value_name = "SECONDS", default_value = "0.05", value_parser = duration)]
    margin: f64,
    /// The parts whose levels are looked at one by one
    #[arg(long, value_name = "SECONDS", default_value = "0.01", value_parser = resolution)]
    resolution: f64,
    /// What the level of a part is
    #[arg(long, value_enum, default_value = "rms")]
    measure: MeasureName,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MeasureName {
    /// The root mean square of its loudest channel
    Rms,
    /// The largest magnitude
    Peak,
}

fn duration(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds >= 0.0 && seconds.is_finite() => Ok(seconds),
        _ => Err("must be a number of seconds, such as 0.5".to_owned()),
    }
}

fn resolution(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 60.0 => Ok(seconds),
        _ => Err("must be a number of seconds above 0 and up to 60, such as 0.01".to_owned()),
    }
}

impl SegmentOptions {
    /// The options in frames.
    pub(crate) fn rule(&self, spec: &Spec) -> Outcome<Rule> {
        if spec.sample_rate() == 0 {
            return Err(Failure::new("the sample rate is 0 Hz, so that seconds have no length"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 0; beyond 2^64 as long as can be"
        )]
        let frames = |seconds: f64| (seconds * f64::from(spec.sample_rate())).round() as u64;
        Ok(Rule {
            threshold: self.below_loudest.map_or(Threshold::Absolute(self.threshold), Threshold::Relative),
            hysteresis_db: self.hysteresis,
            measure: match self.measure {
                MeasureName::Rms => Measure::Rms,
                MeasureName::Peak => Measure::Peak,
            },
            window: usize::try_from(frames(self.resolution)).unwrap_or(usize::MAX).max(1),
            min_silence: frames(self.min_silence),
            min_sound: frames(self.min_sound),
            margin: frames(self.margin),
        })
    }
}

/// The level of the loudest part, where a rule is relative to it: a pass of its own.
pub(crate) fn loudest<T: Sample>(reader: &mut WavReader<File>, rule: &Rule, name: &str) -> Outcome<Option<f64>> {
    if !matches!(rule.threshold, Threshold::Relative(_)) {
        return Ok(None);
    }
    let (total, block_len) = (reader.frames(), block_len(reader.spec()));
    let mut meter = Meter::new(rule.measure, rule.window, reader.spec().channels());
    let mut bar = Bar::new(format!("{name} (the loudest part)"));
    let (mut loudest, mut frames) = (0.0_f64, 0);
    let mut blocks = reader.blocks::<T>(block_len);
    while let Some(block) = blocks.next()? {
        meter.add(&block, |level| loudest = loudest.max(level));
        frames += block.nrows() as u64;
        bar.show(frames, total);
    }
    meter.finish(|level| loudest = loudest.max(level));
    reader.seek(0)?;
    Ok(Some(loudest))
}

/// The sounds of a file.
pub(crate) fn find<T: Sample>(reader: &mut WavReader<File>, rule: &Rule, name: &str) -> Outcome<Vec<Segment>> {
    let loudest = loudest::<T>(reader, rule, name)?;
    let (total, block_len) = (reader.frames(), block_len(reader.spec()));
    let mut detector = Detector::new(rule, reader.spec().channels(), loudest)?;
    let mut segments = Vec::new();
    let mut bar = Bar::new(format!("{name} (sounds)"));
    let mut frames = 0;
    let mut blocks = reader.blocks::<T>(block_len);
    while let Some(block) = blocks.next()? {
        detector.add(&block, |segment| segments.push(segment));
        frames += block.nrows() as u64;
        bar.show(frames, total);
    }
    detector.finish(|segment| segments.push(segment));
    Ok(segments)
}
