//! The Fourier transform of real numbers. It is hidden in one private trait, so that another library can take its place.

use std::sync::Arc;

use num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// A planned transform of one length, forward and back.
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
pub trait Transform: Sized {
    /// Plans transforms of `len` numbers.
    fn plan(len: usize) -> Arc<dyn Fft<Self>>;
}

struct Realfft<T> {
    forward: Arc<dyn RealToComplex<T>>,
    inverse: Arc<dyn ComplexToReal<T>>,
}

macro_rules! with_realfft {
    ($type:ty) => {
        impl Transform for $type {
            fn plan(len: usize) -> Arc<dyn Fft<Self>> {
                let mut planner = RealFftPlanner::new();
                Arc::new(Realfft { forward: planner.plan_fft_forward(len), inverse: planner.plan_fft_inverse(len) })
            }
        }

        impl Fft<$type> for Realfft<$type> {
            fn scratch_len(&self) -> usize {
                self.forward.get_scratch_len().max(self.inverse.get_scratch_len())
            }

            fn forward(&self, input: &mut [$type], output: &mut [Complex<$type>], scratch: &mut [Complex<$type>]) {
                let done = self.forward.process_with_scratch(input, output, scratch);
                debug_assert!(done.is_ok(), "{done:?}");
            }

            fn inverse(&self, input: &mut [Complex<$type>], output: &mut [$type], scratch: &mut [Complex<$type>]) {
                if let Some(dc) = input.first_mut() {
                    dc.im = 0.0;
                }
                if let Some(nyquist) = input.last_mut().filter(|_| output.len().is_multiple_of(2)) {
                    nyquist.im = 0.0;
                }
                let done = self.inverse.process_with_scratch(input, output, scratch);
                debug_assert!(done.is_ok(), "{done:?}");
            }
        }
    };
}

with_realfft!(f32);
with_realfft!(f64);
