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

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = Compensated::ZERO;
        values.into_iter().for_each(|value| sum.add(value));
        sum.value()
    }

    #[test]
    fn what_is_rounded_off_is_kept() {
        assert_eq!(sum([1e16, 1.0, -1e16]), 1.0);
        assert_eq!(sum([1.0, 1e16, -1e16]), 1.0);
        // A thousand times a 2^-60 too small to change one by itself.
        let small = 2_f64.powi(-60);
        assert_eq!(sum([1.0].into_iter().chain([small; 1024])), 1.0 + 1024.0 * small);
        let (mut first, mut second) = (Compensated::ZERO, Compensated::ZERO);
        [1e16, 1.0].iter().for_each(|value| first.add(*value));
        [-1e16, 1.0].iter().for_each(|value| second.add(*value));
        first.merge(&second);
        assert_eq!(first.value(), 2.0);
    }

    #[test]
    fn a_sum_past_the_largest_float_is_infinite() {
        assert_eq!(sum([f64::MAX, f64::MAX, 1.0]), f64::INFINITY);
    }
}
