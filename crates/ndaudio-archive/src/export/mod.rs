//! Measures a location into Parquet files that stay.
//!
//! Below the directory lie three tables in the layout of Hive, which DuckDB, pandas, Polars, Spark and BigQuery read:
//!
//! ```text
//! audio/site=SITE/day=2024-05-01/part-….parquet         one row per window and channel
//! recordings/site=SITE/day=2024-05-01/part-….parquet    one row per recording
//! errors/site=SITE/day=2024-05-01/part-….parquet        one row per bad recording
//! ```
//!
//! A file is named after the recordings that it was made of (their paths, sizes and versions), the window, the spectra and the version of
//! the schema. So a second run makes only what is missing or has changed, removes what has been replaced, and a run that is killed leaves only whole files.

mod parquet_file;
mod unit;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::UInt64Array;
use datafusion::arrow::array::{Array, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::prelude::{col, ident};
use futures::StreamExt;

use crate::archive::Archive;
use crate::location::{self, RecordingFile};
use crate::progress::Progress;
use crate::shard::{Shard, hash};
use crate::spectra::Spectra;
use crate::table::{ArchiveTable, TableKind};
use crate::window::Window;
use parquet_file::ParquetFile;
use unit::Unit;

/// What to measure, and where to.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// The recordings, as in `audio()`.
    pub location: String,
    /// The length of a window.
    pub window: Window,
    /// Spectra of each window.
    pub spectra: Option<Spectra>,
    /// The directory to write to.
    pub directory: PathBuf,
    /// Threads.
    pub threads: usize,
    /// Which of several shards; `None` for all recordings.
    pub shard: Option<Shard>,
}

/// An export, planned: which sites and days there are.
#[derive(Debug)]
pub struct Export {
    options: ExportOptions,
    prefix: String,
    units: Vec<Unit>,
    recordings: RecordBatch,
    /// The rows of `recordings` of each path.
    rows: HashMap<String, u64>,
    progress: Arc<Progress>,
}

/// What an export has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Sites and days that were measured.
    pub written: usize,
    /// Sites and days that were there already.
    pub kept: usize,
    /// Files that were replaced, or whose recordings are gone.
    pub removed: usize,
    /// Recordings that could not be measured in this run.
    pub failed: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { written, kept, removed, failed } = self;
        write!(f, "{written} written, {kept} kept, {removed} removed, {failed} recordings failed")
    }
}

impl Export {
    /// Lists the recordings and reads their headers.
    ///
    /// # Errors
    /// If the location cannot be listed.
    pub async fn plan(options: ExportOptions) -> Result<Self> {
        let mut files = location::list(&options.location)?;
        if let Some(shard) = options.shard {
            files = shard.of(files);
        }
        let shard = options.shard.map_or_else(|| "0-of-1".to_owned(), |shard| shard.to_string().replace('/', "-of-"));
        let prefix = format!("part-{:08x}-{shard}-", hash(options.location.as_bytes()) >> 32);
        let archive = Archive::local(options.threads);
        let table = ArchiveTable::new(TableKind::Recordings, files.clone());
        let batches = archive.context().read_table(Arc::new(table))?.collect().await?;
        let schema = batches.first().map_or_else(|| TableKind::Recordings.schema(), RecordBatch::schema);
        let recordings = concat_batches(&schema, &batches)?;
        let (rows, days) = rows_and_days(&recordings)?;
        let mut units: BTreeMap<(Option<String>, Option<String>), Vec<RecordingFile>> = BTreeMap::new();
        for file in files {
            let day = rows.get(&file.path).and_then(|&row| days.get(usize::try_from(row).ok()?).cloned().flatten());
            units.entry((file.site.clone(), day)).or_default().push(file);
        }
        let units = units.into_iter().map(|((site, day), files)| Unit { site, day, files }).collect();
        Ok(Export { options, prefix, units, recordings, rows, progress: Arc::new(Progress::keeping_failures()) })
    }

    /// How far the export has come.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Measures and writes what is missing, then removes what it replaces.
    ///
    /// # Errors
    /// If a file cannot be written, or reading is stopped by a disk or network; the other sites and days are still written.
    pub async fn run(&self) -> Result<Summary> {
        let mut summary = Summary::default();
        let settings = self.settings();
        let mut expected = HashSet::new();
        let mut missing = Vec::new();
        for unit in &self.units {
            let name = unit.name(&self.prefix, &settings);
            for table in ["audio", "recordings", "errors"] {
                expected.insert(unit.directory(&self.options.directory, table).join(&name));
            }
            // The audio is written last, so where it is, all is.
            if unit.directory(&self.options.directory, "audio").join(&name).exists() {
                summary.kept += 1;
            } else {
                missing.push((unit, name));
            }
        }
        // Many days are measured side by side, a few by all threads each.
        let at_a_time = if missing.len() >= 2 * self.options.threads { self.options.threads } else { 1 };
        let threads = if at_a_time == 1 { self.options.threads } else { 1 };
        let mut results = futures::stream::iter(missing)
            .map(|(unit, name)| async move { self.write(unit, &name, threads).await })
            .buffer_unordered(at_a_time);
        let mut errors = Vec::new();
        while let Some(result) = results.next().await {
            match result {
                Ok(()) => summary.written += 1,
                Err(error) => errors.push(error.strip_backtrace()),
            }
        }
        if let Some(first) = errors.first() {
            let others = errors.len() - 1;
            let others = if others == 0 { String::new() } else { format!(" (and {others} more sites and days)") };
            return exec_err!("{first}{others}; what was written is whole, and the next run goes on from there");
        }
        for table in ["audio", "recordings", "errors"] {
            summary.removed += remove_replaced(&self.options.directory.join(table), &self.prefix, &expected)?;
        }
        summary.failed = self.progress.failures().0;
        Ok(summary)
    }

    /// What the rows depend on besides the recordings, as text.
    fn settings(&self) -> String {
        let window = self.options.window.to_string();
        self.options.spectra.map_or(window.clone(), |spectra| format!("{window}\n{spectra}"))
    }

    async fn write(&self, unit: &Unit, name: &str, threads: usize) -> Result<()> {
        let directory = &self.options.directory;
        let (window, spectra) = (self.options.window, self.options.spectra);
        let mut facts = vec![("location", self.options.location.clone()), ("window", window.to_string())];
        facts.extend(spectra.map(|spectra| ("spectra", spectra.to_string())));
        let archive = Archive::local_with(threads, Arc::clone(&self.progress));
        let kind = TableKind::Audio { window, spectra };
        let columns: Vec<_> = kind
            .schema()
            .fields()
            .iter()
            // The site is in the path, and the merged state is for this program alone.
            .filter(|field| !matches!(field.name().as_str(), "site" | "levels"))
            .map(|field| ident(field.name()))
            .collect();
        let rows = archive
            .context()
            .read_table(Arc::new(ArchiveTable::new(kind, unit.files.clone())))?
            .select(columns)?
            .sort(["file", "start_frame", "channel"].map(|name| col(name).sort(true, false)).to_vec())?;
        let schema: SchemaRef = Arc::new(rows.schema().as_arrow().clone());
        let mut audio = ParquetFile::create(&unit.directory(directory, "audio").join(name), schema, &facts)?;
        let mut stream = rows.execute_stream().await?;
        while let Some(batch) = stream.next().await {
            audio.write(&batch?)?;
        }
        let recordings = self.recordings_of(unit)?;
        let path = unit.directory(directory, "recordings").join(name);
        let mut file = ParquetFile::create(&path, recordings.schema(), &facts)?;
        file.write(&recordings)?;
        file.finish()?;
        let errors = self.errors_of(unit)?;
        let mut file = ParquetFile::create(&unit.directory(directory, "errors").join(name), errors.schema(), &facts)?;
        file.write(&errors)?;
        file.finish()?;
        audio.finish()
    }

    fn recordings_of(&self, unit: &Unit) -> Result<RecordBatch> {
        let rows: UInt64Array = unit.files.iter().filter_map(|file| self.rows.get(&file.path).copied()).collect();
        let mut batch = take_record_batch(&self.recordings, &rows)?;
        batch.remove_column(batch.schema().index_of("site")?);
        Ok(batch)
    }

    fn errors_of(&self, unit: &Unit) -> Result<RecordBatch> {
        let mine: HashSet<&str> = unit.files.iter().map(|file| file.path.as_str()).collect();
        let failures = self.progress.failures_by_path();
        let mut failures: Vec<_> = failures.iter().filter(|(path, _)| mine.contains(path.as_str())).collect();
        // Parts of one file may all have failed.
        failures.sort();
        failures.dedup_by(|a, b| a.0 == b.0);
        let schema =
            Schema::new(vec![Field::new("file", DataType::Utf8, false), Field::new("error", DataType::Utf8, false)]);
        let column = |read: fn(&(String, String)) -> &str| -> Arc<dyn Array> {
            Arc::new(StringArray::from_iter_values(failures.iter().map(|failure| read(failure))))
        };
        Ok(RecordBatch::try_new(Arc::new(schema), vec![column(|failure| &failure.0), column(|failure| &failure.1)])?)
    }
}

type RowsAndDays = (HashMap<String, u64>, Vec<Option<String>>);

/// Where the rows of each path are, and the day of each row.
fn rows_and_days(recordings: &RecordBatch) -> Result<RowsAndDays> {
    let schema = recordings.schema();
    let files = recordings.column(schema.index_of("file")?).as_string::<i32>();
    let times = recordings.column(schema.index_of("start_time")?);
    let days = datafusion::arrow::compute::cast(times, &DataType::Date32)?;
    let days = datafusion::arrow::compute::cast(&days, &DataType::Utf8)?;
    let days = days.as_string::<i32>().iter().map(|day| day.map(str::to_owned)).collect();
    let rows = files.iter().flatten().zip(0_u64..).map(|(file, row)| (file.to_owned(), row)).collect();
    Ok((rows, days))
}

/// Removes the files of this location and shard that are not expected any more, and what a killed run has left.
fn remove_replaced(directory: &Path, prefix: &str, expected: &HashSet<PathBuf>) -> Result<usize> {
    let mut removed = 0;
    let Ok(items) = std::fs::read_dir(directory) else { return Ok(0) };
    for item in items {
        let failed = |error: std::io::Error| exec_datafusion_err!("{}: {error}", directory.display());
        let path = item.map_err(failed)?.path();
        if path.is_dir() {
            removed += remove_replaced(&path, prefix, expected)?;
            continue;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mine = name.trim_start_matches('.').starts_with(prefix);
        if mine && !expected.contains(&path) {
            std::fs::remove_file(&path).map_err(failed)?;
            removed += usize::from(!name.starts_with('.'));
        }
    }
    Ok(removed)
}
