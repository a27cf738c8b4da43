//! Which files and parts a filter rules out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, DFSchema, Result, ScalarValue};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_expr::create_physical_expr;
use datafusion::physical_optimizer::pruning::{PruningPredicate, PruningPredicateBuilder};

/// The smallest and the largest value that columns can have in each of several files or parts. Columns that are not here are unknown.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    len: usize,
    columns: HashMap<&'static str, (ArrayRef, ArrayRef)>,
}

impl Bounds {
    pub(crate) fn new(len: usize) -> Self {
        Bounds { len, columns: HashMap::new() }
    }

    /// Says that a column is within these values; NULL where nothing is known.
    pub(crate) fn set(&mut self, column: &'static str, min: ArrayRef, max: ArrayRef) {
        self.columns.insert(column, (min, max));
    }

    /// Says that a column has these values, NULL among them where the column itself is.
    pub(crate) fn set_exactly(&mut self, column: &'static str, values: ArrayRef) {
        self.set(column, Arc::clone(&values), values);
    }

    /// Says the range of one column of the only part.
    pub(crate) fn set_one(&mut self, column: &'static str, min: ScalarValue, max: ScalarValue) -> Result<()> {
        self.set(column, min.to_array()?, max.to_array()?);
        Ok(())
    }
}

impl PruningStatistics for Bounds {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.columns.get(column.name.as_str()).map(|(min, _)| Arc::clone(min))
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.columns.get(column.name.as_str()).map(|(_, max)| Arc::clone(max))
    }

    fn num_containers(&self) -> usize {
        self.len
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

/// Filters of a query, ready to rule out files and parts. Whatever they cannot decide is left to the engine, which filters the rows.
#[derive(Debug, Clone)]
pub(crate) struct Pruning {
    predicate: Option<PruningPredicate>,
}

impl Pruning {
    pub(crate) fn new(filters: &[Expr], schema: &SchemaRef) -> Self {
        let predicate = || -> Result<Option<PruningPredicate>> {
            let Some(filter) = conjunction(filters.iter().cloned()) else { return Ok(None) };
            let df_schema = DFSchema::try_from(Arc::clone(schema))?;
            let filter = create_physical_expr(&filter, &df_schema, &ExecutionProps::new(), &Default::default())?;
            let predicate = PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema)).try_build(filter)?;
            Ok((!predicate.always_true()).then_some(predicate))
        };
        // A filter that cannot be used here is still applied to the rows.
        Pruning { predicate: predicate().ok().flatten() }
    }

    /// Which of the files or parts may have rows that the filters keep.
    pub(crate) fn keeps(&self, bounds: &Bounds) -> Vec<bool> {
        let all = || vec![true; bounds.len];
        match &self.predicate {
            Some(predicate) => predicate.prune(bounds).unwrap_or_else(|_| all()),
            None => all(),
        }
    }

    /// Whether there is anything to rule out with.
    pub(crate) fn is_empty(&self) -> bool {
        self.predicate.is_none()
    }
}
