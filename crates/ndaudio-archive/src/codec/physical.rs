//! Physical plans as bytes: from the scheduler to the executors.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::common::{DataFusionError, Result, internal_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use super::{MAGIC, aggregate, scalar};
use crate::scan::{ScanExec, as_scan};

/// Ballista's own encoding, and our scan and functions.
#[derive(Debug, Default)]
pub(crate) struct PhysicalCodec {
    inner: BallistaPhysicalExtensionCodec,
}

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(json) = bytes.strip_prefix(MAGIC) else {
            return self.inner.try_decode(bytes, inputs, context, converter);
        };
        let spec = serde_json::from_slice(json).map_err(|error| DataFusionError::External(error.into()))?;
        match inputs {
            [parts] => Ok(Arc::new(ScanExec::new(Arc::clone(parts), spec)?)),
            _ => internal_err!("a scan has one input, not {}", inputs.len()),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        match as_scan(node.as_ref()) {
            Some(scan) => {
                bytes.extend_from_slice(MAGIC);
                serde_json::to_writer(bytes, scan.spec()).map_err(|error| DataFusionError::External(error.into()))
            }
            None => self.inner.try_encode(node, bytes, converter),
        }
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        scalar(name).map_or_else(|| self.inner.try_decode_udf(name, bytes), Ok)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udf(function, bytes)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        aggregate(name).map_or_else(|| self.inner.try_decode_udaf(name, bytes), Ok)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udaf(function, bytes)
    }
}
