//! The state of a filter on which a constant has stood for ever.

use ndarray::Array2;

use super::sos::Sos;

/// The memories of each section when a constant 1.0 has stood at the input for ever, **sections × 2**.
///
/// Equal to `scipy.signal.sosfilt_zi`.
///
/// # Panics
/// If a section has a pole at z = 1 (an integrator), which a constant drives to infinity.
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
///
/// let zi = filter::sosfilt_zi(&filter::butterworth(2, Band::Lowpass(1_000.0), 8_000));
/// // >>> scipy.signal.sosfilt_zi(scipy.signal.butter(2, 1000, fs=8000, output="sos"))
/// assert!((zi[[0, 0]] - 0.90236893).abs() < 1e-8 && (zi[[0, 1]] + 0.23570226).abs() < 1e-8);
/// ```
#[must_use]
#[track_caller]
pub fn sosfilt_zi(sos: &Sos) -> Array2<f64> {
    let mut level = 1.0;
    let rows = sos.as_slice().iter().map(|&[b0, b1, b2, a0, a1, a2]| {
        assert!(1.0 + a1 + a2 != 0.0, "a filter with a pole at 0 Hz has no steady state");
        let [z0, z1] = solve([[1.0 + a1, -1.0], [a2, 1.0]], [b1 - a1 * b0, b2 - a2 * b0]);
        let steady = [level * z0, level * z1];
        level *= (b0 + b1 + b2) / (a0 + a1 + a2);
        steady
    });
    Array2::from(rows.collect::<Vec<_>>())
}

/// Solves two equations as LAPACK does: the row with the larger first coefficient eliminates it from the other. A cascade of high order
/// can turn a difference in the last bit here into one in the fifth digit, so this keeps scipy's bits.
fn solve(rows: [[f64; 2]; 2], right: [f64; 2]) -> [f64; 2] {
    let swap = rows[1][0].abs() > rows[0][0].abs();
    let ((first, second), (right, other)) =
        if swap { ((rows[1], rows[0]), (right[1], right[0])) } else { ((rows[0], rows[1]), (right[0], right[1])) };
    let factor = second[0] / first[0];
    let last = (other - factor * right) / (second[1] - factor * first[1]);
    [(right - first[1] * last) / first[0], last]
}
