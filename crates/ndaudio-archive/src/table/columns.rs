//! What the tables hold: the schemas, versioned.

use std::sync::{Arc, OnceLock};

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::spectra::Spectra;

/// The version of the schemas: one more whenever a column changes its name, type or meaning. Adding one does not change it.
pub const SCHEMA_VERSION: u32 = 1;

/// A moment: nanoseconds since 1970 in UTC.
pub(crate) fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()))
}

fn decimal() -> DataType {
    // 2^62 × 2^64, the largest sum of squares, is below 10^38.
    DataType::Decimal128(38, 0)
}

fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

fn schema(columns: Vec<(&str, DataType, bool)>) -> SchemaRef {
    let fields: Vec<Field> =
        columns.into_iter().map(|(name, data_type, nullable)| Field::new(name, data_type, nullable)).collect();
    Arc::new(Schema::new(fields))
}

/// A list of powers, of bins or bands.
pub(crate) fn powers() -> DataType {
    list_of(DataType::Float64)
}

/// The columns of `audio()`: one row per window and channel. Spectra that are asked for come after the others.
pub(crate) fn audio(spectra: Option<&Spectra>) -> SchemaRef {
    let levels = levels();
    let Some(spectra) = spectra else { return levels };
    let mut fields: Vec<_> = levels.fields().iter().map(Arc::clone).collect();
    let mut add = |name, data_type, nullable| fields.push(Arc::new(Field::new(name, data_type, nullable)));
    add("transforms", DataType::UInt64, false);
    if spectra.density {
        add("density", powers(), true);
    }
    if spectra.bands.is_some() {
        add("bands", powers(), true);
    }
    Arc::new(Schema::new(fields))
}

fn levels() -> SchemaRef {
    static SCHEMA: OnceLock<SchemaRef> = OnceLock::new();
    Arc::clone(SCHEMA.get_or_init(|| {
        schema(vec![
            ("file", DataType::Utf8, false),
            ("site", DataType::Utf8, true),
            ("deployment", DataType::Utf8, true),
            ("channel", DataType::UInt32, false),
            ("sample_rate", DataType::UInt32, false),
            ("start_frame", DataType::UInt64, false),
            ("start_time", moment(), true),
            ("frames", DataType::UInt64, false),
            ("full_scale", DataType::Float64, false),
            ("sum", decimal(), true),
            ("sum_squares", decimal(), true),
            ("min", DataType::Float64, true),
            ("max", DataType::Float64, true),
            ("clipped", DataType::UInt64, false),
            ("zero_crossings", DataType::UInt64, false),
            ("nonfinite", DataType::UInt64, false),
            ("mean_square", DataType::Float64, true),
            ("rms", DataType::Float64, true),
            ("peak", DataType::Float64, true),
            ("anomalies", DataType::UInt32, false),
            ("levels", DataType::Binary, false),
        ])
    }))
}

/// The columns of `recordings()`: one row per file, from its header alone.
pub(crate) fn recordings() -> SchemaRef {
    static SCHEMA: OnceLock<SchemaRef> = OnceLock::new();
    Arc::clone(SCHEMA.get_or_init(|| {
        schema(vec![
            ("file", DataType::Utf8, false),
            ("site", DataType::Utf8, true),
            ("deployment", DataType::Utf8, true),
            ("bytes", DataType::UInt64, false),
            ("version", DataType::Utf8, true),
            ("container", DataType::Utf8, true),
            ("encoding", DataType::Utf8, true),
            ("bits", DataType::UInt32, true),
            ("sample_rate", DataType::UInt32, true),
            ("channels", DataType::UInt32, true),
            ("frames", DataType::UInt64, true),
            ("duration", DataType::Float64, true),
            ("start_time", moment(), true),
            ("end_time", moment(), true),
            ("utc_offset", DataType::Utf8, true),
            ("start_time_source", DataType::Utf8, true),
            ("anomalies", list_of(DataType::Utf8), true),
            ("metadata", DataType::Utf8, true),
            ("error", DataType::Utf8, true),
        ])
    }))
}

/// The columns of `errors()`: one row per file that cannot be measured to its end.
pub(crate) fn errors() -> SchemaRef {
    static SCHEMA: OnceLock<SchemaRef> = OnceLock::new();
    Arc::clone(SCHEMA.get_or_init(|| {
        schema(vec![
            ("file", DataType::Utf8, false),
            ("site", DataType::Utf8, true),
            ("deployment", DataType::Utf8, true),
            ("error", DataType::Utf8, false),
        ])
    }))
}
