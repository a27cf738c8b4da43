//! What a file must be read as, and the check of it through every door.

use std::io::{Cursor, Read};

use ndarray::Array2;
use ndaudio::{
    Anomaly, Container, Encoding, Error, ErrorKind, FormatError, ReadOptions, Result, Severity, Spec, Unsupported,
    WavReader, WavView,
};

/// A file and what must come of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Expected,
}

pub(crate) enum Expected {
    Reads(Box<Reads>),
    Refused(Refusal),
}

/// A file that is read.
pub(crate) struct Reads {
    pub(crate) container: Container,
    pub(crate) spec: Spec,
    pub(crate) frames: u64,
    /// The first samples, full scale 1.0; all of them where the file is small.
    pub(crate) samples: Vec<f64>,
    /// In any order.
    pub(crate) anomalies: Vec<Anomaly>,
    /// Id, offset of the header and length of the payload of each chunk, where the case is about them.
    pub(crate) chunks: Option<Vec<([u8; 4], u64, u64)>>,
    pub(crate) pipe: Pipe,
}

/// What a pipe gives.
pub(crate) enum Pipe {
    /// These anomalies, the last of them perhaps only after reading, and this as `frames()` at opening. What the header alone
    /// says first, if the end of the audio then proves it to be something else, is what a strict pipe refuses.
    /// Where a pipe cannot see that the audio goes on, `read` is what it reads of it, in frames.
    Reads { frames: Frames, anomalies: Vec<Anomaly>, first: Option<Anomaly>, read: Option<u64> },
    /// Nothing: what is needed stands after the audio.
    Refused(Refusal),
}

/// `frames()` of a pipe before anything was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    /// What the header says, true or not.
    Says(u64),
    /// The header does not know.
    Unknown,
}

/// An error.
pub(crate) struct Refusal {
    /// `None` where a pipe and a file may notice at different bytes.
    pub(crate) offset: Option<u64>,
    pub(crate) kind: Refused,
}

pub(crate) enum Refused {
    Format(FormatError),
    /// A field by chunk, name and value; its words for what it must be are free.
    Field([u8; 4], &'static str, u64),
    /// By tag and part of the name.
    Codec(u16, &'static str),
    Unsupported(Unsupported),
    /// Whatever the words, no such sample.
    AnyWidth,
    NotWave,
    Truncated,
}

impl Case {
    /// A file of 8000 Hz that is read, without anomalies, and alike from a pipe.
    pub(crate) fn reads(
        name: impl Into<String>,
        bytes: Vec<u8>,
        (channels, encoding): (usize, Encoding),
        frames: u64,
        samples: &[f64],
    ) -> Self {
        let container = match &bytes[..4] {
            b"RIFF" => Container::Riff,
            b"RIFX" => Container::Rifx,
            b"RF64" => Container::Rf64,
            b"BW64" => Container::Bw64,
            _ => Container::Wave64,
        };
        let reads = Reads {
            container,
            spec: Spec::new(8000, channels, encoding),
            frames,
            samples: samples.to_vec(),
            anomalies: vec![],
            chunks: None,
            pipe: Pipe::Reads { frames: Frames::Says(frames), anomalies: vec![], first: None, read: None },
        };
        Case { name: name.into(), bytes, expected: Expected::Reads(Box::new(reads)) }
    }

    /// A file that nothing can read.
    pub(crate) fn refused(
        name: impl Into<String>,
        bytes: Vec<u8>,
        offset: impl Into<Option<u64>>,
        kind: Refused,
    ) -> Self {
        let refusal = Refusal { offset: offset.into(), kind };
        Case { name: name.into(), bytes, expected: Expected::Refused(refusal) }
    }

    fn change(mut self, change: impl FnOnce(&mut Reads)) -> Self {
        match &mut self.expected {
            Expected::Reads(reads) => change(reads),
            Expected::Refused(_) => panic!("{}: a refused file has nothing more to expect", self.name),
        }
        self
    }

    /// With anomalies that a pipe sees too.
    pub(crate) fn but(self, anomalies: &[Anomaly]) -> Self {
        self.but_unseen(anomalies, &[])
    }

    /// With anomalies that a pipe sees too, and some that it cannot.
    pub(crate) fn but_unseen(self, seen: &[Anomaly], unseen: &[Anomaly]) -> Self {
        self.change(|reads| {
            reads.anomalies.extend(seen.iter().chain(unseen).cloned());
            match &mut reads.pipe {
                Pipe::Reads { anomalies, .. } => anomalies.extend(seen.iter().cloned()),
                Pipe::Refused(_) => {}
            }
        })
    }

    /// With another `frames()` where a pipe was just opened.
    pub(crate) fn pipe_frames(self, at_opening: Frames) -> Self {
        self.change(|reads| match &mut reads.pipe {
            Pipe::Reads { frames, .. } => *frames = at_opening,
            Pipe::Refused(_) => {}
        })
    }

    /// With fewer frames from a pipe, and other anomalies.
    pub(crate) fn pipe_reads(self, fewer: u64, others: &[Anomaly]) -> Self {
        self.change(|reads| {
            let (frames, anomalies) = (Frames::Says(fewer), others.to_vec());
            reads.pipe = Pipe::Reads { frames, anomalies, first: None, read: Some(fewer) };
        })
    }

    /// With an anomaly of the header alone, which the end of the audio takes back.
    pub(crate) fn pipe_first(self, anomaly: Anomaly) -> Self {
        self.change(|reads| match &mut reads.pipe {
            Pipe::Reads { first, .. } => *first = Some(anomaly),
            Pipe::Refused(_) => {}
        })
    }

    /// Not from a pipe.
    pub(crate) fn pipe_refused(self, offset: impl Into<Option<u64>>, kind: Refused) -> Self {
        let refusal = Refusal { offset: offset.into(), kind };
        self.change(|reads| reads.pipe = Pipe::Refused(refusal))
    }

    /// With another number of frames, for which these are why.
    pub(crate) fn frames(self, frames: u64, anomalies: &[Anomaly]) -> Self {
        self.but(anomalies).pipe_frames(Frames::Says(frames)).change(|reads| {
            reads.frames = frames;
            reads.samples.truncate(usize::try_from(frames).map_or(0, |frames| frames * reads.spec.channels()));
        })
    }

    pub(crate) fn spec(self, change: impl FnOnce(&Spec) -> Spec) -> Self {
        self.change(|reads| reads.spec = change(&reads.spec))
    }

    pub(crate) fn chunks(self, chunks: &[(&[u8; 4], u64, u64)]) -> Self {
        self.change(|reads| reads.chunks = Some(chunks.iter().map(|&(&id, offset, len)| (id, offset, len)).collect()))
    }

    /// Reads the file through every door.
    pub(crate) fn check(&self) -> Outcome {
        let mut outcome = Outcome::default();
        let (refusal, pipe_refusal) = match &self.expected {
            Expected::Refused(refusal) => (Some(refusal), Some(refusal)),
            Expected::Reads(reads) => match &reads.pipe {
                Pipe::Refused(refusal) => (None, Some(refusal)),
                Pipe::Reads { .. } => (None, None),
            },
        };
        let bytes = &self.bytes[..];
        let readers: [(&str, Result<Box<dyn Door + '_>>); 4] = [
            ("seekable", ReadOptions::new().seekable(Cursor::new(bytes)).map(|door| Box::new(door) as _)),
            ("pipe", WavReader::new(bytes).map(|door| Box::new(door) as _)),
            ("byte-at-a-time pipe", WavReader::new(Trickle(bytes)).map(|door| Box::new(door) as _)),
            ("view", WavView::parse(bytes).map(|door| Box::new(door) as _)),
        ];
        for (door, opened) in readers {
            let by_pipe = door.contains("pipe");
            let refusal = if by_pipe { pipe_refusal } else { refusal };
            outcome.at = format!("{} through {door}", self.name);
            match (opened, refusal, &self.expected) {
                (Err(error), Some(refusal), _) => refusal.check(&error, bytes, &mut outcome),
                (Ok(_), Some(_), _) => outcome.fail("opened, should be refused".to_owned()),
                (Ok(mut opened), None, Expected::Reads(reads)) => reads.check(opened.as_mut(), by_pipe, &mut outcome),
                (Err(error), None, _) => outcome.fail(format!("refused: {error}")),
                (Ok(_), None, Expected::Refused(_)) => outcome.fail("opened, should be refused".to_owned()),
            }
        }
        self.check_strict(&mut outcome);
        outcome
    }

    /// Strict reading refuses exactly what has anomalies, and names one of them.
    fn check_strict(&self, outcome: &mut Outcome) {
        let Expected::Reads(reads) = &self.expected else {
            outcome.at = format!("{} strictly", self.name);
            outcome.demand(
                ReadOptions::new().strict().read(&self.bytes[..]).is_err(),
                "opened strictly, should be refused",
            );
            return;
        };
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("strict {}.wav", self.name.replace('/', "-")));
        std::fs::write(&path, &self.bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let pipe_anomalies = match &reads.pipe {
            Pipe::Reads { anomalies, first: None, .. } => anomalies.clone(),
            Pipe::Reads { first: Some(first), .. } => vec![first.clone()],
            Pipe::Refused(_) => reads.anomalies.clone(),
        };
        let defects = |anomalies: &[Anomaly]| -> Vec<Anomaly> {
            anomalies.iter().filter(|anomaly| anomaly.severity() == Severity::Defect).cloned().collect()
        };
        let (pipe_anomalies, file_anomalies) = (defects(&pipe_anomalies), defects(&reads.anomalies));
        let whole = |reader: Result<WavReader<_>>| reader.and_then(|mut reader| reader.read_all::<f64>());
        let by_pipe =
            ReadOptions::new().strict().read(Trickle(&self.bytes)).and_then(|mut reader| reader.read_all::<f64>());
        let by_path = whole(ReadOptions::new().strict().open(&path));
        for (door, anomalies, result) in [("pipe", &pipe_anomalies, by_pipe), ("path", &file_anomalies, by_path)] {
            outcome.at = format!("{} strictly by {door}", self.name);
            match result {
                Ok(_) if anomalies.is_empty() => {}
                Ok(_) => outcome.fail(format!("read, should be refused for {anomalies:?}")),
                Err(error) if matches!(error.kind(), ErrorKind::Format { what: FormatError::Anomaly(_), .. }) => {
                    let ErrorKind::Format { offset, what: FormatError::Anomaly(anomaly) } = error.into_kind() else {
                        continue;
                    };
                    outcome.demand(
                        anomalies.contains(&anomaly),
                        &format!("refused for {anomaly:?}, should be for one of {anomalies:?}"),
                    );
                    outcome.demand(offset == anomaly.offset(), &format!("offset {offset} of {anomaly:?}"));
                }
                Err(error) => match &reads.pipe {
                    Pipe::Refused(refusal) if door == "pipe" => refusal.check(&error, &self.bytes, outcome),
                    _ => outcome.fail(format!("refused for something else: {error}")),
                },
            }
        }
        std::fs::remove_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

impl Reads {
    fn check(&self, door: &mut dyn Door, by_pipe: bool, outcome: &mut Outcome) {
        outcome.equal("container", &door.container(), &self.container);
        outcome.equal("spec", door.spec(), &self.spec);
        if !by_pipe {
            outcome.equal("frames", &door.frames(), &Some(self.frames));
            outcome.same("anomalies at opening", door.anomalies(), &self.anomalies);
            if let Some(chunks) = &self.chunks {
                outcome.equal("chunks", &door.chunks(), chunks);
            }
            return self.check_samples(door, self.frames, &self.anomalies, outcome);
        }
        let Pipe::Reads { frames, anomalies, read, .. } = &self.pipe else {
            return outcome.fail("a pipe should be refused".to_owned());
        };
        let at_opening = match frames {
            Frames::Says(frames) => Some(*frames),
            Frames::Unknown => None,
        };
        outcome.equal("frames at opening", &door.frames(), &at_opening);
        self.check_samples(door, read.unwrap_or(self.frames), anomalies, outcome);
    }

    fn check_samples(&self, door: &mut dyn Door, all: u64, anomalies: &[Anomaly], outcome: &mut Outcome) {
        let samples = match door.samples() {
            Ok(samples) => samples,
            Err(error) => return outcome.fail(format!("reading failed: {error}")),
        };
        let channels = self.spec.channels();
        let frames = usize::try_from(all).unwrap_or_else(|error| panic!("{error}"));
        outcome.equal("shape", &samples.dim(), &(frames, channels));
        let count = self.samples.len().min(frames * channels);
        let bits = |sample: &f64| sample.to_bits();
        outcome.demand(
            samples.iter().take(count).map(bits).eq(self.samples[..count].iter().map(bits)),
            &format!(
                "first samples are {:?}, should be {:?}",
                samples.iter().take(count).collect::<Vec<_>>(),
                &self.samples[..count]
            ),
        );
        outcome.same("anomalies after reading", door.anomalies(), anomalies);
        outcome.demand(matches!(door.samples(), Ok(rest) if rest.dim() == (0, channels) || door.again()), "no end");
        outcome.demand(
            door.frames().is_none_or(|frames| frames == all),
            &format!("frames() after reading is {:?}, of {all}", door.frames()),
        );
    }
}

impl Refusal {
    fn check(&self, error: &Error, bytes: &[u8], outcome: &mut Outcome) {
        let at = match error.kind() {
            ErrorKind::Format { offset, .. } | ErrorKind::Unsupported { offset: Some(offset), .. } => *offset,
            _ => return outcome.fail(format!("another kind of error: {error:?}")),
        };
        outcome.demand(
            self.offset.is_none_or(|offset| offset == at),
            &format!("at {at}, should be {:?}: {error}", self.offset),
        );
        outcome.demand(at <= bytes.len() as u64, &format!("at {at}, past the end: {error}"));
        let right = match (&self.kind, error.kind()) {
            (Refused::Format(expected), ErrorKind::Format { what, .. }) => what == expected,
            (Refused::Field(chunk, field, value), ErrorKind::Format { what, .. }) => {
                matches!(what, FormatError::Field { chunk: c, field: f, value: v, .. } if (c, f, v) == (chunk, field, value))
            }
            (Refused::Codec(tag, name), ErrorKind::Unsupported { what, .. }) => {
                matches!(what, Unsupported::Codec { tag: t, name: n } if t == tag && n.contains(name))
            }
            (Refused::Unsupported(expected), ErrorKind::Unsupported { what, .. }) => what == expected,
            (Refused::AnyWidth, ErrorKind::Unsupported { what: Unsupported::Bits { .. }, .. })
            | (Refused::AnyWidth, ErrorKind::Format { what: FormatError::Field { .. }, .. }) => true,
            (Refused::NotWave, ErrorKind::Format { what: FormatError::NotWave { found }, .. }) => {
                bytes.starts_with(found) && found.len() >= bytes.len().min(4)
            }
            (Refused::Truncated, ErrorKind::Format { what: FormatError::Truncated { needed, found, .. }, .. }) => {
                found < needed
            }
            _ => false,
        };
        outcome.demand(right, &format!("another error than expected: {error:?}"));
        let text = error.to_string();
        outcome.demand(text.contains(&format!("at byte {at}")), &format!("the message lacks the offset: {text}"));
    }
}

/// What went wrong, if anything.
#[derive(Default)]
pub(crate) struct Outcome {
    at: String,
    pub(crate) faults: Vec<String>,
}

impl Outcome {
    fn fail(&mut self, fault: String) {
        self.faults.push(format!("{}: {fault}", self.at));
    }

    fn demand(&mut self, held: bool, fault: &str) {
        if !held {
            self.fail(fault.to_owned());
        }
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        self.demand(found == expected, &format!("{what} is {found:?}, should be {expected:?}"));
    }

    /// The same ones in any order.
    fn same(&mut self, what: &str, found: &[Anomaly], expected: &[Anomaly]) {
        let mut rest = expected.to_vec();
        let known = found.iter().all(|anomaly| match rest.iter().position(|other| other == anomaly) {
            Some(index) => {
                rest.swap_remove(index);
                true
            }
            None => false,
        });
        self.demand(known && rest.is_empty(), &format!("{what} are {found:?}, should be {expected:?}"));
    }
}

/// A way into a file.
trait Door {
    fn container(&self) -> Container;
    fn spec(&self) -> &Spec;
    fn frames(&self) -> Option<u64>;
    fn anomalies(&self) -> &[Anomaly];
    fn chunks(&self) -> Vec<([u8; 4], u64, u64)>;
    fn samples(&mut self) -> Result<Array2<f64>>;
    /// Whether samples can be had again from the start.
    fn again(&self) -> bool;
}

impl<R: Read> Door for WavReader<R> {
    fn container(&self) -> Container {
        self.container()
    }
    fn spec(&self) -> &Spec {
        self.spec()
    }
    fn frames(&self) -> Option<u64> {
        self.frames()
    }
    fn anomalies(&self) -> &[Anomaly] {
        self.anomalies()
    }
    fn chunks(&self) -> Vec<([u8; 4], u64, u64)> {
        self.chunks().iter().map(|chunk| (chunk.id, chunk.offset, chunk.len)).collect()
    }
    fn samples(&mut self) -> Result<Array2<f64>> {
        let before = self.position();
        let samples = self.read_all::<f64>()?;
        assert_eq!(self.position(), before + samples.nrows() as u64, "the position follows what was read");
        Ok(samples)
    }
    fn again(&self) -> bool {
        false
    }
}

impl Door for WavView<'_> {
    fn container(&self) -> Container {
        self.container()
    }
    fn spec(&self) -> &Spec {
        self.spec()
    }
    fn frames(&self) -> Option<u64> {
        Some(self.frames())
    }
    fn anomalies(&self) -> &[Anomaly] {
        self.anomalies()
    }
    fn chunks(&self) -> Vec<([u8; 4], u64, u64)> {
        self.chunks().iter().map(|chunk| (chunk.id, chunk.offset, chunk.len)).collect()
    }
    /// Through each type's view, which must exist exactly where the file stores that type, aligned; otherwise by hand.
    fn samples(&mut self) -> Result<Array2<f64>> {
        crate::wild::view::samples(self)
    }
    fn again(&self) -> bool {
        true
    }
}

/// A pipe that gives one byte at a time.
pub(crate) struct Trickle<'a>(pub(crate) &'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = out.len().min(1);
        self.0.read(&mut out[..len])
    }
}
