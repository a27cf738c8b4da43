//! Real numbers as half as many complex ones.

use multiversion::multiversion;
use num_complex::Complex;
use num_traits::Float;

use crate::pcm::Sample;

/// Turns the transform of pairs of N real numbers, N/2 bins, into the N/2 + 1 bins of the numbers themselves.
///
/// With Z that transform, the numbers at even places have the transform (Z\[k\] + Z̄\[−k\]) / 2, those at odd places the rest, a quarter
/// turned; bins k and N/2 − k need the same four numbers. A loop of our own, because it is compiled for wide registers.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn take_apart<T: Sample + Float>(bins: &mut [Complex<T>], twiddles: &[Complex<T>]) {
    let half = bins.len() - 1;
    let dc = bins[0];
    bins[0] = Complex::new(dc.re + dc.im, T::zero());
    bins[half] = Complex::new(dc.re - dc.im, T::zero());
    let scale = T::from_f64_scale(0.5);
    let (low, high) = bins[1..half].split_at_mut(twiddles.len());
    for ((a, b), &turn) in low.iter_mut().zip(high.iter_mut().rev()).zip(twiddles) {
        let (sum_re, sum_im) = (scale * (a.re + b.re), scale * (a.im - b.im));
        let (rest_re, rest_im) = (a.re - b.re, a.im + b.im);
        let (odd_re, odd_im) = (turn.re * rest_re - turn.im * rest_im, turn.re * rest_im + turn.im * rest_re);
        *a = Complex::new(sum_re + odd_re, sum_im + odd_im);
        *b = Complex::new(sum_re - odd_re, odd_im - sum_im);
    }
    if half.is_multiple_of(2) {
        bins[half / 2].im = -bins[half / 2].im;
    }
}

/// Undoes [`take_apart`], times two; the last bin is used up.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn put_together<T: Sample + Float>(bins: &mut [Complex<T>], twiddles: &[Complex<T>]) {
    let half = bins.len() - 1;
    let (dc, nyquist) = (bins[0].re, bins[half].re);
    bins[0] = Complex::new(dc + nyquist, dc - nyquist);
    let two = T::from_f64_scale(2.0);
    let (low, high) = bins[1..half].split_at_mut(twiddles.len());
    for ((a, b), &turn) in low.iter_mut().zip(high.iter_mut().rev()).zip(twiddles) {
        let (sum_re, sum_im) = (a.re + b.re, a.im - b.im);
        let (rest_re, rest_im) = (two * (a.re - b.re), two * (a.im + b.im));
        let (odd_re, odd_im) = (turn.re * rest_re + turn.im * rest_im, turn.re * rest_im - turn.im * rest_re);
        *a = Complex::new(sum_re + odd_re, sum_im + odd_im);
        *b = Complex::new(sum_re - odd_re, odd_im - sum_im);
    }
    if half.is_multiple_of(2) {
        let middle = &mut bins[half / 2];
        *middle = Complex::new(two * middle.re, -(two * middle.im));
    }
}
