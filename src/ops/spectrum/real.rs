//! The number types that spectra are computed in.

use num_traits::Float;

use crate::fft::Transform;
use crate::pcm::Sample;

/// A number type that spectra are computed in: `f32` or `f64`. Sealed.
///
/// `f32` is twice as fast and good for about 2 × 10^−7 of the largest bin, which is 130 dB below it; `f64` for 10^−16.
pub trait Real: Sample + Float + Transform {}

impl Real for f32 {}
impl Real for f64 {}
