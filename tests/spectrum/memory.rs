//! Nothing is allocated per window.

use allocation_counter::measure;
use ndaudio::ndarray::Array2;
use ndaudio::spectrum::Complex;
use ndaudio::{ArraySource, Detrend, Psd, Scaling, Source, Spectrum, db::Scale};

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
