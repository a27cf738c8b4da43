//! The Fourier transform of real numbers. It is hidden in one private trait, so that another library can take its place.

mod aligned;
mod kaiser;
mod pairs;

use std::f64::consts::PI;
use std::sync::Arc;

use num_complex::Complex;
use num_traits::Float;
use rustfft::{FftNum, FftPlanner};

use crate::pcm::Sample;
pub(crate) use aligned::Aligned;
pub(crate) use kaiser::kaiser;
use pairs::{put_together, take_apart};

/// A planned transform of one length, forward and back.
#[cfg_attr(
    not(feature = "spectrum"),
    expect(unreachable_pub, reason = "a bound of the public `Real`, of feature `spectrum`")
)]
pub trait Fft<T>: Send + Sync {
    /// Numbers of scratch that either direction needs.
    fn scratch_len(&self) -> usize;

    /// Transforms `input`, and leaves rubbish in it: `output[k]` = Σ `input[n]` e^(−2πi·kn/N) for k from 0 to N/2.
    fn forward(&self, input: &mut [T], output: &mut [Complex<T>], scratch: &mut [Complex<T>]);

    /// Transforms back, without the factor 1/N, and leaves rubbish in `input`. Imaginary parts of DC and of the Nyquist bin, which no
    /// real signal has, are dropped.
    fn inverse(&self, input: &mut [Complex<T>], output: &mut [T], scratch: &mut [Complex<T>]);
}

/// A number type that transforms can be planned for.
#[cfg_attr(
    not(feature = "spectrum"),
    expect(unreachable_pub, reason = "a bound of the public `Real`, of feature `spectrum`")
)]
pub trait Transform: Sized {
    /// Plans transforms of `len` numbers.
    fn plan(len: usize) -> Arc<dyn Fft<Self>>;
}

/// The complex transforms that a real one is made of.
struct Rustfft<T> {
    forward: Arc<dyn rustfft::Fft<T>>,
    inverse: Arc<dyn rustfft::Fft<T>>,
}

impl<T: FftNum> Rustfft<T> {
    fn new(len: usize) -> Self {
        let mut planner = FftPlanner::new();
        Rustfft { forward: planner.plan_fft_forward(len), inverse: planner.plan_fft_inverse(len) }
    }
}

/// Of an even length N: samples in pairs are N/2 complex numbers, from whose transform that of the samples is taken apart.
///
/// Source: W. H. Press et al., "Numerical recipes", 3rd edition (2007), 12.3.2.
struct Even<T> {
    halves: Rustfft<T>,
    /// −i/2 · e^(−2πi·k/N) for k from 1 to below N/4.
    twiddles: Vec<Complex<T>>,
}

/// Of an odd length: complex numbers without imaginary parts.
struct Odd<T>(Rustfft<T>);

impl<T: Sample + Float + FftNum> Even<T> {
    fn new(len: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "lengths of transforms are far below 2^53")]
        let twiddle = |bin: usize| {
            let (sin, cos) = (2.0 * PI * bin as f64 / len as f64).sin_cos();
            Complex::new(T::from_f64_scale(-0.5 * sin), T::from_f64_scale(-0.5 * cos))
        };
        Even { halves: Rustfft::new(len / 2), twiddles: (1..len.div_ceil(4)).map(twiddle).collect() }
    }
}

impl<T: Sample + Float + FftNum> Fft<T> for Even<T> {
    fn scratch_len(&self) -> usize {
        let Rustfft { forward, inverse } = &self.halves;
        forward.get_outofplace_scratch_len().max(inverse.get_outofplace_scratch_len())
    }

    fn forward(&self, input: &mut [T], output: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        let half = input.len() / 2;
        let pairs = bytemuck::cast_slice_mut(input);
        self.halves.forward.process_outofplace_with_scratch(pairs, &mut output[..half], scratch);
        take_apart(output, &self.twiddles);
    }

    fn inverse(&self, input: &mut [Complex<T>], output: &mut [T], scratch: &mut [Complex<T>]) {
        let half = output.len() / 2;
        put_together(input, &self.twiddles);
        let pairs = bytemuck::cast_slice_mut(output);
        self.halves.inverse.process_outofplace_with_scratch(&mut input[..half], pairs, scratch);
    }
}

impl<T: Sample + Float + FftNum> Fft<T> for Odd<T> {
    fn scratch_len(&self) -> usize {
        let Rustfft { forward, inverse } = &self.0;
        forward.len() + forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len())
    }

    fn forward(&self, input: &mut [T], output: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        let (whole, scratch) = scratch.split_at_mut(input.len());
        whole.iter_mut().zip(&*input).for_each(|(to, &sample)| *to = Complex::new(sample, T::zero()));
        self.0.forward.process_with_scratch(whole, scratch);
        output.copy_from_slice(&whole[..output.len()]);
    }

    fn inverse(&self, input: &mut [Complex<T>], output: &mut [T], scratch: &mut [Complex<T>]) {
        let (whole, scratch) = scratch.split_at_mut(output.len());
        let (dc, others) = (input[0], &input[1..]);
        whole[0] = Complex::new(dc.re, T::zero());
        whole[1..=others.len()].copy_from_slice(others);
        whole.iter_mut().rev().zip(others).for_each(|(mirrored, bin)| *mirrored = bin.conj());
        self.0.inverse.process_with_scratch(whole, scratch);
        output.iter_mut().zip(&*whole).for_each(|(sample, number)| *sample = number.re);
    }
}

macro_rules! with_rustfft {
    ($type:ty) => {
        impl Transform for $type {
            fn plan(len: usize) -> Arc<dyn Fft<Self>> {
                if len.is_multiple_of(2) { Arc::new(Even::new(len)) } else { Arc::new(Odd(Rustfft::new(len))) }
            }
        }
    };
}

with_rustfft!(f32);
with_rustfft!(f64);
