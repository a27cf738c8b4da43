//! Nothing is allocated per window.

use allocation_counter::measure;
use ndaudio::ndarray::Array2;
use ndaudio::spectrum::Complex;
use ndaudio::{ArraySource, Detrend, Encoding, Ltsa, Psd, Scaling, Source, Spec, Spectrum, WavWriter, db::Scale};

use crate::signals::integers;

#[test]
fn windows_allocate_nothing_after_the_first() {
    let samples = integers(50_000, 3);
    let mut source = ArraySource::new(samples.view(), 48_000);
    let mut windows = source.windows::<i16>(512, 128);
    let mut plan = Spectrum::<f32>::new(512).fft_len(1000).detrend(Detrend::Linear).scaling(Scaling::Spectrum);
    let mut psd = Psd::new(Spectrum::<f64>::new(512), 48_000);
    let mut complex = Array2::from_elem((501, 3), Complex::new(0.0, 0.0));
    let mut real = Array2::zeros((501, 3));
    let scale = Scale::full_scale_square();
    let mut turn = || {
        let Some(window) = windows.next().unwrap() else { return false };
        plan.complex(&window);
        plan.magnitude(&window);
        plan.power(&window);
        plan.decibels(&window, &scale);
        plan.complex_into(&window, &mut complex);
        plan.power_into(&window, &mut real);
        plan.magnitude_into(&window, &mut real);
        plan.decibels_into(&window, &scale, &mut real);
        psd.add(&window);
        true
    };
    assert!(turn());
    let mut turns = 0;
    let info = measure(|| {
        while turn() {
            turns += 1;
        }
    });
    assert!(turns > 300);
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn channels_that_only_a_header_claims_cost_nothing() {
    const WIDEST: usize = 65_535;
    let silence = Array2::<i16>::zeros((0, WIDEST));
    let source = || ArraySource::new(silence.view(), 48_000);
    let path = std::env::temp_dir().join(format!("ndaudio claims {WIDEST} channels {}.wav", std::process::id()));
    WavWriter::create(&path, &Spec::new(48_000, WIDEST, Encoding::U8)).unwrap().finalize().unwrap();
    let info = measure(|| {
        let plan = || Spectrum::<f32>::new(1 << 20);
        let mut psd = Psd::new(plan(), 48_000);
        psd.add_windows(source().windows::<f32>(1 << 20, 1 << 20)).unwrap();
        let mut merged = Psd::new(plan(), 48_000).channels(WIDEST);
        merged.merge(&psd);
        assert_eq!((psd.windows(), merged.windows()), (0, 0));
        let mut ltsa = Ltsa::new(plan(), 48_000, 1 << 20);
        ltsa.add_source(&mut source()).unwrap();
        ltsa.end();
        assert_eq!(ltsa.rows().count(), 0);
        #[cfg(feature = "rayon")]
        {
            assert_eq!(ndaudio::parallel::psd_of_file(&path, &plan(), 1 << 20).unwrap().windows(), 0);
            let settings = Ltsa::new(plan(), 48_000, 1 << 20);
            assert_eq!(ndaudio::parallel::ltsa_of_file(&path, &settings).unwrap().rows().count(), 0);
        }
    });
    std::fs::remove_file(&path).unwrap();
    // The plans' own tapers and transforms.
    assert!(info.bytes_max < 256 << 20, "{info:?}");
}
