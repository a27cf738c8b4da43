//! What one task reads: a file, or some frames of one.

use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use datafusion::common::Result;

use crate::location::RecordingFile;

/// A run of frames of a file. Tasks get them as rows of an in-memory table, which every engine can hand out and send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) file: RecordingFile,
    /// The first frame.
    pub(crate) first: u64,
    /// How many; `None` for all that follow.
    pub(crate) frames: Option<u64>,
    /// Bytes to read, about: tasks are balanced by it.
    pub(crate) bytes: u64,
}

impl Part {
    /// The columns of a part.
    pub(crate) fn schema() -> SchemaRef {
        static SCHEMA: OnceLock<SchemaRef> = OnceLock::new();
        Arc::clone(SCHEMA.get_or_init(|| {
            let field = |name: &str, data_type, nullable| Field::new(name, data_type, nullable);
            Arc::new(Schema::new(vec![
                field("path", DataType::Utf8, false),
                field("size", DataType::UInt64, false),
                field("version", DataType::Utf8, true),
                field("site", DataType::Utf8, true),
                field("deployment", DataType::Utf8, true),
                field("first", DataType::UInt64, false),
                field("frames", DataType::UInt64, true),
                field("bytes", DataType::UInt64, false),
            ]))
        }))
    }

    pub(crate) fn to_batch(parts: &[Part]) -> Result<RecordBatch> {
        let optional = |text: fn(&RecordingFile) -> Option<&str>| -> ArrayRef {
            Arc::new(parts.iter().map(|part| text(&part.file)).collect::<StringArray>())
        };
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(parts.iter().map(|part| &part.file.path))),
            Arc::new(UInt64Array::from_iter_values(parts.iter().map(|part| part.file.size))),
            optional(|file| file.version.as_deref()),
            optional(|file| file.site.as_deref()),
            optional(|file| file.deployment.as_deref()),
            Arc::new(UInt64Array::from_iter_values(parts.iter().map(|part| part.first))),
            Arc::new(parts.iter().map(|part| part.frames).collect::<UInt64Array>()),
            Arc::new(UInt64Array::from_iter_values(parts.iter().map(|part| part.bytes))),
        ];
        Ok(RecordBatch::try_new(Self::schema(), columns)?)
    }

    pub(crate) fn from_batch(batch: &RecordBatch) -> Vec<Part> {
        let text = |column: usize, row: usize| {
            let column = batch.column(column).as_string::<i32>();
            column.is_valid(row).then(|| column.value(row).to_owned())
        };
        let number = |column: usize, row: usize| {
            let column = batch.column(column).as_primitive::<UInt64Type>();
            column.is_valid(row).then(|| column.value(row))
        };
        let part = |row: usize| Part {
            file: RecordingFile {
                path: text(0, row).unwrap_or_default(),
                size: number(1, row).unwrap_or(0),
                version: text(2, row),
                site: text(3, row),
                deployment: text(4, row),
            },
            first: number(5, row).unwrap_or(0),
            frames: number(6, row),
            bytes: number(7, row).unwrap_or(0),
        };
        (0..batch.num_rows()).map(part).collect()
    }
}

/// Deals parts out to at most `count` tasks: each to the one with the fewest bytes so far, in order.
pub(crate) fn deal(parts: Vec<Part>, count: usize) -> Vec<Vec<Part>> {
    let count = count.min(parts.len()).max(1);
    let mut tasks: Vec<(u64, Vec<Part>)> = vec![(0, Vec::new()); count];
    for part in parts {
        if let Some((bytes, task)) = tasks.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            // A file costs something to open, however short it is.
            *bytes += part.bytes + 64 * 1024;
            task.push(part);
        }
    }
    tasks.into_iter().map(|(_, task)| task).collect()
}

#[cfg(test)]
mod tests {
    use super::{Part, deal};
    use crate::location::RecordingFile;

    fn part(path: &str, bytes: u64) -> Part {
        let file = RecordingFile {
            path: path.into(),
            size: bytes,
            version: Some("1".into()),
            site: None,
            deployment: Some("d".into()),
        };
        Part { file, first: bytes, frames: bytes.is_multiple_of(2).then_some(bytes), bytes }
    }

    #[test]
    fn parts_survive_being_rows() {
        let parts = [part("a", 1), part("b", 2)];
        assert_eq!(Part::from_batch(&Part::to_batch(&parts).unwrap()), parts);
    }

    #[test]
    fn every_part_goes_to_one_task_and_tasks_are_even() {
        let parts: Vec<Part> = (0..100).map(|n| part(&n.to_string(), 1_000_000 + n * 1000)).collect();
        let tasks = deal(parts.clone(), 4);
        let mut dealt: Vec<String> = tasks.iter().flatten().map(|part| part.file.path.clone()).collect();
        dealt.sort();
        let mut given: Vec<String> = parts.iter().map(|part| part.file.path.clone()).collect();
        given.sort();
        assert_eq!(dealt, given);
        assert!(tasks.iter().all(|task| task.len() == 25));
        assert_eq!(deal(vec![part("a", 1)], 4).len(), 1);
        assert_eq!(deal(vec![], 4).len(), 1);
    }
}
