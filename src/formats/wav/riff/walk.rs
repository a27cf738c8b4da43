//! The chunk walker: it alone decides what a file holds and where.
//!
//! Sources: RIFF MCI (1991); EBU Tech 3306 v1.1 and ITU-R BS.2088-1 for `ds64`; Sony, "Wave64 File Format" (2002).

use std::io::Read;

use super::audio_size::{Evidence, decide};
use super::boundary::{self, is_padded};
use super::chunk::{Chunk, is_filler, is_known, is_printable};
use super::container::{Container, number};
use super::fmt_chunk::{self, Place};
use super::input::Input;
use super::layout::Layout;
use super::limits::Limits;
use super::look::{self, Justification, LOOK_BYTES, LOOK_ON_BYTES};
use super::stage::{RESERVED, Stage};
use crate::error::{Anomaly, Error, FormatError, Result};
use crate::spec::{ByteOrder, Encoding, Spec};

/// Tags of other formats that may stand before a file.
const TAGS_MAX: usize = 8;

/// Walks the chunks up to the audio, and where the input can seek to the end of the file. Leaves the input at the audio.
pub(crate) fn walk<R: Read>(input: &mut Input<R>, limits: &Limits) -> Result<Layout> {
    let mut walk = Walk::begin(input, limits)?;
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
    /// Where the size is.
    size_at: u64,
    /// Bytes of content that it claims.
    size: u64,
    /// Bytes of content that there are, where known.
    available: Option<u64>,
    guid_intact: bool,
}

/// 64-bit sizes of RF64 and BW64.
struct Ds64 {
    offset: u64,
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

struct Walk<'a> {
    limits: &'a Limits,
    container: Container,
    /// Where the file begins.
    start: u64,
    /// Bytes of the whole file that its header claims, as it counts them.
    file_size: u64,
    file_size_at: u64,
    ds64: Option<Ds64>,
    spec: Option<Spec>,
    /// Where the content of `fmt ` begins.
    fmt_at: u64,
    data: Option<Data>,
    stage: Stage,
    /// Whether an anomaly was found that makes the size of the whole file wrong too.
    sizes_doubtful: bool,
    /// The byte after the last chunk, before any padding.
    end_unpadded: u64,
    /// The last chunk, if a padding byte may be missing after it.
    odd: Option<[u8; 4]>,
    /// Zeros that may still be skipped.
    zeros_left: u64,
    chunks: Vec<Chunk>,
    anomalies: Vec<Anomaly>,
    kept: Vec<(usize, Vec<u8>)>,
    kept_left: u64,
}

impl<'a> Walk<'a> {
    /// Reads the header of the file.
    fn begin<R: Read>(input: &mut Input<R>, limits: &'a Limits) -> Result<Self> {
        let mut anomalies = Vec::new();
        skip_tags(input, &mut anomalies)?;
        let start = input.position();
        let head = input.peek(40)?;
        let not_wave = || Error::format(start, FormatError::NotWave { found: head[..head.len().min(16)].to_vec() });
        let container = Container::recognize(head).ok_or_else(not_wave)?;
        let length = container.file_header_len();
        if head.len() < length {
            let (needed, found) = (length as u64, head.len() as u64);
            return Err(Error::format(start, FormatError::Truncated { what: "the file header", needed, found }));
        }
        if !container.is_wave(head) {
            return Err(not_wave());
        }
        let file_size = container.file_size(head);
        input.consume(length);
        let end = input.position();
        if container.has_ds64() && input.peek(4)? != b"ds64" {
            anomalies.push(Anomaly::MissingDs64 { offset: end });
        }
        Ok(Walk {
            limits,
            container,
            start,
            file_size,
            file_size_at: start + container.size_at() as u64,
            ds64: None,
            spec: None,
            fmt_at: 0,
            data: None,
            stage: Stage::Finished,
            sizes_doubtful: false,
            end_unpadded: end,
            odd: None,
            zeros_left: limits.stray_zeros,
            chunks: Vec::new(),
            anomalies,
            kept: Vec::new(),
            kept_left: limits.kept_bytes,
        })
    }

    /// Where the file ends by its own header.
    fn declared_end(&self) -> u64 {
        self.file_size.saturating_add(self.start + self.container.uncounted())
    }

    /// Finds the next chunk; `None` at the end of the chunks.
    fn next_header<R: Read>(&mut self, input: &mut Input<R>) -> Result<Option<Header>> {
        self.find_boundary(input)?;
        let offset = input.position();
        let length = self.container.chunk_header_len();
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
        if self.data.is_some() && !self.may_follow_audio(&header) {
            let count = remaining.unwrap_or(0);
            self.anomalies.push(Anomaly::TrailingBytes { offset, count });
            return Ok(None);
        }
        let limit = self.limits.chunks;
        if self.chunks.len() >= limit {
            return Err(Error::format(offset, FormatError::TooManyChunks { limit }));
        }
        input.consume(length);
        Ok(Some(header))
    }

    fn parse_header(&self, bytes: &[u8], offset: u64, remaining: Option<u64>) -> Header {
        let parsed = self.container.parse_chunk_header(bytes);
        let (id, mut size) = (parsed.id, parsed.size);
        let length = bytes.len() as u64;
        let mut size_at = offset + self.container.size_at() as u64;
        // Only this size refers to `ds64` (EBU Tech 3306 § 3.5).
        if let Some(ds64) = self.ds64.as_ref().filter(|_| size == u64::from(u32::MAX)) {
            if id == *b"data" {
                (size, size_at) = (ds64.data_size, ds64.offset + 16);
            } else if let Some(&(_, long)) = ds64.table.iter().find(|(of, _)| *of == id) {
                size = long;
            }
        }
        let available = remaining.map(|remaining| size.min(remaining - length));
        let content_offset = offset + length;
        Header { id, offset, content_offset, size_at, size, available, guid_intact: parsed.guid_intact }
    }

    /// Goes from the end of a chunk to where the next begins: over padding, which may be missing if the next tag proves it, and over
    /// zeros that some recorders leave between chunks.
    fn find_boundary<R: Read>(&mut self, input: &mut Input<R>) -> Result<()> {
        if let Some(chunk) = self.odd.take() {
            let offset = input.position();
            let bytes = input.peek(boundary::LOOK)?;
            if is_padded(bytes) {
                input.consume(1);
            } else if bytes.is_empty() {
                self.anomalies.push(Anomaly::MissingFinalPad { offset, chunk });
            } else {
                self.anomalies.push(Anomaly::MissingPad { offset, chunk });
            }
        }
        if self.container == Container::Wave64 {
            input.skip(self.container.padding(input.position() - self.start))?;
            return Ok(());
        }
        let offset = input.position();
        // After the audio they are trailing bytes like any others.
        while self.data.is_none() && self.zeros_left > 0 && input.peek(2)? == [0; 2] {
            input.consume(2);
            self.zeros_left = self.zeros_left.saturating_sub(2);
        }
        let count = input.position() - offset;
        if count > 0 {
            self.anomalies.push(Anomaly::StrayZeros { offset, count });
        }
        Ok(())
    }

    /// Returns whether a chunk may stand here, after the audio, where anything may stand: it has a known tag, or a printable one with a size
    /// that fits where the file says that there is more.
    fn may_follow_audio(&self, header: &Header) -> bool {
        let fits = header.available.is_none_or(|available| available == header.size);
        let announced = header.offset < self.declared_end() || self.file_size == 0;
        is_known(&header.id) || is_printable(&header.id) && fits && announced
    }

    /// Takes in one chunk and goes to its end.
    fn visit<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let len = header.available.unwrap_or(header.size);
        let Header { id, offset, content_offset, .. } = header;
        self.chunks.push(Chunk { id, offset, content_offset, len });
        if !header.guid_intact {
            self.anomalies.push(Anomaly::Guid { offset, chunk: id });
        }
        match &id {
            b"ds64" if self.ds64.is_none() && self.container.has_ds64() => self.read_ds64(input, header)?,
            b"fmt " if self.spec.is_none() => self.read_fmt(input, header)?,
            b"data" if self.data.is_none() => return self.locate_data(input, header),
            b"fmt " | b"data" => self.anomalies.push(Anomaly::SecondChunk { offset, chunk: id }),
            b"ds64" => {
                let second = Anomaly::SecondChunk { offset, chunk: id };
                let has_use = self.container.has_ds64();
                self.anomalies.push(if has_use { second } else { Anomaly::StrayDs64 { offset } });
                self.keep(input, len)?;
            }
            b"fact" => {
                // Wave64 files have either length.
                if len != 4 && len != self.container.fact_len() as u64 {
                    self.anomalies.push(Anomaly::FactSize { offset: header.size_at, declared: header.size });
                }
                self.keep(input, len)?;
            }
            b"JUNK" | b"junk" => {
                if self.data.is_none() && len >= RESERVED as u64 && self.stage == Stage::Finished {
                    self.stage = Stage::of_mark(input.peek(RESERVED)?);
                }
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
        if !input.can_seek() && len <= self.kept_left {
            let mut content = input.read_bytes(len)?;
            // It grew with what arrived, to up to twice that.
            content.shrink_to_fit();
            self.kept_left = self.kept_left.saturating_sub(content.len() as u64);
            self.kept.push((self.chunks.len() - 1, content));
        }
        Ok(())
    }

    fn read_ds64<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let len = header.available.unwrap_or(header.size);
        // Three sizes, the length of the table, and twelve bytes for each chunk in it. More than a few chunks are nonsense.
        let bytes = input.read_bytes(len.min(28 + 12 * 64))?;
        if bytes.len() < 24 {
            self.anomalies.push(Anomaly::MissingDs64 { offset: header.offset });
            return Ok(());
        }
        let field = |at: usize| number(&bytes[at..at + 8], ByteOrder::Little);
        let table = bytes.get(28..).unwrap_or(&[]).chunks_exact(12);
        let entry = |entry: &[u8]| ([entry[0], entry[1], entry[2], entry[3]], number(&entry[4..], ByteOrder::Little));
        if self.file_size == u64::from(u32::MAX) {
            (self.file_size, self.file_size_at) = (field(0), header.content_offset);
        }
        let (data_size, sample_count) = (field(8), field(16));
        self.ds64 = Some(Ds64 { offset: header.offset, data_size, sample_count, table: table.map(entry).collect() });
        Ok(())
    }

    fn read_fmt<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        let len = header.available.unwrap_or(header.size);
        let bytes = input.read_bytes(len.min(fmt_chunk::LONGEST as u64))?;
        if self.data.is_some() {
            self.anomalies.push(Anomaly::FmtAfterData { offset: header.offset });
        }
        self.fmt_at = header.content_offset;
        let place = Place { size_at: header.size_at, content_at: header.content_offset, len: header.size };
        self.spec = Some(fmt_chunk::parse(&bytes, place, self.container.byte_order(), &mut self.anomalies)?);
        Ok(())
    }

    /// Decides how many bytes of audio there are, and skips them if the input can seek.
    fn locate_data<R: Read>(&mut self, input: &mut Input<R>, header: Header) -> Result<()> {
        if self.spec.is_none() && !input.can_seek() {
            return Err(Error::format(header.offset, FormatError::MissingChunk { id: *b"fmt " }));
        }
        if let (Some(ds64), Stage::Finished) = (&self.ds64, self.stage) {
            self.stage = Stage::of_count(ds64.sample_count);
        }
        let Header { content_offset: offset, size: declared, size_at, .. } = header;
        let rest = input.len().map(|len| len - offset);
        let evidence = Evidence {
            declared,
            rest,
            placeholder: self.container.is_placeholder(declared),
            stage: self.stage,
            file_of_no_size: self.file_size == 0,
            short_sizes: matches!(self.container, Container::Riff | Container::Rifx),
            empty_fits: declared == 0 && self.empty_fits(input)?,
        };
        let verdict = decide(&evidence, |len| self.chunk_follows(input, offset, len))?;
        if evidence.placeholder {
            // A placeholder says nothing about the end, with or without a mark.
            self.stage = Stage::Finished;
        }
        let (len, faulty) = (verdict.len, verdict.fault.is_some());
        self.sizes_doubtful |= faulty;
        self.anomalies.extend(verdict.fault.map(|fault| fault.anomaly(size_at, declared, len.unwrap_or(declared))));
        self.data = Some(Data { offset, len, declared, size_at });
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.len = len.unwrap_or(declared);
        }
        if let (Some(len), true) = (len, input.can_seek()) {
            self.leave(input, Header { size: len, available: Some(len), ..header })?;
            if faulty {
                // The audio ends where the file was cut; nobody would have padded that.
                self.odd = None;
            }
        }
        Ok(())
    }

    /// Returns whether audio of no bytes may be right: nothing follows, or a chunk does where the file says that there is more. Four
    /// printable bytes may be audio, so an unknown tag counts only with a size that fits the file, and only in a file so short that
    /// printable bytes taken for a size would not.
    fn empty_fits<R: Read>(&self, input: &mut Input<R>) -> Result<bool> {
        let offset = input.position();
        let length = self.container.chunk_header_len();
        let next = input.peek(length)?.to_vec();
        if next.len() < length {
            return Ok(next.is_empty());
        }
        let header = self.parse_header(&next, offset, None);
        let end = self.declared_end();
        let announced = self.file_size > 0 && end > offset;
        let after = header.content_offset.saturating_add(header.size);
        let padded = after.saturating_add(self.container.padding(header.size));
        let fits = after == end || padded == end || padded.saturating_add(length as u64) <= end;
        let printable_is_too_long = self.file_size < u64::from(u32::from_le_bytes([b' '; 4]));
        Ok(announced && (is_known(&header.id) || is_printable(&header.id) && fits && printable_is_too_long))
    }

    /// Returns whether a chunk follows so many bytes of audio, or nothing but padding. Returns to the audio.
    fn chunk_follows<R: Read>(&self, input: &mut Input<R>, offset: u64, len: u64) -> Result<bool> {
        let length = self.container.chunk_header_len();
        let end = offset + len;
        let end = end + self.container.padding(end - self.start);
        input.skip(end - offset)?;
        let next = input.peek(length)?.to_vec();
        input.seek_to(offset)?;
        if next.len() < length {
            return Ok(next.is_empty());
        }
        let remaining = input.len().map(|len| len.saturating_sub(end));
        let header = self.parse_header(&next, end, remaining);
        Ok(is_known(&header.id) && header.available == Some(header.size))
    }

    /// Checks what can only be checked at the end, and goes back to the audio.
    fn finish<R: Read>(mut self, input: &mut Input<R>) -> Result<Layout> {
        let at = input.position();
        let missing = |id: &[u8; 4]| Error::format(at, FormatError::MissingChunk { id: *id });
        let Some(data) = self.data else {
            return Err(missing(if self.spec.is_none() { b"fmt " } else { b"data" }));
        };
        let spec = self.spec.take().ok_or_else(|| missing(b"fmt "))?;
        self.check_file_size(input, data);
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
        let mut layout = Layout {
            container: self.container,
            spec,
            data_offset: data.offset,
            data_len: data.len,
            data_declared: data.declared,
            data_size_at: data.size_at,
            bits_at: self.fmt_at + 14,
            stage: self.stage,
            chunks: self.chunks,
            anomalies: self.anomalies,
            kept: self.kept,
            silent: None,
            looked: 0,
        };
        look_at_audio(input, &mut layout)?;
        Ok(layout)
    }

    /// Compares the size of the whole with the end of the last chunk. A wrong size of a chunk makes it wrong too; that is said once.
    fn check_file_size<R: Read>(&mut self, input: &Input<R>, data: Data) {
        if self.sizes_doubtful {
            return;
        }
        let declared = self.declared_end();
        let seen = match data.len {
            _ if input.can_seek() => self.end_unpadded,
            len => data.offset.saturating_add(len.unwrap_or(data.declared)),
        };
        // Padding after the last chunk may be counted or not, and so may bytes that belong to nothing.
        let padded = seen.saturating_add(self.container.padding(seen.wrapping_sub(self.start)));
        let matches = if input.can_seek() {
            (seen..=padded).contains(&declared) || input.len() == Some(declared)
        } else {
            declared >= seen
        };
        if !matches {
            let before = self.start + self.container.uncounted();
            let (declared, found) = (declared.saturating_sub(before), padded.saturating_sub(before));
            self.anomalies.push(Anomaly::RiffSize { offset: self.file_size_at, declared, found });
        }
    }
}

/// Skips ID3 tags before the file, as libsndfile and ffmpeg do. Source: ID3 v2.4.0, § 3.1.
fn skip_tags<R: Read>(input: &mut Input<R>, anomalies: &mut Vec<Anomaly>) -> Result<()> {
    for _ in 0..TAGS_MAX {
        let offset = input.position();
        let head = input.peek(10)?;
        let (Some(b"ID3"), Some(&[flags, ref size @ ..])) = (head.get(..3), head.get(5..10)) else { break };
        // Seven bits in each byte.
        if size.iter().any(|byte| *byte >= 0x80) {
            break;
        }
        let len = size.iter().fold(0, |sum: u64, byte| sum << 7 | u64::from(*byte));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        let count = input.skip(10 + len + footer)?;
        anomalies.push(Anomaly::LeadingTag { offset, count });
    }
    Ok(())
}

/// Looks at the start of the audio if the bits that its encoding does not use can tell something.
fn look_at_audio<R: Read>(input: &mut Input<R>, layout: &mut Layout) -> Result<()> {
    let encoding = layout.spec.encoding();
    if !look::has_unused_bits(encoding) {
        return Ok(());
    }
    let order = layout.order();
    let len = usize::try_from(layout.whole_frames()).unwrap_or(usize::MAX).min(LOOK_BYTES);
    let start = input.peek(len)?;
    // What is left of a frame at the end of a pipe is no audio.
    let unit = if start.len() < len { layout.spec.frame_bytes() } else { encoding.bytes() };
    let start = &start[..start.len() / unit * unit];
    let used = look::first_used(encoding, order, start);
    if encoding == Encoding::I24In32Lsb {
        let (found, silence) = (look::justification(order, start), look::silence(start) as u64);
        if find_end(input, layout, found, silence)? == Justification::Top {
            layout.spec = layout.spec.with_encoding(Encoding::I24In32Msb);
            layout.anomalies.push(layout.at_the_top());
            return Ok(());
        }
    }
    if let Some(index) = used {
        let offset = layout.data_offset + (index * encoding.bytes()) as u64;
        layout.anomalies.push(Anomaly::UnusedBits { offset });
    }
    Ok(())
}

/// Finds at which end of their 4 bytes samples are, of which the start, with so many zero bytes first, has shown as much as `found`. Left
/// open if the input cannot come back for more, and there is silence to hand out until more shows it.
fn find_end<R: Read>(
    input: &mut Input<R>,
    layout: &mut Layout,
    found: Justification,
    silence: u64,
) -> Result<Justification> {
    let is_open = matches!(found, Justification::Silent | Justification::Either);
    if is_open && input.can_seek() {
        // From the first sample that is not zero on, as on a pipe.
        let has_begun = found == Justification::Either && silence == 0;
        return look_on(input, layout, found, if has_begun { LOOK_BYTES as u64 } else { silence });
    }
    layout.silent = (found == Justification::Silent || is_open && silence > 0).then_some(silence);
    Ok(found)
}

/// Goes on, from byte `looked` on, in audio that so far does not show at which end of their 4 bytes its samples are.
fn look_on<R: Read>(
    input: &mut Input<R>,
    layout: &mut Layout,
    mut found: Justification,
    mut looked: u64,
) -> Result<Justification> {
    let len = if layout.data_len.is_some() { layout.whole_frames().min(LOOK_ON_BYTES) } else { 0 };
    let begin = layout.data_offset;
    while matches!(found, Justification::Silent | Justification::Either) && looked < len {
        input.seek_to(begin + looked)?;
        let wanted = usize::try_from(len - looked).unwrap_or(usize::MAX).min(LOOK_BYTES);
        let block = input.peek(wanted)?;
        if block.len() < wanted || wanted < 4 {
            break;
        }
        let silent = look::silence(block);
        if silent == 0 {
            found = look::justification(layout.order(), block);
            looked += LOOK_BYTES as u64;
        }
        looked += silent as u64;
    }
    input.seek_to(begin)?;
    layout.silent = (found == Justification::Silent).then_some(looked);
    layout.looked = looked;
    Ok(found)
}
