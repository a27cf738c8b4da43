//! The inner loop: many sections of many channels at once.
//!
//! A section of one channel is a chain of dependent operations, twelve cycles for each sample, and only other chains can fill the wait.
//! There are two kinds: other channels, and other sections that work on earlier samples. So a *lane* is one section of one channel;
//! section s of a group stands s frames behind the first, and each step hands every output to the next section's lane. Sections are in
//! transposed direct form II as scipy's:
//!
//! ```text
//! y = b0·x + z0      z0 = b1·x − a1·y + z1      z1 = b2·x − a2·y
//! ```
//!
//! No operation depends on how lanes are grouped, so every grouping gives the same bits; the tests compare with the plain loop.

use multiversion::multiversion;

/// One section: b0, b1, b2, a1, a2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coefficients {
    pub(super) b: [f64; 3],
    pub(super) a: [f64; 2],
}

/// What a section of one channel remembers.
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
            let depth = (8 / width).min(1 << (sections.len() - done).ilog2());
            let group = &sections[done..done + depth];
            let memories = &mut memories[done * channels + first..];
            match (width, depth) {
                (4, 2) => lanes::<8, 4>(group, memories, frames, channels, first),
                (4, _) => lanes::<4, 4>(group, memories, frames, channels, first),
                (2, 4) => lanes::<8, 2>(group, memories, frames, channels, first),
                (2, 2) => lanes::<4, 2>(group, memories, frames, channels, first),
                (2, _) => lanes::<2, 2>(group, memories, frames, channels, first),
                (_, 8) => lanes::<8, 1>(group, memories, frames, channels, first),
                (_, 4) => lanes::<4, 1>(group, memories, frames, channels, first),
                (_, 2) => lanes::<2, 1>(group, memories, frames, channels, first),
                _ => lanes::<1, 1>(group, memories, frames, channels, first),
            }
            done += depth;
        }
        first += width;
    }
}

/// `LANES / WIDTH` sections of `WIDTH` channels, of which the first is channel `first` of `channels`.
#[inline(always)]
fn lanes<const LANES: usize, const WIDTH: usize>(
    sections: &[Coefficients],
    memories: &mut [Memory],
    frames: &mut [f64],
    channels: usize,
    first: usize,
) {
    let depth = LANES / WIDTH;
    let count = frames.len() / channels;
    if count < depth {
        for frame in frames.chunks_exact_mut(channels) {
            for (channel, sample) in frame[first..first + WIDTH].iter_mut().enumerate() {
                for (index, section) in sections.iter().enumerate() {
                    *sample = memories[index * channels + channel].step(section, *sample);
                }
            }
        }
        return;
    }

    let lane = |read: &dyn Fn(&Coefficients) -> f64| -> [f64; LANES] {
        std::array::from_fn(|lane| read(&sections[lane / WIDTH]))
    };
    let (b0, b1, b2) = (lane(&|s| s.b[0]), lane(&|s| s.b[1]), lane(&|s| s.b[2]));
    let (a1, a2) = (lane(&|s| s.a[0]), lane(&|s| s.a[1]));
    let mut y = [0.0; LANES];
    // The pipeline fills: the first frame goes through all sections but the last, the next one through one fewer …
    for frame in 0..depth - 1 {
        for channel in 0..WIDTH {
            let mut x = frames[frame * channels + first + channel];
            for section in 0..depth - 1 - frame {
                x = memories[section * channels + channel].step(&sections[section], x);
                y[section * WIDTH + channel] = x;
            }
        }
    }

    let mut z0: [f64; LANES] = std::array::from_fn(|lane| memories[lane / WIDTH * channels + lane % WIDTH].z0);
    let mut z1: [f64; LANES] = std::array::from_fn(|lane| memories[lane / WIDTH * channels + lane % WIDTH].z1);
    for frame in depth - 1..count {
        let input: [f64; WIDTH] = frames[frame * channels + first..][..WIDTH].try_into().expect("WIDTH samples");
        let mut x = [0.0; LANES];
        x[..WIDTH].copy_from_slice(&input);
        x[WIDTH..].copy_from_slice(&y[..LANES - WIDTH]);
        for lane in 0..LANES {
            y[lane] = b0[lane] * x[lane] + z0[lane];
        }
        for lane in 0..LANES {
            z0[lane] = b1[lane] * x[lane] - a1[lane] * y[lane] + z1[lane];
        }
        for lane in 0..LANES {
            z1[lane] = b2[lane] * x[lane] - a2[lane] * y[lane];
        }
        frames[(frame + 1 - depth) * channels + first..][..WIDTH].copy_from_slice(&y[LANES - WIDTH..]);
    }
    for lane in 0..LANES {
        memories[lane / WIDTH * channels + lane % WIDTH] = Memory { z0: z0[lane], z1: z1[lane] };
    }

    // … and empties.
    for frame in count + 1 - depth..count {
        let passed = count - frame;
        for channel in 0..WIDTH {
            let mut x = y[(passed - 1) * WIDTH + channel];
            for section in passed..depth {
                x = memories[section * channels + channel].step(&sections[section], x);
            }
            frames[frame * channels + first + channel] = x;
        }
    }
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
