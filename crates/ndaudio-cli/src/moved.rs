//! Metadata of a piece of a recording, which begins later: dates, time references and cues are those of the piece.

use std::io::Cursor;

use ndaudio::metadata::{Bext, Cue, Guano, Info, Metadata, RecordingTime, start_time};
use ndaudio::segments::Segment;
use ndaudio::{Encoding, ReadOptions, Spec, WavReader, WavWriter};

use crate::failure::Outcome;
use crate::input::Input;
use crate::writer::Writer;

/// The metadata of a recording, for any number of pieces of it: read once, so that many pieces of a recording with many cues take no longer
/// than their number and that of the cues.
pub(crate) struct Carried {
    /// A file in memory that has all of it but the cues.
    rest: WavReader<Cursor<Vec<u8>>>,
    /// In the order of their frames, each with its number in the file.
    cues: Vec<(usize, Cue)>,
}

impl Carried {
    pub(crate) fn of(input: &mut Input) -> Outcome<Self> {
        let mut cues: Vec<(usize, Cue)> = input.metadata().cues.iter().cloned().enumerate().collect();
        cues.sort_by_key(|(_, cue)| cue.frame);
        let mut file = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(8000, 1, Encoding::U8))?;
        input.copy_metadata_to(&mut file, |id, content| Ok((!is_of_cues(id, &content)).then_some(content)))?;
        // An empty file with chunks after its audio would look like one that its writer did not finish.
        file.write_interleaved(&[0_i16])?;
        let rest = ReadOptions::new().seekable(Cursor::new(file.finalize()?.into_inner()))?;
        Ok(Carried { rest, cues })
    }

    /// Adds it to a piece. `rate` is that of the recording.
    pub(crate) fn add_to(&mut self, writer: &mut Writer, rate: u32, piece: &Segment) -> Outcome {
        let edit = |id, content| Ok(Some(moved(id, content, piece.start_frame, (rate, rate))));
        match writer {
            Writer::Wav(writer) => writer.copy_metadata_with(&mut self.rest, edit)?,
            Writer::Flac(..) => {
                for (id, content) in self.rest.metadata()?.to_chunks()? {
                    writer.add_chunk(id, &moved(id, content, piece.start_frame, (rate, rate)))?;
                }
            }
        }
        let from = self.cues.partition_point(|(_, cue)| cue.frame < piece.start_frame);
        let count = self.cues[from..].partition_point(|(_, cue)| cue.frame < piece.end_frame);
        let mut within: Vec<&(usize, Cue)> = self.cues[from..from + count].iter().collect();
        within.sort_by_key(|(number, _)| *number);
        let cues: Vec<Cue> = within.into_iter().map(|(_, cue)| moved_cue(cue, piece, |frames| frames)).collect();
        add_cues(writer, &cues)
    }
}

/// Copies the metadata of a recording to a piece of it.
pub(crate) fn carry_to_piece(writer: &mut Writer, input: &mut Input, piece: &Segment) -> Outcome {
    let rate = ndaudio::Source::spec(input).sample_rate();
    carry_at_rate(writer, input, piece, rate)
}

/// Copies the metadata of a recording to a piece of it at another sample rate: what counts frames counts those of the piece.
pub(crate) fn carry_at_rate(writer: &mut Writer, input: &mut Input, piece: &Segment, to_rate: u32) -> Outcome {
    let rate = ndaudio::Source::spec(input).sample_rate();
    input.copy_metadata(writer, |id, content| {
        Ok((!is_of_cues(id, &content)).then(|| moved(id, content, piece.start_frame, (rate, to_rate))))
    })?;
    let within = |cue: &&Cue| (piece.start_frame..piece.end_frame).contains(&cue.frame);
    let cues = input.metadata().cues.iter().filter(within);
    let cues: Vec<Cue> = cues.map(|cue| moved_cue(cue, piece, |frames| scaled(frames, (rate, to_rate)))).collect();
    add_cues(writer, &cues)
}

/// Whether a chunk belongs to the cues, which a piece has its own of.
fn is_of_cues(id: [u8; 4], content: &[u8]) -> bool {
    match &id {
        b"cue " | b"plst" | b"smpl" => true,
        b"LIST" | b"list" => content.starts_with(b"adtl"),
        _ => false,
    }
}

/// A chunk as it is for a piece that begins at frame `first`; as it was, if it says nothing of time.
fn moved(id: [u8; 4], content: Vec<u8>, first: u64, (rate, to_rate): (u32, u32)) -> Vec<u8> {
    let moved = match &id {
        b"LIST" | b"list" if content.starts_with(b"INFO") => moved_info(&content, first, rate),
        b"guan" => moved_guano(&content, first, rate, to_rate),
        b"bext" => moved_bext(&content, first, rate, |frames| scaled(frames, (rate, to_rate))),
        _ => None,
    };
    moved.unwrap_or(content)
}

/// Frames at one rate as frames at another.
fn scaled(frames: u64, (rate, to_rate): (u32, u32)) -> u64 {
    match rate {
        0 => frames,
        _ => u64::try_from(u128::from(frames) * u128::from(to_rate) / u128::from(rate)).unwrap_or(u64::MAX),
    }
}

fn add_cues(writer: &mut Writer, cues: &[Cue]) -> Outcome {
    for (id, content) in Cue::to_chunks(cues)? {
        writer.add_chunk(id, &content)?;
    }
    Ok(())
}

fn moved_cue(cue: &Cue, piece: &Segment, scaled: impl Fn(u64) -> u64) -> Cue {
    let left = piece.end_frame - cue.frame;
    let mut moved = cue.clone();
    moved.frame = scaled(cue.frame - piece.start_frame);
    moved.length = cue.length.map(|length| scaled(length.min(left)));
    moved
}

/// When the frame was recorded, by metadata that holds nothing else.
fn time_of(set: impl FnOnce(&mut Metadata), frames: u64, rate: u32) -> Option<RecordingTime> {
    let mut metadata = Metadata::default();
    set(&mut metadata);
    start_time(&metadata, rate, None)?.at_frame(frames, rate)
}

/// The time reference counts on from midnight; date and time of day are those of the piece.
fn moved_bext(content: &[u8], frames: u64, rate: u32, scaled: impl Fn(u64) -> u64) -> Option<Vec<u8>> {
    let mut bext = Bext::parse(content);
    let before = start_time(&with_bext(&bext), rate, None);
    let after = time_of(|metadata| metadata.bext = Some(bext.clone()), frames, rate);
    if let (Some(before), Some(after)) = (before, after) {
        let (date, time) = (after.civil().date(), after.civil().time());
        let time = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        bext.set_origination(&date.to_string(), &time).ok()?;
        if let Some(reference) = bext.time_reference() {
            let days = before.civil().date().until(date).ok()?.get_days();
            let midnight = u64::try_from(days).ok()?.checked_mul(86_400)?.checked_mul(u64::from(rate))?;
            let moved = reference.saturating_add(frames);
            // A timecode that is not the time of day just counts on.
            bext.set_time_reference(moved.checked_sub(midnight).unwrap_or(moved));
        }
    } else if let Some(reference) = bext.time_reference() {
        bext.set_time_reference(reference.saturating_add(frames));
    }
    if let Some(reference) = bext.time_reference() {
        bext.set_time_reference(scaled(reference));
    }
    bext.clear_loudness();
    Some(bext.to_bytes())
}

fn with_bext(bext: &Bext) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.bext = Some(bext.clone());
    metadata
}

fn moved_guano(content: &[u8], frames: u64, rate: u32, to_rate: u32) -> Option<Vec<u8>> {
    let mut guano = Guano::parse(content);
    if let Some(time) = time_of(|metadata| metadata.guano = Some(guano.clone()), frames, rate) {
        guano.set("Timestamp", &time.to_string()).ok()?;
    }
    if to_rate != rate && guano.get("Samplerate").is_some() {
        guano.set("Samplerate", &to_rate.to_string()).ok()?;
    }
    Some(guano.to_bytes())
}

/// The comment of an AudioMoth begins with the time.
fn moved_info(content: &[u8], frames: u64, rate: u32) -> Option<Vec<u8>> {
    let mut info = Info::parse(content)?;
    let comment = info.get(*b"ICMT")?.into_owned();
    let time = time_of(|metadata| metadata.info = Some(info.clone()), frames, rate)?.civil();
    // "Recorded at hh:mm:ss[.fff] dd/mm/yyyy", then the zone and the rest as they are.
    let date_end = comment.find('/')? + "/mm/yyyy".len();
    let millisecond = time.millisecond();
    let fraction = if millisecond > 0 { format!(".{millisecond:03}") } else { String::new() };
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let (day, month, year) = (time.day(), time.month(), time.year());
    let start = format!("Recorded at {hour:02}:{minute:02}:{second:02}{fraction} {day:02}/{month:02}/{year:04}");
    info.set(*b"ICMT", &format!("{start}{}", comment.get(date_end..)?)).ok()?;
    Some(info.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_after_midnight_has_the_next_day_everywhere() {
        let mut bext = Bext::new();
        bext.set_origination("2018-12-31", "23:59:58").unwrap();
        bext.set_time_reference((86_400 - 2) * 8000);
        let moved = Bext::parse(&moved_bext(&bext.to_bytes(), 5 * 8000 + 1, 8000, |frames| frames).unwrap());
        assert_eq!((moved.origination_date(), moved.origination_time()), ("2019-01-01".into(), "00:00:03".into()));
        assert_eq!(moved.time_reference(), Some(3 * 8000 + 1));

        let mut guano = Guano::new();
        guano.set("Timestamp", "2018-12-31T23:59:58+01:00").unwrap();
        let moved = Guano::parse(&moved_guano(&guano.to_bytes(), 5 * 8000 + 4000, 8000, 8000).unwrap());
        assert_eq!(moved.get("Timestamp"), Some("2019-01-01T00:00:03.5+01:00"));

        let mut info = Info::new();
        info.set(*b"ICMT", "Recorded at 23:59:58 31/12/2018 (UTC-5:30) by AudioMoth 1 at medium gain").unwrap();
        let moved = Info::parse(&moved_info(&info.to_bytes(), 5 * 8000, 8000).unwrap()).unwrap();
        let expected = "Recorded at 00:00:03 01/01/2019 (UTC-5:30) by AudioMoth 1 at medium gain";
        assert_eq!(moved.get(*b"ICMT").unwrap(), expected);
    }

    #[test]
    fn what_has_no_date_keeps_what_it_has() {
        let mut bext = Bext::new();
        bext.set_time_reference(100);
        let moved = Bext::parse(&moved_bext(&bext.to_bytes(), 50, 8000, |frames| 2 * frames).unwrap());
        assert_eq!((moved.time_reference(), moved.origination_date()), (Some(300), "".into()));
        assert_eq!(moved_info(b"INFOICMT\x06\0\0\0windy\0", 50, 8000), None);
    }
}
