//! Metadata of a piece of a recording, which begins later: dates, time references and cues are those of the piece.

use ndaudio::metadata::{Bext, Cue, Guano, Info, Metadata, RecordingTime, start_time};
use ndaudio::segments::Segment;

use crate::failure::Outcome;
use crate::input::Input;
use crate::output::Output;

/// Copies the metadata of a recording to a piece of it.
pub(crate) fn carry_to_piece(out: &mut Output, input: &mut Input, piece: &Segment) -> Outcome {
    let rate = ndaudio::Source::spec(input).sample_rate();
    carry_at_rate(out, input, piece, rate)
}

/// Copies the metadata of a recording to a piece of it at another sample rate: what counts frames counts those of the piece.
pub(crate) fn carry_at_rate(out: &mut Output, input: &mut Input, piece: &Segment, to_rate: u32) -> Outcome {
    let rate = ndaudio::Source::spec(input).sample_rate();
    let scaled = move |frames: u64| match rate {
        0 => frames,
        _ => u64::try_from(u128::from(frames) * u128::from(to_rate) / u128::from(rate)).unwrap_or(u64::MAX),
    };
    let cues = input.metadata().cues.clone();
    let first = piece.start_frame;
    input.copy_metadata(&mut out.writer, |id, content| {
        Ok(match &id {
            b"cue " | b"plst" | b"smpl" => None,
            b"LIST" | b"list" if content.starts_with(b"adtl") => None,
            b"LIST" | b"list" if content.starts_with(b"INFO") => {
                Some(moved_info(&content, first, rate).unwrap_or(content))
            }
            b"guan" => Some(moved_guano(&content, first, rate, to_rate).unwrap_or(content)),
            b"bext" => Some(moved_bext(&content, first, rate, scaled).unwrap_or(content)),
            _ => Some(content),
        })
    })?;
    let within = |cue: &Cue| (piece.start_frame..piece.end_frame).contains(&cue.frame);
    let moved: Vec<Cue> = cues.into_iter().filter(within).map(|cue| moved_cue(cue, piece, scaled)).collect();
    for (id, content) in Cue::to_chunks(&moved)? {
        out.writer.add_chunk(id, &content)?;
    }
    Ok(())
}

fn moved_cue(mut cue: Cue, piece: &Segment, scaled: impl Fn(u64) -> u64) -> Cue {
    let left = piece.end_frame - cue.frame;
    cue.frame = scaled(cue.frame - piece.start_frame);
    cue.length = cue.length.map(|length| scaled(length.min(left)));
    cue
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
