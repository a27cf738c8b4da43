//! `leq`: the level of the mean power.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};

use super::exact_sum::ExactSum;
use super::measure::Measure;

/// Averages levels as powers, with weights: 10·log10(Σ w·10^(L/10) / Σ w).
#[derive(Debug, Default)]
pub(super) struct Leq {
    powers: ExactSum,
    weights: ExactSum,
}

impl Measure for Leq {
    fn update(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        let levels = arguments[0].as_primitive::<Float64Type>();
        let weights = arguments.get(1).map(|weights| weights.as_primitive::<Float64Type>());
        for (row, level) in levels.iter().enumerate() {
            let weight = weights.map_or(Some(1.0), |weights| weights.is_valid(row).then(|| weights.value(row)));
            let (Some(level), Some(weight)) = (level, weight) else { continue };
            if weight < 0.0 || !weight.is_finite() {
                return exec_err!("the weights of leq() must be finite and not negative: one is {weight}");
            }
            self.powers.add(weight * 10_f64.powf(level / 10.0));
            self.weights.add(weight);
        }
        Ok(())
    }

    fn merge(&mut self, mut bytes: &[u8]) -> Result<()> {
        let bytes = &mut bytes;
        let (Some(powers), Some(weights)) = (ExactSum::read(bytes), ExactSum::read(bytes)) else {
            return Err(exec_datafusion_err!("these bytes are not a state of leq()"));
        };
        self.powers.merge(&powers);
        self.weights.merge(&weights);
        Ok(())
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.powers.write(&mut out);
        self.weights.write(&mut out);
        out
    }

    fn value(&self) -> Result<ScalarValue> {
        let weights = self.weights.value();
        let level = 10.0 * (self.powers.value() / weights).log10();
        Ok(ScalarValue::Float64((weights > 0.0).then_some(level)))
    }

    fn size(&self) -> usize {
        self.powers.size() + self.weights.size()
    }
}
