//! Everything that symphonia decodes.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions, well_known as codec};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error as Theirs;
use symphonia::core::formats::probe::{Hint, Probe, ProbeOptions};
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::core::packet::Packet;
use symphonia::core::units::{TimeBase, Timestamp};

use super::codecs::{codec_name, encoding, format_name, is_exact, spec};
use super::decoder::{Beside, Decoder, Description, Run, Samples};
use super::edits;
use super::input::Input;
use crate::error::{Anomaly, Error, Result};
use crate::formats::flac;

/// Bytes at the start of a file in which its format must show.
const PROBE_BYTES: u32 = 256 << 10;
/// Bytes of a text, and of a picture, that are kept.
const TAG_BYTES: usize = 1 << 20;
/// Frames that are decoded before the one sought, where what a codec gives depends on what came before: the bit reservoir of MP3, the
/// overlap of every transform.
const PRE_ROLL: u64 = 10 * 1152;
/// Damaged packets in a row that are passed over before the rest counts as lost.
const DAMAGED_MAX: u32 = 10_000;

/// Decodes whatever symphonia does.
pub(super) struct SymphoniaDecoder {
    /// Gone only while the file is opened again.
    format: Option<Box<dyn FormatReader>>,
    decoder: Box<dyn AudioDecoder>,
    /// Decodes FLAC in other containers; symphonia does not decode all 32 bits.
    flac: Option<flac::PacketDecoder>,
    track: u32,
    channels: usize,
    /// Whether positions are counted in frames.
    counts_frames: bool,
    /// Frames before the audio, which an encoder added.
    delay: u64,
    /// Whether frames at the end that are not audio are cut, as packets say.
    trims_end: bool,
    can_seek: bool,
    pre_roll: u64,
    /// Whether a packet gives what the one before left open, so that the first one after a seek gives less.
    overlaps: bool,
    /// Whether nothing was decoded since a seek.
    fresh: bool,
    ended: bool,
    /// Bytes that had been read when another stream was found after the one that is read.
    followed_at: Option<u64>,
    name: &'static str,
    /// Bytes read from the file so far.
    reached: Arc<AtomicU64>,
}

impl SymphoniaDecoder {
    /// Opens a file whose format shows in its bytes; `None` where none does.
    pub(super) fn open(
        mut input: Box<dyn Input>,
        anomalies: &mut Vec<Anomaly>,
    ) -> Result<Option<(Self, Description, Beside)>> {
        let len = input.len()?;
        let reached = Arc::new(AtomicU64::new(0));
        let edits = match len {
            Some(len) => edits::of_tracks(input.as_mut(), len)?,
            None => Vec::new(),
        };
        let adapter = Adapter { input, len, position: 0, reached: Arc::clone(&reached) };
        let source = MediaSourceStream::new(Box::new(adapter), MediaSourceStreamOptions::default());
        let mut format = match caught(|| probe(source)) {
            Err(Theirs::Unsupported(what)) if what.contains("no suitable format reader") => return Ok(None),
            format => format.map_err(|error| ours("symphonia", error))?,
        };
        let name = format_name(format.format_info().short_name);
        let track = format.default_track(TrackType::Audio).cloned();
        let track = track.ok_or_else(|| Error::decoder(name, "the file has no audio in a codec that is known"))?;
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let parameters = parameters.ok_or_else(|| Error::decoder(name, "the codec of the audio is not known"))?;
        // Cut here instead: symphonia cuts the end of an MP3 file by a length that it reckons from the bit rate.
        let options = AudioDecoderOptions::default().gapless(false);
        let decoder = caught(|| symphonia::default::get_codecs().make_audio_decoder(parameters, &options))
            .map_err(|error| ours(name, error))?;
        let known = decoder.codec_params();
        let sample_rate = known.sample_rate.or(parameters.sample_rate).unwrap_or(0);
        let channels = known.channels.as_ref().or(parameters.channels.as_ref());
        let spec = spec(name, sample_rate, channels, encoding(parameters))?;
        let counts_frames = track.time_base.is_some() && track.time_base == TimeBase::try_from_recip(sample_rate);
        let is_reckoned = name == "MP3" && track.delay.is_none();
        // A fragmented MP4 file counts none where it says how many there are.
        let claimed = track.num_frames.filter(|&frames| frames > 0 && counts_frames && !is_reckoned);
        let beside = Beside { tags: tags(format.as_mut()), chunks: Vec::new() };
        let of_itunes = || {
            let (_, text) = beside.tags.iter().find(|(key, _)| key.ends_with("iTunSMPB"))?;
            edits::of_itunes(text)
        };
        let edit = edits.into_iter().find(|&(id, _)| id == track.id).map(|(_, edit)| edit).or_else(of_itunes);
        let edit = edit.filter(|_| counts_frames && name == "MP4").unwrap_or_default();
        let flac = match &parameters.extra_data {
            Some(info) if parameters.codec == codec::CODEC_ID_FLAC => flac::PacketDecoder::new(info),
            _ => None,
        };
        let mut this = SymphoniaDecoder {
            flac,
            track: track.id,
            channels: spec.channels(),
            counts_frames,
            delay: edit.delay,
            trims_end: claimed.is_some(),
            can_seek: len.is_some(),
            pre_roll: if is_exact(parameters.codec) { 0 } else { PRE_ROLL },
            overlaps: !is_exact(parameters.codec),
            fresh: false,
            ended: false,
            followed_at: None,
            name,
            reached,
            decoder,
            format: None,
        };
        this.format = Some(format);
        let mut samples = Samples::of(&spec);
        let frames = match claimed {
            // The last page of an Ogg file has the count, and the length of an MP3 file shows only when it is read.
            Some(claimed) if this.can_seek && !matches!(name, "Ogg" | "MP3") => {
                let claimed = claimed.saturating_sub(edit.delay);
                let found = this.count(claimed, &mut samples)?;
                if found != claimed && name != "CAF" {
                    anomalies.push(Anomaly::FrameCount { offset: len.unwrap_or(0), declared: claimed, found });
                }
                Some(edit.frames.map_or(found, |frames| found.min(frames)))
            }
            claimed => claimed,
        };
        let description = Description {
            spec,
            frames,
            format: name,
            codec: codec_name(parameters.codec),
            frames_at: len.unwrap_or(0),
        };
        Ok(Some((this, description, beside)))
    }

    /// Counts the frames by decoding the last of them; where it is not there, looks for the one that is the last.
    fn count(&mut self, claimed: u64, samples: &mut Samples) -> Result<u64> {
        let (mut low, mut high) = (0, claimed);
        let mut from = claimed.saturating_sub(1);
        let mut end = 0;
        while low < high {
            let found = self.end_of_packet(from, samples);
            if found > from {
                end = end.max(found);
                // A damaged file may say that a packet is longer than all of it.
                low = found.min(high);
            } else {
                high = from;
            }
            from = low + (high - low) / 2;
        }
        self.seek(0)?;
        Ok(end)
    }

    /// The end of the packet with a frame in it, 0 where there is none.
    fn end_of_packet(&mut self, frame: u64, samples: &mut Samples) -> u64 {
        let pre_roll = std::mem::take(&mut self.pre_roll);
        let mut end = 0;
        if self.seek(frame).is_ok() {
            while end <= frame
                && let Ok(Some(run)) = self.decode(samples, &mut Vec::new())
            {
                end = run.position.unwrap_or(0).saturating_add(run.frames as u64);
            }
        }
        self.pre_roll = pre_roll;
        end
    }

    /// The next packet of the track; `None` at the end, or where nothing can be read any more.
    fn packet(&mut self) -> Result<Option<Packet>> {
        let mut damaged = 0;
        loop {
            let Some(format) = &mut self.format else { return Ok(None) };
            match caught(|| format.next_packet()) {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                // The file ends inside a packet, or goes on with what is none: the audio ends there, and the count of frames shows it.
                Err(Theirs::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(Theirs::IoError(error)) => return Err(error.into()),
                Err(Theirs::DecodeError(_)) if damaged < DAMAGED_MAX => damaged += 1,
                // Tracks of their own, which need not be alike.
                Err(Theirs::ResetRequired) => {
                    self.followed_at.get_or_insert(self.reached.load(Ordering::Relaxed));
                    return Ok(None);
                }
                Ok(None) | Err(_) => return Ok(None),
            }
        }
    }

    /// Goes to the packet with a frame in it, which may not begin after `limit`.
    fn go_to(&mut self, frame: u64, limit: u64) -> Result<u64> {
        let Some(format) = &mut self.format else { return Err(Error::decoder(self.name, "it is not open")) };
        let ts = Timestamp::new(i64::try_from(frame).unwrap_or(i64::MAX));
        let to = SeekTo::Timestamp { ts, track_id: self.track };
        let sought = caught(|| format.seek(SeekMode::Accurate, to)).map_err(|error| ours(self.name, error))?;
        let begins = u64::try_from(sought.actual_ts.get()).unwrap_or(0);
        if begins > limit {
            return Err(Error::decoder(self.name, "it cannot go to that frame"));
        }
        self.decoder.reset();
        (self.ended, self.fresh) = (false, true);
        Ok(begins)
    }

    /// Opens the file again, from its start.
    fn reopen(&mut self) -> Result<()> {
        if let Some(format) = self.format.take() {
            let mut source = format.into_inner();
            source.seek(SeekFrom::Start(0))?;
            self.format = Some(caught(|| probe(source)).map_err(|error| ours(self.name, error))?);
        }
        self.decoder.reset();
        (self.ended, self.fresh) = (false, false);
        Ok(())
    }

    /// Decodes a packet into `samples`, all of it; `false` where it is damaged.
    fn decode_packet(&mut self, packet: &Packet, samples: &mut Samples) -> bool {
        if let (Some(flac), Samples::I32(samples)) = (&mut self.flac, &mut *samples) {
            return flac.decode(&packet.data, samples);
        }
        let (channels, decoder) = (self.channels, &mut self.decoder);
        caught(|| {
            let decoded = decoder.decode(packet)?;
            if decoded.spec().channels().count() != channels {
                return Err(Theirs::DecodeError("the number of channels changes"));
            }
            match samples {
                Samples::I32(samples) => decoded.copy_to_vec_interleaved(samples),
                Samples::F32(samples) => decoded.copy_to_vec_interleaved(samples),
                Samples::F64(samples) => decoded.copy_to_vec_interleaved(samples),
            }
            Ok(())
        })
        .is_ok()
    }
}

impl Decoder for SymphoniaDecoder {
    fn decode(&mut self, samples: &mut Samples, anomalies: &mut Vec<Anomaly>) -> Result<Option<Run>> {
        while !self.ended {
            let offset = self.reached.load(Ordering::Relaxed);
            let Some(packet) = self.packet()? else { break };
            if !self.decode_packet(&packet, samples) {
                // The position of the next packet shows what is missing.
                continue;
            }
            let decoded = samples.len() / self.channels;
            let (trim_start, duration) = (packet.trim_start.get(), packet.dur.get());
            samples.cut(self.channels, trim_start, if self.trims_end { packet.trim_end.get() } else { 0 });
            let mut position = None;
            if self.counts_frames {
                let pts = packet.pts.get().saturating_add_unsigned(trim_start);
                let mut first = u64::try_from(pts).unwrap_or(0);
                if self.name == "MP4" && duration > 0 {
                    // The last packet of AAC is filled up; the table of durations says how far it is audio.
                    samples.cut(self.channels, 0, (decoded as u64).saturating_sub(duration));
                }
                if std::mem::take(&mut self.fresh) && self.overlaps {
                    // The first packet after a seek lacks the overlap with the one before.
                    first = first.saturating_add(duration.saturating_sub(decoded as u64));
                }
                // All of a packet before the audio.
                let before = self.delay.saturating_sub(first);
                samples.cut(self.channels, before, 0);
                position = Some(first.saturating_add(before) - self.delay);
            }
            let frames = samples.len() / self.channels;
            if frames > 0 {
                return Ok(Some(Run { position, frames, offset }));
            }
        }
        self.ended = true;
        anomalies.extend(self.followed_at.map(|offset| Anomaly::AnotherStream { offset }));
        Ok(None)
    }

    fn seek(&mut self, frame: u64) -> Result<u64> {
        // Where positions are not counted in frames, from the start.
        let frame = frame.saturating_add(self.delay);
        let target = if self.counts_frames { frame.saturating_sub(self.pre_roll) } else { 0 };
        if self.ended && self.can_seek {
            // Some of symphonia's formats cannot go back once they have reached the end, or do and give nothing.
            self.reopen()?;
        }
        let begins = match self.go_to(target, frame) {
            Err(error) if self.can_seek && self.reopen().is_ok() => match self.go_to(target, frame) {
                Err(_) if target > 0 => self.go_to(0, frame).map_err(|_| error),
                result => result,
            },
            result => result,
        };
        begins.map(|begins| begins.saturating_sub(self.delay))
    }

    fn can_seek(&self) -> bool {
        self.can_seek
    }
}

/// Finds the format by the first bytes.
fn probe(source: MediaSourceStream<'static>) -> Result<Box<dyn FormatReader>, Theirs> {
    let mut probe = Probe::new_with_options(&ProbeOptions { max_probe_depth: PROBE_BYTES, ..ProbeOptions::default() });
    symphonia::default::register_enabled_formats(&mut probe);
    let limits = MetadataOptions::default()
        .limit_tag_bytes(Limit::Maximum(TAG_BYTES))
        .limit_visual_bytes(Limit::Maximum(TAG_BYTES));
    probe.probe(&Hint::new(), source, FormatOptions::default(), limits)
}

/// Runs symphonia's code. A panic in it, which a damaged file may cause, becomes an error.
fn caught<T>(run: impl FnOnce() -> Result<T, Theirs>) -> Result<T, Theirs> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Theirs::DecodeError("the decoder panicked")))
}

fn ours(decoder: &'static str, error: Theirs) -> Error {
    match error {
        Theirs::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Error::decoder(decoder, "the file ends inside its header")
        }
        Theirs::IoError(error) => error.into(),
        other => Error::decoder(decoder, other),
    }
}

/// The texts of the file, those of all tag formats in it.
fn tags(format: &mut dyn FormatReader) -> Vec<(String, String)> {
    let mut tags = Vec::new();
    let mut metadata = format.metadata();
    loop {
        if let Some(revision) = metadata.current() {
            let of_tracks = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
            for tag in revision.media.tags.iter().chain(of_tracks) {
                let text = match &tag.raw.value {
                    RawValue::String(text) => text.to_string(),
                    RawValue::StringList(texts) => texts.join("; "),
                    RawValue::UnsignedInt(number) => number.to_string(),
                    RawValue::SignedInt(number) => number.to_string(),
                    RawValue::Float(number) => number.to_string(),
                    _ => continue,
                };
                tags.push((tag.raw.key.clone(), text));
            }
        }
        if metadata.pop().is_none() {
            return tags;
        }
    }
}

/// An input as symphonia wants it.
struct Adapter {
    input: Box<dyn Input>,
    len: Option<u64>,
    position: u64,
    reached: Arc<AtomicU64>,
}

impl Read for Adapter {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.position += read as u64;
        self.reached.store(self.position, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Adapter {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.len.and_then(|len| len.checked_add_signed(by)),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        if !self.input.go_to(target)? {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        self.position = target;
        Ok(target)
    }
}

impl MediaSource for Adapter {
    fn is_seekable(&self) -> bool {
        self.len.is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.len
    }
}
