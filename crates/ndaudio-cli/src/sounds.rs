//! What counts as sound and what as silence: the same options in every command that asks.

use std::time::Duration;

use clap::{Args, ValueEnum};
use ndaudio::levels::Measure;
use ndaudio::segments::{Detector, Meter, Rule, Segment, Threshold};
use ndaudio::{Sample, Source, Spec, db};

use crate::failure::{Failure, Outcome};
use crate::input::Input;
use crate::progress::Bar;
use crate::range;

/// Options of commands that tell sound from silence.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sound and silence")]
pub(crate) struct SoundOptions {
    /// Sound is what is above this level, in dBFS [default: -50]
    #[arg(long, value_name = "DB", allow_negative_numbers = true, allow_hyphen_values = true)]
    threshold: Option<f64>,
    /// Set the threshold this far below the loudest part of the recording instead
    #[arg(long, value_name = "DB", conflicts_with = "threshold", allow_negative_numbers = true)]
    below_loudest: Option<f64>,
    /// How far below the threshold the level must fall for sound to end [default: 0]
    #[arg(long, value_name = "DB", allow_negative_numbers = true)]
    hysteresis: Option<f64>,
    /// Silences shorter than this count as part of the sounds around them [default: 0.3]
    #[arg(long, value_name = "TIME", value_parser = range::time, allow_negative_numbers = true)]
    min_silence: Option<Duration>,
    /// Sounds shorter than this count as silence [default: 0.05]
    #[arg(long, value_name = "TIME", value_parser = range::time, allow_negative_numbers = true)]
    min_sound: Option<Duration>,
    /// Keep this much of the silence before and after each sound [default: 0.05]
    #[arg(long, value_name = "TIME", value_parser = range::time, allow_negative_numbers = true)]
    margin: Option<Duration>,
    /// Measure the level in steps of this length [default: 0.01]
    #[arg(long, value_name = "TIME", value_parser = resolution, allow_negative_numbers = true)]
    resolution: Option<Duration>,
    /// How the level of a step is measured [default: rms]
    #[arg(long, value_enum)]
    measure: Option<MeasureName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MeasureName {
    /// The root mean square of its loudest channel
    Rms,
    /// The largest magnitude
    Peak,
}

fn resolution(text: &str) -> Result<Duration, String> {
    match range::positive_time(text)? {
        time if time <= Duration::from_secs(60) => Ok(time),
        _ => Err("must be at most 60 seconds".to_owned()),
    }
}

impl SoundOptions {
    /// Whether any of them stands on the command line.
    pub(crate) fn any_given(&self) -> bool {
        let Self { threshold, below_loudest, hysteresis, min_silence, min_sound, margin, resolution, measure } = self;
        [threshold, below_loudest, hysteresis].iter().any(|option| option.is_some())
            || [min_silence, min_sound, margin, resolution].iter().any(|option| option.is_some())
            || measure.is_some()
    }

    /// The options in frames.
    fn rule(&self, spec: &Spec) -> Outcome<Rule> {
        if spec.sample_rate() == 0 {
            return Err(Failure::new("the sample rate is 0 Hz: a time has no length in frames"));
        }
        let frames = |time: Option<Duration>, milliseconds| {
            range::frame_at(time.unwrap_or(Duration::from_millis(milliseconds)), spec.sample_rate())
        };
        Ok(Rule {
            threshold: match self.below_loudest {
                Some(below) => Threshold::Relative(below),
                None => Threshold::Absolute(self.threshold.unwrap_or(-50.0)),
            },
            hysteresis_db: self.hysteresis.unwrap_or(0.0),
            measure: match self.measure {
                None | Some(MeasureName::Rms) => Measure::Rms,
                Some(MeasureName::Peak) => Measure::Peak,
            },
            window: usize::try_from(frames(self.resolution, 10)).unwrap_or(usize::MAX).max(1),
            min_silence: frames(self.min_silence, 300),
            min_sound: frames(self.min_sound, 50),
            margin: frames(self.margin, 50),
        })
    }
}

/// The sounds of a recording.
#[derive(Debug, Clone)]
pub(crate) struct Sounds {
    pub(crate) segments: Vec<Segment>,
    /// The level that sounds are above, in dBFS; none in a recording without audio.
    pub(crate) threshold: Option<f64>,
}

/// Reads the part of the recording once, or twice for a threshold below the loudest part, and goes back to its start.
pub(crate) fn find<T: Sample>(input: &mut Input, options: &SoundOptions) -> Outcome<Sounds> {
    let rule = options.rule(input.spec())?;
    let loudest = loudest::<T>(input, &rule)?;
    let threshold = match rule.threshold {
        Threshold::Absolute(level) => Some(level),
        Threshold::Relative(below) => loudest.map(|loudest| db::from_amplitude(loudest) - below),
        _ => None,
    };
    let mut detector = Detector::<T>::new(&rule, input.spec().channels(), loudest)?;
    let mut segments = Vec::new();
    let (mut bar, total) = (Bar::new(format!("{} (sounds)", input.name())), input.frames());
    input.each_block::<T>(|position, block| {
        detector.add(block, |segment| segments.push(segment));
        bar.show(position, total);
        Ok(())
    })?;
    detector.finish(|segment| segments.push(segment));
    input.rewind()?;
    Ok(Sounds { segments, threshold })
}

/// The level of the loudest part, if a rule is relative to it: a pass of its own.
fn loudest<T: Sample>(input: &mut Input, rule: &Rule) -> Outcome<Option<f64>> {
    if !matches!(rule.threshold, Threshold::Relative(_)) {
        return Ok(None);
    }
    let mut meter = Meter::<T>::new(rule.measure, rule.window, input.spec().channels());
    let (mut bar, total) = (Bar::new(format!("{} (the loudest part)", input.name())), input.frames());
    let mut loudest = 0.0_f64;
    input.each_block::<T>(|position, block| {
        meter.add(block, |level| loudest = loudest.max(level));
        bar.show(position, total);
        Ok(())
    })?;
    meter.finish(|level| loudest = loudest.max(level));
    input.rewind()?;
    Ok(Some(loudest))
}
