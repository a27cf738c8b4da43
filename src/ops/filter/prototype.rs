//! Analog low-pass prototypes at 1 rad/s.
//!
//! Sources: `buttap`, `cheb1ap`, `cheb2ap`, `ellipap` and `besselap` of `scipy.signal`, and what these cite: Orfanidis, "Lecture notes on
//! elliptic filter design" (2006).

use std::f64::consts::PI;

use num_complex::Complex;

use super::bessel_poles::bessel_poles;
use super::elliptic_functions::{arc_sc_complementary, complete, complete_complementary, degree_equation, jacobi};
use super::family::BesselNorm;
use super::zpk::{Zpk, product_negated};

/// The angles π·m / 2N for m = −N + 1, −N + 3, … N − 1.
fn angles(order: usize) -> impl Iterator<Item = f64> {
    (0..order).map(move |index| PI * (1.0 - order as f64 + 2.0 * index as f64) / (2.0 * order as f64))
}

/// 10^(decibels / 10) − 1, exact for small ones.
fn power_minus_1(decibels: f64) -> f64 {
    (0.1 * decibels * std::f64::consts::LN_10).exp_m1()
}

/// Re Π −roots.
fn gain_of(roots: &[Complex<f64>]) -> f64 {
    product_negated(roots).re
}

pub(super) fn butterworth(order: usize) -> Zpk {
    let poles = angles(order).map(|angle| -Complex::from_polar(1.0, angle)).map(clean).collect();
    Zpk { zeros: Vec::new(), poles, gain: 1.0 }
}

/// The pole of an odd order that is real is exactly so.
fn clean(pole: Complex<f64>) -> Complex<f64> {
    if pole.im.abs() <= f64::EPSILON * pole.norm() { Complex::new(pole.re, 0.0) } else { pole }
}

pub(super) fn chebyshev1(order: usize, ripple: f64) -> Zpk {
    let epsilon = power_minus_1(ripple).sqrt();
    let mu = (1.0 / epsilon).asinh() / order as f64;
    let poles: Vec<_> = angles(order).map(|angle| -Complex::new(mu, angle).sinh()).collect();
    let mut gain = gain_of(&poles);
    if order.is_multiple_of(2) {
        gain /= (1.0 + epsilon * epsilon).sqrt();
    }
    Zpk { zeros: Vec::new(), poles, gain }
}

pub(super) fn chebyshev2(order: usize, attenuation: f64) -> Zpk {
    let mu = power_minus_1(attenuation).sqrt().asinh() / order as f64;
    let middle = |index: &usize| order % 2 == 1 && *index == order / 2;
    let zeros: Vec<_> = angles(order)
        .enumerate()
        .filter(|(index, _)| !middle(index))
        .map(|(_, angle)| Complex::new(0.0, 1.0 / angle.sin()))
        .collect();
    let poles: Vec<_> = angles(order).map(|angle| -Complex::new(mu, angle).sinh().inv()).collect();
    let gain = (product_negated(&poles) / product_negated(&zeros)).re;
    Zpk { zeros, poles, gain }
}

pub(super) fn elliptic(order: usize, ripple: f64, attenuation: f64) -> Zpk {
    let epsilon_squared = power_minus_1(ripple);
    if order == 1 {
        let pole = -(1.0 / epsilon_squared).sqrt();
        return Zpk { zeros: Vec::new(), poles: vec![Complex::new(pole, 0.0)], gain: -pole };
    }
    let epsilon = epsilon_squared.sqrt();
    // The parameters m = k² of the elliptic functions: of discrimination, and of selectivity.
    let discrimination = epsilon_squared / power_minus_1(attenuation);
    let selectivity =
        degree_equation(order, discrimination, complete(discrimination), complete_complementary(discrimination));
    let quarter = complete(selectivity);
    let imaginary =
        quarter * arc_sc_complementary(1.0 / epsilon, discrimination) / (order as f64 * complete(discrimination));
    let across = jacobi(imaginary, 1.0 - selectivity);

    let (mut zeros, mut poles) = (Vec::new(), Vec::new());
    for index in (1 - order % 2..order).step_by(2) {
        let along = jacobi(index as f64 * quarter / order as f64, selectivity);
        let real = index == 0;
        if !real {
            let zero = Complex::new(0.0, 1.0 / (selectivity.sqrt() * along.sn));
            zeros.extend([zero, zero.conj()]);
        }
        let denominator = 1.0 - (along.dn * across.sn).powi(2);
        let re = -along.cn * along.dn * across.sn * across.cn / denominator;
        let im = -along.sn * across.dn / denominator;
        if real {
            poles.push(Complex::new(re, 0.0));
        } else {
            poles.extend([Complex::new(re, im), Complex::new(re, -im)]);
        }
    }
    let mut gain = (product_negated(&poles) / product_negated(&zeros)).re;
    if order.is_multiple_of(2) {
        gain /= (1.0 + epsilon_squared).sqrt();
    }
    Zpk { zeros, poles, gain }
}

pub(super) fn bessel(order: usize, norm: BesselNorm) -> Zpk {
    let (mut poles, constant) = bessel_poles(order);
    let scale = |poles: &mut [Complex<f64>], factor: f64| poles.iter_mut().for_each(|pole| *pole *= factor);
    let gain = match norm {
        BesselNorm::Delay => constant,
        BesselNorm::Phase => {
            scale(&mut poles, 10_f64.powf(-constant.log10() / order as f64));
            1.0
        }
        BesselNorm::Magnitude => {
            let cutoff = minus_3_db(&poles, constant);
            scale(&mut poles, 1.0 / cutoff);
            constant / (0..order).map(|_| cutoff).product::<f64>()
        }
    };
    Zpk { zeros: Vec::new(), poles, gain }
}

/// The frequency in rad/s at which the power of an all-pole filter, which falls steadily from 1, is half.
fn minus_3_db(poles: &[Complex<f64>], constant: f64) -> f64 {
    let gain = |frequency: f64| {
        constant / poles.iter().map(|pole| (Complex::new(0.0, frequency) - pole).norm()).product::<f64>()
    };
    let (mut low, mut high) = (0.0, 1.0);
    while gain(high) > std::f64::consts::FRAC_1_SQRT_2 {
        high *= 2.0;
    }
    // Halving an interval of doubles comes to an end: below 1100 steps, and 53 or so here.
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if gain(middle) > std::f64::consts::FRAC_1_SQRT_2 { low = middle } else { high = middle }
    }
}
