//! Recordings as tables.

mod archive_table;
mod columns;
mod function;
mod kind;

pub(crate) use archive_table::ArchiveTable;
pub use columns::SCHEMA_VERSION;
pub(crate) use columns::powers;
pub(crate) use function::register;
pub(crate) use kind::TableKind;
