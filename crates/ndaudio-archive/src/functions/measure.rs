//! What an aggregate function keeps.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, ScalarValue};

/// The state of an aggregate over some rows: rows go in, states merge in any order, one value comes out.
///
/// Implementations keep only what does not depend on the order (integers, exact sums, sorted values), so that the bits of the value are
/// the same in every plan.
pub(super) trait Measure: std::fmt::Debug + Default + Send + Sync + 'static {
    /// Adds rows: one array per argument.
    fn update(&mut self, arguments: &[ArrayRef]) -> Result<()>;
    /// Adds a state that [`to_bytes`](Self::to_bytes) has written.
    fn merge(&mut self, bytes: &[u8]) -> Result<()>;
    fn to_bytes(&self) -> Vec<u8>;
    fn value(&self) -> Result<ScalarValue>;
    /// Bytes of memory.
    fn size(&self) -> usize;
}
