//! Stored and loaded states of measures are what they were, and nothing else is loaded.
#![cfg(feature = "serde")]

use ndarray::{Array2, Axis, array, s};
use ndaudio::Levels;
use ndaudio::histogram::{Histogram, LevelPercentiles};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::common::SplitMix;

fn audio(channels: usize) -> Array2<i32> {
    let mut state = 12_345_u32;
    let mut audio = Array2::from_shape_simple_fn((3000, channels), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.cast_signed()
    });
    audio.slice_mut(s![990..1010, ..]).fill(i32::MAX);
    audio
}

fn stored_and_loaded<T: Serialize + DeserializeOwned>(state: &T) -> T {
    serde_json::from_str(&serde_json::to_string(state).expect("text")).expect("what was stored")
}

fn measured<T: ndaudio::Sample>(audio: &ndarray::ArrayRef2<T>) -> Levels {
    let mut levels = Levels::new(audio.ncols());
    levels.add(audio);
    levels
}

#[test]
fn parts_that_were_stored_merge_to_the_same_bits() {
    let audio = audio(3);
    let whole = measured(&audio);
    let mut merged = Levels::new(3);
    for part in audio.axis_chunks_iter(Axis(0), 1000) {
        merged.merge(&stored_and_loaded(&measured(&part)));
        merged = stored_and_loaded(&merged);
    }
    assert_eq!(merged, whole);
    assert_eq!(merged.channel(0).longest_clipped_run(), 20);
}

#[test]
fn floats_keep_all_bits() {
    let mut floats = audio(2).mapv(|sample| f64::from(sample) / 3e9);
    floats[[7, 0]] = f64::NAN;
    floats[[8, 1]] = f64::INFINITY;
    floats[[9, 1]] = 1e200; // its square is infinite
    let levels = measured(&floats);
    assert_eq!(format!("{:?}", stored_and_loaded(&levels)), format!("{levels:?}"));
    assert_eq!(levels.channel(1).mean_square(), f64::INFINITY);
    let nothing = Levels::new(1);
    assert_eq!(stored_and_loaded(&nothing), nothing);
}

#[test]
fn histograms_and_percentiles_are_loaded_as_stored() {
    let audio = audio(2).mapv(|sample| (sample >> 16) as i16);
    let mut histogram = Histogram::new(2);
    histogram.add(&audio);
    assert_eq!(stored_and_loaded(&histogram), histogram);
    let levels: LevelPercentiles = [-60.1, f64::NEG_INFINITY, -0.3, f64::NAN].into_iter().collect();
    assert_eq!(stored_and_loaded(&levels), levels);
    assert_eq!((levels.len(), levels.undefined()), (3, 1));
}

/// The text of version 1 as the first release wrote it: two frames of −16384 and 16383 as `i16`.
#[test]
fn version_1_stays_readable() {
    let text = r#"{"version":1,"frames":2,"channels":[{"nan":0,"infinite":0,"integers":[2,"-65536","2305702276020305920"],
        "floats":[0,["0000000000000000","0000000000000000"],["0000000000000000","0000000000000000"],["0000000000000000","0000000000000000"]],
        "found":{"least":"bfe0000000000000","greatest":"3fdfff8000000000","clipped":0,"runs":[0,0,0],"crossings":1,"ends":[false,true]}}]}"#;
    let levels: Levels = serde_json::from_str(text).unwrap();
    assert_eq!(levels, measured(&array![[-16_384_i16], [16_383]]));
}

fn refusal<T: DeserializeOwned + std::fmt::Debug>(state: &Value) -> String {
    serde_json::from_str::<T>(&state.to_string()).expect_err("refused").to_string()
}

#[test]
fn unknown_versions_are_refused_with_words() {
    let mut state = serde_json::to_value(measured(&audio(1))).unwrap();
    state["version"] = json!(2);
    state["something"] = json!("new");
    assert!(refusal::<Levels>(&state).contains("the state is of version 2, and only version 1 can be read"));
    let mut state = serde_json::to_value(Histogram::new(1)).unwrap();
    state["version"] = json!(0);
    assert!(refusal::<Histogram>(&state).contains("version 0"));
}

#[test]
fn states_that_no_audio_has_are_refused() {
    let whole = serde_json::to_value(measured(&audio(1))).unwrap();
    let damaged = |path: &str, value: Value| {
        let mut state = whole.clone();
        *state.pointer_mut(path).expect(path) = value;
        refusal::<Levels>(&state)
    };
    let too_many = json!(u64::MAX);
    assert!(damaged("/frames", json!(2999)).contains("more samples than frames"));
    assert!(damaged("/frames", json!(3001)).contains("its samples are not 3001"));
    assert!(damaged("/frames", too_many.clone()).contains("too many"));
    assert!(damaged("/channels", json!([])).contains("no channels"));
    assert!(damaged("/channels/0/nan", too_many.clone()).contains("more samples than frames"));
    assert!(damaged("/channels/0/integers/1", json!("99999999999999999999999")).contains("sums"));
    assert!(damaged("/channels/0/integers/2", json!("0")).contains("sums"));
    assert!(damaged("/channels/0/integers/2", json!("-1")).contains("invalid digit"));
    assert!(damaged("/channels/0/integers/2", json!(u128::MAX.to_string())).contains("sums"));
    assert!(damaged("/channels/0/found", json!(null)).contains("without samples, or none of them"));
    assert!(damaged("/channels/0/found/clipped", too_many.clone()).contains("clipped"));
    assert!(damaged("/channels/0/found/runs/2", json!(3000)).contains("runs"));
    assert!(damaged("/channels/0/found/runs/0", json!(2000)).contains("runs"));
    assert!(damaged("/channels/0/found/crossings", json!(3000)).contains("crossings"));
    assert!(damaged("/channels/0/found/least", json!("7ff0000000000000")).contains("not finite"));
    assert!(damaged("/channels/0/found/least", json!("?")).contains("16 hexadecimal digits"));
    let mut histogram = Histogram::new(1);
    histogram.add(&array![[1_i16], [2]]);
    let whole = serde_json::to_value(histogram).unwrap();
    let damaged = |path: &str, value: Value| {
        let mut state = whole.clone();
        *state.pointer_mut(path).expect(path) = value;
        refusal::<Histogram>(&state)
    };
    assert!(damaged("/channels/0/0", json!([2, 1])).contains("ascend"));
    assert!(damaged("/channels/0/0", json!([0, 2])).contains("counts 3 samples in 2 frames"));
    assert!(damaged("/channels/0/0", json!([0, u64::MAX])).contains("more samples than frames"));
    assert!(damaged("/frames", too_many).contains("too many"));
    assert!(damaged("/channels", json!([])).contains("no channels"));
}

/// States that are damaged in ways that no sum gives away: each field by itself could be.
#[test]
fn states_whose_parts_contradict_each_other_are_refused() {
    fn damaged(audio: &Levels, path: &str, value: Value) -> String {
        let mut state = serde_json::to_value(audio).unwrap();
        *state.pointer_mut(path).expect(path) = value;
        refusal::<Levels>(&state)
    }
    let bits = |value: f64| json!(format!("{:016x}", value.to_bits()));
    let integers = measured(&array![[-16_384_i16], [16_383], [i16::MAX], [i16::MAX]]);
    let clipped = "/channels/0/found/clipped";
    assert!(damaged(&integers, "/channels/0/found/runs", json!([0, 0, 0])).contains("without a run"));
    assert!(damaged(&integers, clipped, json!(1)).contains("runs do not fit"));
    assert!(damaged(&integers, "/channels/0/found/runs", json!([4, 0, 4])).contains("runs do not fit"));
    assert!(damaged(&integers, "/channels/0/found/crossings", json!(2)).contains("zero crossings"));
    assert!(damaged(&integers, "/channels/0/found/least", bits(f64::NEG_INFINITY)).contains("not finite"));
    assert!(damaged(&integers, "/channels/0/found/least", bits(-0.3)).contains("not those of integers"));
    assert!(damaged(&integers, "/channels/0/found/least", bits(0.25)).contains("no sample is below"));
    assert!(damaged(&integers, "/channels/0/found/least", json!("+fe0000000000000")).contains("16 hexadecimal digits"));
    assert!(damaged(&integers, "/channels/0/found/least", json!("bfe")).contains("16 hexadecimal digits"));
    assert!(damaged(&integers, "/channels/0/integers/1", json!("+1")).contains("in which states are stored"));
    let floats = measured(&array![[-0.5_f32], [0.25]]);
    for sum in [2, 3] {
        let path = format!("/channels/0/floats/{sum}/0");
        assert!(damaged(&floats, &path, bits(-1.0)).contains("negative"));
        assert!(damaged(&floats, &path, bits(f64::NAN)).contains("negative or not a number"));
    }
    assert!(damaged(&floats, "/channels/0/floats/1/0", bits(f64::NAN)).contains("not a number"));
    assert!(damaged(&floats, "/channels/0/floats/2/1", bits(-2.0)).contains("negative"));
    let (above, below) = (measured(&array![[0_i16], [1], [2]]), measured(&array![[-1_i16], [-2], [-3]]));
    assert_eq!((stored_and_loaded(&above), stored_and_loaded(&below)), (above.clone(), below.clone()));
    assert!(damaged(&above, "/channels/0/found/crossings", json!(2)).contains("no sample is below"));
    assert!(damaged(&below, "/channels/0/found/crossings", json!(2)).contains("every sample is below"));
    assert!(damaged(&integers, "/channels/0/floats/1/0", bits(1.0)).contains("sums of no samples"));
}

/// Samples of one kind, of which sums are rounded, overflow or vanish.
fn floats(random: &mut SplitMix, len: usize) -> Vec<f64> {
    let kind = random.below(12);
    let offset = random.below(1 << 20) as f64 / f64::from(1 << 20) - 0.5;
    let mut sample = || {
        let noise = random.below(1 << 30) as f64 / f64::from(1 << 29) - 1.0;
        let corners = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1.0, -1.0, 0.5];
        match kind {
            0 => noise,
            // Offsets next to which there is little else, or nothing.
            1 => offset,
            2 => offset + noise * 1e-17,
            3 => noise * f64::from_bits(1 << random.below(52)),
            4 => noise * 1e-160,
            5 => noise.signum() * (1.0 - f64::EPSILON / 2.0),
            6 => noise.signum() * [1.0, f64::EPSILON][random.below(2)] + random.below(2) as f64,
            // Squares and sums that overflow, or nearly.
            7 => noise.signum() * 0.94e154,
            8 => noise.signum() * [f64::MAX, 1e300, 1e-300][random.below(3)],
            9 => noise * 1e154,
            10 => corners[random.below(8)],
            _ => f64::from_bits(random.next()),
        }
    };
    (0..len).map(|_| sample()).collect()
}

/// Adds random samples of a random type, or merges what is there with itself or with random levels.
#[expect(clippy::cast_possible_truncation, reason = "random bits, and floats to infinite ones too")]
fn grow(levels: &mut Levels, random: &mut SplitMix, depth: usize) {
    let channels = levels.channels();
    let frames = [0, 1, 1, 2, 3, 64, 65, 300, 2_000][random.below(9)];
    let samples = floats(random, frames * channels);
    let samples = Array2::from_shape_vec((frames, channels), samples).unwrap();
    let bits = samples.mapv(f64::to_bits);
    match random.below(if depth > 0 { 9 } else { 6 }) {
        0 => levels.add(&bits.mapv(|bits| (bits >> 40) as i16)),
        1 => levels.add(&bits.mapv(|bits| [i16::MIN, i16::MAX, 0, -1][(bits >> 50) as usize % 4])),
        2 => levels.add(&bits.mapv(|bits| [i32::MIN, i32::MAX, i32::MAX - 1, 0x7FFF_0000][(bits >> 50) as usize % 4])),
        3 => levels.add(&samples.mapv(|sample| sample as f32)),
        4 | 5 => levels.add(&samples),
        6 => levels.merge(&levels.clone()),
        _ => {
            let mut others = Levels::new(channels);
            (0..random.below(4)).for_each(|_| grow(&mut others, random, depth - 1));
            levels.merge(&others);
        }
    }
}

/// Whatever was measured can be loaded, however it was added up.
#[test]
fn every_state_that_is_stored_is_loaded() {
    let mut random = SplitMix(1);
    for round in 0..2_000 {
        let mut levels = Levels::new(1 + random.below(3));
        for _ in 0..1 + random.below(4) {
            grow(&mut levels, &mut random, 3);
        }
        assert_eq!(format!("{:?}", stored_and_loaded(&levels)), format!("{levels:?}"), "{round}");
        if round % 8 == 0 {
            // To the most frames that are loaded.
            while levels.frames() > 0 && levels.frames() <= 1 << 47 {
                levels.merge(&levels.clone());
            }
            assert_eq!(format!("{:?}", stored_and_loaded(&levels)), format!("{levels:?}"), "{round}, long");
        }
    }
}

/// Many small parts, so that what each merge rounds adds up.
#[test]
fn states_of_many_parts_are_loaded() {
    let mut random = SplitMix(2);
    for kind in 0..24 {
        let mut levels = Levels::new(1);
        let samples = floats(&mut random, 3_000);
        samples.iter().for_each(|sample| levels.add(&array![[*sample]]));
        assert_eq!(format!("{:?}", stored_and_loaded(&levels)), format!("{levels:?}"), "{kind}");
    }
}

/// Each of these was loaded, although every field by itself, and every sum, could be.
#[test]
fn states_whose_results_are_not_of_the_same_samples_are_refused() {
    let bits = |value: f64| json!(format!("{:016x}", value.to_bits()));
    let compensated = |value: f64| json!([bits(value), bits(0.0)]);
    let check = |audio: &Levels, changes: &[(&str, Value)], expected: &str| {
        let mut state = serde_json::to_value(audio).unwrap();
        for (path, value) in changes {
            *state["channels"][0].pointer_mut(path).expect(path) = value.clone();
        }
        let refusal = refusal::<Levels>(&state);
        assert!(refusal.contains(expected), "{changes:?}: {refusal}");
    };
    let runs = |clipped: u64, runs: [u64; 3]| [("/found/clipped", json!(clipped)), ("/found/runs", json!(runs))];
    let float = measured(&array![[0.1], [-0.1], [0.1], [-0.1], [0.1], [-0.1], [0.1], [-0.1], [0.1], [-0.1]]);
    let loud = measured(&(array![[2.0], [-2.0]].broadcast((5, 2, 1)).unwrap().to_shape((10, 1)).unwrap()));
    let integers = measured(&array![[16_384_i16], [-16_384], [0]]);

    check(&float, &runs(5, [1, 0, 1]), "no extreme is clipped");
    check(&loud, &runs(0, [0, 0, 0]), "no sample is");
    check(&integers, &runs(1, [0, 0, 1]), "no extreme is clipped");
    check(&measured(&array![[i16::MIN], [0]]), &runs(0, [0, 0, 0]), "no sample is");
    check(&measured(&array![[i32::MAX], [0]]), &runs(0, [0, 0, 0]), "no sample is");
    check(&loud, &runs(10, [0, 0, 1]), "not in one run");
    check(&loud, &runs(10, [1, 1, 1]), "not in one run");
    check(&loud, &runs(5, [5, 5, 5]), "do not fit between");
    check(&loud, &runs(9, [4, 4, 4]), "do not fit between");
    check(&loud, &runs(9, [0, 0, 9]), "do not fit between");
    check(&loud, &runs(7, [1, 1, 2]), "do not fit between");
    check(&loud, &runs(5, [1, 3, 4]), "do not fit between");
    check(&float, &[("/floats/2", compensated(1_000.0))], "mean square is above");
    check(&float, &[("/floats/2", compensated(0.100_001))], "mean square is above");
    check(&float, &[("/floats/2", compensated(0.009_999)), ("/floats/3", compensated(0.0))], "below that of its peak");
    check(&float, &[("/floats/1", compensated(50.0))], "not between its extremes");
    check(&float, &[("/floats/1", compensated(1.000_001))], "not between its extremes");
    check(&float, &[("/floats/1", compensated(-1.000_001))], "not between its extremes");
    check(&float, &[("/floats/1", compensated(f64::INFINITY))], "not between its extremes");
    check(&float, &[("/floats/3", compensated(0.100_001))], "deviations");
    check(&float, &[("/floats/3", compensated(f64::INFINITY))], "deviations");
    check(&float, &[("/floats/1/1", bits(f64::NAN))], "rounded off is not finite");
    check(&integers, &[("/integers/1", json!("0")), ("/integers/2", json!("0"))], "below that of its peak");
    check(
        &integers,
        &[("/integers/1", json!("0")), ("/integers/2", json!((4_u128 << 60).to_string()))],
        "square is above",
    );
    let offset = (1_i64 << 30) * 3 + 1;
    check(
        &integers,
        &[("/integers/1", json!(offset.to_string())), ("/integers/2", json!((3_u128 << 61).to_string()))],
        "not between",
    );
    check(&measured(&array![[0.5]]), &[("/found/least", bits(0.25))], "one sample with two values");
    // Integers, and floats above them all.
    let mut mixed = measured(&array![[1_i16], [2]]);
    mixed.add(&array![[5.0_f32]]);
    assert_eq!(stored_and_loaded(&mixed), mixed);
    check(&mixed, &[("/found/least", bits(3.0))], "not between");
    check(&mixed, &[("/integers/1", json!((-3 << 16).to_string()))], "not between");
}

/// As many samples as in the formulas of the bounds below, of one size and both signs.
const COUNT: u16 = 1_024;

fn both_signs_of(peak: f64) -> Levels {
    measured(&Array2::from_shape_fn((COUNT.into(), 1), |(frame, _)| if frame % 2 == 0 { peak } else { -peak }))
}

fn loaded(levels: &Levels, changes: &[(&str, Value)]) -> Result<Levels, String> {
    let mut state = serde_json::to_value(levels).unwrap();
    for (path, value) in changes {
        *state["channels"][0].pointer_mut(path).expect(path) = value.clone();
    }
    serde_json::from_str(&state.to_string()).map_err(|error| error.to_string())
}

fn compensated(value: f64) -> Value {
    json!([format!("{:016x}", value.to_bits()), format!("{:016x}", 0.0_f64.to_bits())])
}

/// What rounding may add is 300 + 8 n units of 2^−53 for n samples: half as many steps of the floats from 1 to 2, to the step.
#[test]
fn sums_of_floats_may_be_off_by_what_is_rounded_and_no_more() {
    let steps = f64::from((300 + 8 * COUNT) / 2);
    let peak = f64::from(1 << 20);
    let levels = both_signs_of(peak);
    let sum = f64::from(COUNT) * peak;
    let squares = sum * peak;
    let bounds: [(&str, f64, f64, f64, &str); 5] = [
        ("/floats/1", sum, steps, f64::EPSILON, "not between its extremes"),
        ("/floats/1", -sum, steps, f64::EPSILON, "not between its extremes"),
        ("/floats/2", squares, steps, f64::EPSILON, "mean square is above"),
        // Below 1 steps are half as large.
        ("/floats/2", peak * peak, 2.0 * steps, -f64::EPSILON / 2.0, "below that of its peak"),
        ("/floats/3", squares, 800.0 * steps, f64::EPSILON, "deviations"),
    ];
    for (path, exact, steps, step, refusal) in bounds {
        let state = |steps: f64| {
            let mut changes = vec![(path, compensated(exact * (1.0 + steps * step)))];
            // So that the sum of squares is refused for itself.
            changes.extend((step < 0.0).then(|| ("/floats/3", compensated(0.0))));
            loaded(&levels, &changes)
        };
        assert!(state(steps).is_ok(), "{path}: {:?}", state(steps));
        let error = state(steps + 1.0).expect_err(path);
        assert!(error.contains(refusal), "{path}: {error}");
    }
}

/// Where squares vanish, each is off by half of the smallest float, and the sum of n by 64 n of it at most.
#[test]
fn squares_that_vanish_may_be_off_by_the_smallest_floats() {
    let levels = both_signs_of(1e-170);
    let most = 64 * u64::from(COUNT);
    let state = |path, smallest: u64| loaded(&levels, &[(path, compensated(f64::from_bits(smallest)))]);
    for (path, refusal) in [("/floats/2", "mean square is above"), ("/floats/3", "deviations")] {
        assert!(state(path, most).is_ok(), "{path}: {:?}", state(path, most));
        let error = state(path, most + 1).expect_err(path);
        assert!(error.contains(refusal), "{path}: {error}");
    }
}

/// Sums of magnitudes that reach the largest float only if they are rounded up all the way.
#[test]
fn sums_are_no_numbers_only_where_magnitudes_may_overflow() {
    let within = f64::from(300 + 8 * COUNT) * f64::EPSILON / 2.0;
    let not_a_number = [("/floats/1", compensated(f64::NAN))];
    let largest = f64::MAX / f64::from(COUNT);
    for peak in [largest, largest * (1.0 - within * 0.9), f64::MAX] {
        let state = loaded(&both_signs_of(peak), &not_a_number);
        assert!(state.is_ok(), "{peak:e}: {state:?}");
    }
    for peak in [largest * (1.0 - within * 1.1), f64::MAX / 1e100, 1.0] {
        let error = loaded(&both_signs_of(peak), &not_a_number).expect_err("a sum that cannot overflow");
        assert!(error.contains("its sum is not a number"), "{peak:e}: {error}");
    }
}

/// Of two samples whose squares are finite, and add up to a finite sum, the square of the difference may not be finite.
#[test]
fn deviations_are_infinite_only_where_squares_of_differences_may_be() {
    let two = |peak: f64| measured(&array![[peak], [-peak]]);
    let within = (300.0 + 8.0 * 2.0) * f64::EPSILON / 2.0;
    let infinite = [("/floats/3", compensated(f64::INFINITY))];
    // The square of twice as much is the first power of two that is no float.
    let least = 2_f64.powi(511);
    for peak in [least, least.next_down(), least * (1.0 - within * 0.4)] {
        let state = loaded(&two(peak), &infinite);
        assert!(state.is_ok(), "{peak:e}: {state:?}");
    }
    for peak in [least * (1.0 - within * 0.6), least / 2.0, 1.0] {
        let error = loaded(&two(peak), &infinite).expect_err("deviations that cannot overflow");
        assert!(error.contains("deviations"), "{peak:e}: {error}");
    }
    // Beside integers, which may have set the peak, floats may be silent. Without a mean there are no deviations from it, and so none
    // that are larger than the samples.
    let mut mixed = both_signs_of(f64::MAX);
    mixed.add(&array![[1_i16]]);
    let sums = |deviations| {
        let [sum, squares] = [f64::NAN, 0.0].map(compensated);
        [("/floats/1", sum), ("/floats/2", squares), ("/floats/3", compensated(deviations))]
    };
    assert!(loaded(&mixed, &sums(f64::NAN)).is_ok(), "{:?}", loaded(&mixed, &sums(f64::NAN)));
    let error = loaded(&mixed, &sums(5.0)).expect_err("deviations of no samples");
    assert!(error.contains("deviations"), "{error}");
}

/// Floats may lie beyond full scale, where no integer is.
#[test]
fn integers_are_within_their_type_whatever_floats_are() {
    let mixed = |integer: i32, floats: [f64; 2]| {
        let mut levels = measured(&array![[integer]]);
        levels.add(&array![[floats[0]], [floats[1]]]);
        levels
    };
    let full_scale =
        [("/integers/1", json!((1_i64 << 31).to_string())), ("/integers/2", json!((1_i64 << 62).to_string()))];
    let levels = mixed(i32::MAX, [-5.0, 5.0]);
    assert_eq!(stored_and_loaded(&levels), levels);
    let error = loaded(&levels, &full_scale).expect_err("one step above the largest integer");
    assert!(error.contains("not between its extremes"), "{error}");
    // The smallest integer is no sample of what ends below it.
    let levels = mixed(i32::MIN, [-5.0, -3.0]);
    assert_eq!(stored_and_loaded(&levels), levels);
    let below = json!(format!("{:016x}", (-3.0_f64).to_bits()));
    let error = loaded(&levels, &[("/found/greatest", below)]).expect_err("an integer above all samples");
    assert!(error.contains("not between its extremes"), "{error}");
    // Sums of no integers.
    let floats = measured(&array![[0.5], [0.25]]);
    for path in ["/integers/1", "/integers/2"] {
        let error = loaded(&floats, &[(path, json!("5"))]).expect_err(path);
        assert!(error.contains("its sums are not those of any samples"), "{error}");
    }
}

#[test]
fn more_channels_than_audio_can_have_are_refused() {
    let mut state = serde_json::to_value(measured(&array![[1_i16]])).unwrap();
    let channel = state["channels"][0].clone();
    state["channels"] = Value::Array(vec![channel; ndaudio::MAX_CHANNELS + 1]);
    assert!(refusal::<Levels>(&state).contains("more channels than audio can"));
}

#[test]
fn merging_levels_of_impossible_counts_does_not_wrap() {
    let state = json!({"version": 1, "undefined": usize::MAX, "levels": []});
    let mut levels: LevelPercentiles = serde_json::from_str(&state.to_string()).unwrap();
    levels.merge(&[f64::NAN].into_iter().collect());
    assert_eq!(levels.undefined(), usize::MAX);
}
