//! How long a filter remembers.

use super::sos::Sos;

/// Frames of impulse response whose magnitudes are summed together.
const BLOCK: usize = 256;
/// The longest memory that is looked for: 87 s at 48 kHz.
const MAX_FRAMES: usize = 1 << 22;

pub(super) fn settling_frames(sos: &Sos, error: f64) -> Option<u64> {
    let mut state = sos.state(1);
    let mut sums = Vec::new();
    let mut response = [0.0; BLOCK];
    response[0] = 1.0;
    while sums.len() * BLOCK < MAX_FRAMES {
        state.filter_interleaved(&mut response);
        let sum: f64 = response.iter().map(|value| value.abs()).sum();
        if !sum.is_finite() {
            return None;
        }
        sums.push(sum);
        // What decays this far in one block, or has decayed this far, leaves a tail that the sum below cannot see. Two blocks in a row,
        // since one may lie in the silence of a filter that answers late.
        if sums.len() > 2 && sums[sums.len() - 2..].iter().all(|&sum| sum < error * 1e-6) {
            let mut tail = 0.0;
            let settled = sums.iter().rev().take_while(|&&sum| {
                tail += sum;
                tail < error
            });
            return Some(((sums.len() - settled.count()) * BLOCK) as u64);
        }
        response.fill(0.0);
    }
    None
}
