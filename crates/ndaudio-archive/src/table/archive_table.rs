//! The tables, as DataFusion sees them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use ndaudio::Source;
use serde::{Deserialize, Serialize};

use super::kind::TableKind;
use crate::location::RecordingFile;
use crate::progress::Progress;
use crate::reports::Board;
use crate::scan::{Part, Pruning, Recording, ScanExec, ScanSpec, deal, file_bounds};

/// Files longer than this are cut, so that several tasks can read them.
const CUT_BYTES: u64 = 64 << 20;
/// Tasks per partition that long files are cut into, so that partitions end at about the same time.
const PARTS_PER_PARTITION: u64 = 4;

/// A table over the recordings of a location, as they were listed when the query was planned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ArchiveTable {
    kind: TableKind,
    files: Vec<RecordingFile>,
    /// Under which a cluster counts what is read.
    session: Option<u64>,
}

impl ArchiveTable {
    pub(crate) fn new(kind: TableKind, files: Vec<RecordingFile>) -> Self {
        ArchiveTable { kind, files, session: None }
    }

    pub(crate) fn in_session(self, session: Option<u64>) -> Self {
        ArchiveTable { session, ..self }
    }

    /// The files that the filters leave, cut where they are long.
    fn parts(&self, filters: &[Expr], partitions: usize) -> Result<Vec<Part>> {
        let whole = |file: &RecordingFile| Part { file: file.clone(), first: 0, frames: None, bytes: file.size };
        let files: Vec<Part> = self.files.iter().map(whole).collect();
        let keeps = Pruning::new(filters, &self.kind.schema()).keeps(&file_bounds(&files.iter().collect::<Vec<_>>()));
        let files: Vec<Part> = files.into_iter().zip(keeps).filter_map(|(file, keep)| keep.then_some(file)).collect();
        let TableKind::Audio { window, .. } = &self.kind else { return Ok(files) };
        let bytes: u64 = files.iter().map(|part| part.bytes).sum();
        let target = (bytes / (partitions as u64 * PARTS_PER_PARTITION)).max(CUT_BYTES);
        let mut parts = Vec::with_capacity(files.len());
        for file in files {
            if file.bytes < 2 * target {
                parts.push(file);
                continue;
            }
            // What cannot be opened shows when it is scanned.
            let cuts = Recording::open(&file.file).ok().filter(Recording::can_be_cut).and_then(|recording| {
                let frames = recording.frames()?;
                let window = window.frames(recording.spec().sample_rate())?;
                let wanted = target / recording.spec().frame_bytes() as u64;
                Some((frames, (wanted / window).max(1) * window))
            });
            let Some((frames, len)) = cuts else {
                parts.push(file);
                continue;
            };
            let mut first = 0;
            while first < frames {
                let len = len.min(frames - first);
                // The last part reads to the end, wherever that is.
                let limit = (first + len < frames).then_some(len);
                let bytes = u64::try_from(u128::from(file.bytes) * u128::from(len) / u128::from(frames)).unwrap_or(0);
                parts.push(Part { file: file.file.clone(), first, frames: limit, bytes });
                first += len;
            }
        }
        Ok(parts)
    }
}

#[async_trait]
impl TableProvider for ArchiveTable {
    fn schema(&self) -> SchemaRef {
        self.kind.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Filters rule out files and parts; the engine still filters the rows.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let partitions = session.config().target_partitions();
        let parts = self.parts(filters, partitions)?;
        let (count, bytes) = (parts.len() as u64, parts.iter().map(|part| part.bytes).sum());
        match (session.config().get_extension::<Progress>(), self.session) {
            (Some(progress), _) => progress.plan(count, bytes),
            // On a cluster this is the scheduler.
            (None, Some(session)) => Board::of_process().plan(session, count, bytes),
            (None, None) => {}
        }
        let tasks = deal(parts, partitions);
        let rows = tasks.iter().map(|parts| Ok(vec![Part::to_batch(parts)?])).collect::<Result<Vec<_>>>()?;
        let leaf = MemorySourceConfig::try_new_exec(&rows, Part::schema(), None)?;
        let spec = ScanSpec::new(self.kind.clone(), projection.cloned(), filters, self.session);
        Ok(Arc::new(ScanExec::new(leaf, spec)?))
    }
}
