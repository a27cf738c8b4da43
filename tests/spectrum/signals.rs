//! The signals that `tests/peers/spectra.py` has too, and others.

use ndaudio::ndarray::{Array2, ArrayRef, Dimension, s};
use ndaudio::spectrum::Real;

/// The sample rate that the script assumes.
pub(crate) const RATE: u32 = 22_050;

/// Noise of 16 bits: the top ones of a linear congruential generator with the constants of Numerical Recipes.
pub(crate) fn integers(frames: usize, channels: usize) -> Array2<i16> {
    let mut state = 12_345_u32;
    Array2::from_shape_simple_fn((frames, channels), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, _, low, high] = state.to_le_bytes();
        i16::from_le_bytes([low, high])
    })
}

/// The noise on the scale of floats.
pub(crate) fn noise(frames: usize, channels: usize) -> Array2<f64> {
    integers(frames, channels).mapv(|sample| f64::from(sample) / 32_768.0)
}

/// `soundfile.read("data/music.wav", start=100_000, frames=500)`.
pub(crate) fn music() -> Array2<f64> {
    let (samples, _) = ndaudio::read::<f64>("data/music.wav").unwrap();
    samples.slice(s![100_000..100_500, ..]).to_owned()
}

/// Whether no two numbers differ by more than `tolerance` × `scale`, where the scale is 1 or the larger of the two.
fn all_close<T: Real, D: Dimension>(a: &ArrayRef<T, D>, b: &ArrayRef<T, D>, scaled: bool, tolerance: f64) {
    assert_eq!(a.shape(), b.shape());
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a.to_f64().unwrap(), b.to_f64().unwrap());
        let scale = if scaled { a.abs().max(b.abs()) } else { 1.0 };
        assert!((a - b).abs() <= tolerance * scale, "{a:e} and {b:e} differ by {:e}", a - b);
    }
}

/// Asserts that no two numbers differ by more.
pub(crate) fn assert_close<T: Real, D: Dimension>(a: &ArrayRef<T, D>, b: &ArrayRef<T, D>, tolerance: f64) {
    all_close(a, b, false, tolerance);
}

/// Asserts that no two numbers differ by a larger share of them.
pub(crate) fn assert_near<T: Real, D: Dimension>(a: &ArrayRef<T, D>, b: &ArrayRef<T, D>, share: f64) {
    all_close(a, b, true, share);
}
