//! Copies between channels of interleaved slices.
//!
//! A copy from one stride to another is a load and a store for each sample. Where the strides are known when compiled the loops are
//! vectorized, with shuffles; so the common ones are.

use multiversion::multiversion;

/// Bytes of one part: small enough to stay in the first-level cache while each channel is picked from it or put into it.
const PART_BYTES: usize = 1 << 14;

/// Frames of one part.
pub(super) fn part_frames<T>(channels: usize) -> usize {
    (PART_BYTES / (channels * size_of::<T>())).max(1)
}

/// Copies channel `from_channel` of frames of `from_channels` to channel `to_channel` of frames of `to_channels`.
pub(super) fn copy_channel<T: Copy>(
    from: &[T],
    (from_channels, from_channel): (usize, usize),
    to: &mut [T],
    (to_channels, to_channel): (usize, usize),
) {
    assert!(from_channel < from_channels && to_channel < to_channels, "channels that there are");
    match (from_channels, to_channels) {
        (1, 1) => to.copy_from_slice(from),
        (2, 1) => pick::<T, 2>(from, from_channel, to),
        (4, 1) => pick::<T, 4>(from, from_channel, to),
        (6, 1) => pick::<T, 6>(from, from_channel, to),
        (8, 1) => pick::<T, 8>(from, from_channel, to),
        (_, 1) => {
            for (to, frame) in to.iter_mut().zip(from.chunks_exact(from_channels)) {
                *to = frame[from_channel];
            }
        }
        (1, 2) => put::<T, 2>(from, to, to_channel),
        (1, 4) => put::<T, 4>(from, to, to_channel),
        (1, 6) => put::<T, 6>(from, to, to_channel),
        (1, 8) => put::<T, 8>(from, to, to_channel),
        (1, _) => {
            for (to, &sample) in to.chunks_exact_mut(to_channels).zip(from) {
                to[to_channel] = sample;
            }
        }
        (2, 2) => shift::<T, 2>(from, from_channel, to, to_channel),
        (4, 4) => shift::<T, 4>(from, from_channel, to, to_channel),
        (6, 6) => shift::<T, 6>(from, from_channel, to, to_channel),
        (8, 8) => shift::<T, 8>(from, from_channel, to, to_channel),
        _ => {
            for (to, from) in to.chunks_exact_mut(to_channels).zip(from.chunks_exact(from_channels)) {
                to[to_channel] = from[from_channel];
            }
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn pick<T: Copy, const CHANNELS: usize>(from: &[T], channel: usize, to: &mut [T]) {
    assert!(channel < CHANNELS, "a channel that there is");
    for (to, frame) in to.iter_mut().zip(from.as_chunks::<CHANNELS>().0) {
        *to = frame[channel];
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn put<T: Copy, const CHANNELS: usize>(from: &[T], to: &mut [T], channel: usize) {
    assert!(channel < CHANNELS, "a channel that there is");
    for (to, &sample) in to.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(from) {
        to[channel] = sample;
    }
}

// AVX-512 would scatter the samples, one by one.
#[multiversion(targets("x86_64+avx2"))]
fn shift<T: Copy, const CHANNELS: usize>(from: &[T], from_channel: usize, to: &mut [T], to_channel: usize) {
    assert!(from_channel < CHANNELS && to_channel < CHANNELS, "channels that there are");
    for (to, from) in to.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(from.as_chunks::<CHANNELS>().0) {
        to[to_channel] = from[from_channel];
    }
}

/// Copies interleaved frames to a slice for each channel, all of one length.
pub(super) fn deinterleave<T: Copy>(samples: &[T], planar: &mut [&mut [T]]) {
    match planar {
        [a, b] => deinterleave_2(samples, a, b),
        [a, b, c, d] => deinterleave_4(samples, [a, b, c, d]),
        [a, b, c, d, e, f, g, h] => deinterleave_8(samples, [a, b, c, d, e, f, g, h]),
        _ => {
            let channels = planar.len();
            for (channel, to) in planar.iter_mut().enumerate() {
                copy_channel(samples, (channels, channel), to, (1, 0));
            }
        }
    }
}

/// Copies a slice for each channel, all of one length, to interleaved frames.
pub(super) fn interleave<T: Copy>(planar: &[&[T]], samples: &mut [T]) {
    match planar {
        [a, b] => interleave_2(a, b, samples),
        [a, b, c, d] => interleave_4([a, b, c, d], samples),
        [a, b, c, d, e, f, g, h] => interleave_8([a, b, c, d, e, f, g, h], samples),
        _ => {
            let channels = planar.len();
            for (channel, from) in planar.iter().enumerate() {
                copy_channel(from, (1, 0), samples, (channels, channel));
            }
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn deinterleave_2<T: Copy>(samples: &[T], first: &mut [T], second: &mut [T]) {
    for ((first, second), frame) in first.iter_mut().zip(second).zip(samples.as_chunks::<2>().0) {
        [*first, *second] = *frame;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn interleave_2<T: Copy>(first: &[T], second: &[T], samples: &mut [T]) {
    for ((first, second), frame) in first.iter().zip(second).zip(samples.as_chunks_mut::<2>().0) {
        *frame = [*first, *second];
    }
}

/// Defines both directions for a number of channels, whose slices are cut to one length so that no index is checked in the loop.
macro_rules! of_channels {
    ($deinterleave:ident, $interleave:ident, $channels:literal) => {
        #[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
        fn $deinterleave<T: Copy>(samples: &[T], planar: [&mut &mut [T]; $channels]) {
            let frames = samples.as_chunks::<$channels>().0;
            let planar = planar.map(|channel| &mut channel[..frames.len()]);
            for (index, frame) in frames.iter().enumerate() {
                for channel in 0..$channels {
                    planar[channel][index] = frame[channel];
                }
            }
        }

        #[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
        fn $interleave<T: Copy>(planar: [&&[T]; $channels], samples: &mut [T]) {
            let frames = samples.as_chunks_mut::<$channels>().0;
            let planar = planar.map(|channel| &channel[..frames.len()]);
            for (index, frame) in frames.iter_mut().enumerate() {
                for channel in 0..$channels {
                    frame[channel] = planar[channel][index];
                }
            }
        }
    };
}

of_channels!(deinterleave_4, interleave_4, 4);
of_channels!(deinterleave_8, interleave_8, 8);
