//! The audio of an open file, as the bytes that it stores.

use std::fmt;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::read_options::ReadOptions;
use super::riff::chunk::Chunk;
use super::riff::input::Input;
use super::riff::layout::Layout;
use super::riff::limits::Limits;
use super::riff::look::{self, Justification, LOOK_BYTES};
use super::riff::walk::walk;
use crate::error::{Anomaly, Error, ErrorKind, FormatError, Result, Severity};
use crate::spec::{ByteOrder, Encoding, Spec};

/// Bytes read at a time, however small the blocks and windows. More would not make a read cheaper, and these bytes are still in
/// the second-level cache when they are decoded.
const READ_BYTES: usize = 128 << 10;

/// The audio of an open file, as the bytes that it stores, and what the file says about them.
///
/// It knows where the audio is and how far it has been read, and notes what reading shows to be wrong with the header. What the bytes
/// mean is [`WavReader`](super::reader::WavReader)'s business.
pub(super) struct StoredAudio<R> {
    input: Input<R>,
    layout: Layout,
    /// What the stored bytes are: not as the spec says only where the audio has shown it after the spec was handed out.
    encoding: Encoding,
    /// While it is open at which end of their 4 bytes samples are, the bytes of audio that are known to be zero. Of what cannot seek they are
    /// all up to the last one looked at.
    silent: Option<Range<u64>>,
    path: Option<PathBuf>,
    strict: bool,
    limits: Limits,
    /// The defect that strict reading met after the file was opened.
    refused: Option<Anomaly>,
    /// Whether bits that the encoding does not use are still looked for.
    looks: bool,
    /// Bytes of audio used.
    used: u64,
    /// Whether a read failed, which leaves the input at an unknown position.
    lost: bool,
}

impl<R: Read> StoredAudio<R> {
    /// Reads the header.
    pub(super) fn begin(mut input: Input<R>, options: &ReadOptions) -> Result<Self> {
        let ReadOptions { strict, limits } = options.clone();
        let layout = walk(&mut input, &limits).map_err(Error::while_reading)?;
        if let (true, Some(defect)) = (strict, layout.first_defect()) {
            return Err(refusal(defect.clone()));
        }
        let known = layout.anomalies.iter().any(|anomaly| matches!(anomaly, Anomaly::UnusedBits { .. }));
        let encoding = layout.spec.encoding();
        let looks = look::has_unused_bits(encoding) && !known;
        let silent = layout.silent.map(|bytes| 0..bytes);
        Ok(StoredAudio {
            input,
            layout,
            encoding,
            silent,
            path: None,
            strict,
            limits,
            refused: None,
            looks,
            used: 0,
            lost: false,
        })
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.path = Some(path.to_path_buf());
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) fn spec(&self) -> &Spec {
        &self.layout.spec
    }

    /// What the stored bytes are. The spec stays as it was when the file was opened, since others rely on it by then.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub(super) fn fits_either_end(&self) -> bool {
        self.silent.is_some()
    }

    pub(super) fn byte_order(&self) -> ByteOrder {
        self.layout.order()
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn input(&self) -> &Input<R> {
        &self.input
    }

    pub(super) fn into_input(self) -> Input<R> {
        self.input
    }

    /// Whole frames in all, where known.
    pub(super) fn frames(&self) -> Option<u64> {
        self.layout.data_len.map(|len| len / self.layout.frame_bytes())
    }

    /// Bytes of audio that were used.
    pub(super) fn used(&self) -> u64 {
        self.used
    }

    /// The content of a chunk, as far as the file has it.
    pub(super) fn chunk_bytes(&mut self, chunk: &Chunk) -> Result<Vec<u8>> {
        if let Some(content) = self.layout.kept(chunk) {
            return Ok(content.to_vec());
        }
        let limit = if self.input.can_seek() { self.limits.chunk_bytes } else { 0 };
        if chunk.len > limit {
            return Err(self.named(ErrorKind::TooLarge { what: "a chunk", bytes: chunk.len, limit }.into()));
        }
        if chunk.len == 0 {
            return Ok(Vec::new());
        }
        let mut read = || -> io::Result<Vec<u8>> {
            self.input.seek_to(chunk.content_offset)?;
            let content = self.input.read_bytes(chunk.len)?;
            self.input.seek_to(self.layout.data_offset + self.used)?;
            Ok(content)
        };
        read().map_err(|error| self.failed(error))
    }

    /// Goes to a frame.
    pub(super) fn seek(&mut self, frame: u64) -> Result<()>
    where
        R: Seek,
    {
        let mut frames = self.frames().unwrap_or(u64::MAX);
        if !self.input.can_seek() {
            // Opened as a pipe, its header was believed; but past the end of the input there is nothing to go to.
            let end = self.input.find_end(R::seek).map_err(|error| self.failed(error))?;
            frames = frames.min(end.saturating_sub(self.layout.data_offset) / self.layout.frame_bytes());
        }
        self.seek_among(frames, frame, |input, position| input.seek_with(position, R::seek))
    }

    /// Reads silence up to a byte of audio, which may end before it and so show at which end of their 4 bytes samples are. A jump over that
    /// would have it decided by what is at its end.
    fn look_up_to(&mut self, end: u64, go: impl Fn(&mut Input<R>, u64) -> io::Result<()>) -> Result<()> {
        let Some(known) = self.silent.as_ref().map(|silent| silent.end).filter(|known| *known < end) else {
            return Ok(());
        };
        let position = self.layout.data_offset.saturating_add(known);
        go(&mut self.input, position).map_err(|error| self.named(error.into()))?;
        self.used = known;
        self.lost = false;
        self.pass_silence(end - known)?;
        Ok(())
    }

    /// Goes to a frame of an input that was opened as one that can seek.
    pub(super) fn seek_as_opened(&mut self, frame: u64) -> Result<()> {
        if !self.input.can_seek() {
            return Err(self.named(Error::unsupported_operation("this input can only be read on, it cannot seek")));
        }
        self.seek_among(self.frames().unwrap_or(u64::MAX), frame, Input::seek_to)
    }

    /// Goes to one of `frames` frames by `go`, which takes the input to a byte.
    fn seek_among(&mut self, frames: u64, frame: u64, go: impl Fn(&mut Input<R>, u64) -> io::Result<()>) -> Result<()> {
        let past_end = || Error::new(ErrorKind::SeekPastEnd { frame, frames });
        let used = frame.checked_mul(self.layout.frame_bytes()).filter(|_| frame <= frames);
        let Some(used) = used else { return Err(self.named(past_end())) };
        let Some(position) = self.layout.data_offset.checked_add(used) else { return Err(self.named(past_end())) };
        self.look_up_to(used, &go)?;
        go(&mut self.input, position).map_err(|error| self.named(error.into()))?;
        self.used = used;
        self.lost = false;
        Ok(())
    }

    pub(super) fn can_seek(&self) -> bool {
        self.input.can_seek()
    }

    /// Bytes of audio still to come in whole frames, where known.
    pub(super) fn bytes_left(&self) -> Option<u64> {
        self.layout.data_len.map(|_| self.layout.whole_frames().saturating_sub(self.used))
    }

    /// Bytes of audio that can be decoded now, at least `width` of them unless the audio ends.
    pub(super) fn next_bytes(&mut self, width: usize) -> Result<&[u8]> {
        self.check_refused()?;
        // At once, not only after the bytes that came with the header are used.
        self.input.make_room(READ_BYTES);
        while self.input.buffered().len() < width && self.bytes_left() != Some(0) {
            self.check_found()?;
            if self.fill()? == 0 {
                self.end_of_input()?;
                break;
            }
        }
        let ready = match self.silent.clone() {
            Some(silent) => self.settle(silent)?,
            None => self.ready().len(),
        };
        Ok(&self.input.buffered()[..ready])
    }

    /// The bytes of audio in the buffer.
    fn ready(&self) -> &[u8] {
        let left = self.bytes_left().map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let buffered = self.input.buffered();
        &buffered[..buffered.len().min(left)]
    }

    /// Finds at which end of their 4 bytes samples are in audio that was silent up to here, and how many bytes can be decoded now: silence
    /// first, by itself, and then nothing before it is known.
    fn settle(&mut self, silent: Range<u64>) -> Result<usize> {
        let (ready, used) = (self.ready(), self.used);
        if silent.contains(&used) {
            // Looked at before: small reads must not look at all of it again each time.
            return Ok(ready.len().min(usize::try_from(silent.end - used).unwrap_or(usize::MAX)));
        }
        let silence = look::silence(ready);
        if silence > 0 {
            let start = if used == silent.end { silent.start } else { used };
            self.silent = Some(start..used + silence as u64);
            return Ok(silence);
        }
        let wanted =
            self.bytes_left().map_or(LOOK_BYTES, |left| usize::try_from(left).unwrap_or(usize::MAX).min(LOOK_BYTES));
        while self.ready().len() < wanted && self.fill()? > 0 {}
        let ready = self.ready();
        let mut looked = ready.len().min(LOOK_BYTES);
        if ready.len() < wanted {
            // It ends here, and what is left of a frame is no audio.
            let rest = (used + looked as u64) % self.layout.frame_bytes();
            looked = looked.saturating_sub(usize::try_from(rest).unwrap_or(usize::MAX));
        }
        let found = look::justification(self.byte_order(), &ready[..looked]);
        // Unless nothing is left but part of a frame.
        if found != Justification::Silent {
            self.silent = None;
        }
        if found == Justification::Top {
            self.encoding = Encoding::I24In32Msb;
            self.report([self.layout.at_the_top()])?;
        }
        Ok(self.ready().len())
    }

    /// The next `count` bytes of audio in the buffer, fewer only at the end; `None` for more than should pass through the buffer.
    pub(super) fn buffered(&mut self, count: usize) -> Result<Option<&[u8]>> {
        if count > READ_BYTES / 2 {
            return Ok(None);
        }
        let wanted = self.bytes_left().map_or(count, |left| usize::try_from(left).unwrap_or(usize::MAX).min(count));
        self.next_bytes(wanted)?;
        let buffered = self.input.buffered();
        let left = self.bytes_left().map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        Ok(Some(&buffered[..buffered.len().min(count).min(left)]))
    }

    /// Returns bytes that [`buffered`](Self::buffered) has shown, which may be changed, and uses them.
    pub(super) fn take(&mut self, count: usize) -> &mut [u8] {
        self.used += count as u64;
        self.input.take(count)
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.used += count as u64;
    }

    /// Fills `out` with audio directly, if the buffer is empty, and `out` large enough to be worth it and not where copies are slow; fewer
    /// bytes only at the end. `None` otherwise.
    pub(super) fn read_into(&mut self, out: &mut [u8]) -> Result<Option<usize>> {
        if out.len() < READ_BYTES / 2 || !self.input.buffered().is_empty() || self.input.is_slow_target(out) {
            return Ok(None);
        }
        // Audio that may show where its samples are is looked at before it is used.
        if self.silent.is_some() {
            return Ok(None);
        }
        self.check_found()?;
        let left = self.bytes_left().map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let wanted = out.len().min(left);
        let mut filled = 0;
        while filled < wanted {
            match self.input.read_direct(&mut out[filled..wanted]) {
                Ok(0) => {
                    self.end_of_input()?;
                    break;
                }
                Ok(count) => {
                    filled += count;
                    self.used += count as u64;
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(Some(filled))
    }

    /// Skips frames, fewer than asked for only at the end.
    pub(super) fn skip(&mut self, frames: u64) -> Result<u64> {
        self.check_found()?;
        let frame_bytes = self.layout.frame_bytes();
        let left = self.bytes_left().unwrap_or(u64::MAX);
        let wanted = frames.saturating_mul(frame_bytes).min(left);
        let end = self.used.saturating_add(wanted);
        // Silence that was looked at when the file was opened needs no reading.
        let is_known = self.input.can_seek() && self.silent.as_ref().is_some_and(|silent| end <= silent.end);
        let passed = if is_known { 0 } else { self.pass_silence(wanted)? };
        let jumped = self.input.skip(wanted - passed).map_err(|error| self.failed(error))?;
        self.used += jumped;
        let skipped = passed + jumped;
        if skipped < wanted {
            self.end_of_input()?;
        }
        Ok(skipped / frame_bytes)
    }

    /// Reads up to `wanted` bytes of audio until it is known at which end of their 4 bytes samples are, and returns how many.
    fn pass_silence(&mut self, wanted: u64) -> Result<u64> {
        let mut passed = 0;
        while self.silent.is_some() && passed < wanted {
            let ready = self.next_bytes(self.encoding.bytes())?.len();
            let count = ready.min(usize::try_from(wanted - passed).unwrap_or(usize::MAX));
            if count == 0 {
                break;
            }
            self.consume(count);
            passed += count as u64;
        }
        Ok(passed)
    }

    fn fill(&mut self) -> Result<usize> {
        let ahead = self.input.buffered().len() as u64;
        // Not past the audio, so that whoever gets the input back finds the next chunk.
        let left = self.bytes_left().map_or(u64::MAX, |left| left.saturating_sub(ahead));
        let most = usize::try_from(ahead.saturating_add(left)).unwrap_or(usize::MAX).min(READ_BYTES);
        self.input.fill(most).map_err(|error| self.failed(error))
    }

    /// A file that was refused once stays refused.
    fn check_refused(&self) -> Result<()> {
        match &self.refused {
            Some(defect) => Err(self.named(refusal(defect.clone()))),
            None => Ok(()),
        }
    }

    /// After a failed read the position of the input is unknown.
    fn check_found(&self) -> Result<()> {
        self.check_refused()?;
        if self.lost {
            let lost = io::Error::other("an earlier read failed; seek to a frame to go on");
            return Err(self.named(Error::reading(lost)));
        }
        Ok(())
    }

    fn failed(&mut self, error: io::Error) -> Error {
        self.lost = true;
        self.named(Error::reading(error))
    }

    /// Takes in what the end of the input says about the header.
    fn end_of_input(&mut self) -> Result<()> {
        let found = self.used + self.input.buffered().len() as u64;
        let anomalies = self.layout.end_at(found);
        self.report(anomalies)
    }

    /// Adds anomalies that showed while reading.
    fn report(&mut self, anomalies: impl IntoIterator<Item = Anomaly>) -> Result<()> {
        for anomaly in anomalies {
            if self.strict && self.refused.is_none() && anomaly.severity() == Severity::Defect {
                self.refused = Some(anomaly.clone());
            }
            self.layout.anomalies.push(anomaly);
        }
        self.check_refused()
    }

    /// Whether bits that the encoding does not use are still looked for.
    pub(super) fn looks(&self) -> bool {
        self.looks
    }

    /// The first sample of audio with bits that its encoding does not use, if such are still looked for.
    pub(super) fn unused_bits(&self, bytes: &[u8]) -> Option<usize> {
        if self.looks { look::first_used(self.encoding, self.byte_order(), bytes) } else { None }
    }

    /// Reports such a sample, by its index in audio that began at byte `start` of it. Once is enough.
    pub(super) fn report_unused_bits(&mut self, start: u64, index: Option<usize>) -> Result<()> {
        let Some(index) = index else { return Ok(()) };
        self.looks = false;
        let at = start + (index * self.spec().encoding().bytes()) as u64;
        self.report([Anomaly::UnusedBits { offset: self.layout.data_offset + at }])
    }

    /// Reads audio as the file stores it: whole frames, fewer than fit only at the end. Returns their bytes. They are what the spec says.
    pub(super) fn read_stored(&mut self, out: &mut [u8]) -> Result<usize> {
        let (start, width) = (self.used, self.spec().encoding().bytes());
        let mut filled = 0;
        while filled < out.len() {
            if let Some(bytes) = self.read_into(&mut out[filled..])? {
                filled += bytes;
                break;
            }
            let bytes = self.next_bytes(width)?;
            // Whole samples, because silence ends where one does.
            let count = bytes.len().min(out.len() - filled) / width * width;
            if count == 0 {
                break;
            }
            out[filled..filled + count].copy_from_slice(&bytes[..count]);
            self.consume(count);
            filled += count;
        }
        let whole = filled - filled % self.spec().frame_bytes();
        let unused = self.unused_bits(&out[..whole]);
        if self.encoding != self.spec().encoding() {
            // What was read before this was known is silence, which is the same at either end.
            look::move_to_the_bottom(self.byte_order(), &mut out[..whole]);
        }
        self.report_unused_bits(start, unused)?;
        Ok(whole)
    }

    pub(super) fn named(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

fn refusal(anomaly: Anomaly) -> Error {
    Error::format(anomaly.offset(), FormatError::Anomaly(anomaly))
}

impl<R> fmt::Debug for StoredAudio<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAudio")
            .field("path", &self.path)
            .field("layout", &self.layout)
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}
