//! Acoustic indices and weightings, as scikit-maad and librosa have them.

use approx::assert_relative_eq;
use ndaudio::ndarray::{Array1, Array3, Axis, s};
use ndaudio::spectrum::{Weighting, features, indices};

fn recorded(name: &str) -> f64 {
    let lines = include_str!("../peers/spectra_indices.tsv").lines();
    let line = lines.map(|line| line.split_once('\t')).find(|fields| fields.is_some_and(|fields| fields.0 == name));
    line.flatten().unwrap_or_else(|| panic!("there is no {name}")).1.parse().unwrap()
}

fn compare(name: &str, ours: f64) {
    let theirs = recorded(name);
    println!("{name}\t{:.1e}", ((ours - theirs) / theirs).abs());
    assert_relative_eq!(ours, theirs, max_relative = 1e-12);
}

/// The numbers of `tests/peers/spectra_indices.py`, windows × bins × 1.
fn magnitude() -> Array3<f64> {
    Array3::from_shape_fn((40, 111, 1), |(window, bin, _)| {
        let number = (bin * 37 + window * window * 11 + bin * window) % 41;
        10.0_f64.powf(-(number as f64) / 9.9)
    })
}

#[test]
fn indices_are_those_of_maad() {
    let magnitude = magnitude();
    let frequencies: Array1<f64> = (0..111).map(|bin| f64::from(bin) * 100.0).collect();
    compare("acoustic_complexity_index", indices::complexity(&magnitude)[0]);
    compare("acoustic_diversity_index", indices::diversity(&magnitude, &frequencies, 10_000.0, 1000.0, -50.0)[0]);
    compare("bioacoustics_index", indices::bioacoustic(&magnitude, &frequencies, 2000.0..=8000.0)[0]);
    let power = magnitude.mapv(|number| number * number);
    compare("frequency_entropy", features::entropy(&power.index_axis(Axis(0), 0))[0]);
    // maad takes the bands that begin at 1, 2 and 2, 3 … 8 kHz, with both ends, so that these reach to 3 and 9 kHz.
    let density = power.mean_axis(Axis(0)).unwrap();
    compare("soundscape_index", indices::soundscape(&density, &frequencies, 1000.0..3000.0, 2000.0..9000.0)[0]);
}

#[test]
fn silence_has_no_place() {
    let silence = Array3::<f64>::zeros((3, 5, 1));
    let frequencies: Array1<f64> = (0..5).map(f64::from).collect();
    assert_eq!(indices::complexity(&silence)[0], 0.0);
    let spectrum = silence.slice(s![0, .., ..]);
    assert!(features::centroid(&spectrum, &frequencies)[0].is_nan());
    assert!(features::entropy(&spectrum)[0].is_nan());
    assert_relative_eq!(features::flatness(&spectrum)[0], 1.0, max_relative = 1e-12);
    assert!(indices::soundscape(&spectrum, &frequencies, 1.0..2.0, 2.0..4.0)[0].is_nan());
}

/// librosa's constants have eight digits, and its curves are 0.0003 dB off at 1 kHz.
#[test]
fn weightings_are_those_of_librosa() {
    for (name, weighting) in [("A", Weighting::A), ("C", Weighting::C)] {
        let at_1000 = recorded(&format!("{name}_weighting 1000.0"));
        for frequency in ["20.0", "31.5", "100.0", "500.0", "1000.0", "4000.0", "12500.0", "20000.0"] {
            let theirs = recorded(&format!("{name}_weighting {frequency}")) - at_1000;
            let ours = weighting.decibels(frequency.parse().unwrap());
            assert!((ours - theirs).abs() < 1e-5, "{name} at {frequency} Hz: {ours} and {theirs}");
        }
    }
}
