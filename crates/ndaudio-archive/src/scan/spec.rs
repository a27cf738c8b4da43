//! What a scan is to do, as it is sent to executors.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::Expr;
use datafusion_proto::bytes::Serializeable;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::shard::hash;
use crate::table::TableKind;

/// Which table, which of its columns, and which filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScanSpec {
    pub(crate) kind: TableKind,
    /// Columns of the table, in the order asked for; `None` for all.
    pub(crate) projection: Option<Vec<usize>>,
    /// Filters in DataFusion's own encoding.
    filters: Vec<Vec<u8>>,
    /// Under which a cluster counts what is read.
    pub(crate) session: Option<u64>,
}

impl ScanSpec {
    /// Filters that cannot be sent (with functions of the caller's, say) are left to the engine.
    pub(crate) fn new(kind: TableKind, projection: Option<Vec<usize>>, filters: &[Expr], session: Option<u64>) -> Self {
        let filters = filters.iter().filter_map(|filter| Some(filter.to_bytes().ok()?.to_vec())).collect();
        ScanSpec { kind, projection, filters, session }
    }

    /// The columns that come out.
    pub(crate) fn schema(&self) -> Result<SchemaRef> {
        let all = self.kind.schema();
        Ok(match &self.projection {
            Some(columns) => Arc::new(all.project(columns)?),
            None => all,
        })
    }

    /// A number that is the same wherever this is read.
    pub(crate) fn hash(&self) -> u64 {
        hash(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }

    pub(crate) fn filters(&self, context: &TaskContext) -> Vec<Expr> {
        self.filters.iter().filter_map(|bytes| Expr::from_bytes_with_ctx(bytes, context).ok()).collect()
    }
}
