//! A WAVE file that is being written: its header, the audio that arrived, and the chunks to follow it.

use std::fmt;
use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::path::{Path, PathBuf};

use super::riff::chunk::{is_printable, is_structure};
use super::riff::container::Container;
use super::riff::dependent::Dependent;
use super::riff::header::{Extent, Header, push_chunk};
use super::riff::look::{self, LOOK_BYTES};
use super::riff::output::Output;
use super::riff::stage::Stage;
use super::write_options::WriteOptions;
use crate::error::{Error, ErrorKind, Result, Tag};
use crate::spec::{ByteOrder, Encoding, Spec};

/// A WAVE file that is being written: its header, the audio that arrived, and the chunks to follow it.
///
/// It takes audio as bytes, and sees to it that at every moment the file on the disk reads as it should: which part of it is written
/// before which, and what the header says meanwhile.
pub(super) struct UnfinishedFile<W: Write> {
    /// Gone once finalized.
    sink: Option<Output<W>>,
    path: Option<PathBuf>,
    spec: Spec,
    header: Header,
    state: State,
    /// Chunks to follow the audio, as the container has them.
    trailing: Vec<u8>,
    /// Where those of them that were there before depend on the audio.
    dependent: Dependent,
    /// Bytes of audio that arrived in the sink.
    arrived: u64,
    /// Bytes of audio that the header counts.
    safe: u64,
    sync: bool,
    /// Whether stored samples of 24 bits are known to be found at the bottom of their 4 bytes, whatever follows.
    at_the_bottom: bool,
}

/// How much of the file has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No header, or only part of it: that of a stream goes out with the first block.
    Headless,
    /// An existing file, in which nothing has been changed.
    Untouched,
    /// The header counts the audio up to the last checkpoint, and says that there may be more. Nothing follows the audio.
    Growing,
    /// The chunks that follow the audio are in place, and the header counts everything.
    Settled,
    /// A stream was cut off inside its header or a frame, which cannot be taken back.
    Broken,
}

impl<W: Write> UnfinishedFile<W> {
    /// Begins a new file.
    pub(super) fn start(sink: Output<W>, options: &WriteOptions, path: Option<PathBuf>) -> Result<Self> {
        let named = |error: Error| match &path {
            Some(path) => error.with_path(path),
            None => error,
        };
        let mut header = Header::new(options.container, &options.spec).map_err(named)?;
        if !sink.can_seek() {
            header.set_unknown();
        }
        let mut file = UnfinishedFile::resume(sink, options, header, (Vec::new(), Dependent::default()), 0);
        (file.path, file.state) = (path, State::Headless);
        if file.can_seek() {
            file.send_header().map_err(|error| file.named(error.into()))?;
        }
        Ok(file)
    }

    /// Continues a file that has this many bytes of audio, with this header before and these chunks after it.
    pub(super) fn resume(
        sink: Output<W>,
        options: &WriteOptions,
        header: Header,
        (trailing, dependent): (Vec<u8>, Dependent),
        audio: u64,
    ) -> Self {
        UnfinishedFile {
            sink: Some(sink),
            path: None,
            spec: options.spec.clone(),
            header,
            state: State::Untouched,
            trailing,
            dependent,
            arrived: audio,
            safe: audio,
            sync: options.sync,
            at_the_bottom: false,
        }
    }

    pub(super) fn set_path(&mut self, path: &Path) {
        self.path = Some(path.to_path_buf());
    }

    pub(super) fn spec(&self) -> &Spec {
        &self.spec
    }

    pub(super) fn container(&self) -> Container {
        self.header.container()
    }

    /// Bytes of audio that arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Bytes of audio that the header counts.
    pub(super) fn safe(&self) -> u64 {
        self.safe
    }

    pub(super) fn frames_safe(&self) -> u64 {
        self.safe / self.frame_bytes()
    }

    /// Whether it was finalized.
    pub(super) fn is_finalized(&self) -> bool {
        self.sink.is_none()
    }

    /// Makes the header count all the audio that arrived.
    pub(super) fn checkpoint(&mut self) -> Result<()> {
        self.check_broken()?;
        if !self.can_seek() {
            self.flush_stream().map_err(|source| self.failed(source))
        } else if matches!(self.state, State::Untouched | State::Settled) {
            Ok(())
        } else if self.trailing.is_empty() {
            self.update_header(0, Stage::Growing).and_then(|()| self.pad(0))
        } else {
            self.settle(Stage::Complete)
        }
    }

    /// Adds a metadata chunk before the audio, of which there is none yet; to a file whose audio has begun, after it. `collected` bytes of
    /// audio will arrive before it does.
    pub(super) fn add_chunk(&mut self, id: [u8; 4], content: &[u8], collected: u64) -> Result<()> {
        if self.arrived + collected > 0 || !self.can_seek() && self.state != State::Headless {
            return self.add_trailing_chunk(id, content, collected);
        }
        self.check_chunk(id, content.len() as u64)?;
        self.touch()?;
        let at = self.header.add_chunk(id, content);
        if self.can_seek() {
            let extent = Extent { audio: 0, trailing: 0, stage: Stage::Growing };
            self.header.set(extent).map_err(|error| self.named(error))?;
            if let Err(error) = self.send_header_from(at) {
                // Some of it may stand there; the next write begins with the whole header again.
                self.state = State::Headless;
                return Err(self.named(error.into()));
            }
        }
        Ok(())
    }

    /// Keeps a metadata chunk, to be written after the audio.
    pub(super) fn add_trailing_chunk(&mut self, id: [u8; 4], content: &[u8], collected: u64) -> Result<()> {
        self.check_chunk(id, content.len() as u64)?;
        if !self.can_seek() {
            let what = "a stream cannot have chunks after its audio; add them before the first block";
            return Err(self.named(Error::unsupported_operation(what)));
        }
        let container = self.header.container();
        let len = self.trailing.len() + container.chunk_header_len() + content.len();
        let len = len as u64 + container.padding(content.len() as u64);
        self.check_file_len(self.header.file_len(self.arrived + collected, len))?;
        self.touch()?;
        push_chunk(&mut self.trailing, container, id, content);
        Ok(())
    }

    fn check_chunk(&self, id: [u8; 4], bytes: u64) -> Result<()> {
        // After the audio a reader cannot tell another id from bytes that belong to nothing, and before it takes zeros for padding.
        if !is_printable(&id) {
            return Err(Error::must_be("the chunk id", Tag(&id), "four printable ASCII characters"));
        }
        if is_structure(id) {
            let message = format!("the writer writes {} itself; add metadata chunks only", Tag(&id));
            return Err(Error::invalid("the chunk id", message));
        }
        let limit = u64::from(u32::MAX);
        if self.header.container() != Container::Wave64 && bytes > limit {
            return Err(self.named(ErrorKind::TooLarge { what: "a chunk", bytes, limit }.into()));
        }
        Ok(())
    }

    /// Makes the header count no more than the audio before anything after that is changed, and cuts off what follows.
    ///
    /// Without the cut, a process that is killed with the header in this state would leave the rest of old chunks to be read as audio.
    fn touch(&mut self) -> Result<()> {
        if !matches!(self.state, State::Untouched | State::Settled) {
            return Ok(());
        }
        let audio_end = self.header.len() + self.arrived;
        if self.sink_mut().end() > audio_end {
            self.update_header(0, Stage::Complete)?;
            self.sink_mut().truncate(audio_end).map_err(|source| self.failed(source))?;
        }
        self.update_header(0, Stage::Growing)?;
        self.state = State::Growing;
        Ok(())
    }

    /// Removes what a file says about the values of its samples, before there are others.
    ///
    /// In place and by their ids, because what stands before the audio cannot move: a process that is killed meanwhile leaves some of these
    /// chunks, and the audio that they describe.
    fn free_descriptions(&mut self) -> Result<()> {
        let container = self.header.container();
        self.dependent.free_descriptions(container, &mut self.trailing);
        self.dependent.forget_descriptions();
        let (sink, header) = (self.sink.as_mut().expect("there until finalized"), &mut self.header);
        let mut places = header.free_descriptions().to_vec().into_iter();
        let written = places.try_for_each(|place| sink.write_at(place.start as u64, &header.image()[place]));
        written.map_err(|source| self.failed(source))?;
        self.header.forget_descriptions();
        Ok(())
    }

    /// Writes bytes of audio, and counts those that arrive.
    pub(super) fn deliver(&mut self, bytes: &[u8]) -> Result<()> {
        self.touch()?;
        self.free_descriptions()?;
        if self.state == State::Headless {
            self.send_header().map_err(|source| self.failed(source))?;
        }
        let start = self.header.len() + self.arrived;
        let sink = self.sink_mut();
        let written = sink.go_to(start).map(|()| {
            let result = sink.write(bytes);
            // Nothing arrives unless it went there.
            (sink.position() - start, result)
        });
        let (count, result) = written.map_err(|source| self.failed(source))?;
        self.arrived += count;
        result.map_err(|source| self.failed(source))
    }

    fn send_header(&mut self) -> io::Result<()> {
        let sink = self.sink.as_mut().expect("there until finalized");
        let result = sink.write_at(0, self.header.image());
        if result.is_ok() {
            self.state = State::Growing;
        } else if !sink.can_seek() && sink.position() > 0 {
            self.state = State::Broken;
        }
        result
    }

    /// Writes the end of the header, from a chunk that is new in it, and then the parts before it that changed.
    fn send_header_from(&mut self, at: usize) -> io::Result<()> {
        if self.state == State::Headless {
            return self.send_header();
        }
        let sink = self.sink.as_mut().expect("there until finalized");
        sink.write_at(at as u64, &self.header.image()[at..])?;
        patch(sink, &self.header)
    }

    fn flush_stream(&mut self) -> io::Result<()> {
        if self.state == State::Headless {
            self.send_header()?;
        }
        let sync = self.sync;
        self.sink_mut().flush(sync)?;
        self.safe = self.arrived;
        Ok(())
    }

    /// Writes the padding after the audio. A full disk may have no room for it, so the header goes first. A process that is killed before the
    /// header would leave the padding to be read as a frame.
    fn pad(&mut self, trailing: u64) -> Result<()> {
        let audio_end = self.header.len() + self.arrived;
        let padding = usize::try_from(self.header.padding(self.arrived, trailing)).expect("less than 8 bytes");
        if padding == 0 {
            return Ok(());
        }
        let sync = self.sync;
        let sink = self.sink_mut();
        let padded = sink.write_at(audio_end, &[0; 8][..padding]).and_then(|()| sink.flush(sync));
        padded.map_err(|source| self.failed(source))
    }

    /// Makes the header count what arrived, after everything else has been passed on.
    fn update_header(&mut self, trailing: u64, stage: Stage) -> Result<()> {
        let audio = self.arrived;
        self.header.set(Extent { audio, trailing, stage }).map_err(|error| self.named(error))?;
        let sync = self.sync;
        let headless = self.state == State::Headless;
        let sink = self.sink.as_mut().expect("there until finalized");
        let written = sink.flush(sync).and_then(|()| match headless {
            true => sink.write_at(0, self.header.image()),
            false => patch(sink, &self.header),
        });
        match written.and_then(|()| sink.flush(sync)) {
            Ok(()) => {
                self.safe = audio;
                if headless {
                    self.state = State::Growing;
                }
                Ok(())
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    /// Puts padding and chunks after the audio and makes the header count everything.
    ///
    /// First the sizes and then the mark, so that there is no moment at which wrong sizes stand there as right ones. Then what
    /// follows the audio, so that the audio does not depend on its finding room.
    fn settle(&mut self, stage: Stage) -> Result<()> {
        self.update_header(0, Stage::Growing)?;
        if self.trailing.is_empty() {
            self.update_header(0, stage)?;
            return self.pad(0);
        }
        self.update_header(0, Stage::Complete)?;
        let frames = self.arrived / self.frame_bytes();
        self.dependent.count(self.header.container(), frames, &mut self.trailing);
        let len = self.trailing.len() as u64;
        let padded = self.pad(len);
        let at = self.header.file_len(self.arrived, len) - len;
        let trailing = std::mem::take(&mut self.trailing);
        let written =
            padded.and_then(|()| self.sink_mut().write_at(at, &trailing).map_err(|source| self.failed(source)));
        self.trailing = trailing;
        if written.is_err() {
            // Without the chunks the audio is complete, or may go on.
            let stage = if stage == Stage::Complete { Stage::Growing } else { stage };
            return written.and(self.update_header(0, stage));
        }
        self.update_header(len, stage)?;
        self.state = State::Settled;
        Ok(())
    }

    /// Completes the file with the audio that arrived; that of a stream only if it arrived `intact`.
    pub(super) fn finish(&mut self, intact: bool) -> Result<()> {
        if self.can_seek() {
            self.finish_file()
        } else if intact {
            self.checkpoint()
        } else {
            Ok(())
        }
    }

    /// Gives up the writer underneath; `None` if that was done before.
    pub(super) fn take_sink(&mut self) -> Option<W> {
        self.sink.take().map(Output::into_inner)
    }

    fn finish_file(&mut self) -> Result<()> {
        if self.state == State::Untouched {
            return Ok(());
        }
        let settled = match self.state {
            State::Settled => self.update_header(self.trailing.len() as u64, Stage::Finished),
            _ => self.settle(Stage::Finished),
        };
        let trailing = if self.state == State::Settled { self.trailing.len() as u64 } else { 0 };
        let file_len = self.header.file_len(self.arrived, trailing);
        let (sync, sink) = (self.sync, self.sink_mut());
        let cut = if sink.end() > file_len { sink.truncate(file_len) } else { Ok(()) };
        let ended = cut.and_then(|()| sink.go_to(file_len)).and_then(|()| sink.flush(sync));
        settled.and(ended.map_err(|source| self.failed(source)))
    }

    /// The error, after which only the whole frames that arrived count.
    fn failed(&mut self, source: io::Error) -> Error {
        let partial = self.arrived % self.frame_bytes();
        if self.can_seek() {
            self.arrived -= partial;
        } else if partial > 0 {
            self.state = State::Broken;
        }
        let (frames_safe, frames_written) = (self.frames_safe(), self.arrived / self.frame_bytes());
        self.named(ErrorKind::Write { frames_safe, frames_written, source }.into())
    }

    pub(super) fn check_broken(&mut self) -> Result<()> {
        if self.state == State::Broken {
            let source = io::Error::new(IoErrorKind::BrokenPipe, "an earlier error cut the stream off inside a frame");
            return Err(self.failed(source));
        }
        Ok(())
    }

    /// Refuses if the file cannot count so many more bytes of audio.
    pub(super) fn check_room(&self, bytes: u64) -> Result<()> {
        let audio = self.arrived.saturating_add(bytes);
        self.check_file_len(self.header.file_len(audio, self.trailing.len() as u64))
    }

    /// Refuses stored samples, from byte `at` of the audio on, after which they or those before them would be read otherwise. Returns whether
    /// they show at which end of their 4 bytes samples of 24 bits are, so that nothing after them can change it.
    pub(super) fn check_stored(&self, at: u64, samples: &[u8]) -> Result<bool> {
        let encoding = self.spec.encoding();
        let first = |encoding| look::first_used(encoding, ByteOrder::Little, samples);
        let (shown, what) = if self.header.is_decided_by_audio() {
            let what = "only the audio of this file shows at which end of their 4 bytes its samples are, and bits beside those that \
                        are added could change that; append them as samples, or write all to a new file";
            (false, what)
        } else if encoding == Encoding::I24In32Lsb && !self.at_the_bottom {
            // One sample with something in its lowest byte is enough among those at the start, which are looked at together, or before all
            // others that show something.
            let lowest = first(Encoding::I24In32Msb);
            let together = if at == 0 { LOOK_BYTES / encoding.bytes() } else { 0 };
            let is_enough = |lowest| lowest < together || first(encoding).is_none_or(|unused| lowest <= unused);
            let what = "only the audio would show at which end of their 4 bytes its samples are, and bits beside the first of them say \
                        that they are at the other end; write them as samples, or in another encoding";
            (lowest.is_some_and(is_enough), what)
        } else {
            return Ok(true);
        };
        if !shown && first(encoding).is_some() {
            return Err(self.named(Error::unsupported_operation(what)));
        }
        Ok(shown)
    }

    /// Notes that samples arrived that show at which end of their 4 bytes they are.
    pub(super) fn set_at_the_bottom(&mut self) {
        self.at_the_bottom = true;
    }

    fn check_file_len(&self, bytes: u64) -> Result<()> {
        let limit = self.header.file_len_max();
        if bytes > limit {
            let what = "a file without room for 64-bit sizes";
            return Err(self.named(ErrorKind::TooLarge { what, bytes, limit }.into()));
        }
        Ok(())
    }

    fn frame_bytes(&self) -> u64 {
        self.spec.frame_bytes() as u64
    }

    pub(super) fn can_seek(&self) -> bool {
        self.sink.as_ref().is_some_and(Output::can_seek)
    }

    fn sink_mut(&mut self) -> &mut Output<W> {
        self.sink.as_mut().expect("there until finalized")
    }

    pub(super) fn named(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

/// Writes again what changes in the header.
fn patch<W: Write>(sink: &mut Output<W>, header: &Header) -> io::Result<()> {
    for range in header.changing() {
        sink.write_at(range.start as u64, &header.image()[range])?;
    }
    Ok(())
}

impl<W: Write> fmt::Debug for UnfinishedFile<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedFile")
            .field("path", &self.path)
            .field("spec", &self.spec)
            .field("container", &self.container())
            .field("state", &self.state)
            .field("arrived", &self.arrived)
            .field("safe", &self.safe)
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Seek, SeekFrom};

    use super::*;
    use crate::formats::wav::riff::Limits;
    use crate::formats::wav::riff::input::Input;
    use crate::formats::wav::riff::walk::walk;
    use crate::formats::wav::writer::WavWriter;
    use crate::spec::Encoding;

    /// A disk that keeps nothing but where the file was cut off.
    #[derive(Default)]
    struct Disk {
        position: u64,
        cuts: Vec<u64>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.position += bytes.len() as u64;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Disk {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            if let SeekFrom::Start(at) = to {
                self.position = at;
            }
            Ok(self.position)
        }
    }

    fn options() -> WriteOptions {
        WriteOptions::new(&Spec::new(8_000, 1, Encoding::I16))
    }

    /// A file whose header of 44 bytes has no room for 64-bit sizes, with so many bytes of audio and so many after it.
    fn old_file(audio: u64, after: u64) -> UnfinishedFile<Disk> {
        let image =
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\0\0\0\0".to_vec();
        let mut input = Input::seekable(Cursor::new(&image)).unwrap();
        let layout = walk(&mut input, &Limits::default()).unwrap();
        assert_eq!((&layout.anomalies[..], layout.data_offset), (&[][..], 44));
        let sink = Output::seekable(Disk::default()).unwrap();
        let cut = |disk: &mut Disk, len| {
            disk.cuts.push(len);
            Ok(())
        };
        let sink = sink.on_disk(|_| Ok(()), cut).with_end(44 + audio + after);
        UnfinishedFile::resume(sink, &options(), Header::of_file(&layout, image), Default::default(), audio)
    }

    /// The most that follows the header of such a file: its size is counted in 32 bits, without the first 8 bytes.
    const ROOM: u64 = u32::MAX as u64 + 8 - 44;

    #[test]
    fn a_chunk_after_the_audio_may_fill_a_file_of_32_bits() {
        // Eight bytes before its content, and one after.
        let (content, chunk) = (b"odd", 12);
        let audio = (ROOM - chunk) / 2 * 2;
        for collected in [0, 2, 1_000] {
            old_file(audio - collected, 0).add_trailing_chunk(*b"note", content, collected).unwrap();
            let error =
                old_file(audio + 2 - collected, 0).add_trailing_chunk(*b"note", content, collected).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error:?}");
        }
    }

    #[test]
    fn stored_frames_may_fill_a_file_of_32_bits() {
        let audio = ROOM / 2 * 2;
        let frames = [1, 0, 2, 0];
        WavWriter::to_file(old_file(audio - 4, 0), &options()).write_stored(&frames).unwrap();
        let error = WavWriter::to_file(old_file(audio - 2, 0), &options()).write_stored(&frames).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error:?}");
    }

    #[test]
    fn only_wave64_has_chunks_of_more_than_32_bits() {
        let longest = u64::from(u32::MAX);
        let riff = old_file(0, 0);
        assert!(riff.check_chunk(*b"note", longest).is_ok());
        let error = riff.check_chunk(*b"note", longest + 1).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::TooLarge { bytes: 0x1_0000_0000, limit: 0xFFFF_FFFF, .. }),
            "{error:?}"
        );
        let options = options().container(Container::Wave64);
        let wave64 = UnfinishedFile::start(Output::stream(Disk::default()), &options, None).unwrap();
        assert!(wave64.check_chunk(*b"note", longest + 1).is_ok());
    }

    #[test]
    fn only_what_follows_the_audio_is_cut_off() {
        for (after, cuts) in [(0, &[][..]), (6, &[144])] {
            let mut file = old_file(100, after);
            file.deliver(&[1; 10]).unwrap();
            file.finish(true).unwrap();
            assert_eq!(file.take_sink().unwrap().cuts, cuts, "{after} bytes after the audio");
        }
    }
}
