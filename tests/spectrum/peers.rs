//! `tests/peers/spectra.tsv`: what scipy.signal and librosa compute.
//!
//! `cargo test --all-features --test spectrum peers -- --nocapture --test-threads 1` prints the largest differences.

use std::collections::HashMap;
use std::sync::LazyLock;

use ndaudio::ndarray::{Array, Array2, Array3, ArrayD, ArrayRef, Axis, Dimension, IxDyn};
use ndaudio::spectrum::bands::{self, Mel};
use ndaudio::spectrum::features;
use ndaudio::spectrum::{self, Complex, Real};
use ndaudio::{ArraySource, Average, Detrend, Psd, Scaling, Source, Spectrum, Taper};

use crate::signals::{RATE, music, noise};

static RECORDED: LazyLock<HashMap<&str, ArrayD<f64>>> = LazyLock::new(|| {
    let lines = include_str!("../peers/spectra.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.split('\t');
            let (name, shape, numbers) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
            let shape: Vec<usize> = shape.split(',').map(|size| size.parse().unwrap()).collect();
            let numbers = numbers.split(' ').map(|number| number.parse().unwrap()).collect();
            (name, ArrayD::from_shape_vec(IxDyn(&shape), numbers).unwrap())
        })
        .collect()
});

/// What differences may be: of the largest number, in `f64` and `f32`.
const F64: f64 = 1e-12;
const F32: f64 = 2e-6;

pub(crate) fn recorded(name: &str) -> &'static ArrayD<f64> {
    RECORDED.get(name).unwrap_or_else(|| panic!("tests/peers/spectra.tsv has no {name}"))
}

/// Compares with what is recorded; prints the largest difference, relative to the largest number.
pub(crate) fn compare<D: Dimension>(name: &str, ours: &ArrayRef<f64, D>, tolerance: f64) {
    let theirs = recorded(name);
    assert_eq!(ours.shape(), theirs.shape(), "the shape of {name}");
    let largest = theirs.iter().fold(0.0, |largest: f64, number| largest.max(number.abs()));
    let differences = ours.iter().zip(theirs).map(|(ours, theirs)| (ours - theirs).abs());
    let difference =
        differences.fold(0.0, |max: f64, difference| if difference > max { difference } else { max }) / largest;
    println!("{name}\t{difference:.1e}");
    assert!(ours.iter().all(|number| number.is_finite()), "{name} is finite");
    assert!(difference <= tolerance, "{name}: the difference is {difference:e} of the largest number");
}

/// Complex numbers as the pairs that are recorded, every third window.
fn pairs<T: Real>(stft: &Array3<Complex<T>>) -> Array<f64, ndaudio::ndarray::Ix4> {
    let third = stft.slice(ndaudio::ndarray::s![..;3, .., ..]);
    let part = |part: fn(&Complex<T>) -> T| third.map(|bin| part(bin).to_f64().unwrap());
    ndaudio::ndarray::stack![Axis(3), part(|bin| bin.re), part(|bin| bin.im)]
}

fn wide<T: Real, D: Dimension>(array: &Array<T, D>) -> Array<f64, D> {
    array.mapv(|number| number.to_f64().unwrap())
}

fn narrow(samples: &Array2<f64>) -> Array2<f32> {
    samples.mapv(|sample| sample as f32)
}

fn signals() -> [(&'static str, Array2<f64>); 2] {
    [("noise", noise(500, 2)), ("music", music())]
}

fn tapers() -> [(&'static str, Taper); 8] {
    [
        ("boxcar", Taper::Boxcar),
        ("hann", Taper::Hann),
        ("hamming", Taper::Hamming),
        ("blackman", Taper::Blackman),
        ("blackmanharris", Taper::BlackmanHarris),
        ("flattop", Taper::FlatTop),
        ("kaiser 8.6", Taper::Kaiser(8.6)),
        ("tukey 0.25", Taper::Tukey(0.25)),
    ]
}

#[test]
fn tapers_are_those_of_get_window() {
    for (name, taper) in tapers() {
        for len in [16, 17] {
            compare(&format!("get_window {name} {len} periodic"), &taper.periodic(len), 1e-15);
            compare(&format!("get_window {name} {len} symmetric"), &taper.symmetric(len), 1e-15);
        }
    }
}

#[test]
fn multitapers_are_those_of_scipy() {
    for (len, half_bandwidth, count) in [(7, 2.5, 7), (64, 2.5, 4), (101, 4.0, 7), (512, 8.0, 2)] {
        let name = format!("dpss {len} {half_bandwidth} {count}");
        compare(&name, &spectrum::dpss(len, half_bandwidth, count), 1e-12);
    }
    let long = spectrum::dpss(20_000, 4.0, 7);
    let products = long.dot(&long.t());
    for ((a, b), product) in products.indexed_iter() {
        // As near as the eigenvalues of so long a matrix let them be told apart.
        assert!((product - f64::from(u8::from(a == b))).abs() < 1e-9, "tapers {a} and {b} are orthonormal: {product}");
    }
}

#[test]
fn stft_is_that_of_librosa_and_scipy() {
    for (kind, samples) in signals() {
        for len in [64, 45] {
            let name = format!("librosa.stft {kind} {len}");
            compare(&name, &pairs(&spectrum::stft(&samples, &mut Spectrum::<f64>::new(len), 24)), F64);
            compare(&name, &pairs(&spectrum::stft(&narrow(&samples), &mut Spectrum::<f32>::new(len), 24)), F32);
        }
        let mut source = ArraySource::new(samples.view(), RATE);
        let windows = source.windows::<f64>(64, 24).centered();
        let stft = spectrum::stft_of_windows(windows, &mut Spectrum::<f64>::new(64)).unwrap();
        compare(&format!("librosa.stft centered {kind}"), &pairs(&stft), F64);
        let mut plan = Spectrum::<f64>::new(64).scaling(Scaling::Spectrum);
        compare(&format!("ShortTimeFFT {kind}"), &pairs(&spectrum::stft(&samples, &mut plan, 24)), F64);
        let mut plan = plan.scaling(Scaling::Density(f64::from(RATE)));
        compare(&format!("stft psd {kind}"), &pairs(&spectrum::stft(&samples, &mut plan, 24)), F64);
    }
}

#[test]
fn spectrogram_is_that_of_scipy() {
    let scalings = [("spectrum", Scaling::Spectrum), ("density", Scaling::Density(f64::from(RATE)))];
    let trends = [("False", Detrend::None), ("constant", Detrend::Constant), ("linear", Detrend::Linear)];
    for (kind, samples) in signals() {
        for (scaling_name, scaling) in scalings {
            for (trend, detrend) in trends {
                let plan = Spectrum::<f64>::new(64).scaling(scaling).detrend(detrend);
                let narrow_plan = Spectrum::<f32>::new(64).scaling(scaling).detrend(detrend);
                let every_sixth = ndaudio::ndarray::s![..;6, .., ..];
                for (sides, mut plan, mut narrow_plan) in [
                    ("onesided", plan.clone(), narrow_plan.clone()),
                    ("twosided", plan.two_sided(), narrow_plan.two_sided()),
                ] {
                    let name = format!("spectrogram {kind} {scaling_name} {trend} {sides}");
                    compare(&name, &spectrum::spectrogram(&samples, &mut plan, 24).slice(every_sixth), F64);
                    let narrow = wide(&spectrum::spectrogram(&narrow(&samples), &mut narrow_plan, 24));
                    compare(&name, &narrow.slice(every_sixth), F32);
                }
            }
        }
    }
}

/// Welch's density of windows of 64 frames, 24 apart.
fn psd<T: Real>(plan: Spectrum<T>, samples: &Array2<f64>, average: Average) -> Psd<T> {
    let mut psd = Psd::new(plan, RATE).average(average);
    psd.add_windows(ArraySource::new(samples.view(), RATE).windows::<f64>(64, 24)).unwrap();
    psd
}

#[test]
fn densities_are_those_of_welch() {
    for (kind, samples) in signals() {
        let name = |what: &str| format!("welch {kind} {what}");
        compare(&name("hann"), &spectrum::welch(&samples, RATE, 64, 24), F64);
        for (taper_name, taper) in tapers() {
            let mean = |samples| psd(Spectrum::<f64>::new(64).taper(taper), samples, Average::Mean);
            compare(&name(taper_name), &mean(&samples).density(), F64);
            let mean = |samples| psd(Spectrum::<f32>::new(64).taper(taper), samples, Average::Mean);
            compare(&name(taper_name), &mean(&samples).density(), F32);
        }
        let plan = Spectrum::<f64>::new(64);
        compare(&name("spectrum"), &psd(plan.clone(), &samples, Average::Mean).spectrum(), F64);
        compare(&name("median"), &psd(plan.clone(), &samples, Average::Median).density(), F64);
        let detrended = |detrend| psd(plan.clone().detrend(detrend), &samples, Average::Mean).density();
        compare(&name("constant"), &detrended(Detrend::Constant), F64);
        compare(&name("linear"), &detrended(Detrend::Linear), F64);
        compare(&name("padded"), &psd(plan.clone().fft_len(101), &samples, Average::Mean).density(), F64);
        let mut whole = Psd::new(Spectrum::<f64>::new(500).taper(Taper::Boxcar), RATE);
        whole.add(&samples);
        compare(&format!("periodogram {kind}"), &whole.density(), F64);
    }
}

#[test]
fn cross_spectra_are_those_of_scipy() {
    for (kind, samples) in signals() {
        let csd = spectrum::csd(&samples, RATE, 64, 24, [0, 1]);
        let parts = ndaudio::ndarray::stack![Axis(1), csd.map(|bin| bin.re), csd.map(|bin| bin.im)];
        compare(&format!("csd {kind}"), &parts, F64);
        compare(&format!("coherence {kind}"), &spectrum::coherence(&samples, 64, 24, [0, 1]), F64);
    }
}

#[test]
fn mel_bands_are_those_of_librosa() {
    for (name, mel) in [("slaney", Mel::slaney as fn(usize) -> Mel), ("htk", Mel::htk)] {
        for (norm, all, some) in [
            ("slaney", mel(20), mel(12).range(50.0..8000.0)),
            ("peak", mel(20).peak_one(), mel(12).range(50.0..8000.0).peak_one()),
        ] {
            let name = format!("librosa.filters.mel {name} {norm}");
            compare(&name, &bands::mel(RATE, 256, all).matrix(), F64);
            compare(&format!("{name} band"), &bands::mel(RATE, 256, some).matrix(), F64);
        }
    }
}

/// Mel bands of the first channel, windows × bands × 1.
fn mel_spectrogram<T: Real>(samples: &Array2<f64>) -> Array3<T> {
    let first = samples.slice(ndaudio::ndarray::s![.., ..1]);
    let powers = spectrum::spectrogram(&first, &mut Spectrum::<T>::new(256), 64);
    let bank = bands::mel(RATE, 256, Mel::slaney(20));
    let mel: Vec<Array2<T>> = powers.outer_iter().map(|power| bank.apply(&power)).collect();
    let mel: Vec<_> = mel.iter().map(|mel| mel.view()).collect();
    ndaudio::ndarray::stack(Axis(0), &mel).unwrap()
}

#[test]
fn mel_spectrograms_and_cepstra_are_those_of_librosa() {
    for (kind, samples) in signals() {
        let mel = mel_spectrogram::<f64>(&samples);
        let name = format!("librosa.feature.melspectrogram {kind}");
        compare(&name, &mel.index_axis(Axis(2), 0), F64);
        let narrow = mel_spectrogram::<f32>(&samples);
        compare(&name, &wide(&narrow).index_axis(Axis(2), 0), F32);
        let name = format!("librosa.feature.mfcc {kind}");
        compare(&name, &spectrum::mfcc(&mel, 13, Some(80.0)).index_axis(Axis(2), 0), F64);
        compare(&name, &wide(&spectrum::mfcc(&narrow, 13, Some(80.0))).index_axis(Axis(2), 0), F32);
    }
}

#[test]
fn numbers_of_windows_are_those_of_librosa() {
    for (kind, samples) in signals() {
        let first = samples.slice(ndaudio::ndarray::s![.., ..1]);
        let mut plan = Spectrum::<f64>::new(256);
        let frequencies = plan.frequencies(RATE);
        let mut numbers: [Vec<f64>; 4] = Default::default();
        for window in first.axis_windows_with_stride(Axis(0), 256, 64) {
            let magnitude = plan.magnitude(&window).to_owned();
            let [centroid, bandwidth, rolloff, flatness] = &mut numbers;
            centroid.push(features::centroid(&magnitude, &frequencies)[0]);
            bandwidth.push(features::bandwidth(&magnitude, &frequencies)[0]);
            rolloff.push(features::rolloff(&magnitude, &frequencies, 0.85)[0]);
            flatness.push(features::flatness(&plan.power(&window))[0]);
        }
        for (name, numbers) in ["centroid", "bandwidth", "rolloff", "flatness"].iter().zip(numbers) {
            let numbers = ndaudio::ndarray::Array1::from(numbers);
            compare(&format!("librosa.feature.spectral_{name} {kind}"), &numbers, F64);
        }
    }
}
