//! What levels are, whatever the layout of the window and however the audio is cut.

use std::thread;

use ndarray::{Array1, Array2, ArrayView2, Axis, ShapeBuilder, array, concatenate, s};
use ndaudio::histogram::{Histogram, LevelPercentiles};
use ndaudio::levels::{self, Level};
use ndaudio::{Levels, Sample};

use crate::common::SplitMix;

/// A linear congruential generator, with the constants of Numerical Recipes; its upper bits are used.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        ((u64::from(self.next()) * bound as u64) >> 32) as usize
    }

    /// Noise with silence and runs of both ends of the range in it.
    fn audio<T: Sample>(&mut self, frames: usize, channels: usize) -> Array2<T> {
        let mut audio = Array2::from_shape_simple_fn((frames, channels), || self.next().cast_signed().convert::<T>());
        for _ in 0..frames * channels / 16 {
            let value = [i32::MIN, i32::MAX, 0, -1][self.below(4)].convert::<T>();
            let (from, channel) = (self.below(frames), self.below(channels));
            let to = (from + self.below(9)).min(frames);
            audio.slice_mut(s![from..to, channel]).fill(value);
        }
        audio
    }
}

fn measured<T: Sample>(audio: &ndarray::ArrayRef2<T>) -> Levels {
    let mut levels = Levels::new(audio.ncols());
    levels.add(audio);
    levels
}

/// The definitions, of one channel of integers.
struct Naive {
    mean_square: f64,
    mean: f64,
    variance: f64,
    min: f64,
    max: f64,
    peak: f64,
    clipped: u64,
    longest_clipped_run: u64,
    zero_crossings: u64,
}

/// A quotient that is rounded once: either the numerator is exact as a float or the division is.
fn ratio(numerator: i128, denominator: i128) -> f64 {
    let zeros = if numerator == 0 { 0 } else { numerator.trailing_zeros() };
    let numerator = numerator >> zeros;
    assert!(numerator.abs() < 1 << 53 || denominator.cast_unsigned().is_power_of_two(), "rounded once");
    numerator as f64 / denominator as f64 * 2_f64.powi(zeros.cast_signed())
}

impl Naive {
    fn of<T: Sample>(samples: impl Iterator<Item = T>, clips: [T; 2]) -> Self {
        let samples: Vec<T> = samples.collect();
        let clips: Vec<bool> = samples.iter().map(|sample| clips.contains(sample)).collect();
        let wide: Vec<i128> = samples.iter().map(|sample| i128::from(sample.convert::<i32>())).collect();
        let count = samples.len() as i128;
        let (sum, squares) = (wide.iter().sum::<i128>(), wide.iter().map(|x| x * x).sum::<i128>());
        let scale = 2_f64.powi(31);
        let extreme =
            |pick: fn(i128, i128) -> i128| wide.iter().copied().reduce(pick).map_or(f64::NAN, |x| x as f64 / scale);
        Naive {
            mean_square: ratio(squares, count) / scale / scale,
            mean: ratio(sum, count) / scale,
            variance: ratio(count * squares - sum * sum, count * count) / scale / scale,
            min: extreme(i128::min),
            max: extreme(i128::max),
            peak: extreme(|a, b| a.abs().max(b.abs())).abs(),
            clipped: clips.iter().filter(|clip| **clip).count() as u64,
            longest_clipped_run: clips.split(|clip| !clip).map(<[bool]>::len).max().unwrap_or(0) as u64,
            zero_crossings: wide.windows(2).filter(|pair| (pair[0] >= 0) != (pair[1] >= 0)).count() as u64,
        }
    }
}

/// NaN is NaN here.
fn assert_same(found: &Array1<f64>, expected: impl Iterator<Item = f64>, what: &str) {
    let bits = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
    let (found, expected): (Vec<f64>, Vec<f64>) = (found.to_vec(), expected.collect());
    assert!(
        found.iter().map(|x| bits(*x)).eq(expected.iter().map(|x| bits(*x))),
        "{what}: {found:?}, not {expected:?}"
    );
}

fn assert_by_definition<T: Sample>(window: &ArrayView2<'_, T>, clips: [T; 2], what: &str) {
    let naive: Vec<Naive> =
        window.columns().into_iter().map(|column| Naive::of(column.iter().copied(), clips)).collect();
    let each = |measure: fn(&Naive) -> f64| naive.iter().map(measure);
    assert_same(&levels::mean_square(window), each(|n| n.mean_square), what);
    assert_same(&levels::rms(window), each(|n| n.mean_square.sqrt()), what);
    assert_same(&levels::mean(window), each(|n| n.mean), what);
    assert_same(&levels::min(window), each(|n| n.min), what);
    assert_same(&levels::max(window), each(|n| n.max), what);
    assert_same(&levels::peak(window), each(|n| n.peak), what);
    assert_same(&levels::crest_factor(window), each(|n| n.peak / n.mean_square.sqrt()), what);
    let total = measured(window);
    assert_eq!(total.frames(), window.nrows() as u64, "{what}");
    assert_same(&total.mean_square(), each(|n| n.mean_square), what);
    assert_same(&total.rms(), each(|n| n.mean_square.sqrt()), what);
    assert_same(&total.mean(), each(|n| n.mean), what);
    assert_same(&total.min(), each(|n| n.min), what);
    assert_same(&total.max(), each(|n| n.max), what);
    assert_same(&total.peak(), each(|n| n.peak), what);
    assert_same(&total.crest_factor(), each(|n| n.peak / n.mean_square.sqrt()), what);
    assert_same(&total.each(Level::variance), each(|n| n.variance), what);
    assert_same(&total.each(Level::standard_deviation), each(|n| n.variance.sqrt()), what);
    let counted = |measure: fn(&Level) -> u64| total.each(measure).to_vec();
    let count = |measure: fn(&Naive) -> u64| naive.iter().map(measure).collect::<Vec<_>>();
    assert_eq!(counted(Level::clipped), count(|n| n.clipped), "{what}");
    assert_eq!(counted(Level::longest_clipped_run), count(|n| n.longest_clipped_run), "{what}");
    assert_eq!(counted(Level::zero_crossings), count(|n| n.zero_crossings), "{what}");
    let pairs = window.nrows().saturating_sub(1) as f64;
    assert_same(&total.each(Level::zero_crossing_rate), naive.iter().map(|n| n.zero_crossings as f64 / pairs), what);
}

/// Every layout that a window can have, of as many frames.
fn assert_every_layout<T: Sample>(random: &mut Random, frames: usize, channels: usize, clips: [T; 2]) {
    let what = format!("{frames} frames × {channels} channels of {}", T::TYPE);
    let audio = random.audio::<T>(frames, channels);
    assert_by_definition(&audio.view(), clips, &what);
    assert_by_definition(&audio.slice(s![..;-1, ..]), clips, &format!("{what}, back to front"));
    assert_by_definition(&audio.slice(s![.., ..;-1]), clips, &format!("{what}, last channel first"));
    assert_by_definition(&audio.slice(s![.., channels / 2..]), clips, &format!("{what}, some of them"));
    let mut columns = Array2::zeros((frames, channels).f());
    columns.assign(&audio);
    assert_by_definition(&columns.view(), clips, &format!("{what}, one channel after the other"));
    let twice = concatenate![Axis(0), audio, audio];
    assert_by_definition(&twice.slice(s![..;2, ..]), clips, &format!("{what}, every other frame"));
}

#[test]
fn integers_have_the_levels_of_their_definition_in_any_layout() {
    let mut random = Random(1);
    for channels in [1, 2, 3, 5, 8, 33, 48, 64, 65, 130] {
        for frames in [1, 2, 3, 31, 257] {
            assert_every_layout(&mut random, frames, channels, [i16::MIN, i16::MAX]);
        }
        for frames in [1, 2, 256] {
            assert_every_layout(&mut random, frames, channels, [i32::MIN, i32::MAX]);
        }
    }
    // More than a block of either type.
    assert_every_layout(&mut random, 1 << 15, 1, [i16::MIN, i16::MAX]);
    assert_every_layout(&mut random, 1 << 14, 3, [i16::MIN, i16::MAX]);
    assert_every_layout(&mut random, 1 << 14, 3, [i32::MIN, i32::MAX]);
}

/// The order of all additions is that of the frames, so that not even a float shows the strides.
#[test]
fn floats_have_the_same_bits_in_any_layout() {
    let mut random = Random(2);
    for (frames, channels) in [(1, 1), (20_000, 1), (10_001, 2), (5000, 3), (700, 64), (300, 130)] {
        let audio = random.audio::<f32>(frames, channels);
        let (whole, functions) = (measured(&audio), [levels::rms, levels::mean, levels::peak]);
        let mut columns = Array2::zeros((frames, channels).f());
        columns.assign(&audio);
        let stretched = Array2::from_shape_fn((frames * 3, channels + 1), |(frame, channel)| {
            if channel < channels { audio[[frame / 3, channel]] } else { f32::NAN }
        });
        for same in [columns.view(), stretched.slice(s![1..;3, ..channels])] {
            assert_eq!(measured(&same), whole);
            for measure in functions {
                assert_eq!(measure(&same.to_owned()), measure(&audio));
                let mut out = Array1::zeros(channels);
                levels::rms_into(&same, &mut out);
                assert_eq!(out, levels::rms(&audio));
            }
        }
    }
}

/// Merges neighbours in whatever order until one is left.
fn merged_in_any_order(random: &mut Random, mut parts: Vec<Levels>) -> Levels {
    while parts.len() > 1 {
        let index = random.below(parts.len() - 1);
        let next = parts.remove(index + 1);
        parts[index].merge(&next);
    }
    parts.remove(0)
}

fn assert_any_cut_gives_the_same<T: Sample>(random: &mut Random) {
    for (frames, channels) in [(1, 1), (40, 1), (200, 2), (3000, 3), (500, 70)] {
        let audio = random.audio::<T>(frames, channels);
        let whole = measured(&audio);
        for _ in 0..40 {
            let mut cuts: Vec<usize> = (0..random.below(12)).map(|_| random.below(frames + 1)).collect();
            cuts.extend([0, frames]);
            cuts.sort_unstable();
            let parts = cuts.windows(2).map(|cut| audio.slice(s![cut[0]..cut[1], ..]));
            let mut added = Levels::new(channels);
            parts.clone().for_each(|part| added.add(&part));
            assert_eq!(added, whole, "added block by block, cut at {cuts:?}");
            let merged = merged_in_any_order(random, parts.map(|part| measured(&part)).collect());
            assert_eq!(merged, whole, "merged in any order, cut at {cuts:?}");
        }
        for len in [1, 7, 1024] {
            let mut added = Levels::new(channels);
            audio.axis_chunks_iter(Axis(0), len).for_each(|block| added.add(&block));
            assert_eq!(added, whole, "blocks of {len}");
        }
    }
}

#[test]
fn any_cut_and_any_merge_tree_give_the_same_bits() {
    let mut random = Random(3);
    assert_any_cut_gives_the_same::<i16>(&mut random);
    assert_any_cut_gives_the_same::<i32>(&mut random);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let audio = Random(4).audio::<i16>(100_000, 2);
    let whole = measured(&audio);
    for threads in 1..=8 {
        let parts: Vec<Levels> = thread::scope(|scope| {
            let parts = audio.axis_chunks_iter(Axis(0), audio.nrows().div_ceil(threads));
            let running: Vec<_> = parts.map(|part| scope.spawn(move || measured(&part))).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(parts.len(), threads);
        let mut merged = Levels::new(2);
        parts.iter().for_each(|part| merged.merge(part));
        assert_eq!(merged, whole);
    }
}

/// Each half is exact in `i32`, so the whole is what the same audio all in `i32` has.
#[test]
fn sample_types_may_be_mixed() {
    let audio = Random(5).audio::<i16>(1000, 2);
    let (first, second) = (audio.slice(s![..400, ..]), audio.slice(s![400.., ..]));
    let mut mixed = measured(&first.mapv(|sample| sample.convert::<i32>()));
    mixed.add(&second);
    let whole = measured(&audio);
    assert_eq!(mixed.mean_square(), whole.mean_square());
    assert_eq!(mixed.each(Level::variance), whole.each(Level::variance));
    assert_eq!(mixed.each(Level::zero_crossings), whole.each(Level::zero_crossings));
    let sums = |power| audio.column(1).iter().map(|&sample| (i128::from(sample) << 16).pow(power)).sum::<i128>();
    assert_eq!(mixed.channel(1).integer_sums(), Some((sums(1), sums(2).unsigned_abs())));
    mixed = measured(&first);
    mixed.add(&second.mapv(|sample| sample.convert::<f32>()));
    assert_eq!((mixed.frames(), mixed.channel(1).integer_sums()), (1000, None));
    assert_eq!(mixed.peak(), whole.peak());
    assert_eq!(mixed.each(Level::zero_crossings), whole.each(Level::zero_crossings));
    for (found, expected) in [
        (mixed.mean_square(), whole.mean_square()),
        (mixed.mean(), whole.mean()),
        (mixed.each(Level::variance), whole.each(Level::variance)),
    ] {
        assert!((&found - &expected).iter().all(|error| error.abs() < 1e-15), "{found} for {expected}");
    }
}

/// All channels as if they were one: of equally long channels the mean of their powers.
#[test]
fn overall_pools_the_channels() {
    let audio = Random(6).audio::<i16>(64, 4);
    let overall = measured(&audio).overall();
    let all: Vec<i16> = audio.iter().copied().collect();
    let pooled = Naive::of(all.into_iter(), [i16::MIN, i16::MAX]);
    assert_eq!(overall.samples(), 256);
    assert_eq!(overall.mean_square(), pooled.mean_square);
    assert_eq!(overall.variance(), pooled.variance);
    assert_eq!((overall.mean(), overall.min(), overall.max()), (pooled.mean, pooled.min, pooled.max));
    assert_eq!(overall.clipped(), pooled.clipped);
    let channels = measured(&audio);
    let longest = (0..4).map(|channel| channels.channel(channel).longest_clipped_run()).max();
    assert_eq!(Some(overall.longest_clipped_run()), longest);
    assert_eq!(overall.zero_crossings(), channels.each(Level::zero_crossings).sum());
    assert_eq!(overall.zero_crossing_rate(), overall.zero_crossings() as f64 / (4.0 * 63.0));
}

/// As states that were stored may count, whoever made them up.
#[test]
fn counts_of_more_samples_than_there_can_be_saturate() {
    fn doubled<T: Sample>(block: &Array2<T>) -> Levels {
        let mut levels = measured(block);
        for _ in 0..130 {
            levels.merge(&levels.clone());
            let _ = levels.overall();
        }
        levels.add(block);
        levels
    }
    let integers = doubled(&array![[i32::MIN, 1], [i32::MIN, -1], [i32::MIN, 0]]);
    let floats = doubled(&array![[1.0, f64::NAN], [-1.0, 0.5], [1.0, f64::INFINITY]]);
    for levels in [integers, floats] {
        let pooled = levels.overall();
        assert_eq!((levels.frames(), pooled.samples()), (u64::MAX, u64::MAX));
        assert_eq!((levels.channel(0).clipped(), levels.channel(0).longest_clipped_run()), (u64::MAX, u64::MAX));
        let _ = (pooled.variance(), pooled.mean(), pooled.mean_square(), levels.channel(0).variance());
    }
}

#[test]
fn no_frames_have_no_level() {
    fn check<T: Sample>() {
        for channels in [1, 2, 100] {
            let nothing = Array2::<T>::zeros((0, channels));
            for measure in [
                levels::rms,
                levels::mean_square,
                levels::mean,
                levels::peak,
                levels::min,
                levels::max,
                levels::crest_factor,
            ] {
                let found = measure(&nothing);
                assert!(found.len() == channels && found.iter().all(|value| value.is_nan()), "{found}");
            }
            let mut total = measured(&nothing);
            for level in [total.channel(0).clone(), total.overall()] {
                for value in [level.rms(), level.mean(), level.variance(), level.peak(), level.zero_crossing_rate()] {
                    assert!(value.is_nan());
                }
                assert_eq!((level.samples(), level.clipped(), level.zero_crossings()), (0, 0, 0));
            }
            let some = measured(&Random(7).audio::<T>(10, channels));
            total.merge(&some);
            total.merge(&measured(&nothing));
            assert_eq!(total, some);
        }
        assert_eq!(levels::rms(&Array2::<T>::zeros((3, 0))).len(), 0);
    }
    check::<i16>();
    check::<i32>();
    check::<f32>();
    check::<f64>();
}

#[test]
fn silence_has_no_crest_factor_and_minus_infinite_level() {
    let silence = Array2::<i16>::zeros((10, 1));
    assert_eq!(levels::rms(&silence), array![0.0]);
    assert_eq!(ndaudio::db::from_amplitude(levels::rms(&silence)[0]), f64::NEG_INFINITY);
    assert!(levels::crest_factor(&silence)[0].is_nan() && measured(&silence).crest_factor()[0].is_nan());
}

#[test]
fn the_functions_pass_nan_on_and_take_infinities_as_they_are() {
    let window = array![[0.5_f32, f32::NAN, 0.5], [-0.25, 1.0, f32::NEG_INFINITY], [0.0, 0.5, 0.25]];
    for measure in [levels::rms, levels::mean_square, levels::mean, levels::peak, levels::min, levels::max] {
        for found in [measure(&window), measure(&window.slice(s![..;-1, ..]).to_owned())] {
            assert!(found[0].is_finite() && found[1].is_nan(), "{found}");
        }
    }
    assert_eq!(levels::min(&window)[2], f64::NEG_INFINITY);
    assert_eq!((levels::max(&window)[2], levels::peak(&window)[2]), (0.5, f64::INFINITY));
    assert_eq!((levels::rms(&window)[2], levels::mean(&window)[2]), (f64::INFINITY, f64::NEG_INFINITY));
}

/// As if the samples that are not finite had not been there.
#[test]
fn levels_count_nan_and_infinities_and_leave_them_out() {
    let mut random = Random(8);
    let audio = random.audio::<f32>(5000, 2);
    let mut spoilt = Array2::zeros((0, 2));
    let mut counts = [0, 0];
    for frame in audio.rows() {
        let bad = random.below(6);
        if bad < 2 {
            let value = [f32::NAN, f32::INFINITY][bad];
            spoilt.push_row(array![value, -value].view()).unwrap();
            counts[bad] += 1;
        }
        spoilt.push_row(frame).unwrap();
    }
    let (clean, found) = (measured(&audio), measured(&spoilt));
    assert_eq!(found.frames(), spoilt.nrows() as u64);
    for channel in 0..2 {
        let (clean, found) = (clean.channel(channel), found.channel(channel));
        assert_eq!((found.nan(), found.infinite(), found.samples()), (counts[0], counts[1], 5000));
        assert_eq!((found.min(), found.max()), (clean.min(), clean.max()));
        assert_eq!((found.clipped(), found.longest_clipped_run()), (clean.clipped(), clean.longest_clipped_run()));
        assert_eq!(found.zero_crossings(), clean.zero_crossings());
        assert_eq!(found.zero_crossing_rate(), clean.zero_crossing_rate());
        for (found, clean) in [
            (found.mean_square(), clean.mean_square()),
            (found.mean(), clean.mean()),
            (found.variance(), clean.variance()),
        ] {
            assert!((found - clean).abs() <= 1e-14 * clean.abs(), "{found} for {clean}");
        }
    }
    let (mut twice, overall) = (found.clone(), found.overall());
    twice.merge(&found);
    for both in [twice.channel(0), &overall] {
        assert_eq!((both.nan(), both.infinite(), both.samples()), (2 * counts[0], 2 * counts[1], 10_000));
    }
    let only = measured(&array![[f64::NAN], [f64::INFINITY]]);
    assert_eq!((only.frames(), only.channel(0).samples()), (2, 0));
    assert!(only.rms()[0].is_nan() && only.peak()[0].is_nan());
}

#[test]
fn floats_clip_at_full_scale() {
    let audio = array![[1.0_f64], [-1.5], [0.999], [-1.0], [1.0], [1e300], [0.0], [-0.0]];
    let level = measured(&audio).channel(0).clone();
    assert_eq!((level.clipped(), level.longest_clipped_run()), (5, 3));
    // Minus zero is not below zero.
    assert_eq!(level.zero_crossings(), 4);
}

#[test]
fn the_least_sample_has_the_magnitude_of_full_scale() {
    assert_eq!(levels::peak(&array![[i16::MIN], [i16::MAX]]), array![1.0]);
    assert_eq!(levels::rms(&Array2::from_elem((100_000, 1), i16::MIN)), array![1.0]);
    assert_eq!(levels::rms(&Array2::from_elem((100_000, 1), i32::MIN)), array![1.0]);
    assert_eq!(levels::mean(&Array2::from_elem((100_000, 1), i16::MIN)), array![-1.0]);
}

/// A hundred million samples where there is time: squares of 48 bits, whose sum an integer of 128 bits has exactly.
#[test]
fn long_sums_of_floats_keep_the_stated_bound() {
    let times = if cfg!(debug_assertions) { 5 } else { 100 };
    let mut random = Random(9);
    // 24 bits about an offset of three quarters, as multiples of 2^-24.
    let units: Vec<i128> = (0..1_000_000).map(|_| i128::from(random.next() >> 10) + 0x00A0_0000).collect();
    let block = Array2::from_shape_fn((units.len(), 1), |(frame, _)| units[frame] as f32 / 16_777_216.0);
    let mut total = Levels::new(1);
    (0..times).for_each(|_| total.add(&block));
    let (sum, squares): (i128, i128) = (units.iter().sum(), units.iter().map(|x| x * x).sum());
    let count = units.len() as i128;
    // In full: the numbers are below 2^100, so one division of their f64 roundings is good to 2^-51.
    let expected_square = squares as f64 / count as f64 / 2_f64.powi(48);
    let expected_mean = sum as f64 / count as f64 / 2_f64.powi(24);
    let expected_variance = (count * squares - sum * sum) as f64 / (count * count) as f64 / 2_f64.powi(48);
    let level = total.channel(0);
    assert_eq!(level.samples(), times * 1_000_000);
    let bound = 264.0 * 2_f64.powi(-53);
    let error = |found: f64, expected: f64| ((found - expected) / expected).abs();
    assert!(error(level.mean_square(), expected_square) < bound, "{}", error(level.mean_square(), expected_square));
    assert!(error(level.mean(), expected_mean) < bound, "{}", error(level.mean(), expected_mean));
    let steep = 1e-13 * (1.0 + expected_mean / expected_variance.sqrt());
    assert!(error(level.variance(), expected_variance) < steep, "{}", error(level.variance(), expected_variance));
}

/// Where E[x²] − E[x]² is 1.6 % off in f64: an offset of 0.9 and noise of −94 dB.
#[test]
fn a_large_offset_does_not_drown_the_variance() {
    let mut random = Random(10);
    let units: Vec<i128> = (0..200_000).map(|_| 15_099_494 + i128::from(random.next() >> 22)).collect();
    let audio = Array2::from_shape_fn((units.len(), 1), |(frame, _)| units[frame] as f32 / 16_777_216.0);
    let (sum, squares): (i128, i128) = (units.iter().sum(), units.iter().map(|x| x * x).sum());
    let count = units.len() as i128;
    let expected = (count * squares - sum * sum) as f64 / (count * count) as f64 / 2_f64.powi(48);
    let found = measured(&audio).channel(0).variance();
    assert!(
        ((found - expected) / expected).abs() < 1e-13 * (1.0 + 0.9 / expected.sqrt()),
        "{found:e} for {expected:e}"
    );
    // The bound is loose; in truth nearly all bits are right.
    assert!(((found - expected) / expected).abs() < 1e-13, "{found:e} for {expected:e}");
}

#[test]
fn histograms_merge_in_any_order_and_know_every_percentile() {
    let audio = Random(11).audio::<i16>(101, 2);
    let mut whole = Histogram::new(2);
    whole.add(&audio);
    let mut merged = Histogram::new(2);
    for block in audio.axis_chunks_iter(Axis(0), 10).rev() {
        let mut part = Histogram::new(2);
        part.add(&block);
        merged.merge(&part);
    }
    assert_eq!(merged, whole);
    for (channel, column) in audio.columns().into_iter().enumerate() {
        let mut sorted = column.to_vec();
        sorted.sort_unstable();
        for (rank, sample) in sorted.iter().enumerate() {
            let percent = rank as f64;
            let found = whole.percentile(channel, percent) * 32_768.0;
            assert!(
                (found - f64::from(*sample)).abs() < 1e-6 * f64::from(u16::MAX),
                "{percent} %: {found}, not {sample}"
            );
        }
    }
    assert!(Histogram::new(1).percentile(0, 50.0).is_nan());
}

/// Where NumPy has NaN.
#[test]
fn percentiles_between_silence_and_a_level_are_silence() {
    let levels: LevelPercentiles = [-10.0, f64::NEG_INFINITY, f64::NAN].into_iter().collect();
    assert_eq!((levels.len(), levels.undefined()), (2, 1));
    for percent in [0.0, 25.0, 50.0, 75.0] {
        assert_eq!(levels.percentile(percent), f64::NEG_INFINITY);
    }
    assert_eq!((levels.percentile(100.0), levels.exceeded(0.0)), (-10.0, -10.0));
    assert!(LevelPercentiles::default().percentile(50.0).is_nan());
}

#[test]
#[should_panic(expected = "results (1) must be as many as channels (2)")]
fn too_few_results_are_refused() {
    levels::rms_into(&array![[0_i16, 1]], &mut Array1::zeros(1));
}

#[test]
#[should_panic(expected = "channels of the block (3) must be those of the levels (2)")]
fn another_number_of_channels_is_refused() {
    Levels::new(2).add(&array![[0_i16, 1, 2]]);
}

/// Values that differ in their last digits only: 1 + k × 2^−52, of which the variance is known in integers.
#[test]
fn the_variance_keeps_its_bound_where_nearly_all_of_a_value_is_its_mean() {
    let mut random = SplitMix(11);
    for spread in [4, 64, 4_096, 1 << 20, 1 << 30, 1 << 40] {
        let steps: Vec<u64> = (0..4_096).map(|_| random.next() % spread).collect();
        let audio = Array2::from_shape_fn((4_096, 1), |(frame, _)| 1.0 + steps[frame] as f64 * f64::EPSILON);
        let count = steps.len() as u128;
        let sum: u128 = steps.iter().map(|&step| u128::from(step)).sum();
        let squares: u128 = steps.iter().map(|&step| u128::from(step) * u128::from(step)).sum();
        let variance = (squares * count - sum * sum) as f64 / (count * count) as f64 * f64::EPSILON * f64::EPSILON;
        let mut levels = Levels::new(1);
        audio.axis_chunks_iter(Axis(0), 1_000).for_each(|block| levels.add(&block));
        let error = (levels.channel(0).variance() - variance).abs() / variance;
        let ratio = 1.0 / variance.sqrt();
        assert!(error <= 2e-13 * (1.0 + ratio) + (1e-13 * ratio).powi(2), "{spread}: {error:e}");
    }
}

#[test]
fn sums_near_the_largest_float_are_right_and_past_it_infinite() {
    // Squares of 2.5e307, whose sum is below the largest float of 1.8e308; the means of the halves are 1e154 apart, with a square of 1e308.
    let (high, low) = (Array2::from_elem((3, 1), 5e153), Array2::from_elem((3, 1), -5e153));
    let mut merged = measured(&high);
    merged.merge(&measured(&low));
    for levels in [merged, measured(&concatenate![Axis(0), high, low])] {
        let level = levels.channel(0);
        assert_eq!((level.mean(), level.peak()), (0.0, 5e153));
        for found in [level.mean_square(), level.variance()] {
            assert!((found / 2.5e307 - 1.0).abs() < 1e-15, "{found:e}");
        }
    }
    let (high, low) = (array![[f64::MAX], [1.0]], array![[-f64::MAX], [1.0]]);
    let mut merged = measured(&high);
    merged.merge(&measured(&low));
    for levels in [merged, measured(&concatenate![Axis(0), high, low])] {
        let level = levels.channel(0);
        assert_eq!((level.mean_square(), level.variance()), (f64::INFINITY, f64::INFINITY));
        assert_eq!((level.rms(), level.peak(), level.min()), (f64::INFINITY, f64::MAX, -f64::MAX));
    }
    // Sums that are infinite themselves, and equal.
    let high = measured(&array![[f64::MAX], [f64::MAX]]);
    let mut merged = high.clone();
    merged.merge(&high);
    for level in [high.channel(0), merged.channel(0)] {
        assert_eq!(
            (level.mean(), level.mean_square(), level.variance()),
            (f64::INFINITY, f64::INFINITY, f64::INFINITY)
        );
    }
}
