//! Hybrid millidecades.

use super::filter_bank::FilterBank;
use crate::ops::spectrum::check_rate;

/// Returns hybrid millidecades: bins as they are where they are wider than a thousandth of a decade, millidecades above; up to half the sample rate.
///
/// With bins of 1 Hz the change is at 435 Hz, and 48 kHz have 2178 bands. The bands of MANTA and PyPAM, the latter's `get_hybrid_millidecade_limits([0, sample_rate / 2], fft_len)`. They are
/// published as mean densities, which [`per_hertz`](FilterBank::per_hertz) gives.
///
/// # Panics
/// Unless `sample_rate` is above 0 and finite and `fft_len >= 1`.
///
/// Source: S. B. Martin et al., "Hybrid millidecade spectra: a practical format for exchange of long-term ambient sound data", JASA Express Letters 1, 011203 (2021);
/// C. A. Miksis-Olds et al., "Ocean Sound Analysis Software for Making Ambient Noise Trends Accessible (MANTA)", Frontiers in Marine Science 8 (2021).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of windows are far below 2^53")]
#[track_caller]
pub fn hybrid_millidecade(sample_rate: impl Into<f64>, fft_len: usize) -> FilterBank {
    let sample_rate = check_rate(sample_rate.into());
    assert!(fft_len >= 1, "fft_len (0) must be at least 1");
    let (bin, nyquist) = (sample_rate / fft_len as f64, sample_rate / 2.0);
    // The millidecades from 10 Hz on: 10^(1 + number / 1000) to 10^(1 + (number + 1) / 1000) Hz.
    let center = |number: i32| 10.0_f64.powf(1.0 + (f64::from(number) + 0.5) / 1000.0);
    let half_step = 10.0_f64.powf(1.0 / 2000.0);
    let (lower, upper) = (|number| center(number) / half_step, |number| center(number) * half_step);

    let mut number = 0;
    while upper(number) - lower(number) < bin {
        number += 1;
    }
    // From there on, where a bin and a millidecade lie closest together.
    let mut linear = (center(number) / bin).round_ties_even();
    let mut distance = f64::INFINITY;
    while (linear * bin - center(number)).abs() < distance {
        distance = (linear * bin - center(number)).abs();
        number += 1;
        linear += 1.0;
    }
    (number, linear) = (number - 1, linear - 1.0);
    if linear * bin > nyquist {
        linear = (nyquist / bin + 1.0).floor();
    }

    let mut edges = Vec::new();
    let mut centers = Vec::new();
    let mut index = 0.0;
    while index < linear {
        edges.push((index - 0.5) * bin);
        centers.push(index * bin);
        index += 1.0;
    }
    let mut end = (index - 0.5) * bin;
    while lower(number) < nyquist && end < nyquist {
        edges.push(lower(number));
        centers.push(center(number).min(nyquist));
        end = upper(number);
        number += 1;
    }
    edges.push(end.min(nyquist));
    let bands = edges.windows(2).zip(&centers).map(|(pair, &center)| [pair[0], center, pair[1]]);
    FilterBank::of_bands(sample_rate, fft_len, bands)
}
