//! Clipped samples of one block, and the runs they form.
//!
//! What is clipped must not decide how long a block takes. So rows of at most 64 samples become a mask with a bit for each, and rows
//! in which no sample or every sample is clipped, which most are, become one without a look at their samples one by one.

use multiversion::multiversion;

use super::kernel::{GROUP, lanes_of};
use super::runs::Runs;
use crate::pcm::Sample;

/// Samples that can be clipped.
pub(super) trait Clips: Sample {
    /// As wide as the type, so that as many are counted at a time as there are samples in a register.
    type Count: Copy + Default + std::ops::Add<Output = Self::Count> + From<bool> + Into<u64>;

    /// Whether an integer is at either end of its type's range, or a float at or beyond full scale.
    fn is_clipped(self) -> bool;
}

impl Clips for i16 {
    type Count = u16;

    #[inline(always)]
    fn is_clipped(self) -> bool {
        (self == i16::MIN) | (self == i16::MAX)
    }
}

impl Clips for i32 {
    type Count = u32;

    #[inline(always)]
    fn is_clipped(self) -> bool {
        (self == i32::MIN) | (self == i32::MAX)
    }
}

impl Clips for f32 {
    type Count = u32;

    #[inline(always)]
    fn is_clipped(self) -> bool {
        self.abs() >= 1.0
    }
}

impl Clips for f64 {
    type Count = u64;

    #[inline(always)]
    fn is_clipped(self) -> bool {
        self.abs() >= 1.0
    }
}

/// Samples of one row at most: the bits of a mask.
const ROW: usize = 64;
/// Rows of one block at most: 32 KiB of `i16` in rows of 33 samples.
const ROWS: usize = 512;

/// The clipped samples of each channel.
pub(super) struct Clipping {
    pub(super) counts: [u64; GROUP],
    pub(super) runs: [Runs; GROUP],
}

impl Clipping {
    /// Of so many frames, none of which is clipped.
    pub(super) fn none(frames: u64) -> Self {
        Clipping { counts: [0; GROUP], runs: [Runs::none(frames); GROUP] }
    }

    /// Finds the clipped samples of an interleaved block.
    pub(super) fn of<T: Clips>(samples: &[T], channels: usize) -> Self {
        let mut clipping = Clipping::none(0);
        let width = lanes_of(channels);
        let mut masks = [0_u64; ROWS];
        let mut same = (None, 0);
        for samples in samples.chunks(ROWS * width) {
            let masks = &mut masks[..samples.len().div_ceil(width)];
            if width == ROW {
                fill_masks::<T, ROW>(samples, masks);
            } else {
                fill_masks_of_any(samples, width, masks);
            }
            for (mask, row) in masks.iter().zip(samples.chunks(width)) {
                let all = u64::MAX >> (ROW - row.len());
                let frames = (row.len() / channels) as u64;
                // Rows alike are added together, when another one comes.
                let alike = match *mask {
                    0 => Some(false),
                    mask if mask == all => Some(true),
                    _ => None,
                };
                if alike != same.0 || alike.is_none() {
                    clipping.add_alike(same, channels);
                    same = (alike, 0);
                }
                match alike {
                    Some(_) => same.1 += frames,
                    None => clipping.add_row(*mask, frames, channels),
                }
            }
        }
        clipping.add_alike(same, channels);
        clipping
    }

    /// Adds frames of which all samples are clipped, or none.
    fn add_alike(&mut self, (clipped, frames): (Option<bool>, u64), channels: usize) {
        let (runs, clipped) = match clipped {
            Some(true) => (Runs { samples: frames, first: frames, last: frames, longest: frames }, frames),
            Some(false) => (Runs::none(frames), 0),
            None => return,
        };
        self.counts[..channels].iter_mut().for_each(|count| *count += clipped);
        self.runs[..channels].iter_mut().for_each(|own| own.merge(&runs));
    }

    fn add_row(&mut self, mask: u64, frames: u64, channels: usize) {
        let (counts, runs) = (&mut self.counts[..channels], &mut self.runs[..channels]);
        for (channel, (count, runs)) in counts.iter_mut().zip(runs).enumerate() {
            let bits = bits_of(mask >> channel, channels, frames);
            *count += u64::from(bits.count_ones());
            runs.merge(&Runs::of_bits(bits, frames));
        }
    }
}

/// Every `step`th bit from the lowest on, side by side.
#[inline]
fn bits_of(mask: u64, step: usize, frames: u64) -> u64 {
    match step {
        1 => mask,
        2 => every_second(mask),
        4 => every_second(every_second(mask)),
        _ => (0..frames).zip((0_u32..).step_by(step)).fold(0, |bits, (frame, at)| bits | ((mask >> at) & 1) << frame),
    }
}

/// Source: Knuth, "The Art of Computer Programming" 4A, 7.1.3, "compress" with the mask of all even bits.
#[inline]
fn every_second(mask: u64) -> u64 {
    let mut bits = mask & 0x5555_5555_5555_5555;
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    bits = (bits | bits >> 4) & 0x00FF_00FF_00FF_00FF;
    bits = (bits | bits >> 8) & 0x0000_FFFF_0000_FFFF;
    (bits | bits >> 16) & 0x0000_0000_FFFF_FFFF
}

/// For rows whose width is known when compiled.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn fill_masks<T: Clips, const WIDTH: usize>(samples: &[T], masks: &mut [u64]) {
    let (rows, rest) = samples.as_chunks::<WIDTH>();
    for (mask, row) in masks.iter_mut().zip(rows) {
        *mask = mask_of(row);
    }
    if !rest.is_empty()
        && let Some(mask) = masks.last_mut()
    {
        *mask = mask_of(rest);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn fill_masks_of_any<T: Clips>(samples: &[T], width: usize, masks: &mut [u64]) {
    for (mask, row) in masks.iter_mut().zip(samples.chunks(width)) {
        *mask = mask_of(row);
    }
}

/// A bit for each sample of a row of at most 64.
#[inline(always)]
fn mask_of<T: Clips>(row: &[T]) -> u64 {
    let clipped = row.iter().fold(T::Count::default(), |count, sample| count + T::Count::from(sample.is_clipped()));
    let clipped: u64 = clipped.into();
    if clipped == 0 {
        return 0;
    }
    if clipped == row.len() as u64 {
        return u64::MAX >> (ROW - row.len());
    }
    let mut flags = [0_u8; ROW];
    flags.iter_mut().zip(row).for_each(|(flag, sample)| *flag = u8::from(sample.is_clipped()));
    pack(&flags)
}

/// Eight bits of one byte each at a time: the product moves each to its place in the top byte, and no two to the same place.
#[inline(always)]
pub(crate) fn pack(flags: &[u8; ROW]) -> u64 {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let bytes = flags.as_chunks::<8>().0;
    bytes.iter().rev().fold(0, |mask, &eight| mask << 8 | u64::from_le_bytes(eight).wrapping_mul(GATHER) >> 56)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sample after the other.
    fn naive<T: Clips>(samples: &[T], channels: usize) -> Vec<(u64, Runs)> {
        let channel = |channel: usize| {
            let (mut count, mut runs) = (0, Runs::none(0));
            for sample in samples.iter().skip(channel).step_by(channels) {
                count += u64::from(sample.is_clipped());
                runs.push(sample.is_clipped());
            }
            (count, runs)
        };
        (0..channels).map(channel).collect()
    }

    #[test]
    fn runs_are_those_of_the_definition() {
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        for channels in 1..=GROUP {
            for frames in [0, 1, 2, 63, 64, 65, 200, 20_000 / channels] {
                // How often a run begins, and how long it lasts.
                for (often, long) in [(0, 1), (1, 3), (30, 2), (128, 9), (200, 200), (256, 400)] {
                    let mut left = vec![0; channels];
                    let samples: Vec<i16> = (0..frames * channels)
                        .map(|index| {
                            let left = &mut left[index % channels];
                            if *left == 0 && random() % 256 < often {
                                *left = 1 + random() % long;
                            }
                            let clipped = *left > 0;
                            *left = left.saturating_sub(1);
                            if clipped { if index % 3 == 0 { i16::MIN } else { i16::MAX } } else { 5 }
                        })
                        .collect();
                    let found = Clipping::of(&samples, channels);
                    let found: Vec<_> = found.counts.into_iter().zip(found.runs).take(channels).collect();
                    assert_eq!(found, naive(&samples, channels), "{frames} × {channels}, {often} {long}");
                    let floats: Vec<f64> = samples.iter().map(|&sample| f64::from(sample) / 32_767.0).collect();
                    let found = Clipping::of(&floats, channels);
                    let found: Vec<_> = found.counts.into_iter().zip(found.runs).take(channels).collect();
                    assert_eq!(found, naive(&floats, channels), "floats, {frames} × {channels}, {often} {long}");
                }
            }
        }
    }
}
