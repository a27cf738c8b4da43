//! The picture of `levels`: the envelope of each channel, and below it the level with its threshold and the sounds.

use ndaudio::{Levels, Spec};

use super::axes::{Panel, TimeAxis, ticks};
use super::envelope::Envelope;
use super::svg::{Anchor, Drawing, shortened};
use crate::clock::Clock;
use crate::format::{counted, dbfs, decibels, described, seconds, time_of};
use crate::sounds::Sounds;

/// Columns of pixels.
pub(crate) const COLUMNS: u64 = 1100;

const LEFT: f64 = 70.0;
const RIGHT: f64 = 30.0;
const TOP: f64 = 58.0;
const GAP: f64 = 16.0;
const LEVELS_HEIGHT: f64 = 150.0;

const EXTREMES: &str = "stroke=\"#9ebfe0\" stroke-width=\"1\" fill=\"none\"";
const RMS: &str = "stroke=\"#2f6db0\" stroke-width=\"1\" fill=\"none\"";
const CLIPPED: &str = "stroke=\"#d62728\" stroke-width=\"1\" fill=\"none\"";
const SOUND: &str = "fill=\"#f2a900\" fill-opacity=\"0.22\"";
const THRESHOLD: &str = "stroke=\"#b35900\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"";

/// What is said about the recording.
pub(crate) struct Caption<'a> {
    pub(crate) name: &'a str,
    pub(crate) spec: &'a Spec,
    pub(crate) levels: &'a Levels,
    pub(crate) clipped: u64,
    pub(crate) sounds: &'a Sounds,
    /// The frame of the recording at the left edge.
    pub(crate) first_frame: u64,
    /// If the time of day is to be shown.
    pub(crate) clock: Option<Clock>,
}

/// Draws it.
pub(crate) fn draw(envelope: &Envelope, caption: &Caption<'_>) -> Drawing {
    let lanes = envelope.lanes();
    let lane_height = if lanes == 1 { 220.0 } else { (440.0 / lanes as f64).clamp(60.0, 160.0) };
    let lanes_height = lanes as f64 * lane_height + (lanes - 1) as f64 * GAP;
    let width = COLUMNS as f64;
    let height = TOP + lanes_height + 2.0 * GAP + LEVELS_HEIGHT + 46.0;
    let mut drawing = Drawing::new(LEFT + width + RIGHT, height);
    let rate = caption.spec.sample_rate();
    let frames = caption.levels.frames();
    let axis = TimeAxis {
        start: finite(seconds(caption.first_frame, rate)),
        length: finite(seconds(frames, rate)),
        clock: caption.clock.and_then(|clock| clock.at(0)),
    };
    title(&mut drawing, caption);
    for lane in 0..lanes {
        let top = TOP + lane as f64 * (lane_height + GAP);
        let panel = Panel { left: LEFT, top, width, height: lane_height };
        draw_lane(&mut drawing, envelope, caption, lane, &panel);
    }
    let panel = Panel { left: LEFT, top: TOP + lanes_height + 2.0 * GAP, width, height: LEVELS_HEIGHT };
    draw_levels(&mut drawing, envelope, caption, &panel);
    panel.horizontal(&mut drawing, &axis);
    drawing
}

fn finite(seconds: f64) -> f64 {
    if seconds.is_finite() { seconds } else { 0.0 }
}

fn title(drawing: &mut Drawing, caption: &Caption<'_>) {
    let Caption { name, spec, levels, clipped, sounds, .. } = caption;
    drawing.text(LEFT, 20.0, Anchor::Start, &shortened(name, 110), "font-size=\"14\" font-weight=\"bold\"");
    let all = levels.overall();
    let sign = |text: String| text.replace("inf", "\u{221E}").replace('-', "\u{2212}");
    let mut facts = vec![described(spec), time_of(levels.frames(), spec.sample_rate())];
    if all.samples() > 0 {
        facts.push(format!("RMS {} dBFS", sign(dbfs(all.rms(), 2))));
        facts.push(format!("peak {} dBFS", sign(dbfs(all.peak(), 2))));
        facts.push(if *clipped == 0 {
            "nothing clipped".to_owned()
        } else {
            format!("{} clipped", counted(*clipped, "sample"))
        });
        if let Some(threshold) = sounds.threshold {
            let count = counted(sounds.segments.len() as u64, "sound");
            facts.push(format!(
                "{count} above {} dBFS",
                sign(decibels(threshold, 2).trim_end_matches('0').trim_end_matches('.').to_owned())
            ));
        }
    } else {
        facts.push("no audio".to_owned());
    }
    drawing.text(LEFT, 40.0, Anchor::Start, &facts.join("  ·  "), "");
}

fn draw_lane(drawing: &mut Drawing, envelope: &Envelope, caption: &Caption<'_>, lane: usize, panel: &Panel) {
    let full = envelope.full_scale();
    let y = |value: f64| panel.y(value.clamp(-full, full), -full, full);
    shade_sounds(drawing, caption, panel);
    let marks: Vec<_> = ticks(-full, full, if panel.height > 120.0 { 4 } else { 2 });
    panel.vertical(drawing, &marks, |value| panel.y(value, -full, full), true);
    let (mut extremes, mut rms, mut wave, mut clipped) = (String::new(), String::new(), String::new(), String::new());
    // So few frames a column that the wave itself is seen, and an RMS of them would mean nothing.
    let close = envelope.frames_per_column() <= 8.0 && !envelope.pooled;
    let one_by_one = envelope.frames_per_column() <= 1.0 && envelope.columns.len() > 1 && !envelope.pooled;
    let mut before = None;
    for (index, column) in envelope.columns.iter().enumerate() {
        let Some(part) = column.lanes.get(lane) else { continue };
        let x = panel.left + column_x(index, envelope, panel);
        let found = part.extremes();
        if let Some((low, high)) = found {
            // Close up the bars touch, as the wave does that goes on between them.
            let (low_before, high_before) = before.filter(|_| close).unwrap_or((low, high));
            // At least a pixel high, so that silence is a line.
            let (top, bottom) = (y(high.max(low_before)) - 0.5, y(low.min(high_before)) + 0.5);
            if one_by_one {
                wave.push_str(&format!("{}{x:.2} {:.2}", if before.is_some() { 'L' } else { 'M' }, y(high)));
            } else {
                extremes.push_str(&format!("M{x:.2} {top:.2}V{bottom:.2}"));
            }
            let (top, bottom) = (y(part.rms.min(high.max(-low))), y(-part.rms.min(high.max(-low))));
            if part.rms > 0.0 && !close {
                rms.push_str(&format!("M{x:.2} {bottom:.2}V{top:.2}"));
            }
        }
        before = found;
        if part.clipped {
            clipped.push_str(&format!("M{x:.2} {:.2}v6M{x:.2} {:.2}v-6", panel.top, panel.bottom()));
        }
    }
    let wide = column_width(envelope, panel);
    let thick = |style: &str| style.replace("stroke-width=\"1\"", &format!("stroke-width=\"{wide:.3}\""));
    drawing.path(&extremes, &thick(if close { RMS } else { EXTREMES }));
    drawing.path(&rms, &thick(RMS));
    drawing.path(&wave, &RMS.replace("stroke-width=\"1\"", "stroke-width=\"1.4\" stroke-linejoin=\"round\""));
    drawing.path(&clipped, CLIPPED);
    panel.frame(drawing);
    let name = if envelope.pooled {
        format!("{} channels", caption.spec.channels())
    } else if envelope.lanes() == 1 {
        "amplitude".to_owned()
    } else {
        format!("channel {}", lane + 1)
    };
    drawing.text_upwards(16.0, panel.top + panel.height / 2.0, &name);
}

/// Of the middle of a column, from the left edge of the panel.
fn column_x(index: usize, envelope: &Envelope, panel: &Panel) -> f64 {
    (index as f64 + 0.5) * column_width(envelope, panel)
}

fn column_width(envelope: &Envelope, panel: &Panel) -> f64 {
    panel.width / (envelope.columns.len().max(1)) as f64
}

fn shade_sounds(drawing: &mut Drawing, caption: &Caption<'_>, panel: &Panel) {
    let frames = caption.levels.frames().max(1) as f64;
    for sound in &caption.sounds.segments {
        let (start, end) = (sound.start_frame as f64 / frames, (sound.end_frame as f64 / frames).min(1.0));
        // A short sound of a long recording is still seen.
        let width = ((end - start) * panel.width).max(1.0);
        drawing.rect([panel.left + start * panel.width, panel.top, width, panel.height], SOUND);
    }
}

fn draw_levels(drawing: &mut Drawing, envelope: &Envelope, caption: &Caption<'_>, panel: &Panel) {
    let curves = envelope.curves(caption.spec.sample_rate());
    let (low, high) = Envelope::level_range(&curves, caption.sounds.threshold);
    let y = |level: f64| panel.y(level.clamp(low, high), low, high);
    shade_sounds(drawing, caption, panel);
    panel.vertical(drawing, &ticks(low, high, 5), |level| panel.y(level, low, high), true);
    let curve = |of: fn(&(f64, f64)) -> f64| {
        let mut path = String::new();
        let mut drawn = false;
        for (index, both) in curves.iter().enumerate() {
            let level = ndaudio::db::from_amplitude(of(both));
            if level.is_nan() {
                drawn = false;
                continue;
            }
            let command = if drawn { 'L' } else { 'M' };
            let x = panel.left + column_x(index, envelope, panel);
            path.push_str(&format!("{command}{x:.2} {:.2}", y(level)));
            drawn = true;
        }
        path
    };
    drawing.path(&curve(|both| both.1), &EXTREMES.replace("#9ebfe0", "#7ba7d3"));
    drawing.path(&curve(|both| both.0), &RMS.replace("stroke-width=\"1\"", "stroke-width=\"1.4\""));
    if let Some(threshold) = caption.sounds.threshold.filter(|level| level.is_finite()) {
        let at = y(threshold);
        drawing.line([panel.left, at, panel.right(), at], THRESHOLD);
    }
    panel.frame(drawing);
    legend(drawing, panel);
    drawing.text_upwards(16.0, panel.top + panel.height / 2.0, "level, dBFS");
}

fn legend(drawing: &mut Drawing, panel: &Panel) {
    let items = [
        ("peak", "stroke=\"#7ba7d3\" stroke-width=\"2\""),
        ("RMS", "stroke=\"#2f6db0\" stroke-width=\"2\""),
        ("threshold", THRESHOLD),
    ];
    let widths = [62.0, 62.0, 100.0];
    let total: f64 = widths.iter().sum();
    // Above the panel, where it hides nothing.
    let (mut x, y) = (panel.right() - total + 10.0, panel.top - 8.0);
    for ((name, style), width) in items.into_iter().zip(widths) {
        drawing.line([x, y - 3.0, x + 22.0, y - 3.0], style);
        drawing.text(x + 27.0, y + 1.0, Anchor::Start, name, "font-size=\"11\"");
        x += width;
    }
}
