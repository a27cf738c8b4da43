//! Lanes: an accumulator each, a whole number of frames wide.

/// The most lanes that a kernel uses.
pub(super) const LANES: usize = 64;

/// The most channels that a kernel takes.
pub(in crate::ops::levels) const GROUP: usize = LANES;

/// Lanes that are used for so many channels: a power of two of frames, so that they fold by halves.
pub(in crate::ops::levels) fn lanes_of(channels: usize) -> usize {
    assert!((1..=GROUP).contains(&channels), "channels ({channels}) of a group must be 1 to {GROUP}");
    channels << (LANES / channels).ilog2()
}

/// Calls a function with the width that it is given, but as a constant where that is 64 (1, 2, 4, 8 … channels) or 48 (3, 6,
/// 12 …): the loops then have no remainder and no check, which makes them up to four times as fast.
macro_rules! with_width {
    ($width:expr, $rows:ident($($argument:expr),*)) => {
        match $width {
            64 => $rows(64, $($argument),*),
            48 => $rows(48, $($argument),*),
            width => $rows(width, $($argument),*),
        }
    };
}

/// Steps every lane along its samples.
#[inline(always)]
pub(super) fn each<T: Copy, A>(samples: &[T], lanes: &mut [A], step: impl Fn(&mut A, T)) {
    with_width!(lanes.len(), each_row(samples, lanes, step));
}

#[inline(always)]
pub(super) fn each_row<T: Copy, A>(width: usize, samples: &[T], lanes: &mut [A], step: impl Fn(&mut A, T)) {
    let lanes = &mut lanes[..width];
    let rows = samples.chunks_exact(width);
    let rest = rows.remainder();
    for row in rows {
        lanes.iter_mut().zip(row).for_each(|(lane, &sample)| step(lane, sample));
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &sample)| step(lane, sample));
}

/// Steps every lane along its samples, each with a constant of its own.
#[inline(always)]
pub(super) fn each_with<T: Copy, A, B: Copy>(samples: &[T], with: &[B], lanes: &mut [A], step: impl Fn(&mut A, T, B)) {
    with_width!(lanes.len(), each_row_with(samples, with, lanes, step));
}

#[inline(always)]
fn each_row_with<T: Copy, A, B: Copy>(
    width: usize,
    samples: &[T],
    with: &[B],
    lanes: &mut [A],
    step: impl Fn(&mut A, T, B),
) {
    let (with, lanes) = (&with[..width], &mut lanes[..width]);
    let rows = samples.chunks_exact(width);
    let rest = rows.remainder();
    for row in rows {
        lanes.iter_mut().zip(row.iter().zip(with)).for_each(|(lane, (&sample, &with))| step(lane, sample, with));
    }
    lanes.iter_mut().zip(rest.iter().zip(with)).for_each(|(lane, (&sample, &with))| step(lane, sample, with));
}

/// Steps every lane along its samples of two slices, as far as both reach.
#[inline(always)]
pub(super) fn each_pair<T: Copy, A>(a: &[T], b: &[T], lanes: &mut [A], step: impl Fn(&mut A, T, T)) {
    with_width!(lanes.len(), each_pair_row(a, b, lanes, step));
}

#[inline(always)]
pub(super) fn each_pair_row<T: Copy, A>(width: usize, a: &[T], b: &[T], lanes: &mut [A], step: impl Fn(&mut A, T, T)) {
    let len = a.len().min(b.len());
    let lanes = &mut lanes[..width];
    let (a, b) = (a[..len].chunks_exact(width), b[..len].chunks_exact(width));
    let (a_rest, b_rest) = (a.remainder(), b.remainder());
    for (a, b) in a.zip(b) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (&a, &b))| step(lane, a, b));
    }
    lanes.iter_mut().zip(a_rest.iter().zip(b_rest)).for_each(|(lane, (&a, &b))| step(lane, a, b));
}

/// Steps every lane, which is made of a low and a high part, along its samples two at a time: one each of the two halves of the
/// rows; of an odd row that is left and of the last, incomplete one the second is zero.
#[inline(always)]
pub(super) fn each_two<T: Copy + Default, A>(
    samples: &[T],
    low: &mut [A],
    high: &mut [A],
    step: impl Fn(&mut A, &mut A, T, T),
) {
    with_width!(low.len(), each_two_rows(samples, low, high, step));
}

#[inline(always)]
pub(super) fn each_two_rows<T: Copy + Default, A>(
    width: usize,
    samples: &[T],
    low: &mut [A],
    high: &mut [A],
    step: impl Fn(&mut A, &mut A, T, T),
) {
    let (low, high) = (&mut low[..width], &mut high[..width]);
    let half = samples.len() / (2 * width) * width;
    let (first, rest) = samples.split_at(half);
    let (second, rest) = rest.split_at(half);
    for (a, b) in first.chunks_exact(width).zip(second.chunks_exact(width)) {
        let lanes = low.iter_mut().zip(&mut *high);
        lanes.zip(a.iter().zip(b)).for_each(|((low, high), (&a, &b))| step(low, high, a, b));
    }
    for row in rest.chunks(width) {
        let lanes = low.iter_mut().zip(&mut *high);
        lanes.zip(row).for_each(|((low, high), &sample)| step(low, high, sample, T::default()));
    }
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
