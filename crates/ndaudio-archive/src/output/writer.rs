//! Writes rows as they come.

use std::io::Write;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::json::writer::Writer as JsonWriter;
use datafusion::arrow::json::writer::{JsonArray, WriterBuilder};
use datafusion::arrow::util::pretty::pretty_format_batches_with_schema;
use datafusion::common::Result;
use datafusion::parquet::arrow::ArrowWriter;

use super::format::Format;
use super::plain::plain;

/// Takes batches of rows and writes them in a [`Format`].
#[allow(missing_debug_implementations, reason = "the writers of Arrow have none")]
pub struct RowWriter<W: Write + Send>(Inner<W>);

enum Inner<W: Write + Send> {
    Csv(csv::Writer<W>, SchemaRef, bool),
    Json(JsonWriter<W, JsonArray>),
    Table(W, SchemaRef, Vec<RecordBatch>),
    Parquet(ArrowWriter<W>),
}

impl<W: Write + Send> RowWriter<W> {
    /// Begins to write rows of a schema.
    ///
    /// # Errors
    /// If Parquet has no place for a column's type.
    pub fn new(out: W, format: Format, schema: SchemaRef) -> Result<Self> {
        Ok(RowWriter(match format {
            Format::Csv => Inner::Csv(csv::WriterBuilder::new().with_header(true).build(out), schema, false),
            Format::Json => Inner::Json(WriterBuilder::new().with_explicit_nulls(true).build(out)),
            Format::Table => Inner::Table(out, schema, Vec::new()),
            Format::Parquet => Inner::Parquet(ArrowWriter::try_new(out, schema, None)?),
        }))
    }

    /// Writes some rows.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match &mut self.0 {
            Inner::Csv(writer, _, begun) => {
                *begun = true;
                writer.write(&plain(batch)?)?;
            }
            Inner::Json(writer) => writer.write(batch)?,
            Inner::Table(_, _, batches) => batches.push(batch.clone()),
            Inner::Parquet(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<()> {
        match self.0 {
            Inner::Csv(mut writer, schema, begun) => {
                if !begun {
                    writer.write(&plain(&RecordBatch::new_empty(schema))?)?;
                }
                writer.into_inner().flush()?;
            }
            Inner::Json(mut writer) => {
                writer.finish()?;
                let mut out = writer.into_inner();
                writeln!(out)?;
                out.flush()?;
            }
            Inner::Table(mut out, schema, batches) => {
                writeln!(out, "{}", pretty_format_batches_with_schema(schema, &batches)?)?;
                out.flush()?;
            }
            Inner::Parquet(writer) => {
                writer.into_inner()?.flush()?;
            }
        }
        Ok(())
    }
}
