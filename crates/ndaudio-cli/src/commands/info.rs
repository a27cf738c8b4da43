//! `info`: what a recording is, what it says about its audio, and what is wrong with it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use ndaudio::metadata::Metadata;
use ndaudio::{Anomaly, Severity, Source};
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Outcome};
use crate::format::{clock, counted, grouped, hertz, seconds, tag, time_of};
use crate::input::{self, Input};
use crate::terminal::{Out, escaped, json_line};

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
    let mut out = Out::new(false);
    let count = files.len() + failures.len();
    for (index, path) in files.iter().enumerate() {
        let said = Input::open(path).and_then(|mut input| {
            let metadata = input.metadata().clone();
            if *json {
                return Ok(json_line(&mut out, &as_json(&mut input, &metadata))?);
            }
            if index > 0 {
                writeln!(out)?;
            }
            tell(&mut out, &mut input, &metadata)
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
fn tell(out: &mut impl Write, input: &mut Input, metadata: &Metadata) -> Outcome {
    let start = input.start_time();
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
    for (index, (name, value)) in fields(metadata, spec.sample_rate()).iter().enumerate() {
        let label = if index == 0 { "metadata" } else { "" };
        let (first, rest) = value.trim_end().split_once('\n').unwrap_or((value.trim_end(), ""));
        line(label, &format!("{}: {}", escaped(name), escaped(first.trim_end())))?;
        for text in rest.lines().take(LINES_MAX) {
            line("", &format!("  {}", escaped(text.trim_end())))?;
        }
        let hidden = rest.lines().count().saturating_sub(LINES_MAX);
        if hidden > 0 {
            line("", &format!("  … {}; --json has all", counted(hidden as u64, "line")))?;
        }
    }
    let anomalies = input.anomalies().to_vec();
    if anomalies.is_empty() {
        line("anomalies", "none")?;
    }
    for (index, anomaly) in anomalies.iter().enumerate() {
        let harmless = if anomaly.severity() == Severity::Note { " (harmless)" } else { "" };
        line(if index == 0 { "anomalies" } else { "" }, &escaped(&format!("{anomaly}{harmless}")))?;
    }
    Ok(())
}

/// Lines of one text that are shown after the first.
const LINES_MAX: usize = 12;

/// Metadata as names and values, in the order of importance.
fn fields(metadata: &Metadata, rate: u32) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.trim().is_empty() {
            fields.push((name.to_owned(), value));
        }
    };
    if let Some(bext) = &metadata.bext {
        add("bext description", bext.description().into_owned());
        add("bext originator", bext.originator().into_owned());
        add("bext reference", bext.originator_reference().into_owned());
        add("bext recorded", format!("{} {}", bext.origination_date(), bext.origination_time()));
        if let Some(frames) = bext.time_reference() {
            let seconds = seconds(frames, rate);
            let of_day = std::time::Duration::try_from_secs_f64(seconds)
                .map_or(String::new(), |time| format!(" = {}", clock(time)));
            add("bext time reference", format!("{} frames since midnight{of_day}", grouped(frames)));
        }
        if let Some(integrated) = bext.loudness().and_then(|loudness| loudness.integrated) {
            add("bext loudness", format!("{integrated} LUFS"));
        }
        add("bext coding history", bext.coding_history().into_owned());
    }
    for (id, text) in metadata.info.iter().flat_map(|info| info.iter()) {
        let name = info_name(id).map_or_else(|| tag(id), |name| format!("{} ({name})", tag(id)));
        add(&name, text.into_owned());
    }
    for cue in &metadata.cues {
        let at = format!("frame {} = {:.3} s", grouped(cue.frame), seconds(cue.frame, rate));
        let length = cue.length.map_or(String::new(), |length| format!(", {}", counted(length, "frame")));
        let texts = cue.label.iter().chain(&cue.note).map(|text| format!(", {text:?}")).collect::<String>();
        add(&format!("cue {}", cue.id), format!("{at}{length}{texts}"));
    }
    for (key, value) in metadata.guano.iter().flat_map(|guano| guano.iter()) {
        add(&format!("GUANO {key}"), value.to_owned());
    }
    if let Some(text) = &metadata.ixml {
        add("iXML", text.clone());
    }
    if let Some(frames) = metadata.fact_frames {
        add("fact", counted(u64::from(frames), "frame"));
    }
    fields
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

fn as_json(input: &mut Input, metadata: &Metadata) -> Value {
    let (name, start, container) = (input.name(), input.start_time(), input.format());
    let (spec, frames) = (input.spec().clone(), input.frames());
    let reader = &*input;
    let chunk = |chunk: &ndaudio::Chunk| {
        json!({
            "id": tag(chunk.id),
            "offset": chunk.offset,
            "content_offset": chunk.content_offset,
            "bytes": chunk.len,
        })
    };
    let anomaly = |anomaly: &Anomaly| {
        let harmless = anomaly.severity() == Severity::Note;
        json!({ "offset": anomaly.offset(), "text": anomaly.to_string(), "severity": if harmless { "note" } else { "defect" } })
    };
    json!({
        "file": name,
        "container": container,
        "encoding": spec.encoding().to_string(),
        "bits": spec.encoding().bits(),
        "sample_rate": spec.sample_rate(),
        "channels": spec.channels(),
        "channel_mask": spec.channel_mask(),
        "frames": frames,
        "seconds": frames.map(|frames| seconds(frames, spec.sample_rate())).filter(|seconds| seconds.is_finite()),
        "timestamp": start.map(|start| start.to_string()),
        "timestamp_source": start.map(|start| start.source().to_string()),
        "chunks": reader.chunks().iter().map(chunk).collect::<Vec<_>>(),
        "metadata": metadata_as_json(metadata),
        "anomalies": reader.anomalies().iter().map(anomaly).collect::<Vec<_>>(),
    })
}

/// Texts by their ids; of several with one id the first counts, as in the library.
fn first_of_each(fields: impl Iterator<Item = (String, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        object.entry(name).or_insert(value);
    }
    object.into()
}

fn metadata_as_json(metadata: &Metadata) -> Value {
    let mut out = Map::new();
    if let Some(bext) = &metadata.bext {
        let fields = json!({
            "description": bext.description(),
            "originator": bext.originator(),
            "originator_reference": bext.originator_reference(),
            "origination_date": bext.origination_date(),
            "origination_time": bext.origination_time(),
            "time_reference": bext.time_reference(),
            "integrated_loudness": bext.loudness().and_then(|loudness| loudness.integrated),
            "coding_history": bext.coding_history(),
        });
        out.insert("bext".to_owned(), fields);
    }
    if let Some(info) = &metadata.info {
        let fields = info.iter().map(|(id, text)| (tag(id), Value::from(text.into_owned())));
        out.insert("info".to_owned(), first_of_each(fields));
    }
    if !metadata.cues.is_empty() {
        let cue = |cue: &ndaudio::metadata::Cue| json!({ "id": cue.id, "frame": cue.frame, "length": cue.length, "label": cue.label, "note": cue.note });
        out.insert("cues".to_owned(), metadata.cues.iter().map(cue).collect::<Vec<_>>().into());
    }
    if let Some(guano) = &metadata.guano {
        let fields = guano.iter().map(|(key, value)| (key.to_owned(), Value::from(value)));
        out.insert("guano".to_owned(), first_of_each(fields));
    }
    if let Some(text) = &metadata.ixml {
        out.insert("ixml".to_owned(), text.as_str().into());
    }
    if let Some(frames) = metadata.fact_frames {
        out.insert("fact_frames".to_owned(), frames.into());
    }
    out.into()
}
