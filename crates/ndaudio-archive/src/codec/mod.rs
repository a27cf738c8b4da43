//! Plans with our tables, scans and functions in them, as bytes.

mod logical;
mod physical;

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

pub(crate) use logical::LogicalCodec;
pub(crate) use physical::PhysicalCodec;

use crate::functions;

/// What our nodes begin with; the last character is the version, so that programs of different versions refuse each other's plans.
const MAGIC: &[u8] = b"ndaudio-archive 2\n";

fn scalar(name: &str) -> Option<Arc<ScalarUDF>> {
    functions::scalars().iter().find(|function| function.name() == name).cloned()
}

fn aggregate(name: &str) -> Option<Arc<AggregateUDF>> {
    functions::aggregates().iter().find(|function| function.name() == name).cloned()
}
