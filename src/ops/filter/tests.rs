use std::f64::consts::PI;

use ndarray::{Array2, array, s};
use num_complex::Complex;

use super::*;
use crate::pcm::Sample;

fn decibels(sos: &Sos, frequency: f64, sample_rate: f64) -> f64 {
    20.0 * response::at(sos, frequency, sample_rate).norm().log10()
}

/// Numbers without pattern, from −1 to 1.
fn noise(frames: usize, channels: usize) -> Array2<f64> {
    let mut state = 1_u64;
    Array2::from_shape_simple_fn((frames, channels), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    })
}

/// The analog prototypes that the "Audio EQ cookbook" begins with, at s = j·tan(w/2) / tan(w0/2).
#[test]
fn biquads_are_the_analog_prototypes() {
    let (frequency, q, gain, rate) = (1_300.0, 1.7, -7.5, 44_100.0);
    let a = 10_f64.powf(gain / 40.0);
    type Prototype = fn(Complex<f64>, f64, f64) -> Complex<f64>;
    let cases: [(Biquad, Prototype); 9] = [
        (Biquad::Lowpass { frequency, q }, |s, q, _| 1.0 / (s * s + s / q + 1.0)),
        (Biquad::Highpass { frequency, q }, |s, q, _| s * s / (s * s + s / q + 1.0)),
        (Biquad::BandpassSkirt { frequency, q }, |s, q, _| s / (s * s + s / q + 1.0)),
        (Biquad::Bandpass { frequency, q }, |s, q, _| s / q / (s * s + s / q + 1.0)),
        (Biquad::Notch { frequency, q }, |s, q, _| (s * s + 1.0) / (s * s + s / q + 1.0)),
        (Biquad::Allpass { frequency, q }, |s, q, _| (s * s - s / q + 1.0) / (s * s + s / q + 1.0)),
        (Biquad::Peaking { frequency, q, gain }, |s, q, a| (s * s + s * a / q + 1.0) / (s * s + s / (a * q) + 1.0)),
        (Biquad::LowShelf { frequency, q, gain }, |s, q, a| {
            a * (s * s + s * a.sqrt() / q + a) / (s * s * a + s * a.sqrt() / q + 1.0)
        }),
        (Biquad::HighShelf { frequency, q, gain }, |s, q, a| {
            a * (s * s * a + s * a.sqrt() / q + 1.0) / (s * s + s * a.sqrt() / q + a)
        }),
    ];
    for (biquad, prototype) in cases {
        let sos = biquad.design(rate).unwrap();
        for at in [20.0, 400.0, 1_300.0, 5_000.0, 21_000.0] {
            let s = Complex::new(0.0, (PI * at / rate).tan() / (PI * frequency / rate).tan());
            let difference = (response::at(&sos, at, rate) - prototype(s, q, a)).norm();
            assert!(difference < 1e-12, "{biquad:?} at {at}: {difference:e}");
        }
    }
}

/// IEC 61672-1:2013, table 3: frequency, A-weighting, C-weighting, and the tolerances of class 1 upwards and downwards.
const TABLE_3: [(f64, f64, f64, f64, f64); 34] = [
    (10.0, -70.4, -14.3, 3.0, f64::INFINITY),
    (12.5, -63.4, -11.2, 2.5, f64::INFINITY),
    (16.0, -56.7, -8.5, 2.0, 4.0),
    (20.0, -50.5, -6.2, 2.0, 2.0),
    (25.0, -44.7, -4.4, 2.0, 1.5),
    (31.5, -39.4, -3.0, 1.5, 1.5),
    (40.0, -34.6, -2.0, 1.0, 1.0),
    (50.0, -30.2, -1.3, 1.0, 1.0),
    (63.0, -26.2, -0.8, 1.0, 1.0),
    (80.0, -22.5, -0.5, 1.0, 1.0),
    (100.0, -19.1, -0.3, 1.0, 1.0),
    (125.0, -16.1, -0.2, 1.0, 1.0),
    (160.0, -13.4, -0.1, 1.0, 1.0),
    (200.0, -10.9, 0.0, 1.0, 1.0),
    (250.0, -8.6, 0.0, 1.0, 1.0),
    (315.0, -6.6, 0.0, 1.0, 1.0),
    (400.0, -4.8, 0.0, 1.0, 1.0),
    (500.0, -3.2, 0.0, 1.0, 1.0),
    (630.0, -1.9, 0.0, 1.0, 1.0),
    (800.0, -0.8, 0.0, 1.0, 1.0),
    (1_000.0, 0.0, 0.0, 0.7, 0.7),
    (1_250.0, 0.6, 0.0, 1.0, 1.0),
    (1_600.0, 1.0, -0.1, 1.0, 1.0),
    (2_000.0, 1.2, -0.2, 1.0, 1.0),
    (2_500.0, 1.3, -0.3, 1.0, 1.0),
    (3_150.0, 1.2, -0.5, 1.0, 1.0),
    (4_000.0, 1.0, -0.8, 1.0, 1.0),
    (5_000.0, 0.5, -1.3, 1.5, 1.5),
    (6_300.0, -0.1, -2.0, 1.5, 2.0),
    (8_000.0, -1.1, -3.0, 1.5, 2.5),
    (10_000.0, -2.5, -4.4, 2.0, 3.0),
    (12_500.0, -4.3, -6.2, 2.0, 5.0),
    (16_000.0, -6.6, -8.5, 2.5, 16.0),
    (20_000.0, -9.3, -11.2, 3.0, f64::INFINITY),
];

#[test]
fn weightings_are_of_class_1() {
    for (rate, up_to) in [(48_000.0, 20_000.0), (44_100.0, 20_000.0), (96_000.0, 20_000.0), (192_000.0, 20_000.0)] {
        let (a, c) = (a_weighting(rate), c_weighting(rate));
        for (nominal, a_expected, c_expected, above, below) in TABLE_3 {
            // The exact frequencies that the table's are names of: annex D of the standard.
            let frequency = 1_000.0 * 10_f64.powf(0.1 * (10.0 * (nominal / 1_000.0_f64).log10()).round());
            if frequency > up_to {
                continue;
            }
            for (sos, expected) in [(&a, a_expected), (&c, c_expected)] {
                let off = decibels(sos, frequency, rate) - expected;
                assert!(off <= above && off >= -below, "{off} dB off at {nominal} Hz of {rate} Hz");
            }
        }
    }
    // Where the transform bends nothing, the table's own rounding is all that is left.
    let (a, c) = (a_weighting(3_072_000.0), c_weighting(3_072_000.0));
    for (nominal, a_expected, c_expected, ..) in TABLE_3 {
        let frequency = 1_000.0 * 10_f64.powf(0.1 * (10.0 * (nominal / 1_000.0_f64).log10()).round());
        assert!((decibels(&a, frequency, 3_072_000.0) - a_expected).abs() < 0.07, "A at {nominal}");
        assert!((decibels(&c, frequency, 3_072_000.0) - c_expected).abs() < 0.07, "C at {nominal}");
    }
}

#[test]
fn notch_and_peak_are_those_of_scipy() {
    // >>> scipy.signal.iirnotch(60, 30, fs=8000)
    let expected = [0.999_215_218_041_547_1, -1.996_211_928_419_237_2, 0.999_215_218_041_547_1];
    let expected = [expected, [1.0, -1.996_211_928_419_237_2, 0.998_430_436_083_094_2]].concat();
    assert_eq!(notch(60.0, 30.0, 8_000).as_slice()[0].to_vec(), expected);
    // >>> scipy.signal.iirpeak(1000, 5, fs=44100)
    let expected = [0.014_048_380_811_045_202, 0.0, -0.014_048_380_811_045_202];
    let expected = [expected, [1.0, -1.951_922_875_139_724_2, 0.971_903_238_377_909_6]].concat();
    assert_eq!(peak(1_000.0, 5.0, 44_100).as_slice()[0].to_vec(), expected);
}

#[test]
fn blocks_of_any_length_and_strides_give_the_same_bits() {
    let sos = butterworth(5, Band::Bandpass(200.0, 3_000.0), 48_000).then(&dc_block(10.0, 48_000));
    for channels in [1, 2, 3, 5, 8] {
        let input = noise(5_000, channels);
        let whole = sosfilt(&sos, &input);
        let mut state = sos.state(channels);
        let mut blocks = input.clone();
        let mut from = 0;
        for len in [1, 2, 3, 1_023, 1_024, 1_025, 7, 900, 5_000] {
            let to = (from + len).min(5_000);
            state.filter(&mut blocks.slice_mut(s![from..to, ..]));
            from = to;
        }
        assert_eq!(blocks, whole);

        // Columns in memory one after the other, and frames in reverse order.
        let mut planar = Array2::zeros((channels, 5_000)).reversed_axes();
        planar.assign(&input);
        sos.state(channels).filter(&mut planar);
        assert_eq!(planar, whole);
        let mut backwards = input.slice(s![..;-1, ..]).to_owned();
        sos.state(channels).filter(&mut backwards.slice_mut(s![..;-1, ..]));
        assert_eq!(backwards.slice(s![..;-1, ..]), whole);

        // Other types are converted before and after.
        fn through<T: Sample>(sos: &Sos, input: &Array2<f64>) -> (Array2<T>, Array2<T>) {
            let samples = input.map(|&value| T::from_f64_scale(value));
            let expected = sosfilt(sos, &samples.map(|sample| sample.to_f64_scale()));
            (sosfilt(sos, &samples), expected.map(|&value| T::from_f64_scale(value)))
        }
        let (found, expected) = through::<f32>(&sos, &input);
        assert_eq!(found, expected);
        let (found, expected) = through::<i16>(&sos, &input);
        assert_eq!(found, expected);
    }
}

#[test]
fn silence_leaves_no_subnormal_numbers() {
    let sos = butterworth(2, Band::Lowpass(1_000.0), 48_000);
    let mut state = sos.state(1);
    state.filter(&mut array![[1.0_f64]]);
    let mut block = Array2::<f64>::zeros((20_000, 1));
    state.filter(&mut block);
    assert_eq!(block[[19_999, 0]], 0.0);
    // From one sweep to the next the last of it may be subnormal, and no longer.
    let subnormal = block.iter().filter(|value| value.is_subnormal()).count();
    assert!(subnormal <= 1_024, "{subnormal}");
}

#[test]
fn settling_is_as_long_as_stated() {
    for sos in [
        butterworth(4, Band::Highpass(100.0), 48_000),
        elliptic(6, 0.5, 80.0, Band::Bandpass(500.0, 2_000.0), 16_000),
        notch(50.0, 30.0, 8_000),
        pre_emphasis(0.97),
    ] {
        let frames = usize::try_from(sos.settling_frames(1e-8).unwrap()).unwrap();
        // The worst past: a full-scale input that follows the sign of the response, reversed.
        let past = 60_000;
        let mut impulse = Array2::zeros((past + frames, 1));
        impulse[[0, 0]] = 1.0;
        let response = sosfilt(&sos, &impulse);
        let mut input = Array2::zeros((past + frames, 1));
        for frame in 0..past {
            input[[frame, 0]] = f64::signum(response[[past + frames - 1 - frame, 0]]);
        }
        let rest = sosfilt(&sos, &input);
        assert!(rest[[past + frames - 1, 0]].abs() < 1e-8, "{sos}: {}", rest[[past + frames - 1, 0]]);
    }
    let integrator = Sos::from_array(&array![[1.0, 0.0, 0.0, 1.0, -1.0, 0.0]]).unwrap();
    assert_eq!(integrator.settling_frames(1e-8), None);
    let unstable = Sos::from_array(&array![[1.0, 0.0, 0.0, 1.0, -2.0, 1.5]]).unwrap();
    assert_eq!(unstable.settling_frames(1e-8), None);
}

#[test]
fn orders_to_the_largest_can_be_designed() {
    let sos = butterworth(MAX_ORDER, Band::Lowpass(1_000.0), 48_000);
    assert_eq!(sos.sections(), MAX_ORDER / 2);
    assert!(sos.as_slice().as_flattened().iter().all(|coefficient| coefficient.is_finite()));
    let edge = bessel(25, Band::Lowpass(1_000.0), 48_000);
    assert!(decibels(&edge, 10.0, 48_000.0).abs() < 0.01);
}

#[test]
fn what_cannot_be_designed_is_an_error_that_says_why() {
    let message = |result: Result<Sos>| result.unwrap_err().to_string();
    let design = |order, band| Family::Butterworth.design(order, band, 8_000);
    assert!(message(design(0, Band::Lowpass(100.0))).contains("the order must be 1 to 100"));
    assert!(message(design(101, Band::Lowpass(100.0))).contains("the order must be 1 to 100"));
    for frequency in [0.0, -1.0, 4_000.0, 1e9, f64::NAN, f64::INFINITY] {
        for band in [
            Band::Lowpass(frequency),
            Band::Highpass(frequency),
            Band::Bandpass(frequency, 3_000.0),
            Band::Bandpass(1_000.0, frequency),
            Band::Bandstop(frequency, frequency),
        ] {
            assert!(design(4, band).is_err(), "{band}");
        }
    }
    for rate in [0.0, -8_000.0, f64::NAN, f64::INFINITY] {
        assert!(Family::Butterworth.design(4, Band::Lowpass(1.0), rate).is_err(), "{rate}");
    }
    let band = Band::Lowpass(1_000.0);
    for family in [
        Family::Chebyshev1 { ripple: 0.0 },
        Family::Chebyshev1 { ripple: f64::NAN },
        Family::Chebyshev2 { attenuation: -20.0 },
        Family::Elliptic { ripple: 3.0, attenuation: 3.0 },
        Family::Elliptic { ripple: 0.0, attenuation: 60.0 },
        Family::Elliptic { ripple: 1.0, attenuation: f64::INFINITY },
    ] {
        assert!(family.design(4, band, 8_000).is_err(), "{family:?}");
    }
    assert!(Family::Bessel { norm: BesselNorm::Phase }.design(26, band, 8_000).is_err());
    assert!(Biquad::Lowpass { frequency: 4_000.0, q: 1.0 }.design(8_000).is_err());
    assert!(Biquad::Lowpass { frequency: 100.0, q: 0.0 }.design(8_000).is_err());
    assert!(Biquad::Peaking { frequency: 100.0, q: 1.0, gain: f64::NAN }.design(8_000).is_err());
    assert!(try_notch(3_000.0, 0.5, 8_000).is_err());
    assert!(try_a_weighting(2_000).is_err());
    assert!(Sos::from_array(&Array2::zeros((0, 6))).is_err());
    assert!(Sos::from_array(&array![[1.0, 0.0, 0.0, 1.0, 0.0]]).is_err());
    assert!(Sos::from_array(&array![[1.0, 0.0, f64::NAN, 1.0, 0.0, 0.0]]).is_err());
    assert!(filtfilt(&butterworth(2, band, 8_000), &Array2::<f32>::zeros((9, 1))).is_err());
    assert!(filtfilt(&butterworth(2, band, 8_000), &Array2::<f32>::zeros((10, 1))).is_ok());
}

/// The steepest, the widest, the narrowest: whatever a command line can ask for comes out finite, or is refused.
#[test]
fn extreme_designs_do_not_panic() {
    let families = [
        Family::Butterworth,
        Family::Chebyshev1 { ripple: 1e-9 },
        Family::Chebyshev1 { ripple: 1_000.0 },
        Family::Chebyshev2 { attenuation: 1e-9 },
        Family::Chebyshev2 { attenuation: 1_000.0 },
        Family::Elliptic { ripple: 1e-9, attenuation: 1_000.0 },
        Family::Elliptic { ripple: 1e-9, attenuation: 2e-9 },
        Family::Elliptic { ripple: 3.0, attenuation: 3.1 },
        Family::Bessel { norm: BesselNorm::Magnitude },
    ];
    for family in families {
        for order in [1, 2, 3, 24, 25, 100] {
            for band in [
                Band::Lowpass(1e-6),
                Band::Highpass(3_999.999_999),
                Band::Bandpass(1e-6, 3_999.999_999),
                Band::Bandpass(1_000.0, 1_000.000_001),
                Band::Bandstop(1_000.0, 1_000.000_001),
            ] {
                if let Ok(sos) = family.design(order, band, 8_000) {
                    let finite = sos.as_slice().as_flattened().iter().all(|coefficient| coefficient.is_finite());
                    assert!(finite, "{family:?} of order {order}, {band}: {sos:?}");
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "the frequency must be above 0 and below 24000 Hz")]
fn a_frequency_written_down_wrongly_panics() {
    let _ = butterworth(4, Band::Highpass(24_000.0), 48_000);
}

#[test]
#[should_panic(expected = "block.ncols() (2) must be the number of channels (1)")]
fn channels_must_match() {
    butterworth(4, Band::Highpass(100.0), 48_000).state(1).filter(&mut Array2::<f32>::zeros((4, 2)));
}
