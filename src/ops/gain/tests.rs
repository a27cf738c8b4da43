use ndarray::{Array2, Axis, array, s};

use super::*;
use crate::ops::signals::noise;

/// The definition in integers: product, tie and saturation for the factor `numerator / 2`, with nothing from the code under test.
fn half(value: i16, numerator: i32) -> i16 {
    let twice = i32::from(value) * numerator;
    let floor = twice.div_euclid(2);
    let rounded = if twice.rem_euclid(2) == 1 && floor.rem_euclid(2) == 1 { floor + 1 } else { floor };
    i16::try_from(rounded).unwrap_or(if rounded < 0 { i16::MIN } else { i16::MAX })
}

/// `[-7, -5, -3, -1, 1, 3, 5, 7]` × 0.5 as 16-bit files:
/// - sox 14.4.2: `sox -D in.wav out.wav vol 0.5`
/// - ffmpeg 5.1.9: `ffmpeg -i in.wav -af volume=0.5:precision=float out.wav`, and `precision=fixed`
/// - Python 3.11: `audioop.mul(bytes, 2, 0.5)`, which pydub calls
/// - NumPy 2.4.6: `(x * 0.5).astype(np.int16)`
#[test]
fn each_rounding_is_that_of_the_tool_named_beside_it() {
    let halves: Array2<i16> = array![[-7], [-5], [-3], [-1], [1], [3], [5], [7]];
    for (rounding, expected) in [
        (Rounding::HalfUp, [-3, -2, -1, 0, 1, 2, 3, 4]),     // sox; ffmpeg fixed
        (Rounding::HalfEven, [-4, -2, -2, 0, 0, 2, 2, 4]),   // ffmpeg float
        (Rounding::Floor, [-4, -3, -2, -1, 0, 1, 2, 3]),     // audioop
        (Rounding::TowardZero, [-3, -2, -1, 0, 0, 1, 2, 3]), // NumPy
    ] {
        let mut block = halves.clone();
        assert_eq!(apply_rounded(&mut block, 0.5, rounding), 0);
        assert_eq!(block.column(0).to_vec(), expected, "{rounding:?}");
        let mut wide = halves.mapv(i32::from);
        apply_rounded(&mut wide, 0.5, rounding);
        assert_eq!(wide, block.mapv(i32::from), "{rounding:?}");
    }
}

#[test]
fn ties_and_saturation_are_those_of_integer_arithmetic() {
    let all = Array2::from_shape_vec((65_536, 1), (i16::MIN..=i16::MAX).collect()).unwrap();
    for numerator in [-5, -3, -2, -1, 0, 1, 3, 4, 7] {
        let mut block = all.clone();
        apply(&mut block, f64::from(numerator) / 2.0);
        assert_eq!(block, all.mapv(|value| half(value, numerator)), "{numerator} / 2");
    }
}

#[test]
fn gain_of_one_keeps_every_bit() {
    let payload = f32::from_bits(0x7F80_0001); // a signalling NaN, which an operation would make quiet
    let mut block = array![[payload, -0.0], [f32::MIN_POSITIVE / 2.0, f32::INFINITY]];
    let before = block.mapv(f32::to_bits);
    apply(&mut block, 1.0);
    apply_db(&mut block, 0.0);
    apply_rounded(&mut block, 1.0, Rounding::Floor);
    apply_per_channel(&mut block, &[1.0, 1.0]);
    ramp(&mut block, 7, &Ramp::new(0, 100, 1.0, 1.0, Shape::EqualPower).unwrap());
    ramp(&mut block, 7, &Ramp::new(0, 100, 1.0, 1.0, Shape::Decibel).unwrap());
    assert_eq!(block.mapv(f32::to_bits), before);
}

#[test]
fn silence_is_minus_infinity_decibels() {
    let mut block = noise(10, 2);
    assert_eq!(apply_db(&mut block, f64::NEG_INFINITY), 0);
    assert_eq!(block, Array2::<i16>::zeros((10, 2)));
}

#[test]
fn strides_do_not_matter() {
    let audio = noise(64, 5);
    let expected = audio.mapv(|value| half(value, 3));
    let up = Ramp::new(3, 40, 0.25, 1.75, Shape::EqualPower).unwrap();
    let mut ramped = audio.clone();
    let ramp_clipped = ramp(&mut ramped, 0, &up);

    for step in [-3_isize, -2, -1, 1, 2, 3] {
        let view = s![..;step, ..;-step];
        let mut block = audio.clone();
        let clipped = apply(&mut block.slice_mut(view), 1.5);
        assert_eq!(block.slice(view), expected.slice(view), "{step}");
        let beyond = |&value: &i16| !(-65_537..=65_535).contains(&(i32::from(value) * 3));
        assert_eq!(clipped, audio.slice(view).iter().filter(|value| beyond(value)).count() as u64);
    }
    let mut planar = audio.t().as_standard_layout().into_owned();
    assert_eq!(ramp(&mut planar.view_mut().reversed_axes(), 0, &up), ramp_clipped);
    assert_eq!(planar.t(), ramped);
    let mut planar = audio.t().as_standard_layout().into_owned();
    apply_per_channel(&mut planar.view_mut().reversed_axes(), &[1.5; 5]);
    assert_eq!(planar.t(), expected);
    let mut floats = audio.mapv(f32::from);
    apply(&mut floats.slice_mut(s![..;-2, ..;2]), 1.5);
    assert_eq!(floats.slice(s![..;-2, ..;2]), audio.slice(s![..;-2, ..;2]).mapv(|value| f32::from(value) * 1.5));
}

#[test]
fn each_of_many_channels_has_its_factor() {
    for channels in [LANES / 2 - 1, LANES - 1, LANES, LANES + 1] {
        let audio = noise(5, channels);
        let numerators: Vec<i32> = (0..7).cycle().take(channels).collect();
        let mut block = audio.clone();
        apply_per_channel(
            &mut block,
            &numerators.iter().map(|&numerator| f64::from(numerator) / 2.0).collect::<Vec<_>>(),
        );
        let expected =
            Array2::from_shape_fn(audio.dim(), |(frame, channel)| half(audio[[frame, channel]], numerators[channel]));
        assert_eq!(block, expected, "{channels} channels");
    }
}

#[test]
fn blocks_do_not_show() {
    for shape in [Shape::Linear, Shape::Decibel, Shape::EqualPower] {
        let up = Ramp::new(1_000_007, 97, 0.001, 2.5, shape).unwrap();
        let position = 999_990;
        for channels in [1, 2, 64] {
            let mut whole = noise(150, channels);
            let mut floats = whole.mapv(|value| f64::from(value) / 32_768.0);
            let (parts, float_parts) = (whole.clone(), floats.clone());
            let clipped = ramp(&mut whole, position, &up);
            ramp(&mut floats, position, &up);
            assert!(clipped > 0);
            for len in [1, 2, 7, 16, 17, 18, 64, 149, 150, 151] {
                let mut part_clipped = 0;
                let (mut part, mut float_part) = (parts.clone(), float_parts.clone());
                for (index, mut block) in part.axis_chunks_iter_mut(Axis(0), len).enumerate() {
                    part_clipped += ramp(&mut block, position + (index * len) as u64, &up);
                }
                for (index, mut block) in float_part.axis_chunks_iter_mut(Axis(0), len).enumerate() {
                    ramp(&mut block, position + (index * len) as u64, &up);
                }
                assert_eq!((&part, part_clipped), (&whole, clipped), "{shape:?} {channels} {len}");
                assert_eq!(float_part.mapv(f64::to_bits), floats.mapv(f64::to_bits), "{shape:?} {channels} {len}");
            }
        }
    }
}

#[test]
fn a_ramp_is_its_formula_at_each_frame() {
    let up = Ramp::new(5, 10, 0.5, 2.0, Shape::Decibel).unwrap();
    let mut ones = Array2::from_elem((20, 2), 1.0_f64);
    ramp(&mut ones, 0, &up);
    for (frame, gains) in ones.rows().into_iter().enumerate() {
        // From 0.5 to 2 is two octaves of amplitude: 2^(2t − 1).
        let t = (frame as f64 - 5.0).clamp(0.0, 10.0) / 10.0;
        approx::assert_relative_eq!(gains[0], (2.0 * t - 1.0).exp2(), max_relative = 1e-15);
        assert_eq!(gains[0], gains[1]);
    }
    let power = Ramp::new(0, 100, 0.0, 1.0, Shape::EqualPower).unwrap();
    let down = Ramp::new(0, 100, 1.0, 0.0, Shape::EqualPower).unwrap();
    for frame in 0..=100 {
        approx::assert_relative_eq!(power.at(frame).powi(2) + down.at(frame).powi(2), 1.0, max_relative = 1e-15);
        // Not only nearly so: these are the sine and the cosine.
        let angle = frame as f64 / 100.0 * std::f64::consts::FRAC_PI_2;
        assert_eq!((power.at(frame), down.at(frame)), (angle.sin(), if frame == 100 { 0.0 } else { angle.cos() }));
    }
    let louder = Ramp::new(0, 100, 0.5, 2.0, Shape::EqualPower).unwrap();
    // Power goes from 1/4 to 4, half of the way by half of the sum.
    approx::assert_relative_eq!(louder.at(50).powi(2), (0.25 + 4.0) / 2.0, max_relative = 1e-15);
    let step = Ramp::new(4, 0, 0.0, 3.0, Shape::Linear).unwrap();
    assert_eq!([3, 4, 5].map(|frame| step.at(frame)), [0.0, 3.0, 3.0]);
}

/// The last frame is number 2^64 − 1, however long a ramp is.
#[test]
fn a_ramp_that_no_recording_outlasts_is_on_its_way_to_the_end() {
    let up = Ramp::new(u64::MAX - 4, 1_000, 0.0, 1.0, Shape::Linear).unwrap();
    let expected = [0.0, 0.001, 0.002, 0.003, 0.004];
    assert_eq!([4, 3, 2, 1, 0].map(|before| up.at(u64::MAX - before)), expected);
    let mut ones = Array2::from_elem((5, 1), 1.0_f64);
    ramp(&mut ones, u64::MAX - 4, &up);
    assert_eq!(ones.column(0).to_vec(), expected);
    assert_eq!(Ramp::new(u64::MAX - 1, u64::MAX, 0.5, 2.0, Shape::Linear).unwrap().at(u64::MAX), 0.5);
    // One frame shorter, and it ends with the last frame.
    assert_eq!(Ramp::new(u64::MAX - 4, 4, 0.0, 1.0, Shape::Linear).unwrap().at(u64::MAX), 1.0);
}

/// Sines, powers and sums may be rounded up by a bit, but not to infinity.
#[test]
fn the_largest_gains_stay_finite_on_the_way() {
    for shape in [Shape::Linear, Shape::Decibel, Shape::EqualPower] {
        for from in [f64::MAX, f64::MAX.next_down(), f64::MAX / 4.0, f64::MAX / 3.0] {
            for len in [200_000, u64::MAX] {
                for (from, to) in [(from, f64::MAX), (f64::MAX, from)] {
                    let up = Ramp::new(0, len, from, to, shape).unwrap();
                    let mut gains = vec![0.0; 10_000];
                    for first in [0, 100_000, len - 10_000] {
                        up.fill(first, &mut gains);
                        let least = from.min(to) * (1.0 - 1e-12);
                        let between = |gain: &f64| gain.is_finite() && *gain >= least;
                        assert!(gains.iter().all(between), "{shape:?} from {from} to {to} over {len} from {first}");
                        // As far as gains are of which none is near the largest float.
                        let mut small = vec![0.0; 10_000];
                        Ramp::new(0, len, from / 1024.0, to / 1024.0, shape).unwrap().fill(first, &mut small);
                        let near = |(gain, small): (&f64, &f64)| (gain / 1024.0 - small).abs() <= small * 1e-12;
                        assert!(
                            gains.iter().zip(&small).all(near),
                            "{shape:?} from {from} to {to} over {len} from {first}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn what_saturates_before_on_and_after_a_ramp_is_counted() {
    let down = Ramp::new(3, 4, 4.0, 2.0, Shape::Linear).unwrap(); // 4, 4, 4, 4, 3.5, 3, 2.5, 2
    let mut block = Array2::from_elem((8, 1), 10_000_i16);
    assert_eq!(ramp(&mut block, 0, &down), 5);
    assert_eq!(block.column(0).to_vec(), [32_767, 32_767, 32_767, 32_767, 32_767, 30_000, 25_000, 20_000]);
}

/// Beyond 2^53, where doubles have no odd numbers, blocks still do not show.
#[test]
fn frames_of_a_very_long_ramp_are_those_of_each_alone() {
    let up = Ramp::new(0, u64::MAX, 0.0, 1.0, Shape::Linear).unwrap();
    for first in [(1 << 53) - 4, (1 << 54) + 1, (1 << 60) + 1] {
        let mut gains = [0.0; 400];
        up.fill(first, &mut gains);
        assert!((first..).zip(gains).all(|(frame, gain)| gain == frame as f64 / u64::MAX as f64), "{first}");
    }
}

#[test]
fn a_ramp_over_many_channels_is_that_of_each() {
    let up = Ramp::new(1, 3, 1.0, 2.5, Shape::Linear).unwrap(); // 1, 1, 1.5, 2, 2.5
    let payload = f32::from_bits(0x7F80_0001); // a signalling NaN, which an operation would make quiet
    for channels in 1_023..=1_025 {
        let audio = noise(5, channels);
        let mut block = audio.clone();
        ramp(&mut block, 0, &up);
        let numerators = [2, 2, 3, 4, 5];
        let expected =
            Array2::from_shape_fn(audio.dim(), |(frame, channel)| half(audio[[frame, channel]], numerators[frame]));
        assert!(block == expected, "{channels} channels");
        let mut floats = Array2::from_elem((5, channels), payload);
        ramp(&mut floats.slice_mut(s![..2, ..]), 0, &up);
        assert!(floats.iter().all(|sample| sample.to_bits() == 0x7F80_0001));
    }
}

/// More frames in one block than there are gains computed at a time.
#[test]
fn each_frame_of_a_long_block_has_the_gain_of_its_place() {
    let up = Ramp::new(10, 1_500, 0.25, 2.0, Shape::Linear).unwrap();
    for channels in [1, 2, 3, 4, 5, 700] {
        let mut ones = Array2::from_elem((1_600, channels), 1.0_f64);
        ramp(&mut ones, 0, &up);
        let gains = Array2::from_shape_fn(ones.dim(), |(frame, _)| up.at(frame as u64));
        assert!(ones == gains, "{channels} channels");
    }
}

#[test]
fn ramps_that_cannot_be_are_refused() {
    for (from, to, shape) in [
        (f64::NAN, 1.0, Shape::Linear),
        (1.0, f64::INFINITY, Shape::Linear),
        (0.0, 1.0, Shape::Decibel),
        (1.0, -1.0, Shape::Decibel),
        (-0.5, 1.0, Shape::EqualPower),
        (1.0, f64::NAN, Shape::EqualPower),
        // Finite themselves, but not what lies between them.
        (f64::MAX, -f64::MAX, Shape::Linear),
        (1e-300, 1e300, Shape::Decibel),
        (1e300, 1e-300, Shape::Decibel),
    ] {
        assert!(Ramp::new(0, 10, from, to, shape).is_err(), "{from} {to} {shape:?}");
    }
    assert!(Ramp::new(0, 10, -1.0, 1.0, Shape::Linear).is_ok());
}

#[test]
fn the_mean_is_removed_and_what_does_not_fit_is_counted() {
    let mut block = array![[i16::MIN, 10], [i16::MAX, 11]];
    assert_eq!(remove_mean(&mut block, &[1.0 / 32_768.0, -0.5 / 32_768.0]), 1);
    assert_eq!(block, array![[i16::MIN, 10], [i16::MAX - 1, 12]]); // 10.5 and 11.5: ties to even
    let mut mono = array![[i16::MIN], [i16::MIN], [0]];
    assert_eq!(remove_mean(&mut mono, &[0.5]), 2);
    assert_eq!(mono, array![[i16::MIN], [i16::MIN], [-16_384]]);
    let mut floats = array![[1.0_f32], [f32::NAN]];
    assert_eq!(remove_mean(&mut floats, &[-0.5]), 0);
    assert!(floats[[0, 0]] == 1.5 && floats[[1, 0]].is_nan());
}

#[test]
fn nothing_is_fine() {
    for shape in [(0, 2), (3, 0), (0, 0)] {
        let mut block = Array2::<i16>::zeros(shape);
        assert_eq!(apply(&mut block, 2.0), 0);
        assert_eq!(apply_rounded(&mut block, 2.0, Rounding::Floor), 0);
        assert_eq!(apply_per_channel(&mut block, &vec![2.0; shape.1]), 0);
        assert_eq!(remove_mean(&mut block, &vec![0.5; shape.1]), 0);
        assert_eq!(ramp(&mut block, 0, &Ramp::new(0, 9, 0.0, 1.0, Shape::Linear).unwrap()), 0);
    }
}

#[test]
fn floats_are_never_clipped() {
    let mut block = array![[0.75_f32, f32::NAN], [f32::INFINITY, -0.75]];
    assert_eq!(apply(&mut block, 2.0), 0);
    assert!(block[[0, 0]] == 1.5 && block[[0, 1]].is_nan() && block[[1, 0]] == f32::INFINITY && block[[1, 1]] == -1.5);
}

#[test]
#[should_panic(expected = "factor (NaN) must be finite")]
fn a_factor_that_is_no_number_is_a_bug() {
    apply(&mut noise(1, 1), f64::NAN);
}

#[test]
#[should_panic(expected = "decibels (inf) must be -inf to about 6165")]
fn infinite_decibels_are_a_bug() {
    apply_db(&mut noise(1, 1), f64::INFINITY);
}

#[test]
#[should_panic(expected = "factors.len() (1) must be the number of channels (2)")]
fn a_factor_per_channel() {
    apply_per_channel(&mut noise(1, 2), &[1.0]);
}

#[test]
fn the_last_frame_there_can_be_is_a_frame() {
    let ramp_up = Ramp::new(u64::MAX - 4, 3, 0.0, 1.0, Shape::Linear).unwrap();
    let mut block = Array2::from_elem((8, 2), 300_i16);
    ramp(&mut block, u64::MAX - 5, &ramp_up);
    assert_eq!(block.column(1).to_vec(), [0, 0, 100, 200, 300, 300, 300, 300]);
}
