//! Signals for tests, the same wherever they are made: integer arithmetic only, so that a script in another language has them too.

use ndarray::{Array2, s};

/// Noise of 16 bits: the top ones of a linear congruential generator with the constants of Numerical Recipes.
pub(crate) fn noise(frames: usize, channels: usize) -> Array2<i16> {
    let mut state = 12_345_u32;
    Array2::from_shape_simple_fn((frames, channels), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, _, low, high] = state.to_le_bytes();
        i16::from_le_bytes([low, high])
    })
}

/// Noise of each of `bursts`, first frame, frame after the last, channel and right shift (0 from 16 on), and the
/// sign of the noise elsewhere: −1 or 0.
pub(crate) fn bursts(frames: usize, channels: usize, bursts: &[(usize, usize, usize, u32)]) -> Array2<i16> {
    let mut shifts = Array2::from_elem((frames, channels), 15_u32);
    for &(first, last, channel, shift) in bursts {
        shifts.slice_mut(s![first..last, channel]).fill(shift);
    }
    let mut signal = noise(frames, channels);
    signal.zip_mut_with(&shifts, |sample, shift| *sample = sample.checked_shr(*shift).unwrap_or(0));
    signal
}
