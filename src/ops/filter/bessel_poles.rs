//! The poles of Bessel filters: the roots of reverse Bessel polynomials.
//!
//! The roots of these are so sensitive to the coefficients (10^31 at order 25) that double precision loses most digits above order 15.
//! Everything here is done with pairs of doubles, 106 bits, by Aberth's iteration: Newton's, with the other roots pushed away.
//!
//! Sources: Thomson, "Delay networks having maximally flat frequency characteristics" (1949); Aberth, "Iteration methods for finding all
//! zeros of a polynomial simultaneously" (1973); Dekker, "A floating-point technique for extending the available precision" (1971).

use std::f64::consts::PI;
use std::ops::{Add, Div, Mul, Neg, Sub};

use num_complex::Complex;

/// The poles of unit delay at 0 Hz, and the constant coefficient, (2N)! / (2^N N!), that makes the gain 1 there.
pub(super) fn bessel_poles(order: usize) -> (Vec<Complex<f64>>, f64) {
    let coefficients = reverse_bessel(order);
    let polynomial: Vec<Double> = coefficients.iter().map(|&coefficient| Double::from(coefficient)).collect();
    // Anywhere in the left half plane, on no axis of symmetry.
    let radius = 0.8 * order as f64;
    let mut roots: Vec<Pair> = (0..order)
        .map(|index| Complex::from_polar(radius, PI * (0.5 + (index as f64 + 0.4) / order as f64)))
        .map(Pair::from)
        .collect();
    // Converges cubically: in a dozen steps for every order.
    for _ in 0..100 {
        let mut largest = 0.0_f64;
        for index in 0..order {
            let root = roots[index];
            let (value, slope) = evaluate(&polynomial, root);
            if value.norm() == 0.0 {
                continue;
            }
            let newton = value / slope;
            let others = roots.iter().enumerate().filter(|&(other, _)| other != index);
            let repulsion = others.fold(Pair::ZERO, |sum, (_, &other)| sum + Pair::ONE / (root - other));
            let step = newton / (Pair::ONE - newton * repulsion);
            roots[index] = root - step;
            largest = largest.max(step.norm() / root.norm());
        }
        if largest < 1e-25 {
            break;
        }
    }
    (conjugates(roots.iter().map(|&root| root.into()).collect()), coefficients[0] as f64)
}

/// The coefficients of the reverse Bessel polynomial, the constant one first: (2N − k)! / (2^(N − k) k! (N − k)!).
fn reverse_bessel(order: usize) -> Vec<u128> {
    let mut coefficients = vec![1; order + 1];
    for k in (1..=order).rev() {
        coefficients[k - 1] = coefficients[k] * ((2 * order - k + 1) * k) as u128 / (2 * (order - k + 1)) as u128;
    }
    coefficients
}

/// Makes the roots exact conjugates of each other, and the real one real.
fn conjugates(mut roots: Vec<Complex<f64>>) -> Vec<Complex<f64>> {
    roots.sort_by(|a, b| a.im.total_cmp(&b.im));
    let order = roots.len();
    for index in 0..order / 2 {
        roots[order - 1 - index] = roots[index].conj();
    }
    if order % 2 == 1 {
        roots[order / 2].im = 0.0;
    }
    roots
}

/// The polynomial and its derivative, by Horner's rule.
fn evaluate(polynomial: &[Double], at: Pair) -> (Pair, Pair) {
    polynomial.iter().rev().fold((Pair::ZERO, Pair::ZERO), |(value, slope), &coefficient| {
        (value * at + Pair { re: coefficient, im: Double::ZERO }, slope * at + value)
    })
}

/// A number of 106 bits: the sum of two doubles, of which the second is below the last bit of the first.
#[derive(Clone, Copy)]
struct Double(f64, f64);

impl Double {
    const ZERO: Double = Double(0.0, 0.0);

    /// The exact sum of two doubles.
    fn sum(a: f64, b: f64) -> Double {
        let sum = a + b;
        let of_b = sum - a;
        Double(sum, (a - (sum - of_b)) + (b - of_b))
    }
}

impl From<u128> for Double {
    fn from(value: u128) -> Self {
        // Below 2^106 both halves are exact.
        const HALF: u32 = 53;
        let low = value & ((1 << HALF) - 1);
        Double::sum((value >> HALF) as f64 * f64::from(HALF).exp2(), low as f64)
    }
}

impl Add for Double {
    type Output = Double;
    fn add(self, other: Double) -> Double {
        let high = Double::sum(self.0, other.0);
        let low = Double::sum(self.1, other.1);
        let first = Double::sum(high.0, high.1 + low.0);
        Double::sum(first.0, first.1 + low.1)
    }
}

impl Neg for Double {
    type Output = Double;
    fn neg(self) -> Double {
        Double(-self.0, -self.1)
    }
}

impl Sub for Double {
    type Output = Double;
    fn sub(self, other: Double) -> Double {
        self + -other
    }
}

impl Mul for Double {
    type Output = Double;
    fn mul(self, other: Double) -> Double {
        let product = self.0 * other.0;
        let error = self.0.mul_add(other.0, -product);
        Double::sum(product, error + (self.0 * other.1 + self.1 * other.0))
    }
}

impl Div for Double {
    type Output = Double;
    fn div(self, other: Double) -> Double {
        let first = self.0 / other.0;
        let rest = self - other * Double(first, 0.0);
        let second = rest.0 / other.0;
        let rest = rest - other * Double(second, 0.0);
        Double::sum(first, second) + Double(rest.0 / other.0, 0.0)
    }
}

/// A complex number of such parts.
#[derive(Clone, Copy)]
struct Pair {
    re: Double,
    im: Double,
}

impl Pair {
    const ZERO: Pair = Pair { re: Double::ZERO, im: Double::ZERO };
    const ONE: Pair = Pair { re: Double(1.0, 0.0), im: Double::ZERO };

    fn norm(self) -> f64 {
        self.re.0.hypot(self.im.0)
    }
}

impl From<Complex<f64>> for Pair {
    fn from(value: Complex<f64>) -> Self {
        Pair { re: Double(value.re, 0.0), im: Double(value.im, 0.0) }
    }
}

impl From<Pair> for Complex<f64> {
    fn from(value: Pair) -> Self {
        Complex::new(value.re.0, value.im.0)
    }
}

impl Add for Pair {
    type Output = Pair;
    fn add(self, other: Pair) -> Pair {
        Pair { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Sub for Pair {
    type Output = Pair;
    fn sub(self, other: Pair) -> Pair {
        Pair { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Mul for Pair {
    type Output = Pair;
    fn mul(self, other: Pair) -> Pair {
        Pair { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl Div for Pair {
    type Output = Pair;
    fn div(self, other: Pair) -> Pair {
        let scale = other.re * other.re + other.im * other.im;
        let product = self * Pair { re: other.re, im: -other.im };
        Pair { re: product.re / scale, im: product.im / scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_are_those_of_the_definition() {
        // Thomson's polynomials: s³ + 6s² + 15s + 15.
        assert_eq!(reverse_bessel(3), [15, 15, 6, 1]);
        // (2N)! / (2^N N!) is the product of the odd numbers below 2N.
        assert_eq!(reverse_bessel(25)[0], (1..50).step_by(2).product::<u128>());
    }

    #[test]
    fn poles_sum_to_minus_the_second_coefficient() {
        for order in 1..=25 {
            let (poles, _) = bessel_poles(order);
            let sum: Complex<f64> = poles.iter().sum();
            let expected = (order * (order + 1)) as f64 / 2.0;
            approx::assert_relative_eq!(-sum.re, expected, max_relative = 1e-14);
            assert!(sum.im.abs() < 1e-12);
        }
    }
}
