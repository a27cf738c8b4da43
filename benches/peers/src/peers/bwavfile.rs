//! bwavfile: frames into a caller's slice.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use bwavfile::{WaveFmt, WaveReader, WaveWriter};

use crate::answer::{BlockRms, Measured, Probe, Result, amplify, whole};

pub fn rms(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WaveReader::open(path)?.audio_frame_reader()?;
    let mut block = vec![0_i16; 2 * len];
    let mut rms = BlockRms::default();
    loop {
        match reader.read_frames(&mut block)? as usize {
            0 => break,
            frames => rms.interleaved(&block[..2 * frames]),
        }
    }
    Ok(Measured::new(start.elapsed(), rms.answer()))
}

pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WaveReader::open(path)?.audio_frame_reader()?;
    let mut block = vec![0.0_f32; 2 * len];
    let mut probe = Probe::default();
    loop {
        match reader.read_frames(&mut block)? as usize {
            0 => break,
            frames => probe.interleaved(black_box(&block[..2 * frames])),
        }
    }
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

pub fn gain(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut reader = WaveReader::open(path)?.audio_frame_reader()?;
    let mut writer = WaveWriter::create(out, WaveFmt::new_pcm_stereo(48_000, 16))?.audio_frame_writer()?;
    let mut block = vec![0_i16; 2 * 4096];
    loop {
        match reader.read_frames(&mut block)? as usize {
            0 => break,
            frames => {
                amplify(&mut block[..2 * frames]);
                writer.write_frames(&block[..2 * frames])?;
            }
        }
    }
    writer.end()?;
    Ok(Measured::new(start.elapsed(), []))
}

pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let mut reader = WaveReader::open(path)?;
    let mut samples = vec![0_i16; 2 * reader.frame_length()? as usize];
    let frames = reader.audio_frame_reader()?.read_frames(&mut samples)?;
    let time = start.elapsed();
    Ok(Measured::new(time, whole(&samples[..2 * frames as usize])))
}
