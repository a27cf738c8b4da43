//! The number types that spectra are computed in.

use num_traits::Float;

use crate::fft::Transform;
use crate::pcm::Sample;

/// A number type that spectra are computed in: `f32` or `f64`. Sealed.
///
/// `f32` is twice as fast and good for about 4 × 10^−7 of the largest bin, which is 128 dB below it; `f64` for a few 10^−15. Where the
/// length has large prime factors, `f32` is good for 10^−6, 120 dB. That is the worst of up to 100,000 samples, an impulse; of noise the
/// error is about half of that.
pub trait Real: Sample + Float + Transform {}

impl Real for f32 {}
impl Real for f64 {}
