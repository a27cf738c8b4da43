//! Elliptic integrals and Jacobi's elliptic functions of a parameter m = k², by arithmetic-geometric means.
//!
//! Sources: Abramowitz and Stegun, "Handbook of mathematical functions", 16.4, 17.6 and 17.3; Orfanidis, "Lecture notes on elliptic filter
//! design" (2006), equations 49 and 56.

use std::f64::consts::PI;

/// The complete integral K(m).
pub(super) fn complete(m: f64) -> f64 {
    PI / (2.0 * mean(1.0, (1.0 - m).sqrt()))
}

/// K(1 − m), exact for small m.
pub(super) fn complete_complementary(m: f64) -> f64 {
    PI / (2.0 * mean(1.0, m.sqrt()))
}

/// The arithmetic-geometric mean.
fn mean(mut a: f64, mut b: f64) -> f64 {
    // Converges quadratically: 10 steps suffice for any two doubles that are used here.
    for _ in 0..20 {
        (a, b) = (f64::midpoint(a, b), (a * b).sqrt());
    }
    a
}

/// The parameter whose quarter periods are in `order` times the ratio of those of `m`.
pub(super) fn degree_equation(order: usize, m: f64, quarter: f64, complementary: f64) -> f64 {
    debug_assert!(m < 1.0, "ripple below attenuation");
    let nome = (-PI * complementary / quarter).exp().powf(1.0 / order as f64);
    // The terms fall as nome^(n²), so eight suffice; summed in pairs, which rounds less, and as NumPy does. A steep filter multiplies
    // what is rounded here by a thousand.
    let sum = |t: [f64; 8]| ((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7]));
    let numerator = sum(std::array::from_fn(|n| nome.powf((n * (n + 1)) as f64)));
    let denominator = 1.0 + 2.0 * sum(std::array::from_fn(|n| nome.powf(((n + 1) * (n + 1)) as f64)));
    16.0 * nome * (numerator / denominator).powf(4.0)
}

/// sn, cn and dn.
pub(super) struct Jacobi {
    pub(super) sn: f64,
    pub(super) cn: f64,
    pub(super) dn: f64,
}

/// Jacobi's functions of the argument `u` and the parameter `m`, 0 to 1.
pub(super) fn jacobi(u: f64, m: f64) -> Jacobi {
    /// Steps of the mean that can be necessary, with one to spare.
    const STEPS: usize = 12;
    let (mut a, mut c) = ([1.0; STEPS], [m.sqrt(); STEPS]);
    let mut b = (1.0 - m).sqrt();
    let mut last = 0;
    while (c[last] / a[last]).abs() > f64::EPSILON && last + 1 < STEPS {
        let previous = a[last];
        last += 1;
        c[last] = (previous - b) / 2.0;
        a[last] = f64::midpoint(previous, b);
        b = (previous * b).sqrt();
    }
    let mut amplitude = (last as f64).exp2() * a[last] * u;
    let mut before = amplitude;
    for step in (1..=last).rev() {
        before = amplitude;
        amplitude = f64::midpoint((c[step] * amplitude.sin() / a[step]).asin(), amplitude);
    }
    let (sn, cn) = amplitude.sin_cos();
    let difference = (amplitude - before).cos();
    let dn = if difference.abs() < 0.1 || last == 0 { (1.0 - m * sn * sn).sqrt() } else { cn / difference };
    Jacobi { sn, cn, dn }
}

/// The `u` whose sc(u, 1 − m) = sn/cn is `w`, by descending Landen transformations.
pub(super) fn arc_sc_complementary(w: f64, m: f64) -> f64 {
    let (mut k, mut y, mut quarter) = (m.sqrt(), w, PI / 2.0);
    while k != 0.0 {
        let complement = ((1.0 - k) * (1.0 + k)).sqrt();
        let next = (1.0 - complement) / (1.0 + complement);
        y = 2.0 * y / ((1.0 + next) * (1.0 + (1.0 + (k * y).powi(2)).sqrt()));
        quarter *= 1.0 + next;
        k = next;
    }
    quarter * 2.0 / PI * y.asinh()
}
