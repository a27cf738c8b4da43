//! `merge_levels`, `rms`, `rms_db` and `peak_db`.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_datafusion_err};
use ndaudio::db;

use super::level_state::LevelState;
use super::measure::Measure;

/// What becomes of the merged levels.
pub(super) trait Outcome: std::fmt::Debug + Default + Send + Sync + 'static {
    fn of(levels: &LevelState) -> ScalarValue;
}

/// Merges the column `levels` of windows.
#[derive(Debug, Default)]
pub(super) struct LevelsMerge<O> {
    levels: LevelState,
    outcome: std::marker::PhantomData<O>,
}

fn foreign() -> DataFusionError {
    exec_datafusion_err!(
        "these bytes are not levels of this version: pass the column `levels` of audio(), or what merge_levels() returned"
    )
}

impl<O: Outcome> Measure for LevelsMerge<O> {
    fn update(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        for bytes in arguments[0].as_binary::<i32>().iter().flatten() {
            self.merge(bytes)?;
        }
        Ok(())
    }

    fn merge(&mut self, bytes: &[u8]) -> Result<()> {
        self.levels.merge(&LevelState::from_bytes(bytes).ok_or_else(foreign)?);
        Ok(())
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.levels.to_bytes()
    }

    fn value(&self) -> Result<ScalarValue> {
        Ok(O::of(&self.levels))
    }

    fn size(&self) -> usize {
        self.levels.size()
    }
}

/// The state itself.
#[derive(Debug, Default)]
pub(super) struct Merged;

impl Outcome for Merged {
    fn of(levels: &LevelState) -> ScalarValue {
        ScalarValue::Binary(Some(levels.to_bytes()))
    }
}

/// The root mean square; full scale is 1.0.
#[derive(Debug, Default)]
pub(super) struct Rms;

impl Outcome for Rms {
    fn of(levels: &LevelState) -> ScalarValue {
        ScalarValue::Float64(levels.mean_square().map(f64::sqrt))
    }
}

/// The root mean square in dB relative to full scale; silence is −∞.
#[derive(Debug, Default)]
pub(super) struct RmsDb;

impl Outcome for RmsDb {
    fn of(levels: &LevelState) -> ScalarValue {
        ScalarValue::Float64(levels.mean_square().map(|power| db::from_amplitude(power.sqrt())))
    }
}

/// The largest magnitude in dB relative to full scale.
#[derive(Debug, Default)]
pub(super) struct PeakDb;

impl Outcome for PeakDb {
    fn of(levels: &LevelState) -> ScalarValue {
        ScalarValue::Float64(levels.peak().map(db::from_amplitude))
    }
}
