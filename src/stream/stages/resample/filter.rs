//! The low-pass filter between two sample rates.

use std::f64::consts::PI;

use crate::fft::{Transform, kaiser};

/// The transform of a windowed sinc whose middle is frame 0, so that all of it is real, over 2 × `bins` − 2 frames at the rate of the source.
///
/// `len` frames long, it is flat to `cutoff` of half the source's rate less half its transition, and `stop` dB down from `cutoff` and half of it on. It is scaled so
/// that a transform back without a factor gives the samples their size.
///
/// Source: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (1974), for β of an attenuation.
#[expect(clippy::cast_precision_loss, reason = "lengths of filters are far below 2^53")]
pub(super) fn response(frames: usize, len: usize, cutoff: f64, stop: f64) -> Vec<f64> {
    let beta = 0.1102 * (stop - 8.7);
    let half = len / 2;
    let tap = |frame: usize| {
        let x = PI * cutoff * frame as f64;
        let sinc = if frame == 0 { 1.0 } else { x.sin() / x };
        sinc * kaiser(beta, frame as f64 / half as f64)
    };
    let mut taps = vec![0.0; frames];
    for frame in 0..half {
        let tap = tap(frame);
        taps[frame] = tap;
        taps[(frames - frame) % frames] = tap;
    }
    let scale = 1.0 / (taps.iter().sum::<f64>() * frames as f64);
    let fft = f64::plan(frames);
    let (mut bins, mut scratch) =
        (vec![Default::default(); frames / 2 + 1], vec![Default::default(); fft.scratch_len()]);
    fft.forward(&mut taps, &mut bins, &mut scratch);
    bins.iter().map(|bin| scale * bin.re).collect()
}

/// How wide the transition of a filter of `len` frames is, in parts of half the rate.
///
/// Source: as [`response`].
#[expect(clippy::cast_precision_loss, reason = "lengths of filters are far below 2^53")]
pub(super) fn transition(len: usize, stop: f64) -> f64 {
    (stop - 7.95) / (7.18 * len as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flat up to half a transition before the cutoff, and as far down as asked for from half of it on after the cutoff.
    #[test]
    fn the_response_is_flat_and_then_gone() {
        let (frames, len, cutoff, stop) = (8192, 640, 0.5, 140.0);
        let half_a_transition = transition(len, stop) / 2.0;
        let gains: Vec<f64> = response(frames, len, cutoff, stop).iter().map(|bin| bin * frames as f64).collect();
        // A decibel of tolerance, for a rule that Kaiser fitted.
        let ripple = 10_f64.powf(-(stop - 1.0) / 20.0);
        for (bin, gain) in gains.iter().enumerate() {
            let frequency = bin as f64 / (frames / 2) as f64;
            if frequency <= cutoff - half_a_transition {
                assert!((gain - 1.0).abs() <= ripple, "{gain:e} at {frequency}");
            } else if frequency >= cutoff + half_a_transition {
                assert!(gain.abs() <= ripple, "{gain:e} at {frequency}");
            }
        }
        // 71.8 dB more than 7.95 of 10 frames, at 7.18 dB a frame.
        approx::assert_relative_eq!(transition(10, 79.75), 1.0, max_relative = 1e-12);
    }
}
