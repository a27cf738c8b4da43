//! What the operations are given: the same samples wherever they are made, from integer arithmetic alone.

use ndaudio::Sample;
use ndaudio::ndarray::{Array2, Ix2, ShapeBuilder};
use num_traits::NumCast;

/// Numerical Recipes' quick generator.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }
}

/// How strong the samples are, and what is among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Noise 20 dB below full scale, fading to silence and back.
    Quiet,
    /// Noise of full scale with runs of clipped samples, and of floats some beyond it.
    Loud,
    /// Noise with the values at which something could go wrong: of floats NaN, infinities, subnormal numbers and both zeros.
    Corners,
}

pub(crate) const KINDS: [Kind; 3] = [Kind::Quiet, Kind::Loud, Kind::Corners];

pub(crate) fn signal<T: Sample>(kind: Kind, frames: usize, channels: usize) -> Array2<T> {
    let mut random = Random(kind as u32 * 77 + channels as u32);
    let mut run = 0;
    Array2::from_shape_fn((frames, channels), |(frame, _)| {
        let noise = (random.next() >> 1 << 1).cast_signed();
        match kind {
            Kind::Quiet => {
                let shift = if frame / 512 % 4 == 3 { 27 } else { 3 };
                (noise >> shift).convert()
            }
            Kind::Loud => {
                if run == 0 && random.next() >> 24 == 0 {
                    run = 1 + (random.next() >> 28);
                }
                if run > 0 {
                    run -= 1;
                    let full: T = if noise < 0 { i32::MIN } else { i32::MAX }.convert();
                    // Integers keep their type's own extremes; floats go beyond full scale.
                    return if T::IS_FLOAT {
                        full * <T as NumCast>::from(1.5).unwrap()
                    } else {
                        extreme::<T>(noise < 0)
                    };
                }
                noise.convert()
            }
            Kind::Corners => {
                let corners = corners::<T>();
                match (random.next() >> 20) as usize % 40 {
                    index if index < corners.len() => corners[index],
                    _ => noise.convert(),
                }
            }
        }
    })
}

fn extreme<T: Sample>(negative: bool) -> T {
    <T as NumCast>::from(if negative { -T::FULL_SCALE } else { T::FULL_SCALE - 1.0 }).unwrap()
}

fn corners<T: Sample>() -> Vec<T> {
    let values: &[f64] = if T::IS_FLOAT {
        &[
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5 / 32_768.0,
            -0.5 / 32_768.0,
            1.5 / 32_768.0,
            -2.5 / 32_768.0,
            1e-40,
            -1e30,
        ]
    } else {
        let full = T::FULL_SCALE;
        &[-full, full - 1.0, 1.0 - full, 0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0]
    };
    // Out of range of `f32` is infinite there.
    values.iter().filter_map(|&value| <T as NumCast>::from(value)).collect()
}

/// The same samples in column-major order.
pub(crate) fn planar<T: Sample>(samples: &Array2<T>) -> Array2<T> {
    let mut planar = Array2::<T>::zeros(samples.raw_dim().f());
    planar.assign(samples);
    planar
}

/// The same samples as every second frame and every second channel of a larger array, which no slice is.
pub(crate) fn scattered<T: Sample>(samples: &Array2<T>) -> Array2<T> {
    let (frames, channels) = samples.dim();
    let mut larger = Array2::<T>::zeros(Ix2(2 * frames, 2 * channels));
    larger.slice_mut(ndaudio::ndarray::s![..;2, ..;2]).assign(samples);
    larger
}
