//! What files say about their audio, as the dataclasses of `ndaudio/_metadata.py`.

use std::path::Path;

use ndaudio::metadata::{self, Metadata, RecordingTime};
use ndaudio::{Anomaly, Chunk, Sequence, SequenceFile, Severity, Source};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDelta, PyDict, PyType};

use crate::error::invalid;
use crate::source::{Shared, Watched};

/// A class of `ndaudio/_metadata.py`.
pub(crate) fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    py.import("ndaudio._metadata")?.getattr(name)?.cast_into::<PyType>().map_err(PyErr::from)
}

/// The four characters of an id; bytes that are none become U+0000 to U+00FF.
fn id_text(id: [u8; 4]) -> String {
    id.iter().map(|&byte| char::from(byte)).collect()
}

/// The bytes of an id of four characters.
pub(crate) fn id_bytes(text: &str) -> PyResult<[u8; 4]> {
    let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        invalid(format!("the id of a chunk is 4 characters of one byte, such as \"bext\", not {text:?}"))
    })
}

/// What a file, or the files of a sequence, got wrong.
pub(crate) fn anomalies<'py>(py: Python<'py>, shared: &Shared) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let found: Vec<(Option<String>, Anomaly)> = shared.with(py, |source: &mut Watched| {
        Ok(match source.opened().as_sequence() {
            Some(sequence) => sequence
                .file_anomalies()
                .iter()
                .map(|(path, anomaly)| (Some(path.display().to_string()), anomaly.clone()))
                .collect(),
            None => source.anomalies().iter().map(|anomaly| (None, anomaly.clone())).collect(),
        })
    })?;
    let class = class(py, "Anomaly")?;
    let build = |(path, anomaly): (Option<String>, Anomaly)| {
        let severity = match anomaly.severity() {
            Severity::Note => "note",
            _ => "defect",
        };
        // The name of the variant, which is how `Debug` begins.
        let debug = format!("{anomaly:?}");
        let kind = debug.split([' ', '{']).next().unwrap_or_default();
        class.call1((anomaly.to_string(), kind, severity, anomaly.offset(), path))
    };
    found.into_iter().map(build).collect()
}

/// The chunks of a WAVE file.
pub(crate) fn chunks<'py>(py: Python<'py>, shared: &Shared) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let chunks: Vec<Chunk> = shared.with(py, |source| Ok(source.opened().chunks().to_vec()))?;
    let class = class(py, "Chunk")?;
    chunks.iter().map(|chunk| class.call1((id_text(chunk.id), chunk.offset, chunk.content_offset, chunk.len))).collect()
}

/// Everything that the known chunks and tags say.
pub(crate) fn metadata<'py>(py: Python<'py>, shared: &Shared) -> PyResult<Bound<'py, PyAny>> {
    let metadata = shared.with(py, Source::metadata)?;
    let texts = PyDict::new(py);
    for (id, text) in metadata.info.iter().flat_map(metadata::Info::iter) {
        texts.set_item(id_text(id), text)?;
    }
    let guano = PyDict::new(py);
    for (key, text) in metadata.guano.iter().flat_map(metadata::Guano::iter) {
        guano.set_item(key, text)?;
    }
    let cue = class(py, "Cue")?;
    let cues: Vec<_> = metadata
        .cues
        .iter()
        .map(|point| cue.call1((point.id, point.frame, point.length, &point.label, &point.note)))
        .collect::<PyResult<_>>()?;
    let bext = metadata.bext.as_ref().map(|bext| self::bext(py, bext)).transpose()?;
    let position = metadata.guano.as_ref().and_then(metadata::Guano::position);
    class(py, "Metadata")?.call1((bext, texts, cues, &metadata.ixml, guano, position, metadata.fact_frames))
}

fn bext<'py>(py: Python<'py>, bext: &metadata::Bext) -> PyResult<Bound<'py, PyAny>> {
    let loudness = bext.loudness().map(|loudness| {
        class(py, "BextLoudness")?.call1((
            loudness.integrated,
            loudness.range,
            loudness.max_true_peak,
            loudness.max_momentary,
            loudness.max_short_term,
        ))
    });
    class(py, "Bext")?.call1((
        bext.description(),
        bext.originator(),
        bext.originator_reference(),
        bext.origination_date(),
        bext.origination_time(),
        bext.time_reference(),
        bext.version(),
        bext.umid().map(|umid| PyBytes::new(py, &umid)),
        loudness.transpose()?,
        bext.coding_history(),
    ))
}

/// When the recording began: of a stage that of its file, at the file's first frame.
pub(crate) fn start_time<'py>(py: Python<'py>, shared: &Shared) -> PyResult<Option<Bound<'py, PyAny>>> {
    let file = shared.origin();
    let found = file.with(py, |source: &mut Watched| {
        if let Some(sequence) = source.opened().as_sequence() {
            return Ok(sequence.files().first().and_then(SequenceFile::start_time));
        }
        let metadata: Metadata = source.metadata()?;
        Ok(metadata::start_time(&metadata, file.spec().sample_rate(), file.path()))
    })?;
    found.map(|time| to_python(py, &time)).transpose()
}

fn to_python<'py>(py: Python<'py>, time: &RecordingTime) -> PyResult<Bound<'py, PyAny>> {
    let parsed = py.import("datetime")?.getattr("datetime")?.call_method1("fromisoformat", (time.to_string(),))?;
    class(py, "RecordingTime")?.call1((parsed, time.source().to_string()))
}

/// What `f` finds in a sequence; nothing of anything else.
fn in_sequence<R: Send + Default>(
    py: Python<'_>,
    shared: &Shared,
    f: impl FnOnce(&Sequence) -> R + Send,
) -> PyResult<R> {
    shared.with(py, |source: &mut Watched| Ok(source.opened().as_sequence().map(f).unwrap_or_default()))
}

/// The files of a sequence.
pub(crate) fn files<'py>(py: Python<'py>, shared: &Shared) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let files = in_sequence(py, shared, |sequence| sequence.files().to_vec())?;
    let class = class(py, "SequenceFile")?;
    let build = |file: &SequenceFile| {
        let time = file.start_time().map(|time| to_python(py, &time)).transpose()?;
        class.call1((path_text(file.path()), file.first_frame(), file.frames(), time))
    };
    files.iter().map(build).collect()
}

fn path_text(path: &Path) -> &std::ffi::OsStr {
    path.as_os_str()
}

/// The gaps between the files of a sequence, longer than `tolerance` seconds either way.
pub(crate) fn gaps<'py>(py: Python<'py>, shared: &Shared, tolerance: f64) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let tolerance = std::time::Duration::try_from_secs_f64(tolerance)
        .map_err(|error| invalid(format!("tolerance must be a number of seconds from 0 on: {error}")))?;
    let gaps = in_sequence(py, shared, |sequence| sequence.gaps(tolerance))?;
    let class = class(py, "Gap")?;
    let build = |gap: &ndaudio::Gap| {
        let (seconds, nanoseconds) = (gap.length.as_secs(), gap.length.subsec_nanos());
        let days = i32::try_from(seconds.div_euclid(86_400)).map_err(|_| PyOverflowError::new_err("a gap of ages"))?;
        let seconds = i32::try_from(seconds.rem_euclid(86_400))?;
        let length = PyDelta::new(py, days, seconds, nanoseconds / 1000, true)?;
        class.call1((gap.file, gap.frame, length))
    };
    gaps.iter().map(build).collect()
}
