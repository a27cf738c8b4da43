//! `rms`: RMS and peak, window by window and as a whole, in the memory of one window.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ndaudio::levels::Level;
use ndaudio::ndarray::{ArrayView2, s};
use ndaudio::{Levels, Sample, Source, Spec, db};
use serde_json::json;

use crate::clock::{Clock, ClockOption};
use crate::failure::{Failure, Outcome};
use crate::format::{counted, csv, dbfs, described, json_number, seconds};
use crate::input::{self, Input, block_len};
use crate::range::{Range, frame_at, positive_time};
use crate::same_file::Inputs;
use crate::sample_type::{SampleType, by_sample_type};
use crate::terminal::{Out, escaped, json_line, note};

/// Print RMS and peak per channel, per window and for the whole recording, in dBFS.
///
/// A full-scale square wave has an RMS of 0 dBFS, a full-scale sine one of -3.01, silence one of -inf; where there are no samples
/// there is no level (-, nan in CSV, null in JSON).
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings, directories and patterns; - is standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// Length of a window
    #[arg(long, value_name = "TIME", default_value = "1", value_parser = positive_time, allow_negative_numbers = true)]
    window: Duration,
    /// From the start of a window to that of the next: less than the length of a window overlaps, more skips [default: the length
    /// of a window]
    #[arg(long, value_name = "TIME", value_parser = positive_time, allow_negative_numbers = true)]
    hop: Option<Duration>,
    #[command(flatten)]
    range: Range,
    /// Comma-separated values, one line per window and channel; the lines of the whole have `total` for their start
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON object per window and line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    clock: ClockOption,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  ndaudio rms take.wav                              a line per second, and the whole
  ndaudio rms take.wav --window 50ms --hop 10ms     windows of 50 ms every 10 ms
  ndaudio rms night.wav --from 1:00:00 --to 1:00:05 --clock
  ndaudio rms take.wav --csv > take.csv             for a spreadsheet or pandas
  arecord -f cd | ndaudio rms -                     live";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (files, mut failures) = input::expand(&arguments.files);
    let count = files.len() + failures.len();
    if count == 0 {
        return Err(Failure::no_recording("measure"));
    }
    let mut out = Out::new(&Inputs::new(&files))?;
    let mut head = true;
    for path in &files {
        let measured = Input::open_range(path, &arguments.range).and_then(|mut input| {
            let (name, encoding) = (input.name(), input.spec().encoding());
            let mut table = Table::new(&name, &mut input, arguments, &mut out);
            if std::mem::take(&mut head) {
                table.csv_head()?;
            }
            by_sample_type!(SampleType::to_measure(encoding), T => measure::<T>(&mut input, arguments, &mut table))?;
            input.note_anomalies();
            Ok(())
        });
        match measured {
            Err(Failure::OutputClosed) => return Err(Failure::OutputClosed),
            Err(failure) => failures.push(failure.about(path)),
            Ok(()) => {}
        }
    }
    // What was measured before a failure comes first.
    drop(out);
    Failure::of_many(failures, count)
}

/// Reads once: the windows one by one, and everything that passes by into the levels of the whole.
fn measure<T: Sample>(input: &mut Input, arguments: &Arguments, table: &mut Table<'_>) -> Outcome {
    let spec = input.spec().clone();
    let total = RefCell::new(Levels::new(spec.channels()));
    let mut tap = Tap::<_, T> { source: input, total: &total, scratch: Vec::new() };
    if spec.sample_rate() == 0 {
        table.head()?;
        note("the sample rate is 0 Hz, so a window has no length in frames: the whole recording only");
        tap.skip_frames(u64::MAX)?;
    } else {
        let len = frames("window", arguments.window, &spec)?;
        let hop = arguments.hop.map_or(Ok(len), |hop| frames("hop", hop, &spec))?;
        table.head()?;
        // A window longer than the recording needs no more memory than that.
        let len = tap.frames().map_or(len, |frames| len.min(usize::try_from(frames).unwrap_or(len))).max(1);
        let mut windows = tap.windows::<T>(len, hop).pad_end(T::zero());
        let mut start = 0;
        while let Some(window) = windows.next()? {
            // The last one may have been filled up. By then all frames there are have gone by.
            let frames = usize::try_from(total.borrow().frames().saturating_sub(start)).unwrap_or(len).min(len);
            let mut levels = Levels::new(spec.channels());
            levels.add(&window.slice(s![..frames, ..]));
            table.rows(Some(start), &levels)?;
            start += hop as u64;
        }
    }
    table.rows(None, &total.borrow())?;
    table.end()
}

/// A time as frames of a window that memory can hold.
fn frames(name: &str, time: Duration, spec: &Spec) -> Outcome<usize> {
    let frames = frame_at(time, spec.sample_rate());
    if frames == 0 {
        let shortest = 1.0 / f64::from(spec.sample_rate());
        return Err(Failure::new(format!("--{name} is shorter than a frame"))
            .advise(format!("give at least {shortest:.9} seconds")));
    }
    // A window is held in memory.
    let most = 1_000_000_000 / spec.channels() as u64;
    if frames > most {
        let longest = most / u64::from(spec.sample_rate());
        return Err(Failure::new(format!("--{name} is too long: {} do not fit in memory", counted(frames, "frame")))
            .advise(format!("give at most {longest} seconds")));
    }
    Ok(usize::try_from(frames).unwrap_or(usize::MAX))
}

/// A source that adds all frames that pass to the levels of the whole file.
struct Tap<'a, S, T> {
    source: S,
    total: &'a RefCell<Levels>,
    scratch: Vec<T>,
}

impl<S: Source, U: Sample> Source for Tap<'_, S, U> {
    fn spec(&self) -> &Spec {
        self.source.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
        let channels = self.spec().channels();
        let frames = self.source.read_interleaved(out)?;
        if let Ok(block) = ArrayView2::from_shape((frames, channels), &out[..frames * channels]) {
            self.total.borrow_mut().add(&block);
        }
        Ok(frames)
    }

    /// What windows skip belongs to the whole file all the same.
    fn skip_frames(&mut self, frames: u64) -> ndaudio::Result<u64> {
        let channels = self.spec().channels();
        let mut scratch = std::mem::take(&mut self.scratch);
        let step = block_len(self.spec());
        scratch.resize(step * channels, U::zero());
        let mut skipped = 0;
        while skipped < frames {
            let wanted = usize::try_from(frames - skipped).unwrap_or(usize::MAX).min(step);
            let count = self.read_interleaved(&mut scratch[..wanted * channels])?;
            skipped += count as u64;
            if count < wanted {
                break;
            }
        }
        self.scratch = scratch;
        Ok(skipped)
    }

    fn frames(&self) -> Option<u64> {
        self.source.frames()
    }

    fn position(&self) -> u64 {
        self.source.position()
    }
}

/// What is printed.
struct Table<'a> {
    out: &'a mut Out,
    name: &'a str,
    spec: Spec,
    format: Format,
    clock: Clock,
    show_clock: bool,
    /// The seconds from the start of the recording to the first frame that is read.
    first_frame: u64,
    /// Channels side by side, as long as they fit on a line.
    wide: bool,
}

/// Channels that fit beside each other.
const WIDE_MAX: usize = 4;

/// How the table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Csv,
    Json,
}

impl<'a> Table<'a> {
    fn new(name: &'a str, input: &mut Input, arguments: &Arguments, out: &'a mut Out) -> Self {
        let format = match arguments {
            Arguments { csv: true, .. } => Format::Csv,
            Arguments { json: true, .. } => Format::Json,
            _ => Format::Text,
        };
        let clock = Clock::wanted(input, arguments.clock);
        let spec = input.spec().clone();
        let wide = spec.channels() <= WIDE_MAX;
        out.follow(input.is_live());
        let first_frame = input.first_frame();
        Table { out, name, spec, format, clock, show_clock: arguments.clock.clock, first_frame, wide }
    }

    /// The head of CSV, which several files share.
    fn csv_head(&mut self) -> Outcome {
        if self.format == Format::Csv {
            let clock = if self.show_clock { "timestamp," } else { "" };
            writeln!(self.out, "file,start_seconds,start_frame,{clock}frames,channel,rms_dbfs,peak_dbfs")?;
        }
        Ok(())
    }

    fn head(&mut self) -> Outcome {
        if self.format != Format::Text {
            return Ok(());
        }
        writeln!(self.out, "{}: {}\n", escaped(self.name), described(&self.spec))?;
        let when = if self.show_clock { "  clock" } else { "" };
        if self.wide {
            let names: Vec<String> = channel_names(self.spec.channels()).collect();
            let width = 9 * names.len();
            let columns: String = names.iter().map(|name| format!("{name:>9}")).collect();
            writeln!(self.out, "{:>12}  {:>width$}  {:>width$}", "", "RMS, dBFS", "peak, dBFS")?;
            writeln!(self.out, "{:>12}  {columns}  {columns}{when}", "channel")?;
        } else {
            writeln!(self.out, "{:>12}  {:>7}  {:>9}  {:>10}{when}", "start", "channel", "RMS, dBFS", "peak, dBFS")?;
        }
        Ok(())
    }

    /// The rows of a window; without a start those of the whole file.
    fn rows(&mut self, start: Option<u64>, levels: &Levels) -> Outcome {
        let at = start.map(|start| seconds(self.first_frame + start, self.spec.sample_rate()));
        let channels = (0..levels.channels()).map(|channel| Cow::Borrowed(levels.channel(channel)));
        let all = (levels.channels() > 1).then(|| Cow::Owned(levels.overall()));
        let all: Vec<Cow<'_, Level>> = channels.chain(all).collect();
        match self.format {
            Format::Csv => return self.csv_rows(start, levels, &all),
            Format::Json => return self.json_rows(start, levels),
            Format::Text => {}
        }
        let when = match (start, self.show_clock) {
            (Some(start), true) => format!("  {}", self.clock.text_at(start)),
            _ => String::new(),
        };
        let label = at.map_or("whole file".to_owned(), |at| format!("{at:.3} s"));
        if start.is_none() {
            writeln!(self.out)?;
        }
        if self.wide {
            let column = |of: fn(&Level) -> f64| -> String {
                all.iter().map(|level| format!("{:>9}", dbfs(of(level), 2))).collect()
            };
            writeln!(self.out, "{label:>12}  {}  {}{when}", column(Level::rms), column(Level::peak))?;
        } else {
            for (row, (channel, level)) in channel_names(levels.channels()).zip(&all).enumerate() {
                let label = if row == 0 { label.as_str() } else { "" };
                let (rms, peak) = (dbfs(level.rms(), 2), dbfs(level.peak(), 2));
                writeln!(self.out, "{label:>12}  {channel:>7}  {rms:>9}  {peak:>10}{when}")?;
            }
        }
        if start.is_none() {
            writeln!(self.out, "{:>12}", counted(levels.frames(), "frame"))?;
        }
        Ok(())
    }

    fn csv_rows(&mut self, start: Option<u64>, levels: &Levels, all: &[Cow<'_, Level>]) -> Outcome {
        let first = start.map(|start| self.first_frame + start);
        let label = first.map_or("total".to_owned(), |first| format!("{:.6}", seconds(first, self.spec.sample_rate())));
        let (name, first, frames) = (csv(self.name), first.unwrap_or(self.first_frame), levels.frames());
        let clock =
            if self.show_clock { format!("{},", self.clock.text_at(start.unwrap_or(0))) } else { String::new() };
        for (channel, level) in channel_names(levels.channels()).zip(all) {
            let [rms, peak] = [level.rms(), level.peak()].map(csv_level);
            writeln!(self.out, "{name},{label},{first},{clock}{frames},{channel},{rms},{peak}")?;
        }
        Ok(())
    }

    fn json_rows(&mut self, start: Option<u64>, levels: &Levels) -> Outcome {
        let overall = levels.overall();
        let number = |amplitude: f64| json_number(db::from_amplitude(amplitude));
        let each = |of: fn(&Level) -> f64| levels.each(|level| number(of(level))).to_vec();
        let first = self.first_frame + start.unwrap_or(0);
        let value = json!({
            "file": self.name,
            "total": start.is_none(),
            "start_seconds": json_number(seconds(first, self.spec.sample_rate())),
            "start_frame": first,
            "timestamp": self.clock.json_at(start.unwrap_or(0)),
            "frames": levels.frames(),
            "rms_dbfs": each(Level::rms),
            "peak_dbfs": each(Level::peak),
            "overall": { "rms_dbfs": number(overall.rms()), "peak_dbfs": number(overall.peak()) },
        });
        Ok(json_line(&mut self.out, &value)?)
    }

    fn end(&mut self) -> Outcome {
        Ok(self.out.flush()?)
    }
}

/// 1, 2 … and, where there are several, all of them together.
fn channel_names(channels: usize) -> impl Iterator<Item = String> {
    (1..=channels).map(|number| number.to_string()).chain((channels > 1).then(|| "all".to_owned()))
}

/// A level with six decimals; `nan` where nothing was measured.
fn csv_level(amplitude: f64) -> String {
    if amplitude.is_nan() { "nan".to_owned() } else { dbfs(amplitude, 6) }
}
