//! What the page knows of each recording.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ndaudio::{Levels, Sample, Scaling, Source, Spec, db};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::commands::levels::{Clips, Progress, of_levels};
use crate::failure::{Failure, Outcome};
use crate::format::{json_number, seconds};
use crate::input::Input;
use crate::picture::bands::{Bands, ScaleName};
use crate::picture::envelope::{Column, Envelope};
use crate::picture::grid::{Columns, Layout, range_of};
use crate::picture::heat::{Colours, indices, raster};
use crate::sample_type::{SampleType, by_sample_type};
use crate::spectral::default_window;

/// Rows of the picture of frequencies.
const ROWS: usize = 96;

/// How finely each recording is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolution {
    envelope: u64,
    spectra: u64,
}

impl Resolution {
    /// So fine that the page of any number of recordings stays near 30 MB, as far as each is still worth looking at.
    pub(crate) fn for_recordings(count: usize) -> Self {
        let count = count.max(1) as u64;
        // About 4 and 80 bytes a column.
        let (envelope, spectra) = (6_000_000 / 4 / count, 18_000_000 / 80 / count);
        Resolution { envelope: envelope.clamp(500, 8000), spectra: spectra.clamp(300, 3000) }
    }
}

/// A row for a recording that cannot be read.
pub(crate) fn unreadable(path: &Path, failure: &Failure) -> Value {
    json!({ "file": path.display().to_string(), "error": failure.to_string() })
}

pub(crate) fn examine(path: &Path, resolution: Resolution, progress: &Progress) -> Outcome<Value> {
    let mut input = Input::open(path)?;
    input.refuse_pipe("a report")?;
    if input.frames().is_none() {
        return Err(Failure::new("its length is unknown until its end").advise("save the input to a file first"));
    }
    by_sample_type!(SampleType::to_measure(input.spec().encoding()), T => {
        examine_as::<T>(&mut input, resolution, progress)
    })
}

fn examine_as<T: Sample>(input: &mut Input, resolution: Resolution, progress: &Progress) -> Outcome<Value> {
    let spec = input.spec().clone();
    let clock = Clock::of(input);
    let anomalies = input.notable_anomalies();
    let frames = input.frames().unwrap_or(0);
    let mut levels = Levels::new(spec.channels());
    let mut clips = Clips::new(spec.encoding(), spec.channels());
    let mut envelope = Envelope::new(spec.channels(), frames, resolution.envelope);
    input.each_block::<T>(|_, block| {
        let block = block.view();
        levels.add(&block);
        envelope.add(&block);
        if let Some(clips) = &mut clips {
            clips.add(&block);
        }
        progress.add(block.nrows() as u64 * spec.frame_bytes() as u64 / 2);
        Ok(())
    })?;
    envelope.finish();
    let clipped = clips.map_or_else(|| of_levels(&levels), Clips::channels);
    input.rewind()?;
    let spectra = spectra::<T>(input, &spec, frames, resolution, progress)?;
    let all = levels.overall();
    let number = |amplitude: f64| json_number(db::from_amplitude(amplitude));
    let scale = envelope.full_scale();
    Ok(json!({
        "file": input.name(),
        "container": input.format(),
        "encoding": spec.encoding().to_string(),
        "sample_rate": spec.sample_rate(),
        "channels": spec.channels(),
        "seconds": json_number(seconds(levels.frames(), spec.sample_rate())),
        "frames": levels.frames(),
        "began": clock.json_at(0),
        "rms": number(all.rms()),
        "peak": number(all.peak()),
        "mean": json_number(all.mean()),
        "clipped": clipped.iter().map(|clipped| clipped.samples).sum::<u64>(),
        "not_numbers": all.nan() + all.infinite(),
        "anomalies": anomalies,
        "envelope": STANDARD.encode(quantized(&envelope, scale)),
        "scale": scale,
        "spectra": spectra,
    }))
}

/// Three bytes a column: the smallest and the largest sample of any channel, offset by 128, and the RMS, all relative to the scale.
fn quantized(envelope: &Envelope, scale: f64) -> Vec<u8> {
    envelope.columns.iter().flat_map(|column| column_bytes(column, scale)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn column_bytes(column: &Column, scale: f64) -> [u8; 3] {
    let extremes = column.lanes.iter().filter_map(|part| part.extremes());
    let (low, high) = extremes.fold((f64::MAX, f64::MIN), |(low, high), (min, max)| (low.min(min), high.max(max)));
    let byte = |value: f64, middle: f64, span: f64| (middle + span * value / scale).round().clamp(0.0, 255.0) as u8;
    if low > high {
        return [128, 128, 0];
    }
    let rms = if column.rms.is_finite() { column.rms } else { 0.0 };
    [byte(low, 128.0, 127.0), byte(high, 128.0, 127.0), byte(rms, 0.0, 254.0)]
}

/// The picture of frequencies, and what its colours mean; null where nothing has a frequency.
fn spectra<T: Sample>(
    input: &mut Input,
    spec: &Spec,
    frames: u64,
    resolution: Resolution,
    progress: &Progress,
) -> Outcome<Value> {
    let rate = spec.sample_rate();
    if rate == 0 || frames == 0 {
        return Ok(Value::Null);
    }
    let nyquist = f64::from(rate) / 2.0;
    let bands = Bands { scale: ScaleName::Linear, low: 0.0, high: nyquist, rows: ROWS };
    let window = default_window(rate, frames);
    // Closer windows show nothing new.
    let count = resolution.spectra.min(frames / (window as u64 / 8)).max(1);
    let hop = usize::try_from(frames / count).unwrap_or(usize::MAX).clamp(1, window);
    let layout = Layout { window, hop, bands, scaling: Scaling::Density(f64::from(rate)), channel: None };
    let column = |frame: u64| {
        let column = u128::from(frame) * u128::from(count) / u128::from(frames);
        u64::try_from(column).unwrap_or(u64::MAX).min(count - 1)
    };
    let (bytes, mut done) = (spec.frame_bytes() as u64, 0);
    let columns = Columns::read::<T>(input, &layout, column, |position| {
        progress.add((position - done) * bytes / 2);
        done = position;
    })?;
    let levels = columns.levels(count, ROWS);
    let (low, high) = range_of(&levels);
    let png = raster(&indices(&levels, low, high), ROWS, Colours::Viridis)?;
    let image = format!("data:image/png;base64,{}", STANDARD.encode(png));
    Ok(json!({ "image": image, "low": low, "high": high, "nyquist": nyquist }))
}
