//! The chunk walker: the one truth about what a file holds and where.
//!
//! Sources: RIFF MCI (1991); EBU Tech 3306 v1.1 and ITU-R BS.2088-1 for `ds64`; Sony, "Wave64 File Format" (2002).

use std::io::Read;

use super::chunk::{Chunk, is_filler, is_known, is_printable};
use super::container::Container;
use super::fmt_chunk;
use super::input::Input;
use crate::error::Anomaly;
use crate::error::{Error, FormatError, Result};
use crate::spec::{ByteOrder, Spec};

/// More chunks than any file has; a gigabyte of empty ones is somebody's experiment.
const CHUNKS_MAX: usize = 1 << 16;
/// Zeros between chunks that are passed over; more of them are no slip of a recorder.
const ZEROS_MAX: u64 = 16 << 20;
/// Bytes of metadata kept from an input that cannot come back for them.
const KEPT_MAX: usize = 16 << 20;

/// Content of the JUNK chunk of a file that its writer has not finished: audio may go on behind the size in the header.
pub(crate) const UNFINISHED: [u8; 28] = *b"ndaudio: not yet finalized\0\0";

/// The same mark in RF64 and BW64, where the JUNK has become `ds64`: the count of samples says it. A count of 0 would not do, since
/// writers of BW64 leave 0 in whole files.
pub(crate) const UNFINISHED_COUNT: u64 = u64::from_le_bytes(*b"ndaudio!");

/// The size of audio that nobody knows, in containers of 64-bit sizes: nearly 8 TiB. ffmpeg's own are read by nobody, not even by
/// ffmpeg 5.1: it takes the 0 in `ds64` for no audio, and fails to seek to 2^63 − 1, as file systems do past 16 TiB. This one ffmpeg,
/// libsndfile 1.2.2 and sox 14.4.2 read to the end of the file.
pub(crate) const UNKNOWN_64: u64 = 0x07FF_FFFF_F000;

/// `riff` in Wave64.
pub(crate) const W64_RIFF: [u8; 16] = *b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00";
/// What follows the four letters in the GUIDs of Wave64's chunks.
pub(crate) const W64_TAIL: [u8; 12] = *b"\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A";
/// What follows them in the GUID of a list.
pub(crate) const W64_LIST_TAIL: [u8; 12] = *b"\x2F\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00";

/// What a file holds and where.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) container: Container,
    pub(crate) order: ByteOrder,
    pub(crate) spec: Spec,
    /// The first byte of audio.
    pub(crate) data_offset: u64,
    /// Bytes of audio; `None` until the end has been seen.
    pub(crate) data_len: Option<u64>,
    /// Bytes of audio as the header has it.
    pub(crate) data_declared: u64,
    /// Where the header has that size.
    pub(crate) data_size_at: u64,
    /// Whether the header says that the audio may go on behind its size.
    pub(crate) unfinished: bool,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) anomalies: Vec<Anomaly>,
    /// Contents of metadata chunks, by index in `chunks`, of an input that cannot come back for them.
    pub(crate) kept: Vec<(usize, Vec<u8>)>,
}

impl Layout {
    pub(crate) fn frame_bytes(&self) -> u64 {
        self.spec.frame_bytes() as u64
    }
}

/// Walks the chunks up to the audio, and where the input can seek to the end of the file. Leaves the input at the audio.
pub(crate) fn walk<R: Read>(input: &mut Input<R>) -> Result<Layout> {
    let mut walk = Walk::begin(input)?;
    while let Some(header) = walk.next_header(input)? {
        walk.visit(input, header)?;
        if walk.data.is_some() && !input.can_seek() {
            break;
        }
    }
    walk.finish(input)
}

/// A chunk's header as the file has it.
#[derive(Clone, Copy)]
struct Header {
    id: [u8; 4],
    offset: u64,
    content_offset: u64,
    /// Where the size stands.
    size_at: u64,
    /// Bytes of content that it claims.
    size: u64,
    /// Bytes of content that there are, where known.
    available: Option<u64>,
}

/// 64-bit sizes of RF64 and BW64.
struct Ds64 {
    offset: u64,
    riff_size: u64,
    data_size: u64,
    sample_count: u64,
    table: Vec<([u8; 4], u64)>,
}

/// Where the audio is.
#[derive(Clone, Copy)]
struct Data {
    offset: u64,
    len: Option<u64>,
    declared: u64,
    size_at: u64,
}

struct Walk {
    container: Container,
    order: ByteOrder,
    riff_size: u64,
    riff_size_at: u64,
    ds64: Option<Ds64>,
    spec: Option<Spec>,
    data: Option<Data>,
    unfinished: bool,
    /// Whether an anomaly about sizes was found that makes the size of the whole file wrong too.
    sizes_doubtful: bool,
    /// The byte behind the last chunk, before any padding.
    end_unpadded: u64,
    /// The last chunk, if a padding byte may be missing behind it.
    odd: Option<[u8; 4]>,
    chunks: Vec<Chunk>,
    anomalies: Vec<Anomaly>,
    kept: Vec<(usize, Vec<u8>)>,
    kept_bytes: usize,
}

impl Walk {
    /// Reads what the file says it is.
    fn begin<R: Read>(input: &mut Input<R>) -> Result<Walk> {
        let head = input.peek(40)?;
        let found = head.len();
        let (container, order) = match head.get(..4) {
            Some(b"RIFF") => (Container::Riff, ByteOrder::Little),
            Some(b"RIFX") => (Container::Rifx, ByteOrder::Big),
            Some(b"RF64") => (Container::Rf64, ByteOrder::Little),
            Some(b"BW64") => (Container::Bw64, ByteOrder::Little),
            Some(b"riff") if head.get(4..16) == Some(&W64_RIFF[4..]) => (Container::Wave64, ByteOrder::Little),
            _ => return Err(not_wave(head)),
        };
        let length = if container == Container::Wave64 { 40 } else { 12 };
        if found < length {
            let (needed, found) = (length as u64, found as u64);
            return Err(Error::format(0, FormatError::Truncated { what: "the file header", needed, found }));
        }
        let (riff_size, riff_size_at) = match container {
            Container::Wave64 => (number(&head[16..24], order).saturating_sub(8), 16),
            _ => (number(&head[4..8], order), 4),
        };
        let is_wave = match container {
            Container::Wave64 => &head[24..28] == b"wave" && head[28..40] == W64_TAIL,
            _ => &head[8..12] == b"WAVE",
        };
        if !is_wave {
            return Err(not_wave(head));
        }
        input.consume(length);
        let end = length as u64;
        let mut walk = Walk {
            container,
            order,
            riff_size,
            riff_size_at,
            ds64: None,
            spec: None,
            data: None,
            unfinished: false,
            sizes_doubtful: false,
            end_unpadded: end,
            odd: None,
            chunks: Vec::new(),
            anomalies: Vec::new(),
            kept: Vec::new(),
            kept_bytes: 0,
        };
        if matches!(container, Container::Rf64 | Container::Bw64) && input.peek(4)? != b"ds64" {
            walk.anomalies.push(Anomaly::MissingDs64 { offset: end });
        }
        Ok(walk)
    }

    fn header_len(&self) -> usize {
        if self.container == Container::Wave64 { 24 } else { 8 }
    }

    /// Bytes of a whole file by its own header.
    fn riff_end(&self) -> u64 {
        self.riff_size.saturating_add(8)
    }

    /// Finds the next chunk; `None` at the end of the chunks.
    fn next_header<R: Read>(&mut self, input: &mut Input<R>) -> Result<Option<Header>> {
        self.find_boundary(input)?;
        let offset = input.position();
        let length = self.header_len();
        let remaining = input.len().map(|len| len.saturating_sub(offset));
        let bytes = input.peek(length)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() < length {
            let count = bytes.len() as u64;
            self.anomalies.push(Anomaly::TrailingBytes { offset, count });
            return Ok(None);
        }
        let header = self.parse_header(bytes, offset, remaining);
        if self.data.is_some() && !self.plausible_behind_data(&header) {
            let count = remaining.unwrap_or(0);
            self.anomalies.push(Anomaly::TrailingBytes { offset, count });
            return Ok(None);
        }
        if self.chunks.len() >= CHUNKS_MAX {
            return Err(Error::format(offset, FormatError::TooManyChunks { limit: CHUNKS_MAX }));
        }
        input.consume(length);
        Ok(Some(header))
    }

    fn parse_header(&self, bytes: &[u8], offset: u64, remaining: Option<u64>) -> Header {
        let mut id = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let length = bytes.len() as u64;
        let (size_at, mut size) = if self.container == Container::Wave64 {
            if id == *b"list" {
                id = *b"LIST";
            }
            (offset + 16, number(&bytes[16..24], self.order).saturating_sub(24))
        } else {
            (offset + 4, number(&bytes[4..8], self.order))
        };
        let mut size_at = size_at;
        if let Some(ds64) = self.ds64.as_ref().filter(|_| size == u64::from(u32::MAX)) {
            if id == *b"data" {
                (size, size_at) = (ds64.data_size, ds64.offset + 16);
            } else if let Some(&(_, long)) = ds64.table.iter().find(|(of, _)| *of == id) {
                size = long;
            }
        }
        let available = remaining.map(|remaining| size.min(remaining - length));
        Header { id, offset, content_offset: offset + length, size_at, size, available }
    }

    /// Goes from the end of a chunk to where the next begins: over padding, found missing where the next tag proves it, and over
    /// zeros that some recorders leave between chunks.
    fn find_boundary<R: Read>(&mut self, input: &mut Input<R>) -> Result<()> {
        if let Some(chunk) = self.odd.take() {
            let offset = input.position();
            let bytes = input.peek(9)?;
            if is_padded(bytes) {
                input.consume(1);
            } else {
                self.anomalies.push(Anomaly::MissingPad { offset, chunk });
            }
        }
        if self.container == Container::Wave64 {
            let position = input.position();
            input.skip(position.next_multiple_of(8) - position)?;
            return Ok(());
        }
        let offset = input.position();
        // Behind the audio they are trailing bytes like any others.
        while self.data.is_none() && input.position() - offset < ZEROS_MAX && input.peek(2)? == [0; 2] {
            input.consume(2);
        }
        let count = input.position() - offset;
        if count > 0 {
            self.anomalies.push(Anomaly::StrayZeros { offset, count });
        }
        Ok(())
    }

    /// Behind the audio anything may stand; a chunk is known by its tag, or printable with a size that fits where the file says
    /// that there is more.
    fn plausible_behind_data(&self, header: &Header) -> bool {
        let fits = header.available.is_none_or(|available| available == header.size);
        let announced = header.offset < self.riff_end() || self.riff_size == 0;
        is_known(&header.id) || is_printable(&header.id) && fits && announced
    }

    /// Takes in one chunk and goes to its end.
    fn visit<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let len = header.available.unwrap_or(header.size);
        let Header { id, offset, content_offset, .. } = header;
        self.chunks.push(Chunk { id, offset, content_offset, len });
        match &id {
            b"ds64" if self.ds64.is_none() && matches!(self.container, Container::Rf64 | Container::Bw64) => {
                self.read_ds64(input, header)?;
            }
            b"fmt " if self.spec.is_none() => self.read_fmt(input, header)?,
            b"data" if self.data.is_none() => return self.locate_data(input, header),
            b"fmt " | b"data" => self.anomalies.push(Anomaly::SecondChunk { offset, chunk: id }),
            b"fact" => {
                let regular = len == 4 || len == 8 && self.container == Container::Wave64;
                if !regular {
                    self.anomalies.push(Anomaly::FactSize { offset: header.size_at, declared: header.size });
                }
                self.keep(input, len)?;
            }
            b"JUNK" | b"junk" => {
                let marker = input.peek(UNFINISHED.len())?;
                self.unfinished |= len >= UNFINISHED.len() as u64 && marker == UNFINISHED;
            }
            _ if is_filler(id) => {}
            _ => self.keep(input, len)?,
        }
        self.leave(input, header)
    }

    /// Skips what is left of a chunk.
    fn leave<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let end = header.content_offset.saturating_add(header.available.unwrap_or(header.size));
        let used = input.position();
        let skipped = input.skip(end.saturating_sub(used))?;
        let found = used + skipped - header.content_offset;
        if found < header.size {
            let Header { id: chunk, offset, size: declared, .. } = header;
            self.anomalies.push(Anomaly::ChunkPastEnd { offset, chunk, declared, found });
            self.sizes_doubtful = true;
            if let Some(last) = self.chunks.last_mut() {
                last.len = found;
            }
        } else if header.size % 2 == 1 && self.container != Container::Wave64 {
            self.odd = Some(header.id);
        }
        self.end_unpadded = input.position();
        Ok(())
    }

    /// Keeps the content of a metadata chunk if the input cannot come back for it.
    fn keep<R: Read>(&mut self, input: &mut Input<R>, len: u64) -> Result<()> {
        if !input.can_seek() && len <= (KEPT_MAX - self.kept_bytes) as u64 {
            let content = input.read_bytes(len)?;
            self.kept_bytes += content.len();
            self.kept.push((self.chunks.len() - 1, content));
        }
        Ok(())
    }

    fn read_ds64<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let len = header.available.unwrap_or(header.size);
        // 24 bytes of sizes, the length of the table, and twelve bytes for each chunk in it; more than a few are nonsense.
        let bytes = input.read_bytes(len.min(28 + 12 * 64))?;
        if bytes.len() < 24 {
            self.anomalies.push(Anomaly::MissingDs64 { offset: header.offset });
            return Ok(());
        }
        let field = |at: usize| number(&bytes[at..at + 8], self.order);
        let table = bytes.get(28..).unwrap_or(&[]).chunks_exact(12);
        let entry = |bytes: &[u8]| ([bytes[0], bytes[1], bytes[2], bytes[3]], number(&bytes[4..12], self.order));
        let ds64 = Ds64 {
            offset: header.offset,
            riff_size: field(0),
            data_size: field(8),
            sample_count: field(16),
            table: table.map(entry).collect(),
        };
        if self.riff_size == u64::from(u32::MAX) {
            (self.riff_size, self.riff_size_at) = (ds64.riff_size, header.content_offset);
        }
        self.ds64 = Some(ds64);
        Ok(())
    }

    fn read_fmt<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let len = header.available.unwrap_or(header.size);
        let bytes = input.read_bytes(len.min(fmt_chunk::LONGEST as u64))?;
        if self.data.is_some() {
            self.anomalies.push(Anomaly::FmtAfterData { offset: header.offset });
        }
        let at = (header.size_at, header.content_offset);
        self.spec = Some(fmt_chunk::parse(&bytes, header.size, at, self.order, &mut self.anomalies)?);
        Ok(())
    }

    /// Decides how many bytes of audio there are, and goes behind them where the input can seek.
    fn locate_data<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        if self.spec.is_none() && !input.can_seek() {
            return Err(Error::format(header.offset, FormatError::MissingChunk { id: *b"fmt " }));
        }
        let Header { content_offset: offset, size: declared, size_at, .. } = header;
        let rest = input.len().map(|len| len - offset);
        let unknown = is_placeholder(declared, self.container);
        let marked = self.ds64.as_ref().is_some_and(|ds64| ds64.sample_count == UNFINISHED_COUNT);
        // A placeholder vouches for nothing.
        let unfinished = !unknown && (self.unfinished || marked);
        let wrapped = rest.and_then(|rest| self.unwrapped(declared, rest));

        let (len, anomaly) = match rest {
            _ if declared == 0 => {
                let next = input.peek(self.header_len())?.to_vec();
                if next.is_empty() || self.is_empty_audio(&next, offset) {
                    (Some(0), None)
                } else {
                    (rest, Some(Anomaly::DataSizeZero { offset: size_at }))
                }
            }
            Some(rest) if declared > rest => {
                let anomaly = if unknown {
                    Anomaly::DataSizeUnknown { offset: size_at, declared }
                } else {
                    Anomaly::DataPastEnd { offset: size_at, declared, found: rest }
                };
                (Some(rest), Some(anomaly))
            }
            None if unknown => (None, Some(Anomaly::DataSizeUnknown { offset: size_at, declared })),
            Some(rest) if declared < rest && (unknown || unfinished || self.riff_size == 0) => {
                // The size may be right all the same: then a chunk follows, or nothing but padding.
                if self.chunk_follows(input, offset, declared, rest)? {
                    (Some(declared), None)
                } else if unknown {
                    (Some(rest), Some(Anomaly::DataSizeUnknown { offset: size_at, declared }))
                } else {
                    (Some(rest), Some(Anomaly::Unfinished { offset: size_at, declared }))
                }
            }
            Some(rest) if let Some(found) = wrapped => {
                if !self.chunk_follows(input, offset, declared, rest)?
                    && self.chunk_follows(input, offset, found, rest)?
                {
                    (Some(found), Some(Anomaly::DataSizeWrapped { offset: size_at, declared, found }))
                } else {
                    (Some(declared), None)
                }
            }
            None if unfinished => (None, None),
            _ => (Some(declared), None),
        };
        self.unfinished = unfinished;
        let anomaly_found = anomaly.is_some();
        self.sizes_doubtful |= anomaly_found;
        self.anomalies.extend(anomaly);
        self.data = Some(Data { offset, len, declared, size_at });
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.len = len.unwrap_or(declared);
        }
        if let (Some(len), true) = (len, input.can_seek()) {
            self.leave(input, Header { size: len, available: Some(len), ..header })?;
            if anomaly_found {
                // It ends where the file was cut; nobody was to pad that.
                self.odd = None;
            }
        }
        Ok(())
    }

    /// The size that 32 bits were too few for, if the file is long enough that this may have happened.
    fn unwrapped(&self, declared: u64, rest: u64) -> Option<u64> {
        let lost = rest.checked_sub(declared)? >> 32 << 32;
        (lost > 0 && matches!(self.container, Container::Riff | Container::Rifx)).then_some(declared + lost)
    }

    /// Whether a data chunk of no bytes is right: the file says that more follows it, and a chunk does, by a known tag. Four printable
    /// bytes may be audio, and a pipe does not see whether what stands behind them fits as a size.
    fn is_empty_audio(&self, next: &[u8], offset: u64) -> bool {
        let announced = self.riff_size > 0 && self.riff_end() > offset;
        announced && next.len() >= self.header_len() && is_known(&next[..4])
    }

    /// Whether what follows `declared` bytes of audio is a chunk, or nothing but a padding byte.
    fn chunk_follows<R: Read>(&self, input: &mut Input<R>, offset: u64, declared: u64, rest: u64) -> Result<bool> {
        let alignment = if self.container == Container::Wave64 { 8 } else { 2 };
        let end = (offset + declared).next_multiple_of(alignment);
        let length = self.header_len();
        input.skip(end - offset)?;
        let next = input.peek(length)?.to_vec();
        input.seek_to(offset)?;
        if next.is_empty() {
            return Ok(true);
        }
        if next.len() < length {
            return Ok(false);
        }
        let header = self.parse_header(&next, end, Some(rest.saturating_sub(end - offset)));
        let fits = header.available == Some(header.size);
        Ok(is_known(&header.id) && fits)
    }

    /// Checks what can only be checked at the end, and goes back to the audio.
    fn finish<R: Read>(mut self, input: &mut Input<R>) -> Result<Layout> {
        let at = input.position();
        let missing = |id: &[u8; 4]| Error::format(at, FormatError::MissingChunk { id: *id });
        let Some(data) = self.data else {
            return Err(missing(if self.spec.is_none() { b"fmt " } else { b"data" }));
        };
        let spec = self.spec.take().ok_or_else(|| missing(b"fmt "))?;
        self.check_riff_size(input, data);
        let frame_bytes = spec.frame_bytes() as u64;
        if let Some(len) = data.len {
            if len % frame_bytes != 0 {
                let bytes = len % frame_bytes;
                self.anomalies.push(Anomaly::PartialFrame { offset: data.offset + len - bytes, bytes, frame_bytes });
            }
            if input.can_seek() {
                input.seek_to(data.offset)?;
            }
        }
        Ok(Layout {
            container: self.container,
            order: self.order,
            spec,
            data_offset: data.offset,
            data_len: data.len,
            data_declared: data.declared,
            data_size_at: data.size_at,
            unfinished: self.unfinished,
            chunks: self.chunks,
            anomalies: self.anomalies,
            kept: self.kept,
        })
    }

    /// Compares the size of the whole with the end of the last chunk. A wrong size of a chunk makes it wrong too; that is said once.
    fn check_riff_size<R: Read>(&mut self, input: &Input<R>, data: Data) {
        if self.sizes_doubtful {
            return;
        }
        let declared = self.riff_end();
        let seen = match data.len {
            _ if input.can_seek() => self.end_unpadded,
            len => data.offset.saturating_add(len.unwrap_or(data.declared)),
        };
        // Padding behind the last chunk may be counted or not, and so may bytes that belong to nothing.
        let padding = if self.container == Container::Wave64 { seen.wrapping_neg() % 8 } else { seen % 2 };
        let matches = if input.can_seek() {
            (seen..=seen.saturating_add(padding)).contains(&declared) || input.len() == Some(declared)
        } else {
            declared >= seen
        };
        if !matches {
            // Wave64 counts the whole file, the others what follows their first eight bytes.
            let before = if self.container == Container::Wave64 { 0 } else { 8 };
            let (declared, found) =
                (declared.saturating_sub(before), seen.saturating_add(padding).saturating_sub(before));
            self.anomalies.push(Anomaly::RiffSize { offset: self.riff_size_at, declared, found });
        }
    }
}

/// Whether a padding byte stands at the beginning of these bytes, which follow an odd chunk.
fn is_padded(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        [_] => true,
        [pad, ..] => {
            let tag_at = |at: usize| bytes.get(at..at + 4).unwrap_or(&[]);
            if is_known(tag_at(1)) {
                true
            } else if is_known(tag_at(0)) {
                false
            } else {
                *pad == 0 || !is_printable(tag_at(0)) || is_printable(tag_at(1))
            }
        }
    }
}

/// Sizes that writers to pipes leave where they cannot go back: ffmpeg, sox, arecord, and others near 2^31; any that is near 2^63 or
/// beyond; this crate's own. Wave64 counts 24 bytes more than are left here.
fn is_placeholder(size: u64, container: Container) -> bool {
    const UNKNOWN_64_LESS_HEADER: u64 = UNKNOWN_64 - 24;
    let short = match container {
        Container::Wave64 => false,
        _ => matches!(
            size,
            0xFFFF_FFFF
                | 0x7FFF_F000
                | 0x7FFF_FF00
                | 0x7FFF_FFFF
                | 0x8000_0000
                | 0x7FFF_FFFE
                | 0xFFFF_FFFE
                | 0xFFFF_FFDB..=0xFFFF_FFDF
        ),
    };
    short || matches!(size, UNKNOWN_64 | UNKNOWN_64_LESS_HEADER) || size >= (1 << 63) - 25
}

/// A number of four or eight bytes.
fn number(bytes: &[u8], order: ByteOrder) -> u64 {
    let join = |sum: u64, &byte: &u8| sum << 8 | u64::from(byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, join),
        ByteOrder::Big => bytes.iter().fold(0, join),
    }
}

fn not_wave(head: &[u8]) -> Error {
    let found = head[..head.len().min(16)].to_vec();
    Error::format(0, FormatError::NotWave { found })
}
