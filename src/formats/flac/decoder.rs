//! Blocks of a file in order, damage passed over, and from any frame on.

use std::io::ErrorKind;

use super::blocks::{self, Blocks};
use super::frame::{BlockDecoder, Decoded};
use super::header::{self, HEADER_BYTES_MAX, Header};
use super::holes::Holes;
use super::md5::SamplesMd5;
use super::stream_info::StreamInfo;
use super::subframe::Broken;
use crate::error::{Anomaly, Error, Result};
use crate::formats::media::buffered::Buffered;
use crate::formats::media::decoder::{Beside, Decoder, Description, Run, Samples};
use crate::formats::media::input::Input;

/// Bytes that are read before a block is tried; most blocks are smaller.
const BLOCK_BYTES: usize = 16 << 10;
/// Bytes that may be decoded in vain before damage is passed over in larger steps: without a bound, a file made of headers without
/// blocks, or of blocks inside blocks, takes time that grows with the square of its size.
const IN_VAIN: u64 = 16 << 20;
/// The tail of a file, where its last block is looked for; larger ones where there is none.
const TAIL_BYTES: u64 = 64 << 10;
/// Bytes from one place that is kept to the next.
const KEPT_BYTES: u64 = 1 << 20;

/// Decodes FLAC.
pub(crate) struct FlacDecoder {
    input: Buffered,
    info: StreamInfo,
    info_at: u64,
    /// Where the audio begins.
    first_at: u64,
    /// The position that the first block claims, which becomes 0.
    first_position: u64,
    /// Frames of each block, where blocks are numbered.
    fixed_block: Option<u32>,
    blocks: BlockDecoder,
    /// Frames in all, as the last block has them or, where it cannot be looked at, as the header claims.
    frames: Option<u64>,
    /// Where the last block ends, if it was looked at. Megabytes of something else can follow, where no seek has to look.
    end_at: u64,
    /// The frame that the next block should begin with.
    next: u64,
    /// Of all samples so far, as long as none are left out.
    md5: Option<SamplesMd5>,
    /// Bytes of the largest block so far.
    largest: usize,
    in_vain: u64,
    holes: Holes,
    /// Places that reading from the start comes through, the start first, at most one in each MiB.
    kept: Vec<Kept>,
    /// Whether this has come to where it is without leaving out a byte, or from a place that is kept.
    from_kept: bool,
    /// Whether a block was passed over because it goes back.
    goes_back: bool,
    can_seek: bool,
    finished: bool,
}

/// What is found at an offset of the file.
enum Tried {
    Block(Decoded),
    Nothing,
    End,
}

/// A block on the way to another.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: u64,
    /// The byte after the block.
    end_at: u64,
    position: u64,
    /// The frame after the block.
    end: u64,
}

/// All that what is read next depends on.
#[derive(Debug, Clone, Copy)]
struct Kept {
    at: u64,
    next: u64,
    in_vain: u64,
}

impl FlacDecoder {
    /// Opens a file.
    pub(crate) fn open(input: Box<dyn Input>, anomalies: &mut Vec<Anomaly>) -> Result<(Self, Description, Beside)> {
        let mut input = Buffered::new(input);
        let Blocks { info, info_at, beside } = blocks::read(&mut input, anomalies)?;
        let first_at = input.offset();
        let len = input.len()?;
        let mut decoder = FlacDecoder {
            first_at,
            info_at,
            first_position: 0,
            fixed_block: info.fixed_block(),
            blocks: BlockDecoder::default(),
            frames: info.frames,
            end_at: u64::MAX,
            next: 0,
            md5: info.md5.map(|expected| SamplesMd5::new(expected, info.bits)),
            largest: BLOCK_BYTES.max(info.frame_bytes_max.min(1 << 20) as usize),
            in_vain: 0,
            holes: Holes::default(),
            kept: vec![Kept { at: first_at, next: 0, in_vain: 0 }],
            from_kept: true,
            goes_back: false,
            can_seek: len.is_some(),
            finished: false,
            info,
            input,
        };
        decoder.look_at_the_first_block(anomalies)?;
        if let Some(len) = len {
            decoder.look_at_the_last_block(len, anomalies)?;
        }
        // As on a pipe, which was not looked at.
        decoder.in_vain = 0;
        let description = Description {
            spec: decoder.info.spec(),
            frames: decoder.frames,
            format: "FLAC",
            codec: "FLAC",
            frames_at: info_at + StreamInfo::FRAMES_AT,
        };
        Ok((decoder, description, beside))
    }

    fn look_at_the_first_block(&mut self, anomalies: &mut Vec<Anomaly>) -> Result<()> {
        if let Tried::Block(first) = self.try_block(&mut Vec::new())? {
            self.fixed_block.get_or_insert(first.header.frames);
            self.first_position = self.position(&first.header).unwrap_or(0);
            if self.first_position > 0 {
                anomalies.push(Anomaly::FirstFrame { offset: self.first_at, declared: self.first_position });
            }
        }
        Ok(())
    }

    /// Counts the frames where the file itself says how many there are, in its last block.
    fn look_at_the_last_block(&mut self, len: u64, anomalies: &mut Vec<Anomaly>) -> Result<()> {
        let mut samples = Vec::new();
        if self.fixed_block.is_none()
            && let Some(first) = self.block_from(self.first_at, len, &mut samples)?
        {
            // The first is damaged; that of the tail may be the last, which is shorter.
            self.fixed_block = u32::try_from(first.end - first.position).ok();
        }
        let mut tail = TAIL_BYTES;
        let last = loop {
            let from = len.saturating_sub(tail).max(self.first_at);
            let mut last = self.start();
            let (mut at, mut found) = (from, false);
            while let Some(place) = self.block_from(at, len, &mut samples)? {
                // A number that the bytes before it do not explain says nothing about the length.
                if place.position >= last.end && self.is_explained(place) {
                    (last, found) = (place, true);
                    at = place.end_at;
                } else {
                    self.pass_over_block(self.blocks.reached());
                    at = self.input.offset();
                }
            }
            if found || from == self.first_at {
                break last;
            }
            tail = tail.saturating_mul(8);
        };
        let found = last.end;
        self.end_at = last.end_at;
        self.input.go_to(self.first_at)?;
        if let Some(declared) = self.info.frames.filter(|&declared| declared != found) {
            let offset = self.info_at + StreamInfo::FRAMES_AT;
            anomalies.push(Anomaly::FrameCount { offset, declared, found });
        }
        self.frames = Some(found);
        Ok(())
    }

    /// The frame that a block begins with.
    fn position(&self, header: &Header) -> Option<u64> {
        let position = if header.counts_frames {
            header.number
        } else {
            header.number.checked_mul(u64::from(self.fixed_block.unwrap_or(header.frames)))?
        };
        position.checked_sub(self.first_position)
    }

    /// Tries to decode a block where the input stands.
    fn try_block(&mut self, samples: &mut Vec<i32>) -> Result<Tried> {
        // Twice the bytes of numbers as they are, which an encoder would write where it does not get below them.
        let most = (usize::from(self.info.block_max).max(1 << 16)) * usize::from(self.info.channels) * 10 + BLOCK_BYTES;
        let mut wanted = self.largest;
        loop {
            let held = self.input.peek(wanted)?;
            if held.is_empty() {
                return Ok(Tried::End);
            }
            // However many more are held: that depends on what was read before.
            let len = held.len().min(most);
            match self.blocks.decode(&held[..len], &self.info, samples) {
                Ok(block) => {
                    self.largest = self.largest.max(block.bytes);
                    return Ok(Tried::Block(block));
                }
                Err(Broken::Overrun) if !self.input.holds_the_end() && len < most => wanted = most.min(2 * len),
                Err(_) => {
                    self.in_vain += self.blocks.reached() as u64;
                    return Ok(Tried::Nothing);
                }
            }
        }
    }

    /// Passes over what is no block: one byte of it, so that a block that begins inside is found, or more after much work in vain.
    fn pass_over_nothing(&mut self) {
        let step = if self.in_vain > IN_VAIN + 4 * self.input.offset() { self.blocks.reached() } else { 1 };
        self.input.take(step.clamp(1, self.input.held().len().max(1)));
    }

    /// Passes over a block that does not belong where it stands. That it was decoded was in vain too: blocks can hold others.
    fn pass_over_block(&mut self, bytes: usize) {
        self.in_vain += bytes as u64;
        self.pass_over_nothing();
    }

    /// Goes to the next header of a block, from here on and before byte `end`; `false` there, and at the end of the input.
    fn find_header(&mut self, end: u64) -> Result<bool> {
        let start = self.input.offset();
        loop {
            let at = self.input.offset();
            let hole = if self.can_seek { self.holes.next(at) } else { None };
            let found = self.look_for_header(hole.as_ref().map_or(end, |hole| hole.start.clamp(at, end.max(at))))?;
            let at = self.input.offset();
            match hole {
                Some(hole) if !found && at < end && hole.contains(&at) => self.input.go_to(hole.end.min(end))?,
                _ => {
                    if self.can_seek {
                        self.holes.add(start..at);
                    }
                    return Ok(found);
                }
            };
        }
    }

    /// Looks through all bytes up to the next header, or to byte `end`.
    fn look_for_header(&mut self, end: u64) -> Result<bool> {
        loop {
            let room = usize::try_from(end.saturating_sub(self.input.offset())).unwrap_or(usize::MAX);
            self.input.peek(HEADER_BYTES_MAX)?;
            let (held, ended) = (self.input.held(), self.input.holds_the_end());
            let whole = if ended { held.len() } else { held.len() - (HEADER_BYTES_MAX - 1) };
            let whole = whole.min(room);
            let is_header = |&at: &usize| held[at] == 0xFF && header::parse(&held[at..], &self.info).is_some();
            match (0..whole).find(is_header) {
                Some(at) => {
                    self.input.take(at);
                    return Ok(true);
                }
                None => self.input.take(whole),
            }
            if ended || whole == room {
                return Ok(false);
            }
        }
    }

    /// The place before the first block.
    fn start(&self) -> Place {
        Place { at: self.first_at, end_at: self.first_at, position: 0, end: 0 }
    }

    /// Whether a block belongs where it says that it does, whatever was read before: it does not go past the end, and the bytes explain it.
    fn belongs(&self, place: Place) -> bool {
        // An end that is only claimed may be inside a block, whose frames before it are audio all the same.
        let is_before = |end| if self.can_seek { place.end <= end } else { place.position < end };
        self.is_explained(place) && self.frames.is_none_or(is_before)
    }

    /// Whether blocks in the bytes before a block could hold the frames before it.
    ///
    /// So damage lengthens no file beyond what blocks without damage could make of its bytes. All bytes from the first block on count, not
    /// those since the last whole one: otherwise what follows a cut would be passed over as well, and a seek could not tell how much of it.
    fn is_explained(&self, place: Place) -> bool {
        let blocks = place.at.saturating_sub(self.first_at) / self.info.block_bytes_min();
        place.position <= blocks.saturating_mul(self.info.block_frames_max())
    }

    /// The anomalies that only the end shows.
    fn finish(&mut self, start: u64, anomalies: &mut Vec<Anomaly>) -> Result<()> {
        if std::mem::replace(&mut self.finished, true) {
            return Ok(());
        }
        let count = self.input.offset() - start;
        if count > 0 && !self.is_id3v1(start, count)? {
            anomalies.push(Anomaly::TrailingBytes { offset: start, count });
        }
        if let Some(md5) = self.md5.take()
            && self.info.frames.is_none_or(|declared| declared == self.next)
            && !md5.matches()
        {
            anomalies.push(Anomaly::Md5Mismatch { offset: self.info_at + StreamInfo::MD5_AT });
        }
        Ok(())
    }

    /// Whether the bytes after the audio are an ID3v1 tag, which some programs append to every file.
    fn is_id3v1(&mut self, start: u64, count: u64) -> Result<bool> {
        Ok(count == 128 && self.can_seek && self.input.go_to(start)? && self.input.peek(128)?.starts_with(b"TAG"))
    }

    /// Where a block that begins at byte `at` stands; `None` if it says that it is before the first.
    fn place(&self, at: u64, block: &Decoded) -> Option<Place> {
        let position = self.position(&block.header)?;
        let end = position + u64::from(block.header.frames);
        Some(Place { at, end_at: at + block.bytes as u64, position, end })
    }

    /// The first block at or after byte `at` that is one, before byte `end`; the input then stands there.
    fn block_from(&mut self, at: u64, end: u64, samples: &mut Vec<i32>) -> Result<Option<Place>> {
        self.input.go_to(at)?;
        while self.find_header(end)? {
            let at = self.input.offset();
            match self.try_block(samples)? {
                Tried::Block(block) => {
                    if let Some(place) = self.place(at, &block) {
                        return Ok(Some(place));
                    }
                    self.pass_over_block(block.bytes);
                }
                Tried::Nothing => self.pass_over_nothing(),
                Tried::End => break,
            }
        }
        Ok(None)
    }

    /// Goes past the next block that belongs after what was read, and leaves its frames in `samples`; `None` at the end.
    fn advance(&mut self, samples: &mut Vec<i32>) -> Result<Option<Place>> {
        loop {
            match self.try_block(samples)? {
                Tried::Block(block) => {
                    self.fixed_block.get_or_insert(block.header.frames);
                    let place = self.place(self.input.offset(), &block);
                    if let Some(place) = place.filter(|&place| place.position >= self.next && self.belongs(place)) {
                        self.next = place.end;
                        self.input.take(block.bytes);
                        self.keep();
                        return Ok(Some(place));
                    }
                    self.goes_back |= place.is_none_or(|place| place.position < self.next);
                    self.pass_over_block(block.bytes);
                }
                Tried::Nothing => self.pass_over_nothing(),
                Tried::End => {}
            }
            if !self.find_header(u64::MAX)? {
                return Ok(None);
            }
        }
    }

    /// Keeps the place between two blocks, for seeking.
    fn keep(&mut self) {
        let at = self.input.offset();
        if self.from_kept && self.can_seek && self.kept.last().is_none_or(|last| at >= last.at + KEPT_BYTES) {
            self.kept.push(Kept { at, next: self.next, in_vain: self.in_vain });
        }
    }

    /// Goes on from a place, towards the block that holds a frame, or the first after it; returns that block.
    fn advance_to(&mut self, frame: u64, from: Kept, samples: &mut Vec<i32>) -> Result<Option<Place>> {
        self.input.go_to(from.at)?;
        (self.next, self.in_vain) = (from.next, from.in_vain);
        while let Some(place) = self.advance(samples)? {
            if place.end > frame {
                self.input.go_to(place.at)?;
                self.next = place.position;
                return Ok(Some(place));
            }
        }
        self.next = frame;
        Ok(None)
    }

    /// Goes to the block that holds a frame, or to the first after it, as reading would come to it: from a block before it, which a guess
    /// finds, or where blocks are known to be out of order, from the last place that reading is known to come through.
    fn search(&mut self, frame: u64, len: u64) -> Result<()> {
        let mut samples = Vec::new();
        let kept = self.kept[self.kept.partition_point(|kept| kept.next <= frame).saturating_sub(1)];
        if !self.goes_back {
            let from = self.guess(frame, len, kept, &mut samples)?;
            self.from_kept = from.at == kept.at;
            self.advance_to(frame, from, &mut samples)?;
            if !self.goes_back {
                return Ok(());
            }
        }
        self.from_kept = true;
        self.advance_to(frame, kept, &mut samples)?;
        Ok(())
    }

    /// A block that belongs before a frame, near it, or the place that is kept.
    fn guess(&mut self, frame: u64, len: u64, kept: Kept, samples: &mut Vec<i32>) -> Result<Kept> {
        let mut low = Place { at: kept.at, end_at: kept.at, position: kept.next, end: kept.next };
        let (mut high_at, mut high_position) = (len.max(kept.at), self.frames.unwrap_or(u64::MAX));
        let near = 2 * self.largest as u64;
        self.in_vain = kept.in_vain;
        for attempt in 0..48 {
            let (bytes, frames) = (high_at - low.at, high_position - low.position);
            if bytes <= near || low.end > frame {
                break;
            }
            // Where the frame would stand if all blocks were as well compressed; every third time the middle, in case they are not.
            let ahead = if attempt % 3 == 2 {
                bytes / 2
            } else {
                let ahead = u128::from(bytes) * u128::from(frame - low.position) / u128::from(frames.max(1));
                u64::try_from(ahead).unwrap_or(bytes).saturating_sub(self.largest as u64 / 2)
            };
            let guess = low.at + ahead.clamp(1, bytes - 1);
            match self.block_from(guess, high_at, samples)? {
                Some(place)
                    if (low.end..=frame).contains(&place.position) && place.at > low.at && self.belongs(place) =>
                {
                    low = place;
                }
                Some(place) if place.position > frame && place.position <= high_position => {
                    (high_at, high_position) = (guess, place.position);
                }
                _ => high_at = guess,
            }
        }
        // What the guesses decoded in vain does not count: it would add up over the seeks.
        Ok(Kept { at: low.at, next: low.position, in_vain: kept.in_vain })
    }
}

impl Decoder for FlacDecoder {
    fn decode(&mut self, samples: &mut Samples, anomalies: &mut Vec<Anomaly>) -> Result<Option<Run>> {
        let Samples::I32(samples) = samples else { unreachable!("FLAC has integers") };
        let (offset, due) = (self.input.offset(), self.next);
        let Some(place) = self.advance(samples)? else {
            self.finish(offset, anomalies)?;
            return Ok(None);
        };
        match &mut self.md5 {
            Some(md5) if place.position == due => md5.add(samples),
            lost => *lost = None,
        }
        let frames = usize::try_from(place.end - place.position).unwrap_or(usize::MAX);
        Ok(Some(Run { position: Some(place.position), frames, offset }))
    }

    fn seek(&mut self, frame: u64) -> Result<u64> {
        if frame == self.next {
            return Ok(self.next);
        }
        if !self.can_seek {
            if frame < self.next {
                return Err(Error::from(std::io::Error::from(ErrorKind::NotSeekable)));
            }
            return Ok(self.next);
        }
        self.finished = false;
        self.md5 = None;
        let len = self.input.len()?.unwrap_or(self.first_at).min(self.end_at);
        let (at, next, in_vain) = (self.input.offset(), self.next, self.in_vain);
        if let Err(error) = self.search(frame, len.max(self.first_at)) {
            // Where it was, if the input can go there.
            self.from_kept = false;
            (self.next, self.in_vain) = (next, in_vain);
            self.input.go_to(at)?;
            return Err(error);
        }
        // Where the frame itself is lost, the block that is next begins after it.
        Ok(self.next.min(frame))
    }

    fn can_seek(&self) -> bool {
        self.can_seek
    }

    #[cfg(feature = "rayon")]
    fn again(&self, input: Box<dyn Input>) -> Result<Option<Box<dyn Decoder>>> {
        if !self.can_seek {
            return Ok(None);
        }
        let mut input = Buffered::new(input);
        input.go_to(self.first_at)?;
        Ok(Some(Box::new(FlacDecoder {
            input,
            info: self.info.clone(),
            info_at: self.info_at,
            first_at: self.first_at,
            first_position: self.first_position,
            fixed_block: self.fixed_block,
            blocks: BlockDecoder::default(),
            frames: self.frames,
            end_at: self.end_at,
            next: 0,
            md5: None,
            largest: self.largest,
            in_vain: 0,
            holes: self.holes.clone(),
            kept: vec![Kept { at: self.first_at, next: 0, in_vain: 0 }],
            from_kept: true,
            goes_back: false,
            can_seek: true,
            finished: false,
        })))
    }

    fn skip_md5(&mut self) {
        self.md5 = None;
    }
}
