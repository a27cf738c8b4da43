//! The inner loop: several sections of several channels at once.
//!
//! A section of one channel is a chain of dependent operations, sixteen cycles for each sample, and only other chains can fill the wait.
//! There are two kinds: other channels, which share a vector, and other sections, if these work on earlier frames. So section s of a group
//! stands s frames behind the first, and each step hands every section's output to the next one. Sections are in transposed direct form II,
//! with scipy's order of operations:
//!
//! ```text
//! y = b0·x + z0      z0 = b1·x − a1·y + z1      z1 = b2·x − a2·y
//! ```
//!
//! No operation depends on the grouping, so every grouping gives the same bits; the tests compare with the plain loop. Slower were: two
//! sections of two channels in one vector of four (the shuffles that hand outputs on cost more than they save), and one section of many
//! channels at a time. Fused multiply-adds would save four of nine operations, and scipy's bits.

use multiversion::multiversion;

/// One section: b0, b1, b2, a1, a2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coefficients {
    pub(super) b: [f64; 3],
    pub(super) a: [f64; 2],
}

/// The memory of a section of one channel.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Memory {
    pub(super) z0: f64,
    pub(super) z1: f64,
}

impl Memory {
    #[inline(always)]
    pub(super) fn step(&mut self, section: &Coefficients, x: f64) -> f64 {
        let [b0, b1, b2] = section.b;
        let [a1, a2] = section.a;
        let y = b0 * x + self.z0;
        self.z0 = b1 * x - a1 * y + self.z1;
        self.z1 = b2 * x - a2 * y;
        y
    }
}

/// Filters interleaved frames in place. `memories` are sections × channels.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn run(sections: &[Coefficients], memories: &mut [Memory], frames: &mut [f64], channels: usize) {
    let mut first = 0;
    while first < channels {
        let left = channels - first;
        let width = if left >= 4 {
            4
        } else if left >= 2 {
            2
        } else {
            1
        };
        let mut done = 0;
        while done < sections.len() {
            let depth = 4.min(1 << (sections.len() - done).ilog2());
            let these = &sections[done..done + depth];
            let memories = &mut memories[done * channels + first..];
            match (width, depth) {
                (4, 4) => group::<4, 4>(these, memories, frames, channels, first),
                (4, 2) => group::<2, 4>(these, memories, frames, channels, first),
                (4, _) => group::<1, 4>(these, memories, frames, channels, first),
                (2, 4) => group::<4, 2>(these, memories, frames, channels, first),
                (2, 2) => group::<2, 2>(these, memories, frames, channels, first),
                (2, _) => group::<1, 2>(these, memories, frames, channels, first),
                (_, 4) => group::<4, 1>(these, memories, frames, channels, first),
                (_, 2) => group::<2, 1>(these, memories, frames, channels, first),
                _ => group::<1, 1>(these, memories, frames, channels, first),
            }
            done += depth;
        }
        first += width;
    }
}

/// Runs `DEPTH` sections of `WIDTH` channels, of which the first is channel `first` of `channels`.
#[inline(always)]
fn group<const DEPTH: usize, const WIDTH: usize>(
    sections: &[Coefficients],
    memories: &mut [Memory],
    frames: &mut [f64],
    channels: usize,
    first: usize,
) {
    let count = frames.len() / channels;
    if count < DEPTH {
        for frame in frames.chunks_exact_mut(channels) {
            for (channel, sample) in frame[first..first + WIDTH].iter_mut().enumerate() {
                for (index, section) in sections.iter().enumerate() {
                    *sample = memories[index * channels + channel].step(section, *sample);
                }
            }
        }
        return;
    }

    // The pipeline fills: the first frame goes through all sections but the last, the next one through one fewer …
    // Indexed at run time, and so not the array that the loop below keeps in registers.
    let mut outputs = [[0.0; WIDTH]; DEPTH];
    for frame in 0..DEPTH - 1 {
        for channel in 0..WIDTH {
            let mut x = frames[frame * channels + first + channel];
            for section in 0..DEPTH - 1 - frame {
                x = memories[section * channels + channel].step(&sections[section], x);
                outputs[section][channel] = x;
            }
        }
    }

    let mut y: [[f64; WIDTH]; DEPTH] = each(|section, channel| outputs[section][channel]);
    let mut z0: [[f64; WIDTH]; DEPTH] = each(|section, channel| memories[section * channels + channel].z0);
    let mut z1: [[f64; WIDTH]; DEPTH] = each(|section, channel| memories[section * channels + channel].z1);
    let (b0, b1, b2) = (each(|s, _| sections[s].b[0]), each(|s, _| sections[s].b[1]), each(|s, _| sections[s].b[2]));
    let (a1, a2) = (each(|s, _| sections[s].a[0]), each(|s, _| sections[s].a[1]));
    let [b0, b1, b2, a1, a2]: [[[f64; WIDTH]; DEPTH]; 5] = [b0, b1, b2, a1, a2];
    for frame in DEPTH - 1..count {
        let input: [f64; WIDTH] = frames[frame * channels + first..][..WIDTH].try_into().expect("WIDTH samples");
        let x: [[f64; WIDTH]; DEPTH] = std::array::from_fn(|section| if section == 0 { input } else { y[section - 1] });
        for s in 0..DEPTH {
            for c in 0..WIDTH {
                y[s][c] = b0[s][c] * x[s][c] + z0[s][c];
            }
            for c in 0..WIDTH {
                z0[s][c] = b1[s][c] * x[s][c] - a1[s][c] * y[s][c] + z1[s][c];
            }
            for c in 0..WIDTH {
                z1[s][c] = b2[s][c] * x[s][c] - a2[s][c] * y[s][c];
            }
        }
        frames[(frame + 1 - DEPTH) * channels + first..][..WIDTH].copy_from_slice(&y[DEPTH - 1]);
    }
    for section in 0..DEPTH {
        for channel in 0..WIDTH {
            memories[section * channels + channel] = Memory { z0: z0[section][channel], z1: z1[section][channel] };
        }
    }

    // … and empties.
    outputs = y;
    for frame in count + 1 - DEPTH..count {
        let passed = count - frame;
        for channel in 0..WIDTH {
            let mut x = outputs[passed - 1][channel];
            for section in passed..DEPTH {
                x = memories[section * channels + channel].step(&sections[section], x);
            }
            frames[frame * channels + first + channel] = x;
        }
    }
}

/// One value for each section and channel.
#[inline(always)]
fn each<const DEPTH: usize, const WIDTH: usize>(value: impl Fn(usize, usize) -> f64) -> [[f64; WIDTH]; DEPTH] {
    std::array::from_fn(|section| std::array::from_fn(|channel| value(section, channel)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition.
    fn naive(sections: &[Coefficients], memories: &mut [Memory], frames: &mut [f64], channels: usize) {
        for frame in frames.chunks_exact_mut(channels) {
            for (channel, sample) in frame.iter_mut().enumerate() {
                for (index, section) in sections.iter().enumerate() {
                    *sample = memories[index * channels + channel].step(section, *sample);
                }
            }
        }
    }

    #[test]
    fn every_grouping_gives_the_same_bits() {
        let mut random = 1_u64;
        let mut number = move || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        for channels in 1..=11 {
            for count in 1..=17 {
                let sections: Vec<_> = (0..count)
                    .map(|_| Coefficients { b: [number(), number(), number()], a: [number() * 0.5, number() * 0.4] })
                    .collect();
                let mut fast = vec![Memory::default(); count * channels];
                fast.iter_mut().for_each(|memory| *memory = Memory { z0: number(), z1: number() });
                let mut slow = fast.clone();
                for frames in [0, 1, 2, 3, 4, 7, 8, 9, 33] {
                    let mut samples: Vec<f64> = (0..frames * channels).map(|_| number()).collect();
                    let mut expected = samples.clone();
                    run(&sections, &mut fast, &mut samples, channels);
                    naive(&sections, &mut slow, &mut expected, channels);
                    assert_eq!(samples, expected, "{channels} channels, {count} sections, {frames} frames");
                    assert_eq!(fast, slow, "{channels} channels, {count} sections, {frames} frames");
                }
            }
        }
    }
}
