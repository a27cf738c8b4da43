//! Lanes: an accumulator each, a whole number of frames wide.

/// The most lanes that a kernel uses.
pub(super) const LANES: usize = 128;

/// The most channels that a kernel takes: two frames of lanes at least.
pub(in crate::ops::levels) const GROUP: usize = LANES / 2;

/// Lanes that are used for so many channels: a power of two of frames, so that they fold by halves.
pub(in crate::ops::levels) fn lanes_of(channels: usize) -> usize {
    assert!((1..=GROUP).contains(&channels), "channels ({channels}) of a group must be 1 to {GROUP}");
    channels << (LANES / channels).ilog2()
}

/// Steps every lane along its samples.
///
/// 1, 2, 4, 8 … channels have 128 lanes, 3, 6, 12 … have 96; a width that is known when compiled leaves no remainder loops.
#[inline(always)]
pub(super) fn each<T: Copy, A>(samples: &[T], lanes: &mut [A], step: impl Fn(&mut A, T)) {
    match lanes.len() {
        128 => each_row::<_, _, 128>(samples, lanes, step),
        96 => each_row::<_, _, 96>(samples, lanes, step),
        width => {
            for row in samples.chunks(width) {
                lanes.iter_mut().zip(row).for_each(|(lane, &sample)| step(lane, sample));
            }
        }
    }
}

#[inline(always)]
fn each_row<T: Copy, A, const W: usize>(samples: &[T], lanes: &mut [A], step: impl Fn(&mut A, T)) {
    let (rows, rest) = samples.as_chunks::<W>();
    let Some(lanes) = lanes.as_mut_array::<W>() else { return };
    for row in rows {
        lanes.iter_mut().zip(row).for_each(|(lane, &sample)| step(lane, sample));
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &sample)| step(lane, sample));
}

/// Steps every lane along its samples of two slices, as far as both reach.
#[inline(always)]
pub(super) fn each_pair<T: Copy, A>(a: &[T], b: &[T], lanes: &mut [A], step: impl Fn(&mut A, T, T)) {
    match lanes.len() {
        128 => each_pair_row::<_, _, 128>(a, b, lanes, step),
        96 => each_pair_row::<_, _, 96>(a, b, lanes, step),
        width => {
            for (a, b) in a.chunks(width).zip(b.chunks(width)) {
                lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (&a, &b))| step(lane, a, b));
            }
        }
    }
}

#[inline(always)]
fn each_pair_row<T: Copy, A, const W: usize>(a: &[T], b: &[T], lanes: &mut [A], step: impl Fn(&mut A, T, T)) {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<W>(), b.as_chunks::<W>());
    let Some(lanes) = lanes.as_mut_array::<W>() else { return };
    for (a, b) in a.iter().zip(b) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (&a, &b))| step(lane, a, b));
    }
    lanes.iter_mut().zip(a_rest.iter().zip(b_rest)).for_each(|(lane, (&a, &b))| step(lane, a, b));
}

/// Steps every lane along its samples, each with a constant of its own.
#[inline(always)]
pub(super) fn each_with<T: Copy, A, B: Copy>(samples: &[T], with: &[B], lanes: &mut [A], step: impl Fn(&mut A, T, B)) {
    match lanes.len() {
        128 => each_with_row::<_, _, _, 128>(samples, with, lanes, step),
        96 => each_with_row::<_, _, _, 96>(samples, with, lanes, step),
        width => {
            for row in samples.chunks(width) {
                lanes
                    .iter_mut()
                    .zip(row.iter().zip(with))
                    .for_each(|(lane, (&sample, &with))| step(lane, sample, with));
            }
        }
    }
}

#[inline(always)]
fn each_with_row<T: Copy, A, B: Copy, const W: usize>(
    samples: &[T],
    with: &[B],
    lanes: &mut [A],
    step: impl Fn(&mut A, T, B),
) {
    let (rows, rest) = samples.as_chunks::<W>();
    let (Some(with), Some(lanes)) = (with.as_array::<W>(), lanes.as_mut_array::<W>()) else { return };
    for row in rows {
        lanes.iter_mut().zip(row.iter().zip(with)).for_each(|(lane, (&sample, &with))| step(lane, sample, with));
    }
    lanes.iter_mut().zip(rest.iter().zip(with)).for_each(|(lane, (&sample, &with))| step(lane, sample, with));
}

/// Folds the lanes by halves until one frame is left.
#[inline(always)]
pub(super) fn fold<A: Copy>(lanes: &mut [A], channels: usize, combine: impl Fn(A, A) -> A) {
    let mut width = lanes.len();
    while width > channels {
        width /= 2;
        let (first, second) = lanes.split_at_mut(width);
        first.iter_mut().zip(second).for_each(|(a, b)| *a = combine(*a, *b));
    }
}
