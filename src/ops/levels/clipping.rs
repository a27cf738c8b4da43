//! Clipped samples of one block, and the runs they form.
//!
//! What is clipped must not decide how long a block takes. So the block is looked at in parts: one pass over a part finds whether no
//! sample or every sample of it is clipped, as in most parts, and runs are only looked for in the others. Of one or two channels that
//! is done by a bit for each frame, 64 at a time; of more by vectors of all channels, frame after frame.

use multiversion::multiversion;

use super::kernel::GROUP;
use super::runs::Runs;
use crate::pcm::Sample;

/// Samples that can be clipped.
pub(super) trait Clips: Sample {
    /// As wide as the type, so that as many are counted at a time as there are samples in a register.
    type Count: Copy + Default + PartialOrd + std::ops::Add<Output = Self::Count> + From<bool> + Into<u64>;

    /// Returns whether an integer is at either end of its type's range, or a float at or beyond full scale.
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

/// Samples of one part at most.
const PART: usize = 1_024;
/// Clipped samples of a part that are few.
const FEW: u64 = 8;
/// Samples of one row of a part with few.
const ROW: usize = 128;
/// Frames of one or two channels that are looked at together: the bits of a mask.
const BITS: usize = 64;

/// The clipped samples of each channel.
pub(super) struct Clipping {
    pub(super) counts: [u64; GROUP],
    pub(super) runs: [Runs; GROUP],
}

impl Clipping {
    /// Of so many frames, none of which is clipped.
    #[inline(always)]
    pub(super) fn none(frames: u64) -> Self {
        Clipping { counts: [0; GROUP], runs: [Runs::none(frames); GROUP] }
    }

    /// Finds the clipped samples of an interleaved block, in place of what was there.
    pub(super) fn find<T: Clips>(&mut self, samples: &[T], channels: usize) {
        self.counts[..channels].fill(0);
        self.runs[..channels].fill(Runs::none(0));
        find(samples, channels, self);
    }

    /// Adds frames of which all samples are clipped, or none.
    fn add_alike(&mut self, clipped: bool, frames: u64, channels: usize) {
        let (runs, clipped) = if clipped {
            (Runs { samples: frames, first: frames, last: frames, longest: frames }, frames)
        } else {
            (Runs::none(frames), 0)
        };
        self.counts[..channels].iter_mut().for_each(|count| *count += clipped);
        self.runs[..channels].iter_mut().for_each(|own| own.merge(&runs));
    }

    /// Adds frames of which some samples are clipped, by what was found of each channel.
    #[inline(always)]
    fn add_found<T: Clips>(&mut self, samples: &[T], channels: usize, found: &[Found]) {
        let frames = (samples.len() / channels) as u64;
        let own = self.counts.iter_mut().zip(&mut self.runs);
        for (channel, ((count, runs), found)) in own.zip(found).enumerate() {
            *count += found.count;
            // The run that the part begins with matters only to one that it continues.
            let continues = runs.last > 0 || runs.first == runs.samples;
            let first = if found.last == frames {
                frames
            } else if continues {
                let channel = samples.iter().skip(channel).step_by(channels);
                channel.take_while(|sample| sample.is_clipped()).count() as u64
            } else {
                0
            };
            runs.merge(&Runs { samples: frames, first, last: found.last, longest: found.longest });
        }
    }
}

/// What is found of one channel in a part.
#[derive(Clone, Copy, Default)]
struct Found {
    count: u64,
    /// Length of the run that the part ends with.
    last: u64,
    longest: u64,
}

// Runs are counted by zeros and ones, for which any CPU with AVX2 has instructions of their own.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt",
))]
fn find<T: Clips>(samples: &[T], channels: usize, clipping: &mut Clipping) {
    // Rows that are alike are added together, when another one comes.
    let (mut alike, mut frames) = (false, 0);
    for part in samples.chunks(PART / channels * channels) {
        let count = count_clipped(part);
        // Where few samples are clipped, most rows of the part have none.
        let row = if (1..=FEW).contains(&count) { ROW.max(channels) / channels * channels } else { part.len() };
        for row in part.chunks(row) {
            let count = if row.len() == part.len() { count } else { count_clipped(row) };
            let all = count == row.len() as u64;
            let found = (all || count == 0).then_some(all);
            if found != Some(alike) && frames > 0 {
                clipping.add_alike(alike, frames, channels);
                frames = 0;
            }
            if let Some(found) = found {
                alike = found;
                frames += (row.len() / channels) as u64;
                continue;
            }
            match channels {
                1 => clipping.add_found(row, 1, &by_bits::<T, 1>(row, &clipping.runs)),
                2 => clipping.add_found(row, 2, &by_bits::<T, 2>(row, &clipping.runs)),
                3..=4 => clipping.add_found(row, channels, &by_frames::<T, 4>(row, channels)[..channels]),
                5..=8 => clipping.add_found(row, channels, &by_frames::<T, 8>(row, channels)[..channels]),
                9..=16 => clipping.add_found(row, channels, &by_frames::<T, 16>(row, channels)[..channels]),
                17..=32 => clipping.add_found(row, channels, &by_frames::<T, 32>(row, channels)[..channels]),
                _ => clipping.add_found(row, channels, &by_frames::<T, GROUP>(row, channels)[..channels]),
            }
        }
    }
    if frames > 0 {
        clipping.add_alike(alike, frames, channels);
    }
}

/// Counts the clipped samples of a part.
#[inline(always)]
fn count_clipped<T: Clips>(part: &[T]) -> u64 {
    part.iter().fold(T::Count::default(), |count, sample| count + T::Count::from(sample.is_clipped())).into()
}

/// Looks for runs in frames of one or two channels, of which such long ones are known already.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most 64 frames")]
fn by_bits<T: Clips, const CHANNELS: usize>(part: &[T], known: &[Runs; GROUP]) -> [Found; CHANNELS] {
    let mut found = [Found::default(); CHANNELS];
    let mut shifts = [Shifts::default(); CHANNELS];
    for ((found, shifts), known) in found.iter_mut().zip(&mut shifts).zip(known) {
        found.longest = known.longest;
        *shifts = Shifts::beyond(known.longest);
    }
    let (masks, rest) = part.as_chunks::<CHANNELS>().0.as_chunks::<BITS>();
    for frames in masks {
        let mut flags = [[0_u8; BITS]; CHANNELS];
        // All channels in one loop, which reads the frames in full and so has no remainder.
        for (index, frame) in frames.iter().enumerate() {
            for channel in 0..CHANNELS {
                flags[channel][index] = u8::from(frame[channel].is_clipped());
            }
        }
        for ((found, shifts), flags) in found.iter_mut().zip(&mut shifts).zip(&flags) {
            found.add(pack(flags), BITS as u32, shifts);
        }
    }
    for (channel, found) in found.iter_mut().enumerate().filter(|_| !rest.is_empty()) {
        let mut flags = [0_u8; BITS];
        flags.iter_mut().zip(rest).for_each(|(flag, frame)| *flag = u8::from(frame[channel].is_clipped()));
        found.add(pack(&flags), rest.len() as u32, &mut shifts[channel]);
    }
    found
}

impl Found {
    /// Adds frames, at most 64, with a bit for each that is clipped, the first one lowest.
    #[inline(always)]
    fn add(&mut self, bits: u64, frames: u32, shifts: &mut Shifts) {
        let ones = u64::from(bits.count_ones());
        self.count += ones;
        let first = bits.trailing_ones();
        self.longest = self.longest.max(self.last + u64::from(first));
        if first == frames {
            self.last += u64::from(first);
            return;
        }
        self.last = (bits << (64 - frames)).leading_ones().into();
        // Too few for a longer one, as in most masks once a long one is known.
        if ones < shifts.len {
            return;
        }
        let mut ends = shifts.ends(bits);
        if ends == 0 {
            return;
        }
        // One is longer than the longest so far was when the shifts were computed. That happens rarely, as runs are not that long.
        let mut len = shifts.len;
        while ends != 0 {
            ends &= ends << 1;
            len += 1;
        }
        self.longest = self.longest.max(len - 1);
        *shifts = Shifts::beyond(self.longest);
    }
}

/// Finds where in a mask runs of some length end: by shifts that double what is known of them.
#[derive(Clone, Copy, Default)]
struct Shifts {
    /// Bits of a run.
    len: u64,
    shifts: [u32; 6],
}

impl Shifts {
    /// For runs longer than this, of at most 64 bits.
    #[expect(clippy::cast_possible_truncation, reason = "at most 64 bits")]
    fn beyond(longest: u64) -> Self {
        let len = longest.min(63) + 1;
        let (mut shifts, mut known) = ([0; 6], 1);
        for shift in &mut shifts {
            let more = known.min(len - known);
            *shift = more as u32;
            known += more;
        }
        Shifts { len, shifts }
    }

    /// Returns a bit where a run of at least `len` ends. Two runs of some length that end as many or fewer bits apart are one that is longer
    /// by as much.
    #[inline(always)]
    fn ends(&self, bits: u64) -> u64 {
        self.shifts.iter().fold(bits, |ends, shift| ends & ends << shift)
    }
}

/// Looks for runs in frames of at most so many channels, all of which are steps of one vector.
#[inline(always)]
fn by_frames<T: Clips, const LANES: usize>(part: &[T], channels: usize) -> [Found; LANES] {
    let zero = T::Count::default();
    let (mut counts, mut current, mut longest) = ([zero; LANES], [zero; LANES], [zero; LANES]);
    // Lanes beyond the channels take part, with samples of the next frame, and are ignored.
    let mut rest = part;
    while let Some(frame) = rest.first_chunk::<LANES>() {
        add_frame(frame, &mut counts, &mut current, &mut longest);
        rest = &rest[channels..];
    }
    for frame in rest.chunks_exact(channels) {
        let mut padded = [T::default(); LANES];
        padded[..channels].copy_from_slice(frame);
        add_frame(&padded, &mut counts, &mut current, &mut longest);
    }
    let mut found = [Found::default(); LANES];
    for (lane, found) in found.iter_mut().enumerate() {
        *found = Found { count: counts[lane].into(), last: current[lane].into(), longest: longest[lane].into() };
    }
    found
}

#[inline(always)]
fn add_frame<T: Clips, const LANES: usize>(
    frame: &[T; LANES],
    counts: &mut [T::Count; LANES],
    current: &mut [T::Count; LANES],
    longest: &mut [T::Count; LANES],
) {
    let (zero, one) = (T::Count::default(), T::Count::from(true));
    let mut clipped = [zero; LANES];
    clipped.iter_mut().zip(frame).for_each(|(clipped, sample)| *clipped = if sample.is_clipped() { one } else { zero });
    counts.iter_mut().zip(clipped).for_each(|(count, clipped)| *count = *count + clipped);
    current.iter_mut().zip(clipped).for_each(|(run, clipped)| *run = if clipped == one { *run + one } else { zero });
    longest
        .iter_mut()
        .zip(&*current)
        .for_each(|(longest, run)| *longest = if *run > *longest { *run } else { *longest });
}

/// Packs flags of one byte each into bits, eight at a time: the product moves each to its place in the top byte, and no two to the same place.
#[inline(always)]
pub(crate) fn pack(flags: &[u8; BITS]) -> u64 {
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
                    let mut found = Clipping::none(frames as u64);
                    found.find(&samples, channels);
                    let found: Vec<_> = found.counts.into_iter().zip(found.runs).take(channels).collect();
                    assert_eq!(found, naive(&samples, channels), "{frames} × {channels}, {often} {long}");
                    let floats: Vec<f64> = samples.iter().map(|&sample| f64::from(sample) / 32_767.0).collect();
                    let mut found = Clipping::none(frames as u64);
                    found.find(&floats, channels);
                    let found: Vec<_> = found.counts.into_iter().zip(found.runs).take(channels).collect();
                    assert_eq!(found, naive(&floats, channels), "floats, {frames} × {channels}, {often} {long}");
                }
            }
        }
    }

    /// The last row of a part may have as many samples as are clipped in the whole part.
    #[test]
    fn a_short_last_row_has_a_count_of_its_own() {
        for channels in [1, 2, 3] {
            for few in 1..=8 {
                for frames in 100..140 {
                    let samples: Vec<i16> =
                        (0..frames * channels).map(|index| if index < few { i16::MAX } else { 5 }).collect();
                    let mut found = Clipping::none(frames as u64);
                    found.find(&samples, channels);
                    let found: Vec<_> = found.counts.into_iter().zip(found.runs).take(channels).collect();
                    assert_eq!(found, naive(&samples, channels), "{few} of {frames} × {channels}");
                }
            }
        }
    }

    /// Counts are as narrow as samples, so that parts are short however many channels there are.
    #[test]
    fn as_many_as_there_are_may_be_clipped() {
        for channels in [1, 2, 4, 8, 16] {
            // Not all, which is a case of its own.
            let samples: Vec<i16> = (0..80_000).map(|index| if index % 1_000 == 0 { 5 } else { i16::MAX }).collect();
            let mut found = Clipping::none(80_000 / channels as u64);
            found.find(&samples, channels);
            let found: Vec<_> = found.counts.into_iter().zip(found.runs).take(channels).collect();
            assert_eq!(found, naive(&samples, channels), "{channels} channels");
        }
    }
}
