//! What goes beyond windows and levels of WAV files: FLAC, spectra, stages, loudness.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use ndaudio::filter::{self, Band};
use ndaudio::levels::{self, Levels, Measure};
use ndaudio::ndarray::{Array1, Array2, Axis, s};
use ndaudio::resample::Quality;
use ndaudio::{ArraySource, Loudness, Ltsa, LtsaRow, MediaReader, Source, Spectrum, WavReader, parallel};

use crate::answer::{Measured, Result};

/// The length of a window, and the frames from one to the next.
const LEN: usize = 2048;
const HOP: usize = 512;
/// The line of the spectra that is added up.
const BIN: usize = 100;

/// Row 11: row 1's work on a FLAC file, whose MD5 is compared or not.
pub fn flac_rms(path: &Path, md5: bool) -> Result {
    let start = Instant::now();
    let mut reader = MediaReader::open(path)?;
    if !md5 {
        reader = reader.without_md5();
    }
    let mut rms = Array1::zeros(reader.spec().channels());
    let (mut frames, mut sum) = (0, 0.0);
    let mut blocks = reader.blocks::<i16>(1024);
    while let Some(block) = blocks.next()? {
        levels::rms_into(&block, &mut rms);
        frames += block.nrows();
        sum += rms.sum();
    }
    Ok(Measured::new(start.elapsed(), [("frames", frames as f64), ("block_rms", sum)]))
}

/// Row 11: one FLAC file on so many threads.
pub fn flac_levels(path: &Path, threads: usize) -> Result {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    let total: Levels = pool.install(|| parallel::levels_of_file(path))?;
    let answer = [("frames", total.frames() as f64), ("peak", total.peak().fold(0.0, |max: f64, &peak| max.max(peak)))];
    Ok(Measured::new(start.elapsed(), answer))
}

/// Row 11: the RMS of each window of one FLAC file, on so many threads.
pub fn flac_curve(path: &Path, threads: usize) -> Result {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    let curve = pool.install(|| parallel::curve_of_file(path, Measure::Rms, LEN, HOP))?;
    Ok(Measured::new(start.elapsed(), [("window_rms", curve.sum())]))
}

/// A buffer, and where in it a cache line begins: elsewhere realfft takes twice as long.
fn aligned<N: Clone>(mut buffer: Vec<N>, value: N) -> (Vec<N>, usize) {
    buffer.resize(buffer.len() + 64, value);
    let start = buffer.as_ptr().align_offset(64);
    (buffer, start)
}

/// Row 12: the transforms of as many windows alone, by realfft, from one buffer to one buffer.
pub fn transforms(path: &Path) -> Result {
    let start = Instant::now();
    let reader = WavReader::open(path)?;
    let windows = (reader.frames().ok_or("a header says how many")? - LEN as u64) / HOP as u64 + 1;
    let fft = realfft::RealFftPlanner::<f32>::new().plan_fft_forward(LEN);
    let window: Vec<f32> = (0..LEN).map(|frame| (frame as f32).sin()).collect();
    let zero = realfft::num_complex::Complex::new(0.0, 0.0);
    let (bins, scratch_len) = (LEN / 2 + 1, fft.get_scratch_len());
    let (window, at) = aligned(window, 0.0);
    let window = &window[at..at + LEN];
    let (mut input, at) = aligned(window.to_vec(), 0.0);
    let input = &mut input[at..at + LEN];
    let (mut output, at) = aligned(fft.make_output_vec(), zero);
    let output = &mut output[at..at + bins];
    let (mut scratch, at) = aligned(fft.make_scratch_vec(), zero);
    let scratch = &mut scratch[at..at + scratch_len];
    for _ in 0..windows * reader.spec().channels() as u64 {
        // The transform leaves rubbish in its input, which would grow without end.
        input.copy_from_slice(black_box(window));
        fft.process_with_scratch(input, output, scratch)?;
        black_box(&*output);
    }
    Ok(Measured::new(start.elapsed(), [("windows", windows as f64)]))
}

/// Row 12: the power of each window, as floats.
pub fn power(path: &Path) -> Result {
    let start = Instant::now();
    let mut plan = Spectrum::<f32>::new(LEN);
    let mut reader = WavReader::open(path)?;
    let mut windows = reader.windows::<i16>(LEN, HOP);
    let mut sum = 0.0;
    while let Some(window) = windows.next()? {
        sum += plan.power(&window).row(BIN).iter().map(|&power| f64::from(power)).sum::<f64>();
    }
    Ok(Measured::new(start.elapsed(), [("power", sum)]))
}

/// Row 12: one mean density, on so many threads.
pub fn welch(path: &Path, threads: usize) -> Result {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    let density = pool.install(|| parallel::psd_of_file(path, &Spectrum::<f32>::new(LEN), HOP))?.density();
    Ok(Measured::new(start.elapsed(), [("density", density.row(BIN).sum())]))
}

/// Row 12: long-term averages, rows of a minute of windows of a second that overlap by half. One thread keeps no rows.
pub fn ltsa(path: &Path, threads: usize) -> Result {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let rate = reader.spec().sample_rate();
    let mut ltsa = Ltsa::new(Spectrum::<f32>::new(rate as usize), rate, 60 * u64::from(rate)).hop(rate as usize / 2);
    let mut sum = 0.0;
    if threads == 1 {
        ltsa.stream(&mut reader, |row: LtsaRow<'_>| {
            sum += row.values().row(BIN).sum();
            Ok(())
        })?;
    } else {
        let rows = pool.install(|| parallel::ltsa_of_file(path, &ltsa))?;
        sum = rows.rows().map(|row| row.values().row(BIN).sum()).sum();
    }
    Ok(Measured::new(start.elapsed(), [("ltsa", sum)]))
}

/// Row 13: one channel in memory, from one sample rate to another.
pub fn resample(path: &Path, from: u32, to: u32, quality: Quality) -> Result {
    let stereo = first_seconds(path, 100 * from as usize)?;
    let mono = stereo.slice(s![.., ..1]).as_standard_layout().into_owned();
    let start = Instant::now();
    let mut source = ArraySource::new(mono.view(), from).resample_with(to, quality)?;
    let (mut frames, mut squares) = (0, 0.0);
    let mut blocks = source.blocks::<f32>(4096);
    while let Some(block) = black_box(blocks.next()?) {
        frames += block.nrows();
        squares += f64::from(block[[0, 0]]);
    }
    black_box(squares);
    Ok(Measured::new(start.elapsed(), [("frames", frames as f64)]))
}

/// Row 13: from a stereo file to windows of one channel at 16 kHz.
pub fn mono_16k(path: &Path) -> Result {
    let start = Instant::now();
    let mut source = ndaudio::open(path)?.mono().resample(16_000)?;
    let (mut windows, mut count) = (source.windows::<f32>(400, 160), 0_usize);
    while let Some(window) = black_box(windows.next()?) {
        black_box(window[[0, 0]]);
        count += 1;
    }
    Ok(Measured::new(start.elapsed(), [("windows", count as f64)]))
}

/// Row 13: an eighth-order low-pass over doubles in memory.
pub fn sosfilt(path: &Path, channels: usize) -> Result {
    let stereo = first_seconds(path, 480_000 * channels)?;
    let doubles = stereo.iter().take(960_000 * channels).map(|&sample| f64::from(sample)).collect();
    let mut samples = Array2::from_shape_vec((960_000, channels), doubles)?;
    let start = Instant::now();
    let mut state = filter::butterworth(8, Band::Lowpass(1_000.0), 48_000).state(channels);
    samples.axis_chunks_iter_mut(Axis(0), 4096).for_each(|mut block| state.filter(&mut block));
    let time = start.elapsed();
    Ok(Measured::new(time, [("squares", samples.iter().map(|sample| sample * sample).sum())]))
}

fn first_seconds(path: &Path, frames: usize) -> Result<Array2<f32>> {
    let reader = WavReader::open(path)?;
    let frames = (frames as u64).min(Source::frames(&reader).unwrap_or(0));
    Ok(reader.section(0..frames).read_all::<f32>()?)
}

/// Row 14: loudness and true peak of a file.
pub fn loudness(path: &Path) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut loudness = Loudness::new(reader.spec())?;
    let mut blocks = reader.blocks::<f32>(16_384);
    while let Some(block) = blocks.next()? {
        loudness.add(&block);
    }
    let (integrated, peak) = (loudness.integrated(), loudness.true_peak());
    black_box(peak);
    Ok(Measured::new(start.elapsed(), [("loudness", integrated)]))
}
