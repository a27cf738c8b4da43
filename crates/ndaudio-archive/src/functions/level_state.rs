//! What is known of the samples of one channel, as bytes that can be merged in any order.

use ndaudio::levels::Level;

use super::exact_sum::{ExactSum, take};

/// The version of the bytes.
const VERSION: u8 = 1;
/// Full scale of the scale of 32 bits, squared, is 2 to this power.
const SQUARED_SCALE: i32 = 62;

/// The levels of samples that were measured in windows, channels, files or sites of any kind, merged in any order.
///
/// Unlike [`ndaudio::Levels`], which follows a recording in time, this leaves out everything that depends on what is next to what
/// (zero crossings and clipped runs between windows), so that merging is commutative: every plan of every engine has the same bits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LevelState {
    /// Integer samples; their sum and the sum of their squares on the scale of 32 bits.
    integers: u64,
    sum: i128,
    squares: u128,
    /// Float samples; their sum and the sum of their squares.
    floats: u64,
    float_sum: ExactSum,
    float_squares: ExactSum,
    min: f64,
    max: f64,
    clipped: u64,
}

impl Default for LevelState {
    fn default() -> Self {
        LevelState {
            integers: 0,
            sum: 0,
            squares: 0,
            floats: 0,
            float_sum: ExactSum::default(),
            float_squares: ExactSum::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            clipped: 0,
        }
    }
}

impl From<&Level> for LevelState {
    fn from(level: &Level) -> Self {
        let mut state = LevelState::default();
        let samples = level.samples();
        if samples == 0 {
            return state;
        }
        match level.integer_sums() {
            Some((sum, squares)) => (state.integers, state.sum, state.squares) = (samples, sum, squares),
            None => {
                state.floats = samples;
                state.float_sum.add(level.mean() * to_f64(samples));
                state.float_squares.add(level.mean_square() * to_f64(samples));
            }
        }
        (state.min, state.max, state.clipped) = (level.min(), level.max(), level.clipped());
        state
    }
}

impl LevelState {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.integers += other.integers;
        // 2^62 × 2^64 samples fit; more samples than that there are not.
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
        self.floats += other.floats;
        self.float_sum.merge(&other.float_sum);
        self.float_squares.merge(&other.float_squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.clipped += other.clipped;
    }

    /// The mean square, of which full scale squared is 1.0; of integer samples correctly rounded. `None` of no samples.
    pub(crate) fn mean_square(&self) -> Option<f64> {
        let samples = self.integers.saturating_add(self.floats);
        if samples == 0 {
            return None;
        }
        if self.floats == 0 {
            return Some(quotient(self.squares, self.integers) * 2_f64.powi(-SQUARED_SCALE));
        }
        let mut squares = self.float_squares.clone();
        // Split into halves that floats hold exactly, so that nothing is rounded before the division.
        for part in 0..3 {
            let piece = to_f64(u64::try_from((self.squares >> (part * 48)) & ((1 << 48) - 1)).unwrap_or(0));
            squares.add(piece * 2_f64.powi(part * 48 - SQUARED_SCALE));
        }
        Some(squares.value() / to_f64(samples))
    }

    /// The largest magnitude, of which full scale is 1.0. `None` of no samples.
    pub(crate) fn peak(&self) -> Option<f64> {
        (self.min <= self.max).then(|| self.max.max(-self.min))
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.float_sum.size() + self.float_squares.size()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(104);
        out.push(VERSION);
        out.extend_from_slice(&self.integers.to_le_bytes());
        out.extend_from_slice(&self.sum.to_le_bytes());
        out.extend_from_slice(&self.squares.to_le_bytes());
        out.extend_from_slice(&self.min.to_bits().to_le_bytes());
        out.extend_from_slice(&self.max.to_bits().to_le_bytes());
        out.extend_from_slice(&self.clipped.to_le_bytes());
        out.extend_from_slice(&self.floats.to_le_bytes());
        if self.floats > 0 {
            self.float_sum.write(&mut out);
            self.float_squares.write(&mut out);
        }
        out
    }

    /// Reads what [`to_bytes`](Self::to_bytes) has written; `None` if it is anything else.
    pub(crate) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        if take::<1>(bytes)? != [VERSION] {
            return None;
        }
        let mut state = LevelState {
            integers: u64::from_le_bytes(take(bytes)?),
            sum: i128::from_le_bytes(take(bytes)?),
            squares: u128::from_le_bytes(take(bytes)?),
            min: f64::from_bits(u64::from_le_bytes(take(bytes)?)),
            max: f64::from_bits(u64::from_le_bytes(take(bytes)?)),
            clipped: u64::from_le_bytes(take(bytes)?),
            floats: u64::from_le_bytes(take(bytes)?),
            ..LevelState::default()
        };
        if state.floats > 0 {
            state.float_sum = ExactSum::read(bytes)?;
            state.float_squares = ExactSum::read(bytes)?;
        }
        bytes.is_empty().then_some(state)
    }
}

/// `dividend` / `divisor`, rounded once.
fn quotient(dividend: u128, divisor: u64) -> f64 {
    let divisor = u128::from(divisor);
    let (mut digits, mut rest) = (dividend / divisor, dividend % divisor);
    let mut scale = 0;
    // Until at least 64 bits are known; what is left after that only shows in the last one.
    while digits < 1 << 63 && rest != 0 {
        rest <<= 64;
        digits = (digits << 64) | (rest / divisor);
        rest %= divisor;
        scale += 64;
    }
    (digits | u128::from(rest != 0)) as f64 * 2_f64.powi(-scale)
}

/// Counts past 2^53 are rounded.
fn to_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::LevelState;
    use ndaudio::Levels;
    use ndaudio::ndarray::{Array2, Axis};

    fn noise(frames: usize) -> Array2<i16> {
        let mut state = 12_345_u32;
        Array2::from_shape_fn((frames, 1), |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u16::try_from(state >> 16).unwrap().cast_signed()
        })
    }

    #[test]
    fn merged_integers_have_the_mean_square_of_the_whole() {
        let samples = noise(10_007);
        let mut whole = Levels::new(1);
        whole.add(&samples);
        let mut merged = LevelState::default();
        let mut parts: Vec<_> = samples.axis_chunks_iter(Axis(0), 61).collect();
        parts.reverse();
        for part in parts {
            let mut levels = Levels::new(1);
            levels.add(&part);
            let bytes = LevelState::from(levels.channel(0)).to_bytes();
            merged.merge(&LevelState::from_bytes(&bytes).unwrap());
        }
        assert_eq!(merged.mean_square().unwrap().to_bits(), whole.channel(0).mean_square().to_bits());
        assert_eq!(merged.peak().unwrap(), whole.channel(0).peak());
        assert_eq!(merged, LevelState::from(whole.channel(0)));
    }

    #[test]
    fn floats_and_integers_pool() {
        let (mut integers, mut floats) = (Levels::new(1), Levels::new(1));
        integers.add(&ndaudio::ndarray::array![[16_384_i16], [-16_384]]);
        floats.add(&ndaudio::ndarray::array![[1.0_f32], [-1.0]]);
        let mut merged = LevelState::from(floats.channel(0));
        merged.merge(&LevelState::from(integers.channel(0)));
        assert_eq!(merged.mean_square(), Some(0.625));
        let again = LevelState::from_bytes(&merged.to_bytes()).unwrap();
        assert_eq!(again.to_bytes(), merged.to_bytes());
    }

    #[test]
    fn no_samples_have_no_level() {
        assert_eq!(LevelState::default().mean_square(), None);
        assert_eq!(LevelState::default().peak(), None);
        assert_eq!(LevelState::from_bytes(b""), None);
        assert_eq!(LevelState::from_bytes(&[9; 81]), None);
    }
}
