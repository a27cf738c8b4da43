use ndarray::{Array2, Axis, array, concatenate, s};

use super::*;
use crate::ops::signals::noise;

/// The mean in integers alone, ties to even.
fn integer_mean(frame: &[i64]) -> i64 {
    let (sum, count) = (frame.iter().sum::<i64>(), i64::try_from(frame.len()).unwrap());
    let (floor, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    match (rest * 2).cmp(&count) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

#[test]
fn downmix_is_the_exact_mean_rounded_once() {
    for channels in [1, 2, 3, 4, 5, 6, 7, 8, 9, 63, 64] {
        let audio = noise(500, channels);
        let expected = audio.map_axis(Axis(1), |frame| integer_mean(&frame.mapv(i64::from).to_vec()));
        assert_eq!(downmix(&audio).column(0).mapv(i64::from), expected, "{channels}");
        // With the lowest bits of 32 set too, where a sum in f32 or i32 would fail.
        let wide = audio.mapv(|sample| i32::from(sample) * 65_536 + i32::from(sample % 7).abs());
        let expected = wide.map_axis(Axis(1), |frame| integer_mean(&frame.mapv(i64::from).to_vec()));
        assert_eq!(downmix(&wide).column(0).mapv(i64::from), expected, "{channels}");
        let planar = audio.t().as_standard_layout().into_owned();
        assert_eq!(downmix(&planar.t()), downmix(&audio), "{channels}");
        assert_eq!(downmix(&audio.slice(s![..;-2, ..])), downmix(&audio).slice(s![..;-2, ..]), "{channels}");
    }
}

#[test]
fn every_sum_of_two_is_halved_to_even() {
    let pairs = Array2::from_shape_fn((65_536, 2), |(frame, channel)| {
        let value = i16::try_from(i32::try_from(frame).unwrap() - 32_768).unwrap();
        if channel == 0 { value } else { value.saturating_add(1) }
    });
    let expected = pairs.map_axis(Axis(1), |frame| integer_mean(&frame.mapv(i64::from).to_vec()));
    assert_eq!(downmix(&pairs).column(0).mapv(i64::from), expected);
}

/// A division that lands next to a tie: 65,535 channels whose mean is 0.5 ± 1/(2·65,535) steps.
#[test]
fn nearly_ties_are_not_ties() {
    for (ones, expected) in [(32_767, 0), (32_768, 1)] {
        let frame = Array2::from_shape_fn((1, 65_535), |(_, channel)| i32::from(channel < ones));
        assert_eq!(downmix(&frame), array![[expected]]);
        let high = frame.mapv(|sample| i32::MAX - 2 + sample);
        assert_eq!(downmix(&high), array![[i32::MAX - 2 + expected]]);
    }
}

#[test]
fn floats_keep_what_they_are() {
    let odd = array![[0.1_f32, 0.2, 0.3], [f32::NAN, 0.0, 0.0], [f32::INFINITY, 1.0, 1.0], [3e38, 3e38, 3e38]];
    let mono = downmix(&odd);
    let mean = (f64::from(0.1_f32) + f64::from(0.2_f32) + f64::from(0.3_f32)) / 3.0;
    assert_eq!(mono[[0, 0]], mean.convert::<f32>());
    assert!(mono[[1, 0]].is_nan());
    assert_eq!((mono[[2, 0]], mono[[3, 0]]), (f32::INFINITY, 3e38));
    let signalling = array![[f32::from_bits(0x7F80_0001)]];
    assert_eq!(downmix(&signalling)[[0, 0]].to_bits(), 0x7F80_0001);
    let (mixed, _) = mix(&odd, &array![[0.0, 1.0, 0.0]]);
    assert_eq!(mixed, odd.slice(s![.., 1..2]));
}

#[test]
fn mixing_by_the_identity_changes_nothing_and_a_permutation_reorders() {
    let audio = noise(100, 5);
    assert_eq!(mix(&audio, &Array2::eye(5)), (audio.clone(), 0));
    let order = [3, 1, 4, 0, 2];
    let matrix = Array2::from_shape_fn((5, 5), |(to, from)| f64::from(u8::from(order[to] == from)));
    assert_eq!(mix(&audio, &matrix).0, select(&audio, &order).unwrap());
}

#[test]
fn a_mix_is_computed_in_integers_too() {
    // Coefficients of quarters: 4 × the mix is an integer, so that the definition needs no floats.
    let quarters = array![[1_i64, -2, 7], [4, 4, 4]];
    let audio = noise(2_000, 3);
    let (mixed, clipped) = mix(&audio, &quarters.mapv(|quarter| quarter as f64 / 4.0));
    let mut beyond = 0;
    for (frame, mixed) in audio.rows().into_iter().zip(mixed.rows()) {
        for (row, &mixed) in quarters.rows().into_iter().zip(mixed) {
            let sum: i64 = row.iter().zip(frame).map(|(quarter, &sample)| quarter * i64::from(sample)).sum();
            let rounded = integer_mean(&[sum, 0, 0, 0]);
            let saturated = rounded.clamp(-32_768, 32_767);
            beyond += u64::from(rounded != saturated);
            assert_eq!(i64::from(mixed), saturated);
        }
    }
    assert!(clipped > 100);
    assert_eq!(clipped, beyond);
}

#[test]
fn planar_and_back() {
    for channels in [1, 2, 3, 8, 64, 9_000] {
        for frames in [0, 1, 2, 127, 128, 129, 1_000] {
            if frames * channels > 1_000_000 {
                continue;
            }
            let audio = noise(frames, channels);
            let planar = deinterleave(&audio);
            assert_eq!(planar, audio.t());
            assert!(planar.is_standard_layout());
            assert_eq!(interleave(&planar), audio);
            assert_eq!(deinterleave(&audio.slice(s![..;-1, ..;2])), audio.slice(s![..;-1, ..;2]).t());
            assert_eq!(interleave(&planar.slice(s![..;-1, ..;2])), planar.slice(s![..;-1, ..;2]).t());
        }
    }
}

#[test]
fn splitting_and_joining_undo_each_other() {
    let audio = noise(50, 7);
    let mono: Vec<_> = split(&audio).collect();
    assert_eq!((mono.len(), mono[0].dim()), (7, (50, 1)));
    assert_eq!(join(&mono).unwrap(), audio);
    let pairs = [audio.slice(s![.., ..2]), audio.slice(s![.., 2..;-1])];
    assert_eq!(join(&pairs).unwrap(), concatenate(Axis(1), &pairs).unwrap());
    assert!(join::<i16>(&[]).is_err());
    assert!(join(&[audio.view(), audio.slice(s![1.., ..])]).is_err());
}

#[test]
fn selecting_works_on_any_strides() {
    let audio = noise(20, 4);
    let view = audio.slice(s![..;-3, ..;-1]);
    let selected = select(&view, &[0, 3]).unwrap();
    assert_eq!(selected.column(0), audio.slice(s![..;-3, 3]));
    assert_eq!(selected.column(1), audio.slice(s![..;-3, 0]));
}

#[test]
fn nothing_is_fine() {
    let none = Array2::<i16>::zeros((0, 2));
    assert_eq!(downmix(&none).dim(), (0, 1));
    assert_eq!(mix(&none, &Array2::eye(2)).0.dim(), (0, 2));
    assert_eq!(deinterleave(&none).dim(), (2, 0));
    assert_eq!(interleave(&none.t()).dim(), (0, 2));
    assert_eq!(select(&none, &[1]).unwrap().dim(), (0, 1));
    assert_eq!(split(&none).count(), 2);
    let no_channels = Array2::<i16>::zeros((3, 0));
    assert_eq!(downmix(&no_channels), Array2::<i16>::zeros((3, 1)));
    assert_eq!(mix(&no_channels, &Array2::zeros((1, 0))).0, Array2::<i16>::zeros((3, 1)));
    assert_eq!(deinterleave(&no_channels).dim(), (0, 3));
    assert_eq!(interleave(&no_channels).dim(), (0, 3));
    assert_eq!(select(&no_channels, &[]).unwrap().dim(), (3, 0));
    assert_eq!(split(&no_channels).count(), 0);
}

#[test]
#[should_panic(expected = "the shape of out ((1, 2)) must be (1, 1)")]
fn the_shape_of_out_is_checked() {
    downmix_into(&noise(1, 2), &mut Array2::zeros((1, 2)));
}

#[test]
#[should_panic(expected = "matrix must have a column for each of 2 channels, but has 1")]
fn the_shape_of_the_matrix_is_checked() {
    let _ = mix(&noise(1, 2), &array![[1.0]]);
}
