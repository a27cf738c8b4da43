//! Files out: where they go, what kind they are, and that nothing is lost on the way.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ndaudio::{Container, ReadOptions, Spec, WriteOptions};
use rayon::prelude::*;

use crate::commands::refuse_faults;
use crate::failure::{Failure, Outcome};
use crate::input::Input;
use crate::interrupt::Guarded;
use crate::same_file::Inputs;
use crate::terminal::shown;
use crate::threads;
use crate::writer::{FileKind, Writer};

/// Symbolic links that are followed before giving up, as Linux does.
const LINKS_MAX: usize = 40;

/// Whether a file that exists may be replaced: the same rule for every output.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Overwrite {
    /// Replace existing files, each in one step once the new one is complete. Without it an existing file is refused, and an
    /// input always is
    #[arg(long)]
    pub(crate) overwrite: bool,
}

impl Overwrite {
    /// Refuses to write onto an input, or where a file is in the way. Pipes and devices are written to, and so is standard output, `-`.
    pub(crate) fn check(self, path: &Path, inputs: &Inputs) -> Outcome {
        inputs.refuse(path)?;
        if path == Path::new("-") {
            return Ok(());
        }
        let in_the_way = fs::symlink_metadata(path).is_ok() && fs::metadata(path).map_or(true, |found| found.is_file());
        if in_the_way && !self.overwrite {
            return Err(Failure::new("exists already").about(path).advise("name another file, or give --overwrite"));
        }
        Ok(())
    }
}

/// The inputs and outputs of commands that make one recording from another.
#[derive(Debug, Clone, Args)]
pub(crate) struct InOut {
    /// The recording to read (- is standard input), then the file to write (- is standard output). With -o: any number of
    /// recordings, directories and patterns
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The file to write, or a pattern such as '{dir}/{stem}-loud.wav': {dir}, {stem}, {name} and {ext} are those of each input
    #[arg(short, long, value_name = "FILE|PATTERN")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) overwrite: Overwrite,
}

/// One recording to make from another.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) input: PathBuf,
    pub(crate) output: PathBuf,
    pub(crate) overwrite: Overwrite,
    /// Of all jobs: what one of them reads, no other may replace.
    pub(crate) inputs: Arc<Inputs>,
}

impl InOut {
    /// What to read and what to write, each output once.
    pub(crate) fn jobs(&self) -> Outcome<Vec<Job>> {
        let (inputs, output, is_pattern) = match (&self.output, &self.paths[..]) {
            (Some(output), paths) => (paths, output, true),
            (None, [input, output]) => (std::slice::from_ref(input), output, false),
            (None, _) => {
                return Err(Failure::usage("give one input and one output, or -o with any number of inputs"));
            }
        };
        let (inputs, mut failures) = crate::input::expand(inputs);
        if let Some(failure) = failures.pop() {
            return Err(failure);
        }
        if inputs.is_empty() {
            return Err(Failure::no_recording("read"));
        }
        let all = Arc::new(Inputs::new(&inputs));
        let outputs = if is_pattern { outputs(&inputs, output, &all)? } else { vec![only(&inputs, output, &all)?] };
        if is_pattern {
            make_directories(output, &outputs)?;
        }
        let job = |(input, output)| Job { input, output, overwrite: self.overwrite, inputs: Arc::clone(&all) };
        Ok(inputs.into_iter().zip(outputs).map(job).collect())
    }

    /// Does all jobs, as many at a time as there are threads, goes on after failures, and reports them in the order of the inputs.
    pub(crate) fn run(&self, work: impl Fn(&Job) -> Outcome + Sync + Send) -> Outcome {
        let jobs = self.jobs()?;
        if let [job] = &jobs[..] {
            return work(job);
        }
        threads::start(jobs.len())?;
        let done: Vec<Outcome> = jobs.par_iter().map(work).collect();
        let failures = jobs.iter().zip(done).filter_map(|(job, done)| Some(done.err()?.about(&job.input)));
        Failure::of_many(failures.collect(), jobs.len())
    }
}

/// The output of the only input, by the name that was given, whatever characters are in it.
fn only(inputs: &[PathBuf], output: &Path, all: &Inputs) -> Outcome<PathBuf> {
    if inputs.len() > 1 {
        return Err(one_for_many(inputs, output).advise("give -o and a pattern such as '{dir}/{stem}-new.wav'"));
    }
    all.refuse(output)?;
    Ok(output.to_path_buf())
}

fn one_for_many(inputs: &[PathBuf], output: &Path) -> Failure {
    Failure::new(format!("{}: one output for {} inputs", shown(output), inputs.len()))
}

/// The output for each input; an error if two would be one file, or one would be any of the inputs. Makes nothing: see [`make_directories`].
pub(crate) fn outputs(inputs: &[PathBuf], pattern: &Path, all: &Inputs) -> Outcome<Vec<PathBuf>> {
    if inputs.len() > 1 && !has_place(pattern) {
        return Err(one_for_many(inputs, pattern)
            .advise("give a pattern such as '{dir}/{stem}.png', in which each input has a name of its own"));
    }
    let mut taken: HashMap<PathBuf, &PathBuf> = HashMap::new();
    let mut outputs = Vec::with_capacity(inputs.len());
    for input in inputs {
        let output = fill(pattern, input)?;
        let identity = identity(&output);
        all.refuse(&output)?;
        if output != Path::new("-") {
            // A name through a directory that is yet to be made leads nowhere so far.
            all.refuse(&identity)?;
        }
        if let Some(other) = taken.insert(identity, input) {
            let text = format!("{} and {} would both be written to {}", shown(other), shown(input), shown(&output));
            return Err(Failure::new(text).advise("put {dir} or {name} into the pattern, so that the names differ"));
        }
        outputs.push(output);
    }
    Ok(outputs)
}

/// Refuses outputs with names of their own of which two lead to one file, by links.
pub(crate) fn refuse_two_in_one<'a>(outputs: impl IntoIterator<Item = &'a PathBuf>) -> Outcome {
    let mut taken: HashMap<PathBuf, &PathBuf> = HashMap::new();
    for output in outputs {
        if let Some(other) = taken.insert(identity(output), output) {
            return Err(Failure::new(format!("{} and {} lead to one file", shown(other), shown(output)))
                .advise("remove one of the links, or name another directory"));
        }
    }
    Ok(())
}

/// Makes the directories of outputs that a pattern names. A plain name with one that is not there is more often mistyped.
pub(crate) fn make_directories<'a>(pattern: &Path, outputs: impl IntoIterator<Item = &'a PathBuf>) -> Outcome {
    if !has_place(pattern) {
        return Ok(());
    }
    for directory in outputs.into_iter().filter_map(|output| output.parent()) {
        if !directory.as_os_str().is_empty() {
            fs::create_dir_all(directory).map_err(|error| Failure::io(directory, error))?;
        }
    }
    Ok(())
}

fn has_place(pattern: &Path) -> bool {
    pattern.to_string_lossy().contains('{')
}

/// A path by which two names of one file are the same, also of a file that does not exist yet, in directories that do not.
fn identity(path: &Path) -> PathBuf {
    canonical(path).unwrap_or_else(|| {
        let path = without_links(path);
        canonical(&path).unwrap_or(path)
    })
}

/// Of a file that is there, or could be made as things are. Not of a link that leads to nothing: what is made is at its end.
fn canonical(path: &Path) -> Option<PathBuf> {
    if let Ok(path) = fs::canonicalize(path) {
        return Some(path);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().filter(|_| !path.is_symlink())?;
    Some(fs::canonicalize(parent).ok()?.join(name))
}

/// Where a path will lead once its directories are made: step by step, along links whether or not there is anything at their end.
fn without_links(path: &Path) -> PathBuf {
    let mut place = fs::canonicalize(".").unwrap_or_default();
    let mut steps = steps(path);
    let mut links = 0;
    while let Some(step) = steps.pop() {
        if step == ".." {
            place.pop();
            continue;
        }
        let next = place.join(&step);
        match fs::read_link(&next) {
            Ok(link) if links < LINKS_MAX => {
                links += 1;
                steps.extend(self::steps(&link));
            }
            _ => place = next,
        }
    }
    place
}

/// The parts of a path, the first one last. A root replaces what it is joined to.
fn steps(path: &Path) -> Vec<OsString> {
    path.components().rev().filter(|part| *part != Component::CurDir).map(|part| part.as_os_str().to_owned()).collect()
}

/// A pattern with the parts of an input's name in its places.
fn fill(pattern: &Path, input: &Path) -> Outcome<PathBuf> {
    let Some(text) = pattern.to_str() else { return Ok(pattern.to_path_buf()) };
    let mut out = OsString::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push(before);
        let Some((place, after)) = after.split_once('}') else {
            return Err(Failure::new(format!("{}: a {{ without }}", shown(pattern))));
        };
        let dir = input.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match place {
            "dir" => out.push(dir),
            "stem" | "" => out.push(input.file_stem().unwrap_or_default()),
            "name" => out.push(input.file_name().unwrap_or_default()),
            "ext" => out.push(input.extension().unwrap_or_default()),
            other => {
                return Err(Failure::new(format!("{}: {{{other}}} stands for nothing", shown(pattern)))
                    .advise("use {dir}, {stem}, {name} and {ext}"));
            }
        }
        rest = after;
    }
    out.push(rest);
    Ok(PathBuf::from(out))
}

/// A recording in the making.
pub(crate) struct Output {
    pub(crate) writer: Writer,
    kind: FileKind,
    place: Place,
    job: Job,
}

enum Place {
    /// Becomes the file when it is complete.
    File { replace: Guarded },
    /// The process's own standard output; whether it can seek.
    Stdout { seekable: bool },
}

impl Output {
    /// Begins a file. What is there stays until [`finish`](Output::finish).
    pub(crate) fn create(job: &Job, spec: &Spec, kind: FileKind) -> Outcome<Self> {
        let (path, job) = (&job.output, job.clone());
        job.overwrite.check(path, &job.inputs)?;
        if path == Path::new("-") {
            let named = |error| Failure::io(Path::new("standard output"), error);
            // Where it can seek, sizes are filled in, from where the stream stands; what is before it stays.
            let (file, seekable) = standard_output().map_err(named)?;
            let writer = Writer::new(file, seekable, spec, kind, Path::new("standard output"))?;
            return Ok(Output { writer, kind, place: Place::Stdout { seekable }, job });
        }
        let replace = Guarded::create(path)?;
        let writer = match kind {
            FileKind::Wave(container) => {
                Writer::Wav(Box::new(replace.writer(&WriteOptions::new(spec).container(container))?))
            }
            FileKind::Flac => {
                let file = replace.file().try_clone().map_err(|error| Failure::io(path, error))?;
                let seekable = !replace.is_direct(path);
                Writer::new(file, seekable, spec, kind, path)?
            }
        };
        Ok(Output { writer, kind, place: Place::File { replace }, job })
    }

    /// Whether metadata may come after the audio: not in FLAC, nor in a stream.
    pub(crate) fn takes_chunks_late(&self) -> bool {
        let seekable = match &self.place {
            Place::File { replace } => !replace.is_direct(&self.job.output),
            Place::Stdout { seekable } => *seekable,
        };
        seekable && matches!(self.writer, Writer::Wav(_))
    }

    /// Puts the file in its place, and returns what it became.
    pub(crate) fn finish(self) -> Outcome<FileKind> {
        self.complete(false)
    }

    /// As [`finish`](Output::finish), if nothing but the audio itself is odd about the file.
    pub(crate) fn finish_strict(self) -> Outcome<FileKind> {
        self.complete(true)
    }

    fn complete(self, strict: bool) -> Outcome<FileKind> {
        let Output { writer, mut kind, place, job } = self;
        let mut file = writer.finalize()?;
        match place {
            Place::Stdout { seekable } => {
                if seekable {
                    // What comes next goes after this.
                    file.seek(SeekFrom::End(0)).map_err(Failure::from)?;
                }
            }
            Place::File { replace } => {
                let regular = file.metadata().is_ok_and(|found| found.is_file());
                if let FileKind::Wave(container) = &mut kind
                    && regular
                {
                    *container = container_of(&file, strict).map_err(|failure| failure.about(replace.path()))?;
                }
                // Once more: a file may have come since the first look, which may be hours ago.
                job.overwrite.check(&job.output, &job.inputs)?;
                replace.commit()?;
            }
        }
        Ok(kind)
    }
}

/// The kind of a file that was written: one that outgrew its sizes has become RF64. Read through the handle that it was written through,
/// since anything may stand at its name, also what never ends.
fn container_of(mut file: &File, strict: bool) -> Outcome<Container> {
    file.rewind().map_err(ndaudio::Error::from)?;
    let reader = ReadOptions::new().seekable(file)?;
    if strict {
        refuse_faults(&reader)?;
    }
    Ok(reader.container())
}

/// Writes a file that is not audio, in one step.
pub(crate) fn write_file(path: &Path, overwrite: Overwrite, inputs: &Inputs, bytes: &[u8]) -> Outcome {
    overwrite.check(path, inputs)?;
    if path == Path::new("-") {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)?;
        return Ok(out.flush()?);
    }
    let replace = Guarded::create(path)?;
    replace.file().write_all(bytes).map_err(|error| Failure::io(path, error))?;
    Ok(replace.commit()?)
}

/// Standard output as a file of its own, and whether it is a regular file whose header can be filled in at the end.
#[cfg(unix)]
fn standard_output() -> std::io::Result<(File, bool)> {
    use std::os::fd::AsFd;
    let file = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let regular = file.metadata()?.is_file();
    // In append mode every write goes to the end, also that of a header.
    let appends = rustix::fs::fcntl_getfl(&file).is_ok_and(|flags| flags.contains(rustix::fs::OFlags::APPEND));
    Ok((file, regular && !appends))
}

#[cfg(windows)]
fn standard_output() -> std::io::Result<(File, bool)> {
    use std::os::windows::io::AsHandle;
    Ok((File::from(std::io::stdout().as_handle().try_clone_to_owned()?), false))
}

/// The kind of file that a job writes.
pub(crate) fn kind_for(job: &Job, input: &Input) -> Outcome<FileKind> {
    FileKind::of(&job.output, input.container())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_the_parts_of_a_name() {
        let of = |pattern: &str, input: &str| fill(Path::new(pattern), Path::new(input)).unwrap();
        assert_eq!(of("{dir}/{stem}.png", "a/b.x.wav"), Path::new("a/b.x.png"));
        assert_eq!(of("{dir}/{name}.{ext}", "b.wav"), Path::new("./b.wav.wav"));
        assert_eq!(of("pics/{}.svg", "a/b.wav"), Path::new("pics/b.svg"));
        assert!(fill(Path::new("{site}.png"), Path::new("a.wav")).is_err());
        assert!(fill(Path::new("{stem"), Path::new("a.wav")).is_err());
    }

    #[test]
    fn two_inputs_never_have_one_output() {
        let inputs = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        for names in [["a/x.wav", "b/x.wav"], ["x.wav", "x.wave"]] {
            assert!(outputs(&inputs(&names), Path::new("/nowhere/{stem}.png"), &Inputs::default()).is_err());
            assert!(outputs(&inputs(&names), Path::new("one.png"), &Inputs::default()).is_err());
            assert!(outputs(&inputs(&names), Path::new("{dir}-{name}.png"), &Inputs::default()).is_ok());
        }
    }
}
