//! Kaiser's window, for tapers and filters.

/// The weight at `distance` from the middle, in parts of half the window: 1 at 0, and smallest at ±1.
pub(crate) fn kaiser(beta: f64, distance: f64) -> f64 {
    bessel_i0(beta * (1.0 - distance * distance).max(0.0).sqrt()) / bessel_i0(beta)
}

/// The modified Bessel function of the first kind and order 0, by its power series: all terms are positive, so none cancel.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 9.6.12.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON / 4.0 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}
