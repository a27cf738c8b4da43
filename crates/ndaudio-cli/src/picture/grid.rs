//! Mean power by time and frequency, in as many cells as a picture has, however long the recording.

use std::collections::BTreeMap;

use ndaudio::ndarray::ArrayView2;
use ndaudio::{Sample, Scaling, Source, Spectrum};

use super::bands::Bands;
use crate::failure::Outcome;

/// The columns of a part of a picture, each with the sum of the powers of its windows.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    columns: BTreeMap<u64, Column>,
}

#[derive(Debug, Clone)]
struct Column {
    /// Row by row; NaN beyond the Nyquist frequency.
    power: Vec<f64>,
    windows: u64,
}

/// How spectra are taken and where they go.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) window: usize,
    pub(crate) hop: usize,
    pub(crate) bands: Bands,
    pub(crate) scaling: Scaling,
    /// One channel, from 0; else the mean of all.
    pub(crate) channel: Option<usize>,
}

impl Columns {
    /// Reads a source to its end. `column` tells the column of the window around a frame.
    pub(crate) fn read<T: Sample>(
        source: &mut impl Source,
        layout: &Layout,
        column: impl Fn(u64) -> u64,
        mut progress: impl FnMut(u64),
    ) -> Outcome<Self> {
        let rate = f64::from(source.spec().sample_rate());
        let mut plan = Spectrum::<f32>::new(layout.window).scaling(layout.scaling);
        let rows = layout.bands.bins(rate / layout.window as f64, plan.bins());
        let mut columns = Columns::default();
        let mut current: Option<(u64, Vec<f64>, u64)> = None;
        let frames = source.frames().unwrap_or(u64::MAX);
        let mut windows = source.windows::<T>(layout.window, layout.hop).centered();
        let mut position = 0;
        while let Some(window) = windows.next()? {
            if position >= frames {
                break;
            }
            let at = column(position);
            let power = plan.power(&window);
            match &mut current {
                Some((index, sums, count)) if *index == at => {
                    add(sums, &power, layout.channel);
                    *count += 1;
                }
                _ => {
                    columns.end(current.take(), &rows);
                    let mut sums = vec![0.0; power.nrows()];
                    add(&mut sums, &power, layout.channel);
                    current = Some((at, sums, 1));
                    progress(position);
                }
            }
            position += layout.hop as u64;
        }
        columns.end(current, &rows);
        Ok(columns)
    }

    fn end(&mut self, column: Option<(u64, Vec<f64>, u64)>, rows: &[Option<std::ops::Range<usize>>]) {
        let Some((index, sums, windows)) = column else { return };
        let mean = |bins: &Option<std::ops::Range<usize>>| match bins {
            Some(bins) => sums[bins.clone()].iter().sum::<f64>() / bins.len() as f64,
            None => f64::NAN,
        };
        self.add(index, Column { power: rows.iter().map(mean).collect(), windows });
    }

    fn add(&mut self, index: u64, column: Column) {
        match self.columns.get_mut(&index) {
            Some(there) => {
                for (sum, power) in there.power.iter_mut().zip(&column.power) {
                    // A recording that does not reach so high says nothing about it.
                    *sum = if sum.is_nan() {
                        *power
                    } else if power.is_nan() {
                        *sum
                    } else {
                        *sum + power
                    };
                }
                there.windows += column.windows;
            }
            None => _ = self.columns.insert(index, column),
        }
    }

    /// Adds the columns of another part.
    pub(crate) fn merge(&mut self, other: Columns) {
        for (index, column) in other.columns {
            self.add(index, column);
        }
    }

    /// Repeats the column before each gap of fewer than `least` columns until the next one; says whether there was such a gap.
    pub(crate) fn close_gaps(&mut self, least: u64) -> bool {
        let ends: Vec<u64> = self.columns.keys().copied().collect();
        let gaps: Vec<(u64, u64)> = ends.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let narrow = |&(before, after): &(u64, u64)| (1..least).contains(&(after - before - 1));
        let gaps: Vec<(u64, u64)> = gaps.into_iter().filter(narrow).collect();
        for &(before, after) in &gaps {
            if let Some(column) = self.columns.get(&before).cloned() {
                self.columns.extend((before + 1..after).map(|index| (index, column.clone())));
            }
        }
        !gaps.is_empty()
    }

    /// The mean level of each cell in dB, column by column, the lowest row first; NaN where nothing was recorded.
    pub(crate) fn levels(&self, columns: u64, rows: usize) -> Vec<f64> {
        let mut levels = vec![f64::NAN; usize::try_from(columns).unwrap_or(0) * rows];
        for (index, column) in &self.columns {
            let start = usize::try_from(*index).unwrap_or(usize::MAX).saturating_mul(rows);
            let Some(cells) = levels.get_mut(start..start.saturating_add(rows)) else { continue };
            for (cell, power) in cells.iter_mut().zip(&column.power) {
                *cell = 10.0 * (power / column.windows as f64).log10();
            }
        }
        levels
    }
}

fn add(sums: &mut [f64], power: &ArrayView2<'_, f32>, channel: Option<usize>) {
    match channel {
        Some(channel) => {
            for (sum, power) in sums.iter_mut().zip(power.column(channel)) {
                *sum += f64::from(*power);
            }
        }
        None => {
            let share = 1.0 / power.ncols() as f64;
            for column in power.columns() {
                for (sum, power) in sums.iter_mut().zip(column) {
                    *sum += share * f64::from(*power);
                }
            }
        }
    }
}

/// A range of levels that shows most of a picture: from its 5th percentile to its largest cells, in steps of 5 dB.
pub(crate) fn range_of(levels: &[f64]) -> (f64, f64) {
    let mut finite: Vec<f64> = levels.iter().copied().filter(|level| level.is_finite()).collect();
    if finite.is_empty() {
        return (-100.0, 0.0);
    }
    finite.sort_by(f64::total_cmp);
    let percentile = |percent: usize| finite[(finite.len() - 1) * percent / 1000];
    let high = (percentile(999) / 5.0).ceil() * 5.0;
    let low = (percentile(50) / 5.0).floor() * 5.0;
    (low.clamp(high - 100.0, high - 20.0), high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_gaps_are_closed_and_wide_ones_stay() {
        let mut columns = Columns::default();
        for (index, power) in [(0, 1.0), (4, 2.0), (10, 3.0)] {
            columns.add(index, Column { power: vec![power], windows: 1 });
        }
        assert!(columns.close_gaps(4));
        let power: Vec<u64> = columns.columns.keys().copied().collect();
        assert_eq!(power, [0, 1, 2, 3, 4, 10]);
        let levels = columns.levels(11, 1);
        assert_eq!((levels[3], levels[4]), (0.0, 10.0 * 2.0_f64.log10()));
        assert!(levels[5].is_nan() && !columns.close_gaps(4));
    }
}
