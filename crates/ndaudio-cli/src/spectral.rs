//! Options of `spectrogram` and `ltsa`, and what they mean for a recording.

use std::time::Duration;

use clap::Args;
use ndaudio::{Scaling, Spec};

use crate::failure::{Failure, Outcome};
use crate::picture::bands::{Bands, ScaleName};
use crate::picture::grid::Layout;
use crate::picture::heat::Colours;
use crate::picture::heat_map::ROWS;
use crate::range::{frame_at, positive_time};

/// How spectra are taken and shown.
#[derive(Debug, Clone, Args)]
pub(crate) struct SpectralOptions {
    /// Length of the windows [default: about 43 ms, a power of two of frames]
    #[arg(long, value_name = "TIME", value_parser = positive_time, allow_negative_numbers = true)]
    window: Option<Duration>,
    /// The lowest frequency, in Hz [default: 0, or 20 with --log]
    #[arg(long, value_name = "HZ", value_parser = frequency, allow_negative_numbers = true)]
    fmin: Option<f64>,
    /// The highest frequency, in Hz [default: half the sample rate]
    #[arg(long, value_name = "HZ", value_parser = frequency, allow_negative_numbers = true)]
    fmax: Option<f64>,
    /// Octaves evenly spaced
    #[arg(long, conflicts_with = "mel")]
    log: bool,
    /// Mel evenly spaced
    #[arg(long)]
    mel: bool,
    /// The levels at both ends of the colours, such as -100:-20 [default: from the recording]
    #[arg(long, value_name = "LOW:HIGH", value_parser = db_range, allow_hyphen_values = true)]
    pub(crate) db_range: Option<(f64, f64)>,
    /// The colours
    #[arg(long, value_enum, default_value = "viridis")]
    pub(crate) colours: Colours,
    /// This channel, from 1 [default: the mean power of all]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    channel: Option<u16>,
}

fn frequency(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(hertz) if hertz >= 0.0 && hertz.is_finite() => Ok(hertz),
        _ => Err("must be a number of Hz, such as 500".to_owned()),
    }
}

fn db_range(text: &str) -> Result<(f64, f64), String> {
    let wrong = || "must be two levels in dB, such as -100:-20".to_owned();
    let (low, high) = text.split_once(':').ok_or_else(wrong)?;
    match (low.trim().parse::<f64>(), high.trim().parse::<f64>()) {
        (Ok(low), Ok(high)) if low < high && low.is_finite() && high.is_finite() => Ok((low, high)),
        _ => Err(wrong()),
    }
}

impl SpectralOptions {
    /// The rows of a picture up to `nyquist`.
    pub(crate) fn bands(&self, nyquist: f64) -> Outcome<Bands> {
        let scale = match self {
            SpectralOptions { log: true, .. } => ScaleName::Log,
            SpectralOptions { mel: true, .. } => ScaleName::Mel,
            _ => ScaleName::Linear,
        };
        let low = self.fmin.unwrap_or(if self.log { 20.0_f64.min(nyquist / 10.0) } else { 0.0 });
        let high = self.fmax.unwrap_or(nyquist).min(nyquist);
        if low >= high {
            return Err(Failure::new(format!("there is nothing between {low} Hz and {high} Hz"))
                .advise(format!("give --fmin and --fmax below {nyquist} Hz, half the sample rate")));
        }
        if self.log && low <= 0.0 {
            return Err(Failure::usage("--log has no 0 Hz: give a higher --fmin"));
        }
        Ok(Bands { scale, low, high, rows: ROWS })
    }

    /// The spectra of a recording.
    pub(crate) fn layout(&self, spec: &Spec, bands: Bands, hop: impl FnOnce(usize) -> usize) -> Outcome<Layout> {
        let rate = spec.sample_rate();
        if rate == 0 {
            return Err(Failure::new("the sample rate is 0 Hz: nothing has a frequency"));
        }
        let window = match self.window {
            Some(time) => usize::try_from(frame_at(time, rate)).unwrap_or(usize::MAX),
            None => default_window(rate),
        };
        if !(2..=1 << 20).contains(&window) {
            return Err(Failure::new("--window must be from 2 to 1,048,576 frames").advise("give another --window"));
        }
        let channel = self.channel.map(|number| usize::from(number) - 1);
        if channel.is_some_and(|channel| channel >= spec.channels()) {
            let channels = crate::format::counted(spec.channels() as u64, "channel");
            return Err(Failure::new(format!("there are {channels}")).advise("give a --channel that there is"));
        }
        let hop = hop(window).clamp(1, window);
        Ok(Layout { window, hop, bands, scaling: Scaling::Density(f64::from(rate)), channel })
    }

    /// What a picture says about its spectra.
    pub(crate) fn facts(&self, layout: &Layout, spec: &Spec) -> Vec<String> {
        let milliseconds = 1000.0 * layout.window as f64 / f64::from(spec.sample_rate());
        let which = match layout.channel {
            Some(channel) => format!("channel {}", channel + 1),
            None if spec.channels() > 1 => format!("mean of {} channels", spec.channels()),
            None => "mono".to_owned(),
        };
        vec![
            format!("{} Hz", crate::format::grouped(u64::from(spec.sample_rate()))),
            which,
            format!("windows of {} frames ({milliseconds:.1} ms), Hann", layout.window),
        ]
    }
}

/// About 43 ms, as 2,048 frames are at 48 kHz; shorter for recordings of ultrasound, whose calls are short.
pub(crate) fn default_window(rate: u32) -> usize {
    if rate > 100_000 {
        return 1024;
    }
    (6..=11).map(|power| 1_usize << power).find(|&len| len as f64 >= f64::from(rate) * 0.03).unwrap_or(2048)
}
