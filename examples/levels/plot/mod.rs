//! A recording as a picture: the envelope of each channel over the level curve with its sounds marked.

mod axes;
mod canvas;
mod envelope;
mod font;
mod raster;
mod svg;

use std::path::{Path, PathBuf};

use canvas::{Anchor, Canvas, Color};
use ndaudio::{Levels, Spec, db};

pub(crate) use envelope::{Column, Envelope};

use crate::shared::format::{counted, dbfs};

const WIDTH: usize = 1200;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const HEAD: f64 = 44.0;
const FOOT: f64 = 44.0;
const GAP: f64 = 10.0;
const LEVEL_HEIGHT: f64 = 190.0;

/// Columns of the picture: pixels from left to right that show audio.
pub(crate) const COLUMNS: u64 = WIDTH as u64 - 72;

const WHITE: Color = Color(255, 255, 255);
const INK: Color = Color(45, 55, 72);
const FAINT: Color = Color(113, 128, 150);
const GRID: Color = Color(226, 232, 240);
const ENVELOPE: Color = Color(144, 190, 232);
const RMS: Color = Color(37, 99, 170);
const PEAK: Color = Color(214, 120, 50);
const CLIP: Color = Color(220, 38, 38);
const THRESHOLD: Color = Color(90, 160, 110);
/// A column with sound in all of it; less of it is paler.
const SOUND: Color = Color(214, 241, 221);
/// The strip under it.
const SOUND_STRIP: Color = Color(72, 170, 105);

/// What to write about the file.
pub(crate) struct Caption<'a> {
    pub(crate) name: &'a str,
    pub(crate) spec: &'a Spec,
    pub(crate) levels: &'a Levels,
    /// Samples that clipped, of all channels.
    pub(crate) clipped: u64,
    /// The level above which there is sound, in dBFS.
    pub(crate) threshold: Option<f64>,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Svg,
    Png,
}

impl Format {
    /// By the name of the file.
    pub(crate) fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_string_lossy().to_ascii_lowercase().as_str() {
            "svg" => Some(Format::Svg),
            "png" => Some(Format::Png),
            _ => None,
        }
    }
}

/// `plots/{}.svg` for one of several files.
pub(crate) fn path_for(pattern: &Path, file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    PathBuf::from(pattern.to_string_lossy().replace("{}", &stem))
}

/// Draws the picture.
pub(crate) fn draw(format: Format, envelope: &Envelope, caption: &Caption<'_>) -> Result<Vec<u8>, String> {
    let lanes = envelope.lanes();
    let lane_height = (340.0 / lanes as f64).clamp(56.0, 230.0);
    let height = HEAD + (lane_height + GAP) * lanes as f64 + LEVEL_HEIGHT + FOOT;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred")]
    let pixels = height.ceil() as usize;
    let mut canvas: Box<dyn Canvas> = match format {
        Format::Svg => Box::new(svg::Svg::new(WIDTH, pixels)),
        Format::Png => Box::new(raster::Raster::new(WIDTH, pixels)),
    };
    let mut picture = Picture { canvas: canvas.as_mut(), envelope, caption };
    picture.canvas.rect(0.0, 0.0, WIDTH as f64, height, WHITE);
    picture.head();
    for lane in 0..lanes {
        picture.lane(lane, HEAD + (lane_height + GAP) * lane as f64, lane_height);
    }
    picture.levels(height - FOOT - LEVEL_HEIGHT, LEVEL_HEIGHT);
    canvas.finish()
}

struct Picture<'a> {
    canvas: &'a mut dyn Canvas,
    envelope: &'a Envelope,
    caption: &'a Caption<'a>,
}

impl Picture<'_> {
    fn inner_width() -> f64 {
        WIDTH as f64 - LEFT - RIGHT
    }

    /// The left edge of a column, of which there may be fewer than pixels.
    fn x(&self, column: usize) -> f64 {
        LEFT + Self::inner_width() * column as f64 / self.envelope.columns.len().max(1) as f64
    }

    fn column_width(&self) -> f64 {
        Self::inner_width() / self.envelope.columns.len().max(1) as f64
    }

    fn head(&mut self) {
        let Caption { name, spec, levels, clipped, .. } = self.caption;
        let all = levels.overall();
        let right = WIDTH as f64 - RIGHT;
        let shown: String = if name.chars().count() > 100 {
            let tail: Vec<char> = name.chars().rev().take(99).collect();
            std::iter::once('…').chain(tail.into_iter().rev()).collect()
        } else {
            (*name).to_owned()
        };
        self.canvas.text(LEFT, 18.0, Anchor::Start, INK, &shown);
        let frames = counted(levels.frames(), "frame");
        self.canvas.text(LEFT, 34.0, Anchor::Start, FAINT, &format!("{spec}, {frames}"));
        let summary =
            format!("RMS {} dBFS, peak {} dBFS", dbfs(all.rms(), 2), dbfs(all.peak(), 2)).replace('-', "\u{2212}");
        self.canvas.text(right, 18.0, Anchor::End, INK, &summary);
        if *clipped > 0 {
            self.canvas.text(right, 34.0, Anchor::End, CLIP, &format!("{} clipped", counted(*clipped, "sample")));
        }
    }

    fn time_grid(&mut self, top: f64, height: f64, labels: bool) {
        let frames = self.caption.levels.frames() as f64;
        let rate = f64::from(self.caption.spec.sample_rate());
        if frames == 0.0 || rate == 0.0 {
            return;
        }
        let seconds = frames / rate;
        for (at, label) in axes::time(seconds, 12.0) {
            let x = LEFT + Self::inner_width() * at / seconds;
            self.canvas.rect(x.floor(), top, 1.0, height, GRID);
            if labels {
                // Not over the edge of the picture.
                let end = x > WIDTH as f64 - 40.0;
                let anchor = if end { Anchor::End } else { Anchor::Middle };
                let x = if end { WIDTH as f64 - RIGHT } else { x };
                self.canvas.text(x, top + height + 18.0, anchor, INK, &label);
            }
        }
    }

    /// The envelope of a channel: from the least to the greatest sample, and the RMS within.
    fn lane(&mut self, lane: usize, top: f64, height: f64) {
        let full = self.envelope.full_scale();
        let (middle, half) = (top + height / 2.0, height / 2.0);
        let y = |amplitude: f64| middle - (amplitude / full).clamp(-1.0, 1.0) * half;
        self.time_grid(top, height, false);
        let full_db = db::from_amplitude(full);
        let ticks: &[f64] = if height >= 100.0 { &[0.0, 6.0, 12.0] } else { &[0.0] };
        for below in ticks {
            let amplitude = db::to_amplitude(full_db - below);
            for side in [1.0, -1.0] {
                let at = y(side * amplitude);
                self.canvas.rect(LEFT, at.floor().min(top + height - 1.0), Self::inner_width(), 1.0, GRID);
                let baseline = if *below == 0.0 { at + if side > 0.0 { 10.0 } else { 0.0 } } else { at + 4.0 };
                self.canvas.text(LEFT - 6.0, baseline, Anchor::End, INK, &axes::label(full_db - below));
            }
        }
        self.canvas.text(LEFT - 6.0, middle + 4.0, Anchor::End, FAINT, "\u{2212}\u{221E}");
        let mut outer = Vec::new();
        let mut inner = Vec::new();
        let mut clips = Vec::new();
        let mut before: Option<(f64, f64)> = None;
        for (index, column) in self.envelope.columns.iter().enumerate() {
            let part = &column.lanes[lane];
            let (Some((min, max)), x) = (part.extremes(), self.x(index)) else {
                before = None;
                continue;
            };
            // Neighbours touch, as the waveform does.
            let (low, high) = before.map_or((min, max), |(low, high)| (min.min(high), max.max(low)));
            before = Some((min, max));
            let (from, to) = (y(high), y(low));
            outer.push((x, from, to.max(from + 1.0)));
            let rms = part.rms.min(max.abs().max(min.abs()));
            if rms > 0.0 {
                inner.push((x, y(rms.min(high)), y((-rms).max(low))));
            }
            if part.clipped {
                clips.push((x, top - 4.0, top));
            }
        }
        let inner: Vec<_> = inner.into_iter().filter(|(_, from, to)| to > from).collect();
        let width = self.column_width();
        self.canvas.bars(&outer, width, ENVELOPE);
        self.canvas.bars(&inner, width, RMS);
        self.canvas.bars(&clips, width.max(1.0), CLIP);
        self.canvas.rect(LEFT, middle.floor(), Self::inner_width(), 1.0, Color(120, 150, 185));
        let name = if self.envelope.pooled { "all channels".to_owned() } else { format!("channel {}", lane + 1) };
        if self.envelope.pooled || self.envelope.lanes() > 1 {
            self.canvas.rect(LEFT + 3.0, top + 2.0, 7.4 * name.len() as f64 + 4.0, 15.0, WHITE);
            self.canvas.text(LEFT + 6.0, top + 13.0, Anchor::Start, FAINT, &name);
        }
    }

    /// Peak and RMS of all channels in dBFS, on the sounds.
    fn levels(&mut self, top: f64, height: f64) {
        let (low, high) = self.envelope.level_range();
        let y = |level: f64| top + height - (level.clamp(low, high) - low) / (high - low) * height;
        self.sounds(top, height);
        self.time_grid(top, height, true);
        for (level, label) in axes::decibels(low, high, 10.0) {
            self.canvas.rect(LEFT, y(level).floor().min(top + height - 1.0), Self::inner_width(), 1.0, GRID);
            self.canvas.text(LEFT - 6.0, y(level) + 4.0, Anchor::End, INK, &label);
        }
        if let Some(threshold) = self.caption.threshold.filter(|level| (low..=high).contains(level)) {
            self.canvas.rect(LEFT, y(threshold).floor(), Self::inner_width(), 1.0, THRESHOLD);
        }
        self.curve(|column| column.peak, y, low, PEAK);
        self.curve(|column| column.rms, y, low, RMS);
        self.legend(top + height + 36.0);
    }

    /// Where there is sound, in eight shades of how much of a column it fills; columns of the same shade are one rectangle.
    fn sounds(&mut self, top: f64, height: f64) {
        const SHADES: f64 = 8.0;
        let shades: Vec<f64> =
            self.envelope.columns.iter().map(|column| (column.sound.min(1.0) * SHADES).ceil()).collect();
        let mut start = 0;
        for run in shades.chunk_by(|a, b| a == b) {
            let (x, next) = (self.x(start), self.x(start + run.len()));
            start += run.len();
            if run[0] > 0.0 {
                let cover = 0.35 + 0.65 * run[0] / SHADES;
                self.canvas.rect(x, top, next - x, height, SOUND.on_white(cover));
                self.canvas.rect(x, top + height, next - x, 4.0, SOUND_STRIP.on_white(cover));
            }
        }
    }

    /// A curve of levels, at the bottom where there is silence, broken where there is nothing.
    fn curve(&mut self, of: impl Fn(&Column) -> f64, y: impl Fn(f64) -> f64, low: f64, color: Color) {
        let mut points = Vec::new();
        for (index, column) in self.envelope.columns.iter().enumerate() {
            let level = db::from_amplitude(of(column));
            if level.is_nan() {
                if points.len() > 1 {
                    self.canvas.line(&points, color);
                }
                points.clear();
                continue;
            }
            points.push((self.x(index) + self.column_width() / 2.0, y(level.max(low))));
        }
        if points.len() > 1 {
            self.canvas.line(&points, color);
        }
    }

    fn legend(&mut self, y: f64) {
        let mut x = LEFT;
        let sounds = self.envelope.sounds;
        let threshold =
            self.caption.threshold.map_or(String::new(), |level| format!(" above {} dBFS", axes::label(level)));
        for (color, text) in [
            (RMS, "RMS".to_owned()),
            (PEAK, "peak".to_owned()),
            (SOUND_STRIP, format!("{}{threshold}", counted(sounds, "sound"))),
        ] {
            self.canvas.rect(x, y - 9.0, 12.0, 9.0, color);
            self.canvas.text(x + 18.0, y, Anchor::Start, INK, &text);
            x += 18.0 + 7.2 * text.chars().count() as f64 + 26.0;
        }
        let right = WIDTH as f64 - RIGHT;
        self.canvas.text(right, y, Anchor::End, FAINT, "dBFS: 0 is full scale, a full-scale square wave in RMS");
    }
}
