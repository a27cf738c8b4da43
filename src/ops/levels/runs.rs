//! The longest run of something along a channel that is measured in parts.

/// Runs in one part, with what the parts beside it need to continue them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Runs {
    /// Samples of the part.
    pub(super) samples: u64,
    /// Length of the run that it begins with.
    pub(super) first: u64,
    /// Length of the run that it ends with.
    pub(super) last: u64,
    /// Length of its longest run.
    pub(super) longest: u64,
}

impl Runs {
    /// Of so many samples without any run.
    pub(super) const fn none(samples: u64) -> Self {
        Runs { samples, first: 0, last: 0, longest: 0 }
    }

    /// Adds the next sample, which is or is not part of a run.
    #[cfg(test)]
    pub(super) fn push(&mut self, inside: bool) {
        self.merge(&Runs { samples: 1, first: inside.into(), last: inside.into(), longest: inside.into() });
    }

    /// Adds the part that follows.
    pub(super) fn merge(&mut self, next: &Self) {
        let joined = self.last.saturating_add(next.first);
        self.longest = self.longest.max(next.longest).max(joined);
        if self.first == self.samples {
            self.first = joined;
        }
        self.last = if next.last == next.samples { joined } else { next.last };
        self.samples = self.samples.saturating_add(next.samples);
    }
}
