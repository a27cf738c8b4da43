//! waveadapter: raw bytes for 16-bit rows, which is its fastest way; its own conversion to f32 for row 4.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::time::Instant;

use audioadapter_buffers::direct::InterleavedSlice;
use waveadapter::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::answer::{BlockRms, Measured, Probe, Result, amplify, whole};

const BUFFER: usize = 256 * 1024;

fn decode(bytes: &[u8], samples: &mut Vec<i16>) {
    samples.clear();
    samples.extend(bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])));
}

pub fn rms(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::new(BufReader::with_capacity(BUFFER, File::open(path)?))?;
    let (mut bytes, mut block) = (Vec::new(), Vec::new());
    let mut rms = BlockRms::default();
    loop {
        bytes.clear();
        if reader.read_raw_interleaved(len, &mut bytes)? == 0 {
            break;
        }
        decode(&bytes, &mut block);
        rms.interleaved(&block);
    }
    Ok(Measured::new(start.elapsed(), rms.answer()))
}

pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::new(BufReader::with_capacity(BUFFER, File::open(path)?))?;
    let mut block = vec![0.0_f32; 2 * len];
    let mut probe = Probe::default();
    loop {
        match reader.read_into_float(&mut InterleavedSlice::new_mut(&mut block, 2, len)?)? {
            0 => break,
            frames => probe.interleaved(black_box(&block[..2 * frames])),
        }
    }
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

pub fn gain(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut reader = WavReader::new(BufReader::with_capacity(BUFFER, File::open(path)?))?;
    let spec = WavSpec::new(2, 48_000, SampleFormat::I16);
    let mut writer = WavWriter::new(BufWriter::with_capacity(BUFFER, File::create(out)?), spec)?;
    let (mut bytes, mut block) = (Vec::new(), Vec::new());
    loop {
        bytes.clear();
        if reader.read_raw_interleaved(4096, &mut bytes)? == 0 {
            break;
        }
        decode(&bytes, &mut block);
        amplify(&mut block);
        for (bytes, sample) in bytes.chunks_exact_mut(2).zip(&block) {
            bytes.copy_from_slice(&sample.to_le_bytes());
        }
        writer.write_raw_interleaved(&bytes)?;
    }
    writer.finalize()?;
    Ok(Measured::new(start.elapsed(), []))
}

pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let bytes = WavReader::new(File::open(path)?)?.read_raw_all()?;
    let mut samples = Vec::with_capacity(bytes.len() / 2);
    decode(&bytes, &mut samples);
    let time = start.elapsed();
    Ok(Measured::new(time, whole(&samples)))
}
