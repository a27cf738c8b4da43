//! Files in and out: `-` for the standard streams, outputs that appear only when they are whole.

use std::fs::File;
use std::path::{Path, PathBuf};

use ndaudio::{Container, ReadOptions, Replace, Spec, WavReader, WavWriter, WriteOptions, refuse_same};

use super::failure::{Failure, Outcome, note};

/// Frames that are read, changed and written at a time: about this many samples.
const BLOCK_SAMPLES: usize = 256 << 10;

/// Frames of a block.
pub(crate) fn block_len(spec: &Spec) -> usize {
    (BLOCK_SAMPLES / spec.channels()).max(1)
}

/// A path as it is given, or the standard stream behind `-`.
fn resolve(path: &Path, stream: &str) -> PathBuf {
    if path == Path::new("-") { PathBuf::from(stream) } else { path.to_path_buf() }
}

/// Opens a file, or standard input for `-`.
pub(crate) fn open(path: &Path) -> Outcome<WavReader<File>> {
    Ok(WavReader::open(resolve(path, "/dev/stdin"))?)
}

/// Says what was wrong with a file that was read all the same.
pub(crate) fn note_anomalies(path: &Path, reader: &WavReader<File>) {
    for anomaly in reader.anomalies() {
        note(format_args!("{}: {anomaly}", path.display()));
    }
}

/// The container for an output: by its name, else that of the input.
pub(crate) fn container_for(output: &Path, input: Container) -> Container {
    let extension = output.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match (extension.as_deref(), input) {
        (Some("w64"), _) => Container::Wave64,
        (Some("rf64"), _) => Container::Rf64,
        (Some("bw64"), _) => Container::Bw64,
        // Big-endian files are read, but not written; Wave64 goes by the name `.w64`.
        (_, Container::Rifx) | (Some("wav" | "wave"), Container::Wave64) => Container::Riff,
        (_, container) => container,
    }
}

/// A file in the making.
pub(crate) struct Output {
    replace: Replace,
    pub(crate) writer: WavWriter<File>,
}

impl Output {
    /// Begins a file that is not the input. What stands there stays until [`finish`](Output::finish).
    pub(crate) fn create(input: &Path, output: &Path, options: &WriteOptions) -> Outcome<Self> {
        let output = resolve(output, "/dev/stdout");
        refuse_same(resolve(input, "/dev/stdin"), &output)?;
        let replace = Replace::create(output)?;
        let writer = replace.writer(options)?;
        Ok(Output { replace, writer })
    }

    /// As [`finish`](Output::finish), if nothing is wrong with the file.
    pub(crate) fn finish_strict(self) -> Outcome {
        let Output { replace, writer } = self;
        writer.finalize()?;
        if replace.path().is_file() {
            ReadOptions::new().strict().open(replace.path())?;
        }
        Ok(replace.commit()?)
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> Outcome {
        let Output { replace, writer } = self;
        writer.finalize()?;
        Ok(replace.commit()?)
    }
}

/// Refuses an input that cannot be read twice.
pub(crate) fn refuse_pipe(reader: &WavReader<File>, path: &Path, what: &str) -> Outcome {
    if reader.get_ref().metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(());
    }
    Err(Failure::new(format!("is a pipe, and {what} reads its input twice"))
        .about(path)
        .advise("save the input to a file first"))
}
