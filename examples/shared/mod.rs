//! What the example programs have in common, so that the same option means the same in all of them.

#![allow(dead_code, unused_imports, unused_macros, reason = "each program uses what it needs")]

pub(crate) mod change;
pub(crate) mod encoding;
pub(crate) mod failure;
pub(crate) mod files;
pub(crate) mod format;
pub(crate) mod progress;
pub(crate) mod sample_type;
pub(crate) mod segments;

pub(crate) use failure::{Failure, Outcome, note, program};
