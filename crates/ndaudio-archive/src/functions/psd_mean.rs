//! `psd_mean`: the mean of lists, place by place.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, UInt64Type};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};
use std::sync::Arc;

use super::exact_sum::{ExactSum, take};
use super::measure::Measure;
use crate::table::powers;

/// Averages lists of powers or densities bin by bin, each as often as its weight says; rows without a list do not count.
#[derive(Debug, Default)]
pub(super) struct PsdMean {
    /// The sum of the weights: of rows, or of transforms.
    rows: u64,
    bins: Vec<ExactSum>,
}

impl PsdMean {
    fn check_bins(&mut self, bins: usize) -> Result<()> {
        if self.rows == 0 {
            self.bins.resize(bins, ExactSum::default());
        }
        if self.bins.len() != bins {
            return exec_err!(
                "psd_mean() adds lists of one length: there are lists of {} and of {bins} bins; group by sample_rate, perhaps",
                self.bins.len()
            );
        }
        Ok(())
    }
}

impl Measure for PsdMean {
    fn update(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        let weights = arguments.get(1).map(|weights| weights.as_primitive::<UInt64Type>());
        for (row, list) in arguments[0].as_list::<i32>().iter().enumerate() {
            let weight = weights.map_or(1, |weights| if weights.is_valid(row) { weights.value(row) } else { 0 });
            let Some(list) = list.filter(|_| weight > 0) else { continue };
            let list = list.as_primitive::<Float64Type>();
            self.check_bins(list.len())?;
            self.rows += weight;
            // Rounded here, before the sum, so that the order of rows does not show.
            let times = weight as f64;
            for (sum, value) in self.bins.iter_mut().zip(list) {
                sum.add(value.map_or(f64::NAN, |value| value * times));
            }
        }
        Ok(())
    }

    fn merge(&mut self, mut bytes: &[u8]) -> Result<()> {
        let foreign = || exec_datafusion_err!("these bytes are not a state of psd_mean()");
        let bytes = &mut bytes;
        let rows = u64::from_le_bytes(take(bytes).ok_or_else(foreign)?);
        if rows == 0 {
            return Ok(());
        }
        let mut bins = Vec::new();
        while !bytes.is_empty() {
            bins.push(ExactSum::read(bytes).ok_or_else(foreign)?);
        }
        self.check_bins(bins.len())?;
        self.rows += rows;
        self.bins.iter_mut().zip(&bins).for_each(|(sum, other)| sum.merge(other));
        Ok(())
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.rows.to_le_bytes().to_vec();
        self.bins.iter().for_each(|sum| sum.write(&mut out));
        out
    }

    fn value(&self) -> Result<ScalarValue> {
        if self.rows == 0 {
            return ScalarValue::try_from(&powers());
        }
        let rows = self.rows as f64;
        let means: Float64Array = self.bins.iter().map(|sum| Some(sum.value() / rows)).collect();
        let field = Arc::new(Field::new_list_field(DataType::Float64, true));
        let offsets = datafusion::arrow::buffer::OffsetBuffer::from_lengths([means.len()]);
        Ok(ScalarValue::List(Arc::new(ListArray::new(field, offsets, Arc::new(means), None))))
    }

    fn size(&self) -> usize {
        self.bins.iter().map(ExactSum::size).sum()
    }
}
