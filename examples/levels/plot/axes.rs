//! Where the ticks of an axis are, and what stands at them.

/// A tick: where, and what is written there.
pub(super) type Tick = (f64, String);

/// Steps of time that people count in, in seconds.
const STEPS: [f64; 31] = [
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0,
    60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
];

/// Ticks of time, at most about `most` of them.
pub(super) fn time(seconds: f64, most: f64) -> Vec<Tick> {
    if !(seconds > 0.0 && seconds.is_finite()) {
        return vec![(0.0, "0".to_owned())];
    }
    // Past a month of ticks every two days, whatever comes.
    let step =
        STEPS.into_iter().find(|step| seconds / step <= most).unwrap_or((seconds / most / 86_400.0).ceil() * 86_400.0);
    (0_u32..)
        .map(|index| f64::from(index) * step)
        .take_while(|&at| at <= seconds * (1.0 + 1e-9))
        .map(|at| (at, time_label(at, step, seconds)))
        .collect()
}

fn time_label(at: f64, step: f64, end: f64) -> String {
    if end < 60.0 {
        let decimals = [1.0, 0.1, 0.01, 0.001].iter().take_while(|&&unit| step < unit * 0.999).count();
        return format!("{at:.decimals$} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a recording, at least 0")]
    let whole = at.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if end >= 3600.0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Ticks of a level axis between two levels in dB.
pub(super) fn decibels(bottom: f64, top: f64, most: f64) -> Vec<Tick> {
    let step = [3.0, 6.0, 10.0, 12.0, 20.0, 30.0, 40.0, 60.0]
        .into_iter()
        .find(|step| (top - bottom) / step <= most)
        .unwrap_or(100.0);
    let first = (top / step).floor();
    (0_u32..)
        .map(|index| (first - f64::from(index)) * step)
        .take_while(|&level| level >= bottom - 1e-9)
        .map(|level| (level, label(level)))
        .collect()
}

/// A level with a real minus sign, and none before 0.
pub(super) fn label(level: f64) -> String {
    let text = format!("{:.0}", level.abs());
    if level < 0.0 && text != "0" { format!("\u{2212}{text}") } else { text }
}
