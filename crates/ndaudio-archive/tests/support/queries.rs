//! Ten queries, and their answers by plain Rust: [`ndaudio::Levels`] and loops.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ndaudio::ndarray::{Axis, s};
use ndaudio::{DynSource, Encoding, Levels, Sample, Source, db};
use ndaudio_archive::block_frames;

use super::deployment::{Deployment, SAMPLE_RATE};
use super::value::Value;

/// A query with `{}` for the location.
pub const QUERIES: [&str; 10] = [
    "SELECT file, channel, COUNT(*), SUM(frames), SUM(sum), SUM(sum_squares), MIN(min), MAX(max), SUM(clipped), SUM(zero_crossings)
     FROM audio('{}', '1 s') GROUP BY file, channel ORDER BY file, channel",
    "SELECT site, full_scale, rms(levels), rms_db(levels), peak_db(levels) FROM audio('{}', '1 s')
     GROUP BY site, full_scale ORDER BY site, full_scale",
    "SELECT site, to_char(date_bin(INTERVAL '1 hour', start_time), '%Y-%m-%dT%H') AS hour, SUM(frames), COUNT(DISTINCT file)
     FROM audio('{}', '1 s') GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT site, channel, leq(dbfs(rms)) FROM audio('{}', '100 ms') GROUP BY site, channel ORDER BY site, channel",
    "SELECT site, l(90, dbfs(rms)), l(50, dbfs(rms)), l(10, dbfs(rms)) FROM audio('{}', '4096 frames') GROUP BY site ORDER BY site",
    "SELECT file, channel, frames, sum, sum_squares, rms, peak FROM audio('{}', 'file') ORDER BY file, channel",
    "SELECT COUNT(*), SUM(sum_squares), SUM(frames) FROM audio('{}', '1 s')
     WHERE start_time >= TIMESTAMP '2024-05-01T23:00:00Z' AND start_time < TIMESTAMP '2024-05-02T01:00:00Z' AND channel = 1",
    "SELECT site, deployment, COUNT(*), SUM(frames), SUM(channels), COUNT(error) FROM recordings('{}')
     GROUP BY site, deployment ORDER BY site, deployment",
    "SELECT site, file FROM errors('{}') ORDER BY file",
    "SELECT r.container, r.encoding, COUNT(*), SUM(a.sum_squares), SUM(a.clipped)
     FROM audio('{}', '1 s') a JOIN recordings('{}') r ON a.file = r.file
     GROUP BY r.container, r.encoding ORDER BY r.container, r.encoding",
];

/// A window of one channel.
struct Row {
    file: String,
    site: String,
    encoding: Encoding,
    channel: usize,
    /// Milliseconds since 2024-05-01T00:00.
    start: u64,
    frames: u64,
    levels: Levels,
}

impl Row {
    fn container(&self) -> &'static str {
        if self.file.ends_with(".flac") { "FLAC" } else { "RIFF/WAVE" }
    }

    fn bits(&self) -> Option<u32> {
        match self.encoding {
            Encoding::I16 => Some(16),
            Encoding::I24 => Some(24),
            _ => None,
        }
    }

    fn full_scale(&self) -> f64 {
        self.bits().map_or(1.0, |bits| f64::from(1 << (bits - 1)))
    }

    /// Sum and sum of squares in units of the stored samples.
    fn sums(&self) -> Option<(i128, i128)> {
        let shift = 32 - self.bits()?;
        let (sum, squares) = self.levels.channel(self.channel).integer_sums()?;
        Some((sum >> shift, i128::try_from(squares >> (2 * shift)).unwrap()))
    }
}

fn site(path: &str) -> String {
    path.split('/').find_map(|part| part.strip_prefix("site=")).unwrap().to_owned()
}

/// Milliseconds since 2024-05-01 of a name like 20240502_013000.wav; the deployments of tests are in May and June.
fn start(path: &str) -> u64 {
    let name = path.rsplit('/').next().unwrap();
    let number = |range: std::ops::Range<usize>| name[range].parse::<u64>().unwrap();
    let days = (number(4..6) - 5) * 31 + number(6..8) - 1;
    (((days * 24 + number(9..11)) * 60 + number(11..13)) * 60 + number(13..15)) * 1000
}

fn windows(recordings: &[PathBuf], len: Option<usize>) -> Vec<Row> {
    let mut all = Vec::new();
    for path in recordings {
        let mut reader = ndaudio::open(path).unwrap();
        match reader.spec().encoding() {
            Encoding::I16 => add_windows::<i16>(&mut reader, path, len, &mut all),
            Encoding::I24 => add_windows::<i32>(&mut reader, path, len, &mut all),
            _ => add_windows::<f32>(&mut reader, path, len, &mut all),
        }
    }
    all
}

fn add_windows<T: Sample>(
    reader: &mut Box<dyn DynSource>,
    path: &std::path::Path,
    len: Option<usize>,
    all: &mut Vec<Row>,
) {
    let samples = reader.read_all::<T>().unwrap();
    let file = path.to_str().unwrap().to_owned();
    let (frames, channels) = samples.dim();
    let len = len.unwrap_or(frames);
    for first in (0..frames).step_by(len) {
        let window = samples.slice(s![first..(first + len).min(frames), ..]);
        let mut levels = Levels::new(channels);
        window.axis_chunks_iter(Axis(0), block_frames(channels)).for_each(|block| levels.add(&block));
        for channel in 0..channels {
            all.push(Row {
                site: site(&file),
                start: start(&file) + first as u64 * 1000 / u64::from(SAMPLE_RATE),
                file: file.clone(),
                encoding: reader.spec().encoding(),
                channel,
                frames: window.nrows() as u64,
                levels: levels.clone(),
            });
        }
    }
}

fn groups<K: Ord>(rows: &[Row], key: impl Fn(&Row) -> K) -> BTreeMap<K, Vec<&Row>> {
    let mut groups: BTreeMap<K, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| groups.entry(key(row)).or_default().push(row));
    groups
}

/// The sum of floats, rounded once: Shewchuk's algorithm as in CPython's `math.fsum`.
pub fn fsum(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut partials: Vec<f64> = Vec::new();
    for mut x in values {
        let mut kept = Vec::new();
        for &(mut y) in &partials {
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        partials = kept;
    }
    let Some(mut high) = partials.pop() else { return 0.0 };
    let mut low = 0.0;
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Round half to even: the next partial decides.
    if let Some(&next) = partials.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high
}

fn mean_square(rows: &[&Row]) -> f64 {
    if rows[0].bits().is_some() {
        let mut merged = Levels::new(1);
        let parts = rows.iter().map(|row| {
            let mut state = serde_json::to_value(&row.levels).unwrap();
            let channel = state["channels"][row.channel].clone();
            state["channels"] = serde_json::json!([channel]);
            serde_json::from_value::<Levels>(state).unwrap()
        });
        parts.for_each(|part| merged.merge(&part));
        return merged.channel(0).mean_square();
    }
    let samples: u64 = rows.iter().map(|row| row.frames).sum();
    fsum(rows.iter().map(|row| row.levels.channel(row.channel).mean_square() * row.frames as f64)) / samples as f64
}

/// `numpy.percentile(levels, percent)`.
fn percentile(mut levels: Vec<f64>, percent: f64) -> f64 {
    levels.sort_by(f64::total_cmp);
    let place = percent / 100.0 * (levels.len() - 1) as f64;
    let (low, high) = (levels[place.floor() as usize], levels[place.ceil() as usize]);
    match place.fract() {
        0.0 => low,
        _ if low == high => low,
        part if part < 0.5 => low + (high - low) * part,
        part => high - (high - low) * (1.0 - part),
    }
}

fn rms_db(row: &Row) -> f64 {
    db::from_amplitude(row.levels.channel(row.channel).rms())
}

fn sum<T: std::iter::Sum>(rows: &[&Row], read: impl Fn(&Row) -> T) -> T {
    rows.iter().map(|row| read(row)).sum()
}

/// Sums as SQL does: NULL of nothing but NULLs.
fn sum_some(rows: &[&Row], read: impl Fn(&Row) -> Option<i128>) -> Value {
    let values: Vec<i128> = rows.iter().filter_map(|row| read(row)).collect();
    if values.is_empty() { Value::Null } else { values.iter().sum::<i128>().into() }
}

/// The rows of one of the [`QUERIES`], by plain Rust.
pub fn answer(query: usize, deployment: &Deployment) -> Vec<Vec<Value>> {
    let second = SAMPLE_RATE as usize;
    let all = |len| windows(&deployment.recordings, len);
    match query {
        0 => {
            let rows = all(Some(second));
            let groups = groups(&rows, |row| (row.file.clone(), row.channel));
            let line = |((file, channel), rows): ((String, usize), Vec<&Row>)| {
                let level = |row: &Row| row.levels.channel(row.channel).clone();
                let low = rows.iter().map(|row| level(row).min() * row.full_scale()).fold(f64::INFINITY, f64::min);
                let high = rows.iter().map(|row| level(row).max() * row.full_scale()).fold(f64::NEG_INFINITY, f64::max);
                vec![
                    file.into(),
                    channel.into(),
                    rows.len().into(),
                    sum(&rows, |row| row.frames).into(),
                    sum_some(&rows, |row| Some(row.sums()?.0)),
                    sum_some(&rows, |row| Some(row.sums()?.1)),
                    low.into(),
                    high.into(),
                    sum(&rows, |row| level(row).clipped()).into(),
                    sum(&rows, |row| level(row).zero_crossings()).into(),
                ]
            };
            groups.into_iter().map(line).collect()
        }
        1 => {
            let rows = all(Some(second));
            let groups = groups(&rows, |row| (row.site.clone(), row.full_scale() as u64));
            let line = |((site, full_scale), rows): ((String, u64), Vec<&Row>)| {
                let rms = mean_square(&rows).sqrt();
                let peak = rows.iter().map(|row| row.levels.channel(row.channel).peak()).fold(0.0, f64::max);
                vec![
                    site.into(),
                    (full_scale as f64).into(),
                    rms.into(),
                    db::from_amplitude(rms).into(),
                    db::from_amplitude(peak).into(),
                ]
            };
            groups.into_iter().map(line).collect()
        }
        2 => {
            let rows = all(Some(second));
            let groups = groups(&rows, |row| (row.site.clone(), row.start / 3_600_000));
            let line = |((site, hour), rows): ((String, u64), Vec<&Row>)| {
                let mut files: Vec<&str> = rows.iter().map(|row| row.file.as_str()).collect();
                files.dedup();
                let (month, day) = if hour / 24 < 31 { (5, hour / 24 + 1) } else { (6, hour / 24 - 30) };
                let hour = format!("2024-{month:02}-{day:02}T{:02}", hour % 24);
                vec![site.into(), hour.into(), sum(&rows, |row| row.frames).into(), files.len().into()]
            };
            groups.into_iter().map(line).collect()
        }
        3 => {
            let rows = all(Some(second / 10));
            let groups = groups(&rows, |row| (row.site.clone(), row.channel));
            let line = |((site, channel), rows): ((String, usize), Vec<&Row>)| {
                let power = fsum(rows.iter().map(|row| 10_f64.powf(rms_db(row) / 10.0))) / rows.len() as f64;
                vec![site.into(), channel.into(), (10.0 * power.log10()).into()]
            };
            groups.into_iter().map(line).collect()
        }
        4 => {
            let rows = all(Some(4096));
            let line = |(site, rows): (String, Vec<&Row>)| {
                let levels: Vec<f64> = rows.iter().map(|row| rms_db(row)).collect();
                let exceeded = |percent: f64| Value::from(percentile(levels.clone(), 100.0 - percent));
                vec![site.into(), exceeded(90.0), exceeded(50.0), exceeded(10.0)]
            };
            groups(&rows, |row| row.site.clone()).into_iter().map(line).collect()
        }
        5 => {
            let line = |row: &Row| {
                let level = row.levels.channel(row.channel);
                let sums = row.sums();
                vec![
                    row.file.clone().into(),
                    row.channel.into(),
                    row.frames.into(),
                    sums.map_or(Value::Null, |(sum, _)| sum.into()),
                    sums.map_or(Value::Null, |(_, squares)| squares.into()),
                    level.rms().into(),
                    level.peak().into(),
                ]
            };
            all(None).iter().map(line).collect()
        }
        6 => {
            let rows = all(Some(second));
            let hour = 3_600_000;
            let rows: Vec<&Row> =
                rows.iter().filter(|row| (23 * hour..25 * hour).contains(&row.start) && row.channel == 1).collect();
            let squares = sum_some(&rows, |row| Some(row.sums()?.1));
            vec![vec![rows.len().into(), squares, sum(&rows, |row| row.frames).into()]]
        }
        7 => {
            let rows: Vec<Row> = all(None).into_iter().filter(|row| row.channel == 0).collect();
            let line = |(site, rows): (String, Vec<&Row>)| {
                let broken = deployment.broken.iter().filter(|path| self::site(path.to_str().unwrap()) == site).count();
                vec![
                    site.into(),
                    "2024a".into(),
                    (rows.len() + broken).into(),
                    sum(&rows, |row| row.frames).into(),
                    sum(&rows, |row| row.levels.channels()).into(),
                    broken.into(),
                ]
            };
            groups(&rows, |row| row.site.clone()).into_iter().map(line).collect()
        }
        8 => deployment.broken.iter().map(|path| vec!["reef".into(), path.to_str().unwrap().into()]).collect(),
        9 => {
            let rows = all(Some(second));
            let line = |((container, encoding), rows): ((&str, String), Vec<&Row>)| {
                vec![
                    container.into(),
                    encoding.into(),
                    rows.len().into(),
                    sum_some(&rows, |row| Some(row.sums()?.1)),
                    sum(&rows, |row| row.levels.channel(row.channel).clipped()).into(),
                ]
            };
            groups(&rows, |row| (row.container(), row.encoding.to_string())).into_iter().map(line).collect()
        }
        _ => panic!("there are ten queries"),
    }
}
