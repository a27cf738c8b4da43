//! RMS and peak of a recording, window by window and as a whole, in the memory of one window.
//!
//! ```console
//! $ cargo run --release --example rms                                   # ten seconds of music that come with the crate
//! $ cargo run --release --example rms -- take.wav --window 0.5 --csv
//! ```

mod shared;

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use ndaudio::levels::Level;
use ndaudio::ndarray::{ArrayView2, s};
use ndaudio::{Levels, Sample, Source, Spec, Windows};
use shared::format::{counted, csv, dbfs, printable, seconds};
use shared::sample_type::{SampleType, by_sample_type};
use shared::{Failure, Outcome, files, note, program};

/// RMS and peak of a WAVE file: per channel, per window and for the whole file, in dBFS.
///
/// 0 dBFS is full scale: a full-scale square wave has an RMS of 0 dBFS, a full-scale sine one of -3.01, silence one of -inf.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// The file; - reads standard input. Without it: ten seconds of music that come with the crate
    file: Option<PathBuf>,
    /// Length of a window
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = positive)]
    window: f64,
    /// From the start of a window to that of the next: less than the window's length overlaps, more skips [default: the window's
    /// length]
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    hop: Option<f64>,
    /// Comma-separated values, one line per window and channel; the lines of the whole file have `total` for their start
    #[arg(long)]
    csv: bool,
}

const EXAMPLES: &str = "\
Examples:
  rms take.wav                              a line per second, and the whole file
  rms take.wav --window 0.05 --hop 0.01     windows of 50 ms every 10 ms
  rms take.wav --csv > take.csv             for a spreadsheet or pandas
  sox take.flac -t wav - | rms -            from a pipe";

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds.is_finite() => Ok(seconds),
        _ => Err("must be a number of seconds above 0, such as 0.5".to_owned()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    program(|| run(&arguments))
}

fn run(arguments: &Arguments) -> Outcome {
    let path = arguments.file.clone().unwrap_or_else(music);
    let mut reader = files::open(&path)?;
    let spec = reader.spec().clone();
    let name = path.display().to_string();
    let mut table = Table::new(&name, &spec, arguments.csv);
    by_sample_type!(SampleType::to_measure(spec.encoding()), T => measure::<T>(&mut reader, arguments, &mut table))
        .map_err(|failure| failure.about(&path))?;
    files::note_anomalies(&path, &reader);
    Ok(())
}

/// The recording that comes with the crate, from wherever the program is run.
fn music() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/music.wav");
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).map(Path::to_path_buf).unwrap_or(path)
}

/// Reads once: the windows one by one, and everything that passes by into the levels of the whole file.
fn measure<T: Sample>(source: &mut impl Source, arguments: &Arguments, table: &mut Table<'_>) -> Outcome {
    let spec = source.spec().clone();
    let total = RefCell::new(Levels::new(spec.channels()));
    let mut tap = Tap::<_, T> { source, total: &total, scratch: Vec::new() };
    table.head()?;
    if spec.sample_rate() == 0 {
        note(format_args!("the sample rate is 0 Hz, so that a window of seconds has no length: the whole file only"));
        tap.skip_frames(u64::MAX)?;
    } else {
        let len = frames("window", arguments.window, &spec)?;
        let hop = arguments.hop.map_or(Ok(len), |hop| frames("hop", hop, &spec))?;
        // A window longer than the file needs no more memory than that.
        let len = tap.frames().map_or(len, |frames| len.min(usize::try_from(frames).unwrap_or(len))).max(1);
        let mut windows = Windows::<_, T>::new(tap, len, hop).pad_end(T::zero());
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

/// Seconds as frames, at least one, of a window that memory can hold.
fn frames(name: &str, seconds: f64, spec: &Spec) -> Outcome<usize> {
    let frames = (seconds * f64::from(spec.sample_rate())).round().max(1.0);
    // A window is held in memory.
    let most = 1e9 / spec.channels() as f64;
    if frames > most {
        let rate = f64::from(spec.sample_rate());
        return Err(Failure::new(format!("--{name} {seconds} is too long: {frames} frames do not fit in memory"))
            .advise(format!("give at most {} seconds", (most / rate).floor())));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 10^9")]
    Ok(frames as usize)
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
        let step = files::block_len(self.spec());
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
    out: BufWriter<io::StdoutLock<'static>>,
    name: &'a str,
    spec: Spec,
    csv: bool,
    /// Channels side by side, as long as they fit on a line.
    wide: bool,
}

/// Channels that fit beside each other.
const WIDE_MAX: usize = 4;

impl<'a> Table<'a> {
    fn new(name: &'a str, spec: &Spec, csv: bool) -> Self {
        let out = BufWriter::new(io::stdout().lock());
        Table { out, name, spec: spec.clone(), csv, wide: !csv && spec.channels() <= WIDE_MAX }
    }

    fn head(&mut self) -> Outcome {
        if self.csv {
            writeln!(self.out, "file,start_seconds,start_frame,frames,channel,rms_dbfs,peak_dbfs")?;
            return Ok(());
        }
        writeln!(self.out, "{}: {}\n", printable(self.name), self.spec)?;
        if self.wide {
            let names: Vec<String> = channel_names(self.spec.channels()).collect();
            let width = 9 * names.len();
            let columns: String = names.iter().map(|name| format!("{name:>9}")).collect();
            writeln!(self.out, "{:>12}  {:>width$}  {:>width$}", "", "RMS, dBFS", "peak, dBFS")?;
            writeln!(self.out, "{:>12}  {columns}  {columns}", "channel")?;
        } else {
            writeln!(self.out, "{:>12}  {:>7}  {:>9}  {:>10}", "start", "channel", "RMS, dBFS", "peak, dBFS")?;
        }
        Ok(())
    }

    /// The rows of a window; without a start those of the whole file.
    fn rows(&mut self, start: Option<u64>, levels: &Levels) -> Outcome {
        let at = start.map(|start| seconds(start, self.spec.sample_rate()));
        let channels = (0..levels.channels()).map(|channel| Cow::Borrowed(levels.channel(channel)));
        let all = (levels.channels() > 1).then(|| Cow::Owned(levels.overall()));
        let all: Vec<Cow<'_, Level>> = channels.chain(all).collect();
        if self.csv {
            let label = at.map_or("total".to_owned(), |at| format!("{at:.6}"));
            let (name, first, frames) = (csv(self.name), start.unwrap_or(0), levels.frames());
            for (channel, level) in channel_names(levels.channels()).zip(&all) {
                let (rms, peak) = (dbfs(level.rms(), 6), dbfs(level.peak(), 6));
                writeln!(self.out, "{name},{label},{first},{frames},{channel},{rms},{peak}")?;
            }
            return Ok(());
        }
        let label = at.map_or("whole file".to_owned(), |at| format!("{at:.3} s"));
        if start.is_none() {
            writeln!(self.out)?;
        }
        if self.wide {
            let column = |of: fn(&Level) -> f64| -> String {
                all.iter().map(|level| format!("{:>9}", dbfs(of(level), 2))).collect()
            };
            writeln!(self.out, "{label:>12}  {}  {}", column(Level::rms), column(Level::peak))?;
        } else {
            for (row, (channel, level)) in channel_names(levels.channels()).zip(&all).enumerate() {
                let label = if row == 0 { label.as_str() } else { "" };
                let (rms, peak) = (dbfs(level.rms(), 2), dbfs(level.peak(), 2));
                writeln!(self.out, "{label:>12}  {channel:>7}  {rms:>9}  {peak:>10}")?;
            }
        }
        if start.is_none() {
            writeln!(self.out, "{:>12}", counted(levels.frames(), "frame"))?;
        }
        Ok(())
    }

    fn end(&mut self) -> Outcome {
        Ok(self.out.flush()?)
    }
}

/// 1, 2 … and, where there are several, all of them together.
fn channel_names(channels: usize) -> impl Iterator<Item = String> {
    (1..=channels).map(|number| number.to_string()).chain((channels > 1).then(|| "all".to_owned()))
}
