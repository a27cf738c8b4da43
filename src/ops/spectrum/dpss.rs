//! The tapers of a multitaper estimate.

use std::f64::consts::TAU;

use ndarray::{Array2, ArrayViewMut1};

/// Computes the first `count` discrete prolate spheroidal sequences (Slepian's), the tapers of Thomson's multitaper estimate.
///
/// Of all sequences of `len` numbers the first has the largest share of its energy within ± `half_bandwidth` bins, each following one
/// the largest of those at right angles to the ones before. The first 2 × `half_bandwidth` − 1 are of use. Average the powers of plans that
/// each have one as their [`weights`](crate::Spectrum::weights).
///
/// **Shape** `count` × `len`, as `scipy.signal.windows.dpss(len, half_bandwidth, count)`. **Unit** the squares of each add up to 1; even ones
/// have a positive sum, odd ones begin positive. Right to 10^−12 for lengths of some hundreds and to 10^−9 for some ten thousands.
///
/// # Panics
/// Unless `1 <= count <= len` and `0 < half_bandwidth < len / 2`.
///
/// # Examples
/// ```
/// use ndarray::Array2;
/// use ndaudio::{Spectrum, spectrum};
///
/// let tapers = spectrum::dpss(512, 4.0, 7);
/// let window = Array2::from_shape_fn((512, 1), |(frame, _)| (0.3 * frame as f64).sin());
/// let mut mean = Array2::<f64>::zeros((257, 1));
/// for taper in tapers.rows() {
///     mean += &Spectrum::<f64>::new(512).weights(&taper.to_vec()).power(&window);
/// }
/// mean /= 7.0;
/// assert!(mean[[24, 0]] > 1e5 * mean[[100, 0]]); // 0.3 / 2π × 512 is bin 24.4
/// ```
///
/// Source: D. Slepian, "Prolate spheroidal wave functions, Fourier analysis, and uncertainty V", Bell System Technical Journal 57 (1978),
/// equation 14: the sequences are the eigenvectors of a matrix of three diagonals.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
pub fn dpss(len: usize, half_bandwidth: f64, count: usize) -> Array2<f64> {
    assert!((1..=len).contains(&count), "count ({count}) must be from 1 to len ({len})");
    let half = len as f64 / 2.0;
    assert!(
        half_bandwidth > 0.0 && half_bandwidth < half,
        "half_bandwidth ({half_bandwidth}) must be above 0 and below len / 2 ({half})"
    );
    let cosine = (TAU * half_bandwidth / len as f64).cos();
    let matrix = Tridiagonal {
        diagonal: (0..len).map(|n| ((len as f64 - 1.0) / 2.0 - n as f64).powi(2) * cosine).collect(),
        beside: (1..len).map(|n| n as f64 * (len - n) as f64 / 2.0).collect(),
    };
    let mut tapers = Array2::zeros((count, len));
    for (order, taper) in tapers.rows_mut().into_iter().enumerate() {
        matrix.eigenvector(matrix.eigenvalue(order), taper);
    }
    for (order, mut taper) in tapers.rows_mut().into_iter().enumerate() {
        // Slepian's convention, as in scipy: what decides is not lost in rounding.
        let threshold = (1.0 / len as f64).max(1e-7);
        let sign = match order % 2 {
            0 => taper.sum(),
            _ => taper.iter().copied().find(|weight| weight * weight > threshold).unwrap_or(1.0),
        };
        taper *= sign.signum();
    }
    tapers
}

/// A symmetric matrix of three diagonals, with nothing but positive numbers beside the middle one.
struct Tridiagonal {
    diagonal: Vec<f64>,
    beside: Vec<f64>,
}

impl Tridiagonal {
    /// The eigenvalue that `order` others are larger than, by bisection.
    fn eigenvalue(&self, order: usize) -> f64 {
        let beside = |n: usize| self.beside.get(n).copied().unwrap_or(0.0);
        let radius = |n: usize| beside(n) + if n == 0 { 0.0 } else { beside(n - 1) };
        // Gershgorin's discs.
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (n, middle) in self.diagonal.iter().enumerate() {
            (low, high) = (low.min(middle - radius(n)), high.max(middle + radius(n)));
        }
        loop {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                return middle;
            }
            if self.larger_than(middle) > order { low = middle } else { high = middle }
        }
    }

    /// Counts the eigenvalues above a number, by the signs of the leading minors (Sturm).
    fn larger_than(&self, number: f64) -> usize {
        let (mut ratio, mut beside, mut count) = (1.0_f64, 0.0_f64, 0);
        for (n, middle) in self.diagonal.iter().enumerate() {
            ratio = middle - number - beside * beside / ratio;
            if ratio == 0.0 {
                ratio = f64::MIN_POSITIVE;
            }
            count += usize::from(ratio > 0.0);
            beside = self.beside.get(n).copied().unwrap_or(0.0);
        }
        count
    }

    /// The eigenvector of an eigenvalue, by inverse iteration, two steps of which are enough from nearly any start.
    fn eigenvector(&self, eigenvalue: f64, mut vector: ArrayViewMut1<'_, f64>) {
        // Neither even nor odd, so that it has a part of each eigenvector.
        let mut state = 1_u32;
        vector.mapv_inplace(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.5 + f64::from(state) / f64::from(u32::MAX)
        });
        for _ in 0..4 {
            self.solve(eigenvalue, &mut vector);
            let norm = vector.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
            vector /= norm;
        }
    }

    /// Solves (matrix − `shift`) x = `vector` by elimination with exchanges of rows.
    fn solve(&self, shift: f64, vector: &mut ArrayViewMut1<'_, f64>) {
        let len = self.diagonal.len();
        let beside = |n: usize| self.beside.get(n).copied().unwrap_or(0.0);
        // Rows of the upper triangle: the diagonal and two beside it.
        let mut upper = vec![[0.0; 3]; len];
        let mut row = [self.diagonal[0] - shift, beside(0), 0.0];
        for n in 0..len - 1 {
            let mut below = [beside(n), self.diagonal[n + 1] - shift, beside(n + 1)];
            if below[0].abs() > row[0].abs() {
                std::mem::swap(&mut row, &mut below);
                vector.swap(n, n + 1);
            }
            let factor = below[0] / row[0];
            vector[n + 1] -= factor * vector[n];
            upper[n] = row;
            row = [below[1] - factor * row[1], below[2] - factor * row[2], 0.0];
        }
        upper[len - 1] = row;
        let smallest = f64::EPSILON * self.diagonal.iter().fold(1.0, |max: f64, middle| max.max(middle.abs()));
        for n in (0..len).rev() {
            let [middle, first, second] = upper[n];
            let known = |at: usize, factor: f64| vector.get(at).map_or(0.0, |x| factor * x);
            let rest = vector[n] - known(n + 1, first) - known(n + 2, second);
            // An exact eigenvalue makes the last row vanish: the vector grows without bounds, in the right direction.
            vector[n] = rest / if middle.abs() < smallest { smallest } else { middle };
        }
    }
}
