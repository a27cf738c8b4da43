//! What a program found in the file, so that the script can tell whether all programs did the same work.

use std::fmt::Write as _;
use std::time::Duration;

/// Anything that can stop a measurement.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// The result of a measurement.
pub type Result<T = Measured> = std::result::Result<T, Error>;

/// Full scale of 16-bit samples.
pub const FULL_SCALE: f64 = 32_768.0;
/// The gain of row 5: products with it are exact in f32, so all who round half to even agree to the bit.
pub const GAIN: f32 = 0.75;

/// One measurement: how long, and what was found.
#[derive(Debug)]
pub struct Measured {
    pub time: Duration,
    /// Names and values; programs are compared where they share a name.
    pub answer: Vec<(&'static str, f64)>,
}

impl Measured {
    pub fn new(time: Duration, answer: impl Into<Vec<(&'static str, f64)>>) -> Self {
        Measured { time, answer: answer.into() }
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        let mut line = format!("{{\"seconds\": {}, \"answer\": {{", self.time.as_secs_f64());
        for (i, (name, value)) in self.answer.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(line, "{comma}\"{name}\": {value:?}").expect("a String takes whatever is written");
        }
        line + "}}"
    }
}

/// RMS of each block of stereo 16-bit samples, as a peer's user would write it: exact integer sums.
#[derive(Debug, Default)]
pub struct BlockRms {
    frames: usize,
    blocks: f64,
    squares: u64,
}

impl BlockRms {
    /// Takes the next block, interleaved.
    pub fn interleaved(&mut self, block: &[i16]) {
        let mut sums = [0_u64; 2];
        for frame in block.chunks_exact(2) {
            sums[0] += square(frame[0]);
            sums[1] += square(frame[1]);
        }
        self.block(block.len() / 2, sums);
    }

    /// Takes the next block, all of the left channel before all of the right.
    pub fn planar(&mut self, block: &[i16]) {
        let (left, right) = block.split_at(block.len() / 2);
        let sums = [left, right].map(|channel| channel.iter().map(|&sample| square(sample)).sum());
        self.block(left.len(), sums);
    }

    /// Takes the sums of squares of the next block.
    pub fn block(&mut self, frames: usize, squares: [u64; 2]) {
        if frames > 0 {
            self.frames += frames;
            self.squares += squares[0] + squares[1];
            self.blocks += squares.iter().map(|&sum| (sum as f64 / frames as f64).sqrt() / FULL_SCALE).sum::<f64>();
        }
    }

    /// Frames, the sum of all blocks' RMS, and the RMS of it all.
    pub fn answer(&self) -> Vec<(&'static str, f64)> {
        let rms = (self.squares as f64 / (2 * self.frames) as f64).sqrt() / FULL_SCALE;
        vec![("frames", self.frames as f64), ("block_rms", self.blocks), ("rms", rms)]
    }
}

/// The square of a sample.
pub fn square(sample: i16) -> u64 {
    u64::from((i32::from(sample) * i32::from(sample)).unsigned_abs())
}

/// Looks at three samples of each stereo block of floats: its first, one in the middle, its last.
#[derive(Debug, Default)]
pub struct Probe {
    frames: usize,
    sum: f64,
}

impl Probe {
    /// Takes the next block, interleaved.
    pub fn interleaved(&mut self, block: &[f32]) {
        let frames = block.len() / 2;
        if frames > 0 {
            self.three(frames, block[0], block[frames / 2 * 2 + 1], block[frames * 2 - 1]);
        }
    }

    /// Takes the next block, all of the left channel before all of the right.
    pub fn planar(&mut self, block: &[f32]) {
        let frames = block.len() / 2;
        if frames > 0 {
            self.three(frames, block[0], block[frames + frames / 2], block[frames * 2 - 1]);
        }
    }

    /// Takes left of the first frame, right of the middle one, right of the last one.
    pub fn three(&mut self, frames: usize, first: f32, middle: f32, last: f32) {
        self.frames += frames;
        self.sum += f64::from(first.abs()) + f64::from(middle.abs()) + f64::from(last.abs());
    }

    /// Frames, and the sum of what was looked at.
    pub fn answer(&self) -> Vec<(&'static str, f64)> {
        vec![("frames", self.frames as f64), ("probe", self.sum)]
    }
}

/// Row 5's gain as a peer's user would write it, half to even. |products| stay far below 2^22, where adding and
/// subtracting 1.5 × 2^23 rounds to an integer; `f32::round_ties_even` is a call per sample on baseline x86-64.
pub fn amplify(samples: &mut [i16]) {
    const ROUND: f32 = 12_582_912.0;
    for sample in samples {
        *sample = ((f32::from(*sample) * GAIN + ROUND) - ROUND) as i16;
    }
}

/// Frames and RMS of interleaved stereo samples: row 6's answer, found outside the measured time.
pub fn whole(samples: &[i16]) -> Vec<(&'static str, f64)> {
    let squares: u64 = samples.iter().map(|&sample| square(sample)).sum();
    let rms = (squares as f64 / samples.len() as f64).sqrt() / FULL_SCALE;
    vec![("frames", (samples.len() / 2) as f64), ("rms", rms)]
}
