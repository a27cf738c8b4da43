//! What is measured and written as one: the recordings of a site that began on one day.

use std::path::{Path, PathBuf};

use crate::location::RecordingFile;
use crate::shard::hash;
use crate::table::SCHEMA_VERSION;

/// A partition without a value. Hive's own `__HIVE_DEFAULT_PARTITION__` becomes a null, which pandas cannot unite with other partitions
/// ("Cannot yet unify dictionaries with nulls").
const NO_VALUE: &str = "unknown";

/// One site and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) site: Option<String>,
    /// The day on which the recordings began, in UTC, as 2024-05-01.
    pub(super) day: Option<String>,
    pub(super) files: Vec<RecordingFile>,
}

impl Unit {
    /// Where the rows of a table go.
    pub(super) fn directory(&self, root: &Path, table: &str) -> PathBuf {
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| NO_VALUE.to_owned(), encoded);
        root.join(table).join(format!("site={}", value(&self.site))).join(format!("day={}", value(&self.day)))
    }

    /// The name of the file: another one whenever anything changes that its rows depend on.
    pub(super) fn name(&self, prefix: &str, settings: &str) -> String {
        let mut text = format!("{SCHEMA_VERSION}\n{settings}\n");
        for file in &self.files {
            text.push_str(&format!("{}\n{}\n{}\n", file.path, file.size, file.version.as_deref().unwrap_or("")));
        }
        format!("{prefix}{:016x}.parquet", hash(text.as_bytes()))
    }
}

/// A value as Hive writes it into a path.
fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii() && !(c.is_ascii_alphanumeric() || "-_. ".contains(c)) {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Unit;
    use crate::location::RecordingFile;
    use std::path::Path;

    fn unit(size: u64) -> Unit {
        let file = RecordingFile {
            path: "a.wav".into(),
            size,
            version: Some("1".into()),
            site: Some("reef/1".into()),
            deployment: None,
        };
        Unit { site: file.site.clone(), day: None, files: vec![file] }
    }

    #[test]
    fn paths_are_those_of_hive() {
        let directory = unit(1).directory(Path::new("out"), "audio");
        assert_eq!(directory, Path::new("out/audio/site=reef%2F1/day=unknown"));
    }

    #[test]
    fn a_name_changes_with_the_recordings_and_the_settings() {
        let name = unit(1).name("p-", "60 s");
        assert_eq!(name, unit(1).name("p-", "60 s"));
        assert_ne!(name, unit(2).name("p-", "60 s"));
        assert_ne!(name, unit(1).name("p-", "1 s"));
    }
}
