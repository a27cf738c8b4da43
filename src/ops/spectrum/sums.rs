//! Sums that do not depend on how their numbers were cut into parts.

use multiversion::multiversion;
use num_complex::Complex;

use super::real::Real;

/// Sums of many cells, each twice as precise as an `f64`: what rounding takes from the one number is kept in the other.
///
/// Source: D. E. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B ("TwoSum"); T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot
/// product" (2005), algorithm 4.4: of n numbers that are not negative the error is below n² × 2^−105 of the sum.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    high: Vec<f64>,
    low: Vec<f64>,
}

impl Sums {
    pub(super) fn new(cells: usize) -> Self {
        Sums { high: vec![0.0; cells], low: vec![0.0; cells] }
    }

    /// Makes room for so many cells, unless there is room already.
    pub(super) fn begin(&mut self, cells: usize) {
        if self.high.is_empty() {
            *self = Sums::new(cells);
        }
    }

    /// Restores what [`parts`](Sums::parts) gave.
    #[cfg(feature = "serde")]
    pub(super) fn from_parts(parts: impl Iterator<Item = (f64, f64)>) -> Self {
        let (high, low) = parts.unzip();
        Sums { high, low }
    }

    /// The sums and what rounding has taken from them.
    #[cfg(feature = "serde")]
    pub(super) fn parts(&self) -> impl Iterator<Item = (f64, f64)> {
        self.high.iter().copied().zip(self.low.iter().copied())
    }

    pub(super) fn len(&self) -> usize {
        self.high.len()
    }

    /// The numbers nearest to the sums.
    pub(super) fn values(&self) -> impl ExactSizeIterator<Item = f64> {
        // Of a sum that is not finite the rest is NaN.
        let value = |(&high, &low): (&f64, &f64)| if high.is_finite() { high + low } else { high };
        self.high.iter().zip(&self.low).map(value)
    }

    /// Adds |X|² to the cells from `first` on.
    pub(super) fn add_powers<T: Real>(&mut self, first: usize, line: &[Complex<T>]) {
        add_powers(line, &mut self.high[first..], &mut self.low[first..]);
    }

    /// Adds conj(X)·Y to the cells from `first` on, real parts first and imaginary parts after them.
    pub(super) fn add_products<T: Real>(&mut self, first: usize, x: &[Complex<T>], y: &[Complex<T>]) {
        let bins = x.len();
        for (bin, (x, y)) in x.iter().zip(y).enumerate() {
            let [xr, xi, yr, yi] = [x.re, x.im, y.re, y.im].map(|part| part.to_f64_scale());
            for (cell, product) in [(bin, xr * yr + xi * yi), (bins + bin, xr * yi - xi * yr)] {
                two_sum(&mut self.high[first + cell], &mut self.low[first + cell], product);
            }
        }
    }

    /// Adds other sums.
    pub(super) fn merge(&mut self, other: &Sums) {
        debug_assert_eq!(self.len(), other.len());
        let own = self.high.iter_mut().zip(&mut self.low);
        for ((high, low), (&other_high, &other_low)) in own.zip(other.high.iter().zip(&other.low)) {
            two_sum(high, low, other_high);
            *low += other_low;
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_powers<T: Real>(line: &[Complex<T>], high: &mut [f64], low: &mut [f64]) {
    for (bin, (high, low)) in line.iter().zip(high.iter_mut().zip(low)) {
        let (re, im) = (bin.re.to_f64_scale(), bin.im.to_f64_scale());
        two_sum(high, low, re * re + im * im);
    }
}

#[inline(always)]
fn two_sum(high: &mut f64, low: &mut f64, number: f64) {
    let sum = *high + number;
    let added = sum - *high;
    *low += (*high - (sum - added)) + (number - added);
    *high = sum;
}
