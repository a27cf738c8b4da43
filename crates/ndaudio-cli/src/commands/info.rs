//! `info`: what a recording is, what it says about its audio, and what is wrong with it.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ndaudio::metadata::{Bext, Cue, Info, Metadata};
use ndaudio::{Anomaly, Chunk, Severity, Source};
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::format::{clock, counted, grouped, hertz, seconds, tag, time_of};
use crate::input::{self, Input};
use crate::json::JsonWriter;
use crate::same_file::Inputs;
use crate::terminal::{Escaping, Out, escaped};

/// Show what recordings are, and what is wrong with them.
///
/// Container, encoding, sample rate, channels, frames, duration, start, chunks, metadata, and everything that is odd about a file and
/// how it was read all the same. A file that cannot be read is reported, the others are shown; the exit status is then 1.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings, directories and patterns; - is standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// One JSON object per file and line
    #[arg(long)]
    json: bool,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio info take.wav
  ndaudio info --json *.wav | jq 'select(any(.anomalies[]; .severity == \"defect\")) | .file'     files with something wrong";

pub(crate) fn run(Arguments { files, json }: &Arguments) -> Outcome {
    let (files, mut failures) = input::expand(files);
    if files.is_empty() && failures.is_empty() {
        return Err(Failure::no_recording("look at"));
    }
    let mut out = Out::new(&Inputs::new(&files))?;
    let count = files.len() + failures.len();
    for (index, path) in files.iter().enumerate() {
        let said = Input::open(path).and_then(|mut input| {
            if *json {
                return Ok(write_json(&mut out, &mut input)?);
            }
            if index > 0 {
                writeln!(out)?;
            }
            Ok(tell(&mut out, &mut input)?)
        });
        match said {
            Err(Failure::OutputClosed) => return Err(Failure::OutputClosed),
            Err(failure) => failures.push(failure.about(path)),
            Ok(()) => {}
        }
    }
    out.flush()?;
    Failure::of_many(failures, count)
}

/// In plain words.
fn tell(out: &mut impl Write, input: &mut Input) -> io::Result<()> {
    let start = input.start_time();
    let metadata = input.take_metadata();
    let spec = input.spec().clone();
    writeln!(out, "{}", escaped(&input.name()))?;
    let mut line = |label: &str, value: &str| writeln!(out, "  {label:<12} {value}");
    line("container", &input.format())?;
    line("encoding", &spec.encoding().to_string())?;
    line("sample rate", &hertz(spec.sample_rate()))?;
    let mask = spec.channel_mask().map_or(String::new(), |mask| format!(" (speakers {})", speakers(mask)));
    line("channels", &format!("{}{mask}", grouped(spec.channels() as u64)))?;
    match input.frames() {
        Some(frames) => {
            line("frames", &grouped(frames))?;
            line("duration", &time_of(frames, spec.sample_rate()))?;
        }
        None => line("frames", "unknown until it has been read: its header does not say")?,
    }
    if let Some(start) = start {
        let zone = if start.offset().is_some() { "" } else { ", offset from UTC unknown" };
        line("began", &format!("{start} (from {}{zone})", start.source()))?;
    }
    for (index, chunk) in input.chunks().iter().enumerate() {
        let bytes = counted(chunk.len, "byte");
        let text = format!("{:<6} {bytes} at byte {}", format!("\"{}\"", tag(chunk.id)), grouped(chunk.offset));
        line(if index == 0 { "chunks" } else { "" }, &text)?;
    }
    tell_metadata(&mut Fields { out, any: false }, &metadata, spec.sample_rate())?;
    let mut line = |label: &str, value: &str| writeln!(out, "  {label:<12} {value}");
    if input.anomalies().is_empty() {
        line("anomalies", "none")?;
    }
    for (index, anomaly) in input.anomalies().iter().enumerate() {
        let harmless = if anomaly.severity() == Severity::Note { " (harmless)" } else { "" };
        line(if index == 0 { "anomalies" } else { "" }, &escaped(&format!("{anomaly}{harmless}")))?;
    }
    Ok(())
}

/// Lines of one text that are shown after the first.
const LINES_MAX: usize = 12;

/// Fields of metadata on their way out: each may be long, and there may be millions.
struct Fields<'a, W> {
    out: &'a mut W,
    /// Whether there was one, and with it the label.
    any: bool,
}

impl<W: Write> Fields<'_, W> {
    /// A text, of which the first lines are shown; nothing if it is empty.
    fn text(&mut self, name: impl Display, value: &str) -> io::Result<()> {
        let value = value.trim_end();
        if value.is_empty() {
            return Ok(());
        }
        let (first, rest) = value.split_once('\n').unwrap_or((value, ""));
        self.line(name, first.trim_end())?;
        for text in rest.lines().take(LINES_MAX) {
            write!(self.out, "  {:<12}   ", "")?;
            write!(Escaping::text(self.out), "{}", text.trim_end())?;
            writeln!(self.out)?;
        }
        let hidden = rest.lines().count().saturating_sub(LINES_MAX);
        if hidden > 0 {
            writeln!(self.out, "  {:<12}   … {}; --json has all", "", counted(hidden as u64, "line"))?;
        }
        Ok(())
    }

    /// A value of one line.
    fn line(&mut self, name: impl Display, value: impl Display) -> io::Result<()> {
        let label = if self.any { "" } else { "metadata" };
        self.any = true;
        write!(self.out, "  {label:<12} ")?;
        write!(Escaping::text(self.out), "{name}: {value}")?;
        writeln!(self.out)
    }
}

/// Metadata as names and values, in the order of importance.
fn tell_metadata(fields: &mut Fields<'_, impl Write>, metadata: &Metadata, rate: u32) -> io::Result<()> {
    if let Some(bext) = &metadata.bext {
        tell_bext(fields, bext, rate)?;
    }
    for (id, text) in metadata.info.iter().flat_map(|info| info.iter()) {
        let name = info_name(id).map_or_else(|| tag(id), |name| format!("{} ({name})", tag(id)));
        fields.text(name, &text)?;
    }
    for cue in &metadata.cues {
        let at = format!("frame {} = {:.3} s", grouped(cue.frame), seconds(cue.frame, rate));
        let length = cue.length.map_or(String::new(), |length| format!(", {}", counted(length, "frame")));
        let name = format_args!("cue {}", cue.id);
        match (&cue.label, &cue.note) {
            (Some(label), Some(note)) => fields.line(name, format_args!("{at}{length}, {label:?}, {note:?}"))?,
            (Some(text), None) | (None, Some(text)) => fields.line(name, format_args!("{at}{length}, {text:?}"))?,
            (None, None) => fields.line(name, format_args!("{at}{length}"))?,
        }
    }
    for (key, value) in metadata.guano.iter().flat_map(|guano| guano.iter()) {
        fields.text(format_args!("GUANO {key}"), value)?;
    }
    if let Some(text) = &metadata.ixml {
        fields.text("iXML", text)?;
    }
    if let Some(frames) = metadata.fact_frames {
        fields.line("fact", counted(u64::from(frames), "frame"))?;
    }
    Ok(())
}

fn tell_bext(fields: &mut Fields<'_, impl Write>, bext: &Bext, rate: u32) -> io::Result<()> {
    fields.text("bext description", &bext.description())?;
    fields.text("bext originator", &bext.originator())?;
    fields.text("bext reference", &bext.originator_reference())?;
    fields.text("bext recorded", &format!("{} {}", bext.origination_date(), bext.origination_time()))?;
    if let Some(frames) = bext.time_reference() {
        let of_day = Duration::try_from_secs_f64(seconds(frames, rate))
            .map_or(String::new(), |time| format!(" = {}", clock(time)));
        fields.line("bext time reference", format_args!("{} frames since midnight{of_day}", grouped(frames)))?;
    }
    if let Some(integrated) = bext.loudness().and_then(|loudness| loudness.integrated) {
        fields.line("bext loudness", format_args!("{integrated} LUFS"))?;
    }
    fields.text("bext coding history", &bext.coding_history())
}

/// What the most common ids of `LIST/INFO` stand for (RIFF MCI, 1991).
fn info_name(id: [u8; 4]) -> Option<&'static str> {
    Some(match &id {
        b"IARL" => "archive",
        b"IART" => "artist",
        b"ICMT" => "comment",
        b"ICOP" => "copyright",
        b"ICRD" => "created",
        b"IENG" => "engineer",
        b"IGNR" => "genre",
        b"IKEY" => "keywords",
        b"INAM" => "title",
        b"IPRD" => "product",
        b"ISBJ" => "subject",
        b"ISFT" => "software",
        b"ISRC" => "source",
        b"ITCH" => "technician",
        b"ITRK" => "track",
        _ => return None,
    })
}

/// The speakers of a channel mask, in the order of its bits (Microsoft, `WAVEFORMATEXTENSIBLE`).
fn speakers(mask: u32) -> String {
    const NAMES: [&str; 18] = [
        "FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR", "TC", "TFL", "TFC", "TFR", "TBL", "TBC",
        "TBR",
    ];
    let named = (0..32).filter(|bit| mask >> bit & 1 == 1);
    let names: Vec<String> =
        named.map(|bit| NAMES.get(bit).map_or_else(|| format!("bit {bit}"), |name| (*name).to_owned())).collect();
    names.join(" ")
}

/// One object on one line, its fields in the order of their names.
fn write_json(out: &mut impl Write, input: &mut Input) -> io::Result<()> {
    let start = input.start_time();
    let metadata = input.take_metadata();
    let (spec, frames) = (input.spec().clone(), input.frames());
    JsonWriter::new(out).object(|json| {
        json.key("anomalies")?
            .array(|json| input.anomalies().iter().try_for_each(|anomaly| anomaly_json(json, anomaly)))?;
        json.key("bits")?.value(spec.encoding().bits())?;
        json.key("channel_mask")?.value(spec.channel_mask())?;
        json.key("channels")?.value(spec.channels())?;
        json.key("chunks")?.array(|json| input.chunks().iter().try_for_each(|chunk| chunk_json(json, chunk)))?;
        json.key("container")?.value(input.format())?;
        json.key("encoding")?.value(spec.encoding().to_string())?;
        json.key("file")?.value(input.name())?;
        json.key("frames")?.value(frames)?;
        json.key("metadata")?.object(|json| metadata_json(json, metadata))?;
        json.key("sample_rate")?.value(spec.sample_rate())?;
        let seconds = frames.map(|frames| seconds(frames, spec.sample_rate())).filter(|seconds| seconds.is_finite());
        json.key("seconds")?.value(seconds)?;
        json.key("timestamp")?.value(start.map(|start| start.to_string()))?;
        json.key("timestamp_source")?.value(start.map(|start| start.source().to_string()))
    })?;
    writeln!(out)
}

fn anomaly_json(json: &mut JsonWriter<'_, impl Write>, anomaly: &Anomaly) -> io::Result<()> {
    let severity = if anomaly.severity() == Severity::Note { "note" } else { "defect" };
    json.next()?.value(json!({ "offset": anomaly.offset(), "severity": severity, "text": anomaly.to_string() }))
}

fn chunk_json(json: &mut JsonWriter<'_, impl Write>, chunk: &Chunk) -> io::Result<()> {
    json.next()?.value(json!({
        "bytes": chunk.len,
        "content_offset": chunk.content_offset,
        "id": tag(chunk.id),
        "offset": chunk.offset,
    }))
}

fn metadata_json(json: &mut JsonWriter<'_, impl Write>, metadata: Metadata) -> io::Result<()> {
    if let Some(bext) = &metadata.bext {
        json.key("bext")?.object(|json| bext_json(json, bext))?;
    }
    if !metadata.cues.is_empty() {
        json.key("cues")?.array(|json| metadata.cues.iter().try_for_each(|cue| cue_json(json.next()?, cue)))?;
    }
    if let Some(frames) = metadata.fact_frames {
        json.key("fact_frames")?.value(frames)?;
    }
    if let Some(guano) = metadata.guano {
        let text = guano.text();
        // Only once in memory.
        drop(guano);
        json.key("guano")?
            .object(|json| first_fields(&text).try_for_each(|(key, value)| json.key(key)?.text(value)))?;
    }
    if let Some(info) = &metadata.info {
        json.key("info")?.object(|json| info_json(json, info))?;
    }
    if let Some(text) = &metadata.ixml {
        json.key("ixml")?.text(text)?;
    }
    Ok(())
}

fn bext_json(json: &mut JsonWriter<'_, impl Write>, bext: &Bext) -> io::Result<()> {
    json.key("coding_history")?.text(&bext.coding_history())?;
    json.key("description")?.text(&bext.description())?;
    json.key("integrated_loudness")?.value(bext.loudness().and_then(|loudness| loudness.integrated))?;
    json.key("origination_date")?.text(&bext.origination_date())?;
    json.key("origination_time")?.text(&bext.origination_time())?;
    json.key("originator")?.text(&bext.originator())?;
    json.key("originator_reference")?.text(&bext.originator_reference())?;
    json.key("time_reference")?.value(bext.time_reference())
}

fn cue_json(json: &mut JsonWriter<'_, impl Write>, cue: &Cue) -> io::Result<()> {
    let text = |json: &mut JsonWriter<'_, _>, text: &Option<String>| match text {
        Some(text) => json.text(text),
        None => json.value(Value::Null),
    };
    json.object(|json| {
        json.key("frame")?.value(cue.frame)?;
        json.key("id")?.value(cue.id)?;
        text(json.key("label")?, &cue.label)?;
        json.key("length")?.value(cue.length)?;
        text(json.key("note")?, &cue.note)
    })
}

/// Texts by their ids, in the order of the file; of several with one id the first counts, as in the library.
fn info_json(json: &mut JsonWriter<'_, impl Write>, info: &Info) -> io::Result<()> {
    let mut ids: Vec<([u8; 4], u32)> = info.iter().map(|(id, _)| id).zip(0..).collect();
    ids.sort_unstable();
    ids.dedup_by_key(|(id, _)| *id);
    ids.sort_unstable_by_key(|&(_, index)| index);
    let mut firsts = ids.into_iter().peekable();
    for (index, (id, text)) in (0..).zip(info.iter()) {
        if firsts.next_if(|&(_, first)| first == index).is_some() {
            json.key(&tag(id))?.text(&text)?;
        }
    }
    Ok(())
}

/// The fields of a GUANO text in the order of their keys; of several with one key the first counts, as in the library.
///
/// Of each field only its place is kept: there may be as many as a fifth of the bytes.
fn first_fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut places = Vec::new();
    let mut at = 0_usize;
    for line in text.split_inclusive('\n') {
        // A chunk has at most 4 GiB.
        places.extend(u32::try_from(at).ok().filter(|_| line.contains(':')));
        at += line.len();
    }
    places.sort_unstable_by(|&a, &b| key_at(text, a).cmp(key_at(text, b)).then(a.cmp(&b)));
    places.dedup_by(|later, first| key_at(text, *later) == key_at(text, *first));
    places.into_iter().map(|at| (key_at(text, at), value_at(text, at)))
}

/// What the specification trims around keys and values.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\0')
}

/// The key of the field whose line begins at a byte.
fn key_at(text: &str, at: u32) -> &str {
    let key = text.get(at as usize..).and_then(|rest| rest.split_once(':'));
    key.map_or("", |(key, _)| trimmed(key))
}

fn value_at(text: &str, at: u32) -> &str {
    let value = text.get(at as usize..).and_then(|rest| rest.lines().next()?.split_once(':'));
    value.map_or("", |(_, value)| trimmed(value))
}
