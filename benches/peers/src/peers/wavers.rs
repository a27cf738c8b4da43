//! wavers: boxed slices of samples. Its own `blocks` skips audio, so that `read_samples` is what works.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use wavers::Wav;

use crate::answer::{BlockRms, Measured, Probe, Result, amplify, whole};

pub fn rms(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut wav = Wav::<i16>::from_path(path)?;
    let mut left = wav.n_samples();
    let mut rms = BlockRms::default();
    while left > 0 {
        let block = wav.read_samples(left.min(2 * len))?;
        left -= block.len();
        rms.interleaved(&block);
    }
    Ok(Measured::new(start.elapsed(), rms.answer()))
}

pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut wav = Wav::<f32>::from_path(path)?;
    let mut left = wav.n_samples();
    let mut probe = Probe::default();
    while left > 0 {
        let block = wav.read_samples(left.min(2 * len))?;
        left -= block.len();
        probe.interleaved(black_box(&block));
    }
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

/// Whole files only: wavers writes none in pieces.
pub fn gain(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut wav = Wav::<i16>::from_path(path)?;
    let mut samples = wav.read()?;
    amplify(&mut samples);
    wavers::write(out, &samples, wav.sample_rate(), wav.n_channels())?;
    Ok(Measured::new(start.elapsed(), []))
}

pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let (samples, _) = wavers::read::<i16, _>(path)?;
    let time = start.elapsed();
    Ok(Measured::new(time, whole(&samples)))
}
