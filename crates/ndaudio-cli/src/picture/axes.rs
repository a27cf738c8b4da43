//! Scales and their ticks: values, time from the start, and time of day.

use ndaudio::metadata::RecordingTime;

use super::svg::{Anchor, Drawing};

/// Ticks of a time axis, at most.
const TICKS: usize = 10;

const AXIS: &str = "stroke=\"#555\" stroke-width=\"1\"";
const GRID: &str = "stroke=\"#000\" stroke-opacity=\"0.12\" stroke-width=\"1\"";

/// A tick and its label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// Numbers as they stand beside an axis: a real minus sign, no more digits than the step needs.
pub(crate) fn label(value: f64, step: f64) -> String {
    let decimals = if step >= 1.0 { 0.0 } else { (-step.log10() - 1e-9).ceil() };
    let decimals = (0..12_usize).find(|&digits| digits as f64 >= decimals).unwrap_or(12);
    let text = format!("{:.decimals$}", if value.abs() < step * 1e-6 { 0.0 } else { value });
    text.replace('-', "\u{2212}")
}

/// Ticks at multiples of 1, 2 or 5 times a power of ten, at most so many.
pub(crate) fn ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) {
        return Vec::new();
    }
    let rough = span / most.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough * 0.9999);
    at_multiples(low, high, step.unwrap_or(10.0 * power))
        .map(|(value, step)| Tick { value, label: label(value, step) })
        .collect()
}

fn at_multiples(low: f64, high: f64, step: f64) -> impl Iterator<Item = (f64, f64)> {
    let first = (low / step - 1e-9).ceil();
    (0..1000)
        .map(move |index| ((first + f64::from(index)) * step, step))
        .take_while(move |(value, step)| *value <= high + step * 1e-9)
}

/// The horizontal axis of a recording.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeAxis {
    /// Seconds from the start of the recording to the left edge.
    pub(crate) start: f64,
    /// Seconds from the left edge to the right.
    pub(crate) length: f64,
    /// The date and time of day at the left edge, if these are to be shown.
    pub(crate) clock: Option<RecordingTime>,
}

/// Steps in seconds that people count time in.
const STEPS: [f64; 24] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    20.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1200.0,
    1800.0,
    3600.0,
    7200.0,
    10_800.0,
    14_400.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    604_800.0,
    1_209_600.0,
];

impl TimeAxis {
    /// What the axis shows.
    pub(crate) fn title(&self) -> String {
        match self.clock {
            Some(start) => {
                let zone = match start.offset() {
                    Some(offset) if offset.is_zero() => " UTC".to_owned(),
                    Some(_) => start
                        .to_string()
                        .chars()
                        .skip_while(|&c| c != 'T')
                        .skip_while(|&c| c != '+' && c != '-')
                        .collect::<String>(),
                    None => String::new(),
                };
                let zone = if zone.starts_with(['+', '-']) { format!(" UTC{zone}") } else { zone };
                let first = start.civil().date();
                let length = ndaudio::jiff::SignedDuration::try_from_secs_f64(self.length).unwrap_or_default();
                // The right edge at midnight is still that day.
                let last = length.checked_sub(ndaudio::jiff::SignedDuration::from_millis(1));
                let last = last.and_then(|length| start.civil().checked_add(length).ok());
                match last.map(|end| end.date()).filter(|last| *last > first) {
                    // Ticks a day or more apart are dates.
                    Some(last) if self.length > TICKS as f64 * 43_200.0 => format!("date, {first} to {last}{zone}"),
                    Some(last) => format!("time of day, {first} to {last}{zone}"),
                    None => format!("time of day on {first}{zone}"),
                }
            }
            None => format!("time, {}", self.unit().0),
        }
    }

    /// The name of the unit, and the seconds in it.
    fn unit(&self) -> (&'static str, f64) {
        match self.start + self.length {
            end if end < 1.0 && self.length < 1.0 => ("ms", 0.001),
            end if end <= 120.0 => ("s", 1.0),
            end if end <= 7200.0 => ("min:s", 60.0),
            _ => ("h:min", 3600.0),
        }
    }

    /// Ticks, in seconds from the left edge, at most so many.
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        // Seconds of a scale whose round numbers are ticks: of the day, or of the recording.
        let origin = match self.clock {
            Some(start) => start.civil().duration_since(start.civil().start_of_day()).as_secs_f64(),
            None => self.start,
        };
        let (name, scale) = self.unit();
        let step = STEPS.into_iter().find(|step| self.length / step <= most as f64);
        let small = self.length < most as f64;
        if small {
            let from_edge = |tick: Tick| Tick { value: tick.value * scale_of(self, scale) - origin, ..tick };
            let unit = scale_of(self, scale);
            return ticks(origin / unit, (origin + self.length) / unit, most)
                .into_iter()
                .map(from_edge)
                .map(|tick| self.with_clock_label(tick, origin))
                .collect();
        }
        let Some(step) = step else { return Vec::new() };
        at_multiples(origin, origin + self.length, step)
            .map(|(at, step)| {
                let label = if self.clock.is_some() { self.day_label(at, step) } else { elapsed(at, step, name) };
                Tick { value: at - origin, label }
            })
            .collect()
    }

    /// Ticks closer than a second: of the time of day the seconds and their fraction.
    fn with_clock_label(&self, tick: Tick, origin: f64) -> Tick {
        if self.clock.is_none() {
            return tick;
        }
        let at = origin + tick.value;
        let minutes = (at / 60.0 + 1e-9).floor();
        let seconds = (at - 60.0 * minutes).max(0.0);
        let label = format!("{:02}:{:02}:{seconds:06.3}", (minutes / 60.0).floor() % 24.0, minutes % 60.0);
        let label =
            if label.contains('.') { label.trim_end_matches('0').trim_end_matches('.').to_owned() } else { label };
        Tick { label, ..tick }
    }

    /// A time of day; at midnight, and if days are all that is counted, the date.
    fn day_label(&self, at: f64, step: f64) -> String {
        let Some(start) = self.clock else { return String::new() };
        let in_day = at.rem_euclid(86_400.0);
        if step >= 86_400.0 || (in_day == 0.0 && at > 0.0) {
            let days = (at / 86_400.0).round();
            let days = (0..100_000_i64).find(|&day| day as f64 >= days).unwrap_or(0);
            let date = start.civil().date().checked_add(ndaudio::jiff::SignedDuration::from_hours(24 * days));
            return date.map_or_else(|_| String::new(), |date| date.strftime("%-d %b").to_string());
        }
        let (hours, minutes, seconds) = ((in_day / 3600.0).floor(), (in_day / 60.0).floor() % 60.0, in_day % 60.0);
        if step >= 60.0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{seconds:02}") }
    }
}

/// Seconds in the unit of an axis with less than a second between its ticks: the time of day is counted in seconds.
fn scale_of(axis: &TimeAxis, scale: f64) -> f64 {
    if axis.clock.is_some() || scale > 1.0 { 1.0 } else { scale }
}

fn elapsed(at: f64, step: f64, unit: &str) -> String {
    let (minutes, seconds) = ((at / 60.0).floor(), at % 60.0);
    match unit {
        "h:min" if step >= 60.0 => format!("{}:{:02}", (at / 3600.0).floor(), minutes % 60.0),
        "h:min" => format!("{}:{:02}:{seconds:02}", (at / 3600.0).floor(), minutes % 60.0),
        "min:s" => format!("{minutes}:{seconds:02}"),
        _ => label(at, step),
    }
}

/// A rectangle that values are drawn in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Panel {
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The place of a value between two others, upwards.
    pub(crate) fn y(&self, value: f64, low: f64, high: f64) -> f64 {
        self.bottom() - self.height * (value - low) / (high - low)
    }

    pub(crate) fn frame(&self, drawing: &mut Drawing) {
        let Panel { left, top, width, height } = *self;
        drawing.rect([left - 0.5, top - 0.5, width + 1.0, height + 1.0], &format!("fill=\"none\" {AXIS}"));
    }

    /// Ticks and labels to the left.
    pub(crate) fn vertical(&self, drawing: &mut Drawing, ticks: &[Tick], place: impl Fn(f64) -> f64, grid: bool) {
        for tick in ticks {
            let y = place(tick.value);
            if y < self.top - 0.5 || y > self.bottom() + 0.5 {
                continue;
            }
            if grid {
                drawing.line([self.left, y, self.right(), y], GRID);
            }
            drawing.line([self.left - 5.0, y, self.left - 1.0, y], AXIS);
            drawing.text(self.left - 8.0, y + 4.0, Anchor::End, &tick.label, "");
        }
    }

    /// Ticks, labels and title below.
    pub(crate) fn horizontal(&self, drawing: &mut Drawing, axis: &TimeAxis) {
        if axis.length > 0.0 {
            for tick in axis.ticks(TICKS) {
                let x = self.left + self.width * tick.value / axis.length;
                drawing.line([x, self.bottom() + 1.0, x, self.bottom() + 5.0], AXIS);
                drawing.text(x, self.bottom() + 18.0, Anchor::Middle, &tick.label, "");
            }
        }
        let middle = self.left + self.width / 2.0;
        drawing.text(middle, self.bottom() + 36.0, Anchor::Middle, &axis.title(), "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &TimeAxis) -> Vec<String> {
        axis.ticks(10).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        let labels = |low, high| ticks(low, high, 6).into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(
            labels(-60.0, 0.0),
            ["\u{2212}60", "\u{2212}50", "\u{2212}40", "\u{2212}30", "\u{2212}20", "\u{2212}10", "0"]
        );
        assert_eq!(labels(0.0, 0.01), ["0.000", "0.002", "0.004", "0.006", "0.008", "0.010"]);
        assert_eq!(labels(1.0, 1.0), Vec::<String>::new());
    }

    #[test]
    fn time_is_counted_as_people_count_it() {
        let axis = |start, length| TimeAxis { start, length, clock: None };
        assert_eq!(labels(&axis(0.0, 0.01)), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
        assert_eq!(axis(0.0, 0.01).title(), "time, ms");
        assert_eq!(labels(&axis(0.0, 10.0)).last().unwrap(), "10");
        assert_eq!(labels(&axis(0.0, 300.0))[..3], ["0:00", "0:30", "1:00"]);
        assert_eq!(labels(&axis(0.0, 36_000.0))[..3], ["0:00", "1:00", "2:00"]);
        assert!(labels(&axis(0.0, 864_000.0)).len() <= 11);
        assert_eq!(labels(&axis(3600.0, 5.0))[0], "3600.0");
    }
}
