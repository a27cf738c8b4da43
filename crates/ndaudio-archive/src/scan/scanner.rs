//! Reads parts into batches of rows.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_datafusion_err};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder};
use ndaudio::ndarray::Array2;
use ndaudio::{ErrorKind, Levels, Source};

use super::header::Header;
use super::measure;
use super::part::Part;
use super::pruning::{Bounds, Pruning};
use super::rows::{AudioRow, ErrorRow, RecordingRow, audio_batch, errors_batch, recordings_batch};
use super::source::{Recording, named};
use super::spec::ScanSpec;
use super::welch::{SpectraPlan, WindowSpectra};
use crate::progress::Progress;
use crate::reports::Reporter;
use crate::shard::hash;
use crate::spectra::Spectra;
use crate::store::is_remote;
use crate::table::TableKind;
use crate::window::Window;

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;
/// Numbers in the lists of a batch: 8 MiB, so that rows of long spectra take no more memory than others.
const BATCH_NUMBERS: usize = 1 << 20;

/// Takes a batch, and says whether it wants more.
pub(super) type Emit<'a> = dyn FnMut(Result<RecordBatch>) -> bool + 'a;

/// Columns of `audio()` that come from the header and the place of the window; all others need the samples.
const HEADER_COLUMNS: [&str; 10] = [
    "file",
    "site",
    "deployment",
    "channel",
    "sample_rate",
    "start_frame",
    "start_time",
    "frames",
    "full_scale",
    "anomalies",
];

/// Columns of `audio()` that need transforms.
const LIST_COLUMNS: [&str; 3] = ["transforms", "density", "bands"];

/// Rows on their way into a batch.
#[derive(Default)]
struct Rows {
    rows: Vec<AudioRow>,
    /// Numbers in their lists.
    numbers: usize,
}

impl Rows {
    fn add(&mut self, row: AudioRow) {
        let per_channel = |list: &Option<Array2<f64>>| list.as_ref().map_or(0, Array2::nrows);
        let numbers = |spectra: &Arc<WindowSpectra>| per_channel(&spectra.density) + per_channel(&spectra.bands);
        self.numbers += row.spectra.as_ref().map_or(0, numbers);
        self.rows.push(row);
    }

    fn are_enough(&self) -> bool {
        self.rows.len() >= BATCH_ROWS || self.numbers >= BATCH_NUMBERS
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.numbers = 0;
    }
}

/// One task's scan.
pub(super) struct Scanner {
    kind: TableKind,
    schema: SchemaRef,
    pruning: Pruning,
    /// Whether the samples are needed.
    decodes: bool,
    /// Whether the metadata is needed, which says when the recording began.
    times: bool,
    progress: Option<Arc<Progress>>,
    session: Option<u64>,
    spec_hash: u64,
    reporter: Option<Reporter>,
    files_opened: Count,
    files_failed: Count,
    frames_decoded: Count,
    parts_pruned: Count,
}

/// Why a part gave no (more) rows.
enum Stop {
    /// The file is bad: it counts, and the scan goes on.
    File(ndaudio::Error),
    /// Something the numbers would be wrong without.
    Query(DataFusionError),
    /// Nobody wants more rows.
    Enough,
}

impl Scanner {
    pub(super) fn new(
        spec: &ScanSpec,
        context: &TaskContext,
        metrics: &ExecutionPlanMetricsSet,
        partition: usize,
    ) -> Result<Self> {
        let schema = spec.schema()?;
        let filters = spec.filters(context);
        let asked = |name: &str| schema.column_with_name(name).is_some();
        let filtered =
            filters.iter().any(|filter| filter.column_refs().iter().any(|column| column.name == "start_time"));
        let counter = |name| MetricBuilder::new(metrics).counter(name, partition);
        Ok(Scanner {
            kind: spec.kind.clone(),
            pruning: Pruning::new(&filters, &spec.kind.schema()),
            decodes: schema.fields().iter().any(|field| !HEADER_COLUMNS.contains(&field.name().as_str())),
            times: asked("start_time") || filtered,
            schema,
            progress: context.session_config().get_extension::<Progress>(),
            session: spec.session,
            spec_hash: spec.hash(),
            reporter: None,
            files_opened: counter("files_opened"),
            files_failed: counter("files_failed"),
            frames_decoded: counter("frames_decoded"),
            parts_pruned: counter("parts_pruned"),
        })
    }

    pub(super) fn scan(&mut self, parts: &[Part], emit: &mut Emit) {
        self.begin_reports(parts);
        let done = match self.kind.clone() {
            TableKind::Audio { window, spectra } => self.audio(parts, window, spectra.as_ref(), emit),
            TableKind::Recordings => self.recordings(parts, emit),
            TableKind::Errors => self.errors(parts, emit),
        };
        if let Err(error) = done {
            emit(Err(error));
        }
    }

    /// In an executor, counts for the scheduler.
    fn begin_reports(&mut self, parts: &[Part]) {
        let (None, Some(session), Some(first)) = (&self.progress, self.session, parts.first()) else { return };
        let progress = Arc::new(Progress::default());
        // The same task has the same number wherever it is tried again.
        let task = hash(format!("{} {} {}", self.spec_hash, first.first, first.file.path).as_bytes());
        self.reporter = Reporter::new(session, task, Arc::clone(&progress));
        self.progress = self.reporter.is_some().then_some(progress);
    }

    fn report(&self, at_once: bool) {
        if let Some(reporter) = &self.reporter {
            reporter.report(at_once);
        }
    }

    fn audio(&self, parts: &[Part], window: Window, spectra: Option<&Spectra>, emit: &mut Emit) -> Result<()> {
        let mut rows = Rows::default();
        // Lists are made only if a column of them is asked for.
        let asked = |name: &str| self.schema.column_with_name(name).is_some();
        let spectra = spectra.filter(|_| LIST_COLUMNS.iter().any(|name| asked(name)));
        for part in parts {
            match self.audio_part(part, window, spectra, &mut rows, emit) {
                Ok(()) => {}
                Err(Stop::File(error)) => self.fail(part, &message(&error)),
                Err(Stop::Query(error)) => return Err(error),
                Err(Stop::Enough) => return Ok(()),
            }
            self.finish(part);
        }
        self.report(true);
        if !rows.rows.is_empty() {
            emit(audio_batch(&rows.rows, &self.schema));
        }
        Ok(())
    }

    fn audio_part(
        &self,
        part: &Part,
        window: Window,
        spectra: Option<&Spectra>,
        rows: &mut Rows,
        emit: &mut Emit,
    ) -> Result<(), Stop> {
        let stop = |error| self.stop(part, error);
        let mut recording = self.open(part).map_err(stop)?;
        let header = Header::read(&mut recording, &part.file, self.times).map_err(stop)?;
        let len = window.frames(header.spec.sample_rate());
        let available = header.frames.map(|frames| frames.saturating_sub(part.first));
        let frames = part.frames.into_iter().chain(available).min();
        let channels = header.spec.channels();
        if !self.may_match(part, &header, frames, len).map_err(Stop::Query)? {
            self.parts_pruned.add(1);
            return Ok(());
        }
        let spectra = self.spectra_plan(spectra, &header).map_err(Stop::Query)?;
        let file = Arc::new((part.file.clone(), header));
        let mut wanted = true;
        let mut add = |start_frame: u64, frames: u64, levels: Option<&Levels>, spectra: Option<WindowSpectra>| {
            let spectra = spectra.map(Arc::new);
            for channel in 0..channels {
                let level = levels.map(|levels| levels.channel(channel).clone());
                let (file, spectra) = (Arc::clone(&file), spectra.clone());
                rows.add(AudioRow { file, channel, start_frame, frames, level, spectra });
            }
            if rows.are_enough() {
                wanted = emit(audio_batch(&rows.rows, &self.schema));
                rows.clear();
            }
            wanted
        };
        match frames {
            // The places of the windows follow from the header.
            Some(frames) if !self.decodes => {
                let len = len.unwrap_or(u64::MAX);
                let mut start = 0;
                while start < frames && add(part.first + start, len.min(frames - start), None, None) {
                    start += len.min(frames - start);
                }
            }
            _ => {
                if part.first > 0 {
                    recording.seek(part.first).map_err(stop)?;
                }
                let rate = file.1.spec.sample_rate();
                let each = &mut |start, levels: Levels, spectra| {
                    let frames = levels.frames();
                    self.frames_decoded.add(usize::try_from(frames).unwrap_or(usize::MAX));
                    if let Some(progress) = &self.progress {
                        progress.add_audio(frames, rate);
                    }
                    self.report(false);
                    add(part.first + start, frames, Some(&levels), spectra)
                };
                measure::windows(&mut recording, len, frames, spectra.as_ref(), each).map_err(stop)?;
                if let Some(damage) = damage(&recording, file.1.anomalies.len()) {
                    self.fail(part, &format!("{}: {damage}", part.file.path));
                }
            }
        }
        if wanted { Ok(()) } else { Err(Stop::Enough) }
    }

    fn spectra_plan(&self, spectra: Option<&Spectra>, header: &Header) -> Result<Option<SpectraPlan>> {
        let plan = |spectra| SpectraPlan::new(spectra, header.spec.sample_rate(), header.spec.channels());
        spectra.map(plan).transpose()
    }

    /// Whether rows of this part can be among those that the filters keep, as far as the header tells.
    fn may_match(&self, part: &Part, header: &Header, frames: Option<u64>, len: Option<u64>) -> Result<bool> {
        if self.pruning.is_empty() {
            return Ok(true);
        }
        let mut bounds = file_bounds(&[part]);
        let channels = u32::try_from(header.spec.channels()).unwrap_or(u32::MAX);
        let rate = header.spec.sample_rate();
        bounds.set_one("channel", ScalarValue::from(0_u32), ScalarValue::from(channels - 1))?;
        bounds.set_one("sample_rate", ScalarValue::from(rate), ScalarValue::from(rate))?;
        if let Some(frames) = frames {
            let last = part.first + frames.saturating_sub(1) / len.unwrap_or(u64::MAX) * len.unwrap_or(0);
            bounds.set_one("start_frame", ScalarValue::from(part.first), ScalarValue::from(last))?;
            let time = |frame| ScalarValue::TimestampNanosecond(header.time_of(frame), Some("UTC".into()));
            if header.start.is_some() {
                bounds.set_one("start_time", time(part.first), time(last))?;
            }
        }
        Ok(self.pruning.keeps(&bounds)[0])
    }

    fn recordings(&self, parts: &[Part], emit: &mut Emit) -> Result<()> {
        let mut rows = Vec::new();
        for part in parts {
            let header = self.open(part).and_then(|mut recording| Header::read(&mut recording, &part.file, true));
            let header = header.map_err(|error| message(&with_name(error, part)));
            rows.push(RecordingRow { file: part.file.clone(), header });
            self.finish(part);
            if rows.len() >= BATCH_ROWS {
                if !emit(recordings_batch(&rows, &self.schema)) {
                    return Ok(());
                }
                rows.clear();
            }
        }
        self.report(true);
        if !rows.is_empty() {
            emit(recordings_batch(&rows, &self.schema));
        }
        Ok(())
    }

    fn errors(&self, parts: &[Part], emit: &mut Emit) -> Result<()> {
        let mut rows = Vec::new();
        for part in parts {
            let read = self.open(part).and_then(|mut recording| {
                let header = Header::read(&mut recording, &part.file, false)?;
                let rate = header.spec.sample_rate();
                measure::windows(&mut recording, Some(u64::from(rate.max(1))), None, None, &mut |_, levels, _| {
                    self.frames_decoded.add(usize::try_from(levels.frames()).unwrap_or(usize::MAX));
                    if let Some(progress) = &self.progress {
                        progress.add_audio(levels.frames(), rate);
                    }
                    self.report(false);
                    true
                })?;
                Ok(damage(&recording, header.anomalies.len()))
            });
            let error = match read {
                Err(error) => Some(message(&with_name(error, part))),
                Ok(damage) => damage,
            };
            if let Some(error) = error {
                rows.push(ErrorRow { file: part.file.clone(), error });
            }
            self.finish(part);
        }
        self.report(true);
        if !rows.is_empty() {
            emit(errors_batch(&rows, &self.schema));
        }
        Ok(())
    }

    fn open(&self, part: &Part) -> ndaudio::Result<Recording> {
        self.files_opened.add(1);
        Recording::open(&part.file)
    }

    /// Sorts errors: a bad file is one row less, but a disk or a network that fails is no property of the file, and a query that went on
    /// without it would return wrong numbers.
    fn stop(&self, part: &Part, error: ndaudio::Error) -> Stop {
        let error = with_name(error, part);
        match error.kind() {
            ErrorKind::Io(io) => {
                use std::io::ErrorKind::{NotFound, PermissionDenied};
                // A local file that cannot be opened is bad; an object that was listed just now has changed.
                let file = !is_remote(&part.file.path) && matches!(io.kind(), NotFound | PermissionDenied);
                if file { Stop::File(error) } else { Stop::Query(exec_datafusion_err!("{}", message(&error))) }
            }
            _ => Stop::File(error),
        }
    }

    fn fail(&self, part: &Part, error: &str) {
        self.files_failed.add(1);
        log::warn!("{error}");
        if let Some(progress) = &self.progress {
            progress.fail(&part.file.path, error);
        }
    }

    fn finish(&self, part: &Part) {
        if let Some(progress) = &self.progress {
            progress.finish_part(part.bytes);
        }
    }
}

/// What went wrong while reading: `known` anomalies were in the header.
///
/// Such a recording is damaged inside. Its windows are rows all the same, with silence where blocks of it could not be decoded.
fn damage(recording: &Recording, known: usize) -> Option<String> {
    let new: Vec<String> = recording.anomalies().iter().skip(known).map(ToString::to_string).collect();
    (!new.is_empty()).then(|| new.join("; "))
}

fn with_name(error: ndaudio::Error, part: &Part) -> ndaudio::Error {
    if error.path().is_some() { error } else { named(error, &part.file) }
}

/// An error and what it comes from, in one line.
fn message(error: &ndaudio::Error) -> String {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    message
}

/// What is known of files before any is opened.
pub(crate) fn file_bounds(parts: &[&Part]) -> Bounds {
    let mut bounds = Bounds::new(parts.len());
    let paths = StringArray::from_iter_values(parts.iter().map(|part| &part.file.path));
    bounds.set_exactly("file", Arc::new(paths));
    let sites: StringArray = parts.iter().map(|part| part.file.site.as_deref()).collect();
    bounds.set_exactly("site", Arc::new(sites));
    let deployments: StringArray = parts.iter().map(|part| part.file.deployment.as_deref()).collect();
    bounds.set_exactly("deployment", Arc::new(deployments));
    bounds
}
