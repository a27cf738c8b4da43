//! What SQL can calculate from windows.

mod aggregate;
mod band_edges;
mod exact_sum;
mod exceeded;
mod leq;
pub(crate) mod level_state;
mod levels_merge;
mod measure;
mod psd_mean;
mod scalars;

use std::sync::{Arc, OnceLock};

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

/// Our aggregate functions, one instance each, so that plans compare equal.
pub(crate) fn aggregates() -> &'static [Arc<AggregateUDF>] {
    static ALL: OnceLock<Vec<Arc<AggregateUDF>>> = OnceLock::new();
    ALL.get_or_init(aggregate::all)
}

/// Our scalar functions, one instance each.
pub(crate) fn scalars() -> &'static [Arc<ScalarUDF>] {
    static ALL: OnceLock<Vec<Arc<ScalarUDF>>> = OnceLock::new();
    ALL.get_or_init(|| [scalars::all(), band_edges::all()].concat())
}
