//! How frequencies are laid out upwards: evenly, in octaves, or as the ear hears them.

use clap::ValueEnum;

use super::axes::{Panel, Tick, ticks};

/// Kinds of frequency axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ScaleName {
    /// Hertz, evenly
    #[default]
    Linear,
    /// Octaves, evenly
    Log,
    /// Mel, evenly: 2595 · log10(1 + f / 700)
    Mel,
}

/// The rows of a picture of frequencies, the lowest first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bands {
    pub(crate) scale: ScaleName,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) rows: usize,
}

impl Bands {
    fn to_scale(self, frequency: f64) -> f64 {
        match self.scale {
            ScaleName::Linear => frequency,
            ScaleName::Log => frequency.max(1e-9).log2(),
            ScaleName::Mel => 2595.0 * (1.0 + frequency / 700.0).log10(),
        }
    }

    fn frequency_of(self, value: f64) -> f64 {
        match self.scale {
            ScaleName::Linear => value,
            ScaleName::Log => value.exp2(),
            ScaleName::Mel => 700.0 * (10_f64.powf(value / 2595.0) - 1.0),
        }
    }

    /// From 0 at the lowest frequency to 1 at the highest.
    pub(crate) fn place(self, frequency: f64) -> f64 {
        let (low, high) = (self.to_scale(self.low), self.to_scale(self.high));
        (self.to_scale(frequency) - low) / (high - low)
    }

    /// The frequency at a place from 0 to 1.
    fn frequency(self, place: f64) -> f64 {
        let (low, high) = (self.to_scale(self.low), self.to_scale(self.high));
        self.frequency_of(low + place * (high - low))
    }

    /// For each row the bins whose mean it shows: those within it, or the one nearest to its middle. None beyond the last bin.
    pub(crate) fn bins(self, bin_width: f64, bins: usize) -> Vec<Option<std::ops::Range<usize>>> {
        let row = |row: usize| {
            let edge = |row: usize| self.frequency(row as f64 / self.rows as f64) / bin_width;
            let (from, to) = (edge(row), edge(row + 1));
            let middle = ((from + to) / 2.0).round();
            if middle > (bins - 1) as f64 + 0.5 {
                return None;
            }
            let index = |at: f64| index_at(at, bins);
            let (first, end) = (index(from.ceil()), index(to.ceil()));
            let nearest = index(middle).min(bins - 1);
            Some(if end > first { first..end.min(bins) } else { nearest..nearest + 1 })
        };
        (0..self.rows).map(row).collect()
    }

    /// Ticks in Hz, labelled in kHz if `kilo`.
    pub(crate) fn ticks(self, kilo: bool) -> Vec<Tick> {
        let unit = if kilo { 1000.0 } else { 1.0 };
        if self.scale == ScaleName::Linear {
            let in_unit = ticks(self.low / unit, self.high / unit, 8);
            return in_unit.into_iter().map(|tick| Tick { value: tick.value * unit, ..tick }).collect();
        }
        let mut all = Vec::new();
        if self.low <= 0.0 {
            all.push(Tick { value: 0.0, label: "0".to_owned() });
        }
        for power in 0..7 {
            for factor in [1.0, 2.0, 5.0] {
                let frequency = factor * 10_f64.powi(power);
                let room = |tick: &Tick| (self.place(tick.value) - self.place(frequency)).abs() > 0.045;
                if frequency >= self.low && frequency <= self.high && all.iter().all(room) {
                    let value = frequency / unit;
                    let label = if value >= 1.0 {
                        format!("{value}")
                    } else {
                        format!("{value:.3}").trim_end_matches('0').to_owned()
                    };
                    all.push(Tick { value: frequency, label });
                }
            }
        }
        all
    }

    /// Draws the axis.
    pub(crate) fn draw(self, drawing: &mut super::svg::Drawing, panel: &Panel) {
        let kilo = self.high >= 4000.0;
        panel.vertical(
            drawing,
            &self.ticks(kilo),
            |frequency| panel.bottom() - panel.height * self.place(frequency),
            false,
        );
        let unit = if kilo { "kHz" } else { "Hz" };
        let name = match self.scale {
            ScaleName::Linear => format!("frequency, {unit}"),
            ScaleName::Log => format!("frequency, {unit} (logarithmic)"),
            ScaleName::Mel => format!("frequency, {unit} (mel)"),
        };
        drawing.text_upwards(18.0, panel.top + panel.height / 2.0, &name);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the number of bins")]
fn index_at(at: f64, bins: usize) -> usize {
    at.clamp(0.0, bins as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bin_is_in_a_row_and_every_row_has_a_bin() {
        for scale in [ScaleName::Linear, ScaleName::Log, ScaleName::Mel] {
            for (rows, bins) in [(100, 1025), (400, 129), (64, 64)] {
                let low = if scale == ScaleName::Log { 20.0 } else { 0.0 };
                let bands = Bands { scale, low, high: 24_000.0, rows };
                let found = bands.bins(24_000.0 / (bins - 1) as f64, bins);
                assert!(found.iter().all(|range| range.as_ref().is_some_and(|range| !range.is_empty())), "{scale:?}");
                let mut last = 0;
                for range in found.into_iter().flatten() {
                    assert!(range.start >= last || range.len() == 1, "{scale:?} {range:?}");
                    last = range.start;
                }
            }
        }
    }

    #[test]
    fn rows_above_the_nyquist_frequency_are_empty() {
        let bands = Bands { scale: ScaleName::Linear, low: 0.0, high: 48_000.0, rows: 100 };
        let found = bands.bins(24_000.0 / 512.0, 513);
        assert!(found[49].is_some() && found[52].is_none());
    }
}
