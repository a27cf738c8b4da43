//! ndaudio, as its own documentation has it.

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ndaudio::levels::{self, Levels};
use ndaudio::ndarray::{Array1, s};
use ndaudio::{Encoding, Sample, WavReader, WavWriter, gain, parallel};

use crate::answer::{GAIN, Measured, Probe, Result, whole};
use crate::bare::{BUFFER, PAGE, page_aligned};

/// Row 1, and row 9 in the type that is natural for the file.
pub fn rms(path: &Path, len: usize) -> Result {
    match WavReader::open(path)?.spec().encoding() {
        Encoding::F32 => rms_of::<f32>(path, len),
        Encoding::F64 => rms_of::<f64>(path, len),
        _ => rms_of::<i16>(path, len),
    }
}

fn rms_of<T: Sample>(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut rms = Array1::zeros(reader.spec().channels());
    let (mut frames, mut sum) = (0, 0.0);
    let mut blocks = reader.blocks::<T>(len);
    while let Some(block) = blocks.next()? {
        levels::rms_into(&block, &mut rms);
        frames += block.nrows();
        sum += rms.sum();
    }
    Ok(Measured::new(start.elapsed(), [("frames", frames as f64), ("block_rms", sum)]))
}

/// Row 2.
pub fn levels(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut total = Levels::new(reader.spec().channels());
    let mut blocks = reader.blocks::<i16>(len);
    while let Some(block) = blocks.next()? {
        total.add(&block);
    }
    let answer = answer(&total);
    Ok(Measured::new(start.elapsed(), answer))
}

fn answer(total: &Levels) -> Vec<(&'static str, f64)> {
    let rms = total.rms().mapv(|rms| rms * rms).mean().unwrap_or(f64::NAN).sqrt();
    let peak = total.peak().fold(0.0, |max: f64, &peak| max.max(peak));
    vec![("frames", total.frames() as f64), ("rms", rms), ("peak", peak)]
}

/// Row 3.
pub fn windows(path: &Path, len: usize, hop: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut rms = Array1::zeros(reader.spec().channels());
    let mut sum = 0.0;
    let mut windows = reader.windows::<i16>(len, hop);
    while let Some(window) = windows.next()? {
        levels::rms_into(&window, &mut rms);
        sum += rms.sum();
    }
    Ok(Measured::new(start.elapsed(), [("window_rms", sum)]))
}

/// Row 3's reference: the file read once into 256 KiB, and from there as many windows through the kernel as row 3 has.
pub fn windows_in_memory(path: &Path, len: usize, hop: usize) -> Result {
    let start = Instant::now();
    let mut file = File::open(path)?;
    let mut memory = vec![0; BUFFER + PAGE];
    let buffer = page_aligned(&mut memory);
    let mut rms = Array1::zeros(2);
    let (mut sum, mut windows) = (0.0, 0_usize);
    loop {
        let n = file.read(buffer)?;
        let frames = n / 4;
        if frames < len {
            break;
        }
        let samples = ndaudio::frombuffer::<i16>(&buffer[..frames * 4], 2)?;
        for first in (0..frames).step_by(hop) {
            let first = first.min(frames - len);
            levels::rms_into(&samples.slice(s![first..first + len, ..]), &mut rms);
            sum += rms.sum();
            windows += 1;
        }
    }
    black_box(sum);
    Ok(Measured::new(start.elapsed(), [("windows", windows as f64)]))
}

/// Row 4.
pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut probe = Probe::default();
    let mut blocks = reader.blocks::<f32>(len);
    while let Some(block) = black_box(blocks.next()?) {
        let n = block.nrows();
        probe.three(n, block[[0, 0]], block[[n / 2, 1]], block[[n - 1, 1]]);
    }
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

/// Row 5.
pub fn gain(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut writer = WavWriter::create(out, reader.spec())?;
    let mut blocks = reader.blocks::<i16>(4096);
    while let Some(mut block) = blocks.next()? {
        gain::apply(&mut block, f64::from(GAIN));
        writer.write(&block)?;
    }
    writer.finalize()?;
    Ok(Measured::new(start.elapsed(), []))
}

/// Row 6.
pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let samples = WavReader::open(path)?.read_all::<i16>()?;
    let time = start.elapsed();
    Ok(Measured::new(time, whole(samples.as_slice().ok_or("not contiguous")?)))
}

/// Row 8: one file, in parts.
pub fn levels_of_file(path: &Path, threads: usize) -> Result {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    let total = pool.install(|| parallel::levels_of_file(path))?;
    let answer = answer(&total);
    Ok(Measured::new(start.elapsed(), answer))
}

/// Row 8: many files.
pub fn levels_of_files(folder: &Path, threads: usize) -> Result {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.sort();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    let mut total = Levels::new(2);
    for levels in pool.install(|| parallel::levels_of_files(&paths)) {
        total.merge(&levels?);
    }
    let answer = answer(&total);
    Ok(Measured::new(start.elapsed(), answer))
}
