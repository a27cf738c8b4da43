//! Loops over samples and bins.

use multiversion::multiversion;
use ndarray::ArrayRef2;
use num_complex::Complex;
use num_traits::Float;

use super::real::Real;
use crate::pcm::Sample;

/// The factor of powers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factors<T> {
    /// All bins but DC and Nyquist.
    inner: T,
    /// Whether the last bin is the Nyquist bin, which it is of even lengths.
    has_nyquist: bool,
}

impl<T: Real> Factors<T> {
    pub(super) fn new(inner: T, fft_len: usize) -> Self {
        Factors { inner, has_nyquist: fft_len.is_multiple_of(2) }
    }

    /// The factor of one bin of so many.
    pub(super) fn of(self, bin: usize, bins: usize) -> T {
        let single = bin == 0 || (self.has_nyquist && bin + 1 == bins);
        if single { T::one() } else { self.inner }
    }
}

/// Writes the samples of a channel times the weights.
pub(super) fn load<S: Sample, T: Real>(window: &ArrayRef2<S>, channel: usize, weights: &[T], out: &mut [T]) {
    let weighed = |sample: S, weight: T| sample.convert::<T>() * weight;
    let column = window.column(channel);
    match (window.as_slice(), window.ncols()) {
        (Some(samples), 2) => load_of_two(samples, channel, weights, out),
        (Some(samples), channels) if channels > 2 => {
            let samples = samples.iter().skip(channel).step_by(channels);
            for ((out, &sample), &weight) in out.iter_mut().zip(samples).zip(weights) {
                *out = weighed(sample, weight);
            }
        }
        _ => match column.as_slice() {
            Some(samples) => load_contiguous(samples, weights, out),
            None => {
                for ((out, &sample), &weight) in out.iter_mut().zip(column).zip(weights) {
                    *out = weighed(sample, weight);
                }
            }
        },
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn load_contiguous<S: Sample, T: Real>(samples: &[S], weights: &[T], out: &mut [T]) {
    for ((out, &sample), &weight) in out.iter_mut().zip(samples).zip(weights) {
        *out = sample.convert::<T>() * weight;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn load_of_two<S: Sample, T: Real>(samples: &[S], channel: usize, weights: &[T], out: &mut [T]) {
    let frames = samples.as_chunks::<2>().0;
    // The channel is known to the loop, so that it shuffles instead of gathering.
    if channel == 0 {
        for ((out, &[sample, _]), &weight) in out.iter_mut().zip(frames).zip(weights) {
            *out = sample.convert::<T>() * weight;
        }
    } else {
        for ((out, &[_, sample]), &weight) in out.iter_mut().zip(frames).zip(weights) {
            *out = sample.convert::<T>() * weight;
        }
    }
}

/// |X|² times the factors.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn power<T: Real>(line: &[Complex<T>], factors: Factors<T>, out: &mut [T]) {
    for (out, bin) in out.iter_mut().zip(line) {
        *out = factors.inner * (bin.re * bin.re + bin.im * bin.im);
    }
    let single = |bin: Complex<T>| bin.re * bin.re + bin.im * bin.im;
    if let (Some(out), Some(&dc)) = (out.first_mut(), line.first()) {
        *out = single(dc);
    }
    if let (Some(out), Some(&nyquist), true) = (out.last_mut(), line.last(), factors.has_nyquist) {
        *out = single(nyquist);
    }
}

/// |X|.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn magnitude<T: Real>(line: &[Complex<T>], out: &mut [T]) {
    for (out, bin) in out.iter_mut().zip(line) {
        *out = Float::sqrt(bin.re * bin.re + bin.im * bin.im);
    }
}

/// Adds |X|².
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn add_powers<T: Real>(line: &[Complex<T>], sums: &mut [f64]) {
    for (sum, bin) in sums.iter_mut().zip(line) {
        let (re, im) = (bin.re.to_f64_scale(), bin.im.to_f64_scale());
        *sum += re * re + im * im;
    }
}
