//! hound: an iterator over samples.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use hound::{WavReader, WavWriter};

use crate::answer::{BlockRms, GAIN, Measured, Probe, Result, square, whole};

pub fn rms(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut samples = reader.samples::<i16>();
    let mut rms = BlockRms::default();
    'blocks: loop {
        let mut sums = [0; 2];
        for frame in 0..len {
            for sum in &mut sums {
                let Some(sample) = samples.next() else {
                    rms.block(frame, sums);
                    break 'blocks;
                };
                *sum += square(sample?);
            }
        }
        rms.block(len, sums);
    }
    Ok(Measured::new(start.elapsed(), rms.answer()))
}

/// hound converts no integers to floats: the division is its user's.
pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut samples = reader.samples::<i32>();
    let mut block = Vec::with_capacity(2 * len);
    let mut probe = Probe::default();
    loop {
        block.clear();
        for sample in samples.by_ref().take(2 * len) {
            block.push(sample? as f32 / 8_388_608.0);
        }
        if block.is_empty() {
            break;
        }
        probe.interleaved(black_box(&block));
    }
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

pub fn gain(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::open(path)?;
    let mut writer = WavWriter::create(out, reader.spec())?;
    for sample in reader.samples::<i16>() {
        writer.write_sample((f32::from(sample?) * GAIN).round_ties_even() as i16)?;
    }
    writer.finalize()?;
    Ok(Measured::new(start.elapsed(), []))
}

pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let samples = WavReader::open(path)?.into_samples::<i16>().collect::<std::result::Result<Vec<_>, _>>()?;
    let time = start.elapsed();
    Ok(Measured::new(time, whole(&samples)))
}
