//! Which frequencies a filter keeps.

use std::fmt;

use crate::error::{Error, Result};

/// The frequencies that a filter keeps, or removes, with its critical frequencies in Hz.
///
/// The meaning of a critical frequency depends on the family: the −3 dB point of [`butterworth`](super::butterworth), the end of the ripple
/// in [`chebyshev1`](super::chebyshev1) and [`elliptic`](super::elliptic), the beginning of the stop band in
/// [`chebyshev2`](super::chebyshev2).
///
/// # Examples
/// ```
/// use ndaudio::filter::Band;
///
/// assert!(Band::Bandpass(300.0, 3_400.0).check(8_000).is_ok());
/// let error = Band::Lowpass(5_000.0).check(8_000).unwrap_err().to_string();
/// assert!(error.contains("5000 Hz"), "{error}");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Band {
    /// Keeps what is below.
    Lowpass(f64),
    /// Keeps what is above.
    Highpass(f64),
    /// Keeps what is between the two.
    Bandpass(f64, f64),
    /// Removes what is between the two.
    Bandstop(f64, f64),
}

impl Band {
    /// Checks the frequencies against a sample rate, for values that come from outside.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) unless each frequency lies between 0 and half the sample rate, both
    /// excluded, and the lower one of a pair comes first.
    pub fn check(self, sample_rate: impl Into<f64>) -> Result<()> {
        let sample_rate = check_rate(sample_rate.into())?;
        let (low, high) = match self {
            Band::Lowpass(frequency) | Band::Highpass(frequency) => (frequency, frequency),
            Band::Bandpass(low, high) | Band::Bandstop(low, high) => {
                if low >= high {
                    return Err(Error::invalid(
                        "band",
                        format!("the lower frequency, {low} Hz, must be below the upper one, {high} Hz"),
                    ));
                }
                (low, high)
            }
        };
        check_frequency(low, sample_rate)?;
        check_frequency(high, sample_rate)
    }
}

/// As `high-pass at 100 Hz`.
impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Band::Lowpass(frequency) => write!(f, "low-pass at {frequency} Hz"),
            Band::Highpass(frequency) => write!(f, "high-pass at {frequency} Hz"),
            Band::Bandpass(low, high) => write!(f, "band-pass from {low} to {high} Hz"),
            Band::Bandstop(low, high) => write!(f, "band-stop from {low} to {high} Hz"),
        }
    }
}

pub(super) fn check_rate(sample_rate: f64) -> Result<f64> {
    if sample_rate > 0.0 && sample_rate.is_finite() {
        return Ok(sample_rate);
    }
    Err(Error::invalid("sample rate", format!("a filter needs a sample rate above 0 Hz, not {sample_rate} Hz")))
}

pub(super) fn check_frequency(frequency: f64, sample_rate: f64) -> Result<()> {
    let nyquist = sample_rate / 2.0;
    if frequency > 0.0 && frequency < nyquist {
        return Ok(());
    }
    let message = format!(
        "{frequency} Hz is out of range: at {sample_rate} Hz the frequency must be above 0 and below {nyquist} Hz, half the sample rate"
    );
    Err(Error::invalid("frequency", message))
}
