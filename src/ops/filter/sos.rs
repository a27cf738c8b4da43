//! Second-order sections.

use std::fmt;

use ndarray::{Array2, ArrayRef2};

use super::sos_state::SosState;
use crate::error::{Error, Result};

/// A filter as second-order sections, one after the other.
///
/// Each section is b0, b1, b2, a0, a1, a2 with a0 = 1:
///
/// H(z) = Π (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²).
///
/// # Examples
/// ```
/// use ndaudio::filter::{self, Band};
/// use ndaudio::ndarray::array;
///
/// let sos = filter::butterworth(2, Band::Lowpass(1_000.0), 8_000);
/// // >>> scipy.signal.butter(2, 1000, fs=8000, output="sos")
/// let expected = array![[0.09763107, 0.19526215, 0.09763107, 1.0, -0.94280904, 0.33333333]];
/// assert!((sos.to_array() - expected).iter().all(|difference| difference.abs() < 1e-8));
///
/// // A streaming filter: its state is carried from block to block.
/// let mut state = sos.state(2);
/// let mut block = array![[1.0_f32, 0.5], [0.0, 0.0]];
/// state.filter(&mut block);
/// assert!((block[[0, 0]] - 0.09763107).abs() < 1e-7);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sos(Vec<[f64; 6]>);

impl Sos {
    /// Takes sections from an array of **n × 6**, as scipy's `sos`: b0, b1, b2, a0, a1, a2 of each. Each is divided by its a0.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) unless there is at least one section, each has 6 numbers, all are finite,
    /// and no a0 is 0.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{Sos, ndarray::array};
    ///
    /// let mean_of_two = Sos::from_array(&array![[1.0, 1.0, 0.0, 2.0, 0.0, 0.0]])?;
    /// assert_eq!(mean_of_two.to_array(), array![[0.5, 0.5, 0.0, 1.0, 0.0, 0.0]]);
    /// assert!(Sos::from_array(&array![[1.0, 1.0, 0.0, 0.0, 0.0, 0.0]]).is_err());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn from_array(sections: &ArrayRef2<f64>) -> Result<Self> {
        let (rows, columns) = sections.dim();
        if rows == 0 || columns != 6 {
            let message =
                format!("second-order sections are an array of n × 6 with n of at least 1, not {rows} × {columns}");
            return Err(Error::invalid("sos", message));
        }
        let mut normalized = Vec::with_capacity(rows);
        for (index, row) in sections.rows().into_iter().enumerate() {
            let a0 = row[3];
            let section = std::array::from_fn(|column| if column == 3 { 1.0 } else { row[column] / a0 });
            if !section.iter().all(|coefficient: &f64| coefficient.is_finite()) || !a0.is_finite() {
                let message =
                    format!("section {index} is {row}: all six numbers must be finite, and a0, the fourth, not 0");
                return Err(Error::invalid("sos", message));
            }
            normalized.push(section);
        }
        Ok(Sos(normalized))
    }

    /// Sections whose a0 is 1 already.
    pub(super) fn from_sections(sections: impl Into<Vec<[f64; 6]>>) -> Self {
        Sos(sections.into())
    }

    /// The sections as an array of **n × 6**, as scipy's `sos`.
    #[must_use]
    pub fn to_array(&self) -> Array2<f64> {
        Array2::from(self.0.clone())
    }

    /// Returns the number of sections, at least 1.
    #[must_use]
    pub fn sections(&self) -> usize {
        self.0.len()
    }

    /// The coefficients of each section.
    #[must_use]
    pub fn as_slice(&self) -> &[[f64; 6]] {
        &self.0
    }

    /// Appends the sections of another filter: what is filtered by both, one after the other.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{self, Band};
    ///
    /// let speech = filter::dc_block(20.0, 16_000).then(&filter::pre_emphasis(0.97));
    /// assert_eq!(speech.sections(), 2);
    /// ```
    #[must_use]
    pub fn then(mut self, other: &Sos) -> Self {
        self.0.extend_from_slice(&other.0);
        self
    }

    /// The same filter with its gain multiplied by `factor`.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for coefficient in &mut self.0[0][..3] {
            *coefficient *= factor;
        }
        self
    }

    /// Starts a streaming filter of `channels` channels, at rest.
    ///
    /// # Panics
    /// Unless `channels >= 1`.
    #[must_use]
    #[track_caller]
    pub fn state(&self, channels: usize) -> SosState {
        SosState::new(self, channels)
    }

    /// Frames after which the past is forgotten: what came earlier, at full scale, changes no sample by more than `error` of full scale.
    ///
    /// That is the length of the impulse response up to where the sum of the magnitudes of the rest is below `error`. `None` for a
    /// filter that does not come to rest in 4,194,304 frames: an unstable one, or one whose poles all but touch the unit circle.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::filter::{self, Band};
    ///
    /// let frames = filter::butterworth(4, Band::Highpass(100.0), 48_000).settling_frames(1e-10).unwrap();
    /// assert!((4_000..10_000).contains(&frames), "{frames}");
    /// ```
    #[must_use]
    pub fn settling_frames(&self, error: f64) -> Option<u64> {
        super::settling::settling_frames(self, error)
    }
}

/// As `4 second-order sections`.
impl fmt::Display for Sos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} second-order section{plural}", self.0.len())
    }
}
