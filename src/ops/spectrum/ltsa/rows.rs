//! Finished rows.

use ndarray::{ArrayView2, ArrayView3, ArrayViewMut2};

use super::row::LtsaRow;
use crate::error::{Error, Result};

/// Finished rows, in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::ops::spectrum) struct Rows {
    /// Number and windows of each.
    pub(in crate::ops::spectrum) heads: Vec<(u64, u64)>,
    /// Rows × channels × bins.
    pub(in crate::ops::spectrum) numbers: Vec<f64>,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.numbers.clear();
    }

    /// Appends a row that `fill` writes, bins × channels.
    pub(super) fn push(
        &mut self,
        index: u64,
        windows: u64,
        (bins, channels): (usize, usize),
        fill: impl FnOnce(ArrayViewMut2<'_, f64>),
    ) {
        let from = self.numbers.len();
        self.numbers.resize(from + bins * channels, 0.0);
        self.heads.push((index, windows));
        if let Ok(row) = ArrayViewMut2::from_shape((channels, bins), &mut self.numbers[from..]) {
            fill(row.reversed_axes());
        }
    }

    pub(super) fn iter(&self, row_frames: u64, cells: (usize, usize)) -> impl Iterator<Item = LtsaRow<'_>> {
        let (bins, channels) = cells;
        self.heads.iter().enumerate().map(move |(at, &(index, windows))| {
            let numbers = &self.numbers[at * bins * channels..][..bins * channels];
            let values = match ArrayView2::from_shape((channels, bins), numbers) {
                Ok(view) => view.reversed_axes(),
                Err(error) => unreachable!("a row has {bins} × {channels} numbers: {error}"),
            };
            LtsaRow { index, row_frames, windows, values }
        })
    }

    pub(super) fn view(&self, (bins, channels): (usize, usize)) -> ArrayView3<'_, f64> {
        match ArrayView3::from_shape((self.len(), channels, bins), &self.numbers) {
            Ok(view) => view.permuted_axes([0, 2, 1]),
            Err(error) => unreachable!("each row has {bins} × {channels} numbers: {error}"),
        }
    }

    /// Adds other rows of `cells` numbers; none may be there already.
    pub(super) fn merge(&mut self, other: &Rows, row_frames: u64, cells: usize) -> Result<()> {
        let known = |index: u64| self.heads.binary_search_by_key(&index, |head| head.0).is_ok();
        if let Some((index, _)) = other.heads.iter().find(|(index, _)| known(*index)) {
            let message = format!(
                "row {index} is in both parts: parts must begin and end at multiples of {row_frames} frames, and each be merged once"
            );
            return Err(Error::invalid("other", message));
        }
        let (last, next) = (self.heads.last(), other.heads.first());
        if next.is_none_or(|(next, _)| last.is_none_or(|(last, _)| last < next)) {
            self.heads.extend_from_slice(&other.heads);
            self.numbers.extend_from_slice(&other.numbers);
            return Ok(());
        }
        let mut merged = Rows::default();
        let (mut own, mut others) = (self.parts(cells).peekable(), other.parts(cells).peekable());
        loop {
            let first = match (own.peek(), others.peek()) {
                (Some((a, _)), Some((b, _))) => {
                    if a.0 < b.0 {
                        own.next()
                    } else {
                        others.next()
                    }
                }
                (Some(_), None) => own.next(),
                _ => others.next(),
            };
            let Some((head, numbers)) = first else { break };
            merged.heads.push(head);
            merged.numbers.extend_from_slice(numbers);
        }
        drop((own, others));
        *self = merged;
        Ok(())
    }

    fn parts(&self, cells: usize) -> impl Iterator<Item = ((u64, u64), &[f64])> {
        self.heads.iter().enumerate().map(move |(at, &head)| (head, &self.numbers[at * cells..][..cells]))
    }
}
