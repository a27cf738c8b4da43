//! Our scalar functions.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use ndaudio::db;

/// All scalar functions of this crate.
///
/// - `dbfs(amplitude)`: 20·log10 of an amplitude of which full scale is 1.0.
/// - `spl(amplitude, full_scale_pascals)`: the sound pressure level re 20 µPa of such an amplitude, where full scale stands for that
///   sound pressure.
/// - `spl_re(amplitude, full_scale_pascals, reference_pascals)`: the same with another reference; in water it is 1e-6 Pa.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    let float = DataType::Float64;
    let dbfs = create_udf("dbfs", vec![float.clone()], float.clone(), Volatility::Immutable, Arc::new(dbfs));
    let spl = create_udf("spl", vec![float.clone(); 2], float.clone(), Volatility::Immutable, Arc::new(spl));
    let spl_re = create_udf("spl_re", vec![float.clone(); 3], float, Volatility::Immutable, Arc::new(spl_re));
    [dbfs, spl, spl_re].map(Arc::new).to_vec()
}

/// The reference sound pressure in air, in Pa: ISO 1683.
const IN_AIR: f64 = 20e-6;

fn dbfs(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    each(arguments, |values| db::from_amplitude(values[0]))
}

fn spl(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    each(arguments, |values| db::from_amplitude(values[0] * values[1] / IN_AIR))
}

fn spl_re(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    each(arguments, |values| db::from_amplitude(values[0] * values[1] / values[2]))
}

/// Calculates row by row; NULL if any argument is.
fn each(arguments: &[ColumnarValue], calculate: impl Fn(&[f64]) -> f64) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let columns: Vec<&Float64Array> = arrays.iter().map(|array| array.as_primitive::<Float64Type>()).collect();
    let rows = arrays.first().map_or(0, |array| array.len());
    let row = |row: usize| {
        let values: Option<Vec<f64>> =
            columns.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect();
        values.map(|values| calculate(&values))
    };
    let result: Float64Array = (0..rows).map(row).collect();
    Ok(ColumnarValue::Array(Arc::new(result) as ArrayRef))
}
