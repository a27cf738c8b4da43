//! From zeros, poles and gain to second-order sections.
//!
//! The order of sections and the zeros that go with each pole decide how large values inside the cascade become. This follows
//! `scipy.signal.zpk2sos(pairing="nearest")` step by step, so that sections can be compared with it number by number.

use num_complex::Complex;

use super::sos::Sos;
use super::zpk::Zpk;

/// How far apart a root and its conjugate's conjugate may be, relative to their magnitude. Source: scipy's `_cplxreal`.
const TOLERANCE: f64 = 100.0 * f64::EPSILON;

pub(super) fn pair(zpk: &Zpk) -> Sos {
    if zpk.zeros.is_empty() && zpk.poles.is_empty() {
        return Sos::from_sections([[zpk.gain, 0.0, 0.0, 1.0, 0.0, 0.0]]);
    }
    let count = zpk.zeros.len().max(zpk.poles.len());
    // Zeros and poles at 0 make both equally many, and even.
    let padded = count.next_multiple_of(2);
    let complete = |roots: &[Complex<f64>]| {
        let mut roots = roots.to_vec();
        roots.resize(padded, Complex::ZERO);
        upper_half(roots)
    };
    let (mut zeros, mut poles) = (complete(&zpk.zeros), complete(&zpk.poles));
    let mut sections = vec![[0.0; 6]; padded / 2];
    for section in sections.iter_mut().rev() {
        let first = poles.remove(closest_to_circle(&poles, |_| true).expect("two roots for every section"));
        if is_real(first) && !poles.iter().any(|&pole| is_real(pole)) {
            // The last real pole: a section of first order, with a zero and a pole at 0.
            let zero = take_nearest(&mut zeros, first, is_real);
            *section = coefficients([zero, Complex::ZERO], [first, Complex::ZERO]);
            continue;
        }
        let only_one_real = |roots: &[Complex<f64>]| roots.iter().filter(|&&root| is_real(root)).count() == 1;
        if poles.len() + 1 == zeros.len() && !is_real(first) && only_one_real(&poles) && only_one_real(&zeros) {
            // The one real zero that is left must stay for the one real pole that is left.
            let zero = take_nearest(&mut zeros, first, |root| !is_real(root));
            *section = coefficients([zero, zero.conj()], [first, first.conj()]);
            continue;
        }
        let second = if is_real(first) {
            poles.remove(closest_to_circle(&poles, is_real).expect("another real pole is left"))
        } else {
            first.conj()
        };
        let zero = take_nearest(&mut zeros, first, |_| true);
        let other = if is_real(zero) { take_nearest(&mut zeros, first, is_real) } else { zero.conj() };
        *section = coefficients([zero, other], [first, second]);
    }
    for coefficient in &mut sections[0][..3] {
        *coefficient *= zpk.gain;
    }
    Sos::from_sections(sections)
}

fn is_real(root: Complex<f64>) -> bool {
    root.im == 0.0
}

/// The index of the root closest to the unit circle, of those that are wanted; the first where several are.
fn closest_to_circle(roots: &[Complex<f64>], wanted: impl Fn(Complex<f64>) -> bool) -> Option<usize> {
    let distance = |root: Complex<f64>| (1.0 - root.norm()).abs();
    let candidates = roots.iter().enumerate().filter(|&(_, &root)| wanted(root));
    candidates.min_by(|(_, a), (_, b)| distance(**a).total_cmp(&distance(**b))).map(|(index, _)| index)
}

/// Takes the root nearest to another, of those that are wanted.
///
/// # Panics
/// If there is none, which the number of zeros and poles excludes.
#[track_caller]
fn take_nearest(
    roots: &mut Vec<Complex<f64>>,
    to: Complex<f64>,
    wanted: impl Fn(Complex<f64>) -> bool,
) -> Complex<f64> {
    let distance = |root: Complex<f64>| (root - to).norm();
    let candidates = roots.iter().enumerate().filter(|&(_, &root)| wanted(root));
    let nearest = candidates.min_by(|(_, a), (_, b)| distance(**a).total_cmp(&distance(**b))).map(|(index, _)| index);
    roots.remove(nearest.expect("a zero is left for every pole"))
}

/// 1, −(a + b), ab of zeros, then of poles.
fn coefficients(zeros: [Complex<f64>; 2], poles: [Complex<f64>; 2]) -> [f64; 6] {
    let polynomial = |[a, b]: [Complex<f64>; 2]| [1.0, -a.re - b.re, (a * b).re];
    let ([b0, b1, b2], [a0, a1, a2]) = (polynomial(zeros), polynomial(poles));
    [b0, b1, b2, a0, a1, a2]
}

/// One of each pair of conjugates, the one above the real axis, in order; then the real roots.
///
/// # Panics
/// Unless every complex root comes with its conjugate.
#[track_caller]
fn upper_half(mut roots: Vec<Complex<f64>>) -> Vec<Complex<f64>> {
    let by_imaginary = |a: &Complex<f64>, b: &Complex<f64>| a.im.abs().total_cmp(&b.im.abs());
    roots.sort_by(|a, b| a.re.total_cmp(&b.re).then_with(|| by_imaginary(a, b)));
    let (real, complex): (Vec<_>, Vec<_>) = roots.iter().partition(|root| root.im.abs() <= TOLERANCE * root.norm());
    let (mut upper, mut lower): (Vec<_>, Vec<_>) = complex.into_iter().partition(|root: &Complex<f64>| root.im > 0.0);
    assert!(upper.len() == lower.len(), "every complex root must come with its conjugate");
    // Roots whose real parts differ by rounding only may have come in different orders above and below the axis.
    let mut start = 0;
    while start < upper.len() {
        let same = |pair: &[Complex<f64>]| pair[1].re - pair[0].re <= TOLERANCE * pair[0].norm();
        let run = 1 + upper[start..].windows(2).take_while(|pair| same(pair)).count();
        upper[start..start + run].sort_by(by_imaginary);
        lower[start..start + run].sort_by(by_imaginary);
        start += run;
    }
    for (above, below) in upper.iter_mut().zip(&lower) {
        let distance = (*above - below.conj()).norm();
        assert!(
            distance <= TOLERANCE * below.norm(),
            "every complex root must come with its conjugate, and {above} does not"
        );
        *above = (*above + below.conj()) / 2.0;
    }
    upper.extend(real.iter().map(|root: &Complex<f64>| Complex::new(root.re, 0.0)));
    upper
}
