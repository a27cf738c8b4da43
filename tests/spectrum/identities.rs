//! What spectra are by definition.

use std::f64::consts::TAU;

use approx::assert_abs_diff_eq;
use ndaudio::ndarray::{Array2, Axis, s};
use ndaudio::spectrum::{self, Complex, Real};
use ndaudio::{Detrend, ErrorKind, Psd, Scaling, Spectrum, Taper};

use crate::signals::{assert_close, assert_near, integers, noise};

/// The definition, in as many operations as it has terms.
fn dft(samples: &[f64], bins: usize) -> Vec<Complex<f64>> {
    let len = samples.len();
    let term = |bin: usize, at: usize| Complex::from_polar(samples[at], -TAU * ((bin * at) % len) as f64 / len as f64);
    (0..bins).map(|bin| (0..len).map(|at| term(bin, at)).sum()).collect()
}

#[test]
fn the_transform_is_its_definition_for_every_length() {
    for len in (1..=40).chain([64, 97, 100, 128, 243, 250, 1009]) {
        for fft_len in [len, len + 1, 2 * len + 3] {
            let samples = noise(len, 1);
            let mut plan = Spectrum::<f64>::new(len).taper(Taper::Boxcar).fft_len(fft_len);
            let mut padded = samples.column(0).to_vec();
            padded.resize(fft_len, 0.0);
            let expected = dft(&padded, fft_len / 2 + 1);
            let spectrum = plan.complex(&samples);
            assert_eq!(spectrum.dim(), (fft_len / 2 + 1, 1));
            for (ours, theirs) in spectrum.column(0).iter().zip(expected) {
                assert_abs_diff_eq!((ours - theirs).norm(), 0.0, epsilon = 1e-14 * fft_len as f64);
            }
        }
    }
}

/// The largest error of the spectrum of an impulse, all bins of which are of magnitude 1.
fn error_of_an_impulse<T: Real>(len: usize, at: usize) -> f64 {
    let mut impulse = Array2::<T>::zeros((len, 1));
    impulse[[at, 0]] = T::one();
    let mut plan = Spectrum::<T>::new(len).taper(Taper::Boxcar);
    let error = |(bin, found): (usize, &Complex<T>)| {
        let exact = Complex::from_polar(1.0, -TAU * ((bin * at) % len) as f64 / len as f64);
        (Complex::new(found.re.to_f64().unwrap(), found.im.to_f64().unwrap()) - exact).norm()
    };
    plan.complex(&impulse).iter().enumerate().map(error).fold(0.0, f64::max)
}

/// As the documentation of `Real` says.
#[test]
fn either_type_is_as_exact_as_promised() {
    let smooth = [1000, 4410, 65_536, 100_000].map(|len| (len, 4e-7));
    let others = [997, 4093, 44_101, 100_003].map(|len| (len, 1e-6));
    for (len, within) in smooth.into_iter().chain(others) {
        let (in_f32, in_f64) = (error_of_an_impulse::<f32>(len, len / 3), error_of_an_impulse::<f64>(len, len / 3));
        // "About", and "a few".
        assert!(in_f32 < 1.2 * within && in_f64 < 1e-14, "{in_f32:e} and {in_f64:e} of {len}");
    }
}

#[test]
fn parseval_holds() {
    for len in [255, 256, 2048] {
        for taper in [Taper::Boxcar, Taper::Hann, Taper::Kaiser(14.0)] {
            let samples = noise(len, 3);
            let weights = taper.periodic(len);
            let tapered = &samples * &weights.insert_axis(Axis(1));
            let squares = tapered.mapv(|sample| sample * sample).sum_axis(Axis(0));
            // Unscaled, negative frequencies are left to the caller; scaled as a density they are in the sum.
            let mut plan = Spectrum::<f64>::new(len).taper(taper);
            let power = plan.power(&samples);
            let twice = power.slice(s![1..len.div_ceil(2), ..]).sum_axis(Axis(0));
            let sum = (power.sum_axis(Axis(0)) + twice) / len as f64;
            assert_near(&sum, &squares, 1e-12);

            let density = plan.clone().scaling(Scaling::Density(48_000.0)).power(&samples).to_owned();
            let norm = taper.periodic(len).mapv(|weight| weight * weight).sum();
            let mean_square = density.sum_axis(Axis(0)) * (48_000.0 / len as f64);
            assert_near(&mean_square, &(squares / norm), 1e-12);
        }
    }
}

#[test]
fn a_sine_on_a_bin_has_its_mean_square_as_power() {
    for taper in [Taper::Boxcar, Taper::Hann, Taper::FlatTop] {
        let sine = Array2::from_shape_fn((480, 1), |(frame, _)| 0.5 * (TAU * frame as f64 / 24.0).sin());
        let mut plan = Spectrum::<f64>::new(480).taper(taper).scaling(Scaling::Spectrum);
        assert_abs_diff_eq!(plan.power(&sine)[[20, 0]], 0.125, epsilon = 1e-9);
        assert_abs_diff_eq!(plan.magnitude(&sine)[[20, 0]], 0.25, epsilon = 1e-9);
    }
}

#[test]
fn dc_and_nyquist_are_not_doubled() {
    let alternating = Array2::from_shape_fn((64, 1), |(frame, _)| if frame % 2 == 0 { 1.0 } else { -1.0 });
    let mut plan = Spectrum::<f64>::new(64).taper(Taper::Boxcar).scaling(Scaling::Spectrum);
    assert_abs_diff_eq!(plan.power(&alternating)[[32, 0]], 1.0, epsilon = 1e-12);
    assert_abs_diff_eq!(plan.power(&Array2::<f64>::ones((64, 1)))[[0, 0]], 1.0, epsilon = 1e-12);
    // An odd length has no Nyquist bin: its last one has a negative twin.
    let mut plan = Spectrum::<f64>::new(5).taper(Taper::Boxcar).scaling(Scaling::Spectrum);
    let cosine = Array2::from_shape_fn((5, 1), |(frame, _)| (TAU * 2.0 * frame as f64 / 5.0).cos());
    assert_abs_diff_eq!(plan.power(&cosine)[[2, 0]], 0.5, epsilon = 1e-12);
}

#[test]
fn every_sample_type_counts_full_scale_as_one() {
    let narrow = integers(256, 2);
    let expected = Spectrum::<f64>::new(256).complex(&noise(256, 2)).to_owned();
    let mut plan = Spectrum::<f64>::new(256);
    assert_eq!(plan.complex(&narrow), expected);
    assert_eq!(plan.complex(&narrow.mapv(|sample| i32::from(sample) << 16)), expected);
    assert_eq!(plan.complex(&narrow.mapv(|sample| f32::from(sample) / 32_768.0)), expected);
    let mut single = Spectrum::<f32>::new(256);
    let expected = single.complex(&noise(256, 2).mapv(|sample| sample as f32)).to_owned();
    assert_eq!(single.complex(&narrow), expected);
}

#[test]
fn strides_and_channels_do_not_change_a_bit() {
    let wide = noise(300, 5);
    let mut plan = Spectrum::<f32>::new(128).scaling(Scaling::Spectrum);
    let alone = |channel: usize, plan: &mut Spectrum<f32>| {
        let column: Array2<f64> = wide.slice(s![10..138, channel..=channel]).to_owned();
        (plan.complex(&column).to_owned(), plan.power(&column).to_owned())
    };
    let expected: Vec<_> = (0..5).map(|channel| alone(channel, &mut plan)).collect();
    let reversed = wide.slice(s![10..138;1, ..;-1]).to_owned();
    let fortran = reversed.t().as_standard_layout().reversed_axes().to_owned();
    for (window, order) in [
        (wide.slice(s![10..138, ..]), vec![0, 1, 2, 3, 4]),
        (wide.slice(s![10..138, ..;-1]), vec![4, 3, 2, 1, 0]),
        (wide.slice(s![10..138, ..;2]), vec![0, 2, 4]),
        (wide.slice(s![10..138, 1..3]), vec![1, 2]),
        (fortran.view(), vec![4, 3, 2, 1, 0]),
    ] {
        for contiguous in [window.view(), window.to_owned().view()] {
            let complex = plan.complex(&contiguous).to_owned();
            let power = plan.power(&contiguous).to_owned();
            for (column, &channel) in order.iter().enumerate() {
                assert_eq!(complex.column(column), expected[channel].0.column(0));
                assert_eq!(power.column(column), expected[channel].1.column(0));
            }
        }
    }
}

#[test]
fn into_forms_write_what_the_others_lend() {
    let window = noise(64, 3);
    let scale = ndaudio::db::Scale::full_scale_sine().with_floor(-90.0);
    let mut plan = Spectrum::<f64>::new(64).fft_len(80).detrend(Detrend::Linear);
    let mut complex = Array2::from_elem((41, 3), Complex::new(1.0, 1.0));
    plan.complex_into(&window, &mut complex);
    assert_eq!(plan.complex(&window), complex);
    let mut real = Array2::ones((41, 3));
    plan.power_into(&window, &mut real);
    assert_eq!(plan.power(&window), real);
    assert_close(&real, &complex.mapv(|bin| bin.norm_sqr()), 1e-12);
    plan.magnitude_into(&window, &mut real);
    assert_eq!(plan.magnitude(&window), real);
    assert_close(&real, &complex.mapv(|bin| bin.norm()), 1e-12);
    plan.decibels_into(&window, &scale, &mut real);
    assert_eq!(plan.decibels(&window, &scale), real);
}

#[test]
fn trends_are_taken_off() {
    let line = Array2::from_shape_fn((50, 1), |(frame, _)| 0.25 - 0.01 * frame as f64);
    let mut plan = Spectrum::<f64>::new(50).detrend(Detrend::Linear);
    assert!(plan.magnitude(&line).iter().all(|&bin| bin < 1e-13));
    let mut plan = Spectrum::<f64>::new(50).detrend(Detrend::Constant).taper(Taper::Boxcar);
    let wave = noise(50, 1);
    let with_offset = plan.complex(&(&wave + 0.5)).to_owned();
    assert!(plan.complex(&wave).iter().zip(&with_offset).all(|(a, b)| (a - b).norm() < 1e-13));
    assert!(with_offset[[0, 0]].norm() < 1e-13);
}

#[test]
fn weights_of_the_callers_are_taken() {
    let window = noise(32, 2);
    let hann = Taper::Hann.symmetric(32).to_vec();
    let expected = Spectrum::<f64>::new(32).symmetric().scaling(Scaling::Spectrum).complex(&window).to_owned();
    assert_eq!(Spectrum::<f64>::new(32).weights(&hann).scaling(Scaling::Spectrum).complex(&window), expected);
    let periodic = Spectrum::<f64>::new(32).scaling(Scaling::Spectrum).complex(&window).to_owned();
    assert!(periodic.iter().zip(&expected).any(|(a, b)| (a - b).norm() > 1e-3));
}

#[test]
fn samples_come_back() {
    for (len, hop, fft_len) in [(256, 64, 256), (256, 128, 256), (100, 30, 128), (63, 21, 63), (45, 16, 50)] {
        for scaling in [Scaling::None, Scaling::Density(44_100.0)] {
            for taper in [Taper::Hann, Taper::Hamming, Taper::Boxcar] {
                let samples = noise(3000, 2);
                let mut plan = Spectrum::<f64>::new(len).fft_len(fft_len).scaling(scaling).taper(taper);
                let stft = spectrum::stft(&samples, &mut plan, hop);
                let back = spectrum::istft(&stft, &plan, hop).unwrap();
                assert_eq!(back.dim(), ((stft.dim().0 - 1) * hop + len, 2));
                let inner = s![len..back.nrows() - len, ..];
                assert_close(&back.slice(inner), &samples.slice(inner), 1e-13);

                let narrow = samples.mapv(|sample| sample as f32);
                let mut plan = Spectrum::<f32>::new(len).fft_len(fft_len).scaling(scaling).taper(taper);
                let back = spectrum::istft(&spectrum::stft(&narrow, &mut plan, hop), &plan, hop).unwrap();
                assert_close(&back.slice(inner), &narrow.slice(inner), 1e-6);
            }
        }
    }
}

#[test]
fn samples_that_no_window_keeps_are_an_error() {
    let samples = noise(1000, 1);
    for (taper, hop, possible) in [
        (Taper::Hann, 64, false), // the first weight is 0, and no other window covers it
        (Taper::Hann, 63, true),
        (Taper::Boxcar, 64, true),
        (Taper::Boxcar, 65, false),
    ] {
        let mut plan = Spectrum::<f64>::new(64).taper(taper);
        let stft = spectrum::stft(&samples, &mut plan, hop);
        let back = spectrum::istft(&stft, &plan, hop);
        assert_eq!(back.is_ok(), possible, "{taper:?} by {hop}");
        if let Err(error) = back {
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
        }
    }
    let plan = Spectrum::<f64>::new(64).detrend(Detrend::Constant);
    let stft = spectrum::stft(&samples, &mut plan.clone(), 16);
    assert!(spectrum::istft(&stft, &plan, 16).is_err());
}

#[test]
fn too_little_audio_has_no_windows() {
    let samples = noise(63, 2);
    let mut plan = Spectrum::<f32>::new(64);
    assert_eq!(spectrum::stft(&samples, &mut plan, 16).dim(), (0, 33, 2));
    assert_eq!(spectrum::spectrogram(&samples, &mut plan, 16).dim(), (0, 33, 2));
    assert_eq!(spectrum::istft(&spectrum::stft(&samples, &mut plan, 16), &plan, 16).unwrap().dim(), (0, 2));
    let density = spectrum::welch(&samples, 48_000, 64, 32);
    assert_eq!(density.dim(), (33, 2));
    assert!(density.iter().all(|bin| bin.is_nan()));
    assert_eq!(Psd::new(plan, 48_000).density().dim(), (33, 0));
}

#[test]
fn nan_stays_in_its_channel() {
    let mut window = noise(64, 2);
    window[[5, 1]] = f64::NAN;
    let mut plan = Spectrum::<f64>::new(64);
    let power = plan.power(&window);
    assert!(power.column(0).iter().all(|bin| bin.is_finite()));
    assert!(power.column(1).iter().all(|bin| bin.is_nan()));
    let power = plan.power(&noise(64, 2)).to_owned();
    assert!(power.iter().all(|bin| bin.is_finite()), "nothing is left behind");
}
