//! The scan as a node of a physical plan.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties};
use futures::StreamExt;

use super::part::Part;
use super::scanner::Scanner;
use super::spec::ScanSpec;

/// Reads the parts that its input lists.
///
/// It has an input, an in-memory table of parts, because engines slice the leaves of a plan that they know, so each task gets parts of
/// its own. A leaf of our own would be run whole by every task of a cluster.
#[derive(Debug)]
pub(crate) struct ScanExec {
    parts: Arc<dyn ExecutionPlan>,
    spec: ScanSpec,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl ScanExec {
    pub(crate) fn new(parts: Arc<dyn ExecutionPlan>, spec: ScanSpec) -> Result<Self> {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(spec.schema()?),
            Partitioning::UnknownPartitioning(parts.output_partitioning().partition_count()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(ScanExec { parts, spec, properties: Arc::new(properties), metrics: ExecutionPlanMetricsSet::new() })
    }

    pub(crate) fn spec(&self) -> &ScanSpec {
        &self.spec
    }
}

impl DisplayAs for ScanExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let columns: Vec<String> = match self.spec.schema() {
            Ok(schema) => schema.fields().iter().map(|field| field.name().clone()).collect(),
            Err(_) => Vec::new(),
        };
        write!(f, "ScanExec: {}, columns=[{}]", self.spec.kind, columns.join(", "))
    }
}

impl ExecutionPlan for ScanExec {
    fn name(&self) -> &str {
        "ScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.parts]
    }

    /// The parts are dealt out already.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(parts), true) => Ok(Arc::new(ScanExec::new(parts, self.spec.clone())?)),
            _ => internal_err!("a scan has one input"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut input = self.parts.execute(partition, Arc::clone(&context))?;
        let mut builder = RecordBatchReceiverStream::builder(self.schema(), 2);
        let mut scanner = Scanner::new(&self.spec, &context, &self.metrics, partition)?;
        let sender = builder.tx();
        builder.spawn(async move {
            let mut parts = Vec::new();
            while let Some(rows) = input.next().await {
                parts.extend(Part::from_batch(&rows?));
            }
            // Decoding blocks, so it has a thread of its own; the stream is dropped when nobody wants more rows.
            let scan = tokio::task::spawn_blocking(move || {
                scanner.scan(&parts, &mut |batch| sender.blocking_send(batch).is_ok());
            });
            scan.await.map_err(|error| datafusion::common::exec_datafusion_err!("a scan stopped: {error}"))
        });
        Ok(builder.build())
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// The scan of a plan, if a node is one.
pub(crate) fn as_scan(plan: &dyn ExecutionPlan) -> Option<&ScanExec> {
    (plan as &dyn Any).downcast_ref()
}
