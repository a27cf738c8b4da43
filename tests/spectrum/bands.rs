//! Bands: their edges by definition, and PyPAM's, and what is summed up in them.

use std::collections::HashMap;

use approx::{assert_abs_diff_eq, assert_relative_eq};
use ndaudio::ndarray::{Array1, Array2};
use ndaudio::spectrum::bands::{self, FilterBank, Mel};
use ndaudio::spectrum::{Weighting, welch};

use crate::signals::noise;

/// `tests/peers/spectra_bands.tsv`, by name.
fn recorded() -> HashMap<&'static str, Vec<f64>> {
    let lines = include_str!("../peers/spectra_bands.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.split('\t');
            let (name, numbers) = (fields.next().unwrap(), fields.nth(1).unwrap());
            (name, numbers.split(' ').map(|number| number.parse().unwrap()).collect())
        })
        .collect()
}

/// The numbers of `density` in `tests/peers/spectra_bands.py`.
fn density(bins: usize) -> Array2<f64> {
    Array2::from_shape_fn((bins, 1), |(bin, _)| ((bin * 7919 % 1013 + 1) as f64) / 1013.0)
}

/// Prints the largest relative difference.
fn compare<'a>(name: &str, ours: impl IntoIterator<Item = &'a f64>, theirs: &[f64], tolerance: f64) {
    let ours: Vec<f64> = ours.into_iter().copied().collect();
    assert_eq!(ours.len(), theirs.len(), "{name}");
    let difference = |(ours, theirs): (&f64, &f64)| (ours - theirs).abs() / theirs.abs().max(f64::MIN_POSITIVE);
    // 0 Hz is 0 Hz.
    let pairs = ours.iter().zip(theirs).filter(|(_, theirs)| **theirs != 0.0);
    let largest = pairs.map(difference).fold(0.0, f64::max);
    println!("{name}\t{largest:.1e}");
    assert!(largest <= tolerance, "{name}: {largest:e}");
    assert!(ours.iter().zip(theirs).all(|(ours, theirs)| (*theirs == 0.0) == (*ours == 0.0)), "{name}");
}

#[test]
fn millidecades_are_those_of_pypam() {
    let recorded = recorded();
    for (rate, fft_len) in [(8000, 8000), (4000, 2000), (2000, 256)] {
        let bank = bands::hybrid_millidecade(rate, fft_len).per_hertz();
        let name = |what: &str| format!("millidecades {rate} {fft_len} {what}");
        let theirs = |what: &str| &recorded[&*name(what)];
        let mut limits = bank.lower_edges().to_vec();
        limits.push(bank.upper_edges()[bank.bands() - 1]);
        compare(&name("limits"), &limits, theirs("limits"), 1e-12);
        compare(&name("centers"), &bank.centers(), theirs("centers"), 1e-12);
        // PyPAM forgets the width of bins other than 1 Hz; counts a bin twice that has both edges of a band in it, as one has at 874 Hz
        // with bins of 2 Hz; and takes the Nyquist bin to reach beyond half the sample rate, below which all of its power lies.
        let width = f64::from(rate) / fft_len as f64;
        let nyquist_bin = f64::from(rate) / 2.0 - width / 2.0;
        let upper = bank.upper_edges();
        let comparable = |index: usize| upper[index] <= nyquist_bin && !(fft_len == 2000 && index == 437);
        let counted = |(index, density): (usize, &f64)| comparable(index).then_some(*density);
        let theirs: Vec<f64> =
            theirs("densities").iter().enumerate().filter_map(counted).map(|sum| sum * width).collect();
        let ours = bank.apply(&density(fft_len / 2 + 1));
        let ours: Vec<f64> = ours.iter().enumerate().filter_map(counted).collect();
        // Bands 1 Hz wide between edges near 4000 Hz: their difference is good to 2^−41, and so is a part of a bin.
        compare(&name("densities"), &ours, &theirs, 2e-11);
    }
}

#[test]
fn decidecades_are_those_of_pypam() {
    let recorded = recorded();
    let bank = bands::decidecade(8000, 8000, 10.0..3900.0).per_hertz();
    let limits = &recorded["decidecades 8000 8000 limits"];
    let full = limits.len() - 2; // it cuts the last band off at 4000 Hz
    compare("decidecades limits", bank.lower_edges().iter().take(full), &limits[..full], 1e-12);
    let centers = &recorded["decidecades 8000 8000 centers"];
    compare("decidecades centers", bank.centers().iter().take(full), &centers[..full], 1e-12);
    let densities = bank.apply(&density(4001));
    compare(
        "decidecades densities",
        densities.iter().take(full),
        &recorded["decidecades 8000 8000 densities"][..full],
        1e-12,
    );
}

/// The exact frequencies of IEC 61260-1:2014, 5.2 to 5.5, and of its predecessor with base 2.
#[test]
fn edges_are_those_of_the_standards() {
    let ratio = 10.0_f64.powf(0.3);
    let thirds = bands::third_octave(48_000, 4096, 20.0..20_000.0);
    assert_eq!(thirds.bands(), 31);
    for (index, center) in thirds.centers().iter().enumerate() {
        let expected = 1000.0 * ratio.powf((index as f64 - 17.0) / 3.0);
        assert_relative_eq!(*center, expected, max_relative = 1e-14);
        assert_relative_eq!(thirds.lower_edges()[index], expected * ratio.powf(-1.0 / 6.0), max_relative = 1e-14);
        assert_relative_eq!(thirds.upper_edges()[index], expected * ratio.powf(1.0 / 6.0), max_relative = 1e-14);
    }
    // As printed in annex A of the standard.
    assert_abs_diff_eq!(thirds.centers()[0], 19.953, epsilon = 5e-4);
    assert_abs_diff_eq!(thirds.centers()[16], 794.33, epsilon = 5e-3);
    assert_eq!(bands::decidecade(48_000, 4096, 20.0..20_000.0), thirds);

    let octaves = bands::octave(48_000, 4096, 31.5..16_000.0);
    assert_eq!(octaves.bands(), 10);
    assert_abs_diff_eq!(octaves.centers()[0], 31.623, epsilon = 5e-4);
    let octaves = bands::octave_base_2(48_000, 4096, 31.5..16_000.0);
    assert_relative_eq!(octaves.centers()[0], 31.25, max_relative = 1e-14);
    assert_relative_eq!(octaves.upper_edges()[5], 1000.0 * 2.0_f64.sqrt(), max_relative = 1e-14);
    let thirds = bands::third_octave_base_2(48_000, 4096, 20.0..20_000.0);
    assert_relative_eq!(thirds.centers()[thirds.bands() - 1], 1000.0 * 2.0_f64.powf(13.0 / 3.0), max_relative = 1e-14);
}

#[test]
fn bands_side_by_side_have_all_of_the_power() {
    for len in [512, 511, 2, 1] {
        let samples = noise(5000, 2);
        let density = welch(&samples, 48_000, len, len);
        let power = density.sum_axis(ndaudio::ndarray::Axis(0)) * (48_000.0 / len as f64);
        for edges in [vec![0.0, 24_000.0], vec![-10.0, 1.0, 777.7, 780.0, 12_345.6, 23_990.0, 24_001.0]] {
            let bands = bands::from_edges(48_000, len, &edges).apply(&density);
            for (bands, power) in bands.columns().into_iter().zip(&power) {
                assert_relative_eq!(bands.sum(), *power, max_relative = 1e-12);
            }
        }
        let bands = bands::hybrid_millidecade(48_000, len).apply(&density);
        assert_relative_eq!(bands.column(0).sum(), power[0], max_relative = 1e-12);
    }
}

#[test]
fn parts_of_bins_count_in_part() {
    // Bins of 1000 Hz at 0, 1000 … 4000 Hz; those at the ends have one side only.
    let matrix = bands::from_edges(8000, 8, &[0.0, 250.0, 1400.0, 3750.0, 4000.0]).matrix();
    let expected = ndaudio::ndarray::array![
        [500.0, 0.0, 0.0, 0.0, 0.0],
        [500.0, 900.0, 0.0, 0.0, 0.0],
        [0.0, 100.0, 1000.0, 1000.0, 500.0],
        [0.0, 0.0, 0.0, 0.0, 500.0]
    ];
    crate::signals::assert_close(&matrix, &expected, 1e-9);
}

#[test]
fn the_sum_is_the_product_with_the_matrix() {
    for bank in [
        bands::mel(16_000, 512, Mel::slaney(40)),
        bands::third_octave(16_000, 512, 100.0..6_000.0),
        bands::hybrid_millidecade(16_000, 512),
    ] {
        let spectrum = noise(257, 3).mapv(f64::abs);
        crate::signals::assert_near(&bank.apply(&spectrum), &bank.matrix().dot(&spectrum), 1e-13);
        let reversed = spectrum.slice(ndaudio::ndarray::s![.., ..;-1]);
        assert_eq!(bank.apply(&reversed).column(0), bank.apply(&spectrum).column(2));
        let _: &FilterBank = &bank;
    }
}

/// IEC 61672-1:2013, table 3, at the exact frequencies 1000·10^(x/10) Hz.
#[test]
fn weightings_are_those_of_the_standard() {
    for (index, a, c) in [
        (-20, -70.4, -14.3),
        (-17, -50.5, -6.2),
        (-15, -39.4, -3.0),
        (-12, -26.2, -0.8),
        (-9, -16.1, -0.2),
        (-6, -8.6, 0.0),
        (-3, -3.2, 0.0),
        (0, 0.0, 0.0),
        (3, 1.2, -0.2),
        (6, 1.0, -0.8),
        (9, -1.1, -3.0),
        (12, -6.6, -8.5),
        (13, -9.3, -11.2),
    ] {
        let frequency = 1000.0 * 10.0_f64.powf(f64::from(index) / 10.0);
        assert_abs_diff_eq!(Weighting::A.decibels(frequency), a, epsilon = 0.05);
        assert_abs_diff_eq!(Weighting::C.decibels(frequency), c, epsilon = 0.05);
    }
    let powers: Array1<f64> = Weighting::A.powers(48_000, 48);
    assert_eq!(powers.len(), 25);
    assert_eq!(powers[1], 1.0);
    assert_eq!(powers[0], 0.0);
}
