//! Whole files, written in one call.

use std::fs::File;

use std::path::Path;

use ndaudio::{Container, Encoding, FlacWriter, Replace, Source, Spec, WavWriter, WriteOptions};
use pyo3::prelude::*;

use crate::dtype::Dtype;
use crate::encoding;
use crate::error::{exception, invalid};
use crate::file_like::FileLike;
use crate::metadata::id_bytes;
use crate::reader::Reader;
use crate::samples::{Samples, with_samples};

/// Evaluates an expression with `$writer` as whichever writer it is.
macro_rules! with_writer {
    ($file:expr, $writer:ident => $body:expr) => {
        match $file {
            Open::Path($writer) => $body,
            Open::FileLike($writer) => $body,
            Open::FlacPath($writer) => $body,
            Open::FlacFileLike($writer) => $body,
        }
    };
}

/// Write a file: all frames of an array.
///
/// A file is written beside its target and moved there when it is whole, so that a failed call leaves an old file as it was.
///
/// Parameters
/// ----------
/// file : path or file-like object
///     What to write to; an object has `write`, and `seek` and `tell` if it can seek.
/// samples : array_like
///     Frames × channels, or one axis for mono, of any order and stride.
/// sample_rate : int
///     Frames per second, in Hz.
/// encoding : str, optional
///     "u8", "i16", "i24", "i32", "f32", "f64", "alaw", "mulaw", or soundfile's "PCM_24" …; by default what the array holds. FLAC
///     has integers only, and by default 24 bits of floats.
/// container : {"riff", "rf64", "bw64", "wave64", "flac"}, optional
///     The kind of file; by default what the name's suffix says, or RIFF/WAVE, which becomes RF64 past 4 GiB.
/// channels_first : bool
///     Whether `samples` is channels × frames.
///
/// Examples
/// --------
/// >>> import io, ndaudio, numpy as np
/// >>> file = io.BytesIO()
/// >>> ndaudio.write(file, np.zeros((100, 2), dtype="float32"), 48_000, encoding="i24")
/// >>> ndaudio.open(file.getvalue())
/// <ndaudio.Reader (48000 Hz, 2 channels, 24-bit PCM)>
#[pyfunction]
#[pyo3(signature = (file, samples, sample_rate, encoding=None, *, container=None, channels_first=false))]
pub(crate) fn write(
    py: Python<'_>,
    file: &Bound<'_, PyAny>,
    samples: &Bound<'_, PyAny>,
    sample_rate: u32,
    encoding: Option<&str>,
    container: Option<&str>,
    channels_first: bool,
) -> PyResult<()> {
    let samples = Samples::from_python(samples, channels_first)?;
    let target = Target::from_python(file)?;
    let form = Form::new(container, target.path())?;
    let encoding = encoding.map_or_else(|| Ok(form.natural(samples.dtype())), encoding::parse)?;
    let spec = Spec::new(sample_rate, samples.channels(), encoding);
    with_samples!(samples, view => py.detach(|| match (target, form) {
        (Target::Path(path), Form::Wave(container)) => {
            let replace = Replace::create(&path)?;
            let mut writer = replace.writer(&Form::options(container, &spec))?;
            writer.write(&view)?;
            writer.finalize()?;
            replace.commit()
        }
        (Target::Path(path), Form::Flac) => {
            let write = || {
                let replace = Replace::create(&path)?;
                let mut writer = FlacWriter::new(replace.file(), &spec)?;
                writer.write(&view)?;
                writer.finalize()?;
                replace.commit()
            };
            write().map_err(|error: ndaudio::Error| error.with_path(&path))
        }
        (Target::FileLike(object, seekable), form) => {
            let mut file = Open::file_like(object, seekable, &form, &spec)?;
            with_writer!(&mut file, writer => writer.write(&view))?;
            with_writer!(file, writer => writer.finalize().map(drop))
        }
    }))
    .map_err(exception)
}

/// What is written to: a path, or an object with `write`, and whether it can seek.
enum Target {
    Path(std::path::PathBuf),
    FileLike(FileLike, bool),
}

impl Target {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if object.hasattr("write")? {
            return Ok(Target::FileLike(FileLike::new(object), FileLike::can_seek(object)?));
        }
        Ok(Target::Path(object.extract()?))
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Target::Path(path) => Some(path),
            Target::FileLike(..) => None,
        }
    }
}

/// How the file is to be written.
enum Form {
    Wave(Container),
    Flac,
}

impl Form {
    fn new(container: Option<&str>, path: Option<&Path>) -> PyResult<Self> {
        let suffix = path.and_then(Path::extension).map(|suffix| suffix.to_string_lossy().to_ascii_lowercase());
        Ok(match (container, suffix.unwrap_or_default().as_str()) {
            (Some("riff"), _) => Form::Wave(Container::Riff),
            (Some("rf64"), _) => Form::Wave(Container::Rf64),
            (Some("bw64"), _) => Form::Wave(Container::Bw64),
            (Some("wave64"), _) => Form::Wave(Container::Wave64),
            (Some("flac"), _) => Form::Flac,
            (Some(other), _) => {
                return Err(invalid(format!(
                    "container must be \"riff\", \"rf64\", \"bw64\", \"wave64\" or \"flac\", not {other:?}"
                )));
            }
            (None, "w64") => Form::Wave(Container::Wave64),
            (None, "rf64") => Form::Wave(Container::Rf64),
            (None, "bw64") => Form::Wave(Container::Bw64),
            (None, "wav" | "wave" | "") => Form::Wave(Container::Riff),
            (None, "flac") => Form::Flac,
            (None, other) => {
                return Err(invalid(format!(
                    "no .{other} file can be written; use .wav, .w64, .rf64, .bw64 or .flac, or say which container"
                )));
            }
        })
    }

    /// The encoding that stores a type's values as they are; FLAC, which has no floats, stores 24 bits of them.
    fn natural(&self, dtype: Dtype) -> Encoding {
        match (self, dtype) {
            (_, Dtype::Int16) => Encoding::I16,
            (_, Dtype::Int32) => Encoding::I32,
            (Form::Flac, _) => Encoding::I24,
            (_, Dtype::Float32) => Encoding::F32,
            (_, Dtype::Float64) => Encoding::F64,
        }
    }

    fn options(container: Container, spec: &Spec) -> WriteOptions {
        WriteOptions::new(spec).container(container)
    }
}

/// A file that is being written; made by `ndaudio.create`.
///
/// The header is valid from the first byte, so that a file whose program was killed reads up to the last `checkpoint`. A context
/// manager, which closes the file however the block ends.
///
/// Examples
/// --------
/// >>> import ndaudio, os, tempfile
/// >>> path = os.path.join(tempfile.mkdtemp(), "half as loud.wav")
/// >>> with ndaudio.open("data/music.wav") as reader, ndaudio.create(path, 44_100, 2, encoding="i16") as writer:
/// ...     for block in reader.blocks(4096):
/// ...         writer.write(block / 2)
/// >>> writer.frames_written
/// 441000
#[pyclass(module = "ndaudio")]
pub(crate) struct Writer {
    file: Option<Open>,
    spec: Spec,
    frames_written: u64,
}

enum Open {
    Path(WavWriter<File>),
    FileLike(WavWriter<FileLike>),
    FlacPath(FlacWriter<File>),
    FlacFileLike(FlacWriter<FileLike>),
}

impl Open {
    fn path(path: &Path, form: &Form, spec: &Spec) -> ndaudio::Result<Self> {
        match form {
            Form::Wave(container) => Form::options(*container, spec).create(path).map(Open::Path),
            Form::Flac => FlacWriter::create(path, spec).map(Open::FlacPath),
        }
    }

    fn file_like(object: FileLike, seekable: bool, form: &Form, spec: &Spec) -> ndaudio::Result<Self> {
        match (form, seekable) {
            (Form::Wave(container), true) => Form::options(*container, spec).writer(object).map(Open::FileLike),
            (Form::Wave(container), false) => Form::options(*container, spec).stream(object).map(Open::FileLike),
            (Form::Flac, true) => FlacWriter::new(object, spec).map(Open::FlacFileLike),
            (Form::Flac, false) => FlacWriter::stream(object, spec).map(Open::FlacFileLike),
        }
    }
}

/// Create a file to write block by block.
///
/// Parameters
/// ----------
/// file : path or file-like object
///     What to write to; an existing file is overwritten.
/// sample_rate : int
///     Frames per second, in Hz.
/// channels : int
///     Samples per frame.
/// encoding : str
///     "u8", "i16", "i24", "i32", "f32", "f64", "alaw", "mulaw", or soundfile's "PCM_24" …
/// container : {"riff", "rf64", "bw64", "wave64", "flac"}, optional
///     The kind of file; by default what the name's suffix says, or RIFF/WAVE, which becomes RF64 past 4 GiB.
///
/// Returns
/// -------
/// Writer
///     A context manager.
///
/// Examples
/// --------
/// >>> import io, ndaudio, numpy as np
/// >>> file = io.BytesIO()
/// >>> with ndaudio.create(file, 48_000, 1, encoding="i16") as writer:
/// ...     writer.write(np.array([0.5, -1.0]))
/// >>> ndaudio.read(file.getvalue(), dtype="int16")[0].ravel()
/// array([ 16384, -32768], dtype=int16)
#[pyfunction]
#[pyo3(signature = (file, sample_rate, channels, encoding="i16", *, container=None))]
pub(crate) fn create(
    py: Python<'_>,
    file: &Bound<'_, PyAny>,
    sample_rate: u32,
    channels: i64,
    encoding: &str,
    container: Option<&str>,
) -> PyResult<Writer> {
    let count = usize::try_from(channels).ok().filter(|channels| (1..=ndaudio::MAX_CHANNELS).contains(channels));
    let count =
        count.ok_or_else(|| invalid(format!("channels must be 1 to {}, not {channels}", ndaudio::MAX_CHANNELS)))?;
    let target = Target::from_python(file)?;
    let form = Form::new(container, target.path())?;
    let spec = Spec::new(sample_rate, count, encoding::parse(encoding)?);
    let file = py.detach(|| match target {
        Target::Path(path) => Open::path(&path, &form, &spec),
        Target::FileLike(object, seekable) => Open::file_like(object, seekable, &form, &spec),
    });
    Ok(Writer { file: Some(file.map_err(exception)?), spec, frames_written: 0 })
}

impl Writer {
    fn open(&mut self) -> PyResult<&mut Open> {
        self.file.as_mut().ok_or_else(|| invalid("the writer is closed"))
    }
}

#[pymethods]
impl Writer {
    /// Write the frames that follow.
    ///
    /// Parameters
    /// ----------
    /// block : array_like
    ///     Frames × channels, or one axis for mono, of any order and stride; converted to the file's encoding.
    /// channels_first : bool
    ///     Whether `block` is channels × frames.
    ///
    /// Examples
    /// --------
    /// >>> import io, ndaudio, numpy as np
    /// >>> writer = ndaudio.create(io.BytesIO(), 48_000, 2)
    /// >>> writer.write(np.zeros((100, 2)))
    /// >>> writer.frames_written
    /// 100
    #[pyo3(signature = (block, *, channels_first=false))]
    fn write(&mut self, py: Python<'_>, block: &Bound<'_, PyAny>, channels_first: bool) -> PyResult<()> {
        let block = Samples::from_python(block, channels_first)?;
        block.expect_channels(self.spec.channels())?;
        let file = self.open()?;
        let result =
            with_samples!(block, view => py.detach(|| with_writer!(&mut *file, writer => writer.write(&view))));
        self.frames_written = with_writer!(self.open()?, writer => writer.frames_written());
        result.map_err(exception)
    }

    /// Make everything written so far safe: the header then covers it, even if the program is killed.
    ///
    /// Examples
    /// --------
    /// >>> import io, ndaudio
    /// >>> ndaudio.create(io.BytesIO(), 48_000, 2).checkpoint()
    fn checkpoint(&mut self, py: Python<'_>) -> PyResult<()> {
        let file = self.open()?;
        py.detach(|| with_writer!(file, writer => writer.checkpoint())).map_err(exception)
    }

    /// Add a metadata chunk.
    ///
    /// Before the first block, the chunk comes before the audio; later, after it. A FLAC file carries it as `flac
    /// --keep-foreign-metadata` does, and only before the first block.
    ///
    /// Parameters
    /// ----------
    /// id : str
    ///     Four printable ASCII characters.
    /// content : bytes
    ///     What the chunk holds.
    ///
    /// Examples
    /// --------
    /// >>> import io, ndaudio
    /// >>> file = io.BytesIO()
    /// >>> with ndaudio.create(file, 48_000, 2) as writer:
    /// ...     writer.add_chunk("note", b"windy")
    /// >>> ndaudio.open(file.getvalue()).chunk("note")
    /// b'windy'
    fn add_chunk(&mut self, py: Python<'_>, id: &str, content: &[u8]) -> PyResult<()> {
        let id = id_bytes(id)?;
        let file = self.open()?;
        py.detach(|| with_writer!(file, writer => writer.add_chunk(id, content))).map_err(exception)
    }

    /// Copy the metadata of a file that is open.
    ///
    /// Chunks of a WAVE file are copied as they are, known or not, but for those that describe the samples. Of other files, and into
    /// FLAC, everything that `Reader.metadata` has is written. Call it before the first block.
    ///
    /// Parameters
    /// ----------
    /// reader : Reader
    ///     Where the metadata is.
    ///
    /// Examples
    /// --------
    /// >>> import io, ndaudio
    /// >>> file = io.BytesIO()
    /// >>> with ndaudio.open("data/libsndfile_bext_pcm16_stereo.wav") as reader:
    /// ...     with ndaudio.create(file, reader.sample_rate, reader.channels) as writer:
    /// ...         writer.copy_metadata(reader)
    /// >>> ndaudio.open(file.getvalue()).metadata.bext.origination_date
    /// '2026-01-02'
    fn copy_metadata(&mut self, py: Python<'_>, reader: &Reader) -> PyResult<()> {
        let file = self.open()?;
        reader.shared().with(py, |source| match file {
            Open::Path(writer) => source.opened().copy_metadata_to(writer),
            Open::FileLike(writer) => source.opened().copy_metadata_to(writer),
            Open::FlacPath(writer) => source.metadata().and_then(|metadata| writer.add_metadata(&metadata)),
            Open::FlacFileLike(writer) => source.metadata().and_then(|metadata| writer.add_metadata(&metadata)),
        })
    }

    /// Complete the header and close the file. Calling it again does nothing.
    ///
    /// Examples
    /// --------
    /// >>> import io, ndaudio
    /// >>> ndaudio.create(io.BytesIO(), 48_000, 2).close()
    fn close(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        py.detach(|| with_writer!(file, writer => writer.finalize().map(drop))).map_err(exception)
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __exit__(
        &mut self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        let closed = if self.file.is_none() { ", closed" } else { "" };
        format!("<ndaudio.Writer ({}{closed})>", self.spec)
    }

    /// int : Frames written so far.
    #[getter]
    fn frames_written(&self) -> u64 {
        self.frames_written
    }

    /// int : Frames per second, in Hz.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.spec.sample_rate()
    }

    /// int : Samples per frame.
    #[getter]
    fn channels(&self) -> usize {
        self.spec.channels()
    }

    /// str : How a sample is stored.
    #[getter]
    fn encoding(&self) -> &'static str {
        encoding::name(self.spec.encoding())
    }

    /// bool : Whether the writer was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.file.is_none()
    }
}
