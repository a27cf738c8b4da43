//! Rows of the tables, as columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, Decimal128Array, Float64Array, Float64Builder, ListBuilder, RecordBatch, RecordBatchOptions,
    StringArray, StringBuilder, TimestampNanosecondArray, UInt32Array, UInt64Array,
};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, internal_err};
use ndaudio::levels::Level;
use ndaudio::ndarray::Array2;

use super::header::{Header, integer_bits};
use super::welch::WindowSpectra;
use crate::functions::level_state::LevelState;
use crate::location::RecordingFile;

/// A row of `audio()`.
#[derive(Debug)]
pub(super) struct AudioRow {
    pub(super) file: Arc<(RecordingFile, Header)>,
    pub(super) channel: usize,
    pub(super) start_frame: u64,
    pub(super) frames: u64,
    /// `None` where only what the header says was asked for.
    pub(super) level: Option<Level>,
    pub(super) spectra: Option<Arc<WindowSpectra>>,
}

impl AudioRow {
    fn bits(&self) -> Option<u32> {
        integer_bits(self.file.1.spec.encoding())
    }

    fn full_scale(&self) -> f64 {
        self.bits().map_or(1.0, |bits| (1_u64 << (bits - 1)) as f64)
    }

    /// Sums in units of the stored samples: those of 32 bits, whose lowest bits are zero.
    fn sums(&self) -> Option<(i128, i128)> {
        let shift = 32 - self.bits()?;
        let (sum, squares) = self.level.as_ref()?.integer_sums()?;
        Some((sum >> shift, i128::try_from(squares >> (2 * shift)).ok()?))
    }
}

/// The columns of `audio()` that are asked for, of some rows. Columns that come from the samples need the levels.
pub(super) fn audio_batch(rows: &[AudioRow], schema: &SchemaRef) -> Result<RecordBatch> {
    let column = |name: &str| -> Result<ArrayRef> {
        let level = |read: fn(&Level) -> f64| -> ArrayRef {
            let value = |row: &AudioRow| row.level.as_ref().map(read).filter(|value| !value.is_nan());
            Arc::new(rows.iter().map(value).collect::<Float64Array>())
        };
        let count = |read: fn(&Level) -> u64| -> ArrayRef {
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.level.as_ref().map_or(0, read))))
        };
        let stored_units = |read: fn(&Level) -> f64| -> ArrayRef {
            let value = |row: &AudioRow| {
                row.level.as_ref().map(|level| read(level) * row.full_scale()).filter(|value| !value.is_nan())
            };
            Arc::new(rows.iter().map(value).collect::<Float64Array>())
        };
        let decimal = |read: fn(&AudioRow) -> Option<i128>| -> Result<ArrayRef> {
            let values: Decimal128Array = rows.iter().map(read).collect();
            Ok(Arc::new(values.with_precision_and_scale(38, 0)?))
        };
        Ok(match name {
            "file" => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.file.0.path))),
            "site" => Arc::new(rows.iter().map(|row| row.file.0.site.as_deref()).collect::<StringArray>()),
            "deployment" => Arc::new(rows.iter().map(|row| row.file.0.deployment.as_deref()).collect::<StringArray>()),
            "channel" => Arc::new(UInt32Array::from_iter_values(
                rows.iter().map(|row| u32::try_from(row.channel).unwrap_or(u32::MAX)),
            )),
            "sample_rate" => {
                Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.file.1.spec.sample_rate())))
            }
            "start_frame" => Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.start_frame))),
            "start_time" => {
                let times = rows.iter().map(|row| row.file.1.time_of(row.start_frame));
                Arc::new(times.collect::<TimestampNanosecondArray>().with_timezone("UTC"))
            }
            "frames" => Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.frames))),
            "full_scale" => Arc::new(Float64Array::from_iter_values(rows.iter().map(AudioRow::full_scale))),
            "sum" => decimal(|row| row.sums().map(|(sum, _)| sum))?,
            "sum_squares" => decimal(|row| row.sums().map(|(_, squares)| squares))?,
            "min" => stored_units(Level::min),
            "max" => stored_units(Level::max),
            "clipped" => count(Level::clipped),
            "zero_crossings" => count(Level::zero_crossings),
            "nonfinite" => count(|level| level.nan() + level.infinite()),
            "mean_square" => level(Level::mean_square),
            "rms" => level(Level::rms),
            "peak" => level(Level::peak),
            "anomalies" => Arc::new(UInt32Array::from_iter_values(
                rows.iter().map(|row| u32::try_from(row.file.1.anomalies.len()).unwrap_or(u32::MAX)),
            )),
            "levels" => {
                let states =
                    rows.iter().map(|row| row.level.as_ref().map(LevelState::from).unwrap_or_default().to_bytes());
                Arc::new(BinaryArray::from_iter_values(states))
            }
            "transforms" => {
                let counts = rows.iter().map(|row| row.spectra.as_ref().map_or(0, |spectra| spectra.transforms));
                Arc::new(UInt64Array::from_iter_values(counts))
            }
            "density" => lists(rows, |spectra| spectra.density.as_ref()),
            "bands" => lists(rows, |spectra| spectra.bands.as_ref()),
            other => return internal_err!("audio() has no column {other}"),
        })
    };
    batch(schema, rows.len(), column)
}

/// A list per row: of its channel, of bins or bands × channels.
fn lists(rows: &[AudioRow], read: fn(&WindowSpectra) -> Option<&Array2<f64>>) -> ArrayRef {
    let mut lists = ListBuilder::new(Float64Builder::new());
    for row in rows {
        let values = row.spectra.as_ref().and_then(|spectra| read(spectra));
        lists.append_option(values.map(|values| values.column(row.channel).to_vec().into_iter().map(Some)));
    }
    Arc::new(lists.finish())
}

/// A row of `recordings()`.
#[derive(Debug)]
pub(super) struct RecordingRow {
    pub(super) file: RecordingFile,
    pub(super) header: Result<Header, String>,
}

impl RecordingRow {
    fn header(&self) -> Option<&Header> {
        self.header.as_ref().ok()
    }
}

/// The columns of `recordings()` that are asked for, of some rows.
pub(super) fn recordings_batch(rows: &[RecordingRow], schema: &SchemaRef) -> Result<RecordBatch> {
    let column = |name: &str| -> Result<ArrayRef> {
        let text = |read: fn(&RecordingRow) -> Option<String>| -> ArrayRef {
            Arc::new(rows.iter().map(read).collect::<StringArray>())
        };
        let small = |read: fn(&Header) -> Option<u32>| -> ArrayRef {
            Arc::new(rows.iter().map(|row| row.header().and_then(read)).collect::<UInt32Array>())
        };
        let time = |read: fn(&Header) -> Option<i64>| -> ArrayRef {
            let times = rows.iter().map(|row| row.header().and_then(read));
            Arc::new(times.collect::<TimestampNanosecondArray>().with_timezone("UTC"))
        };
        Ok(match name {
            "file" => text(|row| Some(row.file.path.clone())),
            "site" => text(|row| row.file.site.clone()),
            "deployment" => text(|row| row.file.deployment.clone()),
            "bytes" => Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.file.size))),
            "version" => text(|row| row.file.version.clone()),
            "container" => text(|row| row.header().map(|header| header.container.clone())),
            "encoding" => text(|row| row.header().map(|header| header.spec.encoding().to_string())),
            "bits" => small(|header| Some(header.spec.encoding().bits())),
            "sample_rate" => small(|header| Some(header.spec.sample_rate())),
            "channels" => small(|header| u32::try_from(header.spec.channels()).ok()),
            "frames" => {
                Arc::new(rows.iter().map(|row| row.header().and_then(|header| header.frames)).collect::<UInt64Array>())
            }
            "duration" => {
                Arc::new(rows.iter().map(|row| row.header().and_then(Header::duration)).collect::<Float64Array>())
            }
            "start_time" => time(|header| header.time_of(0)),
            "end_time" => time(|header| header.time_of(header.frames?)),
            "utc_offset" => text(|row| Some(row.header()?.start?.offset()?.to_string())),
            "start_time_source" => text(|row| Some(row.header()?.start?.source().to_string())),
            "anomalies" => {
                let mut lists = ListBuilder::new(StringBuilder::new());
                for row in rows {
                    lists.append_option(row.header().map(|header| header.anomalies.iter().map(Some)));
                }
                Arc::new(lists.finish())
            }
            "metadata" => text(|row| row.header()?.metadata_json()),
            "error" => text(|row| row.header.as_ref().err().cloned()),
            other => return internal_err!("recordings() has no column {other}"),
        })
    };
    batch(schema, rows.len(), column)
}

/// A row of `errors()`.
#[derive(Debug)]
pub(super) struct ErrorRow {
    pub(super) file: RecordingFile,
    pub(super) error: String,
}

/// The columns of `errors()` that are asked for, of some rows.
pub(super) fn errors_batch(rows: &[ErrorRow], schema: &SchemaRef) -> Result<RecordBatch> {
    let column = |name: &str| -> Result<ArrayRef> {
        Ok(match name {
            "file" => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.file.path))),
            "site" => Arc::new(rows.iter().map(|row| row.file.site.as_deref()).collect::<StringArray>()),
            "deployment" => Arc::new(rows.iter().map(|row| row.file.deployment.as_deref()).collect::<StringArray>()),
            "error" => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.error))),
            other => return internal_err!("errors() has no column {other}"),
        })
    };
    batch(schema, rows.len(), column)
}

fn batch(schema: &SchemaRef, rows: usize, column: impl Fn(&str) -> Result<ArrayRef>) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| column(field.name())).collect::<Result<Vec<_>>>()?;
    // count(*) asks for rows without columns.
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}
