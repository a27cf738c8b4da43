//! The three tables over a location.

use datafusion::arrow::datatypes::SchemaRef;
use serde::{Deserialize, Serialize};

use super::columns;
use crate::spectra::Spectra;
use crate::window::Window;

/// Which table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum TableKind {
    /// One row per window and channel.
    Audio { window: Window, spectra: Option<Spectra> },
    /// One row per file, from its header.
    Recordings,
    /// One row per file that cannot be measured.
    Errors,
}

impl TableKind {
    pub(crate) fn schema(&self) -> SchemaRef {
        match self {
            TableKind::Audio { spectra, .. } => columns::audio(spectra.as_ref()),
            TableKind::Recordings => columns::recordings(),
            TableKind::Errors => columns::errors(),
        }
    }

    pub(crate) fn function(&self) -> &'static str {
        match self {
            TableKind::Audio { .. } => "audio",
            TableKind::Recordings => "recordings",
            TableKind::Errors => "errors",
        }
    }
}

impl std::fmt::Display for TableKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TableKind::Audio { window, spectra: None } => write!(f, "audio, window={window}"),
            TableKind::Audio { window, spectra: Some(spectra) } => write!(f, "audio, window={window}, {spectra}"),
            TableKind::Recordings | TableKind::Errors => f.write_str(self.function()),
        }
    }
}
