//! Generates a deployment: two sites, three encodings and FLAC, gaps, and five broken files.

use std::fs;
use std::path::{Path, PathBuf};

use ndaudio::ndarray::Array2;
use ndaudio::{Encoding, FlacWriter, Sample, Spec};

/// Frames per second: few, so that tests decode little.
pub const SAMPLE_RATE: u32 = 8000;
/// Seconds of most recordings.
const SECONDS: usize = 3;

/// A folder of recordings.
pub struct Deployment {
    pub root: PathBuf,
    /// The good recordings, in the order of their paths.
    pub recordings: Vec<PathBuf>,
    /// The broken ones.
    pub broken: Vec<PathBuf>,
}

/// A generator of numbers that are the same everywhere.
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Noise(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from −1 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(i32::try_from((self.0 >> 33) as i64 - (1 << 30)).unwrap()) / f64::from(1 << 30)
    }
}

impl Deployment {
    /// A deployment of 15 recordings a site, or of as many as `NDAUDIO_ARCHIVE_PER_SITE` says: `long.sh` asks for 1,000.
    pub fn generate_asked(root: &Path) -> Self {
        let asked = std::env::var("NDAUDIO_ARCHIVE_PER_SITE").ok();
        Self::generate(root, asked.map_or(15, |number| number.parse().unwrap()))
    }

    /// Writes `per_site` recordings of each site, every ten minutes from 2024-05-01T22:00 on, with every seventh missing.
    pub fn generate(root: &Path, per_site: usize) -> Self {
        let mut recordings = Vec::new();
        for (site_number, site) in ["harbour", "reef"].into_iter().enumerate() {
            let folder = root.join(format!("site={site}")).join("deployment=2024a");
            fs::create_dir_all(&folder).unwrap();
            for number in 0..per_site {
                // Every seventh slot is a gap.
                let slot = number + number / 6;
                let minutes = 22 * 60 + slot * 10;
                let (day, hour, minute) = (1 + minutes / 1440, minutes / 60 % 24, minutes % 60);
                let (month, day) = (5 + (day - 1) / 30, (day - 1) % 30 + 1);
                let path = folder.join(format!(
                    "2024{month:02}{day:02}_{hour:02}{minute:02}00.{}",
                    ["wav", "wav", "wav", "flac"][number % 4]
                ));
                write(&path, site_number * 100_000 + number);
                recordings.push(path);
            }
        }
        recordings.sort();
        let broken = break_some(root, &recordings[0]);
        Deployment { root: root.to_owned(), recordings, broken }
    }
}

fn write(path: &Path, number: usize) {
    let mut noise = Noise::new(number as u64);
    let is_flac = number % 4 == 3;
    let encoding = match (number % 4, number % 8) {
        (0, _) | (_, 3) => Encoding::I16,
        (1, _) | (_, 7) => Encoding::I24,
        _ => Encoding::F32,
    };
    let channels = 1 + number / 2 % 2;
    // The last window of every second recording is short.
    let frames = SECONDS * SAMPLE_RATE as usize - (number % 2) * 1234;
    let gain = 10_f64.powf(-((number % 5) as f64) / 4.0);
    let spec = Spec::new(SAMPLE_RATE, channels, encoding);
    match encoding {
        Encoding::I16 => {
            // Some samples clip.
            let samples = Array2::from_shape_simple_fn((frames, channels), || (noise.next() * gain * 33_000.0) as i16);
            if is_flac { write_flac(path, &samples, &spec) } else { ndaudio::write(path, &samples, &spec).unwrap() }
        }
        Encoding::I24 => {
            let full = f64::from(1 << 23) - 1.0;
            let samples =
                Array2::from_shape_simple_fn((frames, channels), || ((noise.next() * gain * full) as i32) << 8);
            if is_flac { write_flac(path, &samples, &spec) } else { ndaudio::write(path, &samples, &spec).unwrap() }
        }
        _ => {
            let samples = Array2::from_shape_simple_fn((frames, channels), || (noise.next() * gain) as f32);
            ndaudio::write(path, &samples, &spec).unwrap();
        }
    }
}

fn write_flac<T: Sample>(path: &Path, samples: &Array2<T>, spec: &Spec) {
    let mut writer = FlacWriter::create(path, spec).unwrap();
    writer.write(samples).unwrap();
    writer.finalize().unwrap();
}

/// Five files that are recordings by their names only.
fn break_some(root: &Path, intact: &Path) -> Vec<PathBuf> {
    let folder = root.join("site=reef").join("deployment=2024a");
    let intact = fs::read(intact).unwrap();
    let format = intact.windows(4).position(|window| window == b"fmt ").unwrap();
    let mut no_channels = intact.clone();
    no_channels[format + 10..format + 12].fill(0);
    let mut no_format = intact.clone();
    no_format[format..format + 4].copy_from_slice(b"JUNK");
    let files: [(&str, &[u8]); 5] = [
        ("broken_1_empty.wav", b""),
        ("broken_2_text.flac", b"This is no recording.\n"),
        ("broken_3_cut_in_the_header.wav", &intact[..20]),
        ("broken_4_no_channels.wav", &no_channels),
        ("broken_5_no_fmt.wav", &no_format),
    ];
    let write = |(name, bytes): (&str, &[u8])| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    files.into_iter().map(write).collect()
}
