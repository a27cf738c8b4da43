//! The options of `audio()` that ask for spectra.

use std::fmt;

use datafusion::common::{DataFusionError, Result, plan_datafusion_err, plan_err};
use serde::{Deserialize, Serialize};

use super::BandKind;
use crate::window::Window;

/// Frames of the longest transform: 90 s at 192 kHz. A typing error must not ask for gigabytes.
const MAX_FFT_LEN: u64 = 1 << 24;

/// Spectra of each window: densities, bands, or both.
///
/// The density of a row is that of Welch's method, `ndaudio::spectrum::welch`: transforms of `fft` frames with a Hann taper, from the
/// first frame of the window on and every `hop` frames further, as long as they fit.
///
/// # Examples
/// ```
/// use ndaudio_archive::{BandKind, Spectra, Window};
///
/// let spectra = Spectra::parse(&["bands=third_octave", "fft=4096 frames"])?.unwrap();
/// assert_eq!(spectra.bands, Some(BandKind::ThirdOctave));
/// assert_eq!((spectra.fft_len(48_000)?, spectra.hop(48_000)?), (4096, 2048));
/// assert_eq!(Spectra::parse(&[])?, None);
/// # Ok::<(), ndaudio_archive::datafusion::common::DataFusionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spectra {
    /// Adds the column `density`.
    pub density: bool,
    /// Adds the column `bands`.
    pub bands: Option<BandKind>,
    /// The length of a transform; 1 s unless something else is said, for bins of 1 Hz.
    pub fft: Window,
    /// From one transform to the next; half a transform unless something else is said.
    pub hop: Option<Window>,
}

impl Spectra {
    /// Reads options: `density`, `bands=KIND`, `fft=LENGTH`, `hop=LENGTH`. `None` of none.
    ///
    /// # Errors
    /// If an option is unknown or twice there, or if a transform is described that nothing asks for.
    pub fn parse(options: &[&str]) -> Result<Option<Self>> {
        let (mut density, mut bands, mut fft, mut hop) = (false, None, None, None);
        for option in options {
            let (name, value) = option.split_once('=').map_or((*option, None), |(name, value)| (name, Some(value)));
            let repeated = match (name.trim(), value) {
                ("density", None) => std::mem::replace(&mut density, true),
                ("bands", Some(kind)) => bands.replace(kind.parse()?).is_some(),
                ("fft", Some(length)) => fft.replace(transform_length(length)?).is_some(),
                ("hop", Some(length)) => hop.replace(transform_length(length)?).is_some(),
                _ => {
                    return plan_err!(
                        "options of audio() are 'density', 'bands=third_octave' (or decidecade, hybrid_millidecade), 'fft=1 s' and 'hop=0.5 s': '{option}' is not"
                    );
                }
            };
            if repeated {
                return plan_err!("the option {} is there twice", name.trim());
            }
        }
        if !density && bands.is_none() {
            return match (fft, hop) {
                (None, None) => Ok(None),
                _ => plan_err!("'fft=…' and 'hop=…' describe spectra: ask for 'density' or 'bands=third_octave' too"),
            };
        }
        Ok(Some(Spectra { density, bands, fft: fft.unwrap_or(Window::Seconds(1.0)), hop }))
    }

    /// The frames of a transform at a sample rate.
    ///
    /// # Errors
    /// If it is longer than 16,777,216 frames.
    pub fn fft_len(&self, sample_rate: u32) -> Result<usize> {
        frames(self.fft, sample_rate)
    }

    /// The frames from one transform to the next at a sample rate.
    ///
    /// # Errors
    /// If they, or those of a transform, are more than 16,777,216.
    pub fn hop(&self, sample_rate: u32) -> Result<usize> {
        match self.hop {
            Some(hop) => frames(hop, sample_rate),
            None => Ok(frames(self.fft, sample_rate)?.div_ceil(2)),
        }
    }
}

/// A length of a transform, which is not that of a file.
fn transform_length(text: &str) -> Result<Window> {
    match text.parse()? {
        Window::File => plan_err!("a transform has a length such as '1 s' or '4096 frames', not that of the file"),
        length => Ok(length),
    }
}

fn frames(length: Window, sample_rate: u32) -> Result<usize> {
    let too_long = || -> DataFusionError {
        plan_datafusion_err!("a transform of {length} at {sample_rate} Hz has more than {MAX_FFT_LEN} frames")
    };
    let frames = length.frames(sample_rate).filter(|&frames| frames <= MAX_FFT_LEN).ok_or_else(too_long)?;
    usize::try_from(frames).map_err(|_| too_long())
}

impl fmt::Display for Spectra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.density {
            f.write_str("density, ")?;
        }
        if let Some(kind) = self.bands {
            write!(f, "bands={kind}, ")?;
        }
        write!(f, "fft={}", self.fft)?;
        self.hop.map_or(Ok(()), |hop| write!(f, ", hop={hop}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Spectra;

    #[test]
    fn what_is_no_option_is_refused_with_those_that_are() {
        for (options, says) in [
            (&["loudness"][..], "'bands=third_octave'"),
            (&["density=yes"], "'bands=third_octave'"),
            (&["bands"], "'bands=third_octave'"),
            (&["bands=octave"], "decidecade"),
            (&["density", "density"], "twice"),
            (&["density", "fft=1 s", "fft=2 s"], "twice"),
            (&["fft=1 s"], "ask for 'density'"),
            (&["density", "fft=file"], "not that of the file"),
            (&["density", "hop=0 frames"], "'4096 frames'"),
        ] {
            let error = Spectra::parse(options).unwrap_err().to_string();
            assert!(error.contains(says), "{options:?}: {error}");
        }
    }

    #[test]
    fn lengths_follow_the_sample_rate_and_have_an_end() {
        let spectra = Spectra::parse(&["density"]).unwrap().unwrap();
        assert_eq!((spectra.fft_len(44_101).unwrap(), spectra.hop(44_101).unwrap()), (44_101, 22_051));
        let long = Spectra::parse(&["density", "fft=1 h"]).unwrap().unwrap();
        assert!(long.fft_len(192_000).unwrap_err().to_string().contains("16777216 frames"));
        assert!(long.fft_len(1000).is_ok());
    }

    #[test]
    fn settings_are_read_back_from_their_text() {
        for options in [&["density", "fft=4096 frames"][..], &["bands=decidecade", "fft=0.5 s", "hop=100 frames"]] {
            let spectra = Spectra::parse(options).unwrap().unwrap();
            let text = spectra.to_string();
            assert_eq!(Spectra::parse(&text.split(", ").collect::<Vec<_>>()).unwrap(), Some(spectra));
        }
    }
}
