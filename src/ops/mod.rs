//! Windows → answers: measures and changes of arrays of samples.
//!
//! Nothing here knows of files, readers or where the arrays come from.

pub mod db;
pub mod levels;
