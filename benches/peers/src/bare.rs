//! The references: what the kernel of the operating system takes for the bytes alone.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use crate::answer::{Measured, Result, whole};

/// The buffer of every reference.
pub const BUFFER: usize = 256 * 1024;
/// More of it than is used, to begin where a page does.
pub const PAGE: usize = 4096;

/// The buffer, from where a page begins: as a large vector begins 16 bytes after a page, `read` into it would take three times as long on some
/// CPUs.
pub fn page_aligned(memory: &mut [u8]) -> &mut [u8] {
    let begin = memory.as_ptr().align_offset(PAGE);
    &mut memory[begin..begin + BUFFER]
}

/// Reads the file into one buffer.
pub fn read(path: &Path) -> Result {
    let start = Instant::now();
    let mut file = File::open(path)?;
    let mut memory = vec![0; BUFFER + PAGE];
    let buffer = page_aligned(&mut memory);
    let mut bytes = 0;
    loop {
        match file.read(buffer)? {
            0 => break,
            n => bytes += n,
        }
        black_box(&mut *buffer);
    }
    Ok(Measured::new(start.elapsed(), [("bytes", bytes as f64)]))
}

/// Reads a stereo 24-bit file into one buffer, and writes a block of 4096 frames of f32 for every 4096 frames read.
pub fn read_and_write_f32(path: &Path) -> Result {
    let start = Instant::now();
    let mut file = File::open(path)?;
    let mut memory = vec![0; BUFFER + PAGE];
    let buffer = page_aligned(&mut memory);
    let mut block = vec![0.0_f32; 4096 * 2];
    let (mut bytes, mut written) = (0, 0);
    loop {
        match file.read(buffer)? {
            0 => break,
            n => bytes += n,
        }
        black_box(&mut *buffer);
        while written + block.len() * 3 <= bytes {
            block.fill(f32::from(buffer[0]));
            black_box(&mut block);
            written += block.len() * 3;
        }
    }
    Ok(Measured::new(start.elapsed(), [("bytes", bytes as f64)]))
}

/// Copies the file through one buffer.
pub fn copy(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut file = File::open(path)?;
    let mut copy = File::create(out)?;
    let mut memory = vec![0; BUFFER + PAGE];
    let buffer = page_aligned(&mut memory);
    let mut bytes = 0;
    loop {
        match file.read(buffer)? {
            0 => break,
            n => {
                copy.write_all(&buffer[..n])?;
                bytes += n;
            }
        }
    }
    drop(copy);
    Ok(Measured::new(start.elapsed(), [("bytes", bytes as f64)]))
}

/// `std::fs::read`.
pub fn std_read(path: &Path) -> Result {
    let start = Instant::now();
    let bytes = black_box(std::fs::read(path)?);
    Ok(Measured::new(start.elapsed(), [("bytes", bytes.len() as f64)]))
}

/// Frames and RMS of a stereo 16-bit file, with nothing of any library: for checking what gain has written.
pub fn check_i16(path: &Path) -> Result {
    let start = Instant::now();
    let bytes = std::fs::read(path)?;
    let samples: Vec<i16> = data(&bytes)?.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
    Ok(Measured::new(start.elapsed(), whole(&samples)))
}

/// The probe of row 4 over a headerless file of f32.
pub fn check_raw_f32(path: &Path) -> Result {
    let start = Instant::now();
    let samples: Vec<f32> =
        std::fs::read(path)?.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let mut probe = crate::answer::Probe::default();
    samples.chunks(4096 * 2).for_each(|block| probe.interleaved(block));
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

/// The body of the data chunk; one whose size is a placeholder, as a pipe's, runs to the end.
fn data(bytes: &[u8]) -> Result<&[u8]> {
    let mut rest = bytes.get(12..).ok_or("shorter than a RIFF header")?;
    while let Some((header, body)) = rest.split_at_checked(8) {
        let size = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if &header[..4] == b"data" {
            return Ok(&body[..size.min(body.len())]);
        }
        rest = body.get(size + size % 2..).ok_or("a chunk runs past the end")?;
    }
    Err("no data chunk".into())
}
