//! Levels of each reference, from the definitions.

use approx::assert_abs_diff_eq;
use ndaudio::db::{self, Calibration, Scale};

const CLOSE: f64 = 1e-12;

/// A full-scale sine has half the power of a full-scale square wave: 10·log10(1/2) = −3.0103 dB.
#[test]
fn the_two_full_scales_are_a_sine_apart() {
    let sine = 0.5_f64.sqrt();
    assert_abs_diff_eq!(Scale::full_scale_square().from_amplitude(sine), -3.010_299_956_639_812, epsilon = CLOSE);
    assert_abs_diff_eq!(Scale::full_scale_sine().from_amplitude(1.0), 3.010_299_956_639_812, epsilon = CLOSE);
    assert_abs_diff_eq!(Scale::full_scale_sine().from_power(0.5), 0.0, epsilon = CLOSE);
    assert_eq!(Scale::default(), Scale::full_scale_square());
}

#[test]
fn amplitudes_and_powers_return() {
    let microphone = Calibration::new(0.05, 20.0, 2.0);
    for scale in
        [Scale::full_scale_square(), Scale::full_scale_sine(), Scale::in_air(microphone), Scale::in_water(microphone)]
    {
        for amplitude in [1e-9, 0.1, 0.5, 1.0, 3.0] {
            let level = scale.from_amplitude(amplitude);
            assert_abs_diff_eq!(scale.from_power(amplitude * amplitude), level, epsilon = CLOSE);
            assert_abs_diff_eq!(scale.to_amplitude(level) / amplitude, 1.0, epsilon = CLOSE);
            assert_abs_diff_eq!(scale.to_power(level) / amplitude / amplitude, 1.0, epsilon = CLOSE);
        }
    }
    assert_abs_diff_eq!(db::to_power(db::from_power(0.3)), 0.3, epsilon = CLOSE);
    assert_abs_diff_eq!(db::to_amplitude(db::from_amplitude(0.3)), 0.3, epsilon = CLOSE);
}

/// 1 Pa is 20·log10(1 / 20e-6) = 93.979 dB re 20 µPa and 120 dB re 1 µPa: the 26.02 dB between air and water.
#[test]
fn a_pascal_is_94_db_in_air_and_120_in_water() {
    let pascal = Calibration::from_pascals(1.0);
    assert_abs_diff_eq!(Scale::in_air(pascal).from_amplitude(1.0), 93.979_400_086_720_37, epsilon = CLOSE);
    assert_abs_diff_eq!(Scale::in_water(pascal).from_amplitude(1.0), 120.0, epsilon = CLOSE);
}

#[test]
fn a_chain_is_the_product_of_its_parts() {
    // −165 dB re 1 V/µPa and a converter of 1 V peak: full scale is 165 dB re 1 µPa; 20 dB of gain leave 145.
    let level = |gain| Scale::in_water(Calibration::hydrophone(-165.0, gain, 1.0)).from_amplitude(1.0);
    assert_abs_diff_eq!(level(0.0), 165.0, epsilon = CLOSE);
    assert_abs_diff_eq!(level(20.0), 145.0, epsilon = CLOSE);
    // 50 mV/Pa, 20 dB, 2 V: 2 / 10 / 0.05 Pa.
    assert_abs_diff_eq!(Calibration::new(0.05, 20.0, 2.0).pascals(), 4.0, epsilon = CLOSE);
    // A calibrator of 94 dB that reads 0.1 of full scale.
    let found = Calibration::from_calibrator(0.1, 94.0);
    assert_abs_diff_eq!(Scale::in_air(found).from_amplitude(0.1), 94.0, epsilon = CLOSE);
    assert_abs_diff_eq!(Scale::in_air(found).from_amplitude(0.01), 74.0, epsilon = CLOSE);
}

#[test]
fn silence_is_minus_infinite_unless_a_floor_is_asked_for() {
    let scale = Scale::full_scale_square();
    assert_eq!(scale.from_amplitude(0.0), f64::NEG_INFINITY);
    assert_eq!(scale.from_power(0.0), f64::NEG_INFINITY);
    assert_eq!(scale.to_amplitude(f64::NEG_INFINITY), 0.0);
    let floored = scale.with_floor(-90.0);
    assert_eq!((floored.from_amplitude(0.0), floored.from_power(1e-12)), (-90.0, -90.0));
    assert_eq!(floored.from_amplitude(1.0), 0.0);
    assert!(floored.from_amplitude(f64::NAN).is_nan());
}

#[test]
fn levels_are_averaged_as_powers() {
    // Twice the power for half of the time and none for the other half; the mean of decibels would be −∞.
    assert_abs_diff_eq!(db::mean([db::from_power(2.0), f64::NEG_INFINITY]), 0.0, epsilon = CLOSE);
    // 60 dB and 70 dB: 10·log10((10^6 + 10^7) / 2).
    assert_abs_diff_eq!(db::mean([60.0, 70.0]), 67.403_626_894_942_44, epsilon = CLOSE);
    assert!(db::mean([]).is_nan());
}

#[test]
fn every_scale_names_its_reference() {
    let pascal = Calibration::from_pascals(1.0);
    let name = |scale: Scale| scale.to_string();
    assert_eq!(name(Scale::full_scale_square()), "dBFS");
    assert_eq!(name(Scale::full_scale_sine()), "dBFS (re full-scale sine)");
    assert_eq!(name(Scale::in_air(pascal)), "dB re 20 µPa");
    assert_eq!(name(Scale::in_water(pascal)), "dB re 1 µPa");
}

#[test]
#[should_panic(expected = "volts_per_pascal (0) must be above 0 and finite")]
fn a_sensitivity_of_nothing_is_refused() {
    let _ = Calibration::new(0.0, 0.0, 1.0);
}
