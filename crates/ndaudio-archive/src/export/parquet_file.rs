//! A Parquet file that appears when it is whole.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, exec_datafusion_err};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;

use crate::table::SCHEMA_VERSION;

/// Rows that are compressed together: what a reader holds in memory.
const ROW_GROUP: usize = 128 << 10;
/// Bytes after which a group of rows ends earlier, because its lists are long.
const ROW_GROUP_BYTES: usize = 64 << 20;

/// Writes under a temporary name in the same directory, and gives the file its own name once it is on the disk.
pub(super) struct ParquetFile {
    writer: Option<ArrowWriter<BufWriter<File>>>,
    temporary: PathBuf,
    path: PathBuf,
}

impl ParquetFile {
    pub(super) fn create(path: &Path, schema: SchemaRef, facts: &[(&str, String)]) -> Result<Self> {
        let failed = |error: std::io::Error| exec_datafusion_err!("{} cannot be written: {error}", path.display());
        let directory = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory).map_err(failed)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let temporary = directory.join(format!(".{name}.tmp"));
        let file = File::create(&temporary).map_err(failed)?;
        let mut facts: Vec<KeyValue> =
            facts.iter().map(|(key, value)| KeyValue::new(format!("ndaudio.{key}"), value.clone())).collect();
        facts.push(KeyValue::new("ndaudio.schema_version".into(), SCHEMA_VERSION.to_string()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(Default::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_key_value_metadata(Some(facts))
            .build();
        // From here on a failure removes the temporary file.
        let mut created = ParquetFile { writer: None, temporary, path: path.to_owned() };
        created.writer = Some(ArrowWriter::try_new(BufWriter::new(file), schema, Some(properties))?);
        Ok(created)
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let written = writer.write(batch).and_then(|()| match writer.in_progress_size() {
            size if size > ROW_GROUP_BYTES => writer.flush(),
            _ => Ok(()),
        });
        written.map_err(|error| exec_datafusion_err!("{} cannot be written: {error}", self.path.display()))
    }

    pub(super) fn finish(mut self) -> Result<()> {
        let path = self.path.display().to_string();
        let failed = |error: std::io::Error| exec_datafusion_err!("{path} cannot be written: {error}");
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let buffer = writer.into_inner().map_err(|error| exec_datafusion_err!("{path} cannot be written: {error}"))?;
        let file = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        fs::rename(&self.temporary, &self.path).map_err(failed)
    }
}

impl Drop for ParquetFile {
    fn drop(&mut self) {
        // After the rename there is nothing under this name any more.
        let _ = fs::remove_file(&self.temporary);
    }
}
