//! Sums over float samples.

use super::compensated::Compensated;
use super::exact::ExactSums;

/// Power sums of a channel's floats, which stay accurate over any number of blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    /// How many samples were summed.
    pub(super) samples: u64,
    /// Σ x.
    pub(super) sum: Compensated,
    /// Σ x².
    pub(super) squares: Compensated,
    /// Σ (x − mean)².
    pub(super) deviations: Compensated,
}

#[expect(clippy::cast_precision_loss, reason = "one more rounding, of counts past 2^53")]
impl Moments {
    pub(super) const EMPTY: Self =
        Moments { samples: 0, sum: Compensated::ZERO, squares: Compensated::ZERO, deviations: Compensated::ZERO };

    /// Adds other samples.
    ///
    /// Source: T. F. Chan, G. H. Golub, R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample variances,
    /// Stanford CS-TR-79-773 (1979), equation 2.1.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.samples == 0 {
            return;
        }
        if self.samples == 0 {
            *self = *other;
            return;
        }
        // Infinite means have no difference; the deviations from such a mean are infinite already.
        let apart = if self.mean() == other.mean() { 0.0 } else { other.mean() - self.mean() };
        let (own, others) = (self.samples as f64, other.samples as f64);
        self.deviations.merge(&other.deviations);
        self.deviations.add(apart * apart * (own * (others / (own + others))));
        self.samples = self.samples.saturating_add(other.samples);
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }

    pub(super) fn mean(&self) -> f64 {
        self.sum.value() / self.samples as f64
    }

    pub(super) fn mean_square(&self) -> f64 {
        self.squares.value() / self.samples as f64
    }

    pub(super) fn variance(&self) -> f64 {
        self.deviations.value() / self.samples as f64
    }
}

#[expect(clippy::cast_precision_loss, reason = "one more rounding, of counts past 2^53")]
impl From<&ExactSums> for Moments {
    fn from(exact: &ExactSums) -> Self {
        if exact.samples == 0 {
            return Moments::EMPTY;
        }
        let samples = exact.samples as f64;
        let sum = |mean: f64| Compensated { sum: mean * samples, rest: 0.0 };
        Moments {
            samples: exact.samples,
            sum: sum(exact.mean()),
            squares: sum(exact.mean_square()),
            deviations: sum(exact.variance()),
        }
    }
}
