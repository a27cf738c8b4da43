//! In what form rows are written.

/// A form for rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values with a line of names.
    Csv,
    /// An array of objects, one per line.
    Json,
    /// A table drawn with lines, for people; all rows are held in memory.
    Table,
    /// A Parquet file.
    Parquet,
}
