//! The one place that opens audio, and the handle under which readers, blocks and windows share it.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use ndaudio::metadata::Metadata;
use ndaudio::{
    Anomaly, Container, DynSource, Error, ErrorKind, MediaReader, ReadOptions, Result, Sample, Sequence, Source, Spec,
    WavReader,
};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

use crate::error::{carry, carry_io, exception};
use crate::file_like::{FileLike, Raised};
use crate::opened::{Forward, Opened};

/// Samples read at a time, at most: a few milliseconds, so that Ctrl-C is noticed within a long read.
const READ_SAMPLES: usize = 1 << 20;
/// How often a long call asks whether there was a signal.
const SIGNALS: Duration = Duration::from_millis(50);

/// Where audio comes from: a path, bytes, or an object with `read`.
pub(crate) enum Input {
    Path(PathBuf),
    Bytes(PyBackedBytes),
    FileLike(FileLike, bool),
}

impl Input {
    pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyBytes>() || object.is_instance_of::<PyByteArray>() {
            return Ok(Input::Bytes(object.extract()?));
        }
        if object.is_instance_of::<PyMemoryView>() {
            return Ok(Input::Bytes(object.call_method0("tobytes")?.extract()?));
        }
        if object.is_instance_of::<PyString>() || object.hasattr("__fspath__")? {
            return Ok(Input::Path(object.extract()?));
        }
        if object.hasattr("read")? {
            return Ok(Input::FileLike(FileLike::new(object), FileLike::can_seek(object)?));
        }
        let kind = object.get_type();
        Err(PyTypeError::new_err(format!("a path, bytes or a binary file-like object is needed, not {kind}")))
    }
}

/// An opened source, shared between Python objects and threads.
///
/// The lock is only ever taken without the GIL, so that a source which calls Python (a file-like object) cannot meet a thread that
/// has the one and waits for the other.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

struct Inner {
    spec: Spec,
    path: Option<PathBuf>,
    format: String,
    /// Of a stage, the file that it reads.
    origin: Option<Shared>,
    state: Mutex<State>,
    /// The thread that has the state, to tell a call from within a call, which would wait for itself.
    holder: Mutex<Option<ThreadId>>,
}

struct State {
    /// `None` once it is closed.
    source: Option<Watched>,
}

/// The state, for as long as a call needs it.
struct Held<'a> {
    state: MutexGuard<'a, State>,
    holder: &'a Mutex<Option<ThreadId>>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A source that asks for signals now and then, so that Ctrl-C stops whatever reads from it, within a long read as well.
pub(crate) struct Watched {
    source: Opened,
    asked: Instant,
    raised: Raised,
    /// Whether something failed since the last seek, after which the position counts for nothing.
    failed: bool,
}

impl Shared {
    /// Opens whatever `ndaudio::open` opens.
    pub(crate) fn open(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let input = Input::from_python(object)?;
        let raised = match &input {
            Input::FileLike(file, _) => file.raised(),
            _ => Raised::default(),
        };
        let opened = object.py().detach(|| Self::open_input(input));
        if let Some(exception) = raised.take() {
            return Err(exception);
        }
        let shared = opened.map_err(exception)?;
        shared.with(object.py(), |source| {
            source.raised = raised;
            Ok(())
        })?;
        Ok(shared)
    }

    fn open_input(input: Input) -> Result<Self> {
        match input {
            Input::Path(path) => Self::open_path(&path).map_err(|error| error.with_path(&path)),
            Input::Bytes(bytes) => Self::seekable(Cursor::new(bytes), Opened::Bytes),
            Input::FileLike(file, true) => Self::seekable(file, Opened::Object),
            Input::FileLike(file, false) => Self::forward(file, Opened::ForwardObject),
        }
    }

    /// Opens files one after the other as one.
    pub(crate) fn sequence(py: Python<'_>, paths: &[PathBuf]) -> PyResult<Self> {
        let sequence = py.detach(|| Sequence::open(paths)).map_err(exception)?;
        Ok(Self::new(Opened::Sequence(sequence), None, "sequence"))
    }

    fn open_path(path: &Path) -> Result<Self> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            // A pipe, a terminal, a device; of a directory this is the error.
            return Self::forward(Interruptible(file), Opened::ForwardFile);
        }
        let head = head(&mut file)?;
        let (source, format) = if is_wave(&head) {
            let reader = WavReader::open(path)?;
            let format = container_name(reader.container()).to_owned();
            (Opened::File(reader), format)
        } else {
            let reader = MediaReader::open(path)?;
            let format = reader.format().to_lowercase();
            (Opened::Other(Box::new(reader)), format)
        };
        Ok(Self::new(source, Some(path.to_path_buf()), &format))
    }

    fn seekable<R: Read + Seek + Send + Sync + 'static>(
        mut input: R,
        opened: impl FnOnce(WavReader<R>) -> Opened,
    ) -> Result<Self> {
        let start = input.stream_position()?;
        let head = head(&mut input)?;
        input.seek(SeekFrom::Start(start))?;
        if is_wave(&head) {
            let reader = ReadOptions::new().seekable(input)?;
            let format = container_name(reader.container());
            return Ok(Self::new(opened(reader), None, format));
        }
        let reader = MediaReader::new(input)?;
        let format = reader.format().to_lowercase();
        Ok(Self::new(Opened::Other(Box::new(reader)), None, &format))
    }

    fn forward<R: Read + Send + Sync + 'static>(
        mut input: R,
        opened: impl FnOnce(WavReader<Forward<R>>) -> Opened,
    ) -> Result<Self> {
        let head = head(&mut input)?;
        let wave = is_wave(&head);
        let input = Cursor::new(head).chain(input);
        if wave {
            let reader = WavReader::new(input)?;
            let format = container_name(reader.container());
            return Ok(Self::new(opened(reader), None, format));
        }
        let reader = MediaReader::stream(input)?;
        let format = reader.format().to_lowercase();
        Ok(Self::new(Opened::Other(Box::new(reader)), None, &format))
    }

    fn new(source: Opened, path: Option<PathBuf>, format: &str) -> Self {
        Self::with_origin(source, path, format, None)
    }

    fn with_origin(source: Opened, path: Option<PathBuf>, format: &str, origin: Option<Shared>) -> Self {
        let spec = source.spec().clone();
        let source = Watched { source, asked: Instant::now(), raised: Raised::default(), failed: false };
        let state = Mutex::new(State { source: Some(source) });
        let (format, holder) = (format.to_owned(), Mutex::new(None));
        Shared(Arc::new(Inner { spec, path, format, origin, state, holder }))
    }

    /// What a stage makes of a source.
    pub(crate) fn over(source: &Shared, stage: Box<dyn DynSource>) -> Self {
        let path = source.path().map(Path::to_path_buf);
        Self::with_origin(Opened::Other(stage), path, source.format(), Some(source.origin().clone()))
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    pub(crate) fn format(&self) -> &str {
        &self.0.format
    }

    /// The file that this reads, itself or through stages.
    pub(crate) fn origin(&self) -> &Shared {
        self.0.origin.as_ref().unwrap_or(self)
    }

    /// Takes the state; an error if this very thread has it already, because a file-like object calls the reader that is calling it.
    fn lock(&self) -> Result<Held<'_>> {
        let (this, holder) = (thread::current().id(), &self.0.holder);
        if *holder.lock().unwrap_or_else(PoisonError::into_inner) == Some(this) {
            return Err(carry(PyRuntimeError::new_err(
                "the reader is in the middle of a call to its file-like object, which must not call the reader",
            )));
        }
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        *holder.lock().unwrap_or_else(PoisonError::into_inner) = Some(this);
        Ok(Held { state, holder })
    }

    /// Calls `f` with the source, without the GIL.
    pub(crate) fn with<R: Send>(
        &self,
        py: Python<'_>,
        f: impl FnOnce(&mut Watched) -> Result<R> + Send,
    ) -> PyResult<R> {
        py.detach(|| f(self.lock()?.open()?)).map_err(exception)
    }

    /// A number of frames, or all that there are if it is more, so that it allocates no more than the audio needs; at least 1.
    pub(crate) fn at_most_all(&self, py: Python<'_>, frames: usize) -> PyResult<usize> {
        let all = self.with(py, |source| Ok(source.frames()))?;
        let all = all.map_or(usize::MAX, |all| usize::try_from(all).unwrap_or(usize::MAX));
        Ok(frames.min(all).max(1))
    }

    pub(crate) fn close(&self, py: Python<'_>) -> PyResult<()> {
        // Dropped without the lock: a file-like object may be freed with it, and call anything.
        let source = py.detach(|| Ok(self.lock()?.state.source.take())).map_err(exception)?;
        drop(source);
        Ok(())
    }

    pub(crate) fn is_closed(&self, py: Python<'_>) -> bool {
        // In the middle of a call it is open.
        py.detach(|| self.lock().is_ok_and(|held| held.state.source.is_none()))
    }

    /// Fills `out` with the next frames; where they begin, and how many there were. To be called without the GIL.
    pub(crate) fn read<T: Sample>(&self, out: &mut [T]) -> Result<(u64, usize)> {
        let mut held = self.lock()?;
        let source = held.open()?;
        let position = source.position();
        Ok((position, source.read_interleaved(out)?))
    }
}

impl Held<'_> {
    fn open(&mut self) -> Result<&mut Watched> {
        self.state.source.as_mut().ok_or_else(|| carry(PyValueError::new_err("the reader is closed")))
    }
}

impl Watched {
    pub(crate) fn opened(&mut self) -> &mut Opened {
        &mut self.source
    }

    /// What a call came to, unless the object that is read from has raised something meanwhile.
    fn unless_raised<R>(&mut self, result: Result<R>) -> Result<R> {
        let result = self.raised.take().map_or(result, |exception| Err(carry(exception)));
        self.failed |= result.is_err();
        result
    }

    /// Goes to a frame, unless it is there.
    fn go_to(&mut self, frame: u64) -> Result<()> {
        if frame == self.position() && !self.failed {
            return Ok(());
        }
        self.failed = false;
        self.seek(frame)
    }

    /// Raises what a signal handler raises, `KeyboardInterrupt` above all.
    fn check_signals(&mut self) -> Result<()> {
        if self.asked.elapsed() < SIGNALS {
            return Ok(());
        }
        self.asked = Instant::now();
        Python::attach(|py| py.check_signals()).map_err(carry)
    }
}

impl Source for Watched {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.source.spec().channels();
        let step = (READ_SAMPLES / channels).max(1) * channels;
        let mut filled = 0;
        for part in out.chunks_mut(step) {
            self.check_signals()?;
            let frames = self.source.read_interleaved(part);
            let frames = self.unless_raised(frames)?;
            filled += frames;
            if frames < part.len() / channels {
                break;
            }
        }
        Ok(filled)
    }

    fn frames(&self) -> Option<u64> {
        self.source.frames()
    }

    fn position(&self) -> u64 {
        self.source.position()
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        let result = self.source.seek(frame);
        self.unless_raised(result)
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        self.check_signals()?;
        let result = self.source.skip_frames(frames);
        self.unless_raised(result)
    }

    fn anomalies(&self) -> &[Anomaly] {
        self.source.anomalies()
    }

    fn metadata(&mut self) -> Result<Metadata> {
        self.source.metadata()
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        self.check_signals()?;
        let result = self.source.ready_to_lend::<T>(frames);
        self.unless_raised(result)
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        self.source.lend(frames)
    }
}

/// So that the library's windows, levels and all else run over the handle. To be used without the GIL.
impl Source for Shared {
    fn spec(&self) -> &Spec {
        &self.0.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        self.read(out).map(|(_, frames)| frames)
    }

    fn frames(&self) -> Option<u64> {
        self.lock().ok()?.state.source.as_ref()?.frames()
    }

    fn position(&self) -> u64 {
        self.lock().ok().and_then(|held| Some(held.state.source.as_ref()?.position())).unwrap_or(0)
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        self.lock()?.open()?.seek(frame)
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        self.lock()?.open()?.skip_frames(frames)
    }

    fn metadata(&mut self) -> Result<Metadata> {
        self.lock()?.open()?.metadata()
    }
}

/// The first four bytes, as far as there are any.
fn head(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(4);
    input.take(4).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file of the WAVE family begins so; `ndaudio::open` decides alike.
fn is_wave(head: &[u8]) -> bool {
    matches!(head, b"RIFF" | b"RIFX" | b"RF64" | b"BW64" | b"riff")
}

/// A pipe whose reads may wait for ever: a signal wakes them, and is asked for before they go on waiting.
pub(crate) struct Interruptible(File);

impl Read for Interruptible {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let result = self.0.read(out);
        if result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
            Python::attach(|py| py.check_signals()).map_err(carry_io)?;
        }
        result
    }
}

/// The name of a container in Python.
fn container_name(container: Container) -> &'static str {
    match container {
        Container::Riff => "riff",
        Container::Rifx => "rifx",
        Container::Rf64 => "rf64",
        Container::Bw64 => "bw64",
        Container::Wave64 => "wave64",
        _ => "wave",
    }
}

/// Goes to a frame, a negative one counted from the end.
pub(crate) fn seek_to(py: Python<'_>, shared: &Shared, frame: i64) -> PyResult<u64> {
    shared.with(py, |source| {
        let frame = match u64::try_from(frame) {
            Ok(frame) => frame,
            Err(_) => match source.frames() {
                Some(frames) => frames.checked_sub(frame.unsigned_abs()).ok_or_else(|| {
                    let message = format!("frame {frame} is before the start of the audio, which has {frames} frames");
                    Error::new(ErrorKind::InvalidArgument { name: "start", message })
                })?,
                None => {
                    let message = format!("frame {frame} counts from the end, which is not known yet");
                    return Err(Error::new(ErrorKind::InvalidArgument { name: "start", message }));
                }
            },
        };
        source.go_to(frame)?;
        Ok(frame)
    })
}
