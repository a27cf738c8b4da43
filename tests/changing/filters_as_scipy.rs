//! Designs and running filters against scipy.signal, 200 random ones.
//!
//! Recorded by `python tests/peers/filters.py`.

use crate::common::SplitMix;
use ndarray::Array2;
use ndaudio::filter::{self, Band, BesselNorm, Family};
use ndaudio::{Sos, ndarray};
use num_complex::Complex;

/// One line of the table, and the numbers that belong to it.
struct Recorded {
    name: String,
    family: Family,
    order: usize,
    band: Band,
    sample_rate: u32,
    zeros: Vec<Complex<f64>>,
    poles: Vec<Complex<f64>>,
    gain: f64,
    sections: Vec<[f64; 6]>,
    steady: Vec<[f64; 2]>,
    response: Vec<Complex<f64>>,
    filtered: Vec<f64>,
    forth_and_back: Vec<f64>,
}

fn recorded() -> Vec<Recorded> {
    let bytes = std::fs::read("tests/peers/filters.f64").unwrap();
    let mut numbers = bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()));
    let mut next = |count: usize| -> Vec<f64> { numbers.by_ref().take(count).collect() };
    let complex = |numbers: Vec<f64>| numbers.chunks_exact(2).map(|pair| Complex::new(pair[0], pair[1])).collect();
    let table = std::fs::read_to_string("tests/peers/filters.tsv").unwrap();
    let designs: Vec<_> = table
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let number = |index: usize| -> f64 { fields[index].parse().unwrap() };
            let (ripple, attenuation, low, high) = (number(2), number(3), number(5), number(6));
            let family = match fields[0] {
                "butterworth" => Family::Butterworth,
                "chebyshev1" => Family::Chebyshev1 { ripple },
                "chebyshev2" => Family::Chebyshev2 { attenuation },
                "elliptic" => Family::Elliptic { ripple, attenuation },
                "bessel-phase" => Family::Bessel { norm: BesselNorm::Phase },
                "bessel-delay" => Family::Bessel { norm: BesselNorm::Delay },
                "bessel-mag" => Family::Bessel { norm: BesselNorm::Magnitude },
                other => panic!("no family {other}"),
            };
            let band = match fields[4] {
                "lowpass" => Band::Lowpass(low),
                "highpass" => Band::Highpass(low),
                "bandpass" => Band::Bandpass(low, high),
                "bandstop" => Band::Bandstop(low, high),
                other => panic!("no band {other}"),
            };
            let order: usize = fields[1].parse().unwrap();
            let pair = matches!(band, Band::Bandpass(..) | Band::Bandstop(..));
            let degree = if pair { 2 * order } else { order };
            let sections = degree.div_ceil(2);
            Recorded {
                name: line.to_owned(),
                family,
                order,
                band,
                sample_rate: fields[7].parse().unwrap(),
                // The bilinear transform gives as many zeros as poles.
                zeros: complex(next(2 * degree)),
                poles: complex(next(2 * degree)),
                gain: next(1)[0],
                sections: next(6 * sections).as_chunks().0.to_vec(),
                steady: next(2 * sections).as_chunks().0.to_vec(),
                response: complex(next(16)),
                filtered: next(50),
                forth_and_back: next(20),
            }
        })
        .collect();
    assert_eq!(designs.len(), 200);
    assert_eq!(numbers.next(), None, "the table and the numbers belong together");
    designs
}

/// As `noise` of the script.
fn noise(frames: usize) -> Array2<f64> {
    let mut random = SplitMix(12);
    Array2::from_shape_simple_fn((frames, 1), || ((random.next() >> 40) as f64 - 8_388_608.0) / 8_388_608.0)
}

/// The largest distance of a root from the nearest one not taken yet.
fn largest_distance(found: &[Complex<f64>], expected: &[Complex<f64>]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let mut left = expected.to_vec();
    let mut largest = 0.0_f64;
    for root in found {
        let distance = |other: &Complex<f64>| (root - other).norm();
        let nearest = (0..left.len()).min_by(|&a, &b| distance(&left[a]).total_cmp(&distance(&left[b]))).unwrap();
        largest = largest.max(distance(&left.swap_remove(nearest)));
    }
    largest
}

fn assert_close(found: impl IntoIterator<Item = f64>, expected: &[f64], tolerance: f64, what: &str) -> f64 {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    let difference = found.iter().zip(expected).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f64::max);
    assert!(difference <= tolerance, "{what}: {difference:e}, {found:?}, {expected:?}");
    difference
}

#[test]
fn zeros_poles_and_sections_are_those_of_scipy() {
    let (mut roots, mut gains, mut sections) = (0.0_f64, 0.0_f64, 0.0_f64);
    for design in recorded() {
        let zpk = design.family.zpk(design.order, design.band, design.sample_rate).unwrap();
        let distance = largest_distance(&zpk.zeros, &design.zeros).max(largest_distance(&zpk.poles, &design.poles));
        assert!(distance <= 1e-12, "{}: {distance:e}", design.name);
        roots = roots.max(distance);
        let gain = (zpk.gain / design.gain - 1.0).abs();
        assert!(gain <= 1e-11, "{}: gain {} for {}", design.name, zpk.gain, design.gain);
        gains = gains.max(gain);
        let sos = design.family.design(design.order, design.band, design.sample_rate).unwrap();
        assert_eq!(sos.sections(), design.sections.len(), "{}", design.name);
        for (found, expected) in sos.as_slice().iter().zip(&design.sections) {
            sections = sections.max(assert_close(*found, expected, 1e-12, &design.name));
        }
    }
    println!("largest differences: roots {roots:e}, gains {gains:e} (relative), sections {sections:e}");
}

#[test]
fn filtered_noise_is_that_of_scipy() {
    let (input, short) = (noise(2_000), noise(500));
    let (mut once, mut twice, mut steady, mut response) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for design in recorded() {
        let sos = Sos::from_array(&Array2::from(design.sections.clone())).unwrap();
        let every = |array: Array2<f64>, first: usize, step: usize| -> Vec<f64> {
            array.iter().skip(first).step_by(step).copied().collect()
        };
        let filtered = every(filter::sosfilt(&sos, &input), 39, 40);
        once = once.max(assert_close(filtered, &design.filtered, 1e-10, &design.name));
        let filtered = every(filter::filtfilt(&sos, &short).unwrap(), 0, 25);
        twice = twice.max(assert_close(filtered, &design.forth_and_back, 1e-10, &design.name));
        let zi = filter::sosfilt_zi(&sos);
        steady = steady.max(assert_close(zi, design.steady.as_flattened(), 1e-10, &design.name));
        let rate = f64::from(design.sample_rate);
        let frequencies = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.49].map(|part| part * rate);
        for (found, expected) in filter::freqz(&sos, frequencies, rate).iter().zip(&design.response) {
            let difference = (found - expected).norm();
            assert!(difference <= 1e-10, "{}: {found} for {expected}", design.name);
            response = response.max(difference);
        }
    }
    println!("largest differences: sosfilt {once:e}, sosfiltfilt {twice:e}, sosfilt_zi {steady:e}, freqz {response:e}");
}
