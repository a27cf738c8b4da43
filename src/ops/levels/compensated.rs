//! Sums of floats over many blocks.

/// A sum of floats that keeps what each addition rounds off.
///
/// Its error is one rounding of the result plus about n² × 2^−106 of the sum of the magnitudes.
///
/// Source: A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54 (1974), 39–51.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Compensated {
    pub(super) sum: f64,
    pub(super) rest: f64,
}

impl Compensated {
    pub(super) const ZERO: Self = Compensated { sum: 0.0, rest: 0.0 };

    pub(super) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        // Past the largest float there is nothing to compensate, and ∞ − ∞ would make a NaN of it.
        if sum.is_finite() {
            self.rest +=
                if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        }
        self.sum = sum;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.add(other.sum);
        self.add(other.rest);
    }

    pub(super) fn value(&self) -> f64 {
        self.sum + self.rest
    }
}
