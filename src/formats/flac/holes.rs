//! Where a file has no block for long.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are read again instead of being kept in mind.
const SHORT: u64 = 64 << 10;

/// Stretches of a file in which no header of a block begins, for all readers of it: a disk can give back gigabytes of zeros, which each seek
/// into them would look through, and on all cores each section.
#[derive(Debug, Clone, Default)]
pub(super) struct Holes(Arc<Mutex<BTreeMap<u64, u64>>>);

impl Holes {
    /// The hole that a byte is in, or the next one.
    pub(super) fn next(&self, at: u64) -> Option<Range<u64>> {
        let holes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = holes.range(..=at).next_back().filter(|&(_, &end)| end > at);
        here.or_else(|| holes.range(at..).next()).map(|(&start, &end)| start..end)
    }

    /// Notes bytes at which no header begins.
    pub(super) fn add(&self, Range { start, end }: Range<u64>) {
        if end.saturating_sub(start) < SHORT {
            return;
        }
        let mut holes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that reach in become one with it.
        let end = holes.range(start..=end).map(|(_, &other)| other).fold(end, u64::max);
        let before = holes.range(..start).next_back().filter(|&(_, &other)| other >= start);
        let (start, end) = before.map_or((start, end), |(&before, &other)| (before, end.max(other)));
        holes.retain(|other, _| !(start..=end).contains(other));
        holes.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_that_meet_are_one() {
        let holes = Holes::default();
        let add = |range: Range<u64>| holes.add(range.start * SHORT..range.end * SHORT);
        let next = |at: u64| holes.clone().next(at).map(|hole| hole.start / SHORT..hole.end / SHORT);
        holes.add(10 * SHORT..11 * SHORT - 1);
        assert_eq!(next(0), None, "one that is short");
        add(10..12);
        add(20..22);
        assert_eq!([0, 10 * SHORT, 12 * SHORT - 1].map(next), [const { Some(10..12) }; 3]);
        assert_eq!([12 * SHORT, 22 * SHORT - 1].map(next), [const { Some(20..22) }; 2]);
        assert_eq!(next(22 * SHORT), None);
        // From inside one, over another, to one after it.
        add(14..15);
        add(11..20);
        assert_eq!([0, 10 * SHORT, 14 * SHORT, 22 * SHORT - 1].map(next), [const { Some(10..22) }; 4]);
        // One inside another changes nothing, and one before it is added.
        add(12..13);
        add(5..10);
        assert_eq!([next(0), next(22 * SHORT)], [Some(5..22), None]);
        assert_eq!(holes.0.lock().unwrap().len(), 1);
    }
}
