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
    /// Length of the windows that are transformed [default: about 43 ms, less in short recordings; a power of two of frames]
    #[arg(long, value_name = "TIME", value_parser = positive_time, allow_negative_numbers = true)]
    window: Option<Duration>,
    /// The lowest frequency, in Hz [default: 0, or 20 with --log]
    #[arg(long, value_name = "HZ", value_parser = frequency, allow_negative_numbers = true)]
    fmin: Option<f64>,
    /// The highest frequency, in Hz [default: half the sample rate]
    #[arg(long, value_name = "HZ", value_parser = frequency, allow_negative_numbers = true)]
    fmax: Option<f64>,
    /// Make the frequency axis logarithmic: octaves are evenly spaced
    #[arg(long, conflicts_with = "mel")]
    log: bool,
    /// Make the frequency axis that of the mel scale
    #[arg(long)]
    mel: bool,
    /// The levels at the two ends of the colour bar, such as -100:-20 [default: from the recording]
    #[arg(long, value_name = "LOW:HIGH", value_parser = db_range, allow_hyphen_values = true)]
    pub(crate) db_range: Option<(f64, f64)>,
    /// The colours
    #[arg(long, value_enum, default_value = "viridis")]
    pub(crate) colours: Colours,
    /// Show this channel, counted from 1 [default: the mean power of all channels]
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

    /// The spectra of a recording of so many frames.
    pub(crate) fn layout(
        &self,
        spec: &Spec,
        frames: u64,
        bands: Bands,
        hop: impl FnOnce(usize) -> usize,
    ) -> Outcome<Layout> {
        let rate = spec.sample_rate();
        if rate == 0 {
            return Err(Failure::new("the sample rate is 0 Hz: nothing has a frequency"));
        }
        let window = match self.window {
            Some(time) => usize::try_from(frame_at(time, rate)).unwrap_or(usize::MAX),
            None => default_window(rate, frames),
        };
        if !(2..=1 << 20).contains(&window) {
            return Err(Failure::new("--window must be from 2 to 1,048,576 frames").advise("give another --window"));
        }
        let channel = self.channel.map(|number| usize::from(number) - 1);
        if channel.is_some_and(|channel| channel >= spec.channels()) {
            let channels = crate::format::counted(spec.channels() as u64, "channel");
            let number = channel.map_or(0, |channel| channel + 1);
            return Err(Failure::new(format!("channel {number} does not exist: the audio has {channels}"))
                .advise("give a --channel that there is; they are numbered from 1"));
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
            crate::format::hertz(spec.sample_rate()),
            which,
            format!("windows of {} frames ({milliseconds:.1} ms), Hann", layout.window),
        ]
    }
}

/// About 43 ms, as 2,048 frames are at 48 kHz; shorter for recordings of ultrasound, whose calls are short, and for short recordings,
/// which one window would blur from end to end.
pub(crate) fn default_window(rate: u32, frames: u64) -> usize {
    let usual = if rate > 100_000 {
        1024
    } else {
        (6..=11).map(|power| 1_usize << power).find(|&len| len as f64 >= f64::from(rate) * 0.03).unwrap_or(2048)
    };
    let fits = |len: &usize| *len as u64 <= frames / 4;
    (5..=11).rev().map(|power| 1_usize << power).find(fits).unwrap_or(32).min(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_short_in_short_recordings() {
        assert_eq!(default_window(48_000, u64::MAX), 2048);
        assert_eq!(default_window(384_000, 384_000), 1024);
        assert_eq!(default_window(8000, 80_000), 256);
        // 10 ms, and 100.
        assert_eq!(default_window(48_000, 480), 64);
        assert_eq!(default_window(48_000, 4800), 1024);
        assert_eq!(default_window(48_000, 0), 32);
    }
}
