//! Rows as text or Parquet.

mod format;
mod plain;
mod writer;

pub use format::Format;
pub use writer::RowWriter;
