//! `band_centers`, `band_lower_edges` and `band_upper_edges`: which frequencies the places of the lists `bands` stand for.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Builder, ListBuilder};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use ndaudio::ndarray::Array1;
use ndaudio::spectrum::bands::FilterBank;

use crate::spectra::{BandKind, Spectra};
use crate::table::powers;

/// The functions, each of (kind, sample rate in Hz, length of a transform), in Hz.
pub(super) fn all() -> Vec<Arc<ScalarUDF>> {
    let function = |name: &str, read: fn(&FilterBank) -> Array1<f64>| {
        let types = vec![DataType::Utf8, DataType::Int64, DataType::Utf8];
        let calculate = Arc::new(move |arguments: &[ColumnarValue]| lists(arguments, read));
        Arc::new(create_udf(name, types, powers(), Volatility::Immutable, calculate))
    };
    vec![
        function("band_centers", FilterBank::centers),
        function("band_lower_edges", FilterBank::lower_edges),
        function("band_upper_edges", FilterBank::upper_edges),
    ]
}

fn lists(arguments: &[ColumnarValue], read: fn(&FilterBank) -> Array1<f64>) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let [kinds, rates, lengths] = arrays.as_slice() else {
        return plan_err!("the functions of bands take a kind, a sample rate and the length of a transform");
    };
    let (kinds, rates, lengths) =
        (kinds.as_string::<i32>(), rates.as_primitive::<Int64Type>(), lengths.as_string::<i32>());
    let mut lists = ListBuilder::new(Float64Builder::new());
    for row in 0..kinds.len() {
        if kinds.is_null(row) || rates.is_null(row) || lengths.is_null(row) {
            lists.append_null();
            continue;
        }
        let rate = u32::try_from(rates.value(row))
            .map_err(|_| plan_datafusion_err!("a sample rate is 1 to 4294967295 Hz: {} is not", rates.value(row)))?;
        let kind: BandKind = kinds.value(row).parse()?;
        let Some(spectra) = Spectra::parse(&["density", &format!("fft={}", lengths.value(row))])? else { continue };
        let bank = kind.bank(rate, spectra.fft_len(rate)?);
        lists.append_value(bank.as_ref().map(read).unwrap_or_default().iter().copied().map(Some));
    }
    let lists: ArrayRef = Arc::new(lists.finish());
    Ok(ColumnarValue::Array(lists))
}
