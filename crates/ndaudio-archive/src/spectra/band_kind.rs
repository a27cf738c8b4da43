//! Kinds of bands.

use std::fmt;
use std::str::FromStr;

use datafusion::common::{DataFusionError, plan_datafusion_err};
use ndaudio::spectrum::bands::{FilterBank, decidecade, hybrid_millidecade, third_octave};
use serde::{Deserialize, Serialize};

/// The centre of the first third-octave and decidecade band in Hz. Fixed, so that a place in a list is the same band at every sample rate.
const FIRST_CENTER: f64 = 10.0;

/// How frequencies are divided into bands.
///
/// # Examples
/// ```
/// use ndaudio_archive::BandKind;
///
/// let kind: BandKind = "third_octave".parse()?;
/// let bank = kind.bank(48_000, 48_000).unwrap(); // bins of 1 Hz
/// assert_eq!(bank.bands(), 34); // 10 Hz to 20 kHz
/// assert!((bank.centers()[20] - 1000.0).abs() < 1e-9);
/// # Ok::<(), ndaudio_archive::datafusion::common::DataFusionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BandKind {
    /// Third octaves of base 10 (IEC 61260-1) from 10 Hz up to the last that lies below half the sample rate.
    ThirdOctave,
    /// Decidecades (ISO 18405) from 10 Hz up to the last that lies below half the sample rate.
    Decidecade,
    /// Hybrid millidecades: the bins themselves, and millidecades where those are wider.
    HybridMillidecade,
}

impl BandKind {
    /// The bands of densities with transforms of `fft_len` frames; `None` if no band lies below half the sample rate.
    #[must_use]
    pub fn bank(self, sample_rate: u32, fft_len: usize) -> Option<FilterBank> {
        let nyquist = f64::from(sample_rate) / 2.0;
        // Both kinds have the centres 10^(n/10) Hz, and reach half a step to either side.
        let last = 10.0_f64.powf((10.0 * nyquist.log10() - 0.5).floor() / 10.0);
        // A band is found by any frequency inside it, so rounding of the centres does no harm.
        let range = FIRST_CENTER..last * 1.01;
        let any = sample_rate > 0 && fft_len > 0;
        let whole = any && last * 1.01 >= FIRST_CENTER;
        match self {
            BandKind::ThirdOctave => whole.then(|| third_octave(sample_rate, fft_len, range)),
            BandKind::Decidecade => whole.then(|| decidecade(sample_rate, fft_len, range)),
            BandKind::HybridMillidecade => any.then(|| hybrid_millidecade(sample_rate, fft_len)),
        }
    }
}

impl fmt::Display for BandKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BandKind::ThirdOctave => "third_octave",
            BandKind::Decidecade => "decidecade",
            BandKind::HybridMillidecade => "hybrid_millidecade",
        })
    }
}

impl FromStr for BandKind {
    type Err = DataFusionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "third_octave" => Ok(BandKind::ThirdOctave),
            "decidecade" => Ok(BandKind::Decidecade),
            "hybrid_millidecade" => Ok(BandKind::HybridMillidecade),
            _ => Err(plan_datafusion_err!("bands are third_octave, decidecade or hybrid_millidecade: '{text}' is not")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BandKind;

    #[test]
    fn bands_begin_at_ten_hertz_and_end_below_half_the_sample_rate() {
        for kind in [BandKind::ThirdOctave, BandKind::Decidecade] {
            for sample_rate in [30, 250, 8000, 16_000, 44_100, 48_000, 96_000, 192_000, 384_000] {
                let bank = kind.bank(sample_rate, 4096).unwrap();
                let (centers, upper) = (bank.centers(), bank.upper_edges());
                let nyquist = f64::from(sample_rate) / 2.0;
                assert!((centers[0] - 10.0).abs() < 1e-9, "{kind} at {sample_rate} Hz: {}", centers[0]);
                let last = upper[upper.len() - 1];
                // The next band would reach beyond.
                assert!(last <= nyquist && last * 10.0_f64.powf(0.1) > nyquist, "{kind} at {sample_rate} Hz: {last}");
            }
            assert_eq!(kind.bank(20, 4096), None);
            assert_eq!(kind.bank(0, 4096), None);
        }
        // The published number of bands at 48 kHz with bins of 1 Hz.
        assert_eq!(BandKind::HybridMillidecade.bank(48_000, 48_000).unwrap().bands(), 2178);
    }

    #[test]
    fn names_are_read_back() {
        for kind in [BandKind::ThirdOctave, BandKind::Decidecade, BandKind::HybridMillidecade] {
            assert_eq!(kind.to_string().parse::<BandKind>().unwrap(), kind);
        }
        assert!("octave".parse::<BandKind>().unwrap_err().to_string().contains("hybrid_millidecade"));
    }
}
