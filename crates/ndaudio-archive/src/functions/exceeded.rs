//! `l`: the level exceeded for a part of the time.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};

use super::exact_sum::take;
use super::measure::Measure;

/// Collects levels and finds the one exceeded for `percent` per cent of them: L90 is the 10th percentile.
///
/// Between two levels it interpolates linearly, as `numpy.percentile` does. It keeps all levels, 8 bytes each.
#[derive(Debug, Default)]
pub(super) struct Exceeded {
    percent: Option<f64>,
    levels: Vec<f64>,
}

impl Exceeded {
    fn set_percent(&mut self, percent: f64) -> Result<()> {
        if !(0.0..=100.0).contains(&percent) {
            return exec_err!("the first argument of l() is the percentage of time, from 0 to 100: {percent} is not");
        }
        match self.percent {
            Some(before) if before != percent => {
                exec_err!("the percentage of l() must be one number for all rows: there are {before} and {percent}")
            }
            _ => {
                self.percent = Some(percent);
                Ok(())
            }
        }
    }
}

impl Measure for Exceeded {
    fn update(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        let percents = arguments[0].as_primitive::<Float64Type>();
        let levels = arguments[1].as_primitive::<Float64Type>();
        for (percent, level) in percents.iter().zip(levels) {
            let (Some(percent), Some(level)) = (percent, level) else { continue };
            self.set_percent(percent)?;
            if !level.is_nan() {
                self.levels.push(level);
            }
        }
        Ok(())
    }

    fn merge(&mut self, mut bytes: &[u8]) -> Result<()> {
        let bytes = &mut bytes;
        let percent = take(bytes).map(|bits| f64::from_bits(u64::from_le_bytes(bits)));
        let percent = percent.ok_or_else(|| exec_datafusion_err!("these bytes are not a state of l()"))?;
        if !percent.is_nan() {
            self.set_percent(percent)?;
        }
        while let Some(bits) = take(bytes) {
            self.levels.push(f64::from_bits(u64::from_le_bytes(bits)));
        }
        Ok(())
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 + 8 * self.levels.len());
        out.extend_from_slice(&self.percent.unwrap_or(f64::NAN).to_bits().to_le_bytes());
        for level in &self.levels {
            out.extend_from_slice(&level.to_bits().to_le_bytes());
        }
        out
    }

    fn value(&self) -> Result<ScalarValue> {
        let (Some(percent), false) = (self.percent, self.levels.is_empty()) else {
            return Ok(ScalarValue::Float64(None));
        };
        let mut levels = self.levels.clone();
        levels.sort_by(f64::total_cmp);
        Ok(ScalarValue::Float64(Some(percentile(&levels, 100.0 - percent))))
    }

    fn size(&self) -> usize {
        self.levels.capacity() * 8
    }
}

/// The percentile of sorted, non-empty levels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the levels")]
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let place = percent / 100.0 * (sorted.len() - 1) as f64;
    let below = place.floor();
    let index = below as usize;
    let low = sorted[index];
    let high = sorted[(index + 1).min(sorted.len() - 1)];
    // Silence is −∞, and between it and itself there is nothing to interpolate.
    if low == high || place == below {
        return low;
    }
    let (difference, part) = (high - low, place - below);
    // From the nearer end, as NumPy does.
    if part < 0.5 { low + difference * part } else { high - difference * (1.0 - part) }
}

#[cfg(test)]
mod tests {
    use super::percentile;

    /// `numpy.percentile([-60, -50, -40, -20, 0], p)`.
    #[test]
    fn percentiles_are_those_of_numpy() {
        let levels = [-60.0, -50.0, -40.0, -20.0, 0.0];
        assert_eq!(percentile(&levels, 0.0), -60.0);
        assert_eq!(percentile(&levels, 10.0), -56.0);
        assert_eq!(percentile(&levels, 50.0), -40.0);
        assert_eq!(percentile(&levels, 90.0), -7.999_999_999_999_998);
        assert_eq!(percentile(&levels, 100.0), 0.0);
        assert_eq!(percentile(&[f64::NEG_INFINITY; 2], 30.0), f64::NEG_INFINITY);
    }
}
