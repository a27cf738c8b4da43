//! Levels of one signal, as other programs and exact fractions have them.
//!
//! All values were printed by `python tests/peers/levels.py`, which makes the same signal, with SoX 14.4.2, FFmpeg 5.1.9,
//! librosa 0.11.0 and NumPy 2.4.6.

use approx::assert_abs_diff_eq;
use ndarray::{Array1, Array2, array, s};
use ndaudio::histogram::{Histogram, LevelPercentiles};
use ndaudio::levels::Level;
use ndaudio::{Levels, db, levels};

const FRAMES: usize = 4800;

/// Noise by integer arithmetic; the second channel quieter and off centre, the first clipped in two places.
fn signal() -> Array2<i16> {
    let mut state = 12_345_u32;
    let mut frames = Array2::from_shape_simple_fn((FRAMES, 2), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, _, low, high] = state.to_le_bytes();
        i16::from_le_bytes([low, high])
    });
    frames.column_mut(1).mapv_inplace(|sample| (sample >> 3) + 1000);
    frames.slice_mut(s![1000..1005, 0]).fill(i16::MAX);
    frames.slice_mut(s![2000..2003, 0]).fill(i16::MIN);
    frames
}

/// The same with other bits below the upper 16.
fn wide_signal() -> Array2<i32> {
    let mut frames = Array2::zeros((FRAMES, 2));
    for (place, (mut to, from)) in (0_i64..).zip(frames.rows_mut().into_iter().zip(signal().rows())) {
        to.zip_mut_with(&from, |to, &from| {
            *to = i32::try_from(i64::from(from) * 65_537 + place).unwrap_or(if from < 0 { i32::MIN } else { i32::MAX });
        });
    }
    frames
}

fn measured<T: ndaudio::Sample>(frames: &Array2<T>) -> Levels {
    let mut levels = Levels::new(2);
    levels.add(frames);
    levels
}

/// Hexadecimal floats of Python, 0x1.8p-3: the digits after the point are the 52 bits of the fraction.
fn hex(text: &str) -> f64 {
    let (sign, digits) = text.strip_prefix('-').map_or((0, text), |rest| (1 << 63, rest));
    let (fraction, exponent) = digits.strip_prefix("0x1.").and_then(|rest| rest.split_once('p')).expect("0x1.…p…");
    let fraction = u64::from_str_radix(fraction, 16).expect("hexadecimal digits") << (52 - 4 * fraction.len());
    let exponent = (1023 + exponent.parse::<i64>().expect("an exponent")).cast_unsigned();
    f64::from_bits(sign | exponent << 52 | fraction)
}

fn assert_close(found: &Array1<f64>, expected: [f64; 2], epsilon: f64) {
    assert_abs_diff_eq!(found.to_vec().as_slice(), expected.as_slice(), epsilon = epsilon);
}

#[test]
fn integers_give_the_correctly_rounded_fraction() {
    let expected = [
        ["0x1.571196a8658bfp-2", "-0x1.f315ddddddddep-8", "0x1.570262af6257ap-2"],
        ["0x1.8a847e00da741p-8", "0x1.d0328f5c28f5cp-6", "0x1.55e908e63427ep-8"],
    ];
    let wide_expected = [
        ["0x1.571441a6ede4fp-2", "-0x1.f304eb7e4b17ep-8", "0x1.57050eb6354abp-2"],
        ["0x1.8a88a6ea70997p-8", "0x1.d0390f4eb851fp-6", "0x1.55ebb8a71db76p-8"],
    ];
    let (narrow, wide) = (signal(), wide_signal());
    for (levels, expected) in [(measured(&narrow), expected), (measured(&wide), wide_expected)] {
        for (channel, expected) in expected.iter().enumerate() {
            let level = levels.channel(channel);
            assert_eq!([level.mean_square(), level.mean(), level.variance()], expected.map(hex));
        }
    }
    assert_eq!(levels::mean_square(&narrow), array![hex(expected[0][0]), hex(expected[1][0])]);
    assert_eq!(levels::mean_square(&wide), array![hex(wide_expected[0][0]), hex(wide_expected[1][0])]);
    assert_eq!(levels::mean(&narrow), array![hex(expected[0][1]), hex(expected[1][1])]);
    assert_eq!(levels::mean(&wide), array![hex(wide_expected[0][1]), hex(wide_expected[1][1])]);
}

/// `sox -D signal.wav -n stats`, whose full scale is 32768 too.
#[test]
fn sox_stats_prints_the_same() {
    let levels = measured(&signal());
    let overall = levels.overall();
    let printed = |value: f64, digits: usize| format!("{value:.digits$}");
    let line = |values: [f64; 3], digits| values.map(|value| printed(value, digits));
    let each = |measure: fn(&Level) -> f64| [measure(&overall), measure(levels.channel(0)), measure(levels.channel(1))];
    // The overall offset of sox is the largest of any channel; ours is that of all samples.
    assert_eq!(line(each(Level::mean), 6)[1..], ["-0.007615", "0.028332"]);
    assert_eq!(line(each(Level::min), 6), ["-1.000000", "-1.000000", "-0.094421"]);
    assert_eq!(line(each(Level::max), 6), ["0.999969", "0.999969", "0.155487"]);
    assert_eq!(line(each(Level::peak).map(db::from_amplitude), 2), ["0.00", "0.00", "-16.17"]);
    assert_eq!(line(each(Level::rms).map(db::from_amplitude), 2), ["-7.68", "-4.75", "-22.20"]);
    assert_eq!(line(each(Level::crest_factor), 2)[1..], ["1.73", "2.00"]);
    // "Pk count" counts the samples at the extremes that occur, which are those of the type in the first channel.
    assert_eq!(levels.channel(0).clipped(), 8);
    assert_eq!(levels.channel(0).longest_clipped_run(), 5); // by construction
    assert_eq!(levels.channel(1).clipped(), 0);
}

/// `ffmpeg -i signal.wav -af astats=measure_perchannel=all -f null -`, whose full scale of 16 bits is 32767.
#[test]
fn ffmpeg_astats_prints_the_same_but_for_its_full_scale() {
    let levels = measured(&signal());
    let full_scale = 20.0 * (32_768.0_f64 / 32_767.0).log10();
    let rms = levels.rms().mapv(|rms| db::from_amplitude(rms) + full_scale);
    assert_close(&rms, [-4.748_923, -22.203_871], 5e-7);
    assert_abs_diff_eq!(db::from_power(levels.overall().mean_square()) + full_scale, -7.681_881, epsilon = 5e-7);
    let peak = levels.peak().mapv(|peak| db::from_amplitude(peak) + full_scale);
    assert_close(&peak, [0.000_265, -16.165_850], 5e-7);
    assert_close(&levels.crest_factor(), [1.727_665, 2.004_015], 5e-7);
    // It counts one crossing more in each channel, 2440 and 2280: the first sample against nothing.
    assert_eq!(levels.each(Level::zero_crossings) + 1, array![2440_u64, 2280]);
}

/// `librosa.zero_crossings(y, pad=False).sum()`.
#[test]
fn librosa_counts_the_same_zero_crossings() {
    let (narrow, wide) = (signal(), wide_signal());
    let floats = narrow.mapv(|sample| f32::from(sample) / 32_768.0);
    for levels in [measured(&narrow), measured(&wide), measured(&floats), measured(&floats.mapv(f64::from))] {
        assert_eq!(levels.each(Level::zero_crossings), array![2439_u64, 2279]);
    }
    assert_eq!(measured(&narrow).channel(0).zero_crossing_rate(), 2439.0 / 4799.0);
}

/// `numpy.percentile(samples, percent)`, `.var()` and `.std()`.
#[test]
fn numpy_has_the_same_percentiles_and_variance() {
    let percents = [0.0, 1.0, 10.0, 33.3, 50.0, 66.7, 90.0, 99.0, 99.9, 100.0];
    let expected: [[f64; 10]; 2] = [
        [
            -32768.0,
            -32254.11,
            -26343.4,
            -11239.124000000007,
            -135.5,
            10646.33,
            26033.0,
            32156.02,
            32746.226000000024,
            32767.0,
        ],
        [-3094.0, -3025.02, -2351.1, -496.9330000000002, 929.0, 2288.933, 4239.300000000001, 5008.0, 5082.0, 5095.0],
    ];
    let mut histogram = Histogram::new(2);
    signal().exact_chunks((7 * 100, 2)).into_iter().for_each(|block| histogram.add(&block));
    histogram.add(&signal().slice(s![4200.., ..]));
    assert_eq!(histogram.frames(), 4800);
    for (channel, expected) in expected.iter().enumerate() {
        for (percent, expected) in percents.iter().zip(expected) {
            assert_eq!(histogram.percentile(channel, *percent) * 32_768.0, *expected, "{percent} % of {channel}");
        }
    }
    let levels = measured(&signal());
    let variances = [0.334_970_037_417_029_35, 0.005_217_137_024_559_391];
    assert_close(&levels.each(Level::variance), variances, 1e-15);
    let deviations = [0.578_765_960_831_344_5, 0.072_229_751_657_882_58];
    assert_close(&levels.each(Level::standard_deviation), deviations, 1e-15);
}

/// `numpy.percentile(levels, 100 - n)` of windows of 100 frames.
#[test]
fn numpy_has_the_same_exceedance_levels() {
    let frames = signal();
    let windows = frames.exact_chunks((100, 2));
    let levels: LevelPercentiles =
        windows.into_iter().map(|window| db::from_amplitude(levels::rms(&window)[0])).collect();
    for (percent, expected) in
        [(10.0, -4.295_803_523_287_508), (50.0, -4.759_686_783_049_617_5), (90.0, -5.172_821_629_266_734)]
    {
        assert_abs_diff_eq!(levels.exceeded(percent), expected, epsilon = 1e-12);
    }
}
