//! Our aggregate functions, as DataFusion sees them.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, TypeSignature, Volatility};

use super::exceeded::Exceeded;
use super::leq::Leq;
use super::levels_merge::{LevelsMerge, Merged, PeakDb, Rms, RmsDb};
use super::measure::Measure;
use super::psd_mean::PsdMean;
use crate::table::powers;

/// Which function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    MergeLevels,
    Rms,
    RmsDb,
    PeakDb,
    Leq,
    Exceeded,
    PsdMean,
}

/// An aggregate function whose state is bytes.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Aggregate {
    kind: Kind,
    signature: Signature,
}

impl Aggregate {
    fn new(kind: Kind) -> Self {
        let floats = |count| TypeSignature::Exact(vec![DataType::Float64; count]);
        let signature = match kind {
            Kind::MergeLevels | Kind::Rms | Kind::RmsDb | Kind::PeakDb => TypeSignature::Exact(vec![DataType::Binary]),
            Kind::Leq => TypeSignature::OneOf(vec![floats(1), floats(2)]),
            Kind::Exceeded => floats(2),
            Kind::PsdMean => TypeSignature::OneOf(vec![
                TypeSignature::Exact(vec![powers()]),
                TypeSignature::Exact(vec![powers(), DataType::UInt64]),
            ]),
        };
        Aggregate { kind, signature: Signature::new(signature, Volatility::Immutable) }
    }
}

/// All aggregate functions of this crate.
pub(crate) fn all() -> Vec<Arc<AggregateUDF>> {
    [Kind::MergeLevels, Kind::Rms, Kind::RmsDb, Kind::PeakDb, Kind::Leq, Kind::Exceeded, Kind::PsdMean]
        .map(|kind| Arc::new(AggregateUDF::from(Aggregate::new(kind))))
        .to_vec()
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        match self.kind {
            Kind::MergeLevels => "merge_levels",
            Kind::Rms => "rms",
            Kind::RmsDb => "rms_db",
            Kind::PeakDb => "peak_db",
            Kind::Leq => "leq",
            Kind::Exceeded => "l",
            Kind::PsdMean => "psd_mean",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(match self.kind {
            Kind::MergeLevels => DataType::Binary,
            Kind::PsdMean => powers(),
            _ => DataType::Float64,
        })
    }

    fn accumulator(&self, _arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(match self.kind {
            Kind::MergeLevels => Box::new(Accumulated(LevelsMerge::<Merged>::default())),
            Kind::Rms => Box::new(Accumulated(LevelsMerge::<Rms>::default())),
            Kind::RmsDb => Box::new(Accumulated(LevelsMerge::<RmsDb>::default())),
            Kind::PeakDb => Box::new(Accumulated(LevelsMerge::<PeakDb>::default())),
            Kind::Leq => Box::new(Accumulated(Leq::default())),
            Kind::Exceeded => Box::new(Accumulated(Exceeded::default())),
            Kind::PsdMean => Box::new(Accumulated(PsdMean::default())),
        })
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[state]", arguments.name), DataType::Binary, true))])
    }
}

/// A [`Measure`] as an accumulator.
#[derive(Debug)]
struct Accumulated<M>(M);

impl<M: Measure> Accumulator for Accumulated<M> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update(values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.value()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.0.to_bytes()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        states[0].as_binary::<i32>().iter().flatten().try_for_each(|bytes| self.0.merge(bytes))
    }
}
